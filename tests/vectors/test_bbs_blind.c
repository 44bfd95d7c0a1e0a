/* SPDX-License-Identifier: Apache-2.0 */
/* The official fixtures of blind BBS and of BBS pseudonyms: commitments, signatures and proofs, to the byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/crypto/bbs.h"
#include "tests/lib/bbs_vectors.h"

/* What a fixture of either family is about; blind has no secrets of pseudonyms. */
struct scene {
	struct bbs_interface in;
	struct scalar scalars[BBS_SCALARS_MAX]; /* all that are signed */
	uint8_t commitment[FIXTURE_BYTES_MAX], header[FIXTURE_BYTES_MAX];
	struct bytes commitment_bytes, header_bytes;
};

static size_t length(struct json_object *array)
{
	return array != NULL ? json_object_array_length(array) : 0;
}

static size_t raw_scalars(struct scalar *ret, struct json_object *array)
{
	for (size_t i = 0; i < length(array); i++)
		fixture_scalar(&ret[i], json_object_array_get_idx(array, i));
	return length(array);
}

/* messages and committed: arrays, which the fixtures of blind proofs leave to messages.json. */
static void scene(struct scene *s, struct json_object *f, enum curve_hash suite, struct json_object *messages,
		  struct json_object *committed)
{
	struct json_object *nyms = fixture_at(f, "nym_secrets"), *blind = fixture_at(f, "proverBlind");
	struct scalar *at = s->scalars;

	if (nyms == NULL)
		nyms = fixture_at(f, "proverNyms");
	*s = (struct scene){.in.suite = suite};
	assert_int_equal(bbs_interface_make(&s->in, suite, nyms != NULL ? BBS_PSEUDONYM : BBS_BLIND, length(messages),
					    length(committed), length(nyms)), ERR_OK);
	at += fixture_messages(at, &s->in, messages);
	if (blind != NULL)
		fixture_scalar(at, blind);
	at++;
	at += fixture_messages(at, &s->in, committed);
	raw_scalars(at, nyms);
	if (fixture_at(f, "header") != NULL)
		s->header_bytes = fixture_bytes(s->header, fixture_at(f, "header"));
}

/* Not for proofs, which need none: one of their files has half a byte too much in it. */
static void add_commitment(struct scene *s, struct json_object *f)
{
	if (fixture_at(f, "commitmentWithProof") != NULL)
		s->commitment_bytes = fixture_bytes(s->commitment, fixture_at(f, "commitmentWithProof"));
}

/* ---- generators ---- */

static void are_points(const struct g1 *got, struct json_object *first, struct json_object *rest)
{
	for (size_t i = 0; i <= length(rest); i++) {
		uint8_t written[G1_SIZE], expected[FIXTURE_BYTES_MAX];

		g1_write(written, &got[i]);
		fixture_bytes(expected, i == 0 ? first : json_object_array_get_idx(rest, i - 1));
		assert_memory_equal(written, expected, G1_SIZE);
	}
}

static void check_generators(struct json_object *f, enum curve_hash suite, enum bbs_kind kind)
{
	struct json_object *blind = fixture_at(f, "blindGenerators.MsgGenerators");
	struct json_object *own = fixture_at(f, "generators.MsgGenerators");
	size_t nyms = kind == BBS_PSEUDONYM;
	struct bbs_interface in;

	assert_int_equal(length(own), 10);
	assert_int_equal(bbs_interface_make(&in, suite, kind, 10, length(blind) - nyms, nyms), ERR_OK);
	are_points(&in.q1, fixture_at(f, "generators.Q1"), own); /* the messages' follow in memory */
	are_points(&in.h[10], fixture_at(f, "blindGenerators.Q1"), blind);
}

static void check_blind_generators(struct json_object *f, enum curve_hash suite)
{
	check_generators(f, suite, BBS_BLIND);
}

static void check_nym_generators(struct json_object *f, enum curve_hash suite)
{
	check_generators(f, suite, BBS_PSEUDONYM);
}

/* ---- commitments ---- */

static struct bytes mocked_dst(struct json_object *f, const char *path)
{
	const char *text = json_object_get_string(fixture_at(f, path));

	assert_non_null(text);
	return bytes_str(text);
}

static void mocked(struct mocked_rng *m, struct json_object *f, enum curve_hash suite, const char *dst, size_t count)
{
	mocked_rng_init(m, suite, json_object_get_string(fixture_at(f, "mockRngParameters.SEED")), mocked_dst(f, dst), count);
}

static void check_commitment(struct json_object *f, enum curve_hash suite)
{
	struct buf made = BUF_INIT;
	struct mocked_rng m;
	struct scalar blind;
	struct scene s;
	struct g1 point;

	scene(&s, f, suite, NULL, fixture_at(f, "committedMessages"));
	add_commitment(&s, f);
	mocked(&m, f, suite, "mockRngParameters.commit.DST", s.in.committed + s.in.nyms + 2);
	assert_int_equal(bbs_commit(&made, &blind, &s.in, &s.scalars[1], &m.rng), ERR_OK);
	assert_memory_equal(&blind, &s.scalars[0], sizeof(blind));
	assert_int_equal(made.len, s.commitment_bytes.len);
	assert_memory_equal(made.data, s.commitment, made.len);
	assert_int_equal(m.at, m.len);
	assert_int_equal(bbs_commitment_check(&point, &s.in, s.commitment_bytes), ERR_OK);
	buf_release(&made);
}

/* ---- signatures ---- */

static void check_signature(struct json_object *f, enum curve_hash suite)
{
	uint8_t expected[FIXTURE_BYTES_MAX], written[BBS_SIGNATURE_SIZE];
	struct scalar key, entropy = {{0}};
	struct bbs_signature signature;
	struct g2 public;
	struct scene s;

	scene(&s, f, suite, fixture_at(f, "messages"), fixture_at(f, "committedMessages"));
	add_commitment(&s, f);
	fixture_scalar(&key, fixture_at(f, "signerKeyPair.secretKey"));
	fixture_key(&public, fixture_at(f, "signerKeyPair.publicKey"));
	if (s.in.nyms > 0)
		fixture_scalar(&entropy, fixture_at(f, "signer_nym_entropy"));
	assert_int_equal(bbs_blind_sign(&signature, &s.in, &key, s.header_bytes, s.scalars, s.commitment_bytes,
					s.in.nyms > 0 ? &entropy : NULL), ERR_OK);
	bbs_signature_write(written, &signature);
	assert_int_equal(fixture_bytes(expected, fixture_at(f, "signature")).len, BBS_SIGNATURE_SIZE);
	assert_memory_equal(written, expected, BBS_SIGNATURE_SIZE);
	assert_int_equal(bbs_verify(&s.in, &public, s.header_bytes, s.scalars, &signature), ERR_OK);
	scalar_add(&s.scalars[s.in.count - 1], &s.scalars[s.in.count - 1], &key);
	assert_int_equal(bbs_verify(&s.in, &public, s.header_bytes, s.scalars, &signature), ERR_PROOF);
}

/* ---- proofs ---- */

struct shown { size_t index[BBS_SCALARS_MAX], count; };

/* The disclosed of one of the two lists; their names are indexes, and stand in order in the files. */
static void add_shown(struct shown *shown, struct json_object *revealed, size_t base)
{
	if (revealed == NULL)
		return;
	json_object_object_foreach(revealed, name, message) {
		(void)message;
		shown->index[shown->count++] = base + strtoul(name, NULL, 10);
	}
}

static void check_made(struct json_object *f, enum curve_hash suite, const struct scene *s, const struct bbs_statement *st,
		       struct bytes proof, const struct g1 *nym)
{
	uint8_t bytes[FIXTURE_BYTES_MAX];
	struct bbs_signature signature;
	struct buf made = BUF_INIT;
	struct mocked_rng m;
	struct g1 made_nym;

	assert_int_equal(bbs_signature_parse(&signature, fixture_bytes(bytes, fixture_at(f, "signature"))), ERR_OK);
	mocked(&m, f, suite, "mockRngParameters.proof.DST", 5 + s->in.count - st->disclosed_count);
	assert_int_equal(bbs_prove(&made, nym != NULL ? &made_nym : NULL, st, &signature, s->scalars, &m.rng), ERR_OK);
	assert_int_equal(made.len, proof.len);
	assert_memory_equal(made.data, proof.data, proof.len);
	if (nym != NULL)
		assert_true(g1_equal(nym, &made_nym));
	buf_release(&made);
}

static void check_proof_of(struct json_object *f, enum curve_hash suite, struct json_object *messages,
			   struct json_object *committed)
{
	uint8_t proof[FIXTURE_BYTES_MAX], presentation[FIXTURE_BYTES_MAX], context[FIXTURE_BYTES_MAX], bytes[FIXTURE_BYTES_MAX];
	bool has_nym = fixture_at(f, "pseudonym") != NULL;
	struct bytes proof_bytes = fixture_bytes(proof, fixture_at(f, "proof"));
	struct scalar values[BBS_SCALARS_MAX];
	struct shown shown = {.count = 0};
	struct bbs_statement st;
	struct g2 key;
	struct scene s;
	struct g1 nym;

	scene(&s, f, suite, messages, committed);
	fixture_key(&key, fixture_at(f, "signerPublicKey"));
	assert_int_equal(json_object_get_int(fixture_at(f, "L")), s.in.messages);
	add_shown(&shown, fixture_at(f, "revealedMessages"), 0);
	add_shown(&shown, fixture_at(f, "revealedCommittedMessages"), s.in.messages + 1);
	for (size_t i = 0; i < shown.count; i++)
		values[i] = s.scalars[shown.index[i]];
	st = (struct bbs_statement){.interface = &s.in, .key = &key, .header = s.header_bytes, .disclosed = shown.index,
				    .disclosed_count = shown.count,
				    .presentation = fixture_bytes(presentation, fixture_at(f, "presentationHeader"))};
	if (has_nym) {
		st.context = fixture_bytes(context, fixture_at(f, "context_id"));
		fixture_bytes(bytes, fixture_at(f, "pseudonym"));
		assert_int_equal(g1_parse(&nym, bytes), ERR_OK);
	}
	assert_int_equal(bbs_proof_verify(&st, values, has_nym ? &nym : NULL, proof_bytes), ERR_OK);
	check_made(f, suite, &s, &st, proof_bytes, has_nym ? &nym : NULL);
	presentation[0] ^= 1;
	assert_int_equal(bbs_proof_verify(&st, values, has_nym ? &nym : NULL, proof_bytes), ERR_PROOF);
}

static void check_blind_proof(struct json_object *f, enum curve_hash suite)
{
	bool commits = fixture_at(f, "commitmentWithProof") != NULL;
	struct json_object *all = fixture_load("blind/messages.json");

	check_proof_of(f, suite, fixture_at(all, "messages"), commits ? fixture_at(all, "committedMessages") : NULL);
	json_object_put(all);
}

static void check_nym_proof(struct json_object *f, enum curve_hash suite)
{
	check_proof_of(f, suite, fixture_at(f, "messages"), fixture_at(f, "committedMessages"));
}

static void the_fixtures_of_the_blind_interface(void **state)
{
	(void)state;
	fixtures_check("blind", "generators", 1, check_blind_generators);
	fixtures_check("blind", "commit/commit", 2, check_commitment);
	fixtures_check("blind", "signature/signature", 5, check_signature);
	fixtures_check("blind", "proof/proof", 8, check_blind_proof);
}

static void the_fixtures_of_pseudonyms(void **state)
{
	(void)state;
	fixtures_check("pseudonym", "generators", 1, check_nym_generators);
	fixtures_check("pseudonym", "nymCommit/nymCommit", 4, check_commitment);
	fixtures_check("pseudonym", "nymSignature/nymSignature", 6, check_signature);
	fixtures_check("pseudonym", "nymProof/nymProof", 11, check_nym_proof);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fixtures_of_the_blind_interface),
		cmocka_unit_test(the_fixtures_of_pseudonyms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
