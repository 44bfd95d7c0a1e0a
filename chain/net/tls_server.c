/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/net/tls_server.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#define CERTIFICATE_DAYS 3650
#define CERTIFICATE_NAME "medlock peer"

enum err tls_key_new(struct buf *out, struct err_info *info)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	PKCS8_PRIV_KEY_INFO *p8 = key == NULL ? NULL : EVP_PKEY2PKCS8(key);
	unsigned char *der = NULL;
	int len = p8 == NULL ? -1 : i2d_PKCS8_PRIV_KEY_INFO(p8, &der);

	if (len > 0)
		buf_append(out, der, (size_t)len);
	if (der != NULL)
		OPENSSL_clear_free(der, (size_t)len);
	PKCS8_PRIV_KEY_INFO_free(p8);
	EVP_PKEY_free(key);
	if (len <= 0)
		return err_set(info, ERR_INTERNAL, "no TLS key could be made");
	return buf_error(out);
}

static enum err key_parse(EVP_PKEY **ret, struct bytes key, struct err_info *info)
{
	const unsigned char *p = key.data;
	EVP_PKEY *parsed;

	if (key.len == 0 || key.len > TLS_KEY_MAX)
		return err_set(info, ERR_FORMAT, "the TLS key has a wrong size");
	parsed = d2i_AutoPrivateKey(NULL, &p, (long)key.len);
	if (parsed == NULL || p != key.data + key.len) {
		EVP_PKEY_free(parsed);
		return err_set(info, ERR_FORMAT, "the TLS key is malformed");
	}
	*ret = parsed;
	return ERR_OK;
}

enum err tls_key_pin(struct hash32 *ret, struct bytes key, struct err_info *info)
{
	EVP_PKEY *parsed = NULL;
	unsigned char *der = NULL;
	int len;

	TRY(key_parse(&parsed, key, info));
	len = i2d_PUBKEY(parsed, &der);
	EVP_PKEY_free(parsed);
	if (len <= 0)
		return err_set(info, ERR_MEMORY, "the TLS key could not be encoded");
	SHA256(der, (size_t)len, ret->b);
	OPENSSL_free(der);
	return ERR_OK;
}

/* Nobody reads the certificate: the pin is on the key.  It needs only be well-formed. */
static X509 *certificate_new(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *name = x == NULL ? NULL : X509_get_subject_name(x);
	bool ok = name != NULL && X509_set_version(x, X509_VERSION_3) == 1 &&
		  ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1 &&
		  X509_gmtime_adj(X509_getm_notBefore(x), -86400) != NULL &&
		  X509_gmtime_adj(X509_getm_notAfter(x), 86400L * CERTIFICATE_DAYS) != NULL &&
		  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)CERTIFICATE_NAME,
					     -1, -1, 0) == 1 &&
		  X509_set_issuer_name(x, name) == 1 && X509_set_pubkey(x, key) == 1 &&
		  X509_sign(x, key, EVP_sha256()) > 0;

	if (!ok) {
		X509_free(x);
		return NULL;
	}
	return x;
}

static bool context_set(SSL_CTX *ctx, EVP_PKEY *key, X509 *certificate)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
	       SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 && SSL_CTX_set_num_tickets(ctx, 0) == 1 &&
	       SSL_CTX_set_max_early_data(ctx, 0) == 1 && SSL_CTX_use_certificate(ctx, certificate) == 1 &&
	       SSL_CTX_use_PrivateKey(ctx, key) == 1;
}

enum err tls_server_new(SSL_CTX **ret, struct bytes key, struct err_info *info)
{
	EVP_PKEY *parsed = NULL;
	X509 *certificate;
	SSL_CTX *ctx;
	bool ok;

	TRY(key_parse(&parsed, key, info));
	certificate = certificate_new(parsed);
	ctx = SSL_CTX_new(TLS_server_method());
	ok = certificate != NULL && ctx != NULL && context_set(ctx, parsed, certificate);
	X509_free(certificate);
	EVP_PKEY_free(parsed);
	if (!ok) {
		SSL_CTX_free(ctx);
		return err_set(info, ERR_TLS, "the TLS context could not be made");
	}
	*ret = ctx;
	return ERR_OK;
}
