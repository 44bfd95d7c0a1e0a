/* SPDX-License-Identifier: Apache-2.0 */
/* Hashing to scalars and points of G1 by either of two hash functions, for protocols that exist in both suites.
 *
 * CURVE_SHA256 is the function of core/crypto/curve.h; CURVE_SHAKE256 is expand_message_xof with SHAKE256 and k = 128.
 * Both end in the same map (simplified SWU on the 11-isogenous curve).  Any thread; dst: 1 to 255 bytes.
 *
 * Sources: RFC 9380 sections 5.2, 5.3.1, 5.3.2 and 8.8.1; draft-irtf-cfrg-bbs-signatures-10 section 7.2.1 for the suite
 * BLS12381G1_XOF:SHAKE-256_SSWU_RO_.
 */
#ifndef MEDLOCK_CRYPTO_CURVE_HASH_H
#define MEDLOCK_CRYPTO_CURVE_HASH_H

#include "core/crypto/curve.h"

enum curve_hash { CURVE_SHA256, CURVE_SHAKE256, CURVE_HASH_COUNT };

void curve_expand(enum curve_hash hash, uint8_t *out, size_t len, struct bytes message, struct bytes dst); /* 1 to EXPAND_MAX */
void curve_scalar(enum curve_hash hash, struct scalar *ret, struct bytes message, struct bytes dst);
void curve_point(enum curve_hash hash, struct g1 *ret, struct bytes message, struct bytes dst);

#endif
