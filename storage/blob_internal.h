/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the blob folder: its paths and its index. */
#ifndef MEDLOCK_STORAGE_BLOB_INTERNAL_H
#define MEDLOCK_STORAGE_BLOB_INTERNAL_H

#include <limits.h>

#include "storage/blob_store.h"

#define BLOB_PATH_MAX PATH_MAX

struct blob_store {
	char dir[BLOB_PATH_MAX - 128];
	struct db *db;
	const struct clock *clock;
	struct blob_totals totals; /* kept in step with the index */
};

/* DIR/aa/bb/<hex> and DIR/partial/<hex>. */
void blob_path(char out[BLOB_PATH_MAX], const struct blob_store *s, const struct blob_id *id);
void blob_partial_path(char out[BLOB_PATH_MAX], const struct blob_store *s, const struct blob_id *id);
int64_t blob_now(const struct blob_store *s);

/* Size of a regular file; ERR_NOT_FOUND. */
enum err blob_file_size(uint64_t *ret, const char *path) MUST_USE;

/* SHA-256 of a whole file, in steps of flat memory. */
enum err blob_file_hash(struct hash32 *ret, int fd, uint64_t size, const struct task *task) MUST_USE;

/* Do so many bytes more keep within the quota? */
bool blob_fits(const struct blob_store *s, uint64_t room);

/* ---- the index (blob_index.c); each call is one durable transaction and moves the totals ---- */
enum err blob_index_open(struct blob_store *s, bool *ret_new, struct err_info *info) MUST_USE;
enum err blob_index_totals(struct blob_store *s) MUST_USE; /* count again */
enum err blob_index_begin(struct blob_store *s, const struct blob_id *id, uint64_t size) MUST_USE;
enum err blob_index_partial(struct blob_store *s, uint64_t *ret_size, const struct blob_id *id) MUST_USE;
enum err blob_index_end(struct blob_store *s, const struct blob_id *id) MUST_USE; /* no upload any more */
/* Whole now, and no upload any more. */
enum err blob_index_whole(struct blob_store *s, const struct blob_id *id, uint64_t size) MUST_USE;
enum err blob_index_remove(struct blob_store *s, const struct blob_id *id) MUST_USE;
/* Not pinned, and last used before; ERR_NOT_FOUND. */
enum err blob_index_unused(struct blob_store *s, bool *ret, const struct blob_id *id, int64_t before) MUST_USE;
enum err blob_index_touch(struct blob_store *s, const struct blob_id *id) MUST_USE;
enum err blob_index_pin(struct blob_store *s, const struct blob_id *id, bool pinned) MUST_USE;
/* The blob that was used longest ago and is not pinned; ERR_NOT_FOUND. */
enum err blob_index_oldest(struct blob_store *s, struct blob_info *ret) MUST_USE;
/* The first whole blob after id (NULL: the first); ERR_NOT_FOUND at the end. */
enum err blob_index_next(struct blob_store *s, struct blob_info *ret, const struct blob_id *after) MUST_USE;
enum err blob_index_next_partial(struct blob_store *s, struct blob_info *ret, const struct blob_id *after) MUST_USE;

#endif
