/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/proto/wire.h"
#include "core/consent/preview.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char everything[] =
	"{\"version\":3,\"default\":\"ask\",\"paused\":false,\"rules\":[{\"effect\":\"permit\",\"actors\":[\"" HEX64
	"\",\"clinician\",\"organisation:" HEX64 "\"],\"purposes\":[\"TREAT\"],\"categories\":[\"LAB\",\"IMG\"],"
	"\"labels\":[\"HIV\"],\"confidentiality\":\"R\",\"records\":[\"" HEX64 "\"],\"author_organisations\":[\"" HEX64
	"\"],\"data\":{\"from\":\"2020-01-01\",\"to\":\"2021-01-01\"},\"form\":\"deid\",\"until\":\"2030-01-01\","
	"\"uses_left\":3,\"visibility\":\"named\",\"obligations\":[\"NORELINK\"],\"research\":{\"terms\":[\"DUO:0000042\"],"
	"\"project\":\"" HEX64 "\"}},{\"effect\":\"deny\",\"lock\":true,\"emergency_ok\":true}]}";

static void number_rules(struct policy *p)
{
	for (size_t i = 0; i < p->count; i++)
		p->rules[i]->rule->id = (uint32_t)i + 1;
}

static void test_print_and_read_back(void **state)
{
	struct policy p = {0}, again = {0};
	struct err_info info = {0};
	struct buf out = BUF_INIT;
	struct json_writer w;
	Medlock__ConsentSet change;

	(void)state;
	assert_int_equal(policy_read(&p, bytes_str(everything), NULL, &info), ERR_OK);
	assert_int_equal(p.count, 2);
	number_rules(&p);
	json_writer_init(&w, &out);
	policy_write(&w, &p, NULL);
	assert_int_equal(policy_read(&again, buf_bytes(&out), &p, &info), ERR_OK);
	policy_change(&change, &p, &again);
	assert_true(policy_change_is_empty(&change));
	free(change.put);
	free(change.remove);
	policy_release(&again);
	p.rules[0]->uses_spent = 3; /* used up: printed as 0, read back as the very same rule */
	buf_clear(&out);
	json_writer_init(&w, &out);
	policy_write(&w, &p, NULL);
	assert_int_equal(policy_read(&again, buf_bytes(&out), &p, &info), ERR_OK);
	assert_int_equal(again.rules[0]->uses_spent, 3);
	assert_int_equal(again.rules[0]->rule->uses_left, 3);
	policy_release(&again);
	policy_release(&p);
	buf_release(&out);
}

/* `consent show --json` prints "v" first; `consent set` takes that very line. */
static void test_what_a_command_prints_is_read(void **state)
{
	struct err_info info = {0};
	struct policy p;

	(void)state;
	assert_int_equal(policy_read(&p, bytes_str("{\"v\":1,\"version\":3,\"default\":\"deny\",\"paused\":false,"
						   "\"rules\":[]}"), NULL, &info), ERR_OK);
	assert_int_equal(p.version, 3);
	policy_release(&p);
	assert_int_equal(policy_read(&p, bytes_str("{\"v\":2,\"rules\":[]}"), NULL, &info), ERR_POLICY);
}

static void test_refusals_name_the_path(void **state)
{
	static const struct {
		const char *json, *path;
	} bad[] = {
		{"{\"rules\":[{\"effect\":\"permit\",\"purposes\":[\"TREATX\"]}]}", "rules[0].purposes"},
		{"{\"rules\":[{\"effect\":\"permit\"},{\"lock\":true,\"effect\":\"permit\"}]}", "rules[1].lock"},
		{"{\"rules\":[{\"effect\":\"permit\",\"uses_left\":0}]}", "rules[0].uses_left"},
		{"{\"rules\":[{\"effect\":\"permit\",\"purposes\":[]}]}", "rules[0].purposes"},
		{"{\"rules\":[{\"effect\":\"permit\",\"actors\":[\"nobody\"]}]}", "rules[0].actors"},
		{"{\"rules\":[{\"effect\":\"permit\",\"id\":5}]}", "rules[0].id"},
		{"{\"rules\":[{\"effect\":\"permit\",\"what\":5}]}", "rules[0].what"},
		{"{\"rules\":[{}]}", "rules[0].effect"},
		{"{\"rules\":[7]}", "rules[0]"},
		{"{\"rules\":[],\"default\":\"permit\"}", "default"},
		{"{\"rules\":[],\"more\":1}", "more"},
		{"{}", "rules"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct policy p = {0};
		struct err_info info = {0};

		assert_int_equal(policy_read(&p, bytes_str(bad[i].json), NULL, &info), ERR_POLICY);
		assert_non_null(strstr(info.detail, bad[i].path));
		assert_null(p.rules);
	}
}

static void test_words(void **state)
{
	const char *const purposes[] = {"treat", NULL}, *const categories[] = {"LAB", "IMG", NULL};
	struct rule_words w = {.effect = "permit", .purposes = purposes, .categories = categories, .form = "deid",
			       .until = "2027-01-01", .uses = "2"};
	struct err_info info = {0};
	struct buf out = BUF_INIT;
	Medlock__Rule *r = NULL;

	(void)state;
	assert_int_equal(rule_of_words(&r, &w, &info), ERR_OK);
	sentence_of_rule(&out, r, NULL);
	assert_string_equal(buf_text(&out),
			    "Allow everyone who is certified to read laboratory results or imaging (but not what "
			    "is marked sensitive) for my treatment, only de-identified, until 2027-01-01, 2 times.");
	WIRE_FREE(r);
	w.uses = "0";
	assert_int_equal(rule_of_words(&r, &w, &info), ERR_POLICY);
	w.uses = NULL;
	w.lock = true;
	assert_int_equal(rule_of_words(&r, &w, &info), ERR_POLICY);
	buf_release(&out);
}

static void test_diff_counts_gains_and_losses(void **state)
{
	struct consent_record records[2] = {
		{.id = {{1}}, .category = CATEGORY_LAB, .confidentiality = CONFIDENTIALITY_N, .forms = 2},
		{.id = {{2}}, .category = CATEGORY_LAB, .confidentiality = CONFIDENTIALITY_N, .forms = 2}};
	struct consent_question actor = {.account = {{5}}, .role = ROLE_CLINICIAN, .licensed = true};
	struct preview_records all = {records, 2};
	struct policy none = {.default_effect = EFFECT_DENY}, some = {0};
	struct preview_diff d = {0};
	struct preview_answers who = {0};
	struct err_info info = {0};

	(void)state;
	assert_int_equal(policy_read(&some, bytes_str("{\"rules\":[{\"effect\":\"permit\",\"purposes\":[\"COC\"]}]}"), NULL,
				     &info), ERR_OK);
	assert_int_equal(preview_diff(&d, &none, &some, &actor, 1, &all, (struct time_ms){1}), ERR_OK);
	assert_int_equal(d.gain_count, 1);
	assert_int_equal(d.loss_count, 0);
	assert_int_equal(d.gains[0].records, 2);
	assert_int_equal(d.gains[0].purpose, PURPOSE_COC);
	preview_diff_release(&d);
	assert_int_equal(preview_diff(&d, &some, &none, &actor, 1, &all, (struct time_ms){1}), ERR_OK);
	assert_int_equal(d.gain_count, 0);
	assert_int_equal(d.loss_count, 1);
	preview_diff_release(&d);
	assert_int_equal(preview_who(&who, &some, &actor, 1, &records[0], (struct time_ms){1}), ERR_OK);
	assert_int_equal(who.readable, 1);
	preview_answers_release(&who);
	policy_release(&some);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print_and_read_back), cmocka_unit_test(test_refusals_name_the_path),
		cmocka_unit_test(test_what_a_command_prints_is_read), cmocka_unit_test(test_words), cmocka_unit_test(test_diff_counts_gains_and_losses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
