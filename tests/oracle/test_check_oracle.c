/* SPDX-License-Identifier: Apache-2.0 */
/* The analyser against many questions asked one by one of the slow model (tests/lib/model_consent.h): what it says can
 * never happen does not happen, and each witness of it is one for the model too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/proto/wire.h"
#include "core/base/rng.h"
#include "core/consent/check.h"
#include "draw_list.h"
#include "model_consent.h"
#include "seed.h"

#define ROUNDS 400u
#define QUESTIONS 400u
#define RULES 8u

/* ---- random policies, over few values so that rules meet ---- */

static void say_rule(struct buf *out, const struct rng *g)
{
	static const char *const effects[] = {"permit", "permit", "deny", "ask"};
	static const char *const actors[] = {
		"0100000000000000000000000000000000000000000000000000000000000000",
		"0200000000000000000000000000000000000000000000000000000000000000", "clinician", "researcher",
		"organisation:0100000000000000000000000000000000000000000000000000000000000000",
		"project:0100000000000000000000000000000000000000000000000000000000000000"};
	static const char *const purposes[] = {"TREAT", "ETREAT", "HRESCH", "POARCH"};
	static const char *const categories[] = {"LAB", "IMG"}, *const labels[] = {"PSY", "HIV", "PDS"};
	const char *effect = effects[rng_below(g, 4)];
	unsigned from = (unsigned)rng_below(g, 3);

	buf_printf(out, "{\"effect\":\"%s\"", effect);
	draw_list(out, g, "actors", actors, 6, 2, 2);
	draw_list(out, g, "purposes", purposes, 4, 2, 2);
	draw_list(out, g, "categories", categories, 2, 2, 2);
	draw_list(out, g, "labels", labels, 3, 2, 2);
	if (effect[0] != 'd' && once_in(g, 2))
		buf_append_text(out, ",\"any_label\":true");
	if (effect[0] == 'd' && once_in(g, 3))
		buf_printf(out, ",\"lock\":true%s", once_in(g, 2) ? ",\"emergency_ok\":true" : "");
	if (once_in(g, 3))
		buf_printf(out, ",\"confidentiality\":\"%c\"", "LNR"[rng_below(g, 3)]);
	if (once_in(g, 4))
		buf_printf(out, ",\"data\":{\"from\":\"202%u-01-01\",\"to\":\"202%u-01-01\"}", from,
			   from + 1 + (unsigned)rng_below(g, 2));
	if (once_in(g, 4))
		buf_printf(out, ",\"until\":\"203%u-01-01\"", (unsigned)rng_below(g, 3));
	if (effect[0] != 'd' && once_in(g, 3))
		buf_append_text(out, ",\"form\":\"deid\"");
	buf_append_text(out, "}");
}

static struct policy draw_policy(const struct rng *g, size_t rules)
{
	struct policy p = {0};
	struct buf text = BUF_INIT;
	struct err_info info = {0};

	buf_printf(&text, "{\"default\":\"%s\",\"rules\":[", once_in(g, 4) ? "ask" : "deny");
	for (size_t i = 0; i < rules; i++) {
		buf_append_text(&text, i > 0 ? "," : "");
		say_rule(&text, g);
	}
	buf_append_text(&text, "]}");
	if (policy_read(&p, buf_bytes(&text), NULL, &info) != ERR_OK)
		fail_msg("%s: %.*s", info.detail, (int)buf_bytes(&text).len, (const char *)buf_bytes(&text).data);
	for (size_t i = 0; i < p.count; i++)
		p.rules[i]->rule->id = (uint32_t)i + 1;
	buf_release(&text);
	return p;
}

static struct time_ms new_year(unsigned year)
{
	char text[16];
	struct time_ms t;

	snprintf(text, sizeof(text), "%u-01-01", year);
	assert_int_equal(time_parse(&t, text), ERR_OK);
	return t;
}

static struct consent_question draw_question(const struct rng *g)
{
	static const uint32_t purposes[] = {PURPOSE_TREAT, PURPOSE_ETREAT, PURPOSE_BTG, PURPOSE_HRESCH, PURPOSE_DSRCH,
					    PURPOSE_POARCH};
	struct consent_question q = {.role = ROLE_CLINICIAN + (uint32_t)rng_below(g, 2), .licensed = true,
				     .purpose = purposes[rng_below(g, 6)], .form = FORM_FULL,
				     .emergency = once_in(g, 6)};

	q.rights = q.emergency ? RIGHT_EMERGENCY : 0;
	if (q.emergency)
		q.purpose = purposes[rng_below(g, 3)]; /* the ledger takes it for no other */
	q.account.b[0] = (uint8_t)(1 + rng_below(g, 3));
	q.organisation.b[0] = (uint8_t)rng_below(g, 3);
	q.project.b[0] = (uint8_t)rng_below(g, 2);
	q.now.v = new_year(2029 + (unsigned)rng_below(g, 4)).v - (int64_t)rng_below(g, 2);
	return q;
}

static struct consent_record draw_record(const struct rng *g)
{
	static const uint32_t categories[] = {CATEGORY_LAB, CATEGORY_IMG, CATEGORY_MED};
	struct consent_record r = {.category = categories[rng_below(g, 3)],
				   .confidentiality = 1 + (uint32_t)rng_below(g, 6), .period_known = !once_in(g, 3),
				   .forms = 1u << FORM_FULL | 1u << FORM_DEID};
	unsigned from = (unsigned)rng_below(g, 5);

	r.id.b[0] = 9;
	r.labels = (once_in(g, 3) ? 1ull << LABEL_PSY : 0) | (once_in(g, 3) ? 1ull << LABEL_HIV : 0) |
		   (once_in(g, 5) ? 1ull << LABEL_GDIS : 0) | (once_in(g, 5) ? 1ull << LABEL_PDS : 0);
	r.from = new_year(2019 + from);
	r.to.v = new_year(2020 + from + (unsigned)rng_below(g, 2)).v + (int64_t)rng_below(g, 3) - 1;
	return r;
}

/* ---- the model's answer ---- */

static struct model_decision ask_model(const struct policy *p, const struct consent_question *q,
				       const struct consent_record *r)
{
	struct model_question m = {.role = q->role, .rights = q->rights, .purpose = q->purpose, .form = q->form,
				   .licensed = q->licensed, .emergency = q->emergency, .now = q->now.v,
				   .answered = q->answered};
	struct model_subject s = {.category = r->category, .confidentiality = r->confidentiality,
				  .period_known = r->period_known, .from = r->from.v, .to = r->to.v,
				  .has_full = true, .has_deid = true};

	memcpy(m.account, q->account.b, 32);
	memcpy(m.organisation, q->organisation.b, 32);
	memcpy(m.project, q->project.b, 32);
	memcpy(s.id, r->id.b, 32);
	memcpy(s.author, r->author.b, 32);
	for (int l = 1; l < 64; l++)
		s.label[l] = r->labels >> l & 1u;
	return model_decide((const Medlock__RuleState *const *)p->rules, p->count, p->default_effect, false, &m, &s);
}

static bool is_row(const struct check_findings *x, uint32_t rule)
{
	for (size_t i = 0; i < x->count; i++)
		if (x->rows[i].rule == rule)
			return true;
	return false;
}

struct said {
	struct check_findings dead, never, emergency;
};

static void hold_to_it(const struct said *said, const struct policy *p, const struct rng *g, uint64_t seed,
		       unsigned round)
{
	for (unsigned i = 0; i < QUESTIONS; i++) {
		struct consent_question q = draw_question(g);
		struct consent_record r = draw_record(g);
		struct model_decision d = ask_model(p, &q, &r);
		bool given = d.decision == DECISION_GRANTED;

		if (d.rule != 0 && is_row(&said->dead, d.rule))
			fail_msg("seed %llu round %u: dead rule %u decides", (unsigned long long)seed, round, d.rule);
		if (given && q.account.b[0] != 1 && (r.labels >> LABEL_HIV & 1u) && d.reason != DECISION_REASON_DEFAULT &&
		    !is_row(&said->never, d.rule))
			fail_msg("seed %llu round %u: rule %u leaks unseen", (unsigned long long)seed, round, d.rule);
		if (d.decision != DECISION_DENIED && !q.emergency)
			for (size_t k = 0; k < said->emergency.count; k++)
				if (said->emergency.rows[k].record.category == r.category)
					fail_msg("seed %llu round %u: category %u is open without an emergency",
						 (unsigned long long)seed, round, r.category);
	}
}

static void witnesses_stand(const struct said *said, const struct policy *p, uint64_t seed, unsigned round)
{
	for (size_t i = 0; i < said->never.count; i++) {
		const struct check_finding *x = &said->never.rows[i];
		struct model_decision d = ask_model(p, &x->question, &x->record);

		if (d.decision != DECISION_GRANTED || d.rule != x->rule || x->question.account.b[0] == 1 ||
		    !(x->record.labels >> LABEL_HIV & 1u))
			fail_msg("seed %llu round %u: leak %zu is none", (unsigned long long)seed, round, i);
	}
	for (size_t i = 0; i < said->emergency.count; i++)
		if (ask_model(p, &said->emergency.rows[i].question, &said->emergency.rows[i].record).decision !=
		    DECISION_GRANTED)
			fail_msg("seed %llu round %u: emergency %zu is none", (unsigned long long)seed, round, i);
}

static void test_what_is_said_never_to_happen_does_not(void **state)
{
	uint64_t seed = test_seed();
	struct seeded_rng g;
	struct check_never what = {.label = LABEL_HIV};
	Medlock__Actor first = MEDLOCK__ACTOR__INIT;
	uint8_t id[32] = {1};

	(void)state;
	first.kind = ACTOR_ACCOUNT;
	first.id = wire_data(bytes_of(id, 32));
	what.who = &first;
	seeded_rng_init(&g, seed);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct policy p = draw_policy(&g.rng, rng_below(&g.rng, RULES + 1));
		struct said said = {0};

		assert_int_equal(check_dead(&said.dead, &p, (struct time_ms){0}, NULL), ERR_OK);
		assert_int_equal(check_never(&said.never, &p, &what, (struct time_ms){0}, NULL), ERR_OK);
		assert_int_equal(check_emergency(&said.emergency, &p, (struct time_ms){0}, NULL), ERR_OK);
		hold_to_it(&said, &p, &g.rng, seed, round);
		witnesses_stand(&said, &p, seed, round);
		check_findings_release(&said.dead);
		check_findings_release(&said.never);
		check_findings_release(&said.emergency);
		policy_release(&p);
	}
}

/* One policy and itself with one rule gone: when called equal, no question tells them apart; else the witness does. */
static void test_equal_policies_answer_alike(void **state)
{
	uint64_t seed = test_seed();
	struct seeded_rng g;
	unsigned equal_ones = 0;

	(void)state;
	seeded_rng_init(&g, seed);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct policy p = draw_policy(&g.rng, 1 + rng_below(&g.rng, RULES)), less = p;
		struct check_finding w = {0};
		bool equal = false;

		less.count--;
		assert_int_equal(check_equal(&equal, &w, &p, &less, (struct time_ms){0}, NULL), ERR_OK);
		equal_ones += equal;
		for (unsigned i = 0; i < QUESTIONS && equal; i++) {
			struct consent_question q = draw_question(&g.rng);
			struct consent_record r = draw_record(&g.rng);
			struct model_decision a = ask_model(&p, &q, &r), b = ask_model(&less, &q, &r);

			if (a.decision != b.decision || a.form != b.form || a.obligations != b.obligations)
				fail_msg("seed %llu round %u: not equal", (unsigned long long)seed, round);
		}
		if (!equal) {
			struct model_decision a = ask_model(&p, &w.question, &w.record);
			struct model_decision b = ask_model(&less, &w.question, &w.record);

			w.question.answered = true;
			if (a.decision == b.decision && a.form == b.form && a.obligations == b.obligations &&
			    ask_model(&p, &w.question, &w.record).form == ask_model(&less, &w.question, &w.record).form)
				fail_msg("seed %llu round %u: the witness shows nothing", (unsigned long long)seed, round);
		}
		policy_release(&p);
	}
	assert_true(equal_ones > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_said_never_to_happen_does_not),
		cmocka_unit_test(test_equal_policies_answer_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
