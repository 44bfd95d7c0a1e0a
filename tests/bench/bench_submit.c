/* SPDX-License-Identifier: Apache-2.0 */
/* A real daemon: from a signed transaction to the answer that it is durable.  Alone (each waits for the cut, 10 ms by
 * design) and with sixteen clients at once (a block takes what is there).  The calibration is a bare synced append of
 * the same size on the same disk.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "chain/proto/tx.h"
#include "core/base/clock.h"
#include "daemon.h"

#define ALONE 300
#define CLIENTS 16
#define EACH 100
#define SYNCS 300
#define VALID 9000

struct client {
	struct daemon_home *d;
	struct person person;
	pthread_t thread;
	size_t count;
	double took[ALONE > EACH ? ALONE : EACH];
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return (a > b) - (a < b);
}

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_submit: %s\n", what);
	exit(1);
}

static void *run(void *context)
{
	struct client *c = context;
	struct http_client *http = NULL;
	bool paused = false;

	must(http_client_new(&http, NULL, NULL) == ERR_OK, "no client");
	for (size_t i = 0; i < c->count; i++) {
		struct peer_call call = {.http = http, .peer = &c->d->peer};
		Medlock__TxReply *reply = NULL;
		struct buf tx = BUF_INIT;
		struct tx_id id;
		double start;

		paused = !paused;
		daemon_pause(&tx, &id, c->d, &c->person, paused, VALID);
		start = now();
		must(peer_submit(&call, &reply, buf_bytes(&tx), NULL) == ERR_OK && reply->code == 0 && reply->height > 0,
		     "a submission failed");
		c->took[i] = now() - start;
		WIRE_FREE(reply);
		buf_release(&tx);
	}
	http_client_free(http);
	return NULL;
}

static void anchor(struct daemon_home *d, struct client *c)
{
	struct http_client *http = NULL;
	struct peer_call call = {.peer = &d->peer};
	Medlock__TxReply *reply = NULL;
	struct buf tx = BUF_INIT;
	struct tx_id id;

	must(http_client_new(&http, NULL, NULL) == ERR_OK, "no client");
	call.http = http;
	daemon_anchor(&tx, &id, d, &c->person, ROLE_PATIENT, VALID);
	must(peer_submit(&call, &reply, buf_bytes(&tx), NULL) == ERR_OK && reply->code == 0, "an anchor failed");
	WIRE_FREE(reply);
	buf_release(&tx);
	http_client_free(http);
}

static double synced_append(const char *dir)
{
	char path[DAEMON_PATH + 8], page[4096] = {0};
	double took[SYNCS];
	int fd;

	snprintf(path, sizeof(path), "%s/sync", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	must(fd >= 0, "no file");
	for (size_t i = 0; i < SYNCS; i++) {
		double start = now();

		must(write(fd, page, sizeof(page)) == sizeof(page) && fdatasync(fd) == 0, "no append");
		took[i] = now() - start;
	}
	close(fd);
	qsort(took, SYNCS, sizeof(took[0]), by_value);
	return took[SYNCS / 2];
}

static void row(const char *what, double value, double against)
{
	printf("%-44s %12.3f %8.2f of a synced append\n", what, value, value / against);
}

int main(void)
{
	static struct client clients[CLIENTS];
	static double all[CLIENTS * EACH];
	struct daemon_home d;
	double sync, start, took;

	signal(SIGPIPE, SIG_IGN);
	daemon_make(&d, NULL);
	daemon_start(&d, NULL, NULL);
	sync = synced_append(d.dir);
	for (size_t i = 0; i < CLIENTS; i++) {
		clients[i].d = &d;
		person_init(&clients[i].person, &d.network, (uint8_t)(10 + i));
		anchor(&d, &clients[i]);
	}
	clients[0].count = ALONE;
	run(&clients[0]);
	qsort(clients[0].took, ALONE, sizeof(double), by_value);
	printf("%-44s %12.3f\n", "synced append of 4 KiB, p50, ms", sync);
	row("submit to durable, alone, p50, ms", clients[0].took[ALONE / 2], sync);
	row("submit to durable, alone, p99, ms", clients[0].took[ALONE * 99 / 100], sync);
	printf("%-44s %12.3f\n", "  of which the wait for the cut, ms", 10.0);
	start = now();
	for (size_t i = 0; i < CLIENTS; i++) {
		clients[i].count = EACH;
		must(pthread_create(&clients[i].thread, NULL, run, &clients[i]) == 0, "no thread");
	}
	for (size_t i = 0; i < CLIENTS; i++) {
		pthread_join(clients[i].thread, NULL);
		memcpy(all + i * EACH, clients[i].took, EACH * sizeof(double));
	}
	took = now() - start;
	qsort(all, CLIENTS * EACH, sizeof(double), by_value);
	row("submit to durable, 16 clients, p50, ms", all[CLIENTS * EACH / 2], sync);
	row("submit to durable, 16 clients, p99, ms", all[CLIENTS * EACH * 99 / 100], sync);
	printf("%-44s %12.0f\n", "transactions per second, 16 clients", CLIENTS * EACH * 1000.0 / took);
	must(daemon_stop(&d, SIGTERM) == 0, "the daemon did not stop cleanly");
	for (size_t i = 0; i < CLIENTS; i++)
		person_release(&clients[i].person);
	daemon_remove(&d);
	return 0;
}
