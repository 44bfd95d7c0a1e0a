/* SPDX-License-Identifier: Apache-2.0 */
/* A real daemon: from a signed transaction to the answer that it is durable; alone, and with sixteen clients at once (a
 * block takes what is there).  The wait for the cut is measured: the block's own time, which the engine reads when it cuts,
 * less the time at which the transaction was sent, on the same clock; it is exact to the millisecond of a block's time.
 * What is left is check, block, storage and the way back.  The calibrations are an empty request on the same connection and
 * a bare synced append on the same disk.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench.h"
#include "chain/proto/block.h"
#include "core/base/clock.h"
#include "daemon.h"

#define ALONE 200u /* of one pass */
#define CLIENTS 16u
#define EACH 60u
#define SYNCS 300u
#define VALID 9000
#define HALF_A_MS 500000u /* a block's time is cut down to the millisecond */

struct client {
	struct daemon_home *d;
	struct person person;
	struct http_client *http;
	struct buf officer; /* read ticket */
	pthread_t thread;
	bool paused, alone;
	struct bench_samples took, wait, rest, empty;
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_submit: %s\n", what);
	exit(1);
}

static uint64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t submit(struct client *c, struct bytes tx)
{
	struct peer_call call = {.http = c->http, .peer = &c->d->peer};
	Medlock__TxReply *reply = NULL;
	uint64_t height;

	must(peer_submit(&call, &reply, tx, NULL) == ERR_OK && reply->code == 0 && reply->height > 0,
	     "a submission failed");
	height = reply->height;
	WIRE_FREE(reply);
	return height;
}

static uint64_t block_ns(struct client *c, uint64_t height)
{
	struct peer_call call = {.http = c->http, .peer = &c->d->peer, .authorization = buf_text(&c->officer)};
	Medlock__HeadersReply *reply = NULL;
	struct block_header header;

	must(peer_headers(&call, &reply, height, 1, NULL) == ERR_OK && reply->n_headers == 1 &&
		     header_decode(&header, wire_bytes(reply->headers[0]->header), NULL) == ERR_OK, "a header failed");
	WIRE_FREE(reply);
	return (uint64_t)block_time_ms(header.time).v * 1000000u + HALF_A_MS;
}

/* One transaction; alone, with the parts of its time and an empty request behind it. */
static void one(struct client *c)
{
	struct buf tx = BUF_INIT;
	struct tx_id id;
	uint64_t start, sent, took, cut, height;

	c->paused = !c->paused;
	daemon_pause(&tx, &id, c->d, &c->person, c->paused, VALID);
	sent = wall_ns();
	start = bench_now_ns();
	height = submit(c, buf_bytes(&tx));
	took = bench_now_ns() - start;
	bench_sample(&c->took, took);
	buf_release(&tx);
	if (!c->alone)
		return;
	cut = block_ns(c, height);
	cut = cut < sent ? 0 : cut - sent;
	bench_sample(&c->wait, cut);
	bench_sample(&c->rest, cut < took ? took - cut : 0);
	bench_sample(&c->empty, daemon_empty_call(c->d, c->http));
}

static void *run(void *context)
{
	for (unsigned i = 0; i < EACH; i++)
		one(context);
	return NULL;
}

static void client_init(struct client *c, struct daemon_home *d, unsigned n)
{
	struct buf tx = BUF_INIT;
	struct tx_id id;

	c->d = d;
	person_init(&c->person, &d->network, (uint8_t)(10 + n));
	must(http_client_new(&c->http, NULL, NULL) == ERR_OK, "no client");
	daemon_ticket(&c->officer, d, &d->ca);
	daemon_anchor(&tx, &id, d, &c->person, ROLE_PATIENT, VALID);
	(void)submit(c, buf_bytes(&tx));
	buf_release(&tx);
}

static void client_release(struct client *c)
{
	http_client_free(c->http);
	person_release(&c->person);
	buf_release(&c->officer);
	bench_samples_release(&c->took);
	bench_samples_release(&c->wait);
	bench_samples_release(&c->rest);
	bench_samples_release(&c->empty);
}

/* ---- passes ---- */

struct pair {
	struct bench_figure p50, p99;
};
#define PAIR(what) {.p50 = {.name = what ", p50", .unit = "ms"}, .p99 = {.name = what ", p99", .unit = "ms"}}

static void add(struct pair *p, struct bench_samples *s)
{
	bench_add(&p->p50, (double)bench_percentile(s, 50) / 1e6);
	bench_add(&p->p99, (double)bench_percentile(s, 99) / 1e6);
	bench_samples_clear(s);
}

static void print(const struct pair *p, const struct pair *against)
{
	bench_print(&p->p50, &against->p50);
	bench_print(&p->p99, &against->p99);
}

struct table {
	struct pair empty, synced, alone, wait, rest, many;
	struct bench_figure rate;
};

static void pass_alone(struct table *t, struct client *c)
{
	c->alone = true;
	for (unsigned i = 0; i < ALONE; i++)
		one(c);
	c->alone = false;
	add(&t->alone, &c->took);
	add(&t->wait, &c->wait);
	add(&t->rest, &c->rest);
	add(&t->empty, &c->empty);
}

static void pass_many(struct table *t, struct client *clients)
{
	struct bench_samples all = {0};
	uint64_t start = bench_now_ns();

	for (unsigned i = 0; i < CLIENTS; i++)
		must(pthread_create(&clients[i].thread, NULL, run, &clients[i]) == 0, "no thread");
	for (unsigned i = 0; i < CLIENTS; i++)
		pthread_join(clients[i].thread, NULL);
	bench_add(&t->rate, CLIENTS * EACH * 1e9 / (double)(bench_now_ns() - start));
	for (unsigned i = 0; i < CLIENTS; i++) {
		for (size_t n = 0; n < clients[i].took.count; n++)
			bench_sample(&all, clients[i].took.ns[n]);
		bench_samples_clear(&clients[i].took);
	}
	add(&t->many, &all);
	bench_samples_release(&all);
}

static void pass_synced(struct table *t, const char *dir)
{
	struct bench_samples s = {0};
	char path[DAEMON_PATH + 8];

	snprintf(path, sizeof(path), "%s/sync", dir);
	bench_synced_append(&s, path, SYNCS);
	add(&t->synced, &s);
	bench_samples_release(&s);
}

static void table_print(const struct table *t)
{
	bench_head();
	bench_print_calibration(&t->empty.p50);
	bench_print_calibration(&t->empty.p99);
	bench_print_calibration(&t->synced.p50);
	bench_print_calibration(&t->synced.p99);
	print(&t->alone, &t->empty);
	print(&t->wait, &t->empty);
	print(&t->rest, &t->synced);
	print(&t->many, &t->synced);
	bench_print(&t->rate, NULL);
}

int main(void)
{
	static struct client clients[CLIENTS];
	static struct table t = {
		.empty = PAIR("empty TLS request"), .synced = PAIR("synced append of 4 KiB"),
		.alone = PAIR("submit to durable, alone"), .wait = PAIR("  of which until the cut"),
		.rest = PAIR("  of which the rest"), .many = PAIR("submit to durable, 16 clients"),
		.rate = {.name = "transactions, 16 clients", .unit = "tx/s", .better = BENCH_MORE}};
	struct daemon_home d;

	signal(SIGPIPE, SIG_IGN);
	daemon_make(&d, NULL);
	daemon_start(&d, NULL, NULL);
	for (unsigned i = 0; i < CLIENTS; i++)
		client_init(&clients[i], &d, i);
	for (unsigned i = 0; i < bench_passes(); i++) {
		pass_synced(&t, d.dir);
		pass_alone(&t, &clients[0]);
		pass_many(&t, clients);
	}
	must(daemon_stop(&d, SIGTERM) == 0, "the daemon did not stop cleanly");
	table_print(&t);
	for (unsigned i = 0; i < CLIENTS; i++)
		client_release(&clients[i]);
	daemon_remove(&d);
	return 0;
}
