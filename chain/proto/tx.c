/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/tx.h"

#include <stdlib.h>

#include "chain/proto/concat.h"
#include "chain/proto/shape.h"
#include "chain/proto/wire_bounded.h"

struct hash32 tx_signing_hash(const struct network_id *network, struct bytes body)
{
	uint8_t len[8];

	put_be64(len, body.len);
	return CONCAT_HASH("medlock-tx-v1", BYTES_ID(*network), bytes_of(len, sizeof(len)), body);
}

static struct network_id network_of(const Medlock__Body *body)
{
	struct network_id id;

	ASSERT(body->network_id.len == ID_SIZE);
	ID_COPY(id, body->network_id.data);
	return id;
}

static void fill(struct tx *t, struct bytes in)
{
	struct bytes body = wire_bytes(t->wire->body);
	struct hash32 id = hash_sha256(in);
	struct network_id network = network_of(t->body);

	ID_COPY(t->id, id.b);
	t->body_hash = hash_sha256(body);
	t->signing_hash = tx_signing_hash(&network, body);
	t->action = (uint32_t)t->body->action_case;
	t->cost = COST_SIGNATURE;
	if (t->wire->auth->by_case == MEDLOCK__AUTH__BY_APPROVALS)
		t->cost = COST_SIGNATURE * (uint32_t)t->wire->auth->approvals->n_signatures;
}

static enum err decode(struct tx *t, struct bytes in, struct err_info *info)
{
	TRY(WIRE_DECODE(&t->wire, medlock__tx, in, TX_DECODED_MAX, info));
	TRY(tx_check_auth(t->wire->auth, info));
	TRY(WIRE_DECODE(&t->body, medlock__body, wire_bytes(t->wire->body), TX_DECODED_MAX, info));
	return tx_check_body(t->body, info);
}

enum err tx_parse(struct tx *ret, struct bytes in, struct err_info *info)
{
	struct tx t = {0};
	enum err e;

	if (in.len > TX_SIZE_MAX)
		return err_set(info, ERR_TOO_LARGE, "the transaction has %zu bytes, at most %u", in.len, TX_SIZE_MAX);
	e = decode(&t, in, info);
	if (e) {
		tx_release(&t);
		return e;
	}
	fill(&t, in);
	*ret = t;
	return ERR_OK;
}

void tx_release(struct tx *t)
{
	if (!t)
		return;
	WIRE_FREE(t->wire);
	WIRE_FREE(t->body);
	*t = (struct tx){0};
}

enum err tx_verify_signature(const struct tx *t, const Medlock__Signature *s, const struct sign_public *key)
{
	struct signature signature;

	if (s->signature.len != sizeof(signature.b))
		return ERR_SIGNATURE;
	memcpy(signature.b, s->signature.data, sizeof(signature.b));
	return sign_verify(&signature, key, BYTES_ID(t->signing_hash));
}

static enum err encode_sorted(struct buf *ret_body, struct hash32 *ret_signing_hash, const Medlock__Body *body)
{
	struct network_id network;
	size_t start = ret_body->len;

	TRY(tx_check_body(body, NULL));
	WIRE_ENCODE(ret_body, body);
	TRY(buf_error(ret_body));
	network = network_of(body);
	*ret_signing_hash = tx_signing_hash(&network, bytes_of(ret_body->data + start, ret_body->len - start));
	return ERR_OK;
}

/* The caller's body is not touched: a copy is sorted. */
enum err tx_body_encode(struct buf *ret_body, struct hash32 *ret_signing_hash, const Medlock__Body *body)
{
	struct buf given = BUF_INIT;
	Medlock__Body *copy = NULL;
	enum err e;

	WIRE_ENCODE(&given, body);
	e = buf_error(&given);
	if (!e)
		e = WIRE_UNPACK(&copy, medlock__body, buf_bytes(&given), TX_DECODED_MAX);
	buf_release(&given);
	if (!e) {
		tx_body_sort(copy);
		e = encode_sorted(ret_body, ret_signing_hash, copy);
	}
	WIRE_FREE(copy);
	return e;
}

static enum err append_tx(struct buf *ret_tx, struct tx_id *ret_id, const Medlock__Tx *tx)
{
	size_t start = ret_tx->len;
	struct hash32 id;

	if (protobuf_c_message_get_packed_size(&tx->base) > TX_SIZE_MAX)
		return ERR_TOO_LARGE;
	WIRE_ENCODE(ret_tx, tx);
	TRY(buf_error(ret_tx));
	id = hash_sha256(bytes_of(ret_tx->data + start, ret_tx->len - start));
	ID_COPY(*ret_id, id.b);
	return ERR_OK;
}

enum err tx_assemble(struct buf *ret_tx, struct tx_id *ret_id, struct bytes body, const struct account_id *account,
		     const struct signature *signature)
{
	Medlock__Tx tx = MEDLOCK__TX__INIT;
	Medlock__Auth auth = MEDLOCK__AUTH__INIT;
	Medlock__Signature by = MEDLOCK__SIGNATURE__INIT;

	by.account = wire_data(BYTES_ID(*account));
	by.signature = wire_data(bytes_of(signature->b, sizeof(signature->b)));
	auth.by_case = MEDLOCK__AUTH__BY_SIGNATURE;
	auth.signature = &by;
	tx.body = wire_data(body);
	tx.auth = &auth;
	return append_tx(ret_tx, ret_id, &tx);
}

static int by_account(const void *x, const void *y)
{
	const Medlock__Signature *a = *(Medlock__Signature *const *)x, *b = *(Medlock__Signature *const *)y;

	return memcmp(a->account.data, b->account.data, ID_SIZE);
}

enum err tx_assemble_approvals(struct buf *ret_tx, struct tx_id *ret_id, struct bytes body, Medlock__Signature **by,
			       size_t count)
{
	Medlock__Signature *sorted[APPROVALS_MAX];
	Medlock__Tx tx = MEDLOCK__TX__INIT;
	Medlock__Auth auth = MEDLOCK__AUTH__INIT;
	Medlock__Approvals approvals = MEDLOCK__APPROVALS__INIT;

	ASSERT(count > 0 && count <= APPROVALS_MAX);
	memcpy(sorted, by, count * sizeof(*by));
	qsort(sorted, count, sizeof(sorted[0]), by_account);
	for (size_t i = 1; i < count; i++)
		if (by_account(&sorted[i - 1], &sorted[i]) == 0)
			return ERR_DUPLICATE;
	approvals.signatures = sorted;
	approvals.n_signatures = count;
	auth.by_case = MEDLOCK__AUTH__BY_APPROVALS;
	auth.approvals = &approvals;
	tx.body = wire_data(body);
	tx.auth = &auth;
	return append_tx(ret_tx, ret_id, &tx);
}

struct hash32 tx_replay_key(const struct hash32 *body_hash, const struct account_id *account)
{
	return CONCAT_HASH("medlock-replay-v1", BYTES_ID(*body_hash), BYTES_ID(*account));
}

struct record_id tx_record_id(const struct hash32 *body_hash, const struct account_id *account)
{
	struct hash32 h = CONCAT_HASH("medlock-record-v1", BYTES_ID(*body_hash), BYTES_ID(*account));
	struct record_id id;

	ID_COPY(id, h.b);
	return id;
}

struct request_id tx_request_id(const struct hash32 *body_hash, const struct account_id *account)
{
	struct hash32 h = CONCAT_HASH("medlock-request-v1", BYTES_ID(*body_hash), BYTES_ID(*account));
	struct request_id id;

	ID_COPY(id, h.b);
	return id;
}

struct hash32 certificate_commitment(const uint8_t salt[16], struct bytes der)
{
	return CONCAT_HASH("medlock-cert-v1", bytes_of(salt, 16), der);
}
