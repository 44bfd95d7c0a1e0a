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
	int confidentiality;     /* in deposit_confidentialities, from 1; 0: as proposed */
	bool lower;              /* it may be below what is proposed */
	bool full_only;
	char supersedes[65];     /* hex; "": a new record */
};
struct deposit_model {
	bool whole; /* file and owner are said */
	enum err e; /* of the dry run; not ERR_OK: it cannot be registered so, and why */
	char why[192];
	struct app_deposited proposed;
};
extern const char *const deposit_confidentialities[]; /* the highest first; ended by NULL */

#endif
