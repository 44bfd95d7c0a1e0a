/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/x509.h"

#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "crypto_help.h"

/* A request made by OpenSSL alone, so that what our maker never writes can be tried. */
struct odd {
	EVP_PKEY *key;
	X509_REQ *request;
};

static struct odd odd_new(EVP_PKEY *key)
{
	struct odd o = {key, X509_REQ_new()};

	assert_non_null(o.request);
	X509_REQ_set_version(o.request, 0);
	X509_REQ_set_pubkey(o.request, key);
	return o;
}

static void odd_name(struct odd *o, const char *field, int type, const char *text, int len, int set)
{
	assert_int_equal(X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(o->request), field, type,
						    (const unsigned char *)text, len, -1, set), 1);
}

static enum err odd_parse(struct cert_request *ret, struct odd *o)
{
	unsigned char *der = NULL;
	const EVP_MD *digest = EVP_PKEY_is_a(o->key, "ED25519") ? NULL : EVP_sha256();
	int len;
	enum err e;

	assert_true(X509_REQ_sign(o->request, o->key, digest) > 0);
	len = i2d_X509_REQ(o->request, &der);
	e = x509_request_parse(ret, bytes_of(der, (size_t)len), NULL);
	OPENSSL_free(der);
	X509_REQ_free(o->request);
	EVP_PKEY_free(o->key);
	return e;
}

static void test_round_trip(void **state)
{
	static const struct cert_name name = {"Example Health", "Ward 4", "R\xc3\xb6ntgen desk"};
	struct cert_request *r = calloc(1, sizeof(*r));

	for (int kind = CERT_KEY_P256; kind <= CERT_KEY_ED25519; kind++) {
		struct secret *key = NULL;
		struct buf der = BUF_INIT, spki = BUF_INIT;
		struct hash32 h;

		assert_int_equal(x509_key_new(&key, (enum cert_key_kind)kind), ERR_OK);
		assert_int_equal(x509_request_make(&der, &name, key, NULL), ERR_OK);
		assert_int_equal(x509_request_parse(r, buf_bytes(&der), NULL), ERR_OK);
		assert_int_equal(r->kind, kind);
		assert_string_equal(r->subject.organisation, name.organisation);
		assert_string_equal(r->subject.unit, name.unit);
		assert_string_equal(r->subject.common_name, name.common_name);
		assert_int_equal(r->wishes_count, 0);
		assert_int_equal(x509_key_spki(&spki, key), ERR_OK);
		assert_true(bytes_equal(buf_bytes(&spki), bytes_of(r->spki, r->spki_len)));
		h = x509_spki_sha256(buf_bytes(&spki));
		assert_true(ID_EQUAL(h, r->spki_sha256));
		if (kind == CERT_KEY_ED25519)
			assert_memory_equal(r->ed25519.b, spki.data + 12, 32);
		secret_free(key);
		buf_release(&der), buf_release(&spki);
	}
	free(r);
}

static void test_every_flipped_bit_and_cut_is_refused(void **state)
{
	static const struct cert_name name = {"Example Health", NULL, "desk"};
	struct cert_request r;
	struct secret *key = NULL;
	struct buf der = BUF_INIT;

	assert_int_equal(x509_key_new(&key, CERT_KEY_ED25519), ERR_OK);
	assert_int_equal(x509_request_make(&der, &name, key, NULL), ERR_OK);
	for (size_t bit = 0; bit < 8 * der.len; bit++) {
		der.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(x509_request_parse(&r, buf_bytes(&der), NULL), ERR_OK);
		der.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t len = 0; len < der.len; len++)
		assert_int_equal(x509_request_parse(&r, bytes_of(der.data, len), NULL), ERR_FORMAT);
	buf_append_byte(&der, 0);
	assert_int_equal(x509_request_parse(&r, buf_bytes(&der), NULL), ERR_FORMAT);
	while (der.len <= CERT_REQUEST_SIZE_MAX)
		buf_append_byte(&der, 0);
	assert_int_equal(x509_request_parse(&r, buf_bytes(&der), NULL), ERR_TOO_LARGE);
	secret_free(key);
	buf_release(&der);
}

/* The same request with a length written longer than it need be: BER, not DER. */
static void test_another_encoding_is_refused(void **state)
{
	static const struct cert_name name = {"Example Health", NULL, "desk"};
	struct cert_request r;
	struct secret *key = NULL;
	struct buf der = BUF_INIT, ber = BUF_INIT;

	assert_int_equal(x509_key_new(&key, CERT_KEY_ED25519), ERR_OK);
	assert_int_equal(x509_request_make(&der, &name, key, NULL), ERR_OK);
	assert_int_equal(der.data[1], 0x81);
	buf_append(&ber, "\x30\x82\x00", 3);
	buf_append(&ber, der.data + 2, der.len - 2);
	assert_int_equal(x509_request_parse(&r, buf_bytes(&ber), NULL), ERR_FORMAT);
	secret_free(key);
	buf_release(&der), buf_release(&ber);
}

static void test_wishes_are_told_and_dropped(void **state)
{
	struct odd o = odd_new(EVP_EC_gen("P-256"));
	STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();
	struct cert_request r;

	odd_name(&o, "CN", MBSTRING_UTF8, "desk", -1, 0);
	odd_name(&o, "C", MBSTRING_UTF8, "NL", -1, 0);
	sk_X509_EXTENSION_push(list, X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "CA:TRUE"));
	sk_X509_EXTENSION_push(list, X509V3_EXT_conf_nid(NULL, NULL, NID_ext_key_usage, "serverAuth"));
	X509_REQ_add_extensions(o.request, list);
	X509_REQ_add1_attr_by_NID(o.request, NID_pkcs9_challengePassword, MBSTRING_ASC, (const unsigned char *)"x", 1);
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
	assert_int_equal(odd_parse(&r, &o), ERR_OK);
	assert_int_equal(r.wishes_count, 4);
	assert_string_equal(r.wishes[0], "subject C");
	assert_string_equal(r.wishes[1], "attribute challengePassword");
	assert_string_equal(r.wishes[2], "extension basicConstraints");
	assert_string_equal(r.wishes[3], "extension extendedKeyUsage");
	assert_string_equal(r.subject.common_name, "desk");
}

static void test_names_that_are_not_taken(void **state)
{
	struct cert_request r = {.wishes_count = 77};
	struct odd o;

	o = odd_new(EVP_EC_gen("P-256"));
	odd_name(&o, "CN", MBSTRING_UTF8, "one", -1, 0);
	odd_name(&o, "CN", MBSTRING_UTF8, "two", -1, 0);
	assert_int_equal(odd_parse(&r, &o), ERR_LINT);
	o = odd_new(EVP_EC_gen("P-256"));
	odd_name(&o, "CN", MBSTRING_UTF8, "one", -1, 0);
	odd_name(&o, "O", MBSTRING_UTF8, "in the same place", -1, -1);
	assert_int_equal(odd_parse(&r, &o), ERR_LINT);
	o = odd_new(EVP_EC_gen("P-256"));
	odd_name(&o, "emailAddress", MBSTRING_ASC, "a@b.example", -1, 0);
	assert_int_equal(odd_parse(&r, &o), ERR_LINT);
	o = odd_new(EVP_EC_gen("P-256"));
	odd_name(&o, "CN", V_ASN1_UTF8STRING, "nul\0inside", 10, 0);
	assert_int_equal(odd_parse(&r, &o), ERR_LINT);
	o = odd_new(EVP_EC_gen("P-256"));
	odd_name(&o, "CN", V_ASN1_UTF8STRING, "\x1b[2J", -1, 0);
	assert_int_equal(odd_parse(&r, &o), ERR_LINT);
	o = odd_new(EVP_EC_gen("P-256"));
	odd_name(&o, "CN", V_ASN1_UTF8STRING, "", 0, 0);
	assert_int_equal(odd_parse(&r, &o), ERR_LINT);
	o = odd_new(EVP_EC_gen("P-256"));
	odd_name(&o, "CN", V_ASN1_UTF8STRING, "12345678901234567890123456789012345678901234567890123456789012345", -1, 0);
	assert_int_equal(odd_parse(&r, &o), ERR_LINT);
	assert_int_equal(r.wishes_count, 77);
}

static void test_keys_that_are_not_taken(void **state)
{
	struct cert_request r;
	struct odd o;
	EVP_PKEY *key;

	o = odd_new(EVP_RSA_gen(2048));
	assert_int_equal(odd_parse(&r, &o), ERR_LINT);
	o = odd_new(EVP_EC_gen("P-384"));
	assert_int_equal(odd_parse(&r, &o), ERR_LINT);
	key = EVP_EC_gen("P-256");
	assert_int_equal(EVP_PKEY_set_utf8_string_param(key, "point-format", "compressed"), 1);
	o = odd_new(key);
	assert_int_equal(odd_parse(&r, &o), ERR_LINT);
}

/* Signed by somebody else: no proof that the sender holds the key. */
static void test_possession_is_proven(void **state)
{
	EVP_PKEY *other = EVP_EC_gen("P-256");
	struct odd o = odd_new(EVP_EC_gen("P-256"));
	EVP_PKEY *claimed = o.key;
	struct cert_request r;

	o.key = other;
	odd_name(&o, "CN", MBSTRING_UTF8, "desk", -1, 0);
	assert_int_equal(odd_parse(&r, &o), ERR_SIGNATURE);
	EVP_PKEY_free(claimed);
}

static void test_make_refuses(void **state)
{
	static const struct cert_name bad = {NULL, NULL, "a\x7f"};
	struct secret *key = NULL;
	struct buf out = BUF_INIT;

	assert_int_equal(x509_key_new(&key, CERT_KEY_P256), ERR_OK);
	assert_int_equal(x509_request_make(&out, &bad, key, NULL), ERR_RANGE);
	key->data[0] ^= 1;
	assert_int_equal(x509_request_make(&out, &(struct cert_name){0}, key, NULL), ERR_FORMAT);
	assert_int_equal(x509_key_new(&key, CERT_KEY_OTHER), ERR_RANGE);
	assert_int_equal(out.len, 0);
	secret_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_flipped_bit_and_cut_is_refused),
		cmocka_unit_test(test_another_encoding_is_refused),
		cmocka_unit_test(test_wishes_are_told_and_dropped),
		cmocka_unit_test(test_names_that_are_not_taken),
		cmocka_unit_test(test_keys_that_are_not_taken),
		cmocka_unit_test(test_possession_is_proven),
		cmocka_unit_test(test_make_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
