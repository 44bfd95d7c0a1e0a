/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the application: application.c (the interface), app_state.c (state, trie, what was before),
 * app_open.c (life
 * cycle and the daemon's reads), app_check.c (proving a store whole).
 */
#ifndef MEDLOCK_ENGINE_APP_INTERNAL_H
#define MEDLOCK_ENGINE_APP_INTERNAL_H

#include "chain/contract/access.h"
#include "chain/engine/application.h"
#include "chain/engine/ledger_rows.h"
#include "chain/engine/verdicts.h"
#include "core/crypto/hash.h"
#include "core/crypto/trie.h"
#include "storage/db.h"
#include "storage/state_kv.h"

#define APP_TX_OVERHEAD 8u /* tag and length of one transaction in a block's bytes */

struct app_event {
	struct account_id owner;
	uint64_t n;
	uint8_t *bytes;
	size_t len;
};
struct app_events {
	struct app_event *rows;
	size_t count, room;
};

/* A key as it was before the last block that changed it. */
struct before {
	struct hash32 keyhash;
	bool present;
	uint8_t *value;
	size_t len;
};
struct befores {
	struct before *rows;
	size_t count, room;
};

struct ledger_app {
	struct application interface;
	struct buf genesis_bytes;
	Medlock__Genesis *genesis;
	struct network_id network;
	struct db *db;
	struct ledger_rows rows;
	struct state_kv *state;
	struct state_overlay *overlay;
	struct contract_kv kv; /* the overlay's; what is not flushed is dropped */
	struct trie *trie;
	bool initialised, trie_ahead;
	bool no_previous; /* the trie does not have the version before the last block */
	struct app_info at, next;
	struct contract_result *results;
	size_t result_count;
	struct tx_id *ids;
	struct app_events events;
	struct befores before, before_next; /* values of the last block's changes before it */
	const struct app_store *store;
	struct verdicts verdicts;
	const struct log *log;
};

extern const struct application APP_FUNCTIONS;

enum err ledger_app_start(struct ledger_app **ret, const char *path, const struct db_options *options,
			  struct bytes genesis, const struct log *log, struct err_info *info) MUST_USE;
void app_results_free(struct ledger_app *a);
enum err app_results_hash(struct hash32 *ret, const struct contract_result *results, size_t count) MUST_USE;
void app_events_clear(struct app_events *l);
enum err app_event_keep(void *self, const struct account_id *owner, uint64_t n, struct bytes event) MUST_USE;
struct contract_block app_next(const struct ledger_app *a, struct time_ms now);

/* ---- app_state.c ---- */

struct contract_kv app_state_view(struct state_overlay *o);
void app_state_drop(struct ledger_app *a);                                    /* forget the open changes */
enum err app_state_flush(struct ledger_app *a, struct err_info *info) MUST_USE; /* into the open SQLite transaction */
enum err app_trie_apply(struct ledger_app *a) MUST_USE;                       /* the open changes, as one version */
enum err app_trie_load(struct ledger_app *a, struct err_info *info) MUST_USE; /* all stored leaves */
/* BEGIN IMMEDIATE, body, COMMIT; ROLLBACK on failure. */
enum err app_transaction(struct ledger_app *a, enum err (*body)(struct ledger_app *a, struct err_info *info),
			 struct err_info *info) MUST_USE;
enum err app_before_keep(struct ledger_app *a) MUST_USE; /* read what the open changes replace */
void app_before_take(struct ledger_app *a);              /* the block is stored: that is now the state before */
bool app_previous_restore(struct ledger_app *a);         /* give the trie, after an undo, the version before again */
enum err app_provable_get(struct ledger_app *a, struct buf *ret, struct bytes key) MUST_USE;
void befores_release(struct befores *b);

#endif
