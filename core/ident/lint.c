/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of RFC 5280 that OpenSSL leaves to the issuer, one row each. */
#include "core/ident/lint.h"

#include <stdlib.h>

#define OID_ANY_EKU "2.5.29.37.0"
#define SERIAL_RANDOM_MIN 8u /* bytes: 64 bits */
#define KEY_ID_MIN 8u

struct lint_view {
	const struct cert_summary *s, *issuer;
	const struct lint_context *c;
};

static bool serial_good(const struct lint_view *v)
{
	return !v->s->serial_negative && v->s->serial_len >= SERIAL_RANDOM_MIN &&
			v->s->serial_len <= CERT_SERIAL_SIZE &&
	       (v->s->serial[0] & 0x80) == 0 && !bytes_is_zero(bytes_of(v->s->serial, sizeof(v->s->serial)));
}

static bool version_good(const struct lint_view *v)
{
	return v->s->version == 3;
}

static bool algorithm_good(const struct lint_view *v)
{
	return strcmp(v->s->signature_algorithm, "ECDSA-SHA256") == 0 ||
	       strcmp(v->s->signature_algorithm, "Ed25519") == 0;
}

static bool issuer_name_good(const struct lint_view *v)
{
	return ID_EQUAL(v->s->issuer_sha256, v->issuer->subject_sha256);
}

static bool issuer_may_sign(const struct lint_view *v)
{
	return v->issuer->ca && (v->issuer->key_usage & CERT_USE_CERT_SIGN) != 0 &&
	       (v->issuer == v->s || !v->c->profile->ca || v->issuer->path_len != 0);
}

static bool ski_good(const struct lint_view *v)
{
	return v->s->ski_len >= KEY_ID_MIN;
}

static bool aki_good(const struct lint_view *v)
{
	return v->s->aki_len > 0 && bytes_equal(bytes_of(v->s->aki, v->s->aki_len),
			bytes_of(v->issuer->ski, v->issuer->ski_len)) &&
	       v->s->aki_issuer == v->s->aki_serial;
}

static bool basic_good(const struct lint_view *v)
{
	return v->s->basic_present && v->s->basic_critical && v->s->ca == v->c->profile->ca &&
	       v->s->path_len == v->c->profile->path_len;
}

static bool sign_only_with_ca(const struct lint_view *v)
{
	return v->s->ca || (v->s->key_usage & (CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN)) == 0;
}

static bool usage_good(const struct lint_view *v)
{
	return v->s->usage_present && v->s->usage_critical && v->s->key_usage == v->c->profile->key_usage;
}

static bool eku_good(const struct lint_view *v)
{
	const struct profile_row *p = v->c->profile;

	if (v->s->eku_count != p->eku_count || v->s->eku_present != (p->eku_count > 0))
		return false;
	for (size_t i = 0; i < p->eku_count; i++)
		if (strcmp(v->s->eku[i], p->eku[i]) != 0 || strcmp(v->s->eku[i], OID_ANY_EKU) == 0)
			return false;
	return true;
}

static bool constraints_place_good(const struct lint_view *v)
{
	const bool wanted = v->c->profile->number == CERT_PROFILE_ISSUING;

	return v->s->constraints_present == wanted && (!wanted || (v->s->ca && v->s->constraints_critical));
}

/* Every form of name that an alternative name can take, and directory names below the network's own only. */
static bool constraints_cover(const struct lint_view *v)
{
	static const enum cert_alt_kind kinds[] = {CERT_ALT_DIRECTORY, CERT_ALT_DNS, CERT_ALT_EMAIL, CERT_ALT_URI,
			CERT_ALT_IP};
	unsigned seen = 0;

	if (v->c->profile->number != CERT_PROFILE_ISSUING)
		return true;
	for (size_t i = 0; i < v->s->permitted_count; i++) {
		seen |= 1u << v->s->permitted[i].kind;
		if (v->s->permitted[i].kind == CERT_ALT_DIRECTORY && strstr(v->s->permitted[i].text,
				v->c->network_name) == NULL)
			return false;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if ((seen & 1u << kinds[i]) == 0)
			return false;
	return true;
}

static bool alt_good(const struct lint_view *v)
{
	return !v->s->alt_present || v->s->alt_critical == v->s->subject_empty;
}

/* No profile has alternative names: what would be one is in the account. */
static bool alt_absent(const struct lint_view *v)
{
	return !v->s->alt_present;
}

static bool subject_good(const struct lint_view *v)
{
	return !v->s->subject_empty && v->s->subject.common_name[0] != '\0' &&
	       strcmp(v->s->subject.organisation, v->c->network_name) == 0;
}

static bool pseudonymous_good(const struct lint_view *v)
{
	const char *name = v->s->subject.common_name;

	return !v->c->profile->pseudonymous ||
	       (v->s->subject.unit[0] == '\0' && strncmp(name, "account ", 8) == 0 && strlen(name) == 20 &&
		strspn(name + 8, "0123456789abcdef") == 12);
}

static bool times_good(const struct lint_view *v)
{
	return v->s->not_before.v < v->s->not_after.v && v->s->not_before.v % MS_PER_SECOND == 0 &&
	       v->s->not_after.v % MS_PER_SECOND == 0;
}

static bool backdate_good(const struct lint_view *v)
{
	return v->s->not_before.v <= v->c->now.v && v->s->not_before.v >= v->c->now.v - LINT_BACKDATE_MAX_MS;
}

static bool life_good(const struct lint_view *v)
{
	return v->s->not_after.v - v->s->not_before.v <= v->c->profile->life_ms + LINT_BACKDATE_MAX_MS &&
	       v->s->not_after.v <= v->issuer->not_after.v && v->s->not_before.v >= v->issuer->not_before.v;
}

static bool policy_good(const struct lint_view *v)
{
	const char *policy = v->c->profile->policy;

	return policy == NULL ? v->s->policies_count == 0 : v->s->policies_count == 1 &&
			strcmp(v->s->policies[0], policy) == 0;
}

static bool extensions_known(const struct lint_view *v)
{
	return v->s->other_count == 0;
}

static bool key_good(const struct lint_view *v)
{
	return v->s->kind == v->c->profile->key && ID_EQUAL(v->s->spki_sha256, v->c->spki_sha256);
}

static bool key_own(const struct lint_view *v)
{
	return v->issuer == v->s || !ID_EQUAL(v->s->spki_sha256, v->issuer->spki_sha256);
}

static const struct {
	const char *name;
	bool (*good)(const struct lint_view *v);
} rules[] = {
	{"version-3", version_good},
	{"serial-positive-64-bits-20-octets", serial_good},
	{"signature-algorithm", algorithm_good},
	{"issuer-name-byte-equal", issuer_name_good},
	{"issuer-may-sign", issuer_may_sign},
	{"subject-key-identifier", ski_good},
	{"authority-key-identifier", aki_good},
	{"basic-constraints", basic_good},
	{"cert-sign-only-with-ca", sign_only_with_ca},
	{"key-usage", usage_good},
	{"extended-key-usage-narrow", eku_good},
	{"name-constraints-place", constraints_place_good},
	{"name-constraints-cover", constraints_cover},
	{"alternative-name-critical", alt_good},
	{"alternative-name-absent", alt_absent},
	{"subject", subject_good},
	{"subject-pseudonymous", pseudonymous_good},
	{"times-whole-seconds", times_good},
	{"not-before-backdated", backdate_good},
	{"life", life_good},
	{"policy-one-per-profile", policy_good},
	{"extensions-known", extensions_known},
	{"key-of-the-account", key_good},
	{"key-not-the-issuers", key_own},
};
#define RULE_COUNT (sizeof(rules) / sizeof(rules[0]))

const char *lint_certificate(const struct cert_summary *s, const struct lint_context *c)
{
	const struct lint_view v = {.s = s, .issuer = c->issuer != NULL ? c->issuer : s, .c = c};

	for (size_t i = 0; i < RULE_COUNT; i++)
		if (!rules[i].good(&v))
			return rules[i].name;
	return NULL;
}

const char *lint_rule(size_t index)
{
	return index < RULE_COUNT ? rules[index].name : NULL;
}

static int by_serial(const void *a, const void *b)
{
	return memcmp(((const struct cert_revoked *)a)->serial, ((const struct cert_revoked *)b)->serial,
			CERT_SERIAL_SIZE);
}

static bool serials_once(const struct cert_crl *crl)
{
	struct cert_revoked *sorted;
	bool once = true;

	if (crl->revoked_count < 2)
		return true;
	sorted = malloc(crl->revoked_count * sizeof(*sorted));
	if (sorted == NULL)
		return false;
	memcpy(sorted, crl->revoked, crl->revoked_count * sizeof(*sorted));
	qsort(sorted, crl->revoked_count, sizeof(*sorted), by_serial);
	for (size_t i = 1; i < crl->revoked_count; i++)
		once = once && by_serial(&sorted[i - 1], &sorted[i]) != 0;
	free(sorted);
	return once;
}

const char *lint_crl(const struct cert_crl *crl, const struct cert_summary *issuer, uint64_t last_number,
		struct time_ms now)
{
	const int64_t life = ID_EQUAL(issuer->subject_sha256, issuer->issuer_sha256) ? LINT_ROOT_CRL_LIFE_MAX_MS
										     : LINT_CRL_LIFE_MAX_MS;

	if (!issuer->ca || (issuer->key_usage & CERT_USE_CRL_SIGN) == 0)
		return "crl-issuer-may-sign";
	if (!ID_EQUAL(crl->issuer_sha256, issuer->subject_sha256))
		return "crl-issuer-name";
	if (!bytes_equal(bytes_of(crl->aki, crl->aki_len), bytes_of(issuer->ski, issuer->ski_len)))
		return "crl-authority-key-identifier";
	if (crl->number <= last_number)
		return "crl-number-grows";
	if (crl->next_update.v <= crl->this_update.v || crl->next_update.v - crl->this_update.v > life)
		return "crl-next-update";
	if (crl->this_update.v > now.v || crl->this_update.v < now.v - LINT_BACKDATE_MAX_MS)
		return "crl-this-update";
	for (size_t i = 0; i < crl->revoked_count; i++)
		if (crl->revoked[i].revoked_at.v > now.v || (int)crl->revoked[i].reason == 8)
			return "crl-entry";
	return serials_once(crl) ? NULL : "crl-serial-once";
}
