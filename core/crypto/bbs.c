/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and signatures of the base interface, and the check that all interfaces share. */
#include "core/crypto/bbs.h"

#include "core/crypto/bbs_core.h"
#include "core/crypto/secret.h"

enum err bbs_key_derive(struct scalar *ret, enum curve_hash suite, struct bytes material, struct bytes info, struct bytes dst)
{
	const uint8_t info_len[2] = {(uint8_t)(info.len >> 8), (uint8_t)info.len};
	struct buf in = BUF_INIT;
	enum err e;

	if (material.len < BBS_KEY_MATERIAL_MIN || info.len > BBS_KEY_INFO_MAX)
		return ERR_RANGE;
	(void)buf_reserve(&in, material.len + sizeof(info_len) + info.len); /* no copies of it are left behind */
	buf_append_bytes(&in, material);
	buf_append(&in, info_len, sizeof(info_len));
	buf_append_bytes(&in, info);
	e = buf_error(&in);
	if (e == ERR_OK)
		curve_scalar(suite, ret, buf_bytes(&in), dst);
	if (in.len > 0)
		secret_wipe(in.data, in.len);
	buf_release(&in);
	if (e == ERR_OK && scalar_is_zero(ret))
		e = ERR_POINT;
	return e;
}

void bbs_signature_write(uint8_t out[BBS_SIGNATURE_SIZE], const struct bbs_signature *signature)
{
	g1_write(out, &signature->a);
	scalar_write(out + G1_SIZE, &signature->e);
}

enum err bbs_signature_parse(struct bbs_signature *ret, struct bytes in)
{
	if (in.len != BBS_SIGNATURE_SIZE)
		return ERR_TRUNCATED;
	TRY(g1_parse(&ret->a, in.data));
	return scalar_parse_nonzero(&ret->e, in.data + G1_SIZE);
}

/* e of a signature: the same for the same key, messages and header, so that no random source can spoil it. */
static enum err base_e(struct scalar *ret, const struct bbs_interface *interface, const struct scalar *key,
		       const struct scalar *messages, const struct scalar *domain)
{
	struct buf in = BUF_INIT;

	(void)buf_reserve(&in, (interface->count + 2) * SCALAR_SIZE);
	bbs_append_scalar(&in, key);
	for (size_t i = 0; i < interface->count; i++)
		bbs_append_scalar(&in, &messages[i]);
	bbs_append_scalar(&in, domain);
	return bbs_hash(ret, interface, &in, BBS_CHALLENGE_TAG);
}

enum err bbs_sign(struct bbs_signature *ret, const struct bbs_interface *interface, const struct scalar *key,
		  struct bytes header, const struct scalar *messages)
{
	struct scalar domain, e;
	struct g2 public;
	struct g1 b;

	ASSERT(interface->kind == BBS_BASE);
	g2_mul_generator(&public, key);
	TRY(bbs_domain(&domain, interface, &public, header));
	TRY(base_e(&e, interface, key, messages, &domain));
	bbs_base_point(&b, interface, &domain, messages, interface->count);
	return bbs_signature_finish(ret, key, &e, &b);
}

/* e(A, W) * e(A * e - B, BP2) = 1. */
enum err bbs_verify(const struct bbs_interface *interface, const struct g2 *key, struct bytes header,
		    const struct scalar *scalars, const struct bbs_signature *signature)
{
	struct scalar domain;
	struct g1 b, rest;
	struct g2 base;

	TRY(bbs_domain(&domain, interface, key, header));
	bbs_base_point(&b, interface, &domain, scalars, interface->count);
	g1_mul(&rest, &signature->a, &signature->e);
	g1_sub(&rest, &rest, &b);
	g2_generator(&base);
	if (g1_is_identity(&signature->a) || g2_is_identity(key))
		return ERR_PROOF;
	return pairing_product_is_one(&signature->a, key, &rest, &base) ? ERR_OK : ERR_PROOF;
}
