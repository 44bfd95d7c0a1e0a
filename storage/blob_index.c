/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/blob_internal.h"
#include "storage/migrate.h"

#include <stdio.h>
#include <unistd.h>

#define TOUCH_STEP_MS (60 * (int64_t)MS_PER_SECOND) /* a finer order of use is not worth a write */

static const struct migration steps[] = {
	{1, "CREATE TABLE blob(id BLOB PRIMARY KEY NOT NULL, size INTEGER NOT NULL, used INTEGER NOT NULL,"
	    " pinned INTEGER NOT NULL) WITHOUT ROWID;"
	    "CREATE INDEX blob_by_use ON blob(pinned, used);"
	    "CREATE TABLE partial(id BLOB PRIMARY KEY NOT NULL, size INTEGER NOT NULL) WITHOUT ROWID;"},
};

static enum err open_index(struct blob_store *s, const char *path, struct err_info *info)
{
	enum err e = db_open(&s->db, path, NULL, info);

	if (e == ERR_OK)
		e = migrate(s->db, DB_BLOBS, steps, sizeof(steps) / sizeof(steps[0]), info);
	if (e == ERR_OK)
		e = db_check(s->db, info);
	if (e != ERR_OK)
		s->db = db_free(s->db);
	return e;
}

/* A damaged index is no loss: the folder says what there is (but not what was pinned). */
enum err blob_index_open(struct blob_store *s, bool *ret_new, struct err_info *info)
{
	static const char *const tails[] = {"", "-wal", "-shm"};
	char path[BLOB_PATH_MAX];
	enum err e;

	snprintf(path, sizeof(path), "%s/blobs.db", s->dir);
	*ret_new = access(path, F_OK) != 0;
	e = open_index(s, path, info);
	if (e != ERR_DAMAGED)
		return e;
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		snprintf(path, sizeof(path), "%s/blobs.db%s", s->dir, tails[i]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/blobs.db", s->dir);
	*ret_new = true;
	return open_index(s, path, info);
}

/* ---- totals ---- */

enum err blob_index_totals(struct blob_store *s)
{
	sqlite3_stmt *q;
	bool row;

	TRY(db_statement(&q, s->db, "SELECT count(*), coalesce(sum(size), 0),"
			 " coalesce(sum(CASE WHEN pinned THEN size ELSE 0 END), 0) FROM blob", NULL));
	TRY(db_step(s->db, q, &row, NULL));
	s->totals.blobs = (uint64_t)db_column_int(q, 0);
	s->totals.blob_bytes = (uint64_t)db_column_int(q, 1);
	s->totals.pinned_bytes = (uint64_t)db_column_int(q, 2);
	db_done(q);
	TRY(db_statement(&q, s->db, "SELECT count(*), coalesce(sum(size), 0) FROM partial", NULL));
	TRY(db_step(s->db, q, &row, NULL));
	s->totals.partials = (uint64_t)db_column_int(q, 0);
	s->totals.partial_bytes = (uint64_t)db_column_int(q, 1);
	db_done(q);
	return ERR_OK;
}

/* ---- rows ---- */

/* A statement whose first value is an id and whose second may be a number; ret_size of a row, else ERR_NOT_FOUND. */
static enum err one(struct blob_store *s, const char *literal_sql, const struct blob_id *id, int64_t number,
		    int numbers, int64_t *ret)
{
	sqlite3_stmt *q;
	bool row = false;

	TRY(db_statement(&q, s->db, literal_sql, NULL));
	db_bind_bytes(q, 1, BYTES_ID(*id));
	for (int i = 0; i < numbers; i++)
		db_bind_int(q, 2 + i, number);
	TRY(db_step(s->db, q, &row, NULL));
	if (row && ret != NULL)
		*ret = db_column_int(q, 0);
	db_done(q);
	return row || ret == NULL ? ERR_OK : ERR_NOT_FOUND;
}

static enum err partial_size(struct blob_store *s, const struct blob_id *id, int64_t *ret)
{
	return one(s, "SELECT size FROM partial WHERE id = ?1", id, 0, 0, ret);
}

static enum err whole_row(struct blob_store *s, const struct blob_id *id, int64_t *ret_size, int64_t *ret_pinned)
{
	TRY(one(s, "SELECT size FROM blob WHERE id = ?1", id, 0, 0, ret_size));
	return one(s, "SELECT pinned FROM blob WHERE id = ?1", id, 0, 0, ret_pinned);
}

enum err blob_index_begin(struct blob_store *s, const struct blob_id *id, uint64_t size)
{
	TRY(one(s, "INSERT INTO partial(id, size) VALUES(?1, ?2)", id, (int64_t)size, 1, NULL));
	s->totals.partials++;
	s->totals.partial_bytes += size;
	return ERR_OK;
}

enum err blob_index_partial(struct blob_store *s, uint64_t *ret_size, const struct blob_id *id)
{
	int64_t size;

	TRY(partial_size(s, id, &size));
	*ret_size = (uint64_t)size;
	return ERR_OK;
}

static void partial_left(struct blob_store *s, int64_t size)
{
	s->totals.partials--;
	s->totals.partial_bytes -= (uint64_t)size;
}

enum err blob_index_end(struct blob_store *s, const struct blob_id *id)
{
	int64_t size;
	enum err e = partial_size(s, id, &size);

	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	TRY(one(s, "DELETE FROM partial WHERE id = ?1", id, 0, 0, NULL));
	partial_left(s, size);
	return ERR_OK;
}

static enum err whole_rows(struct blob_store *s, const struct blob_id *id, int64_t size, bool was_partial)
{
	sqlite3_stmt *q;

	TRY(db_statement(&q, s->db, "INSERT INTO blob(id, size, used, pinned) VALUES(?1, ?2, ?3, 0)", NULL));
	db_bind_bytes(q, 1, BYTES_ID(*id));
	db_bind_int(q, 2, size);
	db_bind_int(q, 3, blob_now(s));
	TRY(db_run(s->db, q, NULL));
	return was_partial ? one(s, "DELETE FROM partial WHERE id = ?1", id, 0, 0, NULL) : ERR_OK;
}

enum err blob_index_whole(struct blob_store *s, const struct blob_id *id, uint64_t size)
{
	int64_t old = 0, partial = 0, pinned;
	bool was_partial = partial_size(s, id, &partial) == ERR_OK;
	enum err e = whole_row(s, id, &old, &pinned);

	if (e != ERR_NOT_FOUND)
		return e == ERR_OK ? blob_index_end(s, id) : e;
	TRY(db_begin(s->db, NULL));
	e = whole_rows(s, id, (int64_t)size, was_partial);
	if (e != ERR_OK) {
		db_rollback(s->db);
		return e;
	}
	TRY(db_commit(s->db, NULL));
	s->totals.blobs++;
	s->totals.blob_bytes += size;
	if (was_partial)
		partial_left(s, partial);
	return ERR_OK;
}

enum err blob_index_remove(struct blob_store *s, const struct blob_id *id)
{
	int64_t size, pinned;
	enum err e = whole_row(s, id, &size, &pinned);

	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	TRY(one(s, "DELETE FROM blob WHERE id = ?1", id, 0, 0, NULL));
	s->totals.blobs--;
	s->totals.blob_bytes -= (uint64_t)size;
	s->totals.pinned_bytes -= pinned ? (uint64_t)size : 0;
	return ERR_OK;
}

enum err blob_index_unused(struct blob_store *s, bool *ret, const struct blob_id *id, int64_t before)
{
	int64_t unused = 0;

	TRY(one(s, "SELECT pinned = 0 AND used < ?2 FROM blob WHERE id = ?1", id, before, 1, &unused));
	*ret = unused != 0;
	return ERR_OK;
}

enum err blob_index_touch(struct blob_store *s, const struct blob_id *id)
{
	int64_t used, now = blob_now(s);
	enum err e = one(s, "SELECT used FROM blob WHERE id = ?1", id, 0, 0, &used);

	if (e != ERR_OK || (now >= used && now - used < TOUCH_STEP_MS))
		return e;
	return one(s, "UPDATE blob SET used = ?2 WHERE id = ?1", id, now, 1, NULL);
}

enum err blob_index_pin(struct blob_store *s, const struct blob_id *id, bool pinned)
{
	int64_t size, was;

	TRY(whole_row(s, id, &size, &was));
	if ((was != 0) == pinned)
		return ERR_OK;
	TRY(one(s, "UPDATE blob SET pinned = ?2 WHERE id = ?1", id, pinned, 1, NULL));
	if (pinned)
		s->totals.pinned_bytes += (uint64_t)size;
	else
		s->totals.pinned_bytes -= (uint64_t)size;
	return ERR_OK;
}

/* ---- walks ---- */

static enum err info_row(struct blob_store *s, struct blob_info *ret, sqlite3_stmt *q)
{
	bool row;
	enum err e;

	TRY(db_step(s->db, q, &row, NULL));
	e = row ? db_column_fixed(ret->id.b, ID_SIZE, q, 0) : ERR_NOT_FOUND;
	if (e == ERR_OK) {
		ret->size = (uint64_t)db_column_int(q, 1);
		ret->last_used_ms = db_column_int(q, 2);
		ret->pinned = db_column_int(q, 3) != 0;
	}
	db_done(q);
	return e;
}

enum err blob_index_oldest(struct blob_store *s, struct blob_info *ret)
{
	sqlite3_stmt *q;

	TRY(db_statement(&q, s->db, "SELECT id, size, used, pinned FROM blob WHERE pinned = 0 ORDER BY used LIMIT 1",
			 NULL));
	return info_row(s, ret, q);
}

static enum err next(struct blob_store *s, struct blob_info *ret, const struct blob_id *after, const char *literal_sql)
{
	sqlite3_stmt *q;

	TRY(db_statement(&q, s->db, literal_sql, NULL));
	db_bind_bytes(q, 1, after != NULL ? BYTES_ID(*after) : bytes_of(NULL, 0));
	return info_row(s, ret, q);
}

enum err blob_index_next(struct blob_store *s, struct blob_info *ret, const struct blob_id *after)
{
	return next(s, ret, after, "SELECT id, size, used, pinned FROM blob WHERE id > ?1 ORDER BY id LIMIT 1");
}

enum err blob_index_next_partial(struct blob_store *s, struct blob_info *ret, const struct blob_id *after)
{
	return next(s, ret, after, "SELECT id, size, 0, 0 FROM partial WHERE id > ?1 ORDER BY id LIMIT 1");
}
