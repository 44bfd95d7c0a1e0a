/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/report.h"

#include "core/app/internal.h"
#include "core/app/promised.h"
#include "core/app/records.h"

/* An own record: of others the requester has a grant, and its duties say how to speak of them. */
static enum err depositor_of(struct app *a, struct app_report *r, struct err_info *info)
{
	struct app_records all;
	enum err e = ERR_NOT_FOUND;

	TRY(app_record_list(a, &all, NULL, info));
	for (size_t i = 0; i < all.count; i++) {
		if (!ID_EQUAL(all.rows[i].record, r->record))
			continue;
		r->to = all.rows[i].from;
		e = ERR_OK;
	}
	app_records_release(&all);
	return e == ERR_OK ? e : err_set(info, e, "this record is not yours: its owner reports what is not right in it");
}

static enum err send_report(struct app *a, const struct app_report *r, const char *text, struct err_info *info)
{
	Medlock__ErrorReport report = MEDLOCK__ERROR_REPORT__INIT;
	struct buf body = BUF_INIT;
	enum err e;

	report.record = wire_data(BYTES_ID(r->record));
	report.text = (char *)(uintptr_t)text;
	WIRE_ENCODE(&body, &report);
	e = buf_error(&body);
	if (e == ERR_OK)
		e = app_mail_send(a, &r->to, LETTER_REPORT, buf_bytes(&body), info);
	if (body.data != NULL)
		secret_wipe(body.data, body.len);
	buf_release(&body);
	return e;
}

enum err app_record_report(struct app *a, struct app_report *ret, const char *record, const char *text, struct err_info *info)
{
	struct app_report r = {0};

	TRY(letter_words_check(text, info));
	TRY(app_record_find(a, &r.record, record, info));
	TRY(depositor_of(a, &r, info));
	TRY(send_report(a, &r, text, info));
	*ret = r;
	return ERR_OK;
}
