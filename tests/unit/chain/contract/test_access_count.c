/* SPDX-License-Identifier: Apache-2.0 */
/* What a researcher may count is what she would be granted: by each owner's own rules, without names, for an attested purpose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "world.h"

#define PATIENTS 3u
#define FORMS (1u << FORM_FULL | 1u << FORM_DEID)

struct scene {
	struct world w;
	struct world_account lind, doctor, patients[PATIENTS];
};

static int setup(void **state)
{
	static const uint32_t research[] = {PURPOSE_HRESCH}, treat[] = {PURPOSE_TREAT};
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 21);
	world_enrol(&s->w, &s->lind, ROLE_RESEARCHER, NULL, 0, research, 1);
	world_enrol(&s->w, &s->doctor, ROLE_CLINICIAN, NULL, 0, treat, 1);
	for (size_t i = 0; i < PATIENTS; i++) {
		world_enrol(&s->w, &s->patients[i], ROLE_PATIENT, NULL, 0, NULL, 0);
		world_record(&s->w, &s->patients[i].id, &s->w.ca, CATEGORY_LAB, FORMS);
		world_record(&s->w, &s->patients[i].id, &s->w.ca, CATEGORY_MED, FORMS);
	}
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	world_account_release(&s->lind);
	world_account_release(&s->doctor);
	for (size_t i = 0; i < PATIENTS; i++)
		world_account_release(&s->patients[i]);
	world_release(&s->w);
	free(s);
	return 0;
}

/* This patient lets research have what has no names; category 0: everything. */
static void allow(struct scene *s, size_t patient, uint32_t category, uint32_t effect)
{
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	Medlock__Rule rule = MEDLOCK__RULE__INIT, *put[] = {&rule};
	uint32_t purpose = PURPOSE_HRESCH;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	rule.effect = effect;
	rule.purposes = &purpose;
	rule.n_purposes = 1;
	if (category != 0) {
		rule.categories = &category;
		rule.n_categories = 1;
	}
	if (effect == EFFECT_PERMIT)
		rule.form = FORM_DEID;
	c.owner = wire_data(BYTES_ID(s->patients[patient].id));
	c.expected_version = 1;
	c.put = put;
	c.n_put = 1;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = &c;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->patients[patient], NULL), ERR_OK);
}

static enum err count(struct scene *s, struct access_tally *ret, const struct world_account *who, uint32_t purpose,
		      uint32_t category)
{
	const struct access_wish wish = {.purpose = purpose, .category = category};

	return access_count(ret, &s->w.kv, &s->w.block, &who->id, &wish);
}

static void test_owners_decide(void **state)
{
	struct scene *s = *state;
	struct access_tally t;

	assert_int_equal(count(s, &t, &s->lind, PURPOSE_HRESCH, 0), ERR_OK);
	assert_int_equal(t.owners, 0);
	allow(s, 0, 0, EFFECT_PERMIT);
	allow(s, 1, CATEGORY_LAB, EFFECT_PERMIT);
	allow(s, 2, 0, EFFECT_ASK);
	assert_int_equal(count(s, &t, &s->lind, PURPOSE_HRESCH, 0), ERR_OK);
	assert_int_equal(t.owners, 2); /* who must be asked is not counted */
	assert_int_equal(t.records, 3);
	assert_int_equal(count(s, &t, &s->lind, PURPOSE_HRESCH, CATEGORY_MED), ERR_OK);
	assert_int_equal(t.owners, 1);
	assert_int_equal(t.records, 1);
}

static void test_who_may_count(void **state)
{
	struct scene *s = *state;
	struct access_tally t;
	struct world_account stranger;

	assert_int_equal(count(s, &t, &s->doctor, PURPOSE_TREAT, 0), ERR_ROLE);
	assert_int_equal(count(s, &t, &s->lind, PURPOSE_TREAT, 0), ERR_ROLE);
	world_account_new(&stranger, s->w.rng, &s->w.network, ROLE_RESEARCHER);
	assert_int_equal(count(s, &t, &stranger, PURPOSE_HRESCH, 0), ERR_NOT_FOUND);
	world_account_release(&stranger);
	s->w.block.time.v += 400 * MS_PER_DAY;
	assert_int_equal(count(s, &t, &s->lind, PURPOSE_HRESCH, 0), ERR_EXPIRED);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {CASE(test_owners_decide), CASE(test_who_may_count)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
