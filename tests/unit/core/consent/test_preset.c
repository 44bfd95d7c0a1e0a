/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of assets/consent: every preset and template is one, and means what its words say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/consent/check.h"
#include "core/consent/preset.h"

#define FROM ((struct time_ms){1800000000000})

static struct policy make(const char *name, bool emergency_off, bool research)
{
	const struct preset_choice c = {name, emergency_off, research};
	struct policy p = {0};
	struct err_info info = {0};

	if (preset_policy(&p, &c, NULL, &info) != ERR_OK)
		fail_msg("%s: %s", name, info.detail);
	for (size_t i = 0; i < p.count; i++)
		p.rules[i]->rule->id = (uint32_t)i + 1;
	return p;
}

static void test_each_preset_is_known_again(void **state)
{
	static const char *const names[] = {"open", "careful", "closed"};

	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		const struct preset_choice c = {names[i / 4], i & 1u, i & 2u};
		struct preset_choice found;
		struct buf words = BUF_INIT;
		struct policy p;

		if (c.emergency_off && (i < 4 || i == 11))
			continue; /* refused */
		p = make(c.name, c.emergency_off, c.research);
		assert_int_equal(preset_of(&found, &p, FROM, NULL), ERR_OK);
		assert_non_null(found.name);
		assert_string_equal(found.name, c.name);
		assert_int_equal(found.emergency_off, c.emergency_off);
		assert_int_equal(found.research, c.research);
		preset_words(&words, &c, NULL);
		assert_true(words.len > 40);
		buf_release(&words);
		policy_release(&p);
	}
}

static size_t readers(const struct policy *p, uint32_t label, uint32_t purpose, bool *ret_emergency)
{
	const struct check_never what = {.label = label, .purpose = purpose};
	struct check_findings x = {0};
	size_t count = 0;

	*ret_emergency = false;
	assert_int_equal(check_never(&x, p, &what, FROM, NULL), ERR_OK);
	for (size_t i = 0; i < x.count; i++) {
		count += x.rows[i].rule != 0;
		*ret_emergency |= x.rows[i].rule == 0;
	}
	check_findings_release(&x);
	return count;
}

static void test_presets_mean_what_they_say(void **state)
{
	static const struct {
		const char *name;
		bool emergency_off, research;
		uint32_t label, purpose;
		bool read, in_emergency;
	} rows[] = {
		{"open", false, false, LABEL_HIV, PURPOSE_TREAT, true, true},
		{"careful", false, false, LABEL_HIV, PURPOSE_TREAT, false, true},
		{"careful", true, false, LABEL_HIV, PURPOSE_TREAT, false, false},
		{"careful", true, false, 0, PURPOSE_TREAT, true, true},
		{"closed", false, false, 0, PURPOSE_TREAT, false, true},
		{"closed", true, false, 0, PURPOSE_TREAT, false, false},
		{"careful", false, true, 0, PURPOSE_HRESCH, true, false},
		{"open", false, false, 0, PURPOSE_CLINTRCH, false, false},
		{"open", false, true, LABEL_HIV, PURPOSE_HRESCH, false, false},
		{"open", false, false, 0, PURPOSE_HMARKT, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct policy p = make(rows[i].name, rows[i].emergency_off, rows[i].research);
		bool emergency;
		size_t count = readers(&p, rows[i].label, rows[i].purpose, &emergency);

		if ((count > 0) != rows[i].read || emergency != rows[i].in_emergency)
			fail_msg("row %zu: %zu rules, emergency %d", i, count, emergency);
		policy_release(&p);
	}
}

static void test_refused_choices(void **state)
{
	const struct preset_choice open = {"open", true, false}, wide = {"wide", false, false}, shut = {"closed", true, true};
	struct policy p = {0};

	(void)state;
	assert_int_equal(preset_policy(&p, &open, NULL, NULL), ERR_USAGE);
	assert_int_equal(preset_policy(&p, &wide, NULL, NULL), ERR_USAGE);
	assert_int_equal(preset_policy(&p, &shut, NULL, NULL), ERR_USAGE);
}

/* A rule that stands stays the same one, with its number. */
static void test_standing_rules_stay(void **state)
{
	const struct preset_choice careful = {"careful", false, false};
	struct policy p = make("open", false, false), next = {0};
	size_t kept = 0;

	(void)state;
	assert_int_equal(preset_policy(&next, &careful, &p, NULL), ERR_OK);
	for (size_t i = 0; i < next.count; i++)
		kept += next.rules[i]->rule->id != 0;
	assert_int_equal(kept, 2); /* marketing and research; the permit is another */
	policy_release(&next);
	policy_release(&p);
}

static void test_templates(void **state)
{
	const char *name, *words;
	Medlock__Actor *who = NULL;
	size_t count = 0;

	(void)state;
	assert_int_equal(actor_of_word(&who, "clinician"), ERR_OK);
	for (; template_at(count, &name, &words); count++) {
		struct policy p = {.default_effect = EFFECT_DENY};
		struct err_info info = {0};

		if (template_apply(&p, name, who, FROM, NULL, &info) != ERR_OK)
			fail_msg("%s: %s", name, info.detail);
		assert_true(p.count > 0);
		for (size_t i = 0; i < p.count; i++)
			assert_int_equal(p.rules[i]->rule->actors[0]->kind, ACTOR_ROLE);
		assert_non_null(words);
		policy_release(&p);
	}
	assert_true(count >= 8);
	medlock__actor__free_unpacked(who, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_preset_is_known_again), cmocka_unit_test(test_presets_mean_what_they_say),
		cmocka_unit_test(test_refused_choices), cmocka_unit_test(test_standing_rules_stay),
		cmocka_unit_test(test_templates)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
