/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of presence and absence: the siblings on the way from the root to where the key is or would be.
 *
 *   kind(1) depth(2, big-endian) bitmap(ceil(depth / 8)) siblings(32 each) [keyhash(32) valuehash(32)]
 *
 * Bit i of the bitmap, from the most significant, says that the sibling below depth i is not empty; those siblings
 * follow from the top down.  The two hashes are the other leaf of kind 2.
 */
#include "core/crypto/hash.h"
#include "core/crypto/trie_node.h"

enum kind {
	KIND_PRESENT = 0,
	KIND_EMPTY = 1, /* the way ends in nothing */
	KIND_OTHER = 2, /* the way ends in the lone leaf of another key */
};

struct path {
	size_t depth;
	struct hash32 siblings[TRIE_DEPTH_MAX]; /* from the top down, zero for empty */
};

static bool is_empty(const struct hash32 *h)
{
	return bytes_is_zero(BYTES_ID(*h));
}

/* Where the way of a key ends: NODE_EMPTY or a leaf.  path may be NULL. */
static node_ref walk(const struct nodes *nodes, struct path *path, node_ref ref, const struct hash32 *keyhash)
{
	size_t depth = 0;

	for (; ref != NODE_EMPTY && !node_is_leaf(ref); depth++) {
		const struct inner_node *node = node_inner(nodes, ref);
		unsigned side = key_bit(keyhash, depth);

		if (path)
			path->siblings[depth] = node_hash(nodes, node->child[!side]);
		ref = node->child[side];
	}
	if (path)
		path->depth = depth;
	return ref;
}

bool trie_find(const struct trie *t, struct hash32 *ret_valuehash, enum trie_version version,
	       const struct hash32 *keyhash)
{
	node_ref root;
	const struct nodes *nodes = trie_nodes(t, version, &root);
	node_ref ref = walk(nodes, NULL, root, keyhash);

	if (ref == NODE_EMPTY || !ID_EQUAL(node_leaf(nodes, ref)->keyhash, *keyhash))
		return false;
	*ret_valuehash = node_leaf(nodes, ref)->valuehash;
	return true;
}

static void write_path(struct buf *out, enum kind kind, const struct path *path)
{
	uint8_t bitmap[TRIE_DEPTH_MAX / 8] = {0};

	for (size_t i = 0; i < path->depth; i++)
		if (!is_empty(&path->siblings[i]))
			bitmap[i / 8] |= (uint8_t)(0x80 >> i % 8);
	buf_append_byte(out, (uint8_t)kind);
	buf_append_byte(out, (uint8_t)(path->depth >> 8));
	buf_append_byte(out, (uint8_t)path->depth);
	buf_append(out, bitmap, (path->depth + 7) / 8);
	for (size_t i = 0; i < path->depth; i++)
		if (!is_empty(&path->siblings[i]))
			buf_append_bytes(out, BYTES_ID(path->siblings[i]));
}

void trie_prove(const struct trie *t, struct buf *proof, enum trie_version version, const struct hash32 *keyhash)
{
	node_ref root;
	struct path path;
	const struct nodes *nodes = trie_nodes(t, version, &root);
	node_ref ref = walk(nodes, &path, root, keyhash);

	if (ref == NODE_EMPTY) {
		write_path(proof, KIND_EMPTY, &path);
		return;
	}
	const struct leaf_node *leaf = node_leaf(nodes, ref);
	bool present = ID_EQUAL(leaf->keyhash, *keyhash);

	write_path(proof, present ? KIND_PRESENT : KIND_OTHER, &path);
	if (present)
		return;
	buf_append_bytes(proof, BYTES_ID(leaf->keyhash));
	buf_append_bytes(proof, BYTES_ID(leaf->valuehash));
}

/* The path in its one form: no bit past the depth, no sibling of zeros, and none empty at the end, because there the
 * two sides would have collapsed.
 */
static enum err read_path(struct path *ret, struct cursor *c)
{
	size_t depth = (size_t)cursor_byte(c) << 8;

	depth |= cursor_byte(c);
	if (depth > TRIE_DEPTH_MAX)
		return ERR_PROOF;
	struct bytes bitmap = cursor_take(c, (depth + 7) / 8);

	if (c->err != ERR_OK)
		return ERR_PROOF;
	for (size_t i = 0; i < bitmap.len * 8; i++) {
		bool bit = bitmap.data[i / 8] >> (7 - i % 8) & 1;

		if (bit && i >= depth)
			return ERR_PROOF;
		if (!bit && i + 1 == depth)
			return ERR_PROOF;
		if (i >= depth)
			continue;
		struct bytes sibling = bit ? cursor_take(c, ID_SIZE) : (struct bytes){0};

		memset(&ret->siblings[i], 0, ID_SIZE);
		if (bit && sibling.len == ID_SIZE)
			ID_COPY(ret->siblings[i], sibling.data);
		if (bit && is_empty(&ret->siblings[i]))
			return ERR_PROOF;
	}
	ret->depth = depth;
	return ERR_OK;
}

static struct hash32 fold(const struct path *path, struct hash32 node, const struct hash32 *keyhash)
{
	for (size_t i = path->depth; i-- > 0;)
		node = key_bit(keyhash, i) ? trie_hash_inner(&path->siblings[i], &node)
					   : trie_hash_inner(&node, &path->siblings[i]);
	return node;
}

static bool same_way(const struct hash32 *x, const struct hash32 *y, size_t depth)
{
	for (size_t i = 0; i < depth; i++)
		if (key_bit(x, i) != key_bit(y, i))
			return false;
	return true;
}

/* The node that an absence proof ends in. */
static enum err read_end(struct hash32 *ret, struct cursor *c, uint8_t kind, size_t depth, const struct hash32 *keyhash)
{
	struct hash32 key, value;

	if (kind == KIND_EMPTY) {
		memset(ret, 0, sizeof(*ret));
		return ERR_OK;
	}
	struct bytes k = cursor_take(c, ID_SIZE), v = cursor_take(c, ID_SIZE);

	if (kind != KIND_OTHER || c->err != ERR_OK)
		return ERR_PROOF;
	ID_COPY(key, k.data);
	ID_COPY(value, v.data);
	if (ID_EQUAL(key, *keyhash) || !same_way(&key, keyhash, depth))
		return ERR_PROOF;
	*ret = trie_hash_leaf(&key, &value);
	return ERR_OK;
}

enum err trie_verify(const struct hash32 *root, struct bytes key, const struct bytes *value, struct bytes proof)
{
	struct hash32 keyhash = hash_sha256(key), node;
	struct cursor c = cursor_of(proof);
	struct path path;
	uint8_t kind = cursor_byte(&c);

	if (proof.len > TRIE_PROOF_MAX || (kind == KIND_PRESENT) != (value != NULL))
		return ERR_PROOF;
	TRY(read_path(&path, &c));
	if (value) {
		struct hash32 valuehash = hash_sha256(*value);

		node = trie_hash_leaf(&keyhash, &valuehash);
	} else {
		TRY(read_end(&node, &c, kind, path.depth, &keyhash));
	}
	if (cursor_end(&c) != ERR_OK)
		return ERR_PROOF;
	node = fold(&path, node, &keyhash);
	return ID_EQUAL(node, *root) ? ERR_OK : ERR_PROOF;
}
