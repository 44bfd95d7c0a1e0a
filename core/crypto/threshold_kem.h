/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the threshold code: the key of a capsule, which its maker and those who open it derive alike. */
#ifndef MEDLOCK_CRYPTO_THRESHOLD_KEM_H
#define MEDLOCK_CRYPTO_THRESHOLD_KEM_H

#include "core/crypto/threshold.h"

/* HKDF-SHA256 of shared = r * Y = x * u, salt u, info a constant and Y. */
void capsule_derive(struct capsule_key *ret, const struct g1 *shared, const uint8_t u[G1_SIZE], const struct g1 *to);

#endif
