/* SPDX-License-Identifier: Apache-2.0 */
/* The state as a table of keys and values in SQLite, and the changes of a block on top of it in memory.
 *
 * The overlay is what the contract sees: reads fall through to the table, writes stay in a sorted list with one level of
 * undo.  state_overlay_changes gives the block's net changes in key order with old values, for the trie, for proofs of the
 * version before, and for state_kv_apply inside the block's one transaction.
 */
#ifndef MEDLOCK_STORAGE_STATE_KV_H
#define MEDLOCK_STORAGE_STATE_KV_H

#include "storage/db.h"

#define STATE_SCHEMA "CREATE TABLE state(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"

typedef enum err state_each(void *context, struct bytes key, struct bytes value);

/* Append the value to ret; ERR_NOT_FOUND. */
enum err state_kv_get(struct db *d, struct buf *ret, struct bytes key) MUST_USE;
/* All keys with the prefix (empty: all), in byte order or its reverse, until each returns other than ERR_OK. */
enum err state_kv_scan(struct db *d, struct bytes prefix, bool descending, state_each *each, void *context) MUST_USE;
enum err state_kv_count(struct db *d, uint64_t *ret) MUST_USE;

struct state_change {
	struct bytes key;
	struct bytes old_value, new_value;
	bool had_old, has_new;
};
/* Inside the caller's transaction. */
enum err state_kv_apply(struct db *d, const struct state_change *changes, size_t count) MUST_USE;

struct state_overlay;
enum err state_overlay_new(struct state_overlay **ret, struct db *d) MUST_USE;
void state_overlay_free(struct state_overlay *o);
void state_overlay_clear(struct state_overlay *o); /* forget all changes */

enum err state_overlay_get(struct state_overlay *o, struct buf *ret, struct bytes key) MUST_USE;
enum err state_overlay_put(struct state_overlay *o, struct bytes key, struct bytes value) MUST_USE;
enum err state_overlay_del(struct state_overlay *o, struct bytes key) MUST_USE;
enum err state_overlay_scan(struct state_overlay *o, struct bytes prefix, bool descending, state_each *each,
			    void *context) MUST_USE;

/* One transaction's undo; begin may not be nested. */
void state_overlay_begin(struct state_overlay *o);
void state_overlay_keep(struct state_overlay *o);
void state_overlay_undo(struct state_overlay *o);

/* The net changes in key order; what ended as it began is left out.  Views into the overlay, valid until it changes; the
 * array is freed by the caller with free().
 */
enum err state_overlay_changes(struct state_overlay *o, struct state_change **ret, size_t *ret_count) MUST_USE;

#endif
