/* SPDX-License-Identifier: Apache-2.0 */
/* The list of certificates, and the desk's own health. */
#include <stdio.h>
#include <stdlib.h>

#include "core/ident/ca_internal.h"

static const char *state_of(const struct ca_item *c, struct time_ms now)
{
	if (c->revoked)
		return "revoked";
	if (c->hold == CA_HELD)
		return "hold";
	if (c->hold == CA_RELEASING)
		return "releasing";
	if (c->revoking)
		return "revoking";
	if (!c->issued)
		return "signed";
	return c->row.until.v <= now.v ? "expired" : "valid";
}

static enum err list_one(struct ca *ca, struct ca_certificate *ret, const struct ca_item *c, struct time_ms now,
			 struct err_info *info)
{
	Medlock__RegisterCertificate *m;

	TRY(CA_COLUMN(&m, ca, &c->row, medlock__register_certificate, info));
	memcpy(ret->serial, c->row.serial, sizeof(ret->serial));
	hex_encode(ret->serial_text, ret->serial, sizeof(ret->serial));
	(void)snprintf(ret->name, sizeof(ret->name), "%s", m->name);
	(void)snprintf(ret->organisation, sizeof(ret->organisation), "%s", m->organisation);
	WIRE_FREE(m);
	ret->profile = profile_by_number(c->row.profile);
	if (ret->profile == NULL)
		return err_set(info, ERR_DAMAGED, "a certificate of an unknown profile in the register");
	ret->account = c->row.account;
	ret->issued = c->row.at;
	ret->not_after = c->row.until;
	ret->state = state_of(c, now);
	return ERR_OK;
}

static int by_account(const void *x, const void *y)
{
	const struct ca_certificate *a = *(const struct ca_certificate *const *)x;
	const struct ca_certificate *b = *(const struct ca_certificate *const *)y;
	int order = memcmp(a->account.b, b->account.b, ID_SIZE);

	return order != 0 ? order : (a > b) - (a < b); /* the list is in the order of the register */
}

/* A renewal takes the place of what the account had. */
static enum err mark_superseded(struct ca_certificates *list, struct err_info *info)
{
	struct ca_certificate **by = calloc(list->count + 1, sizeof(struct ca_certificate *)), *later = NULL;

	if (by == NULL)
		return err_set(info, ERR_MEMORY, "the list of certificates");
	for (size_t i = 0; i < list->count; i++)
		by[i] = &list->rows[i];
	qsort(by, list->count, sizeof(struct ca_certificate *), by_account);
	for (size_t i = list->count; i-- > 0;) {
		if (later != NULL && ID_EQUAL(later->account, by[i]->account) && strcmp(by[i]->state, "valid") == 0)
			by[i]->state = "superseded";
		else if (strcmp(by[i]->state, "signed") != 0)
			later = by[i];
	}
	free(by);
	return ERR_OK;
}

enum err ca_list(struct ca *ca, struct ca_certificates *ret, struct err_info *info)
{
	const struct time_ms now = ca->o.clock->now(ca->o.clock->self);
	struct ca_certificates list = {0};
	struct ca_fold f;
	enum err e = ERR_OK;

	TRY(ca_fold_load(&f, ca, info));
	list.rows = calloc(f.certificate_count + 1, sizeof(*list.rows));
	if (list.rows == NULL)
		e = err_set(info, ERR_MEMORY, "the list of certificates");
	for (size_t i = 0; e == ERR_OK && i < f.certificate_count; i++) {
		e = list_one(ca, &list.rows[i], &f.certificates[i], now, info);
		list.count++;
	}
	ca_fold_release(&f);
	if (e == ERR_OK)
		e = mark_superseded(&list, info);
	if (e == ERR_OK)
		*ret = list;
	else
		ca_certificates_release(&list);
	return e;
}

void ca_certificates_release(struct ca_certificates *c)
{
	if (c == NULL)
		return;
	free(c->rows);
	memset(c, 0, sizeof(*c));
}

/* ---- checks ---- */

static void check(struct ca_checks *c, const char *what, bool ok, const char *format, ...) PRINTF_LIKE(4, 5);
static void check(struct ca_checks *c, const char *what, bool ok, const char *format, ...)
{
	struct ca_check *row = &c->rows[c->count];
	va_list args;

	ASSERT(c->count < CA_CHECKS_MAX);
	c->count++;
	(void)snprintf(row->what, sizeof(row->what), "%s", what);
	va_start(args, format);
	(void)vsnprintf(row->words, sizeof(row->words), format, args);
	va_end(args);
	row->ok = ok;
	c->failed += !ok;
}

static enum err check_register(struct ca *ca, struct ca_checks *c)
{
	struct err_info why = {0};
	struct hash32 head;
	uint64_t rows = 0;
	char hex[ID_HEX] = "";
	enum err e = register_verify(ca->reg, &rows, &head, &why);

	if (e == ERR_OK)
		hex_encode(hex, head.b, sizeof(head.b));
	check(c, "register", e == ERR_OK, "%s", e == ERR_OK ? "every row follows from the one before" : why.detail);
	if (e == ERR_OK)
		check(c, "register head", true, "%llu rows, %.16s", (unsigned long long)rows, hex);
	return e;
}

static void check_serials(struct ca_fold *f, struct ca_checks *c)
{
	size_t twice = 0;

	for (size_t i = 0; i < f->certificate_count; i++)
		for (size_t j = i + 1; j < f->certificate_count; j++)
			twice += memcmp(f->certificates[i].row.serial, f->certificates[j].row.serial,
					CERT_SERIAL_SIZE) == 0;
	check(c, "serials", twice == 0, "%zu certificates, %zu serials twice", f->certificate_count, twice);
}

static void check_cut(struct ca_fold *f, struct ca_checks *c)
{
	size_t anchoring = 0, revoking = 0;

	for (size_t i = 0; i < f->certificate_count; i++) {
		anchoring += !f->certificates[i].issued && !f->certificates[i].revoking;
		revoking += f->certificates[i].revoking && !f->certificates[i].revoked && f->certificates[i].hold != CA_HELD;
	}
	check(c, "unfinished acts", anchoring + revoking == 0,
			"%zu approvals and %zu revocations or releases wait for the ledger", anchoring,
	      revoking);
}

static void check_list(struct ca *ca, struct time_ms now, struct ca_checks *c)
{
	struct register_row row;
	enum err e = register_newest(ca->reg, &row, REGISTER_CRL, NULL);
	char time[TIME_TEXT] = "";

	if (e != ERR_OK) {
		check(c, "revocation list", false, "there is none");
		return;
	}
	time_format(time, row.until);
	check(c, "revocation list", now.v < row.until.v - CA_CRL_LIFE_MS / 2, "number %llu, good until %s",
	      (unsigned long long)row.number, time);
	register_row_release(&row);
}

/* Each certificate of the register again, by today's rules but at the time it was signed. */
static enum err lint_item(struct ca *ca, const struct ca_issuers *issuers, const struct ca_item *item, struct cert_summary *s)
{
	const struct profile_row *p = profile_by_number(item->row.profile);
	Medlock__RegisterCertificate *m;
	enum err e;

	if (p == NULL)
		return ERR_DAMAGED;
	TRY(CA_COLUMN(&m, ca, &item->row, medlock__register_certificate, NULL));
	e = ca_lint(s, wire_bytes(m->certificate), p, &item->row.key, &ca_issuer_at(issuers, item->row.at)->summary,
		    ca->network_name, item->row.at, NULL);
	WIRE_FREE(m);
	if (e == ERR_OK && memcmp(s->serial, item->row.serial, CERT_SERIAL_SIZE) != 0)
		e = ERR_DAMAGED;
	return e;
}

static enum err check_certificates(struct ca *ca, struct ca_fold *f, struct time_ms now, struct ca_checks *c)
{
	struct cert_summary *s = calloc(1, sizeof(*s));
	struct ca_issuers issuers;
	size_t bad = 0, soon = 0;
	enum err e = s == NULL ? ERR_MEMORY : ca_issuers_load(&issuers, ca, NULL);

	if (e != ERR_OK) {
		free(s);
		return e;
	}
	for (size_t i = 0; i < f->certificate_count; i++) {
		const struct ca_item *item = &f->certificates[i];

		bad += lint_item(ca, &issuers, item, s) != ERR_OK;
		soon += item->issued && !item->revoking && item->row.until.v > now.v &&
			item->row.until.v < now.v + CA_EXPIRY_NOTICE_MS;
	}
	free(s);
	ca_issuers_release(&issuers);
	check(c, "certificates", bad == 0, "%zu, of which %zu do not pass the lint", f->certificate_count, bad);
	check(c, "expiry", true, "%zu certificates end within 30 days", soon);
	return ERR_OK;
}

static void check_authorities(struct ca *ca, struct time_ms now, struct ca_checks *c)
{
	const struct cert_chain chain = {.root = ca_root(ca)};
	struct err_info why = {0};
	enum err e = x509_verify(ca_issuing(ca), &chain, now, NULL, &why);
	char time[TIME_TEXT];

	time_format(time, ca->issuing_summary.not_after);
	check(c, "issuing certificate", e == ERR_OK && ca->issuing_summary.not_after.v > now.v + CA_EXPIRY_NOTICE_MS,
	      "%s%sends %s", e == ERR_OK ? "" : why.detail, e == ERR_OK ? "" : "; ", time);
	time_format(time, ca->root_summary.not_after);
	check(c, "root certificate", ca->root_summary.not_after.v > now.v + CA_EXPIRY_NOTICE_MS, "ends %s", time);
}

enum err ca_doctor(struct ca *ca, struct ca_checks *ret, struct err_info *info)
{
	const struct time_ms now = ca->o.clock->now(ca->o.clock->self);
	struct ca_checks c = {0};
	struct ca_fold f;
	enum err e;

	if (check_register(ca, &c) != ERR_OK) {
		*ret = c;
		return ERR_OK;
	}
	TRY(ca_fold_load(&f, ca, info));
	check(&c, "clock", now.v >= f.newest.v, "%s the register's last entry", now.v >= f.newest.v
			? "after" : "BEHIND");
	check_serials(&f, &c);
	check_authorities(ca, now, &c);
	check_list(ca, now, &c);
	check_cut(&f, &c);
	e = check_certificates(ca, &f, now, &c);
	ca_fold_release(&f);
	if (e != ERR_OK)
		return err_set(info, e, "the desk's health");
	*ret = c;
	return ERR_OK;
}
