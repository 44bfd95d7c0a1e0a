/* SPDX-License-Identifier: Apache-2.0 */
/* What was done since the screens were opened, each act with its line of the command line: waiting, running, or how it ended.
 *
 * The session keeps it and hands copies to the view; it is in memory only, and goes when another person comes.
 */
#ifndef MEDLOCK_SCREENS_ACTIVITY_H
#define MEDLOCK_SCREENS_ACTIVITY_H

#include "tui/screens/view.h"

enum activity_state {
	ACTIVITY_WAITS,  /* can be undone */
	ACTIVITY_RUNS,   /* or waits for the one before */
	ACTIVITY_DONE,
	ACTIVITY_OTHERS, /* done, and somebody else must do a part */
	ACTIVITY_FAILED,
	ACTIVITY_UNDONE,
};

#define ACTIVITY_MAX 24u /* acts that are kept: a draft holds them */
#define ACTIVITY_LINE 400u
#define ACTIVITY_WHY 240u

struct activity {
	uint64_t number; /* from 1, in order */
	enum activity_state state;
	struct time_ms at;
	char line[ACTIVITY_LINE]; /* without the program's name; a longer one is cut and ends in "..." */
	char why[ACTIVITY_WHY];   /* of a failure; else "" */
};

struct activity_draft {
	size_t count;
	struct activity rows[ACTIVITY_MAX]; /* the newest first */
};

_Static_assert(sizeof(struct activity_draft) <= VIEW_DRAFT_MAX, "the view's draft");

#endif
