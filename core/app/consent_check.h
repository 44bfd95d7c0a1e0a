/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about the owner's whole policy, answered exactly (core/consent/check.h). */
#ifndef MEDLOCK_APP_CONSENT_CHECK_H
#define MEDLOCK_APP_CONSENT_CHECK_H

#include "core/app/app.h"

/* One question that shows a finding. */
struct app_witness {
	char *who;           /* in words */
	const char *purpose, *category, *confidentiality, *decision;
	const char *labels[32]; /* ended by NULL */
	struct time_ms now;
	bool emergency;
};
struct app_check_finding {
	const char *question; /* dead, conflicts, emergency, never */
	uint32_t rule, other; /* 0: none */
	char *text;           /* one sentence */
	bool has_witness;
	struct app_witness witness;
};
struct app_check {
	bool holds; /* false: a finding contradicts the `never` that was asked */
	bool more;  /* there are more than are shown */
	struct app_check_finding *rows;
	size_t count, size;
};

/* question: dead, conflicts, emergency, never; NULL: the first three.  The rest narrows `never`; NULL: any. */
struct app_check_words {
	const char *question, *who, *category, *label, *purpose;
};

/* From now on, by the rules as they stand; a pause is left out.  ERR_USAGE, ERR_NO_CONTACT, ERR_LIMIT. */
enum err app_consent_check(struct app *a, struct app_check *ret, const struct app_check_words *words,
			   struct err_info *info) MUST_USE;
void app_check_release(struct app_check *x);

#endif
