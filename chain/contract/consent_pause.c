/* SPDX-License-Identifier: Apache-2.0 */
/* The owner stops all sharing, or goes on.  An attested emergency still passes (design/05). */
#include "chain/contract/act.h"
#include "chain/contract/proxy.h"

enum err consent_pause_apply(struct act *a)
{
	const Medlock__ConsentPause *p = a->tx->body->consent_pause;
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	Medlock__PolicyState *policy = NULL;
	struct account_id owner;
	enum err e;

	ID_COPY(owner, p->owner.data);
	TRY(acts_for(&a->rows, &owner, &a->who, SCOPE_CONSENT, a->block->time));
	TRY(ROWS_GET(&a->rows, &policy, medlock__policy_state, state_key_policy(&owner)));
	policy->version++;
	policy->paused = p->paused;
	event.policy_version = policy->version;
	event.paused = p->paused;
	e = ROWS_PUT(&a->rows, state_key_policy(&owner), policy);
	WIRE_FREE(policy);
	TRY(e);
	TRY(act_event_add(a, &owner, &event));
	return act_result(a, (struct bytes){0}, event.policy_version, NULL, 0);
}

void consent_pause_describe(struct buf *out, const Medlock__Body *body)
{
	buf_append_text(out, body->consent_pause->paused ? "Pause all sharing of the records of "
							 : "Resume sharing by the rules for the records of ");
	describe_id(out, body->consent_pause->owner);
	buf_append_text(out, body->consent_pause->paused ? "; only an attested emergency still passes." : ".");
}
