/* SPDX-License-Identifier: Apache-2.0 */
/* The review that somebody owes who read in an emergency: closed on the ledger with a commitment, its text in a letter to the
 * owner, who sees that it is the text that was committed to.
 */
#ifndef MEDLOCK_APP_REVIEW_H
#define MEDLOCK_APP_REVIEW_H

#include "core/app/mail.h"
#include "core/app/requests.h"

#define READING_TEXT_MAX 4000u /* LETTER_TEXT_MAX (chain/proto/letter.h) */

/* Ends an emergency request of this account with its review.  ERR_USAGE: no emergency, no text; ERR_NO_CONTACT: the owner's key
 * is not known, and nothing was done.
 */
enum err app_request_review(struct app *a, struct app_request *ret, const char *request, const char *text,
			    struct err_info *info) MUST_USE;

/* A letter as its receiver reads it: text is foreign. */
struct app_reading {
	char text[READING_TEXT_MAX + 1];
	bool is_promised;          /* a review, a question or a reply, about `request` */
	struct request_id request;
	bool is_report;            /* about `record`: what is not right in it */
	struct record_id record;
	bool as_promised;          /* the ledger has this text's commitment, by this sender, about this request */
};
enum err app_letter_read(struct app *a, struct app_reading *ret, const struct app_letter *letter,
			 struct err_info *info) MUST_USE;

#endif
