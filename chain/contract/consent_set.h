/* SPDX-License-Identifier: Apache-2.0 */
/* A change of rules, alone or as part of an answer.  Inside the contract. */
#ifndef MEDLOCK_CONTRACT_CONSENT_SET_H
#define MEDLOCK_CONTRACT_CONSENT_SET_H

#include "chain/contract/act.h"

/* The standing rules while they change, ascending; what was put; and the policy afterwards. */
struct consent_change {
	uint32_t ids[2 * RULES_PER_ACCOUNT_MAX];
	uint32_t put[RULES_PER_ACCOUNT_MAX];
	size_t count, put_count;
	uint32_t first_new; /* ids from here on are given by this change: nothing in it can replace them */
	uint64_t version;
	bool paused;
};

/* Compare and set on the version: ERR_CONFLICT; ERR_NOT_FOUND for a rule that does not stand; ERR_LIMIT.  The caller knows
 * that the signer may.
 */
enum err consent_set_change(struct act *a, struct consent_change *ret, const Medlock__ConsentSet *s) MUST_USE;

/* What the owner's event says of it; points into c and s. */
void consent_set_tell(Medlock__Event *event, struct consent_change *c, const Medlock__ConsentSet *s);

#endif
