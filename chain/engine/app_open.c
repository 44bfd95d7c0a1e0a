/* SPDX-License-Identifier: Apache-2.0 */
/* Life cycle of the application, and what the daemon reads of it. */
#include "chain/engine/app_internal.h"
#include "chain/proto/block.h"
#include "chain/proto/genesis.h"
#include "storage/migrate.h"

static enum err tables(struct ledger_app *a, struct err_info *info)
{
	struct buf sql = BUF_INIT;
	struct migration first = {.version = 1};
	enum err e;

	buf_append_text(&sql, STATE_KV_SCHEMA);
	buf_append_text(&sql, LEDGER_SCHEMA);
	e = buf_error(&sql);
	first.sql = buf_text(&sql);
	if (e == ERR_OK)
		e = migrate(a->db, DB_LEDGER, &first, 1, info);
	buf_release(&sql);
	return e;
}

/* Where the store stands, and that its state is what its last block says. */
static enum err resume(struct ledger_app *a, struct err_info *info)
{
	struct buf stored = BUF_INIT;
	struct hash32 root;
	enum err e = rows_meta_get(&a->rows, &stored, "network");

	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e == ERR_OK && !bytes_equal(buf_bytes(&stored), BYTES_ID(a->network)))
		e = err_set(info, ERR_NETWORK_ID, "ledger.db belongs to another network than genesis");
	buf_clear(&stored);
	if (e == ERR_OK)
		e = rows_meta_get(&a->rows, &stored, "app_hash");
	if (e == ERR_OK)
		e = rows_last(&a->rows, &a->at);
	if (e == ERR_OK)
		e = rows_meta_get_u64(&a->rows, &a->at.sign_above, "sign_above");
	if (e == ERR_OK)
		e = app_trie_load(a, info);
	root = trie_root(a->trie, TRIE_CURRENT);
	if (e == ERR_OK && !bytes_equal(buf_bytes(&stored), BYTES_ID(root)))
		e = err_set(info, ERR_DAMAGED, "the stored state does not give the stored root: restore a backup");
	buf_release(&stored);
	if (e == ERR_OK) {
		a->at.app_hash = root;
		a->initialised = true;
		a->no_previous = true;
	}
	return e;
}

static enum err open_all(struct ledger_app *a, const char *path, const struct db_options *options,
			 struct bytes genesis, struct err_info *info)
{
	TRY(genesis_parse(&a->genesis, &a->network, genesis, info));
	buf_append_bytes(&a->genesis_bytes, genesis);
	TRY(buf_error(&a->genesis_bytes));
	TRY(trie_new(&a->trie));
	TRY(db_open(&a->db, path, options, info));
	TRY(tables(a, info));
	TRY(ledger_rows_init(&a->rows, db_handle(a->db), info));
	TRY(state_kv_new(&a->state, a->db, info));
	TRY(state_overlay_new(&a->overlay, a->state));
	a->kv = app_state_view(a->overlay);
	return resume(a, info);
}

enum err ledger_app_start(struct ledger_app **ret, const char *path, const struct db_options *options,
			  struct bytes genesis, const struct log *log, struct err_info *info)
{
	struct ledger_app *a = calloc(1, sizeof(*a));
	enum err e;

	if (a == NULL)
		return err_set(info, ERR_MEMORY, "while opening ledger.db");
	verdicts_init(&a->verdicts);
	a->interface = APP_FUNCTIONS;
	a->interface.self = a;
	a->log = log;
	e = open_all(a, path, options, genesis, info);
	if (e != ERR_OK) {
		ledger_app_free(a);
		return e;
	}
	*ret = a;
	return ERR_OK;
}

enum err ledger_app_open(struct ledger_app **ret, const char *path, struct bytes genesis, const struct log *log,
			 struct err_info *info)
{
	return ledger_app_start(ret, path, NULL, genesis, log, info);
}

static enum err stand_read(struct ledger_app *a, struct ledger_stand *ret, const char *path, struct bytes genesis,
			   struct err_info *info)
{
	struct db_options options = {.read_only = true};

	TRY(genesis_parse(&a->genesis, &a->network, genesis, info));
	TRY(db_open(&a->db, path, &options, info));
	TRY(ledger_rows_init(&a->rows, db_handle(a->db), info));
	TRY(rows_last(&a->rows, &ret->at));
	snprintf(ret->chain_id, sizeof(ret->chain_id), "%s", a->genesis->chain_id);
	ret->peers = a->genesis->network->n_peers;
	return ERR_OK;
}

enum err ledger_stand(struct ledger_stand *ret, const char *path, struct bytes genesis, struct err_info *info)
{
	struct ledger_app *a = calloc(1, sizeof(*a));
	enum err e;

	if (a == NULL)
		return ERR_MEMORY;
	memset(ret, 0, sizeof(*ret));
	e = stand_read(a, ret, path, genesis, info);
	ledger_app_free(a);
	return e;
}

void ledger_app_free(struct ledger_app *a)
{
	if (a == NULL)
		return;
	app_results_free(a);
	app_events_clear(&a->events);
	free(a->events.rows);
	free(a->ids);
	befores_release(&a->before);
	befores_release(&a->before_next);
	state_overlay_free(a->overlay);
	state_kv_free(a->state);
	ledger_rows_release(&a->rows);
	db_free(a->db);
	trie_free(a->trie);
	WIRE_FREE(a->genesis);
	buf_release(&a->genesis_bytes);
	free(a);
}

/* ---- reads ---- */

const struct application *ledger_app_interface(struct ledger_app *a)
{
	return &a->interface;
}

struct app_info ledger_app_info(const struct ledger_app *a)
{
	return a->at;
}

const struct network_id *ledger_app_network(const struct ledger_app *a)
{
	return &a->network;
}

const Medlock__Genesis *ledger_app_genesis(const struct ledger_app *a)
{
	return a->genesis;
}

struct bytes ledger_app_genesis_bytes(const struct ledger_app *a)
{
	return buf_bytes(&a->genesis_bytes);
}

struct contract_kv *ledger_app_state(struct ledger_app *a)
{
	return &a->kv;
}

struct contract_block ledger_app_newest(const struct ledger_app *a)
{
	return (struct contract_block){a->at.height, a->at.time, a->network};
}

struct sqlite3 *ledger_app_sqlite(struct ledger_app *a)
{
	return db_handle(a->db);
}

uint64_t ledger_app_state_height(const struct ledger_app *a)
{
	return a->at.height == 0 ? 0 : a->at.height - 1;
}

enum err ledger_app_header(struct ledger_app *a, struct buf *ret_header, struct buf *ret_commit, uint64_t height)
{
	return rows_header(&a->rows, ret_header, ret_commit, height);
}

enum err ledger_app_block(struct ledger_app *a, struct buf *ret_block, struct buf *ret_commit, uint64_t height)
{
	return rows_block(&a->rows, ret_block, ret_commit, height);
}

enum err ledger_app_event(struct ledger_app *a, struct buf *ret, const struct account_id *owner, uint64_t n)
{
	return rows_event(&a->rows, ret, owner, n);
}

static enum err tx_in_block(struct buf *ret_tx, struct buf *ret_inclusion, struct bytes block, uint32_t index)
{
	struct block b;
	struct tx_id *ids;
	enum err e;

	TRY(block_decode(&b, block, NULL));
	ids = calloc(b.tx_count + 1, sizeof(*ids));
	e = ids == NULL ? ERR_MEMORY : index < b.tx_count ? ERR_OK : ERR_DAMAGED;
	for (size_t i = 0; e == ERR_OK && i < b.tx_count; i++) {
		struct hash32 h = hash_sha256(b.txs[i]);

		ID_COPY(ids[i], h.b);
	}
	if (e == ERR_OK) {
		buf_append_bytes(ret_tx, b.txs[index]);
		inclusion_prove(ret_inclusion, ids, b.tx_count, index);
		e = buf_error(ret_tx) != ERR_OK ? buf_error(ret_tx) : buf_error(ret_inclusion);
	}
	free(ids);
	block_release(&b);
	return e;
}

enum err ledger_app_tx(struct ledger_app *a, struct ledger_tx *ret, struct buf *ret_data, struct buf *ret_tx,
		       struct buf *ret_inclusion, const struct tx_id *id)
{
	struct buf block = BUF_INIT, commit = BUF_INIT;
	enum err e;

	TRY(rows_tx(&a->rows, ret, ret_data, id));
	e = rows_block(&a->rows, &block, &commit, ret->height);
	if (e == ERR_OK)
		e = tx_in_block(ret_tx, ret_inclusion, buf_bytes(&block), ret->index);
	buf_release(&block);
	buf_release(&commit);
	return e;
}

enum err ledger_app_result(struct ledger_app *a, struct ledger_tx *ret, struct buf *ret_data, const struct tx_id *id)
{
	return rows_tx(&a->rows, ret, ret_data, id);
}

enum err ledger_app_sign_above(struct ledger_app *a, uint64_t height, struct err_info *info)
{
	enum err e = rows_meta_put_u64(&a->rows, "sign_above", height);

	if (e != ERR_OK)
		return err_set(info, e, "while noting the height above which this peer may sign");
	a->at.sign_above = height;
	return ERR_OK;
}
