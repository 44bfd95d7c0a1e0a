/* SPDX-License-Identifier: Apache-2.0 */
/* The evaluation of consent once more, slow and plain: the second opinion of the oracles.
 *
 * Written from the meaning of rules, not from chain/contract, of which it includes nothing.  A rule is a yes or no for each
 * code of each dimension, a list of names, or a set of instants; "more specific" is "everything of mine is one of yours, and
 * not the other way round".
 */
#ifndef MEDLOCK_TESTS_MODEL_CONSENT_H
#define MEDLOCK_TESTS_MODEL_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chain/proto/state.pb-c.h"

/* Who asks, for what.  Names are 32 bytes, zero where there is none. */
struct model_question {
	uint8_t account[32], organisation[32], project[32];
	uint32_t role, rights, purpose, form;
	bool licensed, own, emergency;
	bool answered; /* the owner said yes: what would be asked is given */
	int64_t now;
	uint32_t granted_rule; /* whose uses are counted already; 0: none */
};

/* What is asked about. */
struct model_subject {
	uint8_t id[32], author[32];
	uint32_t category, confidentiality;
	bool label[64];
	bool period_known;
	int64_t from, to;
	bool has_full, has_deid;
};

struct model_decision {
	uint32_t decision, form, rule, reason;
	uint32_t obligations; /* bit n for OBLIGATION n */
};

/* The decision of these rules (in any order) about one question and one record.  Total. */
struct model_decision model_decide(const Medlock__RuleState *const *rules, size_t count, uint32_t default_effect,
				   bool paused, const struct model_question *q, const struct model_subject *r);

#endif
