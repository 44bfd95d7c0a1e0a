/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates on hold at the desk: onto the list and off again, and what a cut leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/ident/ca_internal.h"
#include "ident_fixture.h"

#define NO_DATE ((struct time_ms){0})

static struct ca_act issue(struct fixture *f, struct person *p)
{
	struct register_id id;
	struct ca_act act;

	assert_int_equal(ask(f, &id, p, "clinician", "Dr Vos", "West", NULL), ERR_OK);
	assert_int_equal(ca_approve(f->ca, &act, NULL, &id, false, NULL), ERR_OK);
	return act;
}

static enum err end_it(struct fixture *f, const struct ca_act *of, enum cert_reason reason)
{
	struct ca_act done;

	return ca_revoke(f->ca, &done, of->serial, reason, NO_DATE, false, NULL);
}

static enum err lift(struct fixture *f, const struct ca_act *of)
{
	struct ca_act done;

	return ca_release(f->ca, &done, of->serial, false, NULL);
}

/* The entry of the list in force; reason_of -1: not on it. */
static int reason_of(struct fixture *f, const struct ca_act *of, struct time_ms *ret_since, uint64_t *ret_number)
{
	const struct cert_revoked *row;
	struct buf der = BUF_INIT;
	struct cert_crl crl;
	int reason;

	assert_int_equal(ca_crl(f->ca, &der, NULL, NULL), ERR_OK);
	assert_int_equal(x509_crl_parse(&crl, buf_bytes(&der), ca_issuing(f->ca), NULL), ERR_OK);
	row = x509_crl_find(&crl, of->serial);
	reason = row ? (int)row->reason : -1;
	if (ret_since)
		*ret_since = row && row->has_invalid_since ? row->invalid_since : NO_DATE;
	if (ret_number)
		*ret_number = crl.number;
	x509_crl_release(&crl);
	buf_release(&der);
	return reason;
}

static const char *state_of(struct fixture *f, const struct ca_act *of)
{
	struct ca_certificate c;

	assert_int_equal(ca_find_serial(f->ca, &c, of->serial_text, NULL), ERR_OK);
	return c.state;
}

static void comes_and_goes(void **state)
{
	struct fixture *f = *state;
	struct person p;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "Dr Vos");
	act = issue(f, &p);
	assert_int_equal(lift(f, &act), ERR_NOT_HELD);
	for (unsigned again = 1; again <= 2; again++) {
		assert_int_equal(end_it(f, &act, CERT_REASON_HOLD), ERR_OK);
		assert_string_equal(state_of(f, &act), "hold");
		assert_int_equal(reason_of(f, &act, NULL, NULL), CERT_REASON_HOLD);
		assert_int_equal(end_it(f, &act, CERT_REASON_HOLD), ERR_DUPLICATE);
		assert_int_equal(lift(f, &act), ERR_OK);
		assert_int_equal(f->d.released, again);
		assert_string_equal(state_of(f, &act), "valid");
		assert_int_equal(reason_of(f, &act, NULL, NULL), -1);
	}
	assert_int_equal(end_it(f, &act, CERT_REASON_HOLD), ERR_OK);
	assert_int_equal(end_it(f, &act, CERT_REASON_KEY_COMPROMISE), ERR_OK);
	assert_int_equal(lift(f, &act), ERR_NOT_HELD);
	assert_string_equal(state_of(f, &act), "revoked");
	assert_int_equal(reason_of(f, &act, NULL, NULL), CERT_REASON_KEY_COMPROMISE);
	assert_int_equal(register_verify(f->ca->reg, NULL, NULL, NULL), ERR_OK);
	person_release(&p);
}

/* The ledger holds the account, so all its certificates are held, and released. */
static void takes_siblings_along(void **state)
{
	struct fixture *f = *state;
	struct person p;
	struct ca_act first, second;

	person_init(&p, &f->d.options.network, "Dr Vos");
	first = issue(f, &p);
	f->d.clock.now.v += 1000;
	second = issue(f, &p);
	assert_int_equal(end_it(f, &first, CERT_REASON_HOLD), ERR_OK);
	assert_int_equal(reason_of(f, &second, NULL, NULL), CERT_REASON_HOLD);
	assert_int_equal(lift(f, &second), ERR_OK);
	assert_int_equal(reason_of(f, &first, NULL, NULL), -1);
	assert_int_equal(reason_of(f, &second, NULL, NULL), -1);
	assert_string_equal(state_of(f, &second), "valid");
	person_release(&p);
}

static void a_cut_goes_on(void **state)
{
	struct fixture *f = *state;
	struct person p;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "Dr Vos");
	act = issue(f, &p);
	f->d.ledger_says = ERR_TIMEOUT;
	assert_int_equal(end_it(f, &act, CERT_REASON_HOLD), ERR_TIMEOUT);
	assert_string_equal(state_of(f, &act), "revoking");
	assert_int_equal(reason_of(f, &act, NULL, NULL), CERT_REASON_HOLD); /* the list first */
	assert_int_equal(lift(f, &act), ERR_NOT_HELD);
	f->d.ledger_says = ERR_OK;
	assert_int_equal(end_it(f, &act, CERT_REASON_HOLD), ERR_OK);
	f->d.ledger_says = ERR_TIMEOUT;
	assert_int_equal(lift(f, &act), ERR_TIMEOUT);
	assert_string_equal(state_of(f, &act), "releasing");
	assert_int_equal(reason_of(f, &act, NULL, NULL), CERT_REASON_HOLD); /* the ledger first */
	assert_int_equal(end_it(f, &act, CERT_REASON_HOLD), ERR_CONFLICT);
	ca_free(f->ca); /* another process goes on */
	assert_int_equal(ca_open(&f->ca, &f->d.options, NULL), ERR_OK);
	f->d.ledger_says = ERR_OK;
	assert_int_equal(lift(f, &act), ERR_OK);
	assert_int_equal(reason_of(f, &act, NULL, NULL), -1);
	person_release(&p);
}

/* A row that changes the list, and no list after it: the next one asked for is a new one. */
static void a_list_that_was_cut_is_made(void **state)
{
	struct fixture *f = *state;
	struct register_row row = {.kind = REGISTER_RELEASED};
	uint64_t before, after;
	struct person p;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "Dr Vos");
	act = issue(f, &p);
	assert_int_equal(end_it(f, &act, CERT_REASON_HOLD), ERR_OK);
	reason_of(f, &act, NULL, &before);
	row.at = f->d.clock.now;
	row.account = act.account;
	memcpy(row.serial, act.serial, sizeof(row.serial));
	assert_int_equal(ca_append(f->ca, &row, NULL, NULL), ERR_OK);
	assert_int_equal(reason_of(f, &act, NULL, &after), -1);
	assert_int_equal(after, before + 1);
	person_release(&p);
}

static void says_since_when(void **state)
{
	struct fixture *f = *state;
	struct time_ms since, was = {f->d.clock.now.v - 86400000};
	struct person p, q;
	struct ca_act act, other, done;

	person_init(&p, &f->d.options.network, "Dr Vos");
	person_init(&q, &f->d.options.network, "Dr Mol");
	act = issue(f, &p);
	other = issue(f, &q);
	assert_int_equal(ca_revoke(f->ca, &done, act.serial, CERT_REASON_KEY_COMPROMISE, (struct time_ms){was.v + 2 * 86400000}, false,
				   NULL), ERR_RANGE);
	assert_string_equal(state_of(f, &act), "valid");
	assert_int_equal(ca_revoke(f->ca, &done, act.serial, CERT_REASON_KEY_COMPROMISE, was, false, NULL), ERR_OK);
	reason_of(f, &act, &since, NULL);
	assert_int_equal(since.v, was.v / 1000 * 1000);
	/* What was noted when the first officer signed, for the list that follows on the second. */
	assert_int_equal(ca_propose(f->ca, other.serial, CERT_REASON_SUPERSEDED, was, NULL), ERR_OK);
	assert_int_equal(reason_of(f, &other, NULL, NULL), -1);
	assert_int_equal(end_it(f, &other, CERT_REASON_SUPERSEDED), ERR_OK);
	reason_of(f, &other, &since, NULL);
	assert_int_equal(since.v, was.v / 1000 * 1000);
	person_release(&p);
	person_release(&q);
}

/* What has ended by itself leaves the list, so that the list does not grow for ever. */
static void the_list_forgets_what_expired(void **state)
{
	struct fixture *f = *state;
	struct ca_certificate c;
	struct person p;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "Dr Vos");
	act = issue(f, &p);
	assert_int_equal(end_it(f, &act, CERT_REASON_SUPERSEDED), ERR_OK);
	assert_int_equal(ca_find_serial(f->ca, &c, act.serial_text, NULL), ERR_OK);
	f->d.clock.now.v = c.not_after.v + 1000;
	assert_int_equal(reason_of(f, &act, NULL, NULL), CERT_REASON_SUPERSEDED); /* once more after its end */
	f->d.clock.now.v += CA_CRL_LIFE_MS;
	assert_int_equal(reason_of(f, &act, NULL, NULL), -1);
	person_release(&p);
}

/* Thousands of entries do not fit: the ledger ends the account all the same, and the officer is told. */
static void a_full_list_stops_no_revocation(void **state)
{
	struct fixture *f = *state;
	struct person p;
	struct ca_act act;

	person_init(&p, &f->d.options.network, "Dr Vos");
	act = issue(f, &p);
	f->d.list_says = ERR_TOO_LARGE;
	assert_int_equal(end_it(f, &act, CERT_REASON_KEY_COMPROMISE), ERR_TOO_LARGE);
	assert_int_equal(f->d.revoked, 1);
	assert_string_equal(state_of(f, &act), "revoked");
	f->d.list_says = ERR_OK;
	assert_int_equal(reason_of(f, &act, NULL, NULL), CERT_REASON_KEY_COMPROMISE); /* as soon as there is room */
	person_release(&p);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(comes_and_goes), CASE(takes_siblings_along), CASE(a_cut_goes_on), CASE(a_list_that_was_cut_is_made),
		CASE(says_since_when), CASE(the_list_forgets_what_expired),
		CASE(a_full_list_stops_no_revocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
