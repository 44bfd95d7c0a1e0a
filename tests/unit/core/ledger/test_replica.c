/* SPDX-License-Identifier: Apache-2.0 */
/* A replica is opened only for what it was made for; what is damaged, newer, foreign or busy is said, and left as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/files.h"
#include "core/crypto/start.h"
#include "replica_help.h"
#include "seed.h"

static void make(struct replica_desk *d, bool full)
{
	replica_desk_init(d, 1, full);
	assert_int_equal(replica_desk_open(d, NULL), ERR_OK);
	assert_int_equal(replica_desk_sync(d, NULL, NULL), ERR_OK);
}

/* An error is one line that says something. */
static void assert_says(const struct err_info *info)
{
	assert_true(strlen(info->detail) > 4);
	assert_null(strpbrk(info->detail, "\r\n"));
}

static void check_status(struct replica_desk *d)
{
	const struct chain *c = &d->s.chain;
	struct replica_status st;
	struct hash32 hash = header_hash(&c->last);

	assert_int_equal(replica_status(d->r, &st, NULL), ERR_OK);
	assert_int_equal(st.height, c->count);
	assert_int_equal(st.state_height, c->count - 1);
	assert_memory_equal(st.block_hash.b, hash.b, ID_SIZE);
	assert_memory_equal(st.app_hash.b, c->last.app_hash.b, ID_SIZE);
	assert_int_equal(st.time.v, block_time_ms(c->last.time).v);
	assert_string_equal(st.chain_id, c->genesis->chain_id);
	assert_int_equal(st.headers, c->count);
	assert_int_equal(st.blocks, d->full ? c->count : 0);
	assert_int_equal(st.txs, d->full ? d->s.tx_total : 0);
	assert_int_equal(st.evidence, 0);
	assert_int_equal(st.full, d->full);
	assert_true(st.solo);
	assert_int_equal(st.operators, 1);
}

/* New, in two steps, closed and opened between them; a third sync finds nothing new. */
static void sync_in_steps(bool full)
{
	struct replica_sync_report report;
	struct replica_desk d;
	struct replica_status st;

	replica_desk_init(&d, 1, full);
	assert_int_equal(replica_desk_open(&d, NULL), ERR_OK);
	assert_int_equal(replica_status(d.r, &st, NULL), ERR_OK);
	assert_int_equal(st.height, 0);
	assert_int_equal(st.time.v, WORLD_TIME);
	assert_int_equal(replica_desk_sync(&d, &report, NULL), ERR_OK);
	assert_int_equal(report.height, d.s.chain.count);
	assert_int_equal(report.headers, d.s.chain.count);
	check_status(&d);
	replica_desk_close(&d);
	story_more(&d.s);
	fake_peer_show(d.peer);
	assert_int_equal(replica_desk_open(&d, NULL), ERR_OK);
	assert_int_equal(replica_desk_sync(&d, &report, NULL), ERR_OK);
	assert_int_equal(report.headers, 6);
	assert_int_equal(report.tip, d.s.chain.count);
	check_status(&d);
	assert_int_equal(replica_desk_sync(&d, &report, NULL), ERR_OK);
	assert_int_equal(report.headers, 0);
	assert_int_equal(report.events, 0);
	check_status(&d);
	replica_desk_release(&d);
}

static void test_full_sync(void **state) { sync_in_steps(true); }
static void test_light_sync(void **state) { sync_in_steps(false); }

/* ---- whose it is ---- */

static void other_network(bool full)
{
	struct err_info info = {0};
	struct replica_options o;
	struct replica *r = NULL;
	struct replica_desk d;
	struct world other;

	make(&d, full);
	replica_desk_close(&d);
	world_init(&other, 2);
	o = replica_desk_options(&d);
	o.genesis = buf_bytes(&other.genesis);
	assert_int_equal(replica_open(&r, &o, &info), ERR_NETWORK_ID);
	assert_null(r);
	assert_says(&info);
	assert_int_equal(replica_desk_open(&d, NULL), ERR_OK);
	check_status(&d);
	replica_desk_release(&d);
	world_release(&other);
}

static void test_another_network(void **state)
{
	other_network(true);
	other_network(false);
}

static void test_the_other_mode(void **state)
{
	for (int full = 0; full < 2; full++) {
		struct err_info info = {0};
		struct replica_desk d;

		make(&d, full);
		replica_desk_close(&d);
		d.full = !full;
		assert_int_equal(replica_desk_open(&d, &info), ERR_CONFLICT);
		assert_says(&info);
		assert_non_null(strstr(info.detail, full ? "is full" : "is light"));
		d.full = full;
		assert_int_equal(replica_desk_open(&d, NULL), ERR_OK);
		check_status(&d);
		replica_desk_release(&d);
	}
}

/* A light replica holds one person's rows; a full one everybody's. */
static void test_another_account(void **state)
{
	for (int full = 0; full < 2; full++) {
		struct err_info info = {0};
		struct replica_options o;
		struct replica *r = NULL;
		struct replica_desk d;

		make(&d, full);
		replica_desk_close(&d);
		o = replica_desk_options(&d);
		o.account = d.s.bram.id;
		assert_int_equal(replica_open(&r, &o, &info), full ? ERR_OK : ERR_WRONG_PROFILE);
		if (!full)
			assert_says(&info);
		replica_free(r);
		assert_int_equal(replica_desk_open(&d, NULL), ERR_OK);
		check_status(&d);
		replica_desk_release(&d);
	}
}

/* Whatever the umask: the owner's alone, with the log and the shared memory beside it. */
static void test_nobody_else_may_read_it(void **state)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	mode_t before = umask(0);
	struct replica_desk d;

	make(&d, false);
	for (size_t i = 0; i < 3; i++) {
		char path[160];
		struct stat st;

		snprintf(path, sizeof(path), "%s%s", d.path, tails[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	umask(before);
	replica_desk_release(&d);
}

static void test_a_genesis_that_is_none(void **state)
{
	struct replica_options o;
	struct replica *r = NULL;
	struct replica_desk d;

	replica_desk_init(&d, 1, true);
	o = replica_desk_options(&d);
	o.genesis.len--;
	assert_int_not_equal(replica_open(&r, &o, NULL), ERR_OK);
	assert_null(r);
	assert_int_not_equal(access(d.path, F_OK), 0);
	replica_desk_release(&d);
}

static void test_a_newer_version_and_another_kind(void **state)
{
	struct err_info info = {0};
	struct replica_desk d;

	make(&d, true);
	replica_desk_close(&d);
	replica_desk_exec(&d, "PRAGMA user_version = 99", -1);
	assert_int_equal(replica_desk_open(&d, &info), ERR_NEWER);
	assert_says(&info);
	replica_desk_exec(&d, "PRAGMA user_version = 1; PRAGMA application_id = 1835813956", -1);
	assert_int_equal(replica_desk_open(&d, &info), ERR_FORMAT);
	assert_says(&info);
	replica_desk_exec(&d, "PRAGMA application_id = 1835815504", -1);
	assert_int_equal(replica_desk_open(&d, NULL), ERR_OK);
	check_status(&d);
	replica_desk_release(&d);
}

/* ---- damage ---- */

static enum err compare_event(void *self, const Medlock__Event *event, struct bytes raw)
{
	const struct story *s = self;

	for (size_t i = 0; i < s->event_count; i++) {
		if (s->events[i].n == event->n && bytes_equal(wire_bytes(event->owner), BYTES_ID(s->events[i].owner)))
			return bytes_equal(buf_bytes(&s->events[i].bytes), raw) ? ERR_OK : ERR_INTERNAL;
	}
	return ERR_INTERNAL;
}

/* Opened after damage: a clear error at one step, or everything is as it was. */
static bool look_at(struct replica_desk *d, const char *what, size_t at)
{
	uint64_t blocks, txs, bad;
	struct replica_status st;
	struct err_info info = {0};
	struct replica_log log;
	enum err e = replica_desk_open(d, &info);

	if (e == ERR_OK)
		e = replica_status(d->r, &st, &info);
	if (e == ERR_OK)
		e = replica_verify(d->r, &blocks, &txs, &bad, NULL, &info);
	if (e == ERR_OK)
		e = replica_log_verify(d->r, &log, &d->s.anna.id, &info);
	if (e == ERR_OK)
		e = replica_events(d->r, &d->s.anna.id, 1, UINT64_MAX, compare_event, &d->s, &info);
	if (e == ERR_OK && (blocks != d->s.chain.count || st.height != blocks || log.count == 0))
		e = ERR_INTERNAL;
	replica_desk_close(d);
	if (e == ERR_INTERNAL || e == ERR_MEMORY || (e != ERR_OK && strpbrk(info.detail, "\r\n") != NULL))
		fail_msg("%s at %zu: error %d, '%s'", what, at, (int)e, info.detail);
	return e == ERR_OK;
}

static void flip_bytes(bool full)
{
	uint64_t seed = test_seed(), found = 0;
	struct seeded_rng rng;
	struct replica_desk d;
	struct buf whole = BUF_INIT;

	seeded_rng_init(&rng, seed);
	make(&d, full);
	replica_desk_file(&d, &whole);
	assert_true(look_at(&d, "nothing", 0));
	for (size_t i = 0; i < 150; i++) {
		uint8_t random[5];
		size_t at;

		rng_fill(&rng.rng, random, sizeof(random));
		at = i < 100 ? i : get_be32(random) % whole.len; /* the first page's header is what opening reads */
		random[4] |= (uint8_t)(random[4] == 0);
		whole.data[at] ^= random[4];
		replica_desk_put_file(&d, buf_bytes(&whole));
		found += !look_at(&d, "a flipped byte", at);
		whole.data[at] ^= random[4];
	}
	assert_true(found > 20);
	replica_desk_put_file(&d, buf_bytes(&whole));
	assert_true(look_at(&d, "nothing", 0));
	replica_desk_release(&d);
	buf_release(&whole);
}

static void test_flipped_bytes_full(void **state) { flip_bytes(true); }
static void test_flipped_bytes_light(void **state) { flip_bytes(false); }

static void test_a_cut_file(void **state)
{
	struct replica_desk d;
	struct replica_status st;
	struct buf whole = BUF_INIT;

	make(&d, true);
	replica_desk_file(&d, &whole);
	for (size_t i = 1; i < 40; i++) {
		replica_desk_put_file(&d, bytes_of(whole.data, whole.len * i / 40));
		assert_false(look_at(&d, "cut", i));
	}
	replica_desk_put_file(&d, bytes_of(whole.data, whole.len - 1));
	assert_false(look_at(&d, "cut", whole.len - 1));
	/* An empty file is a replica that begins anew. */
	replica_desk_put_file(&d, bytes_of(NULL, 0));
	assert_int_equal(replica_desk_open(&d, NULL), ERR_OK);
	assert_int_equal(replica_status(d.r, &st, NULL), ERR_OK);
	assert_int_equal(st.height, 0);
	assert_int_equal(replica_desk_sync(&d, NULL, NULL), ERR_OK);
	check_status(&d);
	replica_desk_release(&d);
	buf_release(&whole);
}

/* Words, a picture, a folder. */
static void test_what_is_no_database(void **state)
{
	static const char words[] = "Dear diary, this is not a database, although it is longer than a hundred bytes, so "
				    "that nobody can take it for an empty one.";
	struct err_info info = {0};
	struct replica_desk d;
	struct buf after = BUF_INIT;

	replica_desk_init(&d, 1, false);
	assert_int_equal(files_write(d.path, bytes_str(words), NULL), ERR_OK);
	assert_int_equal(replica_desk_open(&d, &info), ERR_DAMAGED);
	assert_says(&info);
	assert_int_equal(files_read(&after, d.path, REPLICA_FILE_MAX, NULL), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&after), bytes_str(words)));
	unlink(d.path);
	assert_int_equal(mkdir(d.path, 0700), 0);
	assert_int_not_equal(replica_desk_open(&d, &info), ERR_OK);
	assert_says(&info);
	replica_desk_release(&d);
	buf_release(&after);
}

/* ---- another process ---- */

/* Each waits DB_BUSY_MS, as a person's command would. */
static void test_a_locked_file(void **state)
{
	struct err_info info = {0};
	struct replica_status before, after;
	struct replica_desk d;
	sqlite3 *other;

	make(&d, true);
	assert_int_equal(replica_status(d.r, &before, NULL), ERR_OK);
	other = replica_desk_sqlite(&d);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	story_more(&d.s);
	fake_peer_show(d.peer);
	assert_int_equal(replica_desk_sync(&d, NULL, &info), ERR_BUSY);
	assert_says(&info);
	assert_int_equal(replica_status(d.r, &after, NULL), ERR_OK);
	assert_int_equal(after.height, before.height);
	assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(replica_desk_sync(&d, NULL, NULL), ERR_OK);
	check_status(&d);
	replica_desk_close(&d);
	assert_int_equal(sqlite3_exec(other, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE meta SET value = value",
				      NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(replica_desk_open(&d, &info), ERR_BUSY);
	assert_says(&info);
	sqlite3_close(other);
	assert_int_equal(replica_desk_open(&d, NULL), ERR_OK);
	check_status(&d);
	replica_desk_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_sync), cmocka_unit_test(test_light_sync),
		cmocka_unit_test(test_another_network), cmocka_unit_test(test_the_other_mode),
		cmocka_unit_test(test_another_account), cmocka_unit_test(test_nobody_else_may_read_it),
		cmocka_unit_test(test_a_genesis_that_is_none),
		cmocka_unit_test(test_a_newer_version_and_another_kind),
		cmocka_unit_test(test_flipped_bytes_full), cmocka_unit_test(test_flipped_bytes_light),
		cmocka_unit_test(test_a_cut_file), cmocka_unit_test(test_what_is_no_database),
		cmocka_unit_test(test_a_locked_file),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
