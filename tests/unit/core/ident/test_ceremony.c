/* SPDX-License-Identifier: Apache-2.0 */
/* The ceremony: rehearsed without a trace, nothing before the register's row, and the root's later acts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/crypto/start.h"
#include "core/ident/ca_internal.h"
#include "ident_desk.h"

#define START 1795000000000ll /* 2026-11-18 */
#define DAY_MS (24ll * 3600 * 1000)

static int setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	assert_int_equal(crypto_start(NULL), ERR_OK);
	desk_init(d, START);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	desk_release(*state);
	free(*state);
	return 0;
}

static void a_rehearsal_leaves_nothing(void **state)
{
	struct desk *d = *state;
	const struct ceremony_wish wish = desk_wish(d);
	struct ceremony_made made = {0};
	struct buf script = BUF_INIT;

	assert_int_equal(ceremony_hold(&made, &d->options, &wish, true, NULL), ERR_OK);
	assert_int_equal(ceremony_script(&script, &d->options, "0.0.0"), ERR_OK);
	assert_non_null(strstr(buf_text(&made.transcript), "REHEARSAL"));
	assert_non_null(strstr(buf_text(&made.transcript), buf_text(&script)));
	assert_non_null(strstr(buf_text(&made.transcript), "Witness A. Nother\n"));
	assert_null(d->ca_key[0]);
	assert_null(d->ca_key[1]);
	assert_int_not_equal(access(d->path, F_OK), 0);
	assert_int_equal(ca_open(&(struct ca *){NULL}, &d->options, NULL), ERR_NOT_FOUND);
	buf_release(&script);
	ceremony_made_release(&made);
}

static void it_is_held_once(void **state)
{
	struct desk *d = *state;
	const struct ceremony_wish wish = desk_wish(d);
	struct ceremony_made made = {0};
	struct ca *ca = NULL;

	assert_int_equal(ceremony_hold(&made, &d->options, &wish, false, NULL), ERR_OK);
	/* What was signed does not count before the register says so. */
	assert_int_equal(ca_open(&ca, &d->options, NULL), ERR_NOT_FOUND);
	assert_null(strstr(buf_text(&made.transcript), "REHEARSAL"));
	assert_int_equal(ceremony_open(&d->options, &made, NULL), ERR_OK);
	assert_int_equal(ceremony_open(&d->options, &made, NULL), ERR_DUPLICATE);
	assert_int_equal(ca_open(&ca, &d->options, NULL), ERR_OK);
	assert_true(bytes_equal(ca_root(ca), buf_bytes(&made.root)));
	ca_free(ca);
	ceremony_made_release(&made);
	assert_int_equal(ceremony_hold(&made, &d->options, &wish, false, NULL), ERR_DUPLICATE);
	assert_int_equal(ceremony_hold(&made, &d->options, &wish, true, NULL), ERR_DUPLICATE);
}

static enum err no_root(void *self, struct err_info *info)
{
	(void)self;
	return err_set(info, ERR_DISK_FULL, "the test");
}

static void a_step_that_fails_ends_it(void **state)
{
	struct desk *d = *state;
	struct ceremony_wish wish = desk_wish(d);
	struct ceremony_made made = {0};
	struct err_info info = {0};

	wish.make_root = no_root;
	assert_int_equal(ceremony_hold(&made, &d->options, &wish, false, &info), ERR_DISK_FULL);
	assert_non_null(strstr(info.detail, "step 1"));
	assert_int_not_equal(access(d->path, F_OK), 0);
	assert_int_equal(made.transcript.len, 0);
}

static enum err with_witness(struct desk *d, const char *name, const char *reason)
{
	struct ceremony_wish wish = desk_wish(d);
	struct ceremony_made made = {0};
	enum err e;

	wish.witnesses = &name;
	wish.witness_count = name != NULL;
	wish.unrehearsed = reason;
	e = ceremony_hold(&made, &d->options, &wish, true, NULL);
	ceremony_made_release(&made);
	return e;
}

/* Whoever reads the transcript must read what was signed. */
static void names_cannot_forge_lines(void **state)
{
	char longest[CEREMONY_WORDS_MAX + 2];

	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(with_witness(*state, NULL, NULL), ERR_RANGE);
	assert_int_equal(with_witness(*state, "", NULL), ERR_RANGE);
	assert_int_equal(with_witness(*state, longest, NULL), ERR_RANGE);
	assert_int_equal(with_witness(*state, longest + 1, NULL), ERR_OK);
	assert_int_equal(with_witness(*state, "A\nWitness B", NULL), ERR_RANGE);
	assert_int_equal(with_witness(*state, "A\x1b[2J", NULL), ERR_RANGE);
	assert_int_equal(with_witness(*state, "\xc3\x28", NULL), ERR_RANGE);
	assert_int_equal(with_witness(*state, "A. Person", "no time\n"), ERR_RANGE);
	assert_int_equal(with_witness(*state, "\xc3\x89. Person", "a fire"), ERR_OK);
}

static void approve_one(struct desk *d, struct ca *ca)
{
	struct buf file = BUF_INIT;
	struct register_id id;
	struct person p;
	struct ca_act act;

	person_init(&p, &d->options.network, "Dr Ada Okafor");
	assert_int_equal(person_ask(&file, &p, d, "clinician", "Dr Ada Okafor", "St. Olaf Hospital"), ERR_OK);
	assert_int_equal(ca_import(ca, &id, buf_bytes(&file), NULL), ERR_OK);
	assert_int_equal(ca_approve(ca, &act, NULL, &id, false, NULL), ERR_OK);
	buf_release(&file);
	person_release(&p);
}

static void all_checks_pass(struct ca *ca)
{
	struct ca_checks checks;

	assert_int_equal(ca_doctor(ca, &checks, NULL), ERR_OK);
	for (size_t i = 0; i < checks.count; i++)
		if (!checks.rows[i].ok)
			fail_msg("%s: %s", checks.rows[i].what, checks.rows[i].words);
}

/* What is over is bad and what will be is a warning; each says what to do next. */
static void what_ends_is_told(struct ca *ca)
{
	struct ca_checks checks;
	size_t lists = 0, soon = 0;

	assert_int_equal(ca_doctor(ca, &checks, NULL), ERR_OK);
	for (size_t i = 0; i < checks.count; i++) {
		const struct ca_check *x = &checks.rows[i];

		lists += !x->ok && (strcmp(x->what, "revocation list") == 0 || strcmp(x->what, "root's list") == 0);
		soon += x->warn && strcmp(x->what, "issuing certificate") == 0;
		if (!x->ok || x->warn)
			assert_true(strlen(x->next) > 0);
	}
	assert_int_equal(lists, 2);
	assert_int_equal(soon, 1);
	assert_int_equal(checks.failed, 2);
}

/* Four years later the issuing certificate is renewed: certificates below the old one and the new one are both good. */
static void the_issuing_certificate_is_renewed(void **state)
{
	struct desk *d = *state;
	struct buf der = BUF_INIT, list = BUF_INIT;
	struct cert_summary *s = calloc(1, sizeof(*s));
	struct cert_crl crl;
	struct ca *ca;
	uint64_t number = 0;

	assert_int_equal(desk_ceremony(d, NULL), ERR_OK);
	assert_int_equal(ca_open(&ca, &d->options, NULL), ERR_OK);
	approve_one(d, ca);
	d->clock.now.v += 4 * 365 * DAY_MS;
	what_ends_is_told(ca);
	assert_int_equal(ca_issuing_renew(ca, &der, true, NULL), ERR_OK);
	assert_int_equal(der.len, 0);
	assert_int_equal(ca_issuing_renew(ca, &der, false, NULL), ERR_OK);
	assert_int_equal(x509_parse(s, buf_bytes(&der), NULL), ERR_OK);
	assert_true(s->not_after.v > d->clock.now.v + 4 * 365 * DAY_MS);
	approve_one(d, ca);
	ca_free(ca);
	assert_int_equal(ca_open(&ca, &d->options, NULL), ERR_OK);
	assert_true(bytes_equal(ca_issuing(ca), buf_bytes(&der)));
	assert_int_equal(ca_root_list(ca, &list, &number, NULL), ERR_OK);
	assert_int_equal(number, 2);
	buf_release(&list);
	assert_int_equal(ca_root_list(ca, &list, &number, NULL), ERR_OK);
	assert_int_equal(number, 3);
	assert_int_equal(x509_crl_parse(&crl, buf_bytes(&list), ca_root(ca), NULL), ERR_OK);
	assert_int_equal(crl.number, 3);
	x509_crl_release(&crl);
	assert_int_equal(ca_crl(ca, &der, NULL, NULL), ERR_OK);
	all_checks_pass(ca);
	ca_free(ca);
	buf_release(&der);
	buf_release(&list);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_rehearsal_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(it_is_held_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_step_that_fails_ends_it, setup, teardown),
		cmocka_unit_test_setup_teardown(names_cannot_forge_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(the_issuing_certificate_is_renewed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
