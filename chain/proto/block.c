/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/block.h"

#include <stdlib.h>

#include "chain/proto/block_wire.h"
#include "core/crypto/hash.h"

#define SMALL_MAX 256u /* the encoding of one field of a header, a signature, or two numbers */

struct block_time block_time_of(struct time_ms t)
{
	int64_t seconds = t.v / 1000, ms = t.v % 1000;

	if (ms < 0) {
		seconds--;
		ms += 1000;
	}
	return (struct block_time){seconds, (int32_t)(ms * 1000000)};
}

struct time_ms block_time_ms(struct block_time t)
{
	return (struct time_ms){t.seconds * 1000 + t.nanos / 1000000};
}

int block_time_compare(struct block_time x, struct block_time y)
{
	if (x.seconds != y.seconds)
		return x.seconds < y.seconds ? -1 : 1;
	return (x.nanos > y.nanos) - (x.nanos < y.nanos);
}

bool block_id_equal(const struct block_id *x, const struct block_id *y)
{
	return digest_equal(&x->hash, &y->hash) && x->total == y->total && digest_equal(&x->parts, &y->parts);
}

/* Hash one small message as the next leaf. */
static void add_message(struct merkle *m, const ProtobufCMessage *message)
{
	uint8_t leaf[SMALL_MAX];

	ASSERT(protobuf_c_message_get_packed_size(message) <= sizeof(leaf));
	merkle_add(m, bytes_of(leaf, protobuf_c_message_pack(message, leaf)));
}

static void add_bytes(struct merkle *m, ProtobufCBinaryData x)
{
	Comet__BytesValue v = COMET__BYTES_VALUE__INIT;

	v.value = x;
	add_message(m, &v.base);
}

struct hash32 header_hash(const struct block_header *h)
{
	struct wired_header w;
	struct merkle m;
	Comet__StringValue chain = COMET__STRING_VALUE__INIT;
	Comet__Int64Value height = COMET__INT64_VALUE__INIT;

	if (h->validators_hash.len == 0)
		return (struct hash32){{0}};
	wire_header(&w, h);
	merkle_init(&m);
	chain.value = w.m.chain_id;
	height.value = h->height;
	add_message(&m, &w.version.base);
	add_message(&m, &chain.base);
	add_message(&m, &height.base);
	add_message(&m, &w.time.base);
	add_message(&m, &w.last.m.base);
	add_bytes(&m, w.m.last_commit_hash);
	add_bytes(&m, w.m.data_hash);
	add_bytes(&m, w.m.validators_hash);
	add_bytes(&m, w.m.next_validators_hash);
	add_bytes(&m, w.m.consensus_hash);
	add_bytes(&m, w.m.app_hash);
	add_bytes(&m, w.m.last_results_hash);
	add_bytes(&m, w.m.evidence_hash);
	add_bytes(&m, w.m.proposer_address);
	return merkle_sum(&m);
}

struct block_id block_id_of(const struct hash32 *hash, struct bytes encoded_block)
{
	struct block_id id = {.hash = digest_of(hash)};
	struct hash32 root;
	struct merkle m;

	merkle_init(&m);
	for (size_t at = 0; at < encoded_block.len; at += BLOCK_PART_SIZE) {
		size_t left = encoded_block.len - at;

		merkle_add(&m, bytes_of(encoded_block.data + at, left < BLOCK_PART_SIZE ? left : BLOCK_PART_SIZE));
		id.total++;
	}
	root = merkle_sum(&m);
	id.parts = digest_of(&root);
	return id;
}

struct hash32 block_data_hash(const struct bytes *txs, size_t count)
{
	struct merkle m;

	merkle_init(&m);
	for (size_t i = 0; i < count; i++) {
		struct hash32 id = hash_sha256(txs[i]);

		merkle_add(&m, BYTES_ID(id));
	}
	return merkle_sum(&m);
}

struct hash32 commit_hash(const struct commit *c)
{
	struct merkle m;
	struct wired_sig sig;

	merkle_init(&m);
	for (uint32_t i = 0; i < c->count; i++) {
		wire_sig(&sig, &c->sigs[i]);
		add_message(&m, &sig.m.base);
	}
	return merkle_sum(&m);
}

struct hash32 block_consensus_hash(int64_t max_bytes, int64_t max_gas)
{
	Comet__HashedParams p = COMET__HASHED_PARAMS__INIT;
	uint8_t encoded[SMALL_MAX];

	p.max_bytes = max_bytes;
	p.max_gas = max_gas;
	return hash_sha256(bytes_of(encoded, protobuf_c_message_pack(&p.base, encoded)));
}

struct hash32 block_empty_hash(void)
{
	return hash_sha256(bytes_of("", 0));
}

/* The leaf of evidence is the concrete message inside its wrapper. */
static enum err add_evidence(struct merkle *m, struct bytes encoded)
{
	Comet__Evidence *e = NULL;

	TRY(WIRE_UNPACK(&e, comet__evidence, encoded, BLOCK_DECODED_MAX));
	merkle_add(m, wire_bytes(e->duplicate_vote.len ? e->duplicate_vote : e->light_client_attack));
	WIRE_FREE(e);
	return ERR_OK;
}

enum err block_evidence_hash(struct hash32 *ret, const struct bytes *evidence, size_t count)
{
	struct merkle m;

	merkle_init(&m);
	for (size_t i = 0; i < count; i++)
		TRY(add_evidence(&m, evidence[i]));
	*ret = merkle_sum(&m);
	return ERR_OK;
}

enum err block_results_hash(struct hash32 *ret, const struct block_result *results, size_t count)
{
	struct buf leaf = BUF_INIT;
	struct merkle m;

	merkle_init(&m);
	for (size_t i = 0; i < count && !buf_error(&leaf); i++) {
		Comet__ExecTxResult r = COMET__EXEC_TX_RESULT__INIT;

		r.code = results[i].code;
		r.data = wire_data(results[i].data);
		r.gas_wanted = results[i].gas_wanted;
		r.gas_used = results[i].gas_used;
		buf_clear(&leaf);
		WIRE_ENCODE(&leaf, &r);
		merkle_add(&m, buf_bytes(&leaf));
	}
	if (buf_error(&leaf)) {
		enum err e = buf_error(&leaf);

		buf_release(&leaf);
		return e;
	}
	buf_release(&leaf);
	*ret = merkle_sum(&m);
	return ERR_OK;
}

enum err block_check(const struct block *b, struct err_info *info)
{
	struct hash32 data = block_data_hash(b->txs, b->tx_count);
	struct hash32 last = commit_hash(&b->last_commit);
	struct hash32 evidence;

	if (!digest_is(&b->header.data_hash, &data))
		return err_set(info, ERR_CHAIN, "the block carries other transactions than its header says");
	if (!digest_is(&b->header.last_commit_hash, &last))
		return err_set(info, ERR_CHAIN, "the block carries another commit than its header says");
	TRY(block_evidence_hash(&evidence, b->evidence, b->evidence_count));
	if (!digest_is(&b->header.evidence_hash, &evidence))
		return err_set(info, ERR_CHAIN, "the block carries other evidence than its header says");
	if (b->header.height > 1 && (b->last_commit.height != b->header.height - 1 ||
				     !block_id_equal(&b->last_commit.block_id, &b->header.last_block_id)))
		return err_set(info, ERR_CHAIN, "the block's commit is for another block than its predecessor");
	return ERR_OK;
}
