/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ident/profiles.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "core/base/text.h"

/* Below an arc that nobody else can have (ITU-T X.667: a UUID as an OID). */
#define OID_ARC "2.25.163401283474229043711943530937016204847."
#define OID_ANY_POLICY "2.5.29.32.0"
#define YEAR_MS (365ll * MS_PER_DAY)
#define BIT(right) ((uint32_t)(right)) /* the codes of rights are bits themselves */
/* Both authorities also sign texts: the ceremony's transcript, exports of the register. */
#define CA_USES (CERT_USE_SIGN | CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN)
/* A name of RFC 2606 that resolves nowhere: permitting it alone permits none of its form. */
#define NOWHERE "invalid"
#define NOWHERE_IP "0.0.0.0/255.255.255.255"

static const struct profile_row rows[CERT_PROFILE_COUNT] = {
	{.number = CERT_PROFILE_ROOT, .name = "root", .ca = true, .path_len = 1,
	 .key_usage = CA_USES, .life_ms = 20 * YEAR_MS, .key = CERT_KEY_P256,
			.approvals = 1},
	{.number = CERT_PROFILE_ISSUING, .name = "issuing", .ca = true, .path_len = 0,
	 .key_usage = CA_USES, .policy = OID_ANY_POLICY, .life_ms = 5 * YEAR_MS,
	 .key = CERT_KEY_P256, .approvals = 1},
	{.number = CERT_PROFILE_PEER, .name = "peer", .role = ROLE_PEER, .path_len = CERT_NO_PATH_LEN,
	 .key_usage = CERT_USE_SIGN, .eku = {CERT_EKU_SERVER, CERT_EKU_CLIENT}, .eku_count = 2, .policy = OID_ARC "3",
	 .life_ms = YEAR_MS, .key = CERT_KEY_ED25519, .approvals = 1},
	{.number = CERT_PROFILE_CLINICIAN, .name = "clinician", .role = ROLE_CLINICIAN, .rights = BIT(RIGHT_DEPOSIT),
	 .purposes = {PURPOSE_TREAT, PURPOSE_BTG, PURPOSE_COC, PURPOSE_TREATDS}, .path_len = CERT_NO_PATH_LEN,
	 .key_usage = CERT_USE_SIGN, .eku = {CERT_EKU_CLIENT}, .eku_count = 1, .policy = OID_ARC "4",
	 .life_ms = YEAR_MS, .key = CERT_KEY_ED25519, .approvals = 1},
	{.number = CERT_PROFILE_RESEARCHER, .name = "researcher", .role = ROLE_RESEARCHER,
	 .purposes = {PURPOSE_HRESCH, PURPOSE_CLINTRCH, PURPOSE_DSRCH, PURPOSE_POARCH, PURPOSE_MLTRAINING,
		      PURPOSE_BIORCH, PURPOSE_TRANSRCH}, .path_len = CERT_NO_PATH_LEN,
	 .key_usage = CERT_USE_SIGN, .eku = {CERT_EKU_CLIENT}, .eku_count = 1, .policy = OID_ARC "5",
	 .life_ms = YEAR_MS, .key = CERT_KEY_ED25519, .approvals = 1},
	{.number = CERT_PROFILE_OFFICER, .name = "officer", .role = ROLE_OFFICER, .rights = BIT(RIGHT_DEPOSIT),
	 .path_len = CERT_NO_PATH_LEN, .key_usage = CERT_USE_SIGN, .eku = {CERT_EKU_CLIENT}, .eku_count = 1,
	 .policy = OID_ARC "6", .life_ms = YEAR_MS, .key = CERT_KEY_ED25519, .approvals = 2},
	{.number = CERT_PROFILE_PATIENT, .name = "patient", .role = ROLE_PATIENT,
	 .purposes = {PURPOSE_PATRQT}, .path_len = CERT_NO_PATH_LEN,
	 .key_usage = CERT_USE_SIGN, .eku = {CERT_EKU_CLIENT}, .eku_count = 1, .policy = OID_ARC "7",
	 .life_ms = 2 * YEAR_MS, .key = CERT_KEY_ED25519, .pseudonymous = true, .approvals = 1},
	{.number = CERT_PROFILE_EMERGENCY, .name = "emergency", .role = ROLE_CLINICIAN,
	 .rights = BIT(RIGHT_DEPOSIT) | BIT(RIGHT_EMERGENCY),
	 .purposes = {PURPOSE_TREAT, PURPOSE_ETREAT, PURPOSE_BTG, PURPOSE_COC, PURPOSE_TREATDS},
	 .path_len = CERT_NO_PATH_LEN, .key_usage = CERT_USE_SIGN, .eku = {CERT_EKU_CLIENT}, .eku_count = 1,
	 .policy = OID_ARC "8", .life_ms = YEAR_MS, .key = CERT_KEY_ED25519, .approvals = 1},
};

const struct profile_row *profile_at(size_t index)
{
	return index < CERT_PROFILE_COUNT ? &rows[index] : NULL;
}

const struct profile_row *profile_by_number(uint32_t number)
{
	for (size_t i = 0; i < CERT_PROFILE_COUNT; i++)
		if (rows[i].number == (enum cert_profile)number)
			return &rows[i];
	return NULL;
}

const struct profile_row *profile_by_name(const char *name)
{
	for (size_t i = 0; i < CERT_PROFILE_COUNT; i++)
		if (strcasecmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

void profile_network_name(char out[CERT_TEXT_MAX], const struct network_id *network)
{
	char hex[13];

	hex_encode(hex, network->b, 6);
	(void)snprintf(out, CERT_TEXT_MAX, "medlock %s", hex);
}

/* ---- lines ---- */

static void line(struct profile_plan *p, const char *field, const char *requested, const char *issued, bool dropped)
{
	struct profile_line *l;

	if (p->line_count == PROFILE_ROWS_MAX)
		return;
	l = &p->lines[p->line_count++];
	(void)snprintf(l->field, sizeof(l->field), "%s", field);
	(void)snprintf(l->requested, sizeof(l->requested), "%s", requested);
	(void)snprintf(l->issued, sizeof(l->issued), "%s", issued);
	l->dropped = dropped;
}

/* A line about a subject attribute: what differs was dropped. */
static void subject_line(struct profile_plan *p, const char *field, const char *requested, const char *issued)
{
	line(p, field, requested, issued, requested[0] != '\0' && strcmp(requested, issued) != 0);
}

static void lines_of_fields(struct profile_plan *p)
{
	char text[256] = "", time[TIME_TEXT];
	size_t at = 0;

	line(p, "profile", p->profile->name, p->profile->name, false);
	time_format(time, p->fields.not_before);
	line(p, "not before", "", time, false);
	time_format(time, p->fields.not_after);
	line(p, "not after", "", time, false);
	line(p, "key", "", p->profile->key == CERT_KEY_P256 ? "ECDSA P-256" : "Ed25519, the account's own", false);
	line(p, "key usage", "",
	     p->profile->ca ? "digitalSignature, keyCertSign, cRLSign (critical)" : "digitalSignature (critical)", false);
	for (size_t i = 0; i < p->fields.eku_count; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", i > 0 ? ", " : "",
				       strcmp(p->eku[i], CERT_EKU_SERVER) == 0 ? "serverAuth" : "clientAuth");
	line(p, "extended key usage", "", text[0] != '\0' ? text : "none", false);
	line(p, "basic constraints", "", p->profile->ca ? "CA (critical)" : "no CA (critical)", false);
	if (p->profile->policy != NULL)
		line(p, "policy", "", p->profile->policy, false);
}

static void lines_of_rights(struct profile_plan *p)
{
	char text[256] = "";
	size_t at = 0;

	line(p, "role on the ledger", "", code_text(CODES_ROLE, p->profile->role), false);
	for (const uint32_t *u = p->profile->purposes; *u != 0 && at < sizeof(text); u++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", at > 0 ? ", " : "",
				code_text(CODES_PURPOSE, *u));
	line(p, "purposes", "", text, false);
	(void)snprintf(text, sizeof(text), "%s%s%s", p->profile->rights & BIT(RIGHT_DEPOSIT) ? "deposit" : "",
		       p->profile->rights & BIT(RIGHT_EMERGENCY) ? ", " : "",
		       p->profile->rights & BIT(RIGHT_EMERGENCY) ? "emergency" : "");
	line(p, "rights", "", text, false);
}

/* ---- plans ---- */

static struct time_ms whole_second(int64_t ms)
{
	return (struct time_ms){ms - ms % MS_PER_SECOND};
}

static enum err set_validity(struct profile_plan *p, const struct cert_summary *issuer, struct time_ms now,
			     struct err_info *info)
{
	int64_t from = now.v - PROFILE_NOT_BEFORE_MS, to = now.v + p->profile->life_ms;

	if (issuer != NULL) {
		if (now.v < issuer->not_before.v || now.v >= issuer->not_after.v)
			return err_set(info, ERR_EXPIRED, "the issuing certificate is not valid now");
		from = from < issuer->not_before.v ? issuer->not_before.v : from;
		to = to > issuer->not_after.v ? issuer->not_after.v : to;
	}
	p->fields.not_before = whole_second(from);
	p->fields.not_after = whole_second(to);
	return ERR_OK;
}

static void set_profile(struct profile_plan *p, const struct profile_row *profile, struct bytes spki)
{
	struct cert_fields *f = &p->fields;

	ASSERT(spki.len <= sizeof(p->spki));
	p->profile = profile;
	memcpy(p->spki, spki.data, spki.len);
	f->spki = bytes_of(p->spki, spki.len);
	f->ca = profile->ca;
	f->path_len = profile->path_len;
	f->key_usage = profile->key_usage;
	memcpy(p->eku, profile->eku, sizeof(p->eku));
	f->eku = p->eku;
	f->eku_count = profile->eku_count;
	p->policies[0] = profile->policy;
	f->policies = p->policies;
	f->policies_count = profile->policy != NULL;
}

static void set_subject(struct profile_plan *p)
{
	p->fields.subject = (struct cert_name){.organisation = p->organisation,
					       .unit = p->unit[0] != '\0' ? p->unit : NULL,
					       .common_name = p->common_name};
}

/* Foreign text goes into a certificate only as a terminal can show it. */
static enum err take_text(char out[CERT_TEXT_MAX], const char *text, const char *what, struct err_info *info)
{
	struct buf gated = BUF_INIT;
	enum err e = ERR_OK;
	size_t len = strlen(text), characters = 0;

	for (size_t i = 0; i < len; i++)
		characters += ((uint8_t)text[i] & 0xc0) != 0x80;
	text_gate(&gated, bytes_str(text), false);
	if (buf_error(&gated) != ERR_OK)
		e = buf_error(&gated);
	else if (!bytes_equal(buf_bytes(&gated), bytes_str(text)) || len >= CERT_TEXT_MAX || characters > 64)
		e = err_set(info, ERR_LINT, "%s: at most 64 visible characters in normal form (NFC)", what);
	if (e == ERR_OK)
		memcpy(out, text, len + 1);
	buf_release(&gated);
	return e;
}

bool profile_name_is_host(const char *name)
{
	bool dot = false;

	for (size_t i = 0; name[i] != '\0'; i++) {
		const char c = name[i];

		if (c == '.' && i > 0 && name[i + 1] != '\0')
			dot = true;
		else if (c != '-' && c != '_' && !isalnum((unsigned char)c))
			return false;
	}
	return dot;
}

static enum err leaf_subject(struct profile_plan *p, const struct profile_wish *w, struct err_info *info)
{
	char prefix[13];

	if (p->profile->pseudonymous) {
		hex_encode(prefix, w->account.b, 6);
		(void)snprintf(p->common_name, sizeof(p->common_name), "account %s", prefix);
		return ERR_OK;
	}
	if (w->name == NULL || w->name[0] == '\0')
		return err_set(info, ERR_LINT, "profile %s needs a name", p->profile->name);
	TRY(take_text(p->common_name, w->name, "name", info));
	if (profile_name_is_host(w->name))
		return err_set(info, ERR_LINT, "'%s' reads like the name of a host: write it with a space", w->name);
	return w->organisation == NULL ? ERR_OK : take_text(p->unit, w->organisation, "organisation", info);
}

static void leaf_lines(struct profile_plan *p, const struct profile_wish *w)
{
	char account[ID_HEX], until[TIME_TEXT];

	hex_encode(account, w->account.b, sizeof(w->account.b));
	line(p, "account", account, account, false);
	subject_line(p, "name", w->name == NULL ? "" : w->name, p->common_name);
	subject_line(p, "organisation", w->organisation == NULL ? "" : w->organisation, p->unit);
	if (w->minor_until.v != 0) {
		time_format(until, w->minor_until);
		line(p, "minor until", until, until, false);
	}
	if (strcmp(w->csr->subject.common_name, p->common_name) != 0)
		subject_line(p, "request's common name", w->csr->subject.common_name, p->common_name);
	if (strcmp(w->csr->subject.organisation, p->organisation) != 0)
		subject_line(p, "request's organisation", w->csr->subject.organisation, p->organisation);
	if (strcmp(w->csr->subject.unit, p->unit) != 0)
		subject_line(p, "request's unit", w->csr->subject.unit, p->unit);
	lines_of_fields(p);
	lines_of_rights(p);
	/* Last: a request with many wishes must not push what will be issued off the list. */
	for (size_t i = 0; i < w->csr->wishes_count; i++)
		line(p, "request's extra wish", w->csr->wishes[i], "", true);
}

enum err profile_plan_leaf(struct profile_plan *ret, const struct profile_row *profile, const struct profile_wish *wish,
			   const struct network_id *network, const struct cert_summary *issuer, struct time_ms now,
			   struct err_info *info)
{
	ASSERT(!profile->ca && issuer != NULL);
	memset(ret, 0, sizeof(*ret));
	if (wish->csr->kind != profile->key)
		return err_set(info, ERR_LINT, "profile %s takes an Ed25519 key", profile->name);
	set_profile(ret, profile, bytes_of(wish->csr->spki, wish->csr->spki_len));
	TRY(set_validity(ret, issuer, now, info));
	TRY(leaf_subject(ret, wish, info));
	profile_network_name(ret->organisation, network);
	set_subject(ret);
	leaf_lines(ret, wish);
	return ERR_OK;
}

enum err profile_plan_ca(struct profile_plan *ret, const struct profile_row *profile, struct bytes spki,
			 const struct network_id *network, const struct cert_summary *issuer, struct time_ms now,
			 struct err_info *info)
{
	ASSERT(profile->ca);
	memset(ret, 0, sizeof(*ret));
	set_profile(ret, profile, spki);
	TRY(set_validity(ret, issuer, now, info));
	profile_network_name(ret->organisation, network);
	(void)snprintf(ret->common_name, sizeof(ret->common_name), "%s", issuer == NULL ? "Root" : "Issuing 1");
	set_subject(ret);
	if (issuer != NULL) {
		/* Directory names below the network's own, and no name of any other form. */
		ret->permitted[0] = (struct cert_alt){CERT_ALT_DIRECTORY, ret->organisation};
		ret->permitted[1] = (struct cert_alt){CERT_ALT_DNS, NOWHERE};
		ret->permitted[2] = (struct cert_alt){CERT_ALT_EMAIL, NOWHERE};
		ret->permitted[3] = (struct cert_alt){CERT_ALT_URI, NOWHERE};
		ret->permitted[4] = (struct cert_alt){CERT_ALT_IP, NOWHERE_IP};
		ret->fields.permitted = ret->permitted;
		ret->fields.permitted_count = 5;
	}
	lines_of_fields(ret);
	return ERR_OK;
}
