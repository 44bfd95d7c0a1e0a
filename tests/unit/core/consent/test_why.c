/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/consent/why.h"

static struct policy read_policy(const char *text)
{
	struct policy p = {0};
	struct err_info info = {0};

	if (policy_read(&p, bytes_str(text), NULL, &info) != ERR_OK)
		fail_msg("%s", info.detail);
	for (size_t i = 0; i < p.count; i++)
		p.rules[i]->rule->id = (uint32_t)i + 1;
	return p;
}

static const struct consent_question clinician = {
	.role = ROLE_CLINICIAN, .licensed = true, .purpose = PURPOSE_TREAT, .form = FORM_FULL, .now = {1800000000000},
	.account = {{1}}};
static const struct consent_record lab = {
	.id = {{1}}, .category = CATEGORY_LAB, .confidentiality = CONFIDENTIALITY_N, .forms = 1u << FORM_FULL | 1u << FORM_DEID};

static void why(struct why *ret, struct buf *text, const char *policy)
{
	struct policy p = read_policy(policy);

	assert_int_equal(why_ask(ret, &p, &clinician, &lab), ERR_OK);
	why_say(text, ret, &p, "Dr. Okafor", NULL);
	policy_release(&p);
}

static void test_the_next_in_line(void **state)
{
	struct buf text = BUF_INIT;
	struct why x;

	(void)state;
	why(&x, &text, "{\"rules\":[{\"effect\":\"permit\",\"form\":\"deid\"},{\"effect\":\"permit\",\"actors\":[\"clinician\"]}]}");
	assert_int_equal(x.decision.rule, 2);
	assert_int_equal(x.without.rule, 1);
	assert_int_equal(x.without.form, FORM_DEID);
	assert_non_null(strstr(buf_text(&text), "To Dr. Okafor the record is given in full, because of rule 2: "));
	assert_non_null(strstr(buf_text(&text), "Without rule 2 it would be given de-identified, because of rule 1: "));
	assert_int_equal(x.hint_count, 0);
	buf_release(&text);
}

static void test_what_would_change_it(void **state)
{
	struct buf text = BUF_INIT;
	struct why x;

	(void)state;
	why(&x, &text, "{\"rules\":[{\"effect\":\"permit\",\"purposes\":[\"HRESCH\"]},"
		       "{\"effect\":\"ask\",\"purposes\":[\"TREAT\"],\"categories\":[\"IMG\"]}]}");
	assert_int_equal(x.decision.rule, 0);
	assert_int_equal(x.hint_count, 2);
	assert_int_equal(x.hints[0].rule, 1);
	assert_string_equal(x.hints[0].limit, "purposes");
	assert_int_equal(x.hints[1].rule, 2);
	assert_string_equal(x.hints[1].limit, "categories");
	assert_int_equal(x.hints[1].then.decision, DECISION_ASKED);
	assert_non_null(strstr(buf_text(&text), "It would be given after your yes only if rule 2 were not limited by the kinds of data"));
	buf_release(&text);
}

static void test_nothing_is_near(void **state)
{
	struct buf text = BUF_INIT;
	struct why x;

	(void)state;
	why(&x, &text, "{\"rules\":[{\"effect\":\"deny\",\"lock\":true},{\"effect\":\"permit\"}]}");
	assert_int_equal(x.decision.reason, DECISION_REASON_LOCK);
	assert_int_equal(x.without.decision, DECISION_GRANTED);
	assert_int_equal(x.hint_count, 0); /* under a lock no permit helps, however wide */
	buf_release(&text);
	why(&x, &text, "{\"rules\":[]}");
	assert_non_null(strstr(buf_text(&text), "it would take a new one"));
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_next_in_line),
					   cmocka_unit_test(test_what_would_change_it),
					   cmocka_unit_test(test_nothing_is_near)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
