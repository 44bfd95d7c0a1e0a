/* SPDX-License-Identifier: Apache-2.0 */
/* The owner answers what a request asked her: who may, when, what it grants, and what ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "world.h"

static const uint32_t treat[] = {PURPOSE_TREAT};

struct scene {
	struct world w;
	struct world_account anna, bram, doctor;
	struct record_id lab, image;
	uint64_t version;
	uint8_t key;
};

static enum err send(struct scene *s, Medlock__Body *body, const struct world_account *by, struct contract_result *result)
{
	return world_apply(&s->w, result, body, by, NULL);
}

static void set_default(struct scene *s, uint32_t effect)
{
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	c.owner = wire_data(BYTES_ID(s->anna.id));
	c.expected_version = s->version++;
	c.default_effect = effect;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = &c;
	assert_int_equal(send(s, &body, &s->anna, NULL), ERR_OK);
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 1);
	world_enrol(&s->w, &s->anna, ROLE_PATIENT, NULL, 0, NULL, 0);
	world_enrol(&s->w, &s->bram, ROLE_PATIENT, NULL, 0, NULL, 0);
	world_enrol(&s->w, &s->doctor, ROLE_CLINICIAN, NULL, 0, treat, 1);
	s->lab = world_record(&s->w, &s->anna.id, &s->w.ca, CATEGORY_LAB, 1u << FORM_FULL | 1u << FORM_DEID);
	s->image = world_record(&s->w, &s->anna.id, &s->w.ca, CATEGORY_IMG, 1u << FORM_FULL);
	s->version = 1; /* of a policy that nobody changed */
	set_default(s, EFFECT_ASK);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	world_account_release(&s->anna);
	world_account_release(&s->bram);
	world_account_release(&s->doctor);
	world_release(&s->w);
	free(s);
	return 0;
}

/* The doctor asks for everything; both records are asked of anna. */
static struct request_id ask(struct scene *s)
{
	Medlock__AccessRequest r = MEDLOCK__ACCESS_REQUEST__INIT;
	struct contract_result result = {0};
	Medlock__TxResult *told = NULL;
	struct world_account once;
	struct request_id id;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	world_account_new(&once, s->w.rng, &s->w.network, ROLE_CLINICIAN);
	r.owner = wire_data(BYTES_ID(s->anna.id));
	r.purpose = PURPOSE_TREAT;
	r.form = FORM_FULL;
	r.sign_key = wire_data(bytes_of(once.sign.b, sizeof(once.sign.b)));
	r.seal_key = wire_data(bytes_of(once.seal, sizeof(once.seal)));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &r;
	assert_int_equal(send(s, &body, &s->doctor, &result), ERR_OK);
	assert_int_equal(WIRE_DECODE(&told, medlock__tx_result, buf_bytes(&result.data), 1 << 20, NULL), ERR_OK);
	assert_int_equal(told->n_records, 2);
	for (size_t i = 0; i < told->n_records; i++)
		assert_int_equal(told->records[i]->decision, DECISION_ASKED);
	ID_COPY(id, told->id.data);
	WIRE_FREE(told);
	contract_result_release(&result);
	world_account_release(&once);
	return id;
}

struct wish {
	uint32_t answer;
	const struct record_id *record; /* NULL: all */
	Medlock__Rule *rule;		/* NULL: no change */
};

static enum err answer(struct scene *s, const struct world_account *by, const struct request_id *id, struct wish wish)
{
	Medlock__AccessAnswer a = MEDLOCK__ACCESS_ANSWER__INIT;
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	ProtobufCBinaryData record;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	a.owner = wire_data(BYTES_ID(by->id));
	a.request = wire_data(BYTES_ID(*id));
	a.answer = wish.answer;
	if (wish.record != NULL) {
		record = wire_data(BYTES_ID(*wish.record));
		a.records = &record;
		a.n_records = 1;
	}
	c.owner = a.owner;
	c.expected_version = s->version;
	c.put = &wish.rule;
	c.n_put = 1;
	if (wish.rule != NULL)
		a.rules = &c;
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_ANSWER;
	body.access_answer = &a;
	return send(s, &body, by, NULL);
}

static enum err release(struct scene *s, const struct request_id *id, const struct record_id *record, uint32_t form)
{
	struct access_release out;

	return access_release_check(&out, &s->w.kv, &s->w.block, s->w.block.time, id, record, form);
}

static void a_yes_grants_what_was_asked(void **state)
{
	struct scene *s = *state;
	struct request_id id = ask(s);

	assert_int_equal(release(s, &id, &s->lab, FORM_FULL), ERR_REFUSED);
	assert_int_equal(answer(s, &s->anna, &id, (struct wish){ANSWER_YES, &s->lab, NULL}), ERR_OK);
	assert_int_equal(release(s, &id, &s->lab, FORM_FULL), ERR_OK);
	assert_int_equal(release(s, &id, &s->image, FORM_FULL), ERR_REFUSED);
	/* once: another request asks again */
	struct request_id second = ask(s);
	assert_int_equal(release(s, &second, &s->lab, FORM_FULL), ERR_REFUSED);
}

static void a_no_takes_it_off(void **state)
{
	struct scene *s = *state;
	struct request_id id = ask(s);

	assert_int_equal(answer(s, &s->anna, &id, (struct wish){ANSWER_NO, NULL, NULL}), ERR_OK);
	assert_int_equal(release(s, &id, &s->lab, FORM_FULL), ERR_REFUSED);
	assert_int_equal(answer(s, &s->anna, &id, (struct wish){ANSWER_YES, NULL, NULL}), ERR_ASK_GONE);
}

static void only_the_owner_answers_and_once(void **state)
{
	struct scene *s = *state;
	struct request_id id = ask(s), unknown = {{9}};

	assert_int_equal(answer(s, &s->bram, &id, (struct wish){ANSWER_YES, NULL, NULL}), ERR_NOT_FOUND);
	assert_int_equal(answer(s, &s->doctor, &id, (struct wish){ANSWER_YES, NULL, NULL}), ERR_ROLE);
	assert_int_equal(answer(s, &s->anna, &unknown, (struct wish){ANSWER_YES, NULL, NULL}), ERR_NOT_FOUND);
	assert_int_equal(answer(s, &s->anna, &id, (struct wish){ANSWER_YES, NULL, NULL}), ERR_OK);
	assert_int_equal(answer(s, &s->anna, &id, (struct wish){ANSWER_NO, NULL, NULL}), ERR_ASK_GONE);
	assert_int_equal(release(s, &id, &s->image, FORM_FULL), ERR_OK);
}

static void an_ask_ends_with_its_request(void **state)
{
	struct scene *s = *state;
	struct request_id id = ask(s);

	s->w.block.time.v += (int64_t)GRANT_MS_DEFAULT;
	assert_int_equal(answer(s, &s->anna, &id, (struct wish){ANSWER_YES, NULL, NULL}), ERR_ASK_GONE);
}

static void a_yes_starts_the_grants_time_anew(void **state)
{
	struct scene *s = *state;
	struct request_id id = ask(s);

	s->w.block.time.v += (int64_t)GRANT_MS_DEFAULT - 1;
	assert_int_equal(answer(s, &s->anna, &id, (struct wish){ANSWER_YES, NULL, NULL}), ERR_OK);
	s->w.block.time.v += 2;
	assert_int_equal(release(s, &id, &s->lab, FORM_FULL), ERR_OK);
}

static Medlock__Rule rule_of(uint32_t effect, const struct scene *s, Medlock__Actor *actor, Medlock__Actor **list)
{
	Medlock__Rule rule = MEDLOCK__RULE__INIT;

	*actor = (Medlock__Actor)MEDLOCK__ACTOR__INIT;
	actor->kind = ACTOR_ACCOUNT;
	actor->id = wire_data(BYTES_ID(s->doctor.id));
	*list = actor;
	rule.effect = effect;
	rule.actors = list;
	rule.n_actors = 1;
	return rule;
}

static void a_rule_comes_with_the_answer(void **state)
{
	struct scene *s = *state;
	struct request_id id = ask(s), other = ask(s);
	Medlock__Actor actor, *list;
	Medlock__Rule never = rule_of(EFFECT_DENY, s, &actor, &list);

	/* A yes beside a rule that denies it contradicts itself, and nothing of it stays. */
	assert_int_equal(answer(s, &s->anna, &id, (struct wish){ANSWER_YES, NULL, &never}), ERR_REFUSED);
	s->version--;
	assert_int_equal(answer(s, &s->anna, &id, (struct wish){ANSWER_NO, NULL, &never}), ERR_CONFLICT);
	s->version++;
	assert_int_equal(answer(s, &s->anna, &id, (struct wish){ANSWER_NO, NULL, &never}), ERR_OK);
	/* The rule stands for what was asked elsewhere too. */
	assert_int_equal(answer(s, &s->anna, &other, (struct wish){ANSWER_YES, NULL, NULL}), ERR_REFUSED);
}

static void a_later_denial_ends_what_was_answered(void **state)
{
	struct scene *s = *state;
	struct request_id id = ask(s);

	assert_int_equal(answer(s, &s->anna, &id, (struct wish){ANSWER_YES, NULL, NULL}), ERR_OK);
	set_default(s, EFFECT_DENY);
	assert_int_equal(release(s, &id, &s->lab, FORM_FULL), ERR_WITHDRAWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_yes_grants_what_was_asked, setup, teardown),
		cmocka_unit_test_setup_teardown(a_no_takes_it_off, setup, teardown),
		cmocka_unit_test_setup_teardown(only_the_owner_answers_and_once, setup, teardown),
		cmocka_unit_test_setup_teardown(an_ask_ends_with_its_request, setup, teardown),
		cmocka_unit_test_setup_teardown(a_yes_starts_the_grants_time_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(a_rule_comes_with_the_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(a_later_denial_ends_what_was_answered, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
