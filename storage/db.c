/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/db.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/files.h"

struct cached {
	const char *sql; /* the literal's address names it */
	sqlite3_stmt *statement;
};

struct db {
	sqlite3 *handle;
	bool writing, reading, read_only;
	size_t count;
	struct cached cache[2 * DB_STATEMENTS_MAX]; /* open addressing, at most half full */
};

enum err db_error_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ERR_OK;
	case SQLITE_FULL:
		return ERR_DISK_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_DAMAGED;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_NOMEM:
		return ERR_MEMORY;
	case SQLITE_CONSTRAINT:
		return ERR_DUPLICATE;
	case SQLITE_TOOBIG:
		return ERR_TOO_LARGE;
	default:
		return ERR_IO;
	}
}

/* What the system said when the log could not be written.  SQLite's own note of it (sqlite3_system_errno) is not made by
 * every release when a COMMIT fails.
 */
static int log_errno(sqlite3 *handle)
{
	sqlite3_file *file = NULL;
	int number = 0;

	if (sqlite3_file_control(handle, NULL, SQLITE_FCNTL_JOURNAL_POINTER, &file) == SQLITE_OK && file != NULL &&
	    file->pMethods != NULL)
		file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number);
	return number;
}

/* A full disk shows as SQLITE_FULL; a used-up quota, a limit on the size of files and the log's index show as an I/O error
 * with the system's own number behind it.
 */
enum err db_error_behind(sqlite3 *handle, int code)
{
	enum err e = db_error_of(code);
	int number = e == ERR_IO && handle != NULL ? sqlite3_system_errno(handle) : 0;

	if (code == SQLITE_IOERR_WRITE && handle != NULL && number == 0)
		number = log_errno(handle);
	return err_from_errno(number) == ERR_DISK_FULL || code == SQLITE_IOERR_SHMSIZE ? ERR_DISK_FULL : e;
}

static enum err said(sqlite3 *handle, int code, struct err_info *info)
{
	enum err e = db_error_behind(handle, code);

	return err_set(info, e == ERR_OK ? ERR_IO : e, "database: %s",
		       handle != NULL ? sqlite3_errmsg(handle) : sqlite3_errstr(code));
}

enum err db_error(struct db *db, struct err_info *info)
{
	return said(db->handle, sqlite3_errcode(db->handle), info);
}

static enum err harden(sqlite3 *handle, struct err_info *info)
{
	static const struct { int option, value; } switches[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},	      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},	      {SQLITE_DBCONFIG_DQS_DDL, 0},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},  {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
		{SQLITE_DBCONFIG_ENABLE_FKEY, 1},
	};

	sqlite3_extended_result_codes(handle, 1);
	sqlite3_busy_timeout(handle, DB_BUSY_MS);
	sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, DB_VALUE_MAX);
	sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
		int code = sqlite3_db_config(handle, switches[i].option, switches[i].value, NULL);

		if (code != SQLITE_OK)
			return said(handle, code, info);
	}
	return ERR_OK;
}

static enum err run_text(sqlite3 *handle, const char *sql, struct err_info *info)
{
	int code = sqlite3_exec(handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? ERR_OK : said(handle, code, info);
}

static enum err set_pragmas(sqlite3 *handle, const struct db_options *o, struct err_info *info)
{
	TRY(run_text(handle, "PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON; PRAGMA mmap_size=0;"
			     "PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY;", info));
	if (o->read_only)
		return run_text(handle, "PRAGMA query_only=ON; SELECT count(*) FROM sqlite_master", info);
	TRY(run_text(handle, "PRAGMA journal_mode=WAL", info));
	return run_text(handle, o->unsynced ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL", info);
}

static int open_flags(const struct db_options *o)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;

	if (o->read_only)
		return flags | SQLITE_OPEN_READONLY;
	return flags | SQLITE_OPEN_READWRITE | (o->must_exist ? 0 : SQLITE_OPEN_CREATE);
}

static enum err open_handle(struct db *db, const char *path, const struct db_options *o, struct err_info *info)
{
	int code, fd;

	/* An empty file of mode 0600 is a new database, and SQLite gives the log and the shared memory the same
	 * mode. */
	if (!o->read_only && !o->must_exist && access(path, F_OK) != 0) {
		enum err e = files_create(&fd, path, info);

		if (e != ERR_OK && e != ERR_DUPLICATE)
			return e;
		if (e == ERR_OK)
			close(fd);
	}
	code = sqlite3_open_v2(path, &db->handle, open_flags(o), o->vfs);
	if (code != SQLITE_OK)
		return said(db->handle, code, info);
	TRY(harden(db->handle, info));
	return set_pragmas(db->handle, o, info);
}

enum err db_open(struct db **ret, const char *path, const struct db_options *options, struct err_info *info)
{
	static const struct db_options standard;
	const struct db_options *o = options != NULL ? options : &standard;
	struct db *db;
	enum err e;

	if ((o->read_only || o->must_exist) && access(path, F_OK) != 0)
		return err_set(info, ERR_NOT_FOUND, "%s: no such file", path);
	db = calloc(1, sizeof(*db));
	if (db == NULL)
		return ERR_MEMORY;
	db->read_only = o->read_only;
	e = open_handle(db, path, o, info);
	if (e != ERR_OK) {
		db_free(db);
		return err_wrap(info, e, "%s", path);
	}
	*ret = db;
	return ERR_OK;
}

struct db *db_free(struct db *db)
{
	if (db == NULL)
		return NULL;
	for (size_t i = 0; i < 2 * DB_STATEMENTS_MAX; i++)
		sqlite3_finalize(db->cache[i].statement);
	/* Borrowers may hold statements for a moment longer: the handle then closes with the last of them. */
	sqlite3_close_v2(db->handle);
	free(db);
	return NULL;
}

sqlite3 *db_handle(struct db *db)
{
	return db->handle;
}

enum err db_exec(struct db *db, const char *sql, struct err_info *info)
{
	return run_text(db->handle, sql, info);
}

/* ---- transactions ---- */

enum err db_begin(struct db *db, struct err_info *info)
{
	ASSERT(!db->writing && !db->reading);
	TRY(run_text(db->handle, "BEGIN IMMEDIATE", info));
	db->writing = true;
	return ERR_OK;
}

enum err db_commit(struct db *db, struct err_info *info)
{
	enum err e;

	ASSERT(db->writing);
	e = run_text(db->handle, "COMMIT", info);
	if (e != ERR_OK)
		db_rollback(db);
	db->writing = false;
	return e;
}

/* SQLite has rolled back by itself after some failures; ROLLBACK then finds nothing to do, which is fine. */
void db_rollback(struct db *db)
{
	ASSERT(db->writing);
	if (!sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	db->writing = false;
}

bool db_in_transaction(const struct db *db)
{
	return db->writing;
}

enum err db_read_begin(struct db *db, struct err_info *info)
{
	sqlite3_stmt *s;

	ASSERT(!db->writing && !db->reading);
	TRY(db_statement(&s, db, "BEGIN DEFERRED", info));
	TRY(db_run(db, s, info));
	db->reading = true;
	return ERR_OK;
}

/* A transaction that only read has nothing that could fail; SQLite may have ended it by itself after an I/O error. */
void db_read_end(struct db *db)
{
	sqlite3_stmt *s;

	ASSERT(db->reading);
	db->reading = false;
	if (sqlite3_get_autocommit(db->handle))
		return;
	if (db_statement(&s, db, "COMMIT", NULL) != ERR_OK || db_run(db, s, NULL) != ERR_OK)
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

/* ---- statements ---- */

static struct cached *find(struct db *db, const char *sql)
{
	size_t at = ((uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15)) >> 32;

	for (;; at++) {
		struct cached *c = &db->cache[at % (2 * DB_STATEMENTS_MAX)];

		if (c->sql == sql || c->sql == NULL)
			return c;
	}
}

enum err db_statement(sqlite3_stmt **ret, struct db *db, const char *literal_sql, struct err_info *info)
{
	struct cached *c = find(db, literal_sql);
	int code;

	if (c->sql == NULL) {
		ASSERT(db->count < DB_STATEMENTS_MAX);
		code = sqlite3_prepare_v3(db->handle, literal_sql, -1, SQLITE_PREPARE_PERSISTENT, &c->statement, NULL);
		if (code != SQLITE_OK)
			return said(db->handle, code, info);
		c->sql = literal_sql;
		db->count++;
	}
	ASSERT(!sqlite3_stmt_busy(c->statement));
	*ret = c->statement;
	return ERR_OK;
}

void db_bind_int(sqlite3_stmt *s, int at, int64_t value)
{
	int code = sqlite3_bind_int64(s, at, value);

	ASSERT(code == SQLITE_OK);
}

void db_bind_bytes(sqlite3_stmt *s, int at, struct bytes value)
{
	int code = sqlite3_bind_blob64(s, at, value.len ? (const void *)value.data : "", value.len, SQLITE_STATIC);

	/* Larger than a value may be: the step fails with the statement's own error, as NULL breaks NOT NULL. */
	ASSERT(code == SQLITE_OK || code == SQLITE_TOOBIG);
}

void db_bind_text(sqlite3_stmt *s, int at, const char *value)
{
	int code = sqlite3_bind_text(s, at, value, -1, SQLITE_STATIC);

	ASSERT(code == SQLITE_OK || code == SQLITE_TOOBIG);
}

enum err db_step(struct db *db, sqlite3_stmt *s, bool *ret_row, struct err_info *info)
{
	int code = sqlite3_step(s);
	enum err e;

	if (code != SQLITE_ROW && code != SQLITE_DONE) {
		e = said(db->handle, code, info);
		db_done(s);
		return e;
	}
	*ret_row = code == SQLITE_ROW;
	return ERR_OK;
}

enum err db_run(struct db *db, sqlite3_stmt *s, struct err_info *info)
{
	bool row;
	enum err e = db_step(db, s, &row, info);

	if (e == ERR_OK)
		db_done(s);
	return e;
}

void db_done(sqlite3_stmt *s)
{
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
}

int64_t db_column_int(sqlite3_stmt *s, int at)
{
	return sqlite3_column_int64(s, at);
}

struct bytes db_column_bytes(sqlite3_stmt *s, int at)
{
	const void *data = sqlite3_column_blob(s, at);

	return bytes_of(data, data != NULL ? (size_t)sqlite3_column_bytes(s, at) : 0);
}

const char *db_column_text(sqlite3_stmt *s, int at)
{
	const unsigned char *text = sqlite3_column_text(s, at);

	return text != NULL ? (const char *)text : "";
}

void db_column_append(struct buf *out, sqlite3_stmt *s, int at)
{
	buf_append_bytes(out, db_column_bytes(s, at));
}

enum err db_column_fixed(uint8_t *out, size_t len, sqlite3_stmt *s, int at)
{
	struct bytes x = db_column_bytes(s, at);

	if (x.len != len)
		return ERR_DAMAGED;
	memcpy(out, x.data, len);
	return ERR_OK;
}
