/* SPDX-License-Identifier: Apache-2.0 */
#include "bench_chain.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench_drive.h"
#include "chain/node/home.h"
#include "core/crypto/start.h"

#define MUST(expression) ASSERT((expression) == ERR_OK)
#define SEED 9

/* Blocks are written faster than their clock goes, and nobody takes a header of the future. */
static void wait_until(int64_t wall_ms)
{
	struct timespec t = {wall_ms / MS_PER_SECOND, wall_ms % MS_PER_SECOND * 1000000};

	while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* act NULL: the patients are anchored. */
static void write_block(struct bench_chain *c, struct drive *drive, size_t count,
			void (*act)(struct load *l, struct buf *tx))
{
	struct buf *txs = calloc(count, sizeof(*txs));

	ASSERT(txs != NULL);
	c->load.height = ledger_app_info(drive->app).height;
	for (size_t i = 0; i < count; i++) {
		if (act == NULL)
			load_anchor(&c->load, &txs[i], i);
		else
			act(&c->load, &txs[i]);
	}
	drive_block(drive, txs, count);
	for (size_t i = 0; i < count; i++)
		buf_release(&txs[i]);
	free(txs);
}

static void write_chain(struct bench_chain *c, size_t patients, unsigned blocks, size_t txs,
			void (*act)(struct load *l, struct buf *tx))
{
	struct time_ms now = clock_real()->now(clock_real()->self);
	struct drive drive;
	struct home home;
	struct err_info info = {0};

	MUST(home_open(&home, c->d.home, true, &info));
	MUST(home_unlock(&home, NULL, &info));
	buf_append_bytes(&c->genesis, buf_bytes(&home.genesis));
	load_init(&c->load, &c->d.network, &c->d.ca.account, c->d.ca.seed, now, patients, SEED);
	drive_open(&drive, home.paths.ledger, buf_bytes(&home.genesis), home.validator_seed, now, 0, NULL);
	write_block(c, &drive, patients, NULL);
	write_block(c, &drive, patients, load_change);
	for (unsigned i = 0; i < blocks; i++)
		write_block(c, &drive, txs, act);
	c->height = ledger_app_info(drive.app).height;
	wait_until(drive.wall);
	drive_close(&drive);
	home_close(&home);
}

void bench_chain_make(struct bench_chain *c, size_t patients, unsigned blocks, size_t txs,
		      void (*act)(struct load *l, struct buf *tx))
{
	*c = (struct bench_chain){.genesis = BUF_INIT};
	daemon_make(&c->d, NULL);
	write_chain(c, patients, blocks, txs, act);
	daemon_start(&c->d, NULL, NULL);
}

void bench_chain_release(struct bench_chain *c)
{
	ASSERT(daemon_stop(&c->d, SIGTERM) == 0);
	daemon_remove(&c->d);
	load_release(&c->load);
	buf_release(&c->genesis);
}

struct account_id bench_chain_reader(const struct bench_chain *c, bool full)
{
	return full ? c->d.ca.account : c->load.patients[0].account.id;
}

void bench_chain_ticket(struct bench_chain *c, struct buf *ret, bool full)
{
	struct account_id who = bench_chain_reader(c, full);
	Medlock__Ticket t = MEDLOCK__TICKET__INIT;

	t.account = wire_data(BYTES_ID(who));
	t.purpose = TICKET_READ;
	daemon_ticket_of(ret, &c->d, &t, full ? c->d.ca.seed : c->load.patients[0].account.sign_seed);
}

static enum err sync_by(struct replica **ret, struct replica_sync_report *report, const struct replica_options *o,
			const struct network_id *network, const struct peer_address *peer, struct bytes ticket,
			struct task *task, struct err_info *info)
{
	struct link *link = calloc(1, sizeof(*link));
	struct http_client *http;
	enum err e;

	ASSERT(link != NULL);
	MUST(http_client_new(&http, NULL, NULL));
	link_init(link, http, NULL, clock_real(), task, network, &o->account);
	link_add(link, peer);
	buf_append_bytes(&link->peers[0].ticket, ticket);
	link->peers[0].ticket_until.v = INT64_MAX;
	e = replica_open(ret, o, info);
	if (e == ERR_OK)
		e = replica_sync(*ret, report, link, info);
	link_release(link);
	http_client_free(http);
	free(link);
	return e;
}

struct replica *bench_chain_sync(struct replica_sync_report *ret, const char *path, struct bytes genesis,
				 const struct network_id *network, const struct peer_address *peer, struct bytes ticket,
				 const struct account_id *who, bool full, struct task *task)
{
	const struct replica_options o = {.path = path, .genesis = genesis, .full = full, .account = *who,
					  .clock = clock_real()};
	struct replica *r = NULL;
	struct err_info info = {0};
	enum err e = sync_by(&r, ret, &o, network, peer, ticket, task, &info);

	if (e != ERR_OK && e != ERR_CANCELLED) {
		fprintf(stderr, "sync: %s\n", info.detail);
		exit(1);
	}
	return r;
}
