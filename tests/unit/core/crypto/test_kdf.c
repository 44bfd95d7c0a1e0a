/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/kdf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "crypto_help.h"

static const uint8_t salt[KDF_SALT_SIZE] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* The expected key was computed by OpenSSL 3's Argon2id (salt 00..0f, 64 MiB, 3 passes, one lane). */
static void test_known_answer(void **state)
{
	static const char want[] = "e3c889ca40ed01e6b6771fc8a5bf16e35ad60b41c9bd5d7e6d63adf51e50b0fd";
	struct kdf_params floor = KDF_PARAMS_FLOOR;
	struct secret *key = NULL, *other = NULL;
	struct bytes b = unhex(want);

	assert_int_equal(kdf_argon2id(&key, 32, bytes_str("correct horse"), salt, &floor), ERR_OK);
	assert_memory_equal(key->data, b.data, 32);
	assert_int_equal(kdf_argon2id(&other, 32, bytes_str("correct horsf"), salt, &floor), ERR_OK);
	assert_false(secret_equal(secret_bytes(key), secret_bytes(other)));
	secret_free(key), secret_free(other);
	unhex_free(b);
}

static void test_limits(void **state)
{
	static const struct kdf_params bad[] = {{KDF_MEM_KIB_MIN - 1, 3}, {KDF_MEM_KIB_MAX + 1, 3}, {0, 0},
						{KDF_MEM_KIB_MIN, 2}, {KDF_MEM_KIB_MIN, KDF_PASSES_MAX + 1}};
	static char long_one[KDF_PASSPHRASE_MAX + 1];
	struct kdf_params floor = KDF_PARAMS_FLOOR;
	struct secret *key = NULL;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(kdf_params_check(&bad[i]), ERR_RANGE);
		assert_int_equal(kdf_argon2id(&key, 32, bytes_str("x"), salt, &bad[i]), ERR_RANGE);
	}
	assert_int_equal(kdf_params_check(&floor), ERR_OK);
	assert_int_equal(kdf_argon2id(&key, KDF_KEY_MIN - 1, bytes_str("x"), salt, &floor), ERR_RANGE);
	assert_int_equal(kdf_argon2id(&key, KDF_KEY_MAX + 1, bytes_str("x"), salt, &floor), ERR_RANGE);
	assert_int_equal(kdf_argon2id(&key, 32, bytes_of(long_one, sizeof(long_one)), salt, &floor), ERR_RANGE);
	assert_null(key);
}

/* A clock that goes on by one step each time it is read: the floor seems to take that long. */
struct stepping { int64_t now, step; };

static int64_t stepping_ms(void *self)
{
	struct stepping *s = self;

	return s->now += s->step;
}

static struct kdf_params calibrate(int64_t floor_ms)
{
	struct stepping s = {0, floor_ms};
	struct clock clock = {NULL, stepping_ms, &s};
	struct kdf_params p;

	kdf_calibrate(&p, KDF_TARGET_MS, &clock);
	assert_int_equal(kdf_params_check(&p), ERR_OK);
	return p;
}

static void test_calibration(void **state)
{
	struct kdf_params p = calibrate(5000); /* a slow machine stays at the floor */

	assert_true(p.mem_kib == KDF_MEM_KIB_MIN && p.passes == KDF_PASSES_MIN);
	p = calibrate(400); /* memory doubles once; one more pass would be too long */
	assert_true(p.mem_kib == 2 * KDF_MEM_KIB_MIN && p.passes == KDF_PASSES_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_answer),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_calibration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
