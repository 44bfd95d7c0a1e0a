/* SPDX-License-Identifier: Apache-2.0 */
/* What the view of who looked knows and how it is shown.  It may be about a hundred thousand entries: a page of them is
 * kept, and what is looked for is looked for in all of them, on the worker.
 */
#ifndef MEDLOCK_SCREENS_PATIENT_LOOKED_H
#define MEDLOCK_SCREENS_PATIENT_LOOKED_H

#include "tui/screens/patient_events.h"

#define LOOKED_FIRST_MAX 100u /* unusual entries on top; older ones stand among the others */
#define LOOKED_PAGE 500u      /* of the others */

struct looked_draft {
	bool all;    /* programs too */
	size_t skip; /* newer ones */
	char find[VIEW_FILTER_MAX]; /* only rows that have it; "": all */
	enum language language;     /* of these rows, and how they tell times: */
	bool utc;
	struct time_ms now;
};
struct looked_model {
	struct events_model log;
	size_t first, others; /* unusual ones on top; all others that are shown, on this page and on other ones */
	size_t programs;
};
/* For load, and for those who make a model: what becomes of the next entry, the newest first. */
enum events_pick looked_pick(struct looked_model *m, const struct looked_draft *d, const struct app_event *e,
			     const char *who, const char *org);

#endif
