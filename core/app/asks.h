/* SPDX-License-Identifier: Apache-2.0 */
/* What others ask of this person, and her answers. */
#ifndef MEDLOCK_APP_ASKS_H
#define MEDLOCK_APP_ASKS_H

#include "core/app/consent.h"

struct app_waiting {
	struct request_id request;
	struct account_id who;
	const char *purpose;
	const char *form;      /* of the records, as asked; NULL: the request's row was never seen here */
	struct hash32 project; /* zero: none, or not known */
	struct time_ms at, until; /* asked; when nobody answers it is a no from then on */
	struct record_id *records;
	uint32_t *rules;  /* for each record the rule that asks; 0: the default does */
	uint32_t duties;  /* of any of them: bits by codes.def, OBLIGATION */
	size_t count;
};
struct app_asks {
	struct app_waiting *rows; /* oldest first */
	size_t count;
};
/* From the own events: requests with records that are asked for and not answered, closed or past their end.  Form and project
 * are those of the request's row, which its owner may read: proven now, or as it was when it was last seen.
 */
enum err app_asks_list(struct app *a, struct app_asks *ret, struct err_info *info) MUST_USE;
void app_asks_release(struct app_asks *x);

enum app_reply {
	APP_REPLY_ONCE,	 /* yes, to this request */
	APP_REPLY_YES,	 /* yes, and a rule that lets them read these records for this purpose again: for days, or on; in
			  * no other form and under no other terms than the rules that asked */
	APP_REPLY_NO,	 /* no, to this request */
	APP_REPLY_NEVER, /* no, and a rule that refuses them this purpose from now on */
};
struct app_replied {
	struct request_id request;
	struct tx_id tx;
	uint64_t height;
	char *sentence; /* of the rule that came with it; NULL: none */
	size_t records;
};
/* request: its id or the first digits.  days: with APP_REPLY_YES, 0: without end.  Answer and rule are one transaction, which
 * waits when the rule widens access (APP_REPLY_ONCE is no rule).  ERR_NOT_FOUND when nothing is asked there, ERR_CONFLICT
 * when the policy changed meanwhile, ERR_ASK_GONE, ERR_UNDONE.
 */
enum err app_ask_answer(struct app *a, struct app_replied *ret, const char *request, enum app_reply reply, uint32_t days,
			const struct app_undo *undo, struct err_info *info) MUST_USE;
void app_replied_release(struct app_replied *r);

#endif
