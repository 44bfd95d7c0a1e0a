/* SPDX-License-Identifier: Apache-2.0 */
/* A request for data of a period means the records that touch it, and no others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "world.h"

static const uint32_t treat[] = {PURPOSE_TREAT};

struct scene {
	struct world w;
	struct world_account anna, doctor;
};

static void deposit(struct scene *s, int64_t from, int64_t to)
{
	Medlock__RecordDeposit *d = world_deposit_new(&s->w, &s->anna.id, &s->w.ca, CATEGORY_LAB, 1u << FORM_FULL);
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	d->period = malloc(sizeof(*d->period));
	assert_non_null(d->period);
	*d->period = (Medlock__Period)MEDLOCK__PERIOD__INIT;
	d->period->from = from;
	d->period->to = to;
	world_deposit_seal(&s->w, d, &s->w.ca.id);
	body.action_case = MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	body.record_deposit = d;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->w.ca, NULL), ERR_OK);
	world_deposit_free(d);
}

static void default_is_ask(struct scene *s)
{
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	c.owner = wire_data(BYTES_ID(s->anna.id));
	c.expected_version = 1;
	c.default_effect = EFFECT_ASK;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = &c;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->anna, NULL), ERR_OK);
}

/* One record of [10, 20), one of [20, 30), one without a period; all are asked of her. */
static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 1);
	world_enrol(&s->w, &s->anna, ROLE_PATIENT, NULL, 0, NULL, 0);
	world_enrol(&s->w, &s->doctor, ROLE_CLINICIAN, NULL, 0, treat, 1);
	deposit(s, 10, 20);
	deposit(s, 20, 30);
	(void)world_record(&s->w, &s->anna.id, &s->w.ca, CATEGORY_LAB, 1u << FORM_FULL);
	default_is_ask(s);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	world_account_release(&s->anna);
	world_account_release(&s->doctor);
	world_release(&s->w);
	free(s);
	return 0;
}

/* How many records a request for a period (NULL: any) meant. */
static enum err ask(struct scene *s, size_t *ret_count, Medlock__Period *period, const struct record_id *named)
{
	Medlock__AccessRequest r = MEDLOCK__ACCESS_REQUEST__INIT;
	struct contract_result result = {0};
	Medlock__TxResult *told = NULL;
	struct world_account once;
	ProtobufCBinaryData id;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);
	enum err e;

	world_account_new(&once, s->w.rng, &s->w.network, ROLE_CLINICIAN);
	r.owner = wire_data(BYTES_ID(s->anna.id));
	r.purpose = PURPOSE_TREAT;
	r.form = FORM_FULL;
	r.period = period;
	r.sign_key = wire_data(bytes_of(once.sign.b, sizeof(once.sign.b)));
	r.seal_key = wire_data(bytes_of(once.seal, sizeof(once.seal)));
	if (named) {
		id = wire_data(BYTES_ID(*named));
		r.records = &id;
		r.n_records = 1;
	}
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &r;
	e = world_apply(&s->w, &result, &body, &s->doctor, NULL);
	if (e == ERR_OK) {
		assert_int_equal(WIRE_DECODE(&told, medlock__tx_result, buf_bytes(&result.data), 1 << 20, NULL), ERR_OK);
		*ret_count = told->n_records;
		WIRE_FREE(told);
	}
	contract_result_release(&result);
	world_account_release(&once);
	return e;
}

static size_t meant(struct scene *s, int64_t from, int64_t to)
{
	Medlock__Period p = MEDLOCK__PERIOD__INIT;
	size_t count = 99;

	p.from = from;
	p.to = to;
	assert_int_equal(ask(s, &count, &p, NULL), ERR_OK);
	return count;
}

static void test_what_touches_is_meant(void **state)
{
	struct scene *s = *state;
	size_t all = 0;

	assert_int_equal(ask(s, &all, NULL, NULL), ERR_OK);
	assert_int_equal(all, 3);
	assert_int_equal(meant(s, 0, 100), 2);
	assert_int_equal(meant(s, 0, 10), 0); /* both are half-open */
	assert_int_equal(meant(s, 0, 11), 1);
	assert_int_equal(meant(s, 19, 20), 1);
	assert_int_equal(meant(s, 19, 21), 2);
	assert_int_equal(meant(s, 30, 100), 0);
}

static void test_what_is_no_period(void **state)
{
	struct scene *s = *state;
	const struct record_id name = {{7}};
	Medlock__Period p = MEDLOCK__PERIOD__INIT;
	size_t unused;

	p.from = 5;
	p.to = 5;
	assert_int_equal(ask(s, &unused, &p, NULL), ERR_FORMAT);
	p.to = 6;
	assert_int_equal(ask(s, &unused, &p, &name), ERR_FORMAT);
	assert_int_equal(ask(s, &unused, NULL, &name), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_touches_is_meant, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_no_period, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
