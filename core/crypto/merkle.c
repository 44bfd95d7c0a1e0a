/* SPDX-License-Identifier: Apache-2.0 */
/* Pending subtrees stand for the bits of the count: bit k set means that pending[k] is the root of 2^k leaves.
 * Joining them from the smallest up gives exactly the split of RFC 6962, without recursion.
 */
#include "core/crypto/merkle.h"

#include "core/crypto/hash.h"

#define LEAF 0x00
#define INNER 0x01
#define SHORT_ITEM 128 /* up to here one call with a copy is quicker than a stream */

static struct hash32 inner(const struct hash32 *left, const struct hash32 *right)
{
	uint8_t in[1 + 2 * ID_SIZE];

	in[0] = INNER;
	memcpy(in + 1, left->b, ID_SIZE);
	memcpy(in + 1 + ID_SIZE, right->b, ID_SIZE);
	return hash_sha256(bytes_of(in, sizeof(in)));
}

struct hash32 merkle_leaf(struct bytes item)
{
	uint8_t in[1 + SHORT_ITEM] = {LEAF};
	struct hash_sha256_stream stream;

	if (item.len <= SHORT_ITEM) {
		if (item.len > 0)
			memcpy(in + 1, item.data, item.len);
		return hash_sha256(bytes_of(in, 1 + item.len));
	}
	hash_sha256_stream_init(&stream);
	hash_sha256_stream_update(&stream, bytes_of(in, 1));
	hash_sha256_stream_update(&stream, item);
	return hash_sha256_stream_final(&stream);
}

void merkle_init(struct merkle *m)
{
	m->count = 0;
}

void merkle_add_leaf(struct merkle *m, const struct hash32 *leaf_hash)
{
	struct hash32 node = *leaf_hash;
	size_t level = 0;

	ASSERT(m->count < (uint64_t)INT64_MAX);
	for (uint64_t n = m->count; n & 1; n >>= 1)
		node = inner(&m->pending[level++], &node);
	m->pending[level] = node;
	m->count++;
}

void merkle_add(struct merkle *m, struct bytes item)
{
	struct hash32 leaf = merkle_leaf(item);

	merkle_add_leaf(m, &leaf);
}

struct hash32 merkle_sum(const struct merkle *m)
{
	struct hash32 root = {{0}};
	bool any = false;

	for (size_t level = 0; level < MERKLE_AUNTS_MAX; level++) {
		if (!(m->count >> level & 1))
			continue;
		root = any ? inner(&m->pending[level], &root) : m->pending[level];
		any = true;
	}
	return any ? root : hash_sha256(bytes_of(NULL, 0));
}

struct hash32 merkle_root(const struct bytes *items, size_t count)
{
	struct merkle m;

	merkle_init(&m);
	for (size_t i = 0; i < count; i++)
		merkle_add(&m, items[i]);
	return merkle_sum(&m);
}

/* The largest power of two below n; n >= 2. */
static uint64_t split(uint64_t n)
{
	uint64_t k = 1;

	while (k < n - k)
		k *= 2;
	return k;
}

void merkle_prove(struct merkle_proof *ret, const struct bytes *items, size_t count, size_t index)
{
	size_t first = 0, n = count, depth = 0;
	struct hash32 aunts[MERKLE_AUNTS_MAX];

	ASSERT(index < count);
	while (n > 1) {
		size_t k = (size_t)split(n);

		if (index - first < k) {
			aunts[depth++] = merkle_root(items + first + k, n - k);
			n = k;
		} else {
			aunts[depth++] = merkle_root(items + first, k);
			first += k;
			n -= k;
		}
	}
	ret->total = count;
	ret->index = index;
	ret->leaf_hash = merkle_leaf(items[index]);
	ret->aunt_count = depth;
	for (size_t i = 0; i < depth; i++)
		ret->aunts[i] = aunts[depth - 1 - i];
}

/* Which side each aunt is on, from the top down.  Returns how many aunts this place has. */
static size_t sides(bool left[MERKLE_AUNTS_MAX], uint64_t index, uint64_t total)
{
	size_t depth = 0;

	for (uint64_t n = total; n > 1; depth++) {
		uint64_t k = split(n);

		left[depth] = index >= k;
		index -= left[depth] ? k : 0;
		n = left[depth] ? n - k : k;
	}
	return depth;
}

enum err merkle_proof_root(struct hash32 *ret, const struct merkle_proof *proof)
{
	bool left[MERKLE_AUNTS_MAX];

	if (proof->total > (uint64_t)INT64_MAX || proof->index >= proof->total)
		return ERR_PROOF;
	size_t depth = sides(left, proof->index, proof->total);

	if (proof->aunt_count != depth)
		return ERR_PROOF;
	struct hash32 node = proof->leaf_hash;

	for (size_t i = 0; i < depth; i++) {
		const struct hash32 *aunt = &proof->aunts[i];

		node = left[depth - 1 - i] ? inner(aunt, &node) : inner(&node, aunt);
	}
	*ret = node;
	return ERR_OK;
}

enum err merkle_verify(const struct merkle_proof *proof, const struct hash32 *root, struct bytes item)
{
	struct hash32 leaf = merkle_leaf(item), computed;

	if (!ID_EQUAL(leaf, proof->leaf_hash))
		return ERR_PROOF;
	TRY(merkle_proof_root(&computed, proof));
	return ID_EQUAL(computed, *root) ? ERR_OK : ERR_PROOF;
}
