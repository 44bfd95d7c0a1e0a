/* SPDX-License-Identifier: Apache-2.0 */
/* Each allocation in turn fails: a clear error, nothing half-done, and the same call works afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc_fault.h"
#include "core/base/json.h"
#include "core/base/options.h"
#include "core/base/text.h"
#include "storage/migrate.h"
#include "storage/state_kv.h"
#include "temp_dir.h"

#define PLACES_MAX 20000u

static const char BLOCK_SCHEMA[] = "CREATE TABLE block(height INTEGER PRIMARY KEY, data BLOB NOT NULL);";
static const char LAST[] = "SELECT coalesce(max(height), 0) FROM block";
static const char APPEND[] = "INSERT INTO block(height, data) VALUES(?1, ?2)";

static struct temp_dir dir;
static char path[128];

static int setup(void **state)
{
	temp_dir_make(&dir);
	snprintf(path, sizeof(path), "%s/x.db", dir.path);
	return 0;
}

static int teardown(void **state)
{
	temp_dir_remove(&dir);
	return 0;
}

/* Run work with every place failing, once and for ever, and then without a fault. */
static void strike_everywhere(enum err (*work)(void))
{
	size_t places = 0;

	if (!alloc_fault_available()) {
		print_message("skipped: allocations cannot be replaced under a sanitizer\n");
		skip();
	}
	for (int ever = 0; ever < 2; ever++) {
		for (size_t nth = 1;; nth++) {
			enum err e;

			assert_true(nth < PLACES_MAX);
			alloc_fault_arm(nth, ever != 0);
			e = work();
			if (!alloc_fault_disarm()) {
				assert_int_equal(e, ERR_OK);
				break;
			}
			places++;
			if (e != ERR_OK && e != ERR_MEMORY)
				fail_msg("allocation %zu failing gives %s", nth, err_row(e)->name);
		}
	}
	assert_int_equal(work(), ERR_OK);
	print_message("# %zu places\n", places);
}

static enum err check_json(void)
{
	return json_check(bytes_str("{\"a\":[1,{\"b\":\"\\u00e9\"}],\"c\":{\"d\":1,\"e\":2}}"), NULL);
}

static enum err gate_text(void)
{
	struct buf out = BUF_INIT;
	enum err e;

	text_gate(&out,
			bytes_str("e\xCC\x81 and \033[31m a text that is longer than the first sixty-four bytes of a buffer"),
		  false);
	e = buf_error(&out);
	buf_release(&out);
	return e;
}

static enum err parse_options(void)
{
	static const struct option_row rows[] = {{"a", OPTION_TEXT, "", ""}, {"b", OPTION_UINT, "1", ""}};
	struct options o;
	enum err e;

	options_init(&o, rows, 2);
	e = options_parse(&o, bytes_str("a = x\nb = 2\n"), NULL);
	options_release(&o);
	return e;
}

static enum err change_overlay(struct state_overlay *o)
{
	struct buf got = BUF_INIT;
	enum err e = ERR_OK;
	uint8_t key[4];

	state_overlay_begin(o);
	for (uint32_t i = 0; i < 200 && e == ERR_OK; i++) {
		put_be32(key, i * 7919 % 200);
		e = state_overlay_put(o, bytes_of(key, 4), bytes_of(key, 4));
	}
	if (e == ERR_OK)
		state_overlay_keep(o);
	else
		state_overlay_undo(o);
	if (e == ERR_OK)
		e = state_overlay_get(o, &got, bytes_of(key, 4));
	buf_release(&got);
	return e;
}

static enum err use_overlay(void)
{
	struct state_overlay *o;
	enum err e;

	TRY(state_overlay_new(&o, NULL));
	e = change_overlay(o);
	state_overlay_free(o);
	return e;
}

static enum err none(void *context, struct bytes key, struct bytes value)
{
	(void)context;
	(void)key;
	return value.len <= 4 ? ERR_OK : ERR_DAMAGED;
}

static enum err last_height(struct db *db, int64_t *ret)
{
	sqlite3_stmt *s;
	bool row;

	TRY(db_statement(&s, db, LAST, NULL));
	TRY(db_step(db, s, &row, NULL));
	*ret = db_column_int(s, 0);
	db_done(s);
	return ERR_OK;
}

static enum err append(struct db *db, int64_t height)
{
	sqlite3_stmt *s;

	TRY(db_statement(&s, db, APPEND, NULL));
	db_bind_int(s, 1, height);
	db_bind_bytes(s, 2, bytes_str("data"));
	return db_run(db, s, NULL);
}

static enum err store_once(struct db *db, struct state_overlay *o)
{
	int64_t last;
	enum err e;

	TRY(last_height(db, &last));
	TRY(state_overlay_put(o, bytes_str("key"), bytes_of(&last, 4)));
	TRY(state_overlay_scan(o, bytes_str("k"), bytes_of(NULL, 0), true, none, NULL));
	TRY(db_begin(db, NULL));
	e = state_overlay_store(o);
	if (e == ERR_OK)
		e = append(db, last + 1);
	if (e != ERR_OK) {
		db_rollback(db);
		return e;
	}
	return db_commit(db, NULL);
}

static enum err use_database(void)
{
	struct migration steps[] = {{1, STATE_KV_SCHEMA}, {2, BLOCK_SCHEMA}};
	struct db_options unsynced = {.unsynced = true};
	struct state_overlay *o = NULL;
	struct state_kv *kv = NULL;
	struct db *db = NULL;
	enum err e = db_open(&db, path, &unsynced, NULL);

	if (e == ERR_OK)
		e = migrate(db, DB_TEST, steps, 2, NULL);
	if (e == ERR_OK)
		e = state_kv_new(&kv, db, NULL);
	if (e == ERR_OK)
		e = state_overlay_new(&o, kv);
	if (e == ERR_OK)
		e = store_once(db, o);
	state_overlay_free(o);
	state_kv_free(kv);
	db_free(db);
	return e;
}

static void json_without_memory(void **state) { strike_everywhere(check_json); }
static void text_without_memory(void **state) { strike_everywhere(gate_text); }
static void options_without_memory(void **state) { strike_everywhere(parse_options); }
static void overlay_without_memory(void **state) { strike_everywhere(use_overlay); }
static void database_without_memory(void **state) { strike_everywhere(use_database); }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_without_memory),
		cmocka_unit_test(text_without_memory),
		cmocka_unit_test(options_without_memory),
		cmocka_unit_test(overlay_without_memory),
		cmocka_unit_test_setup_teardown(database_without_memory, setup, teardown),
	};

	return cmocka_run_group_tests_name("alloc_faults", tests, NULL, NULL);
}
