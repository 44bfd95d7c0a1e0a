/* SPDX-License-Identifier: Apache-2.0 */
/* Making certificates: each field of cert_fields becomes exactly one field or extension. */
#include <limits.h>

#include "core/crypto/x509_parts.h"

#define SKI_SIZE 20 /* RFC 7093 method 1: the left 160 bits of SHA-256 over the key's bits */

/* Adds an extension made of OpenSSL's structure for nid. */
static bool add(X509 *x, int nid, void *value, bool critical)
{
	return value && X509_add1_ext_i2d(x, nid, value, critical, X509V3_ADD_DEFAULT) == 1;
}

static bool add_basic(X509 *x, const struct cert_fields *f)
{
	BASIC_CONSTRAINTS *b = BASIC_CONSTRAINTS_new();
	bool good = b != NULL;

	if (good) {
		b->ca = f->ca ? 0xff : 0;
		if (f->ca && f->path_len >= 0) {
			b->pathlen = ASN1_INTEGER_new();
			good = b->pathlen && ASN1_INTEGER_set(b->pathlen, f->path_len) == 1;
		}
	}
	good = good && add(x, NID_basic_constraints, b, true);
	BASIC_CONSTRAINTS_free(b);
	return good;
}

static bool add_usage(X509 *x, uint32_t usage)
{
	ASN1_BIT_STRING *bits;
	bool good = true;

	if (usage == 0)
		return true;
	bits = ASN1_BIT_STRING_new();
	for (int i = 0; i < 7; i++) {
		if (usage & 1u << i)
			good = good && bits && ASN1_BIT_STRING_set_bit(bits, i, 1) == 1;
	}
	good = good && add(x, NID_key_usage, bits, true);
	ASN1_BIT_STRING_free(bits);
	return good;
}

static bool add_eku(X509 *x, const char *const *oids, size_t count)
{
	EXTENDED_KEY_USAGE *list;
	bool good = true;

	if (count == 0)
		return true;
	list = sk_ASN1_OBJECT_new_null();
	for (size_t i = 0; good && i < count; i++) {
		ASN1_OBJECT *oid = OBJ_txt2obj(oids[i], 1);

		good = oid && list && sk_ASN1_OBJECT_push(list, oid) > 0;
		if (!good)
			ASN1_OBJECT_free(oid);
	}
	good = good && add(x, NID_ext_key_usage, list, false);
	sk_ASN1_OBJECT_pop_free(list, ASN1_OBJECT_free);
	return good;
}

static bool add_policies(X509 *x, const char *const *oids, size_t count)
{
	CERTIFICATEPOLICIES *list;
	bool good = true;

	if (count == 0)
		return true;
	list = sk_POLICYINFO_new_null();
	for (size_t i = 0; good && i < count; i++) {
		POLICYINFO *policy = POLICYINFO_new();

		good = policy && list && (policy->policyid = OBJ_txt2obj(oids[i], 1)) != NULL &&
		       sk_POLICYINFO_push(list, policy) > 0;
		if (!good)
			POLICYINFO_free(policy);
	}
	good = good && add(x, NID_certificate_policies, list, false);
	sk_POLICYINFO_pop_free(list, POLICYINFO_free);
	return good;
}

static GENERAL_NAMES *names_make(const struct cert_alt *alt, size_t count)
{
	GENERAL_NAMES *list = GENERAL_NAMES_new();

	for (size_t i = 0; list && i < count; i++) {
		GENERAL_NAME *name = x509_alt_make(&alt[i], false);

		if (!name || sk_GENERAL_NAME_push(list, name) <= 0) {
			GENERAL_NAME_free(name);
			GENERAL_NAMES_free(list);
			return NULL;
		}
	}
	return list;
}

static bool add_alt(X509 *x, const struct cert_fields *f)
{
	GENERAL_NAMES *list;
	bool good;

	if (f->alt_count == 0)
		return true;
	list = names_make(f->alt, f->alt_count);
	good = add(x, NID_subject_alt_name, list, X509_NAME_entry_count(X509_get_subject_name(x)) == 0);
	GENERAL_NAMES_free(list);
	return good;
}

static bool fill_subtrees(STACK_OF(GENERAL_SUBTREE) **to, const struct cert_alt *alt, size_t count)
{
	if (count == 0)
		return true;
	*to = sk_GENERAL_SUBTREE_new_null();
	for (size_t i = 0; i < count; i++) {
		GENERAL_SUBTREE *tree = GENERAL_SUBTREE_new();
		GENERAL_NAME *base = x509_alt_make(&alt[i], true);

		if (tree && base) {
			GENERAL_NAME_free(tree->base);
			tree->base = base;
			base = NULL;
		}
		if (!*to || !tree || base || !tree->base || sk_GENERAL_SUBTREE_push(*to, tree) <= 0) {
			GENERAL_NAME_free(base);
			GENERAL_SUBTREE_free(tree);
			return false;
		}
	}
	return true;
}

static bool add_constraints(X509 *x, const struct cert_fields *f)
{
	NAME_CONSTRAINTS *constraints;
	bool good;

	if (f->permitted_count + f->excluded_count == 0)
		return true;
	constraints = NAME_CONSTRAINTS_new();
	good = constraints && fill_subtrees(&constraints->permittedSubtrees, f->permitted, f->permitted_count) &&
	       fill_subtrees(&constraints->excludedSubtrees, f->excluded, f->excluded_count) &&
	       add(x, NID_name_constraints, constraints, true);
	NAME_CONSTRAINTS_free(constraints);
	return good;
}

static bool add_crl_uri(X509 *x, const char *uri)
{
	const struct cert_alt alt = {CERT_ALT_URI, uri};
	CRL_DIST_POINTS *points;
	DIST_POINT *point;
	bool good;

	if (!uri)
		return true;
	points = sk_DIST_POINT_new_null();
	point = DIST_POINT_new();
	good = points && point && (point->distpoint = DIST_POINT_NAME_new()) != NULL &&
	       (point->distpoint->name.fullname = names_make(&alt, 1)) != NULL;
	if (good) {
		point->distpoint->type = 0; /* a full name */
		good = sk_DIST_POINT_push(points, point) > 0;
	}
	if (!good)
		DIST_POINT_free(point);
	good = good && add(x, NID_crl_distribution_points, points, false);
	sk_DIST_POINT_pop_free(points, DIST_POINT_free);
	return good;
}

static bool add_key_ids(X509 *x, X509 *issuer)
{
	const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(x);
	ASN1_OCTET_STRING *ski = ASN1_OCTET_STRING_new();
	AUTHORITY_KEYID *aki = AUTHORITY_KEYID_new();
	struct hash32 h;
	bool good = bits && ski && aki;

	if (good) {
		const ASN1_OCTET_STRING *of_issuer;

		h = hash_sha256(bytes_of(bits->data, (size_t)bits->length));
		good = ASN1_OCTET_STRING_set(ski, h.b, SKI_SIZE) == 1 && add(x, NID_subject_key_identifier, ski, false);
		of_issuer = issuer ? X509_get0_subject_key_id(issuer) : ski;
		aki->keyid = of_issuer ? ASN1_OCTET_STRING_dup(of_issuer) : NULL;
		good = good && aki->keyid && add(x, NID_authority_key_identifier, aki, false);
	}
	ASN1_OCTET_STRING_free(ski);
	AUTHORITY_KEYID_free(aki);
	return good;
}

static bool fields_fit(const struct cert_fields *f)
{
	return f->not_before.v < f->not_after.v && f->eku_count <= CERT_LIST_MAX && f->alt_count <= CERT_LIST_MAX &&
	       f->policies_count <= CERT_LIST_MAX && f->permitted_count <= CERT_LIST_MAX &&
	       f->excluded_count <= CERT_LIST_MAX && f->path_len >= CERT_NO_PATH_LEN && f->path_len < 256 &&
	       (f->ca || f->path_len == CERT_NO_PATH_LEN) && f->key_usage < 1u << 7;
}

/* Everything outside the extensions. */
static bool fill(X509 *x, const struct cert_fields *f, X509 *issuer, EVP_PKEY *of_subject)
{
	ASN1_INTEGER *serial = x509_serial(f->serial);
	X509_NAME *subject = x509_name_make(&f->subject);
	ASN1_TIME *before = x509_time(f->not_before), *after = x509_time(f->not_after);
	bool good = serial && subject && before && after && X509_set_version(x, X509_VERSION_3) == 1 &&
		    X509_set_serialNumber(x, serial) == 1 && X509_set_subject_name(x, subject) == 1 &&
		    X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : subject) == 1 &&
		    X509_set1_notBefore(x, before) == 1 && X509_set1_notAfter(x, after) == 1 &&
		    X509_set_pubkey(x, of_subject) == 1;

	ASN1_INTEGER_free(serial);
	X509_NAME_free(subject);
	ASN1_TIME_free(before);
	ASN1_TIME_free(after);
	return good;
}

static enum err build(X509 *x, const struct cert_fields *f, X509 *issuer, EVP_PKEY *of_subject, EVP_PKEY *key,
		      struct err_info *info)
{
	if (!fields_fit(f) || !fill(x, f, issuer, of_subject))
		return x509_fail(info, ERR_RANGE, "a field of the certificate cannot be written");
	if (X509_check_private_key(issuer ? issuer : x, key) != 1)
		return x509_fail(info, ERR_CERTIFICATE, "the key is not the issuer's");
	if (!add_basic(x, f) || !add_usage(x, f->key_usage) || !add_eku(x, f->eku, f->eku_count) ||
	    !add_key_ids(x, issuer) || !add_alt(x, f) || !add_policies(x, f->policies, f->policies_count) ||
	    !add_constraints(x, f) || !add_crl_uri(x, f->crl_uri))
		return x509_fail(info, ERR_RANGE, "an extension of the certificate cannot be written");
	if (X509_sign(x, key, x509_digest_for(key)) <= 0)
		return x509_fail(info, ERR_INTERNAL, "the certificate could not be signed");
	/* OpenSSL's own reading of what was written: a malformed extension shows here, not at the verifiers. */
	if (X509_get_extension_flags(x) & EXFLAG_INVALID)
		return x509_fail(info, ERR_RANGE, "the certificate would not be readable");
	return ERR_OK;
}

enum err x509_issue(struct buf *out, const struct cert_fields *fields, struct bytes issuer_der,
		    const struct secret *key, struct err_info *info)
{
	X509 *x = X509_new(), *issuer = issuer_der.len > 0 ? x509_cert_of_der(issuer_der) : NULL;
	EVP_PKEY *pkey = x509_pkey(key), *of_subject = x509_pkey_of_spki(fields->spki);
	unsigned char *der = NULL;
	enum err e;

	if (!x)
		e = ERR_MEMORY;
	else if ((issuer_der.len > 0 && !issuer) || !pkey || !of_subject)
		e = x509_fail(info, ERR_FORMAT, "the issuer, its key or the subject's key cannot be read");
	else
		e = build(x, fields, issuer, of_subject, pkey, info);
	if (e == ERR_OK) {
		int len = i2d_X509(x, &der);

		e = x509_append(out, der, len);
	}
	X509_free(x);
	X509_free(issuer);
	EVP_PKEY_free(pkey);
	EVP_PKEY_free(of_subject);
	return e;
}

enum err x509_tls_self_signed(struct buf *out, const struct secret *key, const char *common_name,
			      const struct cert_alt *alt, size_t alt_count, struct time_ms not_before,
			      struct time_ms not_after, struct err_info *info)
{
	static const char *const eku[] = {CERT_EKU_SERVER, CERT_EKU_CLIENT};
	struct buf spki = BUF_INIT;
	struct cert_fields f = {.subject = {.common_name = common_name}, .not_before = not_before,
				.not_after = not_after, .path_len = CERT_NO_PATH_LEN, .key_usage = CERT_USE_SIGN,
				.eku = eku, .eku_count = 2, .alt = alt, .alt_count = alt_count};
	uint8_t when[8];
	struct hash32 h;
	enum err e = x509_key_spki(&spki, key);

	if (e == ERR_OK) {
		/* Nobody issues two of these for one key and one start, so that these two make the serial. */
		put_be64(when, (uint64_t)not_before.v);
		h = hash_tagged("medlock peer certificate", buf_bytes(&spki), bytes_of(when, sizeof(when)));
		memcpy(f.serial, h.b, sizeof(f.serial));
		f.serial[0] = (f.serial[0] & 0x7f) | 0x40;
		f.spki = buf_bytes(&spki);
		e = x509_issue(out, &f, bytes_of(NULL, 0), key, info);
	}
	buf_release(&spki);
	return e;
}
