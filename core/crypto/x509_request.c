/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#10 requests: making ours, and reading one from a stranger. */
#include <openssl/err.h>
#include <stdio.h>

#include "core/crypto/x509_parts.h"

#define NAME_ENTRIES_MAX 8

enum err x509_request_make(struct buf *out, const struct cert_name *subject, const struct secret *key,
			   struct err_info *info)
{
	X509_REQ *request = X509_REQ_new();
	X509_NAME *name = x509_name_make(subject);
	EVP_PKEY *pkey = x509_pkey(key);
	unsigned char *der = NULL;
	enum err e = ERR_OK;

	if (!name || !pkey)
		e = x509_fail(info, pkey ? ERR_RANGE : ERR_FORMAT, "the name or the key of the request cannot be used");
	else if (!request || X509_REQ_set_version(request, X509_REQ_VERSION_1) != 1 ||
		 X509_REQ_set_subject_name(request, name) != 1 || X509_REQ_set_pubkey(request, pkey) != 1 ||
		 X509_REQ_sign(request, pkey, x509_digest_for(pkey)) <= 0)
		e = x509_fail(info, ERR_MEMORY, "the request could not be made");
	if (e == ERR_OK) {
		int len = i2d_X509_REQ(request, &der);

		e = x509_append(out, der, len);
	}
	X509_REQ_free(request);
	X509_NAME_free(name);
	EVP_PKEY_free(pkey);
	return e;
}

/* Whether it is DER throughout: encoding it again gives the same bytes. */
static bool same_again(X509_REQ *request, struct bytes der)
{
	unsigned char *again = NULL;
	bool same;
	int len = i2d_re_X509_REQ_tbs(request, &again); /* also drops the remembered encoding */

	OPENSSL_free(again);
	again = NULL;
	if (len <= 0)
		return false;
	len = i2d_X509_REQ(request, &again);
	same = len > 0 && bytes_equal(bytes_of(again, (size_t)len), der);
	OPENSSL_free(again);
	return same;
}

static X509_REQ *request_of(struct bytes der)
{
	const unsigned char *at = der.data;
	X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)der.len);

	if (request && (at != der.data + der.len || !same_again(request, der) ||
			X509_REQ_get_version(request) != X509_REQ_VERSION_1)) {
		X509_REQ_free(request);
		return NULL;
	}
	return request;
}

static void wish(struct cert_request *to, const char *what, const ASN1_OBJECT *object)
{
	char oid[40];

	if (to->wishes_count == CERT_LIST_MAX)
		return;
	x509_oid_text(oid, sizeof(oid), object);
	if (OBJ_obj2nid(object) != NID_undef)
		snprintf(oid, sizeof(oid), "%s", OBJ_nid2sn(OBJ_obj2nid(object)));
	snprintf(to->wishes[to->wishes_count++], sizeof(to->wishes[0]), "%s %s", what, oid);
}

static enum err read_text(char out[CERT_TEXT_MAX], const ASN1_STRING *value)
{
	unsigned char *text = NULL;
	int len = ASN1_STRING_to_UTF8(&text, value);
	size_t characters = 0;
	enum err e = len < 0 ? ERR_UTF8 : ERR_OK;

	for (int i = 0; e == ERR_OK && i < len; i++) {
		bool control = text[i] < 0x20 || text[i] == 0x7f ||
			       (text[i] == 0xc2 && i + 1 < len && text[i + 1] >= 0x80 && text[i + 1] < 0xa0);

		characters += (text[i] & 0xc0) != 0x80;
		if (control)
			e = ERR_LINT;
	}
	if (e == ERR_OK && (len == 0 || characters > 64))
		e = ERR_LINT;
	if (e == ERR_OK) {
		memcpy(out, text, (size_t)len);
		out[len] = '\0';
	}
	OPENSSL_free(text);
	return e;
}

static enum err read_entry(struct cert_request *ret, const X509_NAME_ENTRY *entry)
{
	const ASN1_OBJECT *object = X509_NAME_ENTRY_get_object(entry);
	char dropped[CERT_TEXT_MAX] = "", *to;

	switch (OBJ_obj2nid(object)) {
	case NID_organizationName: to = ret->subject.organisation; break;
	case NID_organizationalUnitName: to = ret->subject.unit; break;
	case NID_commonName: to = ret->subject.common_name; break;
	case NID_countryName:
	case NID_serialNumber:
		wish(ret, "subject", object);
		to = dropped;
		break;
	default: return ERR_LINT;
	}
	if (*to)
		return ERR_LINT; /* twice: nobody can know which is meant */
	return read_text(to, X509_NAME_ENTRY_get_data(entry));
}

static enum err read_name(struct cert_request *ret, const X509_NAME *name, struct err_info *info)
{
	int count = X509_NAME_entry_count(name);

	if (count > NAME_ENTRIES_MAX)
		return err_set(info, ERR_LINT, "the subject has too many attributes");
	for (int i = 0; i < count; i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
		enum err e;

		if (X509_NAME_ENTRY_set(entry) != i)
			return err_set(info, ERR_LINT, "two attributes of the subject share one place");
		e = read_entry(ret, entry);
		if (e != ERR_OK)
			return err_set(info, e, "attribute %d of the subject is not taken", i + 1);
	}
	return ERR_OK;
}

static enum err read_key(struct cert_request *ret, X509_REQ *request, struct err_info *info)
{
	EVP_PKEY *key = X509_REQ_get0_pubkey(request);
	unsigned char *der = NULL;
	int len = key ? i2d_PUBKEY(key, &der) : -1;
	const size_t want = x509_pkey_kind(key) == CERT_KEY_P256 ? X509_SPKI_P256 : X509_SPKI_ED25519;

	ret->kind = x509_pkey_kind(key);
	if (ret->kind == CERT_KEY_OTHER || len < 0 || (size_t)len != want) {
		OPENSSL_free(der);
		return x509_fail(info, ERR_LINT, "the key is neither P-256 nor Ed25519 in its usual form");
	}
	memcpy(ret->spki, der, want);
	ret->spki_len = want;
	OPENSSL_free(der);
	ret->spki_sha256 = x509_spki_sha256(bytes_of(ret->spki, ret->spki_len));
	if (ret->kind == CERT_KEY_ED25519 &&
	    sign_public_parse(&ret->ed25519, bytes_of(ret->spki + want - SIGN_PUBLIC_SIZE, SIGN_PUBLIC_SIZE)) != ERR_OK)
		return err_set(info, ERR_LINT, "the Ed25519 key is not a valid point");
	return ERR_OK;
}

static void read_wishes(struct cert_request *ret, X509_REQ *request)
{
	STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(request);

	for (int i = 0; i < X509_REQ_get_attr_count(request); i++) {
		ASN1_OBJECT *object = X509_ATTRIBUTE_get0_object(X509_REQ_get_attr(request, i));

		if (OBJ_obj2nid(object) != NID_ext_req)
			wish(ret, "attribute", object);
	}
	for (int i = 0; i < sk_X509_EXTENSION_num(extensions); i++)
		wish(ret, "extension", X509_EXTENSION_get_object(sk_X509_EXTENSION_value(extensions, i)));
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

enum err x509_request_parse(struct cert_request *ret, struct bytes der, struct err_info *info)
{
	struct cert_request r = {0};
	X509_REQ *request;
	enum err e;

	if (der.len > CERT_REQUEST_SIZE_MAX)
		return err_set(info, ERR_TOO_LARGE, "a request has at most %u bytes", CERT_REQUEST_SIZE_MAX);
	request = der.len > 0 ? request_of(der) : NULL;
	if (!request)
		return x509_fail(info, ERR_FORMAT, "this is not exactly one certificate request");
	e = read_key(&r, request, info);
	if (e == ERR_OK && X509_REQ_verify(request, X509_REQ_get0_pubkey(request)) != 1)
		e = x509_fail(info, ERR_SIGNATURE, "the request is not signed by its own key");
	if (e == ERR_OK)
		e = read_name(&r, X509_REQ_get_subject_name(request), info);
	if (e == ERR_OK) {
		read_wishes(&r, request);
		*ret = r;
	}
	X509_REQ_free(request);
	ERR_clear_error();
	return e;
}
