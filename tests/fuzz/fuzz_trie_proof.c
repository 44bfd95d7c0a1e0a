/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs against the root of a small known trie: the first byte names the key, the second whether presence or
 * absence is claimed, the rest is the proof.  Whatever verifies is true, and is the one proof that the trie makes.
 */
#include <stdlib.h>

#include "core/crypto/hash.h"
#include "core/crypto/trie.h"

#define KEYS 96 /* the numbers below that are even are in the trie, each with itself as value */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct trie *known(void)
{
	static struct trie *t;
	struct trie_change changes[KEYS / 2];

	if (t)
		return t;
	for (uint8_t i = 0; i < KEYS / 2; i++) {
		uint8_t number = (uint8_t)(2 * i);
		struct hash32 h = hash_sha256(bytes_of(&number, 1));

		changes[i] = (struct trie_change){h, h, false};
	}
	trie_sort(changes, KEYS / 2);
	ASSERT(trie_new(&t) == ERR_OK && trie_apply(t, changes, KEYS / 2) == ERR_OK);
	return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trie *t = known();
	struct hash32 root = trie_root(t, TRIE_CURRENT);
	struct buf proof = BUF_INIT;

	if (size < 2)
		return 0;
	struct bytes key = bytes_of(data, 1), claimed = bytes_of(data + 2, size - 2);
	bool present = data[1] & 1;

	if (trie_verify(&root, key, present ? &key : NULL, claimed) != ERR_OK)
		return 0;
	struct hash32 keyhash = hash_sha256(key);

	ASSERT(present == (data[0] < KEYS && data[0] % 2 == 0));
	trie_prove(t, &proof, TRIE_CURRENT, &keyhash);
	ASSERT(bytes_equal(buf_bytes(&proof), claimed));
	buf_release(&proof);
	return 0;
}
