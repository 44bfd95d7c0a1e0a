/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/block_log.h"

#include <inttypes.h>

const char *const BLOCK_LOG_SCHEMA =
	"CREATE TABLE block(height INTEGER PRIMARY KEY, time INTEGER NOT NULL, block_hash BLOB NOT NULL,"
	" app_hash BLOB NOT NULL, header BLOB NOT NULL, seal BLOB NOT NULL, data BLOB NOT NULL);"
	"CREATE TABLE tx(seq INTEGER PRIMARY KEY, prefix INTEGER NOT NULL, id BLOB NOT NULL, height INTEGER NOT NULL,"
	" place INTEGER NOT NULL, code INTEGER NOT NULL, result BLOB NOT NULL);"
	"CREATE INDEX tx_by_prefix ON tx(prefix);"
	"CREATE TABLE event(seq INTEGER PRIMARY KEY, prefix INTEGER NOT NULL, n INTEGER NOT NULL,"
	" account BLOB NOT NULL,"
	" height INTEGER NOT NULL, bytes BLOB NOT NULL);"
	"CREATE INDEX event_by_prefix ON event(prefix, n);";

static const char APPEND[] = "INSERT INTO block(height, time, block_hash, app_hash, header, seal, data)"
			     " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)";
static const char HEIGHTS[] = "SELECT coalesce((SELECT height FROM block ORDER BY height LIMIT 1), 0),"
			      " coalesce((SELECT height FROM block ORDER BY height DESC LIMIT 1), 0)";
static const char RANGE[] = "SELECT height, time, block_hash, app_hash, header, seal, data FROM block"
			    " WHERE height BETWEEN ?1 AND ?2 ORDER BY height";
static const char APPEND_TX[] = "INSERT INTO tx(prefix, id, height, place, code, result)"
				" VALUES(?1, ?2, ?3, ?4, ?5, ?6)";
static const char FIND_TX[] = "SELECT height, place, code, result FROM tx WHERE prefix = ?1 AND id = ?2"
			      " ORDER BY seq LIMIT 1";
static const char APPEND_EVENT[] = "INSERT INTO event(prefix, n, account, height, bytes) VALUES(?1, ?2, ?3, ?4, ?5)";
static const char EVENTS[] = "SELECT n, height, bytes FROM event WHERE prefix = ?1 AND n >= ?2 AND account = ?3"
			     " ORDER BY n LIMIT ?4";
static const char EVENT_LAST[] = "SELECT n FROM event WHERE prefix = ?1 AND account = ?2 ORDER BY n DESC LIMIT 1";

/* Heights and counts fit SQLite's signed integers. */
static enum err check_number(uint64_t n, struct err_info *info)
{
	return n <= INT64_MAX ? ERR_OK : err_set(info, ERR_RANGE, "%" PRIu64 " is no height or count", n);
}

static int64_t prefix_of(const uint8_t *hash)
{
	return (int64_t)get_be64(hash);
}

/* ---- blocks ---- */

enum err block_log_heights(struct db *db, uint64_t *ret_first, uint64_t *ret_last, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row;

	TRY(db_statement(&s, db, HEIGHTS, info));
	TRY(db_step(db, s, &row, info));
	*ret_first = (uint64_t)db_column_int(s, 0);
	*ret_last = (uint64_t)db_column_int(s, 1);
	db_done(s);
	return ERR_OK;
}

enum err block_log_append(struct db *db, const struct block_log_block *block, struct err_info *info)
{
	uint64_t first, last;
	sqlite3_stmt *s;

	ASSERT(db_in_transaction(db));
	TRY(check_number(block->height, info));
	TRY(block_log_heights(db, &first, &last, info));
	if (block->height == 0 || (last != 0 && block->height != last + 1))
		return err_set(info, ERR_CHAIN, "block %" PRIu64 " does not follow %" PRIu64, block->height, last);
	TRY(db_statement(&s, db, APPEND, info));
	db_bind_int(s, 1, (int64_t)block->height);
	db_bind_int(s, 2, block->time_ms);
	db_bind_bytes(s, 3, BYTES_ID(block->block_hash));
	db_bind_bytes(s, 4, BYTES_ID(block->app_hash));
	db_bind_bytes(s, 5, block->header);
	db_bind_bytes(s, 6, block->commit);
	db_bind_bytes(s, 7, block->data);
	return db_run(db, s, info);
}

static enum err give_block(sqlite3_stmt *s, block_log_each *each, void *context)
{
	struct block_log_block b = {.height = (uint64_t)db_column_int(s, 0), .time_ms = db_column_int(s, 1)};

	TRY(db_column_fixed(b.block_hash.b, ID_SIZE, s, 2));
	TRY(db_column_fixed(b.app_hash.b, ID_SIZE, s, 3));
	b.header = db_column_bytes(s, 4);
	b.commit = db_column_bytes(s, 5);
	b.data = db_column_bytes(s, 6);
	return each(context, &b);
}

static enum err walk_blocks(struct db *db, uint64_t *ret_count, uint64_t from, uint64_t to, block_log_each *each,
			    void *context, struct err_info *info)
{
	uint64_t count = 0;
	sqlite3_stmt *s;
	enum err e;
	bool row;

	TRY(db_statement(&s, db, RANGE, info));
	db_bind_int(s, 1, (int64_t)(from < INT64_MAX ? from : INT64_MAX));
	db_bind_int(s, 2, (int64_t)(to < INT64_MAX ? to : INT64_MAX));
	for (;; count++) {
		TRY(db_step(db, s, &row, info));
		if (!row)
			break;
		e = give_block(s, each, context);
		if (e != ERR_OK) {
			db_done(s);
			return e;
		}
	}
	db_done(s);
	*ret_count = count;
	return ERR_OK;
}

enum err block_log_range(struct db *db, uint64_t from, uint64_t to, block_log_each *each, void *context,
			 struct err_info *info)
{
	uint64_t count;

	return walk_blocks(db, &count, from, to, each, context, info);
}

enum err block_log_get(struct db *db, uint64_t height, block_log_each *each, void *context, struct err_info *info)
{
	uint64_t count;

	TRY(walk_blocks(db, &count, height, height, each, context, info));
	return count == 1 ? ERR_OK : err_set(info, ERR_NOT_FOUND, "there is no block %" PRIu64, height);
}

/* ---- transactions ---- */

enum err block_log_append_tx(struct db *db, const struct block_log_tx *tx, struct err_info *info)
{
	sqlite3_stmt *s;

	ASSERT(db_in_transaction(db));
	TRY(check_number(tx->height, info));
	TRY(db_statement(&s, db, APPEND_TX, info));
	db_bind_int(s, 1, prefix_of(tx->id.b));
	db_bind_bytes(s, 2, BYTES_ID(tx->id));
	db_bind_int(s, 3, (int64_t)tx->height);
	db_bind_int(s, 4, tx->index);
	db_bind_int(s, 5, tx->code);
	db_bind_bytes(s, 6, tx->result);
	return db_run(db, s, info);
}

enum err block_log_find_tx(struct db *db, struct block_log_tx *ret, struct buf *ret_result, const struct tx_id *id,
			   struct err_info *info)
{
	struct block_log_tx found = {.id = *id};
	size_t before = ret_result->len;
	sqlite3_stmt *s;
	bool row;

	TRY(db_statement(&s, db, FIND_TX, info));
	db_bind_int(s, 1, prefix_of(id->b));
	db_bind_bytes(s, 2, BYTES_ID(*id));
	TRY(db_step(db, s, &row, info));
	if (row) {
		found.height = (uint64_t)db_column_int(s, 0);
		found.index = (uint32_t)db_column_int(s, 1);
		found.code = (uint32_t)db_column_int(s, 2);
		db_column_append(ret_result, s, 3);
	}
	db_done(s);
	if (!row)
		return err_set(info, ERR_NOT_FOUND, "there is no such transaction");
	TRY(buf_error(ret_result));
	found.result = bytes_of(ret_result->data + before, ret_result->len - before);
	*ret = found;
	return ERR_OK;
}

/* ---- events ---- */

enum err block_log_event_count(struct db *db, uint64_t *ret, const struct account_id *account, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row;

	TRY(db_statement(&s, db, EVENT_LAST, info));
	db_bind_int(s, 1, prefix_of(account->b));
	db_bind_bytes(s, 2, BYTES_ID(*account));
	TRY(db_step(db, s, &row, info));
	*ret = row ? (uint64_t)db_column_int(s, 0) : 0;
	db_done(s);
	return ERR_OK;
}

enum err block_log_append_event(struct db *db, const struct account_id *account, uint64_t n, uint64_t height,
				struct bytes event, struct err_info *info)
{
	uint64_t last;
	sqlite3_stmt *s;

	ASSERT(db_in_transaction(db));
	TRY(check_number(n, info));
	TRY(check_number(height, info));
	TRY(block_log_event_count(db, &last, account, info));
	if (n != last + 1)
		return err_set(info, ERR_CHAIN, "event %" PRIu64 " does not follow %" PRIu64, n, last);
	TRY(db_statement(&s, db, APPEND_EVENT, info));
	db_bind_int(s, 1, prefix_of(account->b));
	db_bind_int(s, 2, (int64_t)n);
	db_bind_bytes(s, 3, BYTES_ID(*account));
	db_bind_int(s, 4, (int64_t)height);
	db_bind_bytes(s, 5, event);
	return db_run(db, s, info);
}

enum err block_log_events(struct db *db, const struct account_id *account, uint64_t from_n, uint64_t max,
			  block_log_event *each, void *context, struct err_info *info)
{
	sqlite3_stmt *s;
	enum err e;
	bool row;

	TRY(db_statement(&s, db, EVENTS, info));
	db_bind_int(s, 1, prefix_of(account->b));
	db_bind_int(s, 2, (int64_t)(from_n < INT64_MAX ? from_n : INT64_MAX));
	db_bind_bytes(s, 3, BYTES_ID(*account));
	db_bind_int(s, 4, (int64_t)(max < INT64_MAX ? max : INT64_MAX));
	for (;;) {
		TRY(db_step(db, s, &row, info));
		if (!row)
			break;
		e = each(context, (uint64_t)db_column_int(s, 0), (uint64_t)db_column_int(s, 1), db_column_bytes(s, 2));
		if (e != ERR_OK) {
			db_done(s);
			return e;
		}
	}
	db_done(s);
	return ERR_OK;
}
