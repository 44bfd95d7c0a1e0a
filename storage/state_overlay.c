/* SPDX-License-Identifier: Apache-2.0 */
/* A sorted array of changed keys over the table.  A block changes some thousands of keys at most, so that moving
 * pointers to keep the order costs less than any tree.
 */
#include <stdlib.h>

#include "storage/state_kv.h"

struct entry {
	struct bytes key;   /* owned */
	struct bytes value; /* owned; present says whether the key is set */
	bool present;
};

/* How an entry was before the open transaction touched it. */
struct mark {
	struct entry *entry;
	struct bytes value; /* owned */
	bool present, existed;
};

struct state_overlay {
	struct db *db;
	struct entry **entries;
	size_t count, size;
	struct mark *marks;
	size_t mark_count, mark_size;
	bool open;
	struct buf old_values; /* behind the last state_overlay_changes */
};

enum err state_overlay_new(struct state_overlay **ret, struct db *d)
{
	struct state_overlay *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return ERR_MEMORY;
	o->db = d;
	*ret = o;
	return ERR_OK;
}

static void free_bytes(struct bytes x)
{
	free((void *)(uintptr_t)x.data);
}

static void entry_free(struct entry *e)
{
	free_bytes(e->key);
	free_bytes(e->value);
	free(e);
}

static void drop_marks(struct state_overlay *o)
{
	for (size_t i = 0; i < o->mark_count; i++)
		free_bytes(o->marks[i].value);
	o->mark_count = 0;
	o->open = false;
}

void state_overlay_clear(struct state_overlay *o)
{
	drop_marks(o);
	for (size_t i = 0; i < o->count; i++)
		entry_free(o->entries[i]);
	o->count = 0;
	buf_release(&o->old_values);
}

void state_overlay_free(struct state_overlay *o)
{
	if (o == NULL)
		return;
	state_overlay_clear(o);
	free(o->entries);
	free(o->marks);
	free(o);
}

static enum err copy_bytes(struct bytes *ret, struct bytes x)
{
	uint8_t *data = NULL;

	if (x.len > 0) {
		data = malloc(x.len);
		if (data == NULL)
			return ERR_MEMORY;
		memcpy(data, x.data, x.len);
	}
	*ret = bytes_of(data, x.len);
	return ERR_OK;
}

/* Where key is, or where it would stand. */
static size_t position(const struct state_overlay *o, struct bytes key, bool *ret_found)
{
	size_t low = 0, high = o->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bytes_compare(o->entries[middle]->key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_found = low < o->count && bytes_equal(o->entries[low]->key, key);
	return low;
}

enum err state_overlay_get(struct state_overlay *o, struct buf *ret, struct bytes key)
{
	bool found;
	size_t at = position(o, key, &found);

	if (!found)
		return state_kv_get(o->db, ret, key);
	if (!o->entries[at]->present)
		return ERR_NOT_FOUND;
	buf_append_bytes(ret, o->entries[at]->value);
	return buf_error(ret);
}

static enum err grow(void **array, size_t *size, size_t count, size_t item)
{
	size_t larger = *size ? 2 * *size : 64;
	void *grown;

	if (count < *size)
		return ERR_OK;
	grown = realloc(*array, larger * item);
	if (grown == NULL)
		return ERR_MEMORY;
	*array = grown;
	*size = larger;
	return ERR_OK;
}

static enum err insert(struct state_overlay *o, struct entry **ret, size_t at, struct bytes key)
{
	void *array = o->entries;
	struct entry *e;
	enum err grown = grow(&array, &o->size, o->count, sizeof(*o->entries));

	o->entries = array;
	TRY(grown);
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return ERR_MEMORY;
	if (copy_bytes(&e->key, key) != ERR_OK) {
		free(e);
		return ERR_MEMORY;
	}
	memmove(o->entries + at + 1, o->entries + at, (o->count - at) * sizeof(*o->entries));
	o->entries[at] = e;
	o->count++;
	*ret = e;
	return ERR_OK;
}

/* Remember the entry once per transaction; its value moves into the mark. */
static enum err mark(struct state_overlay *o, struct entry *e, bool existed)
{
	void *array = o->marks;
	enum err grown;

	if (!o->open) {
		free_bytes(e->value);
		return ERR_OK;
	}
	grown = grow(&array, &o->mark_size, o->mark_count, sizeof(*o->marks));
	o->marks = array;
	TRY(grown);
	o->marks[o->mark_count++] = (struct mark){e, e->value, e->present, existed};
	return ERR_OK;
}

static enum err change(struct state_overlay *o, struct bytes key, struct bytes value, bool present)
{
	struct bytes copy;
	struct entry *e;
	bool found;
	size_t at = position(o, key, &found);
	enum err failed = ERR_OK;

	TRY(copy_bytes(&copy, value));
	if (found)
		e = o->entries[at];
	else
		failed = insert(o, &e, at, key);
	if (failed == ERR_OK)
		failed = mark(o, e, found);
	if (failed != ERR_OK) {
		free_bytes(copy);
		return failed;
	}
	e->value = copy;
	e->present = present;
	return ERR_OK;
}

enum err state_overlay_put(struct state_overlay *o, struct bytes key, struct bytes value)
{
	return change(o, key, value, true);
}

enum err state_overlay_del(struct state_overlay *o, struct bytes key)
{
	return change(o, key, bytes_of(NULL, 0), false);
}

void state_overlay_begin(struct state_overlay *o)
{
	ASSERT(!o->open);
	o->open = true;
}

void state_overlay_keep(struct state_overlay *o)
{
	ASSERT(o->open);
	drop_marks(o);
}

static void remove_entry(struct state_overlay *o, struct entry *e)
{
	bool found;
	size_t at = position(o, e->key, &found);

	ASSERT(found && o->entries[at] == e);
	memmove(o->entries + at, o->entries + at + 1, (o->count - at - 1) * sizeof(*o->entries));
	o->count--;
	entry_free(e);
}

void state_overlay_undo(struct state_overlay *o)
{
	ASSERT(o->open);
	while (o->mark_count > 0) {
		struct mark *m = &o->marks[--o->mark_count];

		free_bytes(m->entry->value);
		m->entry->value = m->value;
		m->entry->present = m->present;
		if (!m->existed)
			remove_entry(o, m->entry);
	}
	o->open = false;
}

/* ---- scan: two sorted runs side by side ----------------------------------------------------- */

struct merge {
	struct state_overlay *o;
	struct bytes prefix;
	bool descending;
	size_t next, end; /* entries with the prefix: [next, end) ascending, walked from the back when descending */
	state_each *each;
	void *context;
};

static struct entry *merge_peek(const struct merge *m)
{
	if (m->next == m->end)
		return NULL;
	return m->o->entries[m->descending ? m->end - 1 : m->next];
}

static enum err merge_take(struct merge *m)
{
	struct entry *e = merge_peek(m);

	if (m->descending)
		m->end--;
	else
		m->next++;
	return e->present ? m->each(m->context, e->key, e->value) : ERR_OK;
}

/* A row of the table: first the entries that stand before it; an entry of the same key replaces it. */
static enum err merge_row(void *context, struct bytes key, struct bytes value)
{
	struct merge *m = context;
	struct entry *e;

	while ((e = merge_peek(m)) != NULL) {
		int order = bytes_compare(e->key, key);

		if (order == 0)
			return merge_take(m);
		if ((order < 0) == m->descending)
			break;
		TRY(merge_take(m));
	}
	return m->each(m->context, key, value);
}

enum err state_overlay_scan(struct state_overlay *o, struct bytes prefix, bool descending, state_each *each,
			    void *context)
{
	struct merge m = {.o = o, .prefix = prefix, .descending = descending, .each = each, .context = context};
	bool found;

	m.next = m.end = position(o, prefix, &found);
	while (m.end < o->count && o->entries[m.end]->key.len >= prefix.len &&
	       (prefix.len == 0 || memcmp(o->entries[m.end]->key.data, prefix.data, prefix.len) == 0))
		m.end++;
	TRY(state_kv_scan(o->db, prefix, descending, merge_row, &m));
	while (merge_peek(&m) != NULL)
		TRY(merge_take(&m));
	return ERR_OK;
}

/* ---- the block's net changes ----------------------------------------------------------------- */

enum err state_overlay_changes(struct state_overlay *o, struct state_change **ret, size_t *ret_count)
{
	struct state_change *list = calloc(o->count + 1, sizeof(*list));
	size_t *offsets = calloc(o->count + 1, sizeof(*offsets)), count = 0;
	enum err e = list && offsets ? ERR_OK : ERR_MEMORY;

	ASSERT(!o->open);
	buf_clear(&o->old_values);
	for (size_t i = 0; e == ERR_OK && i < o->count; i++) {
		struct entry *x = o->entries[i];
		size_t before = o->old_values.len;
		enum err got = state_kv_get(o->db, &o->old_values, x->key);
		bool had = got == ERR_OK;
		struct bytes old = bytes_of(o->old_values.data + before, o->old_values.len - before);

		if (!had && got != ERR_NOT_FOUND)
			e = got;
		else if (had != x->present || (had && !bytes_equal(old, x->value))) {
			offsets[count] = before;
			list[count++] = (struct state_change){x->key, bytes_of(NULL, old.len), x->value, had, x->present};
		}
	}
	for (size_t i = 0; e == ERR_OK && i < count; i++) /* only now does the buffer stand still */
		list[i].old_value.data = o->old_values.data + offsets[i];
	free(offsets);
	if (e != ERR_OK) {
		free(list);
		return e;
	}
	*ret = list;
	*ret_count = count;
	return ERR_OK;
}
