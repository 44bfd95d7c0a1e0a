/* SPDX-License-Identifier: Apache-2.0 */
/* The owner changes rules: put, replace, remove, default.  Compare and set on the policy's version. */
#include <stdlib.h>

#include "chain/contract/consent_set.h"
#include "chain/contract/proxy.h"

static size_t find(const struct consent_change *c, uint32_t id)
{
	size_t i = 0;

	while (i < c->count && c->ids[i] != id)
		i++;
	return i;
}

static enum err remove_rule(struct act *a, struct consent_change *c, const struct account_id *owner, uint32_t id)
{
	size_t at = find(c, id);

	if (at == c->count)
		return ERR_NOT_FOUND;
	c->count--;
	memmove(c->ids + at, c->ids + at + 1, (c->count - at) * sizeof(*c->ids));
	return rows_del(&a->rows, state_key_rule(owner, id));
}

/* A rule of id 0 gets the next number; another takes the place of the standing one of its id, as a new version. */
static enum err put_rule(struct act *a, struct consent_change *c, const struct account_id *owner, Medlock__PolicyState *policy,
			 const Medlock__Rule *from)
{
	Medlock__RuleState row = MEDLOCK__RULE_STATE__INIT;
	Medlock__Rule rule = *from;

	if (rule.id == 0) {
		rule.id = policy->next_rule++;
		c->ids[c->count++] = rule.id;
	} else if (rule.id >= c->first_new || find(c, rule.id) == c->count) {
		return ERR_NOT_FOUND;
	}
	row.rule = &rule;
	row.policy_version = policy->version;
	row.height = a->block->height;
	row.time = a->block->time.v;
	c->put[c->put_count++] = rule.id;
	return ROWS_PUT(&a->rows, state_key_rule(owner, rule.id), &row);
}

static enum err change_rules(struct act *a, struct consent_change *c, const struct account_id *owner,
			     Medlock__PolicyState *policy, const Medlock__ConsentSet *s)
{
	for (size_t i = 0; i < s->n_remove; i++)
		TRY(remove_rule(a, c, owner, s->remove[i]));
	if (s->n_put > RULES_PER_ACCOUNT_MAX)
		return ERR_LIMIT;
	for (size_t i = 0; i < s->n_put; i++)
		TRY(put_rule(a, c, owner, policy, s->put[i]));
	return c->count > RULES_PER_ACCOUNT_MAX ? ERR_LIMIT : ERR_OK;
}

static enum err apply_to(struct act *a, struct consent_change *c, const struct account_id *owner,
			 Medlock__PolicyState *policy, const Medlock__ConsentSet *s)
{
	Medlock__PolicyState row;

	if (policy->version != s->expected_version)
		return ERR_CONFLICT;
	if (policy->n_rules > RULES_PER_ACCOUNT_MAX)
		return rows_fatal(&a->rows, ERR_DAMAGED);
	*c = (struct consent_change){.count = policy->n_rules, .first_new = policy->next_rule};
	if (policy->n_rules)
		memcpy(c->ids, policy->rules, policy->n_rules * sizeof(*c->ids));
	policy->version++;
	if (s->default_effect)
		policy->default_effect = s->default_effect;
	TRY(change_rules(a, c, owner, policy, s));
	row = *policy;
	row.rules = c->ids;
	row.n_rules = c->count;
	c->version = row.version;
	c->paused = row.paused;
	return ROWS_PUT(&a->rows, state_key_policy(owner), &row);
}

enum err consent_set_change(struct act *a, struct consent_change *ret, const Medlock__ConsentSet *s)
{
	Medlock__PolicyState *policy = NULL;
	struct account_id owner;
	enum err e;

	ID_COPY(owner, s->owner.data);
	TRY(ROWS_GET(&a->rows, &policy, medlock__policy_state, state_key_policy(&owner)));
	e = apply_to(a, ret, &owner, policy, s);
	WIRE_FREE(policy);
	return e;
}

void consent_set_tell(Medlock__Event *event, struct consent_change *c, const Medlock__ConsentSet *s)
{
	event->policy_version = c->version;
	event->paused = c->paused;
	event->rules_put = c->put;
	event->n_rules_put = c->put_count;
	event->rules_removed = s->remove;
	event->n_rules_removed = s->n_remove;
}

enum err consent_set_apply(struct act *a)
{
	const Medlock__ConsentSet *s = a->tx->body->consent_set;
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	struct consent_change change;
	struct account_id owner;

	ID_COPY(owner, s->owner.data);
	TRY(acts_for(&a->rows, &owner, &a->who, SCOPE_CONSENT, a->block->time));
	TRY(consent_set_change(a, &change, s));
	consent_set_tell(&event, &change, s);
	TRY(act_event_add(a, &owner, &event));
	return act_result(a, (struct bytes){0}, change.version, NULL, 0);
}

void consent_set_describe(struct buf *out, const Medlock__Body *body)
{
	const Medlock__ConsentSet *s = body->consent_set;
	const char *comma = "";

	buf_append_text(out, "Change who may read the records of ");
	describe_id(out, s->owner);
	buf_append_text(out, ": ");
	if (s->n_put) {
		buf_printf(out, "put %zu rule%s", s->n_put, s->n_put == 1 ? "" : "s");
		comma = ", ";
	}
	for (size_t i = 0; i < s->n_remove; i++, comma = ", ")
		buf_printf(out, "%sremove rule %u", comma, s->remove[i]);
	if (s->default_effect) {
		buf_printf(out, "%swithout a rule: %s", comma, code_text(CODES_EFFECT, s->default_effect));
		comma = ", ";
	}
	buf_append_text(out, *comma ? "." : "nothing.");
}
