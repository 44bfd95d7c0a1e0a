/* SPDX-License-Identifier: Apache-2.0 */
/* Merkle trees of RFC 6962 as CometBFT uses them: leaf = SHA-256(00 || item), inner = SHA-256(01 || left || right),
 * split at the largest power of two below the count, and SHA-256("") for no items at all.
 *
 * Header, data, commit and validator hashes are such roots.  Nothing here allocates; any thread.
 *
 * Sources: RFC 6962 section 2.1; CometBFT crypto/merkle (proofs: total, index, leaf hash, aunts from the bottom).
 */
#ifndef MEDLOCK_CRYPTO_MERKLE_H
#define MEDLOCK_CRYPTO_MERKLE_H

#include "core/base/bytes.h"

/* A proof for 2^63 leaves has 63 aunts; more cannot be of any use. */
#define MERKLE_AUNTS_MAX 64

/* A root that grows item by item: one pending subtree for each bit of the count. */
struct merkle {
	uint64_t count;
	struct hash32 pending[MERKLE_AUNTS_MAX];
};

void merkle_init(struct merkle *m);
void merkle_add(struct merkle *m, struct bytes item);
void merkle_add_leaf(struct merkle *m, const struct hash32 *leaf_hash); /* of an item hashed before */
struct hash32 merkle_sum(const struct merkle *m); /* m can grow on */

struct hash32 merkle_leaf(struct bytes item);
struct hash32 merkle_root(const struct bytes *items, size_t count);

struct merkle_proof {
	uint64_t total, index;
	struct hash32 leaf_hash;
	size_t aunt_count;
	struct hash32 aunts[MERKLE_AUNTS_MAX]; /* from the bottom up */
};

/* The proof that items[index] is in the tree of all items; asserts index < count. */
void merkle_prove(struct merkle_proof *ret, const struct bytes *items, size_t count, size_t index);

/* The root that a proof leads to; ERR_PROOF unless index < total and the number of aunts is exactly that of this
 * place in a tree of this size.
 */
enum err merkle_proof_root(struct hash32 *ret, const struct merkle_proof *proof) MUST_USE;

/* That item is at proof->index under root: also that leaf_hash is the hash of item.  ERR_PROOF otherwise. */
enum err merkle_verify(const struct merkle_proof *proof, const struct hash32 *root, struct bytes item) MUST_USE;

#endif
