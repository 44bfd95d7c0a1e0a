/* SPDX-License-Identifier: Apache-2.0 */
/* What the views of clinicians and researchers know. */
#ifndef MEDLOCK_SCREENS_INSTITUTE_H
#define MEDLOCK_SCREENS_INSTITUTE_H

#include "core/app/count.h"
#include "core/app/enrol.h"
#include "core/app/question.h"
#include "core/app/requests.h"
#include "core/app/summary.h"
#include "tui/screens/view.h"

struct today_model {
	struct app_requests requests;
	struct app_questions questions; /* to this account */
	char (*owners)[64];             /* of each request */
};
/* How a request stands now. */
enum request_state { REQUEST_ENDED, REQUEST_NOTHING, REQUEST_WAITS, REQUEST_OPEN };
enum request_state request_state(const struct app_request *r, struct time_ms now);

/* A request in the making. */
#define REQUEST_OWNER 200u /* a name, an account, or a card's text */
struct request_draft {
	char owner[REQUEST_OWNER];
	int purpose;         /* in code_purposes */
	uint32_t categories; /* bits of code_categories; none: all */
	bool deid;
	bool emergency;
	int reason;          /* in emergency_reasons */
	bool attested;       /* of an emergency: what is asked there was ticked */
};
struct request_model {
	char me[64];
	char owner[64];      /* whom the words name; "": nobody yet */
	bool unknown;        /* they name nobody in the book */
};
extern const char *const emergency_reasons[]; /* ended by NULL */
void request_words(struct act *a, const struct request_draft *d);

/* One patient's records, as far as they are granted. */
struct patient_draft {
	struct account_id owner;
	char name[64];
};
struct patient_model {
	struct app_summary summary;
	char (*from)[64]; /* who deposited each row's record */
};

struct research_draft { int purpose, category; /* category from 1; 0: all */ };
struct research_model { struct app_count count; bool counted; };

struct badge_model {
	struct app_me me;
	struct app_asked asked;
	char name[64];
	bool offline;
};

#endif
