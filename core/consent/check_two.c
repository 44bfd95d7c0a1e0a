/* SPDX-License-Identifier: Apache-2.0 */
/* Two policies side by side: wider, equal. */
#include <stdlib.h>
#include <string.h>

#include "chain/proto/wire.h"
#include "core/consent/check_internal.h"

/* Rules that may be used so many times.  What is asked of both policies counts in both; once a rule is used up others decide.
 * So the walk is repeated for each way in which rules that decide the same question are used up.
 */
#define USES_MAX 64u        /* rules with a count, in one policy */
#define USES_STATES_MAX 256u
#define NO_TWIN SIZE_MAX

struct counted {
	struct policy p;         /* of copies: with numbers for new rules, and counts that can be used up */
	Medlock__RuleState *states;
	Medlock__Rule *rules;
	uint32_t spent[RULES_PER_ACCOUNT_MAX];
	size_t twin[RULES_PER_ACCOUNT_MAX]; /* place of the very same rule in the other policy, or NO_TWIN */
	size_t limited[USES_MAX + 1]; /* places of rules with a count, from 1 */
	size_t limited_count;
};
struct uses_state {
	uint64_t spent[2]; /* bit n: limited[n + 1] is used up */
};
struct uses {
	struct counted side[2];      /* of search.policy, of search.other */
	bool pair[USES_MAX + 1][USES_MAX + 1]; /* that decide one question; 0: one without a count */
	struct uses_state states[USES_STATES_MAX];
	size_t count;
};

struct search {
	struct check_space *space;
	struct consent_policy *policy, *other;
	struct uses *uses;
	bool found;
	struct check_finding at;
};

/* New rules come after the others, as the ledger numbers them. */
static enum err count_uses(struct counted *c, const struct policy *p)
{
	uint32_t last = 0;

	if (p->count > RULES_PER_ACCOUNT_MAX)
		return ERR_LIMIT;
	c->p = *p;
	c->p.rules = calloc(p->count + 1, sizeof(*c->p.rules));
	c->states = calloc(p->count + 1, sizeof(*c->states));
	c->rules = calloc(p->count + 1, sizeof(*c->rules));
	if (c->p.rules == NULL || c->states == NULL || c->rules == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < p->count; i++)
		last = p->rules[i]->rule->id > last ? p->rules[i]->rule->id : last;
	for (size_t i = 0; i < p->count; i++) {
		c->states[i] = *p->rules[i];
		c->rules[i] = *p->rules[i]->rule;
		c->states[i].rule = &c->rules[i];
		c->p.rules[i] = &c->states[i];
		c->spent[i] = c->states[i].uses_spent;
		if (c->rules[i].id == 0)
			c->rules[i].id = ++last;
		if (c->rules[i].uses_left == 0 || c->spent[i] >= c->rules[i].uses_left || c->rules[i].effect == EFFECT_DENY)
			continue;
		if (c->limited_count == USES_MAX)
			return ERR_LIMIT;
		c->limited[++c->limited_count] = i;
	}
	return ERR_OK;
}

static void find_twins(struct counted *c, const struct counted *other)
{
	for (size_t i = 0; i < c->p.count; i++) {
		c->twin[i] = NO_TWIN;
		for (size_t k = 0; k < other->p.count; k++)
			if (c->rules[i].id == other->rules[k].id && WIRE_EQUAL(&c->rules[i], &other->rules[k]))
				c->twin[i] = k;
	}
}

static void use_up(struct counted *c, uint64_t spent)
{
	for (size_t k = 1; k <= c->limited_count; k++) {
		size_t i = c->limited[k];

		c->states[i].uses_spent = spent >> (k - 1) & 1u ? c->rules[i].uses_left : c->spent[i];
	}
}

static void counted_release(struct counted *c)
{
	free(c->p.rules);
	free(c->states);
	free(c->rules);
}

static size_t limited_of(const struct counted *c, uint32_t rule)
{
	for (size_t k = 1; k <= c->limited_count; k++)
		if (c->rules[c->limited[k]].id == rule)
			return k;
	return 0;
}

/* The rule whose count a grant takes from; for what is asked, that of a yes. */
static uint32_t counts_for(const struct consent_policy *p, const struct consent_question *q, const struct consent_record *r)
{
	struct consent_question yes = *q;
	struct consent_decision d;

	yes.answered = true;
	d = consent_decide(p, &yes, r);
	return d.decision == DECISION_GRANTED ? d.rule : 0;
}

/* How often this is given before the count is used up; UINT32_MAX: always. */
static void times_left(struct search *s, size_t place[2], const struct consent_question *q,
			   const struct consent_record *r, uint32_t ret[2])
{
	const struct consent_policy *both[2] = {s->policy, s->other};

	for (unsigned i = 0; i < 2; i++) {
		const struct counted *c = &s->uses->side[i];

		place[i] = limited_of(c, counts_for(both[i], q, r));
		ret[i] = place[i] ? c->rules[c->limited[place[i]]].uses_left - c->spent[c->limited[place[i]]] : UINT32_MAX;
	}
	s->uses->pair[place[0]][place[1]] = true;
}

static void show(struct search *s, const struct consent_question *q, const struct consent_record *r)
{
	s->at = (struct check_finding){.has_witness = true, .question = *q, .record = *r,
				       .decision = consent_decide(s->policy, q, r)};
	s->at.rule = s->at.decision.rule;
	s->found = true;
}

static unsigned given_by(const struct consent_policy *p, const struct consent_question *q,
			 const struct consent_record *r)
{
	struct consent_decision d = consent_decide(p, q, r);

	if (d.decision == DECISION_GRANTED)
		return d.form == FORM_FULL ? 3 : 2;
	return d.decision == DECISION_ASKED;
}

static bool gives_more(void *self, const struct consent_question *q, const struct consent_record *r)
{
	struct search *s = self;
	unsigned after = given_by(s->policy, q, r), before = given_by(s->other, q, r);
	size_t place[2];
	uint32_t times[2];

	times_left(s, place, q, r, times);
	if (after > before || (after == before && after > 0 && times[0] > times[1])) {
		show(s, q, r);
	}
	return s->found;
}

static bool answers_differ(void *self, const struct consent_question *q, const struct consent_record *r)
{
	struct search *s = self;
	size_t place[2];
	uint32_t times[2];

	times_left(s, place, q, r, times);
	if (!check_same_answer(s->policy, s->other, q, r) || times[0] != times[1]) {
		show(s, q, r);
	}
	return s->found;
}

typedef bool compare_fn(void *self, const struct consent_question *q, const struct consent_record *r);

static bool stands_in_both(const struct uses *u, unsigned side, uint32_t rule)
{
	const struct counted *c = &u->side[side], *other = &u->side[1 - side];

	for (size_t i = 0; i < c->p.count; i++)
		if (c->rules[i].id == rule && c->twin[i] != NO_TWIN)
			return c->states[i].uses_spent == other->states[c->twin[i]].uses_spent;
	return false;
}

/* Where no rule matches that only one of them has, the same rules match, and the answer is the same.  False: nowhere else. */
static bool only_where_they_differ(struct search *s, struct check_walk *walk)
{
	const struct check_space *space = s->space;
	bool any = false;

	if (s->policy->default_effect != s->other->default_effect)
		return true;
	for (size_t i = 0; i < space->count; i++) {
		bool first = space->rules[i] >= s->policy->rules && space->rules[i] < s->policy->rules + s->policy->count;

		if (stands_in_both(s->uses, first ? 0 : 1, space->rules[i]->id))
			continue;
		check_set_add(&walk->some, i);
		any = true;
	}
	return any;
}

static enum err walk_both(struct search *s, compare_fn *visit, struct time_ms from, struct err_info *info)
{
	struct check_walk walk = {.visit = visit, .self = s};

	TRY(check_compile(&s->policy, &s->uses->side[0].p, SIZE_MAX));
	TRY(check_compile(&s->other, &s->uses->side[1].p, SIZE_MAX));
	TRY(check_space_init(s->space, s->policy, s->other, &(struct check_limits){.from = from}));
	if (!only_where_they_differ(s, &walk))
		return ERR_OK;
	TRY(check_space_walk(s->space, &walk, info));
	walk.emergency = true;
	return s->found ? ERR_OK : check_space_walk(s->space, &walk, info);
}

/* The two policies as their counts stand. */
static enum err compare_once(struct uses *u, struct check_finding *ret, bool *ret_found, compare_fn *visit,
			     struct time_ms from, struct err_info *info)
{
	struct search s = {.uses = u, .space = calloc(1, sizeof(*s.space))};
	enum err e = s.space != NULL ? walk_both(&s, visit, from, info) : ERR_MEMORY;

	if (e == ERR_OK && s.found)
		*ret = s.at;
	*ret_found = e == ERR_OK && s.found;
	if (s.space != NULL)
		check_space_release(s.space);
	free(s.space);
	consent_policy_free(s.policy);
	consent_policy_free(s.other);
	return e;
}

static enum err add_state(struct uses *u, struct uses_state x, struct err_info *info)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->states[i].spent[0] == x.spent[0] && u->states[i].spent[1] == x.spent[1])
			return ERR_OK;
	if (u->count == USES_STATES_MAX)
		return err_set(info, ERR_LIMIT, "too many rules with a count decide the same questions");
	u->states[u->count++] = x;
	return ERR_OK;
}

static enum err add_states(struct uses *u, struct uses_state from, struct err_info *info)
{
	for (size_t i = 0; i <= u->side[0].limited_count; i++)
		for (size_t k = 0; k <= u->side[1].limited_count; k++) {
			struct uses_state x = from;

			if (!u->pair[i][k])
				continue;
			x.spent[0] |= i ? 1ull << (i - 1) : 0;
			x.spent[1] |= k ? 1ull << (k - 1) : 0;
			TRY(add_state(u, x, info));
		}
	return ERR_OK;
}

static enum err compare_states(struct uses *u, struct check_finding *ret, bool *ret_found, compare_fn *visit,
			       struct time_ms from, struct err_info *info)
{
	u->count = 1;
	for (size_t i = 0; i < u->count; i++) {
		struct uses_state x = u->states[i];

		memset(u->pair, 0, sizeof(u->pair));
		use_up(&u->side[0], x.spent[0]);
		use_up(&u->side[1], x.spent[1]);
		TRY(compare_once(u, ret, ret_found, visit, from, info));
		if (*ret_found)
			return ERR_OK;
		TRY(add_states(u, x, info));
	}
	return ERR_OK;
}

static enum err compare(struct check_finding *ret, bool *ret_found, const struct policy *p, const struct policy *other,
			compare_fn *visit, struct time_ms from, struct err_info *info)
{
	struct uses *u = calloc(1, sizeof(*u));
	enum err e;

	if (u == NULL)
		return ERR_MEMORY;
	e = count_uses(&u->side[0], p);
	if (e == ERR_OK)
		e = count_uses(&u->side[1], other);
	if (e == ERR_OK) {
		find_twins(&u->side[0], &u->side[1]);
		find_twins(&u->side[1], &u->side[0]);
	}
	if (e == ERR_OK)
		e = compare_states(u, ret, ret_found, visit, from, info);
	counted_release(&u->side[0]);
	counted_release(&u->side[1]);
	free(u);
	return e;
}

enum err check_widens(struct check_findings *ret, const struct policy *before, const struct policy *after,
		      struct time_ms from, struct err_info *info)
{
	struct check_findings made = {0};
	struct check_finding row = {0};
	bool found = false;
	enum err e = compare(&row, &found, after, before, gives_more, from, info);

	if (e != ERR_OK)
		return e;
	if (found) {
		made.rows = malloc(sizeof(row));
		if (made.rows == NULL)
			return ERR_MEMORY;
		made.rows[made.count++] = row;
	}
	*ret = made;
	return ERR_OK;
}

enum err check_equal(bool *ret, struct check_finding *ret_witness, const struct policy *p, const struct policy *q,
		     struct time_ms from, struct err_info *info)
{
	struct check_finding row = {0};
	bool found = false;
	enum err e = compare(&row, &found, p, q, answers_differ, from, info);

	if (e != ERR_OK)
		return e;
	*ret = !found;
	if (found && ret_witness != NULL)
		*ret_witness = row;
	return ERR_OK;
}
