/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/engine/ledger_rows.h"

#include "storage/db.h"

const char *const LEDGER_SCHEMA =
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE header(height INTEGER PRIMARY KEY, time INTEGER NOT NULL, hash BLOB NOT NULL,"
	" app_hash BLOB NOT NULL, results_hash BLOB NOT NULL, changed INTEGER NOT NULL,"
	" header BLOB NOT NULL, seal BLOB NOT NULL);"
	"CREATE TABLE block(height INTEGER PRIMARY KEY, block BLOB NOT NULL);"
	"CREATE TABLE tx(seq INTEGER PRIMARY KEY, prefix INTEGER NOT NULL, id BLOB NOT NULL, height INTEGER NOT NULL,"
	" place INTEGER NOT NULL, code INTEGER NOT NULL, cost INTEGER NOT NULL, data BLOB NOT NULL);"
	"CREATE INDEX tx_by_prefix ON tx(prefix);"
	"CREATE TABLE event(seq INTEGER PRIMARY KEY, prefix INTEGER NOT NULL, n INTEGER NOT NULL, owner BLOB NOT NULL,"
	" event BLOB NOT NULL);"
	"CREATE INDEX event_by_prefix ON event(prefix, n);";

static const char *const texts[SQL_COUNT] = {
	[SQL_META_GET] = "SELECT value FROM meta WHERE name = ?1",
	[SQL_META_PUT] = "INSERT OR REPLACE INTO meta(name, value) VALUES(?1, ?2)",
	[SQL_BLOCK_PUT] = "INSERT INTO header(height, time, hash, app_hash, results_hash, changed, header, seal)"
			  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[SQL_HEADER_GET] = "SELECT header, seal FROM header WHERE height = ?1",
	[SQL_BLOCK_GET] = "SELECT block FROM block WHERE height = ?1",
	[SQL_LAST_GET] = "SELECT height, time, hash, app_hash, results_hash, changed FROM header"
			 " ORDER BY height DESC LIMIT 1",
	[SQL_TX_PUT] = "INSERT INTO tx(prefix, id, height, place, code, cost, data) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SQL_TX_GET] = "SELECT height, place, code, data FROM tx WHERE prefix = ?1 AND id = ?2 ORDER BY seq LIMIT 1",
	[SQL_TX_AT] = "SELECT height, place, code, data FROM tx WHERE prefix = ?1 AND id = ?2 AND height = ?3"
		      " AND place = ?4",
	[SQL_COUNTS] = "SELECT (SELECT count(*) FROM tx), (SELECT count(*) FROM event)",
	[SQL_TX_BLOCK] = "INSERT INTO block(height, block) VALUES(?1, ?2)",
	[SQL_EVENT_PUT] = "INSERT INTO event(prefix, n, owner, event) VALUES(?1, ?2, ?3, ?4)",
	[SQL_EVENT_GET] = "SELECT event FROM event WHERE prefix = ?1 AND n = ?2 AND owner = ?3",
};

enum err ledger_error(sqlite3 *db, struct err_info *info)
{
	enum err e = db_error_behind(db, sqlite3_extended_errcode(db));

	if (e == ERR_DUPLICATE || e == ERR_OK)
		e = e == ERR_OK ? ERR_IO : ERR_DAMAGED; /* no row is ever written twice */
	return err_set(info, e, "ledger.db: %s", sqlite3_errmsg(db));
}

enum err ledger_rows_init(struct ledger_rows *r, sqlite3 *db, struct err_info *info)
{
	memset(r, 0, sizeof(*r));
	r->db = db;
	for (size_t i = 0; i < SQL_COUNT; i++)
		if (sqlite3_prepare_v3(db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &r->sql[i], NULL) != SQLITE_OK) {
			ledger_rows_release(r);
			return ledger_error(db, info);
		}
	return ERR_OK;
}

void ledger_rows_release(struct ledger_rows *r)
{
	for (size_t i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(r->sql[i]);
	memset(r, 0, sizeof(*r));
}

/* ---- small helpers: every statement is bound, stepped, read and reset inside one function ---- */

static void bind_bytes(sqlite3_stmt *s, int at, struct bytes x)
{
	if (x.len == 0)
		sqlite3_bind_zeroblob(s, at, 0);
	else
		sqlite3_bind_blob64(s, at, x.data, x.len, SQLITE_STATIC);
}

static int64_t prefix_of(const uint8_t *hash)
{
	return (int64_t)get_be64(hash);
}

static enum err finish(struct ledger_rows *r, sqlite3_stmt *s, int step)
{
	enum err e = step == SQLITE_DONE || step == SQLITE_ROW ? ERR_OK : ledger_error(r->db, NULL);

	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return e;
}

static enum err run(struct ledger_rows *r, sqlite3_stmt *s)
{
	return finish(r, s, sqlite3_step(s));
}

static void column_append(struct buf *out, sqlite3_stmt *s, int at)
{
	const void *data = sqlite3_column_blob(s, at);

	buf_append(out, data, (size_t)sqlite3_column_bytes(s, at));
}

static bool column_hash(struct hash32 *ret, sqlite3_stmt *s, int at)
{
	const void *data = sqlite3_column_blob(s, at);

	if (sqlite3_column_bytes(s, at) != ID_SIZE)
		return false;
	memcpy(ret->b, data, ID_SIZE);
	return true;
}

/* One row whose first columns are blobs, appended to the buffers in order. */
static enum err one_row(struct ledger_rows *r, sqlite3_stmt *s, struct buf *first, struct buf *second)
{
	int step = sqlite3_step(s);
	enum err e;

	if (step == SQLITE_ROW) {
		column_append(first, s, 0);
		if (second != NULL)
			column_append(second, s, 1);
	}
	e = finish(r, s, step);
	if (e != ERR_OK)
		return e;
	if (step == SQLITE_DONE)
		return ERR_NOT_FOUND;
	return buf_error(first) != ERR_OK || second == NULL ? buf_error(first) : buf_error(second);
}

/* ---- meta ---- */

enum err rows_meta_get(struct ledger_rows *r, struct buf *ret, const char *name)
{
	sqlite3_bind_text(r->sql[SQL_META_GET], 1, name, -1, SQLITE_STATIC);
	return one_row(r, r->sql[SQL_META_GET], ret, NULL);
}

enum err rows_meta_put(struct ledger_rows *r, const char *name, struct bytes value)
{
	sqlite3_bind_text(r->sql[SQL_META_PUT], 1, name, -1, SQLITE_STATIC);
	bind_bytes(r->sql[SQL_META_PUT], 2, value);
	return run(r, r->sql[SQL_META_PUT]);
}

enum err rows_meta_get_u64(struct ledger_rows *r, uint64_t *ret, const char *name)
{
	struct buf value = BUF_INIT;
	enum err e = rows_meta_get(r, &value, name);

	if (e == ERR_OK && value.len != 8)
		e = ERR_DAMAGED;
	if (e == ERR_OK)
		*ret = get_be64(value.data);
	buf_release(&value);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err rows_meta_put_u64(struct ledger_rows *r, const char *name, uint64_t value)
{
	uint8_t b[8];

	put_be64(b, value);
	return rows_meta_put(r, name, bytes_of(b, sizeof(b)));
}

/* ---- blocks ---- */

enum err rows_block_put(struct ledger_rows *r, const struct block_row *b)
{
	sqlite3_stmt *s = r->sql[SQL_BLOCK_PUT];

	sqlite3_bind_int64(s, 1, (int64_t)b->height);
	sqlite3_bind_int64(s, 2, b->time.v);
	bind_bytes(s, 3, BYTES_ID(b->hash));
	bind_bytes(s, 4, BYTES_ID(b->app_hash));
	bind_bytes(s, 5, BYTES_ID(b->results_hash));
	sqlite3_bind_int(s, 6, b->changed);
	bind_bytes(s, 7, b->header);
	bind_bytes(s, 8, b->commit);
	TRY(run(r, s));
	s = r->sql[SQL_TX_BLOCK];
	sqlite3_bind_int64(s, 1, (int64_t)b->height);
	bind_bytes(s, 2, b->block);
	return run(r, s);
}

enum err rows_last(struct ledger_rows *r, struct app_info *ret)
{
	sqlite3_stmt *s = r->sql[SQL_LAST_GET];
	int step = sqlite3_step(s);
	bool ok = true;
	enum err e;

	if (step == SQLITE_ROW) {
		ret->height = (uint64_t)sqlite3_column_int64(s, 0);
		ret->time.v = sqlite3_column_int64(s, 1);
		ok = column_hash(&ret->block_hash, s, 2) && column_hash(&ret->app_hash, s, 3) &&
		     column_hash(&ret->results_hash, s, 4);
		ret->root_pending = sqlite3_column_int(s, 5) != 0;
	}
	e = finish(r, s, step);
	return e == ERR_OK && !ok ? ERR_DAMAGED : e;
}

enum err rows_header(struct ledger_rows *r, struct buf *ret_header, struct buf *ret_commit, uint64_t height)
{
	sqlite3_bind_int64(r->sql[SQL_HEADER_GET], 1, (int64_t)height);
	return one_row(r, r->sql[SQL_HEADER_GET], ret_header, ret_commit);
}

enum err rows_block(struct ledger_rows *r, struct buf *ret_block, struct buf *ret_commit, uint64_t height)
{
	struct buf header = BUF_INIT;
	enum err e = rows_header(r, &header, ret_commit, height);

	buf_release(&header);
	if (e != ERR_OK)
		return e;
	sqlite3_bind_int64(r->sql[SQL_BLOCK_GET], 1, (int64_t)height);
	return one_row(r, r->sql[SQL_BLOCK_GET], ret_block, NULL);
}

/* ---- transactions ---- */

enum err rows_tx_put(struct ledger_rows *r, uint64_t height, uint32_t index, const struct tx_id *id,
		     const struct contract_result *result)
{
	sqlite3_stmt *s = r->sql[SQL_TX_PUT];

	sqlite3_bind_int64(s, 1, prefix_of(id->b));
	bind_bytes(s, 2, BYTES_ID(*id));
	sqlite3_bind_int64(s, 3, (int64_t)height);
	sqlite3_bind_int64(s, 4, index);
	sqlite3_bind_int64(s, 5, result->code);
	sqlite3_bind_int64(s, 6, result->cost);
	bind_bytes(s, 7, buf_bytes(&result->data));
	return run(r, s);
}

static enum err tx_row(struct ledger_rows *r, sqlite3_stmt *s, struct ledger_tx *ret, struct buf *ret_data)
{
	int step = sqlite3_step(s);
	enum err e;

	if (step == SQLITE_ROW) {
		ret->height = (uint64_t)sqlite3_column_int64(s, 0);
		ret->index = (uint32_t)sqlite3_column_int64(s, 1);
		ret->code = (uint32_t)sqlite3_column_int64(s, 2);
		column_append(ret_data, s, 3);
	}
	e = finish(r, s, step);
	if (e == ERR_OK && step == SQLITE_DONE)
		return ERR_NOT_FOUND;
	return e != ERR_OK ? e : buf_error(ret_data);
}

enum err rows_tx(struct ledger_rows *r, struct ledger_tx *ret, struct buf *ret_data, const struct tx_id *id)
{
	sqlite3_stmt *s = r->sql[SQL_TX_GET];

	sqlite3_bind_int64(s, 1, prefix_of(id->b));
	bind_bytes(s, 2, BYTES_ID(*id));
	return tx_row(r, s, ret, ret_data);
}

enum err rows_tx_at(struct ledger_rows *r, struct ledger_tx *ret, struct buf *ret_data, uint64_t height, uint32_t index,
		    const struct tx_id *id)
{
	sqlite3_stmt *s = r->sql[SQL_TX_AT];

	sqlite3_bind_int64(s, 1, prefix_of(id->b));
	bind_bytes(s, 2, BYTES_ID(*id));
	sqlite3_bind_int64(s, 3, (int64_t)height);
	sqlite3_bind_int64(s, 4, index);
	return tx_row(r, s, ret, ret_data);
}

enum err rows_count(struct ledger_rows *r, uint64_t *ret_txs, uint64_t *ret_events)
{
	sqlite3_stmt *s = r->sql[SQL_COUNTS];
	int step = sqlite3_step(s);

	if (step == SQLITE_ROW) {
		*ret_txs = (uint64_t)sqlite3_column_int64(s, 0);
		*ret_events = (uint64_t)sqlite3_column_int64(s, 1);
	}
	return finish(r, s, step);
}

/* ---- events ---- */

enum err rows_event_put(struct ledger_rows *r, const struct account_id *owner, uint64_t n, struct bytes event)
{
	sqlite3_stmt *s = r->sql[SQL_EVENT_PUT];

	sqlite3_bind_int64(s, 1, prefix_of(owner->b));
	sqlite3_bind_int64(s, 2, (int64_t)n);
	bind_bytes(s, 3, BYTES_ID(*owner));
	bind_bytes(s, 4, event);
	return run(r, s);
}

enum err rows_event(struct ledger_rows *r, struct buf *ret, const struct account_id *owner, uint64_t n)
{
	sqlite3_stmt *s = r->sql[SQL_EVENT_GET];

	sqlite3_bind_int64(s, 1, prefix_of(owner->b));
	sqlite3_bind_int64(s, 2, (int64_t)n);
	bind_bytes(s, 3, BYTES_ID(*owner));
	return one_row(r, s, ret, NULL);
}
