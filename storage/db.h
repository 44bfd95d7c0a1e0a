/* SPDX-License-Identifier: Apache-2.0 */
/* One SQLite database of ours: opened with the same care everywhere, statements prepared once, errors in our words.
 *
 * Every database is opened with WAL, synchronous=FULL, foreign keys, DEFENSIVE, trusted_schema=OFF, cell_size_check=ON
 * and no extension loading: nothing that a damaged or foreign file holds may run.  A struct db is used by one thread at
 * a time; two handles may share a file (readers do not wait for the writer).
 */
#ifndef MEDLOCK_STORAGE_DB_H
#define MEDLOCK_STORAGE_DB_H

#include <sqlite3.h>

#include "core/base/buf.h"

#define DB_BUSY_MS 5000	      /* how long to wait for another process */
#define DB_STATEMENTS_MAX 256u /* different SQL texts of one handle */
#define DB_VALUE_MAX (64 * 1024 * 1024) /* bytes of one value */

struct db_options {
	const char *vfs;  /* NULL: the system's; tests name one that fails */
	bool read_only;	  /* the file must exist */
	bool must_exist;  /* ERR_NOT_FOUND instead of making a new file */
	bool unsynced;	  /* synchronous=OFF: only for what can be made again (tests, demo) */
};

struct db;

/* Open or make the file (mode 0600).  options may be NULL.  ERR_NOT_FOUND, ERR_DAMAGED (no database), ERR_BUSY, ERR_IO,
 * ERR_DISK_FULL, ERR_MEMORY.
 */
enum err db_open(struct db **ret, const char *path, const struct db_options *options, struct err_info *info) MUST_USE;

/* Roll back what is open, finalize, close.  NULL is fine; returns NULL. */
struct db *db_free(struct db *db);

/* The handle below, for a folder that prepares statements of its own; it stays ours to close. */
sqlite3 *db_handle(struct db *db);

/* The handle's last failure as ours, with SQLite's words in info: FULL to ERR_DISK_FULL, CORRUPT and NOTADB to
 * ERR_DAMAGED, BUSY and LOCKED to ERR_BUSY, NOMEM to ERR_MEMORY, CONSTRAINT to ERR_DUPLICATE, all else to ERR_IO.
 */
enum err db_error(struct db *db, struct err_info *info);
/* The same with what the system said of an I/O error: ERR_DISK_FULL also where SQLite does not know that it is one. */
enum err db_error_behind(sqlite3 *handle, int sqlite_code);
enum err db_error_of(int sqlite_code); /* the same map; extended codes too; SQLITE_OK, ROW and DONE give ERR_OK */

/* Statements without values or rows: schema, pragmas. */
enum err db_exec(struct db *db, const char *sql, struct err_info *info) MUST_USE;

/* ---- transactions: one level; a second begin or an end without a begin is a bug ---- */

enum err db_begin(struct db *db, struct err_info *info) MUST_USE; /* IMMEDIATE: the write lock at once */
enum err db_commit(struct db *db, struct err_info *info) MUST_USE; /* on failure everything is rolled back */
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);

/* Many reads of one state: without this each statement takes and drops the file's locks for itself.  Between the two,
 * nothing is written through this handle.  End always succeeds.
 */
enum err db_read_begin(struct db *db, struct err_info *info) MUST_USE;
void db_read_end(struct db *db);

/* ---- statements ----
 *
 *	sqlite3_stmt *s;
 *	TRY(db_statement(&s, db, "SELECT value FROM meta WHERE name = ?1", info));
 *	db_bind_text(s, 1, name);
 *	e = db_step(db, s, &row, info);
 *	if (e == ERR_OK && row)
 *		db_column_append(ret, s, 0);
 *	db_done(s);
 */

/* The statement of a string literal, prepared at its first use and kept; the literal's address is its name.  It must
 * not
 * be in use already (each use ends with db_done).
 */
enum err db_statement(sqlite3_stmt **ret, struct db *db, const char *literal_sql, struct err_info *info) MUST_USE;

/* Bytes and texts bound must live until db_done. */
void db_bind_int(sqlite3_stmt *s, int at, int64_t value);
void db_bind_bytes(sqlite3_stmt *s, int at, struct bytes value); /* empty is an empty blob, not NULL */
void db_bind_text(sqlite3_stmt *s, int at, const char *value);   /* NULL is NULL */

/* One step: ret_row says whether there is a row to read.  On failure the statement is done. */
enum err db_step(struct db *db, sqlite3_stmt *s, bool *ret_row, struct err_info *info) MUST_USE;
/* One step of a statement that gives no row, and done. */
enum err db_run(struct db *db, sqlite3_stmt *s, struct err_info *info) MUST_USE;
void db_done(sqlite3_stmt *s);

/* Columns of the present row; views live until the next step or done. */
int64_t db_column_int(sqlite3_stmt *s, int at);
struct bytes db_column_bytes(sqlite3_stmt *s, int at);
const char *db_column_text(sqlite3_stmt *s, int at); /* "" for NULL */
void db_column_append(struct buf *out, sqlite3_stmt *s, int at);
/* A blob of exactly len bytes; ERR_DAMAGED otherwise. */
enum err db_column_fixed(uint8_t *out, size_t len, sqlite3_stmt *s, int at) MUST_USE;

/* PRAGMA quick_check: ERR_DAMAGED with the first finding. */
enum err db_check(struct db *db, struct err_info *info) MUST_USE;

/* Move the log into the file and empty it, so that the file alone is a backup. */
enum err db_checkpoint(struct db *db, struct err_info *info) MUST_USE;

/* A consistent copy into a new file while the database is in use (SQLite's backup interface).  ERR_DUPLICATE when the
 * file exists; a failed copy is removed.
 */
enum err db_copy(struct db *db, const char *to_path, struct err_info *info) MUST_USE;

#endif
