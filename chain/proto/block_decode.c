/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "chain/proto/block_wire.h"
#include "core/base/text.h"

#define NANOS_MAX 999999999
#define SECONDS_MIN (-62135596800) /* year 1 */
#define SECONDS_MAX 253402300799   /* year 9999 */
#define PARTS_MAX ((BLOCK_ENCODED_MAX + BLOCK_PART_SIZE - 1) / BLOCK_PART_SIZE * 100) /* foreign chains: 100 MiB */

static enum err unwire_time(struct block_time *ret, const Comet__Timestamp *m)
{
	*ret = (struct block_time){0};
	if (!m)
		return ERR_OK;
	if (m->nanos < 0 || m->nanos > NANOS_MAX || m->seconds < SECONDS_MIN || m->seconds > SECONDS_MAX)
		return ERR_FORMAT;
	*ret = (struct block_time){m->seconds, m->nanos};
	return ERR_OK;
}

/* Absent or of 32 bytes. */
static enum err unwire_hash(struct digest *ret, ProtobufCBinaryData x)
{
	if (x.len != 0 && x.len != 32)
		return ERR_FORMAT;
	*ret = (struct digest){.len = (uint8_t)x.len};
	if (x.len)
		memcpy(ret->b, x.data, x.len);
	return ERR_OK;
}

enum err unwire_id(struct block_id *ret, const Comet__BlockID *m)
{
	*ret = (struct block_id){0};
	if (!m)
		return ERR_OK;
	TRY(unwire_hash(&ret->hash, m->hash));
	if (!m->part_set_header)
		return ERR_OK;
	ret->total = m->part_set_header->total;
	return ret->total <= PARTS_MAX ? unwire_hash(&ret->parts, m->part_set_header->hash) : ERR_FORMAT;
}

static enum err unwire_hashes(struct block_header *ret, const Comet__Header *m)
{
	TRY(unwire_hash(&ret->last_commit_hash, m->last_commit_hash));
	TRY(unwire_hash(&ret->data_hash, m->data_hash));
	TRY(unwire_hash(&ret->validators_hash, m->validators_hash));
	TRY(unwire_hash(&ret->next_validators_hash, m->next_validators_hash));
	TRY(unwire_hash(&ret->consensus_hash, m->consensus_hash));
	TRY(unwire_hash(&ret->last_results_hash, m->last_results_hash));
	TRY(unwire_hash(&ret->evidence_hash, m->evidence_hash));
	if (m->app_hash.len > sizeof(ret->app_hash.b))
		return ERR_FORMAT;
	ret->app_hash.len = (uint8_t)m->app_hash.len;
	if (m->app_hash.len)
		memcpy(ret->app_hash.b, m->app_hash.data, m->app_hash.len);
	return ERR_OK;
}

enum err unwire_header(struct block_header *ret, const Comet__Header *m)
{
	size_t len = strlen(m->chain_id);

	*ret = (struct block_header){.height = m->height};
	if (m->version) {
		ret->version_block = m->version->block;
		ret->version_app = m->version->app;
	}
	if (len > CHAIN_ID_MAX || m->height < 0 || !text_is_utf8(bytes_of(m->chain_id, len)))
		return ERR_FORMAT;
	memcpy(ret->chain_id, m->chain_id, len + 1);
	TRY(unwire_time(&ret->time, m->time));
	TRY(unwire_id(&ret->last_block_id, m->last_block_id));
	TRY(unwire_hashes(ret, m));
	if (m->proposer_address.len == 0)
		return ERR_OK;
	if (m->proposer_address.len != VALIDATOR_ADDRESS_SIZE)
		return ERR_FORMAT;
	ret->has_proposer = true;
	ID_COPY(ret->proposer, m->proposer_address.data);
	return ERR_OK;
}

static enum err unwire_sig(struct commit_sig *ret, const Comet__CommitSig *m)
{
	*ret = (struct commit_sig){0};
	TRY(unwire_time(&ret->time, m->timestamp));
	if (m->block_id_flag == COMMIT_ABSENT) {
		ret->flag = COMMIT_ABSENT;
		return m->validator_address.len || m->signature.len ||
			       block_time_compare(ret->time, BLOCK_TIME_ABSENT) != 0 ? ERR_FORMAT : ERR_OK;
	}
	if (m->block_id_flag != COMMIT_FOR_BLOCK && m->block_id_flag != COMMIT_NIL)
		return ERR_FORMAT;
	if (m->validator_address.len != VALIDATOR_ADDRESS_SIZE || m->signature.len != SIGNATURE_SIZE)
		return ERR_FORMAT;
	ret->flag = m->block_id_flag == COMMIT_NIL ? COMMIT_NIL : COMMIT_FOR_BLOCK;
	ID_COPY(ret->address, m->validator_address.data);
	ID_COPY(ret->signature, m->signature.data);
	return ERR_OK;
}

enum err unwire_commit(struct commit *ret, const Comet__Commit *m)
{
	*ret = (struct commit){0};
	if (m->height < 0 || m->round < 0 || m->n_signatures > VALIDATORS_MAX)
		return ERR_FORMAT;
	ret->height = m->height;
	ret->round = m->round;
	ret->count = (uint32_t)m->n_signatures;
	TRY(unwire_id(&ret->block_id, m->block_id));
	for (uint32_t i = 0; i < ret->count; i++)
		TRY(unwire_sig(&ret->sigs[i], m->signatures[i]));
	return ERR_OK;
}

enum err header_decode(struct block_header *ret, struct bytes in, struct err_info *info)
{
	Comet__Header *m = NULL;
	struct block_header h;
	enum err e;

	if (in.len > HEADER_ENCODED_MAX)
		return err_set(info, ERR_TOO_LARGE, "a header of %zu bytes", in.len);
	e = WIRE_UNPACK(&m, comet__header, in, 8 * HEADER_ENCODED_MAX);
	if (!e)
		e = unwire_header(&h, m);
	WIRE_FREE(m);
	if (e)
		return err_set(info, e, "the header is malformed");
	*ret = h;
	return ERR_OK;
}

enum err commit_decode(struct commit *ret, struct bytes in, struct err_info *info)
{
	Comet__Commit *m = NULL;
	struct commit c;
	enum err e;

	if (in.len > COMMIT_ENCODED_MAX)
		return err_set(info, ERR_TOO_LARGE, "a commit of %zu bytes", in.len);
	e = WIRE_UNPACK(&m, comet__commit, in, 8 * COMMIT_ENCODED_MAX);
	if (!e)
		e = unwire_commit(&c, m);
	WIRE_FREE(m);
	if (e)
		return err_set(info, e, "the commit is malformed");
	*ret = c;
	return ERR_OK;
}

enum err commit_block_id(struct block_id *ret, struct bytes commit)
{
	struct commit c;

	TRY(commit_decode(&c, commit, NULL));
	*ret = c.block_id;
	return ERR_OK;
}

/* Views of a list that m owns, in memory of our own. */
static enum err views(const struct bytes **ret, void **ret_owned, const ProtobufCBinaryData *items, size_t count,
		      size_t max)
{
	struct bytes *list;

	if (count > max)
		return ERR_TOO_LARGE;
	list = calloc(count ? count : 1, sizeof(*list));
	if (!list)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		list[i] = wire_bytes(items[i]);
	*ret = list;
	*ret_owned = list;
	return ERR_OK;
}

static enum err unwire_lists(struct block *ret, void **ret_evidence, const Comet__Block *m)
{
	if (m->data)
		ret->tx_count = m->data->n_txs;
	TRY(views(&ret->txs, &ret->owned[1], m->data ? m->data->txs : NULL, ret->tx_count, BLOCK_TXS_MAX));
	if (!m->evidence)
		return ERR_OK;
	ret->evidence_count = m->evidence->n_evidence;
	return views(&ret->evidence, ret_evidence, m->evidence->evidence, ret->evidence_count, BLOCK_EVIDENCE_MAX);
}

static enum err unwire_block(struct block *ret, void **ret_evidence, const Comet__Block *m)
{
	if (!m->header)
		return ERR_FORMAT;
	TRY(unwire_header(&ret->header, m->header));
	if (m->last_commit)
		TRY(unwire_commit(&ret->last_commit, m->last_commit));
	return unwire_lists(ret, ret_evidence, m);
}

enum err block_decode(struct block *ret, struct bytes in, struct err_info *info)
{
	Comet__Block *m = NULL;
	struct block b = {0};
	void *evidence = NULL;
	enum err e;

	if (in.len > BLOCK_ENCODED_MAX)
		return err_set(info, ERR_TOO_LARGE, "a block of %zu bytes", in.len);
	e = WIRE_UNPACK(&m, comet__block, in, BLOCK_DECODED_MAX);
	b.owned[0] = m;
	if (!e)
		e = unwire_block(&b, &evidence, m);
	b.owned[2] = evidence;
	if (e) {
		block_release(&b);
		return err_set(info, e, "the block is malformed");
	}
	*ret = b;
	return ERR_OK;
}

void block_release(struct block *b)
{
	if (!b)
		return;
	WIRE_FREE(b->owned[0]);
	free(b->owned[1]);
	free(b->owned[2]);
	b->owned[0] = b->owned[1] = b->owned[2] = NULL;
	b->txs = b->evidence = NULL;
	b->tx_count = b->evidence_count = 0;
}
