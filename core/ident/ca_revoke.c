/* SPDX-License-Identifier: Apache-2.0 */
/* The revocation list; and reasons by name. */
#include <stdlib.h>

#include "core/ident/ca_internal.h"

static const struct { const char *name; enum cert_reason reason; } reasons[] = {
	{"unspecified", CERT_REASON_UNSPECIFIED}, {"keycompromise", CERT_REASON_KEY_COMPROMISE},
	{"cacompromise", CERT_REASON_CA_COMPROMISE}, {"affiliationchanged", CERT_REASON_AFFILIATION_CHANGED},
	{"superseded", CERT_REASON_SUPERSEDED}, {"cessation", CERT_REASON_CESSATION},
	{"cessationofoperation", CERT_REASON_CESSATION}, {"hold", CERT_REASON_HOLD},
			{"certificatehold", CERT_REASON_HOLD},
	{"privilegewithdrawn", CERT_REASON_PRIVILEGE_WITHDRAWN}, {"aacompromise", CERT_REASON_AA_COMPROMISE},
};
#define REASON_TEXT_MAX 32u

enum err ca_reason_parse(enum cert_reason *ret, const char *text, struct err_info *info)
{
	char plain[REASON_TEXT_MAX] = "";
	size_t at = 0;

	for (const char *p = text; *p != '\0' && at + 1 < sizeof(plain); p++) {
		if (*p == '-' || *p == '_' || *p == ' ')
			continue;
		plain[at++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
	}
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(plain, reasons[i].name) == 0 ||
		    (plain[0] == (char)('0' + (int)reasons[i].reason) && plain[1] == '\0')) {
			*ret = reasons[i].reason;
			return ERR_OK;
		}
	return err_set(info, ERR_USAGE,
			"reasons are keyCompromise, affiliationChanged, superseded, cessationOfOperation, "
					"privilegeWithdrawn, certificateHold, unspecified");
}

const char *ca_reason_text(enum cert_reason reason)
{
	switch (reason) {
	case CERT_REASON_UNSPECIFIED: return "unspecified";
	case CERT_REASON_KEY_COMPROMISE: return "keyCompromise";
	case CERT_REASON_CA_COMPROMISE: return "cACompromise";
	case CERT_REASON_AFFILIATION_CHANGED: return "affiliationChanged";
	case CERT_REASON_SUPERSEDED: return "superseded";
	case CERT_REASON_CESSATION: return "cessationOfOperation";
	case CERT_REASON_HOLD: return "certificateHold";
	case CERT_REASON_PRIVILEGE_WITHDRAWN: return "privilegeWithdrawn";
	case CERT_REASON_AA_COMPROMISE: return "aACompromise";
	}
	return "unknown";
}

/* ---- the list ---- */

static enum err crl_check(struct ca *ca, struct bytes der, uint64_t last, struct time_ms now, struct err_info *info)
{
	struct cert_crl crl;
	const char *broken;

	TRY(x509_crl_parse(&crl, der, ca_issuing(ca), info));
	broken = lint_crl(&crl, &ca->issuing_summary, last, now);
	x509_crl_release(&crl);
	return broken == NULL ? ERR_OK : err_set(info, ERR_LINT, "revocation list, rule %s", broken);
}

static enum err crl_make(struct ca *ca, struct buf *out, struct register_row *row, uint64_t last,
			 const struct cert_revoked *revoked, size_t count, struct err_info *info)
{
	Medlock__RegisterCertificate m = MEDLOCK__REGISTER_CERTIFICATE__INIT;
	const struct time_ms this_update = {row->at.v - row->at.v % MS_PER_SECOND};

	row->number = last + 1;
	row->until.v = this_update.v + CA_CRL_LIFE_MS;
	TRY(ca->o.keys.crl(ca->o.keys.self, out, CA_KEY_ISSUING, ca_issuing(ca), row->number, this_update, row->until,
			revoked,
			   count, info));
	TRY(crl_check(ca, buf_bytes(out), last, row->at, info));
	m.certificate = wire_data(buf_bytes(out));
	return ca_append(ca, row, &m.base, info);
}

/* Beyond its end a certificate is refused anyway; it leaves the list after one that was made then (RFC 5280 section 3.3). */
static bool is_listed(const struct ca_item *c, struct time_ms now)
{
	return c->row.until.v + CA_CRL_LIFE_MS > now.v;
}

enum err ca_crl_issue(struct ca *ca, uint64_t *ret_number, struct err_info *info)
{
	struct register_row row = {.kind = REGISTER_CRL};
	struct cert_revoked *revoked;
	struct buf der = BUF_INIT;
	struct ca_fold f;
	size_t count = 0;
	uint64_t last;
	enum err e;

	TRY(register_last_number(ca->reg, &last, REGISTER_CRL, info));
	TRY(ca_now(ca, &row.at, info));
	TRY(ca_fold_load(&f, ca, info));
	revoked = calloc(f.certificate_count + 1, sizeof(*revoked));
	for (size_t i = 0; revoked != NULL && i < f.certificate_count; i++)
		if (f.certificates[i].revoking && is_listed(&f.certificates[i], row.at))
			revoked[count++] = f.certificates[i].revocation;
	ca_fold_release(&f);
	e = revoked == NULL ? err_set(info, ERR_MEMORY, "revocation list")
			    : crl_make(ca, &der, &row, last, revoked, count, info);
	free(revoked);
	buf_release(&der);
	if (e == ERR_OK)
		*ret_number = row.number;
	return e;
}

/* Half of its life is over, or something changed since and the list that says it was cut. */
static enum err crl_due(struct ca *ca, bool *ret, const struct register_row *row, struct err_info *info)
{
	const struct time_ms now = ca->o.clock->now(ca->o.clock->self);
	struct ca_fold f;

	TRY(ca_fold_load(&f, ca, info));
	*ret = f.list_changed > row->seq || now.v > row->until.v - CA_CRL_LIFE_MS / 2;
	ca_fold_release(&f);
	return ERR_OK;
}

static enum err crl_stored(struct ca *ca, struct buf *out, uint64_t *ret_number, bool *ret_old, struct err_info *info)
{
	Medlock__RegisterCertificate *m;
	struct register_row row;
	enum err e;

	TRY(register_newest(ca->reg, &row, REGISTER_CRL, info));
	*ret_number = row.number;
	e = crl_due(ca, ret_old, &row, info);
	if (e == ERR_OK)
		e = *ret_old || out == NULL ? ERR_OK : CA_COLUMN(&m, ca, &row, medlock__register_certificate, info);
	register_row_release(&row);
	if (e != ERR_OK || *ret_old || out == NULL)
		return e;
	buf_append_bytes(out, wire_bytes(m->certificate));
	WIRE_FREE(m);
	return buf_error(out);
}

enum err ca_crl(struct ca *ca, struct buf *out, uint64_t *ret_number, struct err_info *info)
{
	uint64_t number = 0;
	bool old = false;
	enum err e = crl_stored(ca, out, &number, &old, info);

	if (e == ERR_NOT_FOUND || (e == ERR_OK && old)) {
		TRY(ca_crl_issue(ca, &number, info));
		e = crl_stored(ca, out, &number, &old, info);
	}
	if (e == ERR_OK && ret_number != NULL)
		*ret_number = number;
	return e;
}
