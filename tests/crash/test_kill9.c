/* SPDX-License-Identifier: Apache-2.0 */
/* kill -9 on the real daemon under load, ROUNDS times (default 12): every acknowledged transaction is there afterwards, and
 * medlockd check proves the store whole.
 */
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/rng.h"
#include "daemon.h"
#include "seed.h"

#define LOADERS 4
#define ACKED_MAX 65536
#define ROUNDS_DEFAULT 12
#define KILL_AFTER_MS 150 /* at most, drawn at random */
#define CHECK_EVERY 10

struct loader {
	struct crash *crash;
	struct person person;
	pthread_t thread;
	size_t count;
	struct tx_id acked[ACKED_MAX]; /* of this round */
	uint64_t last_height;
};

struct crash {
	struct daemon_home daemon;
	struct loader *loaders[LOADERS];
	atomic_bool stop;
	uint64_t total;
};

static bool submit(struct http_client *http, const struct daemon_home *d, struct bytes tx, uint64_t *ret_height)
{
	struct peer_call call = {.http = http, .peer = &d->peer, .timeout_ms = 5000};
	Medlock__TxReply *reply = NULL;
	struct err_info info = {0};
	bool durable;

	if (peer_submit(&call, &reply, tx, &info) != ERR_OK) {
		if (getenv("VERBOSE") != NULL)
			print_message("# %s\n", info.detail);
		return false;
	}
	durable = reply->height > 0 && reply->code == 0;
	if (durable)
		*ret_height = reply->height;
	else if (reply->height == 0 && reply->code != 0)
		print_message("# refused: %u %s\n", reply->code, reply->text);
	WIRE_FREE(reply);
	return durable;
}

static void *load(void *context)
{
	struct loader *l = context;
	struct http_client *http = NULL;
	struct buf tx = BUF_INIT;
	struct tx_id id;
	bool paused = false;

	ASSERT(http_client_new(&http, NULL, NULL) == ERR_OK);
	while (!atomic_load(&l->crash->stop) && l->count < ACKED_MAX) {
		buf_clear(&tx);
		paused = !paused;
		daemon_pause(&tx, &id, &l->crash->daemon, &l->person, paused, l->last_height + 5000);
		if (submit(http, &l->crash->daemon, buf_bytes(&tx), &l->last_height))
			l->acked[l->count++] = id;
	}
	buf_release(&tx);
	http_client_free(http);
	return NULL;
}

static void anchor_all(struct crash *c)
{
	struct http_client *http = NULL;
	struct buf tx = BUF_INIT;
	struct tx_id id;

	ASSERT(http_client_new(&http, NULL, NULL) == ERR_OK);
	for (size_t i = 0; i < LOADERS; i++) {
		buf_clear(&tx);
		daemon_anchor(&tx, &id, &c->daemon, &c->loaders[i]->person, ROLE_PATIENT, 1000);
		assert_true(submit(http, &c->daemon, buf_bytes(&tx), &c->loaders[i]->last_height));
	}
	buf_release(&tx);
	http_client_free(http);
}

/* Straight from the file, as the next start would find it. */
static size_t missing(const struct crash *c)
{
	char path[DAEMON_PATH + 16];
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	size_t count = 0;

	snprintf(path, sizeof(path), "%s/ledger.db", c->daemon.home);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM tx WHERE prefix = ?1 AND id = ?2 AND code = 0", -1, &s,
					    NULL), SQLITE_OK);
	for (size_t i = 0; i < LOADERS; i++)
		for (size_t k = 0; k < c->loaders[i]->count; k++) {
			const struct tx_id *id = &c->loaders[i]->acked[k];

			sqlite3_bind_int64(s, 1, (int64_t)get_be64(id->b));
			sqlite3_bind_blob(s, 2, id->b, ID_SIZE, SQLITE_STATIC);
			assert_int_equal(sqlite3_step(s), SQLITE_ROW);
			count += sqlite3_column_int(s, 0) != 1;
			sqlite3_reset(s);
		}
	sqlite3_finalize(s);
	sqlite3_close(db);
	return count;
}

static void one_round(struct crash *c, const struct rng *rng)
{
	int wait = (int)(1 + rng_below(rng, KILL_AFTER_MS));

	daemon_start(&c->daemon, NULL, NULL);
	atomic_store(&c->stop, false);
	for (size_t i = 0; i < LOADERS; i++) {
		c->loaders[i]->count = 0;
		assert_int_equal(pthread_create(&c->loaders[i]->thread, NULL, load, c->loaders[i]), 0);
	}
	/* The moment of the kill is the random input of this test, not something that is waited for. */
	assert_int_equal(poll(NULL, 0, wait), 0);
	daemon_stop(&c->daemon, SIGKILL);
	atomic_store(&c->stop, true);
	for (size_t i = 0; i < LOADERS; i++) {
		pthread_join(c->loaders[i]->thread, NULL);
		c->total += c->loaders[i]->count;
	}
}

static void test_kill9(void **state)
{
	const char *text = getenv("ROUNDS");
	unsigned long rounds = text == NULL ? ROUNDS_DEFAULT : strtoul(text, NULL, 10);
	uint64_t seed = test_seed();
	struct crash *c = calloc(1, sizeof(*c));
	struct seeded_rng rng;

	(void)state;
	print_message("# %lu rounds\n", rounds);
	seeded_rng_init(&rng, seed);
	signal(SIGPIPE, SIG_IGN);
	daemon_make(&c->daemon, NULL);
	for (size_t i = 0; i < LOADERS; i++) {
		c->loaders[i] = calloc(1, sizeof(struct loader));
		c->loaders[i]->crash = c;
		person_init(&c->loaders[i]->person, &c->daemon.network, (uint8_t)(10 + i));
	}
	daemon_start(&c->daemon, NULL, NULL);
	anchor_all(c);
	assert_int_equal(daemon_stop(&c->daemon, SIGTERM), 0);
	for (unsigned long round = 1; round <= rounds; round++) {
		one_round(c, &rng.rng);
		assert_int_equal(missing(c), 0);
		if (round % CHECK_EVERY == 0)
			assert_int_equal(daemon_command(&c->daemon, "check"), 0);
	}
	assert_int_equal(daemon_command(&c->daemon, "check"), 0);
	print_message("# %llu acknowledged transactions, none lost\n", (unsigned long long)c->total);
	assert_true(c->total > 0);
	for (size_t i = 0; i < LOADERS; i++) {
		person_release(&c->loaders[i]->person);
		free(c->loaders[i]);
	}
	daemon_remove(&c->daemon);
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_kill9)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
