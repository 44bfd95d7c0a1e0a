/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/replay.h"

enum err replay_init(struct replay *p, struct executor *x, const Medlock__Genesis *genesis,
		     const struct validator_set *validators, const struct block_header *last,
		     const struct hash32 *results_hash, struct err_info *info)
{
	*p = (struct replay){.executor = x, .genesis = genesis, .validators = validators};
	p->app_hash = executor_root(x);
	p->results_hash = results_hash ? *results_hash : block_empty_hash();
	if (last != NULL && last->height > 0) {
		p->last = *last;
		p->last_hash = header_hash(last);
	}
	(void)info;
	return ERR_OK;
}

static enum err bad(struct err_info *info, enum err e, int64_t height, const char *what)
{
	return err_set(info, e, "block %lld: %s", (long long)height, what);
}

/* Chain, height, time, predecessor. */
static enum err check_place(const struct replay *p, const struct block_header *h, struct err_info *info)
{
	if (strcmp(h->chain_id, p->genesis->chain_id) != 0)
		return bad(info, ERR_CHAIN, h->height, "another chain");
	if (h->height != p->last.height + 1)
		return bad(info, ERR_CHAIN, h->height, "out of order");
	if (p->last.height > 0 && !digest_is(&h->last_block_id.hash, &p->last_hash))
		return bad(info, ERR_CHAIN, h->height, "does not link to the one before it");
	if (p->last.height > 0 && block_time_compare(h->time, p->last.time) <= 0)
		return bad(info, ERR_CHAIN, h->height, "its time does not move on");
	return ERR_OK;
}

/* What the block before it led to. */
static enum err check_state(const struct replay *p, const struct block_header *h, struct err_info *info)
{
	struct hash32 set = validators_hash(p->validators);

	if (!digest_is(&h->app_hash, &p->app_hash))
		return bad(info, ERR_APP_HASH, h->height - 1, "re-execution gives another state");
	if (!digest_is(&h->last_results_hash, &p->results_hash))
		return bad(info, ERR_APP_HASH, h->height - 1, "re-execution gives other results");
	if (!digest_is(&h->validators_hash, &set) || !digest_is(&h->next_validators_hash, &set))
		return bad(info, ERR_CHAIN, h->height, "other validators than the network's");
	return ERR_OK;
}

static enum err check_commit(const struct replay *p, const struct light_block *light, struct bytes encoded,
			     struct err_info *info)
{
	struct hash32 hash = header_hash(&light->header);
	struct block_id id = block_id_of(&hash, encoded);

	if (!block_id_equal(&id, &light->commit.block_id))
		return bad(info, ERR_CHAIN, light->header.height, "the commit is for another block");
	return light_check_commit(light, p->validators, info);
}

static enum err judge(struct replay *p, struct replayed *x, struct bytes encoded, struct bytes commit,
		      struct err_info *info)
{
	TRY(commit_decode(&x->light.commit, commit, info));
	x->light.header = x->block.header;
	TRY(check_place(p, &x->block.header, info));
	TRY(block_check(&x->block, info));
	TRY(check_state(p, &x->block.header, info));
	return check_commit(p, &x->light, encoded, info);
}

enum err replay_block(struct replay *p, struct replayed *ret, struct bytes block, struct bytes commit,
		      const struct contract_sink *sink, executed_row *changed, void *self, struct err_info *info)
{
	struct buf again = BUF_INIT;
	enum err e;

	TRY(block_decode(&ret->block, block, info));
	block_encode(&again, &ret->block);
	e = buf_error(&again);
	if (e == ERR_OK && !bytes_equal(buf_bytes(&again), block))
		e = bad(info, ERR_CHAIN, ret->block.header.height, "its bytes are not the canonical ones");
	if (e == ERR_OK)
		e = judge(p, ret, buf_bytes(&again), commit, info);
	if (e == ERR_OK)
		e = executor_block(p->executor, &ret->executed, &ret->block, sink, changed, self, info);
	buf_release(&again);
	if (e != ERR_OK) {
		block_release(&ret->block);
		return e;
	}
	p->last = ret->block.header;
	p->last_hash = header_hash(&p->last);
	p->app_hash = ret->executed.app_hash;
	p->results_hash = ret->executed.results_hash;
	return ERR_OK;
}
