/* SPDX-License-Identifier: Apache-2.0 */
#include "memory_kv.h"

#include <stdlib.h>

#include "core/crypto/hash.h"

/* A sorted array would cost a move for each insertion; a treap with priorities hashed from the key needs none and has the
 * same shape for the same keys.
 */
struct node {
	struct node *left, *right;
	uint64_t priority;
	uint8_t *key, *value;
	size_t key_len, value_len;
};

struct undo {
	uint8_t *key, *value; /* value NULL: it was absent */
	size_t key_len, value_len;
	bool present;
};

struct memory_kv {
	struct node *root;
	size_t count;
	struct undo *undo;
	size_t undo_count, undo_size;
	bool open;
	unsigned fail_after;
	enum err fail_with;
};

static struct bytes key_of(const struct node *n)
{
	return bytes_of(n->key, n->key_len);
}

static struct bytes value_of(const struct node *n)
{
	return bytes_of(n->value, n->value_len);
}

static uint8_t *copy(struct bytes x)
{
	uint8_t *p = malloc(x.len ? x.len : 1);

	ASSERT(p);
	if (x.len)
		memcpy(p, x.data, x.len);
	return p;
}

static uint64_t priority_of(struct bytes key)
{
	uint64_t h = 1469598103934665603ull;

	for (size_t i = 0; i < key.len; i++)
		h = (h ^ key.data[i]) * 1099511628211ull;
	h ^= h >> 29;
	return h * 0x9e3779b97f4a7c15ull;
}

static struct node *find(struct node *n, struct bytes key)
{
	while (n) {
		int c = bytes_compare(key, key_of(n));

		if (c == 0)
			return n;
		n = c < 0 ? n->left : n->right;
	}
	return NULL;
}

static struct node *insert(struct node *n, struct node *add)
{
	struct node *child;

	if (!n)
		return add;
	if (bytes_compare(key_of(add), key_of(n)) < 0) {
		n->left = child = insert(n->left, add);
		if (child->priority <= n->priority)
			return n;
		n->left = child->right;
		child->right = n;
		return child;
	}
	n->right = child = insert(n->right, add);
	if (child->priority <= n->priority)
		return n;
	n->right = child->left;
	child->left = n;
	return child;
}

static struct node *join(struct node *a, struct node *b)
{
	if (!a || !b)
		return a ? a : b;
	if (a->priority > b->priority) {
		a->right = join(a->right, b);
		return a;
	}
	b->left = join(a, b->left);
	return b;
}

static struct node *take(struct node *n, struct bytes key, struct node **ret)
{
	int c;

	if (!n)
		return NULL;
	c = bytes_compare(key, key_of(n));
	if (c < 0)
		n->left = take(n->left, key, ret);
	else if (c > 0)
		n->right = take(n->right, key, ret);
	else {
		*ret = n;
		return join(n->left, n->right);
	}
	return n;
}

static void node_free(struct node *n)
{
	free(n->key);
	free(n->value);
	free(n);
}

static void set(struct memory_kv *m, struct bytes key, struct bytes value)
{
	struct node *n = find(m->root, key);

	if (n) {
		free(n->value);
	} else {
		n = calloc(1, sizeof(*n));
		ASSERT(n);
		n->key = copy(key);
		n->key_len = key.len;
		n->priority = priority_of(key);
		m->root = insert(m->root, n);
		m->count++;
	}
	n->value = copy(value);
	n->value_len = value.len;
}

static void erase(struct memory_kv *m, struct bytes key)
{
	struct node *gone = NULL;

	m->root = take(m->root, key, &gone);
	if (gone) {
		node_free(gone);
		m->count--;
	}
}

static void note(struct memory_kv *m, struct bytes key)
{
	struct node *n = find(m->root, key);
	struct undo *u;

	if (!m->open)
		return;
	if (m->undo_count == m->undo_size) {
		m->undo_size = m->undo_size ? 2 * m->undo_size : 16;
		m->undo = realloc(m->undo, m->undo_size * sizeof(*m->undo));
		ASSERT(m->undo);
	}
	u = &m->undo[m->undo_count++];
	*u = (struct undo){.key = copy(key), .key_len = key.len, .present = n != NULL};
	if (n) {
		u->value = copy(value_of(n));
		u->value_len = n->value_len;
	}
}

static enum err fails(struct memory_kv *m)
{
	return m->fail_after && --m->fail_after == 0 ? m->fail_with : ERR_OK;
}

static enum err kv_get(void *self, struct buf *ret_value, struct bytes key)
{
	struct memory_kv *m = self;
	struct node *n;

	TRY(fails(m));
	n = find(m->root, key);
	if (!n)
		return ERR_NOT_FOUND;
	buf_append_bytes(ret_value, value_of(n));
	return buf_error(ret_value);
}

static enum err kv_put(void *self, struct bytes key, struct bytes value)
{
	struct memory_kv *m = self;

	TRY(fails(m));
	note(m, key);
	set(m, key, value);
	return ERR_OK;
}

static enum err kv_del(void *self, struct bytes key)
{
	struct memory_kv *m = self;

	note(m, key);
	erase(m, key);
	return ERR_OK;
}

struct scan {
	struct bytes prefix;
	bool descending;
	enum err (*each)(void *context, struct bytes key, struct bytes value);
	void *context;
};

static enum err walk(const struct node *n, const struct scan *s)
{
	bool starts;

	if (!n)
		return ERR_OK;
	starts = n->key_len >= s->prefix.len && memcmp(n->key, s->prefix.data, s->prefix.len) == 0;
	if (!starts)
		return walk(bytes_compare(key_of(n), s->prefix) < 0 ? n->right : n->left, s);
	TRY(walk(s->descending ? n->right : n->left, s));
	TRY(s->each(s->context, key_of(n), value_of(n)));
	return walk(s->descending ? n->left : n->right, s);
}

static enum err kv_scan(void *self, struct bytes prefix, bool descending,
			enum err (*each)(void *context, struct bytes key, struct bytes value), void *context)
{
	struct memory_kv *m = self;
	struct scan s = {prefix, descending, each, context};

	return walk(m->root, &s);
}

static void undo_clear(struct memory_kv *m)
{
	for (size_t i = 0; i < m->undo_count; i++) {
		free(m->undo[i].key);
		free(m->undo[i].value);
	}
	m->undo_count = 0;
}

static void kv_begin(void *self)
{
	struct memory_kv *m = self;

	ASSERT(!m->open);
	m->open = true;
}

static void kv_keep(void *self)
{
	struct memory_kv *m = self;

	ASSERT(m->open);
	m->open = false;
	undo_clear(m);
}

static void kv_undo(void *self)
{
	struct memory_kv *m = self;

	ASSERT(m->open);
	m->open = false;
	for (size_t i = m->undo_count; i-- > 0;) {
		const struct undo *u = &m->undo[i];

		if (u->present)
			set(m, bytes_of(u->key, u->key_len), bytes_of(u->value, u->value_len));
		else
			erase(m, bytes_of(u->key, u->key_len));
	}
	undo_clear(m);
}

struct memory_kv *memory_kv_new(void)
{
	struct memory_kv *m = calloc(1, sizeof(*m));

	ASSERT(m);
	return m;
}

static void free_all(struct node *n)
{
	if (!n)
		return;
	free_all(n->left);
	free_all(n->right);
	node_free(n);
}

void memory_kv_free(struct memory_kv *m)
{
	if (!m)
		return;
	undo_clear(m);
	free(m->undo);
	free_all(m->root);
	free(m);
}

struct contract_kv memory_kv_view(struct memory_kv *m)
{
	return (struct contract_kv){m, kv_get, kv_put, kv_del, kv_scan, kv_begin, kv_keep, kv_undo};
}

static void digest(struct hash_sha256_stream *s, const struct node *n)
{
	uint8_t lengths[16];

	if (!n)
		return;
	digest(s, n->left);
	put_be64(lengths, n->key_len);
	put_be64(lengths + 8, n->value_len);
	hash_sha256_stream_update(s, bytes_of(lengths, sizeof(lengths)));
	hash_sha256_stream_update(s, key_of(n));
	hash_sha256_stream_update(s, value_of(n));
	digest(s, n->right);
}

struct hash32 memory_kv_digest(const struct memory_kv *m)
{
	struct hash_sha256_stream s;

	hash_sha256_stream_init(&s);
	digest(&s, m->root);
	return hash_sha256_stream_final(&s);
}

size_t memory_kv_count(const struct memory_kv *m)
{
	return m->count;
}

static const struct node *nth(const struct node *n, size_t *i)
{
	const struct node *found;

	if (!n)
		return NULL;
	found = nth(n->left, i);
	if (found)
		return found;
	if ((*i)-- == 0)
		return n;
	return nth(n->right, i);
}

void memory_kv_at(const struct memory_kv *m, size_t i, struct bytes *ret_key, struct bytes *ret_value)
{
	const struct node *n;

	ASSERT(i < m->count);
	n = nth(m->root, &i);
	*ret_key = key_of(n);
	*ret_value = value_of(n);
}

void memory_kv_fail_after(struct memory_kv *m, unsigned n, enum err e)
{
	m->fail_after = n;
	m->fail_with = e;
}
