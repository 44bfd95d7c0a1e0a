/* SPDX-License-Identifier: Apache-2.0 */
/* A replica against itself: what is stored is what its blocks, or its proofs, make; from the genesis, without network. */
#include <stdlib.h>

#include "core/crypto/hash.h"
#include "core/ledger/replica_internal.h"
#include "core/ledger/scratch.h"

static enum err damaged(struct err_info *info, const char *what, uint64_t number)
{
	return err_set(info, ERR_DAMAGED, "%s %llu", what, (unsigned long long)number);
}

/* ---- full: blocks run again ------------------------------------------------------------------- */

struct rerun {
	struct replica *r;
	struct bytes header;  /* as stored apart, of the block at work */
	sqlite3_stmt *txs;    /* all transactions in their order … */
	bool tx;              /* … is at one */
	uint64_t events;
	struct err_info *info;
};

static enum err check_event(void *self, const struct account_id *owner, uint64_t n, struct bytes event)
{
	struct rerun *c = self;
	char hex[ID_HEX];
	sqlite3_stmt *s;
	bool row = false, same;
	enum err e;

	hex_encode(hex, owner->b, ID_SIZE);
	TRY(db_statement(&s, c->r->db, "SELECT bytes FROM event WHERE owner = ?1 AND n = ?2", c->info));
	db_bind_text(s, 1, hex);
	db_bind_int(s, 2, (int64_t)n);
	e = db_step(c->r->db, s, &row, c->info);
	same = e == ERR_OK && row && bytes_equal(db_column_bytes(s, 0), event);
	db_done(s);
	c->events++;
	if (e != ERR_OK || same)
		return e;
	return damaged(c->info, row ? "a stored entry is not what its block made: entry" : "a stored entry is gone: entry",
		       n);
}

static bool tx_is(sqlite3_stmt *s, const struct replayed *x, size_t i)
{
	struct hash32 id = hash_sha256(x->block.txs[i]);

	return bytes_equal(db_column_bytes(s, 0), BYTES_ID(id)) && db_column_int(s, 1) == x->block.header.height &&
	       db_column_int(s, 2) == (int64_t)i && db_column_int(s, 3) == (int64_t)x->executed.results[i].code &&
	       bytes_equal(db_column_bytes(s, 4), buf_bytes(&x->executed.results[i].data));
}

static enum err check_block(void *self, const struct replayed *x, struct err_info *info)
{
	struct rerun *c = self;
	uint64_t height = (uint64_t)x->block.header.height;
	struct buf own = BUF_INIT;
	bool equal;

	header_encode(&own, &x->block.header);
	equal = buf_error(&own) == ERR_OK && bytes_equal(buf_bytes(&own), c->header);
	buf_release(&own);
	if (!equal)
		return damaged(info, "the stored header is not the block's: block", height);
	for (size_t i = 0; i < x->block.tx_count; i++) {
		if (!c->tx || !tx_is(c->txs, x, i))
			return damaged(info, "a stored result is not what its block made: block", height);
		TRY(db_step(c->r->db, c->txs, &c->tx, info));
	}
	return ERR_OK;
}

static enum err run_blocks(struct rerun *c, struct scratch *s, struct ledger_verified *v, struct task *task,
			   struct err_info *info)
{
	struct scratch_watch watch = {{c, check_event}, check_block};
	struct db *db = c->r->db;
	sqlite3_stmt *blocks;
	bool row = true;
	enum err e;

	TRY(db_statement(&blocks, db, "SELECT body, commit_bytes, header FROM block ORDER BY height", info));
	e = db_step(db, blocks, &row, info);
	while (e == ERR_OK && row) {
		c->header = db_column_bytes(blocks, 2);
		e = scratch_block(s, v, db_column_bytes(blocks, 0), db_column_bytes(blocks, 1), &watch, info);
		task_progress(task, "blocks", v->blocks, 0);
		if (e == ERR_OK)
			e = task_check(task);
		if (e == ERR_OK)
			e = db_step(db, blocks, &row, info);
	}
	db_done(blocks);
	return e;
}

static enum err count_events(struct replica *r, uint64_t *ret, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT count(*) FROM event", info));
	e = db_step(r->db, s, &row, info);
	if (e == ERR_OK && row)
		*ret = (uint64_t)db_column_int(s, 0);
	db_done(s);
	return e;
}

/* A replica that never synced has no state, not even that of the genesis. */
static bool never_synced(struct replica *r)
{
	struct buf done = BUF_INIT;
	enum err e = replica_meta_get(r, &done, "genesis_done", NULL);

	buf_release(&done);
	return e == ERR_NOT_FOUND;
}

static enum err check_state(struct replica *r, const struct scratch *s, const struct ledger_verified *v,
			    struct err_info *info)
{
	struct hash32 want = executor_root(s->executor), root;
	struct executor *x;

	if (v->blocks == 0 && never_synced(r))
		return ERR_OK;
	TRY(executor_new(&x, r->db, &r->network, info));
	root = executor_root(x);
	executor_free(x);
	if (!ID_EQUAL(root, want))
		return damaged(info, "the stored state is not that after block", v->blocks);
	return replica_check_state_mark(r, v->blocks, want, info);
}

static enum err check_rest(const struct rerun *c, const struct scratch *s, struct ledger_verified *v,
			   struct err_info *info)
{
	uint64_t events = 0;
	enum err e = count_events(c->r, &events, info);

	if (e == ERR_OK && events != c->events)
		e = damaged(info, "a stored entry is of no block: there should be", c->events);
	if (e == ERR_OK && c->tx)
		e = damaged(info, "a stored transaction is of no block: there should be", v->txs);
	if (e == ERR_OK)
		e = check_state(c->r, s, v, info);
	if (e != ERR_OK)
		v->first_bad = v->blocks;
	return e;
}

static enum err rerun(struct rerun *c, struct scratch *s, struct ledger_verified *v, struct task *task,
		      struct err_info *info)
{
	enum err e;

	TRY(db_statement(&c->txs, c->r->db, "SELECT id, height, position, code, data FROM tx ORDER BY seq", info));
	e = db_step(c->r->db, c->txs, &c->tx, info);
	if (e == ERR_OK)
		e = run_blocks(c, s, v, task, info);
	if (e == ERR_OK)
		e = check_rest(c, s, v, info);
	db_done(c->txs);
	return e;
}

static enum err verify_full(struct replica *r, struct ledger_verified *v, struct task *task, struct err_info *info)
{
	struct rerun c = {.r = r, .info = info};
	struct buf genesis = BUF_INIT;
	struct network_id network;
	struct scratch *s = NULL;
	enum err e;

	WIRE_ENCODE(&genesis, r->genesis);
	e = scratch_new(&s, &network, buf_bytes(&genesis), info);
	buf_release(&genesis);
	if (e == ERR_OK)
		e = rerun(&c, s, v, task, info);
	scratch_free(s);
	return e;
}

/* ---- light: every header by its commit and its link, every row by its proof --------------------- */

static enum err check_header(struct replica *r, struct ledger_verified *v, struct light_block *b,
			     struct block_header *before, sqlite3_stmt *s, struct err_info *info)
{
	v->first_bad = v->blocks + 1;
	TRY(light_block_decode(b, db_column_bytes(s, 0), db_column_bytes(s, 1), info));
	TRY(light_check_commit(b, &r->validators, info));
	if ((uint64_t)b->header.height != v->blocks + 1)
		return err_set(info, ERR_CHAIN, "block %llu is missing", (unsigned long long)v->blocks + 1);
	if (v->blocks > 0)
		TRY(light_verify_back(&b->header, before, info));
	*before = b->header;
	v->blocks++;
	v->first_bad = 0;
	return ERR_OK;
}

static enum err verify_headers(struct replica *r, struct ledger_verified *v, struct task *task, struct err_info *info)
{
	struct light_block *b = calloc(1, sizeof(*b));
	struct block_header before = {0};
	sqlite3_stmt *s = NULL;
	bool row = true;
	enum err e = b ? db_statement(&s, r->db, "SELECT header, commit_bytes FROM block ORDER BY height", info)
		       : ERR_MEMORY;

	if (e == ERR_OK)
		e = db_step(r->db, s, &row, info);
	while (e == ERR_OK && row) {
		e = check_header(r, v, b, &before, s, info);
		if (e == ERR_OK)
			e = task_check(task);
		if (e == ERR_OK)
			e = db_step(r->db, s, &row, info);
	}
	if (s != NULL)
		db_done(s);
	free(b);
	return e;
}

static enum err check_row(struct replica *r, struct ledger_verified *v, sqlite3_stmt *s, struct err_info *info)
{
	uint64_t height = (uint64_t)db_column_int(s, 2);
	struct bytes value = db_column_bytes(s, 1);
	struct block_header header;
	enum err e = replica_read_header(r, &header, height + 1, info);

	if (e == ERR_NOT_FOUND)
		e = damaged(info, "a stored row is older or newer than the headers: block", height + 1);
	if (e == ERR_OK && light_check_row(&header, db_column_bytes(s, 0), &value, db_column_bytes(s, 3)) != ERR_OK)
		e = err_set(info, ERR_PROOF, "a stored row does not match block %llu", (unsigned long long)height + 1);
	if (e != ERR_OK)
		v->first_bad = height + 1;
	return e;
}

static enum err verify_rows(struct replica *r, struct ledger_verified *v, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = true;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT key, value, height, proof FROM row ORDER BY height", info));
	e = db_step(r->db, s, &row, info);
	while (e == ERR_OK && row) {
		e = check_row(r, v, s, info);
		if (e == ERR_OK)
			e = db_step(r->db, s, &row, info);
	}
	db_done(s);
	return e;
}

/* The header and its commit as stored. */
static enum err read_light(struct replica *r, struct light_block *ret, uint64_t height, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT header, commit_bytes FROM block WHERE height = ?1", info));
	db_bind_int(s, 1, (int64_t)height);
	e = db_step(r->db, s, &row, info);
	if (e == ERR_OK && (!row || light_block_decode(ret, db_column_bytes(s, 0), db_column_bytes(s, 1), NULL) != ERR_OK))
		e = damaged(info, "a stored header is gone or changed: block", height);
	db_done(s);
	return e;
}

enum err replica_check_tip(struct replica *r, struct err_info *info)
{
	struct light_block *b = calloc(1, sizeof(*b));
	uint64_t height = 0;
	enum err e = b != NULL ? replica_tip(r, &height, info) : ERR_MEMORY;

	if (e == ERR_OK && height > 0) {
		e = read_light(r, b, height, info);
		if (e == ERR_OK && light_check_commit(b, &r->validators, NULL) != ERR_OK)
			e = damaged(info, "a stored header is not what was signed: block", height);
	}
	free(b);
	return e;
}

static enum err read_proof(struct replica *r, struct buf *ret, struct bytes key, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT proof FROM row WHERE key = ?1", info));
	db_bind_bytes(s, 1, key);
	e = db_step(r->db, s, &row, info);
	if (e == ERR_OK && row)
		db_column_append(ret, s, 0);
	db_done(s);
	return e == ERR_OK ? buf_error(ret) : e;
}

enum err replica_check_proven(struct replica *r, struct bytes key, struct bytes value, uint64_t height,
			      struct err_info *info)
{
	struct light_block *b = calloc(1, sizeof(*b));
	struct buf proof = BUF_INIT;
	enum err e = b != NULL ? read_light(r, b, height + 1, info) : ERR_MEMORY;

	if (e == ERR_OK)
		e = light_check_commit(b, &r->validators, info);
	if (e == ERR_OK)
		e = read_proof(r, &proof, key, info);
	if (e == ERR_OK && light_check_row(&b->header, key, &value, buf_bytes(&proof)) != ERR_OK)
		e = err_set(info, ERR_PROOF, "a stored row does not match block %llu", (unsigned long long)height + 1);
	buf_release(&proof);
	free(b);
	return e;
}

/* The proven policy names its rules: once they were all stored, none may be missing. */
static enum err verify_rules(struct replica *r, struct ledger_verified *v, struct err_info *info)
{
	Medlock__PolicyState *policy;
	struct buf value = BUF_INIT;
	enum err e = replica_policy(r, &policy, &r->account, info);

	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; e == ERR_OK && i < policy->n_rules && replica_rules_version(r) == policy->version; i++) {
		struct state_key key = state_key_rule(&r->account, policy->rules[i]);

		e = replica_get(r, &value, NULL, state_key_bytes(&key), info);
		if (e == ERR_NOT_FOUND)
			e = damaged(info, "a rule of the proven policy is gone: rule", policy->rules[i]);
	}
	if (e != ERR_OK)
		v->first_bad = v->blocks;
	WIRE_FREE(policy);
	buf_release(&value);
	return e;
}

/* ---- the tables in words ---------------------------------------------------------------------- */

/* All columns of all rows, each with its type and length in front. */
static enum err digest_rows(struct replica *r, struct hash_sha256_stream *h, const char *literal_sql,
			    struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = true;
	enum err e;

	TRY(db_statement(&s, r->db, literal_sql, info));
	e = db_step(r->db, s, &row, info);
	while (e == ERR_OK && row) {
		for (int i = 0; i < sqlite3_column_count(s); i++) {
			uint8_t head[12];
			struct bytes x;

			put_be32(head, (uint32_t)sqlite3_column_type(s, i));
			x = db_column_bytes(s, i);
			put_be64(head + 4, x.len);
			hash_sha256_stream_update(h, bytes_of(head, sizeof(head)));
			hash_sha256_stream_update(h, x);
		}
		e = db_step(r->db, s, &row, info);
	}
	db_done(s);
	return e;
}

static enum err digest_words(struct replica *r, struct hash32 *ret, struct err_info *info)
{
	struct hash_sha256_stream h;
	enum err e;

	hash_sha256_stream_init(&h);
	e = digest_rows(r, &h, "SELECT * FROM record ORDER BY id", info);
	if (e == ERR_OK)
		e = digest_rows(r, &h, "SELECT * FROM rule ORDER BY owner, id", info);
	if (e == ERR_OK)
		e = digest_rows(r, &h, "SELECT * FROM request ORDER BY id", info);
	if (e == ERR_OK)
		e = digest_rows(r, &h, "SELECT * FROM certificate ORDER BY account", info);
	*ret = hash_sha256_stream_final(&h);
	hash_sha256_stream_release(&h);
	return e;
}

static enum err project_again(void *self, struct bytes key, struct bytes value)
{
	return replica_project_row(self, key, &value, NULL);
}

/* The lists are taken from these tables: a row that is gone there, or moved, would hide a record.  They are made again
 * from the rows, compared, and what was there is put back.
 */
static enum err verify_words(struct replica *r, struct ledger_verified *v, struct err_info *info)
{
	struct hash32 stored, made;
	enum err e;

	TRY(digest_words(r, &stored, info));
	TRY(db_begin(r->db, info));
	e = db_exec(r->db, "DELETE FROM record; DELETE FROM rule; DELETE FROM request; DELETE FROM certificate", info);
	if (e == ERR_OK)
		e = replica_scan(r, bytes_of(NULL, 0), project_again, r, info);
	if (e == ERR_OK)
		e = digest_words(r, &made, info);
	db_rollback(r->db);
	if (e == ERR_OK && !ID_EQUAL(stored, made))
		e = err_set(info, ERR_DAMAGED, "a table in words does not say what the stored rows say");
	if (e != ERR_OK)
		v->first_bad = v->blocks;
	return e;
}

enum err replica_verify(struct replica *r, uint64_t *ret_blocks, uint64_t *ret_txs, uint64_t *ret_first_bad,
			struct task *task, struct err_info *info)
{
	struct ledger_verified v = {0};
	enum err e;

	if (r->full) {
		e = verify_full(r, &v, task, info);
	} else {
		e = verify_headers(r, &v, task, info);
		if (e == ERR_OK)
			e = verify_rows(r, &v, info);
		if (e == ERR_OK)
			e = verify_rules(r, &v, info);
	}
	if (e == ERR_OK)
		e = verify_words(r, &v, info);
	*ret_blocks = v.blocks;
	*ret_txs = v.txs;
	*ret_first_bad = v.first_bad;
	return e;
}
