/* SPDX-License-Identifier: Apache-2.0 */
/* Append-only tables of blocks, transactions and events, of a daemon or a full replica.
 *
 * Rows grow by sequence; what is found by a hash goes through a narrow index on its first eight bytes and is
 * compared in
 * full (a wide table keyed by hash writes pages all over the file).  Appends happen inside the caller's transaction:
 * one
 * for each block, or one for many while catching up.  Bytes are opaque here.
 */
#ifndef MEDLOCK_STORAGE_BLOCK_LOG_H
#define MEDLOCK_STORAGE_BLOCK_LOG_H

#include "storage/db.h"

/* One migration's text: the tables block, tx and event. */
extern const char *const BLOCK_LOG_SCHEMA;

struct block_log_block {
	uint64_t height;
	int64_t time_ms;
	struct hash32 block_hash, app_hash; /* app_hash: of the state after this block */
	struct bytes header, commit, data;  /* data: the raw block; may be empty where only headers are kept */
};

struct block_log_tx {
	struct tx_id id;
	uint64_t height;
	uint32_t index, code;
	struct bytes result;
};

/* Views live during the call; other than ERR_OK stops, and is returned. */
typedef enum err block_log_each(void *context, const struct block_log_block *block);
typedef enum err block_log_event(void *context, uint64_t n, uint64_t height, struct bytes event);

/* The next height only (any for the first): ERR_CHAIN otherwise. */
enum err block_log_append(struct db *db, const struct block_log_block *block, struct err_info *info) MUST_USE;
enum err block_log_append_tx(struct db *db, const struct block_log_tx *tx, struct err_info *info) MUST_USE;
/* n counts from 1 for each account, without a gap: ERR_CHAIN otherwise. */
enum err block_log_append_event(struct db *db, const struct account_id *account, uint64_t n, uint64_t height,
				struct bytes event, struct err_info *info) MUST_USE;

/* First and last height; both 0 when empty. */
enum err block_log_heights(struct db *db, uint64_t *ret_first, uint64_t *ret_last, struct err_info *info) MUST_USE;

/* Blocks from..to ascending; those that are not there are left out. */
enum err block_log_range(struct db *db, uint64_t from, uint64_t to, block_log_each *each, void *context,
			 struct err_info *info) MUST_USE;
/* One block through the same callback; ERR_NOT_FOUND. */
enum err block_log_get(struct db *db, uint64_t height, block_log_each *each, void *context,
		struct err_info *info) MUST_USE;

/* ret->result is appended to ret_result and views it.  ERR_NOT_FOUND. */
enum err block_log_find_tx(struct db *db, struct block_log_tx *ret, struct buf *ret_result, const struct tx_id *id,
			   struct err_info *info) MUST_USE;

/* Events of an account from n on, ascending, at most max. */
enum err block_log_events(struct db *db, const struct account_id *account, uint64_t from_n, uint64_t max,
			  block_log_event *each, void *context, struct err_info *info) MUST_USE;
/* The highest n of an account; 0 when it has none. */
enum err block_log_event_count(struct db *db, uint64_t *ret, const struct account_id *account,
			       struct err_info *info) MUST_USE;

#endif
