/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with the root key after the ceremony, and the rows that name the authorities. */
#include <stdlib.h>

#include "core/ident/ca_internal.h"
#include "core/ident/ceremony.h"

enum err ca_authority_append(struct ca *ca, struct bytes root, struct bytes issuing, Medlock__RegisterCertificate *m,
			     struct err_info *info)
{
	struct register_row row = {.kind = REGISTER_AUTHORITY};

	buf_release(&ca->root);
	buf_release(&ca->issuing);
	buf_append_bytes(&ca->root, root);
	buf_append_bytes(&ca->issuing, issuing);
	TRY(buf_error(&ca->root));
	TRY(buf_error(&ca->issuing));
	TRY(x509_parse(&ca->root_summary, root, info));
	TRY(x509_parse(&ca->issuing_summary, issuing, info));
	TRY(ca_now(ca, &row.at, info));
	memcpy(row.serial, ca->issuing_summary.serial, sizeof(row.serial));
	row.key = ca->issuing_summary.spki_sha256;
	row.until = ca->issuing_summary.not_after;
	m->certificate = wire_data(root);
	m->issuing = wire_data(issuing);
	return ca_append(ca, &row, &m->base, info);
}

enum err ca_issuing_renew(struct ca *ca, struct buf *der, bool dry_run, struct err_info *info)
{
	Medlock__RegisterCertificate m = MEDLOCK__REGISTER_CERTIFICATE__INIT;
	struct profile_plan *plan = calloc(1, sizeof(*plan));
	struct buf spki = BUF_INIT, made = BUF_INIT;
	struct cert_summary *s = calloc(1, sizeof(*s));
	struct time_ms now = {0};
	enum err e = plan != NULL && s != NULL ? ca_now(ca, &now, info) : err_set(info, ERR_MEMORY, "a certificate");

	if (e == ERR_OK)
		e = x509_spki(&spki, ca_issuing(ca));
	if (e == ERR_OK)
		e = profile_plan_ca(plan, profile_by_number(CERT_PROFILE_ISSUING), buf_bytes(&spki), &ca->o.network,
				    &ca->root_summary, now, info);
	if (e == ERR_OK) {
		ca_new_serial(plan->fields.serial, ca->o.rng);
		e = ca_trial(&ca->trial, plan, &ca->root_summary, ca->network_name, now, info);
	}
	if (e == ERR_OK && !dry_run)
		e = ca->o.keys.issue(ca->o.keys.self, &made, CA_KEY_ROOT, &plan->fields, ca_root(ca), info);
	if (e == ERR_OK && !dry_run)
		e = ca_lint(s, buf_bytes(&made), plan->profile, &ca->issuing_summary.spki_sha256, &ca->root_summary,
			    ca->network_name, now, info);
	buf_append_bytes(der, buf_bytes(&made));
	if (e == ERR_OK && !dry_run)
		e = buf_error(der);
	if (e == ERR_OK && !dry_run) {
		struct bytes root = ca_root(ca);
		struct buf keep = BUF_INIT;

		buf_append_bytes(&keep, root); /* the desk's own copy is replaced */
		e = ca_authority_append(ca, buf_bytes(&keep), buf_bytes(&made), &m, info);
		buf_release(&keep);
	}
	buf_release(&spki);
	buf_release(&made);
	free(plan);
	free(s);
	return e;
}

/* ---- the root's list ---- */

enum err ca_root_list_make(struct ca *ca, struct buf *out, struct bytes root, const struct cert_summary *issuer,
			   uint64_t number, struct time_ms now, struct err_info *info)
{
	const struct time_ms from = {now.v - now.v % MS_PER_SECOND};
	const struct time_ms until = {from.v + CEREMONY_ROOT_LIST_LIFE_MS};
	const struct ca_keys *k = &ca->o.keys;
	struct cert_crl crl;
	const char *broken;

	TRY(k->crl(k->self, out, CA_KEY_ROOT, root, number, from, until, NULL, 0, info));
	TRY(x509_crl_parse(&crl, buf_bytes(out), root, info));
	broken = lint_crl(&crl, issuer, number - 1, now);
	x509_crl_release(&crl);
	return broken == NULL ? ERR_OK : err_set(info, ERR_LINT, "the root's revocation list, rule %s", broken);
}

enum err ca_root_list(struct ca *ca, struct buf *der, uint64_t *ret_number, struct err_info *info)
{
	Medlock__RegisterCertificate m = MEDLOCK__REGISTER_CERTIFICATE__INIT;
	struct register_row row = {.kind = REGISTER_ROOT_LIST};
	struct buf made = BUF_INIT;
	uint64_t last;
	enum err e;

	TRY(register_last_number(ca->reg, &last, REGISTER_ROOT_LIST, info));
	if (last == 0)
		last = 1; /* the ceremony's own, which stands in its row */
	TRY(ca_now(ca, &row.at, info));
	row.number = last + 1;
	row.until.v = row.at.v - row.at.v % MS_PER_SECOND + CEREMONY_ROOT_LIST_LIFE_MS;
	e = ca_root_list_make(ca, &made, ca_root(ca), &ca->root_summary, row.number, row.at, info);
	if (e == ERR_OK) {
		m.certificate = wire_data(buf_bytes(&made));
		e = ca_append(ca, &row, &m.base, info);
	}
	if (e == ERR_OK) {
		buf_append_bytes(der, buf_bytes(&made));
		e = buf_error(der);
	}
	buf_release(&made);
	if (e == ERR_OK)
		*ret_number = row.number;
	return e;
}
