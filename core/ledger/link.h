/* SPDX-License-Identifier: Apache-2.0 */
/* How the profile reaches peers: which ones, with whose tickets, and which has been dropped for lying. */
#ifndef MEDLOCK_LEDGER_LINK_H
#define MEDLOCK_LEDGER_LINK_H

#include "chain/net/peer_client.h"
#include "core/base/clock.h"
#include "core/base/task.h"
#include "core/keys/keyholder.h"

#define LINK_TICKET_AHEAD_MS                                                                                   \
	(9ll * 60 * 1000) /* life of a read ticket we make; under TICKET_LIFE_MS for clock drift */

enum link_state { LINK_UNKNOWN, LINK_OK, LINK_UNREACHABLE, LINK_DROPPED };

struct link_peer {
	struct peer_address address;
	enum link_state state;
	uint64_t height;              /* newest it claimed */
	struct buf ticket;            /* read ticket, "medlock BASE64" */
	struct time_ms ticket_until;
};

struct link {
	struct http_client *http;     /* borrowed */
	struct keyholder *keys;       /* borrowed; NULL: calls that need no ticket only */
	const struct clock *clock;
	struct task *task;            /* may be NULL */
	int64_t timeout_ms;           /* of one call; 0: HTTP_CLIENT_CALL_MS */
	struct network_id network;
	struct account_id account;
	struct link_peer peers[PEERS_MAX];
	size_t count;
};

void link_init(struct link *l, struct http_client *http, struct keyholder *keys, const struct clock *clock,
	       struct task *task, const struct network_id *network, const struct account_id *account);
void link_release(struct link *l);

/* Adds a peer once; at most PEERS_MAX, more are passed over. */
void link_add(struct link *l, const struct peer_address *peer);
/* All well-formed peers of a proven network row. */
void link_add_network(struct link *l, const Medlock__Network *network);

/* A ready call to this peer: with a read ticket when read is true. */
enum err link_call(struct link *l, struct peer_call *ret, size_t peer, bool read, struct err_info *info) MUST_USE;
/* Any ticket, as core/vault asks for: request and nonce NULL for the account's own signature. */
enum err link_ticket_for(struct link *l, struct buf *ret_text, const struct peer_address *peer, uint32_t purpose,
			 const struct blob_id *blob, uint64_t size, const struct request_id *request,
			 const struct record_id *record, const uint8_t nonce[REQUEST_NONCE_SIZE],
			 struct err_info *info) MUST_USE;

#endif
