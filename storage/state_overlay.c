/* SPDX-License-Identifier: Apache-2.0 */
/* Changes in memory: a skip list (Pugh 1990) of keys over an arena, with a journal for one transaction's undo.
 *
 * Nothing is freed one by one: keys, values and nodes lie in the arena until the block is forgotten.  A node that an undo
 * took back stays in the list as "untouched" and lets the base show through.  What a transaction read of the base, and what
 * a change replaces there, is kept beside the node: a block asks for the same rows several times.
 */
#include "storage/state_internal.h"

#include <stdlib.h>

#define LEVELS 16
#define CHUNK_SIZE (256u * 1024)
#define LEVEL_SEED UINT64_C(0x9E3779B97F4A7C15)

enum touch { UNTOUCHED, PRESENT, ABSENT };

struct node {
	struct bytes key, value;
	enum touch touch;
	bool looked, had;      /* looked: had and was say what the base holds */
	struct bytes was;
	struct node *back;
	struct node *next[]; /* as many as its level */
};

struct chunk {
	struct chunk *next;
	size_t used, size;
	max_align_t data[];
};

/* What a node was before the transaction at work changed it. */
struct undo {
	struct node *node;
	struct bytes value;
	enum touch touch;
};

struct state_overlay {
	struct state_kv *base;
	struct chunk *chunks; /* the newest first */
	size_t memory;
	uint64_t levels_state;
	struct node *head[LEVELS];
	struct node *last;
	struct undo *journal;
	size_t journal_len, journal_size;
	bool in_tx;
	struct buf scratch; /* a value on its way from the base */
};

/* ---- memory ---- */

static void *arena_take(struct state_overlay *o, size_t len)
{
	size_t room = (len + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	struct chunk *c = o->chunks;
	void *taken;

	if (c == NULL || c->size - c->used < room) {
		size_t size = room > CHUNK_SIZE ? room : CHUNK_SIZE;

		c = malloc(sizeof(*c) + size);
		if (c == NULL)
			return NULL;
		*c = (struct chunk){.next = o->chunks, .size = size};
		o->chunks = c;
		o->memory += size;
	}
	taken = (uint8_t *)c->data + c->used;
	c->used += room;
	return taken;
}

static enum err arena_copy(struct state_overlay *o, struct bytes *ret, struct bytes from)
{
	uint8_t *copy;

	if (from.len == 0) {
		*ret = bytes_of(NULL, 0);
		return ERR_OK;
	}
	copy = arena_take(o, from.len);
	if (copy == NULL)
		return ERR_MEMORY;
	memcpy(copy, from.data, from.len);
	*ret = bytes_of(copy, from.len);
	return ERR_OK;
}

enum err state_overlay_new(struct state_overlay **ret, struct state_kv *base)
{
	struct state_overlay *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return ERR_MEMORY;
	o->base = base;
	o->levels_state = LEVEL_SEED;
	*ret = o;
	return ERR_OK;
}

void state_overlay_clear(struct state_overlay *o)
{
	struct chunk *keep = o->chunks;

	ASSERT(!o->in_tx);
	while (keep != NULL && (keep->next != NULL || keep->size > CHUNK_SIZE)) {
		struct chunk *next = keep->next;

		free(keep);
		keep = next;
	}
	o->chunks = keep;
	o->memory = keep != NULL ? keep->size : 0;
	if (keep != NULL)
		keep->used = 0;
	memset(o->head, 0, sizeof(o->head));
	o->last = NULL;
	o->journal_len = 0;
}

struct state_overlay *state_overlay_free(struct state_overlay *o)
{
	if (o == NULL)
		return NULL;
	o->in_tx = false;
	state_overlay_clear(o);
	free(o->chunks);
	free(o->journal);
	buf_release(&o->scratch);
	free(o);
	return NULL;
}

/* ---- the list ---- */

/* The first node at or after key; before[level] is the link that leads there. */
static struct node *seek(struct state_overlay *o, struct node ***before, struct node **ret_back, struct bytes key)
{
	struct node *at = NULL;

	for (size_t level = LEVELS; level-- > 0;) {
		struct node **link = at != NULL ? &at->next[level] : &o->head[level];

		while (*link != NULL && bytes_compare((*link)->key, key) < 0) {
			at = *link;
			link = &at->next[level];
		}
		if (before != NULL)
			before[level] = link;
	}
	if (ret_back != NULL)
		*ret_back = at;
	return at != NULL ? at->next[0] : o->head[0];
}

/* One level in four nodes is higher; the sequence is fixed, since keys are hashed or counted and no one gains by it. */
static size_t pick_level(struct state_overlay *o)
{
	size_t level = 1;
	uint64_t x;

	o->levels_state = o->levels_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	for (x = o->levels_state >> 33; (x & 3) == 0 && level < LEVELS; x >>= 2)
		level++;
	return level;
}

static enum err node_of(struct state_overlay *o, struct node **ret, struct bytes key)
{
	struct node **before[LEVELS], *back, *n = seek(o, before, &back, key);
	size_t level;

	if (n != NULL && bytes_equal(n->key, key)) {
		*ret = n;
		return ERR_OK;
	}
	level = pick_level(o);
	n = arena_take(o, sizeof(*n) + level * sizeof(n->next[0]));
	if (n == NULL)
		return ERR_MEMORY;
	*n = (struct node){.touch = UNTOUCHED, .back = back};
	TRY(arena_copy(o, &n->key, key));
	for (size_t i = 0; i < level; i++) {
		n->next[i] = *before[i];
		*before[i] = n;
	}
	if (n->next[0] != NULL)
		n->next[0]->back = n;
	else
		o->last = n;
	*ret = n;
	return ERR_OK;
}

/* ---- reads and writes ---- */

/* What the base holds for the node, read once. */
static enum err look(struct state_overlay *o, struct node *n)
{
	enum err e = ERR_NOT_FOUND;

	if (n->looked)
		return ERR_OK;
	buf_clear(&o->scratch);
	if (o->base != NULL)
		e = state_kv_get(o->base, &o->scratch, n->key);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	n->had = e == ERR_OK;
	TRY(arena_copy(o, &n->was, buf_bytes(&o->scratch)));
	n->looked = true;
	return ERR_OK;
}

static enum err give(struct buf *ret, bool there, struct bytes value)
{
	if (!there)
		return ERR_NOT_FOUND;
	buf_append_bytes(ret, value);
	return buf_error(ret);
}

/* Reads between transactions leave nothing behind: nothing would ever clear it. */
enum err state_overlay_get(struct state_overlay *o, struct buf *ret_value, struct bytes key)
{
	struct node *n = seek(o, NULL, NULL, key);

	if (n == NULL || !bytes_equal(n->key, key)) {
		if (o->base == NULL)
			return ERR_NOT_FOUND;
		if (!o->in_tx)
			return state_kv_get(o->base, ret_value, key);
		TRY(node_of(o, &n, key));
	}
	if (n->touch != UNTOUCHED)
		return give(ret_value, n->touch == PRESENT, n->value);
	TRY(look(o, n));
	return give(ret_value, n->had, n->was);
}

static enum err remember(struct state_overlay *o, struct node *n)
{
	if (!o->in_tx)
		return ERR_OK;
	if (o->journal_len == o->journal_size) {
		size_t size = o->journal_size ? 2 * o->journal_size : 64;
		struct undo *grown = realloc(o->journal, size * sizeof(*grown));

		if (grown == NULL)
			return ERR_MEMORY;
		o->journal = grown;
		o->journal_size = size;
	}
	o->journal[o->journal_len++] = (struct undo){n, n->value, n->touch};
	return ERR_OK;
}

static enum err change(struct state_overlay *o, struct bytes key, struct bytes value, enum touch touch)
{
	struct bytes copy;
	struct node *n;

	if (key.len == 0 || key.len > STATE_KEY_MAX || value.len > STATE_VALUE_MAX)
		return ERR_RANGE;
	TRY(arena_copy(o, &copy, value));
	TRY(node_of(o, &n, key));
	TRY(remember(o, n));
	n->value = copy;
	n->touch = touch;
	return ERR_OK;
}

enum err state_overlay_put(struct state_overlay *o, struct bytes key, struct bytes value)
{
	return change(o, key, value, PRESENT);
}

enum err state_overlay_delete(struct state_overlay *o, struct bytes key)
{
	return change(o, key, bytes_of(NULL, 0), ABSENT);
}

void state_overlay_begin(struct state_overlay *o)
{
	ASSERT(!o->in_tx);
	o->in_tx = true;
	o->journal_len = 0;
}

void state_overlay_keep(struct state_overlay *o)
{
	ASSERT(o->in_tx);
	o->in_tx = false;
	o->journal_len = 0;
}

void state_overlay_undo(struct state_overlay *o)
{
	ASSERT(o->in_tx);
	while (o->journal_len > 0) {
		const struct undo *u = &o->journal[--o->journal_len];

		u->node->value = u->value;
		u->node->touch = u->touch;
	}
	o->in_tx = false;
}

/* ---- the merged walk ---- */

/* The first node of the range in walking order. */
static struct node *first_of(struct state_overlay *o, struct bytes prefix, struct bytes from, bool descending)
{
	uint8_t end[STATE_KEY_MAX];
	size_t end_len;
	struct node *n, *back;

	if (!descending)
		return seek(o, NULL, NULL, from.len ? from : prefix);
	if (from.len > 0) {
		n = seek(o, NULL, &back, from);
		return n != NULL && bytes_equal(n->key, from) ? n : back;
	}
	if (!state_prefix_end(end, &end_len, prefix))
		return o->last;
	seek(o, NULL, &back, bytes_of(end, end_len));
	return back;
}

/* The next node from n on that still belongs to the range and says something. */
static struct node *skip(struct node *n, struct bytes prefix, bool descending)
{
	while (n != NULL && state_has_prefix(n->key, prefix) && n->touch == UNTOUCHED)
		n = descending ? n->back : n->next[0];
	return n != NULL && state_has_prefix(n->key, prefix) ? n : NULL;
}

struct walk {
	struct state_range range;
	struct node *node;
	bool has_row;
};

static enum err walk_rows(struct walk *w)
{
	return w->range.statement != NULL ? state_range_next(&w->range, &w->has_row) : ERR_OK;
}

/* <0: the stored row comes first, 0: the same key, >0: the node comes first. */
static int walk_order(const struct walk *w, bool descending)
{
	int order;

	if (w->node == NULL || !w->has_row)
		return w->node == NULL ? -1 : 1;
	order = bytes_compare(w->range.key, w->node->key);
	return descending ? -order : order;
}

static enum err walk_all(struct walk *w, struct bytes prefix, bool descending, state_each *each, void *context)
{
	TRY(walk_rows(w));
	w->node = skip(w->node, prefix, descending);
	while (w->has_row || w->node != NULL) {
		int order = walk_order(w, descending);
		struct node *n = w->node;

		if (order < 0)
			TRY(each(context, w->range.key, w->range.value));
		else if (n->touch == PRESENT)
			TRY(each(context, n->key, n->value));
		if (order <= 0)
			TRY(walk_rows(w));
		if (order >= 0)
			w->node = skip(descending ? n->back : n->next[0], prefix, descending);
	}
	return ERR_OK;
}

enum err state_overlay_scan(struct state_overlay *o, struct bytes prefix, struct bytes from, bool descending,
			    state_each *each, void *context)
{
	struct walk w = {.node = NULL};
	enum err e = ERR_OK;

	if (prefix.len > STATE_KEY_MAX || !state_from_fits(prefix, from))
		return ERR_RANGE;
	w.node = first_of(o, prefix, from, descending);
	if (o->base != NULL)
		e = state_range_open(&w.range, o->base, prefix, from, descending);
	if (e == ERR_OK)
		e = walk_all(&w, prefix, descending, each, context);
	if (o->base != NULL)
		state_range_close(&w.range);
	return e;
}

/* ---- the end of a block ---- */

static enum err one_change(struct state_overlay *o, struct node *n, state_change_each *each, void *context)
{
	struct state_change c = {.key = n->key, .has_new = n->touch == PRESENT, .new_value = n->value};

	TRY(look(o, n));
	c.has_old = n->had;
	c.old_value = n->was;
	if (c.has_old == c.has_new && bytes_equal(c.old_value, c.new_value))
		return ERR_OK;
	return each(context, &c);
}

enum err state_overlay_changes(struct state_overlay *o, state_change_each *each, void *context)
{
	enum err e = ERR_OK;

	ASSERT(!o->in_tx);
	for (struct node *n = o->head[0]; n != NULL && e == ERR_OK; n = n->next[0])
		if (n->touch != UNTOUCHED)
			e = one_change(o, n, each, context);
	return e;
}

static enum err store_one(void *context, const struct state_change *c)
{
	struct state_kv *base = context;

	return c->has_new ? state_kv_put(base, c->key, c->new_value) : state_kv_delete(base, c->key);
}

enum err state_overlay_store(struct state_overlay *o)
{
	enum err e;

	ASSERT(o->base != NULL);
	e = state_overlay_changes(o, store_one, o->base);
	for (struct node *n = o->head[0]; n != NULL; n = n->next[0])
		n->looked = false; /* the base is another one now, unless the caller rolls back */
	return e;
}
