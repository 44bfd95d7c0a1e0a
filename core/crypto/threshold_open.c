/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a capsule: a custodian's answer x_i*u with its proof, and the combination of t answers. */
#include "core/crypto/threshold.h"
#include "core/crypto/threshold_kem.h"

void decryption_share_write(uint8_t out[DECRYPTION_SHARE_SIZE], const struct decryption_share *share)
{
	out[0] = (uint8_t)(share->index >> 8);
	out[1] = (uint8_t)share->index;
	g1_write(out + 2, &share->point);
	memcpy(out + 2 + G1_SIZE, share->proof.b, DLEQ_PROOF_SIZE);
}

enum err decryption_share_parse(struct decryption_share *ret, const uint8_t in[DECRYPTION_SHARE_SIZE])
{
	struct decryption_share share;

	share.index = (uint16_t)(in[0] << 8 | in[1]);
	if (share.index < 1 || share.index > THRESHOLD_N_MAX)
		return ERR_FORMAT;
	TRY(g1_parse(&share.point, in + 2));
	memcpy(share.proof.b, in + 2 + G1_SIZE, DLEQ_PROOF_SIZE);
	*ret = share;
	return ERR_OK;
}

void point_share_make(struct decryption_share *ret, const struct key_share *share, const struct g1 *u, struct bytes context,
		      const struct rng *rng)
{
	struct dleq statement = {.base_b = *u};

	g1_generator(&statement.base_a);
	g1_mul_generator(&statement.x_a, &share->x);
	g1_mul(&statement.x_b, u, &share->x);
	ret->index = share->index;
	ret->point = statement.x_b;
	dleq_prove(&ret->proof, &statement, &share->x, context, rng);
	g1_wipe(&statement.x_b); /* what the answer seals for one reader alone */
}

enum err point_share_check(const struct threshold_key *key, const struct g1 *u, const struct decryption_share *share,
			   struct bytes context)
{
	struct dleq statement = {.base_b = *u, .x_b = share->point};

	if (share->index < 1 || share->index > key->n)
		return ERR_RANGE;
	g1_generator(&statement.base_a);
	threshold_public_share(&statement.x_a, key, share->index);
	return dleq_verify(&share->proof, &statement, context);
}

enum err capsule_answer(struct decryption_share *ret, const struct key_share *share, const struct capsule *capsule,
			struct bytes label, struct bytes context, const struct rng *rng)
{
	struct g1 u;

	TRY(capsule_check(capsule, label));
	TRY(g1_parse(&u, capsule->b));
	point_share_make(ret, share, &u, context, rng);
	return ERR_OK;
}

enum err decryption_share_check(const struct threshold_key *key, const struct capsule *capsule,
				const struct decryption_share *share, struct bytes context, struct err_info *info)
{
	struct g1 u;

	if (share->index < 1 || share->index > key->n)
		return err_set(info, ERR_CUSTODIAN, "there is no custodian %u", share->index);
	TRY(g1_parse(&u, capsule->b));
	if (point_share_check(key, &u, share, context) != ERR_OK)
		return err_set(info, ERR_CUSTODIAN, "the share of custodian %u is wrong", share->index);
	return ERR_OK;
}

/* Lagrange's coefficient of the i-th index at zero: the product of j / (j - i) over the other indices j. */
static void lagrange(struct scalar *ret, const uint16_t *indices, size_t count, size_t i)
{
	struct scalar above, below, own, other, difference;

	scalar_from_u64(&above, 1);
	below = above;
	scalar_from_u64(&own, indices[i]);
	for (size_t j = 0; j < count; j++) {
		if (j == i)
			continue;
		scalar_from_u64(&other, indices[j]);
		scalar_sub(&difference, &other, &own);
		scalar_mul(&above, &above, &other);
		scalar_mul(&below, &below, &difference);
	}
	scalar_inverse(&below, &below); /* asserts that no index comes twice */
	scalar_mul(ret, &above, &below);
}

enum err point_shares_combine(struct g1 *ret, const struct threshold_key *key, const struct decryption_share *shares,
			      size_t count)
{
	uint16_t indices[THRESHOLD_N_MAX];
	struct g1 shared, term;
	struct scalar weight;

	if (count < key->t)
		return ERR_RANGE;
	g1_identity(&shared);
	for (size_t i = 0; i < key->t; i++) {
		ASSERT(shares[i].index >= 1 && shares[i].index <= key->n);
		indices[i] = shares[i].index;
	}
	for (size_t i = 0; i < key->t; i++) {
		lagrange(&weight, indices, key->t, i);
		g1_mul(&term, &shares[i].point, &weight); /* constant-time: the sum is secret */
		g1_add(&shared, &shared, &term);
	}
	*ret = shared;
	g1_wipe(&shared);
	g1_wipe(&term);
	return ERR_OK;
}

enum err capsule_combine(struct capsule_key *ret, const struct threshold_key *key, const struct capsule *capsule,
			 const struct decryption_share *shares, size_t count)
{
	struct g1 shared;

	TRY(point_shares_combine(&shared, key, shares, count));
	capsule_derive(ret, &shared, capsule->b, &key->commitments[0]);
	g1_wipe(&shared);
	return ERR_OK;
}

enum err key_shares_combine(struct scalar *ret, const struct threshold_key *key, const struct key_share *shares, size_t count)
{
	uint16_t indices[THRESHOLD_N_MAX];
	struct scalar weight, term, sum;

	if (count < key->t)
		return ERR_RANGE;
	for (size_t i = 0; i < key->t; i++) {
		ASSERT(shares[i].index >= 1 && shares[i].index <= key->n);
		indices[i] = shares[i].index;
	}
	scalar_from_u64(&sum, 0);
	for (size_t i = 0; i < key->t; i++) {
		lagrange(&weight, indices, key->t, i);
		scalar_mul(&term, &weight, &shares[i].x);
		scalar_add(&sum, &sum, &term);
	}
	*ret = sum;
	scalar_wipe(&term);
	scalar_wipe(&sum);
	return ERR_OK;
}

enum err capsule_open(struct capsule_key *ret, uint16_t *ret_cheat, const struct threshold_key *key,
		      const struct capsule *capsule, const struct decryption_share *shares,
		      const struct bytes *contexts, size_t count, struct err_info *info)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < i; j++)
			if (shares[j].index == shares[i].index)
				return err_set(info, ERR_DUPLICATE, "two shares of custodian %u", shares[i].index);
		enum err e = decryption_share_check(key, capsule, &shares[i], contexts[i], info);

		if (e == ERR_CUSTODIAN)
			*ret_cheat = shares[i].index;
		if (e != ERR_OK)
			return e;
	}
	return capsule_combine(ret, key, capsule, shares, count);
}
