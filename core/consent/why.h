/* SPDX-License-Identifier: Apache-2.0 */
/* Why an answer is what it is: the rule that decides, the next in line, and what would have to change for more. */
#ifndef MEDLOCK_CONSENT_WHY_H
#define MEDLOCK_CONSENT_WHY_H

#include "core/consent/policy.h"

#define WHY_HINTS_MAX 8u

/* A limit of a rule without which the answer would give more. */
struct why_hint {
	uint32_t rule;
	const char *limit;  /* a member of the rule: "actors", "purposes", …; lives for ever */
	struct consent_decision then;
};
struct why {
	struct consent_decision decision;
	struct consent_decision without; /* of the same question if the rule that decides were gone; equal when none decides */
	struct why_hint hints[WHY_HINTS_MAX];
	size_t hint_count;
	bool more;
};

/* Every answer is consent_decide's own: rules are taken away, or freed of one limit, and the question is asked again.
 * ERR_MEMORY, ERR_FORMAT for a rule that the evaluator refuses.
 */
enum err why_ask(struct why *ret, const struct policy *policy, const struct consent_question *q,
		 const struct consent_record *record) MUST_USE;

/* In sentences, one a line; who is a name in words. */
void why_say(struct buf *out, const struct why *x, const struct policy *policy, const char *who,
	     const struct sentence_names *names);

#endif
