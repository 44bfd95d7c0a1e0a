/* SPDX-License-Identifier: Apache-2.0 */
/* ChaCha20-Poly1305 of RFC 8439 (OpenSSL EVP), with a context that keeps its key.
 *
 * A nonce must never be used twice with one key: it gives away the plain text and lets anybody forge.  Three ways
 * are right here: a key used once (zero nonce), a counter kept by the protocol (age, HPKE), or a fresh random nonce
 * under a key that seals less than 2^32 times.  One context, one thread.
 */
#ifndef MEDLOCK_CRYPTO_AEAD_H
#define MEDLOCK_CRYPTO_AEAD_H

#include "core/base/bytes.h"

#define AEAD_KEY_SIZE 32
#define AEAD_NONCE_SIZE 12
#define AEAD_TAG_SIZE 16
#define AEAD_PLAIN_MAX (1u << 30) /* one message; longer data goes by age */

struct aead { struct evp_cipher_ctx_st *ctx; };

/* The key is copied into OpenSSL's memory and wiped by release.  ERR_MEMORY. */
enum err aead_init(struct aead *a, const uint8_t key[AEAD_KEY_SIZE]) MUST_USE;
void aead_release(struct aead *a);

/* out: plain.len + AEAD_TAG_SIZE bytes, cipher text then tag; may be plain.data itself. */
void aead_seal(struct aead *a, uint8_t *out, const uint8_t nonce[AEAD_NONCE_SIZE], struct bytes aad,
	       struct bytes plain);

/* out: sealed.len - AEAD_TAG_SIZE bytes; may be sealed.data itself.  ERR_DECRYPT, and out is zero then. */
enum err aead_open(struct aead *a, uint8_t *out, const uint8_t nonce[AEAD_NONCE_SIZE], struct bytes aad,
		   struct bytes sealed) MUST_USE;

#endif
