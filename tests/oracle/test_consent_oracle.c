/* SPDX-License-Identifier: Apache-2.0 */
/* The evaluator against the slow model written apart (tests/lib/model_consent.h): random rules, questions and records.
 * CONSENT_ROUNDS sets how many policies (default 3,000), each with 30 questions: 1,000,000 is the long run before a release.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/consent_eval.h"
#include "chain/proto/wire.h"
#include "core/base/rng.h"
#include "core/base/text.h"
#include "model_consent.h"
#include "seed.h"

#define ROUNDS 3000u
#define ROUNDS_MAX 100000000u
#define RULES 12u
#define TIMES 8 /* rules and records speak of the instants 1..8 */
#define IDS 3u

/* The same question and record in the model's words. */
static struct model_question question_of(const struct consent_question *q)
{
	struct model_question m = {.role = q->role, .rights = q->rights, .purpose = q->purpose, .form = q->form,
				   .licensed = q->licensed, .own = q->own, .emergency = q->emergency, .now = q->now.v,
				   .granted_rule = q->granted_rule};

	memcpy(m.account, q->account.b, 32);
	memcpy(m.organisation, q->organisation.b, 32);
	memcpy(m.project, q->project.b, 32);
	return m;
}

static struct model_subject subject_of(const struct consent_record *r)
{
	struct model_subject m = {.category = r->category, .confidentiality = r->confidentiality,
				  .period_known = r->period_known, .from = r->from.v, .to = r->to.v,
				  .has_full = r->forms >> FORM_FULL & 1u, .has_deid = r->forms >> FORM_DEID & 1u};

	memcpy(m.id, r->id.b, 32);
	memcpy(m.author, r->author.b, 32);
	for (int l = 1; l < 64; l++)
		m.label[l] = r->labels >> l & 1u;
	return m;
}

/* Random rules over few values, so that they meet often. */
struct drawn {
	Medlock__RuleState state;
	Medlock__Rule rule;
	Medlock__Actor actor[2], *actors[2];
	Medlock__Period data;
	Medlock__Research research;
	uint8_t ids[6][32], pseudonym[48], project[32];
	uint32_t codes[5][3];
	ProtobufCBinaryData records[2], authors[2];
};

static int once_in(const struct rng *g, unsigned n)
{
	return rng_below(g, n) == 0;
}

static size_t draw_codes(const struct rng *g, uint32_t *to, const uint32_t *from, size_t count, unsigned rarely)
{
	size_t n = 0;

	if (!once_in(g, rarely))
		return 0;
	for (size_t i = 0; i < count && n < 3; i++)
		if (once_in(g, 2))
			to[n++] = from[i];
	return n;
}

static void draw_actor(const struct rng *g, struct drawn *d, size_t i)
{
	static const uint32_t kinds[] = {ACTOR_EVERYONE, ACTOR_ACCOUNT, ACTOR_ORGANISATION, ACTOR_ROLE, ACTOR_ACCOUNT,
					 ACTOR_ORGANISATION, ACTOR_PROJECT, ACTOR_CARE_TEAM, ACTOR_PERSON_PSEUDONYM};

	d->actor[i] = (Medlock__Actor)MEDLOCK__ACTOR__INIT;
	d->actor[i].kind = kinds[rng_below(g, 8) ? 1 + rng_below(g, 8) : 0];
	if (d->actor[i].kind == ACTOR_ROLE)
		d->actor[i].role = 2 + (uint32_t)rng_below(g, 2);
	else if (d->actor[i].kind == ACTOR_PERSON_PSEUDONYM)
		d->actor[i].id = wire_data(bytes_of(d->pseudonym, 48));
	else if (d->actor[i].kind != ACTOR_EVERYONE) {
		d->ids[i][0] = (uint8_t)(1 + rng_below(g, IDS));
		d->actor[i].id = wire_data(bytes_of(d->ids[i], 32));
	}
	d->actors[i] = &d->actor[i];
}

/* What the data may be used for, now and then by one project only. */
static void draw_research(const struct rng *g, struct drawn *d)
{
	static const uint32_t terms[] = {DUO_HMB, DUO_IRB, DUO_NPOA};

	d->research = (Medlock__Research)MEDLOCK__RESEARCH__INIT;
	d->research.n_terms = draw_codes(g, d->research.terms = d->codes[4], terms, 3, 1);
	d->project[0] = (uint8_t)(1 + rng_below(g, IDS));
	if (once_in(g, 2))
		d->research.project = wire_data(bytes_of(d->project, 32));
	d->rule.research = &d->research;
}

/* Rules that speak of one or two things only: often the one is inside the other. */
static void simplify(const struct rng *g, Medlock__Rule *r)
{
	size_t *const lists[] = {&r->n_actors, &r->n_purposes, &r->n_categories, &r->n_labels, &r->n_records,
				 &r->n_author_organisations};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (!once_in(g, 4))
			*lists[i] = 0;
	r->confidentiality = once_in(g, 4) ? r->confidentiality : 0;
	r->visibility = once_in(g, 4) ? r->visibility : 0;
	r->data = once_in(g, 4) ? r->data : NULL;
	r->research = once_in(g, 2) ? r->research : NULL;
	r->valid_from = once_in(g, 4) ? r->valid_from : 0;
	r->valid_to = 0;
	r->any_label = true;
}

static void draw(const struct rng *g, struct drawn *d, uint32_t id)
{
	static const uint32_t purposes[] = {PURPOSE_TREAT, PURPOSE_ETREAT, PURPOSE_BTG,
					    PURPOSE_COC, PURPOSE_HRESCH, PURPOSE_POARCH};
	static const uint32_t categories[] = {CATEGORY_LAB, CATEGORY_IMG}, labels[] = {LABEL_PSY, LABEL_HIV, LABEL_PDS};
	static const uint32_t duties[] = {OBLIGATION_DEID, OBLIGATION_HUAPRV, OBLIGATION_AUDIT};
	Medlock__Rule *r = &d->rule;

	*d = (struct drawn){0};
	*r = (Medlock__Rule)MEDLOCK__RULE__INIT;
	d->state = (Medlock__RuleState)MEDLOCK__RULE_STATE__INIT;
	d->state.rule = r;
	r->id = id;
	r->effect = 1 + (uint32_t)rng_below(g, 3);
	r->lock = r->effect == EFFECT_DENY && once_in(g, 4);
	r->emergency_ok = r->lock && once_in(g, 2);
	r->actors = d->actors;
	r->n_actors = rng_below(g, 3);
	for (size_t i = 0; i < r->n_actors; i++)
		draw_actor(g, d, i);
	r->n_purposes = draw_codes(g, r->purposes = d->codes[0], purposes, 6, 2);
	r->n_categories = draw_codes(g, r->categories = d->codes[1], categories, 2, 2);
	r->n_labels = draw_codes(g, r->labels = d->codes[2], labels, 3, 2);
	r->n_obligations = draw_codes(g, r->obligations = d->codes[3], duties, 3, 3);
	r->any_label = once_in(g, 3);
	r->confidentiality = once_in(g, 3) ? 1 + (uint32_t)rng_below(g, 6) : 0;
	r->form = (uint32_t)rng_below(g, 3);
	if (once_in(g, 5)) {
		d->ids[2][0] = (uint8_t)(1 + rng_below(g, IDS));
		d->records[0] = wire_data(bytes_of(d->ids[2], 32));
		d->ids[4][0] = (uint8_t)(d->ids[2][0] + 1);
		d->records[1] = wire_data(bytes_of(d->ids[4], 32));
		r->records = d->records;
		r->n_records = 1 + rng_below(g, 2);
	}
	if (once_in(g, 5)) {
		d->ids[3][0] = (uint8_t)rng_below(g, IDS + 1); /* zeros are no organisation, and match none */
		d->authors[0] = wire_data(bytes_of(d->ids[3], 32));
		d->ids[5][0] = (uint8_t)(d->ids[3][0] + 1);
		d->authors[1] = wire_data(bytes_of(d->ids[5], 32));
		r->author_organisations = d->authors;
		r->n_author_organisations = 1 + rng_below(g, 2);
	}
	if (once_in(g, 3)) {
		r->valid_from = (int64_t)rng_below(g, TIMES);
		r->valid_to = once_in(g, 2) ? r->valid_from + 1 + (int64_t)rng_below(g, 4) : 0;
	}
	if (once_in(g, 4)) {
		d->data = (Medlock__Period)MEDLOCK__PERIOD__INIT;
		d->data.from = 1 + (int64_t)rng_below(g, 4);
		d->data.to = d->data.from + 1 + (int64_t)rng_below(g, 4);
		r->data = &d->data;
	}
	if (once_in(g, 5))
		draw_research(g, d);
	r->visibility = (uint32_t)rng_below(g, 3);
	if (once_in(g, 2))
		simplify(g, r);
	r->uses_left = once_in(g, 6) ? 2 : 0;
	d->state.uses_spent = (uint32_t)rng_below(g, 3);
}

static struct consent_question draw_question(const struct rng *g)
{
	static const uint32_t purposes[] = {PURPOSE_TREAT, PURPOSE_ETREAT, PURPOSE_BTG, PURPOSE_COC, PURPOSE_TREATDS,
					    PURPOSE_HRESCH, PURPOSE_DSRCH, PURPOSE_POARCH};
	struct consent_question q = {.role = 2 + (uint32_t)rng_below(g, 2), .licensed = !once_in(g, 20),
				     .own = once_in(g, 20), .purpose = purposes[rng_below(g, 8)],
				     .emergency = once_in(g, 5), .form = 1 + (uint32_t)rng_below(g, 2)};

	q.rights = (uint32_t)rng_below(g, 4);
	q.account.b[0] = (uint8_t)(1 + rng_below(g, IDS));
	q.organisation.b[0] = (uint8_t)rng_below(g, IDS + 1);
	q.project.b[0] = (uint8_t)rng_below(g, IDS + 1);
	q.now.v = 1 + (int64_t)rng_below(g, TIMES);
	q.granted_rule = once_in(g, 4) ? 1 + (uint32_t)rng_below(g, RULES) : 0;
	return q;
}

static struct consent_record draw_record(const struct rng *g)
{
	struct consent_record r = {.category = once_in(g, 2) ? CATEGORY_LAB : CATEGORY_IMG,
				   .confidentiality = 1 + (uint32_t)rng_below(g, 6), .period_known = !once_in(g, 4),
				   .forms = 2 * (uint32_t)(1 + rng_below(g, 3))};

	r.id.b[0] = (uint8_t)(1 + rng_below(g, IDS));
	r.author.b[0] = (uint8_t)rng_below(g, IDS + 1);
	if (once_in(g, 2))
		r.labels = (once_in(g, 2) ? 1ull << LABEL_PSY : 0) | (once_in(g, 2) ? 1ull << LABEL_HIV : 0);
	r.from.v = 1 + (int64_t)rng_below(g, 5);
	r.to.v = r.from.v + 1 + (int64_t)rng_below(g, 3);
	return r;
}

static void compare(const struct rng *g, uint64_t seed, unsigned round)
{
	struct drawn drawn[RULES];
	Medlock__RuleState *list[RULES];
	struct consent_policy *p = NULL;
	size_t n = rng_below(g, RULES + 1);
	int default_effect = once_in(g, 2) ? EFFECT_DENY : EFFECT_ASK, paused = once_in(g, 10);

	for (size_t i = 0; i < n; i++) {
		draw(g, &drawn[i], (uint32_t)i + 1);
		list[i] = &drawn[i].state;
	}
	assert_int_equal(consent_policy_new(&p, list, n, (uint32_t)default_effect, paused), ERR_OK);
	for (int k = 0; k < 30; k++) {
		struct consent_question q = draw_question(g);
		struct consent_record r = draw_record(g);
		struct consent_decision x = consent_decide(p, &q, &r);
		struct model_question mq = question_of(&q);
		struct model_subject mr = subject_of(&r);
		struct model_decision y = model_decide((const Medlock__RuleState *const *)list, n,
						       (uint32_t)default_effect, paused, &mq, &mr);

		if (x.decision != y.decision || x.form != y.form || x.rule != y.rule || x.reason != y.reason ||
		    x.obligations != y.obligations)
			fail_msg("seed %llu round %u question %d: %u/%u by rule %u (%u), model %u/%u by rule %u (%u)",
				 (unsigned long long)seed, round, k, x.decision, x.form, x.rule, x.reason, y.decision,
				 y.form, y.rule, y.reason);
	}
	consent_policy_free(p);
}

static unsigned rounds(void)
{
	const char *said = getenv("CONSENT_ROUNDS");
	uint64_t n = ROUNDS;

	if (said != NULL)
		assert_int_equal(parse_u64(&n, bytes_str(said), ROUNDS_MAX), ERR_OK);
	return (unsigned)n;
}

static void test_evaluator_equals_the_model(void **state)
{
	uint64_t seed = test_seed();
	unsigned count = rounds();
	struct seeded_rng g;

	(void)state;
	seeded_rng_init(&g, seed);
	for (unsigned i = 0; i < count; i++)
		compare(&g.rng, seed, i);
	print_message("# %u policies, 30 questions each\n", count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_evaluator_equals_the_model)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
