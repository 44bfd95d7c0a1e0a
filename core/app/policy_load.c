/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's policy as the replica has it. */
#include "core/app/internal.h"

static enum err add_rule(void *self, const Medlock__RuleState *rule)
{
	return policy_add(self, rule);
}

enum err app_policy_load(struct app *a, struct policy *ret, const struct account_id *owner, struct err_info *info)
{
	struct policy p = {0};
	Medlock__PolicyState *state;
	enum err e = replica_policy(a->replica, &state, owner, info);

	if (e == ERR_NOT_FOUND)
		return err_set(info, ERR_NOT_CERTIFIED, "this account has no policy on the ledger yet");
	if (e != ERR_OK)
		return e;
	p.version = state->version;
	p.default_effect = state->default_effect;
	p.paused = state->paused;
	WIRE_FREE(state);
	e = replica_rules(a->replica, owner, add_rule, &p, info);
	if (e != ERR_OK) {
		policy_release(&p);
		return e;
	}
	*ret = p;
	return ERR_OK;
}
