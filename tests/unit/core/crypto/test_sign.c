/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/sign.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "crypto_help.h"

/* RFC 8032 section 7.1, TEST 2. */
#define SEED "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
#define PUBLIC "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
#define SIGNATURE                                                                                  \
	"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb430" \
	"2aeeb00d291612bb0c00"

static void test_rfc8032(void **state)
{
	struct secret *seed = secret_of_hex(SEED);
	struct bytes want_key = unhex(PUBLIC), want_sig = unhex(SIGNATURE);
	struct sign_public key, parsed;
	struct signature sig;

	sign_public_of_seed(&key, seed);
	assert_memory_equal(key.b, want_key.data, 32);
	sign_make(&sig, seed, bytes_of("\x72", 1));
	assert_memory_equal(sig.b, want_sig.data, 64);
	assert_int_equal(sign_public_parse(&parsed, want_key), ERR_OK);
	assert_int_equal(sign_verify(&sig, &parsed, bytes_of("\x72", 1)), ERR_OK);
	unhex_free(want_key);
	unhex_free(want_sig);
	secret_free(seed);
}

static void test_every_flipped_bit_is_refused(void **state)
{
	struct secret *seed = secret_of_hex(SEED);
	struct sign_public key;
	struct signature sig;
	char msg[] = "a transaction";

	sign_public_of_seed(&key, seed);
	sign_make(&sig, seed, bytes_str(msg));
	assert_int_equal(sign_verify(&sig, &key, bytes_str(msg)), ERR_OK);
	for (size_t bit = 0; bit < 512; bit++) {
		sig.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(sign_verify(&sig, &key, bytes_str(msg)), ERR_SIGNATURE);
		sig.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < 256; bit++) {
		key.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(sign_verify(&sig, &key, bytes_str(msg)), ERR_SIGNATURE);
		key.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	msg[0] ^= 1;
	assert_int_equal(sign_verify(&sig, &key, bytes_str(msg)), ERR_SIGNATURE);
	secret_free(seed);
}

static void test_public_parse_refuses(void **state)
{
	static const char *const bad[] = {
		"0100000000000000000000000000000000000000000000000000000000000000", /* the neutral element */
		"0000000000000000000000000000000000000000000000000000000000000000", /* order 4 */
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* order 2 */
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* 1 again, not canonical */
		"10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f", /* with a small-order part */
		"0200000000000000000000000000000000000000000000000000000000000000", /* not on the curve */
	};
	struct sign_public key = {{7}};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bytes b = unhex(bad[i]);

		assert_int_equal(sign_public_parse(&key, b), ERR_POINT);
		unhex_free(b);
	}
	assert_int_equal(sign_public_parse(&key, bytes_of("short", 5)), ERR_FORMAT);
	assert_int_equal(key.b[0], 7);
}

static void test_empty_message(void **state)
{
	struct secret *seed = secret_of_hex(SEED);
	struct sign_public key;
	struct signature sig;

	sign_public_of_seed(&key, seed);
	sign_make(&sig, seed, bytes_of(NULL, 0));
	assert_int_equal(sign_verify(&sig, &key, bytes_of(NULL, 0)), ERR_OK);
	assert_int_equal(sign_verify(&sig, &key, bytes_of("\0", 1)), ERR_SIGNATURE);
	secret_free(seed);
}

static void test_self_check(void **state)
{
	assert_int_equal(sign_self_check(), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc8032),
		cmocka_unit_test(test_every_flipped_bit_is_refused),
		cmocka_unit_test(test_public_parse_refuses),
		cmocka_unit_test(test_empty_message),
		cmocka_unit_test(test_self_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
