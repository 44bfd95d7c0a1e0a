/* SPDX-License-Identifier: Apache-2.0 */
/* All records of one person that this profile may read, as one patient summary: rows in its order, each with the record it
 * comes from, and how results move over time.
 */
#ifndef MEDLOCK_APP_SUMMARY_H
#define MEDLOCK_APP_SUMMARY_H

#include "core/app/records.h"

#define SUMMARY_READ_MAX (16u * 1024 * 1024) /* larger records are not fetched for it: they are counted */
#define SUMMARY_ROWS_MAX 50000u
#define SUMMARY_NUMBERS 5u                   /* last values of a result that are shown */

struct app_summary_row {
	struct app_view_row row; /* foreign texts, as in app_record_view */
	struct record_id record;
	struct account_id from;  /* who deposited it, when: */
	struct time_ms at;
	const char *trend;       /* of a result, on its newest row: "rising", …; "" */
	const char *numbers;     /* its last values, oldest first: "5.1, 5.4, 6.0"; "" */
	char *owned;             /* the strings, wiped when released */
	size_t owned_size;
};
struct app_summary {
	struct app_summary_row *rows; /* by section, then newest first */
	size_t count;
	size_t records;     /* read */
	size_t attachments; /* no FHIR: open them one by one */
	size_t large;       /* more than SUMMARY_READ_MAX or than rows can be shown */
	size_t refused;     /* no grant that stands covers them */
	size_t unread;      /* could not be fetched or opened now */
	const char *const *sections; /* titles, ended by NULL, in order; those that a summary always names come first */
};

/* owner NULL: own records.  section NULL: all; else a title or its beginning, in any case: ERR_USAGE for another word.
 * What cannot be read is counted, not passed over in silence; ERR_CANCELLED, ERR_LOCKED, ERR_MEMORY end it.
 */
enum err app_summary(struct app *a, struct app_summary *ret, const struct account_id *owner, const char *section,
		     struct err_info *info) MUST_USE;
void app_summary_release(struct app_summary *s);

#endif
