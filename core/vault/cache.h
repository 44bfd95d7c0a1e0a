/* SPDX-License-Identifier: Apache-2.0 */
/* The encrypted data cache of a profile: age files by their hash, a quota, least recently used first out.
 *
 * Nothing in it is plain.  Own records are pinned and never evicted to make room for others', unless one takes more than a
 * quarter of the quota.  A blob larger than what is left may come in while it is worked on and goes first afterwards: the
 * quota bounds what stays.  A blob is in the cache
 * only whole and checked against its name; a download that was cut stays as a part and goes on.
 * One thread at a time; a second process of the same profile gets ERR_BUSY from the profile's lock before.
 */
#ifndef MEDLOCK_VAULT_CACHE_H
#define MEDLOCK_VAULT_CACHE_H

#include "core/crypto/stream.h"

struct cache;

#define CACHE_QUOTA_DEFAULT (2ull * 1024 * 1024 * 1024)

/* dir is made when missing (0700).  quota 0: the default. */
enum err cache_open(struct cache **ret, const char *dir, uint64_t quota, struct err_info *info) MUST_USE;
void cache_free(struct cache *c);

bool cache_has(struct cache *c, const struct blob_id *id);
/* A stream over a whole blob, which also marks it as used; close with cache_close.  ERR_NOT_FOUND. */
struct cache_reader { int fd; uint64_t size; struct byte_source source; };
enum err cache_read(struct cache *c, struct cache_reader *ret, const struct blob_id *id,
		struct err_info *info) MUST_USE;
void cache_close(struct cache_reader *r);

enum err cache_pin(struct cache *c, const struct blob_id *id, bool pinned, struct err_info *info) MUST_USE;
/* Is a blob of that size small enough to be pinned for good? */
bool cache_may_stay(const struct cache *c, uint64_t size);
enum err cache_remove(struct cache *c, const struct blob_id *id, struct err_info *info) MUST_USE; /* absent is fine */

struct cache_use { uint64_t bytes, pinned_bytes, quota, blobs; };
enum err cache_use(struct cache *c, struct cache_use *ret, struct err_info *info) MUST_USE;

#endif
