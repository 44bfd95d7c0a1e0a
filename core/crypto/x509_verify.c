/* SPDX-License-Identifier: Apache-2.0 */
/* Path validation by OpenSSL, with the settings of this house. */
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "core/crypto/x509_parts.h"

#define SECURITY_LEVEL 2

static X509_CRL *crl_of_der(struct bytes der)
{
	const unsigned char *at = der.data;
	X509_CRL *crl = der.len > 0 && der.len <= CERT_CRL_SIZE_MAX ? d2i_X509_CRL(NULL, &at, (long)der.len) : NULL;

	if (crl && at != der.data + der.len) {
		X509_CRL_free(crl);
		return NULL;
	}
	return crl;
}

/* The trust anchor and the lists; NULL when one of them cannot be read. */
static X509_STORE *store_of(const struct cert_chain *chain)
{
	X509_STORE *store = X509_STORE_new();
	X509 *root = x509_cert_of_der(chain->root);
	bool good = store && root && X509_STORE_add_cert(store, root) == 1;

	X509_free(root);
	for (size_t i = 0; good && i < chain->crls_count; i++) {
		X509_CRL *crl = crl_of_der(chain->crls[i]);

		good = crl && X509_STORE_add_crl(store, crl) == 1;
		X509_CRL_free(crl);
	}
	if (good)
		return store;
	X509_STORE_free(store);
	return NULL;
}

static STACK_OF(X509) *stack_of(const struct cert_chain *chain)
{
	STACK_OF(X509) *stack = sk_X509_new_null();

	for (size_t i = 0; stack && i < chain->between_count; i++) {
		X509 *x = x509_cert_of_der(chain->between[i]);

		if (!x || sk_X509_push(stack, x) <= 0) {
			X509_free(x);
			sk_X509_pop_free(stack, X509_free);
			return NULL;
		}
	}
	return stack;
}

static bool has_eku(X509 *x, const char *oid)
{
	EXTENDED_KEY_USAGE *list = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
	bool found = false;

	for (int i = 0; i < sk_ASN1_OBJECT_num(list); i++) {
		char text[64];

		x509_oid_text(text, sizeof(text), sk_ASN1_OBJECT_value(list, i));
		found |= strcmp(text, oid) == 0;
	}
	sk_ASN1_OBJECT_pop_free(list, ASN1_OBJECT_free);
	return found;
}

static void set_rules(X509_STORE_CTX *context, const struct cert_chain *chain, struct time_ms at)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
	unsigned long flags = X509_V_FLAG_X509_STRICT;

	if (chain->flags & (CERT_CHECK_LEAF_CRL | CERT_CHECK_ALL_CRLS))
		flags |= X509_V_FLAG_CRL_CHECK;
	if (chain->flags & CERT_CHECK_ALL_CRLS)
		flags |= X509_V_FLAG_CRL_CHECK_ALL;
	ASSERT(X509_VERIFY_PARAM_set_flags(param, flags) == 1);
	X509_VERIFY_PARAM_set_time(param, (time_t)(at.v / MS_PER_SECOND));
	X509_VERIFY_PARAM_set_depth(param, (int)CERT_CHAIN_MAX);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
}

static enum err verdict(X509_STORE_CTX *context, struct err_info *info)
{
	int code = X509_STORE_CTX_get_error(context);
	int depth = X509_STORE_CTX_get_error_depth(context);
	enum err e = ERR_CERTIFICATE;

	if (code == X509_V_ERR_CERT_REVOKED)
		e = ERR_REVOKED;
	else if (code == X509_V_ERR_CERT_HAS_EXPIRED || code == X509_V_ERR_CRL_HAS_EXPIRED)
		e = ERR_EXPIRED;
	return err_set(info, e, "certificate %d of the chain: %s", depth + 1, X509_verify_cert_error_string(code));
}

static enum err check(X509_STORE_CTX *context, X509_STORE *store, X509 *leaf, STACK_OF(X509) *between,
		      const struct cert_chain *chain, struct time_ms at, const char *eku, struct err_info *info)
{
	if (!context || X509_STORE_CTX_init(context, store, leaf, between) != 1)
		return ERR_MEMORY;
	set_rules(context, chain, at);
	if (X509_verify_cert(context) != 1)
		return verdict(context, info);
	if (eku && !has_eku(leaf, eku))
		return err_set(info, ERR_CERTIFICATE, "the certificate is not for this use");
	return ERR_OK;
}

enum err x509_verify(struct bytes leaf_der, const struct cert_chain *chain, struct time_ms at, const char *eku,
		     struct err_info *info)
{
	X509 *leaf = x509_cert_of_der(leaf_der);
	X509_STORE *store = store_of(chain);
	STACK_OF(X509) *between = chain->between_count <= CERT_CHAIN_MAX ? stack_of(chain) : NULL;
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	enum err e;

	if (!leaf || !store || !between)
		e = x509_fail(info, ERR_FORMAT, "a certificate or list of the chain cannot be read");
	else
		e = check(context, store, leaf, between, chain, at, eku, info);
	X509_STORE_CTX_free(context);
	sk_X509_pop_free(between, X509_free);
	X509_STORE_free(store);
	X509_free(leaf);
	ERR_clear_error();
	return e;
}
