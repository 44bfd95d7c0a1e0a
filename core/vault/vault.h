/* SPDX-License-Identifier: Apache-2.0 */
/* What every act of the vault needs to know of the profile it works for.  Everything stays the caller's. */
#ifndef MEDLOCK_VAULT_VAULT_H
#define MEDLOCK_VAULT_VAULT_H

#include "chain/net/peer_client.h"
#include "chain/proto/tx.h"
#include "core/base/clock.h"
#include "core/base/rng.h"
#include "core/base/task.h"
#include "core/crypto/age.h"
#include "core/crypto/threshold.h"
#include "core/vault/cache.h"

struct keyholder;

/* Tickets, release requests and openings, by whoever holds the keys.  vault_keys_of gives the key-holder's; tests put
 * their own.  Outputs are appended to bufs.
 */
struct vault_keys {
	/* Value of the Authorization header for one peer: put and get tickets (api.proto, Ticket).  request and record:
	 * NULL for the account's own signature. */
	enum err (*ticket)(void *self, struct buf *ret_text, const struct peer_address *peer, uint32_t purpose,
			   const struct blob_id *blob, uint64_t size, const struct request_id *request,
			   const struct record_id *record, struct err_info *info);
	/* A canonical ReleaseRequest signed by the request's key. */
	enum err (*release_request)(void *self, struct buf *ret, const struct request_id *request,
				    const struct record_id *record, uint32_t form, const struct account_id *custodian,
				    struct err_info *info);
	/* The share in a ReleaseReply, opened with the request's seal key and checked for its binding (release.h). */
	enum err (*release_open)(void *self, uint8_t ret_share[DECRYPTION_SHARE_SIZE], const struct request_id *request,
				 const struct record_id *record, uint32_t form, const struct account_id *custodian,
				 uint32_t key_generation, struct bytes u, struct bytes sealed, struct err_info *info);
	/* The file key of an own record from its age header, by the account's X25519 identity. */
	enum err (*unwrap)(void *self, struct secret **ret_file_key, struct bytes age_header, struct err_info *info);
	void *self;
};

/* A deposit on its way to the ledger, in the two halves of core/ledger/submit.h, so that the signed bytes can be
 * kept and
 * sent again after a cut: the ledger gives a repeat its first result.
 */
struct vault_submitted {
	struct tx_id tx;
	struct record_id record; /* known before it is sent */
	uint64_t height;
};
struct vault_ledger {
	/* Fill in, sign; the transaction's bytes appended to ret_tx. */
	enum err (*sign)(void *self, struct vault_submitted *ret, struct buf *ret_tx,
			const Medlock__RecordDeposit *deposit,
			 struct err_info *info);
	/* Send signed bytes (again) and wait for their block.  ERR_OK only with code 0; ERR_TX_EXPIRED: sign anew. */
	enum err (*send)(void *self, struct vault_submitted *ret, struct bytes tx, struct err_info *info);
	void *self;
};

struct vault {
	const char *dir;                /* of the profile: journals lie in dir/deposits */
	struct cache *cache;
	struct http_client *http;
	struct vault_keys keys;
	struct vault_ledger ledger;
	const struct clock *clock;
	const struct rng *rng;
	struct task *task;              /* may be NULL */
	struct network_id network;
	struct account_id account;
	const Medlock__Network *row;    /* proven: custodians, threshold, commitments, peers, parameters */
};

/* Peers of the row whose address is well-formed, first those that answered; count 0 is ERR_NETWORK to callers. */
size_t vault_peers(const struct vault *v, struct peer_address *ret, size_t max);
/* The peer of an account of the row.  ERR_NOT_FOUND. */
enum err vault_peer_of(const struct vault *v, struct peer_address *ret, struct bytes account) MUST_USE;

#endif
