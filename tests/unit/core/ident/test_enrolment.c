/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and answers: what the asker may believe, and what the desk passes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "ident_fixture.h"

static void open_answer(struct buf *plain, const struct buf *answer, const struct person *p)
{
	struct bytes view = buf_bytes(answer);

	assert_int_equal(age_decrypt(NULL, &(struct byte_sink){byte_sink_buf(plain).write, plain},
				     &(struct byte_source){byte_source_bytes(&view).read, &view}, p->seal, NULL), ERR_OK);
}

static void reject_and_read(struct fixture *f, const struct register_id *id, struct person *p, const char *words,
			    const char *expected)
{
	struct buf answer = BUF_INIT, plain = BUF_INIT;
	struct hash32 other = f->d.last_request;
	struct enrolment_answer a;

	assert_int_equal(ca_reject(f->ca, &answer, id, words, NULL), ERR_OK);
	open_answer(&plain, &answer, p);
	assert_int_equal(enrolment_answer_parse(&a, buf_bytes(&plain), &f->d.last_request, &p->sign, f->d.clock.now, NULL),
			 ERR_OK);
	assert_true(a.refused);
	assert_string_equal(a.words, expected);
	enrolment_answer_release(&a);
	other.b[31] ^= 1;
	assert_int_equal(enrolment_answer_parse(&a, buf_bytes(&plain), &other, &p->sign, f->d.clock.now, NULL), ERR_PROOF);
	buf_release(&answer);
	buf_release(&plain);
}

static void a_refusal_has_its_words_once(void **state)
{
	struct fixture *f = *state;
	struct register_id id;
	struct person p;
	struct ca_requests q;

	person_init(&p, &f->d.options.network, "x");
	assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos", "West", NULL), ERR_OK);
	reject_and_read(f, &id, &p, "the badge is missing", "the badge is missing");
	reject_and_read(f, &id, &p, "something else", "the badge is missing");
	assert_int_equal(ca_queue(f->ca, &q, NULL), ERR_OK);
	assert_int_equal(q.count, 0);
	ca_requests_release(&q);
	person_release(&p);
}

static void words_are_text_within_a_limit(void **state)
{
	struct fixture *f = *state;
	char words[ENROLMENT_WORDS_MAX + 2];
	struct buf answer = BUF_INIT;
	struct register_id id;
	struct person p;

	person_init(&p, &f->d.options.network, "x");
	assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos", "West", NULL), ERR_OK);
	memset(words, 'x', sizeof(words));
	words[sizeof(words) - 1] = '\0';
	assert_int_equal(ca_reject(f->ca, &answer, &id, "", NULL), ERR_USAGE);
	assert_int_equal(ca_reject(f->ca, &answer, &id, "caf\xe9", NULL), ERR_USAGE);
	assert_int_equal(ca_reject(f->ca, &answer, &id, words, NULL), ERR_USAGE);
	assert_int_equal(answer.len, 0);
	words[ENROLMENT_WORDS_MAX] = '\0';
	reject_and_read(f, &id, &p, words, words);
	person_release(&p);
}

static enum err parse(const struct person *p, const struct hash32 *request, const Medlock__EnrolmentAnswer *m)
{
	struct enrolment_answer a;
	struct buf plain = BUF_INIT;
	enum err e;

	WIRE_ENCODE(&plain, m);
	e = enrolment_answer_parse(&a, buf_bytes(&plain), request, &p->sign, (struct time_ms){START}, NULL);
	if (e == ERR_OK)
		enrolment_answer_release(&a);
	buf_release(&plain);
	return e;
}

/* A refusal with a certificate in it, or neither, would be read one way here and another way there. */
static void an_answer_is_one_of_two(void **state)
{
	struct fixture *f = *state;
	const struct hash32 request = {{5}};
	const uint8_t salt[16] = {1};
	Medlock__EnrolmentAnswer m = MEDLOCK__ENROLMENT_ANSWER__INIT;
	struct person p;

	person_init(&p, &f->d.options.network, "x");
	m.request = wire_data(BYTES_ID(request));
	assert_int_equal(parse(&p, &request, &m), ERR_FORMAT);
	m.words = (char *)(uintptr_t) "no";
	assert_int_equal(parse(&p, &request, &m), ERR_OK);
	m.salt = wire_data(bytes_of(salt, sizeof(salt)));
	assert_int_equal(parse(&p, &request, &m), ERR_FORMAT);
	m.salt = wire_data(bytes_of(NULL, 0));
	m.root = wire_data(ca_root(f->ca));
	assert_int_equal(parse(&p, &request, &m), ERR_FORMAT);
	/* Complete, but for somebody else's key. */
	m.words = (char *)(uintptr_t) "";
	m.salt = wire_data(bytes_of(salt, sizeof(salt)));
	m.issuing = wire_data(ca_issuing(f->ca));
	m.certificate = m.issuing;
	assert_int_equal(parse(&p, &request, &m), ERR_CERTIFICATE);
	person_release(&p);
}

static void old_requests_end(void **state)
{
	struct fixture *f = *state;
	struct register_id id, cut;
	struct person p, q;
	struct ca_requests all;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "x");
	person_init(&q, &f->d.options.network, "x");
	assert_int_equal(ask(f, &id, &p, "clinician", "Dr Vos", "West", NULL), ERR_OK);
	assert_int_equal(ask(f, &cut, &q, "clinician", "Dr Mol", "West", NULL), ERR_OK);
	f->d.ledger_says = ERR_NETWORK;
	assert_int_equal(ca_approve(f->ca, &act, NULL, &cut, false, NULL), ERR_NETWORK);
	f->d.ledger_says = ERR_OK;
	f->d.clock.now.v += ENROLMENT_LIFE_MS;
	assert_int_equal(ca_queue(f->ca, &all, NULL), ERR_OK);
	assert_int_equal(all.count, 2);
	assert_int_equal(all.rows[0].expires.v, f->d.clock.now.v);
	ca_requests_release(&all);
	f->d.clock.now.v++;
	assert_int_equal(ca_queue(f->ca, &all, NULL), ERR_OK);
	assert_int_equal(all.count, 1); /* what is signed must be finished */
	assert_true(all.rows[0].signed_not_anchored);
	ca_requests_release(&all);
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_EXPIRED);
	assert_int_equal(f->d.anchored, 0);
	assert_int_equal(ca_approve(f->ca, &act, NULL, &cut, false, NULL), ERR_OK);
	person_release(&p);
	person_release(&q);
}

static enum err ask_named(struct fixture *f, struct register_id *ret, struct person *p, const struct account_id *account)
{
	struct enrolment_wish w = {.network = f->d.options.network, .profile = profile_by_name("patient"), .name = "Eva",
				   .at = f->d.clock.now, .account = account, .keys = &p->keys, .csr = buf_bytes(&p->csr)};
	struct buf file = BUF_INIT;
	struct signature signature;
	struct hash32 statement;
	enum err e;

	assert_int_equal(keyset_statement(&statement, &w.network, account, &p->keys), ERR_OK);
	sign_make(&signature, p->seed, BYTES_ID(statement));
	w.keys_signature = bytes_of(signature.b, sizeof(signature.b));
	assert_int_equal(enrolment_make(&file, NULL, &w, &f->d.seal_public, 1, rng_system(), NULL), ERR_OK);
	e = ca_import(f->ca, ret, buf_bytes(&file), NULL);
	buf_release(&file);
	return e;
}

/* A certificate for an account may only be asked for with the keys it has on the ledger. */
static void the_ledger_says_whose_keys_they_are(void **state)
{
	struct fixture *f = *state;
	const struct account_id somebody = {{9}};
	struct register_id id;
	struct person p, q;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "x");
	person_init(&q, &f->d.options.network, "x");
	assert_int_equal(ask_named(f, &id, &p, &somebody), ERR_NOT_FOUND);
	f->d.holds = ERR_KEYS_CHANGED;
	assert_int_equal(ask_named(f, &id, &p, &somebody), ERR_KEYS_CHANGED);
	assert_int_equal(ask(f, &id, &p, "patient", "Eva", NULL, NULL), ERR_KEYS_CHANGED);
	f->d.holds = ERR_OK;
	assert_int_equal(ask_named(f, &id, &p, &somebody), ERR_OK);
	f->d.holds = ERR_KEYS_CHANGED; /* since it came */
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_KEYS_CHANGED);
	assert_int_equal(f->d.anchored, 0);
	f->d.holds = ERR_OK;
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_OK);
	assert_memory_equal(f->d.last_account, somebody.b, 32);
	person_release(&p);
	person_release(&q);
}

static void a_renewal_takes_the_place(void **state)
{
	static const char *const states[] = {"superseded", "valid", "valid"};
	struct fixture *f = *state;
	struct ca_certificates list;
	struct register_id id;
	struct person p, q;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "x");
	person_init(&q, &f->d.options.network, "x");
	for (unsigned i = 0; i < 3; i++) {
		f->d.clock.now.v += 1000;
		assert_int_equal(ask(f, &id, i == 1 ? &q : &p, "patient", "Eva", NULL, NULL), ERR_OK);
		assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_OK);
	}
	assert_int_equal(ca_list(f->ca, &list, NULL), ERR_OK);
	assert_int_equal(list.count, 3);
	for (size_t i = 0; i < list.count; i++)
		assert_string_equal(list.rows[i].state, states[i]);
	ca_certificates_release(&list);
	person_release(&p);
	person_release(&q);
}

static void only_the_two_know_the_drop(void **state)
{
	struct fixture *f = *state;
	struct register_id id;
	struct hash32 drop, at;
	struct person p;

	person_init(&p, &f->d.options.network, "x");
	assert_int_equal(ask(f, &id, &p, "patient", "Eva", NULL, NULL), ERR_OK);
	assert_int_equal(ca_drop(f->ca, &drop, &id, NULL), ERR_OK);
	at = enrolment_drop(&f->d.last_request);
	assert_memory_equal(drop.b, at.b, sizeof(at.b));
	assert_memory_not_equal(drop.b, f->d.last_request.b, sizeof(at.b)); /* what a peer sees proves nothing to the asker */
	id.b[0] ^= 1;
	assert_int_equal(ca_drop(f->ca, &drop, &id, NULL), ERR_NOT_FOUND);
	person_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_refusal_has_its_words_once, setup, teardown),
		cmocka_unit_test_setup_teardown(words_are_text_within_a_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(an_answer_is_one_of_two, setup, teardown),
		cmocka_unit_test_setup_teardown(old_requests_end, setup, teardown),
		cmocka_unit_test_setup_teardown(the_ledger_says_whose_keys_they_are, setup, teardown),
		cmocka_unit_test_setup_teardown(a_renewal_takes_the_place, setup, teardown),
		cmocka_unit_test_setup_teardown(only_the_two_know_the_drop, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
