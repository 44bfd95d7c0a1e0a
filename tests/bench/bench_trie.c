/* SPDX-License-Identifier: Apache-2.0 */
/* The state trie at a given size (default one million keys): loading, blocks of changes, proofs, memory.  The
 * calibration is the same number of SHA-256 runs over 65 bytes, of which each change needs about log2(keys) + 2.
 */
#include <stdlib.h>

#include "bench.h"
#include "core/crypto/hash.h"
#include "core/crypto/trie.h"

#define BLOCK_CHANGES 300 /* 100 transactions of three changes */
#define BLOCKS 100
#define STEP 7919	  /* a prime, to spread over the keys */
#define PROOFS 10000
#define HASHES 300000

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

static double since(uint64_t start)
{
	return (double)(bench_now_ns() - start) / 1e9;
}

static double hashes_once(void)
{
	uint8_t in[65] = {0};
	uint64_t start = bench_now_ns();

	for (int i = 0; i < HASHES; i++) {
		struct hash32 h = hash_sha256(bytes_of(in, sizeof(in)));

		memcpy(in, h.b, sizeof(h.b));
	}
	return HASHES / since(start);
}

/* round: each pass changes other values and adds other keys. */
static double blocks_once(struct trie *t, uint64_t keys, uint64_t round)
{
	static struct trie_change changes[BLOCKS][BLOCK_CHANGES];
	uint64_t start;

	for (size_t b = 0; b < BLOCKS; b++) {
		for (size_t i = 0; i < BLOCK_CHANGES; i++) {
			uint64_t n = (round * BLOCKS + b) * BLOCK_CHANGES + i;
			uint64_t key = i % 3 == 0 ? keys + n : n * STEP % keys; /* one of three is new */

			changes[b][i] = (struct trie_change){hash_number(key), hash_number(~n), false};
		}
	}
	start = bench_now_ns();
	for (size_t b = 0; b < BLOCKS; b++) {
		trie_sort(changes[b], BLOCK_CHANGES);
		ASSERT(trie_apply(t, changes[b], BLOCK_CHANGES) == ERR_OK);
	}
	return BLOCKS * BLOCK_CHANGES / since(start);
}

static double proofs_once(const struct trie *t, uint64_t keys, size_t *ret_bytes)
{
	struct buf proof = BUF_INIT;
	uint64_t start = bench_now_ns();
	double took;

	*ret_bytes = 0;
	for (uint64_t i = 0; i < PROOFS; i++) {
		struct hash32 keyhash = hash_number(i * STEP % keys);

		buf_clear(&proof);
		trie_prove(t, &proof, TRIE_CURRENT, &keyhash);
		*ret_bytes += proof.len;
	}
	took = since(start);
	*ret_bytes /= PROOFS;
	buf_release(&proof);
	return PROOFS / took;
}

int main(int argc, char **argv)
{
	struct bench_figure hashes = BENCH_FIGURE("SHA-256 of 65 bytes", "1/s", BENCH_MORE);
	struct bench_figure changes = BENCH_FIGURE("changes, 300 a block", "1/s", BENCH_MORE);
	struct bench_figure proofs = BENCH_FIGURE("proofs", "1/s", BENCH_MORE);
	struct numbers n = {0, argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000};
	uint64_t start = bench_now_ns();
	struct trie *t;
	size_t bytes = 0;
	double load;

	ASSERT(n.count > 0 && trie_new(&t) == ERR_OK && trie_load(t, next_number, &n) == ERR_OK);
	load = since(start);
	for (unsigned i = 0; i < bench_passes(); i++) {
		bench_add(&hashes, hashes_once());
		bench_add(&changes, blocks_once(t, n.count, i));
		bench_add(&proofs, proofs_once(t, n.count, &bytes));
	}
	bench_head();
	bench_fact("keys", (double)n.count, "");
	bench_print_calibration(&hashes);
	bench_print(&changes, &hashes);
	bench_print(&proofs, &hashes);
	bench_fact("bytes of a proof", (double)bytes, "");
	bench_fact("to load in no order", load, "s");
	bench_fact("memory", (double)trie_memory(t) / (1 << 20), "MiB");
	trie_free(t);
	return 0;
}
