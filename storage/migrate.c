/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/migrate.h"

#include <stdio.h>

static enum err pragma(struct db *d, int64_t *ret, const char *sql)
{
	struct db_statement *s;
	bool row = false;

	TRY(db_prepare(d, &s, sql));
	TRY(db_step(s, &row));
	*ret = row ? db_column_int(s, 0) : 0;
	db_reset(s);
	return ERR_OK;
}

static enum err step(struct db *d, uint32_t application_id, size_t version, const char *sql, struct err_info *info)
{
	char marks[128];
	enum err e;

	snprintf(marks, sizeof(marks), "PRAGMA application_id=%d; PRAGMA user_version=%zu;", (int32_t)application_id,
		 version);
	TRY(db_begin(d));
	e = db_execute(d, sql, info);
	if (e == ERR_OK)
		e = db_execute(d, marks, info);
	if (e != ERR_OK) {
		db_rollback(d);
		return e;
	}
	return db_commit(d);
}

enum err db_migrate(struct db *d, uint32_t application_id, const char *const *steps, size_t count,
		    struct err_info *info)
{
	int64_t id, version, tables;

	TRY(pragma(d, &id, "PRAGMA application_id"));
	TRY(pragma(d, &version, "PRAGMA user_version"));
	TRY(pragma(d, &tables, "SELECT count(*) FROM sqlite_schema"));
	if ((id != 0 || tables != 0) && id != (int32_t)application_id)
		return err_set(info, ERR_FORMAT, "the file belongs to another program");
	if (version < 0 || (size_t)version > count)
		return err_set(info, ERR_NEWER, "schema %lld, this version knows %zu", (long long)version, count);
	for (size_t i = (size_t)version; i < count; i++)
		TRY(step(d, application_id, i + 1, steps[i], info));
	return ERR_OK;
}
