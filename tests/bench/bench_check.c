/* SPDX-License-Identifier: Apache-2.0 */
/* Exact answers about 256 rules that name all codes, beside single decisions by the same rules. */
#include <stdio.h>

#include "bench.h"
#include "chain/proto/limits.h"
#include "core/base/rng.h"
#include "core/consent/check.h"
#include "seed.h"

#define RULES RULES_PER_ACCOUNT_MAX
#define DECISIONS 20000u

/* People, places and roles with a few rules each; some say nothing of purpose, kind of data or label, so that rules meet. */
static void say_rule(struct buf *out, const struct rng *g, unsigned i)
{
	unsigned effect = (unsigned)rng_below(g, 8);

	buf_printf(out, "%s{\"effect\":\"%s\"", i > 0 ? "," : "", effect < 2 ? "deny" : effect < 3 ? "ask" : "permit");
	if (rng_below(g, 4) > 0)
		buf_printf(out, ",\"purposes\":[\"%s\"]", code_text(CODES_PURPOSE, 1 + i % PURPOSE_TRANSRCH));
	if (rng_below(g, 4) > 0)
		buf_printf(out, ",\"categories\":[\"%s\"]", code_text(CODES_CATEGORY, 1 + i % CATEGORY_DIR));
	if (rng_below(g, 3) > 0)
		buf_printf(out, ",\"labels\":[\"%s\"]", code_text(CODES_LABEL, 1 + i % LABEL_PDS));
	if (rng_below(g, 3) == 0)
		buf_printf(out, ",\"actors\":[\"organisation:%064x\"]", 1 + (unsigned)rng_below(g, 20));
	else if (rng_below(g, 8) == 0)
		buf_printf(out, ",\"actors\":[\"clinician\"]");
	else
		buf_printf(out, ",\"actors\":[\"%064x\"]", 1 + (unsigned)rng_below(g, 50));
	if (i % 16 == 0)
		buf_printf(out, ",\"until\":\"20%02u-01-01\"", 40 + i % 8);
	buf_append_text(out, "}");
}

static void build(struct policy *ret)
{
	struct buf text = BUF_INIT;
	struct err_info info = {0};
	struct seeded_rng g;

	seeded_rng_init(&g, 1);
	buf_append_text(&text, "{\"default\":\"deny\",\"rules\":[");
	for (unsigned i = 0; i < RULES; i++)
		say_rule(&text, &g.rng, i);
	buf_append_text(&text, "]}");
	if (policy_read(ret, buf_bytes(&text), NULL, &info) != ERR_OK) {
		fprintf(stderr, "%s\n", info.detail);
		ASSERT(false);
	}
	for (size_t i = 0; i < ret->count; i++)
		ret->rules[i]->rule->id = (uint32_t)i + 1;
	buf_release(&text);
}

static double decisions_once(const struct policy *p)
{
	struct consent_policy *compiled;
	uint64_t start;
	unsigned given = 0;

	ASSERT(consent_policy_new(&compiled, p->rules, p->count, p->default_effect, false) == ERR_OK);
	start = bench_now_ns();
	for (unsigned i = 0; i < DECISIONS; i++) {
		struct consent_question q = {.licensed = true, .role = ROLE_CLINICIAN, .form = FORM_FULL,
					     .purpose = 1 + i % PURPOSE_TRANSRCH, .now.v = 1800000000000};
		struct consent_record r = {.category = 1 + i % CATEGORY_DIR, .confidentiality = CONFIDENTIALITY_N,
					   .forms = 1u << FORM_FULL};

		q.account.b[ID_SIZE - 1] = (uint8_t)(1 + i % 50);
		q.organisation.b[ID_SIZE - 1] = (uint8_t)(1 + i % 20);
		given += consent_decide(compiled, &q, &r).decision == DECISION_GRANTED;
	}
	ASSERT(given > 0);
	consent_policy_free(compiled);
	return (double)(bench_now_ns() - start) / DECISIONS / 1e3;
}

typedef enum err (*check_fn)(struct check_findings *ret, const struct policy *p, struct time_ms from,
			     struct err_info *info);

static double check_once(check_fn check, const struct policy *p, size_t *ret_count)
{
	struct check_findings x = {0};
	struct err_info info = {0};
	uint64_t start = bench_now_ns();
	enum err e = check(&x, p, (struct time_ms){1800000000000}, &info);
	double ms = (double)(bench_now_ns() - start) / 1e6;

	if (e != ERR_OK)
		fprintf(stderr, "%g ms: %s\n", ms, info.detail);
	ASSERT(e == ERR_OK);
	*ret_count = x.count;
	check_findings_release(&x);
	return ms;
}

static enum err never(struct check_findings *ret, const struct policy *p, struct time_ms from, struct err_info *info)
{
	const struct check_never what = {.label = LABEL_HIV};

	return check_never(ret, p, &what, from, info);
}

/* One rule less: wider or not? */
static enum err wider(struct check_findings *ret, const struct policy *p, struct time_ms from, struct err_info *info)
{
	struct policy less = *p;

	less.count--;
	TRY(check_widens(ret, &less, p, from, info));
	check_findings_release(ret);
	return check_widens(ret, p, &less, from, info);
}

#define CHECKS 5u

int main(void)
{
	static const check_fn checks[CHECKS] = {check_dead, check_conflicts, check_emergency, never, wider};
	static struct bench_figure figures[] = {
		{.name = "dead rules of 256", .unit = "ms"}, {.name = "conflicts of 256", .unit = "ms"},
		{.name = "emergency only, of 256", .unit = "ms"}, {.name = "never, of 256", .unit = "ms"},
		{.name = "wider by a rule, 256, both ways", .unit = "ms"}};
	struct bench_figure decision = BENCH_FIGURE("one decision by 256 rules", "us", BENCH_LESS);
	struct policy p = {0};
	size_t count[CHECKS];

	build(&p);
	for (unsigned i = 0; i < bench_passes(); i++) {
		bench_add(&decision, decisions_once(&p));
		for (size_t k = 0; k < CHECKS; k++)
			bench_add(&figures[k], check_once(checks[k], &p, &count[k]));
	}
	bench_head();
	bench_print_calibration(&decision);
	for (size_t k = 0; k < CHECKS; k++)
		bench_print(&figures[k], &decision);
	bench_fact("dead rules found", (double)count[0], "");
	bench_fact("conflicts found", (double)count[1], "");
	policy_release(&p);
	return 0;
}
