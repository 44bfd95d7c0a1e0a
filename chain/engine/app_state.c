/* SPDX-License-Identifier: Apache-2.0 */
/* The state of the application: the contract's view of it, the trie beside it, and what the last block replaced. */
#include "chain/engine/app_internal.h"

/* ---- the contract's view ---- */

static enum err view_get(void *self, struct buf *ret_value, struct bytes key)
{
	return state_overlay_get(self, ret_value, key);
}

static enum err view_put(void *self, struct bytes key, struct bytes value)
{
	return state_overlay_put(self, key, value);
}

static enum err view_del(void *self, struct bytes key)
{
	return state_overlay_delete(self, key);
}

static enum err view_scan(void *self, struct bytes prefix, bool descending,
			  enum err (*each)(void *context, struct bytes key, struct bytes value), void *context)
{
	return state_overlay_scan(self, prefix, bytes_of(NULL, 0), descending, each, context);
}

static void view_begin(void *self)
{
	state_overlay_begin(self);
}

static void view_keep(void *self)
{
	state_overlay_keep(self);
}

static void view_undo(void *self)
{
	state_overlay_undo(self);
}

struct contract_kv app_state_view(struct state_overlay *o)
{
	return (struct contract_kv){o, view_get, view_put, view_del, view_scan, view_begin, view_keep, view_undo};
}

void app_state_drop(struct ledger_app *a)
{
	state_overlay_clear(a->overlay);
}

enum err app_state_flush(struct ledger_app *a, struct err_info *info)
{
	enum err e = state_overlay_store(a->overlay);

	return e == ERR_OK ? e : err_set(info, e, "while storing the state");
}

/* ---- the trie ---- */

struct collect {
	struct trie_change *rows;
	size_t count, room;
};

static enum err collect_one(void *context, const struct state_change *change)
{
	struct collect *c = context;
	struct trie_change *row;

	if (c->count == c->room) {
		size_t room = c->room == 0 ? 256 : 2 * c->room;
		struct trie_change *rows = reallocarray(c->rows, room, sizeof(*rows));

		if (rows == NULL)
			return ERR_MEMORY;
		c->rows = rows;
		c->room = room;
	}
	row = &c->rows[c->count++];
	memset(row, 0, sizeof(*row));
	row->keyhash = hash_sha256(change->key);
	row->delete = !change->has_new;
	if (change->has_new)
		row->valuehash = hash_sha256(change->new_value);
	return ERR_OK;
}

enum err app_trie_apply(struct ledger_app *a)
{
	struct collect c = {0};
	enum err e = state_overlay_changes(a->overlay, collect_one, &c);

	if (e == ERR_OK) {
		trie_sort(c.rows, c.count);
		e = trie_apply(a->trie, c.rows, c.count);
	}
	if (e == ERR_OK)
		a->trie_ahead = true;
	free(c.rows);
	return e;
}

static enum err collect_leaf(void *context, struct bytes key, struct bytes value)
{
	struct state_change change = {.key = key, .has_new = true, .new_value = value};

	return collect_one(context, &change);
}

struct source {
	const struct collect *from;
	size_t next;
};

static enum err next_leaf(void *self, struct trie_change *ret)
{
	struct source *s = self;

	if (s->next == s->from->count)
		return ERR_NOT_FOUND;
	*ret = s->from->rows[s->next++];
	return ERR_OK;
}

enum err app_trie_load(struct ledger_app *a, struct err_info *info)
{
	struct collect c = {0};
	struct source s = {&c, 0};
	struct bytes all = bytes_of(NULL, 0);
	enum err e = state_kv_scan(a->state, all, all, false, collect_leaf, &c);

	if (e == ERR_OK) {
		trie_sort(c.rows, c.count);
		e = trie_load(a->trie, next_leaf, &s);
	}
	free(c.rows);
	return e == ERR_OK ? e : err_set(info, e, "while reading the stored state");
}

/* ---- what was before the last block ---- */

void befores_release(struct befores *b)
{
	for (size_t i = 0; i < b->count; i++)
		free(b->rows[i].value);
	free(b->rows);
	*b = (struct befores){0};
}

static enum err before_one(void *context, const struct state_change *change)
{
	struct befores *b = context;
	struct before *row;

	if (b->count == b->room) {
		size_t room = b->room == 0 ? 256 : 2 * b->room;
		struct before *rows = reallocarray(b->rows, room, sizeof(*rows));

		if (rows == NULL)
			return ERR_MEMORY;
		b->rows = rows;
		b->room = room;
	}
	row = &b->rows[b->count];
	*row = (struct before){.keyhash = hash_sha256(change->key), .present = change->has_old};
	if (change->has_old && change->old_value.len > 0) {
		row->value = malloc(change->old_value.len);
		if (row->value == NULL)
			return ERR_MEMORY;
		memcpy(row->value, change->old_value.data, change->old_value.len);
		row->len = change->old_value.len;
	}
	b->count++;
	return ERR_OK;
}

static int by_keyhash(const void *x, const void *y)
{
	return memcmp(((const struct before *)x)->keyhash.b, ((const struct before *)y)->keyhash.b, ID_SIZE);
}

enum err app_before_keep(struct ledger_app *a)
{
	befores_release(&a->before_next);
	TRY(state_overlay_changes(a->overlay, before_one, &a->before_next));
	if (a->before_next.count > 0)
		qsort(a->before_next.rows, a->before_next.count, sizeof(a->before_next.rows[0]), by_keyhash);
	return ERR_OK;
}

void app_before_take(struct ledger_app *a)
{
	befores_release(&a->before);
	a->before = a->before_next;
	a->before_next = (struct befores){0};
	state_overlay_clear(a->overlay);
}

/* The last block taken back, and done again.  The trie is as it was when one of the two cannot be had. */
static bool back_and_forth(struct trie *t, const struct trie_change *back, const struct trie_change *forth, size_t count)
{
	if (trie_apply(t, back, count) != ERR_OK)
		return false;
	if (trie_apply(t, forth, count) == ERR_OK)
		return true;
	trie_undo(t);
	return false;
}

bool app_previous_restore(struct ledger_app *a)
{
	const struct befores *b = &a->before;
	struct trie_change *back, *forth;
	bool done = false;

	if (!a->at.root_pending || b->count == 0)
		return false; /* nobody asks for it, or the values of then are not known */
	back = calloc(b->count, sizeof(*back));
	forth = calloc(b->count, sizeof(*forth));
	for (size_t i = 0; back != NULL && forth != NULL && i < b->count; i++) {
		const struct before *row = &b->rows[i];

		back[i].keyhash = forth[i].keyhash = row->keyhash;
		back[i].delete = !row->present;
		if (row->present)
			back[i].valuehash = hash_sha256(bytes_of(row->value, row->len));
		forth[i].delete = !trie_find(a->trie, &forth[i].valuehash, TRIE_CURRENT, &row->keyhash);
	}
	if (back != NULL && forth != NULL)
		done = back_and_forth(a->trie, back, forth, b->count);
	free(back);
	free(forth);
	return done;
}

enum err app_provable_get(struct ledger_app *a, struct buf *ret, struct bytes key)
{
	struct before wanted = {.keyhash = hash_sha256(key)}, *row = NULL;

	if (a->at.root_pending && a->before.count > 0)
		row = bsearch(&wanted, a->before.rows, a->before.count, sizeof(wanted), by_keyhash);
	if (row == NULL)
		return state_kv_get(a->state, ret, key);
	if (!row->present)
		return ERR_NOT_FOUND;
	buf_append(ret, row->value, row->len);
	return buf_error(ret);
}

/* ---- one SQLite transaction ---- */

enum err app_transaction(struct ledger_app *a, enum err (*body)(struct ledger_app *a, struct err_info *info),
			 struct err_info *info)
{
	enum err e;

	TRY(db_begin(a->db, info));
	e = body(a, info);
	if (e != ERR_OK) {
		db_rollback(a->db);
		return e;
	}
	return db_commit(a->db, info);
}
