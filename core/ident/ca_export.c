/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ident/ca_export.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/json.h"
#include "core/base/text.h"
#include "core/ident/ca_internal.h"

/* One decision as text; the same names in both formats. */
enum column {
	COLUMN_ENTRY, COLUMN_SERIAL, COLUMN_PROFILE, COLUMN_NAME, COLUMN_ORGANISATION, COLUMN_ACCOUNT, COLUMN_AT,
	COLUMN_NOT_AFTER, COLUMN_REASON, COLUMN_SINCE, COLUMN_TX, COLUMN_HEIGHT, COLUMN_REQUEST, COLUMN_ROW, COLUMN_ROW_HASH,
	COLUMN_COUNT
};
static const char *const names[COLUMN_COUNT] = {
	"entry", "serial", "profile", "name", "organisation", "account", "at", "not_after", "reason", "since", "tx", "height",
	"request", "row", "row_hash",
};

struct exporting {
	struct ca *ca;
	struct ca_fold fold;
	struct cert_revoked *revocations; /* the newest so far, by the fold's certificates */
	enum ca_export_format format;
	struct time_ms since;
	struct buf *out;
	struct json_writer w;
	uint64_t rows, seen;
	struct hash32 head;
	struct ca_decisions *list; /* NULL: text is written */
	size_t room;
};

struct line { struct buf field[COLUMN_COUNT]; };

static void line_release(struct line *l)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		buf_release(&l->field[i]);
}

/* ---- fields ---- */

static void set(struct line *l, enum column c, const char *text)
{
	text_gate(&l->field[c], bytes_str(text), false);
}

static void set_hex(struct line *l, enum column c, struct bytes bytes)
{
	char hex[2 * HASH_SIZE + 1];

	ASSERT(bytes.len <= HASH_SIZE);
	hex_encode(hex, bytes.data, bytes.len);
	if (!bytes_is_zero(bytes))
		buf_append_text(&l->field[c], hex);
}

static void set_number(struct line *l, enum column c, uint64_t n)
{
	buf_printf(&l->field[c], "%llu", (unsigned long long)n);
}

static void set_time(struct line *l, enum column c, struct time_ms t)
{
	char time[TIME_TEXT];

	time_format(time, t);
	if (t.v != 0)
		buf_append_text(&l->field[c], time);
}

/* Spreadsheets run what begins like this (OWASP, CSV injection); an apostrophe makes it text. */
static bool is_formula(struct bytes text)
{
	return text.len > 0 && memchr("=+-@\t\r", text.data[0], 6) != NULL;
}

void ca_csv_field(struct buf *out, struct bytes text)
{
	const bool formula = is_formula(text);
	bool quote = formula;

	for (size_t i = 0; i < text.len; i++)
		quote = quote || memchr(",\"\r\n;", text.data[i], 5) != NULL;
	if (quote)
		buf_append_text(out, formula ? "\"'" : "\"");
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '"')
			buf_append_text(out, "\"");
		buf_append_byte(out, text.data[i]);
	}
	if (quote)
		buf_append_text(out, "\"");
}

static void put_csv(struct exporting *x, const struct line *l)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		buf_append_text(x->out, i > 0 ? "," : "");
		ca_csv_field(x->out, buf_bytes(&l->field[i]));
	}
	buf_append_text(x->out, "\r\n");
}

static void put_json(struct exporting *x, const struct line *l)
{
	json_begin_object(&x->w, NULL);
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		json_bytes(&x->w, names[i], buf_bytes(&l->field[i]));
	json_end_object(&x->w);
}

static enum err put_line(struct exporting *x, const struct line *l)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		TRY(buf_error(&l->field[i]));
	if (x->format == CA_EXPORT_CSV)
		put_csv(x, l);
	else
		put_json(x, l);
	return buf_error(x->out);
}

/* ---- what a row says ---- */

static enum err set_certificate(struct exporting *x, struct line *l, const struct ca_item *item)
{
	Medlock__RegisterCertificate *m;

	TRY(CA_COLUMN(&m, x->ca, &item->row, medlock__register_certificate, NULL));
	set(l, COLUMN_NAME, m->name);
	set(l, COLUMN_ORGANISATION, m->organisation);
	WIRE_FREE(m);
	set_time(l, COLUMN_NOT_AFTER, item->row.until);
	return ERR_OK;
}

static enum err set_rejected(struct exporting *x, struct line *l, const struct register_row *row)
{
	const struct ca_item *asked = ca_fold_request(&x->fold, &row->request);
	Medlock__RegisterRequest *m;
	struct enrolment *e;
	enum err err;

	if (asked == NULL)
		return ERR_DAMAGED;
	TRY(CA_COLUMN(&m, x->ca, row, medlock__register_request, NULL));
	set(l, COLUMN_REASON, m->reason);
	WIRE_FREE(m);
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return ERR_MEMORY;
	err = ca_enrolment(x->ca, e, &asked->row, NULL);
	if (err == ERR_OK) {
		set(l, COLUMN_NAME, e->wire->name);
		set(l, COLUMN_ORGANISATION, e->wire->organisation);
		set(l, COLUMN_PROFILE, e->profile->name);
		enrolment_release(e);
	}
	free(e);
	return err;
}

static enum err note_revoking(struct exporting *x, const struct register_row *row, size_t at)
{
	Medlock__RegisterRevocation *m;

	TRY(CA_COLUMN(&m, x->ca, row, medlock__register_revocation, NULL));
	x->revocations[at].reason = (enum cert_reason)m->reason;
	x->revocations[at].invalid_since.v = m->since;
	WIRE_FREE(m);
	return ERR_OK;
}

static const char *entry_of(const struct register_row *row)
{
	switch ((int)row->kind) {
	case REGISTER_ISSUED: return "issued";
	case REGISTER_REJECTED: return "rejected";
	case REGISTER_REVOKED: return "revoked";
	case REGISTER_REVOKING: return "revoking";
	case REGISTER_HELD: return "held";
	case REGISTER_HOLDING: return "holding";
	default: return "released";
	}
}

static void copy_field(char *to, size_t size, const struct buf *from)
{
	(void)snprintf(to, size, "%.*s", (int)from->len, from->len > 0 ? (const char *)from->data : "");
}

static enum err add_decision(struct exporting *x, const struct line *l, const struct register_row *row)
{
	struct ca_decision *d;

	if (x->list->count == x->room) {
		size_t room = x->room * 2 + 16;
		struct ca_decision *more = realloc(x->list->rows, room * sizeof(*more));

		if (more == NULL)
			return ERR_MEMORY;
		x->list->rows = more;
		x->room = room;
	}
	d = &x->list->rows[x->list->count++];
	*d = (struct ca_decision){.entry = entry_of(row), .at = row->at, .row = row->seq, .hash = row->hash,
				  .height = row->kind == REGISTER_REJECTED ? 0 : row->number};
	copy_field(d->profile, sizeof(d->profile), &l->field[COLUMN_PROFILE]);
	copy_field(d->serial, sizeof(d->serial), &l->field[COLUMN_SERIAL]);
	copy_field(d->name, sizeof(d->name), &l->field[COLUMN_NAME]);
	copy_field(d->organisation, sizeof(d->organisation), &l->field[COLUMN_ORGANISATION]);
	copy_field(d->reason, sizeof(d->reason), &l->field[COLUMN_REASON]);
	return ERR_OK;
}

static enum err put_row(struct exporting *x, const struct register_row *row, const struct ca_item *item,
			const struct cert_revoked *revocation)
{
	const struct profile_row *p = profile_by_number(row->profile);
	struct line l = {0};
	enum err e;

	set(&l, COLUMN_ENTRY, entry_of(row));
	set_hex(&l, COLUMN_SERIAL, bytes_of(row->serial, sizeof(row->serial)));
	set(&l, COLUMN_PROFILE, p != NULL && row->kind != REGISTER_REJECTED ? p->name : "");
	set_hex(&l, COLUMN_ACCOUNT, BYTES_ID(row->account));
	set_time(&l, COLUMN_AT, row->at);
	set_hex(&l, COLUMN_TX, BYTES_ID(row->tx));
	if (row->number != 0)
		set_number(&l, COLUMN_HEIGHT, row->number);
	set_hex(&l, COLUMN_REQUEST, BYTES_ID(row->request));
	set_number(&l, COLUMN_ROW, row->seq);
	set_hex(&l, COLUMN_ROW_HASH, BYTES_ID(row->hash));
	if (revocation != NULL && row->kind != REGISTER_ISSUED && row->kind != REGISTER_RELEASED) {
		set(&l, COLUMN_REASON, ca_reason_text(revocation->reason));
		set_time(&l, COLUMN_SINCE, revocation->invalid_since);
	}
	e = item != NULL ? set_certificate(x, &l, item) : set_rejected(x, &l, row);
	if (e == ERR_OK)
		e = x->list != NULL ? add_decision(x, &l, row) : put_line(x, &l);
	line_release(&l);
	x->rows += e == ERR_OK;
	return e;
}

/* The ledger has confirmed it, or not yet: what waits is told as what waits. */
static bool is_decision(const struct register_row *row, const struct ca_item *item)
{
	switch ((int)row->kind) {
	case REGISTER_ISSUED:
	case REGISTER_REJECTED:
	case REGISTER_REVOKED:
	case REGISTER_HELD:
	case REGISTER_RELEASED: return true;
	case REGISTER_REVOKING: return !item->revoked;
	case REGISTER_HOLDING: return item->hold == CA_HOLDING;
	default: return false;
	}
}

static bool is_of_certificate(const struct register_row *row)
{
	return row->kind == REGISTER_ISSUED || row->kind == REGISTER_REVOKING || row->kind == REGISTER_REVOKED ||
	       row->kind == REGISTER_HOLDING || row->kind == REGISTER_HELD || row->kind == REGISTER_RELEASED;
}

static enum err visit(void *self, const struct register_row *row)
{
	struct exporting *x = self;
	const struct ca_item *item = NULL;
	size_t at = 0;

	x->seen = row->seq;
	x->head = row->hash;
	if (is_of_certificate(row)) {
		item = ca_fold_serial(&x->fold, row->serial);
		if (item == NULL)
			return ERR_DAMAGED;
		at = (size_t)(item - x->fold.certificates);
	}
	if (row->kind == REGISTER_REVOKING || row->kind == REGISTER_HOLDING)
		TRY(note_revoking(x, row, at));
	if (!is_decision(row, item) || row->at.v < x->since.v)
		return ERR_OK;
	return put_row(x, row, item, item != NULL ? &x->revocations[at] : NULL);
}

/* ---- the text ---- */

static void begin(struct exporting *x)
{
	if (x->format == CA_EXPORT_CSV) {
		for (size_t i = 0; i < COLUMN_COUNT; i++)
			buf_printf(x->out, "%s%s", i > 0 ? "," : "", names[i]);
		buf_append_text(x->out, "\r\n");
		return;
	}
	json_writer_init(&x->w, x->out);
	json_begin_object(&x->w, NULL);
	json_string(&x->w, "export", "medlock register");
	json_uint(&x->w, "v", 1);
	json_string(&x->w, "network", x->ca->network_name);
	json_time(&x->w, "since", x->since.v);
	json_begin_array(&x->w, "rows");
}

static enum err finish(struct exporting *x, struct time_ms now)
{
	struct line l = {0};
	enum err e = ERR_OK;

	if (x->format == CA_EXPORT_CSV) {
		set(&l, COLUMN_ENTRY, "head");
		set(&l, COLUMN_NAME, x->ca->network_name);
		set_time(&l, COLUMN_AT, now);
		set_time(&l, COLUMN_SINCE, x->since);
		set_number(&l, COLUMN_ROW, x->seen);
		set_hex(&l, COLUMN_ROW_HASH, BYTES_ID(x->head));
		e = put_line(x, &l);
		line_release(&l);
		return e;
	}
	json_end_array(&x->w);
	json_time(&x->w, "at", now.v);
	json_begin_object(&x->w, "head");
	json_uint(&x->w, "row", x->seen);
	json_hex(&x->w, "row_hash", BYTES_ID(x->head));
	json_end_object(&x->w);
	json_end_object(&x->w);
	buf_append_text(x->out, "\n");
	return buf_error(x->out);
}

static enum err write_all(struct exporting *x, struct err_info *info)
{
	enum err e;

	x->revocations = calloc(x->fold.certificate_count + 1, sizeof(*x->revocations));
	if (x->revocations == NULL)
		return err_set(info, ERR_MEMORY, "the export");
	if (x->list == NULL)
		begin(x);
	e = register_walk(x->ca->reg, visit, x, info);
	if (e == ERR_OK && x->list == NULL)
		e = finish(x, x->ca->o.clock->now(x->ca->o.clock->self));
	free(x->revocations);
	return e == ERR_OK ? e : err_wrap(info, e, "the export");
}

enum err ca_export(struct ca *ca, struct buf *text, struct buf *signature, uint64_t *ret_rows, enum ca_export_format format,
		   struct time_ms since, struct err_info *info)
{
	struct exporting x = {.ca = ca, .format = format, .since = since, .out = text};
	enum err e;

	ASSERT(text->len == 0);
	TRY(ca_fold_load(&x.fold, ca, info));
	e = write_all(&x, info);
	ca_fold_release(&x.fold);
	TRY(e);
	TRY(ca->o.keys.sign_text(ca->o.keys.self, signature, CA_KEY_ISSUING, buf_bytes(text), info));
	*ret_rows = x.rows;
	return ERR_OK;
}

enum err ca_decisions(struct ca *ca, struct ca_decisions *ret, struct err_info *info)
{
	struct ca_decisions made = {0};
	struct exporting x = {.ca = ca, .list = &made};
	enum err e;

	TRY(ca_fold_load(&x.fold, ca, info));
	e = write_all(&x, info);
	ca_fold_release(&x.fold);
	if (e == ERR_OK)
		*ret = made;
	else
		ca_decisions_release(&made);
	return e;
}

void ca_decisions_release(struct ca_decisions *d)
{
	if (d == NULL)
		return;
	free(d->rows);
	*d = (struct ca_decisions){0};
}

/* ---- one certificate, and the file ---- */

enum err ca_certificate_der(struct ca *ca, struct buf *der, const uint8_t serial[CERT_SERIAL_SIZE], struct err_info *info)
{
	Medlock__RegisterCertificate *m;
	struct register_row row;
	enum err e = register_of_serial(ca->reg, &row, REGISTER_SIGNED, serial, NULL);

	if (e != ERR_OK)
		return err_set(info, e, "no certificate of this issuer has this serial");
	e = CA_COLUMN(&m, ca, &row, medlock__register_certificate, info);
	register_row_release(&row);
	TRY(e);
	buf_append_bytes(der, wire_bytes(m->certificate));
	WIRE_FREE(m);
	return buf_error(der);
}

enum err ca_copy(struct ca *ca, struct ca_copied *ret, const char *path, struct err_info *info)
{
	struct ca_register *copy = NULL;
	enum err e;

	TRY(register_copy(ca->reg, path, info));
	TRY(register_open(&copy, path, false, info));
	e = register_verify(copy, &ret->rows, &ret->head, info);
	register_free(copy);
	return e;
}
