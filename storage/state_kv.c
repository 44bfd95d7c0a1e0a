/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/state_kv.h"

#include <stdlib.h>

#include "storage/state_internal.h"

/* Rows lie by sequence and an index holds the keys: state values are a few hundred bytes, and a table kept in key order
 * would write a page for each of them.  BLOB keys compare as bytes, shorter first.
 */
const char *const STATE_KV_SCHEMA = "CREATE TABLE state(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL);";

enum { GET, PUT, DELETE, COUNT, UP, UP_OPEN, DOWN, DOWN_OPEN, STATEMENTS };

static const char *const texts[STATEMENTS] = {
	[GET] = "SELECT value FROM state WHERE key = ?1",
	[PUT] = "INSERT INTO state(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
	[DELETE] = "DELETE FROM state WHERE key = ?1",
	[COUNT] = "SELECT count(*) FROM state",
	[UP] = "SELECT key, value FROM state WHERE key >= ?1 AND key < ?2 ORDER BY key",
	[UP_OPEN] = "SELECT key, value FROM state WHERE key >= ?1 ORDER BY key",
	[DOWN] = "SELECT key, value FROM state WHERE key >= ?1 AND key <= ?2 ORDER BY key DESC",
	[DOWN_OPEN] = "SELECT key, value FROM state WHERE key >= ?1 ORDER BY key DESC",
};

struct state_kv {
	struct db *db;
	sqlite3_stmt *fixed[COUNT + 1];	  /* those that never overlap: point reads and writes */
	sqlite3_stmt *spare[STATEMENTS]; /* a range statement at rest */
};

enum err state_kv_new(struct state_kv **ret, struct db *db, struct err_info *info)
{
	struct state_kv *kv = calloc(1, sizeof(*kv));

	if (kv == NULL)
		return ERR_MEMORY;
	kv->db = db;
	for (size_t i = 0; i <= COUNT; i++) {
		enum err e = db_statement(&kv->fixed[i], db, texts[i], info);

		if (e != ERR_OK) {
			state_kv_free(kv);
			return e;
		}
	}
	*ret = kv;
	return ERR_OK;
}

struct state_kv *state_kv_free(struct state_kv *kv)
{
	if (kv == NULL)
		return NULL;
	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(kv->spare[i]);
	free(kv);
	return NULL;
}

enum err state_kv_get(struct state_kv *kv, struct buf *ret_value, struct bytes key)
{
	sqlite3_stmt *s = kv->fixed[GET];
	bool row = false;

	db_bind_bytes(s, 1, key);
	TRY(db_step(kv->db, s, &row, NULL));
	if (row)
		db_column_append(ret_value, s, 0);
	db_done(s);
	return row ? buf_error(ret_value) : ERR_NOT_FOUND;
}

enum err state_kv_put(struct state_kv *kv, struct bytes key, struct bytes value)
{
	if (key.len == 0 || key.len > STATE_KEY_MAX || value.len > STATE_VALUE_MAX)
		return ERR_RANGE;
	ASSERT(db_in_transaction(kv->db));
	db_bind_bytes(kv->fixed[PUT], 1, key);
	db_bind_bytes(kv->fixed[PUT], 2, value);
	return db_run(kv->db, kv->fixed[PUT], NULL);
}

enum err state_kv_delete(struct state_kv *kv, struct bytes key)
{
	ASSERT(db_in_transaction(kv->db));
	db_bind_bytes(kv->fixed[DELETE], 1, key);
	return db_run(kv->db, kv->fixed[DELETE], NULL);
}

enum err state_kv_count(struct state_kv *kv, uint64_t *ret)
{
	bool row;

	TRY(db_step(kv->db, kv->fixed[COUNT], &row, NULL));
	*ret = (uint64_t)db_column_int(kv->fixed[COUNT], 0);
	db_done(kv->fixed[COUNT]);
	return ERR_OK;
}

/* ---- ranges ---- */

bool state_from_fits(struct bytes prefix, struct bytes from)
{
	return from.len == 0 || (from.len <= STATE_KEY_MAX && state_has_prefix(from, prefix));
}

bool state_prefix_end(uint8_t end[STATE_KEY_MAX], size_t *ret_len, struct bytes prefix)
{
	size_t len = prefix.len;

	while (len > 0 && prefix.data[len - 1] == 0xFF)
		len--;
	if (len == 0)
		return false;
	memcpy(end, prefix.data, len);
	end[len - 1]++;
	*ret_len = len;
	return true;
}

/* A scan inside a scan (the contract looks at rules while it walks records) needs a statement of its own, so one at
 * rest
 * is kept of each, and another is prepared when that one is at work.
 */
static enum err range_prepare(struct state_range *r, struct state_kv *kv, int which)
{
	int code;

	r->which = which;
	if (kv->spare[which] != NULL) {
		r->statement = kv->spare[which];
		kv->spare[which] = NULL;
		return ERR_OK;
	}
	code = sqlite3_prepare_v2(db_handle(kv->db), texts[which], -1, &r->statement, NULL);
	return code == SQLITE_OK ? ERR_OK : db_error(kv->db, NULL);
}

enum err state_range_open(struct state_range *r, struct state_kv *kv, struct bytes prefix, struct bytes from,
			  bool descending)
{
	bool has_end = false;

	memset(r, 0, sizeof(*r));
	r->kv = kv;
	if (prefix.len > STATE_KEY_MAX || !state_from_fits(prefix, from))
		return ERR_RANGE;
	if (descending && from.len > 0) {
		memcpy(r->end, from.data, from.len);
		r->end_len = from.len;
		has_end = true;
	} else {
		has_end = state_prefix_end(r->end, &r->end_len, prefix);
	}
	r->start = descending || from.len == 0 ? prefix : from;
	if (descending && has_end && from.len == 0)
		r->open_end = true;
	TRY(range_prepare(r, kv, descending ? (has_end ? DOWN : DOWN_OPEN) : (has_end ? UP : UP_OPEN)));
	db_bind_bytes(r->statement, 1, r->start);
	if (has_end)
		db_bind_bytes(r->statement, 2, bytes_of(r->end, r->end_len));
	return ERR_OK;
}

enum err state_range_next(struct state_range *r, bool *ret_row)
{
	for (;;) {
		int code = sqlite3_step(r->statement);

		if (code != SQLITE_ROW && code != SQLITE_DONE)
			return db_error(r->kv->db, NULL);
		*ret_row = code == SQLITE_ROW;
		if (code == SQLITE_DONE)
			return ERR_OK;
		r->key = db_column_bytes(r->statement, 0);
		r->value = db_column_bytes(r->statement, 1);
		/* Walking down, the bound itself is taken in: it is no key of the prefix when it is the prefix's
		 * end. */
		if (!r->open_end || !bytes_equal(r->key, bytes_of(r->end, r->end_len)))
			return ERR_OK;
	}
}

void state_range_close(struct state_range *r)
{
	if (r->statement != NULL && r->kv->spare[r->which] == NULL) {
		db_done(r->statement);
		r->kv->spare[r->which] = r->statement;
	} else {
		sqlite3_finalize(r->statement);
	}
	r->statement = NULL;
}

enum err state_kv_scan(struct state_kv *kv, struct bytes prefix, struct bytes from, bool descending, state_each *each,
		       void *context)
{
	struct state_range r;
	bool row = true;
	enum err e = state_range_open(&r, kv, prefix, from, descending);

	while (e == ERR_OK) {
		e = state_range_next(&r, &row);
		if (e != ERR_OK || !row)
			break;
		e = each(context, r.key, r.value);
	}
	state_range_close(&r);
	return e;
}
