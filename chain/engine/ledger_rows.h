/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the application: the tables of ledger.db beside the state, with their prepared statements.
 *
 * Tables grow by sequence and have narrow indexes on the first eight bytes of a hash: a wide table keyed by
 * hash writes
 * pages all over the file.  Rows found by such a prefix are compared in full.
 */
#ifndef MEDLOCK_ENGINE_LEDGER_ROWS_H
#define MEDLOCK_ENGINE_LEDGER_ROWS_H

#include <sqlite3.h>

#include "chain/engine/application.h"

extern const char *const LEDGER_SCHEMA; /* one migration: docs/formats/peer-home.md */

enum ledger_sql {
	SQL_META_GET, SQL_META_PUT,
	SQL_BLOCK_PUT, SQL_HEADER_GET, SQL_BLOCK_GET, SQL_LAST_GET,
	SQL_TX_PUT, SQL_TX_GET, SQL_TX_AT, SQL_TX_BLOCK,
	SQL_EVENT_PUT, SQL_EVENT_GET,
	SQL_COUNTS,
	SQL_COUNT
};

struct ledger_rows {
	sqlite3 *db;
	sqlite3_stmt *sql[SQL_COUNT];
};

enum err ledger_rows_init(struct ledger_rows *r, sqlite3 *db, struct err_info *info) MUST_USE;
void ledger_rows_release(struct ledger_rows *r);

enum err ledger_error(sqlite3 *db, struct err_info *info); /* the handle's last error as ours */

enum err rows_meta_get(struct ledger_rows *r, struct buf *ret, const char *name) MUST_USE; /* ERR_NOT_FOUND */
enum err rows_meta_put(struct ledger_rows *r, const char *name, struct bytes value) MUST_USE;
enum err rows_meta_get_u64(struct ledger_rows *r, uint64_t *ret, const char *name) MUST_USE; /* absent: untouched, OK */
enum err rows_meta_put_u64(struct ledger_rows *r, const char *name, uint64_t value) MUST_USE;

struct block_row {
	uint64_t height;
	struct time_ms time;
	struct hash32 hash, app_hash, results_hash; /* the hashes after this block */
	bool changed;                               /* the block changed the root */
	struct bytes header, block, commit;
};
enum err rows_block_put(struct ledger_rows *r, const struct block_row *b) MUST_USE;
enum err rows_last(struct ledger_rows *r, struct app_info *ret) MUST_USE; /* no block: untouched, OK */
enum err rows_header(struct ledger_rows *r, struct buf *ret_header, struct buf *ret_commit, uint64_t height) MUST_USE;
enum err rows_block(struct ledger_rows *r, struct buf *ret_block, struct buf *ret_commit, uint64_t height) MUST_USE;

enum err rows_tx_put(struct ledger_rows *r, uint64_t height, uint32_t index, const struct tx_id *id,
		     const struct contract_result *result) MUST_USE;
enum err rows_tx(struct ledger_rows *r, struct ledger_tx *ret, struct buf *ret_data, const struct tx_id *id) MUST_USE;

/* The row of exactly this place; ERR_NOT_FOUND. */
enum err rows_tx_at(struct ledger_rows *r, struct ledger_tx *ret, struct buf *ret_data, uint64_t height, uint32_t index,
		    const struct tx_id *id) MUST_USE;
enum err rows_count(struct ledger_rows *r, uint64_t *ret_txs, uint64_t *ret_events) MUST_USE;

enum err rows_event_put(struct ledger_rows *r, const struct account_id *owner, uint64_t n, struct bytes event) MUST_USE;
enum err rows_event(struct ledger_rows *r, struct buf *ret, const struct account_id *owner, uint64_t n) MUST_USE;

#endif
