/* SPDX-License-Identifier: Apache-2.0 */
/* Looking after a database file: check, checkpoint, copy. */
#include "storage/db.h"

#include <unistd.h>

#include "core/base/files.h"

#define COPY_PAGES 256 /* a step: other work goes on between two */

enum err db_check(struct db *db, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;
	enum err e;

	TRY(db_statement(&s, db, "PRAGMA quick_check(1)", info));
	TRY(db_step(db, s, &row, info));
	e = row && strcmp(db_column_text(s, 0), "ok") == 0 ? ERR_OK :
		err_set(info, ERR_DAMAGED, "database: %s", row ? db_column_text(s, 0) : "the check gives nothing");
	db_done(s);
	return e;
}

enum err db_checkpoint(struct db *db, struct err_info *info)
{
	int code;

	ASSERT(!db_in_transaction(db));
	code = sqlite3_wal_checkpoint_v2(db_handle(db), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return code == SQLITE_OK ? ERR_OK : db_error(db, info);
}

static enum err copy_into(sqlite3 *to, sqlite3 *from, struct err_info *info)
{
	sqlite3_backup *copy = sqlite3_backup_init(to, "main", from, "main");
	int code;

	if (copy == NULL)
		return err_set(info, db_error_of(sqlite3_errcode(to)), "copy: %s", sqlite3_errmsg(to));
	do {
		code = sqlite3_backup_step(copy, COPY_PAGES);
	} while (code == SQLITE_OK);
	sqlite3_backup_finish(copy);
	if (code == SQLITE_DONE)
		return ERR_OK;
	return err_set(info, db_error_of(code), "copy: %s", sqlite3_errstr(code));
}

enum err db_copy(struct db *db, const char *to_path, struct err_info *info)
{
	sqlite3 *to = NULL;
	enum err e;
	int fd;

	TRY(files_create(&fd, to_path, info));
	close(fd);
	if (sqlite3_open_v2(to_path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		e = err_set(info, ERR_IO, "%s: %s", to_path, sqlite3_errmsg(to));
	else
		e = copy_into(to, db_handle(db), info);
	sqlite3_close(to);
	if (e == ERR_OK)
		e = files_sync_parent(to_path);
	if (e != ERR_OK)
		unlink(to_path);
	return e;
}
