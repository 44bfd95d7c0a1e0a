/* SPDX-License-Identifier: Apache-2.0 */
/* The seam between what orders transactions and what they do: two tables of functions.
 *
 * struct application is what an engine drives; its calls are those of ABCI 2.0 (init_chain, check_tx, prepare,
 * process,
 * finalize, commit, query), so that the same application runs under the embedded solo engine and under CometBFT.
 * struct engine is what the daemon drives: submit a transaction, hear of new heights, stop.
 *
 * Threads: all calls on one thread, that of the event loop.  An engine may keep worker threads of its own; the only
 * thing they call is struct engine_host.wake.
 */
#ifndef MEDLOCK_ENGINE_ENGINE_H
#define MEDLOCK_ENGINE_ENGINE_H

#include "chain/contract/contract.h"
#include "core/base/log.h"

/* ---- the application, seen by an engine ---- */

/* One block to execute.  The views live until finalize returns. */
struct app_block {
	uint64_t height;
	struct time_ms time;
	const struct bytes *txs;
	size_t count;
};

/* What finalize gives: owned by the application, valid until the next finalize. */
struct app_finalized {
	struct hash32 app_hash;      /* state after this block: goes into the next header */
	struct hash32 results_hash;  /* of the results: last_results_hash of the next header */
	const struct contract_result *results; /* as many as txs */
};

/* What an engine that makes its own blocks stores with them, in the same SQLite transaction.  NULL from an
 * engine that
 * has a block store of its own.
 */
struct app_store {
	struct hash32 block_hash;
	struct bytes header, block, commit; /* as CometBFT encodes them */
	/* NULL, or an empty block right behind, stored with this one: it carries the new root in its header, and costs no
	 * second sync of the disk.  next_time is its time.
	 */
	const struct app_store *next;
	struct time_ms next_time;
};

/* Where the application stands: all from the last commit. */
struct app_info {
	uint64_t height;            /* 0: nothing committed yet */
	struct time_ms time;
	struct hash32 app_hash;     /* state after height */
	struct hash32 results_hash; /* of the results at height */
	struct hash32 block_hash;   /* zero without an app_store */
	uint64_t sign_above;        /* a signer must not sign at or below this height */
	bool root_pending;          /* the last block changed the root: no header carries it yet */
};

struct application {
	void *self;
	struct app_info (*info)(void *self);
	/* State of an empty store from the genesis; durable on return. */
	enum err (*init_chain)(void *self, struct err_info *info);
	/* Would it be accepted in the next block?  code 0, or the refusal.  Only a failing store returns an error. */
	enum err (*check_tx)(void *self, struct contract_result *ret, const struct tx *tx, struct time_ms now);
	/* Choose from candidates, in order, what fits a block by size, count and cost: sets take[i].  txs[i]->cost is what
	 * check_tx found.
	 */
	void (*prepare)(void *self, bool *take, const struct tx *const *txs, const size_t *sizes, size_t count);
	/* Would prepare have allowed this block?  ERR_LIMIT, ERR_FORMAT. */
	enum err (*process)(void *self, const struct app_block *block);
	/* Execute; nothing is durable yet.  Followed by commit or abandon. */
	enum err (*finalize)(void *self, struct app_finalized *ret, const struct app_block *block,
			     struct err_info *info);
	/* One SQLite transaction with everything, synchronous FULL.  On failure nothing has changed. */
	enum err (*commit)(void *self, const struct app_store *store, struct err_info *info);
	void (*abandon)(void *self);
	/* The commit that was stored with the last block, appended; ERR_NOT_FOUND at height 0. */
	enum err (*last_commit)(void *self, struct buf *ret);
	/* The newest provable value of a key: ret_value is appended when it is there. */
	enum err (*query)(void *self, bool *ret_present, struct buf *ret_value, struct buf *ret_proof,
			  uint64_t *ret_height, struct bytes key);
	/* Workers have checked a signature: remember the verdict until the transaction has left. */
	void (*verdict)(void *self, const struct tx_id *tx, const struct sign_public *key, bool valid);
	/* The key that a signature of this transaction is checked with; ERR_NOT_FOUND without such an account. */
	enum err (*signer)(void *self, struct sign_public *ret, const struct tx *tx);
};

/* ---- the engine, seen by the daemon ---- */

/* The outcome of a submission.  height > 0: durable in that block with this code.  height 0: refused with this code
 * before any block, or, with ERR_OK, still waiting when the engine stopped.
 */
struct engine_outcome {
	struct tx_id id;
	enum err code;
	uint64_t height;
	uint32_t index;
	struct bytes data; /* TxResult; lives during the call */
};
typedef void engine_reply(void *context, const struct engine_outcome *outcome);

/* A new height is durable and may be shown, and all heights below it. */
typedef void engine_height(void *context, uint64_t height);

/* What an engine asks of its surroundings. */
struct engine_host {
	void *self;
	const struct clock *clock;
	const struct log *log;
	void (*wake)(void *self);      /* any thread: call poll soon; NULL when there are no workers */
	bool (*watched)(void *self);   /* is any client connected?  heartbeats are for them */
	/* The engine cannot go on (damaged store, full disk, clock jump): said once, with what to do in info. */
	void (*halted)(void *self, enum err e, const struct err_info *info);
};

struct engine {
	void *self;
	const char *name; /* "solo", "cometbft" */
	enum err (*start)(void *self, struct err_info *info);
	/* Take one transaction (bytes are copied).  address: who pays for it with the token bucket; "" pays nothing.
	 * reply is called once, perhaps before submit returns; NULL for no interest.  Refusals are outcomes.
	 */
	void (*submit)(void *self, struct bytes tx, const char *address, engine_reply *reply, void *context);
	/* The submitter has gone: its reply will not be called. */
	void (*forget)(void *self, const void *context);
	/* Up to ENGINE_SUBSCRIBERS_MAX, for ever. */
	void (*subscribe)(void *self, engine_height *each, void *context);
	/* Make a block soon even without transactions, so that the newest header is fresh. */
	void (*refresh)(void *self);
	/* Do what is due; returns the milliseconds until it wants to be called again, -1: not before wake or submit. */
	int64_t (*poll)(void *self);
	/* Finish what is queued within the limit, answer the rest as waiting, make no more blocks. */
	void (*stop)(void *self, int64_t limit_ms);
	void (*free)(void *self);
};

#define ENGINE_SUBSCRIBERS_MAX 8

/* For metrics; engines fill what they have. */
struct engine_counters {
	uint64_t submitted, refused, throttled, blocks, empty_blocks, txs;
	uint32_t queued;
	size_t queued_bytes;
};

#endif
