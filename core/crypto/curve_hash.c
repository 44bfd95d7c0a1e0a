/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/curve_hash.h"

#include "blst.h"
#include "core/crypto/hash.h"
#include "core/crypto/secret.h"

#define DST_MAX 255
#define FIELD_WIDE_SIZE 64 /* RFC 9380 section 5.2: 381 bits and 128 more, in whole bytes */
#define HALF_SIZE (FIELD_WIDE_SIZE / 2)
#define FIELD_SIZE 48

static void expand_xof(uint8_t *out, size_t len, struct bytes message, struct bytes dst)
{
	const uint8_t wanted[2] = {(uint8_t)(len >> 8), (uint8_t)len}, dst_len = (uint8_t)dst.len;
	const struct bytes parts[] = {message, bytes_of(wanted, sizeof(wanted)), dst, bytes_of(&dst_len, 1)};

	ASSERT(len > 0 && len <= EXPAND_MAX && dst.len > 0 && dst.len <= DST_MAX);
	hash_shake256(out, len, parts, sizeof(parts) / sizeof(parts[0]));
}

void curve_expand(enum curve_hash hash, uint8_t *out, size_t len, struct bytes message, struct bytes dst)
{
	if (hash == CURVE_SHAKE256)
		expand_xof(out, len, message, dst);
	else
		expand_message(out, len, message, dst);
}

void curve_scalar(enum curve_hash hash, struct scalar *ret, struct bytes message, struct bytes dst)
{
	uint8_t wide[SCALAR_WIDE_SIZE];

	curve_expand(hash, wide, sizeof(wide), message, dst);
	scalar_reduce(ret, wide);
	secret_wipe(wide, sizeof(wide));
}

/* A big-endian number of 32 bytes as a field element; it is below the modulus. */
static void field_half(blst_fp *ret, const uint8_t half[HALF_SIZE])
{
	uint8_t padded[FIELD_SIZE] = {0};

	memcpy(padded + FIELD_SIZE - HALF_SIZE, half, HALF_SIZE);
	blst_fp_from_bendian(ret, padded);
}

/* high * 2^256 + low: blst reduces no numbers of 64 bytes. */
static void field_reduce(blst_fp *ret, const uint8_t in[FIELD_WIDE_SIZE])
{
	const uint8_t two_to_256[FIELD_SIZE] = {[FIELD_SIZE - HALF_SIZE - 1] = 1};
	blst_fp high, low, shift;

	field_half(&high, in);
	field_half(&low, in + HALF_SIZE);
	blst_fp_from_bendian(&shift, two_to_256);
	blst_fp_mul(&high, &high, &shift);
	blst_fp_add(ret, &high, &low);
}

void curve_point(enum curve_hash hash, struct g1 *ret, struct bytes message, struct bytes dst)
{
	uint8_t wide[2 * FIELD_WIDE_SIZE];
	blst_fp u, v;

	if (hash == CURVE_SHA256) {
		g1_hash(ret, message, dst);
		return;
	}
	expand_xof(wide, sizeof(wide), message, dst);
	field_reduce(&u, wide);
	field_reduce(&v, wide + FIELD_WIDE_SIZE);
	blst_map_to_g1((blst_p1 *)ret, &u, &v);
}
