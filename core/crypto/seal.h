/* SPDX-License-Identifier: Apache-2.0 */
/* One sealed message to one X25519 key: HPKE base mode, single shot (RFC 9180 section 6.1), with
 * DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305 (suite 0x0020, 0x0001, 0x0003).
 *
 * Sealed bytes: the 32-byte encapsulated key, then cipher text and tag.  Each seal makes a fresh key pair, so no nonce
 * can repeat.  The sender is NOT authenticated: sign the content, or what it is bound to, when it matters who wrote.
 * Put everything the message belongs to into info and aad; a sealed message opens only with the same ones.
 */
#ifndef MEDLOCK_CRYPTO_SEAL_H
#define MEDLOCK_CRYPTO_SEAL_H

#include "core/base/buf.h"
#include "core/base/rng.h"
#include "core/crypto/secret.h"

#define SEAL_KEY_SIZE 32
#define SEAL_OVERHEAD (32u + 16u)
#define SEAL_PLAIN_MAX (16u * 1024 * 1024)
#define SEAL_INFO_MAX 65536u

/* An X25519 public key; the same key is an age recipient (core/crypto/age.h). */
struct seal_public { uint8_t b[SEAL_KEY_SIZE]; };

/* A private key is any 32 random bytes in a secret (clamped in use, RFC 7748). */
enum err seal_private_new(struct secret **ret, const struct rng *rng) MUST_USE;
void seal_public_of(struct seal_public *ret, const struct secret *private_key);

/* A key from outside: 32 bytes, canonical, and not one of the points that force an all-zero shared secret.
 * ERR_FORMAT for another length, ERR_POINT otherwise.
 */
enum err seal_public_parse(struct seal_public *ret, struct bytes from) MUST_USE;

/* The raw X25519 function (RFC 7748 section 6.1).  ERR_POINT when the result would be all zero.  ret is secret. */
enum err seal_x25519(uint8_t ret[SEAL_KEY_SIZE], const struct secret *private_key,
		     const struct seal_public *with) MUST_USE;

/* Appends the sealed message to out, plain.len + SEAL_OVERHEAD bytes.  ERR_POINT, ERR_TOO_LARGE, ERR_MEMORY. */
enum err seal_to(struct buf *out, const struct seal_public *to, struct bytes info, struct bytes aad, struct bytes plain,
		 const struct rng *rng) MUST_USE;

/* Appends the plain text to out.  ERR_TRUNCATED, ERR_TOO_LARGE, ERR_DECRYPT (wrong key, info or aad, or changed). */
enum err seal_open(struct buf *out, const struct secret *private_key, struct bytes info, struct bytes aad,
		   struct bytes sealed) MUST_USE;

/* The same for a plain text that is itself a key: 1 to SECRET_SIZE_MAX bytes, straight into guarded memory. */
enum err seal_open_secret(struct secret **ret, const struct secret *private_key, struct bytes info, struct bytes aad,
			  struct bytes sealed) MUST_USE;

#endif
