/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of the screens of okafor, a clinician, and lind, who does research. */
#include <stdio.h>
#include <stdlib.h>

#include "tui/examples/examples.h"
#include "tui/screens/institute_badge.h"
#include "tui/screens/institute_log.h"
#include "tui/screens/institute_records.h"
#include "tui/screens/institute_research.h"
#include "tui/screens/institute_today.h"
#include "tui/screens/patient_records.h"

#define DAY_MINUTES (24 * 60)

static const struct example_request {
	const char *owner, *purpose;
	size_t granted, asked;
	int64_t minutes, until;
	bool emergency, closed;
} known[] = {
	{"anna", "TREAT", 8, 0, 15, -23 * 60 - 45, false, false},
	{"P. Mulder", "TREAT", 0, 3, 120, -7 * DAY_MINUTES, false, false},
	{"נועה כהן", "ETREAT", 2, 0, 900, -9 * 60, true, false},
	{"王小明", "COC", 4, 0, 23 * 60, -60, false, false},
	{"Maximiliana Fürstenberg-Hohenlohe van den Broek", "TREAT", 0, 0, 2 * DAY_MINUTES, DAY_MINUTES, false, false},
	{"bram", "HQUALIMP", 5, 0, 3 * DAY_MINUTES, 2 * DAY_MINUTES, false, false},
	{"T. Boer", "TREAT", 12, 0, 40 * DAY_MINUTES, 39 * DAY_MINUTES, false, true},
};
#define REQUESTS (sizeof(known) / sizeof(known[0]))

static void fill_request(struct app_request *r, size_t i)
{
	const struct example_request *x = &known[i];

	*r = (struct app_request){.purpose = x->purpose, .emergency = x->emergency, .closed = x->closed,
				  .at = example_before(x->minutes), .expires = example_before(x->until), .granted = x->granted,
				  .asked = x->asked, .count = x->granted + x->asked};
	example_id(r->request.b, (uint8_t)(0x81 + i));
	example_id(r->owner.b, (uint8_t)(0x21 + i));
	r->records = calloc(r->count + 1, sizeof(*r->records));
	ASSERT(r->records != NULL);
	for (size_t n = 0; n < r->count; n++) {
		example_id(r->records[n].record.b, (uint8_t)(0x41 + n));
		r->records[n].decision = n < x->granted ? "granted" : "ask";
		r->records[n].form = n < x->granted ? "full" : "";
		r->records[n].duties = x->emergency ? 1u << 13 : 0; /* note each use */
	}
}

static void fill_requests(struct app_requests *all)
{
	all->rows = calloc(REQUESTS, sizeof(*all->rows));
	ASSERT(all->rows != NULL);
	for (; all->count < REQUESTS; all->count++)
		fill_request(&all->rows[all->count], all->count);
}

/* One that waits, and one that was answered. */
static void fill_questions(struct app_questions *q)
{
	q->rows = calloc(2, sizeof(*q->rows));
	ASSERT(q->rows != NULL);
	q->count = 2;
	q->complete = true;
	q->rows[0] = (struct app_posed){.n = 3, .purpose = "TREAT", .asked = example_before(9 * DAY_MINUTES),
					.state = "answered", .due = example_before(2 * DAY_MINUTES),
					.answered = example_before(8 * DAY_MINUTES),
					.text = example_text("What did you use this for?"),
					.reply = example_text("Your dose had to be checked before the operation.")};
	q->rows[1] = (struct app_posed){.n = 5, .purpose = "TREAT", .asked = example_before(2 * DAY_MINUTES),
					.state = "waiting", .due = example_before(-5 * DAY_MINUTES),
					.text = example_text("Why did you need my laboratory results?")};
	example_id(q->rows[0].request.b, 0x87);
	example_id(q->rows[1].request.b, 0x86);
}

static char (*askers(void))[INSTITUTE_NAME]
{
	char (*names)[INSTITUTE_NAME] = calloc(2, sizeof(*names));

	ASSERT(names != NULL);
	snprintf(names[0], INSTITUTE_NAME, "T. Boer");
	snprintf(names[1], INSTITUTE_NAME, "bram");
	return names;
}

enum err example_institute_requests(void *model, void *draft)
{
	struct asked_model *m = model;

	(void)draft;
	fill_requests(&m->requests);
	fill_questions(&m->questions);
	m->askers = askers();
	m->names = calloc(REQUESTS, sizeof(*m->names));
	ASSERT(m->names != NULL);
	for (size_t i = 0; i < REQUESTS; i++)
		snprintf(m->names[i], INSTITUTE_NAME, "%s", known[i].owner);
	return ERR_OK;
}

static struct app_asked badge_of(void)
{
	return (struct app_asked){.state = APP_ASKED_CERTIFIED, .serial = "537bbedd4a91f8e86f8d7b3d8abcc5bbedb6a981",
				  .not_after = example_before(-41 * DAY_MINUTES), .renew_from = example_before(DAY_MINUTES)};
}

enum err example_institute_today(void *model, void *draft)
{
	struct today_model *m = model;

	m->badge = badge_of();
	return example_institute_requests(&m->asked, draft);
}

enum err example_institute_answer(void *model, void *draft)
{
	static const char *const kinds[] = {"ALG", "MED", "DX", "LAB", "LAB", "LAB", "DOC"};
	struct answer_model *m = model;

	(void)draft;
	fill_requests(&m->all);
	m->row = m->all.rows[0];
	m->there = true;
	snprintf(m->name, sizeof(m->name), "anna");
	m->records.rows = calloc(7, sizeof(*m->records.rows));
	ASSERT(m->records.rows != NULL);
	for (; m->records.count < 7; m->records.count++) {
		struct app_record *r = &m->records.rows[m->records.count];

		*r = (struct app_record){.category = kinds[m->records.count], .status = "live",
					 .at = example_before((int64_t)(m->records.count + 1) * 97 * DAY_MINUTES)};
		example_id(r->record.b, (uint8_t)(0x41 + m->records.count));
	}
	return ERR_OK;
}

enum err example_institute_request(void *model, void *draft)
{
	struct request_model *m = model;
	struct request_draft *d = draft;

	snprintf(d->who, sizeof(d->who), "anna");
	snprintf(d->from, sizeof(d->from), "2025-01-01");
	d->categories = 1u << 2 | 1u << 3 | 1u << 5;
	snprintf(m->name, sizeof(m->name), "anna");
	m->named = m->found = true;
	example_id(m->account.b, 0x21);
	return ERR_OK;
}

enum err example_institute_card(void *model, void *draft)
{
	struct card_draft *d = draft;

	(void)model;
	snprintf(d->name, sizeof(d->name), "王小明");
	return ERR_OK;
}

enum err example_institute_emergency(void *model, void *draft)
{
	struct request_model *m = model;
	struct emergency_draft *d = draft;

	snprintf(d->who, sizeof(d->who), "anna");
	d->reason = 1;
	d->attested = true;
	d->categories = 1u << 2 | 1u << 3;
	snprintf(m->name, sizeof(m->name), "anna");
	m->named = m->found = true;
	example_id(m->account.b, 0x21);
	return ERR_OK;
}

enum err example_institute_records(void *model, void *draft)
{
	static const struct { size_t of; } open[] = {{0}, {2}, {3}};
	struct patients_model *m = model;

	(void)draft;
	m->rows = calloc(3, sizeof(*m->rows));
	ASSERT(m->rows != NULL);
	for (; m->count < 3; m->count++) {
		const struct example_request *x = &known[open[m->count].of];
		struct patient_row *row = &m->rows[m->count];

		snprintf(row->name, sizeof(row->name), "%s", x->owner);
		row->records = x->granted;
		row->until = example_before(x->until);
		row->emergency = x->emergency;
		example_id(row->owner.b, (uint8_t)(0x21 + open[m->count].of));
	}
	return ERR_OK;
}

enum err example_institute_patient(void *model, void *draft)
{
	struct patient_model *m = model;
	struct patient_draft *d = draft;

	snprintf(d->name, sizeof(d->name), "anna");
	example_id(d->owner.b, 0x21);
	example_summary(&m->summary);
	m->until = example_before(known[0].until);
	m->records.rows = calloc(2, sizeof(*m->records.rows));
	m->sources = calloc(m->summary.count, sizeof(*m->sources));
	m->others = calloc(1, sizeof(*m->others));
	m->other_from = calloc(1, sizeof(*m->other_from));
	ASSERT(m->records.rows != NULL && m->sources != NULL && m->others != NULL && m->other_from != NULL);
	m->records.count = 2;
	m->records.rows[0] = (struct app_record){.category = "LAB", .status = "live"};
	m->records.rows[1] = (struct app_record){.category = "DOC", .status = "live", .at = example_before(70 * DAY_MINUTES)};
	example_id(m->records.rows[1].record.b, 0x5d);
	m->others[0] = &m->records.rows[1];
	m->other_count = 1;
	snprintf(m->other_from[0], INSTITUTE_NAME, "St. Olaf hospital");
	for (size_t i = 0; i < m->summary.count; i++) {
		snprintf(m->sources[i].from, INSTITUTE_NAME, "%s", i < 3 ? "GP practice West" : "City Lab");
		m->sources[i].record = i == 3 ? &m->records.rows[0] : NULL;
	}
	return ERR_OK;
}

enum err example_record_raw(void *model, void *draft)
{
	static const char text[] =
		"{\n  \"resourceType\": \"Observation\",\n  \"status\": \"final\",\n"
		"  \"code\": {\"text\": \"Haemoglobin A1c\"},\n  \"performer\": [{\"display\": \"City Lab, 王小明\"}],\n"
		"  \"effectiveDateTime\": \"2026-09-15T08:30:00+02:00\",\n"
		"  \"valueQuantity\": {\"value\": 52, \"unit\": \"mmol/mol\"}\n}\n";
	struct record_model *m = model;

	example_id(m->row.record.b, 0x52);
	((struct record_draft *)draft)->record = m->row.record;
	buf_append_text(&m->bytes, text);
	return buf_error(&m->bytes);
}

enum err example_institute_badge(void *model, void *draft)
{
	struct badge_model *m = model;

	(void)draft;
	snprintf(m->name, sizeof(m->name), "okafor");
	snprintf(m->role, sizeof(m->role), "clinician");
	example_id(m->account.b, 0x8b);
	m->asked = badge_of();
	return ERR_OK;
}

enum err example_institute_research(void *model, void *draft)
{
	(void)model;
	((struct research_draft *)draft)->category = 6;
	return ERR_OK;
}

enum err example_institute_log(void *model, void *draft)
{
	static const struct { const char *kind, *who; int64_t minutes; bool question, reply; } events[] = {
		{"cert_anchor", "jansen", 324 * DAY_MINUTES, false, false},
		{"question", "T. Boer", 9 * DAY_MINUTES, true, false},
		{"question", "okafor", 8 * DAY_MINUTES, true, true},
		{"question", "bram", 2 * DAY_MINUTES, true, false},
	};
	struct own_log_model *m = model;

	(void)draft;
	fill_questions(&m->questions);
	m->askers = askers();
	m->log.rows = calloc(4, sizeof(*m->log.rows));
	ASSERT(m->log.rows != NULL);
	for (size_t i = 4; i > 0; i--) {
		struct event_row *r = &m->log.rows[m->log.count++];

		r->e = (struct app_event){.n = i, .height = 4000 + 11 * (i - 1), .purpose = "", .role = "", .hold = "",
					  .at = example_before(events[i - 1].minutes), .kind = events[i - 1].kind,
					  .keys_change = "", .question.is = events[i - 1].question,
					  .question.reply = events[i - 1].reply};
		example_id(r->e.tx.b, (uint8_t)(0x90 + i - 1));
		snprintf(r->who, sizeof(r->who), "%s", events[i - 1].who);
	}
	m->log.state = (struct app_log_state){true, 4, 4182, example_before(0)};
	return ERR_OK;
}
