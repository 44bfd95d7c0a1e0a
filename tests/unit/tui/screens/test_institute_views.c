/* SPDX-License-Identifier: Apache-2.0 */
/* The screens of clinicians and researchers, from the example world: what each act would run, word for word, what is asked
 * first, what cannot be done and why, and what the pages say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tui/screens/institute_records.h"
#include "tui/screens/institute_research.h"
#include "tui/screens/institute_today.h"
#include "tui/screens/line_form.h"
#include "tui/screens/patient_records.h"
#include "view_help.h"

/* The form with one field that an act opens: the line that it would complete. */
static void is_form(const struct act *a, const char *const *words, size_t count, const char *option)
{
	const struct line_form_draft *d = (const void *)a->draft;

	assert_int_equal(a->kind, ACT_OPEN);
	assert_ptr_equal(a->view, &view_line_form);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(d->words[i], words[i]);
	assert_string_equal(d->option, option);
}

static char *hex_of(uint8_t byte)
{
	static char hex[ID_HEX];
	uint8_t id[ID_SIZE];

	example_id(id, byte);
	hex_encode(hex, id, ID_SIZE);
	return hex;
}

/* ---- today, requests ---- */

static void today_says_what_is_owed_first(void **state)
{
	struct shown s;

	(void)state;
	show(&s, &view_institute_today, example_institute_today, MODE_INSTITUTE);
	says(&s, -1, "Needs you (4)");
	says(&s, -1, "your review of the emergency, yest. 23:02, is owed.");
	says(&s, -1, "bram asks why you looked. An answer is due by 28 Nov 14:02.");
	says(&s, -1, "access to 4 records ends today 15:02.");
	says(&s, -1, "Your badge ends 3 Jan 2027.");
	says(&s, -1, "P. Mulder: 3 records wait for an answer, for treatment");
	assert_int_equal(id_of(&s, "review of the emergency") > 0, 1);
	is_form(act_of(&s, ACTION_WRITE_REVIEW, id_of(&s, "review of the emergency")),
		(const char *const[]){"request", "review", hex_of(0x83)}, 3, "--text");
	is_form(act_of(&s, ACTION_REPLY, id_of(&s, "asks why")), (const char *const[]){"request", "reply", hex_of(0x86)}, 3,
		"--text");
	is_refused(act_of(&s, ACTION_WRITE_REVIEW, id_of(&s, "anna: 8")), "no emergency");
	is_refused(act_of(&s, ACTION_REPLY, 0), "Choose a question");
	assert_ptr_equal(choose(&s, id_of(&s, "anna: 8"), NULL)->view, &view_institute_answer);
	assert_ptr_equal(choose(&s, id_of(&s, "Your badge"), NULL)->view, &view_institute_badge);
	assert_ptr_equal(act_of(&s, ACTION_ADD, 0)->view, &view_institute_request);
	hide(&s);
}

static void a_request_ends_as_its_state_allows(void **state)
{
	char line[128];
	struct shown s;

	(void)state;
	show(&s, &view_institute_requests, example_institute_requests, MODE_INSTITUTE);
	snprintf(line, sizeof(line), "request close %s", hex_of(0x81));
	is_line(act_of(&s, ACTION_CLOSE, 1), line);
	assert_int_equal(s.act.confirm, CONFIRM_YES);
	is_refused(act_of(&s, ACTION_CLOSE, 3), "ends with its review");
	is_refused(act_of(&s, ACTION_CLOSE, 7), "closed");
	is_refused(act_of(&s, ACTION_CLOSE, 0), "Choose");
	is_form(act_of(&s, ACTION_GET, 1), (const char *const[]){"request", "get", hex_of(0x81)}, 3, "--out");
	assert_string_equal(((const struct line_form_draft *)(const void *)s.act.draft)->text, "records-81818181");
	is_refused(act_of(&s, ACTION_GET, 2), "nothing to read");
	is_refused(act_of(&s, ACTION_GET, 7), "nothing to read");
	is_refused(act_of(&s, ACTION_GET, 6), "nothing to read");
	says(&s, 5, "nothing was given");
	says(&s, 3, "note each use");
	says(&s, 1, "may be incomplete");
	hide(&s);
}

static void an_answer_opens_what_was_given(void **state)
{
	struct answer_model *m;
	struct shown s;

	(void)state;
	show(&s, &view_institute_answer, example_institute_answer, MODE_INSTITUTE);
	m = s.model;
	assert_ptr_equal(choose(&s, 1, NULL)->view, &view_record);
	assert_ptr_equal(act_of(&s, ACTION_SUMMARY, 1)->view, &view_institute_patient);
	m->row.records[0].decision = "ask";
	is_refused(choose(&s, 1, NULL), "waits for the patient");
	m->row.expires = example_before(1);
	is_refused(choose(&s, 2, NULL), "nothing to read");
	m->row.closed = true;
	is_refused(act_of(&s, ACTION_SUMMARY, 1), "nothing to read");
	hide(&s);
}

/* ---- asking ---- */

static void a_request_is_a_line_and_says_what_is_seen(void **state)
{
	struct request_draft *d;
	struct request_model *m;
	struct shown s;

	(void)state;
	show(&s, &view_institute_request, example_institute_request, MODE_INSTITUTE);
	d = s.draft;
	m = s.model;
	is_line(act_of(&s, ACTION_SEND, 0),
		"request new --owner anna --purpose TREAT --category ALG --category MED --category LAB"
		" --data-from 2025-01-01");
	says(&s, 0, "Only records with data from 2025-01-01 on.");
	says(&s, 0, "You, your organisation, the time, treatment, and 3 kinds.");
	snprintf(d->to, sizeof(d->to), "2024-12-31");
	is_refused(act_of(&s, ACTION_SEND, 0), "ends before it starts");
	snprintf(d->to, sizeof(d->to), "soon");
	is_refused(act_of(&s, ACTION_SEND, 0), "A date is written");
	d->from[0] = d->to[0] = '\0';
	d->deid = true;
	d->categories = 0;
	is_line(act_of(&s, ACTION_SEND, 0), "request new --owner anna --purpose TREAT --form deid");
	says(&s, 0, "you ask for all kinds");
	m->found = false;
	is_refused(act_of(&s, ACTION_SEND, 0), "f adds the patient's card");
	m->named = false;
	is_refused(act_of(&s, ACTION_SEND, 0), "Say whose records");
	hide(&s);
}

static void a_card_names_its_account(void **state)
{
	struct request_draft *d;
	struct shown s;
	char line[200];

	(void)state;
	show(&s, &view_institute_request, example_institute_request, MODE_INSTITUTE);
	d = s.draft;
	snprintf(d->who, sizeof(d->who), "medlock-contact:%s:", hex_of(0x21));
	d->categories = 0;
	d->from[0] = '\0';
	snprintf(line, sizeof(line), "request new --owner %s --purpose TREAT", hex_of(0x21));
	is_line(act_of(&s, ACTION_SEND, 0), line);
	hide(&s);
}

static void researchers_ask_without_names(void **state)
{
	struct request_draft *d;
	struct shown s;

	(void)state;
	show(&s, &view_institute_request, example_institute_request, MODE_RESEARCH);
	d = s.draft;
	snprintf(d->project, sizeof(d->project), "diabetes");
	is_refused(act_of(&s, ACTION_SEND, 0), "64 hex digits");
	snprintf(d->project, sizeof(d->project), "%s", hex_of(0x77));
	is_line(act_of(&s, ACTION_SEND, 0),
		"request new --owner anna --purpose HRESCH --category ALG --category MED --category LAB --data-from 2025-01-01"
		" --project 7777777777777777777777777777777777777777777777777777777777777777 --form deid");
	hide(&s);
}

/* The typed characters are the patient's: those of somebody else do not open her records. */
static void an_emergency_is_attested_and_typed(void **state)
{
	struct emergency_draft *d;
	struct shown s;

	(void)state;
	show(&s, &view_institute_emergency, example_institute_emergency, MODE_INSTITUTE);
	d = s.draft;
	is_line(act_of(&s, ACTION_SEND, 0),
		"request new --owner anna --purpose ETREAT --category ALG --category MED --emergency --reason unconscious");
	assert_int_equal(s.act.confirm, CONFIRM_TYPED);
	assert_string_equal(s.act.typed, "2121");
	assert_non_null(strstr(s.act.text, "The patient is told at once."));
	says(&s, 0, "You owe a review afterwards.");
	d->attested = false;
	is_refused(act_of(&s, ACTION_SEND, 0), "treat this person now");
	d->reason = 0;
	is_refused(act_of(&s, ACTION_SEND, 0), "Choose a reason");
	hide(&s);
}

static void a_card_is_added_whole(void **state)
{
	struct card_draft *d;
	struct shown s;

	(void)state;
	show(&s, &view_institute_card, example_institute_card, MODE_INSTITUTE);
	d = s.draft;
	is_refused(act_of(&s, ACTION_SEND, 0), "Card text");
	snprintf(d->card, sizeof(d->card), "medlock-contact:21:22");
	is_line(act_of(&s, ACTION_SEND, 0), "contact add 王小明 medlock-contact:21:22");
	hide(&s);
}

/* ---- records ---- */

static void a_trend_is_told_in_rows(void **state)
{
	char rows[TREND_ROWS][TREND_ROW];

	(void)state;
	assert_int_equal(trend_rows(rows, "5.1, 10.2, 0.5", 20), 3);
	assert_string_equal(rows[0], "     5.1  ##########");
	assert_string_equal(rows[1], "    10.2  ####################");
	assert_string_equal(rows[2], "     0.5  #");
	assert_int_equal(trend_rows(rows, "", 20), 0);
	assert_int_equal(trend_rows(rows, "none, -3, 99999999999999999999999", 60), 3);
	assert_string_equal(rows[1], "      -3  ");
	assert_int_equal(trend_rows(rows, "1,2,3,4,5,6,7,8,9,10,11", 20), TREND_ROWS);
}

static void records_say_where_they_come_from(void **state)
{
	struct page p = PAGE_INIT;
	struct buf out = BUF_INIT;
	struct shown s;
	char line[200];

	(void)state;
	show(&s, &view_institute_patient, example_institute_patient, MODE_INSTITUTE);
	says(&s, -1, "anna, open to you until 24 Nov 13:47");
	says(&s, -1, "Problems (0)");
	says(&s, -1, "may be incomplete");
	says(&s, 4, "Over time: rising");
	says(&s, 4, "52  ########################");
	says(&s, 4, "Deposited by City Lab");
	s.ops->third(&s.view, &p, 4);
	page_plain(&out, &p, LANGUAGE_EN, 200);
	assert_non_null(strstr(buf_text(&out), "checked against the ledger"));
	buf_release(&out);
	page_release(&p);
	snprintf(line, sizeof(line), "record list --owner %s --all", hex_of(0x21));
	is_line(act_of(&s, ACTION_HISTORY, 1), line);
	is_refused(act_of(&s, ACTION_RAW, 0), "Choose");
	assert_ptr_equal(act_of(&s, ACTION_RAW, 1)->view, &view_record_raw);
	says(&s, -1, "Others, one by one (1)");
	says(&s, id_of(&s, "14 Sep 2026"), "Deposited by St. Olaf hospital");
	assert_ptr_equal(choose(&s, id_of(&s, "14 Sep 2026"), NULL)->view, &view_record);
	assert_int_equal(((const struct record_draft *)(const void *)s.act.draft)->record.b[0], 0x5d);
	hide(&s);
}

/* Bytes of a record that would move a terminal's cursor are shown as text, and the longest lines are cut, not lost. */
static void a_raw_record_is_shown_line_by_line(void **state)
{
	struct record_model *m;
	struct shown s;

	(void)state;
	show(&s, &view_record_raw, example_record_raw, MODE_INSTITUTE);
	says(&s, -1, "\"resourceType\": \"Observation\"");
	m = s.model;
	buf_append_text(&m->bytes, "\x1b[2Jlast words\n");
	says(&s, -1, "[2Jlast words");
	for (int i = 0; i < 3000; i++)
		buf_append_text(&m->bytes, "x\n");
	says(&s, -1, "more bytes are not shown");
	hide(&s);
}

/* ---- research, badge, log ---- */

static void research_counts_on_demand(void **state)
{
	struct research_draft *d;
	const struct request_draft *asked;
	struct shown s;

	(void)state;
	show(&s, &view_institute_research, example_institute_research, MODE_RESEARCH);
	d = s.draft;
	is_line(act_of(&s, ACTION_COUNT, 0), "research count --purpose HRESCH --category LAB");
	asked = (const void *)act_of(&s, ACTION_ADD, 0)->draft;
	assert_ptr_equal(s.act.view, &view_institute_request);
	assert_int_equal(asked->categories, 1u << 5);
	snprintf(d->project, sizeof(d->project), "12ab");
	is_refused(act_of(&s, ACTION_COUNT, 0), "64 hex digits");
	is_form(act_of(&s, ACTION_VERIFY, 0), (const char *const[]){"record", "risk"}, 2, "");
	hide(&s);
}

static void a_badge_is_said_in_words(void **state)
{
	struct shown s;

	(void)state;
	show(&s, &view_institute_badge, example_institute_badge, MODE_INSTITUTE);
	says(&s, -1, "This badge says: okafor is a clinician, until 3 Jan 2027.");
	is_line(act_of(&s, ACTION_RENEW, 0), "enrolment renew");
	assert_int_equal(s.act.confirm, CONFIRM_YES);
	is_line(act_of(&s, ACTION_CARD, 0), "contact card");
	hide(&s);
}

static void the_own_log_has_questions_first(void **state)
{
	struct shown s;

	(void)state;
	show(&s, &view_institute_log, example_institute_log, MODE_INSTITUTE);
	says(&s, -1, "Questions about what I read (2)");
	says(&s, -1, "Nothing is missing: 4 entries");
	is_form(act_of(&s, ACTION_REPLY, 4), (const char *const[]){"request", "reply", hex_of(0x86)}, 3, "--text");
	is_refused(act_of(&s, ACTION_REPLY, 2), "waits");
	is_line(act_of(&s, ACTION_VERIFY, 0), "log verify");
	hide(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(today_says_what_is_owed_first),
		cmocka_unit_test(a_request_ends_as_its_state_allows),
		cmocka_unit_test(an_answer_opens_what_was_given),
		cmocka_unit_test(a_request_is_a_line_and_says_what_is_seen),
		cmocka_unit_test(a_card_names_its_account),
		cmocka_unit_test(researchers_ask_without_names),
		cmocka_unit_test(an_emergency_is_attested_and_typed),
		cmocka_unit_test(a_card_is_added_whole),
		cmocka_unit_test(a_trend_is_told_in_rows),
		cmocka_unit_test(records_say_where_they_come_from),
		cmocka_unit_test(a_raw_record_is_shown_line_by_line),
		cmocka_unit_test(research_counts_on_demand),
		cmocka_unit_test(a_badge_is_said_in_words),
		cmocka_unit_test(the_own_log_has_questions_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
