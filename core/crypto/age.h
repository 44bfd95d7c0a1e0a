/* SPDX-License-Identifier: Apache-2.0 */
/* age v1 files (age-encryption.org/v1): header with X25519 and foreign stanzas, HMAC, and the payload in sealed
 * chunks of 64 KiB.  The `age` program reads what we write and we read what it writes for an X25519 recipient.
 *
 * Encryption and decryption stream: about 130 KiB of memory for any size.  A decrypted chunk is handed on only after it
 * authenticated, but the END of the file is known to be whole only when the call returns ERR_OK: a caller that must
 * not act on a cut file throws away what it got on any error.  One call, one thread; calls do not share state.
 */
#ifndef MEDLOCK_CRYPTO_AGE_H
#define MEDLOCK_CRYPTO_AGE_H

#include "core/base/rng.h"
#include "core/crypto/seal.h"
#include "core/crypto/stream.h"

#define AGE_FILE_KEY_SIZE 16
#define AGE_CHUNK_SIZE 65536u
#define AGE_HEADER_MAX 65536u /* bytes, with the MAC line */
#define AGE_STANZAS_MAX 64u
#define AGE_ARGS_MAX 16u	 /* of one stanza, without its type */
#define AGE_BODY_MAX 4096u	 /* bytes of one stanza's body */
#define AGE_RECIPIENTS_MAX 16u
#define AGE_RECIPIENT_TEXT 63	 /* "age1…" and the NUL */
#define AGE_IDENTITY_TEXT 75	 /* "AGE-SECRET-KEY-1…" and the NUL */

/* One "-> type args" entry.  Type and arguments are visible ASCII without spaces. */
struct age_stanza {
	const char *type;
	const char *args[AGE_ARGS_MAX];
	size_t args_count;
	struct bytes body;
};

/* Recipients and identities as text.  Parsing is strict bech32 (BIP 173): one case, right checksum, 32 bytes, zero
 * padding bits; ERR_FORMAT otherwise, ERR_POINT for a recipient that seal_public_parse refuses.
 * The identity's text is itself a secret (its data ends with a NUL that len counts).
 */
void age_recipient_text(char out[AGE_RECIPIENT_TEXT], const struct seal_public *recipient);
enum err age_recipient_parse(struct seal_public *ret, const char *text) MUST_USE;
enum err age_identity_text(struct secret **ret, const struct secret *identity) MUST_USE;
enum err age_identity_parse(struct secret **ret, const char *text) MUST_USE;

/* 16 random bytes.  Give each file its own. */
enum err age_file_key_new(struct secret **ret, const struct rng *rng) MUST_USE;

/* For whom a file is sealed.  All pointers stay the caller's. */
struct age_spec {
	const struct secret *file_key; /* AGE_FILE_KEY_SIZE bytes, never used before; NULL: a fresh one */
	const struct seal_public *recipients;
	size_t recipients_count; /* 0..AGE_RECIPIENTS_MAX; with no extra stanza either: ERR_RANGE */
	const struct age_stanza *extra; /* written after the X25519 stanzas; not "X25519" or "scrypt" */
	size_t extra_count;
};

struct age_result {
	struct blob_id id; /* SHA-256 of the age file */
	uint64_t size;	   /* of the age file */
	uint64_t plain_size;
};

/* Seals all of from into to.  ERR_RANGE (the spec), ERR_POINT, ERR_MEMORY, and what source and sink return. */
enum err age_encrypt(struct age_result *ret, const struct byte_sink *to, const struct byte_source *from,
		     const struct age_spec *spec, const struct rng *rng, struct err_info *info) MUST_USE;

/* The size of the file that age_encrypt would write for a header of header_size and so many plain bytes. */
uint64_t age_sealed_size(uint64_t header_size, uint64_t plain_size);

/* Opens with an X25519 identity (stanzas of other types are passed over), or with the file key itself.
 * ERR_FORMAT (not an age file, or header malformed), ERR_TOO_LARGE (header past our limits), ERR_DECRYPT (no stanza
 * for this identity; header or a chunk changed), ERR_TRUNCATED (the file ends early).  ret may be NULL; its id and
 * size are those of the age file that was read.
 */
enum err age_decrypt(struct age_result *ret, const struct byte_sink *to, const struct byte_source *from,
		     const struct secret *identity, struct err_info *info) MUST_USE;
enum err age_decrypt_file_key(struct age_result *ret, const struct byte_sink *to, const struct byte_source *from,
			      const struct secret *file_key, struct err_info *info) MUST_USE;

/* A parsed header.  Its stanzas point into text, which it owns. */
struct age_header {
	struct age_stanza stanzas[AGE_STANZAS_MAX];
	size_t count;
	size_t size; /* bytes up to the payload */
	uint8_t mac[32];
	struct buf raw, text, bodies; /* the header as read; cut into words by NULs; the decoded bodies */
	size_t mac_covers;	      /* bytes of raw, through the "---" */
};

/* The header at the start of a file; bytes after it are not looked at.  Strict: version line, canonical base64,
 * lines of 64, a scrypt stanza only alone.  Nothing is authenticated by this.  ERR_FORMAT, ERR_TRUNCATED,
 * ERR_TOO_LARGE.  Release also after a failure is allowed.
 */
enum err age_header_parse(struct age_header *ret, struct bytes file, struct err_info *info) MUST_USE;

/* The same from a stream, of which it reads up to AGE_HEADER_MAX bytes. */
enum err age_header_read(struct age_header *ret, const struct byte_source *from, struct err_info *info) MUST_USE;
void age_header_release(struct age_header *h);

/* The first stanza of a type; NULL when there is none. */
const struct age_stanza *age_header_find(const struct age_header *h, const char *type);

/* The file key of a header by an identity: unwraps and checks the MAC.  ERR_DECRYPT, ERR_FORMAT. */
enum err age_header_unwrap(struct secret **ret, const struct age_header *h, const struct secret *identity) MUST_USE;

/* Whether this file key made this header: the MAC.  ERR_DECRYPT. */
enum err age_header_check(const struct age_header *h, const struct secret *file_key) MUST_USE;

#endif
