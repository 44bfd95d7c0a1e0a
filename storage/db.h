/* SPDX-License-Identifier: Apache-2.0 */
/* One SQLite file: opened with the house's pragmas, statements cached by their text, errors in our words.
 *
 * WAL, synchronous=FULL, foreign keys, defensive mode, no trusted schema.  A handle belongs to one thread at a time.
 * Writes happen inside db_begin / db_commit; nesting them is a programmer's error.  SQLITE_FULL becomes ERR_DISK_FULL,
 * CORRUPT and NOTADB ERR_DAMAGED, BUSY and LOCKED ERR_BUSY, NOMEM ERR_MEMORY, all else ERR_IO.
 */
#ifndef MEDLOCK_STORAGE_DB_H
#define MEDLOCK_STORAGE_DB_H

#include "core/base/buf.h"

#define DB_BUSY_MS 5000
#define DB_BLOB_MAX (8 * 1024 * 1024)

struct db;
struct db_statement;

struct db_options {
	bool read_only;    /* the file must exist */
	const char *vfs;   /* NULL: the standard one; tests name theirs */
};

enum err db_open(struct db **ret, const char *path, const struct db_options *options, struct err_info *info) MUST_USE;
void db_close(struct db *d); /* rolls back what is open; NULL is fine */

/* BEGIN IMMEDIATE, COMMIT, ROLLBACK.  After a failed commit the transaction is rolled back. */
enum err db_begin(struct db *d) MUST_USE;
enum err db_commit(struct db *d) MUST_USE;
void db_rollback(struct db *d);
bool db_in_transaction(const struct db *d);

/* Statements without parameters or rows; several may stand in sql. */
enum err db_execute(struct db *d, const char *sql, struct err_info *info) MUST_USE;

/* The prepared form of a constant text, cached until the handle closes; reset and unbound.  Damaged schema only. */
enum err db_prepare(struct db *d, struct db_statement **ret, const char *sql) MUST_USE;

/* Parameters count from 1.  The bytes must live until the statement is reset.  Binding cannot fail but for a
 * programmer's error.
 */
void db_bind_int(struct db_statement *s, int index, int64_t value);
void db_bind_bytes(struct db_statement *s, int index, struct bytes value);
void db_bind_text(struct db_statement *s, int index, const char *value);
void db_bind_null(struct db_statement *s, int index);

/* One step: *ret_row tells whether there is a row.  After the last row, or a failure, the statement is reset. */
enum err db_step(struct db_statement *s, bool *ret_row) MUST_USE;
/* Step to the end and reset; rows are ignored. */
enum err db_run(struct db_statement *s) MUST_USE;
void db_reset(struct db_statement *s);

/* Columns count from 0; views are valid until the next step or reset.  NULL gives 0, empty or "". */
int64_t db_column_int(const struct db_statement *s, int column);
struct bytes db_column_bytes(const struct db_statement *s, int column);
const char *db_column_text(const struct db_statement *s, int column);
bool db_column_null(const struct db_statement *s, int column);

int64_t db_last_rowid(const struct db *d);
int64_t db_changes(const struct db *d); /* rows of the last statement */
const char *db_message(const struct db *d);

/* PRAGMA integrity_check: ERR_DAMAGED with the first finding. */
enum err db_check(struct db *d, struct err_info *info) MUST_USE;

/* VACUUM INTO: a consistent copy while others read. */
enum err db_copy(struct db *d, const char *path, struct err_info *info) MUST_USE;

#endif
