/* SPDX-License-Identifier: Apache-2.0 */
/* The BBS fixtures' hash to scalar and first generators: expand_message, scalar_hash and g1_hash of the curve. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <json-c/json.h>

#include "core/crypto/curve.h"

#define SUITE "bbs/base/bls12-381-sha-256"
#define API "BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_"
#define TEXT_MAX 1024

/* NULL, having said so, when the file is not there. */
static struct json_object *load(const char *name)
{
	const char *folder = getenv("VECTORS");
	char path[TEXT_MAX];

	snprintf(path, sizeof(path), "%s/" SUITE "/%s", folder ? folder : "../shared/vectors", name);
	struct json_object *o = json_object_from_file(path);

	if (!o)
		print_message("skipped: no vectors\n");
	return o;
}

static struct bytes field(uint8_t *out, struct json_object *o, const char *name)
{
	const char *text = json_object_get_string(json_object_object_get(o, name));

	assert_non_null(text);
	size_t len = strlen(text) / 2;

	assert_true(len <= TEXT_MAX);
	assert_int_equal(hex_decode(out, len, text), ERR_OK);
	return bytes_of(out, len);
}

static void test_hash_to_scalar(void **state)
{
	uint8_t message[TEXT_MAX], dst[TEXT_MAX], want[TEXT_MAX], got[SCALAR_SIZE];
	struct json_object *o = load("h2s.json");
	struct scalar s;

	(void)state;
	if (!o)
		skip();
	scalar_hash(&s, field(message, o, "message"), field(dst, o, "dst"));
	scalar_write(got, &s);
	assert_int_equal(field(want, o, "scalar").len, SCALAR_SIZE);
	assert_memory_equal(got, want, SCALAR_SIZE);
	json_object_put(o);
}

/* The first generator of a seed: draft-irtf-cfrg-bbs-signatures section 4.1.1. */
static void first_generator(uint8_t out[G1_SIZE], const char *seed)
{
	struct bytes seed_dst = bytes_str(API "SIG_GENERATOR_SEED_");
	uint8_t v[SCALAR_WIDE_SIZE + 8] = {0};
	struct g1 p;

	expand_message(v, SCALAR_WIDE_SIZE, bytes_str(seed), seed_dst);
	v[sizeof(v) - 1] = 1;
	expand_message(v, SCALAR_WIDE_SIZE, bytes_of(v, sizeof(v)), seed_dst);
	g1_hash(&p, bytes_of(v, SCALAR_WIDE_SIZE), bytes_str(API "SIG_GENERATOR_DST_"));
	g1_write(out, &p);
}

static void test_generators(void **state)
{
	uint8_t want[TEXT_MAX], got[G1_SIZE];
	struct json_object *o = load("generators.json");

	(void)state;
	if (!o)
		skip();
	first_generator(got, API "BP_MESSAGE_GENERATOR_SEED");
	assert_int_equal(field(want, o, "P1").len, G1_SIZE);
	assert_memory_equal(got, want, G1_SIZE);
	first_generator(got, API "MESSAGE_GENERATOR_SEED");
	field(want, o, "Q1");
	assert_memory_equal(got, want, G1_SIZE);
	json_object_put(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_to_scalar),
		cmocka_unit_test(test_generators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
