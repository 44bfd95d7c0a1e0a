/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the trie: nodes and how a new version is made of an old one.  Only trie*.c include this.
 *
 * A reference is 32 bits: 0 is the empty subtree, the top bit marks a leaf, the rest is a place in a pool.  A leaf
 * does not keep its hash: it is needed for a sibling only, at most once a change, and would cost 32 bytes a key.
 */
#ifndef MEDLOCK_CRYPTO_TRIE_NODE_H
#define MEDLOCK_CRYPTO_TRIE_NODE_H

#include "core/crypto/trie.h"

typedef uint32_t node_ref;

#define NODE_EMPTY 0u
#define NODE_LEAF 0x80000000u

struct inner_node {
	struct hash32 hash;
	node_ref child[2];
};

struct leaf_node {
	struct hash32 keyhash, valuehash;
};

/* Equal pieces in chunks that never move; what was freed is used first. */
struct pool {
	uint8_t **chunks;
	size_t item;
	uint32_t chunk_count, used, free; /* free: place + 1 of the first free piece, 0 for none */
};

struct ref_list {
	node_ref *refs;
	size_t count, room;
};

struct nodes {
	struct pool inner, leaf;
};

/* One pass: what it made, and what of the old version is not in the new one. */
struct pass {
	struct nodes *nodes;
	struct ref_list created, retired;
	int64_t leaves; /* how many more than before */
	enum err err;
};

void nodes_init(struct nodes *nodes);
void nodes_release(struct nodes *nodes);
void nodes_free(struct nodes *nodes, struct ref_list *list); /* all of the list, which is then empty */
size_t nodes_memory(const struct nodes *nodes);

const struct inner_node *node_inner(const struct nodes *nodes, node_ref ref);
const struct leaf_node *node_leaf(const struct nodes *nodes, node_ref ref);
struct hash32 node_hash(const struct nodes *nodes, node_ref ref);

struct hash32 trie_hash_leaf(const struct hash32 *keyhash, const struct hash32 *valuehash);
struct hash32 trie_hash_inner(const struct hash32 *left, const struct hash32 *right);

static inline bool node_is_leaf(node_ref ref)
{
	return (ref & NODE_LEAF) != 0;
}

/* The bit of a key that says the side at a depth: 1 for right. */
static inline unsigned key_bit(const struct hash32 *keyhash, size_t depth)
{
	return (unsigned)keyhash->b[depth / 8] >> (7 - depth % 8) & 1u;
}

/* The nodes of a trie and the root of one version, for proofs. */
const struct nodes *trie_nodes(const struct trie *t, enum trie_version version, node_ref *ret_root);

/* The subtree after the changes; pass->err on failure. */
node_ref pass_apply(struct pass *pass, node_ref ref, size_t depth, const struct trie_change *changes,
		    size_t count);

#endif
