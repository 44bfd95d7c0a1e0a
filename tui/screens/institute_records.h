/* SPDX-License-Identifier: Apache-2.0 */
/* What the views of other people's records know. */
#ifndef MEDLOCK_SCREENS_INSTITUTE_RECORDS_H
#define MEDLOCK_SCREENS_INSTITUTE_RECORDS_H

#include "core/app/summary.h"
#include "tui/screens/institute.h"

/* Whose records may be read now: one row for each person. */
struct patient_row {
	struct account_id owner;
	char name[INSTITUTE_NAME];
	size_t records;       /* granted by requests that stand */
	struct time_ms until; /* of the one that stands longest */
	bool emergency;
};
struct patients_model {
	struct patient_row *rows;
	size_t count;
};

/* Where the rows of a summary come from. */
struct source {
	char from[INSTITUTE_NAME];
	const struct app_record *record; /* of records; NULL: not listed any more */
};
struct patient_model {
	struct app_summary summary;
	struct app_records records;
	struct source *sources;  /* of each row */
	const struct app_record **others; /* of records: granted, without a row of their own: attachments, what was not read */
	char (*other_from)[INSTITUTE_NAME];
	size_t other_count;
	struct time_ms until;    /* of the request that stands longest; 0: none stands */
};

/* Numbers with commas between as rows of characters, one for each: "5.1  ####".  The longest is as many as width. */
#define TREND_ROWS 8u
#define TREND_ROW 64u
size_t trend_rows(char out[TREND_ROWS][TREND_ROW], const char *numbers, size_t width);

#endif
