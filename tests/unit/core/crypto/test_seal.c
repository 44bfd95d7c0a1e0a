/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/seal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "crypto_help.h"

/* RFC 9180 appendix A.2.1: base mode with this suite, sequence number 0. */
#define INFO "4f6465206f6e2061204772656369616e2055726e"
#define SK_E "f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600"
#define SK_R "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"
#define PK_R "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"
#define ENC "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"
#define PLAIN "4265617574792069732074727574682c20747275746820626561757479"
#define AAD "436f756e742d30"
#define CIPHER "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"

static void test_rfc9180(void **state)
{
	struct bytes info = unhex(INFO), aad = unhex(AAD), plain = unhex(PLAIN), want = unhex(ENC CIPHER);
	struct bytes once = unhex(SK_E), key = unhex(PK_R);
	struct secret *mine = secret_of_hex(SK_R);
	struct seal_public to, of;
	struct buf sealed = BUF_INIT, opened = BUF_INIT;
	struct fixed_rng rng;

	fixed_rng_init(&rng, once);
	assert_int_equal(seal_public_parse(&to, key), ERR_OK);
	seal_public_of(&of, mine);
	assert_memory_equal(of.b, to.b, sizeof(to.b));
	assert_int_equal(seal_to(&sealed, &to, info, aad, plain, &rng.rng), ERR_OK);
	assert_int_equal(sealed.len, want.len);
	assert_memory_equal(sealed.data, want.data, want.len);
	assert_int_equal(seal_open(&opened, mine, info, aad, want), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&opened), plain));
	buf_release(&sealed);
	buf_release(&opened);
	secret_free(mine);
	unhex_free(info), unhex_free(aad), unhex_free(plain), unhex_free(want), unhex_free(once), unhex_free(key);
}

struct pair { struct secret *mine; struct seal_public to; struct buf sealed; };

static int setup(void **state)
{
	static struct pair p;
	struct bytes once = unhex(SK_E);
	struct fixed_rng rng;

	p = (struct pair){.mine = secret_of_hex(SK_R)};
	fixed_rng_init(&rng, once);
	seal_public_of(&p.to, p.mine);
	assert_int_equal(seal_to(&p.sealed, &p.to, bytes_str("i"), bytes_str("a"), bytes_str("the key"), &rng.rng),
			 ERR_OK);
	unhex_free(once);
	*state = &p;
	return 0;
}

static int teardown(void **state)
{
	struct pair *p = *state;

	secret_free(p->mine);
	buf_release(&p->sealed);
	return 0;
}

static void test_everything_is_bound(void **state)
{
	struct pair *p = *state;
	struct buf out = BUF_INIT;
	struct bytes all = buf_bytes(&p->sealed);
	struct secret *other = secret_of_hex(SK_E), *key = NULL;

	assert_int_equal(seal_open(&out, p->mine, bytes_str("j"), bytes_str("a"), all), ERR_DECRYPT);
	assert_int_equal(seal_open(&out, p->mine, bytes_str("i"), bytes_str("b"), all), ERR_DECRYPT);
	assert_int_equal(seal_open(&out, other, bytes_str("i"), bytes_str("a"), all), ERR_DECRYPT);
	for (size_t bit = 0; bit < 8 * all.len; bit++) {
		p->sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(seal_open(&out, p->mine, bytes_str("i"), bytes_str("a"), all), ERR_DECRYPT);
		p->sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t len = 0; len < all.len; len++)
		assert_int_not_equal(seal_open(&out, p->mine, bytes_str("i"), bytes_str("a"), bytes_of(all.data, len)),
				     ERR_OK);
	assert_int_equal(out.len, 0);
	assert_int_equal(seal_open(&out, p->mine, bytes_str("i"), bytes_str("a"), all), ERR_OK);
	assert_string_equal(buf_text(&out), "the key");
	assert_int_equal(seal_open_secret(&key, p->mine, bytes_str("i"), bytes_str("a"), all), ERR_OK);
	assert_int_equal(key->len, 7);
	assert_memory_equal(key->data, "the key", 7);
	secret_free(key);
	secret_free(other);
	buf_release(&out);
}

static void test_public_parse_refuses(void **state)
{
	static const char *const bad[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", /* order 8 */
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* -1 */
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* p */
		"f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* 9, not canonical */
		"0900000000000000000000000000000000000000000000000000000000000080", /* 9 with the top bit */
	};
	struct seal_public key = {{7}};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bytes b = unhex(bad[i]);

		assert_int_equal(seal_public_parse(&key, b), ERR_POINT);
		unhex_free(b);
	}
	assert_int_equal(seal_public_parse(&key, bytes_of(key.b, 31)), ERR_FORMAT);
	assert_int_equal(key.b[0], 7);
}

static void test_limits(void **state)
{
	struct pair *p = *state;
	struct buf out = BUF_INIT;
	struct secret *key = (struct secret *)state;
	struct bytes once = unhex(SK_E SK_E SK_E);
	struct fixed_rng rng;
	uint8_t *huge = calloc(1, SEAL_PLAIN_MAX + 1);

	fixed_rng_init(&rng, once);
	assert_int_equal(seal_to(&out, &p->to, bytes_str(""), bytes_str(""), bytes_of(huge, SEAL_PLAIN_MAX + 1),
				 &rng.rng), ERR_TOO_LARGE);
	assert_int_equal(seal_to(&out, &p->to, bytes_of(huge, SEAL_INFO_MAX + 1), bytes_str(""), bytes_str("x"),
				 &rng.rng), ERR_TOO_LARGE);
	assert_int_equal(out.len, 0);
	assert_int_equal(seal_to(&out, &p->to, bytes_str(""), bytes_str(""), bytes_str(""), &rng.rng), ERR_OK);
	assert_int_equal(out.len, SEAL_OVERHEAD);
	assert_int_equal(seal_open_secret(&key, p->mine, bytes_str(""), bytes_str(""), buf_bytes(&out)), ERR_DECRYPT);
	assert_ptr_equal(key, (struct secret *)state);
	free(huge);
	unhex_free(once);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc9180),
		cmocka_unit_test_setup_teardown(test_everything_is_bound, setup, teardown),
		cmocka_unit_test(test_public_parse_refuses),
		cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
