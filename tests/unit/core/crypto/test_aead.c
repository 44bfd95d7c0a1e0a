/* SPDX-License-Identifier: Apache-2.0 */
/* The RFC's own vector is checked by crypto_start and by tests/vectors. */
#include "core/crypto/aead.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const uint8_t key[AEAD_KEY_SIZE] = {1}, nonce[AEAD_NONCE_SIZE] = {2};

static void test_in_place_and_apart_agree(void **state)
{
	struct aead a = {0};
	uint8_t plain[100], apart[116], in_place[116], back[100];

	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = in_place[i] = (uint8_t)i;
	assert_int_equal(aead_init(&a, key), ERR_OK);
	aead_seal(&a, apart, nonce, bytes_str("aad"), bytes_of(plain, sizeof(plain)));
	aead_seal(&a, in_place, nonce, bytes_str("aad"), bytes_of(in_place, sizeof(plain)));
	assert_memory_equal(apart, in_place, sizeof(apart));
	assert_int_equal(aead_open(&a, back, nonce, bytes_str("aad"), bytes_of(apart, sizeof(apart))), ERR_OK);
	assert_memory_equal(back, plain, sizeof(plain));
	assert_int_equal(aead_open(&a, in_place, nonce, bytes_str("aad"), bytes_of(in_place, sizeof(in_place))), ERR_OK);
	assert_memory_equal(in_place, plain, sizeof(plain));
	aead_release(&a);
	aead_release(&a);
}

/* One context keeps nothing of the message before, not even of one that failed. */
static void test_messages_do_not_disturb_each_other(void **state)
{
	struct aead used = {0}, fresh = {0};
	uint8_t one[21], two[21], scratch[64];

	assert_int_equal(aead_init(&used, key), ERR_OK);
	assert_int_equal(aead_init(&fresh, key), ERR_OK);
	aead_seal(&used, scratch, key, bytes_str("other"), bytes_str("something else"));
	scratch[3] ^= 1;
	assert_int_equal(aead_open(&used, scratch, key, bytes_str("other"), bytes_of(scratch, 30)), ERR_DECRYPT);
	aead_seal(&used, one, nonce, bytes_of(NULL, 0), bytes_str("hello"));
	aead_seal(&fresh, two, nonce, bytes_of(NULL, 0), bytes_str("hello"));
	assert_memory_equal(one, two, sizeof(one));
	aead_release(&used);
	aead_release(&fresh);
}

static void test_what_fails_leaves_zeros(void **state)
{
	struct aead a = {0};
	uint8_t sealed[21], out[5];

	assert_int_equal(aead_init(&a, key), ERR_OK);
	aead_seal(&a, sealed, nonce, bytes_of(NULL, 0), bytes_str("hello"));
	for (size_t bit = 0; bit < 8 * sizeof(sealed); bit++) {
		memset(out, 0xaa, sizeof(out));
		sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(aead_open(&a, out, nonce, bytes_of(NULL, 0), bytes_of(sealed, sizeof(sealed))),
				 ERR_DECRYPT);
		assert_true(bytes_is_zero(bytes_of(out, sizeof(out))));
		sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(aead_open(&a, out, nonce, bytes_str("x"), bytes_of(sealed, sizeof(sealed))), ERR_DECRYPT);
	for (size_t len = 0; len < sizeof(sealed); len++)
		assert_int_equal(aead_open(&a, out, nonce, bytes_of(NULL, 0), bytes_of(sealed, len)), ERR_DECRYPT);
	aead_release(&a);
}

static void test_empty(void **state)
{
	struct aead a = {0};
	uint8_t sealed[16], none[1];

	assert_int_equal(aead_init(&a, key), ERR_OK);
	aead_seal(&a, sealed, nonce, bytes_of(NULL, 0), bytes_of(NULL, 0));
	assert_int_equal(aead_open(&a, none, nonce, bytes_of(NULL, 0), bytes_of(sealed, 16)), ERR_OK);
	assert_int_equal(aead_open(&a, none, nonce, bytes_str("a"), bytes_of(sealed, 16)), ERR_DECRYPT);
	aead_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_place_and_apart_agree),
		cmocka_unit_test(test_messages_do_not_disturb_each_other),
		cmocka_unit_test(test_what_fails_leaves_zeros),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
