/* SPDX-License-Identifier: Apache-2.0 */
/* Policies with a fault planted in each: the analyser names it, with a question that shows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/proto/wire.h"
#include "core/consent/check.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define TODAY ((struct time_ms){1800000000000})

static struct policy policy_of(const char *rules)
{
	struct policy p = {0};
	struct buf text = BUF_INIT;

	buf_printf(&text, "{\"version\":1,\"default\":\"deny\",\"rules\":[%s]}", rules);
	assert_int_equal(policy_read(&p, buf_bytes(&text), NULL, NULL), ERR_OK);
	for (size_t i = 0; i < p.count; i++)
		p.rules[i]->rule->id = (uint32_t)i + 1;
	buf_release(&text);
	return p;
}

static void test_dead_rules(void **state)
{
	struct policy p = policy_of("{\"effect\":\"deny\",\"categories\":[\"LAB\"],\"lock\":true},"
				    "{\"effect\":\"permit\",\"actors\":[\"" A "\"],\"categories\":[\"LAB\"],\"any_label\":true},"
				    "{\"effect\":\"permit\",\"actors\":[\"" A "\"],\"categories\":[\"MED\"],\"any_label\":true},"
				    "{\"effect\":\"permit\",\"until\":\"2020-01-01\"}");
	struct check_findings x = {0};

	(void)state;
	assert_int_equal(check_dead(&x, &p, TODAY, NULL), ERR_OK);
	assert_int_equal(x.count, 2);
	assert_int_equal(x.rows[0].rule, 2);
	assert_int_equal(x.rows[0].other, 1);
	assert_true(x.rows[0].has_witness);
	assert_int_equal(x.rows[0].record.category, CATEGORY_LAB);
	assert_int_equal(x.rows[1].rule, 4);
	assert_false(x.rows[1].has_witness); /* its time is over: nothing matches it */
	check_findings_release(&x);
	policy_release(&p);
}

/* The later of two permits is named by no decision, but it says "without names". */
static void test_a_rule_that_only_adds_a_duty_is_not_dead(void **state)
{
	struct policy p = policy_of("{\"effect\":\"permit\"},{\"effect\":\"permit\",\"form\":\"deid\"},"
				    "{\"effect\":\"permit\"}");
	struct check_findings x = {0};

	(void)state;
	assert_int_equal(check_dead(&x, &p, TODAY, NULL), ERR_OK);
	assert_int_equal(x.count, 1);
	assert_int_equal(x.rows[0].rule, 3);
	check_findings_release(&x);
	policy_release(&p);
}

static void test_conflicts_and_who_wins(void **state)
{
	struct policy p = policy_of("{\"effect\":\"permit\",\"actors\":[\"" A "\"],\"any_label\":true},"
				    "{\"effect\":\"deny\",\"categories\":[\"LAB\"]},"
				    "{\"effect\":\"deny\"},"
				    "{\"effect\":\"permit\",\"categories\":[\"MED\"],\"actors\":[\"" B "\"]}");
	struct check_findings x = {0};

	(void)state;
	assert_int_equal(check_conflicts(&x, &p, TODAY, NULL), ERR_OK);
	assert_int_equal(x.count, 3);
	assert_int_equal(x.rows[0].rule, 2); /* neither is inside the other: the deny wins */
	assert_int_equal(x.rows[0].other, 1);
	assert_int_equal(x.rows[1].rule, 1); /* the narrow permit beats the broad deny */
	assert_int_equal(x.rows[1].other, 3);
	assert_int_equal(x.rows[2].rule, 4);
	assert_int_equal(x.rows[2].other, 3);
	check_findings_release(&x);
	policy_release(&p);
}

static void test_a_leak_is_found_and_mended(void **state)
{
	struct policy leaky = policy_of("{\"effect\":\"permit\",\"actors\":[\"" A "\"],\"any_label\":true},"
					"{\"effect\":\"permit\",\"actors\":[\"clinician\"],\"purposes\":[\"TREAT\"],"
					"\"labels\":[\"HIV\"]}");
	struct policy tight = policy_of("{\"effect\":\"permit\",\"actors\":[\"" A "\"],\"any_label\":true},"
					"{\"effect\":\"permit\",\"actors\":[\"clinician\"],\"purposes\":[\"TREAT\"]},"
					"{\"effect\":\"deny\",\"lock\":true,\"labels\":[\"HIV\"],\"actors\":[\"clinician\"],"
					"\"purposes\":[\"HMARKT\"]}");
	struct check_never what = {.label = LABEL_HIV};
	struct check_findings x = {0};

	(void)state;
	assert_int_equal(actor_of_word((Medlock__Actor **)(void *)&what.who, A), ERR_OK);
	assert_int_equal(check_never(&x, &leaky, &what, TODAY, NULL), ERR_OK);
	assert_int_equal(x.count, 2); /* the clinicians, and whoever has an emergency */
	assert_int_equal(x.rows[0].rule, 2);
	assert_int_equal(x.rows[0].question.role, ROLE_CLINICIAN);
	assert_int_equal(x.rows[0].question.purpose, PURPOSE_TREAT);
	assert_true(x.rows[0].record.labels >> LABEL_HIV & 1u);
	assert_true(x.rows[1].question.emergency);
	check_findings_release(&x);
	assert_int_equal(check_never(&x, &tight, &what, TODAY, NULL), ERR_OK);
	assert_int_equal(x.count, 1); /* the emergency alone */
	assert_int_equal(x.rows[0].rule, 0);
	check_findings_release(&x);
	protobuf_c_message_free_unpacked((ProtobufCMessage *)(void *)(uintptr_t)what.who, NULL);
	policy_release(&leaky);
	policy_release(&tight);
}

/* Where both match, the first one is named; but only the second one stops an emergency. */
static void test_a_lock_that_decides_in_an_emergency_is_not_dead(void **state)
{
	struct policy p = policy_of("{\"effect\":\"deny\",\"lock\":true,\"emergency_ok\":true,\"categories\":[\"MED\"]},"
				    "{\"effect\":\"deny\",\"lock\":true,\"categories\":[\"MED\"]}");
	struct check_findings x = {0};

	(void)state;
	assert_int_equal(check_dead(&x, &p, TODAY, NULL), ERR_OK);
	assert_int_equal(x.count, 0);
	check_findings_release(&x);
	policy_release(&p);
}

static void test_only_in_an_emergency(void **state)
{
	struct policy p = policy_of("{\"effect\":\"permit\",\"categories\":[\"LAB\"]},"
				    "{\"effect\":\"deny\",\"lock\":true,\"categories\":[\"GEN\"]},"
				    "{\"effect\":\"deny\",\"lock\":true,\"emergency_ok\":true,\"categories\":[\"MED\"]}");
	struct check_findings x = {0};

	(void)state;
	assert_int_equal(check_emergency(&x, &p, TODAY, NULL), ERR_OK);
	assert_int_equal(x.count, CATEGORY_DIR - 2); /* LAB is open without, GEN never */
	for (size_t i = 0; i < x.count; i++) {
		assert_true(x.rows[i].record.category != CATEGORY_LAB && x.rows[i].record.category != CATEGORY_GEN);
		assert_true(x.rows[i].question.emergency);
	}
	check_findings_release(&x);
	policy_release(&p);
}

static void test_equal_and_wider(void **state)
{
	struct policy p = policy_of("{\"effect\":\"permit\",\"categories\":[\"LAB\",\"MED\"],\"until\":\"2030-01-01\"}");
	struct policy split = policy_of("{\"effect\":\"permit\",\"categories\":[\"MED\"],\"until\":\"2030-01-01\"},"
					"{\"effect\":\"permit\",\"categories\":[\"LAB\"],\"until\":\"2030-01-01\"}");
	struct policy longer = policy_of("{\"effect\":\"permit\",\"categories\":[\"LAB\",\"MED\"],\"until\":\"2030-01-02\"}");
	struct check_finding witness = {0};
	struct check_findings x = {0};
	bool equal = false;

	(void)state;
	assert_int_equal(check_equal(&equal, NULL, &p, &split, TODAY, NULL), ERR_OK);
	assert_true(equal);
	assert_int_equal(check_equal(&equal, &witness, &p, &longer, TODAY, NULL), ERR_OK);
	assert_false(equal);
	assert_int_equal(witness.question.now.v, 1893456000000); /* the first instant that differs */
	assert_int_equal(check_widens(&x, &longer, &p, TODAY, NULL), ERR_OK);
	assert_int_equal(x.count, 0);
	assert_int_equal(check_widens(&x, &p, &longer, TODAY, NULL), ERR_OK);
	assert_int_equal(x.count, 1);
	check_findings_release(&x);
	policy_release(&p);
	policy_release(&split);
	policy_release(&longer);
}

/* How often something is given is part of what is given, also when counts are used up. */
static void test_counts(void **state)
{
	static const struct {
		const char *before, *after;
		bool equal, widens, widens_back;
	} rows[] = {
		{"{\"effect\":\"permit\",\"uses_left\":2}", "{\"effect\":\"permit\",\"uses_left\":2}", true, false, false},
		{"{\"effect\":\"permit\",\"uses_left\":2}", "{\"effect\":\"permit\",\"uses_left\":3}", false, true, false},
		{"{\"effect\":\"permit\",\"uses_left\":2}", "{\"effect\":\"permit\"}", false, true, false},
		/* One count for both kinds of data, or one for each. */
		{"{\"effect\":\"permit\",\"categories\":[\"LAB\",\"MED\"],\"uses_left\":1}",
		 "{\"effect\":\"permit\",\"categories\":[\"LAB\"],\"uses_left\":1},"
		 "{\"effect\":\"permit\",\"categories\":[\"MED\"],\"uses_left\":1}", false, true, false},
		/* What stands below a count shows when it is used up. */
		{"{\"effect\":\"permit\",\"actors\":[\"clinician\"],\"uses_left\":1}",
		 "{\"effect\":\"permit\",\"actors\":[\"clinician\"],\"uses_left\":1},"
		 "{\"effect\":\"permit\",\"actors\":[\"clinician\"]}", false, true, false},
		{"{\"effect\":\"ask\"}", "{\"effect\":\"ask\",\"uses_left\":1},{\"effect\":\"permit\",\"uses_left\":1}", false, true,
		 true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct policy before = policy_of(rows[i].before), after = policy_of(rows[i].after);
		struct check_findings there = {0}, back = {0};
		bool equal = false;

		assert_int_equal(check_equal(&equal, NULL, &before, &after, TODAY, NULL), ERR_OK);
		assert_int_equal(check_widens(&there, &before, &after, TODAY, NULL), ERR_OK);
		assert_int_equal(check_widens(&back, &after, &before, TODAY, NULL), ERR_OK);
		if (equal != rows[i].equal || (there.count > 0) != rows[i].widens || (back.count > 0) != rows[i].widens_back)
			fail_msg("row %zu: equal %d, widens %zu, back %zu", i, equal, there.count, back.count);
		check_findings_release(&there);
		check_findings_release(&back);
		policy_release(&before);
		policy_release(&after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dead_rules),
		cmocka_unit_test(test_a_rule_that_only_adds_a_duty_is_not_dead),
		cmocka_unit_test(test_conflicts_and_who_wins),
		cmocka_unit_test(test_a_leak_is_found_and_mended),
		cmocka_unit_test(test_a_lock_that_decides_in_an_emergency_is_not_dead),
		cmocka_unit_test(test_only_in_an_emergency),
		cmocka_unit_test(test_equal_and_wider),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
