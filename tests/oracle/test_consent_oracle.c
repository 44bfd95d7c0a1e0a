/* SPDX-License-Identifier: Apache-2.0 */
/* The evaluator against a slow model written apart: sets are written out as lists of atoms, and "more specific" is
 * "every atom of mine is one of yours, and not the other way round".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/consent_eval.h"
#include "chain/proto/wire.h"
#include "core/base/rng.h"
#include "seed.h"

#define ROUNDS 3000u
#define RULES 12u
#define TIMES 8 /* rules and records speak of the instants 1..8 */
#define ATOMS 14 /* instants that the model writes out: past every end that is drawn */
#define IDS 3u

/* One rule as the model sees it: a yes or no for each atom of each dimension. */
struct model_rule {
	int effect, lock, emergency_ok, id, form, dead;
	int covers_purpose[32], named_purpose[32];
	int category[32], confidentiality[8];
	int everyone, account[IDS], organisation[IDS], role[8];
	int label[64], any_label, no_label;
	int record[IDS], any_record, author[IDS], any_author;
	int valid[ATOMS], data[ATOMS], any_data;
	uint32_t obligations;
};

static const int parents[][2] = {{2, 1}, {3, 2}, {4, 1}, {5, 1}, {8, 7}, {10, 9}, {11, 9}, {12, 9}, {13, 7}, {16, 15},
				 {17, 15}, {18, 15}, {19, 7}, {21, 9}, {22, 9}};
static const int safe[][2] = {{4, 1}, {2, 1}, {10, 9}, {11, 9}, {21, 9}, {22, 9}};

static int is_under(int child, int top)
{
	if (child == top)
		return 1;
	for (size_t i = 0; i < sizeof(parents) / sizeof(*parents); i++)
		if (parents[i][0] == child)
			return is_under(parents[i][1], top);
	return 0;
}

static int is_safe_under(int child, int top)
{
	for (size_t i = 0; i < sizeof(safe) / sizeof(*safe); i++)
		if (safe[i][0] == child && safe[i][1] == top)
			return 1;
	return child == top;
}

static struct model_rule model_of(const Medlock__RuleState *s)
{
	const Medlock__Rule *r = s->rule;
	struct model_rule m = {.effect = (int)r->effect, .lock = r->lock, .emergency_ok = r->emergency_ok,
			       .id = (int)r->id, .form = r->form ? (int)r->form : 1};

	m.dead = r->uses_left && s->uses_spent >= r->uses_left;
	for (int p = 1; p < 32; p++) {
		m.covers_purpose[p] = m.named_purpose[p] = r->n_purposes == 0;
		for (size_t i = 0; i < r->n_purposes; i++) {
			int top = (int)r->purposes[i];

			m.named_purpose[p] |= is_under(p, top);
			m.covers_purpose[p] |= r->effect == 2 ? is_under(p, top) : is_safe_under(p, top);
		}
		m.category[p] = r->n_categories == 0;
		for (size_t i = 0; i < r->n_categories; i++)
			m.category[p] |= (int)r->categories[i] == p;
	}
	for (int c = 1; c <= 6; c++)
		m.confidentiality[c] = r->confidentiality == 0 ||
				       (r->effect == 2 ? c >= (int)r->confidentiality : c <= (int)r->confidentiality);
	m.everyone = r->n_actors == 0;
	for (size_t i = 0; i < r->n_actors; i++) {
		const Medlock__Actor *a = r->actors[i];

		if (a->kind == ACTOR_EVERYONE)
			m.everyone = 1;
		else if (a->kind == ACTOR_ROLE)
			m.role[a->role] = 1;
		else if (a->kind == ACTOR_ACCOUNT)
			m.account[a->id.data[0] - 1] = 1;
		else
			m.organisation[a->id.data[0] - 1] = 1;
	}
	m.any_label = r->any_label;
	m.no_label = r->n_labels == 0;
	for (size_t i = 0; i < r->n_labels; i++)
		m.label[r->labels[i]] = 1;
	m.any_record = r->n_records == 0;
	for (size_t i = 0; i < r->n_records; i++)
		m.record[r->records[i].data[0] - 1] = 1;
	m.any_author = r->n_author_organisations == 0;
	for (size_t i = 0; i < r->n_author_organisations; i++)
		m.author[r->author_organisations[i].data[0] - 1] = 1;
	m.any_data = !r->data;
	for (int t = 0; t < ATOMS; t++) {
		m.valid[t] = t >= r->valid_from && (!r->valid_to || t < r->valid_to);
		m.data[t] = !r->data || (t >= r->data->from && t < r->data->to);
	}
	for (size_t i = 0; i < r->n_obligations; i++)
		m.obligations |= 1u << r->obligations[i];
	return m;
}

static int model_matches(const struct model_rule *m, const struct consent_question *q, const struct consent_record *r)
{
	int deny = m->effect == 2, hit = 0, all_listed = 1, overlap = 0, inside = 1;

	if (m->dead && !(q->granted_rule && (int)q->granted_rule == m->id))
		return 0;
	if (!m->valid[q->now.v] || !m->covers_purpose[q->purpose] || !m->category[r->category] ||
	    !m->confidentiality[r->confidentiality])
		return 0;
	if (!m->everyone && !m->account[q->account.b[0] - 1] && !m->role[q->role] &&
	    !(q->organisation.b[0] && m->organisation[q->organisation.b[0] - 1]))
		return 0;
	for (int l = 1; l < 64; l++)
		if (r->labels >> l & 1) {
			hit |= m->label[l];
			all_listed &= m->label[l];
		}
	if (deny ? !m->no_label && !hit : !m->any_label && !all_listed)
		return 0;
	if (!m->any_record && !m->record[r->id.b[0] - 1])
		return 0;
	if (!m->any_author && !(r->author.b[0] && m->author[r->author.b[0] - 1]))
		return 0;
	if (m->any_data)
		return 1;
	if (!r->period_known)
		return deny;
	for (int64_t t = r->from.v; t < r->to.v; t++) {
		overlap |= m->data[t];
		inside &= m->data[t];
	}
	return deny ? overlap : inside;
}

static int subset(const int *a, const int *b, int n)
{
	for (int i = 0; i < n; i++)
		if (a[i] && !b[i])
			return 0;
	return 1;
}

static int actors_within(const struct model_rule *a, const struct model_rule *b, const struct consent_question *q)
{
	int in_b = b->role[q->role] || (q->organisation.b[0] && b->organisation[q->organisation.b[0] - 1]);

	if (b->everyone || a->everyone)
		return b->everyone;
	for (unsigned i = 0; i < IDS; i++) {
		if (a->organisation[i] && !b->organisation[i])
			return 0;
		if (a->account[i] && !b->account[i] && !(q->account.b[0] == i + 1 && in_b))
			return 0;
	}
	return subset(a->role, b->role, 8);
}

static int within(const struct model_rule *a, const struct model_rule *b, const struct consent_question *q)
{
	int labels_a[64], labels_b[64];

	for (int i = 0; i < 64; i++) {
		labels_a[i] = a->label[i] || a->any_label || a->no_label;
		labels_b[i] = b->label[i] || b->any_label || b->no_label;
	}
	return subset(a->named_purpose + 1, b->named_purpose + 1, 22) && subset(a->category, b->category, 32) &&
	       subset(a->confidentiality, b->confidentiality, 8) && subset(labels_a, labels_b, 64) &&
	       (b->any_record || (!a->any_record && subset(a->record, b->record, IDS))) &&
	       (b->any_author || (!a->any_author && subset(a->author, b->author, IDS))) &&
	       subset(a->valid, b->valid, ATOMS) && (b->any_data || (!a->any_data && subset(a->data, b->data, ATOMS))) &&
	       actors_within(a, b, q);
}

static struct consent_decision give(const struct consent_question *q, const struct consent_record *r, int most, int reason,
				    int rule, uint32_t obligations)
{
	struct consent_decision d = {.rule = (uint32_t)rule, .reason = (uint32_t)reason, .obligations = obligations};
	int deid = q->form == 2 || most == 2 || (obligations >> 1 & 1);

	d.form = !deid && (r->forms & 2) ? 1 : (r->forms & 4) ? 2 : 0;
	if (d.form)
		d.decision = DECISION_GRANTED;
	else
		d = (struct consent_decision){.decision = DECISION_DENIED, .reason = DECISION_REASON_NO_FORM,
					      .rule = (uint32_t)rule};
	return d;
}

static struct consent_decision say(int decision, int reason, int rule)
{
	return (struct consent_decision){.decision = (uint32_t)decision, .reason = (uint32_t)reason, .rule = (uint32_t)rule};
}

static struct consent_decision model_decide(const struct model_rule *m, size_t n, int default_effect, int paused,
					    const struct consent_question *q, const struct consent_record *r)
{
	int emergency = q->emergency && (q->rights & 2), lock = 0, lowest[4] = {0}, form = 1;
	uint32_t obligations = 0;

	if (!q->licensed)
		return say(DECISION_DENIED, DECISION_REASON_NOT_LICENSED, 0);
	if (q->own)
		return give(q, r, 1, DECISION_REASON_OWN, 0, 0);
	if (paused && !emergency)
		return say(DECISION_DENIED, DECISION_REASON_PAUSED, 0);
	for (size_t i = 0; i < n; i++)
		if (m[i].lock && model_matches(&m[i], q, r) && !(emergency && m[i].emergency_ok) &&
		    (!lock || m[i].id < lock))
			lock = m[i].id;
	if (lock)
		return say(DECISION_DENIED, DECISION_REASON_LOCK, lock);
	if (emergency)
		return give(q, r, 1, DECISION_REASON_EMERGENCY, 0, 1u << OBLIGATION_AUDIT);
	for (size_t i = 0; i < n; i++) {
		int dropped = m[i].lock || !model_matches(&m[i], q, r), as;

		for (size_t k = 0; k < n && !dropped; k++)
			dropped = k != i && !m[k].lock && model_matches(&m[k], q, r) && within(&m[k], &m[i], q) &&
				  !within(&m[i], &m[k], q);
		if (dropped)
			continue;
		as = m[i].effect == 1 && (m[i].obligations >> OBLIGATION_HUAPRV & 1) ? 3 : m[i].effect;
		if (!lowest[as] || m[i].id < lowest[as])
			lowest[as] = m[i].id;
		if (m[i].effect != 2) {
			obligations |= m[i].obligations;
			form = m[i].form > form ? m[i].form : form;
		}
	}
	if (lowest[2])
		return say(DECISION_DENIED, DECISION_REASON_RULE, lowest[2]);
	if (lowest[3]) {
		struct consent_decision d = say(DECISION_ASKED, DECISION_REASON_RULE, lowest[3]);

		d.obligations = obligations;
		return d;
	}
	if (lowest[1])
		return give(q, r, form, DECISION_REASON_RULE, lowest[1], obligations);
	return say(default_effect == 3 ? DECISION_ASKED : DECISION_DENIED, DECISION_REASON_DEFAULT, 0);
}

/* Random rules over few values, so that they meet often. */
struct drawn {
	Medlock__RuleState state;
	Medlock__Rule rule;
	Medlock__Actor actor[2], *actors[2];
	Medlock__Period data;
	uint8_t ids[4][32];
	uint32_t codes[4][3];
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
	static const uint32_t kinds[] = {ACTOR_EVERYONE, ACTOR_ACCOUNT, ACTOR_ORGANISATION, ACTOR_ROLE};

	d->actor[i] = (Medlock__Actor)MEDLOCK__ACTOR__INIT;
	d->actor[i].kind = kinds[rng_below(g, 8) ? 1 + rng_below(g, 3) : 0];
	if (d->actor[i].kind == ACTOR_ROLE)
		d->actor[i].role = 2 + (uint32_t)rng_below(g, 2);
	else if (d->actor[i].kind != ACTOR_EVERYONE) {
		d->ids[i][0] = (uint8_t)(1 + rng_below(g, IDS));
		d->actor[i].id = wire_data(bytes_of(d->ids[i], 32));
	}
	d->actors[i] = &d->actor[i];
}

static void draw(const struct rng *g, struct drawn *d, uint32_t id)
{
	static const uint32_t purposes[] = {PURPOSE_TREAT, PURPOSE_ETREAT, PURPOSE_BTG, PURPOSE_COC, PURPOSE_HRESCH, PURPOSE_POARCH};
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
		r->records = d->records;
		r->n_records = 1;
	}
	if (once_in(g, 5)) {
		d->ids[3][0] = (uint8_t)(1 + rng_below(g, IDS));
		d->authors[0] = wire_data(bytes_of(d->ids[3], 32));
		r->author_organisations = d->authors;
		r->n_author_organisations = 1;
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
	struct model_rule model[RULES];
	struct consent_policy *p = NULL;
	size_t n = rng_below(g, RULES + 1);
	int default_effect = once_in(g, 2) ? EFFECT_DENY : EFFECT_ASK, paused = once_in(g, 10);

	for (size_t i = 0; i < n; i++) {
		draw(g, &drawn[i], (uint32_t)i + 1);
		list[i] = &drawn[i].state;
		model[i] = model_of(list[i]);
	}
	assert_int_equal(consent_policy_new(&p, list, n, (uint32_t)default_effect, paused), ERR_OK);
	for (int k = 0; k < 30; k++) {
		struct consent_question q = draw_question(g);
		struct consent_record r = draw_record(g);
		struct consent_decision x = consent_decide(p, &q, &r);
		struct consent_decision y = model_decide(model, n, default_effect, paused, &q, &r);

		if (memcmp(&x, &y, sizeof(x)) != 0)
			fail_msg("seed %llu round %u question %d: %u/%u by rule %u (%u), model %u/%u by rule %u (%u)",
				 (unsigned long long)seed, round, k, x.decision, x.form, x.rule, x.reason, y.decision,
				 y.form, y.rule, y.reason);
	}
	consent_policy_free(p);
}

static void test_evaluator_equals_the_model(void **state)
{
	uint64_t seed = test_seed();
	struct seeded_rng g;

	(void)state;
	seeded_rng_init(&g, seed);
	for (unsigned i = 0; i < ROUNDS; i++)
		compare(&g.rng, seed, i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_evaluator_equals_the_model)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
