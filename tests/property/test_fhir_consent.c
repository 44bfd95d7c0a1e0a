/* SPDX-License-Identifier: Apache-2.0 */
/* A policy written as FHIR Consent and read again is the same policy, for random policies over every member of a rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/rng.h"
#include "core/consent/check.h"
#include "core/consent/fhir_consent.h"
#include "draw_list.h"
#include "seed.h"

#ifdef MEDLOCK_SANITIZED
#define ROUNDS 1000u
#else
#define ROUNDS 10000u
#endif
#define RULES 6u
#define NOW "2026-06-01"

static void say_codes(struct buf *out, const struct rng *g, const char *key, enum code_set set, unsigned rarely)
{
	const char *words[32];
	size_t count = 0, first = rng_below(g, 8);

	for (size_t i = first; count < 6 && code_at(set, i) != NULL; i++)
		words[count++] = code_at(set, i)->code;
	draw_list(out, g, key, words, count, rarely, 3);
}

#define ID(d) d "00000000000000000000000000000000000000000000000000000000000000"

static void say_limits(struct buf *out, const struct rng *g)
{
	unsigned day = (unsigned)rng_below(g, 20);

	if (once_in(g, 3))
		buf_printf(out, ",\"confidentiality\":\"%c\"", "ULMNRV"[rng_below(g, 6)]);
	if (once_in(g, 4))
		buf_printf(out, ",\"data\":{\"from\":\"19%02u-01-%02u\",\"to\":\"2010-02-%02uT10:00:00.%03uZ\"}",
			   60 + (unsigned)rng_below(g, 40), day + 1, day + 1, (unsigned)rng_below(g, 999));
	if (once_in(g, 4))
		buf_printf(out, ",\"from\":\"2026-05-%02u\"", day + 1);
	if (once_in(g, 3))
		buf_printf(out, ",\"until\":\"2026-0%u-%02uT0%u:00:00Z\"", 6 + (unsigned)rng_below(g, 3), day + 1,
			   (unsigned)rng_below(g, 9));
	if (once_in(g, 5))
		buf_printf(out, ",\"uses_left\":%u", 1 + (unsigned)rng_below(g, 5));
	if (once_in(g, 4))
		buf_printf(out, ",\"visibility\":\"%s\"", once_in(g, 2) ? "named" : "open-to-me");
	if (once_in(g, 3))
		buf_printf(out, ",\"form\":\"%s\"", once_in(g, 2) ? "full" : "deid");
}

static void say_research(struct buf *out, const struct rng *g)
{
	struct buf inside = BUF_INIT;

	say_codes(&inside, g, "terms", CODES_DUO, 2);
	buf_append_text(out, ",\"research\":{");
	buf_append_text(out, inside.len ? buf_text(&inside) + 1 : "");
	if (once_in(g, 2))
		buf_printf(out, "%s\"project\":\"%s\"", inside.len ? "," : "", ID("07"));
	buf_append_text(out, "}");
	buf_release(&inside);
}

static void say_rule(struct buf *out, const struct rng *g)
{
	static const char *const effects[] = {"permit", "permit", "deny", "ask"};
	static const char *const actors[] = {ID("01"), ID("02"), "everyone", "clinician", "researcher",
					     "organisation:" ID("01"), "care-team:" ID("03"), "project:" ID("07")};
	static const char *const records[] = {ID("0a"), ID("0b")}, *const authors[] = {ID("0c"), ID("0d")};
	const char *effect = effects[rng_below(g, 4)];

	buf_printf(out, "{\"effect\":\"%s\"", effect);
	draw_list(out, g, "actors", actors, 8, 2, 3);
	say_codes(out, g, "purposes", CODES_PURPOSE, 2);
	say_codes(out, g, "categories", CODES_CATEGORY, 2);
	say_codes(out, g, "labels", CODES_LABEL, 2);
	say_codes(out, g, "obligations", CODES_OBLIGATION, 4);
	draw_list(out, g, "records", records, 2, 6, 3);
	draw_list(out, g, "author_organisations", authors, 2, 6, 3);
	if (effect[0] != 'd' && once_in(g, 2))
		buf_append_text(out, ",\"any_label\":true");
	if (effect[0] == 'd' && once_in(g, 3))
		buf_printf(out, ",\"lock\":true%s", once_in(g, 2) ? ",\"emergency_ok\":true" : "");
	say_limits(out, g);
	if (once_in(g, 5))
		say_research(out, g);
	buf_append_text(out, "}");
}

static struct policy draw_policy(const struct rng *g)
{
	struct policy p = {0};
	struct buf text = BUF_INIT;
	struct err_info info = {0};
	size_t rules = rng_below(g, RULES + 1);

	buf_printf(&text, "{\"default\":\"%s\",\"rules\":[", once_in(g, 4) ? "ask" : "deny");
	for (size_t i = 0; i < rules; i++) {
		buf_append_text(&text, i > 0 ? "," : "");
		say_rule(&text, g);
	}
	buf_append_text(&text, "]}");
	if (policy_read(&p, buf_bytes(&text), NULL, &info) != ERR_OK)
		fail_msg("%s: %s", info.detail, buf_text(&text));
	for (size_t i = 0; i < p.count; i++) {
		Medlock__RuleState *s = p.rules[i];

		s->rule->id = (uint32_t)i + 1;
		s->uses_spent = s->rule->uses_left ? (uint32_t)rng_below(g, s->rule->uses_left + 1) : 0;
	}
	buf_release(&text);
	return p;
}

static void fail_with(uint64_t seed, unsigned round, const char *what, const char *why, const struct buf *fhir)
{
	fail_msg("seed %llu round %u: %s: %s: %s", (unsigned long long)seed, round, what, why, buf_text(fhir));
}

/* Written and read, with the same rules standing or none. */
static bool come_back(uint64_t seed, unsigned round, const struct policy *p, const struct policy *current, struct time_ms now)
{
	static const struct account_id owner = {{7}};
	struct check_finding witness;
	struct err_info info = {0};
	struct policy back = {0};
	struct buf fhir = BUF_INIT;
	bool equal = false;
	enum err e;

	fhir_consent_write(&fhir, p, &owner, now, NULL);
	if (fhir_consent_read(&back, buf_bytes(&fhir), current, &owner, &info) != ERR_OK)
		fail_with(seed, round, "not read", info.detail, &fhir);
	if (back.default_effect != p->default_effect)
		fail_with(seed, round, "another default", "", &fhir);
	for (size_t i = 0; current != NULL && i < back.count; i++)
		if (back.rules[i]->rule->id == 0)
			fail_with(seed, round, "a standing rule is taken for a new one", "", &fhir);
	for (size_t i = 0; i < back.count; i++)
		back.rules[i]->rule->id = (uint32_t)i + 1;
	e = check_equal(&equal, &witness, p, &back, now, &info);
	if (e != ERR_OK && e != ERR_LIMIT)
		fail_with(seed, round, "not compared", info.detail, &fhir);
	if (e == ERR_OK && !equal)
		fail_with(seed, round, "not equal", "", &fhir);
	policy_release(&back);
	buf_release(&fhir);
	return e == ERR_OK;
}

static void test_round_trip(void **state)
{
	uint64_t seed = test_seed();
	struct seeded_rng g;
	struct time_ms now;
	unsigned compared = 0;

	(void)state;
	seeded_rng_init(&g, seed);
	assert_int_equal(time_parse(&now, NOW), ERR_OK);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct policy p = draw_policy(&g.rng);

		compared += come_back(seed, i, &p, once_in(&g.rng, 2) ? &p : NULL, now);
		policy_release(&p);
	}
	print_message("# %u of %u were compared by every question\n", compared, ROUNDS);
	assert_true(compared > ROUNDS - ROUNDS / 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
