/* SPDX-License-Identifier: Apache-2.0 */
/* "Why did you look?": questions of owners about requests in their lists, and the readers' replies (action 51).
 *
 * What was asked, when, until when an answer is due and whether there is one comes from the own list of events, which is proven
 * complete; each text comes in a letter, is compared with the ledger's commitment, and is kept in the profile, sealed.
 */
#ifndef MEDLOCK_APP_QUESTION_H
#define MEDLOCK_APP_QUESTION_H

#include "core/app/app.h"

struct app_posed {
	struct request_id request;
	uint64_t n;                              /* of the entry in the list it was read from */
	struct account_id asker, owner, reader;  /* asker: the owner, or who acts for her */
	const char *purpose;
	bool emergency;
	struct time_ms asked, due, answered;     /* answered 0: not yet */
	const char *state;                       /* "waiting", "overdue", "answered" */
	struct hash32 promised, promised_reply;
	char *text, *reply;                      /* foreign; NULL: not on this device (yet) */
	bool unseen;                             /* a text of somebody else came and was not shown before */
	bool unsent;                             /* an own text that no peer took: the same command again sends it */
};
struct app_questions {
	struct app_posed *rows; /* oldest first */
	size_t count;
	bool complete;             /* the list they were read from is proven, up to this block: what came later is not in it */
	uint64_t checked_to;
	struct time_ms checked_at;
};
void app_questions_release(struct app_questions *q);

/* By the owner, or who acts for her: about the records whose list is read; to this account: which owes the replies. */
enum app_question_side { APP_QUESTIONS_ASKED, APP_QUESTIONS_TO_ME };
/* Letters that came are read when a text is missing; offline the rest is there. */
enum err app_question_list(struct app *a, struct app_questions *ret, enum app_question_side side,
			   struct err_info *info) MUST_USE;
/* The same about one request, of either side. */
enum err app_question_about(struct app *a, struct app_questions *ret, const struct request_id *request,
			    struct err_info *info) MUST_USE;

/* Ask about the access that entry n of the list speaks of, granted or refused; ret: all questions about it.  When one waits for
 * its answer the same text, or NULL, sends its letter again (a machine that stopped between act and letter); another text is
 * ERR_DUPLICATE.  ERR_NOT_FOUND (no such entry), ERR_USAGE (an entry without a request, an own access, the text), ERR_LIMIT,
 * ERR_NO_CONTACT (the reader's keys are not known: nothing was done), and what the ledger answers.
 */
enum err app_question_ask(struct app *a, struct app_questions *ret, uint64_t n, const char *text,
			  struct err_info *info) MUST_USE;

/* Reply to the newest question about an own request (an id or its first digits).  ERR_NOT_FOUND: nobody asked; ERR_PENDING:
 * its text has not come; ERR_DUPLICATE: answered, with another text.  The same text, or NULL, sends the letter again.
 */
enum err app_question_reply(struct app *a, struct app_questions *ret, const char *request, const char *text,
			    struct err_info *info) MUST_USE;

/* Own questions whose answer was not read yet or is overdue; questions that wait for this account's.  Letters are fetched and
 * kept, because peers forget them.
 */
struct app_question_news {
	size_t unread, overdue, waiting;
};
enum err app_question_news(struct app *a, struct app_question_news *ret, struct err_info *info) MUST_USE;

#endif
