/* SPDX-License-Identifier: Apache-2.0 */
/* The real engine over a real ledger.db in this process, on a clock that is moved by hand, so that a block is cut when the
 * bench says so and nothing waits.  Signatures are verified where they are submitted: one thread.
 */
#ifndef MEDLOCK_TESTS_BENCH_DRIVE_H
#define MEDLOCK_TESTS_BENCH_DRIVE_H

#include "chain/engine/application.h"
#include "core/base/rng.h"
#include "core/crypto/secret.h"

struct drive {
	struct ledger_app *app;
	struct engine *engine;
	int64_t wall, steady;
	struct clock clock;
	uint64_t taken; /* transactions that took effect */
};

/* A new store at path.  filler: so many rows of no meaning stand in the state besides the genesis, of the kinds that the
 * load changes and with random keys, so that its own rows lie among them; rng may be NULL without any.
 */
void drive_open(struct drive *d, const char *path, struct bytes genesis, const struct secret *validator,
		struct time_ms start, size_t filler, const struct rng *rng);
/* Submit all, cut, and check that each took effect in that block. */
void drive_block(struct drive *d, const struct buf *txs, size_t count);
/* Execute and store one block by the application alone, as a peer that follows does; the engine must be stopped. */
void drive_follow(struct drive *d, const struct buf *txs, size_t count);
void drive_stop(struct drive *d);
void drive_close(struct drive *d); /* stops first */

#endif
