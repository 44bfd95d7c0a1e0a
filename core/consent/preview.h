/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy means for real records: try, who and diff.  Every answer is consent_decide's own. */
#ifndef MEDLOCK_CONSENT_PREVIEW_H
#define MEDLOCK_CONSENT_PREVIEW_H

#include "core/consent/policy.h"

/* The owner's live records, as consent_record_of gives them.  Borrowed. */
struct preview_records {
	const struct consent_record *records;
	size_t count;
};

struct preview_answer {
	const struct consent_record *record;
	size_t actor;  /* index of the actor asked about (who, diff); 0 for try */
	uint32_t purpose;
	struct consent_decision decision;
};
struct preview_answers {
	struct preview_answer *rows;
	size_t count, readable, asked, refused;
};
void preview_answers_release(struct preview_answers *x);

/* One question over all records.  q->granted_rule is ignored. */
enum err preview_try(struct preview_answers *ret, const struct policy *policy, const struct consent_question *q,
		     const struct preview_records *records) MUST_USE;

/* One record: each actor (account, organisation, role, rights, licensed; the other fields are ignored) × each purpose
 * that its role can have (preview_purposes).  No emergency.
 */
enum err preview_who(struct preview_answers *ret, const struct policy *policy, const struct consent_question *actors,
		     size_t actor_count, const struct consent_record *record, struct time_ms now) MUST_USE;

/* Purposes that people of a role ask for, ascending; lives for ever. */
const uint32_t *preview_purposes(size_t *ret_count, uint32_t role);

/* Who gains and who loses when `before` becomes `after`: each (actor, purpose) with a different answer for some record.
 * More access: refused < ask < de-identified < full.  count is of records, sample is one of them.
 */
struct preview_change {
	size_t actor;
	uint32_t purpose;
	uint32_t category;
	size_t records;
	struct consent_decision before, after; /* of the sample */
	const struct consent_record *sample;
};
struct preview_diff {
	struct preview_change *gains, *losses;
	size_t gain_count, loss_count;
};
void preview_diff_release(struct preview_diff *x);
enum err preview_diff(struct preview_diff *ret, const struct policy *before, const struct policy *after,
		      const struct consent_question *actors, size_t actor_count, const struct preview_records *records,
		      struct time_ms now) MUST_USE;

/* "For my treatment, Dr. Okafor can read 3 laboratory results that were refused before." */
void preview_change_sentence(struct buf *out, const struct preview_change *c, const struct consent_question *actor,
			     const struct sentence_names *names);

#endif
