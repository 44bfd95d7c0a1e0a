/* SPDX-License-Identifier: Apache-2.0 */
/* A decision over 1,000 rules, and signed consent transactions verified and applied on a state of N keys. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "chain/contract/consent_eval.h"
#include "world.h"

#define RULES 1000u
#define DECISIONS 20000u
#define TXS 2000u
#define KEYS 100000u

struct rule_of_bench {
	Medlock__RuleState state;
	Medlock__Rule rule;
	Medlock__Actor actor, *actors[1];
	uint32_t purpose, category;
	uint8_t id[32];
};

static void make_rule(const struct rng *g, struct rule_of_bench *r, uint32_t id)
{
	r->rule = (Medlock__Rule)MEDLOCK__RULE__INIT;
	r->state = (Medlock__RuleState)MEDLOCK__RULE_STATE__INIT;
	r->actor = (Medlock__Actor)MEDLOCK__ACTOR__INIT;
	r->state.rule = &r->rule;
	r->rule.id = id;
	r->rule.effect = 1 + (uint32_t)rng_below(g, 3);
	r->rule.any_label = true;
	rng_fill(g, r->id, sizeof(r->id));
	r->actor.kind = ACTOR_ACCOUNT;
	r->actor.id = wire_data(bytes_of(r->id, 32));
	r->actors[0] = &r->actor;
	r->rule.actors = r->actors;
	r->rule.n_actors = id % 100 ? 1 : 0; /* one in a hundred is for everyone */
	r->purpose = id % 2 ? PURPOSE_TREAT : PURPOSE_HRESCH;
	r->rule.purposes = &r->purpose;
	r->rule.n_purposes = 1;
	r->category = 1 + id % 20;
	r->rule.categories = &r->category;
	r->rule.n_categories = id % 100 ? 1 : 0;
}

static void bench_decisions(const struct rng *g)
{
	struct rule_of_bench *rules = calloc(RULES, sizeof(*rules));
	Medlock__RuleState **list = calloc(RULES, sizeof(*list));
	struct bench_samples samples = {0};
	struct consent_policy *p = NULL;
	uint32_t granted = 0;

	ASSERT(rules && list);
	for (uint32_t i = 0; i < RULES; i++) {
		make_rule(g, &rules[i], i + 1);
		list[i] = &rules[i].state;
	}
	ASSERT(consent_policy_new(&p, list, RULES, EFFECT_DENY, false) == ERR_OK);
	for (uint32_t i = 0; i < DECISIONS; i++) {
		struct consent_question q = {.role = ROLE_CLINICIAN, .licensed = true, .form = FORM_FULL,
					     .purpose = i % 2 ? PURPOSE_TREAT : PURPOSE_HRESCH, .now = {1}};
		struct consent_record r = {.category = 1 + i % 20, .confidentiality = CONFIDENTIALITY_N, .forms = 2};
		uint64_t start;

		memcpy(q.account.b, rules[i % RULES].id, 32);
		start = bench_now_ns();
		granted += consent_decide(p, &q, &r).decision == DECISION_GRANTED;
		bench_sample(&samples, bench_now_ns() - start);
	}
	bench_row("decision over 1,000 rules, p50", (double)bench_percentile(&samples, 50) / 1e3, "us");
	bench_row("decision over 1,000 rules, p99", (double)bench_percentile(&samples, 99) / 1e3, "us");
	ASSERT(granted <= DECISIONS);
	bench_samples_release(&samples);
	consent_policy_free(p);
	free(list);
	free(rules);
}

static void fill_state(struct world *w)
{
	uint8_t value[100] = {0};

	for (uint32_t i = 0; i < KEYS; i++) {
		struct record_id id;
		struct state_key key;

		rng_fill(w->rng, id.b, sizeof(id.b));
		key = state_key_record(&id);
		ASSERT(w->kv.put(w->kv.self, state_key_bytes(&key), bytes_of(value, sizeof(value))) == ERR_OK);
	}
}

static void bench_transactions(struct world *w, const struct bench_calibration *c)
{
	struct buf *txs = calloc(TXS, sizeof(*txs));
	struct world_account anna;
	uint64_t start, took;

	ASSERT(txs);
	fill_state(w);
	world_enrol(w, &anna, ROLE_PATIENT, NULL, 0, NULL, 0);
	for (uint32_t i = 0; i < TXS; i++) {
		Medlock__ConsentSet s = MEDLOCK__CONSENT_SET__INIT;
		uint8_t salt[16];
		Medlock__Body body = world_body(w, salt);
		uint32_t remove = i;
		Medlock__Rule rule = MEDLOCK__RULE__INIT, *put = &rule;

		rule.effect = EFFECT_PERMIT;
		s.owner = wire_data(BYTES_ID(anna.id));
		s.expected_version = i + 1;
		s.put = &put;
		s.n_put = 1;
		s.remove = &remove;
		s.n_remove = i ? 1 : 0;
		body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
		body.consent_set = &s;
		world_sign(&txs[i], w, &body, &anna);
	}
	start = bench_now_ns();
	for (uint32_t i = 0; i < TXS; i++) {
		struct contract_result r;
		struct bytes tx = buf_bytes(&txs[i]);

		ASSERT(contract_block_apply(&r, &w->kv, &w->block, &tx, 1, NULL, NULL) == ERR_OK && r.code == 0);
		contract_result_release(&r);
	}
	took = bench_now_ns() - start;
	bench_row("consent_set: parse, verify, apply; 100,000 keys", TXS * 1e9 / (double)took, "1/s");
	bench_row("  of the signature alone", TXS * 1e9 / (double)took / c->verify_per_s, "ratio");
	for (uint32_t i = 0; i < TXS; i++)
		buf_release(&txs[i]);
	free(txs);
	world_account_release(&anna);
}

int main(void)
{
	struct bench_calibration c = bench_calibrate();
	struct world w;

	world_init(&w, 1);
	bench_decisions(w.rng);
	bench_transactions(&w, &c);
	world_release(&w);
	return 0;
}
