/* SPDX-License-Identifier: Apache-2.0 */
/* Group and pairing arithmetic of BLS12-381: the narrow face of blst, and the only way to it.
 *
 * Parsed means valid: g1_parse, g2_parse and the scalar parsers are the only ways for outside bytes to become
 * points and scalars, and they check everything: canonical compressed form, on the curve, in the subgroup of order
 * r, not the identity.  Arithmetic may still give the identity; ask g1_is_identity where it matters.
 *
 * Timing: whatever takes a scalar runs in constant time unless its name ends in _public; those are for verifiers
 * and published data.  Nothing here keeps state, so all functions may be called from any thread, and outputs may be
 * the same object as inputs.  Scalars that are secrets are wiped by their owner with scalar_wipe.
 *
 * Sources: RFC 9380 (hash to curve, expand_message_xmd); draft-irtf-cfrg-pairing-friendly-curves-11, appendix C
 * (encoding of points).
 */
#ifndef MEDLOCK_CRYPTO_CURVE_H
#define MEDLOCK_CRYPTO_CURVE_H

#include "core/base/bytes.h"
#include "core/base/rng.h"

#define G1_SIZE 48     /* bytes of a compressed point */
#define G2_SIZE 96
#define SCALAR_SIZE 32 /* big-endian */
#define SCALAR_WIDE_SIZE 48 /* uniform bytes that are reduced to a scalar with a bias below 2^-128 */

/* Opaque; in blst's own projective and little-endian forms. */
struct g1 { uint64_t limb[18]; };
struct g2 { uint64_t limb[36]; };
struct scalar { uint8_t le[SCALAR_SIZE]; };

/* RFC 9380 expand_message_xmd with SHA-256: len uniform bytes, at most EXPAND_MAX.  dst: 1 to 255 bytes. */
#define EXPAND_MAX 2048
void expand_message(uint8_t *out, size_t len, struct bytes message, struct bytes dst);

/* Scalars, modulo the group order r. */

/* The canonical 32 bytes of a number below r.  ERR_POINT otherwise, and for zero with the second. */
enum err scalar_parse(struct scalar *ret, const uint8_t in[SCALAR_SIZE]) MUST_USE;
enum err scalar_parse_nonzero(struct scalar *ret, const uint8_t in[SCALAR_SIZE]) MUST_USE;
void scalar_write(uint8_t out[SCALAR_SIZE], const struct scalar *s);

void scalar_random(struct scalar *ret, const struct rng *rng); /* uniform and not zero */
void scalar_reduce(struct scalar *ret, const uint8_t in[SCALAR_WIDE_SIZE]);
void scalar_from_u64(struct scalar *ret, uint64_t v);

/* OS2IP(expand_message_xmd(message, dst, 48)) mod r with SHA-256, as hash_to_scalar of the BBS draft.
 * dst: 1 to 255 bytes, a constant of the caller.
 */
void scalar_hash(struct scalar *ret, struct bytes message, struct bytes dst);

void scalar_add(struct scalar *ret, const struct scalar *a, const struct scalar *b);
void scalar_sub(struct scalar *ret, const struct scalar *a, const struct scalar *b);
void scalar_mul(struct scalar *ret, const struct scalar *a, const struct scalar *b);
void scalar_neg(struct scalar *ret, const struct scalar *a);
void scalar_inverse(struct scalar *ret, const struct scalar *a); /* asserts that a is not zero */
bool scalar_is_zero(const struct scalar *a);
bool scalar_equal(const struct scalar *a, const struct scalar *b);
void scalar_wipe(struct scalar *s);

/* Points of G1. */

/* Exactly the compressed form of a point that is on the curve, in the subgroup and not the identity; ERR_POINT
 * otherwise.
 */
enum err g1_parse(struct g1 *ret, const uint8_t in[G1_SIZE]) MUST_USE;
void g1_write(uint8_t out[G1_SIZE], const struct g1 *p); /* the identity as c0 00 … */

void g1_generator(struct g1 *ret);
void g1_identity(struct g1 *ret);
bool g1_is_identity(const struct g1 *p);
bool g1_equal(const struct g1 *p, const struct g1 *q);

/* RFC 9380 hash_to_curve, suite BLS12381G1_XMD:SHA-256_SSWU_RO_ with the caller's dst (1 to 255 bytes). */
void g1_hash(struct g1 *ret, struct bytes message, struct bytes dst);

void g1_add(struct g1 *ret, const struct g1 *p, const struct g1 *q);
void g1_sub(struct g1 *ret, const struct g1 *p, const struct g1 *q);
void g1_neg(struct g1 *ret, const struct g1 *p);
void g1_mul(struct g1 *ret, const struct g1 *p, const struct scalar *s);
void g1_mul_generator(struct g1 *ret, const struct scalar *s);
void g1_mul_small_public(struct g1 *ret, const struct g1 *p, uint16_t s);

/* The sum of s[i] * p[i], i < count, count > 0; not constant-time.  Up to G1_SUM_ON_STACK terms need no memory and
 * never fail; ERR_MEMORY for more.
 */
#define G1_SUM_ON_STACK 16
enum err g1_sum_public(struct g1 *ret, const struct g1 *p, const struct scalar *s, size_t count) MUST_USE;

/* The same with coefficients of 128 bits; ERR_MEMORY. */
struct short_scalar { uint8_t le[16]; };
enum err g1_sum_short_public(struct g1 *ret, const struct g1 *p, const struct short_scalar *s, size_t count) MUST_USE;

/* a * p + b * q; not constant-time. */
void g1_sum2_public(struct g1 *ret, const struct g1 *p, const struct scalar *a, const struct g1 *q,
		    const struct scalar *b);

/* Forget a secret point, such as a shared secret. */
void g1_wipe(struct g1 *p);

/* Points of G2. */

enum err g2_parse(struct g2 *ret, const uint8_t in[G2_SIZE]) MUST_USE; /* as g1_parse */
void g2_write(uint8_t out[G2_SIZE], const struct g2 *p);
void g2_generator(struct g2 *ret);
bool g2_is_identity(const struct g2 *p);
bool g2_equal(const struct g2 *p, const struct g2 *q);
void g2_add(struct g2 *ret, const struct g2 *p, const struct g2 *q);
void g2_neg(struct g2 *ret, const struct g2 *p);
void g2_mul(struct g2 *ret, const struct g2 *p, const struct scalar *s);
void g2_mul_generator(struct g2 *ret, const struct scalar *s);

/* Whether e(p1, q1) * e(p2, q2) = 1.  A pair with an identity counts as 1. */
bool pairing_product_is_one(const struct g1 *p1, const struct g2 *q1, const struct g1 *p2,
			    const struct g2 *q2);

#endif
