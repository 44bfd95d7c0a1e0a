/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's state: an ordered map of bytes in one SQLite table, and changes kept in memory above it.
 *
 * struct state_kv is the stored map.  struct state_overlay holds the changes of one block in key order, with one
 * level of
 * undo for the transaction at work; reads see the changes first.  When the block is final, state_overlay_changes gives
 * the sorted changes (for the trie) and state_overlay_store writes them inside the caller's SQLite transaction.
 * Keys are compared as bytes, shorter first.  One thread at a time.
 */
#ifndef MEDLOCK_STORAGE_STATE_KV_H
#define MEDLOCK_STORAGE_STATE_KV_H

#include "storage/db.h"

#define STATE_KEY_MAX 1024u
#define STATE_VALUE_MAX (1024u * 1024)

/* One migration's text: the table. */
extern const char *const STATE_KV_SCHEMA;

struct state_kv;

/* Over a database whose migrations made the table; db is borrowed and must outlive it. */
enum err state_kv_new(struct state_kv **ret, struct db *db, struct err_info *info) MUST_USE;
struct state_kv *state_kv_free(struct state_kv *kv);

/* Return other than ERR_OK to stop: the scan returns it.  Views live during the call.  The map must not change. */
typedef enum err state_each(void *context, struct bytes key, struct bytes value);

/* appends; ERR_NOT_FOUND */
enum err state_kv_get(struct state_kv *kv, struct buf *ret_value, struct bytes key) MUST_USE;
enum err state_kv_put(struct state_kv *kv, struct bytes key, struct bytes value) MUST_USE;    /* in a transaction */
enum err state_kv_delete(struct state_kv *kv, struct bytes key) MUST_USE;		      /* absent is fine */
enum err state_kv_count(struct state_kv *kv, uint64_t *ret) MUST_USE;

/* All keys that begin with prefix, in order; from: where to start within it (empty: at its first, or at its last when
 * descending).  The key `from` itself is included, and must begin with prefix (ERR_RANGE).
 */
enum err state_kv_scan(struct state_kv *kv, struct bytes prefix, struct bytes from, bool descending, state_each *each,
		       void *context) MUST_USE;

/* ---- changes in memory ---- */

struct state_overlay;

/* base NULL: nothing lies below (an empty state).  While the overlay holds anything, the base changes through it alone: it
 * remembers what it read there.
 */
enum err state_overlay_new(struct state_overlay **ret, struct state_kv *base) MUST_USE;
struct state_overlay *state_overlay_free(struct state_overlay *o);
void state_overlay_clear(struct state_overlay *o); /* forget the block; keeps some memory for the next */

enum err state_overlay_get(struct state_overlay *o, struct buf *ret_value, struct bytes key) MUST_USE;
enum err state_overlay_put(struct state_overlay *o, struct bytes key, struct bytes value) MUST_USE;
enum err state_overlay_delete(struct state_overlay *o, struct bytes key) MUST_USE;
enum err state_overlay_scan(struct state_overlay *o, struct bytes prefix, struct bytes from, bool descending,
			    state_each *each, void *context) MUST_USE;

/* One transaction's undo: begin, then keep or undo everything since. */
void state_overlay_begin(struct state_overlay *o);
void state_overlay_keep(struct state_overlay *o);
void state_overlay_undo(struct state_overlay *o);

/* One key that differs from the base; data NULL and len 0 with has_* false: absent. */
struct state_change {
	struct bytes key;
	bool has_old, has_new;
	struct bytes old_value, new_value;
};
typedef enum err state_change_each(void *context, const struct state_change *change);

/* All keys that differ from the base, ascending; puts of the value that is stored already are left out. */
enum err state_overlay_changes(struct state_overlay *o, state_change_each *each, void *context) MUST_USE;

/* Write the changes into the base, inside the caller's transaction; the overlay keeps them until clear. */
enum err state_overlay_store(struct state_overlay *o) MUST_USE;

#endif
