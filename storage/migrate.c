/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/migrate.h"

#include <inttypes.h>
#include <stdio.h>

static enum err pragma_int(int64_t *ret, struct db *db, const char *literal_sql, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;

	TRY(db_statement(&s, db, literal_sql, info));
	TRY(db_step(db, s, &row, info));
	*ret = row ? db_column_int(s, 0) : 0;
	db_done(s);
	return ERR_OK;
}

/* A new file has no kind, no version and no tables; any other file says whose it is. */
static enum err check_kind(struct db *db, enum db_kind kind, int64_t version, struct err_info *info)
{
	int64_t id, tables;

	TRY(pragma_int(&id, db, "PRAGMA application_id", info));
	if (id == (int64_t)kind)
		return ERR_OK;
	TRY(pragma_int(&tables, db, "SELECT count(*) FROM sqlite_master", info));
	if (id == 0 && version == 0 && tables == 0)
		return ERR_OK;
	return err_set(info, ERR_FORMAT, "this database is of another kind (%08" PRIx64 ", not %08x)", (uint64_t)id,
		       (unsigned)kind);
}

static enum err one_step(struct db *db, enum db_kind kind, const struct migration *step, struct err_info *info)
{
	char mark[96];
	enum err e;

	snprintf(mark, sizeof(mark), "PRAGMA application_id=%d; PRAGMA user_version=%d", (int)kind, step->version);
	TRY(db_begin(db, info));
	e = db_exec(db, step->sql, info);
	if (e == ERR_OK)
		e = db_exec(db, mark, info);
	if (e != ERR_OK) {
		db_rollback(db);
		return err_wrap(info, e, "step %d of the tables", step->version);
	}
	return db_commit(db, info);
}

enum err migrate(struct db *db, enum db_kind kind, const struct migration *steps, size_t count,
		 struct err_info *info)
{
	int64_t version;

	TRY(pragma_int(&version, db, "PRAGMA user_version", info));
	TRY(check_kind(db, kind, version, info));
	if (version < 0 || version > (int64_t)count)
		return err_set(info, ERR_NEWER, "the tables are of version %" PRId64 ", this program knows %zu",
				version,
			       count);
	if (sqlite3_db_readonly(db_handle(db), "main") == 1 && version < (int64_t)count)
		return err_set(info, ERR_FORMAT, "the tables are of version %" PRId64 ", open them once for writing",
			       version);
	for (size_t i = (size_t)version; i < count; i++) {
		ASSERT(steps[i].version == (int)i + 1);
		TRY(one_step(db, kind, &steps[i], info));
	}
	return ERR_OK;
}
