/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of certificates, and what every X.509 source needs. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>

#include "core/crypto/x509_parts.h"

#define SIGNATURE_DER_MAX 80u /* two integers of 33 bytes and their heads: 72 */
#define KEY_DER_MAX 512u /* PKCS#8 of a P-256 key takes 138 bytes */

enum err x509_fail(struct err_info *info, enum err e, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	if (reason)
		err_set(info, e, "%s (%s)", what, reason);
	else
		err_set(info, e, "%s", what);
	ERR_clear_error();
	return e;
}

enum cert_key_kind x509_pkey_kind(const EVP_PKEY *key)
{
	char group[64] = "";

	if (!key)
		return CERT_KEY_OTHER;
	if (EVP_PKEY_is_a(key, "ED25519"))
		return CERT_KEY_ED25519;
	if (EVP_PKEY_is_a(key, "EC") &&
	    EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group), NULL) == 1 &&
	    strcmp(group, "prime256v1") == 0)
		return CERT_KEY_P256;
	return CERT_KEY_OTHER;
}

const EVP_MD *x509_digest_for(const EVP_PKEY *key)
{
	return x509_pkey_kind(key) == CERT_KEY_ED25519 ? NULL : EVP_sha256();
}

/* ---- reading keys ----
 *
 * The two kinds have one encoding each here, so a key is found at its place.  OpenSSL 3.0's decoders try every format that any
 * provider has, a millisecond a key; they remain for what has another form.
 */
#define P256_SCALAR 32u
#define P256_POINT 65u

static EVP_PKEY *p256_make(const uint8_t *scalar, const uint8_t *point)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	uint8_t number[P256_SCALAR];
	char group[] = "prime256v1";
	OSSL_PARAM parameters[4];
	EVP_PKEY *key = NULL;
	size_t count = 0;

	parameters[count++] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	parameters[count++] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point, P256_POINT);
	if (scalar != NULL) {
		for (size_t i = 0; i < P256_SCALAR; i++) /* numbers of parameters are in this machine's order */
			number[i] = scalar[BYTE_ORDER == LITTLE_ENDIAN ? P256_SCALAR - 1 - i : i];
		parameters[count++] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, number, P256_SCALAR);
	}
	parameters[count] = OSSL_PARAM_construct_end();
	if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &key, scalar != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, parameters) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	OPENSSL_cleanse(number, sizeof(number));
	return key;
}

/* Whether bytes begin so; what follows is at its end. */
static bool begins(struct bytes x, const uint8_t *with, size_t len, size_t whole)
{
	return x.len == whole && bytes_equal(bytes_of(x.data, len), bytes_of(with, len));
}

/* PKCS#8 with ECPrivateKey and the point (RFC 5958, 5915), and with CurvePrivateKey (RFC 8410). */
static const uint8_t p256_private[] = {
	0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
	0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20,
};
static const uint8_t p256_between[] = {0xa1, 0x44, 0x03, 0x42, 0x00};
static const uint8_t ed25519_private[] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22,
					  0x04, 0x20};
#define P256_PRIVATE (sizeof(p256_private) + P256_SCALAR + sizeof(p256_between) + P256_POINT)
#define ED25519_KEY 32u

static EVP_PKEY *private_at_its_place(struct bytes der)
{
	const uint8_t *scalar = der.data + sizeof(p256_private), *between = scalar + P256_SCALAR;

	if (begins(der, ed25519_private, sizeof(ed25519_private), sizeof(ed25519_private) + ED25519_KEY))
		return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, der.data + sizeof(ed25519_private), ED25519_KEY);
	if (begins(der, p256_private, sizeof(p256_private), P256_PRIVATE) &&
	    bytes_equal(bytes_of(between, sizeof(p256_between)), bytes_of(p256_between, sizeof(p256_between))))
		return p256_make(scalar, between + sizeof(p256_between));
	return NULL;
}

static EVP_PKEY *private_decoded(const struct secret *key)
{
	const unsigned char *at = key->data;
	PKCS8_PRIV_KEY_INFO *info = NULL;
	EVP_PKEY *pkey = NULL;

	if (key->len <= KEY_DER_MAX)
		info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)key->len);
	if (info && at == key->data + key->len)
		pkey = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	if (x509_pkey_kind(pkey) == CERT_KEY_OTHER) {
		EVP_PKEY_free(pkey);
		return NULL;
	}
	return pkey;
}

EVP_PKEY *x509_pkey(const struct secret *key)
{
	EVP_PKEY *pkey = private_at_its_place(secret_bytes(key));

	return pkey != NULL ? pkey : private_decoded(key);
}

/* SubjectPublicKeyInfo (RFC 5480, 8410): a named curve and an uncompressed point only.  One encoding for each key, so that the
 * hash names the key.
 */
static const uint8_t p256_public[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
				      0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
static const uint8_t ed25519_public[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

EVP_PKEY *x509_pkey_of_spki(struct bytes spki)
{
	const uint8_t *point = spki.data + sizeof(p256_public);

	if (begins(spki, ed25519_public, sizeof(ed25519_public), X509_SPKI_ED25519))
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, spki.data + sizeof(ed25519_public), ED25519_KEY);
	if (begins(spki, p256_public, sizeof(p256_public), X509_SPKI_P256) && point[0] == POINT_CONVERSION_UNCOMPRESSED)
		return p256_make(NULL, point);
	return NULL;
}

static enum err pkcs8_of(struct secret **ret, const EVP_PKEY *pkey)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
	unsigned char *der = NULL;
	int len = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
	enum err e = len > 0 ? secret_copy(ret, bytes_of(der, (size_t)len)) : ERR_MEMORY;

	if (len > 0)
		OPENSSL_clear_free(der, (size_t)len);
	PKCS8_PRIV_KEY_INFO_free(info); /* wipes its key */
	ERR_clear_error();
	return e;
}

enum err x509_key_new(struct secret **ret, enum cert_key_kind kind)
{
	EVP_PKEY *pkey = NULL;
	enum err e;

	if (kind == CERT_KEY_P256)
		pkey = EVP_EC_gen("P-256");
	else if (kind == CERT_KEY_ED25519)
		pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	else
		return ERR_RANGE;
	e = pkey ? pkcs8_of(ret, pkey) : ERR_MEMORY;
	EVP_PKEY_free(pkey);
	return e;
}

enum err x509_key_of_seed(struct secret **ret, const struct secret *seed)
{
	EVP_PKEY *pkey;
	enum err e;

	ASSERT(seed->len == SIGN_SEED_SIZE);
	pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed->data, seed->len);
	e = pkey ? pkcs8_of(ret, pkey) : ERR_MEMORY;
	EVP_PKEY_free(pkey);
	return e;
}

enum err x509_append(struct buf *out, unsigned char *der, int len)
{
	if (len <= 0) {
		ERR_clear_error();
		return ERR_MEMORY;
	}
	buf_append(out, der, (size_t)len);
	OPENSSL_free(der);
	return buf_error(out);
}

enum err x509_key_spki(struct buf *out, const struct secret *key)
{
	EVP_PKEY *pkey = x509_pkey(key);
	unsigned char *der = NULL;
	int len;

	if (!pkey)
		return x509_fail(NULL, ERR_FORMAT, "");
	len = i2d_PUBKEY(pkey, &der);
	EVP_PKEY_free(pkey);
	return x509_append(out, der, len);
}

enum err x509_sign_digest(struct buf *out, const struct secret *key, const struct hash32 *digest)
{
	EVP_PKEY *pkey = x509_pkey(key);
	EVP_PKEY_CTX *context = x509_pkey_kind(pkey) == CERT_KEY_P256 ? EVP_PKEY_CTX_new(pkey, NULL) : NULL;
	uint8_t der[SIGNATURE_DER_MAX];
	size_t len = sizeof(der);
	bool made = context != NULL && EVP_PKEY_sign_init(context) == 1 &&
		    EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
		    EVP_PKEY_sign(context, der, &len, digest->b, sizeof(digest->b)) == 1;

	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(pkey);
	if (!made)
		return x509_fail(NULL, ERR_FORMAT, "");
	buf_append(out, der, len);
	return buf_error(out);
}

struct hash32 x509_spki_sha256(struct bytes spki)
{
	return hash_sha256(spki);
}

static bool encodes_to(X509 *x, struct bytes der)
{
	unsigned char *again = NULL;
	int len = i2d_X509(x, &again);
	bool same = len > 0 && bytes_equal(bytes_of(again, (size_t)len), der);

	OPENSSL_free(again);
	return same;
}

X509 *x509_cert_of_der(struct bytes der)
{
	const unsigned char *at = der.data;
	X509 *x = NULL;

	if (der.len == 0 || der.len > CERT_SIZE_MAX)
		return NULL;
	x = d2i_X509(NULL, &at, (long)der.len);
	/* The outer shell again must be the same bytes: certificates are named by their hash. */
	if (x && (at != der.data + der.len || !encodes_to(x, der))) {
		X509_free(x);
		return NULL;
	}
	return x;
}

ASN1_TIME *x509_time(struct time_ms t)
{
	int64_t seconds = t.v / MS_PER_SECOND - (t.v % MS_PER_SECOND < 0);

	return ASN1_TIME_set(NULL, (time_t)seconds); /* UTCTime through 2049, then GeneralizedTime: RFC 5280 4.1.2.5 */
}

bool x509_time_read(struct time_ms *ret, const ASN1_TIME *from)
{
	struct tm tm;

	if (!from || ASN1_TIME_to_tm(from, &tm) != 1)
		return false;
	ret->v = (int64_t)timegm(&tm) * MS_PER_SECOND;
	return true;
}

ASN1_INTEGER *x509_serial(const uint8_t serial[CERT_SERIAL_SIZE])
{
	BIGNUM *n = NULL;
	ASN1_INTEGER *result = NULL;

	if ((serial[0] & 0x80) || bytes_is_zero(bytes_of(serial, CERT_SERIAL_SIZE)))
		return NULL;
	n = BN_bin2bn(serial, CERT_SERIAL_SIZE, NULL);
	if (n)
		result = BN_to_ASN1_INTEGER(n, NULL);
	BN_free(n);
	return result;
}

void x509_serial_read(uint8_t ret[CERT_SERIAL_SIZE], size_t *ret_len, bool *ret_negative, const ASN1_INTEGER *from)
{
	const uint8_t *data = ASN1_STRING_get0_data(from);
	size_t len = (size_t)ASN1_STRING_length(from), kept = len < CERT_SERIAL_SIZE ? len : CERT_SERIAL_SIZE;

	memset(ret, 0, CERT_SERIAL_SIZE);
	if (kept > 0)
		memcpy(ret + CERT_SERIAL_SIZE - kept, data + len - kept, kept);
	*ret_negative = ASN1_STRING_type(from) == V_ASN1_NEG_INTEGER;
	*ret_len = len + (len > 0 && (data[0] & 0x80) && !*ret_negative);
}

/* ---- RFC 7468 ---- */

enum err x509_pem_write(struct buf *out, const char *label, struct bytes der)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long len;

	if (!bio || der.len > CERT_CRL_SIZE_MAX || PEM_write_bio(bio, label, "", der.data, (long)der.len) <= 0) {
		BIO_free(bio);
		return x509_fail(NULL, der.len > CERT_CRL_SIZE_MAX ? ERR_TOO_LARGE : ERR_MEMORY, "");
	}
	len = BIO_get_mem_data(bio, &text);
	buf_append(out, text, (size_t)len);
	BIO_free(bio);
	return buf_error(out);
}

static bool only_space(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!memchr(" \t\r\n", text.data[i], 4))
			return false;
	}
	return true;
}

enum err x509_pem_read(struct buf *out, const char *label, struct bytes text)
{
	char begin[64], *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	long len = 0;
	BIO *bio;
	bool good;

	snprintf(begin, sizeof(begin), "-----BEGIN %s-----", label);
	while (text.len > 0 && only_space(bytes_of(text.data, 1)))
		text = bytes_of(text.data + 1, text.len - 1);
	if (text.len > 2 * (size_t)CERT_CRL_SIZE_MAX)
		return ERR_TOO_LARGE;
	if (text.len < strlen(begin) || !bytes_equal(bytes_of(text.data, strlen(begin)), bytes_str(begin)))
		return ERR_FORMAT;
	bio = BIO_new_mem_buf(text.data, (int)text.len);
	good = bio && PEM_read_bio(bio, &name, &header, &der, &len) == 1 && strcmp(name, label) == 0 && !*header &&
	       len > 0 && only_space(bytes_of(text.data + text.len - BIO_pending(bio), (size_t)BIO_pending(bio)));
	if (good)
		buf_append(out, der, (size_t)len);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	BIO_free(bio);
	ERR_clear_error();
	return good ? buf_error(out) : ERR_FORMAT;
}
