/* SPDX-License-Identifier: Apache-2.0 */
/* What the views of the patient's rules know. */
#ifndef MEDLOCK_SCREENS_PATIENT_SHARING_H
#define MEDLOCK_SCREENS_PATIENT_SHARING_H

#include "core/app/consent.h"
#include "tui/screens/codes.h"
#include "tui/screens/view.h"

/* One rule in the making, its codes as bits of the lists of tui/screens/codes.h. */
#define RULE_WHO 96u
#define RULE_DATE 32u
struct rule_draft {
	uint32_t replace; /* the rule that it takes the place of; 0: a new one */
	int effect;       /* 0 permit, 1 deny, 2 ask */
	char who[RULE_WHO];
	uint32_t purposes, categories, kept; /* kept: labels that are kept back (of a deny: that it is about) */
	int until;        /* 0: a year, 1: a date, 2: without end, 3: one day */
	char date[RULE_DATE];
	bool deid;        /* without names only */
};
struct rule_model {
	struct app_change change; /* dry run */
	bool whole;               /* who and for what are said, so that there is a preview */
};

/* A change that needs no form: what it is, and what it would do. */
enum change_kind { CHANGE_REMOVE, CHANGE_PRESET };
struct change_draft {
	enum change_kind kind;
	uint32_t rule;   /* CHANGE_REMOVE */
	int preset;      /* 0 open, 1 careful, 2 closed */
	bool research, emergency_off;
};

/* A rule as the form says it; false: it says more than the form can. */
bool rule_draft_of(struct rule_draft *ret, const char *json);

/* The bit of a code in a list; the words "--option CODE" of each bit into a line. */
void act_codes(struct act *a, const char *option, const char *const *codes, uint32_t bits);
/* What somebody gains and loses by a change, in words. */
void page_change(struct page *p, const struct view *v, const struct app_change *change);

#endif
