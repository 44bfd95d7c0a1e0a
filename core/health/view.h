/* SPDX-License-Identifier: Apache-2.0 */
/* A record as rows for reading, in patient-summary order (design/06, notes 6).
 *
 * Alerts, allergies, problems, medicines first, then results, vaccines, procedures and the rest.  "None known", "not asked"
 * and "nothing to show" are three texts.  Decimals stand as received; a flag is a word; a row without a flag of its own
 * gets one only from one plain numeric range in the same unit, marked (calc).  Texts are foreign: the caller gates them.
 */
#ifndef MEDLOCK_HEALTH_VIEW_H
#define MEDLOCK_HEALTH_VIEW_H

#include "core/health/fhir.h"

enum view_section {
	VIEW_PATIENT, VIEW_ALERTS, VIEW_ALLERGIES, VIEW_PROBLEMS, VIEW_MEDICINES, VIEW_RESULTS, VIEW_VITAL_SIGNS,
	VIEW_VACCINES, VIEW_PROCEDURES, VIEW_LETTERS, VIEW_OTHER, VIEW_SECTIONS
};

/* All strings are never NULL and live as long as the view. */
struct view_row {
	enum view_section section;
	const char *date;    /* as received; may be partial */
	const char *title;
	const char *detail;  /* value with unit, dose, reaction, reading text */
	const char *range;   /* "20 - 42 mmol/mol" */
	const char *flag;    /* HIGH, LOW, !! HIGH, ABNORMAL, with " (calc)" when computed */
	const char *status;  /* active, stopped, refuted, preliminary, … */
	const char *source;  /* author or performer as the record says */
	const char *code;    /* of a result: "http://loinc.org|2823-3", "" when it has none */
	const char *number;  /* of a result: a plain decimal exactly as received, "" when it is none or has a comparator */
	const char *unit;    /* of number: its UCUM code */
};

struct view {
	struct view_row *rows; /* by section; dangerous allergies first, newest first, by title */
	size_t count, size;
	size_t not_shown;      /* resources of types that have no row */
	struct buf *texts;     /* owns what the rows point to */
	size_t text_count, text_size;
};

enum err view_make(struct view *ret, const struct fhir_file *f) MUST_USE;
void view_release(struct view *v);
const char *view_section_title(enum view_section section);

/* How the newest numbers of one kind of result move, oldest first, all in one unit: "rising", "falling", "unchanged",
 * "varying"; "" for fewer than two or for numbers too long to compare.  The last three decide.
 */
const char *view_trend(const char *const *numbers, size_t count);

#endif
