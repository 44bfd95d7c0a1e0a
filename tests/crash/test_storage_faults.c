/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks stored while the disk fails at every single change in turn: what was acknowledged is there afterwards, a block
 * is there whole or not at all, and the state belongs to the last block.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fault_vfs.h"
#include "storage/migrate.h"
#include "storage/state_kv.h"
#include "temp_dir.h"

#define BLOCKS 6u
#define KEYS 12u

/* A wide row by sequence and a narrow one with an index of its own, both in the transaction of their block. */
static const char BLOCK_SCHEMA[] = "CREATE TABLE block(height INTEGER PRIMARY KEY, data BLOB NOT NULL);"
				   "CREATE TABLE tx(seq INTEGER PRIMARY KEY, id INTEGER NOT NULL, result BLOB NOT NULL);"
				   "CREATE INDEX tx_by_id ON tx(id);";
static const char APPEND[] = "INSERT INTO block(height, data) VALUES(?1, ?2)";
static const char APPEND_TX[] = "INSERT INTO tx(id, result) VALUES(?1, ?2)";
static const char LAST[] = "SELECT coalesce(max(height), 0) FROM block WHERE height >= ?1 AND length(data) = 3000";
static const char FIND_TX[] = "SELECT count(*) FROM tx WHERE id = ?1 AND length(result) = 100";

struct ledger {
	struct db *db;
	struct state_kv *kv;
	struct state_overlay *overlay;
};

static struct temp_dir dir;
static char path[128];

static void ledger_release(struct ledger *l)
{
	state_overlay_free(l->overlay);
	state_kv_free(l->kv);
	db_free(l->db);
}

static enum err ledger_open(struct ledger *l, const char *vfs)
{
	struct migration steps[] = {{1, STATE_KV_SCHEMA}, {2, BLOCK_SCHEMA}};
	struct db_options options = {.vfs = vfs, .must_exist = vfs != NULL};

	memset(l, 0, sizeof(*l));
	TRY(db_open(&l->db, path, &options, NULL));
	TRY(migrate(l->db, DB_TEST, steps, 2, NULL));
	TRY(db_exec(l->db, "PRAGMA wal_autocheckpoint=8", NULL)); /* so that checkpoints are struck too */
	TRY(state_kv_new(&l->kv, l->db, NULL));
	return state_overlay_new(&l->overlay, l->kv);
}

/* The state after block h: each key holds h, and key h % KEYS is absent. */
static enum err change_state(struct ledger *l, uint64_t height)
{
	uint8_t key[2] = "k", value[200];

	memset(value, (int)height, sizeof(value));
	for (uint8_t i = 0; i < KEYS; i++) {
		key[1] = i;
		if (i == height % KEYS)
			TRY(state_overlay_delete(l->overlay, bytes_of(key, 2)));
		else
			TRY(state_overlay_put(l->overlay, bytes_of(key, 2), bytes_of(value, sizeof(value))));
	}
	return ERR_OK;
}

static enum err insert(struct db *db, const char *literal_sql, uint64_t id, struct bytes value)
{
	sqlite3_stmt *s;

	TRY(db_statement(&s, db, literal_sql, NULL));
	db_bind_int(s, 1, (int64_t)id);
	db_bind_bytes(s, 2, value);
	return db_run(db, s, NULL);
}

static enum err store_rows(struct ledger *l, uint64_t height)
{
	static const uint8_t data[3000];

	TRY(state_overlay_store(l->overlay));
	TRY(insert(l->db, APPEND, height, bytes_of(data, sizeof(data))));
	return insert(l->db, APPEND_TX, height, bytes_of(data, 100));
}

static enum err store_block(struct ledger *l, uint64_t height)
{
	enum err e;

	state_overlay_clear(l->overlay);
	TRY(change_state(l, height));
	TRY(db_begin(l->db, NULL));
	e = store_rows(l, height);
	if (e != ERR_OK) {
		db_rollback(l->db);
		return e;
	}
	return db_commit(l->db, NULL);
}

/* Store blocks until one fails; a fault that comes once is met by storing the block again. */
static uint64_t run(struct ledger *l, uint64_t from, enum fault_kind kind)
{
	uint64_t acknowledged = from;

	for (uint64_t h = from + 1; h <= BLOCKS; h++) {
		enum err e = store_block(l, h);

		if (e != ERR_OK && kind == FAULT_ERROR_ONCE) {
			assert_true(fault_vfs_struck());
			e = store_block(l, h);
			assert_int_equal(e, ERR_OK);
		}
		if (e != ERR_OK) {
			assert_true(fault_vfs_struck());
			if (kind == FAULT_FULL_EVER)
				assert_true(e == ERR_DISK_FULL || e == ERR_IO);
			break;
		}
		acknowledged = h;
	}
	return acknowledged;
}

static enum err count_state(void *context, struct bytes key, struct bytes value)
{
	uint64_t height = *(uint64_t *)context >> 32;

	assert_int_equal(value.data[0], height);
	assert_int_not_equal(key.data[1], height % KEYS);
	(*(uint64_t *)context)++;
	return ERR_OK;
}

static uint64_t ask(struct db *db, const char *literal_sql, uint64_t id)
{
	sqlite3_stmt *s;
	uint64_t answer;
	bool row;

	assert_int_equal(db_statement(&s, db, literal_sql, NULL), ERR_OK);
	db_bind_int(s, 1, (int64_t)id);
	assert_int_equal(db_step(db, s, &row, NULL), ERR_OK);
	assert_true(row);
	answer = (uint64_t)db_column_int(s, 0);
	db_done(s);
	return answer;
}

static void check_whole(uint64_t acknowledged, enum fault_kind kind, size_t nth)
{
	struct ledger l;
	uint64_t last, seen;

	assert_int_equal(ledger_open(&l, NULL), ERR_OK);
	assert_int_equal(db_check(l.db, NULL), ERR_OK);
	last = ask(l.db, LAST, 0);
	/* A commit may be on the disk whose success could not be told any more. */
	if (last != acknowledged && last != acknowledged + 1)
		fail_msg("fault %d at change %zu: block %d was acknowledged, %d is stored", (int)kind, nth,
			 (int)acknowledged, (int)last);
	for (uint64_t h = 1; h <= BLOCKS; h++)
		assert_int_equal(ask(l.db, FIND_TX, h), h <= last ? 1 : 0);
	seen = last << 32;
	assert_int_equal(state_kv_scan(l.kv, bytes_str("k"), bytes_of(NULL, 0), false, count_state, &seen), ERR_OK);
	assert_int_equal(seen & UINT32_MAX, KEYS - 1);
	/* And it goes on. */
	assert_int_equal(store_block(&l, last + 1), ERR_OK);
	ledger_release(&l);
}

static void begin_with_one_block(void)
{
	struct ledger l;

	temp_dir_make(&dir);
	snprintf(path, sizeof(path), "%s/x.db", dir.path);
	assert_int_equal(ledger_open(&l, NULL), ERR_OK);
	assert_int_equal(store_block(&l, 1), ERR_OK);
	ledger_release(&l);
}

/* True when the fault struck: there may be a later place for it. */
static bool strike_at(enum fault_kind kind, size_t nth)
{
	uint64_t acknowledged = 1;
	struct ledger l;
	bool struck;
	enum err e;

	begin_with_one_block();
	fault_vfs_arm(kind, nth);
	e = ledger_open(&l, FAULT_VFS);
	if (e == ERR_OK)
		acknowledged = run(&l, 1, kind);
	else
		assert_true(fault_vfs_struck());
	ledger_release(&l);
	struck = fault_vfs_struck();
	if (kind == FAULT_POWER_DROP || kind == FAULT_POWER_TORN)
		fault_vfs_power_cut();
	fault_vfs_arm(FAULT_NONE, 0);
	check_whole(acknowledged, kind, nth);
	temp_dir_remove(&dir);
	return struck;
}

static void strike_everywhere(enum fault_kind kind)
{
	size_t nth = 1;

	fault_vfs_register();
	while (strike_at(kind, nth))
		nth++;
	assert_true(nth > 40); /* there were that many places */
	print_message("# %zu places\n", nth - 1);
}

static void an_error_once(void **state) { strike_everywhere(FAULT_ERROR_ONCE); }
static void errors_for_ever(void **state) { strike_everywhere(FAULT_ERROR_EVER); }
static void a_full_disk(void **state) { strike_everywhere(FAULT_FULL_EVER); }
static void a_power_cut(void **state) { strike_everywhere(FAULT_POWER_DROP); }
static void a_power_cut_with_torn_writes(void **state) { strike_everywhere(FAULT_POWER_TORN); }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_once),
		cmocka_unit_test(errors_for_ever),
		cmocka_unit_test(a_full_disk),
		cmocka_unit_test(a_power_cut),
		cmocka_unit_test(a_power_cut_with_torn_writes),
	};

	return cmocka_run_group_tests_name("storage_faults", tests, NULL, NULL);
}
