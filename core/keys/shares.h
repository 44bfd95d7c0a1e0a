/* SPDX-License-Identifier: Apache-2.0 */
/* A master key in the hands of helpers: any t of n shares give it back, fewer tell nothing about it.
 *
 * A random scalar is shared with Feldman's commitments (core/crypto/threshold.h), so that a helper sees that the share is good,
 * and whoever puts shares together sees which one is not.  The master key is sealed under HKDF-SHA-256(scalar, info "medlock
 * helpers share"), with network, account and generation as associated data: shares of another person or set do not go together.
 */
#ifndef MEDLOCK_KEYS_SHARES_H
#define MEDLOCK_KEYS_SHARES_H

#include "chain/proto/letter.pb-c.h"
#include "chain/proto/wire.h"
#include "core/base/rng.h"
#include "core/crypto/secret.h"
#include "core/crypto/threshold.h"

#define SHARES_MAX 16u
#define SHARES_NEEDED_MIN 2u
#define SHARE_SIZE_MAX 2048u /* of one, encoded */

struct share_of {
	struct network_id network;
	struct account_id account;
	uint32_t generation;
};

/* n encoded RecoveryShares, one appended to each buf: secrets, wiped by the caller.  ERR_RANGE: 2 <= t <= n <= SHARES_MAX. */
enum err shares_make(struct buf *ret, uint32_t n, uint32_t t, const struct secret *master, const struct share_of *of,
		     const struct rng *rng) MUST_USE;

/* Strict; the share fits its commitments.  ERR_FORMAT, ERR_POINT, ERR_PROOF.  WIRE_FREE. */
enum err share_parse(Medlock__RecoveryShare **ret, struct bytes in) MUST_USE;

/* Two shares of one set: they can be put together. */
bool share_same_set(const Medlock__RecoveryShare *a, const Medlock__RecoveryShare *b);
/* How many shares of its set are needed. */
uint32_t share_needed(const Medlock__RecoveryShare *share);

/* ret_of: whose it was.  ERR_RANGE: too few; ERR_CONFLICT: shares of different sets (ret_odd: the first that differs from
 * shares[0]); ERR_DUPLICATE: one came twice.
 */
enum err shares_combine(struct secret **ret, struct share_of *ret_of, size_t *ret_odd, Medlock__RecoveryShare *const *shares,
			size_t count) MUST_USE;

#endif
