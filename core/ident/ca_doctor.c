/* SPDX-License-Identifier: Apache-2.0 */
/* The desk's own health: each check is fine, a warning, or bad, and says what to do next. */
#include <stdio.h>
#include <stdlib.h>

#include "core/ident/ca_internal.h"
#include "core/ident/ceremony.h"

#define SERIAL_BITS 159u /* of 160; the first is zero */
#define SIGMAS 6u        /* a good generator is further off less than once in 10^8 desks */

enum level { FINE, WARN, BAD };

static void check(struct ca_checks *c, const char *what, enum level level, const char *next, const char *format, ...)
	PRINTF_LIKE(5, 6);
static void check(struct ca_checks *c, const char *what, enum level level, const char *next, const char *format, ...)
{
	struct ca_check *row = &c->rows[c->count];
	va_list args;

	ASSERT(c->count < CA_CHECKS_MAX);
	c->count++;
	(void)snprintf(row->what, sizeof(row->what), "%s", what);
	va_start(args, format);
	(void)vsnprintf(row->words, sizeof(row->words), format, args);
	va_end(args);
	row->ok = level != BAD;
	row->warn = level == WARN;
	row->next = level == FINE ? "" : next;
	c->failed += level == BAD;
	c->warned += level == WARN;
}

static enum err check_register(struct ca *ca, struct ca_checks *c)
{
	static const char next[] = "sign nothing; put back a copy of 'ca backup' and compare it with the ledger";
	struct err_info why = {0};
	struct hash32 head;
	uint64_t rows = 0;
	char hex[ID_HEX] = "";
	enum err e = register_verify(ca->reg, &rows, &head, &why);

	if (e != ERR_OK) {
		check(c, "register", BAD, next, "%s", why.detail);
		return e;
	}
	hex_encode(hex, head.b, sizeof(head.b));
	check(c, "register", FINE, "", "every row follows from the one before");
	check(c, "register head", FINE, "", "%llu rows, %.16s", (unsigned long long)rows, hex);
	return ERR_OK;
}

/* ---- serials ---- */

static int by_serial(const void *a, const void *b)
{
	return memcmp(a, b, CERT_SERIAL_SIZE);
}

static size_t count_twice(const struct ca_fold *f, uint8_t (*serials)[CERT_SERIAL_SIZE])
{
	size_t twice = 0;

	for (size_t i = 0; i < f->certificate_count; i++)
		memcpy(serials[i], f->certificates[i].row.serial, CERT_SERIAL_SIZE);
	qsort(serials, f->certificate_count, CERT_SERIAL_SIZE, by_serial);
	for (size_t i = 1; i < f->certificate_count; i++)
		twice += memcmp(serials[i - 1], serials[i], CERT_SERIAL_SIZE) == 0;
	return twice;
}

/* Ones among all bits: of n fair ones about n/2, with a deviation of sqrt(n)/2.  It finds a generator that counts or stands
 * still, not a clever one.
 */
static bool ones_plausible(const struct ca_fold *f)
{
	uint64_t ones = 0;
	const uint64_t bits = (uint64_t)SERIAL_BITS * f->certificate_count;
	uint64_t off;

	for (size_t i = 0; i < f->certificate_count; i++)
		for (size_t b = 0; b < CERT_SERIAL_SIZE; b++)
			ones += (uint64_t)__builtin_popcount(f->certificates[i].row.serial[b]);
	off = 2 * ones > bits ? 2 * ones - bits : bits - 2 * ones;
	return off * off <= (uint64_t)SIGMAS * SIGMAS * bits;
}

static size_t count_improper(const struct ca_fold *f)
{
	size_t improper = 0;

	for (size_t i = 0; i < f->certificate_count; i++)
		improper += f->certificates[i].row.serial[0] == 0 || (f->certificates[i].row.serial[0] & 0x80) != 0;
	return improper;
}

static enum err check_serials(struct ca_fold *f, struct ca_checks *c)
{
	static const char next[] = "sign nothing more: the random generator failed; revoke and issue again elsewhere";
	uint8_t(*serials)[CERT_SERIAL_SIZE] = calloc(f->certificate_count + 1, sizeof(*serials));
	const size_t improper = count_improper(f);
	size_t twice;

	if (serials == NULL)
		return ERR_MEMORY;
	twice = count_twice(f, serials);
	free(serials);
	check(c, "serials", twice + improper == 0 ? FINE : BAD, next,
	      "%zu certificates, %zu serials twice, %zu not positive of full length", f->certificate_count, twice, improper);
	check(c, "serials' entropy", ones_plausible(f) ? FINE : BAD, next, "159 random bits each, %s",
	      ones_plausible(f) ? "evenly drawn" : "NOT evenly drawn");
	return ERR_OK;
}

/* ---- acts and lists ---- */

static void check_cut(struct ca_fold *f, struct ca_checks *c)
{
	size_t anchoring = 0, revoking = 0;

	for (size_t i = 0; i < f->certificate_count; i++) {
		anchoring += !f->certificates[i].issued && !f->certificates[i].revoking;
		revoking += f->certificates[i].revoking && !f->certificates[i].revoked && f->certificates[i].hold != CA_HELD;
	}
	check(c, "unfinished acts", anchoring + revoking == 0 ? FINE : WARN,
	      "repeat 'ca approve' or 'ca revoke' of what 'ca queue' and 'ca list' show, or get the second officer",
	      "%zu approvals and %zu revocations or releases wait for the ledger", anchoring, revoking);
}

static void check_list(struct ca *ca, struct time_ms now, struct ca_checks *c)
{
	struct register_row row;
	enum err e = register_newest(ca->reg, &row, REGISTER_CRL, NULL);
	char time[TIME_TEXT] = "";

	if (e != ERR_OK) {
		check(c, "revocation list", BAD, "make one: 'ca crl --out FILE'", "there is none");
		return;
	}
	time_format(time, row.until);
	check(c, "revocation list", now.v >= row.until.v ? BAD : now.v > row.until.v - CA_CRL_LIFE_MS / 2 ? WARN : FINE,
	      "make the next one: 'ca crl --out FILE'", "number %llu, good until %s", (unsigned long long)row.number, time);
	register_row_release(&row);
}

/* The ceremony's list, or the newest after it. */
static void check_root_list(struct ca *ca, struct time_ms now, struct ca_checks *c)
{
	struct register_row row;
	struct time_ms until = {ca->root_summary.not_before.v + CEREMONY_ROOT_LIST_LIFE_MS};
	char time[TIME_TEXT];

	if (register_newest(ca->reg, &row, REGISTER_ROOT_LIST, NULL) == ERR_OK) {
		until = row.until;
		register_row_release(&row);
	}
	time_format(time, until);
	check(c, "root's list", now.v >= until.v ? BAD : now.v > until.v - CA_EXPIRY_NOTICE_MS ? WARN : FINE,
	      "get the root key: 'ca crl --root FILE --out FILE'", "good until %s", time);
}

/* ---- certificates ---- */

/* Each certificate of the register again, by today's rules but at the time it was signed. */
static enum err lint_item(struct ca *ca, const struct ca_issuers *issuers, const struct ca_item *item,
			  struct cert_summary *s)
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

static void forecast(struct ca_fold *f, struct time_ms now, struct ca_checks *c)
{
	size_t month = 0, quarter = 0, live = 0;

	for (size_t i = 0; i < f->certificate_count; i++) {
		const struct ca_item *item = &f->certificates[i];

		if (!item->issued || item->revoking || item->row.until.v <= now.v)
			continue;
		live++;
		month += item->row.until.v < now.v + CA_EXPIRY_NOTICE_MS;
		quarter += item->row.until.v < now.v + 3 * CA_EXPIRY_NOTICE_MS;
	}
	check(c, "expiry", month == 0 ? FINE : WARN, "see 'ca list --expiring 30d', and have their holders renew",
	      "of %zu in force %zu end within 30 days, %zu within 90", live, month, quarter);
}

static enum err check_certificates(struct ca *ca, struct ca_fold *f, struct time_ms now, struct ca_checks *c)
{
	struct cert_summary *s = calloc(1, sizeof(*s));
	struct ca_issuers issuers;
	size_t bad = 0;
	enum err e = s == NULL ? ERR_MEMORY : ca_issuers_load(&issuers, ca, NULL);

	if (e != ERR_OK) {
		free(s);
		return e;
	}
	for (size_t i = 0; i < f->certificate_count; i++)
		bad += lint_item(ca, &issuers, &f->certificates[i], s) != ERR_OK;
	free(s);
	ca_issuers_release(&issuers);
	check(c, "certificates", bad == 0 ? FINE : BAD, "revoke them and issue them again",
	      "%zu, of which %zu do not pass the lint", f->certificate_count, bad);
	forecast(f, now, c);
	return ERR_OK;
}

static enum level life_left(struct time_ms until, struct time_ms now, int64_t notice)
{
	return until.v <= now.v + CA_EXPIRY_NOTICE_MS ? BAD : until.v <= now.v + notice ? WARN : FINE;
}

static void check_authorities(struct ca *ca, struct time_ms now, struct ca_checks *c)
{
	const int64_t leaf = profile_by_number(CERT_PROFILE_PATIENT)->life_ms; /* what it signs would be cut short */
	const struct cert_chain chain = {.root = ca_root(ca)};
	struct err_info why = {0};
	enum err e = x509_verify(ca_issuing(ca), &chain, now, NULL, &why);
	char time[TIME_TEXT];

	time_format(time, ca->issuing_summary.not_after);
	check(c, "issuing certificate", e != ERR_OK ? BAD : life_left(ca->issuing_summary.not_after, now, leaf),
	      "get the root key: 'ca issuing --root FILE --out FILE'", "%s%sends %s", e == ERR_OK ? "" : why.detail,
	      e == ERR_OK ? "" : "; ", time);
	time_format(time, ca->root_summary.not_after);
	check(c, "root certificate",
	      life_left(ca->root_summary.not_after, now, profile_by_number(CERT_PROFILE_ISSUING)->life_ms),
	      "plan the next network's authority: a root is not renewed", "ends %s", time);
}

static void check_clock(struct ca_fold *f, struct time_ms now, struct ca_checks *c)
{
	check(c, "clock", now.v >= f->newest.v ? FINE : BAD, "set the clock (NTP): nothing is signed until then",
	      "%s the register's last entry", now.v >= f->newest.v ? "after" : "BEHIND");
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
	check_clock(&f, now, &c);
	e = check_serials(&f, &c);
	check_authorities(ca, now, &c);
	check_list(ca, now, &c);
	check_root_list(ca, now, &c);
	check_cut(&f, &c);
	if (e == ERR_OK)
		e = check_certificates(ca, &f, now, &c);
	ca_fold_release(&f);
	if (e != ERR_OK)
		return err_set(info, e, "the desk's health");
	*ret = c;
	return ERR_OK;
}
