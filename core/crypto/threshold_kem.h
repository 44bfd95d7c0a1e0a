/* SPDX-License-Identifier: Apache-2.0 */
/* Inside core/crypto: the key of a capsule, which its maker and those who open it derive alike; and shares x_i * u of any
 * point u, of which capsules and tokens are two kinds.
 */
#ifndef MEDLOCK_CRYPTO_THRESHOLD_KEM_H
#define MEDLOCK_CRYPTO_THRESHOLD_KEM_H

#include "core/crypto/threshold.h"

/* HKDF-SHA256 of shared = r * Y = x * u, salt u, info a constant and Y. */
void capsule_derive(struct capsule_key *ret, const struct g1 *shared, const uint8_t u[G1_SIZE], const struct g1 *to);

/* x_i * u, with the proof that it is; ret->point is secret until it is given away.  u: a parsed point. */
void point_share_make(struct decryption_share *ret, const struct key_share *share, const struct g1 *u, struct bytes context,
		      const struct rng *rng);

/* ERR_RANGE when the key has no such index, ERR_PROOF when the share is not x_i * u, or was made for another context. */
enum err point_share_check(const struct threshold_key *key, const struct g1 *u, const struct decryption_share *share,
			   struct bytes context) MUST_USE;

/* x * u of the first t of count shares that were checked, constant-time; asserts distinct indices in 1..n.  ERR_RANGE when
 * there are fewer than t.
 */
enum err point_shares_combine(struct g1 *ret, const struct threshold_key *key, const struct decryption_share *shares,
			      size_t count) MUST_USE;

#endif
