/* SPDX-License-Identifier: Apache-2.0 */
/* The two versions of a trie, and the steps between them.  `created` are the nodes of the current version that the
 * previous one has not, `retired` the other way round: so forgetting the previous version, and taking the current
 * one back, are each the freeing of one list.
 */
#include "core/crypto/trie.h"

#include <stdlib.h>

#include "core/crypto/trie_node.h"

#define LOAD_BATCH 262144u /* larger is quicker for a source in no order, and costs 65 bytes each meanwhile */

struct version {
	node_ref root;
	uint64_t count;
};

struct trie {
	struct nodes nodes;
	struct version versions[2]; /* by enum trie_version */
	struct ref_list created, retired;
	bool can_undo;
};

enum err trie_new(struct trie **ret)
{
	struct trie *t = calloc(1, sizeof(*t));

	if (!t)
		return ERR_MEMORY;
	nodes_init(&t->nodes);
	*ret = t;
	return ERR_OK;
}

void trie_free(struct trie *t)
{
	if (!t)
		return;
	nodes_release(&t->nodes);
	free(t->created.refs);
	free(t->retired.refs);
	free(t);
}

static bool ascending(const struct trie_change *changes, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (memcmp(changes[i - 1].keyhash.b, changes[i].keyhash.b, ID_SIZE) >= 0) /* public: hashes */
			return false;
	return true;
}

/* Take over what a pass made, or undo it. */
static enum err adopt(struct trie *t, struct pass *pass, node_ref root)
{
	if (pass->err != ERR_OK) {
		nodes_free(&t->nodes, &pass->created);
		free(pass->created.refs);
		free(pass->retired.refs);
		return pass->err;
	}
	nodes_free(&t->nodes, &t->retired);
	free(t->created.refs);
	free(t->retired.refs);
	t->created = pass->created;
	t->retired = pass->retired;
	struct version *current = &t->versions[TRIE_CURRENT];

	t->versions[TRIE_PREVIOUS] = *current;
	*current = (struct version){root, (uint64_t)((int64_t)current->count + pass->leaves)};
	t->can_undo = true;
	return ERR_OK;
}

enum err trie_apply(struct trie *t, const struct trie_change *changes, size_t count)
{
	const struct version *current = &t->versions[TRIE_CURRENT];
	struct pass pass = {.nodes = &t->nodes};

	ASSERT(ascending(changes, count));
	if (count > TRIE_KEYS_MAX - current->count)
		return ERR_LIMIT;
	node_ref root = pass_apply(&pass, current->root, 0, changes, count);

	return adopt(t, &pass, root);
}

static void list_release(struct ref_list *list)
{
	free(list->refs);
	*list = (struct ref_list){0};
}

/* Make the current version the only one. */
static void settle(struct trie *t)
{
	nodes_free(&t->nodes, &t->retired);
	list_release(&t->created);
	list_release(&t->retired);
	t->versions[TRIE_PREVIOUS] = t->versions[TRIE_CURRENT];
	t->can_undo = false;
}

void trie_undo(struct trie *t)
{
	ASSERT(t->can_undo);
	nodes_free(&t->nodes, &t->created);
	t->retired.count = 0;
	t->versions[TRIE_CURRENT] = t->versions[TRIE_PREVIOUS];
	t->can_undo = false;
}

static enum err load_batch(struct trie *t, struct trie_change *batch, size_t count)
{
	uint64_t before = t->versions[TRIE_CURRENT].count;

	trie_sort(batch, count);
	if (!ascending(batch, count))
		return ERR_DAMAGED;
	TRY(trie_apply(t, batch, count));
	settle(t);
	return t->versions[TRIE_CURRENT].count - before == count ? ERR_OK : ERR_DAMAGED;
}

enum err trie_load(struct trie *t, trie_source source, void *self)
{
	struct trie_change *batch = calloc(LOAD_BATCH, sizeof(*batch));
	enum err e = batch ? ERR_OK : ERR_MEMORY;
	size_t n = 0;

	while (e == ERR_OK) {
		e = source(self, &batch[n]);
		if (e != ERR_OK)
			break;
		ASSERT(!batch[n].delete);
		if (++n == LOAD_BATCH) {
			e = load_batch(t, batch, n);
			n = 0;
		}
	}
	if (e == ERR_NOT_FOUND)
		e = load_batch(t, batch, n);
	free(batch);
	return e;
}

static int by_keyhash(const void *a, const void *b)
{
	const struct trie_change *x = a, *y = b;

	return memcmp(x->keyhash.b, y->keyhash.b, ID_SIZE); /* public: hashes */
}

void trie_sort(struct trie_change *changes, size_t count)
{
	if (count > 1)
		qsort(changes, count, sizeof(*changes), by_keyhash);
}

struct hash32 trie_root(const struct trie *t, enum trie_version version)
{
	return node_hash(&t->nodes, t->versions[version].root);
}

uint64_t trie_count(const struct trie *t)
{
	return t->versions[TRIE_CURRENT].count;
}

size_t trie_memory(const struct trie *t)
{
	return sizeof(*t) + nodes_memory(&t->nodes) + (t->created.room + t->retired.room) * sizeof(node_ref);
}

const struct nodes *trie_nodes(const struct trie *t, enum trie_version version, node_ref *ret_root)
{
	*ret_root = t->versions[version].root;
	return &t->nodes;
}
