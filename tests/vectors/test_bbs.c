/* SPDX-License-Identifier: Apache-2.0 */
/* The official fixtures of the BBS draft: keys, hashing, generators, mocked random numbers, signatures and proofs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/crypto/bbs.h"
#include "tests/lib/bbs_vectors.h"

#define SEED "3.141592653589793238462643383279"

static const char *const api_ids[CURVE_HASH_COUNT] = {
	[CURVE_SHA256] = "BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_",
	[CURVE_SHAKE256] = "BBS_BLS12381G1_XOF:SHAKE-256_SSWU_RO_H2G_HM2S_",
};

static struct bytes mocked_dst(char out[128], enum curve_hash suite)
{
	return bytes_of(out, (size_t)snprintf(out, 128, "%sMOCK_RANDOM_SCALARS_DST_", api_ids[suite]));
}

static void is_scalar(const struct scalar *got, struct json_object *hex)
{
	struct scalar expected;

	fixture_scalar(&expected, hex);
	assert_memory_equal(got, &expected, sizeof(expected));
}

static void is_point(const struct g1 *got, struct json_object *hex)
{
	uint8_t written[G1_SIZE], expected[FIXTURE_BYTES_MAX];

	g1_write(written, got);
	assert_int_equal(fixture_bytes(expected, hex).len, G1_SIZE);
	assert_memory_equal(written, expected, G1_SIZE);
}

/* ---- hashing ---- */

static void check_hash_to_scalar(struct json_object *f, enum curve_hash suite)
{
	uint8_t message[FIXTURE_BYTES_MAX], dst[FIXTURE_BYTES_MAX];
	struct scalar s;

	curve_scalar(suite, &s, fixture_bytes(message, fixture_at(f, "message")), fixture_bytes(dst, fixture_at(f, "dst")));
	is_scalar(&s, fixture_at(f, "scalar"));
}

static void check_messages(struct json_object *f, enum curve_hash suite)
{
	struct json_object *cases = fixture_at(f, "cases");
	struct bbs_interface in;

	assert_int_equal(bbs_interface_make(&in, suite, BBS_BASE, 1, 0, 0), ERR_OK);
	assert_int_equal(json_object_array_length(cases), 10);
	for (size_t i = 0; i < 10; i++) {
		struct json_object *one = json_object_array_get_idx(cases, i);
		uint8_t message[FIXTURE_BYTES_MAX];
		struct scalar s;

		bbs_message(&in, &s, fixture_bytes(message, fixture_at(one, "message")));
		is_scalar(&s, fixture_at(one, "scalar"));
	}
}

static void check_mocked(struct json_object *f, enum curve_hash suite)
{
	uint8_t seed[FIXTURE_BYTES_MAX + 1] = {0}, dst[FIXTURE_BYTES_MAX];
	struct json_object *all = fixture_at(f, "mockedScalars");
	struct mocked_rng m;

	fixture_bytes(seed, fixture_at(f, "seed"));
	assert_string_equal((char *)seed, SEED);
	mocked_rng_init(&m, suite, SEED, fixture_bytes(dst, fixture_at(f, "dst")), json_object_array_length(all));
	for (size_t i = 0; i < json_object_array_length(all); i++) {
		struct scalar s;

		scalar_random(&s, &m.rng);
		is_scalar(&s, json_object_array_get_idx(all, i));
	}
}

static void check_generators(struct json_object *f, enum curve_hash suite)
{
	struct json_object *all = fixture_at(f, "MsgGenerators");
	struct bbs_interface in;

	assert_int_equal(json_object_array_length(all), 10);
	assert_int_equal(bbs_interface_make(&in, suite, BBS_BASE, 10, 0, 0), ERR_OK);
	is_point(&in.p1, fixture_at(f, "P1"));
	is_point(&in.q1, fixture_at(f, "Q1"));
	for (size_t i = 0; i < 10; i++)
		is_point(&in.h[i], json_object_array_get_idx(all, i));
}

static void check_key(struct json_object *f, enum curve_hash suite)
{
	uint8_t material[FIXTURE_BYTES_MAX], info[FIXTURE_BYTES_MAX], dst[FIXTURE_BYTES_MAX];
	struct g2 public, expected;
	struct scalar key;

	assert_int_equal(bbs_key_derive(&key, suite, fixture_bytes(material, fixture_at(f, "keyMaterial")),
					fixture_bytes(info, fixture_at(f, "keyInfo")),
					fixture_bytes(dst, fixture_at(f, "keyDst"))), ERR_OK);
	is_scalar(&key, fixture_at(f, "keyPair.secretKey"));
	g2_mul_generator(&public, &key);
	fixture_key(&expected, fixture_at(f, "keyPair.publicKey"));
	assert_true(g2_equal(&public, &expected));
}

/* ---- signatures ---- */

static void check_signature(struct json_object *f, enum curve_hash suite)
{
	bool valid = json_object_get_boolean(fixture_at(f, "result.valid"));
	uint8_t header[FIXTURE_BYTES_MAX], expected[FIXTURE_BYTES_MAX], written[BBS_SIGNATURE_SIZE];
	struct json_object *messages = fixture_at(f, "messages");
	struct bytes header_bytes = fixture_bytes(header, fixture_at(f, "header"));
	struct bbs_signature signature, made;
	struct scalar scalars[BBS_SCALARS_MAX], key;
	struct bbs_interface in;
	struct g2 public;

	assert_int_equal(bbs_interface_make(&in, suite, BBS_BASE, json_object_array_length(messages), 0, 0), ERR_OK);
	fixture_messages(scalars, &in, messages);
	fixture_key(&public, fixture_at(f, "signerKeyPair.publicKey"));
	assert_int_equal(bbs_signature_parse(&signature, fixture_bytes(expected, fixture_at(f, "signature"))), ERR_OK);
	assert_int_equal(bbs_verify(&in, &public, header_bytes, scalars, &signature), valid ? ERR_OK : ERR_PROOF);
	if (!valid)
		return;
	fixture_scalar(&key, fixture_at(f, "signerKeyPair.secretKey"));
	assert_int_equal(bbs_sign(&made, &in, &key, header_bytes, scalars), ERR_OK);
	bbs_signature_write(written, &made);
	assert_memory_equal(written, expected, BBS_SIGNATURE_SIZE);
}

/* ---- proofs ---- */

struct proof_fixture {
	struct bbs_interface in;
	struct g2 key;
	uint8_t header[FIXTURE_BYTES_MAX], presentation[FIXTURE_BYTES_MAX], proof[FIXTURE_BYTES_MAX];
	size_t disclosed[BBS_SCALARS_MAX];
	struct scalar messages[BBS_SCALARS_MAX], values[BBS_SCALARS_MAX];
	struct bbs_statement statement;
	struct bytes proof_bytes;
};

/* A verifier counts the hidden messages by the proof's length. */
static void proof_fixture(struct proof_fixture *p, struct json_object *f, enum curve_hash suite)
{
	struct json_object *indexes = fixture_at(f, "disclosedIndexes");
	size_t count = json_object_array_length(indexes);

	p->proof_bytes = fixture_bytes(p->proof, fixture_at(f, "proof"));
	assert_int_equal((p->proof_bytes.len - BBS_PROOF_SIZE(0)) % SCALAR_SIZE, 0);
	assert_int_equal(bbs_interface_make(&p->in, suite, BBS_BASE,
					    count + (p->proof_bytes.len - BBS_PROOF_SIZE(0)) / SCALAR_SIZE, 0, 0), ERR_OK);
	fixture_key(&p->key, fixture_at(f, "signerPublicKey"));
	assert_true(fixture_messages(p->messages, &p->in, fixture_at(f, "messages")) > 0);
	for (size_t i = 0; i < count; i++) {
		p->disclosed[i] = (size_t)json_object_get_int(json_object_array_get_idx(indexes, i));
		p->values[i] = p->messages[p->disclosed[i]];
	}
	p->statement = (struct bbs_statement){
		.interface = &p->in, .key = &p->key, .disclosed = p->disclosed, .disclosed_count = count,
		.header = fixture_bytes(p->header, fixture_at(f, "header")),
		.presentation = fixture_bytes(p->presentation, fixture_at(f, "presentationHeader")),
	};
}

static void same_proof_is_made(const struct proof_fixture *p, struct json_object *f, enum curve_hash suite)
{
	uint8_t signature_bytes[FIXTURE_BYTES_MAX];
	struct bbs_signature signature;
	struct buf made = BUF_INIT;
	struct mocked_rng m;
	char dst[128];

	assert_int_equal(bbs_signature_parse(&signature, fixture_bytes(signature_bytes, fixture_at(f, "signature"))), ERR_OK);
	mocked_rng_init(&m, suite, SEED, mocked_dst(dst, suite), 5 + p->in.count - p->statement.disclosed_count);
	assert_int_equal(bbs_prove(&made, NULL, &p->statement, &signature, p->messages, &m.rng), ERR_OK);
	assert_int_equal(made.len, p->proof_bytes.len);
	assert_memory_equal(made.data, p->proof, made.len);
	assert_int_equal(m.at, m.len);
	buf_release(&made);
}

static void check_proof(struct json_object *f, enum curve_hash suite)
{
	bool valid = json_object_get_boolean(fixture_at(f, "result.valid"));
	struct proof_fixture p;
	enum err e;

	proof_fixture(&p, f, suite);
	e = bbs_proof_verify(&p.statement, p.values, NULL, p.proof_bytes);
	assert_true(valid ? e == ERR_OK : e == ERR_PROOF || e == ERR_RANGE);
	if (valid)
		same_proof_is_made(&p, f, suite);
}

static void the_fixtures_of_the_base_interface(void **state)
{
	(void)state;
	fixtures_check("base", "h2s", 1, check_hash_to_scalar);
	fixtures_check("base", "MapMessageToScalarAsHash", 1, check_messages);
	fixtures_check("base", "mockedRng", 1, check_mocked);
	fixtures_check("base", "generators", 1, check_generators);
	fixtures_check("base", "keypair", 1, check_key);
	fixtures_check("base", "signature/signature", 10, check_signature);
	fixtures_check("base", "proof/proof", 15, check_proof);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fixtures_of_the_base_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
