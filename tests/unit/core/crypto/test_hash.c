/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/hash.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "crypto_help.h"

static void same(const uint8_t *got, const char *want)
{
	struct bytes b = unhex(want);

	assert_memory_equal(got, b.data, b.len);
	unhex_free(b);
}

static void test_sha256_of_nist(void **state)
{
	struct hash32 h = hash_sha256(bytes_of(NULL, 0));

	same(h.b, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	h = hash_sha256(bytes_str("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"));
	same(h.b, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void test_stream_does_not_depend_on_the_pieces(void **state)
{
	uint8_t data[1000];
	struct hash32 whole;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	whole = hash_sha256(bytes_of(data, sizeof(data)));
	for (size_t step = 1; step < 200; step += 13) {
		struct hash_sha256_stream s;
		struct hash32 h;

		hash_sha256_stream_init(&s);
		for (size_t at = 0; at < sizeof(data); at += step)
			hash_sha256_stream_update(&s, bytes_of(data + at, step < 1000 - at ? step : 1000 - at));
		h = hash_sha256_stream_final(&s);
		hash_sha256_stream_release(&s); /* may be repeated */
		assert_true(ID_EQUAL(h, whole));
	}
}

/* The layout written out by hand. */
static void test_parts_layout(void **state)
{
	static const char by_hand[] = "\x03tag\0\0\0\0\0\0\0\x02xy\0\0\0\0\0\0\0\0";
	struct hash32 want = hash_sha256(bytes_of(by_hand, sizeof(by_hand) - 1));
	struct hash32 got = hash_tagged("tag", bytes_str("xy"), bytes_str(""));

	assert_true(ID_EQUAL(got, want));
}

static void test_parts_never_run_together(void **state)
{
	struct hash32 h[6];

	h[0] = hash_tagged("t", bytes_str("ab"), bytes_str("c"));
	h[1] = hash_tagged("t", bytes_str("a"), bytes_str("bc"));
	h[2] = hash_tagged("t", bytes_str("abc"));
	h[3] = hash_tagged("t", bytes_str("abc"), bytes_str(""));
	h[4] = hash_tagged("ta", bytes_str("bc"));
	h[5] = hash_parts("t", NULL, 0);
	for (size_t i = 0; i < 6; i++) {
		for (size_t j = 0; j < i; j++)
			assert_false(ID_EQUAL(h[i], h[j]));
	}
}

/* RFC 4231 test cases 1 and 6 (a key longer than a block). */
static void test_hmac(void **state)
{
	uint8_t key[131];
	struct hash32 h;

	memset(key, 0x0b, sizeof(key));
	h = hmac_sha256(bytes_of(key, 20), bytes_str("Hi There"));
	same(h.b, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	memset(key, 0xaa, sizeof(key));
	h = hmac_sha256(bytes_of(key, 131), bytes_str("Test Using Larger Than Block-Size Key - Hash Key First"));
	same(h.b, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* RFC 5869 test case 3: no salt, no info; and the largest output begins as the small one does. */
static void test_hkdf(void **state)
{
	static uint8_t big[HKDF_SHA256_MAX];
	uint8_t ikm[22], okm[42];

	memset(ikm, 0x0b, sizeof(ikm));
	hkdf_sha256(okm, sizeof(okm), bytes_of(ikm, sizeof(ikm)), bytes_of(NULL, 0), bytes_of(NULL, 0));
	same(okm, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
	hkdf_sha256(big, sizeof(big), bytes_of(ikm, sizeof(ikm)), bytes_of(NULL, 0), bytes_of(NULL, 0));
	assert_memory_equal(big, okm, sizeof(okm));
}

static void *many(void *arg)
{
	struct hash32 *last = arg;

	*last = (struct hash32){{0}};
	for (int i = 0; i < 2000; i++)
		*last = hash_tagged("chain", BYTES_ID(*last));
	return NULL;
}

static void test_threads_do_not_disturb_each_other(void **state)
{
	pthread_t thread[4];
	struct hash32 got[4], want;

	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, many, &got[i]), 0);
	many(&want);
	for (int i = 0; i < 4; i++) {
		pthread_join(thread[i], NULL);
		assert_true(ID_EQUAL(got[i], want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256_of_nist),
		cmocka_unit_test(test_stream_does_not_depend_on_the_pieces),
		cmocka_unit_test(test_parts_layout),
		cmocka_unit_test(test_parts_never_run_together),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_hkdf),
		cmocka_unit_test(test_threads_do_not_disturb_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
