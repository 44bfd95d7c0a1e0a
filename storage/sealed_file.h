/* SPDX-License-Identifier: Apache-2.0 */
/* A private file that opens with a passphrase or with a key: keystores, contacts, a peer's keys.
 *
 * A random file key seals the payload with XChaCha20-Poly1305; the file key is wrapped under Argon2id (RFC 9106, as
 * libsodium's pwhash) of the passphrase, or under a raw 32-byte key.  The whole header, with a text that says what the
 * file is for, is authenticated with both, so a file of one purpose never opens as another.  A check value tells a
 * wrong
 * passphrase from a damaged file.  Files are mode 0600 and replaced at once or not at all.  docs/formats/storage.md.
 */
#ifndef MEDLOCK_STORAGE_SEALED_FILE_H
#define MEDLOCK_STORAGE_SEALED_FILE_H

#include "core/base/buf.h"
#include "core/base/rng.h"
#include "core/crypto/secret.h"

#define SEALED_PURPOSE_MAX 63u
#define SEALED_PAYLOAD_MAX (SECRET_SIZE_MAX)
#define SEALED_KEY_SIZE 32u

/* Work of the passphrase; below the floor is refused, when writing (ERR_RANGE) and when reading (ERR_FORMAT). */
#define SEALED_PASSES_MIN 3u
#define SEALED_PASSES_MAX 64u
#define SEALED_MEMORY_MIN (64u * 1024) /* KiB */
#define SEALED_MEMORY_MAX (2u * 1024 * 1024)

struct sealed_work {
	uint32_t passes;
	uint32_t memory_kib;
};
#define SEALED_WORK_FLOOR ((struct sealed_work){SEALED_PASSES_MIN, SEALED_MEMORY_MIN})

/* What opens it: exactly one of the two. */
struct sealed_opener {
	const struct secret *passphrase; /* any bytes, 1 to SECRET_SIZE_MAX */
	const struct secret *key;	 /* SEALED_KEY_SIZE bytes */
	struct sealed_work work;	 /* for writing with a passphrase; all zero means the floor */
};

/* Passes and memory that take about this long here, never below the floor, memory at most max_kib. */
struct sealed_work sealed_work_measure(int64_t target_ms, uint32_t max_kib);

/* ---- bytes ---- */

/* Append a sealed file to ret.  ERR_RANGE (purpose, work, payload), ERR_MEMORY. */
enum err sealed_seal(struct buf *ret, const char *purpose, struct bytes payload, const struct sealed_opener *opener,
		     const struct rng *rng, struct err_info *info) MUST_USE;

/* ERR_PASSPHRASE: the passphrase or key is another.  ERR_DAMAGED: it is right and the file was changed.  ERR_FORMAT: no
 * sealed file, of another purpose, below the floor, or sealed the other way.  ERR_NEWER.  An empty payload cannot be
 * sealed.
 */
enum err sealed_open(struct secret **ret, const char *purpose, struct bytes file, const struct sealed_opener *opener,
		     struct err_info *info) MUST_USE;

/* What a file says of itself, before any passphrase. */
struct sealed_about {
	char purpose[SEALED_PURPOSE_MAX + 1];
	bool by_passphrase;
	struct sealed_work work;
};
enum err sealed_about(struct sealed_about *ret, struct bytes file, struct err_info *info) MUST_USE;

/* ---- files ---- */

/* Atomic, 0600. */
enum err sealed_file_write(const char *path, const char *purpose, struct bytes payload,
			   const struct sealed_opener *opener, const struct rng *rng, struct err_info *info) MUST_USE;

/* Refuses a file that others can read (ERR_IO).  ERR_NOT_FOUND and what sealed_open says. */
enum err sealed_file_read(struct secret **ret, const char *path, const char *purpose,
			  const struct sealed_opener *opener, struct err_info *info) MUST_USE;

#endif
