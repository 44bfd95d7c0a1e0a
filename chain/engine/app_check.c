/* SPDX-License-Identifier: Apache-2.0 */
/* Proving a store whole: every block is executed again from the genesis in a store of its own, and each thing that is
 * stored is compared with what comes out.
 */
#include <unistd.h>

#include "chain/engine/app_internal.h"
#include "chain/proto/validators.h"

#define CHECK_PATH_MAX 4200

struct checking {
	struct ledger_app *stored, *again;
	struct validator_set validators;
	struct block_id last_id;
	struct hash32 last_commit;
	struct block block;
	struct commit *commit;
	struct buf header_bytes, block_bytes, commit_bytes, scratch;
	uint64_t height, events;
};

static enum err differs(struct err_info *info, const char *what)
{
	return err_set(info, ERR_DAMAGED, "%s is not what it should be", what);
}

/* ---- the block's own bytes ---- */

static enum err check_commit(struct checking *c, const struct block_id *id, struct err_info *info)
{
	const struct commit_sig *sig = &c->commit->sigs[0];
	const struct validator *v = validators_find(&c->validators, &sig->address);
	enum err e;

	if (c->commit->height != (int64_t)c->height || !block_id_equal(&c->commit->block_id, id) ||
	    c->commit->count != 1 || sig->flag != COMMIT_FOR_BLOCK || v == NULL)
		return differs(info, "the commit");
	buf_clear(&c->scratch);
	vote_sign_bytes(&c->scratch, c->block.header.chain_id, c->commit->height, c->commit->round, id, sig->time);
	e = sign_verify(&sig->signature, &v->key, buf_bytes(&c->scratch));
	return e == ERR_OK ? e : differs(info, "the commit's signature");
}

static enum err check_header(struct checking *c, struct err_info *info)
{
	const struct block_header *h = &c->block.header;
	const struct app_info *at = &c->again->at;
	struct hash32 validators = validators_hash(&c->validators);
	struct hash32 results = at->height == 0 ? block_empty_hash() : at->results_hash;

	buf_clear(&c->scratch);
	header_encode(&c->scratch, h);
	if (!bytes_equal(buf_bytes(&c->scratch), buf_bytes(&c->header_bytes)))
		return differs(info, "the stored header");
	if (h->height != (int64_t)c->height || strcmp(h->chain_id, c->again->genesis->chain_id) != 0)
		return differs(info, "the header's height or chain");
	if (!block_id_equal(&h->last_block_id, &c->last_id))
		return differs(info, "the link to the block before");
	if (block_time_ms(h->time).v <= (at->height == 0 ? c->again->genesis->time : at->time.v))
		return differs(info, "the block's time");
	if (!digest_is(&h->validators_hash, &validators))
		return differs(info, "the validators' hash");
	if (!digest_is(&h->app_hash, &at->app_hash))
		return differs(info, "the state's root in the header");
	if (!digest_is(&h->last_results_hash, &results))
		return differs(info, "the results' hash in the header");
	return ERR_OK;
}

static enum err check_bytes(struct checking *c, struct err_info *info)
{
	struct hash32 hash = header_hash(&c->block.header);
	struct block_id id = block_id_of(&hash, buf_bytes(&c->block_bytes));

	buf_clear(&c->scratch);
	block_encode(&c->scratch, &c->block);
	if (!bytes_equal(buf_bytes(&c->scratch), buf_bytes(&c->block_bytes)))
		return differs(info, "the block's encoding");
	TRY(block_check(&c->block, info));
	TRY(check_header(c, info));
	TRY(commit_decode(c->commit, buf_bytes(&c->commit_bytes), info));
	TRY(check_commit(c, &id, info));
	c->last_id = id;
	return ERR_OK;
}

/* ---- what it does ---- */

static enum err check_results(struct checking *c, const struct app_finalized *f, struct err_info *info)
{
	struct ledger_tx at;

	for (size_t i = 0; i < c->block.tx_count; i++) {
		enum err e;

		buf_clear(&c->scratch);
		e = rows_tx_at(&c->stored->rows, &at, &c->scratch, c->height, (uint32_t)i, &c->again->ids[i]);
		if (e == ERR_NOT_FOUND)
			return differs(info, "a transaction's row");
		TRY(e);
		if (at.code != f->results[i].code ||
		    !bytes_equal(buf_bytes(&c->scratch), buf_bytes(&f->results[i].data)))
			return differs(info, "a transaction's result");
	}
	return ERR_OK;
}

static enum err check_events(struct checking *c, struct err_info *info)
{
	const struct app_events *l = &c->again->events;

	for (size_t i = 0; i < l->count; i++) {
		enum err e;

		buf_clear(&c->scratch);
		e = rows_event(&c->stored->rows, &c->scratch, &l->rows[i].owner, l->rows[i].n);
		if (e != ERR_OK || !bytes_equal(buf_bytes(&c->scratch), bytes_of(l->rows[i].bytes, l->rows[i].len)))
			return differs(info, "an owner's event");
	}
	c->events += l->count;
	return ERR_OK;
}

static enum err check_block(struct checking *c, struct err_info *info)
{
	struct app_block b = {.height = c->height, .time = block_time_ms(c->block.header.time), .txs = c->block.txs,
			      .count = c->block.tx_count};
	struct app_store store = {.block_hash = header_hash(&c->block.header), .header = buf_bytes(&c->header_bytes)};
	const struct application *app = &c->again->interface;
	struct app_finalized f;

	TRY(check_bytes(c, info));
	TRY(app->finalize(app->self, &f, &b, info));
	TRY(check_results(c, &f, info));
	TRY(check_events(c, info));
	return app->commit(app->self, &store, info);
}

static enum err check_height(struct checking *c, struct err_info *info)
{
	enum err e;

	buf_clear(&c->header_bytes);
	buf_clear(&c->block_bytes);
	buf_clear(&c->commit_bytes);
	e = rows_header(&c->stored->rows, &c->header_bytes, &c->commit_bytes, c->height);
	buf_clear(&c->commit_bytes);
	if (e == ERR_OK)
		e = rows_block(&c->stored->rows, &c->block_bytes, &c->commit_bytes, c->height);
	if (e == ERR_NOT_FOUND)
		return differs(info, "the list of blocks: one is missing, and it");
	TRY(e);
	TRY(block_decode(&c->block, buf_bytes(&c->block_bytes), info));
	e = check_block(c, info);
	block_release(&c->block);
	return e;
}

/* ---- what stands in the end ---- */

static enum err check_end(struct checking *c, struct err_info *info)
{
	uint64_t events = 0, txs = 0, want = 0;

	if (!ID_EQUAL(c->stored->at.app_hash, c->again->at.app_hash) ||
	    trie_count(c->stored->trie) != trie_count(c->again->trie))
		return differs(info, "the stored state");
	TRY(rows_count(&c->stored->rows, &txs, &events));
	TRY(rows_count(&c->again->rows, &want, &(uint64_t){0}));
	if (events != c->events || txs != want)
		return differs(info, "the number of stored transactions or events");
	return ERR_OK;
}

static enum err check_all(struct checking *c, uint64_t *ret_bad, struct err_info *info)
{
	const struct application *app = &c->again->interface;
	enum err e;

	TRY(db_check(c->stored->db, info));
	TRY(validators_of_network(&c->validators, c->again->genesis->network));
	if (!c->stored->initialised)
		return ERR_OK;
	TRY(app->init_chain(app->self, info));
	for (c->height = 1; c->height <= c->stored->at.height; c->height++) {
		e = check_height(c, info);
		if (e != ERR_OK) {
			*ret_bad = c->height;
			return e;
		}
	}
	e = check_end(c, info);
	if (e != ERR_OK)
		*ret_bad = c->stored->at.height;
	return e;
}

static void scratch_remove(const char *path)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[CHECK_PATH_MAX + 8];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
}

static void checking_free(struct checking *c)
{
	ledger_app_free(c->stored);
	ledger_app_free(c->again);
	buf_release(&c->header_bytes);
	buf_release(&c->block_bytes);
	buf_release(&c->commit_bytes);
	buf_release(&c->scratch);
	free(c->commit);
	free(c);
}

enum err ledger_check(const char *path, struct bytes genesis, uint64_t *ret_height, uint64_t *ret_bad,
		      struct err_info *info)
{
	struct checking *c = calloc(1, sizeof(*c));
	struct db_options unsynced = {.unsynced = true};
	char again[CHECK_PATH_MAX];
	enum err e = ERR_OK;

	if (c == NULL || (c->commit = calloc(1, sizeof(*c->commit))) == NULL) {
		free(c);
		return err_set(info, ERR_MEMORY, "while checking");
	}
	*ret_bad = 0;
	snprintf(again, sizeof(again), "%s.check", path);
	scratch_remove(again);
	e = ledger_app_start(&c->stored, path, NULL, genesis, NULL, info);
	if (e == ERR_OK)
		e = ledger_app_start(&c->again, again, &unsynced, genesis, NULL, info);
	if (e == ERR_OK)
		e = check_all(c, ret_bad, info);
	if (e == ERR_OK)
		*ret_height = c->stored->at.height;
	else if (*ret_bad > 0 && e != ERR_MEMORY && e != ERR_IO && e != ERR_DISK_FULL)
		e = err_wrap(info, ERR_DAMAGED, "block %llu", (unsigned long long)*ret_bad);
	checking_free(c);
	scratch_remove(again);
	return e;
}
