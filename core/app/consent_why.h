/* SPDX-License-Identifier: Apache-2.0 */
/* What a draft would change, and why one answer is what it is.  Nothing is sent. */
#ifndef MEDLOCK_APP_CONSENT_WHY_H
#define MEDLOCK_APP_CONSENT_WHY_H

#include "core/app/consent.h"

/* Records of one kind that somebody gains or loses for one purpose. */
struct app_diff_row {
	char who[APP_WHO];
	const char *purpose, *category;
	const char *before, *after; /* refused, ask, deid, full */
	size_t records;
	struct record_id sample;
	char *sentence;
};
struct app_diff {
	struct app_diff_row *gains, *losses;
	size_t gain_count, loss_count;
	bool widens, equal; /* equal: no question has another answer */
	char *example;      /* widens: somebody who gets more; may be NULL */
};
/* draft: a JSON policy or a FHIR Consent; compared with the policy as it stands.  The errors of policy_read and
 * fhir_consent_read.
 */
enum err app_consent_diff(struct app *a, struct app_diff *ret, struct bytes draft, struct err_info *info) MUST_USE;
void app_diff_release(struct app_diff *x);

struct app_why_hint {
	uint32_t rule;
	const char *limit, *decision, *form; /* of the rule: actors, purposes, …; what then */
};
struct app_why {
	const char *decision, *form, *reason;
	uint32_t rule;
	const char *next_decision, *next_form, *next_reason; /* without that rule */
	uint32_t next_rule;
	struct app_why_hint hints[8];
	size_t hint_count;
	char *text; /* sentences, one a line */
};
/* ERR_NOT_FOUND when no live record of the owner has this id. */
enum err app_consent_why(struct app *a, struct app_why *ret, const struct record_id *record, const struct app_question *q,
			 struct err_info *info) MUST_USE;
void app_why_release(struct app_why *x);

#endif
