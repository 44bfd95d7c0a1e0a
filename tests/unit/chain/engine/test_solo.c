/* SPDX-License-Identifier: Apache-2.0 */
/* The solo engine over the application and a temporary store, with clocks that the test moves. */
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "chain/engine/application.h"
#include "chain/engine/solo.h"
#include "chain/proto/block.h"
#include "core/crypto/trie.h"
#include "ledger_help.h"

#define START 1790000100000

struct answers {
	unsigned count;
	struct engine_outcome last;
};

struct fixture {
	char path[64];
	struct test_genesis genesis;
	struct buf bytes;
	struct network_id network;
	struct ledger_app *app;
	struct engine *engine;
	int64_t wall, steady;
	struct clock clock;
	bool watched;
	enum err halted;
	unsigned heights;
	uint8_t salt;
	uint32_t rate, burst;
};

static struct time_ms now(void *self)
{
	return (struct time_ms){((struct fixture *)self)->wall};
}

static int64_t steady(void *self)
{
	return ((struct fixture *)self)->steady;
}

static void pass(struct fixture *f, int64_t ms)
{
	f->wall += ms;
	f->steady += ms;
}

static bool watched(void *self)
{
	return ((struct fixture *)self)->watched;
}

static void halted(void *self, enum err e, const struct err_info *info)
{
	((struct fixture *)self)->halted = e;
	assert_true(info->detail[0] != '\0');
}

static void on_height(void *context, uint64_t height)
{
	struct fixture *f = context;

	f->heights++;
	assert_int_equal(ledger_app_info(f->app).height, height);
}

static void on_answer(void *context, const struct engine_outcome *o)
{
	struct answers *a = context;

	a->count++;
	a->last = *o;
}

static enum err try_start(struct fixture *f)
{
	struct solo_options o = {.host = {f, &f->clock, NULL, NULL, watched, halted}, .chain_id = TEST_CHAIN_ID,
				 .genesis_time = f->genesis.genesis.time, .validator = f->genesis.validator.seed,
				 .validator_public = f->genesis.validator.sign, .validator_power = 10, .workers = 0,
				 .rate = f->rate, .burst = f->burst};

	assert_int_equal(ledger_app_open(&f->app, f->path, buf_bytes(&f->bytes), NULL, NULL), ERR_OK);
	o.app = ledger_app_interface(f->app);
	assert_int_equal(solo_new(&f->engine, &o, NULL), ERR_OK);
	f->engine->subscribe(f->engine->self, on_height, f);
	return f->engine->start(f->engine->self, NULL);
}

static void end(struct fixture *f)
{
	f->engine->stop(f->engine->self, 1000);
	f->engine->free(f->engine->self);
	ledger_app_free(f->app);
}

static void poll(struct fixture *f)
{
	(void)f->engine->poll(f->engine->self);
}

static uint64_t height(const struct fixture *f)
{
	return ledger_app_info(f->app).height;
}

static void files_remove(const struct fixture *f)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[96];

	for (size_t i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", f->path, ends[i]);
		unlink(name);
	}
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd;

	snprintf(f->path, sizeof(f->path), "/tmp/medlock-solo-XXXXXX");
	fd = mkstemp(f->path);
	assert_true(fd >= 0);
	close(fd);
	test_genesis_init(&f->genesis);
	assert_int_equal(genesis_encode(&f->bytes, &f->network, &f->genesis.genesis, NULL), ERR_OK);
	f->wall = START;
	f->steady = 5000;
	f->rate = f->burst = 100000;
	f->clock = (struct clock){now, steady, f};
	assert_int_equal(try_start(f), ERR_OK);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	end(f);
	files_remove(f);
	buf_release(&f->bytes);
	test_genesis_release(&f->genesis);
	free(f);
	return 0;
}

/* A transaction that changes the state: the authority anchors person n. */
static void anchor(struct fixture *f, struct buf *out, struct tx_id *id, uint8_t n)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__CertAnchor a = MEDLOCK__CERT_ANCHOR__INIT;
	struct person who;
	uint8_t certificate[32];

	person_init(&who, &f->network, n);
	memset(certificate, n, sizeof(certificate));
	a.account = wire_data(BYTES_ID(who.account));
	a.keys = &who.keys;
	a.keys_signature = wire_data(bytes_of(who.signature, 64));
	a.role = ROLE_PATIENT;
	a.certificate = wire_data(bytes_of(certificate, 32));
	a.not_after = START + 365 * MS_PER_DAY;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &a;
	body.valid_until = 1000;
	assert_int_equal(person_tx(out, id, &f->genesis.operator, &body, &f->network), ERR_OK);
	person_release(&who);
}

static void submit(struct fixture *f, struct answers *a, const struct buf *tx, const char *address)
{
	f->engine->submit(f->engine->self, buf_bytes(tx), address, on_answer, a);
}

static struct app_info settle(struct fixture *f)
{
	poll(f);
	pass(f, SOLO_CUT_MS);
	poll(f);
	return ledger_app_info(f->app);
}

/* ---- tests ---- */

static void test_first_block(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(height(f), 0);
	poll(f);
	assert_int_equal(height(f), 1); /* carries the root of the genesis */
	assert_int_equal(f->heights, 1);
	poll(f);
	pass(f, 10 * HEARTBEAT_MS);
	poll(f);
	assert_int_equal(height(f), 1); /* nobody is there */
	f->watched = true;
	poll(f);
	assert_int_equal(height(f), 2);
	pass(f, HEARTBEAT_MS - 1);
	poll(f);
	assert_int_equal(height(f), 2);
	pass(f, 1);
	poll(f);
	assert_int_equal(height(f), 3);
}

static void test_cut(void **state)
{
	struct fixture *f = *state;
	struct answers a = {0};
	struct buf tx = BUF_INIT;
	struct tx_id id;
	struct app_info before, after;

	poll(f);
	before = ledger_app_info(f->app);
	anchor(f, &tx, &id, 10);
	submit(f, &a, &tx, "");
	poll(f);
	assert_int_equal(a.count, 0); /* not durable: not answered */
	pass(f, SOLO_CUT_MS - 1);
	poll(f);
	assert_int_equal(height(f), 1);
	pass(f, 1);
	poll(f);
	assert_int_equal(a.count, 1);
	assert_int_equal(a.last.code, ERR_OK);
	assert_int_equal(a.last.height, 2);
	assert_true(ID_EQUAL(a.last.id, id));
	after = ledger_app_info(f->app);
	assert_int_equal(after.height, 3); /* the empty block that carries the new root */
	assert_false(ID_EQUAL(before.app_hash, after.app_hash));
	assert_false(after.root_pending);
	buf_release(&tx);
}

static void test_full_block_is_cut_at_once(void **state)
{
	struct fixture *f = *state;
	struct answers a = {0};
	struct tx_id id;

	poll(f);
	for (unsigned i = 0; i < 2200; i++) {
		Medlock__Body body = MEDLOCK__BODY__INIT;
		Medlock__CertRevoke r = MEDLOCK__CERT_REVOKE__INIT;
		struct buf tx = BUF_INIT;

		/* refused by the contract at check or not, each is its own transaction; the last ones do not fit */
		r.account = wire_data(BYTES_ID(f->genesis.operator.account));
		body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
		body.cert_revoke = &r;
		body.valid_until = 10 + i;
		assert_int_equal(person_tx(&tx, &id, &f->genesis.operator, &body, &f->network), ERR_OK);
		submit(f, &a, &tx, "");
		poll(f);
		buf_release(&tx);
		if (a.count >= BLOCK_TXS_MAX)
			break;
	}
	assert_int_equal(a.count, BLOCK_TXS_MAX); /* without a millisecond having passed */
	assert_int_equal(a.last.height, 2);
	assert_int_equal(a.last.index, BLOCK_TXS_MAX - 1);
}

static void test_repeat(void **state)
{
	struct fixture *f = *state;
	struct answers a = {0}, b = {0}, c = {0};
	struct buf tx = BUF_INIT;
	struct tx_id id;
	struct app_info first, second;

	poll(f);
	anchor(f, &tx, &id, 10);
	submit(f, &a, &tx, "");
	submit(f, &b, &tx, ""); /* while it waits: one transaction, two answers */
	first = settle(f);
	assert_int_equal(a.count, 1);
	assert_int_equal(b.count, 1);
	assert_int_equal(a.last.height, b.last.height);
	submit(f, &c, &tx, "");
	second = settle(f);
	assert_int_equal(c.last.code, ERR_OK);
	assert_true(ID_EQUAL(first.app_hash, second.app_hash)); /* no second effect */
	tx.data[tx.len - 1] ^= 1;
	submit(f, &c, &tx, "");
	poll(f);
	assert_int_equal(c.last.code, ERR_SIGNATURE);
	buf_release(&tx);
}

static void test_restart(void **state)
{
	struct fixture *f = *state;
	struct answers a = {0};
	struct buf tx = BUF_INIT;
	struct tx_id id;
	struct app_info before, after;
	uint64_t checked = 0, bad = 0;

	poll(f);
	anchor(f, &tx, &id, 10);
	submit(f, &a, &tx, "");
	before = settle(f);
	end(f);
	assert_int_equal(ledger_check(f->path, buf_bytes(&f->bytes), &checked, &bad, NULL), ERR_OK);
	assert_int_equal(checked, before.height);
	assert_int_equal(try_start(f), ERR_OK);
	after = ledger_app_info(f->app);
	assert_memory_equal(&before.app_hash, &after.app_hash, sizeof(before.app_hash));
	assert_memory_equal(&before.block_hash, &after.block_hash, sizeof(before.block_hash));
	assert_int_equal(before.height, after.height);
	buf_clear(&tx);
	anchor(f, &tx, &id, 11);
	submit(f, &a, &tx, "");
	settle(f);
	assert_int_equal(a.last.height, before.height + 1);
	buf_release(&tx);
}

static void test_restored_home_does_not_sign(void **state)
{
	struct fixture *f = *state;

	poll(f);
	assert_int_equal(ledger_app_sign_above(f->app, UINT64_MAX, NULL), ERR_OK);
	end(f);
	assert_int_equal(try_start(f), ERR_CONFLICT);
	assert_int_equal(ledger_app_sign_above(f->app, 5, NULL), ERR_OK); /* somebody has seen 5, we have 1 */
	end(f);
	assert_int_equal(try_start(f), ERR_CONFLICT);
	assert_int_equal(ledger_app_sign_above(f->app, 1, NULL), ERR_OK);
	end(f);
	assert_int_equal(try_start(f), ERR_OK);
}

static void test_clock_jumps(void **state)
{
	struct fixture *f = *state;
	struct answers a = {0};
	struct buf tx = BUF_INIT;
	struct tx_id id;

	poll(f);
	f->wall -= SOLO_CLOCK_JUMP_MS - 1000; /* within the limit: time still grows */
	anchor(f, &tx, &id, 10);
	submit(f, &a, &tx, "");
	settle(f);
	assert_int_equal(a.last.code, ERR_OK);
	assert_true(ledger_app_info(f->app).time.v > START);
	assert_int_equal(f->halted, ERR_OK);
	f->wall += 2 * SOLO_CLOCK_JUMP_MS; /* the steady clock saw nothing of it */
	buf_clear(&tx);
	anchor(f, &tx, &id, 11);
	submit(f, &a, &tx, "");
	settle(f);
	assert_int_equal(f->halted, ERR_CLOCK);
	assert_int_equal(a.last.code, ERR_BUSY_PEER);
	assert_int_equal(a.last.height, 0);
	buf_release(&tx);
}

static void test_throttle(void **state)
{
	struct fixture *f = *state;
	struct answers a = {0};
	struct buf tx = BUF_INIT;
	struct tx_id id;

	end(f);
	f->rate = 1;
	f->burst = 2;
	assert_int_equal(try_start(f), ERR_OK);
	poll(f);
	for (uint8_t n = 10; n < 13; n++) {
		buf_clear(&tx);
		anchor(f, &tx, &id, n);
		submit(f, &a, &tx, "192.0.2.1");
	}
	assert_int_equal(a.count, 1);
	assert_int_equal(a.last.code, ERR_BUSY_PEER);
	submit(f, &a, &tx, "192.0.2.2"); /* another address pays for itself */
	pass(f, 1000);
	submit(f, &a, &tx, "192.0.2.1");
	poll(f);
	assert_int_equal(a.count, 5);
	assert_int_equal(a.last.code, ERR_OK);
	buf_release(&tx);
}

static void test_forget(void **state)
{
	struct fixture *f = *state;
	struct answers a = {0};
	struct buf tx = BUF_INIT;
	struct tx_id id;

	poll(f);
	anchor(f, &tx, &id, 10);
	submit(f, &a, &tx, "");
	f->engine->forget(f->engine->self, &a);
	settle(f);
	assert_int_equal(a.count, 0);
	assert_int_equal(height(f), 3);
	buf_release(&tx);
}

/* Straight on the application: the state before a block that no header follows yet stays provable. */
static void test_provable_state(void **state)
{
	struct fixture *f = *state;
	const struct application *app = ledger_app_interface(f->app);
	struct app_info before;
	struct app_finalized done, again;
	struct buf tx = BUF_INIT, value = BUF_INIT, proof = BUF_INIT;
	struct tx_id id;
	struct bytes raw;
	struct app_block block = {.height = 2, .time = {START + 5}, .txs = &raw, .count = 1};
	struct app_store store = {.header = bytes_str("h"), .block = bytes_str("b"), .commit = bytes_str("c")};
	struct state_key key;
	struct person who;
	bool present = true;
	uint64_t at = 99;

	poll(f);
	before = ledger_app_info(f->app);
	anchor(f, &tx, &id, 10);
	raw = buf_bytes(&tx);
	assert_int_equal(app->finalize(app->self, &done, &block, NULL), ERR_OK);
	app->abandon(app->self);
	assert_int_equal(app->finalize(app->self, &again, &block, NULL), ERR_OK);
	assert_true(ID_EQUAL(done.app_hash, again.app_hash));
	assert_int_equal(again.results[0].code, 0);
	assert_int_equal(app->commit(app->self, &store, NULL), ERR_OK);
	person_init(&who, &f->network, 10);
	key = state_key_account(&who.account);
	assert_int_equal(app->query(app->self, &present, &value, &proof, &at, state_key_bytes(&key)), ERR_OK);
	assert_false(present); /* as of height 1 */
	assert_int_equal(at, 1);
	assert_int_equal(trie_verify(&before.app_hash, state_key_bytes(&key), NULL, buf_bytes(&proof)), ERR_OK);
	block = (struct app_block){.height = 3, .time = {START + 6}};
	assert_int_equal(app->finalize(app->self, &done, &block, NULL), ERR_OK);
	assert_int_equal(app->commit(app->self, &store, NULL), ERR_OK);
	buf_clear(&proof);
	assert_int_equal(app->query(app->self, &present, &value, &proof, &at, state_key_bytes(&key)), ERR_OK);
	assert_true(present);
	raw = buf_bytes(&value);
	assert_int_equal(trie_verify(&done.app_hash, state_key_bytes(&key), &raw, buf_bytes(&proof)), ERR_OK);
	person_release(&who);
	buf_release(&tx);
	buf_release(&value);
	buf_release(&proof);
}

/* A block that could not be stored takes nothing away from readers: what was provable before it is so after it. */
static void test_provable_state_outlives_an_abandoned_block(void **state)
{
	struct fixture *f = *state;
	const struct application *app = ledger_app_interface(f->app);
	struct app_info before;
	struct app_finalized done;
	struct buf tx[2] = {BUF_INIT, BUF_INIT}, value = BUF_INIT, proof = BUF_INIT;
	struct tx_id id;
	struct bytes raw[2];
	struct app_block block = {.height = 2, .time = {START + 5}, .txs = &raw[0], .count = 1};
	struct app_store store = {.header = bytes_str("h"), .block = bytes_str("b"), .commit = bytes_str("c")};
	struct state_key key;
	struct person who;
	bool present = true;
	uint64_t at = 99;

	poll(f);
	before = ledger_app_info(f->app);
	for (uint8_t i = 0; i < 2; i++) {
		anchor(f, &tx[i], &id, (uint8_t)(10 + i));
		raw[i] = buf_bytes(&tx[i]);
	}
	assert_int_equal(app->finalize(app->self, &done, &block, NULL), ERR_OK);
	assert_int_equal(app->commit(app->self, &store, NULL), ERR_OK);
	block = (struct app_block){.height = 3, .time = {START + 6}, .txs = &raw[1], .count = 1};
	for (unsigned i = 0; i < 2; i++) {
		struct app_finalized vain;

		assert_int_equal(app->finalize(app->self, &vain, &block, NULL), ERR_OK);
		app->abandon(app->self);
	}
	person_init(&who, &f->network, 10);
	key = state_key_account(&who.account);
	assert_int_equal(app->query(app->self, &present, &value, &proof, &at, state_key_bytes(&key)), ERR_OK);
	assert_false(present);
	assert_int_equal(at, 1);
	assert_int_equal(trie_verify(&before.app_hash, state_key_bytes(&key), NULL, buf_bytes(&proof)), ERR_OK);
	block = (struct app_block){.height = 3, .time = {START + 6}};
	assert_int_equal(app->finalize(app->self, &done, &block, NULL), ERR_OK);
	assert_int_equal(app->commit(app->self, &store, NULL), ERR_OK);
	buf_clear(&proof);
	assert_int_equal(app->query(app->self, &present, &value, &proof, &at, state_key_bytes(&key)), ERR_OK);
	raw[0] = buf_bytes(&value);
	assert_true(present && at == 2);
	assert_int_equal(trie_verify(&done.app_hash, state_key_bytes(&key), &raw[0], buf_bytes(&proof)), ERR_OK);
	person_release(&who);
	buf_release(&tx[0]);
	buf_release(&tx[1]);
	buf_release(&value);
	buf_release(&proof);
}

static void test_check_finds_changes(void **state)
{
	static const char *const changes[] = {
		"UPDATE tx SET code = 1 WHERE height = 2",
		"DELETE FROM tx WHERE height = 2",
		"UPDATE event SET event = zeroblob(20) WHERE seq = (SELECT min(seq) FROM event)",
		"UPDATE block SET block = substr(block, 1, length(block) - 1) || x'00' WHERE height = 2",
		"UPDATE header SET seal = (SELECT seal FROM header WHERE height = 1) WHERE height = 2",
		"UPDATE header SET header = (SELECT header FROM header WHERE height = 1) WHERE height = 2",
	};
	struct fixture *f = *state;
	struct answers a = {0};
	struct buf tx = BUF_INIT;
	struct tx_id id;

	poll(f);
	anchor(f, &tx, &id, 10);
	submit(f, &a, &tx, "");
	settle(f);
	end(f);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		sqlite3 *db = NULL;
		uint64_t checked = 0, bad = 0;

		assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, "SAVEPOINT s", NULL, NULL, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, "CREATE TABLE keep_tx AS SELECT * FROM tx; CREATE TABLE keep_event AS SELECT *"
						  " FROM event; CREATE TABLE keep_block AS SELECT * FROM block; CREATE TABLE"
						  " keep_header AS SELECT * FROM header", NULL, NULL, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, changes[i], NULL, NULL, NULL), SQLITE_OK);
		if (sqlite3_changes(db) == 0) { /* no event was made by an anchor */
			sqlite3_exec(db, "ROLLBACK TO s; RELEASE s", NULL, NULL, NULL);
			sqlite3_close(db);
			continue;
		}
		assert_int_equal(sqlite3_exec(db, "RELEASE s", NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		assert_int_equal(ledger_check(f->path, buf_bytes(&f->bytes), &checked, &bad, NULL), ERR_DAMAGED);
		assert_int_equal(bad, 2);
		assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, "DELETE FROM tx; INSERT INTO tx SELECT * FROM keep_tx; DELETE FROM event; INSERT"
						  " INTO event SELECT * FROM keep_event; DELETE FROM block; INSERT INTO block SELECT"
						  " * FROM keep_block; DELETE FROM header; INSERT INTO header SELECT * FROM"
						  " keep_header; DROP TABLE keep_tx; DROP TABLE keep_event; DROP TABLE keep_block;"
						  " DROP TABLE keep_header", NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		assert_int_equal(ledger_check(f->path, buf_bytes(&f->bytes), &checked, &bad, NULL), ERR_OK);
	}
	assert_int_equal(try_start(f), ERR_OK);
	buf_release(&tx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_first_block, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_block_is_cut_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_repeat, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restart, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restored_home_does_not_sign, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clock_jumps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_throttle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forget, setup, teardown),
		cmocka_unit_test_setup_teardown(test_provable_state, setup, teardown),
		cmocka_unit_test_setup_teardown(test_provable_state_outlives_an_abandoned_block, setup, teardown),
		cmocka_unit_test_setup_teardown(test_check_finds_changes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
