/* SPDX-License-Identifier: Apache-2.0 */
/* Pools of nodes, and the pass that merges sorted changes into a subtree: each node on the way is made anew once,
 * however many changes go through it.
 */
#include <stdlib.h>

#include "core/crypto/hash.h"
#include "core/crypto/trie_node.h"

#define CHUNK_ITEMS 4096u
#define CHUNKS_STEP 64u /* room for chunk pointers grows by this */
#define LIST_FIRST 256u
#define TAG_LEAF 0x00
#define TAG_INNER 0x01

static void *pool_at(const struct pool *p, uint32_t place)
{
	return p->chunks[place / CHUNK_ITEMS] + (size_t)(place % CHUNK_ITEMS) * p->item;
}

static enum err pool_grow(struct pool *p)
{
	if (p->chunk_count % CHUNKS_STEP == 0) {
		uint8_t **more = realloc(p->chunks, (p->chunk_count + (size_t)CHUNKS_STEP) * sizeof(*more));

		if (!more)
			return ERR_MEMORY;
		p->chunks = more;
	}
	uint8_t *chunk = malloc(CHUNK_ITEMS * p->item);

	if (!chunk)
		return ERR_MEMORY;
	p->chunks[p->chunk_count++] = chunk;
	return ERR_OK;
}

static enum err pool_take(struct pool *p, uint32_t *ret_place)
{
	if (p->free) {
		*ret_place = p->free - 1;
		memcpy(&p->free, pool_at(p, *ret_place), sizeof(p->free));
		return ERR_OK;
	}
	ASSERT(p->used < NODE_LEAF - 1); /* TRIE_KEYS_MAX stands before it */
	if (p->used == p->chunk_count * CHUNK_ITEMS)
		TRY(pool_grow(p));
	*ret_place = p->used++;
	return ERR_OK;
}

static void pool_give(struct pool *p, uint32_t place)
{
	memcpy(pool_at(p, place), &p->free, sizeof(p->free));
	p->free = place + 1;
}

static void pool_release(struct pool *p)
{
	for (uint32_t i = 0; i < p->chunk_count; i++)
		free(p->chunks[i]);
	free(p->chunks);
	memset(p, 0, sizeof(*p));
}

void nodes_init(struct nodes *nodes)
{
	memset(nodes, 0, sizeof(*nodes));
	nodes->inner.item = sizeof(struct inner_node);
	nodes->leaf.item = sizeof(struct leaf_node);
}

void nodes_release(struct nodes *nodes)
{
	pool_release(&nodes->inner);
	pool_release(&nodes->leaf);
}

size_t nodes_memory(const struct nodes *nodes)
{
	const struct pool *inner = &nodes->inner, *leaf = &nodes->leaf;

	return CHUNK_ITEMS * (inner->chunk_count * inner->item + leaf->chunk_count * leaf->item);
}

void nodes_free(struct nodes *nodes, struct ref_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		node_ref ref = list->refs[i];

		if (node_is_leaf(ref))
			pool_give(&nodes->leaf, ref & ~NODE_LEAF);
		else
			pool_give(&nodes->inner, ref - 1);
	}
	list->count = 0;
}

static struct inner_node *inner_at(const struct nodes *nodes, node_ref ref)
{
	return pool_at(&nodes->inner, ref - 1);
}

static struct leaf_node *leaf_at(const struct nodes *nodes, node_ref ref)
{
	return pool_at(&nodes->leaf, ref & ~NODE_LEAF);
}

const struct inner_node *node_inner(const struct nodes *nodes, node_ref ref)
{
	return inner_at(nodes, ref);
}

const struct leaf_node *node_leaf(const struct nodes *nodes, node_ref ref)
{
	return leaf_at(nodes, ref);
}

static struct hash32 hash_two(uint8_t tag, const struct hash32 *a, const struct hash32 *b)
{
	uint8_t in[1 + 2 * ID_SIZE];

	in[0] = tag;
	memcpy(in + 1, a->b, ID_SIZE);
	memcpy(in + 1 + ID_SIZE, b->b, ID_SIZE);
	return hash_sha256(bytes_of(in, sizeof(in)));
}

struct hash32 trie_hash_leaf(const struct hash32 *keyhash, const struct hash32 *valuehash)
{
	return hash_two(TAG_LEAF, keyhash, valuehash);
}

struct hash32 trie_hash_inner(const struct hash32 *left, const struct hash32 *right)
{
	return hash_two(TAG_INNER, left, right);
}

struct hash32 node_hash(const struct nodes *nodes, node_ref ref)
{
	if (ref == NODE_EMPTY)
		return (struct hash32){{0}};
	if (!node_is_leaf(ref))
		return inner_at(nodes, ref)->hash;
	const struct leaf_node *leaf = leaf_at(nodes, ref);

	return trie_hash_leaf(&leaf->keyhash, &leaf->valuehash);
}

static enum err list_add(struct ref_list *list, node_ref ref)
{
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : LIST_FIRST;
		node_ref *more = realloc(list->refs, room * sizeof(*more));

		if (!more)
			return ERR_MEMORY;
		list->refs = more;
		list->room = room;
	}
	list->refs[list->count++] = ref;
	return ERR_OK;
}

static void retire(struct pass *pass, node_ref ref)
{
	if (pass->err == ERR_OK)
		pass->err = list_add(&pass->retired, ref);
	pass->leaves -= node_is_leaf(ref);
}

/* A new node that an undo will find again; NODE_EMPTY after an error. */
static node_ref create(struct pass *pass, node_ref leaf_bit)
{
	struct pool *pool = leaf_bit ? &pass->nodes->leaf : &pass->nodes->inner;
	uint32_t place = 0;

	if (pass->err == ERR_OK)
		pass->err = pool_take(pool, &place);
	if (pass->err != ERR_OK)
		return NODE_EMPTY;
	node_ref ref = leaf_bit ? place | NODE_LEAF : place + 1;

	pass->err = list_add(&pass->created, ref);
	if (pass->err == ERR_OK)
		return ref;
	pool_give(pool, place);
	return NODE_EMPTY;
}

static node_ref make_leaf(struct pass *pass, const struct trie_change *c)
{
	node_ref ref = create(pass, NODE_LEAF);

	if (ref == NODE_EMPTY)
		return ref;
	*leaf_at(pass->nodes, ref) = (struct leaf_node){c->keyhash, c->valuehash};
	pass->leaves++;
	return ref;
}

/* The subtree with these sides: a lone leaf moves up, so that the form depends on the set alone. */
static node_ref join(struct pass *pass, node_ref left, node_ref right)
{
	if (right == NODE_EMPTY && (left == NODE_EMPTY || node_is_leaf(left)))
		return left;
	if (left == NODE_EMPTY && node_is_leaf(right))
		return right;
	node_ref ref = create(pass, 0);

	if (ref == NODE_EMPTY)
		return ref;
	struct hash32 l = node_hash(pass->nodes, left), r = node_hash(pass->nodes, right);

	*inner_at(pass->nodes, ref) = (struct inner_node){trie_hash_inner(&l, &r), {left, right}};
	return ref;
}

/* How many of the sorted changes go left at this depth, where they share all bits before. */
static size_t count_left(const struct trie_change *changes, size_t count, size_t depth)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (key_bit(&changes[middle].keyhash, depth))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static node_ref replace_leaf(struct pass *pass, node_ref ref, const struct trie_change *c)
{
	if (!c->delete && ID_EQUAL(leaf_at(pass->nodes, ref)->valuehash, c->valuehash))
		return ref;
	retire(pass, ref);
	return c->delete ? NODE_EMPTY : make_leaf(pass, c);
}

/* The sides of a subtree that was empty or one leaf. */
static node_ref apply_open(struct pass *pass, node_ref ref, size_t depth, const struct trie_change *changes,
			   size_t count)
{
	ASSERT(depth < TRIE_DEPTH_MAX);
	size_t k = count_left(changes, count, depth);
	node_ref side[2] = {NODE_EMPTY, NODE_EMPTY};

	if (ref != NODE_EMPTY)
		side[key_bit(&leaf_at(pass->nodes, ref)->keyhash, depth)] = ref;
	side[0] = pass_apply(pass, side[0], depth + 1, changes, k);
	side[1] = pass_apply(pass, side[1], depth + 1, changes + k, count - k);
	return join(pass, side[0], side[1]);
}

node_ref pass_apply(struct pass *pass, node_ref ref, size_t depth, const struct trie_change *changes, size_t count)
{
	if (count == 0 || pass->err != ERR_OK)
		return ref;
	if (ref == NODE_EMPTY && count == 1)
		return changes->delete ? NODE_EMPTY : make_leaf(pass, changes);
	if (ref == NODE_EMPTY)
		return apply_open(pass, ref, depth, changes, count);
	if (node_is_leaf(ref)) {
		if (count == 1 && ID_EQUAL(changes->keyhash, leaf_at(pass->nodes, ref)->keyhash))
			return replace_leaf(pass, ref, changes);
		return apply_open(pass, ref, depth, changes, count);
	}
	const node_ref *old = inner_at(pass->nodes, ref)->child;
	size_t k = count_left(changes, count, depth);
	node_ref left = pass_apply(pass, old[0], depth + 1, changes, k);
	node_ref right = pass_apply(pass, old[1], depth + 1, changes + k, count - k);

	if (left == old[0] && right == old[1])
		return ref;
	retire(pass, ref);
	return join(pass, left, right);
}
