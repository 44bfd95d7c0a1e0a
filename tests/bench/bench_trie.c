/* SPDX-License-Identifier: Apache-2.0 */
/* The state trie at a given size (default one million keys): loading, blocks of changes, proofs, memory.  The
 * calibration is the same number of SHA-256 runs over 65 bytes, of which each change needs about log2(keys) + 2.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/crypto/hash.h"
#include "core/crypto/trie.h"

#define BLOCK_CHANGES 300 /* 100 transactions of three changes */
#define BLOCKS 200
#define STEP 7919	  /* a prime, to spread over the keys */
#define PROOFS 20000
#define HASHES 1000000

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct hash32 hash_number(uint64_t n)
{
	uint8_t b[8];

	put_be64(b, n);
	return hash_sha256(bytes_of(b, 8));
}

struct numbers {
	uint64_t at, count;
};

static enum err next_number(void *self, struct trie_change *ret)
{
	struct numbers *n = self;

	if (n->at == n->count)
		return ERR_NOT_FOUND;
	*ret = (struct trie_change){hash_number(n->at), hash_number(n->at), false};
	n->at++;
	return ERR_OK;
}

static double calibrate(void)
{
	uint8_t in[65] = {0};
	double start = now();

	for (int i = 0; i < HASHES; i++) {
		struct hash32 h = hash_sha256(bytes_of(in, sizeof(in)));

		memcpy(in, h.b, sizeof(h.b));
	}
	return HASHES / (now() - start);
}

static double blocks(struct trie *t, uint64_t keys)
{
	static struct trie_change changes[BLOCKS][BLOCK_CHANGES];
	for (size_t b = 0; b < BLOCKS; b++) {
		for (size_t i = 0; i < BLOCK_CHANGES; i++) {
			uint64_t n = b * BLOCK_CHANGES + i;
			uint64_t key = i % 3 == 0 ? keys + n : n * STEP % keys; /* one of three is new */

			changes[b][i] = (struct trie_change){hash_number(key), hash_number(~n), false};
		}
	}
	double start = now();

	for (size_t b = 0; b < BLOCKS; b++) {
		trie_sort(changes[b], BLOCK_CHANGES);
		if (trie_apply(t, changes[b], BLOCK_CHANGES) != ERR_OK)
			exit(1);
	}
	return BLOCKS * BLOCK_CHANGES / (now() - start);
}

static double proofs(const struct trie *t, uint64_t keys, size_t *ret_bytes)
{
	struct buf proof = BUF_INIT;
	double start = now();

	*ret_bytes = 0;
	for (uint64_t i = 0; i < PROOFS; i++) {
		struct hash32 keyhash = hash_number(i * STEP % keys);

		buf_clear(&proof);
		trie_prove(t, &proof, TRIE_CURRENT, &keyhash);
		*ret_bytes += proof.len;
	}
	*ret_bytes /= PROOFS;
	buf_release(&proof);
	return PROOFS / (now() - start);
}

int main(int argc, char **argv)
{
	struct numbers n = {0, argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000};
	double hashes = calibrate(), start = now();
	struct trie *t;
	size_t bytes;

	if (trie_new(&t) != ERR_OK || n.count == 0 || trie_load(t, next_number, &n) != ERR_OK)
		return 1;
	double load = now() - start, applied = blocks(t, n.count), proved = proofs(t, n.count, &bytes);

	printf("%-44s %12.0f\n", "sha256 of 65 bytes, per second", hashes);
	printf("%-44s %12llu\n", "trie: keys", (unsigned long long)n.count);
	printf("%-44s %12.2f\n", "trie: load in no order, seconds", load);
	printf("%-44s %12.0f %8.4f of sha256\n", "trie: changes per second, 300 a block", applied, applied / hashes);
	printf("%-44s %12.0f %8.4f of sha256\n", "trie: proofs per second", proved, proved / hashes);
	printf("%-44s %12zu\n", "trie: bytes of a proof", bytes);
	printf("%-44s %12.1f\n", "trie: MiB of memory", (double)trie_memory(t) / (1 << 20));
	trie_free(t);
	return 0;
}
