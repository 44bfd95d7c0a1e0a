/* SPDX-License-Identifier: Apache-2.0 */
/* Laws of consent over random rules: what may never happen, whatever the rules say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/consent_eval.h"
#include "chain/proto/wire.h"
#include "core/base/rng.h"
#include "seed.h"

#define ROUNDS 4000u
#define RULES 16u

struct drawn {
	Medlock__RuleState state;
	Medlock__Rule rule;
	Medlock__Actor actor, *actors[1];
	uint32_t purpose, category;
	uint8_t id[32];
};

struct world_of_rules {
	struct drawn drawn[RULES];
	Medlock__RuleState *list[2 * RULES];
	size_t count;
	struct consent_question q;
	struct consent_record r;
};

static void draw_rule(const struct rng *g, struct drawn *d, uint32_t id)
{
	static const uint32_t purposes[] = {PURPOSE_TREAT, PURPOSE_ETREAT, PURPOSE_HRESCH};

	*d = (struct drawn){0};
	d->rule = (Medlock__Rule)MEDLOCK__RULE__INIT;
	d->state = (Medlock__RuleState)MEDLOCK__RULE_STATE__INIT;
	d->state.rule = &d->rule;
	d->rule.id = id;
	d->rule.effect = 1 + (uint32_t)rng_below(g, 3);
	d->rule.lock = d->rule.effect == EFFECT_DENY && rng_below(g, 3) == 0;
	d->purpose = purposes[rng_below(g, 3)];
	d->rule.purposes = &d->purpose;
	d->rule.n_purposes = rng_below(g, 2);
	d->category = rng_below(g, 2) ? CATEGORY_LAB : CATEGORY_IMG;
	d->rule.categories = &d->category;
	d->rule.n_categories = rng_below(g, 2);
	if (rng_below(g, 2)) {
		d->actor = (Medlock__Actor)MEDLOCK__ACTOR__INIT;
		d->actor.kind = ACTOR_ACCOUNT;
		d->id[0] = (uint8_t)(1 + rng_below(g, 2));
		d->actor.id = wire_data(bytes_of(d->id, 32));
		d->actors[0] = &d->actor;
		d->rule.actors = d->actors;
		d->rule.n_actors = 1;
	}
	d->rule.any_label = rng_below(g, 2);
	d->rule.valid_to = rng_below(g, 4) ? 0 : 5;
	d->rule.valid_from = rng_below(g, 4) ? 0 : 3;
	d->rule.uses_left = rng_below(g, 4) ? 0 : 1;
	d->state.uses_spent = (uint32_t)rng_below(g, 2);
}

static void draw_world(const struct rng *g, struct world_of_rules *w)
{
	w->count = rng_below(g, RULES + 1);
	for (size_t i = 0; i < w->count; i++) {
		draw_rule(g, &w->drawn[i], (uint32_t)i + 1);
		w->list[i] = &w->drawn[i].state;
	}
	w->q = (struct consent_question){.role = ROLE_CLINICIAN, .licensed = true, .form = FORM_FULL,
					 .purpose = rng_below(g, 2) ? PURPOSE_TREAT : PURPOSE_ETREAT};
	w->q.account.b[0] = (uint8_t)(1 + rng_below(g, 2));
	w->q.now.v = 1 + (int64_t)rng_below(g, 6);
	w->r = (struct consent_record){.id = {{1}}, .category = rng_below(g, 2) ? CATEGORY_LAB : CATEGORY_IMG,
				       .confidentiality = CONFIDENTIALITY_N, .forms = 1u << FORM_FULL};
	w->r.labels = rng_below(g, 2) ? 1ull << LABEL_HIV : 0;
}

static struct consent_decision decide(const struct world_of_rules *w, size_t count, bool paused)
{
	struct consent_policy *p = NULL;
	struct consent_decision d;

	assert_int_equal(consent_policy_new(&p, w->list, count, EFFECT_DENY, paused), ERR_OK);
	d = consent_decide(p, &w->q, &w->r);
	consent_policy_free(p);
	return d;
}

static bool is_active(const struct drawn *d, int64_t now)
{
	return now >= d->rule.valid_from && (!d->rule.valid_to || now < d->rule.valid_to) &&
	       !(d->rule.uses_left && d->state.uses_spent >= d->rule.uses_left);
}

static void order_and_duplicates(const struct rng *g, struct world_of_rules *w, const struct consent_decision *d)
{
	struct consent_decision other;

	for (size_t i = w->count; i > 1; i--) {
		size_t k = rng_below(g, i);
		Medlock__RuleState *x = w->list[i - 1];

		w->list[i - 1] = w->list[k];
		w->list[k] = x;
	}
	other = decide(w, w->count, false);
	assert_memory_equal(d, &other, sizeof(other));
	for (size_t i = 0; i < w->count; i++)
		w->list[w->count + i] = w->list[i];
	other = decide(w, 2 * w->count, false);
	assert_memory_equal(d, &other, sizeof(other));
}

/* Rules that are over, to come or used up might as well not be there. */
static void dead_rules(struct world_of_rules *w, const struct consent_decision *d)
{
	struct consent_decision other;
	size_t kept = 0;

	for (size_t i = 0; i < w->count; i++)
		if (is_active(&w->drawn[i], w->q.now.v))
			w->list[kept++] = &w->drawn[i].state;
	other = decide(w, kept, false);
	assert_memory_equal(d, &other, sizeof(other));
}

static bool lock_covers(const struct world_of_rules *w)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct drawn *x = &w->drawn[i];

		if (x->rule.lock && is_active(x, w->q.now.v) &&
		    (!x->rule.n_purposes || consent_purpose_covers(x->purpose, w->q.purpose, true)) &&
		    (!x->rule.n_categories || x->category == w->r.category) &&
		    (!x->rule.n_actors || x->id[0] == w->q.account.b[0]))
			return true;
	}
	return false;
}

/* Without the permits nothing is given; a grant names a permit that stands. */
static void grants_need_permits(struct world_of_rules *w, const struct consent_decision *d)
{
	size_t kept = 0;

	if (d->decision == DECISION_GRANTED) {
		assert_in_range(d->rule, 1, w->count);
		assert_int_equal(w->drawn[d->rule - 1].rule.effect, EFFECT_PERMIT);
		assert_true(is_active(&w->drawn[d->rule - 1], w->q.now.v));
	}
	for (size_t i = 0; i < w->count; i++)
		if (w->drawn[i].rule.effect != EFFECT_PERMIT)
			w->list[kept++] = &w->drawn[i].state;
	assert_int_not_equal(decide(w, kept, false).decision, DECISION_GRANTED);
}

static int given(const struct consent_decision *d)
{
	return d->decision == DECISION_GRANTED ? 2 : d->decision == DECISION_ASKED;
}

/* Whatever is refused on top, nobody gets more than before; and what is taken back is not replaced by more than it was,
 * unless a wider permit stood below it all the time.
 */
static void refusing_never_adds(const struct rng *g, struct world_of_rules *w, const struct consent_decision *d)
{
	struct consent_decision other;
	struct drawn *more = &w->drawn[RULES - 1];
	size_t kept = 0;
	bool wider = false;

	if (w->count == RULES)
		return;
	draw_rule(g, more, RULES);
	more->rule.effect = EFFECT_DENY;
	w->list[w->count] = &more->state;
	other = decide(w, w->count + 1, false);
	assert_true(given(&other) <= given(d));
	for (size_t i = 0; i < w->count; i++) {
		wider |= w->drawn[i].rule.effect == EFFECT_PERMIT && w->drawn[i].rule.id != d->rule;
		if (w->drawn[i].rule.id != d->rule)
			w->list[kept++] = &w->drawn[i].state;
	}
	other = decide(w, kept, false);
	if (d->decision == DECISION_GRANTED && !wider)
		assert_int_not_equal(other.decision, DECISION_GRANTED);
	for (size_t i = 0; i < w->count; i++)
		w->list[i] = &w->drawn[i].state;
}

static void test_laws(void **state)
{
	uint64_t seed = test_seed();
	struct seeded_rng g;

	(void)state;
	seeded_rng_init(&g, seed);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct world_of_rules w;
		struct consent_decision d;

		draw_world(&g.rng, &w);
		d = decide(&w, w.count, false);
		if (lock_covers(&w))
			assert_int_equal(d.decision, DECISION_DENIED);
		assert_int_equal(decide(&w, w.count, true).decision, DECISION_DENIED);
		refusing_never_adds(&g.rng, &w, &d);
		order_and_duplicates(&g.rng, &w, &d);
		grants_need_permits(&w, &d);
		dead_rules(&w, &d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_laws)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
