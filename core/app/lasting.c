/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/lasting.h"

#include "core/app/internal.h"

static const Medlock__Rule *rule_of(const struct policy *p, uint32_t id)
{
	for (size_t i = 0; i < p->count && id != 0; i++)
		if (p->rules[i]->rule->id == id)
			return p->rules[i]->rule;
	return NULL;
}

static bool same_research(const Medlock__Research *x, const Medlock__Research *y)
{
	return x == NULL || y == NULL ? x == y : WIRE_EQUAL(x, y);
}

static uint32_t duties_of(const Medlock__Rule *r)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < r->n_obligations; i++)
		bits |= 1u << (r->obligations[i] & 31u);
	return bits;
}

static void set_duties(struct lasting *l, uint32_t bits)
{
	bits &= ~(1u << OBLIGATION_HUAPRV); /* "ask first": she was asked */
	l->rule.obligations = l->obligations;
	for (uint32_t n = 1; n < OBLIGATIONS_MAX; n++)
		if (bits >> n & 1u)
			l->obligations[l->rule.n_obligations++] = n;
}

/* What each record was asked under.  Where the default asked there is no rule, and nothing to keep. */
static enum err keep_terms(struct lasting *l, const struct app_waiting *w, struct err_info *info)
{
	uint32_t duties = w->duties;

	for (size_t i = 0; i < w->count; i++) {
		const Medlock__Rule *asked = rule_of(&l->policy, w->rules[i]);
		Medlock__Research *research = asked != NULL ? asked->research : NULL;

		if (i > 0 && !same_research(l->rule.research, research))
			return err_set(info, ERR_LIMIT, "the records are asked for under different terms of research: answer"
				       " --once, or write rules with 'consent add'");
		l->rule.research = research;
		if (asked == NULL)
			continue;
		duties |= duties_of(asked);
		if (asked->form == FORM_DEID)
			l->rule.form = FORM_DEID;
		if (asked->visibility == VISIBILITY_NAMED)
			l->rule.visibility = VISIBILITY_NAMED;
	}
	set_duties(l, duties);
	return ERR_OK;
}

static enum err allow(struct lasting *l, const struct app_waiting *w, uint32_t days, struct err_info *info)
{
	if (w->count > RULE_RECORDS_MAX)
		return err_set(info, ERR_LIMIT, "a rule names at most %u records: answer --once, or write a rule with 'consent"
			       " add'", RULE_RECORDS_MAX);
	for (size_t i = 0; i < w->count; i++)
		l->records[i] = wire_data(BYTES_ID(w->records[i]));
	l->rule.records = l->records;
	l->rule.n_records = w->count;
	l->rule.any_label = true; /* each record is named */
	if (days > 0)
		l->rule.valid_to = clock_real()->now(NULL).v + (int64_t)days * MS_PER_DAY;
	return keep_terms(l, w, info);
}

enum err lasting_make(struct app *a, struct lasting *ret, const struct app_waiting *w, enum app_reply reply, uint32_t days,
		      struct err_info *info)
{
	TRY(app_policy_load(a, &ret->policy, &a->owner, info));
	medlock__consent_set__init(&ret->set);
	medlock__rule__init(&ret->rule);
	medlock__actor__init(&ret->actor);
	ret->set.owner = wire_data(BYTES_ID(a->owner));
	ret->set.expected_version = ret->policy.version;
	ret->put = &ret->rule;
	ret->set.put = &ret->put;
	ret->set.n_put = 1;
	ret->actor.kind = ACTOR_ACCOUNT;
	ret->actor.id = wire_data(BYTES_ID(w->who));
	ret->actors = &ret->actor;
	ret->rule.actors = &ret->actors;
	ret->rule.n_actors = 1;
	ret->purpose = code_by_text(CODES_PURPOSE, w->purpose)->number;
	ret->rule.purposes = &ret->purpose;
	ret->rule.n_purposes = 1;
	ret->rule.effect = reply == APP_REPLY_YES ? EFFECT_PERMIT : EFFECT_DENY;
	return reply == APP_REPLY_YES ? allow(ret, w, days, info) : ERR_OK;
}

void lasting_release(struct lasting *l)
{
	policy_release(&l->policy);
}
