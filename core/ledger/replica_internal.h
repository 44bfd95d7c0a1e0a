/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the replica share; private to core/ledger. */
#ifndef MEDLOCK_LEDGER_REPLICA_INTERNAL_H
#define MEDLOCK_LEDGER_REPLICA_INTERNAL_H

#include "core/ledger/execute.h"
#include "core/ledger/replica.h"
#include "storage/db.h"
#include "storage/state_kv.h"

#define REPLICA_VALUE_DECODED_MAX (1024u * 1024)

struct replica {
	struct db *db;
	Medlock__Genesis *genesis;
	struct network_id network;
	struct validator_set validators; /* of the genesis: this version refuses changes of them */
	struct account_id account;
	const struct clock *clock;
	bool full;
	struct state_kv *kv;         /* full */
	struct executor *executor;   /* full, made at the first sync */
};

/* replica_store.c: meta values, blocks, rows. */
enum err replica_meta_get(struct replica *r, struct buf *ret, const char *name, struct err_info *info) MUST_USE;
enum err replica_meta_put(struct replica *r, const char *name, struct bytes value, struct err_info *info) MUST_USE;
/* Full: after which block the state has which root, to know it again.  ERR_DAMAGED. */
enum err replica_put_state_mark(struct replica *r, uint64_t height, const struct hash32 *root,
				struct err_info *info) MUST_USE;
enum err replica_check_state_mark(struct replica *r, uint64_t height, struct hash32 root,
				  struct err_info *info) MUST_USE;
enum err replica_tip(struct replica *r, uint64_t *ret, struct err_info *info) MUST_USE; /* newest header; 0: none */
enum err replica_read_header(struct replica *r, struct block_header *ret, uint64_t height,
			     struct err_info *info) MUST_USE;
/* A verified header with its commit; body is empty in a light replica. */
enum err replica_put_block(struct replica *r, const struct light_block *b, struct bytes body, size_t txs,
			   struct err_info *info) MUST_USE;
/* A proven row (light); value NULL: proven absent, so what was stored goes. */
enum err replica_put_row(struct replica *r, struct bytes key, const struct bytes *value, uint64_t height,
			 struct bytes proof, struct err_info *info) MUST_USE;
/* All stored rows of the state whose key begins with prefix, in order of keys. */
enum err replica_scan(struct replica *r, struct bytes prefix, state_each *each, void *context,
		      struct err_info *info) MUST_USE;
/* Once, however often it is seen. */
enum err replica_put_evidence(struct replica *r, const struct light_block *seen, struct err_info *info) MUST_USE;

/* What a light replica proves at the next sync: records that an own event names (every peer owes them), records deposited
 * for others (a peer may not know them yet), requests.
 */
#define WATCH_OWNED "owned"
#define WATCH_RECORD "record"
#define WATCH_REQUEST "request"
#define WATCH_PROXY "proxy"         /* owners that we act for */
#define WATCH_DELEGATED "delegated" /* their records */
enum err replica_watch(struct replica *r, const char *kind, struct bytes id, struct err_info *info) MUST_USE;
enum err replica_unwatch(struct replica *r, const char *kind, struct bytes id, struct err_info *info) MUST_USE;
/* Oldest first; ids is the caller's to free, also after a failure. */
struct id_list {
	struct hash32 *ids;
	size_t count;
};
enum err replica_watched(struct replica *r, struct id_list *ret, const char *kind, struct err_info *info) MUST_USE;

/* replica_verify.c: that a light replica's row has its proof, under a stored header that the validators signed.  ERR_PROOF,
 * ERR_CHAIN, ERR_DAMAGED.
 */
enum err replica_check_proven(struct replica *r, struct bytes key, struct bytes value, uint64_t height,
			      struct err_info *info) MUST_USE;

/* That the newest stored header is one that the validators signed, before a peer is judged by it.  ERR_DAMAGED. */
enum err replica_check_tip(struct replica *r, struct err_info *info) MUST_USE;

/* replica_project.c: the tables for people, from a row of the state or an event. */
enum err replica_project_row(struct replica *r, struct bytes key, const struct bytes *value,
			     struct err_info *info) MUST_USE;
enum err replica_project_event(struct replica *r, const Medlock__Event *event, struct bytes raw,
			       struct err_info *info) MUST_USE;

/* sync_headers.c: from the newest stored header to the peer's tip; the peer is call's. */
enum err sync_headers(struct replica *r, uint64_t *ret_added, const struct peer_call *call, uint64_t tip,
		      struct err_info *info) MUST_USE;
/* sync_light.c and sync_full.c: one peer. */
enum err sync_light(struct replica *r, struct replica_sync_report *report, struct link *l, size_t peer, uint64_t tip,
			struct err_info *info) MUST_USE;
enum err sync_full(struct replica *r, struct replica_sync_report *report, const struct peer_call *call, uint64_t tip,
		   struct err_info *info) MUST_USE;
/* Account, events, policy, rules and proxies of one owner: our own, or one that we act for. */
enum err sync_account(struct replica *r, struct replica_sync_report *report, const struct peer_call *call,
		      const struct account_id *owner, struct err_info *info) MUST_USE;
bool sync_stored(struct replica *r, const struct state_key *key);
/* sync_delegated.c: the same for all that we act for now, and their records. */
enum err sync_delegated(struct replica *r, struct replica_sync_report *report, const struct peer_call *call,
			struct err_info *info) MUST_USE;
/* The policy version whose rules are all stored in a light replica; 0: none. */
uint64_t replica_rules_version(struct replica *r);
/* One row from one peer, verified and stored.  ERR_NOT_FOUND: proven absent, or not given. */
enum err sync_prove(struct replica *r, struct buf *ret, const struct peer_call *call, struct bytes key,
			const struct request_id *request, struct err_info *info) MUST_USE;

#endif
