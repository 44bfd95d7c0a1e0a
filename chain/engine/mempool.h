/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions that wait for a block: bounded in count and bytes, each once, with everybody who asked for its
 * outcome;
 * and the token buckets that stand before them.
 *
 * Threads: one.  A pending transaction is owned by the pool until pending_free.
 */
#ifndef MEDLOCK_ENGINE_MEMPOOL_H
#define MEDLOCK_ENGINE_MEMPOOL_H

#include <sys/queue.h>

#include "chain/engine/engine.h"
#include "chain/engine/workers.h"

#define MEMPOOL_TABLE 16384u /* power of two */
#define BUCKETS_MAX 4096u

struct mempool;

struct waiter {
	struct waiter *next;
	engine_reply *reply;
	void *context;
};

struct pending {
	struct job job; /* first: the worker's view */
	struct mempool *pool;
	TAILQ_ENTRY(pending) link;
	struct pending *same_slot;
	struct tx tx;
	uint8_t *raw;
	size_t size;
	struct waiter *waiters;
	struct sign_public key;
	bool key_known, valid; /* valid: what the worker found */
	bool ready;            /* checked, may enter a block */
	int64_t since;         /* steady ms of the submission */
};
TAILQ_HEAD(pending_list, pending);

struct mempool {
	struct pending_list ready; /* in the order in which they passed the check */
	struct pending *table[MEMPOOL_TABLE];
	uint32_t count, count_max, ready_count;
	size_t bytes, bytes_max, ready_bytes;
	uint64_t ready_cost;
};

void mempool_init(struct mempool *m, uint32_t count_max, size_t bytes_max);
void mempool_release(struct mempool *m); /* frees what is left; asserts nothing */

/* Parse and take; ERR_BUSY_PEER when full, errors of tx_parse.  One that is there already is returned again with
 * *ret_known set.
 */
enum err mempool_add(struct mempool *m, struct pending **ret, bool *ret_known, struct tx_id *ret_id, struct bytes raw,
		     int64_t now) MUST_USE;
void mempool_ready(struct mempool *m, struct pending *p);
void mempool_remove(struct mempool *m, struct pending *p); /* out of every list; then pending_free */
enum err pending_wait(struct pending *p, engine_reply *reply, void *context) MUST_USE;
void pending_answer(struct pending *p, const struct engine_outcome *outcome);
void pending_free(struct pending *p);
void mempool_forget(struct mempool *m, const void *context);
struct pending *mempool_any(struct mempool *m); /* one of those that are left, or NULL */

/* One bucket for each address; a full table forgets the fullest bucket. */
struct bucket {
	char address[64];
	int64_t at;      /* steady ms */
	uint64_t tokens; /* thousandths */
};
struct buckets {
	struct bucket rows[BUCKETS_MAX];
	uint32_t count, rate, burst;
};
bool buckets_take(struct buckets *b, const char *address, int64_t now);

#endif
