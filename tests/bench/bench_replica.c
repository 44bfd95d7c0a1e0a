/* SPDX-License-Identifier: Apache-2.0 */
/* A replica brought from nothing to the newest block of a real daemon: full, as an officer's, with every block executed
 * again and every root compared; light, as a patient's, with headers and that patient's rows and events.  The chain, blocks
 * of 100 signed changes of consent each followed by the empty one that carries its root, is written into the daemon's home
 * by the engine in this process before the daemon starts.  The calibration is Ed25519 verifications alone, on one core.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "bench_chain.h"
#include "core/crypto/start.h"
#include "temp_dir.h"

#define PATIENTS 100u
#define BLOCK_TXS 100u
#define BLOCKS 300u

struct bench {
	struct bench_chain c;
	struct temp_dir dir;
	unsigned blocks, replicas;
};

/* Seconds of one sync into a new file; ret_cpu: of this thread's processor time. */
static double sync_once(struct bench *b, double *ret_cpu, bool full)
{
	struct account_id who = bench_chain_reader(&b->c, full);
	struct buf ticket = BUF_INIT;
	struct replica_sync_report report;
	char path[128];
	uint64_t start, cpu;
	double took;

	snprintf(path, sizeof(path), "%s/replica-%u.db", b->dir.path, b->replicas++);
	bench_chain_ticket(&b->c, &ticket, full);
	start = bench_now_ns();
	cpu = bench_cpu_ns();
	replica_free(bench_chain_sync(&report, path, buf_bytes(&b->c.genesis), &b->c.d.network, &b->c.d.peer,
				      buf_bytes(&ticket), &who, full, NULL));
	took = (double)(bench_now_ns() - start) / 1e9;
	*ret_cpu = (double)(bench_cpu_ns() - cpu) / 1e9;
	ASSERT(report.height >= b->c.height && (full || report.events > b->blocks));
	buf_release(&ticket);
	unlink(path);
	return took;
}

static void measure(struct bench *b)
{
	struct bench_figure verify = BENCH_FIGURE("Ed25519 verify", "1/s", BENCH_MORE);
	struct bench_figure blocks = BENCH_FIGURE("full sync: blocks of 100", "1/s", BENCH_MORE);
	struct bench_figure txs = BENCH_FIGURE("full sync: transactions", "tx/s", BENCH_MORE);
	struct bench_figure full = BENCH_FIGURE("full sync: whole chain", "s", BENCH_LESS);
	struct bench_figure thread = BENCH_FIGURE("  of which processor time of its thread", "s", BENCH_LESS);
	struct bench_figure light = BENCH_FIGURE("light sync: whole chain", "s", BENCH_LESS);

	double cpu;

	for (unsigned i = 0; i < bench_passes(); i++) {
		bench_add(&verify, bench_verify_rate());
		bench_add(&full, sync_once(b, &cpu, true));
		bench_add(&thread, cpu);
		bench_add(&blocks, b->blocks / full.values[i]);
		bench_add(&txs, b->blocks * BLOCK_TXS / full.values[i]);
		bench_add(&light, sync_once(b, &cpu, false));
	}
	bench_print_calibration(&verify);
	bench_print(&blocks, NULL);
	bench_print(&txs, &verify);
	bench_print(&full, NULL);
	bench_print(&thread, &full);
	bench_print(&light, &full);
}

int main(int argc, char **argv)
{
	static struct bench b;
	uint64_t start = bench_now_ns();

	signal(SIGPIPE, SIG_IGN);
	ASSERT(crypto_start(NULL) == ERR_OK);
	b.blocks = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : BLOCKS;
	temp_dir_make(&b.dir);
	bench_chain_make(&b.c, PATIENTS, b.blocks, BLOCK_TXS, load_change);
	bench_head();
	bench_fact("blocks of 100 changes of consent", b.blocks, "");
	bench_fact("blocks in all", (double)b.c.height, "");
	bench_fact("to write them", (double)(bench_now_ns() - start) / 1e9, "s");
	measure(&b);
	bench_chain_release(&b.c);
	temp_dir_remove(&b.dir);
	return 0;
}
