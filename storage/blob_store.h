/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted files by the SHA-256 of their bytes, in a folder: resumable upload, verified before they have a name.
 *
 *	DIR/aa/bb/<64 hex>	a whole blob; its bytes hash to its name
 *	DIR/partial/<64 hex>	the bytes so far of an upload under way
 *	DIR/blobs.db		the index: size, last use, pinned, and the declared sizes of uploads
 *
 * A blob appears by one rename after its hash was checked and its bytes are on the disk, so a kill at any point
 * leaves a
 * whole blob, a partial that can go on, or nothing.  A damaged or lost index is made again from the folder (what was
 * pinned is then forgotten).  Memory is flat for any size.  One handle per folder and process; one thread at a time.
 */
#ifndef MEDLOCK_STORAGE_BLOB_STORE_H
#define MEDLOCK_STORAGE_BLOB_STORE_H

#include "core/base/clock.h"
#include "core/base/task.h"
#include "storage/db.h"

#define BLOB_PIECE_MAX (4u * 1024 * 1024)
#define BLOB_SIZE_MAX (UINT64_C(64) * 1024 * 1024 * 1024)

struct blob_store;

/* Open or make the folder (0700).  quota: bytes of whole and partial blobs, 0 for none. */
enum err blob_store_open(struct blob_store **ret, const char *dir, uint64_t quota, const struct clock *clock,
			 struct err_info *info) MUST_USE;
struct blob_store *blob_store_free(struct blob_store *s);

struct blob_info {
	struct blob_id id;
	uint64_t size;
	int64_t last_used_ms;
	bool pinned;
};

/* ---- uploads ---- */

/* Begin, or go on with, an upload of so many bytes; ret_have: bytes that are here already (== size: only finish is
 * left).  ERR_DUPLICATE when the blob is whole already; ERR_CONFLICT when another size was declared; ERR_LIMIT past the
 * quota; ERR_RANGE for 0 or more than BLOB_SIZE_MAX; ERR_DISK_FULL.
 */
enum err blob_store_begin(struct blob_store *s, uint64_t *ret_have, const struct blob_id *id, uint64_t size,
			  struct err_info *info) MUST_USE;

/* A piece of at most BLOB_PIECE_MAX bytes at its exact place.  A piece that lies within what is here must be the same
 * bytes (ERR_CONFLICT otherwise) and changes nothing; one that leaves a gap or passes the size is ERR_RANGE; without a
 * begin ERR_NOT_FOUND.  A full disk leaves what was there before.
 */
enum err blob_store_write(struct blob_store *s, uint64_t *ret_have, const struct blob_id *id, uint64_t offset,
			  struct bytes piece, struct err_info *info) MUST_USE;

/* Bytes that are here of an upload under way, and its declared size.  ERR_NOT_FOUND. */
enum err blob_store_progress(struct blob_store *s, uint64_t *ret_have, uint64_t *ret_size,
			     const struct blob_id *id) MUST_USE;

/* Hash everything, sync, rename.  ERR_TRUNCATED while bytes are missing; ERR_BLOB, and the partial is gone, when
 * they are
 * not what the name says.  ERR_DUPLICATE never: a blob that is whole already is ERR_OK.  task may be NULL.
 */
enum err blob_store_finish(struct blob_store *s, const struct blob_id *id, const struct task *task,
			   struct err_info *info) MUST_USE;

/* The two halves of finish, so that a worker can do the long one.  check: any thread, while nobody writes or abandons
 * this upload; hashes size bytes and syncs them.  settle: what check said decides; on the store's thread.
 */
enum err blob_store_check(const struct blob_store *s, const struct blob_id *id, uint64_t size,
			  const struct task *task) MUST_USE;
enum err blob_store_settle(struct blob_store *s, const struct blob_id *id, enum err checked,
			   struct err_info *info) MUST_USE;

/* drop a partial; absent is fine */
enum err blob_store_abandon(struct blob_store *s, const struct blob_id *id) MUST_USE;

/* Take a whole file of ours by copying it in: begin, write, finish. */
enum err blob_store_import(struct blob_store *s, struct blob_id *ret, const char *path, const struct task *task,
			   struct err_info *info) MUST_USE;

/* Drop partials last written before the time, and those that never got a byte; ret_count may be NULL. */
enum err blob_store_drop_partials(struct blob_store *s, uint64_t *ret_count, struct time_ms before) MUST_USE;

/* ---- whole blobs ---- */

bool blob_store_has(struct blob_store *s, const struct blob_id *id);
enum err blob_store_size(struct blob_store *s, uint64_t *ret, const struct blob_id *id) MUST_USE; /* ERR_NOT_FOUND */

/* Append len bytes (at most BLOB_PIECE_MAX) from offset; fewer at the end, none past it.  Marks the blob as used. */
enum err blob_store_read(struct blob_store *s, struct buf *ret, const struct blob_id *id, uint64_t offset,
			 size_t len) MUST_USE;

/* An open file for streaming; the caller closes it.  It stays readable when the blob is removed meanwhile. */
enum err blob_store_fd(struct blob_store *s, int *ret_fd, uint64_t *ret_size, const struct blob_id *id) MUST_USE;

/* Read it all again: ERR_BLOB when the bytes are not what the name says (the file stays: the caller decides). */
enum err blob_store_verify(struct blob_store *s, const struct blob_id *id, const struct task *task) MUST_USE;
enum err blob_store_remove(struct blob_store *s, const struct blob_id *id) MUST_USE; /* absent is fine */
/* The same, unless it is pinned or was used at `before` or later: then it stays, and the answer is ERR_OK too. */
enum err blob_store_remove_unused(struct blob_store *s, const struct blob_id *id, struct time_ms before) MUST_USE;

typedef enum err blob_each(void *context, const struct blob_info *blob);
/* All whole blobs by id; the callback may remove the one it is given. */
enum err blob_store_list(struct blob_store *s, blob_each *each, void *context) MUST_USE;

/* ---- quota and cache ---- */

struct blob_totals { uint64_t blobs, blob_bytes, partials, partial_bytes, pinned_bytes, quota; };
enum err blob_store_totals(struct blob_store *s, struct blob_totals *ret) MUST_USE;

enum err blob_store_pin(struct blob_store *s, const struct blob_id *id, bool pinned) MUST_USE; /* ERR_NOT_FOUND */

/* Another quota from now on; what is there stays. */
void blob_store_set_quota(struct blob_store *s, uint64_t quota);
/* Remove least recently used blobs that are not pinned until `room` more bytes fit the quota.  ERR_LIMIT when they
 * cannot
 * (what was removed stays removed).
 */
enum err blob_store_make_room(struct blob_store *s, uint64_t room, uint64_t *ret_removed) MUST_USE;

#endif
