/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/engine/application.h"

#include "chain/engine/app_internal.h"
#include "chain/proto/block.h"
#include "chain/proto/genesis.h"

/* ---- results ---- */

void app_results_free(struct ledger_app *a)
{
	for (size_t i = 0; i < a->result_count; i++)
		contract_result_release(&a->results[i]);
	free(a->results);
	a->results = NULL;
	a->result_count = 0;
}

enum err app_results_hash(struct hash32 *ret, const struct contract_result *results, size_t count)
{
	struct block_result *rows = calloc(count + 1, sizeof(*rows));
	enum err e;

	if (rows == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++)
		rows[i] = (struct block_result){.code = results[i].code, .data = buf_bytes(&results[i].data)};
	e = block_results_hash(ret, rows, count);
	free(rows);
	return e;
}

/* ---- events of one block ---- */

void app_events_clear(struct app_events *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->rows[i].bytes);
	l->count = 0;
}

enum err app_event_keep(void *self, const struct account_id *owner, uint64_t n, struct bytes event)
{
	struct app_events *l = self;
	uint8_t *copy;

	if (l->count == l->room) {
		size_t room = l->room == 0 ? 64 : l->room * 2;
		struct app_event *rows = reallocarray(l->rows, room, sizeof(*rows));

		if (rows == NULL)
			return ERR_MEMORY;
		l->rows = rows;
		l->room = room;
	}
	copy = malloc(event.len);
	if (copy == NULL)
		return ERR_MEMORY;
	memcpy(copy, event.data, event.len);
	l->rows[l->count++] = (struct app_event){*owner, n, copy, event.len};
	return ERR_OK;
}

/* ---- the interface ---- */

static struct app_info app_info(void *self)
{
	return ((struct ledger_app *)self)->at;
}

struct contract_block app_next(const struct ledger_app *a, struct time_ms now)
{
	int64_t after = a->at.time.v + 1;

	return (struct contract_block){a->at.height + 1, {now.v > after ? now.v : after}, a->network};
}

static enum err store_genesis(struct ledger_app *a, struct err_info *info)
{
	TRY(rows_meta_put(&a->rows, "network", BYTES_ID(a->network)));
	TRY(rows_meta_put(&a->rows, "app_hash", BYTES_ID(a->at.app_hash)));
	return app_state_flush(a, info);
}

static enum err init_chain(void *self, struct err_info *info)
{
	struct ledger_app *a = self;
	enum err e;

	if (a->initialised)
		return ERR_OK;
	e = contract_init(&a->kv, a->genesis, &a->network, info);
	if (e == ERR_OK)
		e = app_trie_apply(a);
	if (e == ERR_OK) {
		a->at.app_hash = trie_root(a->trie, TRIE_CURRENT);
		e = app_transaction(a, store_genesis, info);
	}
	if (e != ERR_OK) {
		app_state_drop(a);
		return e;
	}
	a->initialised = true;
	return ERR_OK;
}

static enum err approval_check(struct ledger_app *a, const struct tx *tx, const Medlock__Signature *s)
{
	Medlock__AccountState *account = NULL;
	struct sign_public key;
	struct account_id id;
	enum err e;

	ID_COPY(id, s->account.data);
	e = access_account(&account, &a->kv, &id);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_NOT_CERTIFIED : e;
	e = access_sign_key(&key, account, a->at.time);
	WIRE_FREE(account);
	return e != ERR_OK ? e : tx_verify_signature(tx, s, &key);
}

/* The contract answers a repeat before it looks at signatures.  A single signature is verified before it gets there
 * (signer); without the same for approvals, anybody could have a known body stored again under approvals of his own making.
 */
static enum err approvals_check(struct ledger_app *a, const struct tx *tx)
{
	const Medlock__Auth *auth = tx->wire->auth;

	if (auth->by_case != MEDLOCK__AUTH__BY_APPROVALS)
		return ERR_OK;
	for (size_t i = 0; i < auth->approvals->n_signatures; i++)
		TRY(approval_check(a, tx, auth->approvals->signatures[i]));
	return ERR_OK;
}

static enum err trial(struct ledger_app *a, struct contract_result *ret, const struct tx *tx, struct time_ms now)
{
	struct contract_block next = app_next(a, now);
	enum err e = approvals_check(a, tx);

	if (e == ERR_SIGNATURE || e == ERR_NOT_CERTIFIED) {
		*ret = (struct contract_result){.code = (uint32_t)-(int)e, .cost = tx->cost};
		return ERR_OK;
	}
	return e != ERR_OK ? e : contract_apply(ret, &a->kv, &next, tx, &a->verdicts.view, NULL);
}

static enum err check_tx(void *self, struct contract_result *ret, const struct tx *tx, struct time_ms now)
{
	struct ledger_app *a = self;
	enum err e;

	TRY(db_read_begin(a->db, NULL));
	e = trial(a, ret, tx, now);
	app_state_drop(a); /* nothing of it stays */
	db_read_end(a->db);
	return e;
}

static void prepare(void *self, bool *take, const struct tx *const *txs, const size_t *sizes, size_t count)
{
	size_t bytes = 0, taken = 0;
	uint64_t cost = 0;

	(void)self;
	for (size_t i = 0; i < count; i++) {
		size_t size = sizes[i] + APP_TX_OVERHEAD;

		take[i] = taken < BLOCK_TXS_MAX && bytes + size <= BLOCK_SIZE_MAX &&
			  cost + txs[i]->cost <= BLOCK_COST_MAX;
		if (!take[i])
			return; /* in order: a later one never overtakes */
		taken++;
		bytes += size;
		cost += txs[i]->cost;
	}
}

static enum err process(void *self, const struct app_block *block)
{
	size_t bytes = 0;

	(void)self;
	if (block->count > BLOCK_TXS_MAX)
		return ERR_LIMIT;
	for (size_t i = 0; i < block->count; i++)
		bytes += block->txs[i].len + APP_TX_OVERHEAD;
	return bytes > BLOCK_SIZE_MAX ? ERR_LIMIT : ERR_OK;
}

/* Ids are known from the bytes alone, also of transactions that do not parse. */
static enum err ids_of(struct ledger_app *a, const struct app_block *block)
{
	free(a->ids);
	a->ids = calloc(block->count + 1, sizeof(*a->ids));
	if (a->ids == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < block->count; i++) {
		struct hash32 h = hash_sha256(block->txs[i]);

		ID_COPY(a->ids[i], h.b);
	}
	return ERR_OK;
}

static enum err execute(struct ledger_app *a, const struct app_block *block)
{
	struct contract_block at = {block->height, block->time, a->network};
	struct contract_sink sink = {&a->events, app_event_keep};

	TRY(ids_of(a, block));
	a->results = calloc(block->count + 1, sizeof(*a->results));
	if (a->results == NULL)
		return ERR_MEMORY;
	a->result_count = block->count;
	if (block->count > 0)
		TRY(contract_block_apply(a->results, &a->kv, &at, block->txs, block->count, &a->verdicts.view, &sink));
	TRY(app_results_hash(&a->next.results_hash, a->results, a->result_count));
	return app_trie_apply(a);
}

static void abandon(void *self)
{
	struct ledger_app *a = self;

	app_state_drop(a);
	app_events_clear(&a->events);
	if (a->trie_ahead) {
		trie_undo(a->trie);
		a->no_previous = !app_previous_restore(a);
	}
	a->trie_ahead = false;
}

static enum err finalize(void *self, struct app_finalized *ret, const struct app_block *block, struct err_info *info)
{
	struct ledger_app *a = self;
	enum err e;

	app_results_free(a);
	app_events_clear(&a->events);
	a->next = a->at;
	a->next.height = block->height;
	a->next.time = block->time;
	e = db_read_begin(a->db, info);
	if (e == ERR_OK) {
		e = execute(a, block);
		db_read_end(a->db);
	}
	if (e != ERR_OK) {
		abandon(a);
		return err_wrap(info, e, "while executing block %llu", (unsigned long long)block->height);
	}
	a->next.app_hash = trie_root(a->trie, TRIE_CURRENT);
	a->next.root_pending = !ID_EQUAL(a->next.app_hash, a->at.app_hash);
	*ret = (struct app_finalized){a->next.app_hash, a->next.results_hash, a->results};
	return ERR_OK;
}

/* The empty block that carries the root of the one before it: it changes nothing else. */
static enum err store_next(struct ledger_app *a, const struct app_store *s)
{
	struct block_row row = {.height = a->next.height + 1, .time = s->next_time, .app_hash = a->next.app_hash,
				.hash = s->next->block_hash, .header = s->next->header, .block = s->next->block,
				.commit = s->next->commit};

	TRY(app_results_hash(&row.results_hash, NULL, 0));
	return rows_block_put(&a->rows, &row);
}

static enum err store_block(struct ledger_app *a, struct err_info *info)
{
	const struct app_store *s = a->store;
	struct block_row row = {.height = a->next.height, .time = a->next.time, .app_hash = a->next.app_hash,
				.results_hash = a->next.results_hash, .changed = a->next.root_pending};

	if (s != NULL) {
		row.hash = s->block_hash;
		row.header = s->header;
		row.block = s->block;
		row.commit = s->commit;
	}
	TRY(rows_block_put(&a->rows, &row));
	for (size_t i = 0; i < a->result_count; i++)
		TRY(rows_tx_put(&a->rows, row.height, (uint32_t)i, &a->ids[i], &a->results[i]));
	for (size_t i = 0; i < a->events.count; i++)
		TRY(rows_event_put(&a->rows, &a->events.rows[i].owner, a->events.rows[i].n,
				   bytes_of(a->events.rows[i].bytes, a->events.rows[i].len)));
	if (s != NULL && s->next != NULL)
		TRY(store_next(a, s));
	TRY(rows_meta_put(&a->rows, "app_hash", BYTES_ID(a->next.app_hash)));
	return app_state_flush(a, info);
}

static enum err advance(struct ledger_app *a, const struct app_store *s)
{
	a->next.height++;
	a->next.time = s->next_time;
	a->next.block_hash = s->next->block_hash;
	a->next.root_pending = false;
	return app_results_hash(&a->next.results_hash, NULL, 0);
}

static enum err commit(void *self, const struct app_store *store, struct err_info *info)
{
	struct ledger_app *a = self;

	TRY(app_before_keep(a));
	a->store = store;
	TRY(app_transaction(a, store_block, info));
	app_before_take(a); /* also clears the open changes */
	if (store != NULL)
		a->next.block_hash = store->block_hash;
	if (store != NULL && store->next != NULL)
		TRY(advance(a, store));
	a->at = a->next;
	a->trie_ahead = a->no_previous = false;
	app_events_clear(&a->events);
	return ERR_OK;
}

static enum err last_commit(void *self, struct buf *ret)
{
	struct ledger_app *a = self;
	struct buf header = BUF_INIT;
	enum err e = rows_header(&a->rows, &header, ret, a->at.height);

	buf_release(&header);
	return e;
}

static enum err query(void *self, bool *ret_present, struct buf *ret_value, struct buf *ret_proof,
		      uint64_t *ret_height, struct bytes key)
{
	struct ledger_app *a = self;
	struct hash32 keyhash = hash_sha256(key);
	enum err e;

	if (a->at.root_pending && a->no_previous)
		return ERR_BUSY_PEER; /* until the next block, which follows at once */
	e = app_provable_get(a, ret_value, key);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	*ret_present = e == ERR_OK;
	*ret_height = ledger_app_state_height(a);
	trie_prove(a->trie, ret_proof, a->at.root_pending ? TRIE_PREVIOUS : TRIE_CURRENT, &keyhash);
	return buf_error(ret_proof);
}

static void verdict(void *self, const struct tx_id *tx, const struct sign_public *key, bool valid)
{
	verdicts_put(&((struct ledger_app *)self)->verdicts, tx, key, valid);
}

static enum err signer(void *self, struct sign_public *ret, const struct tx *tx)
{
	struct ledger_app *a = self;
	Medlock__AccountState *account = NULL;
	struct account_id id;
	enum err e;

	if (tx->wire->auth->by_case != MEDLOCK__AUTH__BY_SIGNATURE)
		return ERR_NOT_FOUND;
	ID_COPY(id, tx->wire->auth->signature->account.data);
	TRY(access_account(&account, &a->kv, &id));
	e = access_sign_key(ret, account, a->at.time);
	WIRE_FREE(account);
	return e;
}

const struct application APP_FUNCTIONS = {
	.info = app_info, .init_chain = init_chain, .check_tx = check_tx, .prepare = prepare, .process = process,
	.finalize = finalize, .commit = commit, .abandon = abandon, .last_commit = last_commit, .query = query,
	.verdict = verdict, .signer = signer,
};
