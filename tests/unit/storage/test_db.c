/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite handle and migrations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/files.h"
#include "storage/migrate.h"
#include "temp_dir.h"

static struct temp_dir dir;
static char path[128];

static const struct migration two[] = {
	{1, "CREATE TABLE a(x INTEGER PRIMARY KEY, y BLOB NOT NULL);"},
	{2, "ALTER TABLE a ADD COLUMN z TEXT;"},
};

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

static struct db *open_at(size_t steps)
{
	struct db *db;

	assert_int_equal(db_open(&db, path, NULL, NULL), ERR_OK);
	assert_int_equal(migrate(db, DB_TEST, two, steps, NULL), ERR_OK);
	return db;
}

static int64_t number(struct db *db, const char *sql)
{
	sqlite3_stmt *s;
	int64_t v;
	bool row;

	assert_int_equal(db_statement(&s, db, sql, NULL), ERR_OK);
	assert_int_equal(db_step(db, s, &row, NULL), ERR_OK);
	assert_true(row);
	v = db_column_int(s, 0);
	db_done(s);
	return v;
}

static void is_opened_with_care(void **state)
{
	struct db *db = open_at(2);
	struct stat st;

	assert_int_equal(number(db, "PRAGMA synchronous"), 2);
	assert_int_equal(number(db, "PRAGMA foreign_keys"), 1);
	assert_int_equal(number(db, "PRAGMA cell_size_check"), 1);
	assert_int_equal(number(db, "PRAGMA trusted_schema"), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"), 1);
	assert_int_equal(db_exec(db, "PRAGMA writable_schema=ON; DELETE FROM sqlite_master", NULL), ERR_IO);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(db_check(db, NULL), ERR_OK);
	db_free(db);
}

static void values_come_back(void **state)
{
	struct db *db = open_at(2);
	struct buf out = BUF_INIT;
	uint8_t three[3];
	sqlite3_stmt *s;
	bool row;

	assert_int_equal(db_begin(db, NULL), ERR_OK);
	assert_int_equal(db_statement(&s, db, "INSERT INTO a(x, y, z) VALUES(?1, ?2, ?3)", NULL), ERR_OK);
	db_bind_int(s, 1, INT64_MIN);
	db_bind_bytes(s, 2, bytes_of("a\0b", 3));
	db_bind_text(s, 3, NULL);
	assert_int_equal(db_run(db, s, NULL), ERR_OK);
	db_bind_int(s, 1, 1);
	db_bind_bytes(s, 2, bytes_of(NULL, 0)); /* empty, and not NULL */
	db_bind_text(s, 3, "text");
	assert_int_equal(db_run(db, s, NULL), ERR_OK);
	db_bind_int(s, 1, 1);
	db_bind_bytes(s, 2, bytes_of(NULL, 0));
	assert_int_equal(db_run(db, s, NULL), ERR_DUPLICATE);
	assert_int_equal(db_commit(db, NULL), ERR_OK);
	assert_int_equal(db_statement(&s, db, "SELECT x, y, z FROM a ORDER BY x", NULL), ERR_OK);
	assert_int_equal(db_step(db, s, &row, NULL), ERR_OK);
	assert_true(row && db_column_int(s, 0) == INT64_MIN);
	assert_int_equal(db_column_fixed(three, 3, s, 1), ERR_OK);
	assert_int_equal(db_column_fixed(three, 2, s, 1), ERR_DAMAGED);
	assert_string_equal(db_column_text(s, 2), "");
	assert_int_equal(db_step(db, s, &row, NULL), ERR_OK);
	db_column_append(&out, s, 1);
	assert_true(row && out.len == 0);
	assert_string_equal(db_column_text(s, 2), "text");
	assert_int_equal(db_step(db, s, &row, NULL), ERR_OK);
	assert_false(row);
	db_done(s);
	buf_release(&out);
	db_free(db);
}

static void what_is_rolled_back_is_gone(void **state)
{
	struct db *db = open_at(2), *second;

	assert_int_equal(db_begin(db, NULL), ERR_OK);
	assert_int_equal(db_exec(db, "INSERT INTO a VALUES(1, x'00', NULL)", NULL), ERR_OK);
	db_rollback(db);
	assert_int_equal(number(db, "SELECT count(*) FROM a"), 0);
	assert_int_equal(db_begin(db, NULL), ERR_OK);
	assert_int_equal(db_exec(db, "INSERT INTO a VALUES(2, x'00', NULL)", NULL), ERR_OK);
	db_free(db); /* with a transaction open */
	second = open_at(2);
	assert_int_equal(number(second, "SELECT count(*) FROM a"), 0);
	db_free(second);
}

static void a_reader_writes_nothing(void **state)
{
	struct db *writer = open_at(2), *reader;
	struct db_options read_only = {.read_only = true};

	assert_int_equal(db_open(&reader, path, &read_only, NULL), ERR_OK);
	assert_int_equal(migrate(reader, DB_TEST, two, 2, NULL), ERR_OK);
	assert_int_equal(db_exec(writer, "INSERT INTO a VALUES(1, x'00', NULL)", NULL), ERR_OK);
	assert_int_equal(number(reader, "SELECT count(*) FROM a"), 1);
	assert_int_not_equal(db_exec(reader, "DELETE FROM a", NULL), ERR_OK);
	assert_int_equal(number(writer, "SELECT count(*) FROM a"), 1);
	db_free(reader);
	db_free(writer);
}

static void reads_of_one_state_see_no_writer(void **state)
{
	struct db *writer = open_at(2), *reader = open_at(2);

	assert_int_equal(db_read_begin(reader, NULL), ERR_OK);
	assert_int_equal(number(reader, "SELECT count(*) FROM a"), 0);
	assert_int_equal(db_exec(writer, "INSERT INTO a VALUES(1, x'00', NULL)", NULL), ERR_OK);
	assert_int_equal(number(reader, "SELECT count(*) FROM a"), 0);
	db_read_end(reader);
	assert_int_equal(number(reader, "SELECT count(*) FROM a"), 1);
	assert_int_equal(db_begin(reader, NULL), ERR_OK); /* and it may write again */
	assert_int_equal(db_exec(reader, "DELETE FROM a", NULL), ERR_OK);
	assert_int_equal(db_commit(reader, NULL), ERR_OK);
	assert_int_equal(number(writer, "SELECT count(*) FROM a"), 0);
	db_free(reader);
	db_free(writer);
}

static void foreign_and_damaged_files_are_refused(void **state)
{
	struct db_options existing = {.must_exist = true}, read_only = {.read_only = true};
	struct err_info info = {0};
	struct db *db;

	assert_int_equal(db_open(&db, path, &existing, &info), ERR_NOT_FOUND);
	assert_int_equal(db_open(&db, path, &read_only, &info), ERR_NOT_FOUND);
	assert_int_equal(files_write(path, bytes_str("this is a text of more than one hundred bytes, which no "
						     "database begins with, so that it is refused as damaged ........"),
				     NULL), ERR_OK);
	assert_int_equal(db_open(&db, path, NULL, &info), ERR_DAMAGED);
	assert_non_null(strstr(info.detail, path));
}

static void migrations_go_forward_only(void **state)
{
	struct err_info info = {0};
	struct db_options read_only = {.read_only = true};
	struct db *db = open_at(1), *reader;

	assert_int_equal(db_open(&reader, path, &read_only, NULL), ERR_OK);
	assert_int_equal(migrate(reader, DB_TEST, two, 2, &info), ERR_FORMAT);
	db_free(reader);
	assert_int_equal(migrate(db, DB_TEST, two, 2, NULL), ERR_OK);
	assert_int_equal(migrate(db, DB_TEST, two, 2, NULL), ERR_OK);
	assert_int_equal(migrate(db, DB_TEST, two, 1, &info), ERR_NEWER);
	assert_int_equal(migrate(db, DB_LEDGER, two, 2, &info), ERR_FORMAT);
	db_free(db);
}

static void a_database_of_somebody_else_is_refused(void **state)
{
	struct err_info info = {0};
	struct db *db;

	assert_int_equal(db_open(&db, path, NULL, NULL), ERR_OK);
	assert_int_equal(db_exec(db, "CREATE TABLE other(x)", NULL), ERR_OK);
	assert_int_equal(migrate(db, DB_TEST, two, 2, &info), ERR_FORMAT);
	db_free(db);
}

static void a_step_that_fails_leaves_the_version_before(void **state)
{
	static const struct migration bad[] = {
		{1, "CREATE TABLE a(x INTEGER PRIMARY KEY, y BLOB NOT NULL);"},
		{2, "CREATE TABLE b(x); CREATE TABLE a(x);"},
	};
	struct err_info info = {0};
	struct db *db;

	assert_int_equal(db_open(&db, path, NULL, NULL), ERR_OK);
	assert_int_not_equal(migrate(db, DB_TEST, bad, 2, &info), ERR_OK);
	assert_non_null(strstr(info.detail, "step 2"));
	assert_int_equal(number(db, "PRAGMA user_version"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM sqlite_master WHERE name = 'b'"), 0);
	db_free(db);
}

static void a_copy_is_whole(void **state)
{
	struct db *db = open_at(2), *copy;
	char to[128];

	assert_int_equal(db_exec(db, "INSERT INTO a VALUES(1, x'00', 'kept')", NULL), ERR_OK);
	snprintf(to, sizeof(to), "%s/copy.db", dir.path);
	assert_int_equal(db_copy(db, to, NULL), ERR_OK);
	assert_int_equal(db_copy(db, to, NULL), ERR_DUPLICATE);
	assert_int_equal(db_checkpoint(db, NULL), ERR_OK);
	db_free(db);
	assert_int_equal(files_check_private(to, NULL), ERR_OK);
	assert_int_equal(db_open(&copy, to, NULL, NULL), ERR_OK);
	assert_int_equal(migrate(copy, DB_TEST, two, 2, NULL), ERR_OK);
	assert_int_equal(number(copy, "SELECT count(*) FROM a WHERE z = 'kept'"), 1);
	db_free(copy);
}

static void errors_have_our_names(void **state)
{
	assert_int_equal(db_error_of(SQLITE_FULL), ERR_DISK_FULL);
	assert_int_equal(db_error_of(SQLITE_CORRUPT), ERR_DAMAGED);
	assert_int_equal(db_error_of(SQLITE_NOTADB), ERR_DAMAGED);
	assert_int_equal(db_error_of(SQLITE_BUSY_SNAPSHOT), ERR_BUSY);
	assert_int_equal(db_error_of(SQLITE_NOMEM), ERR_MEMORY);
	assert_int_equal(db_error_of(SQLITE_IOERR_FSYNC), ERR_IO);
	assert_int_equal(db_error_of(SQLITE_CONSTRAINT_PRIMARYKEY), ERR_DUPLICATE);
	assert_int_equal(db_error_of(SQLITE_ROW), ERR_OK);
}

int main(void)
{
#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH_DIR(is_opened_with_care),
		WITH_DIR(values_come_back),
		WITH_DIR(what_is_rolled_back_is_gone),
		WITH_DIR(a_reader_writes_nothing),
		WITH_DIR(reads_of_one_state_see_no_writer),
		WITH_DIR(foreign_and_damaged_files_are_refused),
		WITH_DIR(migrations_go_forward_only),
		WITH_DIR(a_database_of_somebody_else_is_refused),
		WITH_DIR(a_step_that_fails_leaves_the_version_before),
		WITH_DIR(a_copy_is_whole),
		cmocka_unit_test(errors_have_our_names),
	};

	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
