/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/release.h"

#include "chain/proto/shape.h"

static const char context_tag[] = "medlock-share-v1";

static enum err check_shape(const Medlock__ReleaseRequest *r, struct err_info *info)
{
	TRY(shape_bytes(r->network_id, ID_SIZE, "network", info));
	TRY(shape_bytes(r->request, ID_SIZE, "request", info));
	TRY(shape_bytes(r->record, ID_SIZE, "record", info));
	TRY(shape_code(r->form, CODES_FORM, "form", info));
	TRY(shape_bytes(r->custodian, ID_SIZE, "custodian", info));
	TRY(shape_true(r->at > 0 && r->at < INT64_MAX / 2, "at", info));
	return shape_bytes(r->nonce, RELEASE_NONCE_SIZE, "nonce", info);
}

enum err release_signing_input(struct buf *out, const Medlock__ReleaseRequest *r)
{
	Medlock__ReleaseRequest bare = *r;

	TRY(check_shape(r, NULL));
	bare.signature = (ProtobufCBinaryData){0};
	buf_append_text(out, "medlock-release-v1");
	buf_append_bytes(out, wire_bytes(r->network_id));
	WIRE_ENCODE(out, &bare);
	return buf_error(out);
}

enum err release_parse(Medlock__ReleaseRequest **ret, struct bytes in, struct err_info *info)
{
	Medlock__ReleaseRequest *r = NULL;
	enum err e;

	if (in.len > RELEASE_SIZE_MAX)
		return err_set(info, ERR_TOO_LARGE, "a release request of %zu bytes", in.len);
	TRY(WIRE_DECODE(&r, medlock__release_request, in, RELEASE_DECODED_MAX, info));
	e = check_shape(r, info);
	if (!e)
		e = shape_bytes(r->signature, SIGNATURE_SIZE, "signature", info);
	if (e) {
		WIRE_FREE(r);
		return e;
	}
	*ret = r;
	return ERR_OK;
}

static enum err check_signature(const Medlock__ReleaseRequest *r, const struct sign_public *key)
{
	struct buf input = BUF_INIT;
	struct signature signature;
	enum err e;

	if (r->signature.len != SIGNATURE_SIZE)
		return ERR_SIGNATURE;
	memcpy(signature.b, r->signature.data, SIGNATURE_SIZE);
	e = release_signing_input(&input, r);
	if (!e)
		e = sign_verify(&signature, key, buf_bytes(&input));
	buf_release(&input);
	return e;
}

enum err release_check(const Medlock__ReleaseRequest *r, const struct network_id *network,
		       const struct account_id *custodian, const struct sign_public *key, struct time_ms now)
{
	if (!bytes_equal(wire_bytes(r->network_id), BYTES_ID(*network)))
		return ERR_NETWORK_ID;
	if (!bytes_equal(wire_bytes(r->custodian), BYTES_ID(*custodian)))
		return ERR_CUSTODIAN;
	if (r->at < now.v - RELEASE_CLOCK_MS || r->at > now.v + RELEASE_CLOCK_MS)
		return ERR_CLOCK;
	return check_signature(r, key);
}

static uint8_t *put(uint8_t *to, const void *from, size_t len)
{
	memcpy(to, from, len);
	return to + len;
}

void release_context(uint8_t out[RELEASE_CONTEXT_SIZE], const struct release_binding *b)
{
	uint8_t *p = put(out, context_tag, sizeof(context_tag) - 1);

	p = put(p, b->network.b, ID_SIZE);
	p = put(p, b->request.b, ID_SIZE);
	p = put(p, b->record.b, ID_SIZE);
	put_be32(p, b->form);
	p = put(p + 4, b->custodian.b, ID_SIZE);
	put_be32(p, b->key_generation);
	p = put(p + 4, b->u, sizeof(b->u));
	ASSERT(p == out + RELEASE_CONTEXT_SIZE);
}
