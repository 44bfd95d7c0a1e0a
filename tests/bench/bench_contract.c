/* SPDX-License-Identifier: Apache-2.0 */
/* A decision over 1,000 rules, and signed changes of consent parsed, verified and applied by the contract alone, over a map
 * in memory: what bench_engine does without storage, trie and blocks.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "bench_load.h"
#include "chain/contract/consent_eval.h"

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

static void decide_all(struct bench_figure *p50, struct bench_figure *p99, const struct consent_policy *p,
		       const struct rule_of_bench *rules)
{
	struct bench_samples samples = {0};
	uint32_t granted = 0;

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
	ASSERT(granted <= DECISIONS);
	bench_add(p50, (double)bench_percentile(&samples, 50) / 1e3);
	bench_add(p99, (double)bench_percentile(&samples, 99) / 1e3);
	bench_samples_release(&samples);
}

/* The calibration of the decisions: what reading the clock twice around nothing takes. */
static double clock_us(void)
{
	uint64_t start = bench_now_ns();

	for (uint32_t i = 0; i < DECISIONS; i++)
		(void)bench_now_ns();
	return (double)(bench_now_ns() - start) / DECISIONS / 1e3;
}

static void bench_decisions(const struct rng *g)
{
	struct bench_figure p50 = BENCH_FIGURE("decision over 1,000 rules, p50", "us", BENCH_LESS);
	struct bench_figure p99 = BENCH_FIGURE("decision over 1,000 rules, p99", "us", BENCH_LESS);
	struct bench_figure clock = BENCH_FIGURE("reading the clock", "us", BENCH_LESS);
	struct rule_of_bench *rules = calloc(RULES, sizeof(*rules));
	Medlock__RuleState **list = calloc(RULES, sizeof(*list));
	struct consent_policy *p = NULL;

	ASSERT(rules && list);
	for (uint32_t i = 0; i < RULES; i++) {
		make_rule(g, &rules[i], i + 1);
		list[i] = &rules[i].state;
	}
	ASSERT(consent_policy_new(&p, list, RULES, EFFECT_DENY, false) == ERR_OK);
	for (unsigned i = 0; i < bench_passes(); i++) {
		bench_add(&clock, clock_us());
		decide_all(&p50, &p99, p, rules);
	}
	bench_print_calibration(&clock);
	bench_print(&p50, &clock);
	bench_print(&p99, &clock);
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

static double apply_all(struct world *w, struct load *load, struct buf *txs)
{
	uint64_t start;

	for (uint32_t i = 0; i < TXS; i++) {
		buf_clear(&txs[i]);
		load_change(load, &txs[i]);
	}
	start = bench_now_ns();
	for (uint32_t i = 0; i < TXS; i++) {
		struct contract_result r;
		struct bytes tx = buf_bytes(&txs[i]);

		ASSERT(contract_block_apply(&r, &w->kv, &w->block, &tx, 1, NULL, NULL) == ERR_OK && r.code == 0);
		contract_result_release(&r);
	}
	return TXS * 1e9 / (double)(bench_now_ns() - start);
}

static void bench_transactions(struct world *w)
{
	struct bench_figure verify = BENCH_FIGURE("Ed25519 verify", "1/s", BENCH_MORE);
	struct bench_figure applied = BENCH_FIGURE("parse, verify, apply in memory, 100,000 keys", "tx/s", BENCH_MORE);
	struct buf *txs = calloc(TXS, sizeof(*txs)), anchor = BUF_INIT;
	struct contract_result r;
	struct bytes tx;
	struct load load;

	ASSERT(txs);
	fill_state(w);
	load_init(&load, &w->network, &w->ca.id, w->ca.sign_seed, w->block.time, 1, 1);
	load_anchor(&load, &anchor, 0);
	tx = buf_bytes(&anchor);
	ASSERT(contract_block_apply(&r, &w->kv, &w->block, &tx, 1, NULL, NULL) == ERR_OK && r.code == 0);
	contract_result_release(&r);
	for (unsigned i = 0; i < bench_passes(); i++) {
		bench_add(&verify, bench_verify_rate());
		bench_add(&applied, apply_all(w, &load, txs));
	}
	bench_print_calibration(&verify);
	bench_print(&applied, &verify);
	for (uint32_t i = 0; i < TXS; i++)
		buf_release(&txs[i]);
	buf_release(&anchor);
	free(txs);
	load_release(&load);
}

int main(void)
{
	struct world w;

	bench_one_core();
	bench_head();
	world_init(&w, 1);
	bench_decisions(w.rng);
	bench_transactions(&w);
	world_release(&w);
	return 0;
}
