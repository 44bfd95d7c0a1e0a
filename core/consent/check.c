/* SPDX-License-Identifier: Apache-2.0 */
/* The questions, each a walk or a few over the cells. */
#include "core/consent/check.h"

#include <stdlib.h>

#include "core/consent/check_internal.h"

void check_findings_release(struct check_findings *x)
{
	free(x->rows);
	*x = (struct check_findings){0};
}

static enum err add(struct check_findings *x, const struct check_finding *row)
{
	if (x->rows == NULL && (x->rows = calloc(CHECK_FINDINGS_MAX, sizeof(*x->rows))) == NULL)
		return ERR_MEMORY;
	if (x->count < CHECK_FINDINGS_MAX)
		x->rows[x->count++] = *row;
	else
		x->more = true;
	return ERR_OK;
}

/* ---- a question under way -------------------------------------------------------------------- */

struct search {
	struct check_space *space;
	struct consent_policy *policy, *other; /* other: without one rule, or NULL */
	uint32_t rule;                         /* of whom it is asked */
	bool found;
	struct check_finding at;
};

static void show(struct search *s, const struct consent_question *q, const struct consent_record *r)
{
	s->at = (struct check_finding){.has_witness = true, .question = *q, .record = *r,
				       .decision = consent_decide(s->policy, q, r)};
}

enum err check_compile(struct consent_policy **ret, const struct policy *p, size_t without)
{
	Medlock__RuleState **list = calloc(p->count + 1, sizeof(*list));
	size_t n = 0;
	enum err e;

	if (list == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < p->count; i++)
		if (i != without)
			list[n++] = p->rules[i];
	e = consent_policy_new(ret, list, n, p->default_effect, false);
	free(list);
	return e;
}

static enum err begin(struct search *s, const struct policy *p, const struct check_limits *limits)
{
	enum err e;

	*s = (struct search){0};
	s->space = malloc(sizeof(*s->space));
	if (s->space == NULL)
		return ERR_MEMORY;
	*s->space = (struct check_space){0};
	e = check_compile(&s->policy, p, SIZE_MAX);
	return e == ERR_OK ? check_space_init(s->space, s->policy, NULL, limits) : e;
}

static void end(struct search *s)
{
	if (s->space != NULL)
		check_space_release(s->space);
	free(s->space);
	consent_policy_free(s->policy);
	consent_policy_free(s->other);
}

static enum err run(struct search *s, struct check_walk *walk, struct err_info *info)
{
	walk->self = s;
	s->found = false;
	return check_space_walk(s->space, walk, info);
}

static bool any_cell(void *self, const struct consent_question *q, const struct consent_record *r)
{
	struct search *s = self;

	show(s, q, r);
	return s->found = true;
}

/* ---- dead rules ------------------------------------------------------------------------------ */

static bool decided_by_rule(void *self, const struct consent_question *q, const struct consent_record *r)
{
	struct search *s = self;

	return s->found = consent_decide(s->policy, q, r).rule == s->rule;
}

bool check_same_answer(const struct consent_policy *p, const struct consent_policy *other,
		       const struct consent_question *q, const struct consent_record *r)
{
	struct consent_question yes = *q;
	struct consent_decision a = consent_decide(p, q, r), b = consent_decide(other, q, r);

	if (a.decision != b.decision || a.form != b.form || a.obligations != b.obligations)
		return false;
	if (a.decision != DECISION_ASKED)
		return true;
	yes.answered = true;
	a = consent_decide(p, &yes, r);
	b = consent_decide(other, &yes, r);
	return a.form == b.form && a.obligations == b.obligations;
}

static bool differs(void *self, const struct consent_question *q, const struct consent_record *r)
{
	struct search *s = self;

	if (!check_same_answer(s->policy, s->other, q, r)) {
		show(s, q, r);
		s->found = true;
	}
	return s->found;
}

/* A rule may be named nowhere and still matter: by its obligations, or by what is less specific than it alone. */
static enum err is_dead(struct search *s, bool *ret, const struct policy *p, size_t i, struct err_info *info)
{
	struct check_walk walk = {.visit = decided_by_rule, .no_lock = !s->policy->rules[i].lock};
	enum err e;

	check_set_add(&walk.must, i);
	s->rule = s->policy->rules[i].id;
	TRY(run(s, &walk, info));
	if (!s->found && s->policy->rules[i].lock && !s->policy->rules[i].emergency_ok) {
		/* Beside a lock that lets emergencies pass it may be the one that stops them. */
		walk.emergency = true;
		TRY(run(s, &walk, info));
	}
	if (!s->found && s->policy->rules[i].effect != EFFECT_DENY) {
		TRY(check_compile(&s->other, p, i));
		walk.visit = differs;
		e = run(s, &walk, info);
		consent_policy_free(s->other);
		s->other = NULL;
		if (e != ERR_OK)
			return e;
	}
	*ret = !s->found;
	return ERR_OK;
}

static enum err find_dead(struct search *s, struct check_findings *ret, const struct policy *p, struct err_info *info)
{
	for (size_t i = 0; i < s->policy->count; i++) {
		struct check_walk walk = {.visit = any_cell};
		bool dead;

		TRY(is_dead(s, &dead, p, i, info));
		if (!dead)
			continue;
		check_set_add(&walk.must, i);
		s->at = (struct check_finding){0};
		TRY(run(s, &walk, info));
		s->at.rule = s->policy->rules[i].id;
		s->at.other = s->at.decision.rule;
		TRY(add(ret, &s->at));
	}
	return ERR_OK;
}

static enum err finish(struct search *s, struct check_findings *ret, struct check_findings *made, enum err e)
{
	end(s);
	if (e == ERR_OK)
		*ret = *made;
	else
		check_findings_release(made);
	return e;
}

enum err check_dead(struct check_findings *ret, const struct policy *p, struct time_ms from, struct err_info *info)
{
	struct check_findings made = {0};
	struct search s;
	enum err e = begin(&s, p, &(struct check_limits){.from = from});

	if (e == ERR_OK)
		e = find_dead(&s, &made, p, info);
	return finish(&s, ret, &made, e);
}

/* ---- conflicts ------------------------------------------------------------------------------- */

static enum err find_conflict(struct search *s, struct check_findings *ret, size_t i, size_t j, struct err_info *info)
{
	const struct eval_rule *a = &s->policy->rules[i], *b = &s->policy->rules[j];
	struct check_walk walk = {.visit = any_cell};

	if ((a->effect == EFFECT_DENY) == (b->effect == EFFECT_DENY))
		return ERR_OK;
	check_set_add(&walk.must, i);
	check_set_add(&walk.must, j);
	s->space->steps = 0; /* one cell is enough: the way to it is short */
	TRY(run(s, &walk, info));
	if (!s->found)
		return ERR_OK;
	s->at.rule = s->at.decision.rule == b->id ? b->id : a->id;
	s->at.other = s->at.rule == a->id ? b->id : a->id;
	return add(ret, &s->at);
}

enum err check_conflicts(struct check_findings *ret, const struct policy *p, struct time_ms from,
			 struct err_info *info)
{
	struct check_findings made = {0};
	struct search s;
	enum err e = begin(&s, p, &(struct check_limits){.from = from});

	for (size_t i = 0; e == ERR_OK && i < s.policy->count; i++)
		for (size_t j = i + 1; e == ERR_OK && j < s.policy->count && !made.more; j++)
			e = find_conflict(&s, &made, i, j, info);
	return finish(&s, ret, &made, e);
}

/* ---- who can read ---------------------------------------------------------------------------- */

static bool given(void *self, const struct consent_question *q, const struct consent_record *r)
{
	struct search *s = self;
	struct consent_decision d = consent_decide(s->policy, q, r);

	if (d.decision != DECISION_GRANTED || (s->rule != 0 && d.rule != s->rule))
		return false;
	show(s, q, r);
	return s->found = true;
}

static bool given_or_asked(void *self, const struct consent_question *q, const struct consent_record *r)
{
	struct search *s = self;

	return s->found = consent_decide(s->policy, q, r).decision != DECISION_DENIED;
}

static struct check_walk openers(const struct search *s)
{
	struct check_walk walk = {.no_lock = true, .visit = given_or_asked};

	for (size_t i = 0; i < s->policy->count; i++)
		if (s->policy->rules[i].effect != EFFECT_DENY)
			check_set_add(&walk.some, i);
	return walk;
}

static enum err in_emergency(struct search *s, struct err_info *info)
{
	struct check_walk walk = {.visit = given, .emergency = true, .no_lock = true};

	s->rule = 0;
	return run(s, &walk, info);
}

/* One category: nothing without an emergency, something in one? */
static enum err find_emergency(struct check_findings *ret, const struct policy *p, uint32_t category,
			       struct time_ms from, struct err_info *info)
{
	struct check_limits limits = {.from = from, .never.category = category};
	struct search s;
	struct check_walk walk;
	bool opens = p->default_effect == EFFECT_ASK, any = false;
	enum err e = begin(&s, p, &limits);

	for (size_t i = 0; e == ERR_OK && i < s.policy->count; i++)
		any |= s.policy->rules[i].effect != EFFECT_DENY;
	if (e == ERR_OK) {
		walk = openers(&s);
		if (opens)
			walk.some = (struct check_set){0};
		e = opens || any ? run(&s, &walk, info) : ERR_OK;
	}
	if (e == ERR_OK && !s.found)
		e = in_emergency(&s, info);
	if (e == ERR_OK && s.found && s.at.has_witness)
		e = add(ret, &s.at);
	end(&s);
	return e;
}

enum err check_emergency(struct check_findings *ret, const struct policy *p, struct time_ms from,
			 struct err_info *info)
{
	struct check_findings made = {0};
	enum err e = ERR_OK;

	for (uint32_t c = 1; c <= CATEGORY_DIR && e == ERR_OK; c++)
		e = find_emergency(&made, p, c, from, info);
	if (e != ERR_OK) {
		check_findings_release(&made);
		return e;
	}
	*ret = made;
	return ERR_OK;
}

static enum err find_readers(struct search *s, struct check_findings *ret, struct err_info *info)
{
	for (size_t i = 0; i < s->policy->count; i++) {
		struct check_walk walk = {.visit = given, .no_lock = true};

		if (s->policy->rules[i].effect != EFFECT_PERMIT)
			continue;
		check_set_add(&walk.must, i);
		s->rule = s->policy->rules[i].id;
		TRY(run(s, &walk, info));
		s->at.rule = s->rule;
		if (s->found)
			TRY(add(ret, &s->at));
	}
	TRY(in_emergency(s, info));
	return s->found ? add(ret, &s->at) : ERR_OK;
}

enum err check_never(struct check_findings *ret, const struct policy *p, const struct check_never *what,
		     struct time_ms from, struct err_info *info)
{
	struct check_findings made = {0};
	struct check_limits limits = {.from = from, .never = *what};
	struct search s;
	enum err e = begin(&s, p, &limits);

	if (e == ERR_OK)
		e = find_readers(&s, &made, info);
	return finish(&s, ret, &made, e);
}
