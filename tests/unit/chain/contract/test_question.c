/* SPDX-License-Identifier: Apache-2.0 */
/* The owner asks why somebody looked, the reader answers: who may, when, and what both lists say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "world.h"

static const uint32_t treat[] = {PURPOSE_TREAT};

struct scene {
	struct world w;
	struct world_account anna, bram, doctor, nurse;
	struct request_id request;
	struct hash32 text;
};

/* What one transaction told. */
struct heard {
	struct account_id owner[2];
	Medlock__Event *event[2];
	size_t count;
};

static enum err hear(void *self, const struct account_id *owner, uint64_t n, struct bytes event)
{
	struct heard *h = self;

	(void)n;
	assert_true(h->count < 2);
	h->owner[h->count] = *owner;
	assert_int_equal(WIRE_DECODE(&h->event[h->count], medlock__event, event, 1 << 20, NULL), ERR_OK);
	h->count++;
	return ERR_OK;
}

static void forget(struct heard *h)
{
	for (size_t i = 0; i < h->count; i++)
		WIRE_FREE(h->event[i]);
	*h = (struct heard){.count = 0};
}

static struct request_id look(struct scene *s, const struct world_account *by)
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
	assert_int_equal(world_apply(&s->w, &result, &body, by, NULL), ERR_OK);
	assert_int_equal(WIRE_DECODE(&told, medlock__tx_result, buf_bytes(&result.data), 1 << 20, NULL), ERR_OK);
	ID_COPY(id, told->id.data);
	WIRE_FREE(told);
	contract_result_release(&result);
	world_account_release(&once);
	return id;
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 1);
	world_enrol(&s->w, &s->anna, ROLE_PATIENT, NULL, 0, NULL, 0);
	world_enrol(&s->w, &s->bram, ROLE_PATIENT, NULL, 0, NULL, 0);
	world_enrol(&s->w, &s->doctor, ROLE_CLINICIAN, NULL, 0, treat, 1);
	world_enrol(&s->w, &s->nurse, ROLE_CLINICIAN, NULL, 0, treat, 1);
	s->request = look(s, &s->doctor); /* refused: nothing is permitted */
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	world_account_release(&s->anna);
	world_account_release(&s->bram);
	world_account_release(&s->doctor);
	world_account_release(&s->nurse);
	world_release(&s->w);
	free(s);
	return 0;
}

static enum err send(struct scene *s, struct heard *heard, const struct world_account *by, const struct request_id *id, bool reply)
{
	const struct contract_sink sink = {heard, hear};
	Medlock__Question q = MEDLOCK__QUESTION__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	rng_fill(s->w.rng, s->text.b, sizeof(s->text.b));
	q.request = wire_data(BYTES_ID(*id));
	q.reply = reply;
	q.text = wire_data(BYTES_ID(s->text));
	body.action_case = MEDLOCK__BODY__ACTION_QUESTION;
	body.question = &q;
	return world_apply(&s->w, NULL, &body, by, heard ? &sink : NULL);
}

static enum err ask(struct scene *s, const struct world_account *by)
{
	return send(s, NULL, by, &s->request, false);
}

static enum err reply(struct scene *s, const struct world_account *by)
{
	return send(s, NULL, by, &s->request, true);
}

static void expect_told(const struct scene *s, const struct heard *h, bool is_reply, int64_t due)
{
	assert_int_equal(h->count, 2);
	assert_true(ID_EQUAL(h->owner[0], s->anna.id) && ID_EQUAL(h->owner[1], s->doctor.id));
	for (size_t i = 0; i < 2; i++) {
		const Medlock__Questioned *q = h->event[i]->question;

		assert_non_null(q);
		assert_int_equal(h->event[i]->kind, ACTION_QUESTION);
		assert_true(bytes_equal(wire_bytes(h->event[i]->request), BYTES_ID(s->request)));
		assert_int_equal(q->reply, is_reply);
		assert_true(q->due == due);
		assert_true(bytes_equal(wire_bytes(q->text), BYTES_ID(s->text)));
		assert_true(bytes_equal(wire_bytes(q->owner), BYTES_ID(s->anna.id)));
		assert_true(bytes_equal(wire_bytes(q->reader), BYTES_ID(s->doctor.id)));
	}
}

static void both_lists_say_it(void **state)
{
	struct scene *s = *state;
	struct heard h = {.count = 0};
	int64_t due = s->w.block.time.v + (int64_t)QUESTION_MS_DEFAULT;

	assert_int_equal(send(s, &h, &s->anna, &s->request, false), ERR_OK);
	expect_told(s, &h, false, due);
	forget(&h);
	s->w.block.time.v = due + 1; /* late is better than never */
	s->w.block.height++;
	assert_int_equal(send(s, &h, &s->doctor, &s->request, true), ERR_OK);
	expect_told(s, &h, true, due);
	forget(&h);
}

static void one_waits_at_a_time(void **state)
{
	struct scene *s = *state;

	assert_int_equal(reply(s, &s->doctor), ERR_NOT_FOUND);
	for (unsigned i = 0; i < QUESTIONS_PER_REQUEST_MAX; i++) {
		assert_int_equal(ask(s, &s->anna), ERR_OK);
		assert_int_equal(ask(s, &s->anna), ERR_DUPLICATE);
		assert_int_equal(reply(s, &s->doctor), ERR_OK);
		assert_int_equal(reply(s, &s->doctor), ERR_DUPLICATE);
	}
	assert_int_equal(ask(s, &s->anna), ERR_LIMIT);
}

static void others_do_not_know_the_request(void **state)
{
	struct scene *s = *state;

	assert_int_equal(ask(s, &s->bram), ERR_NOT_FOUND);
	assert_int_equal(ask(s, &s->nurse), ERR_NOT_FOUND);
	assert_int_equal(ask(s, &s->doctor), ERR_NOT_FOUND);
	assert_int_equal(ask(s, &s->anna), ERR_OK);
	assert_int_equal(reply(s, &s->nurse), ERR_NOT_FOUND);
	assert_int_equal(reply(s, &s->anna), ERR_NOT_FOUND);
	assert_int_equal(reply(s, &s->doctor), ERR_OK);
}

static void nobody_asks_herself(void **state)
{
	struct scene *s = *state;
	struct request_id own = look(s, &s->anna);

	assert_int_equal(send(s, NULL, &s->anna, &own, false), ERR_ROLE);
}

static enum err name_bram(struct scene *s, uint32_t scope)
{
	Medlock__ProxySet p = MEDLOCK__PROXY_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	p.owner = wire_data(BYTES_ID(s->anna.id));
	p.delegate = wire_data(BYTES_ID(s->bram.id));
	p.scope = scope;
	body.action_case = MEDLOCK__BODY__ACTION_PROXY_SET;
	body.proxy_set = &p;
	return world_apply(&s->w, NULL, &body, &s->anna, NULL);
}

static void who_acts_for_her_asks_for_her(void **state)
{
	struct scene *s = *state;
	struct request_id his;

	assert_int_equal(name_bram(s, SCOPE_READ), ERR_OK);
	assert_int_equal(ask(s, &s->bram), ERR_PROXY_SCOPE);
	his = look(s, &s->bram);
	assert_int_equal(name_bram(s, SCOPE_READ | SCOPE_ASKS), ERR_OK);
	assert_int_equal(ask(s, &s->bram), ERR_OK);
	assert_int_equal(ask(s, &s->anna), ERR_DUPLICATE);
	assert_int_equal(send(s, NULL, &s->bram, &his, false), ERR_ROLE);
	/* and she asks him, who answers as any reader */
	assert_int_equal(send(s, NULL, &s->anna, &his, false), ERR_OK);
	assert_int_equal(send(s, NULL, &s->bram, &his, true), ERR_OK);
}

static void a_revoked_reader_owes_what_he_cannot_give(void **state)
{
	struct scene *s = *state;
	Medlock__CertRevoke r = MEDLOCK__CERT_REVOKE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	r.account = wire_data(BYTES_ID(s->doctor.id));
	r.reason = 1;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
	body.cert_revoke = &r;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->w.ca, NULL), ERR_OK);
	assert_int_equal(ask(s, &s->anna), ERR_OK);
	assert_int_equal(reply(s, &s->doctor), ERR_REVOKED);
}

static void the_network_says_how_long(void **state)
{
	struct scene *s = *state;
	struct heard h = {.count = 0};
	Medlock__Network *n = NULL;
	struct state_key key = state_key_network();
	struct buf b = BUF_INIT;

	assert_int_equal(access_network(&n, &s->w.kv), ERR_OK);
	n->parameters->question_ms = 1234;
	WIRE_ENCODE(&b, n);
	assert_int_equal(s->w.kv.put(s->w.kv.self, state_key_bytes(&key), buf_bytes(&b)), ERR_OK);
	assert_int_equal(send(s, &h, &s->anna, &s->request, false), ERR_OK);
	expect_told(s, &h, false, s->w.block.time.v + 1234);
	forget(&h);
	buf_release(&b);
	WIRE_FREE(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_lists_say_it, setup, teardown),
		cmocka_unit_test_setup_teardown(one_waits_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(others_do_not_know_the_request, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_asks_herself, setup, teardown),
		cmocka_unit_test_setup_teardown(who_acts_for_her_asks_for_her, setup, teardown),
		cmocka_unit_test_setup_teardown(a_revoked_reader_owes_what_he_cannot_give, setup, teardown),
		cmocka_unit_test_setup_teardown(the_network_says_how_long, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
