/* SPDX-License-Identifier: Apache-2.0 */
/* The embedded engine of one validator: the same header, commit and block bytes as CometBFT with one validator.
 *
 * A block is cut 10 ms after the first waiting transaction, or at once when size, count or cost are full.  Its
 * time is the
 * clock at the proposal, at least 1 ms after the last block's.  A block that changed the root is followed by
 * an empty one
 * that carries the root in its header.  While clients are connected there is a block at least every 30 s.
 *
 * One height is signed once: the guard row (height, block hash) is in the block's own SQLite transaction, and
 * nothing of a
 * block leaves the process before its commit.  A clock that jumps more than 60 s, back behind the last block
 * or away from
 * the steady clock, stops the engine with what to do.
 *
 * Worker threads verify signatures ahead.  Before them stand a token bucket for each address and a queue bounded in
 * count and bytes.
 */
#ifndef MEDLOCK_ENGINE_SOLO_H
#define MEDLOCK_ENGINE_SOLO_H

#include "chain/engine/engine.h"
#include "core/crypto/sign.h"

#define SOLO_CUT_MS 10
#define SOLO_CLOCK_JUMP_MS 60000
#define SOLO_DISK_RETRY_MS 1000 /* between empty blocks while the disk is full */
#define SOLO_QUEUE_MAX 8192u
#define SOLO_QUEUE_BYTES_MAX (16u * 1024 * 1024)

struct solo_options {
	const struct application *app;
	struct engine_host host;
	const char *chain_id;
	int64_t genesis_time;
	const struct secret *validator; /* seed; outlives the engine */
	struct sign_public validator_public;
	int64_t validator_power;
	unsigned workers;                    /* 0: signatures are verified where they are submitted */
	uint32_t rate, burst;                /* transactions a second for one address */
};

/* ERR_USAGE for a chain id without the suffix or a validator that the genesis does not name. */
enum err solo_new(struct engine **ret, const struct solo_options *options, struct err_info *info) MUST_USE;
struct engine_counters solo_counters(const struct engine *e);

#endif
