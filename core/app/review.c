/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/review.h"

#include <stdio.h>

#include "core/app/internal.h"
#include "core/app/promised.h"

/* The letter first: a review that is on the ledger and reaches nobody would be worth nothing.  A letter to which no row fits is
 * shown as such, and a repeat sends another.
 */
static enum err review(struct app *a, const struct app_request *request, const char *text, struct err_info *info)
{
	struct app_letter to = {.from = request->owner};
	struct promised p;

	if (!request->emergency)
		return err_set(info, ERR_USAGE, "this was no emergency: medlock request close ends it");
	if (request->closed)
		return err_set(info, ERR_DUPLICATE, "it is closed already");
	TRY(promised_make(&p, LETTER_REVIEW, &request->request, text, info));
	TRY(promised_send(a, &p.text, LETTER_REVIEW, &to, false, info));
	return app_request_close_with(a, &request->request, &p.commitment, info);
}

enum err app_request_review(struct app *a, struct app_request *ret, const char *request, const char *text,
			    struct err_info *info)
{
	struct app_request of = {0};
	enum err e;

	TRY(app_request_show(a, &of, request, info));
	e = review(a, &of, text, info);
	app_request_release(&of);
	return e == ERR_OK ? app_request_show(a, ret, request, info) : e;
}

/* ---- who gets the letter ---- */

static enum err read_text(struct app *a, struct app_reading *ret, const struct app_letter *letter, struct err_info *info)
{
	Medlock__PromisedText *t;

	static_assert(sizeof(ret->text) == LETTER_TEXT_MAX + 1, "a reading holds every text");
	TRY(letter_text_parse(&t, buf_bytes(&letter->body), info));
	ID_COPY(ret->request, t->request.data);
	snprintf(ret->text, sizeof(ret->text), "%s", t->text);
	ret->is_promised = true;
	ret->as_promised = promised_stands(a, letter->kind, t, &letter->from);
	WIRE_FREE(t);
	return ERR_OK;
}

static enum err read_report(struct app_reading *ret, const struct app_letter *letter, struct err_info *info)
{
	Medlock__ErrorReport *r;

	TRY(letter_report_parse(&r, buf_bytes(&letter->body), info));
	ID_COPY(ret->record, r->record.data);
	snprintf(ret->text, sizeof(ret->text), "%s", r->text);
	ret->is_report = true;
	WIRE_FREE(r);
	return ERR_OK;
}

enum err app_letter_read(struct app *a, struct app_reading *ret, const struct app_letter *letter, struct err_info *info)
{
	*ret = (struct app_reading){.as_promised = true};
	if (letter->kind == LETTER_REVIEW || letter->kind == LETTER_QUESTION || letter->kind == LETTER_REPLY)
		return read_text(a, ret, letter, info);
	if (letter->kind == LETTER_REPORT)
		return read_report(ret, letter, info);
	snprintf(ret->text, sizeof(ret->text), "%s",
		 letter->kind == LETTER_SHARE  ? "a share of this person's keys, for you to keep: medlock key helping" :
		 letter->kind == LETTER_NOTICE ? "about a recovery of an account by its helpers: medlock key refuse says no" :
						 "an act of the authority");
	return ERR_OK;
}
