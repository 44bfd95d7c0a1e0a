/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the age implementation share; callers include core/crypto/age.h. */
#ifndef MEDLOCK_CRYPTO_AGE_PARTS_H
#define MEDLOCK_CRYPTO_AGE_PARTS_H

#include "core/crypto/age.h"
#include "core/crypto/hash.h"

#define AGE_INTRO "age-encryption.org/v1\n"
#define AGE_MAC_SIZE 32u
#define AGE_WRAPPED_SIZE 32u /* a file key and its tag */

/* Appends the whole header of spec sealed under file_key.  ERR_RANGE, ERR_POINT, ERR_MEMORY, ERR_TOO_LARGE. */
enum err age_header_write(struct buf *out, const struct age_spec *spec, const struct secret *file_key,
			  const struct rng *rng, struct err_info *info) MUST_USE;

/* An X25519 stanza's two parts: the ephemeral share and the wrapped file key. */
struct age_wrapped { uint8_t share[SEAL_KEY_SIZE], body[AGE_WRAPPED_SIZE]; };

enum err age_wrap(struct age_wrapped *ret, const struct secret *file_key, const struct seal_public *recipient,
		  const struct rng *rng) MUST_USE;
enum err age_unwrap(struct secret **ret, const struct age_wrapped *wrapped, const struct secret *identity,
		    const struct seal_public *recipient) MUST_USE;

/* The header's MAC over its bytes through "---". */
struct hash32 age_mac(const struct secret *file_key, struct bytes covered);

#endif
