/* SPDX-License-Identifier: Apache-2.0 */
/* The challenge is a scalar hashed from one digest over all parts, each with its length. */
#include "core/crypto/schnorr.h"

#include "core/crypto/hash.h"
#include "core/crypto/secret.h"

#define SCHNORR_TAG "medlock-schnorr-v1"
#define DLEQ_TAG "medlock-dleq-v1"
#define CHALLENGE_DST "medlock-BLS12381-challenge-v1"

static void challenge(struct scalar *ret, const char *tag, struct bytes context, const struct g1 *points, size_t count)
{
	uint8_t written[6][G1_SIZE];
	struct bytes parts[7];

	ASSERT(count <= 6);
	parts[0] = context;
	for (size_t i = 0; i < count; i++) {
		g1_write(written[i], &points[i]);
		parts[i + 1] = bytes_of(written[i], G1_SIZE);
	}
	struct hash32 digest = hash_parts(tag, parts, count + 1);

	scalar_hash(ret, BYTES_ID(digest), bytes_str(CHALLENGE_DST));
}

/* z = k + e * secret; then k is gone. */
static void answer(uint8_t out[SCHNORR_PROOF_SIZE], struct scalar *k, const struct scalar *e,
		   const struct scalar *secret)
{
	struct scalar z;

	scalar_mul(&z, e, secret);
	scalar_add(&z, &z, k);
	scalar_write(out, e);
	scalar_write(out + SCALAR_SIZE, &z);
	scalar_wipe(k);
}

static enum err parse(struct scalar *ret_minus_e, struct scalar *ret_z, struct scalar *ret_e,
		      const uint8_t in[SCHNORR_PROOF_SIZE])
{
	if (scalar_parse(ret_e, in) != ERR_OK || scalar_parse(ret_z, in + SCALAR_SIZE) != ERR_OK)
		return ERR_PROOF;
	scalar_neg(ret_minus_e, ret_e);
	return ERR_OK;
}

void schnorr_prove(struct schnorr_proof *ret, const struct scalar *secret, struct bytes context,
		   const struct rng *rng)
{
	struct scalar k, e;
	struct g1 points[2]; /* statement, commitment */

	scalar_random(&k, rng);
	g1_mul_generator(&points[0], secret);
	g1_mul_generator(&points[1], &k);
	challenge(&e, SCHNORR_TAG, context, points, 2);
	answer(ret->b, &k, &e, secret);
}

enum err schnorr_verify(const struct schnorr_proof *proof, const struct g1 *public, struct bytes context)
{
	struct scalar e, z, minus_e, expected;
	struct g1 points[2], base;

	TRY(parse(&minus_e, &z, &e, proof->b));
	if (g1_is_identity(public))
		return ERR_PROOF;
	g1_generator(&base);
	points[0] = *public;
	g1_sum2_public(&points[1], &base, &z, public, &minus_e);
	challenge(&expected, SCHNORR_TAG, context, points, 2);
	return scalar_equal(&e, &expected) ? ERR_OK : ERR_PROOF;
}

static void dleq_points(struct g1 points[6], const struct dleq *s)
{
	points[0] = s->base_a;
	points[1] = s->x_a;
	points[2] = s->base_b;
	points[3] = s->x_b;
}

void dleq_prove(struct dleq_proof *ret, const struct dleq *statement, const struct scalar *secret,
		struct bytes context, const struct rng *rng)
{
	struct scalar k, e;
	struct g1 points[6];

	scalar_random(&k, rng);
	dleq_points(points, statement);
	g1_mul(&points[4], &statement->base_a, &k);
	g1_mul(&points[5], &statement->base_b, &k);
	challenge(&e, DLEQ_TAG, context, points, 6);
	answer(ret->b, &k, &e, secret);
}

enum err dleq_verify(const struct dleq_proof *proof, const struct dleq *statement, struct bytes context)
{
	struct scalar e, z, minus_e, expected;
	struct g1 points[6];

	TRY(parse(&minus_e, &z, &e, proof->b));
	if (g1_is_identity(&statement->base_a) || g1_is_identity(&statement->base_b))
		return ERR_PROOF;
	dleq_points(points, statement);
	g1_sum2_public(&points[4], &statement->base_a, &z, &statement->x_a, &minus_e);
	g1_sum2_public(&points[5], &statement->base_b, &z, &statement->x_b, &minus_e);
	challenge(&expected, DLEQ_TAG, context, points, 6);
	return scalar_equal(&e, &expected) ? ERR_OK : ERR_PROOF;
}
