/* SPDX-License-Identifier: Apache-2.0 */
#include "core/consent/why.h"

#include <stdlib.h>

/* ---- asking again under other rules --------------------------------------------------------------- */

/* The policy with one rule in another's place, or (NULL) without it. */
static enum err decide_with(struct consent_decision *ret, const struct policy *policy, size_t place,
			    Medlock__RuleState *instead, const struct consent_question *q, const struct consent_record *r)
{
	Medlock__RuleState **list = calloc(policy->count + 1, sizeof(*list));
	struct consent_policy *p = NULL;
	size_t count = 0;
	enum err e;

	if (list == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < policy->count; i++) {
		if (i != place)
			list[count++] = policy->rules[i];
		else if (instead != NULL)
			list[count++] = instead;
	}
	e = consent_policy_new(&p, list, count, policy->default_effect, policy->paused);
	if (e == ERR_OK)
		*ret = consent_decide(p, q, r);
	consent_policy_free(p);
	free(list);
	return e;
}

static size_t place_of(const struct policy *p, uint32_t rule)
{
	size_t i = 0;

	while (i < p->count && p->rules[i]->rule->id != rule)
		i++;
	return i;
}

/* Refused < ask < de-identified < full. */
static int given(const struct consent_decision *d)
{
	if (d->decision == DECISION_GRANTED)
		return d->form == FORM_FULL ? 3 : 2;
	return d->decision == DECISION_ASKED;
}

/* ---- one limit less --------------------------------------------------------------------------- */

static void free_actors(Medlock__Rule *r)
{
	r->n_actors = 0;
}

static void free_purposes(Medlock__Rule *r)
{
	r->n_purposes = 0;
}

static void free_categories(Medlock__Rule *r)
{
	r->n_categories = 0;
}

static void free_labels(Medlock__Rule *r)
{
	r->any_label = true;
}

static void free_confidentiality(Medlock__Rule *r)
{
	r->confidentiality = 0;
}

static void free_records(Medlock__Rule *r)
{
	r->n_records = 0;
}

static void free_authors(Medlock__Rule *r)
{
	r->n_author_organisations = 0;
}

static void free_data(Medlock__Rule *r)
{
	r->data = NULL;
}

static void free_valid(Medlock__Rule *r)
{
	r->valid_from = r->valid_to = 0;
}

static void free_uses(Medlock__Rule *r)
{
	r->uses_left = 0;
}

static void free_form(Medlock__Rule *r)
{
	r->form = FORM_FULL;
}

static void free_visibility(Medlock__Rule *r)
{
	r->visibility = 0;
}

static void free_research(Medlock__Rule *r)
{
	r->research = NULL;
}

static const struct limit {
	const char *name, *words;
	void (*lift)(Medlock__Rule *r);
} limits[] = {
	{"actors", "whom it names", free_actors},
	{"purposes", "the purposes it names", free_purposes},
	{"categories", "the kinds of data it names", free_categories},
	{"labels", "what it says of sensitive records", free_labels},
	{"confidentiality", "the confidentiality it names", free_confidentiality},
	{"records", "the records it names", free_records},
	{"author_organisations", "where the record was written", free_authors},
	{"data", "the time the data is from", free_data},
	{"until", "the days it holds", free_valid},
	{"uses_left", "its uses, which are used up", free_uses},
	{"form", "the form it gives", free_form},
	{"visibility", "asking by name", free_visibility},
	{"research", "its research terms", free_research},
};
#define LIMITS (sizeof(limits) / sizeof(limits[0]))

static enum err lift_each(struct why *x, const struct policy *policy, size_t place, const struct consent_question *q,
			  const struct consent_record *record)
{
	for (size_t k = 0; k < LIMITS; k++) {
		Medlock__RuleState state = *policy->rules[place];
		Medlock__Rule rule = *state.rule;
		struct consent_decision then;

		state.rule = &rule;
		limits[k].lift(&rule);
		TRY(decide_with(&then, policy, place, &state, q, record));
		if (given(&then) <= given(&x->decision))
			continue;
		if (x->hint_count == WHY_HINTS_MAX) {
			x->more = true;
			return ERR_OK;
		}
		x->hints[x->hint_count++] = (struct why_hint){policy->rules[place]->rule->id, limits[k].name, then};
	}
	return ERR_OK;
}

enum err why_ask(struct why *ret, const struct policy *policy, const struct consent_question *q,
		 const struct consent_record *record)
{
	struct consent_question asked = *q;
	struct why x = {0};

	asked.granted_rule = 0;
	TRY(decide_with(&x.decision, policy, SIZE_MAX, NULL, &asked, record));
	x.without = x.decision;
	if (x.decision.rule != 0)
		TRY(decide_with(&x.without, policy, place_of(policy, x.decision.rule), NULL, &asked, record));
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rules[i]->rule->effect != EFFECT_DENY)
			TRY(lift_each(&x, policy, i, &asked, record));
	*ret = x;
	return ERR_OK;
}

/* ---- sentences ------------------------------------------------------------------------------------ */

static const char *outcome(const struct consent_decision *d)
{
	static const char *const words[] = {"refused", "given after your yes only", "given de-identified", "given in full"};

	return words[given(d)];
}

static void say_rule(struct buf *out, const struct policy *p, uint32_t rule, const struct sentence_names *names)
{
	size_t i = place_of(p, rule);

	buf_printf(out, "rule %u", rule);
	if (i == p->count)
		return;
	buf_append_text(out, ": ");
	sentence_of_rule(out, p->rules[i]->rule, names);
}

static void say_decision(struct buf *out, const struct why *x, const struct policy *p, const char *who,
			 const struct sentence_names *names)
{
	buf_printf(out, "To %s the record is %s, because of ", who, outcome(&x->decision));
	if (x->decision.rule == 0) {
		buf_printf(out, "this: %s.\n", sentence_reason(x->decision.reason));
		return;
	}
	say_rule(out, p, x->decision.rule, names);
	buf_append_byte(out, '\n');
}

static void say_next(struct buf *out, const struct why *x, const struct policy *p, const struct sentence_names *names)
{
	if (x->decision.rule == 0)
		return;
	buf_printf(out, "Without rule %u it would be %s, because of ", x->decision.rule, outcome(&x->without));
	if (x->without.rule == 0) {
		buf_printf(out, "this: %s.\n", sentence_reason(x->without.reason));
		return;
	}
	say_rule(out, p, x->without.rule, names);
	buf_append_byte(out, '\n');
}

static const char *words_of(const char *limit)
{
	for (size_t k = 0; k < LIMITS; k++)
		if (limits[k].name == limit)
			return limits[k].words;
	return limit;
}

static void say_change(struct buf *out, const struct why *x)
{
	if (x->decision.reason == DECISION_REASON_PAUSED)
		buf_append_text(out, "To give it, end the pause: no rule counts until then.\n");
	if (x->decision.reason == DECISION_REASON_NOT_LICENSED)
		buf_append_text(out, "No rule can change that: only the certificate authority certifies.\n");
	for (size_t i = 0; i < x->hint_count; i++)
		buf_printf(out, "It would be %s if rule %u were not limited by %s.\n", outcome(&x->hints[i].then),
			   x->hints[i].rule, words_of(x->hints[i].limit));
	if (x->more)
		buf_append_text(out, "Other limits of rules stand in the way as well.\n");
	if (x->hint_count == 0 && given(&x->decision) < 3 && x->decision.rule == 0 &&
	    x->decision.reason == DECISION_REASON_DEFAULT)
		buf_append_text(out, "No rule is near: it would take a new one.\n");
}

void why_say(struct buf *out, const struct why *x, const struct policy *policy, const char *who,
	     const struct sentence_names *names)
{
	say_decision(out, x, policy, who, names);
	say_next(out, x, policy, names);
	say_change(out, x);
}
