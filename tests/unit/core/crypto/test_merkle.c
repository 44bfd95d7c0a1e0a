/* SPDX-License-Identifier: Apache-2.0 */
/* Merkle trees against known roots, against the recursive definition of RFC 6962, and their proofs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/crypto/hash.h"
#include "core/crypto/merkle.h"

#define ITEMS 70

static uint8_t data[ITEMS][200];
static struct bytes items[ITEMS];

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < ITEMS; i++) {
		memset(data[i], (int)i, sizeof(data[i]));
		items[i] = bytes_of(data[i], i * 3 % 190); /* both sides of what is hashed in one go */
	}
	return 0;
}

/* RFC 6962 section 2.1, word for word. */
static struct hash32 slow_root(const struct bytes *d, size_t n)
{
	uint8_t in[1 + 200] = {0};

	if (n == 0)
		return hash_sha256(bytes_of("", 0));
	if (n == 1) {
		if (d->len > 0)
			memcpy(in + 1, d->data, d->len);
		return hash_sha256(bytes_of(in, 1 + d->len));
	}
	size_t k = 1;

	while (2 * k < n)
		k *= 2;
	struct hash32 left = slow_root(d, k), right = slow_root(d + k, n - k);

	in[0] = 1;
	memcpy(in + 1, left.b, 32);
	memcpy(in + 33, right.b, 32);
	return hash_sha256(bytes_of(in, 65));
}

static void test_known(void **state)
{
	char hex[ID_HEX];

	(void)state;
	hex_encode(hex, merkle_root(NULL, 0).b, 32);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	struct bytes empty = {NULL, 0};

	hex_encode(hex, merkle_root(&empty, 1).b, 32);
	assert_string_equal(hex, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

static void test_model(void **state)
{
	struct merkle m;

	(void)state;
	merkle_init(&m);
	for (size_t n = 0; n <= ITEMS; n++) {
		struct hash32 want = slow_root(items, n), got = merkle_root(items, n), grown = merkle_sum(&m);

		assert_memory_equal(want.b, got.b, 32);
		assert_memory_equal(want.b, grown.b, 32);
		if (n < ITEMS)
			merkle_add(&m, items[n]);
	}
}

static void test_proofs(void **state)
{
	struct merkle_proof p;

	(void)state;
	for (size_t n = 1; n <= ITEMS; n += n < 12 ? 1 : 7) {
		struct hash32 root = merkle_root(items, n);

		for (size_t i = 0; i < n; i++) {
			merkle_prove(&p, items, n, i);
			assert_int_equal(merkle_verify(&p, &root, items[i]), ERR_OK);
			assert_int_equal(merkle_verify(&p, &root, items[(i + 1) % ITEMS]), ERR_PROOF);
		}
	}
}

static void test_refused(void **state)
{
	struct hash32 root = merkle_root(items, 13);
	struct merkle_proof good, p;

	(void)state;
	merkle_prove(&good, items, 13, 5);
	assert_int_equal(merkle_verify(&good, &root, items[5]), ERR_OK);
	for (size_t i = 0; i < good.aunt_count; i++) {
		p = good;
		p.aunts[i].b[31] ^= 1;
		assert_int_equal(merkle_verify(&p, &root, items[5]), ERR_PROOF);
	}
	p = good;
	p.aunt_count--;
	assert_int_equal(merkle_verify(&p, &root, items[5]), ERR_PROOF);
	p = good;
	p.aunt_count++;
	assert_int_equal(merkle_verify(&p, &root, items[5]), ERR_PROOF);
	p = good;
	p.index = 4;
	assert_int_equal(merkle_verify(&p, &root, items[5]), ERR_PROOF);
	p.index = 13;
	assert_int_equal(merkle_verify(&p, &root, items[5]), ERR_PROOF);
	p = good;
	p.total = 0;
	assert_int_equal(merkle_verify(&p, &root, items[5]), ERR_PROOF);
	p.total = UINT64_MAX;
	assert_int_equal(merkle_verify(&p, &root, items[5]), ERR_PROOF);
	p = good;
	p.leaf_hash.b[0] ^= 1;
	assert_int_equal(merkle_verify(&p, &root, items[5]), ERR_PROOF);
	root.b[0] ^= 1;
	assert_int_equal(merkle_verify(&good, &root, items[5]), ERR_PROOF);
}

/* Inner nodes must not pass for leaves: the two hashes of a pair are no item. */
static void test_second_preimage(void **state)
{
	struct hash32 root = merkle_root(items, 2), l = merkle_leaf(items[0]), r = merkle_leaf(items[1]);
	struct merkle_proof p = {.total = 1};
	uint8_t pair[64];

	(void)state;
	memcpy(pair, l.b, 32);
	memcpy(pair + 32, r.b, 32);
	p.leaf_hash = root;
	assert_int_equal(merkle_verify(&p, &root, bytes_of(pair, 64)), ERR_PROOF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),	cmocka_unit_test(test_model),
		cmocka_unit_test(test_proofs),	cmocka_unit_test(test_refused),
		cmocka_unit_test(test_second_preimage),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
