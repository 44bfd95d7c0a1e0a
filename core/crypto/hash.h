/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4), SHAKE256 (FIPS 202), HMAC (RFC 2104) and HKDF (RFC 5869), all through OpenSSL's EVP.
 *
 * Every function is safe from any thread.  None can fail in a way a caller could mend: when OpenSSL itself cannot
 * work (no memory, no provider), the process stops by ASSERT.
 */
#ifndef MEDLOCK_CRYPTO_HASH_H
#define MEDLOCK_CRYPTO_HASH_H

#include "core/base/bytes.h"

#define HASH_SIZE 32
#define HASH_TAG_MAX 255u
#define HKDF_SHA256_MAX (255u * HASH_SIZE) /* RFC 5869 section 2.3 */
#define HKDF_INFO_MAX 1024u		   /* OpenSSL's own limit on info */

struct hash32 hash_sha256(struct bytes data);

/* A digest over data that comes in pieces.  One thread at a time; final ends it, release may follow or stand alone. */
struct hash_sha256_stream { struct evp_md_ctx_st *ctx; };
void hash_sha256_stream_init(struct hash_sha256_stream *s);
void hash_sha256_stream_update(struct hash_sha256_stream *s, struct bytes data);
struct hash32 hash_sha256_stream_final(struct hash_sha256_stream *s);
void hash_sha256_stream_release(struct hash_sha256_stream *s);

/* SHA-256 over: one byte with the tag's length, the tag, then for each part its length as u64 big-endian and its
 * bytes.  Two different (tag, parts) never give the same input, so that a digest for one purpose is none for another.
 * tag: 1 to HASH_TAG_MAX bytes of text, a literal that names the purpose.
 */
struct hash32 hash_parts(const char *tag, const struct bytes *parts, size_t count);

/* hash_parts with the parts written out: hash_tagged("medlock x", a, b). */
#define hash_tagged(tag, ...)                                                                      \
	hash_parts((tag), (const struct bytes[]){__VA_ARGS__},                                     \
		   sizeof((const struct bytes[]){__VA_ARGS__}) / sizeof(struct bytes))

/* len bytes of SHAKE256 over the parts, one after the other, nothing between them. */
void hash_shake256(uint8_t *out, size_t len, const struct bytes *parts, size_t count);

struct hash32 hmac_sha256(struct bytes key, struct bytes message);

/* HKDF, extract then expand.  len <= HKDF_SHA256_MAX and info.len <= HKDF_INFO_MAX, else ASSERT.  An empty salt is
 * the zero salt of the RFC.
 */
void hkdf_sha256(uint8_t *out, size_t len, struct bytes ikm, struct bytes salt, struct bytes info);

/* Its two halves, for protocols that use them apart (HPKE). */
struct hash32 hkdf_sha256_extract(struct bytes salt, struct bytes ikm);
void hkdf_sha256_expand(uint8_t *out, size_t len, const struct hash32 *prk, struct bytes info);

#endif
