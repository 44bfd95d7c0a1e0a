/* SPDX-License-Identifier: Apache-2.0 */
/* Public vectors of Wycheproof and of C2SP CCTV: every case's verdict. */
#include <json-c/json.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/crypto/aead.h"
#include "core/crypto/hash.h"
#include "core/crypto/seal.h"
#include "core/crypto/sign.h"
#include "crypto_help.h"

static struct json_object *load(const char *name)
{
	const char *folder = getenv("VECTORS");
	struct json_object *root;
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "../shared/vectors", name);
	root = json_object_from_file(path);
	if (!root) {
		print_message("skipped: no vectors\n");
		skip();
	}
	return root;
}

static const char *text(struct json_object *o, const char *member)
{
	struct json_object *value = json_object_object_get(o, member);

	assert_non_null(value);
	return json_object_get_string(value);
}

static struct bytes hex(struct json_object *o, const char *member)
{
	return unhex(text(o, member));
}

typedef void (*each)(struct json_object *group, struct json_object *test, bool valid);

/* Runs every case of a Wycheproof file; its own count must be met. */
static void wycheproof(const char *name, each run)
{
	struct json_object *root = load(name), *groups = json_object_object_get(root, "testGroups");
	int64_t done = 0;

	for (size_t i = 0; i < json_object_array_length(groups); i++) {
		struct json_object *group = json_object_array_get_idx(groups, i);
		struct json_object *tests = json_object_object_get(group, "tests");

		for (size_t j = 0; j < json_object_array_length(tests); j++, done++) {
			struct json_object *test = json_object_array_get_idx(tests, j);

			run(group, test, strcmp(text(test, "result"), "invalid") != 0);
		}
	}
	assert_int_equal(done, json_object_get_int64(json_object_object_get(root, "numberOfTests")));
	json_object_put(root);
}

#define EXPECT(test, condition)                                                                                        \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			fail_msg("case %s (%s)", text(test, "tcId"), text(test, "comment"));                           \
	} while (0)

static void run_ed25519(struct json_object *group, struct json_object *test, bool valid)
{
	struct bytes key = hex(json_object_object_get(group, "publicKey"), "pk"), msg = hex(test, "msg"),
		     sig = hex(test, "sig");
	struct sign_public pk;
	struct signature s;
	bool good = false;

	if (sig.len == sizeof(s.b) && sign_public_parse(&pk, key) == ERR_OK) {
		memcpy(s.b, sig.data, sizeof(s.b));
		good = sign_verify(&s, &pk, msg) == ERR_OK;
	}
	EXPECT(test, good == valid);
	unhex_free(key), unhex_free(msg), unhex_free(sig);
}

static void run_aead(struct json_object *group, struct json_object *test, bool valid)
{
	struct bytes key = hex(test, "key"), iv = hex(test, "iv"), aad = hex(test, "aad"), msg = hex(test, "msg"),
		     ct = hex(test, "ct"), tag = hex(test, "tag");
	struct buf sealed = BUF_INIT;
	uint8_t *out = malloc(ct.len + AEAD_TAG_SIZE + 1);
	struct aead a = {0};
	bool good = false;

	buf_append_bytes(&sealed, ct);
	buf_append_bytes(&sealed, tag);
	assert_int_equal(key.len, AEAD_KEY_SIZE);
	if (iv.len == AEAD_NONCE_SIZE) {
		assert_int_equal(aead_init(&a, key.data), ERR_OK);
		good = aead_open(&a, out, iv.data, aad, buf_bytes(&sealed)) == ERR_OK &&
		       bytes_equal(bytes_of(out, ct.len), msg);
		aead_seal(&a, out, iv.data, aad, msg);
		EXPECT(test, !valid || bytes_equal(bytes_of(out, sealed.len), buf_bytes(&sealed)));
		aead_release(&a);
	}
	EXPECT(test, good == valid);
	free(out);
	buf_release(&sealed);
	unhex_free(key), unhex_free(iv), unhex_free(aad), unhex_free(msg), unhex_free(ct), unhex_free(tag);
}

static bool flagged(struct json_object *test, const char *flag)
{
	struct json_object *flags = json_object_object_get(test, "flags");

	for (size_t i = 0; flags && i < json_object_array_length(flags); i++) {
		if (strcmp(json_object_get_string(json_object_array_get_idx(flags, i)), flag) == 0)
			return true;
	}
	return false;
}

/* "acceptable" cases are ours to judge: an all-zero shared secret is refused, all else computes the shared value. */
static void run_x25519(struct json_object *group, struct json_object *test, bool valid)
{
	struct bytes public = hex(test, "public"), want = hex(test, "shared");
	struct secret *mine = secret_of_hex(text(test, "private"));
	uint8_t shared[SEAL_KEY_SIZE];
	struct seal_public with, parsed;
	bool zero = bytes_is_zero(want), canonical = !flagged(test, "NonCanonicalPublic");
	enum err e;

	assert_int_equal(public.len, SEAL_KEY_SIZE);
	memcpy(with.b, public.data, sizeof(with.b));
	e = seal_x25519(shared, mine, &with);
	EXPECT(test, e == (zero ? ERR_POINT : ERR_OK));
	EXPECT(test, zero || bytes_equal(bytes_of(shared, sizeof(shared)), want));
	EXPECT(test, zero == flagged(test, "ZeroSharedSecret"));
	/* Keys from outside: neither forced zero nor another name of the same key. */
	EXPECT(test, (seal_public_parse(&parsed, public) == ERR_OK) == (!zero && canonical));
	secret_free(mine);
	unhex_free(public), unhex_free(want);
}

static void run_hkdf(struct json_object *group, struct json_object *test, bool valid)
{
	struct bytes ikm = hex(test, "ikm"), salt = hex(test, "salt"), info = hex(test, "info"), okm = hex(test, "okm");
	size_t size = (size_t)json_object_get_int64(json_object_object_get(test, "size"));

	EXPECT(test, valid == (size <= HKDF_SHA256_MAX));
	if (valid) {
		uint8_t *out = malloc(size);

		hkdf_sha256(out, size, ikm, salt, info);
		EXPECT(test, bytes_equal(bytes_of(out, size), okm));
		free(out);
	}
	unhex_free(ikm), unhex_free(salt), unhex_free(info), unhex_free(okm);
}

static void test_wycheproof_ed25519(void **state)
{
	wycheproof("wycheproof/ed25519_test.json", run_ed25519);
}

static void test_wycheproof_chacha20_poly1305(void **state)
{
	wycheproof("wycheproof/chacha20_poly1305_test.json", run_aead);
}

static void test_wycheproof_x25519(void **state)
{
	wycheproof("wycheproof/x25519_test.json", run_x25519);
}

static void test_wycheproof_hkdf_sha256(void **state)
{
	wycheproof("wycheproof/hkdf_sha256_test.json", run_hkdf);
}

/* The ledger's rule, stated by the vectors' own flags: accepted are exactly the signatures whose A and R are
 * canonical and not of small order, and whose equation holds without the cofactor (no residue).  A part of small order
 * inside A or R alone does not refuse; registering such a key does.
 */
static void test_cctv_pins_the_rule(void **state)
{
	static const char *const refusing[] = {"low_order_A", "low_order_R", "low_order_residue", "non_canonical_A",
					       "non_canonical_R"};
	struct json_object *root = load("ed25519/cctv.json");
	size_t count = json_object_array_length(root), accepted = 0, registered = 0;

	assert_int_equal(count, 914);
	for (size_t i = 0; i < count; i++) {
		struct json_object *test = json_object_array_get_idx(root, i);
		struct bytes key = hex(test, "key"), sig = hex(test, "sig");
		struct sign_public pk, parsed;
		struct signature s;
		bool want = true, good, may_register;

		memcpy(pk.b, key.data, sizeof(pk.b));
		memcpy(s.b, sig.data, sizeof(s.b));
		for (size_t f = 0; f < sizeof(refusing) / sizeof(refusing[0]); f++)
			want = want && !flagged(test, refusing[f]);
		good = sign_verify(&s, &pk, bytes_str(text(test, "msg"))) == ERR_OK;
		if (good != want)
			fail_msg("vector %zu: the library %s it", i, good ? "accepts" : "refuses");
		may_register = sign_public_parse(&parsed, key) == ERR_OK;
		assert_int_equal(may_register, !flagged(test, "low_order_A") && !flagged(test, "non_canonical_A") &&
						       !flagged(test, "low_order_component_A"));
		accepted += good;
		registered += good && may_register;
		unhex_free(key), unhex_free(sig);
	}
	assert_int_equal(accepted, 43);
	assert_int_equal(registered, 1);
	json_object_put(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wycheproof_ed25519),
		cmocka_unit_test(test_wycheproof_chacha20_poly1305),
		cmocka_unit_test(test_wycheproof_x25519),
		cmocka_unit_test(test_wycheproof_hkdf_sha256),
		cmocka_unit_test(test_cctv_pins_the_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
