/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/state_kv.h"

enum err state_kv_get(struct db *d, struct buf *ret, struct bytes key)
{
	struct db_statement *s;
	bool row = false;

	TRY(db_prepare(d, &s, "SELECT value FROM state WHERE key=?"));
	db_bind_bytes(s, 1, key);
	TRY(db_step(s, &row));
	if (!row)
		return ERR_NOT_FOUND;
	buf_append_bytes(ret, db_column_bytes(s, 0));
	db_reset(s);
	return buf_error(ret);
}

static bool has_prefix(struct bytes key, struct bytes prefix)
{
	return key.len >= prefix.len && (prefix.len == 0 || memcmp(key.data, prefix.data, prefix.len) == 0);
}

/* The first key after all that have the prefix; false when there is none (empty, or all bytes 0xFF). */
static bool prefix_end(struct buf *ret, struct bytes prefix)
{
	size_t len = prefix.len;

	while (len > 0 && prefix.data[len - 1] == 0xFF)
		len--;
	if (len == 0)
		return false;
	buf_append(ret, prefix.data, len);
	if (buf_error(ret) != ERR_OK)
		return false;
	ret->data[len - 1]++;
	return true;
}

/* Key and value are copied out of each row first: the callback may use the same statement. */
static enum err scan_rows(struct db_statement *s, struct bytes prefix, state_each *each, void *context)
{
	bool row = false;
	enum err e = db_step(s, &row);

	while (e == ERR_OK && row) {
		struct bytes key = db_column_bytes(s, 0);

		if (!has_prefix(key, prefix)) {
			db_reset(s);
			return ERR_OK;
		}
		e = each(context, key, db_column_bytes(s, 1));
		if (e != ERR_OK) {
			db_reset(s);
			return e;
		}
		e = db_step(s, &row);
	}
	return e;
}

enum err state_kv_scan(struct db *d, struct bytes prefix, bool descending, state_each *each, void *context)
{
	struct db_statement *s;
	struct buf end = BUF_INIT;
	enum err e;

	if (!descending) {
		e = db_prepare(d, &s, "SELECT key, value FROM state WHERE key>=? ORDER BY key");
		if (e == ERR_OK)
			db_bind_bytes(s, 1, prefix);
	} else if (prefix_end(&end, prefix)) {
		e = db_prepare(d, &s, "SELECT key, value FROM state WHERE key<? ORDER BY key DESC");
		if (e == ERR_OK)
			db_bind_bytes(s, 1, buf_bytes(&end));
	} else {
		e = buf_error(&end);
		if (e == ERR_OK)
			e = db_prepare(d, &s, "SELECT key, value FROM state ORDER BY key DESC");
	}
	if (e == ERR_OK)
		e = scan_rows(s, prefix, each, context);
	buf_release(&end);
	return e;
}

enum err state_kv_count(struct db *d, uint64_t *ret)
{
	struct db_statement *s;
	bool row = false;

	TRY(db_prepare(d, &s, "SELECT count(*) FROM state"));
	TRY(db_step(s, &row));
	*ret = row ? (uint64_t)db_column_int(s, 0) : 0;
	db_reset(s);
	return ERR_OK;
}

static enum err apply_one(struct db *d, const struct state_change *c)
{
	struct db_statement *s;

	if (!c->has_new) {
		TRY(db_prepare(d, &s, "DELETE FROM state WHERE key=?"));
		db_bind_bytes(s, 1, c->key);
		return db_run(s);
	}
	TRY(db_prepare(d, &s, "INSERT INTO state(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value=excluded.value"));
	db_bind_bytes(s, 1, c->key);
	db_bind_bytes(s, 2, c->new_value);
	return db_run(s);
}

enum err state_kv_apply(struct db *d, const struct state_change *changes, size_t count)
{
	ASSERT(db_in_transaction(d));
	for (size_t i = 0; i < count; i++)
		TRY(apply_one(d, &changes[i]));
	return ERR_OK;
}
