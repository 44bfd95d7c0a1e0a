/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/db.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define STATEMENTS_MAX 128u

struct db_statement {
	const char *sql; /* constant text: the address is enough to find it */
	sqlite3_stmt *s;
	struct db *db;
};

struct db {
	sqlite3 *handle;
	struct db_statement statements[STATEMENTS_MAX];
	size_t statement_count;
};

static enum err map(int code)
{
	switch (code & 0xFF) {
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
	default:
		return ERR_IO;
	}
}

static enum err set_up(struct db *d, bool read_only, struct err_info *info)
{
	sqlite3_extended_result_codes(d->handle, 1);
	sqlite3_busy_timeout(d->handle, DB_BUSY_MS);
	sqlite3_limit(d->handle, SQLITE_LIMIT_LENGTH, DB_BLOB_MAX);
	sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(d->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	TRY(db_execute(d, "PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"
			  "PRAGMA cache_size=-16384;", info));
	if (read_only)
		return ERR_OK;
	return db_execute(d, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=2000;", info);
}

enum err db_open(struct db **ret, const char *path, const struct db_options *options, struct err_info *info)
{
	struct db_options standard = {0};
	const struct db_options *o = options ? options : &standard;
	int flags = o->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	struct db *d = calloc(1, sizeof(*d));
	enum err e;
	int code;

	if (d == NULL)
		return ERR_MEMORY;
	code = sqlite3_open_v2(path, &d->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, o->vfs);
	e = map(code);
	if (e == ERR_OK)
		e = set_up(d, o->read_only, NULL);
	if (e != ERR_OK) {
		err_set(info, e, "%s: %s", path, d->handle ? sqlite3_errmsg(d->handle) : "no memory");
		db_close(d);
		return e;
	}
	*ret = d;
	return ERR_OK;
}

void db_close(struct db *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->statement_count; i++)
		sqlite3_finalize(d->statements[i].s);
	sqlite3_close(d->handle);
	free(d);
}

const char *db_message(const struct db *d)
{
	return sqlite3_errmsg(d->handle);
}

bool db_in_transaction(const struct db *d)
{
	return sqlite3_get_autocommit(d->handle) == 0;
}

enum err db_execute(struct db *d, const char *sql, struct err_info *info)
{
	enum err e = map(sqlite3_exec(d->handle, sql, NULL, NULL, NULL));

	return e == ERR_OK ? e : err_set(info, e, "%s", sqlite3_errmsg(d->handle));
}

enum err db_begin(struct db *d)
{
	ASSERT(!db_in_transaction(d));
	return db_execute(d, "BEGIN IMMEDIATE", NULL);
}

enum err db_commit(struct db *d)
{
	enum err e;

	ASSERT(db_in_transaction(d));
	e = db_execute(d, "COMMIT", NULL);
	if (e != ERR_OK)
		db_rollback(d);
	return e;
}

/* SQLite may have rolled back by itself (disk full, I/O error): then there is nothing left to do. */
void db_rollback(struct db *d)
{
	for (size_t i = 0; i < d->statement_count; i++)
		sqlite3_reset(d->statements[i].s);
	if (db_in_transaction(d))
		sqlite3_exec(d->handle, "ROLLBACK", NULL, NULL, NULL);
}

enum err db_prepare(struct db *d, struct db_statement **ret, const char *sql)
{
	struct db_statement *s;
	enum err e;

	for (size_t i = 0; i < d->statement_count; i++) {
		if (d->statements[i].sql == sql) {
			db_reset(&d->statements[i]);
			*ret = &d->statements[i];
			return ERR_OK;
		}
	}
	ASSERT(d->statement_count < STATEMENTS_MAX);
	s = &d->statements[d->statement_count];
	e = map(sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->s, NULL));
	if (e != ERR_OK)
		return e;
	s->sql = sql;
	s->db = d;
	d->statement_count++;
	*ret = s;
	return ERR_OK;
}

void db_bind_int(struct db_statement *s, int index, int64_t value)
{
	int code = sqlite3_bind_int64(s->s, index, value);

	ASSERT(code == SQLITE_OK);
}

void db_bind_bytes(struct db_statement *s, int index, struct bytes value)
{
	int code = value.len == 0 ? sqlite3_bind_zeroblob(s->s, index, 0)
				  : sqlite3_bind_blob64(s->s, index, value.data, value.len, SQLITE_STATIC);

	ASSERT(code == SQLITE_OK);
}

void db_bind_text(struct db_statement *s, int index, const char *value)
{
	int code = sqlite3_bind_text(s->s, index, value, -1, SQLITE_STATIC);

	ASSERT(code == SQLITE_OK);
}

void db_bind_null(struct db_statement *s, int index)
{
	int code = sqlite3_bind_null(s->s, index);

	ASSERT(code == SQLITE_OK);
}

void db_reset(struct db_statement *s)
{
	sqlite3_reset(s->s);
	sqlite3_clear_bindings(s->s);
}

enum err db_step(struct db_statement *s, bool *ret_row)
{
	int code = sqlite3_step(s->s);

	if (code == SQLITE_ROW) {
		*ret_row = true;
		return ERR_OK;
	}
	if (code == SQLITE_DONE)
		*ret_row = false;
	db_reset(s);
	return map(code);
}

enum err db_run(struct db_statement *s)
{
	bool row = true;
	enum err e = ERR_OK;

	while (e == ERR_OK && row)
		e = db_step(s, &row);
	return e;
}

int64_t db_column_int(const struct db_statement *s, int column)
{
	return sqlite3_column_int64(s->s, column);
}

struct bytes db_column_bytes(const struct db_statement *s, int column)
{
	const void *data = sqlite3_column_blob(s->s, column);

	return bytes_of(data, data ? (size_t)sqlite3_column_bytes(s->s, column) : 0);
}

const char *db_column_text(const struct db_statement *s, int column)
{
	const unsigned char *text = sqlite3_column_text(s->s, column);

	return text ? (const char *)text : "";
}

bool db_column_null(const struct db_statement *s, int column)
{
	return sqlite3_column_type(s->s, column) == SQLITE_NULL;
}

int64_t db_last_rowid(const struct db *d)
{
	return sqlite3_last_insert_rowid(d->handle);
}

int64_t db_changes(const struct db *d)
{
	return sqlite3_changes64(d->handle);
}

enum err db_check(struct db *d, struct err_info *info)
{
	struct db_statement *s;
	bool row = false;
	enum err e = db_prepare(d, &s, "PRAGMA integrity_check(1)");

	if (e == ERR_OK)
		e = db_step(s, &row);
	if (e != ERR_OK)
		return err_set(info, e, "%s", db_message(d));
	if (row && strcmp(db_column_text(s, 0), "ok") != 0)
		e = err_set(info, ERR_DAMAGED, "%s", db_column_text(s, 0));
	db_reset(s);
	return e;
}

enum err db_copy(struct db *d, const char *path, struct err_info *info)
{
	struct db_statement *s;
	enum err e = db_prepare(d, &s, "VACUUM INTO ?");

	if (e == ERR_OK) {
		db_bind_text(s, 1, path);
		e = db_run(s);
	}
	return e == ERR_OK ? e : err_set(info, e, "%s: %s", path, db_message(d));
}
