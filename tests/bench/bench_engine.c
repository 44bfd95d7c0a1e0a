/* SPDX-License-Identifier: Apache-2.0 */
/* Signed changes of consent, verified, applied and stored on one core, in blocks of 100, with a million keys in the state:
 * by the whole engine (submission, check, block, header and commit signed, SQLite with a sync of the disk), and by the
 * application alone, as a peer that follows does it.  The calibration is Ed25519 verifications alone on that core.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "bench_drive.h"
#include "bench_load.h"
#include "core/crypto/start.h"
#include "temp_dir.h"

#define KEYS 1000000u
#define PATIENTS 4000u
#define BLOCK_TXS 100u
#define BLOCKS 60u /* of one pass */
#define SEED 8

struct bench {
	struct world w;
	struct load load;
	struct drive drive;
	struct buf txs[BLOCKS * BLOCK_TXS];
};

static void anchor_all(struct bench *b)
{
	for (size_t from = 0; from < b->load.count; from += BLOCK_TXS) {
		for (size_t i = 0; i < BLOCK_TXS; i++) {
			buf_clear(&b->txs[i]);
			load_anchor(&b->load, &b->txs[i], from + i);
		}
		drive_block(&b->drive, b->txs, BLOCK_TXS);
	}
}

static void sign_all(struct bench *b)
{
	for (size_t i = 0; i < BLOCKS * BLOCK_TXS; i++) {
		buf_clear(&b->txs[i]);
		load_change(&b->load, &b->txs[i]);
	}
}

/* The same work by the clock and by this thread's processor time: without neighbours the difference is the disk. */
struct rate {
	struct bench_figure wall, cpu;
};

static void pass(struct bench *b, struct rate *r, void (*block)(struct drive *d, const struct buf *txs, size_t count))
{
	uint64_t wall, cpu;

	sign_all(b);
	wall = bench_now_ns();
	cpu = bench_cpu_ns();
	for (size_t i = 0; i < BLOCKS; i++)
		block(&b->drive, b->txs + i * BLOCK_TXS, BLOCK_TXS);
	bench_add(&r->wall, BLOCKS * BLOCK_TXS * 1e9 / (double)(bench_now_ns() - wall));
	bench_add(&r->cpu, BLOCKS * BLOCK_TXS * 1e9 / (double)(bench_cpu_ns() - cpu));
}

static void print(const struct rate *r, const struct bench_figure *verify)
{
	bench_print(&r->wall, verify);
	bench_print(&r->cpu, verify);
}

static void run(struct bench *b)
{
	struct bench_figure verify = BENCH_FIGURE("Ed25519 verify", "1/s", BENCH_MORE);
	struct rate whole = {BENCH_FIGURE("whole engine, blocks of 100", "tx/s", BENCH_MORE),
			     BENCH_FIGURE("  by processor time", "tx/s", BENCH_MORE)};
	struct rate follow = {BENCH_FIGURE("application alone, blocks of 100", "tx/s", BENCH_MORE),
			      BENCH_FIGURE("  by processor time", "tx/s", BENCH_MORE)};

	for (unsigned i = 0; i < bench_passes(); i++) {
		bench_add(&verify, bench_verify_rate());
		pass(b, &whole, drive_block);
	}
	drive_stop(&b->drive);
	for (unsigned i = 0; i < bench_passes(); i++) {
		bench_add(&verify, bench_verify_rate());
		pass(b, &follow, drive_follow);
	}
	bench_print_calibration(&verify);
	print(&whole, &verify);
	print(&follow, &verify);
}

int main(int argc, char **argv)
{
	size_t keys = argc > 1 ? strtoul(argv[1], NULL, 10) : KEYS;
	struct bench *b = calloc(1, sizeof(*b));
	struct temp_dir dir;
	char path[128];
	uint64_t start;

	ASSERT(b != NULL && crypto_start(NULL) == ERR_OK);
	bench_one_core();
	bench_head();
	temp_dir_make(&dir);
	snprintf(path, sizeof(path), "%s/ledger.db", dir.path);
	world_init(&b->w, SEED);
	load_init(&b->load, &b->w.network, &b->w.ca.id, b->w.ca.sign_seed, (struct time_ms){WORLD_TIME}, PATIENTS, SEED);
	start = bench_now_ns();
	drive_open(&b->drive, path, buf_bytes(&b->w.genesis), b->w.op.sign_seed, (struct time_ms){WORLD_TIME + 1}, keys,
		   b->w.rng);
	anchor_all(b);
	bench_fact("keys in the state besides the load's own", (double)keys, "");
	bench_fact("to store them and to anchor the patients", (double)(bench_now_ns() - start) / 1e9, "s");
	run(b);
	drive_close(&b->drive);
	temp_dir_remove(&dir);
	load_release(&b->load);
	world_release(&b->w);
	for (size_t i = 0; i < BLOCKS * BLOCK_TXS; i++)
		buf_release(&b->txs[i]);
	free(b);
	return 0;
}
