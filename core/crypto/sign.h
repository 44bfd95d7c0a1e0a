/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 signatures (RFC 8032) as libsodium makes and checks them.
 *
 * Which signatures are valid is part of the ledger's protocol: two libraries disagree on crafted ones.  The rule
 * is libsodium's single verification: S below the group order, A and R canonical and not of small order, and the
 * cofactorless equation.  No batch verification, no second library.  docs/formats/crypto.md tells the whole rule and
 * tests/vectors pins it.  All functions are safe from any thread.
 */
#ifndef MEDLOCK_CRYPTO_SIGN_H
#define MEDLOCK_CRYPTO_SIGN_H

#include "core/crypto/secret.h"

#define SIGN_SEED_SIZE 32
#define SIGN_PUBLIC_SIZE 32
#define SIGNATURE_SIZE 64

struct sign_public { uint8_t b[SIGN_PUBLIC_SIZE]; };
struct signature { uint8_t b[SIGNATURE_SIZE]; };

/* A fresh seed is 32 random bytes in a secret; a seed of another length is a programmer's error (ASSERT). */
void sign_public_of_seed(struct sign_public *ret, const struct secret *seed);

/* Deterministic, as RFC 8032 says.  msg may be empty. */
void sign_make(struct signature *ret, const struct secret *seed, struct bytes msg);

/* A public key from outside: 32 bytes, canonical, on the curve, in the prime-order group (so not of small order).
 * ERR_FORMAT for another length, ERR_POINT otherwise.
 */
enum err sign_public_parse(struct sign_public *ret, struct bytes from) MUST_USE;

/* ERR_OK or ERR_SIGNATURE, by the rule above. */
enum err sign_verify(const struct signature *sig, const struct sign_public *key, struct bytes msg) MUST_USE;

/* A few public edge cases, so that a library with another rule stops the program at its start.  ERR_INTERNAL. */
enum err sign_self_check(void) MUST_USE;

#endif
