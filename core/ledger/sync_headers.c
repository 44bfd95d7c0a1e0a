/* SPDX-License-Identifier: Apache-2.0 */
/* Headers in batches: the last of each is verified against what is trusted (skipping), the others by hash backwards.  Each
 * commit is checked all the same before it is stored: rows are shown later with the commit of their header, and a peer
 * could damage our copy with one that nobody looked at.
 */
#include <stdlib.h>

#include "core/ledger/replica_internal.h"

/* Validators of this version never change, so that an old header vouches as well as a new one. */
static const struct light_options trust_options = {.trusting_ms = 0, .drift_ms = LIGHT_DRIFT_MS};

static enum err trust_at(struct replica *r, struct light_trust *ret, uint64_t height, struct err_info *info)
{
	if (height == 0)
		return light_trust_genesis(ret, r->genesis);
	TRY(replica_read_header(r, &ret->header, height, info));
	ret->validators = r->validators;
	return ERR_OK;
}

static enum err decode_batch(struct light_block *batch, const Medlock__HeadersReply *reply, uint64_t from,
			     struct err_info *info)
{
	for (size_t i = 0; i < reply->n_headers; i++) {
		TRY(light_block_decode(&batch[i], wire_bytes(reply->headers[i]->header),
				       wire_bytes(reply->headers[i]->commit), info));
		if ((uint64_t)batch[i].header.height != from + i)
			return err_set(info, ERR_CHAIN, "the peer sent header %lld in place of %llu",
				       (long long)batch[i].header.height, (unsigned long long)(from + i));
	}
	return ERR_OK;
}

/* Every header links to the one before it, the first to what we hold; every commit is for its header. */
static enum err check_links(const struct light_trust *held, uint64_t height, const struct light_block *batch,
				size_t count, struct err_info *info)
{
	for (size_t i = count; i-- > 0;) {
		const struct block_header *before = i > 0 ? &batch[i - 1].header : &held->header;

		if (i > 0 || height > 0)
			TRY(light_verify_back(&batch[i].header, before, info));
	}
	return ERR_OK;
}

static enum err check_commits(struct replica *r, const struct light_block *batch, size_t count, struct err_info *info)
{
	for (size_t i = 0; i < count; i++)
		TRY(light_check_commit(&batch[i], &r->validators, info));
	return ERR_OK;
}

static enum err store_batch(struct replica *r, const struct light_block *batch, size_t count, struct err_info *info)
{
	enum err e = ERR_OK;

	TRY(db_begin(r->db, info));
	for (size_t i = 0; e == ERR_OK && i < count; i++)
		e = replica_put_block(r, &batch[i], bytes_of(NULL, 0), 0, info);
	if (e != ERR_OK) {
		db_rollback(r->db);
		return e;
	}
	return db_commit(r->db, info);
}

static enum err verify_batch(struct replica *r, const struct light_block *batch, size_t count, uint64_t height,
			     struct err_info *info)
{
	struct light_trust *trust = malloc(sizeof(*trust)), *held = malloc(sizeof(*held));
	enum err e = trust && held ? trust_at(r, trust, height, info) : ERR_MEMORY;

	if (e == ERR_OK)
		e = check_commits(r, batch, count, info);
	if (e == ERR_OK) {
		*held = *trust;
		e = light_verify(trust, &batch[count - 1], NULL, &trust_options, r->clock->now(r->clock->self), info);
	}
	if (e == ERR_OK)
		e = check_links(held, height, batch, count, info);
	free(trust);
	free(held);
	return e;
}

static enum err one_batch(struct replica *r, uint64_t *ret_count, const struct peer_call *call, uint64_t height,
			  struct err_info *info)
{
	Medlock__HeadersReply *reply;
	struct light_block *batch;
	enum err e;

	TRY(peer_headers(call, &reply, height + 1, API_HEADERS_MAX, info));
	batch = calloc(reply->n_headers + 1, sizeof(*batch));
	e = batch ? decode_batch(batch, reply, height + 1, info) : ERR_MEMORY;
	if (e == ERR_OK && reply->n_headers > 0)
		e = verify_batch(r, batch, reply->n_headers, height, info);
	if (e == ERR_CHAIN && reply->n_headers > 0)
		(void)!replica_put_evidence(r, &batch[reply->n_headers - 1], NULL);
	if (e == ERR_OK && reply->n_headers > 0)
		e = store_batch(r, batch, reply->n_headers, info);
	*ret_count = reply->n_headers;
	free(batch);
	WIRE_FREE(reply);
	return e;
}

enum err sync_headers(struct replica *r, uint64_t *ret_added, const struct peer_call *call, uint64_t tip,
		      struct err_info *info)
{
	uint64_t height, count = 1, added = 0;

	TRY(replica_tip(r, &height, info));
	while (height < tip && count > 0) {
		TRY(task_check(call->task));
		TRY(one_batch(r, &count, call, height, info));
		height += count;
		added += count;
		task_progress(call->task, "headers", height, tip);
	}
	if (height < tip)
		return err_set(info, ERR_CHAIN, "the peer claims block %llu and does not show it",
			       (unsigned long long)tip);
	*ret_added = added;
	return ERR_OK;
}
