/* SPDX-License-Identifier: Apache-2.0 */
/* Both proofs hold for what they were made for, and for nothing else: each bit of the proof counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/crypto/schnorr.h"

#define SEED 11

static struct seeded_rng seeded;

static int setup(void **state)
{
	(void)state;
	seeded_rng_init(&seeded, SEED);
	return 0;
}

static void test_schnorr(void **state)
{
	struct bytes context = bytes_str("possession");
	struct schnorr_proof proof, bad;
	struct scalar x, other;
	struct g1 public, wrong;

	(void)state;
	scalar_random(&x, &seeded.rng);
	scalar_random(&other, &seeded.rng);
	g1_mul_generator(&public, &x);
	g1_mul_generator(&wrong, &other);
	schnorr_prove(&proof, &x, context, &seeded.rng);
	assert_int_equal(schnorr_verify(&proof, &public, context), ERR_OK);
	assert_int_equal(schnorr_verify(&proof, &wrong, context), ERR_PROOF);
	assert_int_equal(schnorr_verify(&proof, &public, bytes_str("possessioN")), ERR_PROOF);
	assert_int_equal(schnorr_verify(&proof, &public, bytes_str("")), ERR_PROOF);
	for (size_t bit = 0; bit < 8 * SCHNORR_PROOF_SIZE; bit += 3) {
		bad = proof;
		bad.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(schnorr_verify(&bad, &public, context), ERR_PROOF);
	}
	g1_identity(&wrong);
	assert_int_equal(schnorr_verify(&proof, &wrong, context), ERR_PROOF);
}

/* With the identity as public key, z*G is a commitment for any e: it must be refused by name. */
static void test_schnorr_identity(void **state)
{
	struct schnorr_proof proof;
	struct scalar zero;
	struct g1 public;

	(void)state;
	scalar_from_u64(&zero, 0);
	g1_identity(&public);
	schnorr_prove(&proof, &zero, bytes_str("c"), &seeded.rng);
	assert_int_equal(schnorr_verify(&proof, &public, bytes_str("c")), ERR_PROOF);
}

static void make_statement(struct dleq *ret, struct scalar *ret_x)
{
	struct scalar k;

	scalar_random(ret_x, &seeded.rng);
	scalar_random(&k, &seeded.rng);
	g1_generator(&ret->base_a);
	g1_mul_generator(&ret->base_b, &k);
	g1_mul(&ret->x_a, &ret->base_a, ret_x);
	g1_mul(&ret->x_b, &ret->base_b, ret_x);
}

static void test_dleq(void **state)
{
	struct bytes context = bytes_str("share");
	struct dleq s, wrong;
	struct dleq_proof proof, bad;
	struct scalar x;

	(void)state;
	make_statement(&s, &x);
	dleq_prove(&proof, &s, &x, context, &seeded.rng);
	assert_int_equal(dleq_verify(&proof, &s, context), ERR_OK);
	assert_int_equal(dleq_verify(&proof, &s, bytes_str("shard")), ERR_PROOF);
	for (size_t bit = 0; bit < 8 * DLEQ_PROOF_SIZE; bit += 5) {
		bad = proof;
		bad.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(dleq_verify(&bad, &s, context), ERR_PROOF);
	}
	struct g1 *fields[4] = {&wrong.base_a, &wrong.x_a, &wrong.base_b, &wrong.x_b};

	for (size_t i = 0; i < 4; i++) {
		wrong = s;
		g1_add(fields[i], fields[i], &s.base_a);
		assert_int_equal(dleq_verify(&proof, &wrong, context), ERR_PROOF);
	}
}

/* A prover who knows both logarithms, but not equal ones. */
static void test_dleq_unequal(void **state)
{
	struct dleq s;
	struct dleq_proof proof;
	struct scalar x, y;

	(void)state;
	make_statement(&s, &x);
	scalar_random(&y, &seeded.rng);
	g1_mul(&s.x_b, &s.base_b, &y);
	dleq_prove(&proof, &s, &x, bytes_str(""), &seeded.rng);
	assert_int_equal(dleq_verify(&proof, &s, bytes_str("")), ERR_PROOF);
	dleq_prove(&proof, &s, &y, bytes_str(""), &seeded.rng);
	assert_int_equal(dleq_verify(&proof, &s, bytes_str("")), ERR_PROOF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schnorr),
		cmocka_unit_test(test_schnorr_identity),
		cmocka_unit_test(test_dleq),
		cmocka_unit_test(test_dleq_unequal),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
