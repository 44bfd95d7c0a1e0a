/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions of a request as the state and the owner's list hold them.  Inside the contract. */
#ifndef MEDLOCK_CONTRACT_DECIDED_H
#define MEDLOCK_CONTRACT_DECIDED_H

#include "chain/contract/act.h"

#define OBLIGATIONS_MAX 32u

/* One record's decision; the message points into its own entry, which therefore never moves. */
struct decided {
	Medlock__Decided message;
	struct record_id record;
	uint32_t obligations[OBLIGATIONS_MAX];
};
void decided_fill(struct decided *ret, const struct record_id *record, const struct consent_decision *d);

/* One use a request of each counted rule that granted one of these records. */
enum err decided_spend_uses(struct act *a, const struct account_id *owner, Medlock__RuleState **rules, size_t rule_count,
			    const struct decided *entries, size_t count) MUST_USE;

/* When a grant of this block ends. */
int64_t decided_expiry(const struct act *a, bool emergency);

#endif
