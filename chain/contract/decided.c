/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/contract/decided.h"

static void set_obligations(struct decided *to, uint32_t bits)
{
	to->message.obligations = to->obligations;
	for (uint32_t n = 1; n < OBLIGATIONS_MAX; n++)
		if (bits >> n & 1u)
			to->obligations[to->message.n_obligations++] = n;
}

void decided_fill(struct decided *ret, const struct record_id *record, const struct consent_decision *d)
{
	ret->message = (Medlock__Decided)MEDLOCK__DECIDED__INIT;
	ret->record = *record;
	ret->message.record = wire_data(BYTES_ID(ret->record));
	ret->message.decision = d->decision;
	ret->message.form = d->form;
	ret->message.rule = d->rule;
	ret->message.reason = d->reason;
	set_obligations(ret, d->obligations);
}

static bool granted_by(const struct decided *entries, size_t count, uint32_t rule)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].message.decision == DECISION_GRANTED && entries[i].message.rule == rule)
			return true;
	return false;
}

enum err decided_spend_uses(struct act *a, const struct account_id *owner, Medlock__RuleState **rules, size_t rule_count,
			    const struct decided *entries, size_t count)
{
	for (size_t i = 0; i < rule_count; i++) {
		Medlock__RuleState *row = rules[i];

		if (row->rule->uses_left == 0 || !granted_by(entries, count, row->rule->id))
			continue;
		row->uses_spent++;
		TRY(ROWS_PUT(&a->rows, state_key_rule(owner, row->rule->id), row));
	}
	return ERR_OK;
}

int64_t decided_expiry(const struct act *a, bool emergency)
{
	const Medlock__Parameters *p = a->network->parameters;
	uint64_t ms = emergency ? EMERGENCY_MS_DEFAULT : GRANT_MS_DEFAULT;

	if (p && emergency && p->emergency_ms)
		ms = p->emergency_ms;
	if (p && !emergency && p->grant_ms)
		ms = p->grant_ms;
	if (ms > (uint64_t)(INT64_MAX - a->block->time.v))
		return INT64_MAX;
	return a->block->time.v + (int64_t)ms;
}
