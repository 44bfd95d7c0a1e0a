/* SPDX-License-Identifier: Apache-2.0 */
/* Several transactions in one block: how much work it holds, and one act that comes twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "world.h"

#define REQUESTS 45u
#define REQUEST_COST (COST_SIGNATURE + REQUEST_RECORDS_MAX * COST_RECORD)
#define FITTING (BLOCK_COST_MAX / REQUEST_COST)

struct scene {
	struct world w;
	struct world_account anna, doctor;
	struct buf tx[REQUESTS + 1];
	struct bytes raw[REQUESTS + 1];
	struct contract_result results[REQUESTS + 1];
	size_t count, events;
};

static int setup(void **state)
{
	static const uint32_t treat[] = {PURPOSE_TREAT};
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 6);
	world_enrol(&s->w, &s->anna, ROLE_PATIENT, NULL, 0, NULL, 0);
	world_enrol(&s->w, &s->doctor, ROLE_CLINICIAN, NULL, 0, treat, 1);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	for (size_t i = 0; i < s->count; i++) {
		buf_release(&s->tx[i]);
		contract_result_release(&s->results[i]);
	}
	world_account_release(&s->anna);
	world_account_release(&s->doctor);
	world_release(&s->w);
	free(s);
	return 0;
}

static void add(struct scene *s, const Medlock__Body *body, const struct world_account *by)
{
	world_sign(&s->tx[s->count], &s->w, body, by);
	s->raw[s->count] = buf_bytes(&s->tx[s->count]);
	s->count++;
}

static void add_request(struct scene *s)
{
	static uint8_t names[REQUEST_RECORDS_MAX][ID_SIZE];
	ProtobufCBinaryData ids[REQUEST_RECORDS_MAX];
	Medlock__AccessRequest r = MEDLOCK__ACCESS_REQUEST__INIT;
	struct world_account keys;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	world_account_new(&keys, s->w.rng, &s->w.network, ROLE_CLINICIAN);
	for (uint32_t i = 0; i < REQUEST_RECORDS_MAX; i++) {
		put_be32(names[i], i + 1);
		ids[i] = wire_data(bytes_of(names[i], ID_SIZE));
	}
	r.owner = wire_data(BYTES_ID(s->anna.id));
	r.purpose = PURPOSE_TREAT;
	r.form = FORM_FULL;
	r.records = ids;
	r.n_records = REQUEST_RECORDS_MAX;
	r.sign_key = wire_data(BYTES_ID(keys.sign));
	r.seal_key = wire_data(bytes_of(keys.seal, 32));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &r;
	add(s, &body, &s->doctor);
	world_account_release(&keys);
}

static void add_pause(struct scene *s, const uint8_t salt[16])
{
	Medlock__ConsentPause c = MEDLOCK__CONSENT_PAUSE__INIT;
	uint8_t own[16];
	Medlock__Body body = world_body(&s->w, own);

	if (salt != NULL)
		body.salt = wire_data(bytes_of(salt, 16));
	c.owner = wire_data(BYTES_ID(s->anna.id));
	c.paused = true;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &c;
	add(s, &body, &s->anna);
}

static enum err hear(void *self, const struct account_id *owner, uint64_t n, struct bytes event)
{
	struct scene *s = self;

	(void)n, (void)event;
	assert_true(ID_EQUAL(*owner, s->anna.id));
	s->events++;
	return ERR_OK;
}

static void apply(struct scene *s)
{
	struct contract_sink sink = {s, hear};

	assert_int_equal(contract_block_apply(s->results, &s->w.kv, &s->w.block, s->raw, s->count, NULL, &sink), ERR_OK);
}

/* Who comes when the work is used up is refused without a trace, and a small act behind finds the room that is left. */
static void test_the_work_of_a_block_is_bounded(void **state)
{
	struct scene *s = *state;
	uint32_t cost = 0;

	for (size_t i = 0; i < REQUESTS; i++)
		add_request(s);
	add_pause(s, NULL);
	apply(s);
	for (size_t i = 0; i < REQUESTS; i++) {
		assert_int_equal(-(int)s->results[i].code, i < FITTING ? ERR_OK : ERR_LIMIT);
		assert_true((s->results[i].data.len > 0) == (i < FITTING));
		cost += s->results[i].cost;
	}
	assert_int_equal(s->results[REQUESTS].code, 0);
	assert_int_equal(s->events, FITTING + 1);
	assert_int_equal(s->results[0].cost, REQUEST_COST);
	assert_in_range(cost + s->results[REQUESTS].cost, 0, BLOCK_COST_MAX);
}

/* Refused for want of room is not done: the next block takes it. */
static void test_the_next_block_takes_what_was_left(void **state)
{
	struct scene *s = *state;
	struct contract_result again = {0};

	for (size_t i = 0; i < FITTING + 1; i++)
		add_request(s);
	apply(s);
	assert_int_equal(-(int)s->results[FITTING].code, ERR_LIMIT);
	s->w.block.height++;
	assert_int_equal(contract_block_apply(&again, &s->w.kv, &s->w.block, &s->raw[FITTING], 1, NULL, NULL), ERR_OK);
	assert_int_equal(again.code, 0);
	contract_result_release(&again);
}

static void test_one_act_twice_in_a_block(void **state)
{
	static const uint8_t salt[16] = {7};
	struct scene *s = *state;

	add_pause(s, salt);
	add_pause(s, salt);
	add_pause(s, NULL);
	apply(s);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(s->results[i].code, 0);
	assert_true(bytes_equal(buf_bytes(&s->results[0].data), buf_bytes(&s->results[1].data)));
	assert_false(bytes_equal(buf_bytes(&s->results[0].data), buf_bytes(&s->results[2].data))); /* the next version */
	assert_int_equal(s->events, 2);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_the_work_of_a_block_is_bounded), T(test_the_next_block_takes_what_was_left),
					   T(test_one_act_twice_in_a_block)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
