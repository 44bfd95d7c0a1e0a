/* SPDX-License-Identifier: Apache-2.0 */
/* What both programs do before anything else with cryptography. */
#ifndef MEDLOCK_CRYPTO_START_H
#define MEDLOCK_CRYPTO_START_H

#include "core/base/err.h"

/* Initialises libsodium and checks known answers of every primitive: SHA-256, HMAC, HKDF, ChaCha20-Poly1305,
 * X25519 and the Ed25519 rule.  Takes a few milliseconds; may be repeated.  ERR_INTERNAL with the name of what failed.
 */
enum err crypto_start(struct err_info *info) MUST_USE;

#endif
