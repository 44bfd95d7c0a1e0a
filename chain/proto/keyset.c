/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/concat.h"
#include "chain/proto/shape.h"
#include "chain/proto/tx.h"
#include "core/crypto/schnorr.h"
#include "core/crypto/seal.h"

#define KEYSET_ENCODED_MAX 512u

static enum err encode_keys(struct buf *out, const Medlock__KeySet *keys)
{
	TRY(shape_keyset(keys, NULL));
	buf_init(out, KEYSET_ENCODED_MAX);
	WIRE_ENCODE(out, keys);
	return buf_error(out);
}

enum err keyset_account(struct account_id *ret, const Medlock__KeySet *keys)
{
	struct buf b = BUF_INIT;
	struct hash32 h;
	enum err e = encode_keys(&b, keys);

	if (!e) {
		h = CONCAT_HASH("medlock-account-v1", buf_bytes(&b));
		ID_COPY(*ret, h.b);
	}
	buf_release(&b);
	return e;
}

enum err keyset_statement(struct hash32 *ret, const struct network_id *network, const struct account_id *account,
			  const Medlock__KeySet *keys)
{
	struct buf b = BUF_INIT;
	enum err e = encode_keys(&b, keys);

	if (!e)
		*ret = CONCAT_HASH("medlock-keys-v1", BYTES_ID(*network), BYTES_ID(*account), buf_bytes(&b));
	buf_release(&b);
	return e;
}

void keyset_open_context(struct buf *out, const struct network_id *network, struct bytes sign_key)
{
	buf_append_text(out, "medlock-open-v1");
	buf_append_bytes(out, BYTES_ID(*network));
	buf_append_bytes(out, sign_key);
}

static enum err check_open(const Medlock__KeySet *keys, const struct network_id *network)
{
	struct buf context = BUF_INIT;
	struct schnorr_proof proof;
	struct g1 open;
	enum err e;

	TRY(g1_parse(&open, keys->open.data));
	memcpy(proof.b, keys->open_proof.data, sizeof(proof.b));
	keyset_open_context(&context, network, wire_bytes(keys->sign));
	e = buf_error(&context);
	if (!e)
		e = schnorr_verify(&proof, &open, buf_bytes(&context));
	buf_release(&context);
	return e;
}

enum err keyset_check(const Medlock__KeySet *keys, struct bytes keys_signature, const struct network_id *network,
		      const struct account_id *account)
{
	struct sign_public sign;
	struct seal_public seal;
	struct signature signature;
	struct hash32 statement;

	TRY(shape_keyset(keys, NULL));
	if (keys_signature.len != sizeof(signature.b))
		return ERR_FORMAT;
	TRY(sign_public_parse(&sign, wire_bytes(keys->sign)));
	TRY(seal_public_parse(&seal, wire_bytes(keys->seal)));
	TRY(keyset_statement(&statement, network, account, keys));
	memcpy(signature.b, keys_signature.data, sizeof(signature.b));
	TRY(sign_verify(&signature, &sign, BYTES_ID(statement)));
	return check_open(keys, network);
}

struct hash32 helpers_commitment(const struct account_id *account, const Medlock__Helpers *helpers)
{
	uint8_t threshold = (uint8_t)helpers->threshold;
	struct bytes parts[3 + ACCOUNT_HELPERS_MAX] = {BYTES_ID(*account), wire_bytes(helpers->salt),
						       bytes_of(&threshold, 1)};
	size_t count = helpers->n_accounts;

	ASSERT(count <= ACCOUNT_HELPERS_MAX);
	for (size_t i = 0; i < count; i++)
		parts[3 + i] = wire_bytes(helpers->accounts[i]);
	return hash_parts("medlock helpers", parts, 3 + count);
}

enum err deposit_label(struct hash32 *ret, const struct network_id *network, const struct account_id *depositor,
		       const Medlock__RecordDeposit *deposit)
{
	Medlock__RecordDeposit bare = *deposit;
	Medlock__Rendition renditions[RECORD_RENDITIONS_MAX];
	Medlock__Rendition *list[RECORD_RENDITIONS_MAX];
	Medlock__Body sorted = MEDLOCK__BODY__INIT;
	uint32_t labels[RECORD_LABELS_MAX];
	struct buf b = BUF_INIT;
	enum err e;

	if (deposit->n_renditions > RECORD_RENDITIONS_MAX || deposit->n_labels > RECORD_LABELS_MAX)
		return ERR_LIMIT;
	for (size_t i = 0; i < deposit->n_labels; i++)
		labels[i] = deposit->labels[i];
	bare.labels = labels;
	for (size_t i = 0; i < deposit->n_renditions; i++) {
		renditions[i] = *deposit->renditions[i];
		renditions[i].capsule = (ProtobufCBinaryData){0};
		list[i] = &renditions[i];
	}
	bare.renditions = list;
	sorted.action_case = MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	sorted.record_deposit = &bare;
	tx_body_sort(&sorted); /* as tx_body_encode will */
	WIRE_ENCODE(&b, &bare);
	e = buf_error(&b);
	if (!e)
		*ret = CONCAT_HASH("medlock-deposit-v1", BYTES_ID(*network), BYTES_ID(*depositor), buf_bytes(&b));
	buf_release(&b);
	return e;
}
