/* SPDX-License-Identifier: Apache-2.0 */
/* What the views of those who ask for records share: their requests, what became of each, and the words for it. */
#ifndef MEDLOCK_SCREENS_INSTITUTE_H
#define MEDLOCK_SCREENS_INSTITUTE_H

#include "core/app/enrol.h"
#include "core/app/question.h"
#include "core/app/records.h"
#include "core/app/requests.h"
#include "tui/screens/view.h"

#define INSTITUTE_NAME 64u
#define ENDS_SOON_MS (2 * 60 * 60 * MS_PER_SECOND) /* access that ends within it needs a look; most of it lasts a day */

struct asked_model {
	struct app_requests requests;
	char (*names)[INSTITUTE_NAME];  /* of each request's owner */
	struct app_questions questions; /* about them, to this person */
	char (*askers)[INSTITUTE_NAME];
};
enum err asked_load(struct asked_model *ret, struct app *a, struct err_info *info) MUST_USE;
void asked_release(struct asked_model *m);

/* What a request is now: what its owner owes comes before what it may. */
enum asked_state { ASKED_REVIEW, ASKED_OPEN, ASKED_WAITS, ASKED_NOTHING, ASKED_ENDED, ASKED_CLOSED };
enum asked_state asked_state(const struct view *v, const struct app_request *r);
bool asked_readable(const struct view *v, const struct app_request *r); /* something of it may be read now */
enum word asked_word(enum asked_state state); /* "you may read" */
enum role asked_role(enum asked_state state);
bool question_waits(const struct app_posed *q);

/* What a purpose is to the one who asks: "treatment", where its patient says "my treatment".  Lives for ever. */
const char *say_use(const struct view *v, const char *purpose);

/* A row of one column. */
void page_line(struct page *p, const struct view *v, int id, enum role role, enum word w, ... /* const char *, NULL */);
/* Everything about a request but its records; and its duties. */
void page_request(struct page *p, const struct view *v, const struct app_request *r, const char *name);
void page_duties(struct page *p, const struct view *v, uint32_t duties);
void page_question(struct page *p, const struct view *v, const struct app_posed *q, const char *asker);

/* One request, opened. */
struct answer_draft { struct request_id request; };
struct answer_model {
	struct app_request row; /* a borrowed one of all */
	struct app_requests all;
	char name[INSTITUTE_NAME];
	struct app_records records; /* of its owner, as far as this person sees them */
	bool there;
};

/* The acts on a request, for views that select one. */
void act_get(struct act *ret, const struct view *v, const struct app_request *r);
void act_close(struct act *ret, const struct app_request *r, const char *name);
void act_review(struct act *ret, const struct app_request *r);
void act_reply(struct act *ret, const struct app_posed *q);

/* A request in the making. */
#define REQUEST_WHO 160u /* a contact's card fits */
#define REQUEST_DATE 32u
struct request_draft {
	char who[REQUEST_WHO];
	int purpose;         /* of the purposes of the person's role */
	uint32_t categories; /* bits of code_categories; 0: all kinds */
	bool deid;
	char from[REQUEST_DATE], to[REQUEST_DATE]; /* of the data; "": open */
	char project[ID_HEX];                      /* research: 64 hex digits, or "" */
};
struct request_model {
	bool named, found; /* found: who is somebody */
	struct account_id account;
	char name[INSTITUTE_NAME];
};
/* Purposes that a role may name; ended by NULL. */
const char *const *request_purposes(uint32_t mode);
/* Who a field names: a contact's name, an account, or the text of a card. */
enum err request_person(struct request_model *ret, struct app *a, const char *who) MUST_USE;

/* --owner of a line: as it was typed, or the account of a card. */
void request_owner(struct act *ret, const struct request_model *m, const char *who);

/* Somebody's card, for the own book. */
struct card_draft { char name[INSTITUTE_NAME], card[REQUEST_WHO]; };

/* A request without consent, in the making. */
struct emergency_draft {
	char who[REQUEST_WHO];
	int reason; /* 0: none chosen yet */
	bool attested;
	uint32_t categories;
};

/* Records of one person. */
struct patient_draft {
	struct account_id owner;
	char name[INSTITUTE_NAME];
};

#endif
