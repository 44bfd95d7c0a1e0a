/* SPDX-License-Identifier: Apache-2.0 */
/* A rule said in words is met inside of what was said, and nowhere else; words that are none are named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain/proto/wire.h"
#include "core/consent/policy.h"

#define NOW 1800000000000ll /* 2027-01-15 */
#define DAY MS_PER_DAY

static const struct consent_question clinician = {.account = {{1}}, .organisation = {{5}}, .role = ROLE_CLINICIAN, .licensed = true,
						  .purpose = PURPOSE_TREAT, .form = FORM_FULL, .now = {NOW}};
static const struct consent_record lab = {.id = {{1}}, .category = CATEGORY_LAB, .confidentiality = CONFIDENTIALITY_R,
					  .period_known = true, .from = {NOW - 2 * DAY}, .to = {NOW - DAY}, .author = {{6}},
					  .forms = 1u << FORM_FULL | 1u << FORM_DEID};
static const char *const treat[] = {"TREAT", NULL}, *const none[] = {NULL};

static struct consent_decision decided(const struct rule_words *words, const struct consent_question *q,
				       const struct consent_record *r)
{
	Medlock__RuleState state = MEDLOCK__RULE_STATE__INIT, *list[] = {&state};
	struct consent_policy *p;
	struct consent_decision d;
	struct err_info info = {0};

	if (rule_of_words(&state.rule, words, &info) != ERR_OK)
		fail_msg("%s", info.detail);
	state.rule->id = 1;
	assert_int_equal(consent_policy_new(&p, list, 1, EFFECT_DENY, false), ERR_OK);
	d = consent_decide(p, q, r);
	consent_policy_free(p);
	WIRE_FREE(state.rule);
	return d;
}

static struct rule_words permit(void)
{
	return (struct rule_words){.effect = "permit", .purposes = treat, .categories = none, .labels = none, .obligations = none,
				   .terms = none};
}

static void grants(const struct rule_words *w, const struct consent_record *r, bool expected)
{
	assert_int_equal(decided(w, &clinician, r).decision, expected ? DECISION_GRANTED : DECISION_DENIED);
}

static void records_and_authors(void **state)
{
	const struct hash32 this_one = {{1}}, other = {{2}}, author = {{6}};
	struct rule_words w = permit();

	(void)state;
	w.record_count = 1;
	w.records = &this_one;
	grants(&w, &lab, true);
	w.records = &other;
	grants(&w, &lab, false);
	w = permit();
	w.author_count = 1;
	w.authors = &author;
	grants(&w, &lab, true);
	w.authors = &other;
	grants(&w, &lab, false);
}

/* A correction by somebody else lifts no rule: rules name the first version and mean all of them. */
static void later_versions(void **state)
{
	const struct hash32 first = {{9}}, itself = {{1}};
	struct consent_record later = lab;
	struct rule_words w = permit();

	(void)state;
	later.first = (struct record_id){{9}};
	w.record_count = 1;
	w.records = &first;
	grants(&w, &later, true);
	grants(&w, &lab, false);
	w.records = &itself;
	grants(&w, &later, false);
}

static void periods_and_times(void **state)
{
	struct consent_record unknown = lab;
	struct rule_words w = permit();

	(void)state;
	unknown.period_known = false;
	w.data_from = "2027-01-01";
	w.data_to = "2027-02-01";
	grants(&w, &lab, true);
	grants(&w, &unknown, false); /* a permit for a period covers no data of which the period is not known */
	w.data_from = "2027-01-14";
	grants(&w, &lab, false); /* not wholly inside */
	w = permit();
	w.from = "2027-01-15T00:00:00Z";
	w.until = "2027-01-16";
	grants(&w, &lab, true);
	w.from = "2027-01-15T23:00:00Z";
	grants(&w, &lab, false);
	w.from = NULL;
	w.until = "2027-01-15T00:00:00Z";
	grants(&w, &lab, false);
}

static void confidentiality_and_form(void **state)
{
	struct rule_words w = permit();

	(void)state;
	w.confidentiality = "R";
	grants(&w, &lab, true);
	w.confidentiality = "N";
	grants(&w, &lab, false);
	w = permit();
	w.form = "deid";
	assert_int_equal(decided(&w, &clinician, &lab).form, FORM_DEID);
}

static void duties(void **state)
{
	const char *const told[] = {"NOREUSE", "DELAU", NULL}, *const names_off[] = {"DEID", NULL}, *const ask[] = {"HUAPRV", NULL};
	struct rule_words w = permit();

	(void)state;
	w.obligations = told;
	assert_int_equal(decided(&w, &clinician, &lab).obligations, 1u << OBLIGATION_NOREUSE | 1u << OBLIGATION_DELAU);
	w.obligations = names_off;
	assert_int_equal(decided(&w, &clinician, &lab).form, FORM_DEID);
	w.obligations = ask;
	assert_int_equal(decided(&w, &clinician, &lab).decision, DECISION_ASKED);
}

static void project(void **state)
{
	const char *const research[] = {"HRESCH", NULL};
	struct consent_question q = clinician;
	struct rule_words w = permit();

	(void)state;
	q.role = ROLE_RESEARCHER;
	q.purpose = PURPOSE_HRESCH;
	q.project = (struct hash32){{7}};
	w.purposes = research;
	w.project = "0700000000000000000000000000000000000000000000000000000000000000";
	assert_int_equal(decided(&w, &q, &lab).decision, DECISION_GRANTED);
	q.project.b[0] = 8;
	assert_int_equal(decided(&w, &q, &lab).decision, DECISION_DENIED);
}

static void refuses(const struct rule_words *w, const char *word)
{
	struct err_info info = {0};
	Medlock__Rule *rule = NULL;

	assert_int_equal(rule_of_words(&rule, w, &info), ERR_POLICY);
	assert_null(rule);
	if (strstr(info.detail, word) == NULL)
		fail_msg("'%s' does not say '%s'", info.detail, word);
}

static void words_that_are_none_are_named(void **state)
{
	const struct hash32 twice[] = {{{1}}, {{1}}};
	const char *const bad[] = {"RUN", NULL};
	struct rule_words w;

	(void)state;
#define REFUSED(word, ...)                                                                                             \
	do {                                                                                                           \
		w = permit();                                                                                          \
		__VA_ARGS__;                                                                                           \
		refuses(&w, word);                                                                                     \
	} while (0)
	REFUSED("until", w.until = "2026-02-30");
	REFUSED("from", w.from = "yesterday");
	REFUSED("after from", w.from = "2027-01-02"; w.until = "2027-01-02");
	REFUSED("both", w.data_to = "2027-01-01");
	REFUSED("data to", w.data_from = "2027-01-02"; w.data_to = "2027-01-01");
	REFUSED("confidentiality", w.confidentiality = "Q");
	REFUSED("visibility", w.visibility = "all");
	REFUSED("duty", w.obligations = bad);
	REFUSED("term", w.terms = bad);
	REFUSED("project", w.project = "07");
	REFUSED("twice", w.records = twice; w.record_count = 2);
	REFUSED("authors", w.authors = twice; w.author_count = RULE_ORGANISATIONS_MAX + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_and_authors), cmocka_unit_test(later_versions),
		cmocka_unit_test(periods_and_times),
		cmocka_unit_test(confidentiality_and_form), cmocka_unit_test(duties), cmocka_unit_test(project),
		cmocka_unit_test(words_that_are_none_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
