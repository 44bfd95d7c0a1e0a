/* SPDX-License-Identifier: Apache-2.0 */
/* The curve against RFC 9380's vectors, against its own laws, and against every kind of bad point and scalar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/crypto/curve.h"

#define ROUNDS 20
#define SEED 7

static struct seeded_rng seeded;

static const struct rng *rng(void)
{
	return &seeded.rng;
}

static int setup(void **state)
{
	(void)state;
	seeded_rng_init(&seeded, SEED);
	return 0;
}

static void unhex(uint8_t *out, size_t len, const char *text)
{
	assert_int_equal(hex_decode(out, len, text), ERR_OK);
}

static void check_hash(const char *message, const char *expected)
{
	const char *dst = "QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_";
	uint8_t want[G1_SIZE], got[G1_SIZE];
	struct g1 p, parsed;

	unhex(want, G1_SIZE, expected);
	g1_hash(&p, bytes_str(message), bytes_str(dst));
	g1_write(got, &p);
	assert_memory_equal(got, want, G1_SIZE);
	assert_int_equal(g1_parse(&parsed, got), ERR_OK);
	assert_true(g1_equal(&p, &parsed));
}

/* RFC 9380 appendix J.9.1; x with the flag of the compressed form, both y being the smaller root. */
static void test_hash_to_g1(void **state)
{
	(void)state;
	check_hash("", "852926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1");
	check_hash("abc", "83567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903");
}

/* RFC 9380 appendix K.1. */
static void test_expand(void **state)
{
	const char *dst = "QUUX-V01-CS02-with-expander-SHA256-128";
	uint8_t want[32], got[32];

	(void)state;
	unhex(want, 32, "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235");
	expand_message(got, 32, bytes_str(""), bytes_str(dst));
	assert_memory_equal(got, want, 32);
	unhex(want, 32, "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615");
	expand_message(got, 32, bytes_str("abc"), bytes_str(dst));
	assert_memory_equal(got, want, 32);
}

static const char generator_hex[] =
	"97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb";
static const char order_hex[] = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";

static void test_generator(void **state)
{
	uint8_t want[G1_SIZE], got[G1_SIZE];
	struct g1 g;

	(void)state;
	unhex(want, G1_SIZE, generator_hex);
	g1_generator(&g);
	g1_write(got, &g);
	assert_memory_equal(got, want, G1_SIZE);
}

static void test_scalar_parse(void **state)
{
	uint8_t b[SCALAR_SIZE], back[SCALAR_SIZE];
	struct scalar s, one, sum;

	(void)state;
	unhex(b, SCALAR_SIZE, order_hex);
	assert_int_equal(scalar_parse(&s, b), ERR_POINT);
	b[31] = 0; /* r - 1 */
	assert_int_equal(scalar_parse(&s, b), ERR_OK);
	scalar_write(back, &s);
	assert_memory_equal(back, b, SCALAR_SIZE);
	scalar_from_u64(&one, 1);
	scalar_add(&sum, &s, &one);
	assert_true(scalar_is_zero(&sum));
	memset(b, 0xff, sizeof(b));
	assert_int_equal(scalar_parse(&s, b), ERR_POINT);
	memset(b, 0, sizeof(b));
	assert_int_equal(scalar_parse_nonzero(&s, b), ERR_POINT);
	assert_int_equal(scalar_parse(&s, b), ERR_OK);
	assert_true(scalar_is_zero(&s));
}

static void test_scalar_laws(void **state)
{
	struct scalar a, b, c, x, y, one;

	(void)state;
	scalar_from_u64(&one, 1);
	for (int i = 0; i < ROUNDS; i++) {
		scalar_random(&a, rng());
		scalar_random(&b, rng());
		scalar_random(&c, rng());
		scalar_add(&x, &b, &c);
		scalar_mul(&x, &a, &x);
		scalar_mul(&y, &a, &b);
		scalar_mul(&c, &a, &c);
		scalar_add(&y, &y, &c);
		assert_true(scalar_equal(&x, &y));
		scalar_inverse(&x, &a);
		scalar_mul(&x, &x, &a);
		assert_true(scalar_equal(&x, &one));
		scalar_neg(&x, &a);
		scalar_add(&x, &x, &a);
		assert_true(scalar_is_zero(&x));
		scalar_sub(&x, &a, &b);
		scalar_add(&x, &x, &b);
		assert_true(scalar_equal(&x, &a));
		assert_false(scalar_equal(&a, &b));
	}
	scalar_from_u64(&a, UINT64_MAX);
	scalar_add(&a, &a, &one);
	uint8_t w[SCALAR_SIZE];

	scalar_write(w, &a);
	assert_int_equal(w[23], 1);
	assert_true(bytes_is_zero(bytes_of(w + 24, 8)));
}

static void test_g1_laws(void **state)
{
	struct scalar a, b, sum;
	struct g1 p, q, left, right;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		scalar_random(&a, rng());
		scalar_random(&b, rng());
		scalar_add(&sum, &a, &b);
		g1_mul_generator(&p, &a);
		g1_mul_generator(&q, &b);
		g1_add(&left, &p, &q);
		g1_mul_generator(&right, &sum);
		assert_true(g1_equal(&left, &right));
		g1_sub(&left, &left, &q);
		assert_true(g1_equal(&left, &p));
		g1_sub(&left, &left, &p);
		assert_true(g1_is_identity(&left));
		g1_mul(&left, &p, &b);
		g1_mul(&right, &q, &a);
		assert_true(g1_equal(&left, &right));
		g1_sum2_public(&left, &p, &b, &q, &a);
		g1_add(&right, &right, &right);
		assert_true(g1_equal(&left, &right));
		scalar_from_u64(&a, 40000);
		g1_mul(&left, &p, &a);
		g1_mul_small_public(&right, &p, 40000);
		assert_true(g1_equal(&left, &right));
	}
}

/* Every count on both sides of the limit, with identities and zeros inside. */
static void test_g1_sum(void **state)
{
	enum { MOST = 40 };
	struct g1 p[MOST], sum, expected, term;
	struct scalar s[MOST];

	(void)state;
	g1_identity(&expected);
	for (size_t n = 1; n <= MOST; n++) {
		scalar_random(&s[n - 1], rng());
		g1_mul_generator(&p[n - 1], &s[n - 1]);
		if (n % 7 == 3)
			g1_identity(&p[n - 1]);
		if (n % 7 == 5)
			scalar_from_u64(&s[n - 1], 0);
		if (n == 9) { /* a term that cancels another */
			s[n - 1] = s[0];
			g1_neg(&p[n - 1], &p[0]);
		}
		g1_mul(&term, &p[n - 1], &s[n - 1]);
		g1_add(&expected, &expected, &term);
		assert_int_equal(g1_sum_public(&sum, p, s, n), ERR_OK);
		assert_true(g1_equal(&sum, &expected));
	}
}

static void test_g1_refused(void **state)
{
	uint8_t good[G1_SIZE], b[G1_SIZE];
	struct g1 p;

	(void)state;
	unhex(good, G1_SIZE, generator_hex);
	memcpy(b, good, G1_SIZE);
	b[0] &= 0x7f; /* not compressed */
	assert_int_equal(g1_parse(&p, b), ERR_POINT);
	memset(b, 0, G1_SIZE);
	b[0] = 0xc0; /* the identity */
	assert_int_equal(g1_parse(&p, b), ERR_POINT);
	b[47] = 1;
	assert_int_equal(g1_parse(&p, b), ERR_POINT);
	/* x = p - 1 + 2: not below the modulus */
	unhex(b, G1_SIZE, "9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaad");
	assert_int_equal(g1_parse(&p, b), ERR_POINT);
	/* x = 4 has y^2 = 68, a square, but the point is outside the subgroup; x = 1 is not on the curve */
	memset(b, 0, G1_SIZE);
	b[0] = 0x80;
	b[47] = 4;
	assert_int_equal(g1_parse(&p, b), ERR_POINT);
	b[47] = 1;
	assert_int_equal(g1_parse(&p, b), ERR_POINT);
	b[47] = 0; /* (0, 2), of order 3 */
	assert_int_equal(g1_parse(&p, b), ERR_POINT);
	assert_int_equal(g1_parse(&p, good), ERR_OK);
}

static void test_g2(void **state)
{
	uint8_t b[G2_SIZE], back[G2_SIZE];
	struct scalar s;
	struct g2 p, q, sum;

	(void)state;
	scalar_random(&s, rng());
	g2_mul_generator(&p, &s);
	g2_write(b, &p);
	assert_int_equal(g2_parse(&q, b), ERR_OK);
	assert_true(g2_equal(&p, &q));
	g2_write(back, &q);
	assert_memory_equal(b, back, G2_SIZE);
	g2_neg(&q, &q);
	g2_add(&sum, &p, &q);
	assert_true(g2_is_identity(&sum));
	g2_write(b, &sum);
	assert_int_equal(g2_parse(&q, b), ERR_POINT);
	g2_write(b, &p);
	b[0] &= 0x7f;
	assert_int_equal(g2_parse(&q, b), ERR_POINT);
	memset(b, 0, G2_SIZE); /* small x: on the curve or not, never in the subgroup */
	b[0] = 0x80;
	for (uint8_t x = 0; x < 16; x++) {
		b[95] = x;
		assert_int_equal(g2_parse(&q, b), ERR_POINT);
	}
}

static void test_pairing(void **state)
{
	struct scalar a, b;
	struct g1 p1, p2;
	struct g2 q1, q2;

	(void)state;
	scalar_random(&a, rng());
	scalar_random(&b, rng());
	g1_mul_generator(&p1, &a);
	g2_mul_generator(&q1, &b);
	scalar_mul(&a, &a, &b);
	g1_mul_generator(&p2, &a);
	g2_generator(&q2);
	assert_false(pairing_product_is_one(&p1, &q1, &p2, &q2));
	g1_neg(&p2, &p2);
	assert_true(pairing_product_is_one(&p1, &q1, &p2, &q2));
	g1_identity(&p2);
	assert_false(pairing_product_is_one(&p1, &q1, &p2, &q2));
	g1_identity(&p1);
	assert_true(pairing_product_is_one(&p1, &q1, &p2, &q2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_to_g1),  cmocka_unit_test(test_expand),
		cmocka_unit_test(test_generator),   cmocka_unit_test(test_scalar_parse),
		cmocka_unit_test(test_scalar_laws), cmocka_unit_test(test_g1_laws),
		cmocka_unit_test(test_g1_sum),	    cmocka_unit_test(test_g1_refused),
		cmocka_unit_test(test_g2),	    cmocka_unit_test(test_pairing),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
