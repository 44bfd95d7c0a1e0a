/* SPDX-License-Identifier: Apache-2.0 */
/* Making one block: choose, build, sign, execute, store, and only then tell anybody. */
#include "chain/engine/solo_internal.h"

/* The bytes of one block that is not stored yet. */
struct made {
	struct buf header, block, commit;
	struct hash32 hash;
	struct block_id id;
};

/* What a block builds on. */
struct parent {
	uint64_t height; /* 0: none */
	struct hash32 app_hash, results_hash;
	struct block_id id;
	struct bytes commit;
};

static void made_release(struct made *m)
{
	buf_release(&m->header);
	buf_release(&m->block);
	buf_release(&m->commit);
}

static void header_fill(const struct solo *s, struct block_header *h, const struct parent *p,
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
	h->last_block_id = p->id;
	h->data_hash = digest_of(&data);
	h->validators_hash = digest_of(&validators);
	h->next_validators_hash = h->validators_hash;
	h->consensus_hash = digest_of(&consensus);
	h->app_hash = digest_of(&p->app_hash);
	h->last_results_hash = digest_of(p->height == 0 ? &empty : &p->results_hash);
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

static enum err build(struct solo *s, struct made *m, const struct parent *p, const struct app_block *b,
		      struct err_info *info)
{
	struct block block = {.txs = b->txs, .tx_count = b->count};
	struct commit mine;
	struct hash32 last;

	memset(&block.last_commit, 0, sizeof(block.last_commit));
	if (p->height > 0)
		TRY(commit_decode(&block.last_commit, p->commit, info));
	last = commit_hash(&block.last_commit);
	header_fill(s, &block.header, p, b);
	block.header.last_commit_hash = digest_of(&last);
	header_encode(&m->header, &block.header);
	block_encode(&m->block, &block);
	TRY(buf_error(&m->header));
	TRY(buf_error(&m->block));
	m->hash = header_hash(&block.header);
	m->id = block_id_of(&m->hash, buf_bytes(&m->block));
	commit_sign(s, &mine, &block.header, &m->id);
	commit_encode(&m->commit, &mine);
	return buf_error(&m->commit);
}

static struct app_store store_of(const struct made *m)
{
	return (struct app_store){.block_hash = m->hash, .header = buf_bytes(&m->header), .block = buf_bytes(&m->block),
				  .commit = buf_bytes(&m->commit)};
}

/* Two blocks at most: what was chosen, and the empty one that carries the root it made. */
struct making {
	struct parent parent;
	struct app_block block;
	struct made first, second;
	bool followed;
	struct app_finalized done;
};

/* The empty block behind a block that changed the root, when nothing else waits that could take its place. */
static enum err build_second(struct solo *s, struct making *w, struct app_store *store, struct app_store *next,
			     struct err_info *info)
{
	struct parent on = {.height = w->block.height, .app_hash = w->done.app_hash, .results_hash = w->done.results_hash,
			    .id = w->first.id, .commit = buf_bytes(&w->first.commit)};
	struct app_block b = {.height = w->block.height + 1, .time = {w->block.time.v + 1}};

	w->followed = w->block.count > 0 && s->pool.ready_count == w->block.count &&
		      !ID_EQUAL(w->done.app_hash, w->parent.app_hash);
	if (!w->followed)
		return ERR_OK;
	TRY(build(s, &w->second, &on, &b, info));
	*next = store_of(&w->second);
	store->next = next;
	store->next_time = b.time;
	return ERR_OK;
}

/* How many found room: what the block could not pay for begins the next one.  The first had the whole block, so a refusal
 * of it is its own.
 */
static size_t fitting(const struct app_finalized *f, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (f->results[i].code == (uint32_t)-(int)ERR_LIMIT)
			return i;
	return count;
}

/* Execute as many of the chosen as there is room for.  Costs were found at the check, against an older state. */
static enum err execute(struct solo *s, struct making *w, struct err_info *info)
{
	const struct application *app = s->options.app;
	size_t fits;

	TRY(app->process(app->self, &w->block));
	TRY(app->finalize(app->self, &w->done, &w->block, info));
	fits = fitting(&w->done, w->block.count);
	if (fits == w->block.count)
		return ERR_OK;
	app->abandon(app->self);
	w->block.count = fits;
	return app->finalize(app->self, &w->done, &w->block, info);
}

/* Execute and store.  Afterwards everything is durable, or nothing has changed. */
static enum err settle(struct solo *s, struct making *w, struct err_info *info)
{
	const struct application *app = s->options.app;
	struct app_store store, next;
	const struct made *last;
	enum err e;

	TRY(execute(s, w, info));
	e = build(s, &w->first, &w->parent, &w->block, info);
	if (e == ERR_OK) {
		store = store_of(&w->first);
		e = build_second(s, w, &store, &next, info);
	}
	if (e == ERR_OK)
		e = app->commit(app->self, &store, info);
	if (e != ERR_OK) {
		app->abandon(app->self);
		return e;
	}
	last = w->followed ? &w->second : &w->first;
	s->last_id = last->id;
	buf_clear(&s->last_commit);
	buf_append_bytes(&s->last_commit, buf_bytes(&last->commit));
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

static void count(struct solo *s, const struct making *w)
{
	s->follow_up = !w->followed && !ID_EQUAL(w->done.app_hash, w->parent.app_hash);
	s->refresh = false;
	s->counters.blocks += w->followed ? 2 : 1;
	s->counters.empty_blocks += w->block.count == 0 || w->followed ? 1 : 0;
	s->counters.txs += w->block.count;
	log_event(s->options.host.log, LOG_DEBUG, "block", "height=%llu txs=%zu", (unsigned long long)w->block.height,
		  w->block.count);
}

static enum err make(struct solo *s, struct chosen *c, struct making *w, struct err_info *info)
{
	const struct application *app = s->options.app;
	struct app_info at = app->info(app->self);

	w->parent = (struct parent){at.height, at.app_hash, at.results_hash, s->last_id, buf_bytes(&s->last_commit)};
	w->block = (struct app_block){.height = at.height + 1, .txs = c->txs, .count = c->count};
	TRY(solo_time(s, &w->block.time, info));
	TRY(settle(s, w, info));
	c->count = w->block.count; /* the rest keeps its place in the queue */
	count(s, w);
	answer(s, c, &w->done, w->block.height);
	for (size_t i = 0; i < s->subscriber_count; i++)
		s->subscribers[i].each(s->subscribers[i].context, w->block.height + w->followed);
	return ERR_OK;
}

enum err solo_block(struct solo *s, bool empty, struct err_info *info)
{
	struct chosen c = {0};
	struct making w = {0};
	enum err e = ERR_OK;

	if (!empty && s->pool.ready_count > 0)
		e = choose(s, &c);
	if (e == ERR_OK)
		e = make(s, &c, &w, info);
	chosen_release(&c);
	made_release(&w.first);
	made_release(&w.second);
	return e;
}
