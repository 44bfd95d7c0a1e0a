/* SPDX-License-Identifier: Apache-2.0 */
/* BBS against its own laws and against misuse: whatever is changed in what a proof says or stands for, it does not hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/crypto/bbs.h"
#include "tests/lib/seed.h"

#define MESSAGES 4
#define COMMITTED 2
#define NYMS 2
#define ALL (MESSAGES + 1 + COMMITTED + NYMS)

static struct seeded_rng seeded;

static const struct rng *rng(void)
{
	return &seeded.rng;
}

/* A holder with a signature over everything a pseudonym interface has, and a statement that shows two of it. */
struct scene {
	struct bbs_interface in;
	struct scalar key, entropy, scalars[ALL], values[ALL];
	struct g2 public;
	struct bbs_signature signature;
	struct buf commitment, proof;
	size_t disclosed[ALL];
	struct bbs_statement st;
	struct g1 nym;
};

static void prove(struct scene *s)
{
	buf_clear(&s->proof);
	for (size_t i = 0; i < s->st.disclosed_count; i++)
		s->values[i] = s->scalars[s->disclosed[i]];
	assert_int_equal(bbs_prove(&s->proof, &s->nym, &s->st, &s->signature, s->scalars, rng()), ERR_OK);
}

static enum err holds(const struct scene *s)
{
	return bbs_proof_verify(&s->st, s->values, &s->nym, buf_bytes(&s->proof));
}

static void scene(struct scene *s, enum curve_hash suite)
{
	struct scalar *blind = &s->scalars[MESSAGES];

	*s = (struct scene){.commitment = BUF_INIT, .proof = BUF_INIT};
	assert_int_equal(bbs_interface_make(&s->in, suite, BBS_PSEUDONYM, MESSAGES, COMMITTED, NYMS), ERR_OK);
	assert_int_equal(s->in.count, ALL);
	scalar_random(&s->key, rng());
	g2_mul_generator(&s->public, &s->key);
	for (size_t i = 0; i < ALL; i++)
		scalar_random(&s->scalars[i], rng());
	scalar_random(&s->entropy, rng());
	assert_int_equal(bbs_commit(&s->commitment, blind, &s->in, blind + 1, rng()), ERR_OK);
	assert_int_equal(bbs_blind_sign(&s->signature, &s->in, &s->key, bytes_str("header"), s->scalars,
					buf_bytes(&s->commitment), &s->entropy), ERR_OK);
	scalar_add(&s->scalars[ALL - 1], &s->scalars[ALL - 1], &s->entropy);
	s->disclosed[0] = 1;
	s->disclosed[1] = MESSAGES + 2;
	s->st = (struct bbs_statement){.interface = &s->in, .key = &s->public, .header = bytes_str("header"),
				       .presentation = bytes_str("here"), .disclosed = s->disclosed, .disclosed_count = 2,
				       .context = bytes_str("context")};
	assert_int_equal(bbs_verify(&s->in, &s->public, s->st.header, s->scalars, &s->signature), ERR_OK);
	prove(s);
	assert_int_equal(holds(s), ERR_OK);
}

static void release(struct scene *s)
{
	buf_release(&s->commitment);
	buf_release(&s->proof);
}

/* ---- proofs ---- */

static void any_part_may_be_shown(void **state)
{
	struct scene s;

	(void)state;
	for (enum curve_hash suite = 0; suite < CURVE_HASH_COUNT; suite++) {
		scene(&s, suite);
		for (int round = 0; round < 8; round++) {
			s.st.disclosed_count = 0;
			for (size_t i = 0; i < ALL - NYMS; i++)
				if (rng_below(rng(), 2) == 1)
					s.disclosed[s.st.disclosed_count++] = i;
			prove(&s);
			assert_int_equal(s.proof.len, BBS_PROOF_SIZE(ALL - s.st.disclosed_count));
			assert_int_equal(holds(&s), ERR_OK);
		}
		release(&s);
	}
}

/* One bit of each byte, and what is no proof at all. */
static void a_changed_proof_does_not_hold(void **state)
{
	struct scene s;

	(void)state;
	scene(&s, CURVE_SHA256);
	for (size_t i = 0; i < s.proof.len; i++) {
		uint8_t bit = (uint8_t)(1u << rng_below(rng(), 8));

		s.proof.data[i] ^= bit;
		assert_int_not_equal(holds(&s), ERR_OK);
		s.proof.data[i] ^= bit;
	}
	for (size_t cut = 1; cut <= SCALAR_SIZE; cut *= 2) {
		s.proof.len -= cut;
		assert_int_equal(holds(&s), ERR_TRUNCATED);
		s.proof.len += cut;
	}
	buf_append_byte(&s.proof, 0);
	assert_int_equal(holds(&s), ERR_TRUNCATED);
	s.proof.len--;
	assert_int_equal(holds(&s), ERR_OK);
	release(&s);
}

/* The identity, and a point of the curve that is not in the group, in each place of a point; zero and r in each scalar. */
static void bad_points_and_scalars_are_none(void **state)
{
	static const char order[] = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
	uint8_t identity[G1_SIZE] = {0xc0}, outside[G1_SIZE] = {0x80}, kept[G1_SIZE], r[SCALAR_SIZE];
	const uint8_t zero[SCALAR_SIZE] = {0};
	struct scene s;

	(void)state;
	scene(&s, CURVE_SHA256);
	outside[G1_SIZE - 1] = 4; /* x = 4: y^2 = 68 is a square */
	assert_int_equal(hex_decode(r, sizeof(r), order), ERR_OK);
	for (size_t at = 0; at < 3 * G1_SIZE; at += G1_SIZE) {
		memcpy(kept, s.proof.data + at, G1_SIZE);
		memcpy(s.proof.data + at, identity, G1_SIZE);
		assert_int_equal(holds(&s), ERR_POINT);
		memcpy(s.proof.data + at, outside, G1_SIZE);
		assert_int_equal(holds(&s), ERR_POINT);
		memcpy(s.proof.data + at, kept, G1_SIZE);
	}
	for (size_t at = 3 * G1_SIZE; at < s.proof.len; at += SCALAR_SIZE) {
		memcpy(kept, s.proof.data + at, SCALAR_SIZE);
		memcpy(s.proof.data + at, zero, SCALAR_SIZE);
		assert_int_equal(holds(&s), ERR_POINT);
		memcpy(s.proof.data + at, r, SCALAR_SIZE);
		assert_int_equal(holds(&s), ERR_POINT);
		memcpy(s.proof.data + at, kept, SCALAR_SIZE);
	}
	assert_int_equal(holds(&s), ERR_OK);
	release(&s);
}

static void a_proof_stands_for_one_statement(void **state)
{
	struct scalar other;
	struct scene s;
	struct g2 key;

	(void)state;
	scene(&s, CURVE_SHAKE256);
	s.st.header = bytes_str("headex");
	assert_int_equal(holds(&s), ERR_PROOF);
	s.st.header = bytes_str("header");
	s.st.presentation = bytes_str("there");
	assert_int_equal(holds(&s), ERR_PROOF);
	s.st.presentation = bytes_str("here");
	s.st.context = bytes_str("contexts");
	assert_int_equal(holds(&s), ERR_PROOF);
	s.st.context = bytes_str("context");
	scalar_random(&other, rng());
	g2_mul_generator(&key, &other);
	s.st.key = &key;
	assert_int_equal(holds(&s), ERR_PROOF);
	s.st.key = &s.public;
	s.values[0] = other;
	assert_int_equal(holds(&s), ERR_PROOF);
	s.values[0] = s.scalars[1];
	s.disclosed[0] = 0; /* the same value in another place */
	assert_int_equal(holds(&s), ERR_PROOF);
	s.disclosed[0] = 1;
	assert_int_equal(holds(&s), ERR_OK);
	release(&s);
}

static void indexes_are_a_rising_list(void **state)
{
	static const size_t bad[][2] = {{1, 1}, {2, 1}, {1, ALL}, {1, ALL - 1}, {0, ALL - NYMS}};
	struct buf out = BUF_INIT;
	struct scene s;

	(void)state;
	scene(&s, CURVE_SHA256);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memcpy(s.disclosed, bad[i], sizeof(bad[i]));
		assert_int_equal(holds(&s), ERR_RANGE);
		assert_int_equal(bbs_prove(&out, &s.nym, &s.st, &s.signature, s.scalars, rng()), ERR_RANGE);
		assert_int_equal(out.len, 0);
	}
	release(&s);
}

/* Who has another signature, or other scalars than were signed, proves nothing. */
static void a_proof_needs_the_signature(void **state)
{
	struct scene s, stranger;

	(void)state;
	scene(&s, CURVE_SHA256);
	scene(&stranger, CURVE_SHA256);
	s.signature = stranger.signature;
	prove(&s);
	assert_int_equal(holds(&s), ERR_PROOF);
	release(&s);
	scene(&s, CURVE_SHA256);
	scalar_random(&s.scalars[2], rng());
	prove(&s);
	assert_int_equal(holds(&s), ERR_PROOF);
	release(&s);
	release(&stranger);
}

/* ---- pseudonyms ---- */

static void a_context_has_one_pseudonym_of_a_holder(void **state)
{
	struct g1 first, again, elsewhere, stranger_nym;
	struct scene s, stranger;

	(void)state;
	scene(&s, CURVE_SHA256);
	scene(&stranger, CURVE_SHA256);
	first = s.nym;
	prove(&s);
	again = s.nym;
	s.st.context = bytes_str("elsewhere");
	prove(&s);
	elsewhere = s.nym;
	stranger_nym = stranger.nym;
	assert_true(g1_equal(&first, &again));
	assert_false(g1_equal(&first, &elsewhere));
	assert_false(g1_equal(&first, &stranger_nym));
	s.nym = first; /* of the other context */
	assert_int_equal(holds(&s), ERR_PROOF);
	s.nym = stranger_nym;
	assert_int_equal(holds(&s), ERR_PROOF);
	g1_neg(&s.nym, &elsewhere);
	assert_int_equal(holds(&s), ERR_PROOF);
	release(&s);
	release(&stranger);
}

/* Nothing but the disclosed values, the pseudonym and the challenge's inputs is equal in two proofs. */
static void two_proofs_share_nothing(void **state)
{
	struct buf first = BUF_INIT;
	struct scene s;

	(void)state;
	scene(&s, CURVE_SHA256);
	buf_append_bytes(&first, buf_bytes(&s.proof));
	prove(&s);
	for (size_t at = 0; at < 3 * G1_SIZE; at += G1_SIZE)
		assert_memory_not_equal(first.data + at, s.proof.data + at, G1_SIZE);
	for (size_t at = 3 * G1_SIZE; at < first.len; at += SCALAR_SIZE)
		assert_memory_not_equal(first.data + at, s.proof.data + at, SCALAR_SIZE);
	buf_release(&first);
	release(&s);
}

/* ---- commitments ---- */

static void a_changed_commitment_is_not_signed(void **state)
{
	struct bbs_signature signature;
	struct bbs_interface other;
	struct scene s;
	struct g1 point;

	(void)state;
	scene(&s, CURVE_SHA256);
	for (size_t i = 0; i < s.commitment.len; i++) {
		s.commitment.data[i] ^= 1;
		assert_int_not_equal(bbs_commitment_check(&point, &s.in, buf_bytes(&s.commitment)), ERR_OK);
		s.commitment.data[i] ^= 1;
	}
	assert_int_equal(bbs_interface_make(&other, CURVE_SHA256, BBS_PSEUDONYM, MESSAGES, COMMITTED + 1, NYMS), ERR_OK);
	assert_int_equal(bbs_commitment_check(&point, &other, buf_bytes(&s.commitment)), ERR_TRUNCATED);
	assert_int_equal(bbs_interface_make(&other, CURVE_SHAKE256, BBS_PSEUDONYM, MESSAGES, COMMITTED, NYMS), ERR_OK);
	assert_int_equal(bbs_commitment_check(&point, &other, buf_bytes(&s.commitment)), ERR_PROOF);
	assert_int_equal(bbs_blind_sign(&signature, &s.in, &s.key, s.st.header, s.scalars, bytes_of(NULL, 0), &s.entropy),
			 ERR_TRUNCATED);
	release(&s);
}

/* ---- edges ---- */

static void what_no_interface_has_is_refused(void **state)
{
	static const struct { enum bbs_kind kind; size_t messages, committed, nyms; } bad[] = {
		{BBS_BASE, 0, 0, 0}, {BBS_BASE, BBS_SCALARS_MAX + 1, 0, 0}, {BBS_BASE, 1, 1, 0}, {BBS_BASE, 1, 0, 1},
		{BBS_BLIND, 1, 0, 1}, {BBS_BLIND, BBS_SCALARS_MAX, 0, 0}, {BBS_PSEUDONYM, 1, 1, 0},
		{BBS_PSEUDONYM, SIZE_MAX, 1, 1}, {BBS_PSEUDONYM, 1, 1, SIZE_MAX - 1},
	};
	struct bbs_interface in;
	struct scalar key;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(bbs_interface_make(&in, CURVE_SHA256, bad[i].kind, bad[i].messages, bad[i].committed,
						    bad[i].nyms), ERR_RANGE);
	assert_int_equal(bbs_interface_make(&in, CURVE_SHA256, BBS_BASE, BBS_SCALARS_MAX, 0, 0), ERR_OK);
	assert_int_equal(bbs_key_derive(&key, CURVE_SHA256, bytes_str("31 bytes are too few for a key!"), bytes_str(""),
					bytes_str("dst")), ERR_RANGE);
}

static void signatures_are_parsed_strictly(void **state)
{
	uint8_t written[BBS_SIGNATURE_SIZE + 1];
	struct bbs_signature parsed;
	struct scene s;

	(void)state;
	scene(&s, CURVE_SHA256);
	bbs_signature_write(written, &s.signature);
	assert_int_equal(bbs_signature_parse(&parsed, bytes_of(written, BBS_SIGNATURE_SIZE)), ERR_OK);
	assert_int_equal(bbs_verify(&s.in, &s.public, s.st.header, s.scalars, &parsed), ERR_OK);
	assert_int_equal(bbs_signature_parse(&parsed, bytes_of(written, BBS_SIGNATURE_SIZE + 1)), ERR_TRUNCATED);
	assert_int_equal(bbs_signature_parse(&parsed, bytes_of(written, BBS_SIGNATURE_SIZE - 1)), ERR_TRUNCATED);
	memset(written + G1_SIZE, 0, SCALAR_SIZE);
	assert_int_equal(bbs_signature_parse(&parsed, bytes_of(written, BBS_SIGNATURE_SIZE)), ERR_POINT);
	scalar_add(&parsed.e, &s.signature.e, &s.key);
	parsed.a = s.signature.a;
	assert_int_equal(bbs_verify(&s.in, &s.public, s.st.header, s.scalars, &parsed), ERR_PROOF);
	release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_part_may_be_shown),
		cmocka_unit_test(a_changed_proof_does_not_hold),
		cmocka_unit_test(bad_points_and_scalars_are_none),
		cmocka_unit_test(a_proof_stands_for_one_statement),
		cmocka_unit_test(indexes_are_a_rising_list),
		cmocka_unit_test(a_proof_needs_the_signature),
		cmocka_unit_test(a_context_has_one_pseudonym_of_a_holder),
		cmocka_unit_test(two_proofs_share_nothing),
		cmocka_unit_test(a_changed_commitment_is_not_signed),
		cmocka_unit_test(what_no_interface_has_is_refused),
		cmocka_unit_test(signatures_are_parsed_strictly),
	};

	seeded_rng_init(&seeded, test_seed());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
