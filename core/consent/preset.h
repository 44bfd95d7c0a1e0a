/* SPDX-License-Identifier: Apache-2.0 */
/* Policies and rules to begin with: the tables of assets/consent, as data. */
#ifndef MEDLOCK_CONSENT_PRESET_H
#define MEDLOCK_CONSENT_PRESET_H

#include "core/consent/policy.h"

struct preset_choice {
	const char *name;          /* open, careful, closed */
	bool emergency_off;        /* what the preset closes, an emergency does not open */
	bool research;             /* de-identified records for research */
};

/* Append the policy in words people understand; language NULL: English. */
void preset_words(struct buf *out, const struct preset_choice *choice, const struct translation *language);

/* The policy, with rules that print like one of `current` (may be NULL) taken from there.  ERR_USAGE for a name or a switch
 * that does not go with it; ERR_FORMAT when the table itself is wrong.
 */
enum err preset_policy(struct policy *ret, const struct preset_choice *choice, const struct policy *current,
		       struct err_info *info) MUST_USE;

/* Which choice answers every question as p does (check_equal).  ret->name NULL: none, or none that could be shown. */
enum err preset_of(struct preset_choice *ret, const struct policy *p, struct time_ms now, struct err_info *info) MUST_USE;

/* Templates in order of the table: false past the end. */
bool template_at(size_t index, const char **ret_name, const char **ret_words);

/* Append the template's rules for somebody.  until: RFC 3339, NULL: as the template says.  ERR_NOT_FOUND, ERR_POLICY. */
enum err template_apply(struct policy *to, const char *name, const Medlock__Actor *who, struct time_ms now, const char *until,
			struct err_info *info) MUST_USE;

#endif
