/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chain/proto/release.h"
#include "chain/proto/ticket.h"
#include "ledger_help.h"

#define NOW ((struct time_ms){1790000000000})

static const struct network_id network = {{1}};
static const struct hash32 pin = {{2}};
static const uint8_t id[32] = {3};
static struct person person;

static int group_setup(void **state)
{
	person_init(&person, &network, 1);
	return 0;
}

static int group_teardown(void **state)
{
	person_release(&person);
	return 0;
}

static Medlock__Ticket ticket(void)
{
	Medlock__Ticket t = MEDLOCK__TICKET__INIT;

	t.network_id = wire_data(BYTES_ID(network));
	t.account = wire_data(BYTES_ID(person.account));
	t.spki = wire_data(BYTES_ID(pin));
	t.not_after = NOW.v + TICKET_LIFE_MS;
	t.purpose = TICKET_READ;
	return t;
}

static enum err sign(Medlock__Ticket *t, struct signature *room)
{
	struct buf input = BUF_INIT;
	enum err e = ticket_signing_input(&input, t);

	if (!e)
		sign_make(room, person.seed, buf_bytes(&input));
	t->signature = wire_data(BYTES_ID(*room));
	buf_release(&input);
	return e;
}

static enum err parse(const Medlock__Ticket *t)
{
	Medlock__Ticket *got = NULL;
	struct buf text = BUF_INIT;
	enum err e;

	ticket_text(&text, t);
	e = buf_error(&text);
	if (!e)
		e = ticket_parse_text(&got, buf_bytes(&text), NULL);
	WIRE_FREE(got);
	buf_release(&text);
	return e;
}

static void test_ticket(void **state)
{
	Medlock__Ticket t = ticket();
	struct signature s = {{0}};
	struct network_id other_network = {{8}};
	struct hash32 other_pin = {{8}};

	assert_int_equal(sign(&t, &s), ERR_OK);
	assert_int_equal(parse(&t), ERR_OK);
	assert_int_equal(ticket_check(&t, &network, &pin, &person.sign, NOW), ERR_OK);
	assert_int_equal(ticket_check(&t, &other_network, &pin, &person.sign, NOW), ERR_NETWORK_ID);
	assert_int_equal(ticket_check(&t, &network, &other_pin, &person.sign, NOW), ERR_TLS);
	assert_int_equal(ticket_check(&t, &network, &pin, &person.sign, (struct time_ms){t.not_after}), ERR_EXPIRED);
	assert_int_equal(ticket_check(&t, &network, &pin, &person.sign, (struct time_ms){NOW.v - 1}), ERR_EXPIRED);
	t.not_after--;
	assert_int_equal(ticket_check(&t, &network, &pin, &person.sign, NOW), ERR_SIGNATURE);
}

static void test_ticket_purposes(void **state)
{
	Medlock__Ticket t = ticket();
	struct signature s = {{0}};

	t.blob = wire_data(bytes_of(id, 32));
	assert_int_equal(sign(&t, &s), ERR_FORMAT); /* read names no blob */
	t.purpose = TICKET_PUT;
	assert_int_equal(sign(&t, &s), ERR_FORMAT); /* put says how much */
	t.size = 1;
	assert_int_equal(sign(&t, &s), ERR_OK);
	t.size = 0;
	t.purpose = TICKET_GET;
	assert_int_equal(sign(&t, &s), ERR_OK);
	t.request = wire_data(bytes_of(id, 32));
	assert_int_equal(sign(&t, &s), ERR_FORMAT); /* a request reads a record */
	t.record = wire_data(bytes_of(id, 32));
	assert_int_equal(sign(&t, &s), ERR_OK);
	assert_int_equal(parse(&t), ERR_OK);
	t.signature.len = 63;
	assert_int_equal(parse(&t), ERR_FORMAT);
	t.purpose = 9;
	assert_int_equal(parse(&t), ERR_FORMAT);
}

static void test_ticket_text(void **state)
{
	static char big[TICKET_TEXT_MAX + 4];
	Medlock__Ticket *t = NULL;

	memset(big, 'A', sizeof(big));
	assert_int_equal(ticket_parse_text(&t, bytes_of(big, sizeof(big)), NULL), ERR_TOO_LARGE);
	assert_int_equal(ticket_parse_text(&t, bytes_str("not base64!"), NULL), ERR_FORMAT);
	assert_int_equal(ticket_parse_text(&t, bytes_str(""), NULL), ERR_FORMAT);
	assert_null(t);
}

static Medlock__ReleaseRequest release(void)
{
	Medlock__ReleaseRequest r = MEDLOCK__RELEASE_REQUEST__INIT;

	r.network_id = wire_data(BYTES_ID(network));
	r.request = r.record = r.custodian = wire_data(bytes_of(id, 32));
	r.form = FORM_FULL;
	r.at = NOW.v;
	r.nonce = wire_data(bytes_of(id, RELEASE_NONCE_SIZE));
	return r;
}

static void test_release(void **state)
{
	Medlock__ReleaseRequest r = release(), *got = NULL;
	struct buf input = BUF_INIT, raw = BUF_INIT;
	struct account_id custodian, other = {{9}};
	struct signature s;

	memcpy(custodian.b, id, 32);
	assert_int_equal(release_signing_input(&input, &r), ERR_OK);
	sign_make(&s, person.seed, buf_bytes(&input));
	r.signature = wire_data(BYTES_ID(s));
	WIRE_ENCODE(&raw, &r);
	assert_int_equal(release_parse(&got, buf_bytes(&raw), NULL), ERR_OK);
	assert_int_equal(release_check(got, &network, &custodian, &person.sign, NOW), ERR_OK);
	assert_int_equal(release_check(got, &network, &other, &person.sign, NOW), ERR_CUSTODIAN);
	assert_int_equal(release_check(got, &network, &custodian, &person.sign,
				       (struct time_ms){NOW.v + RELEASE_CLOCK_MS + 1}), ERR_CLOCK);
	assert_int_equal(release_check(got, &network, &custodian, &person.sign,
				       (struct time_ms){NOW.v - RELEASE_CLOCK_MS - 1}), ERR_CLOCK);
	got->form = FORM_DEID;
	assert_int_equal(release_check(got, &network, &custodian, &person.sign, NOW), ERR_SIGNATURE);
	WIRE_FREE(got);
	got = NULL;
	r.nonce.len = 15;
	buf_clear(&raw);
	WIRE_ENCODE(&raw, &r);
	assert_int_equal(release_parse(&got, buf_bytes(&raw), NULL), ERR_FORMAT);
	assert_null(got);
	buf_release(&raw);
	buf_release(&input);
}

/* Each part of the binding changes the context. */
static void test_release_context(void **state)
{
	struct release_binding b = {.form = 1, .key_generation = 1};
	uint8_t base[RELEASE_CONTEXT_SIZE], out[RELEASE_CONTEXT_SIZE];

	release_context(base, &b);
	assert_memory_equal(base, "medlock-share-v1", 16);
	for (int i = 0; i < 7; i++) {
		struct release_binding c = b;
		uint8_t *at[] = {c.network.b, c.request.b, c.record.b, c.custodian.b, c.u};

		if (i < 5)
			at[i][0] ^= 1;
		c.form += i == 5;
		c.key_generation += i == 6;
		release_context(out, &c);
		assert_memory_not_equal(out, base, sizeof(out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ticket),	cmocka_unit_test(test_ticket_purposes), cmocka_unit_test(test_ticket_text),
		cmocka_unit_test(test_release), cmocka_unit_test(test_release_context),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
