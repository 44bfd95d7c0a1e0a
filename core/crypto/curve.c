/* SPDX-License-Identifier: Apache-2.0 */
/* Scalars and points over blst.  Its headers stay inside this folder. */
#include "core/crypto/curve.h"

#include "blst.h"
#include "core/crypto/secret.h"

#define SCALAR_BITS 255
#define INDEX_BITS 16
#define DST_MAX 255

_Static_assert(sizeof(struct g1) == sizeof(blst_p1), "struct g1 holds a blst_p1");
_Static_assert(sizeof(struct g2) == sizeof(blst_p2), "struct g2 holds a blst_p2");
_Static_assert(sizeof(struct scalar) == sizeof(blst_scalar), "struct scalar holds a blst_scalar");
_Static_assert(_Alignof(struct g1) >= _Alignof(blst_p1) && _Alignof(struct g2) >= _Alignof(blst_p2),
	       "points are aligned as blst wants them");

/* The build keeps strict aliasing off, so that one object may be seen as both types. */
static const blst_scalar *in_s(const struct scalar *s)
{
	return (const blst_scalar *)s;
}

static blst_scalar *out_s(struct scalar *s)
{
	return (blst_scalar *)s;
}

static const blst_p1 *in_p(const struct g1 *p)
{
	return (const blst_p1 *)p;
}

static blst_p1 *out_p(struct g1 *p)
{
	return (blst_p1 *)p;
}

static const blst_p2 *in_q(const struct g2 *q)
{
	return (const blst_p2 *)q;
}

static blst_p2 *out_q(struct g2 *q)
{
	return (blst_p2 *)q;
}

void expand_message(uint8_t *out, size_t len, struct bytes message, struct bytes dst)
{
	uint8_t whole[EXPAND_MAX]; /* blst writes whole digests */

	ASSERT(len > 0 && len <= EXPAND_MAX && dst.len > 0 && dst.len <= DST_MAX);
	blst_expand_message_xmd(whole, len, message.data, message.len, dst.data, dst.len);
	memcpy(out, whole, len);
	secret_wipe(whole, len);
}

enum err scalar_parse(struct scalar *ret, const uint8_t in[SCALAR_SIZE])
{
	blst_scalar s;

	blst_scalar_from_bendian(&s, in);
	if (!blst_scalar_fr_check(&s))
		return ERR_POINT;
	*out_s(ret) = s;
	secret_wipe(&s, sizeof(s));
	return ERR_OK;
}

enum err scalar_parse_nonzero(struct scalar *ret, const uint8_t in[SCALAR_SIZE])
{
	struct scalar s;

	TRY(scalar_parse(&s, in));
	if (scalar_is_zero(&s))
		return ERR_POINT;
	*ret = s;
	scalar_wipe(&s);
	return ERR_OK;
}

void scalar_write(uint8_t out[SCALAR_SIZE], const struct scalar *s)
{
	blst_bendian_from_scalar(out, in_s(s));
}

void scalar_reduce(struct scalar *ret, const uint8_t in[SCALAR_WIDE_SIZE])
{
	(void)blst_scalar_from_be_bytes(out_s(ret), in, SCALAR_WIDE_SIZE);
}

void scalar_random(struct scalar *ret, const struct rng *rng)
{
	uint8_t wide[SCALAR_WIDE_SIZE];

	do {
		rng_fill(rng, wide, sizeof(wide));
		scalar_reduce(ret, wide);
	} while (scalar_is_zero(ret));
	secret_wipe(wide, sizeof(wide));
}

void scalar_from_u64(struct scalar *ret, uint64_t v)
{
	const uint64_t limbs[4] = {v, 0, 0, 0};

	blst_scalar_from_uint64(out_s(ret), limbs);
}

void scalar_hash(struct scalar *ret, struct bytes message, struct bytes dst)
{
	uint8_t wide[SCALAR_WIDE_SIZE];

	expand_message(wide, sizeof(wide), message, dst);
	scalar_reduce(ret, wide);
	secret_wipe(wide, sizeof(wide));
}

void scalar_add(struct scalar *ret, const struct scalar *a, const struct scalar *b)
{
	(void)blst_sk_add_n_check(out_s(ret), in_s(a), in_s(b));
}

void scalar_sub(struct scalar *ret, const struct scalar *a, const struct scalar *b)
{
	(void)blst_sk_sub_n_check(out_s(ret), in_s(a), in_s(b));
}

void scalar_mul(struct scalar *ret, const struct scalar *a, const struct scalar *b)
{
	(void)blst_sk_mul_n_check(out_s(ret), in_s(a), in_s(b));
}

void scalar_neg(struct scalar *ret, const struct scalar *a)
{
	const struct scalar zero = {{0}};

	scalar_sub(ret, &zero, a);
}

void scalar_inverse(struct scalar *ret, const struct scalar *a)
{
	ASSERT(!scalar_is_zero(a));
	blst_sk_inverse(out_s(ret), in_s(a));
}

bool scalar_is_zero(const struct scalar *a)
{
	return bytes_is_zero(bytes_of(a->le, sizeof(a->le)));
}

bool scalar_equal(const struct scalar *a, const struct scalar *b)
{
	return secret_equal(bytes_of(a->le, SCALAR_SIZE), bytes_of(b->le, SCALAR_SIZE));
}

void scalar_wipe(struct scalar *s)
{
	secret_wipe(s, sizeof(*s));
}

enum err g1_parse(struct g1 *ret, const uint8_t in[G1_SIZE])
{
	blst_p1_affine a;

	if (blst_p1_uncompress(&a, in) != BLST_SUCCESS || blst_p1_affine_is_inf(&a) || !blst_p1_affine_in_g1(&a))
		return ERR_POINT;
	blst_p1_from_affine(out_p(ret), &a);
	return ERR_OK;
}

void g1_write(uint8_t out[G1_SIZE], const struct g1 *p)
{
	blst_p1_compress(out, in_p(p));
}

void g1_generator(struct g1 *ret)
{
	*out_p(ret) = *blst_p1_generator();
}

void g1_identity(struct g1 *ret)
{
	memset(ret, 0, sizeof(*ret));
}

bool g1_is_identity(const struct g1 *p)
{
	return blst_p1_is_inf(in_p(p));
}

bool g1_equal(const struct g1 *p, const struct g1 *q)
{
	return blst_p1_is_equal(in_p(p), in_p(q));
}

void g1_hash(struct g1 *ret, struct bytes message, struct bytes dst)
{
	ASSERT(dst.len > 0 && dst.len <= DST_MAX);
	blst_hash_to_g1(out_p(ret), message.data, message.len, dst.data, dst.len, NULL, 0);
}

void g1_add(struct g1 *ret, const struct g1 *p, const struct g1 *q)
{
	blst_p1_add_or_double(out_p(ret), in_p(p), in_p(q));
}

void g1_neg(struct g1 *ret, const struct g1 *p)
{
	*ret = *p;
	blst_p1_cneg(out_p(ret), true);
}

void g1_sub(struct g1 *ret, const struct g1 *p, const struct g1 *q)
{
	struct g1 minus;

	g1_neg(&minus, q);
	g1_add(ret, p, &minus);
}

void g1_mul(struct g1 *ret, const struct g1 *p, const struct scalar *s)
{
	blst_p1_mult(out_p(ret), in_p(p), s->le, SCALAR_BITS);
}

void g1_mul_generator(struct g1 *ret, const struct scalar *s)
{
	blst_p1_mult(out_p(ret), blst_p1_generator(), s->le, SCALAR_BITS);
}

void g1_mul_small_public(struct g1 *ret, const struct g1 *p, uint16_t s)
{
	const uint8_t le[2] = {(uint8_t)s, (uint8_t)(s >> 8)};

	blst_p1_mult(out_p(ret), in_p(p), le, INDEX_BITS);
}

void g1_wipe(struct g1 *p)
{
	secret_wipe(p, sizeof(*p));
}

enum err g2_parse(struct g2 *ret, const uint8_t in[G2_SIZE])
{
	blst_p2_affine a;

	if (blst_p2_uncompress(&a, in) != BLST_SUCCESS || blst_p2_affine_is_inf(&a) || !blst_p2_affine_in_g2(&a))
		return ERR_POINT;
	blst_p2_from_affine(out_q(ret), &a);
	return ERR_OK;
}

void g2_write(uint8_t out[G2_SIZE], const struct g2 *p)
{
	blst_p2_compress(out, in_q(p));
}

void g2_generator(struct g2 *ret)
{
	*out_q(ret) = *blst_p2_generator();
}

bool g2_is_identity(const struct g2 *p)
{
	return blst_p2_is_inf(in_q(p));
}

bool g2_equal(const struct g2 *p, const struct g2 *q)
{
	return blst_p2_is_equal(in_q(p), in_q(q));
}

void g2_add(struct g2 *ret, const struct g2 *p, const struct g2 *q)
{
	blst_p2_add_or_double(out_q(ret), in_q(p), in_q(q));
}

void g2_neg(struct g2 *ret, const struct g2 *p)
{
	*ret = *p;
	blst_p2_cneg(out_q(ret), true);
}

void g2_mul(struct g2 *ret, const struct g2 *p, const struct scalar *s)
{
	blst_p2_mult(out_q(ret), in_q(p), s->le, SCALAR_BITS);
}

void g2_mul_generator(struct g2 *ret, const struct scalar *s)
{
	blst_p2_mult(out_q(ret), blst_p2_generator(), s->le, SCALAR_BITS);
}
