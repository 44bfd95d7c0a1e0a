/* SPDX-License-Identifier: Apache-2.0 */
/* Making one block: choose, build, sign, execute, store, and only then tell anybody. */
#include "chain/engine/solo_internal.h"

/* The bytes of one block that is not stored yet. */
struct made {
	struct buf header, block, commit;
	struct hash32 hash;
	struct block_id id;
};

static void made_release(struct made *m)
{
	buf_release(&m->header);
	buf_release(&m->block);
	buf_release(&m->commit);
}

static void header_fill(const struct solo *s, struct block_header *h, const struct app_info *at,
			const struct app_block *b)
{
	struct validator_address me = validator_address_of(&s->options.validator_public);
	struct validator_set set;
	struct validator only = {.key = s->options.validator_public, .power = s->options.validator_power};
	struct hash32 data = block_data_hash(b->txs, b->count), empty = block_empty_hash(), validators, consensus;

	ASSERT(validators_make(&set, &only, 1) == ERR_OK);
	validators = validators_hash(&set);
	consensus = block_consensus_hash(BLOCK_SIZE_MAX, BLOCK_COST_MAX);
	memset(h, 0, sizeof(*h));
	h->version_block = BLOCK_PROTOCOL;
	h->version_app = CONTRACT_VERSION;
	snprintf(h->chain_id, sizeof(h->chain_id), "%s", s->options.chain_id);
	h->height = (int64_t)b->height;
	h->time = block_time_of(b->time);
	h->last_block_id = s->last_id;
	h->data_hash = digest_of(&data);
	h->validators_hash = digest_of(&validators);
	h->next_validators_hash = h->validators_hash;
	h->consensus_hash = digest_of(&consensus);
	h->app_hash = digest_of(&at->app_hash);
	h->last_results_hash = digest_of(at->height == 0 ? &empty : &at->results_hash);
	h->evidence_hash = digest_of(&empty);
	h->has_proposer = true;
	h->proposer = me;
}

/* One precommit of round 0 for the block, with the block's own time. */
static void commit_sign(const struct solo *s, struct commit *c, const struct block_header *h,
			const struct block_id *id)
{
	struct buf message = BUF_INIT;

	memset(c, 0, sizeof(*c));
	c->height = h->height;
	c->block_id = *id;
	c->count = 1;
	c->sigs[0].flag = COMMIT_FOR_BLOCK;
	c->sigs[0].address = h->proposer;
	c->sigs[0].time = h->time;
	vote_sign_bytes(&message, h->chain_id, h->height, 0, id, h->time);
	sign_make(&c->sigs[0].signature, s->options.validator, buf_bytes(&message));
	buf_release(&message);
}

static enum err build(struct solo *s, struct made *m, struct commit *scratch, const struct app_info *at,
		      const struct app_block *b, struct err_info *info)
{
	struct block block = {.txs = b->txs, .tx_count = b->count};
	struct hash32 last;

	memset(&block.last_commit, 0, sizeof(block.last_commit));
	if (at->height > 0)
		TRY(commit_decode(&block.last_commit, buf_bytes(&s->last_commit), info));
	last = commit_hash(&block.last_commit);
	header_fill(s, &block.header, at, b);
	block.header.last_commit_hash = digest_of(&last);
	header_encode(&m->header, &block.header);
	block_encode(&m->block, &block);
	TRY(buf_error(&m->header));
	TRY(buf_error(&m->block));
	m->hash = header_hash(&block.header);
	m->id = block_id_of(&m->hash, buf_bytes(&m->block));
	commit_sign(s, scratch, &block.header, &m->id);
	commit_encode(&m->commit, scratch);
	return buf_error(&m->commit);
}

/* Execute and store.  Afterwards the block is durable, or nothing has changed. */
static enum err settle(struct solo *s, struct made *m, struct app_finalized *ret, const struct app_block *b,
		       struct err_info *info)
{
	const struct application *app = s->options.app;
	struct app_store store = {m->hash, buf_bytes(&m->header), buf_bytes(&m->block), buf_bytes(&m->commit)};
	enum err e;

	TRY(app->process(app->self, b));
	TRY(app->finalize(app->self, ret, b, info));
	e = app->commit(app->self, &store, info);
	if (e != ERR_OK) {
		app->abandon(app->self);
		return e;
	}
	s->last_id = m->id;
	buf_clear(&s->last_commit);
	buf_append_bytes(&s->last_commit, buf_bytes(&m->commit));
	return buf_error(&s->last_commit);
}

/* ---- what goes in ---- */

struct chosen {
	struct pending **rows;
	struct bytes *txs;
	size_t count;
};

static void chosen_release(struct chosen *c)
{
	free(c->rows);
	free(c->txs);
}

static enum err choose(struct solo *s, struct chosen *c)
{
	const struct application *app = s->options.app;
	size_t count = s->pool.ready_count, i = 0;
	const struct tx **txs = calloc(count, sizeof(*txs));
	size_t *sizes = calloc(count, sizeof(*sizes));
	bool *take = calloc(count, sizeof(*take));
	struct pending *p;

	c->rows = calloc(count, sizeof(*c->rows));
	c->txs = calloc(count, sizeof(*c->txs));
	if (txs == NULL || sizes == NULL || take == NULL || c->rows == NULL || c->txs == NULL) {
		free(txs), free(sizes), free(take);
		return ERR_MEMORY;
	}
	TAILQ_FOREACH(p, &s->pool.ready, link) {
		txs[i] = &p->tx;
		sizes[i++] = p->size;
	}
	app->prepare(app->self, take, txs, sizes, count);
	i = 0;
	TAILQ_FOREACH(p, &s->pool.ready, link) {
		if (!take[i++])
			continue;
		c->rows[c->count] = p;
		c->txs[c->count++] = bytes_of(p->raw, p->size);
	}
	free(txs), free(sizes), free(take);
	return ERR_OK;
}

static void answer(struct solo *s, const struct chosen *c, const struct app_finalized *f, uint64_t height)
{
	for (size_t i = 0; i < c->count; i++) {
		struct pending *p = c->rows[i];
		struct engine_outcome outcome = {.id = p->tx.id, .code = (enum err)-(int)f->results[i].code,
						 .height = height, .index = (uint32_t)i,
						 .data = buf_bytes(&f->results[i].data)};

		mempool_remove(&s->pool, p);
		pending_answer(p, &outcome);
		pending_free(p);
	}
}

static enum err make(struct solo *s, struct chosen *c, struct made *m, struct err_info *info)
{
	const struct application *app = s->options.app;
	struct app_info at = app->info(app->self);
	struct app_block b = {.height = at.height + 1, .txs = c->txs, .count = c->count};
	struct app_finalized f;
	struct commit *scratch;
	enum err e;

	TRY(solo_time(s, &b.time, info));
	scratch = calloc(1, sizeof(*scratch));
	if (scratch == NULL)
		return ERR_MEMORY;
	e = build(s, m, scratch, &at, &b, info);
	free(scratch);
	if (e == ERR_OK)
		e = settle(s, m, &f, &b, info);
	if (e != ERR_OK)
		return e;
	s->follow_up = !ID_EQUAL(f.app_hash, at.app_hash);
	s->refresh = false;
	s->counters.blocks++;
	s->counters.empty_blocks += c->count == 0;
	s->counters.txs += c->count;
	log_event(s->options.host.log, LOG_DEBUG, "block", "height=%llu txs=%zu", (unsigned long long)b.height,
		  c->count);
	answer(s, c, &f, b.height);
	for (size_t i = 0; i < s->subscriber_count; i++)
		s->subscribers[i].each(s->subscribers[i].context, b.height);
	return ERR_OK;
}

enum err solo_block(struct solo *s, bool empty, struct err_info *info)
{
	struct chosen c = {0};
	struct made m = {.header = BUF_INIT, .block = BUF_INIT, .commit = BUF_INIT};
	enum err e = ERR_OK;

	if (!empty && s->pool.ready_count > 0)
		e = choose(s, &c);
	if (e == ERR_OK)
		e = make(s, &c, &m, info);
	chosen_release(&c);
	made_release(&m);
	return e;
}
