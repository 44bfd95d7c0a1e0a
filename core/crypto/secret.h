/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for keys and passphrases: guard pages around it, locked into RAM, left out of core dumps, wiped when freed.
 *
 * Built on libsodium's guarded heap.  Each secret costs three to four pages, and locked memory is scarce (often
 * 8 MiB a process), so keep keys here, not documents.  There is no silent fallback: when the kernel refuses to lock,
 * the allocation fails.  Any thread may make, read and free secrets; one secret is not to be written by two at once.
 */
#ifndef MEDLOCK_CRYPTO_SECRET_H
#define MEDLOCK_CRYPTO_SECRET_H

#include "core/base/bytes.h"

#define SECRET_SIZE_MAX (1024u * 1024)

struct secret {
	uint8_t *data; /* points at len bytes that are locked and guarded */
	size_t len;
};

/* A secret of len zero bytes, 1 <= len <= SECRET_SIZE_MAX.  ERR_RANGE; ERR_MEMORY also when it cannot be locked. */
enum err secret_new(struct secret **ret, size_t len) MUST_USE;

/* The same with the bytes of from, which stay the caller's to wipe. */
enum err secret_copy(struct secret **ret, struct bytes from) MUST_USE;

/* Wipes and frees; NULL is fine.  Returns NULL, so that `key = secret_free(key);` leaves nothing dangling. */
struct secret *secret_free(struct secret *s);

static inline struct bytes secret_bytes(const struct secret *s)
{
	return bytes_of(s->data, s->len);
}

/* Equal lengths and bytes, in a time that depends on the lengths alone. */
bool secret_equal(struct bytes x, struct bytes y) MUST_USE;

/* Zero memory in a way the compiler keeps. */
void secret_wipe(void *p, size_t len);

/* For larger memory through which secrets pass: kept out of swap and core dumps as far as the kernel lets us.  Unlocking
 * wipes.
 */
void secret_lock(void *p, size_t len);
void secret_unlock(void *p, size_t len);

/* No core dumps, and no other process of the same user may attach or read this one's memory.  Call first in main. */
void secret_process_harden(void);

#endif
