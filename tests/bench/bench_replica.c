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
#include "bench_drive.h"
#include "bench_load.h"
#include "chain/node/home.h"
#include "core/crypto/start.h"
#include "core/ledger/replica.h"
#include "daemon.h"
#include "temp_dir.h"

#define MUST(expression) ASSERT((expression) == ERR_OK)
#define PATIENTS 100u
#define BLOCK_TXS 100u
#define BLOCKS 300u
#define SEED 9

struct bench {
	struct daemon_home d;
	struct buf genesis;
	struct load load;
	struct http_client *http;
	struct temp_dir dir;
	uint64_t height; /* of the written chain */
	unsigned blocks, replicas;
};

static void write_block(struct bench *b, struct drive *drive, bool anchors)
{
	struct buf txs[BLOCK_TXS];

	memset(txs, 0, sizeof(txs));
	for (size_t i = 0; i < BLOCK_TXS; i++) {
		if (anchors)
			load_anchor(&b->load, &txs[i], i);
		else
			load_change(&b->load, &txs[i]);
	}
	drive_block(drive, txs, BLOCK_TXS);
	for (size_t i = 0; i < BLOCK_TXS; i++)
		buf_release(&txs[i]);
}

static void write_chain(struct bench *b)
{
	struct time_ms now = clock_real()->now(clock_real()->self);
	struct drive drive;
	struct home home;
	struct err_info info = {0};

	MUST(home_open(&home, b->d.home, true, &info));
	MUST(home_unlock(&home, NULL, &info));
	buf_append_bytes(&b->genesis, buf_bytes(&home.genesis));
	load_init(&b->load, &b->d.network, &b->d.ca.account, b->d.ca.seed, now, PATIENTS, SEED);
	drive_open(&drive, home.paths.ledger, buf_bytes(&home.genesis), home.validator_seed, now, 0, NULL);
	write_block(b, &drive, true);
	for (unsigned i = 0; i < b->blocks; i++)
		write_block(b, &drive, false);
	b->height = ledger_app_info(drive.app).height;
	drive_close(&drive);
	home_close(&home);
}

static void link_as(struct bench *b, struct link *link, const struct account_id *account, const struct secret *seed)
{
	Medlock__Ticket t = MEDLOCK__TICKET__INIT;

	link_init(link, b->http, NULL, clock_real(), NULL, &b->d.network, account);
	link_add(link, &b->d.peer);
	t.account = wire_data(BYTES_ID(*account));
	t.purpose = TICKET_READ;
	daemon_ticket_of(&link->peers[0].ticket, &b->d, &t, seed);
	link->peers[0].ticket_until.v = INT64_MAX;
}

/* Seconds of one sync into a new file; ret_cpu: of this thread's processor time. */
static double sync_once(struct bench *b, double *ret_cpu, bool full)
{
	const struct world_account *patient = &b->load.patients[0].account;
	struct account_id who = full ? b->d.ca.account : patient->id;
	char path[128];
	struct replica_options o = {.path = path, .genesis = buf_bytes(&b->genesis), .full = full, .account = who,
				    .clock = clock_real()};
	struct replica_sync_report report;
	struct replica *r = NULL;
	struct link *link = calloc(1, sizeof(*link));
	struct err_info info = {0};
	uint64_t start, cpu;
	double took;

	ASSERT(link != NULL);
	snprintf(path, sizeof(path), "%s/replica-%u.db", b->dir.path, b->replicas++);
	link_as(b, link, &who, full ? b->d.ca.seed : patient->sign_seed);
	start = bench_now_ns();
	cpu = bench_cpu_ns();
	if (replica_open(&r, &o, &info) != ERR_OK || replica_sync(r, &report, link, &info) != ERR_OK) {
		fprintf(stderr, "bench_replica: %s\n", info.detail);
		exit(1);
	}
	took = (double)(bench_now_ns() - start) / 1e9;
	*ret_cpu = (double)(bench_cpu_ns() - cpu) / 1e9;
	ASSERT(report.height >= b->height && (full || report.events > b->blocks));
	replica_free(r);
	link_release(link);
	free(link);
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
	MUST(crypto_start(NULL));
	b.blocks = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : BLOCKS;
	temp_dir_make(&b.dir);
	daemon_make(&b.d, NULL);
	write_chain(&b);
	daemon_start(&b.d, NULL, NULL);
	MUST(http_client_new(&b.http, NULL, NULL));
	bench_head();
	bench_fact("blocks of 100 changes of consent", b.blocks, "");
	bench_fact("blocks in all", (double)b.height, "");
	bench_fact("to write them", (double)(bench_now_ns() - start) / 1e9, "s");
	measure(&b);
	http_client_free(b.http);
	ASSERT(daemon_stop(&b.d, SIGTERM) == 0);
	daemon_remove(&b.d);
	load_release(&b.load);
	buf_release(&b.genesis);
	temp_dir_remove(&b.dir);
	return 0;
}
