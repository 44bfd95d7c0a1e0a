/* SPDX-License-Identifier: Apache-2.0 */
/* A peer over a chain of chain_help.h: a real HTTPS server on a thread of its own that asks nobody for a ticket.
 *
 * It serves what the chain held at the last fake_peer_show; proofs are of the state after the newest block but one,
 * so that block must have been followed by an empty one.
 */
#ifndef MEDLOCK_TESTS_FAKE_PEER_H
#define MEDLOCK_TESTS_FAKE_PEER_H

#include "chain_help.h"
#include "core/ledger/link.h"

struct fake_peer;

struct fake_peer *fake_peer_new(struct chain *chain, const struct clock *clock);
void fake_peer_free(struct fake_peer *p);
void fake_peer_show(struct fake_peer *p);
/* At most so many blocks in one answer (0: as many as asked). */
void fake_peer_page(struct fake_peer *p, uint64_t max);
/* A link to it alone, with a ticket in hand; http is borrowed. */
void fake_peer_link(struct link *ret, const struct fake_peer *p, struct http_client *http,
		    const struct account_id *account);
/* What changes each answer about a transaction before it is sent (NULL: nothing); called on the server's thread. */
void fake_peer_change_tx(struct fake_peer *p, void (*change)(Medlock__TxReply *reply));
/* What changes each proof before it is sent: a lie, as the proof itself stays true (NULL: nothing); on the server's thread. */
void fake_peer_change_proof(struct fake_peer *p, void (*change)(void *self, Medlock__ProofReply *reply), void *self);
/* This row is shown to nobody from now on, as a patient's is to others. */
void fake_peer_hide(struct fake_peer *p, struct bytes key);
/* What every drop and everybody's mail holds from now on. */
void fake_peer_drop(struct fake_peer *p, struct bytes message);
const struct hash32 *fake_peer_pin(const struct fake_peer *p);
unsigned fake_peer_port(const struct fake_peer *p);
/* One more peer at the end of a link. */
void fake_peer_link_also(struct link *l, const struct fake_peer *p);

#endif
