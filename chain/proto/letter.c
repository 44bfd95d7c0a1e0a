/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/letter.h"

#include "chain/proto/limits.h"
#include "chain/proto/shape.h"
#include "core/crypto/hash.h"

#define LETTER_DECODED_MAX (128u * 1024)

enum err letter_signing_hash(struct hash32 *ret, const Medlock__Letter *l)
{
	struct buf keys = BUF_INIT;
	uint8_t kind[4], at[8];
	enum err e;

	if (l->keys == NULL || shape_keyset(l->keys, NULL) != ERR_OK)
		return ERR_FORMAT;
	put_be32(kind, l->kind);
	put_be64(at, (uint64_t)l->at);
	WIRE_ENCODE(&keys, l->keys);
	e = buf_error(&keys);
	if (e == ERR_OK)
		*ret = hash_tagged("medlock letter", wire_bytes(l->network_id), wire_bytes(l->from), wire_bytes(l->to),
				   bytes_of(kind, sizeof(kind)), bytes_of(at, sizeof(at)), wire_bytes(l->id), buf_bytes(&keys),
				   wire_bytes(l->body));
	buf_release(&keys);
	return e;
}

static enum err check_shape(const Medlock__Letter *l, struct err_info *info)
{
	TRY(shape_bytes(l->network_id, ID_SIZE, "network", info));
	TRY(shape_bytes(l->from, ID_SIZE, "sender", info));
	TRY(shape_bytes(l->to, ID_SIZE, "receiver", info));
	TRY(shape_code(l->kind, CODES_LETTER, "kind", info));
	TRY(shape_true(l->at > 0, "time", info));
	TRY(shape_bytes(l->id, LETTER_ID_SIZE, "id", info));
	TRY(shape_true(l->keys != NULL, "no keys", info));
	TRY(shape_keyset(l->keys, info));
	TRY(shape_true(l->body.len <= LETTER_BODY_MAX, "body", info));
	return shape_bytes(l->signature, SIGNATURE_SIZE, "signature", info);
}

static enum err check_signature(const Medlock__Letter *l)
{
	struct signature signature;
	struct sign_public key;
	struct hash32 hash;

	TRY(letter_signing_hash(&hash, l));
	TRY(sign_public_parse(&key, wire_bytes(l->keys->sign)));
	memcpy(signature.b, l->signature.data, SIGNATURE_SIZE);
	return sign_verify(&signature, &key, BYTES_ID(hash));
}

enum err letter_parse(Medlock__Letter **ret, struct bytes in, struct err_info *info)
{
	Medlock__Letter *l = NULL;
	enum err e;

	TRY(WIRE_DECODE(&l, medlock__letter, in, LETTER_DECODED_MAX, info));
	e = check_shape(l, info);
	if (e == ERR_OK && check_signature(l) != ERR_OK)
		e = err_set(info, ERR_SIGNATURE, "of a letter");
	if (e != ERR_OK) {
		WIRE_FREE(l);
		return e;
	}
	*ret = l;
	return ERR_OK;
}

enum err letter_text_parse(Medlock__PromisedText **ret, struct bytes body, struct err_info *info)
{
	Medlock__PromisedText *t = NULL;
	size_t len;

	TRY(WIRE_DECODE(&t, medlock__promised_text, body, LETTER_DECODED_MAX, info));
	len = strlen(t->text);
	if (t->request.len != ID_SIZE || t->salt.len != TX_SALT_SIZE || len == 0 || len > LETTER_TEXT_MAX) {
		WIRE_FREE(t);
		return err_set(info, ERR_FORMAT, "a text");
	}
	*ret = t;
	return ERR_OK;
}

enum err letter_report_parse(Medlock__ErrorReport **ret, struct bytes body, struct err_info *info)
{
	Medlock__ErrorReport *r = NULL;
	size_t len;

	TRY(WIRE_DECODE(&r, medlock__error_report, body, LETTER_DECODED_MAX, info));
	len = strlen(r->text);
	if (r->record.len != ID_SIZE || len == 0 || len > LETTER_TEXT_MAX) {
		WIRE_FREE(r);
		return err_set(info, ERR_FORMAT, "a report");
	}
	*ret = r;
	return ERR_OK;
}

struct hash32 letter_text_commitment(uint32_t kind, const Medlock__PromisedText *t)
{
	struct bytes request = wire_bytes(t->request), salt = wire_bytes(t->salt), text = bytes_str(t->text);

	if (kind == LETTER_QUESTION)
		return hash_tagged("medlock question", request, salt, text);
	if (kind == LETTER_REPLY)
		return hash_tagged("medlock reply", request, salt, text);
	return hash_tagged("medlock emergency review", request, salt, text);
}

enum err letter_pad(struct buf *out, struct bytes letter)
{
	static const size_t sizes[] = {1024, 4096, 16384, 61440};
	size_t i = 0;

	while (i < sizeof(sizes) / sizeof(sizes[0]) && letter.len + 4 > sizes[i])
		i++;
	if (i == sizeof(sizes) / sizeof(sizes[0]))
		return ERR_TOO_LARGE;
	buf_append_be32(out, (uint32_t)letter.len);
	buf_append_bytes(out, letter);
	for (size_t at = letter.len + 4; at < sizes[i]; at++)
		buf_append_byte(out, 0);
	return buf_error(out);
}

enum err letter_unpad(struct bytes *ret, struct bytes padded)
{
	struct cursor c = cursor_of(padded);
	struct bytes letter = cursor_take(&c, cursor_be32(&c));

	if (c.err != ERR_OK)
		return ERR_FORMAT;
	for (size_t i = 0; i < c.rest.len; i++)
		if (c.rest.data[i] != 0)
			return ERR_FORMAT;
	*ret = letter;
	return ERR_OK;
}
