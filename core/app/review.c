/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/review.h"

#include <stdio.h>

#include "chain/proto/letter.pb-c.h"
#include "core/app/internal.h"
#include "core/crypto/hash.h"

static struct hash32 commitment(const Medlock__EmergencyReview *r)
{
	return hash_tagged("medlock emergency review", wire_bytes(r->request), wire_bytes(r->salt), bytes_str(r->text));
}

static enum err tell_owner(struct app *a, const struct account_id *owner, const Medlock__EmergencyReview *r,
			   struct err_info *info)
{
	struct buf body = BUF_INIT;
	enum err e;

	WIRE_ENCODE(&body, r);
	e = buf_error(&body);
	if (e == ERR_OK)
		e = app_mail_send(a, owner, LETTER_REVIEW, buf_bytes(&body), info);
	buf_release(&body);
	return e;
}

/* The letter first: a review that is on the ledger and reaches nobody would be worth nothing.  A letter to which no row fits is
 * shown as such, and a repeat sends another.
 */
static enum err review(struct app *a, const struct app_request *request, const char *text, struct err_info *info)
{
	Medlock__EmergencyReview r = MEDLOCK__EMERGENCY_REVIEW__INIT;
	uint8_t salt[TX_SALT_SIZE];
	struct hash32 promised;

	if (!request->emergency)
		return err_set(info, ERR_USAGE, "this was no emergency: medlock request close ends it");
	if (request->closed)
		return err_set(info, ERR_DUPLICATE, "it is closed already");
	if (text[0] == '\0' || strlen(text) > REVIEW_TEXT_MAX)
		return err_set(info, ERR_USAGE, "a review has 1 to %u bytes", REVIEW_TEXT_MAX);
	rng_fill(rng_system(), salt, sizeof(salt));
	r.request = wire_data(BYTES_ID(request->request));
	r.salt = wire_data(bytes_of(salt, sizeof(salt)));
	r.text = (char *)(uintptr_t)text;
	promised = commitment(&r);
	TRY(tell_owner(a, &request->owner, &r, info));
	return app_request_close_with(a, &request->request, &promised, info);
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

/* ---- the owner ---- */

static bool is_promised(struct app *a, const Medlock__EmergencyReview *r, const struct account_id *from)
{
	struct hash32 promised = commitment(r);
	Medlock__RequestState *row = NULL;
	struct request_id id;
	struct state_key key;
	struct buf value = BUF_INIT;
	bool is = false;

	ID_COPY(id, r->request.data);
	key = state_key_request(&id);
	if (replica_prove(a->replica, &value, &a->link, state_key_bytes(&key), NULL, NULL) == ERR_OK &&
	    WIRE_DECODE(&row, medlock__request_state, buf_bytes(&value), APP_DECODED_MAX, NULL) == ERR_OK)
		is = bytes_equal(wire_bytes(row->owner), BYTES_ID(a->me.account)) &&
		     bytes_equal(wire_bytes(row->requester), BYTES_ID(*from)) &&
		     bytes_equal(wire_bytes(row->review), BYTES_ID(promised));
	WIRE_FREE(row);
	buf_release(&value);
	return is;
}

static enum err read_review(struct app *a, struct app_reading *ret, const struct app_letter *letter, struct err_info *info)
{
	Medlock__EmergencyReview *r;

	TRY(WIRE_DECODE(&r, medlock__emergency_review, buf_bytes(&letter->body), APP_DECODED_MAX, info));
	if (r->request.len != ID_SIZE || r->salt.len != TX_SALT_SIZE || strlen(r->text) > REVIEW_TEXT_MAX) {
		WIRE_FREE(r);
		return err_set(info, ERR_FORMAT, "a review");
	}
	ID_COPY(ret->request, r->request.data);
	snprintf(ret->text, sizeof(ret->text), "%s", r->text);
	ret->as_promised = is_promised(a, r, &letter->from);
	WIRE_FREE(r);
	return ERR_OK;
}

enum err app_letter_read(struct app *a, struct app_reading *ret, const struct app_letter *letter, struct err_info *info)
{
	*ret = (struct app_reading){.as_promised = true};
	if (letter->kind == LETTER_REVIEW)
		return read_review(a, ret, letter, info);
	snprintf(ret->text, sizeof(ret->text), "%s",
		 letter->kind == LETTER_SHARE  ? "a share of this person's keys, for you to keep: medlock key helping" :
		 letter->kind == LETTER_NOTICE ? "about a recovery of an account by its helpers: medlock key refuse says no" :
						 "an act of the authority");
	return ERR_OK;
}
