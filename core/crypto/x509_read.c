/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a certificate into a plain struct, for display and lint. */
#include <openssl/err.h>

#include "core/crypto/x509_parts.h"

/* The one extension of a kind, decoded.  *state: -1 absent, -2 there twice, else its criticality. */
static void *get(const X509 *x, int nid, int *state)
{
	return X509_get_ext_d2i(x, nid, state, NULL);
}

/* Absent is fine; present must decode and be there once. */
static bool wrong(const void *value, int state)
{
	return !value && state != -1;
}

static enum err read_basic(struct cert_summary *s, const X509 *x)
{
	int state = -1;
	BASIC_CONSTRAINTS *b = get(x, NID_basic_constraints, &state);

	if (wrong(b, state))
		return ERR_FORMAT;
	s->path_len = CERT_NO_PATH_LEN;
	s->basic_present = b != NULL;
	s->basic_critical = state == 1;
	if (b) {
		s->ca = b->ca != 0;
		if (b->pathlen)
			s->path_len = (int)ASN1_INTEGER_get(b->pathlen);
	}
	BASIC_CONSTRAINTS_free(b);
	return ERR_OK;
}

static enum err read_usage(struct cert_summary *s, const X509 *x)
{
	int state = -1;
	ASN1_BIT_STRING *bits = get(x, NID_key_usage, &state);

	if (wrong(bits, state))
		return ERR_FORMAT;
	s->usage_present = bits != NULL;
	s->usage_critical = state == 1;
	for (int i = 0; bits && i < 9; i++) {
		if (ASN1_BIT_STRING_get_bit(bits, i))
			s->key_usage |= 1u << i;
	}
	ASN1_BIT_STRING_free(bits);
	return ERR_OK;
}

static enum err read_eku(struct cert_summary *s, const X509 *x)
{
	int state = -1;
	EXTENDED_KEY_USAGE *list = get(x, NID_ext_key_usage, &state);
	int count = sk_ASN1_OBJECT_num(list);
	enum err e = count > (int)CERT_LIST_MAX ? ERR_TOO_LARGE : ERR_OK;

	if (wrong(list, state))
		return ERR_FORMAT;
	s->eku_present = list != NULL;
	s->eku_critical = state == 1;
	for (int i = 0; e == ERR_OK && i < count; i++)
		x509_oid_text(s->eku[s->eku_count++], sizeof(s->eku[0]), sk_ASN1_OBJECT_value(list, i));
	sk_ASN1_OBJECT_pop_free(list, ASN1_OBJECT_free);
	return e;
}

static enum err read_policies(struct cert_summary *s, const X509 *x)
{
	int state = -1;
	CERTIFICATEPOLICIES *list = get(x, NID_certificate_policies, &state);
	int count = sk_POLICYINFO_num(list);
	enum err e = count > (int)CERT_LIST_MAX ? ERR_TOO_LARGE : ERR_OK;

	if (wrong(list, state))
		return ERR_FORMAT;
	for (int i = 0; e == ERR_OK && i < count; i++)
		x509_oid_text(s->policies[s->policies_count++], sizeof(s->policies[0]),
			      sk_POLICYINFO_value(list, i)->policyid);
	sk_POLICYINFO_pop_free(list, POLICYINFO_free);
	return e;
}

static size_t copy_id(uint8_t out[32], const ASN1_OCTET_STRING *id)
{
	size_t len = id ? (size_t)ASN1_STRING_length(id) : 0;

	len = len < 32 ? len : 32;
	if (len > 0)
		memcpy(out, ASN1_STRING_get0_data(id), len);
	return len;
}

static enum err read_key_ids(struct cert_summary *s, const X509 *x)
{
	int ski_state = -1, aki_state = -1;
	ASN1_OCTET_STRING *ski = get(x, NID_subject_key_identifier, &ski_state);
	AUTHORITY_KEYID *aki = get(x, NID_authority_key_identifier, &aki_state);
	enum err e = wrong(ski, ski_state) || wrong(aki, aki_state) ? ERR_FORMAT : ERR_OK;

	if (e == ERR_OK) {
		s->ski_len = copy_id(s->ski, ski);
		s->aki_len = copy_id(s->aki, aki ? aki->keyid : NULL);
		s->aki_issuer = aki && aki->issuer;
		s->aki_serial = aki && aki->serial;
	}
	ASN1_OCTET_STRING_free(ski);
	AUTHORITY_KEYID_free(aki);
	return e;
}

static enum err read_alt(struct cert_summary *s, const X509 *x)
{
	int state = -1;
	GENERAL_NAMES *list = get(x, NID_subject_alt_name, &state);
	int count = sk_GENERAL_NAME_num(list);
	enum err e = count > (int)CERT_LIST_MAX ? ERR_TOO_LARGE : ERR_OK;

	if (wrong(list, state))
		return ERR_FORMAT;
	s->alt_present = list != NULL;
	s->alt_critical = state == 1;
	for (int i = 0; e == ERR_OK && i < count; i++)
		x509_alt_show(&s->alt[s->alt_count++], sk_GENERAL_NAME_value(list, i));
	GENERAL_NAMES_free(list);
	return e;
}

static enum err read_subtrees(struct cert_alt_text *out, size_t *count, const STACK_OF(GENERAL_SUBTREE) *list)
{
	int n = sk_GENERAL_SUBTREE_num(list);

	if (n > (int)CERT_LIST_MAX)
		return ERR_TOO_LARGE;
	for (int i = 0; i < n; i++)
		x509_alt_show(&out[(*count)++], sk_GENERAL_SUBTREE_value(list, i)->base);
	return ERR_OK;
}

static enum err read_constraints(struct cert_summary *s, const X509 *x)
{
	int state = -1;
	NAME_CONSTRAINTS *constraints = get(x, NID_name_constraints, &state);
	enum err e = wrong(constraints, state) ? ERR_FORMAT : ERR_OK;

	if (!constraints)
		return e;
	s->constraints_present = true;
	s->constraints_critical = state == 1;
	e = read_subtrees(s->permitted, &s->permitted_count, constraints->permittedSubtrees);
	if (e == ERR_OK)
		e = read_subtrees(s->excluded, &s->excluded_count, constraints->excludedSubtrees);
	NAME_CONSTRAINTS_free(constraints);
	return e;
}

static enum err read_others(struct cert_summary *s, const X509 *x)
{
	for (int i = 0; i < X509_get_ext_count(x); i++) {
		X509_EXTENSION *extension = X509_get_ext(x, i);

		switch (OBJ_obj2nid(X509_EXTENSION_get_object(extension))) {
		case NID_basic_constraints: case NID_key_usage: case NID_ext_key_usage: case NID_certificate_policies:
		case NID_subject_key_identifier: case NID_authority_key_identifier: case NID_subject_alt_name:
		case NID_name_constraints:
			continue;
		default: break;
		}
		if (s->other_count == CERT_LIST_MAX)
			return ERR_TOO_LARGE;
		x509_oid_text(s->other[s->other_count], sizeof(s->other[0]), X509_EXTENSION_get_object(extension));
		s->other_critical[s->other_count++] = X509_EXTENSION_get_critical(extension) != 0;
	}
	return ERR_OK;
}

static enum err read_extensions(struct cert_summary *s, const X509 *x)
{
	TRY(read_basic(s, x));
	TRY(read_usage(s, x));
	TRY(read_eku(s, x));
	TRY(read_policies(s, x));
	TRY(read_key_ids(s, x));
	TRY(read_alt(s, x));
	TRY(read_constraints(s, x));
	return read_others(s, x);
}

static enum err read_key(struct cert_summary *s, X509 *x)
{
	unsigned char *der = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
	EVP_PKEY *key = X509_get0_pubkey(x);
	size_t size = SIGN_PUBLIC_SIZE;

	if (len <= 0)
		return ERR_FORMAT;
	s->spki_sha256 = x509_spki_sha256(bytes_of(der, (size_t)len));
	s->kind = x509_pkey_kind(key);
	if (s->kind == CERT_KEY_ED25519)
		ASSERT(EVP_PKEY_get_raw_public_key(key, s->ed25519.b, &size) == 1);
	OPENSSL_free(der);
	return ERR_OK;
}

static enum err read_all(struct cert_summary *s, X509 *x)
{
	const X509_ALGOR *algorithm = X509_get0_tbs_sigalg(x);
	const ASN1_OBJECT *oid = NULL;

	s->version = (int)X509_get_version(x) + 1;
	x509_serial_read(s->serial, &s->serial_len, &s->serial_negative, X509_get0_serialNumber(x));
	x509_name_show(&s->subject, X509_get_subject_name(x));
	x509_name_show(&s->issuer, X509_get_issuer_name(x));
	s->subject_empty = X509_NAME_entry_count(X509_get_subject_name(x)) == 0;
	s->subject_sha256 = x509_name_sha256(X509_get_subject_name(x));
	s->issuer_sha256 = x509_name_sha256(X509_get_issuer_name(x));
	if (!x509_time_read(&s->not_before, X509_get0_notBefore(x)) ||
	    !x509_time_read(&s->not_after, X509_get0_notAfter(x)))
		return ERR_FORMAT;
	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	x509_oid_text(s->signature_algorithm, sizeof(s->signature_algorithm), oid);
	if (OBJ_obj2nid(oid) == NID_ecdsa_with_SHA256)
		memcpy(s->signature_algorithm, "ECDSA-SHA256", sizeof("ECDSA-SHA256"));
	else if (OBJ_obj2nid(oid) == NID_ED25519)
		memcpy(s->signature_algorithm, "Ed25519", sizeof("Ed25519"));
	TRY(read_key(s, x));
	return read_extensions(s, x);
}

enum err x509_parse(struct cert_summary *ret, struct bytes der, struct err_info *info)
{
	struct cert_summary s = {0};
	X509 *x;
	enum err e;

	if (der.len > CERT_SIZE_MAX)
		return err_set(info, ERR_TOO_LARGE, "a certificate has at most %u bytes", CERT_SIZE_MAX);
	x = x509_cert_of_der(der);
	if (!x)
		return x509_fail(info, ERR_FORMAT, "this is not exactly one certificate");
	s.sha256 = hash_sha256(der);
	e = read_all(&s, x);
	X509_free(x);
	ERR_clear_error();
	if (e != ERR_OK)
		return err_set(info, e, "a field or extension of the certificate cannot be read");
	*ret = s;
	return ERR_OK;
}

enum err x509_spki(struct buf *out, struct bytes der)
{
	X509 *x = x509_cert_of_der(der);
	unsigned char *spki = NULL;
	int len;

	if (!x)
		return x509_fail(NULL, ERR_FORMAT, "");
	len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
	X509_free(x);
	return x509_append(out, spki, len);
}
