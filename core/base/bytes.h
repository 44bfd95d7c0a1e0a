/* SPDX-License-Identifier: Apache-2.0 */
/* Views of bytes, and the fixed-size names of things.
 *
 * struct bytes never owns.  Each kind of name has its own one-field struct, so that an account cannot be passed
 * where a record is meant; hash32 is for plain digests.  Compare secrets with secret_equal (core/crypto/secret.h).
 */
#ifndef MEDLOCK_BASE_BYTES_H
#define MEDLOCK_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/err.h"

struct bytes {
	const uint8_t *data; /* may be NULL only when len is 0 */
	size_t len;
};

#define ID_SIZE 32
#define ID_HEX (2 * ID_SIZE + 1) /* room for lower-case hex and the NUL */

struct hash32 { uint8_t b[ID_SIZE]; };
struct account_id { uint8_t b[ID_SIZE]; };  /* an account: hash of its first keys */
struct record_id { uint8_t b[ID_SIZE]; };   /* a record on the ledger */
struct request_id { uint8_t b[ID_SIZE]; };  /* an access request */
struct blob_id { uint8_t b[ID_SIZE]; };     /* SHA-256 of an encrypted file */
struct tx_id { uint8_t b[ID_SIZE]; };       /* SHA-256 of the canonical transaction */
struct network_id { uint8_t b[ID_SIZE]; };  /* SHA-256 of the canonical first genesis */
struct organisation_id { uint8_t b[ID_SIZE]; };

static inline struct bytes bytes_of(const void *data, size_t len)
{
	return (struct bytes){data, len};
}

static inline struct bytes bytes_str(const char *text)
{
	return bytes_of(text, strlen(text));
}

/* Any struct whose only field is `b`. */
#define BYTES_ID(id) bytes_of((id).b, sizeof((id).b))
#define ID_EQUAL(x, y) (memcmp((x).b, (y).b, sizeof((x).b)) == 0)
#define ID_COPY(destination, pointer) memcpy((destination).b, (pointer), sizeof((destination).b))

/* Not for secrets: returns early. */
static inline bool bytes_equal(struct bytes x, struct bytes y)
{
	return x.len == y.len && (x.len == 0 || memcmp(x.data, y.data, x.len) == 0);
}

/* Lexicographic by bytes, shorter first: <0, 0, >0. */
int bytes_compare(struct bytes x, struct bytes y);

static inline bool bytes_is_zero(struct bytes x)
{
	uint8_t any = 0;

	for (size_t i = 0; i < x.len; i++)
		any |= x.data[i];
	return any == 0;
}

/* Big-endian integers. */
static inline void put_be64(uint8_t out[8], uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		out[i] = (uint8_t)v;
}

static inline void put_be32(uint8_t out[4], uint32_t v)
{
	for (int i = 3; i >= 0; i--, v >>= 8)
		out[i] = (uint8_t)v;
}

static inline uint64_t get_be64(const uint8_t in[8])
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | in[i];
	return v;
}

static inline uint32_t get_be32(const uint8_t in[4])
{
	return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

/* Lower-case hex.  out has room for 2 * len + 1. */
void hex_encode(char *out, const uint8_t *in, size_t len);

/* Exactly 2 * len hex digits, either case.  ERR_FORMAT otherwise; out untouched then. */
enum err hex_decode(uint8_t *out, size_t len, const char *text) MUST_USE;

/* Base64 of RFC 4648 section 4, without padding (as age writes it) or with.  Strict: canonical trailing bits, no
 * white space.  Encoding writes a NUL; out has room for BASE64_SIZE(len).
 */
#define BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)
void base64_encode(char *out, const uint8_t *in, size_t len, bool padded);
enum err base64_decode(uint8_t *out, size_t out_size, size_t *ret_len, const char *text, size_t text_len,
		       bool padded) MUST_USE;

#endif
