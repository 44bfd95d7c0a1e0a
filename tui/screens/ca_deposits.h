/* SPDX-License-Identifier: Apache-2.0 */
/* What the views of deposits know. */
#ifndef MEDLOCK_SCREENS_CA_DEPOSITS_H
#define MEDLOCK_SCREENS_CA_DEPOSITS_H

#include "core/app/records.h"
#include "tui/screens/view.h"

struct deposits_model {
	struct app_records records;
	char (*owners)[64]; /* of each */
};

/* One in the making. */
struct deposit_draft {
	char path[1024], owner[96];
	int category;            /* in code_categories, from 1; 0: as proposed */
	uint32_t labels;         /* more than proposed: bits of code_labels */
	bool full_only;
	char supersedes[65];     /* hex; "": a new record */
};
struct deposit_model {
	bool whole;
	struct app_deposited proposed;
};

#endif
