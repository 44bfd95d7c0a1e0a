/* SPDX-License-Identifier: Apache-2.0 */
/* A full replica: every block verified and re-executed, its state, events and transactions stored, in pages of one
 * SQLite transaction each.
 */
#include <stdlib.h>

#include "core/crypto/hash.h"
#include "core/ledger/ahead.h"
#include "core/ledger/replay.h"
#include "core/ledger/replica_internal.h"

static enum err store_event(void *self, const struct account_id *owner, uint64_t n, struct bytes raw)
{
	Medlock__Event *event;
	enum err e;

	TRY(event_parse(&event, owner, n, raw, NULL));
	e = replica_project_event(self, event, raw, NULL);
	WIRE_FREE(event);
	return e;
}

static enum err store_row(void *self, struct bytes key, const struct bytes *value)
{
	return replica_project_row(self, key, value, NULL);
}

static enum err store_tx(struct replica *r, uint64_t height, size_t index, struct bytes tx,
			 const struct contract_result *result, struct err_info *info)
{
	struct hash32 id = hash_sha256(tx);
	sqlite3_stmt *s;

	TRY(db_statement(&s, r->db,
			 "INSERT INTO tx(id, height, position, code, data) VALUES(?1, ?2, ?3, ?4, ?5)", info));
	db_bind_bytes(s, 1, BYTES_ID(id));
	db_bind_int(s, 2, (int64_t)height);
	db_bind_int(s, 3, (int64_t)index);
	db_bind_int(s, 4, result->code);
	db_bind_bytes(s, 5, buf_bytes(&result->data));
	return db_run(r->db, s, info);
}

static enum err store_block(struct replica *r, const struct replayed *x, struct bytes body, struct err_info *info)
{
	for (size_t i = 0; i < x->block.tx_count; i++)
		TRY(store_tx(r, (uint64_t)x->block.header.height, i, x->block.txs[i], &x->executed.results[i], info));
	TRY(replica_put_block(r, &x->light, body, x->block.tx_count, info));
	TRY(replica_put_state_mark(r, (uint64_t)x->block.header.height, &x->executed.app_hash, info));
	return replica_meta_put(r, "results_hash", BYTES_ID(x->executed.results_hash), info);
}

static enum err one_block(struct replica *r, struct replay *p, const Medlock__BlockReply *b, struct err_info *info)
{
	struct contract_sink sink = {r, store_event};
	struct replayed *x = calloc(1, sizeof(*x));
	enum err e;

	if (x == NULL)
		return ERR_MEMORY;
	e = replay_block(p, x, wire_bytes(b->block), wire_bytes(b->commit), &sink, store_row, r, info);
	if (e == ERR_OK) {
		e = store_block(r, x, wire_bytes(b->block), info);
		block_release(&x->block);
	}
	free(x);
	return e;
}

static void drop_executor(struct replica *r)
{
	executor_free(r->executor);
	r->executor = NULL;
}

/* A next header that leads back to another one than ours, or to another state, is evidence when the validators signed it. */
static bool contradicts(const struct replica *r, const struct replay *p, const struct light_block *seen)
{
	const struct block_header *h = &seen->header;

	return h->height == p->last.height + 1 &&
	       ((p->last.height > 0 && !digest_is(&h->last_block_id.hash, &p->last_hash)) ||
		!digest_is(&h->app_hash, &p->app_hash) || !digest_is(&h->last_results_hash, &p->results_hash)) &&
	       light_check_commit(seen, &r->validators, NULL) == ERR_OK;
}

static void keep_evidence(struct replica *r, const struct replay *p, const Medlock__BlockReply *b)
{
	struct light_block *seen = calloc(1, sizeof(*seen));
	struct block block;

	if (seen != NULL && block_decode(&block, wire_bytes(b->block), NULL) == ERR_OK) {
		seen->header = block.header;
		if (commit_decode(&seen->commit, wire_bytes(b->commit), NULL) == ERR_OK && contradicts(r, p, seen))
			(void)!replica_put_evidence(r, seen, NULL);
		block_release(&block);
	}
	free(seen);
}

static enum err apply_page(struct replica *r, struct replay *p, const Medlock__BlocksReply *reply,
			   struct err_info *info)
{
	struct ahead *ahead;
	enum err e = ERR_OK;
	size_t i = 0;

	TRY(db_begin(r->db, info));
	ahead = ahead_new(r->executor, reply);
	executor_verdicts(r->executor, ahead_verdicts(ahead));
	while (e == ERR_OK && i < reply->n_blocks)
		e = one_block(r, p, reply->blocks[i++], info);
	executor_verdicts(r->executor, NULL);
	ahead_free(ahead);
	if (e == ERR_OK)
		return db_commit(r->db, info);
	db_rollback(r->db);
	drop_executor(r); /* its trie went further than the table */
	if (e == ERR_CHAIN || e == ERR_APP_HASH)
		keep_evidence(r, p, reply->blocks[i - 1]);
	return e;
}

static enum err project_stored(void *self, struct bytes key, struct bytes value)
{
	return replica_project_row(self, key, &value, NULL);
}

static enum err start_genesis(struct replica *r, struct err_info *info)
{
	struct hash32 root;
	enum err e;

	TRY(db_begin(r->db, info));
	e = executor_genesis(r->executor, r->genesis, info);
	if (e == ERR_OK)
		e = replica_scan(r, bytes_of(NULL, 0), project_stored, r, info);
	root = executor_root(r->executor);
	if (e == ERR_OK)
		e = replica_put_state_mark(r, 0, &root, info);
	if (e == ERR_OK)
		e = replica_meta_put(r, "genesis_done", bytes_str("yes"), info);
	if (e == ERR_OK)
		return db_commit(r->db, info);
	db_rollback(r->db);
	drop_executor(r);
	return e;
}

/* An executor whose state is the stored one.  A state that was changed behind our back is our damage: unnoticed here, the
 * next header would seem to lie, and an honest peer would be dropped for it.
 */
static enum err ready_executor(struct replica *r, uint64_t height, struct err_info *info)
{
	enum err e;

	if (r->executor != NULL && replica_check_state_mark(r, height, executor_root(r->executor), NULL) == ERR_OK)
		return ERR_OK;
	drop_executor(r); /* none yet, or another process has synced since */
	TRY(executor_new(&r->executor, r->db, &r->network, info));
	e = replica_check_state_mark(r, height, executor_root(r->executor), info);
	if (e != ERR_OK)
		drop_executor(r);
	return e;
}

static enum err begin_state(struct replica *r, uint64_t height, struct err_info *info)
{
	struct buf done = BUF_INIT;
	enum err e = replica_meta_get(r, &done, "genesis_done", info);

	buf_release(&done);
	if (e != ERR_NOT_FOUND)
		return e == ERR_OK ? ready_executor(r, height, info) : e;
	drop_executor(r);
	TRY(executor_new(&r->executor, r->db, &r->network, info));
	return start_genesis(r, info);
}

/* Where the stored blocks end, for the next one to go on from. */
static enum err read_last(struct replica *r, struct block_header *ret, struct hash32 *ret_results, uint64_t height,
			  struct err_info *info)
{
	struct buf hash = BUF_INIT;
	enum err e = replica_read_header(r, ret, height, info);

	if (e == ERR_OK)
		e = replica_meta_get(r, &hash, "results_hash", info);
	if (e == ERR_OK && hash.len == ID_SIZE)
		ID_COPY(*ret_results, hash.data);
	buf_release(&hash);
	return e;
}

static enum err start(struct replica *r, struct replay *p, uint64_t height, struct err_info *info)
{
	struct block_header last = {0};
	struct hash32 results = block_empty_hash();

	TRY(begin_state(r, height, info));
	if (height > 0)
		TRY(read_last(r, &last, &results, height, info));
	return replay_init(p, r->executor, r->genesis, &r->validators, &last, &results, info);
}

enum err sync_full(struct replica *r, struct replica_sync_report *report, const struct peer_call *call, uint64_t tip,
		   struct err_info *info)
{
	struct replay *p = calloc(1, sizeof(*p));
	Medlock__BlocksReply *reply;
	uint64_t height = 0;
	enum err e = p ? replica_tip(r, &height, info) : ERR_MEMORY;

	if (e == ERR_OK)
		e = start(r, p, height, info);
	while (e == ERR_OK && height < tip) {
		e = task_check(call->task);
		if (e == ERR_OK)
			e = peer_blocks(call, &reply, height + 1, API_BLOCKS_MAX, info);
		if (e != ERR_OK)
			break;
		if (reply->n_blocks == 0)
			e = err_set(info, ERR_CHAIN, "the peer claims block %llu and does not show it",
					(unsigned long long)tip);
		else
			e = apply_page(r, p, reply, info);
		if (e == ERR_OK) {
			height += reply->n_blocks;
			report->headers += reply->n_blocks;
		}
		WIRE_FREE(reply);
		task_progress(call->task, "blocks", height, tip);
	}
	free(p);
	return e;
}
