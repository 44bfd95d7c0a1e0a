/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/execute.h"

#include <stdlib.h>

#include "chain/contract/access.h"
#include "core/crypto/hash.h"
#include "core/crypto/trie.h"
#include "storage/state_kv.h"

struct executor {
	struct network_id network;
	struct state_kv *kv;
	struct state_overlay *overlay;
	struct trie *trie;
	struct contract_result *results;
	size_t result_count;
	const struct contract_verdicts *verdicts;
};

/* ---- the contract's view ------------------------------------------------------------------- */

static enum err kv_get(void *self, struct buf *ret, struct bytes key)
{
	return state_overlay_get(self, ret, key);
}

static enum err kv_put(void *self, struct bytes key, struct bytes value)
{
	return state_overlay_put(self, key, value);
}

static enum err kv_del(void *self, struct bytes key)
{
	return state_overlay_delete(self, key);
}

static enum err kv_scan(void *self, struct bytes prefix, bool descending,
			enum err (*each)(void *, struct bytes, struct bytes), void *context)
{
	return state_overlay_scan(self, prefix, bytes_of(NULL, 0), descending, each, context);
}

static void kv_begin(void *self)
{
	state_overlay_begin(self);
}

static void kv_keep(void *self)
{
	state_overlay_keep(self);
}

static void kv_undo(void *self)
{
	state_overlay_undo(self);
}

static struct contract_kv kv_of(struct executor *x)
{
	return (struct contract_kv){x->overlay, kv_get, kv_put, kv_del, kv_scan, kv_begin, kv_keep, kv_undo};
}

/* ---- the trie ------------------------------------------------------------------------------ */

struct change_list {
	struct trie_change *rows;
	size_t count, size;
};

static enum err add_change(struct change_list *list, struct bytes key, const struct bytes *value)
{
	if (list->count == list->size) {
		size_t size = list->size ? 2 * list->size : 256;
		struct trie_change *grown = realloc(list->rows, size * sizeof(*grown));

		if (grown == NULL)
			return ERR_MEMORY;
		list->rows = grown;
		list->size = size;
	}
	list->rows[list->count] = (struct trie_change){.keyhash = hash_sha256(key), .delete = value == NULL};
	if (value != NULL)
		list->rows[list->count].valuehash = hash_sha256(*value);
	list->count++;
	return ERR_OK;
}

static enum err load_leaf(void *context, struct bytes key, struct bytes value)
{
	return add_change(context, key, &value);
}

struct gather {
	struct change_list list;
	executed_row *changed;
	void *self;
};

static enum err gather_change(void *context, const struct state_change *c)
{
	struct gather *g = context;

	if (g->changed != NULL)
		TRY(g->changed(g->self, c->key, c->has_new ? &c->new_value : NULL));
	return add_change(&g->list, c->key, c->has_new ? &c->new_value : NULL);
}

/* What the overlay holds, into table and trie. */
static enum err store(struct executor *x, executed_row *changed, void *self)
{
	struct gather g = {.changed = changed, .self = self};
	enum err e = state_overlay_changes(x->overlay, gather_change, &g);

	if (e == ERR_OK) {
		trie_sort(g.list.rows, g.list.count);
		e = trie_apply(x->trie, g.list.rows, g.list.count);
	}
	if (e == ERR_OK)
		e = state_overlay_store(x->overlay);
	state_overlay_clear(x->overlay);
	free(g.list.rows);
	return e;
}

static enum err load_trie(struct executor *x)
{
	struct change_list list = {0};
	enum err e = state_kv_scan(x->kv, bytes_of(NULL, 0), bytes_of(NULL, 0), false, load_leaf, &list);

	if (e == ERR_OK && list.count > 0) {
		trie_sort(list.rows, list.count);
		e = trie_apply(x->trie, list.rows, list.count);
	}
	free(list.rows);
	return e;
}

/* ---- life ---------------------------------------------------------------------------------- */

enum err executor_new(struct executor **ret, struct db *db, const struct network_id *network, struct err_info *info)
{
	struct executor *x = calloc(1, sizeof(*x));
	enum err e;

	if (x == NULL)
		return ERR_MEMORY;
	x->network = *network;
	e = state_kv_new(&x->kv, db, info);
	if (e == ERR_OK)
		e = state_overlay_new(&x->overlay, x->kv);
	if (e == ERR_OK)
		e = trie_new(&x->trie);
	if (e == ERR_OK)
		e = load_trie(x);
	if (e != ERR_OK) {
		executor_free(x);
		return e;
	}
	*ret = x;
	return ERR_OK;
}

static void drop_results(struct executor *x)
{
	for (size_t i = 0; i < x->result_count; i++)
		contract_result_release(&x->results[i]);
	free(x->results);
	x->results = NULL;
	x->result_count = 0;
}

void executor_free(struct executor *x)
{
	if (x == NULL)
		return;
	drop_results(x);
	trie_free(x->trie);
	state_overlay_free(x->overlay);
	state_kv_free(x->kv);
	free(x);
}

struct hash32 executor_root(const struct executor *x)
{
	return trie_root(x->trie, TRIE_CURRENT);
}

void executor_verdicts(struct executor *x, const struct contract_verdicts *verdicts)
{
	x->verdicts = verdicts;
}

enum err executor_signer(struct executor *x, struct sign_public *ret, const struct account_id *account)
{
	struct contract_kv kv = kv_of(x);
	Medlock__AccountState *row = NULL;
	enum err e;

	TRY(access_account(&row, &kv, account));
	e = access_sign_key(ret, row, (struct time_ms){0});
	WIRE_FREE(row);
	return e;
}

enum err executor_genesis(struct executor *x, const Medlock__Genesis *genesis, struct err_info *info)
{
	struct contract_kv kv = kv_of(x);

	TRY(contract_init(&kv, genesis, &x->network, info));
	return store(x, NULL, NULL);
}

static enum err results_hash(struct hash32 *ret, const struct executor *x)
{
	struct block_result *list = calloc(x->result_count + 1, sizeof(*list));
	enum err e;

	if (list == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < x->result_count; i++)
		list[i] = (struct block_result){.code = x->results[i].code, .data = buf_bytes(&x->results[i].data)};
	e = block_results_hash(ret, list, x->result_count);
	free(list);
	return e;
}

enum err executor_block(struct executor *x, struct executed *ret, const struct block *block,
			const struct contract_sink *sink, executed_row *changed, void *self, struct err_info *info)
{
	struct contract_kv kv = kv_of(x);
	struct contract_block where = {
		.height = (uint64_t)block->header.height,
		.time = block_time_ms(block->header.time),
		.network = x->network,
	};

	drop_results(x);
	x->results = calloc(block->tx_count + 1, sizeof(*x->results));
	if (x->results == NULL)
		return ERR_MEMORY;
	x->result_count = block->tx_count;
	TRY(contract_block_apply(x->results, &kv, &where, block->txs, block->tx_count, x->verdicts, sink));
	TRY(store(x, changed, self));
	ret->app_hash = executor_root(x);
	ret->results = x->results;
	ret->count = x->result_count;
	return results_hash(&ret->results_hash, x) == ERR_OK ? ERR_OK
							     : err_set(info, ERR_MEMORY, "results of a block");
}
