/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/shape.h"

enum err shape_true(bool holds, const char *what, struct err_info *info)
{
	return holds ? ERR_OK : err_set(info, ERR_FORMAT, "%s", what);
}

enum err shape_bytes(ProtobufCBinaryData x, size_t len, const char *what, struct err_info *info)
{
	return x.len == len ? ERR_OK : err_set(info, ERR_FORMAT, "%s has %zu bytes, not %zu", what, x.len, len);
}

enum err shape_optional(ProtobufCBinaryData x, size_t len, const char *what, struct err_info *info)
{
	return x.len == 0 ? ERR_OK : shape_bytes(x, len, what, info);
}

enum err shape_count(size_t count, size_t max, const char *what, struct err_info *info)
{
	return count <= max ? ERR_OK : err_set(info, ERR_LIMIT, "%s: %zu, at most %zu", what, count, max);
}

enum err shape_code(uint32_t x, enum code_set set, const char *what, struct err_info *info)
{
	return code_known(set, x) ? ERR_OK : err_set(info, ERR_FORMAT, "%s: %u is not known", what, x);
}

enum err shape_numbers(const uint32_t *x, size_t count, size_t max, const char *what, struct err_info *info)
{
	TRY(shape_count(count, max, what, info));
	for (size_t i = 0; i < count; i++)
		if (x[i] <= (i ? x[i - 1] : 0))
			return err_set(info, ERR_FORMAT, "%s: not ascending", what);
	return ERR_OK;
}

enum err shape_codes(const uint32_t *x, size_t count, size_t max, enum code_set set, const char *what,
		     struct err_info *info)
{
	TRY(shape_numbers(x, count, max, what, info));
	for (size_t i = 0; i < count; i++)
		TRY(shape_code(x[i], set, what, info));
	return ERR_OK;
}

enum err shape_ids(const ProtobufCBinaryData *x, size_t count, size_t max, const char *what, struct err_info *info)
{
	TRY(shape_count(count, max, what, info));
	for (size_t i = 0; i < count; i++) {
		TRY(shape_bytes(x[i], ID_SIZE, what, info));
		if (i && memcmp(x[i - 1].data, x[i].data, ID_SIZE) >= 0)
			return err_set(info, ERR_FORMAT, "%s: not ascending", what);
	}
	return ERR_OK;
}

enum err shape_signature(const Medlock__Signature *s, struct err_info *info)
{
	TRY(shape_bytes(s->account, ID_SIZE, "account", info));
	return shape_bytes(s->signature, 64, "signature", info);
}

enum err shape_keyset(const Medlock__KeySet *k, struct err_info *info)
{
	TRY(shape_bytes(k->sign, 32, "sign key", info));
	TRY(shape_bytes(k->seal, 32, "seal key", info));
	TRY(shape_bytes(k->open, 48, "open key", info));
	return shape_bytes(k->open_proof, 64, "proof of the open key", info);
}

enum err shape_period(const Medlock__Period *p, const char *what, struct err_info *info)
{
	return !p || p->from < p->to ? ERR_OK : err_set(info, ERR_FORMAT, "%s: ends before it starts", what);
}

static int order(uint32_t x, uint32_t y)
{
	return (x > y) - (x < y);
}

int actor_compare(const Medlock__Actor *x, const Medlock__Actor *y)
{
	int c = order(x->kind, y->kind);

	if (c == 0)
		c = order(x->role, y->role);
	return c ? c : bytes_compare(wire_bytes(x->id), wire_bytes(y->id));
}

int released_compare(const Medlock__Released *x, const Medlock__Released *y)
{
	int c = bytes_compare(wire_bytes(x->request), wire_bytes(y->request));

	if (c == 0)
		c = bytes_compare(wire_bytes(x->record), wire_bytes(y->record));
	return c ? c : order(x->form, y->form);
}
