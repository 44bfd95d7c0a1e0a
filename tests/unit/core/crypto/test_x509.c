/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/x509.h"

#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "crypto_help.h"
#include "program.h"

#define NOW ((struct time_ms){1800000000000})
#define DAYS(n) ((n) * MS_PER_DAY)

static struct time_ms after(int64_t ms)
{
	return (struct time_ms){NOW.v + ms};
}

/* A network's certificates: root, issuing CA, one leaf, and both lists. */
struct world {
	struct secret *root_key, *ca_key, *leaf_key;
	struct buf root, ca, leaf, root_crl, ca_crl;
};

static void spki_of(struct buf *out, const struct secret *key)
{
	assert_int_equal(x509_key_spki(out, key), ERR_OK);
}

static void issue(struct buf *out, struct cert_fields *f, uint8_t number, const struct buf *issuer,
		  const struct secret *issuer_key, const struct secret *subject_key)
{
	struct err_info info = {0};
	struct buf spki = BUF_INIT;

	spki_of(&spki, subject_key);
	f->spki = buf_bytes(&spki);
	f->serial[0] = 0x7f;
	f->serial[19] = number;
	f->not_before = after(-MS_PER_SECOND);
	if (x509_issue(out, f, issuer ? buf_bytes(issuer) : bytes_of(NULL, 0), issuer_key, &info) != ERR_OK)
		fail_msg("%s", info.detail);
	buf_release(&spki);
}

static void make_world(struct world *w, enum cert_key_kind kind)
{
	static const struct cert_alt permitted[] = {{CERT_ALT_DNS, "clinic.example"}, {CERT_ALT_EMAIL, "clinic.example"},
						    {CERT_ALT_URI, ".clinic.example"},
						    {CERT_ALT_IP, "192.0.2.0/255.255.255.0"}};
	static const struct cert_alt excluded[] = {{CERT_ALT_DNS, "bad.clinic.example"}};
	static const struct cert_alt names[] = {{CERT_ALT_DNS, "peer.clinic.example"}, {CERT_ALT_IP, "192.0.2.7"},
						{CERT_ALT_URI, "https://peer.clinic.example/x"},
						{CERT_ALT_EMAIL, "desk@clinic.example"}};
	static const char *const eku[] = {CERT_EKU_SERVER, CERT_EKU_CLIENT};
	static const char *const policy[] = {"1.3.6.1.4.1.55555.1.2"};
	struct cert_fields root = {.subject = {"Example Health", NULL, "Root 1"}, .ca = true,
				   .path_len = CERT_NO_PATH_LEN, .key_usage = CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN,
				   .not_after = after(DAYS(7300))};
	struct cert_fields ca = root, leaf;

	*w = (struct world){0};
	assert_int_equal(x509_key_new(&w->root_key, kind), ERR_OK);
	assert_int_equal(x509_key_new(&w->ca_key, kind), ERR_OK);
	assert_int_equal(x509_key_new(&w->leaf_key, CERT_KEY_ED25519), ERR_OK);
	issue(&w->root, &root, 1, NULL, w->root_key, w->root_key);
	ca.subject.common_name = "Issuing 1";
	ca.path_len = 0;
	ca.not_after = after(DAYS(3650));
	ca.permitted = permitted, ca.permitted_count = 4;
	ca.excluded = excluded, ca.excluded_count = 1;
	issue(&w->ca, &ca, 2, &w->root, w->root_key, w->ca_key);
	leaf = (struct cert_fields){.subject = {"Example Health", "Ward 4", "peer one"}, .path_len = CERT_NO_PATH_LEN,
				    .key_usage = CERT_USE_SIGN, .eku = eku, .eku_count = 2, .alt = names, .alt_count = 4,
				    .policies = policy, .policies_count = 1, .not_after = after(DAYS(365)),
				    .crl_uri = "http://peer.clinic.example/crl"};
	issue(&w->leaf, &leaf, 3, &w->ca, w->ca_key, w->leaf_key);
}

static void make_crls(struct world *w, const struct cert_revoked *revoked, size_t count)
{
	buf_clear(&w->root_crl), buf_clear(&w->ca_crl);
	assert_int_equal(x509_crl_make(&w->root_crl, buf_bytes(&w->root), w->root_key, 7, after(0), after(DAYS(90)),
				       NULL, 0, NULL), ERR_OK);
	assert_int_equal(x509_crl_make(&w->ca_crl, buf_bytes(&w->ca), w->ca_key, 416, after(0), after(DAYS(1)),
				       revoked, count, NULL), ERR_OK);
}

static void free_world(struct world *w)
{
	secret_free(w->root_key), secret_free(w->ca_key), secret_free(w->leaf_key);
	buf_release(&w->root), buf_release(&w->ca), buf_release(&w->leaf);
	buf_release(&w->root_crl), buf_release(&w->ca_crl);
}

static enum err check(const struct world *w, struct bytes leaf, struct time_ms at, unsigned flags)
{
	struct bytes between[] = {buf_bytes(&w->ca)}, crls[] = {buf_bytes(&w->ca_crl), buf_bytes(&w->root_crl)};
	struct cert_chain chain = {buf_bytes(&w->root), between, 1, crls, flags ? 2 : 0, flags};

	return x509_verify(leaf, &chain, at, NULL, NULL);
}

static struct cert_revoked the_leaf(void)
{
	struct cert_revoked r = {.revoked_at = NOW, .reason = CERT_REASON_KEY_COMPROMISE, .has_invalid_since = true,
				 .invalid_since = {NOW.v - DAYS(3)}};

	r.serial[0] = 0x7f, r.serial[19] = 3;
	return r;
}

static void test_chain(void **state)
{
	for (int kind = CERT_KEY_P256; kind <= CERT_KEY_ED25519; kind++) {
		struct world w;
		struct cert_revoked gone = the_leaf();

		make_world(&w, (enum cert_key_kind)kind);
		make_crls(&w, NULL, 0);
		assert_int_equal(check(&w, buf_bytes(&w.leaf), NOW, 0), ERR_OK);
		assert_int_equal(check(&w, buf_bytes(&w.leaf), NOW, CERT_CHECK_ALL_CRLS), ERR_OK);
		assert_int_equal(check(&w, buf_bytes(&w.leaf), after(DAYS(2)), CERT_CHECK_LEAF_CRL), ERR_EXPIRED);
		assert_int_equal(check(&w, buf_bytes(&w.leaf), after(DAYS(400)), 0), ERR_EXPIRED);
		assert_int_equal(check(&w, buf_bytes(&w.leaf), after(-DAYS(1)), 0), ERR_CERTIFICATE);
		make_crls(&w, &gone, 1);
		assert_int_equal(check(&w, buf_bytes(&w.leaf), NOW, CERT_CHECK_ALL_CRLS), ERR_REVOKED);
		assert_int_equal(check(&w, buf_bytes(&w.leaf), NOW, 0), ERR_OK);
		free_world(&w);
	}
}

static void test_chain_refuses(void **state)
{
	static const struct cert_alt outside[] = {{CERT_ALT_DNS, "peer.elsewhere.example"}};
	static const struct cert_alt excluded[] = {{CERT_ALT_DNS, "x.bad.clinic.example"}};
	struct cert_fields f = {.subject = {NULL, NULL, "x"}, .path_len = CERT_NO_PATH_LEN, .key_usage = CERT_USE_SIGN,
				.not_after = after(DAYS(9))};
	struct world w, other;
	struct buf leaf = BUF_INIT;
	struct cert_chain chain;

	make_world(&w, CERT_KEY_P256);
	make_world(&other, CERT_KEY_P256);
	chain = (struct cert_chain){.root = buf_bytes(&w.root)};
	/* Another root of the same name; no issuing certificate; a list that is missing. */
	assert_int_equal(check(&w, buf_bytes(&other.leaf), NOW, 0), ERR_CERTIFICATE);
	assert_int_equal(x509_verify(buf_bytes(&w.leaf), &chain, NOW, NULL, NULL), ERR_CERTIFICATE);
	chain.between = (struct bytes[]){buf_bytes(&w.ca)}, chain.between_count = 1;
	assert_int_equal(x509_verify(buf_bytes(&w.leaf), &chain, NOW, CERT_EKU_SERVER, NULL), ERR_OK);
	assert_int_equal(x509_verify(buf_bytes(&w.leaf), &chain, NOW, CERT_EKU_OCSP, NULL), ERR_CERTIFICATE);
	chain.flags = CERT_CHECK_LEAF_CRL;
	assert_int_equal(x509_verify(buf_bytes(&w.leaf), &chain, NOW, NULL, NULL), ERR_CERTIFICATE);
	/* Names outside the constraints. */
	f.alt = outside, f.alt_count = 1;
	issue(&leaf, &f, 9, &w.ca, w.ca_key, w.leaf_key);
	assert_int_equal(check(&w, buf_bytes(&leaf), NOW, 0), ERR_CERTIFICATE);
	buf_clear(&leaf);
	f.alt = excluded;
	issue(&leaf, &f, 10, &w.ca, w.ca_key, w.leaf_key);
	assert_int_equal(check(&w, buf_bytes(&leaf), NOW, 0), ERR_CERTIFICATE);
	/* A leaf that signs, and one flipped bit in the signature. */
	buf_clear(&leaf);
	f.alt_count = 0;
	issue(&leaf, &f, 11, &w.leaf, w.leaf_key, w.ca_key);
	chain.between = (struct bytes[]){buf_bytes(&w.ca), buf_bytes(&w.leaf)}, chain.between_count = 2, chain.flags = 0;
	assert_int_equal(x509_verify(buf_bytes(&leaf), &chain, NOW, NULL, NULL), ERR_CERTIFICATE);
	w.leaf.data[w.leaf.len - 1] ^= 1;
	assert_int_not_equal(check(&w, buf_bytes(&w.leaf), NOW, 0), ERR_OK);
	buf_release(&leaf);
	free_world(&w);
	free_world(&other);
}

static void test_the_issuing_certificate_can_be_revoked(void **state)
{
	struct cert_revoked ca = the_leaf();
	struct world w;

	make_world(&w, CERT_KEY_P256);
	make_crls(&w, NULL, 0);
	ca.serial[19] = 2;
	buf_clear(&w.root_crl);
	assert_int_equal(x509_crl_make(&w.root_crl, buf_bytes(&w.root), w.root_key, 8, NOW, after(DAYS(9)), &ca, 1,
				       NULL), ERR_OK);
	assert_int_equal(check(&w, buf_bytes(&w.leaf), NOW, CERT_CHECK_LEAF_CRL), ERR_OK);
	assert_int_equal(check(&w, buf_bytes(&w.leaf), NOW, CERT_CHECK_ALL_CRLS), ERR_REVOKED);
	free_world(&w);
}

/* What OpenSSL lets pass unless it is told to be strict: a CA without key usage. */
static void test_verification_is_strict(void **state)
{
	struct cert_fields root = {.subject = {NULL, NULL, "Root"}, .ca = true, .path_len = CERT_NO_PATH_LEN,
				   .not_after = after(DAYS(9))};
	struct cert_fields leaf = {.subject = {NULL, NULL, "x"}, .path_len = CERT_NO_PATH_LEN,
				   .not_after = after(DAYS(9))};
	struct secret *key = NULL;
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct cert_chain chain;

	assert_int_equal(x509_key_new(&key, CERT_KEY_P256), ERR_OK);
	issue(&a, &root, 1, NULL, key, key);
	issue(&b, &leaf, 2, &a, key, key);
	chain = (struct cert_chain){.root = buf_bytes(&a)};
	assert_int_equal(x509_verify(buf_bytes(&b), &chain, NOW, NULL, NULL), ERR_CERTIFICATE);
	secret_free(key);
	buf_release(&a), buf_release(&b);
}

/* A leaf with an RSA key of 1024 bits, signed by the right issuer. */
static void test_weak_keys_are_refused(void **state)
{
	struct world w;
	const unsigned char *at;
	unsigned char *der = NULL;
	EVP_PKEY *weak, *signer;
	X509 *x;
	int len;

	make_world(&w, CERT_KEY_P256);
	weak = EVP_RSA_gen(1024);
	at = w.ca_key->data;
	signer = d2i_AutoPrivateKey(NULL, &at, (long)w.ca_key->len);
	at = w.leaf.data;
	x = d2i_X509(NULL, &at, (long)w.leaf.len);
	assert_true(weak && signer && x);
	assert_int_equal(X509_set_pubkey(x, weak), 1);
	assert_true(X509_sign(x, signer, EVP_sha256()) > 0);
	len = i2d_X509(x, &der);
	assert_int_equal(check(&w, bytes_of(der, (size_t)len), NOW, 0), ERR_CERTIFICATE);
	OPENSSL_free(der);
	X509_free(x);
	EVP_PKEY_free(weak), EVP_PKEY_free(signer);
	free_world(&w);
}

static void test_summary(void **state)
{
	struct cert_summary *s = calloc(1, sizeof(*s));
	struct buf spki = BUF_INIT, of_cert = BUF_INIT;
	struct world w;

	make_world(&w, CERT_KEY_P256);
	assert_int_equal(x509_parse(s, buf_bytes(&w.leaf), NULL), ERR_OK);
	assert_int_equal(s->version, 3);
	assert_int_equal(s->serial_len, 20);
	assert_int_equal(s->serial[19], 3);
	assert_string_equal(s->subject.common_name, "peer one");
	assert_string_equal(s->subject.unit, "Ward 4");
	assert_string_equal(s->issuer.common_name, "Issuing 1");
	assert_true(s->not_before.v == NOW.v - MS_PER_SECOND && s->not_after.v == after(DAYS(365)).v);
	assert_int_equal(s->kind, CERT_KEY_ED25519);
	assert_string_equal(s->signature_algorithm, "ECDSA-SHA256");
	assert_true(s->basic_present && s->basic_critical && !s->ca && s->path_len == CERT_NO_PATH_LEN);
	assert_true(s->usage_present && s->usage_critical && s->key_usage == CERT_USE_SIGN);
	assert_true(s->eku_present && !s->eku_critical && s->eku_count == 2);
	assert_string_equal(s->eku[0], CERT_EKU_SERVER);
	assert_true(s->ski_len == 20 && s->aki_len == 20 && !s->aki_issuer && !s->aki_serial);
	assert_true(s->alt_present && !s->alt_critical && s->alt_count == 4);
	assert_int_equal(s->alt[1].kind, CERT_ALT_IP);
	assert_string_equal(s->alt[0].text, "peer.clinic.example");
	assert_string_equal(s->alt[1].text, "192.0.2.7");
	assert_int_equal(s->policies_count, 1);
	assert_string_equal(s->policies[0], "1.3.6.1.4.1.55555.1.2");
	assert_false(s->constraints_present);
	assert_true(s->other_count == 1 && !s->other_critical[0]);
	assert_string_equal(s->other[0], "2.5.29.31");
	spki_of(&spki, w.leaf_key);
	assert_int_equal(x509_spki(&of_cert, buf_bytes(&w.leaf)), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&spki), buf_bytes(&of_cert)));
	assert_memory_equal(s->ed25519.b, spki.data + 12, 32);
	struct hash32 issuer = s->issuer_sha256, ski;
	memcpy(ski.b, s->aki, 20);
	assert_int_equal(x509_parse(s, buf_bytes(&w.ca), NULL), ERR_OK);
	assert_true(ID_EQUAL(issuer, s->subject_sha256));
	assert_memory_equal(ski.b, s->ski, 20);
	assert_true(s->ca && s->path_len == 0 && s->key_usage == (CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN));
	assert_true(s->constraints_present && s->constraints_critical && s->permitted_count == 4);
	assert_string_equal(s->permitted[3].text, "192.0.2.0/255.255.255.0");
	assert_string_equal(s->excluded[0].text, "bad.clinic.example");
	buf_release(&spki), buf_release(&of_cert);
	free(s);
	free_world(&w);
}

static void test_issue_refuses(void **state)
{
	static const char long_name[] = "sixty-five characters are one more than the standard lets a name.";
	static const struct cert_alt bad_ip[] = {{CERT_ALT_IP, "300.1.1.1"}}, spaced[] = {{CERT_ALT_DNS, "a b"}};
	static const char *const bad_oid[] = {"not an oid"};
	struct cert_fields good = {.serial = {1}, .subject = {NULL, NULL, "x"}, .not_before = NOW,
				   .not_after = after(1000), .path_len = CERT_NO_PATH_LEN}, f;
	struct cert_summary *s = calloc(1, sizeof(*s));
	struct buf spki = BUF_INIT, out = BUF_INIT, ber = BUF_INIT;
	struct secret *key = NULL, *other = NULL;
	struct world w;

	make_world(&w, CERT_KEY_P256);
	assert_int_equal(x509_key_new(&key, CERT_KEY_P256), ERR_OK);
	assert_int_equal(x509_key_new(&other, CERT_KEY_P256), ERR_OK);
	spki_of(&spki, key);
	good.spki = buf_bytes(&spki);
#define REFUSED(want, ...)                                                                                             \
	do {                                                                                                           \
		f = good;                                                                                              \
		__VA_ARGS__;                                                                                           \
		assert_int_equal(x509_issue(&out, &f, bytes_of(NULL, 0), key, NULL), want);                            \
	} while (0)
	REFUSED(ERR_RANGE, f.serial[0] = 0);
	REFUSED(ERR_RANGE, f.serial[0] = 0x80);
	REFUSED(ERR_RANGE, f.not_after = NOW);
	REFUSED(ERR_RANGE, f.path_len = 0);
	REFUSED(ERR_RANGE, f.key_usage = 1u << 7);
	REFUSED(ERR_RANGE, f.subject.common_name = long_name);
	REFUSED(ERR_RANGE, f.subject.common_name = "");
	REFUSED(ERR_RANGE, f.subject.common_name = "a\nb");
	REFUSED(ERR_RANGE, f.subject.common_name = "\xff");
	REFUSED(ERR_RANGE, f.alt = bad_ip; f.alt_count = 1);
	REFUSED(ERR_RANGE, f.alt = spaced; f.alt_count = 1);
	REFUSED(ERR_RANGE, f.eku = bad_oid; f.eku_count = 1);
	REFUSED(ERR_RANGE, f.policies = bad_oid; f.policies_count = 1);
	REFUSED(ERR_FORMAT, f.spki.len--);
	assert_int_equal(x509_issue(&out, &good, bytes_of(NULL, 0), other, NULL), ERR_CERTIFICATE);
	assert_int_equal(x509_issue(&out, &good, buf_bytes(&w.ca), key, NULL), ERR_CERTIFICATE);
	assert_int_equal(x509_issue(&out, &good, bytes_of(w.ca.data, w.ca.len - 1), w.ca_key, NULL), ERR_FORMAT);
	buf_append_byte(&w.ca, 0);
	assert_int_equal(x509_issue(&out, &good, buf_bytes(&w.ca), w.ca_key, NULL), ERR_FORMAT);
	assert_int_equal(out.len, 0);
	assert_int_equal(x509_issue(&out, &good, bytes_of(NULL, 0), key, NULL), ERR_OK);
	/* A length written longer than it need be. */
	buf_append(&ber, "\x30\x83\x00", 3);
	buf_append(&ber, out.data + 2, out.len - 2);
	assert_true(out.data[1] == 0x82);
	assert_int_equal(x509_parse(s, buf_bytes(&ber), NULL), ERR_FORMAT);
	buf_release(&ber);
	free(s);
	secret_free(key), secret_free(other);
	buf_release(&spki), buf_release(&out);
	free_world(&w);
}

static void test_an_empty_subject_makes_the_alternative_name_critical(void **state)
{
	static const struct cert_alt names[] = {{CERT_ALT_URI, "urn:uuid:1"}, {CERT_ALT_DIRECTORY, "Org"}};
	struct cert_fields f = {.path_len = CERT_NO_PATH_LEN, .alt = names, .alt_count = 2, .not_after = after(DAYS(1))};
	struct cert_summary *s = calloc(1, sizeof(*s));
	struct buf out = BUF_INIT;
	struct secret *key = NULL;

	assert_int_equal(x509_key_new(&key, CERT_KEY_ED25519), ERR_OK);
	issue(&out, &f, 1, NULL, key, key);
	assert_int_equal(x509_parse(s, buf_bytes(&out), NULL), ERR_OK);
	assert_true(s->subject_empty && s->alt_critical);
	assert_int_equal(s->alt[1].kind, CERT_ALT_DIRECTORY);
	assert_string_equal(s->alt[1].text, "Org");
	assert_string_equal(s->signature_algorithm, "Ed25519");
	free(s);
	secret_free(key);
	buf_release(&out);
}

static void test_crl(void **state)
{
	struct cert_revoked list[3] = {the_leaf(), the_leaf(), the_leaf()};
	struct cert_crl crl;
	const struct cert_revoked *found;
	struct world w;

	list[1].serial[19] = 4, list[1].reason = CERT_REASON_UNSPECIFIED, list[1].has_invalid_since = false;
	list[2].serial[19] = 5, list[2].reason = CERT_REASON_HOLD;
	make_world(&w, CERT_KEY_P256);
	make_crls(&w, list, 3);
	assert_int_equal(x509_crl_parse(&crl, buf_bytes(&w.ca_crl), buf_bytes(&w.ca), NULL), ERR_OK);
	assert_int_equal(crl.number, 416);
	assert_int_equal(crl.revoked_count, 3);
	assert_true(crl.this_update.v == NOW.v && crl.next_update.v == after(DAYS(1)).v && crl.aki_len == 20);
	found = x509_crl_find(&crl, list[0].serial);
	assert_non_null(found);
	assert_true(found->reason == CERT_REASON_KEY_COMPROMISE && found->revoked_at.v == NOW.v &&
		    found->has_invalid_since && found->invalid_since.v == NOW.v - DAYS(3));
	found = x509_crl_find(&crl, list[1].serial);
	assert_true(found->reason == CERT_REASON_UNSPECIFIED && !found->has_invalid_since);
	list[0].serial[19] = 99;
	assert_null(x509_crl_find(&crl, list[0].serial));
	x509_crl_release(&crl);
	/* Another issuer's list; a changed one; cut; trailing bytes; a reason that only delta lists know. */
	assert_int_equal(x509_crl_parse(&crl, buf_bytes(&w.root_crl), buf_bytes(&w.ca), NULL), ERR_SIGNATURE);
	w.ca_crl.data[w.ca_crl.len - 1] ^= 1;
	assert_int_equal(x509_crl_parse(&crl, buf_bytes(&w.ca_crl), buf_bytes(&w.ca), NULL), ERR_SIGNATURE);
	assert_int_equal(x509_crl_parse(&crl, bytes_of(w.ca_crl.data, w.ca_crl.len - 1), buf_bytes(&w.ca), NULL),
			 ERR_FORMAT);
	buf_append_byte(&w.ca_crl, 0);
	assert_int_equal(x509_crl_parse(&crl, buf_bytes(&w.ca_crl), buf_bytes(&w.ca), NULL), ERR_FORMAT);
	list[0].reason = (enum cert_reason)8;
	buf_clear(&w.ca_crl);
	assert_int_equal(x509_crl_make(&w.ca_crl, buf_bytes(&w.ca), w.ca_key, 1, NOW, after(9000), list, 1, NULL),
			 ERR_RANGE);
	assert_int_equal(x509_crl_make(&w.ca_crl, buf_bytes(&w.ca), w.ca_key, 1, NOW, NOW, NULL, 0, NULL), ERR_RANGE);
	assert_int_equal(x509_crl_make(&w.ca_crl, buf_bytes(&w.ca), w.root_key, 1, NOW, after(9000), NULL, 0, NULL),
			 ERR_CERTIFICATE);
	assert_int_equal(w.ca_crl.len, 0);
	free_world(&w);
}

/* A list of only some entries says so in a critical extension. */
static void test_a_partial_crl_is_refused(void **state)
{
	struct world w;
	struct cert_crl crl;
	const unsigned char *at;
	unsigned char *der = NULL;
	ISSUING_DIST_POINT *part = ISSUING_DIST_POINT_new();
	EVP_PKEY *signer;
	X509_CRL *list;
	int len;

	make_world(&w, CERT_KEY_P256);
	make_crls(&w, NULL, 0);
	at = w.ca_key->data;
	signer = d2i_AutoPrivateKey(NULL, &at, (long)w.ca_key->len);
	at = w.ca_crl.data;
	list = d2i_X509_CRL(NULL, &at, (long)w.ca_crl.len);
	part->onlyuser = 0xff;
	assert_int_equal(X509_CRL_add1_ext_i2d(list, NID_issuing_distribution_point, part, 1, 0), 1);
	assert_true(X509_CRL_sign(list, signer, EVP_sha256()) > 0);
	len = i2d_X509_CRL(list, &der);
	assert_int_equal(x509_crl_parse(&crl, bytes_of(der, (size_t)len), buf_bytes(&w.ca), NULL), ERR_FORMAT);
	OPENSSL_free(der);
	ISSUING_DIST_POINT_free(part);
	X509_CRL_free(list);
	EVP_PKEY_free(signer);
	free_world(&w);
}

static void test_tls_self_signed(void **state)
{
	static const struct cert_alt names[] = {{CERT_ALT_DNS, "localhost"}, {CERT_ALT_IP, "127.0.0.1"}};
	struct cert_summary *s = calloc(1, sizeof(*s));

	for (int kind = CERT_KEY_P256; kind <= CERT_KEY_ED25519; kind++) {
		struct secret *key = NULL;
		struct buf out = BUF_INIT;
		struct cert_chain chain;

		assert_int_equal(x509_key_new(&key, (enum cert_key_kind)kind), ERR_OK);
		assert_int_equal(x509_tls_self_signed(&out, key, "peer", names, 2, NOW, after(DAYS(3650)), NULL), ERR_OK);
		assert_int_equal(x509_parse(s, buf_bytes(&out), NULL), ERR_OK);
		assert_int_equal(s->alt_count, 2);
		assert_int_equal(s->eku_count, 2);
		chain = (struct cert_chain){.root = buf_bytes(&out)};
		assert_int_equal(x509_verify(buf_bytes(&out), &chain, after(1000), CERT_EKU_SERVER, NULL), ERR_OK);
		secret_free(key);
		buf_release(&out);
	}
	free(s);
}

static void test_key_of_seed(void **state)
{
	struct secret *seed = NULL, *key = NULL;
	struct sign_public want;
	struct buf spki = BUF_INIT;

	assert_int_equal(secret_copy(&seed, bytes_of("an Ed25519 seed has 32 bytes....", 32)), ERR_OK);
	assert_int_equal(x509_key_of_seed(&key, seed), ERR_OK);
	sign_public_of_seed(&want, seed);
	spki_of(&spki, key);
	assert_int_equal(spki.len, 44);
	assert_memory_equal(spki.data + 12, want.b, 32);
	assert_int_equal(x509_key_spki(&spki, seed), ERR_FORMAT);
	secret_free(seed), secret_free(key);
	buf_release(&spki);
}

static void test_pem(void **state)
{
	struct buf pem = BUF_INIT, der = BUF_INIT;
	struct world w;

	make_world(&w, CERT_KEY_P256);
	assert_int_equal(x509_pem_write(&pem, CERT_PEM_CERTIFICATE, buf_bytes(&w.leaf)), ERR_OK);
	assert_int_equal(x509_pem_read(&der, CERT_PEM_CERTIFICATE, buf_bytes(&pem)), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&der), buf_bytes(&w.leaf)));
	assert_int_equal(x509_pem_read(&der, CERT_PEM_REQUEST, buf_bytes(&pem)), ERR_FORMAT);
	buf_append_text(&pem, " \n");
	assert_int_equal(x509_pem_read(&der, CERT_PEM_CERTIFICATE, buf_bytes(&pem)), ERR_OK);
	buf_append_text(&pem, "x");
	assert_int_equal(x509_pem_read(&der, CERT_PEM_CERTIFICATE, buf_bytes(&pem)), ERR_FORMAT);
	assert_int_equal(x509_pem_read(&der, CERT_PEM_CERTIFICATE, bytes_of(pem.data, pem.len / 2)), ERR_FORMAT);
	assert_int_equal(x509_pem_read(&der, CERT_PEM_CERTIFICATE, bytes_of(NULL, 0)), ERR_FORMAT);
	assert_int_equal(der.len, 2 * w.leaf.len);
	buf_release(&pem), buf_release(&der);
	free_world(&w);
}

/* ---- against the openssl program ---- */

static void save(const char *folder, const char *name, const char *label, const struct buf *der)
{
	struct buf pem = BUF_INIT;
	char path[256];
	FILE *f;

	assert_int_equal(x509_pem_write(&pem, label, buf_bytes(der)), ERR_OK);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(pem.data, 1, pem.len, f), pem.len);
	fclose(f);
	buf_release(&pem);
}

static void test_the_openssl_program_agrees(void **state)
{
	char folder[] = "/tmp/medlock-x509-XXXXXX", at[32];
	char *verify[] = {"openssl", "verify", "-x509_strict", "-auth_level", "2", "-attime", at, "-crl_check_all",
			  "-CAfile", "root", "-untrusted", "ca", "-CRLfile", "crl", "-CRLfile", "root_crl", "leaf", NULL};
	char *clean[] = {"rm", "-f", "root", "ca", "leaf", "crl", "root_crl", NULL};
	struct cert_revoked gone = the_leaf();

	assert_non_null(mkdtemp(folder));
	snprintf(at, sizeof(at), "%lld", (long long)(NOW.v / 1000));
	for (int kind = CERT_KEY_P256; kind <= CERT_KEY_ED25519; kind++) {
		struct world w;

		make_world(&w, (enum cert_key_kind)kind);
		make_crls(&w, NULL, 0);
		save(folder, "root", CERT_PEM_CERTIFICATE, &w.root);
		save(folder, "ca", CERT_PEM_CERTIFICATE, &w.ca);
		save(folder, "leaf", CERT_PEM_CERTIFICATE, &w.leaf);
		save(folder, "crl", CERT_PEM_CRL, &w.ca_crl);
		save(folder, "root_crl", CERT_PEM_CRL, &w.root_crl);
		assert_int_equal(program_run_in(folder, verify), 0);
		make_crls(&w, &gone, 1);
		save(folder, "crl", CERT_PEM_CRL, &w.ca_crl);
		assert_int_not_equal(program_run_in(folder, verify), 0);
		free_world(&w);
	}
	program_run_in(folder, clean);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_chain_refuses),
		cmocka_unit_test(test_the_issuing_certificate_can_be_revoked),
		cmocka_unit_test(test_verification_is_strict),
		cmocka_unit_test(test_weak_keys_are_refused),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_issue_refuses),
		cmocka_unit_test(test_an_empty_subject_makes_the_alternative_name_critical),
		cmocka_unit_test(test_crl),
		cmocka_unit_test(test_a_partial_crl_is_refused),
		cmocka_unit_test(test_tls_self_signed),
		cmocka_unit_test(test_key_of_seed),
		cmocka_unit_test(test_pem),
		cmocka_unit_test(test_the_openssl_program_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
