/* SPDX-License-Identifier: Apache-2.0 */
/* Meta values, blocks and proven rows. */
#include "core/ledger/replica_internal.h"

#define STATE_MARK_SIZE (8u + ID_SIZE)

enum err replica_meta_get(struct replica *r, struct buf *ret, const char *name, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT value FROM meta WHERE name = ?1", info));
	db_bind_text(s, 1, name);
	e = db_step(r->db, s, &row, info);
	if (e == ERR_OK && row)
		db_column_append(ret, s, 0);
	db_done(s);
	if (e != ERR_OK)
		return e;
	return row ? buf_error(ret) : ERR_NOT_FOUND;
}

enum err replica_meta_put(struct replica *r, const char *name, struct bytes value, struct err_info *info)
{
	sqlite3_stmt *s;

	TRY(db_statement(&s, r->db, "INSERT INTO meta(name, value) VALUES(?1, ?2)"
					" ON CONFLICT(name) DO UPDATE SET value = excluded.value", info));
	db_bind_text(s, 1, name);
	db_bind_bytes(s, 2, value);
	return db_run(r->db, s, info);
}

static void state_mark(uint8_t out[STATE_MARK_SIZE], uint64_t height, const struct hash32 *root)
{
	put_be64(out, height);
	memcpy(out + 8, root->b, ID_SIZE);
}

enum err replica_put_state_mark(struct replica *r, uint64_t height, const struct hash32 *root, struct err_info *info)
{
	uint8_t mark[STATE_MARK_SIZE];

	state_mark(mark, height, root);
	return replica_meta_put(r, "state", bytes_of(mark, sizeof(mark)), info);
}

enum err replica_check_state_mark(struct replica *r, uint64_t height, struct hash32 root, struct err_info *info)
{
	uint8_t mark[STATE_MARK_SIZE];
	struct buf stored = BUF_INIT;
	enum err e = replica_meta_get(r, &stored, "state", info);

	state_mark(mark, height, &root);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && !bytes_equal(buf_bytes(&stored), bytes_of(mark, sizeof(mark)))))
		e = err_set(info, ERR_DAMAGED, "the stored state is not that after block %llu",
			    (unsigned long long)height);
	buf_release(&stored);
	return e;
}

enum err replica_tip(struct replica *r, uint64_t *ret, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT coalesce(max(height), 0) FROM block", info));
	e = db_step(r->db, s, &row, info);
	if (e == ERR_OK)
		*ret = row ? (uint64_t)db_column_int(s, 0) : 0;
	db_done(s);
	return e;
}

enum err replica_read_header(struct replica *r, struct block_header *ret, uint64_t height, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT header FROM block WHERE height = ?1", info));
	db_bind_int(s, 1, (int64_t)height);
	e = db_step(r->db, s, &row, info);
	if (e == ERR_OK && row && header_decode(ret, db_column_bytes(s, 0), info) != ERR_OK)
		e = err_set(info, ERR_DAMAGED, "header %llu in the replica", (unsigned long long)height);
	db_done(s);
	if (e != ERR_OK)
		return e;
	return row ? ERR_OK : err_set(info, ERR_NOT_FOUND, "header %llu", (unsigned long long)height);
}

static enum err insert_block(struct replica *r, const struct light_block *b, struct bytes header, struct bytes commit,
			     struct bytes body, size_t txs, struct err_info *info)
{
	struct hash32 hash = header_hash(&b->header);
	char time[TIME_TEXT], hex[ID_HEX];
	sqlite3_stmt *s;

	time_format(time, block_time_ms(b->header.time));
	hex_encode(hex, hash.b, ID_SIZE);
	TRY(db_statement(&s, r->db, "INSERT INTO block(height, time, hash, txs, header, commit_bytes, body)"
					" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)", info));
	db_bind_int(s, 1, b->header.height);
	db_bind_text(s, 2, time);
	db_bind_text(s, 3, hex);
	db_bind_int(s, 4, (int64_t)txs);
	db_bind_bytes(s, 5, header);
	db_bind_bytes(s, 6, commit);
	if (body.len > 0)
		db_bind_bytes(s, 7, body);
	return db_run(r->db, s, info);
}

enum err replica_put_block(struct replica *r, const struct light_block *b, struct bytes body, size_t txs,
			   struct err_info *info)
{
	struct buf header = BUF_INIT, commit = BUF_INIT;
	enum err e;

	header_encode(&header, &b->header);
	commit_encode(&commit, &b->commit);
	e = buf_error(&header) != ERR_OK ? buf_error(&header) : buf_error(&commit);
	if (e == ERR_OK)
		e = insert_block(r, b, buf_bytes(&header), buf_bytes(&commit), body, txs, info);
	buf_release(&header);
	buf_release(&commit);
	return e;
}

static enum err delete_row(struct replica *r, struct bytes key, struct err_info *info)
{
	sqlite3_stmt *s;

	TRY(db_statement(&s, r->db, "DELETE FROM row WHERE key = ?1", info));
	db_bind_bytes(s, 1, key);
	return db_run(r->db, s, info);
}

enum err replica_put_row(struct replica *r, struct bytes key, const struct bytes *value, uint64_t height,
			 struct bytes proof, struct err_info *info)
{
	sqlite3_stmt *s;

	TRY(replica_project_row(r, key, value, info));
	if (value == NULL)
		return delete_row(r, key, info);
	TRY(db_statement(
		&s, r->db,
		"INSERT INTO row(key, value, height, proof) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(key)"
		" DO UPDATE SET value = excluded.value, height = excluded.height, proof = excluded.proof",
		info));
	db_bind_bytes(s, 1, key);
	db_bind_bytes(s, 2, *value);
	db_bind_int(s, 3, (int64_t)height);
	db_bind_bytes(s, 4, proof);
	return db_run(r->db, s, info);
}

enum err replica_put_evidence(struct replica *r, const struct light_block *seen, struct err_info *info)
{
	struct buf header = BUF_INIT, commit = BUF_INIT;
	char at[TIME_TEXT];
	sqlite3_stmt *s;
	enum err e;

	header_encode(&header, &seen->header);
	commit_encode(&commit, &seen->commit);
	time_format(at, r->clock->now(r->clock->self));
	e = db_statement(&s, r->db,
			 "INSERT INTO evidence(height, at, header, commit_bytes) SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
			 " (SELECT 1 FROM evidence WHERE height = ?1 AND header = ?3 AND commit_bytes = ?4)", info);
	if (e == ERR_OK) {
		db_bind_int(s, 1, seen->header.height);
		db_bind_text(s, 2, at);
		db_bind_bytes(s, 3, buf_bytes(&header));
		db_bind_bytes(s, 4, buf_bytes(&commit));
		e = db_run(r->db, s, info);
	}
	buf_release(&header);
	buf_release(&commit);
	return e;
}

enum err replica_get(struct replica *r, struct buf *ret, uint64_t *ret_height, struct bytes key,
		     struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;
	uint64_t tip;
	enum err e;

	if (r->full) {
		TRY(state_kv_get(r->kv, ret, key));
		TRY(replica_tip(r, &tip, info));
		if (ret_height != NULL)
			*ret_height = tip;
		return ERR_OK;
	}
	TRY(db_statement(&s, r->db, "SELECT value, height FROM row WHERE key = ?1", info));
	db_bind_bytes(s, 1, key);
	e = db_step(r->db, s, &row, info);
	if (e == ERR_OK && row) {
		db_column_append(ret, s, 0);
		if (ret_height != NULL)
			*ret_height = (uint64_t)db_column_int(s, 1);
	}
	db_done(s);
	if (e != ERR_OK)
		return e;
	return row ? buf_error(ret) : ERR_NOT_FOUND;
}
