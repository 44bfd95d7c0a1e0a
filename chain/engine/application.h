/* SPDX-License-Identifier: Apache-2.0 */
/* The medlock application: contract, state, trie and the tables of ledger.db behind the seam of engine.h.
 *
 * One SQLite file holds state, blocks, transactions, results, events and meta; each block is one transaction with
 * synchronous FULL, so a crash leaves exactly the last whole block.  The trie lives in memory and is rebuilt from the
 * stored leaves at start; its root must be the stored app_hash (ERR_DAMAGED otherwise).
 *
 * Which state is provable: a proof needs a header that carries the root, and the root after height H stands in header
 * H + 1.  So proofs and the values beside them are of the newest state whose root stands in a stored header:
 * the current
 * one after an empty block, else the one before, whose values the last block changed are kept.
 *
 * Threads: one at a time.  docs/formats/peer-home.md describes the tables.
 */
#ifndef MEDLOCK_ENGINE_APPLICATION_H
#define MEDLOCK_ENGINE_APPLICATION_H

#include "chain/engine/engine.h"


struct ledger_app;

/* Open or make the tables in db (which the caller owns and opened with the migrations of ledger_app_schema). 
 * genesis:
 * canonical bytes, copied.  A store of another network: ERR_NETWORK_ID.
 */
enum err ledger_app_open(struct ledger_app **ret, const char *path, struct bytes genesis, const struct log *log,
			 struct err_info *info) MUST_USE;
void ledger_app_free(struct ledger_app *a);

/* The table of functions for an engine; lives as long as the application. */
const struct application *ledger_app_interface(struct ledger_app *a);

/* What the daemon's services read.  Views of the last committed block. */
struct app_info ledger_app_info(const struct ledger_app *a);
const struct network_id *ledger_app_network(const struct ledger_app *a);
const Medlock__Genesis *ledger_app_genesis(const struct ledger_app *a);
struct bytes ledger_app_genesis_bytes(const struct ledger_app *a);
struct contract_kv *ledger_app_state(struct ledger_app *a);       /* committed state; put and del assert */
struct contract_block ledger_app_newest(const struct ledger_app *a); /* height, time, network of the last block */

struct sqlite3 *ledger_app_sqlite(struct ledger_app *a); /* for the daemon's own tables in the same file */
uint64_t ledger_app_state_height(const struct ledger_app *a);     /* the provable state */

/* Stored rows, appended to the buffers.  ERR_NOT_FOUND past the end. */
enum err ledger_app_header(struct ledger_app *a, struct buf *ret_header, struct buf *ret_commit,
			   uint64_t height) MUST_USE;
enum err ledger_app_block(struct ledger_app *a, struct buf *ret_block, struct buf *ret_commit,
			  uint64_t height) MUST_USE;
enum err ledger_app_event(struct ledger_app *a, struct buf *ret, const struct account_id *owner, uint64_t n) MUST_USE;

struct ledger_tx {
	uint64_t height;
	uint32_t index, code;
};
/* Where a transaction stands, its result, its bytes and the proof against data_hash of its header. */
enum err ledger_app_tx(struct ledger_app *a, struct ledger_tx *ret, struct buf *ret_data, struct buf *ret_tx,
		       struct buf *ret_inclusion, const struct tx_id *id) MUST_USE;

/* Only where it stands and its result.  ERR_NOT_FOUND. */
enum err ledger_app_result(struct ledger_app *a, struct ledger_tx *ret, struct buf *ret_data,
			   const struct tx_id *id) MUST_USE;

/* After a restore: nothing is signed at or below height.  Durable on return. */
enum err ledger_app_sign_above(struct ledger_app *a, uint64_t height, struct err_info *info) MUST_USE;

/* Where a stored ledger stands, without opening it for work; also beside a running daemon. */
struct ledger_stand {
	struct app_info at;
	char chain_id[CHAIN_ID_MAX + 1];
	size_t peers;
};
enum err ledger_stand(struct ledger_stand *ret, const char *path, struct bytes genesis, struct err_info *info) MUST_USE;

/* Execute every stored block again from the genesis, in memory, and compare: hashes, links, commit signatures,
 * results,
 * events, state rows, roots.  ret_bad: the first height that differs (0 when none).  ERR_OK, or ERR_DAMAGED
 * with info.
 */
enum err ledger_check(const char *path, struct bytes genesis, uint64_t *ret_height, uint64_t *ret_bad,
		      struct err_info *info) MUST_USE;

#endif
