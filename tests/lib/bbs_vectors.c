/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/bbs_vectors.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define PATH_SIZE 1024

static const char *const suite_folders[CURVE_HASH_COUNT] = {
	[CURVE_SHA256] = "bls12-381-sha-256",
	[CURVE_SHAKE256] = "bls12-381-shake-256",
};

static const char *vectors(void)
{
	const char *folder = getenv("VECTORS");

	return folder != NULL ? folder : "../shared/vectors";
}

static void check_suite(const char *family, const char *kind, size_t expected, fixture_check check, enum curve_hash suite)
{
	char pattern[PATH_SIZE];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/bbs/%s/%s/%s*.json", vectors(), family, suite_folders[suite], kind);
	if (glob(pattern, 0, NULL, &found) != 0) {
		print_message("skipped: no vectors\n");
		skip();
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct json_object *o = json_object_from_file(found.gl_pathv[i]);

		assert_non_null(o);
		check(o, suite);
		json_object_put(o);
	}
	print_message("bbs %s %s %s: %zu\n", family, suite_folders[suite], kind, found.gl_pathc);
	assert_int_equal(found.gl_pathc, expected);
	globfree(&found);
}

void fixtures_check(const char *family, const char *kind, size_t expected, fixture_check check)
{
	for (enum curve_hash suite = 0; suite < CURVE_HASH_COUNT; suite++)
		check_suite(family, kind, expected, check, suite);
}

struct json_object *fixture_load(const char *path)
{
	char whole[PATH_SIZE];

	snprintf(whole, sizeof(whole), "%s/bbs/%s", vectors(), path);
	return json_object_from_file(whole);
}

struct json_object *fixture_at(struct json_object *o, const char *path)
{
	char names[128], *rest = names;

	assert_true(strlen(path) < sizeof(names));
	strcpy(names, path);
	for (char *name; o != NULL && (name = strsep(&rest, ".")) != NULL;)
		o = json_object_object_get(o, name);
	return o;
}

struct bytes fixture_bytes(uint8_t out[FIXTURE_BYTES_MAX], struct json_object *hex)
{
	const char *text = json_object_get_string(hex);
	size_t len;

	assert_non_null(text);
	len = strlen(text) / 2;
	assert_true(len <= FIXTURE_BYTES_MAX);
	assert_int_equal(hex_decode(out, len, text), ERR_OK);
	return bytes_of(out, len);
}

void fixture_scalar(struct scalar *ret, struct json_object *hex)
{
	const char *text = json_object_get_string(hex);
	char padded[2 * SCALAR_SIZE + 1];
	uint8_t bytes[SCALAR_SIZE];

	assert_non_null(text);
	assert_true(strlen(text) <= 2 * SCALAR_SIZE);
	memset(padded, '0', sizeof(padded));
	strcpy(padded + 2 * SCALAR_SIZE - strlen(text), text);
	assert_int_equal(hex_decode(bytes, sizeof(bytes), padded), ERR_OK);
	assert_int_equal(scalar_parse(ret, bytes), ERR_OK);
}

void fixture_key(struct g2 *ret, struct json_object *hex)
{
	uint8_t bytes[FIXTURE_BYTES_MAX];

	assert_int_equal(fixture_bytes(bytes, hex).len, G2_SIZE);
	assert_int_equal(g2_parse(ret, bytes), ERR_OK);
}

size_t fixture_messages(struct scalar *ret, const struct bbs_interface *interface, struct json_object *array)
{
	size_t count = array != NULL ? json_object_array_length(array) : 0;
	uint8_t message[FIXTURE_BYTES_MAX];

	for (size_t i = 0; i < count; i++)
		bbs_message(interface, &ret[i], fixture_bytes(message, json_object_array_get_idx(array, i)));
	return count;
}

static void mocked_fill(void *self, uint8_t *out, size_t len)
{
	struct mocked_rng *m = self;

	assert_true(m->len - m->at >= len);
	memcpy(out, m->stream + m->at, len);
	m->at += len;
}

void mocked_rng_init(struct mocked_rng *m, enum curve_hash suite, const char *seed, struct bytes dst, size_t count)
{
	*m = (struct mocked_rng){.len = count * SCALAR_WIDE_SIZE};
	m->rng = (struct rng){mocked_fill, m};
	assert_true(m->len <= sizeof(m->stream));
	curve_expand(suite, m->stream, m->len, bytes_str(seed), dst);
}
