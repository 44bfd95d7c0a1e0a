/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of the patient's screens: anna, whose records are at her practice, a hospital and a laboratory. */
#include "tui/screens/patient_looked.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/crypto/secret.h"
#include "tui/examples/examples.h"
#include "tui/screens/key_helpers.h"
#include "tui/screens/keys.h"
#include "tui/screens/line_form.h"
#include "tui/screens/patient_asks.h"
#include "tui/screens/patient_overview.h"
#include "tui/screens/patient_records.h"
#include "tui/screens/patient_sharing.h"
#include "tui/screens/patient_try.h"
#include "tui/screens/activity.h"
#include "tui/screens/common_letters.h"
#include "tui/screens/result.h"

#define DAY_MINUTES (24 * 60)

/* ---- records ---- */

static const struct { const char *category, *labels, *from; int64_t days; } known_records[] = {
	{"SUM", "", "GP practice West", 400},	     {"LAB", "", "City Lab", 90},
	{"LAB", "HIV", "City Lab", 31},		     {"MED", "", "GP practice West", 30},
	{"DOC", "PSY,MH", "St. Olaf hospital", 21},  {"IMG", "", "St. Olaf hospital", 20},
	{"ALG", "", "GP practice West", 12},	     {"LAB", "", "City Lab", 2},
};
#define RECORDS (sizeof(known_records) / sizeof(known_records[0]))

static void fill_records(struct app_records *ret)
{
	ret->rows = calloc(RECORDS, sizeof(*ret->rows));
	ASSERT(ret->rows != NULL);
	for (size_t i = 0; i < RECORDS; i++) {
		struct app_record *r = &ret->rows[ret->count++];

		example_id(r->record.b, (uint8_t)(0x41 + 17 * i));
		r->category = known_records[i].category;
		r->confidentiality = "N";
		r->status = i == 0 ? "superseded" : "live";
		snprintf(r->labels, sizeof(r->labels), "%s", known_records[i].labels);
		r->at = example_before(known_records[i].days * DAY_MINUTES);
		r->renditions[0] = (struct app_rendition){.form = "full", .bytes = 13911 + 1000 * i};
		r->renditions[1] = (struct app_rendition){.form = "deid", .bytes = 7389 + 500 * i};
		r->rendition_count = 2;
		r->height = 3800 + 20 * i;
	}
}

/* ---- who looked ---- */

static const struct example_event {
	int64_t minutes;
	const char *kind, *who, *org, *purpose, *decision;
	size_t records;
	uint32_t rule;
	bool emergency;
} known_events[] = {
	{400 * DAY_MINUTES, "cert_anchor", "jansen", "", "", "", 0, 0, false},
	{91 * DAY_MINUTES, "record_deposit", "City Lab", "", "", "", 1, 0, false},
	{60 * DAY_MINUTES, "consent_set", "anna", "", "", "", 0, 0, false},
	{31 * DAY_MINUTES, "access_request", "okafor", "GP practice West", "TREAT", "granted", 3, 3, false},
	{19 * DAY_MINUTES, "access_request", "נועה כהן", "St. Olaf hospital", "TREAT", "granted", 2, 4, false},
	{12 * DAY_MINUTES, "access_request", "Insurer portal", "", "HPAYMT", "denied", 2, 7, false},
	{11 * DAY_MINUTES, "release_receipt", "peer.st-olaf", "", "", "", 2, 0, false},
	{9 * DAY_MINUTES, "access_request", "王小明", "City Lab", "HRESCH", "ask", 1, 5, false},
	{900, "access_request", "haddad", "Regional Ambulance 112", "BTG", "granted", 2, 0, true},
	{899, "release_receipt", "peer.gp-west", "", "", "", 2, 0, false},
	{290, "access_request", "okafor", "GP practice West", "TREAT", "granted", 2, 3, false},
};
#define EVENTS (sizeof(known_events) / sizeof(known_events[0]))
#define EMERGENCY 8u /* of them */

static void fill_event(struct event_row *r, size_t i, const struct app_records *records)
{
	const struct example_event *x = &known_events[i];
	struct app_event *e = &r->e;

	*e = (struct app_event){.n = 4160 + i, .height = 4000 + 11 * i, .at = example_before(x->minutes), .kind = x->kind,
				.purpose = x->purpose, .role = "", .keys_change = "", .hold = "", .emergency = x->emergency,
				.policy_version = 12};
	example_id(e->tx.b, (uint8_t)(0x90 + i));
	example_id(e->who.b, (uint8_t)(x->who[0] + (int)strlen(x->who)));
	e->records = x->records > 0 ? calloc(x->records, sizeof(*e->records)) : NULL;
	for (; e->count < x->records; e->count++)
		e->records[e->count] = (struct app_event_record){
			.record = records->rows[(e->count + i) % records->count].record, .decision = x->decision,
			.form = strcmp(x->decision, "granted") == 0 ? "full" : "",
					.reason = x->rule == 0 ? "emergency" : "rule",
			.rule = x->rule};
	snprintf(r->who, sizeof(r->who), "%s", x->who);
	snprintf(r->org, sizeof(r->org), "%s", x->org);
}

static void fill_log(struct events_model *m)
{
	fill_records(&m->records);
	m->rows = calloc(EVENTS, sizeof(*m->rows));
	ASSERT(m->rows != NULL);
	m->state = (struct app_log_state){true, EVENTS, 4182, example_before(0)};
}

enum err example_patient_looked(void *model, void *draft)
{
	struct looked_model *m = model;

	fill_log(&m->log);
	for (size_t i = EVENTS; i > 0; i--) {
		struct event_row *r = &m->log.rows[m->log.count];

		fill_event(r, i - 1, &m->log.records);
		if (looked_pick(m, draft, &r->e, r->who, r->org) == EVENTS_KEEP)
			m->log.count++;
		else
			app_event_release(&r->e);
	}
	return ERR_OK;
}

/* ---- rules ---- */

static void fill_policy(struct app_policy *m)
{
	static const struct { uint32_t id; const char *sentence, *json; } rules[] = {
		{3, "Allow GP practice West to read everything, also what is marked sensitive for my treatment, until "
		    "2026-12-31.",
		 "{\"id\":3,\"effect\":\"permit\",\"actors\":[\"organisation:77ab\"],\"purposes\":[\"TREAT\"],"
		 "\"any_label\":true}"},
		{4, "Do not let GP practice West read everything marked mental health or psychiatry for my treatment.",
		 "{\"id\":4,\"effect\":\"deny\",\"actors\":[\"organisation:77ab\"],\"purposes\":[\"TREAT\"],"
		 "\"labels\":[\"MH\",\"PSY\"]}"},
		{5, "Ask me when researchers want to read laboratory results without names for research.",
		 "{\"id\":5,\"effect\":\"ask\",\"actors\":[\"researcher\"],\"purposes\":[\"HRESCH\"],\"form\":\"deid\"}"},
		{7, "Do not let everyone read everything for payment.",
		 "{\"id\":7,\"effect\":\"deny\",\"purposes\":[\"HPAYMT\"],\"lock\":true}"},
	};

	m->version = 12;
	m->default_effect = "deny";
	m->rules = calloc(4, sizeof(*m->rules));
	ASSERT(m->rules != NULL);
	for (; m->count < 4; m->count++)
		m->rules[m->count] = (struct app_rule){.id = rules[m->count].id,
						       .sentence = example_text(rules[m->count].sentence),
						       .json = example_text(rules[m->count].json)};
}

enum err example_patient_sharing(void *model, void *draft)
{
	(void)draft;
	fill_policy(model);
	return ERR_OK;
}

static void fill_change(struct app_change *c, const char *sentence)
{
	c->sentence = example_text(sentence);
	c->widens = true;
	c->gains = calloc(1, sizeof(*c->gains));
	c->losses = calloc(1, sizeof(*c->losses));
	ASSERT(c->gains != NULL && c->losses != NULL);
	c->gains[c->gain_count++] = example_text("okafor may read 6 of 8 records for my treatment, before 0");
	c->losses[c->loss_count++] = example_text("vos may read 5 of 8 records for my treatment, before 6");
}

enum err example_patient_rule(void *model, void *draft)
{
	struct rule_model *m = model;
	struct rule_draft *d = draft;

	*d = (struct rule_draft){.who = "GP practice West", .purposes = 1, .kept = 3, .until = 1, .date = "2026-12-31"};
	m->whole = true;
	fill_change(&m->change,
			"Allow GP practice West to read everything, also what is marked sensitive for my treatment, until"
				" 2026-12-31. Do not let GP practice West read everything marked mental health or psychiatry.");
	return ERR_OK;
}

enum err example_patient_change(void *model, void *draft)
{
	*(struct change_draft *)draft = (struct change_draft){.kind = CHANGE_PRESET, .preset = 1};
	fill_change(model, "Who treats me reads; sensitive records ask me; an emergency opens what is closed.");
	return ERR_OK;
}

/* ---- try ---- */

static void fill_answers(struct app_answers *x, const struct app_records *records)
{
	x->rows = calloc(records->count, sizeof(*x->rows));
	ASSERT(x->rows != NULL);
	for (; x->count < records->count; x->count++) {
		bool given = records->rows[x->count].labels[0] == '\0';

		x->rows[x->count] = (struct app_answer){
			.record = records->rows[x->count].record, .decision = given ? "granted" : "denied",
			.form = given ? "full" : "", .reason = "rule", .category = records->rows[x->count].category,
			.purpose = "TREAT", .rule = given ? 3 : 4};
		snprintf(x->rows[x->count].who, APP_WHO, "%s",
			 x->count % 2 ? "okafor" : "Dr. Maximiliana van der Waals-Oppenheimer, St. Olaf hospital");
		x->readable += given;
		x->refused += !given;
	}
}

enum err example_patient_try(void *model, void *draft)
{
	struct try_model *m = model;
	struct try_draft *d = draft;
	struct app_records records = {0};

	fill_records(&records);
	fill_answers(&m->answers, &records);
	app_records_release(&records);
	m->whole = true;
	snprintf(d->as, sizeof(d->as), "okafor");
	return ERR_OK;
}

enum err example_patient_who(void *model, void *draft)
{
	struct app_records records = {0};

	fill_records(&records);
	fill_answers(model, &records);
	((struct who_draft *)draft)->record = records.rows[1].record;
	app_records_release(&records);
	return ERR_OK;
}

enum err example_patient_why(void *model, void *draft)
{
	struct app_why *m = model;
	struct why_draft *d = draft;

	*m = (struct app_why){.decision = "denied", .form = "", .reason = "rule", .rule = 4,
			      .text = example_text("Rule 4 refuses it: it is about psychiatry.\n"
						   "Without rule 4, rule 3 would let okafor read it with names.")};
	snprintf(d->q.as, sizeof(d->q.as), "okafor");
	example_id(d->record.b, 0x85);
	return ERR_OK;
}

/* ---- asks ---- */

static void fill_asks(struct app_asks *asks, char (**names)[64], const struct app_records *records)
{
	asks->rows = calloc(1, sizeof(*asks->rows));
	*names = calloc(1, sizeof(**names));
	ASSERT(asks->rows != NULL && *names != NULL);
	asks->count = 1;
	asks->rows[0] = (struct app_waiting){.purpose = "HRESCH", .at = example_before(200),
			.until = example_before(-7 * DAY_MINUTES),
					     .records = calloc(2, sizeof(struct record_id)), .rules = calloc(2,
							sizeof(uint32_t)),
					     .count = 2};
	asks->rows[0].records[0] = records->rows[1].record;
	asks->rows[0].records[1] = records->rows[7].record;
	example_id(asks->rows[0].request.b, 0x4b);
	snprintf((*names)[0], sizeof((*names)[0]), "lind");
}

enum err example_patient_asks(void *model, void *draft)
{
	struct asks_model *m = model;

	(void)draft;
	fill_records(&m->records);
	fill_asks(&m->asks, &m->names, &m->records);
	return ERR_OK;
}

enum err example_patient_overview(void *model, void *draft)
{
	struct overview_model *m = model;

	(void)draft;
	fill_log(&m->log);
	m->log.count = 1;
	fill_event(&m->log.rows[0], EMERGENCY, &m->log.records);
	m->people = 4;
	m->refused = 1;
	m->programs = 2;
	fill_policy(&m->policy);
	fill_asks(&m->asks, &m->ask_names, &m->log.records);
	m->questions = (struct app_question_news){.unread = 1};
	m->card = (struct app_card){.generation = 1, .shown_at = example_before(300 * DAY_MINUTES),
				    .rehearsed_at = example_before(11 * DAY_MINUTES)};
	m->slots = 2;
	return ERR_OK;
}

/* ---- records ---- */

enum err example_patient_records(void *model, void *draft)
{
	struct records_model *m = model;

	(void)draft;
	fill_records(&m->records);
	m->from = calloc(m->records.count, sizeof(*m->from));
	ASSERT(m->from != NULL);
	for (size_t i = 0; i < m->records.count; i++)
		snprintf(m->from[i], sizeof(m->from[i]), "%s", known_records[i].from);
	return ERR_OK;
}

static const struct app_view_row known_rows[] = {
	{"Allergies", "2021-04-20", "Penicillin", "Swelling of the throat, severe", "", "", "active", "summary"},
	{"Medicines", "2024-02-01", "Metoprolol 50 mg", "1-0-1", "", "", "active", "summary"},
	{"Medicines", "2024-03-11", "Apixaban 5 mg", "1-0-1", "", "", "active", "summary"},
	{"Results", "2026-11-21", "Haemoglobin A1c", "52 mmol/mol", "20 to 42", "high", "final", "labs"},
	{"Results", "2026-11-21", "Creatinine", "78 umol/L", "49 to 90", "", "final", "labs"},
	{"Results", "2026-08-23", "Haemoglobin A1c", "49 mmol/mol", "20 to 42", "high", "final", "labs"},
};
#define VIEW_ROWS (sizeof(known_rows) / sizeof(known_rows[0]))

enum err example_record(void *model, void *draft)
{
	struct record_model *m = model;

	example_id(m->row.record.b, 0x52);
	((struct record_draft *)draft)->record = m->row.record;
	m->view.rows = calloc(VIEW_ROWS, sizeof(*m->view.rows));
	ASSERT(m->view.rows != NULL);
	memcpy(m->view.rows, known_rows, sizeof(known_rows));
	m->view.count = VIEW_ROWS;
	m->view.resources = 14;
	m->view.not_shown = 2;
	return ERR_OK;
}

void example_summary(struct app_summary *m)
{
	static const char *const sections[] = {"Allergies", "Problems", "Medicines", "Results", NULL};

	m->sections = sections;
	m->rows = calloc(VIEW_ROWS, sizeof(*m->rows));
	ASSERT(m->rows != NULL);
	for (; m->count < VIEW_ROWS; m->count++) {
		struct app_summary_row *r = &m->rows[m->count];

		*r = (struct app_summary_row){.row = known_rows[m->count], .at = example_before(90 * DAY_MINUTES), .trend = "",
					      .numbers = ""};
		example_id(r->record.b, (uint8_t)(0x41 + 17 * m->count));
	}
	m->rows[3].trend = "rising";
	m->rows[3].numbers = example_text("42, 44, 47, 49, 52");
	m->records = 7;
	m->attachments = 1;
}

enum err example_patient_summary(void *model, void *draft)
{
	(void)draft;
	example_summary(model);
	return ERR_OK;
}

/* ---- keys ---- */

enum err example_keys(void *model, void *draft)
{
	struct keys_model *m = model;

	(void)draft;
	example_id(m->me.account.b, 0xe0);
	m->me.keystore_slots = 2;
	m->card = (struct app_card){.generation = 1, .shown_at = example_before(300 * DAY_MINUTES)};
	m->helping.rows = calloc(1, sizeof(*m->helping.rows));
	m->helped = calloc(1, sizeof(*m->helped));
	ASSERT(m->helping.rows != NULL && m->helped != NULL);
	m->helping.rows[0] = (struct app_helped){.generation = 1, .needed = 3, .of = 5};
	m->helping.count = 1;
	snprintf(m->helped[0], sizeof(m->helped[0]), "bram");
	return ERR_OK;
}

enum err example_key_card(void *model, void *draft)
{
	static const char words[] = "abandon ability able about above absent absorb abstract absurd abuse access accident "
				    "account accuse achieve acid acoustic acquire across act action actor actress actual";

	(void)draft;
	return secret_copy(&((struct card_model *)model)->words, bytes_of(words, sizeof(words)));
}

enum err example_key_helpers(void *model, void *draft)
{
	struct helpers_draft *d = draft;

	(void)model;
	snprintf(d->who[0], sizeof(d->who[0]), "bram");
	snprintf(d->who[1], sizeof(d->who[1]), "okafor");
	snprintf(d->who[2], sizeof(d->who[2]), "lind");
	return ERR_OK;
}

/* ---- forms and results ---- */

enum err example_line_form(void *model, void *draft)
{
	struct line_form_draft *d = draft;

	(void)model;
	*d = (struct line_form_draft){
		.title = WORD_ASK_TITLE, .help = WORD_ASK_HELP, .label = WORD_ASK_LABEL, .question = WORD_ASK_QUESTION,
		.ready = {WORD_ASK_READY_WHY, WORD_ASK_READY_NOT_TREATED, WORD_ASK_READY_WHAT}, .option = "--text",
	};
	line_form_words(d, (const char *const[]){"log", "ask", "4168"}, 3);
	snprintf(d->text, sizeof(d->text), "%s", word(LANGUAGE_EN, WORD_ASK_READY_WHY));
	return ERR_OK;
}

enum err example_result(void *model, void *draft)
{
	struct result_draft *d = draft;

	(void)model;
	snprintf(d->text, sizeof(d->text),
		 "All 4182 entries are here and unchanged.\nProven up to block 4182, made 2026-11-23 14:02 UTC.\n");
	return ERR_OK;
}

enum err example_messages(void *model, void *draft)
{
	struct result_draft *d = draft;

	(void)model;
	snprintf(d->text, sizeof(d->text), "today 14:01  Policy version 12, from block 4180 on.\ntoday 13:58  Done.\n");
	return ERR_OK;
}

enum err example_activity(void *model, void *draft)
{
	struct activity_draft *d = draft;

	(void)model;
	d->count = 3;
	d->rows[0] = (struct activity){.number = 3, .state = ACTIVITY_WAITS, .at = {EXAMPLE_NOW_MS - 4000}};
	snprintf(d->rows[0].line, ACTIVITY_LINE, "consent add --permit --who okafor --purpose TREAT --until 2027-11-23 --now");
	d->rows[1] = (struct activity){.number = 2, .state = ACTIVITY_FAILED, .at = {EXAMPLE_NOW_MS - 60000}};
	snprintf(d->rows[1].line, ACTIVITY_LINE, "record files 4f1c09 --out letters");
	snprintf(d->rows[1].why, ACTIVITY_WHY, "a file cannot be written: letters exists. (E-FILE-01)");
	d->rows[2] = (struct activity){.number = 1, .state = ACTIVITY_DONE, .at = {EXAMPLE_NOW_MS - 600000}};
	snprintf(d->rows[2].line, ACTIVITY_LINE, "log verify");
	return ERR_OK;
}

enum err example_letters(void *model, void *draft)
{
	struct letters_model *m = model;

	(void)draft;
	m->rows = calloc(2, sizeof(*m->rows));
	if (m->rows == NULL)
		return ERR_MEMORY;
	m->count = 2;
	m->rows[0] = (struct letter_row){.at = {EXAMPLE_NOW_MS - 3600000}, .kind = LETTER_REVIEW, .from = "haddad",
					 .reading = {.is_promised = true, .as_promised = true}};
	example_id(m->rows[0].reading.request.b, 0x61);
	snprintf(m->rows[0].reading.text, sizeof(m->rows[0].reading.text),
		 "Found unconscious; read the allergies before giving penicillin.");
	m->rows[1] = (struct letter_row){.at = {EXAMPLE_NOW_MS - 90000000}, .kind = LETTER_REPLY, .from = "okafor",
					 .reading = {.is_promised = true, .as_promised = true}};
	example_id(m->rows[1].reading.request.b, 0x62);
	snprintf(m->rows[1].reading.text, sizeof(m->rows[1].reading.text),
		 "Your GP practice asked me to look at the results of May.");
	return ERR_OK;
}
