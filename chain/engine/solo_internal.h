/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the solo engine: its parts are solo.c (submission, timing, life cycle) and solo_block.c (making
 * a block).
 */
#ifndef MEDLOCK_ENGINE_SOLO_INTERNAL_H
#define MEDLOCK_ENGINE_SOLO_INTERNAL_H

#include "chain/engine/mempool.h"
#include "chain/engine/solo.h"
#include "chain/proto/validators.h"

struct solo {
	struct engine engine;
	struct solo_options options;
	struct workers *workers;
	struct mempool pool;
	struct buckets buckets;
	struct block_id last_id; /* of the last block; zero before the first */
	struct buf last_commit;
	int64_t clock_offset;    /* wall - steady, at the last look */
	bool started, halted, stopping;
	bool follow_up;          /* the last block changed the root */
	bool refresh;
	bool disk_full;          /* the last block found no room */
	int64_t disk_retry;      /* then: steady ms before which no empty block is tried again */
	struct {
		engine_height *each;
		void *context;
	} subscribers[ENGINE_SUBSCRIBERS_MAX];
	size_t subscriber_count;
	struct engine_counters counters;
};

/* Make, execute and store one block of what is ready (or of nothing), answer its submitters, tell the subscribers. */
enum err solo_block(struct solo *s, bool empty, struct err_info *info) MUST_USE;

/* The clock is where it may be: ERR_CLOCK otherwise.  ret_time: the next block's. */
enum err solo_time(struct solo *s, struct time_ms *ret_time, struct err_info *info) MUST_USE;

#endif
