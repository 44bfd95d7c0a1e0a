/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "storage/block_log.h"
#include "storage/migrate.h"
#include "temp_dir.h"

static struct temp_dir dir;
static struct db *db;

static int setup(void **state)
{
	struct migration steps[] = {{1, BLOCK_LOG_SCHEMA}};
	char path[128];

	temp_dir_make(&dir);
	snprintf(path, sizeof(path), "%s/x.db", dir.path);
	assert_int_equal(db_open(&db, path, NULL, NULL), ERR_OK);
	assert_int_equal(migrate(db, DB_TEST, steps, 1, NULL), ERR_OK);
	return 0;
}

static int teardown(void **state)
{
	db = db_free(db);
	temp_dir_remove(&dir);
	return 0;
}

static enum err append(uint64_t height)
{
	struct block_log_block b = {.height = height, .time_ms = (int64_t)height * 10,
			.block_hash = {{(uint8_t)height}},
				    .header = bytes_str("head"), .commit = bytes_str("seal"),
						.data = bytes_str("data")};

	return block_log_append(db, &b, NULL);
}

static enum err note(void *context, const struct block_log_block *b)
{
	assert_int_equal(b->time_ms, b->height * 10);
	assert_int_equal(b->block_hash.b[0], b->height);
	assert_true(bytes_equal(b->commit, bytes_str("seal")) && bytes_equal(b->data, bytes_str("data")));
	buf_printf(context, "%d ", (int)b->height);
	return ERR_OK;
}

static enum err stop(void *context, const struct block_log_block *b)
{
	return ERR_CANCELLED;
}

static void blocks_follow_each_other(void **state)
{
	struct buf got = BUF_INIT;
	uint64_t first = 9, last = 9;

	assert_int_equal(block_log_heights(db, &first, &last, NULL), ERR_OK);
	assert_true(first == 0 && last == 0);
	assert_int_equal(db_begin(db, NULL), ERR_OK);
	assert_int_equal(append(0), ERR_CHAIN);
	assert_int_equal(append(5), ERR_OK); /* a chain may start anywhere */
	assert_int_equal(append(7), ERR_CHAIN);
	assert_int_equal(append(5), ERR_CHAIN);
	assert_int_equal(append(6), ERR_OK);
	assert_int_equal(append(7), ERR_OK);
	assert_int_equal(db_commit(db, NULL), ERR_OK);
	assert_int_equal(block_log_heights(db, &first, &last, NULL), ERR_OK);
	assert_true(first == 5 && last == 7);
	assert_int_equal(block_log_range(db, 6, UINT64_MAX, note, &got, NULL), ERR_OK);
	assert_string_equal(buf_text(&got), "6 7 ");
	assert_int_equal(block_log_get(db, 5, note, &got, NULL), ERR_OK);
	assert_string_equal(buf_text(&got), "6 7 5 ");
	assert_int_equal(block_log_get(db, 4, note, &got, NULL), ERR_NOT_FOUND);
	assert_int_equal(block_log_get(db, UINT64_MAX, note, &got, NULL), ERR_NOT_FOUND);
	assert_int_equal(block_log_range(db, 0, 9, stop, NULL, NULL), ERR_CANCELLED);
	assert_int_equal(block_log_range(db, 0, 9, note, &got, NULL), ERR_OK);
	buf_release(&got);
}

static void transactions_are_found_in_full(void **state)
{
	struct block_log_tx a = {.id = {{1, 2, 3}}, .height = 5, .index = 1, .code = 0, .result = bytes_str("first")};
	struct block_log_tx b = a, got;
	struct buf result = BUF_INIT;
	struct tx_id absent;

	b.id.b[31] = 1; /* the same first eight bytes */
	b.code = UINT32_MAX;
	b.result = bytes_str("");
	assert_int_equal(db_begin(db, NULL), ERR_OK);
	assert_int_equal(block_log_append_tx(db, &a, NULL), ERR_OK);
	assert_int_equal(block_log_append_tx(db, &b, NULL), ERR_OK);
	assert_int_equal(db_commit(db, NULL), ERR_OK);
	assert_int_equal(block_log_find_tx(db, &got, &result, &b.id, NULL), ERR_OK);
	assert_true(got.code == UINT32_MAX && got.result.len == 0);
	assert_int_equal(block_log_find_tx(db, &got, &result, &a.id, NULL), ERR_OK);
	assert_true(got.height == 5 && got.index == 1 && bytes_equal(got.result, bytes_str("first")));
	absent = a.id;
	absent.b[31] = 2;
	assert_int_equal(block_log_find_tx(db, &got, &result, &absent, NULL), ERR_NOT_FOUND);
	buf_release(&result);
}

static enum err note_event(void *context, uint64_t n, uint64_t height, struct bytes event)
{
	buf_printf(context, "%d@%d:%.*s ", (int)n, (int)height, (int)event.len, event.data);
	return ERR_OK;
}

static void events_have_no_gap(void **state)
{
	struct account_id a = {{7}}, b = {{7}};
	struct buf got = BUF_INIT;
	uint64_t count = 9;

	b.b[31] = 1;
	assert_int_equal(db_begin(db, NULL), ERR_OK);
	assert_int_equal(block_log_append_event(db, &a, 2, 5, bytes_str("x"), NULL), ERR_CHAIN);
	assert_int_equal(block_log_append_event(db, &a, 1, 5, bytes_str("a1"), NULL), ERR_OK);
	assert_int_equal(block_log_append_event(db, &b, 1, 5, bytes_str("b1"), NULL), ERR_OK);
	assert_int_equal(block_log_append_event(db, &a, 2, 6, bytes_str("a2"), NULL), ERR_OK);
	assert_int_equal(block_log_append_event(db, &a, 2, 6, bytes_str("a2"), NULL), ERR_CHAIN);
	assert_int_equal(block_log_append_event(db, &a, 3, 9, bytes_str("a3"), NULL), ERR_OK);
	assert_int_equal(db_commit(db, NULL), ERR_OK);
	assert_int_equal(block_log_events(db, &a, 2, UINT64_MAX, note_event, &got, NULL), ERR_OK);
	assert_int_equal(block_log_events(db, &a, 1, 1, note_event, &got, NULL), ERR_OK);
	assert_int_equal(block_log_events(db, &b, 0, 9, note_event, &got, NULL), ERR_OK);
	assert_string_equal(buf_text(&got), "2@6:a2 3@9:a3 1@5:a1 1@5:b1 ");
	assert_int_equal(block_log_event_count(db, &count, &a, NULL), ERR_OK);
	assert_int_equal(count, 3);
	a.b[0] = 8;
	assert_int_equal(block_log_event_count(db, &count, &a, NULL), ERR_OK);
	assert_int_equal(count, 0);
	buf_release(&got);
}

int main(void)
{
#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH_DIR(blocks_follow_each_other),
		WITH_DIR(transactions_are_found_in_full),
		WITH_DIR(events_have_no_gap),
	};

	return cmocka_run_group_tests_name("block_log", tests, NULL, NULL);
}
