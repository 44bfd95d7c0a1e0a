/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a threshold: dealing with Feldman's commitments, and public shares computed from them. */
#include "core/crypto/threshold.h"

#include "core/crypto/secret.h"

static bool limits_hold(size_t t, size_t n)
{
	return t >= 1 && t <= n && n <= THRESHOLD_N_MAX;
}

/* The polynomial at index, by Horner. */
static void evaluate(struct scalar *ret, const struct scalar *coefficients, size_t t, uint16_t index)
{
	struct scalar at;

	scalar_from_u64(&at, index);
	*ret = coefficients[t - 1];
	for (size_t j = t - 1; j-- > 0;) {
		scalar_mul(ret, ret, &at);
		scalar_add(ret, ret, &coefficients[j]);
	}
}

void threshold_deal(struct threshold_key *ret, struct key_share *ret_shares, uint16_t t, uint16_t n,
		    const struct rng *rng)
{
	struct scalar coefficients[THRESHOLD_N_MAX];

	ASSERT(limits_hold(t, n));
	memset(ret, 0, sizeof(*ret));
	ret->t = t;
	ret->n = n;
	for (size_t j = 0; j < t; j++) {
		scalar_random(&coefficients[j], rng);
		g1_mul_generator(&ret->commitments[j], &coefficients[j]);
	}
	for (uint16_t i = 1; i <= n; i++) {
		ret_shares[i - 1].index = i;
		evaluate(&ret_shares[i - 1].x, coefficients, t, i);
	}
	secret_wipe(coefficients, sizeof(coefficients));
}

size_t threshold_key_write(uint8_t out[THRESHOLD_KEY_SIZE_MAX], const struct threshold_key *key)
{
	ASSERT(limits_hold(key->t, key->n));
	out[0] = (uint8_t)(key->t >> 8);
	out[1] = (uint8_t)key->t;
	out[2] = (uint8_t)(key->n >> 8);
	out[3] = (uint8_t)key->n;
	for (size_t j = 0; j < key->t; j++)
		g1_write(out + THRESHOLD_KEY_SIZE(j), &key->commitments[j]);
	return THRESHOLD_KEY_SIZE(key->t);
}

enum err threshold_key_parse(struct threshold_key *ret, struct bytes in)
{
	struct threshold_key key = {0};

	if (in.len < THRESHOLD_KEY_SIZE(1))
		return ERR_FORMAT;
	key.t = (uint16_t)(in.data[0] << 8 | in.data[1]);
	key.n = (uint16_t)(in.data[2] << 8 | in.data[3]);
	if (!limits_hold(key.t, key.n) || in.len != THRESHOLD_KEY_SIZE(key.t))
		return ERR_FORMAT;
	for (size_t j = 0; j < key.t; j++)
		TRY(g1_parse(&key.commitments[j], in.data + THRESHOLD_KEY_SIZE(j)));
	*ret = key;
	return ERR_OK;
}

void threshold_public_share(struct g1 *ret, const struct threshold_key *key, uint16_t index)
{
	ASSERT(limits_hold(key->t, key->n) && index >= 1 && index <= key->n);
	struct g1 sum = key->commitments[key->t - 1];

	for (size_t j = key->t - 1u; j-- > 0;) {
		g1_mul_small_public(&sum, &sum, index);
		g1_add(&sum, &sum, &key->commitments[j]);
	}
	*ret = sum;
}

enum err key_share_check(const struct threshold_key *key, const struct key_share *share)
{
	struct g1 expected, computed;

	if (share->index < 1 || share->index > key->n)
		return ERR_PROOF;
	threshold_public_share(&expected, key, share->index);
	g1_mul_generator(&computed, &share->x);
	return g1_equal(&expected, &computed) ? ERR_OK : ERR_PROOF;
}

void key_share_wipe(struct key_share *share)
{
	secret_wipe(share, sizeof(*share));
}
