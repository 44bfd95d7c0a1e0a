/* SPDX-License-Identifier: Apache-2.0 */
/* The state root: a compact sparse Merkle trie over SHA-256(key), with proofs that a key has a value or has none.
 *
 *   root of nothing          32 zero bytes
 *   subtree of one leaf      SHA-256(00 || keyhash || valuehash), at whatever depth it stands
 *   any other subtree        SHA-256(01 || left || right), an empty side as 32 zero bytes
 *
 * keyhash = SHA-256(key), valuehash = SHA-256(value); at depth d the d-th bit of keyhash, from the most significant,
 * says left (0) or right (1).  So the root is a function of the set alone, whatever its history.
 *
 * All nodes are in memory, never changed, and shared between two versions: the one after the last trie_apply and the
 * one before.  Both can be proved.  About 120 bytes a key.  The values themselves are the caller's to store.
 *
 * Threads: one at a time for each trie; proofs may run side by side when none applies.  trie_verify takes no trie.
 * Format and reasons: docs/formats/trie.md.  The collapsing of lone leaves is that of Diem's Jellyfish Merkle tree
 * (Gao, Hu, Wu 2021).
 */
#ifndef MEDLOCK_CRYPTO_TRIE_H
#define MEDLOCK_CRYPTO_TRIE_H

#include "core/base/buf.h"

#define TRIE_DEPTH_MAX 256
#define TRIE_PROOF_MAX (1 + 2 + TRIE_DEPTH_MAX / 8 + TRIE_DEPTH_MAX * 32 + 2 * 32)
#define TRIE_KEYS_MAX 0x20000000u /* more answer ERR_LIMIT */

struct trie;

struct trie_change {
	struct hash32 keyhash, valuehash;
	bool delete; /* deleting what is not there changes nothing; valuehash is ignored */
};

enum trie_version {
	TRIE_CURRENT,  /* after the last trie_apply */
	TRIE_PREVIOUS, /* before it */
};

enum err trie_new(struct trie **ret) MUST_USE; /* empty; ERR_MEMORY */
void trie_free(struct trie *t);

/* Add all leaves of a source to both versions, at start.  The source fills one change (never a delete) and answers
 * ERR_OK, or ERR_NOT_FOUND when there are no more; its other errors are passed on.  Any order; ascending keyhash is
 * fastest.  ERR_DAMAGED when a key comes twice.  After a failure the trie is good for trie_free only.
 */
typedef enum err (*trie_source)(void *self, struct trie_change *ret);
enum err trie_load(struct trie *t, trie_source source, void *self) MUST_USE;

/* One block: changes in strictly ascending order of keyhash (asserted), one pass, all or nothing.  The previous
 * version is forgotten, the current one becomes the previous.  An empty list is a version too.
 * ERR_MEMORY, ERR_LIMIT: then nothing has changed.
 */
enum err trie_apply(struct trie *t, const struct trie_change *changes, size_t count) MUST_USE;

/* Take the last trie_apply back, for a block that could not be stored; then both versions are the one before.
 * Asserts that there is one to take back: not after trie_new, trie_load or trie_undo.
 */
void trie_undo(struct trie *t);

/* Sort into the order of trie_apply.  Each key once. */
void trie_sort(struct trie_change *changes, size_t count);

struct hash32 trie_root(const struct trie *t, enum trie_version version);
uint64_t trie_count(const struct trie *t);  /* keys in the current version */
size_t trie_memory(const struct trie *t); /* bytes held */

/* The value's hash; false when the key is not there. */
bool trie_find(const struct trie *t, struct hash32 *ret_valuehash, enum trie_version version,
	       const struct hash32 *keyhash);

/* Append the proof of what this version says about keyhash, value or absence: at most TRIE_PROOF_MAX bytes.  Errors
 * are those of the buffer.
 */
void trie_prove(const struct trie *t, struct buf *proof, enum trie_version version, const struct hash32 *keyhash);

/* That under root, key has exactly *value, or, with value NULL, that key has none.  ERR_PROOF for a proof of anything
 * else, and for one that is not in its one canonical form.
 */
enum err trie_verify(const struct hash32 *root, struct bytes key, const struct bytes *value, struct bytes proof)
	MUST_USE;

#endif
