/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation lists, version 2. */
#include <openssl/err.h>
#include <stdlib.h>

#include "core/crypto/x509_parts.h"

static bool reason_fits(enum cert_reason reason)
{
	return reason >= CERT_REASON_UNSPECIFIED && reason <= CERT_REASON_AA_COMPROMISE && (int)reason != 7 &&
	       (int)reason != 8; /* 7 is unused, 8 (removeFromCRL) is for delta lists */
}

static bool add_reason(X509_REVOKED *entry, enum cert_reason reason)
{
	ASN1_ENUMERATED *value;
	bool good;

	if (reason == CERT_REASON_UNSPECIFIED)
		return true;
	value = ASN1_ENUMERATED_new();
	good = value && ASN1_ENUMERATED_set(value, (long)reason) == 1 &&
	       X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, value, 0, X509V3_ADD_DEFAULT) == 1;
	ASN1_ENUMERATED_free(value);
	return good;
}

static bool add_since(X509_REVOKED *entry, const struct cert_revoked *r)
{
	ASN1_GENERALIZEDTIME *since;
	bool good;

	if (!r->has_invalid_since)
		return true;
	since = ASN1_GENERALIZEDTIME_set(NULL, (time_t)(r->invalid_since.v / MS_PER_SECOND));
	good = since && X509_REVOKED_add1_ext_i2d(entry, NID_invalidity_date, since, 0, X509V3_ADD_DEFAULT) == 1;
	ASN1_GENERALIZEDTIME_free(since);
	return good;
}

static bool add_entry(X509_CRL *crl, const struct cert_revoked *r)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_INTEGER *serial = x509_serial(r->serial);
	ASN1_TIME *at = x509_time(r->revoked_at);
	bool good = entry && serial && at && reason_fits(r->reason) &&
		    X509_REVOKED_set_serialNumber(entry, serial) == 1 &&
		    X509_REVOKED_set_revocationDate(entry, at) == 1 && add_reason(entry, r->reason) &&
		    add_since(entry, r) && X509_CRL_add0_revoked(crl, entry) == 1;

	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(at);
	if (!good)
		X509_REVOKED_free(entry);
	return good;
}

static bool add_number(X509_CRL *crl, uint64_t number)
{
	ASN1_INTEGER *value = ASN1_INTEGER_new();
	bool good = value && ASN1_INTEGER_set_uint64(value, number) == 1 &&
		    X509_CRL_add1_ext_i2d(crl, NID_crl_number, value, 0, X509V3_ADD_DEFAULT) == 1;

	ASN1_INTEGER_free(value);
	return good;
}

static bool add_aki(X509_CRL *crl, X509 *issuer)
{
	const ASN1_OCTET_STRING *ski = X509_get0_subject_key_id(issuer);
	AUTHORITY_KEYID *aki = AUTHORITY_KEYID_new();
	bool good = ski && aki && (aki->keyid = ASN1_OCTET_STRING_dup(ski)) != NULL &&
		    X509_CRL_add1_ext_i2d(crl, NID_authority_key_identifier, aki, 0, X509V3_ADD_DEFAULT) == 1;

	AUTHORITY_KEYID_free(aki);
	return good;
}

static bool fill(X509_CRL *crl, X509 *issuer, uint64_t number, struct time_ms this_update, struct time_ms next_update)
{
	ASN1_TIME *now = x509_time(this_update), *next = x509_time(next_update);
	bool good = now && next && X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
		    X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)) == 1 &&
		    X509_CRL_set1_lastUpdate(crl, now) == 1 && X509_CRL_set1_nextUpdate(crl, next) == 1 &&
		    add_number(crl, number) && add_aki(crl, issuer);

	ASN1_TIME_free(now);
	ASN1_TIME_free(next);
	return good;
}

enum err x509_crl_make(struct buf *out, struct bytes issuer_der, const struct secret *key, uint64_t number,
		       struct time_ms this_update, struct time_ms next_update, const struct cert_revoked *revoked,
		       size_t revoked_count, struct err_info *info)
{
	X509 *issuer = x509_cert_of_der(issuer_der);
	EVP_PKEY *pkey = x509_pkey(key);
	X509_CRL *crl = X509_CRL_new();
	unsigned char *der = NULL;
	enum err e = ERR_OK;

	if (!issuer || !pkey)
		e = x509_fail(info, ERR_FORMAT, "the issuer or its key cannot be read");
	else if (X509_check_private_key(issuer, pkey) != 1)
		e = x509_fail(info, ERR_CERTIFICATE, "the key is not the issuer's");
	else if (!crl || this_update.v >= next_update.v || !fill(crl, issuer, number, this_update, next_update))
		e = x509_fail(info, ERR_RANGE, "a field of the revocation list cannot be written");
	for (size_t i = 0; e == ERR_OK && i < revoked_count; i++) {
		if (!add_entry(crl, &revoked[i]))
			e = x509_fail(info, ERR_RANGE, "an entry of the revocation list cannot be written");
	}
	if (e == ERR_OK && (X509_CRL_sort(crl) != 1 || X509_CRL_sign(crl, pkey, x509_digest_for(pkey)) <= 0))
		e = x509_fail(info, ERR_INTERNAL, "the revocation list could not be signed");
	if (e == ERR_OK) {
		int len = i2d_X509_CRL(crl, &der);

		e = x509_append(out, der, len);
	}
	X509_CRL_free(crl);
	X509_free(issuer);
	EVP_PKEY_free(pkey);
	return e;
}

/* ---- reading ---- */

/* A critical extension would change what the list means (another issuer's entries, only some reasons): none is known
 * here, so none is taken.
 */
static bool any_critical(const STACK_OF(X509_EXTENSION) *list)
{
	for (int i = 0; i < sk_X509_EXTENSION_num(list); i++) {
		if (X509_EXTENSION_get_critical(sk_X509_EXTENSION_value(list, i)))
			return true;
	}
	return false;
}

static enum err read_entry(struct cert_revoked *ret, X509_REVOKED *entry)
{
	int reason_state = -1, since_state = -1;
	ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, &reason_state, NULL);
	ASN1_GENERALIZEDTIME *since = X509_REVOKED_get_ext_d2i(entry, NID_invalidity_date, &since_state, NULL);
	size_t len = 0;
	bool negative = false, good = x509_time_read(&ret->revoked_at, X509_REVOKED_get0_revocationDate(entry));

	x509_serial_read(ret->serial, &len, &negative, X509_REVOKED_get0_serialNumber(entry));
	good = good && !negative && len > 0 && len <= CERT_SERIAL_SIZE;
	good = good && !any_critical(X509_REVOKED_get0_extensions(entry));
	good = good && (reason || reason_state == -1) && (since || since_state == -1);
	ret->reason = reason ? (enum cert_reason)ASN1_ENUMERATED_get(reason) : CERT_REASON_UNSPECIFIED;
	ret->has_invalid_since = since != NULL;
	if (since)
		good = good && x509_time_read(&ret->invalid_since, since);
	ASN1_ENUMERATED_free(reason);
	ASN1_GENERALIZEDTIME_free(since);
	return good && reason_fits(ret->reason) ? ERR_OK : ERR_FORMAT;
}

static enum err read_number(struct cert_crl *ret, X509_CRL *crl)
{
	int state = -1;
	ASN1_INTEGER *number = X509_CRL_get_ext_d2i(crl, NID_crl_number, &state, NULL);
	bool good = number && ASN1_INTEGER_get_uint64(&ret->number, number) == 1;

	ASN1_INTEGER_free(number);
	return good ? ERR_OK : ERR_FORMAT;
}

static enum err read_aki(struct cert_crl *ret, X509_CRL *crl)
{
	int state = -1;
	AUTHORITY_KEYID *aki = X509_CRL_get_ext_d2i(crl, NID_authority_key_identifier, &state, NULL);
	size_t len = aki && aki->keyid ? (size_t)ASN1_STRING_length(aki->keyid) : 0;
	bool good = (aki || state == -1) && len <= sizeof(ret->aki);

	if (good && len > 0)
		memcpy(ret->aki, ASN1_STRING_get0_data(aki->keyid), len);
	ret->aki_len = good ? len : 0;
	AUTHORITY_KEYID_free(aki);
	return good ? ERR_OK : ERR_FORMAT;
}

static enum err read_all(struct cert_crl *ret, X509_CRL *crl)
{
	STACK_OF(X509_REVOKED) *list = X509_CRL_get_REVOKED(crl);
	int count = sk_X509_REVOKED_num(list);

	if (X509_CRL_get_version(crl) != X509_CRL_VERSION_2 || X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0 ||
	    any_critical(X509_CRL_get0_extensions(crl)) ||
	    !x509_time_read(&ret->this_update, X509_CRL_get0_lastUpdate(crl)) ||
	    !x509_time_read(&ret->next_update, X509_CRL_get0_nextUpdate(crl)))
		return ERR_FORMAT;
	ret->issuer_sha256 = x509_name_sha256(X509_CRL_get_issuer(crl));
	TRY(read_number(ret, crl));
	TRY(read_aki(ret, crl));
	if (count <= 0)
		return ERR_OK;
	ret->revoked = calloc((size_t)count, sizeof(*ret->revoked));
	if (!ret->revoked)
		return ERR_MEMORY;
	for (int i = 0; i < count; i++)
		TRY(read_entry(&ret->revoked[ret->revoked_count++], sk_X509_REVOKED_value(list, i)));
	return ERR_OK;
}

static enum err check_signature(X509_CRL *crl, struct bytes issuer_der)
{
	X509 *issuer;
	bool good;

	if (issuer_der.len == 0)
		return ERR_OK;
	issuer = x509_cert_of_der(issuer_der);
	good = issuer && X509_NAME_cmp(X509_get_subject_name(issuer), X509_CRL_get_issuer(crl)) == 0 &&
	       X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1;
	X509_free(issuer);
	return good ? ERR_OK : ERR_SIGNATURE;
}

enum err x509_crl_parse(struct cert_crl *ret, struct bytes der, struct bytes issuer, struct err_info *info)
{
	const unsigned char *at = der.data;
	struct cert_crl c = {0};
	X509_CRL *crl;
	enum err e;

	if (der.len > CERT_CRL_SIZE_MAX)
		return err_set(info, ERR_TOO_LARGE, "a revocation list has at most %u bytes", CERT_CRL_SIZE_MAX);
	crl = der.len > 0 ? d2i_X509_CRL(NULL, &at, (long)der.len) : NULL;
	if (!crl || at != der.data + der.len) {
		X509_CRL_free(crl);
		return x509_fail(info, ERR_FORMAT, "this is not exactly one revocation list");
	}
	e = check_signature(crl, issuer);
	if (e != ERR_OK)
		e = x509_fail(info, e, "the revocation list is not the issuer's");
	else if ((e = read_all(&c, crl)) != ERR_OK)
		e = x509_fail(info, e, "the revocation list is not one we take");
	X509_CRL_free(crl);
	ERR_clear_error();
	if (e != ERR_OK) {
		x509_crl_release(&c);
		return e;
	}
	*ret = c;
	return ERR_OK;
}

void x509_crl_release(struct cert_crl *crl)
{
	if (!crl)
		return;
	free(crl->revoked);
	*crl = (struct cert_crl){0};
}

const struct cert_revoked *x509_crl_find(const struct cert_crl *crl, const uint8_t serial[CERT_SERIAL_SIZE])
{
	for (size_t i = 0; i < crl->revoked_count; i++) {
		if (bytes_equal(bytes_of(crl->revoked[i].serial, CERT_SERIAL_SIZE), bytes_of(serial, CERT_SERIAL_SIZE)))
			return &crl->revoked[i];
	}
	return NULL;
}
