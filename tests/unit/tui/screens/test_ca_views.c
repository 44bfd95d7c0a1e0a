/* SPDX-License-Identifier: Apache-2.0 */
/* The desk's screens, from the example world: what each act would run, word for word, what it asks first, and what cannot be
 * done and why.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tui/screens/ca_certificates.h"
#include "tui/screens/ca_deposits.h"
#include "tui/screens/ca_desk.h"
#include "tui/screens/ca_queue.h"
#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "view_help.h"

/* ---- the queue ---- */

static void the_queue_says_whose_turn_it_is(void **state)
{
	struct shown s;

	(void)state;
	show(&s, &view_ca_queue, example_ca_queue, MODE_CA);
	says(&s, -1, "Who: Dr. Noor Jansen, What: enrolment, Profile: clinician, Signed: 0/1, Turn: new");
	says(&s, -1, "Signed: 1/2, Turn: a colleague");
	says(&s, 4, "asks for a first certificate, as patient.");
	says(&s, 5, "wants to end the certificate of L. Haddad");
	hide(&s);
}

static void a_case_is_opened_before_anything_else(void **state)
{
	struct shown s;
	const struct act *a;

	(void)state;
	show(&s, &view_ca_queue, example_ca_queue, MODE_CA);
	a = act_of(&s, ACTION_INSPECT, 2);
	assert_int_equal(a->kind, ACT_OPEN);
	assert_ptr_equal(a->view, &view_ca_case);
	assert_string_equal(((const struct case_draft *)(const void *)a->draft)->id, "3c70f2119be84d56a1c0774e8d2b9f30");
	is_refused(act_of(&s, ACTION_INSPECT, 5), "You began this");
	is_refused(act_of(&s, ACTION_INSPECT, 0), "Nothing waits");
	is_refused(act_of(&s, ACTION_REJECT, 5), "You began this");
	a = act_of(&s, ACTION_REJECT, 1);
	assert_string_equal(((const struct line_form_draft *)(const void *)a->draft)->words[2], "9d1e44b7c0a25f8813d6e2907b4c51aa");
	((struct app_queue *)s.model)->keeps = false; /* of a colleague it is */
	is_refused(act_of(&s, ACTION_REJECT, 1), "The register is with another officer.");
	assert_int_equal(act_of(&s, ACTION_INSPECT, 5)->kind, ACT_OPEN);
	hide(&s);
}

/* ---- a case ---- */

static void what_was_left_out_or_changed_comes_first(void **state)
{
	struct shown s;

	(void)state;
	show(&s, &view_ca_case, example_ca_case, MODE_CA);
	assert_true(place(&s, "left out") < place(&s, "changed"));
	assert_true(place(&s, "changed") < place(&s, "added"));
	assert_true(place(&s, "added") < place(&s, "same"));
	says(&s, 3, "4826e627ea6264facbc225e2b10fb8adac9c8d2a82f0840d621c1e706050d3bf");
	says(&s, 3, "by jansen");
	hide(&s);
}

static void an_officer_agrees_to_what_she_saw(void **state)
{
	struct shown s;
	const struct act *a;

	(void)state;
	show(&s, &view_ca_case, example_ca_case, MODE_CA);
	a = act_of(&s, ACTION_APPROVE, 1);
	is_line(a, "ca approve 3c70f2119be84d56a1c0774e8d2b9f30");
	assert_int_equal(a->confirm, CONFIRM_YES);
	assert_non_null(strstr(a->text, "Agree to exactly this certificate, for S. van den Berg"));
	is_line(act_of(&s, ACTION_DRY_RUN, 1), "ca approve 3c70f2119be84d56a1c0774e8d2b9f30 --dry-run");
	is_refused(act_of(&s, ACTION_REJECT, 1), "jansen keeps the request");
	hide(&s);
}

static void the_first_officer_begins_or_rejects(void **state)
{
	struct shown s;
	struct app_enrolment *m;
	const struct line_form_draft *form;
	const struct act *a;

	(void)state;
	show(&s, &view_ca_case, example_ca_case, MODE_CA);
	m = s.model;
	m->entered_by[0] = '\0';
	m->approvals_have = 0;
	assert_non_null(strstr(act_of(&s, ACTION_APPROVE, 1)->text, "It counts when a second officer has agreed."));
	m->approvals_need = 1;
	assert_non_null(strstr(act_of(&s, ACTION_APPROVE, 1)->text, "It counts when the ledger has it."));
	a = act_of(&s, ACTION_REJECT, 1);
	assert_int_equal(a->kind, ACT_OPEN);
	form = (const struct line_form_draft *)(const void *)a->draft;
	assert_string_equal(form->words[1], "reject");
	assert_string_equal(form->words[2], m->id);
	assert_string_equal(form->option, "--reason");
	snprintf(m->lint, sizeof(m->lint), "REFUSED: the key is known");
	is_refused(act_of(&s, ACTION_APPROVE, 1), "the key is known");
	hide(&s);
}

static void the_end_of_a_certificate_is_typed(void **state)
{
	struct shown s;
	struct app_enrolment *m;
	const struct act *a;

	(void)state;
	show(&s, &view_ca_case, example_ca_case, MODE_CA);
	m = s.model;
	snprintf(m->kind, sizeof(m->kind), "revocation");
	snprintf(m->rows[0].issued, sizeof(m->rows[0].issued), "superseded");
	a = act_of(&s, ACTION_APPROVE, 1);
	is_line(a, "ca revoke 3c70f2119be84d56a1c0774e8d2b9f30 --reason superseded --confirm 9f30");
	assert_int_equal(a->confirm, CONFIRM_TYPED);
	assert_string_equal(a->typed, "9f30");
	is_refused(act_of(&s, ACTION_DRY_RUN, 1), "A colleague began this");
	snprintf(m->kind, sizeof(m->kind), "release");
	is_line(act_of(&s, ACTION_APPROVE, 1), "ca release 3c70f2119be84d56a1c0774e8d2b9f30 --confirm 9f30");
	hide(&s);
}

/* ---- certificates and their end ---- */

static const struct end_draft *end_of(const struct act *a)
{
	assert_int_equal(a->kind, ACT_OPEN);
	assert_ptr_equal(a->view, &view_ca_end);
	return (const struct end_draft *)(const void *)a->draft;
}

static void what_ends_soon_is_on_top(void **state)
{
	struct shown s;

	(void)state;
	show(&s, &view_ca_certificates, example_ca_certificates, MODE_CA);
	assert_true(place(&s, "End within 30 days (1)") < place(&s, "Dr. C. Okafor"));
	assert_true(place(&s, "Dr. C. Okafor") < place(&s, "On hold or on the way (1)"));
	assert_true(place(&s, "On hold or on the way (1)") < place(&s, "In force (4)"));
	assert_true(place(&s, "In force (4)") < place(&s, "Ended (3)"));
	says(&s, 4, "This badge says: Dr. M. Vos, clinician, of St. Olaf hospital, until 22 Nov 2027.");
	says(&s, 4, "Same organisation: د. ليلى حداد, clinician, ..0f3171a2");
	says(&s, 6, "revoked today 13:41: the key is in other hands");
	hide(&s);
}

static void only_what_can_end_ends(void **state)
{
	struct shown s;

	(void)state;
	show(&s, &view_ca_certificates, example_ca_certificates, MODE_CA);
	assert_string_equal(end_of(act_of(&s, ACTION_REVOKE, 4))->serial, "0c3c78e14a18c9c55f216623aa8cfa4061e5adbc");
	assert_int_equal(end_of(act_of(&s, ACTION_HOLD, 4))->reason, END_REASON_HOLD);
	assert_string_equal(end_reasons[END_REASON_HOLD], "hold");
	assert_true(end_of(act_of(&s, ACTION_RELEASE, 7))->release);
	is_refused(act_of(&s, ACTION_REVOKE, 6), "revoked already");
	is_refused(act_of(&s, ACTION_HOLD, 6), "Only a valid certificate");
	is_refused(act_of(&s, ACTION_RELEASE, 4), "not on hold");
	is_refused(act_of(&s, ACTION_REVOKE, 0), "Choose a certificate");
	hide(&s);
}

static void the_end_is_typed_by_its_serial(void **state)
{
	struct shown s;
	struct end_draft *d;
	const struct act *a;

	(void)state;
	show(&s, &view_ca_end, example_ca_end, MODE_CA);
	d = s.draft;
	says(&s, 0, "Since then this account made 4 entries, in the lists of 2 people.");
	says(&s, 0, "Dr. M. Vos, clinician, ..8f901a2b: same account, ends too");
	a = act_of(&s, ACTION_SIGN, 0);
	is_line(a, "ca revoke 0c3c78e14a18c9c55f216623aa8cfa4061e5adbc --reason key-compromise --since 2026-11-20 --confirm adbc");
	assert_int_equal(a->confirm, CONFIRM_TYPED);
	assert_string_equal(a->typed, "adbc");
	assert_non_null(strstr(a->text, "Revoke the certificate of Dr. M. Vos? It cannot be undone. 1 other of the same account ends too."));
	is_line(act_of(&s, ACTION_DRY_RUN, 0),
		"ca revoke 0c3c78e14a18c9c55f216623aa8cfa4061e5adbc --reason key-compromise --since 2026-11-20 --confirm adbc "
		"--dry-run");
	d->reason = END_REASON_HOLD;
	d->since[0] = '\0';
	is_line(act_of(&s, ACTION_SIGN, 0), "ca revoke 0c3c78e14a18c9c55f216623aa8cfa4061e5adbc --reason hold --confirm adbc");
	d->release = true;
	is_line(act_of(&s, ACTION_SIGN, 0), "ca release 0c3c78e14a18c9c55f216623aa8cfa4061e5adbc --confirm adbc");
	((struct end_model *)s.model)->e = ERR_USAGE;
	snprintf(((struct end_model *)s.model)->why, 192, "'nix' is not a date");
	is_refused(act_of(&s, ACTION_SIGN, 0), "'nix' is not a date");
	hide(&s);
}

static void the_network_knows_or_does_not(void **state)
{
	struct shown s;

	(void)state;
	show(&s, &view_ca_revoked, example_ca_revoked, MODE_CA);
	says(&s, -1, "Why: the key is in other hands");
	says(&s, 0, "Revocation list 417, with 3 certificates.");
	says(&s, 0, "2 of 4 peers");
	says(&s, 0, "not yet: https://peer.patients.example:8443, block 4181, list 416");
	says(&s, 0, "no answer within 5 s");
	is_line(act_of(&s, ACTION_PUBLISH, 0), "ca crl --wait");
	assert_true(end_of(act_of(&s, ACTION_RELEASE, 7))->release);
	is_refused(act_of(&s, ACTION_RELEASE, 6), "not on hold");
	hide(&s);
}

static void an_officer_without_the_register_is_told_so(void **state)
{
	struct certificates_model away = {.away = true};
	struct revoked_model none = {.away = true};
	const struct certificates_draft all = {false};
	struct shown s = {.ops = &view_ca_certificates, .view = {.model = &away, .draft = &all, .mode = MODE_CA}};

	(void)state;
	says(&s, -1, "The register is with another officer.");
	is_refused(act_of(&s, ACTION_REVOKE, 0), "The register is with another officer.");
	s = (struct shown){.ops = &view_ca_revoked, .view = {.model = &none, .mode = MODE_CA}};
	is_refused(act_of(&s, ACTION_PUBLISH, 0), "The register is with another officer.");
}

/* ---- deposits ---- */

static void a_new_version_is_of_what_is_in_use(void **state)
{
	struct shown s;
	const struct act *a;
	const struct deposit_draft *d;

	(void)state;
	show(&s, &view_ca_deposits, example_ca_deposits, MODE_CA);
	says(&s, -1, "Sensitive: psychiatry, mental health, State: in use");
	is_refused(act_of(&s, ACTION_EDIT, 1), "This one: replaced.");
	is_refused(act_of(&s, ACTION_EDIT, 0), "Choose a record");
	a = act_of(&s, ACTION_EDIT, 2);
	assert_ptr_equal(a->view, &view_ca_deposit);
	d = (const struct deposit_draft *)(const void *)a->draft;
	assert_string_equal(d->owner, "anna");
	assert_memory_equal(d->supersedes, "6262", 4);
	a = act_of(&s, ACTION_ADD, 2);
	assert_string_equal(((const struct deposit_draft *)(const void *)a->draft)->supersedes, "");
	hide(&s);
}

static void a_deposit_is_sent_as_it_was_looked_at(void **state)
{
	struct shown s;
	struct deposit_draft *d;
	const struct act *a;

	(void)state;
	show(&s, &view_ca_deposit, example_ca_deposit, MODE_CA);
	d = s.draft;
	says(&s, 0, "HIV: because of 75622-1 at Observation.code");
	says(&s, 0, "14 values are dropped:");
	a = act_of(&s, ACTION_SEND, 0);
	is_line(a, "deposit put labs-2026-09-15.json --owner anna");
	assert_int_equal(a->confirm, CONFIRM_YES);
	assert_non_null(strstr(a->text, "as laboratory results, confidentiality restricted?"));
	d->category = 1 + code_index(code_categories, "IMG");
	d->labels = 1u << code_index(code_labels, "PSY");
	d->confidentiality = 6;
	d->lower = d->full_only = true;
	is_line(act_of(&s, ACTION_DRY_RUN, 0), "deposit put labs-2026-09-15.json --owner anna --category IMG --label PSY "
		"--confidentiality U --lower --full-only --dry-run");
	((struct deposit_model *)s.model)->proposed.lowered_from = "R";
	assert_non_null(strstr(act_of(&s, ACTION_SEND, 0)->text, "LOWER than proposed"));
	*d = (struct deposit_draft){.path = "new.json", .owner = "anna", .supersedes = "4f1c"};
	is_line(act_of(&s, ACTION_SEND, 0), "deposit amend 4f1c new.json");
	hide(&s);
}

static void what_cannot_be_deposited_is_said(void **state)
{
	struct shown s;
	struct deposit_model *m;

	(void)state;
	show(&s, &view_ca_deposit, example_ca_deposit, MODE_CA);
	m = s.model;
	m->e = ERR_NOT_FOUND;
	snprintf(m->why, sizeof(m->why), "labs.json: there is no such file");
	says(&s, 0, "there is no such file");
	is_refused(act_of(&s, ACTION_SEND, 0), "there is no such file");
	m->whole = false;
	is_refused(act_of(&s, ACTION_SEND, 0), "Say which file, and whose.");
	hide(&s);
}

static void why_is_said_without_a_command_line(void **state)
{
	struct err_info info = {0};
	char why[64];

	(void)state;
	form_why(why, sizeof(why), err_set(&info, ERR_NOT_FOUND, "/nowhere.json"), &info);
	assert_string_equal(why, "not found: /nowhere.json");
	form_why(why, sizeof(why), err_set(&info, ERR_USAGE, "'nix' is not a date"), &info);
	assert_string_equal(why, "'nix' is not a date");
	form_why(why, sizeof(why), ERR_NETWORK, &(struct err_info){0});
	assert_string_equal(why, err_text(ERR_NETWORK));
}

/* ---- the desk itself ---- */

static void what_is_not_in_order_is_on_top(void **state)
{
	struct shown s;

	(void)state;
	show(&s, &view_ca_health, example_ca_health, MODE_CA);
	says(&s, -1, "1 thing is not in order. 1 to look at.");
	assert_true(place(&s, "this clock and the peer's are 74 s apart") < place(&s, "13 days old"));
	assert_true(place(&s, "13 days old") < place(&s, "every row follows"));
	says(&s, 10, "Next: set the clock");
	says(&s, 101, "answers and tells the truth");
	assert_int_equal(act_of(&s, ACTION_BACKUP, 0)->kind, ACT_OPEN);
	((struct health_model *)s.model)->away = true;
	is_refused(act_of(&s, ACTION_BACKUP, 0), "The register is with another officer.");
	hide(&s);
}

static const struct line_form_draft *form_of(const struct act *a)
{
	assert_int_equal(a->kind, ACT_OPEN);
	assert_ptr_equal(a->view, &view_line_form);
	return (const struct line_form_draft *)(const void *)a->draft;
}

static void the_log_says_what_the_ledger_knows(void **state)
{
	struct shown s;

	(void)state;
	show(&s, &view_ca_log, example_ca_log, MODE_CA);
	assert_true(place(&s, "being revoked") < place(&s, "Decision: issued"));
	says(&s, 2, "Why: The photo does not match.");
	says(&s, 2, "not a matter for the ledger");
	says(&s, 4, "block 4177 of the ledger");
	says(&s, 5, "the ledger has not confirmed it yet");
	assert_string_equal(form_of(act_of(&s, ACTION_EXPORT, 1))->words[1], "export");
	assert_string_equal(form_of(act_of(&s, ACTION_HAND_OVER, 1))->words[3], "csv");
	is_line(act_of(&s, ACTION_VERIFY, 1), "ca doctor");
	hide(&s);
}

static void a_ceremony_is_held_once(void **state)
{
	struct shown s;
	struct ceremonies_model *m;
	struct ceremonies_draft *d;
	const struct act *a;

	(void)state;
	show(&s, &view_ca_ceremonies, example_ca_ceremonies, MODE_CA);
	m = s.model;
	d = s.draft;
	is_refused(act_of(&s, ACTION_BEGIN, 0), "The ceremony was held");
	is_refused(act_of(&s, ACTION_REHEARSE, 0), "The ceremony was held");
	is_refused(act_of(&s, ACTION_ADD, 0), "which file to write");
	snprintf(d->file, sizeof(d->file), "new.pem");
	is_line(act_of(&s, ACTION_ADD, 0), "ca issuing --root /media/safe/ceremony/root.key --out new.pem");
	is_line(act_of(&s, ACTION_PUBLISH, 0), "ca crl --root /media/safe/ceremony/root.key --out new.pem");
	m->held = false;
	is_refused(act_of(&s, ACTION_ADD, 0), "No ceremony was held here");
	is_refused(act_of(&s, ACTION_BEGIN, 0), "one witness at least");
	snprintf(d->out, sizeof(d->out), "/media/safe/ceremony");
	snprintf(d->witness[0], sizeof(d->witness[0]), "W. Itness");
	snprintf(d->witness[2], sizeof(d->witness[2]), "N. Otary");
	is_line(act_of(&s, ACTION_REHEARSE, 0),
		"ca ceremony --out /media/safe/ceremony --witness W. Itness --witness N. Otary --dry-run");
	a = act_of(&s, ACTION_BEGIN, 0);
	is_line(a, "ca ceremony --out /media/safe/ceremony --witness W. Itness --witness N. Otary");
	assert_int_equal(a->confirm, CONFIRM_TYPED);
	hide(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_queue_says_whose_turn_it_is), cmocka_unit_test(a_case_is_opened_before_anything_else),
		cmocka_unit_test(what_was_left_out_or_changed_comes_first),
		cmocka_unit_test(an_officer_agrees_to_what_she_saw), cmocka_unit_test(the_first_officer_begins_or_rejects),
		cmocka_unit_test(the_end_of_a_certificate_is_typed), cmocka_unit_test(what_ends_soon_is_on_top),
		cmocka_unit_test(only_what_can_end_ends), cmocka_unit_test(the_end_is_typed_by_its_serial),
		cmocka_unit_test(the_network_knows_or_does_not),
		cmocka_unit_test(an_officer_without_the_register_is_told_so),
		cmocka_unit_test(a_new_version_is_of_what_is_in_use), cmocka_unit_test(a_deposit_is_sent_as_it_was_looked_at),
		cmocka_unit_test(what_cannot_be_deposited_is_said), cmocka_unit_test(what_is_not_in_order_is_on_top),
		cmocka_unit_test(why_is_said_without_a_command_line),
		cmocka_unit_test(the_log_says_what_the_ledger_knows), cmocka_unit_test(a_ceremony_is_held_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
