/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of the screens of okafor, a clinician, and lind, who does research. */
#include "tui/screens/institute.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/examples/examples.h"

#define DAY_MINUTES (24 * 60)

static const struct example_request {
	const char *owner, *purpose;
	size_t granted, asked;
	int64_t minutes, until;
	bool emergency, closed;
} known[] = {
	{"T. Boer", "TREAT", 12, 0, 40 * DAY_MINUTES, 39 * DAY_MINUTES, false, true},
	{"נועה כהן", "BTG", 2, 0, 900, -1 * DAY_MINUTES, true, false},
	{"P. Mulder", "TREAT", 0, 3, 120, -7 * DAY_MINUTES, false, false},
	{"王小明", "COC", 4, 0, 60, -300, false, false},
	{"anna", "TREAT", 8, 0, 15, -30 * DAY_MINUTES, false, false},
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
	r->records = calloc(r->count, sizeof(*r->records));
	ASSERT(r->records != NULL);
	for (size_t n = 0; n < r->count; n++) {
		example_id(r->records[n].record.b, (uint8_t)(0x41 + n));
		r->records[n].decision = n < x->granted ? "granted" : "ask";
		r->records[n].form = n < x->granted ? "full" : "";
	}
}

enum err example_institute_today(void *model, void *draft)
{
	struct today_model *m = model;

	(void)draft;
	m->requests.rows = calloc(REQUESTS, sizeof(*m->requests.rows));
	m->owners = calloc(REQUESTS, sizeof(*m->owners));
	m->questions.rows = calloc(1, sizeof(*m->questions.rows));
	ASSERT(m->requests.rows != NULL && m->owners != NULL && m->questions.rows != NULL);
	for (; m->requests.count < REQUESTS; m->requests.count++) {
		fill_request(&m->requests.rows[m->requests.count], m->requests.count);
		snprintf(m->owners[m->requests.count], sizeof(m->owners[0]), "%s", known[m->requests.count].owner);
	}
	m->questions.count = 1;
	m->questions.rows[0] = (struct app_posed){.purpose = "TREAT", .due = example_before(-5 * DAY_MINUTES),
			.state = "waiting",
						  .text = example_text("Why did you need my laboratory results?")};
	example_id(m->questions.rows[0].request.b, 0x85);
	return ERR_OK;
}

enum err example_institute_records(void *model, void *draft)
{
	return example_institute_today(model, draft);
}

enum err example_institute_request(void *model, void *draft)
{
	struct request_model *m = model;
	struct request_draft *d = draft;

	snprintf(d->owner, sizeof(d->owner), "anna");
	d->categories = 1u << 2 | 1u << 3;
	snprintf(m->owner, sizeof(m->owner), "anna");
	snprintf(m->me, sizeof(m->me), "okafor");
	return ERR_OK;
}

enum err example_institute_emergency(void *model, void *draft)
{
	return example_institute_request(model, draft);
}

enum err example_institute_patient(void *model, void *draft)
{
	struct patient_model *m = model;

	snprintf(((struct patient_draft *)draft)->name, sizeof(((struct patient_draft *)draft)->name), "anna");
	example_summary(&m->summary);
	m->from = calloc(m->summary.count, sizeof(*m->from));
	ASSERT(m->from != NULL);
	for (size_t i = 0; i < m->summary.count; i++)
		snprintf(m->from[i], sizeof(m->from[i]), "%s", i < 3 ? "GP practice West" : "City Lab");
	return ERR_OK;
}

enum err example_institute_badge(void *model, void *draft)
{
	struct badge_model *m = model;

	(void)draft;
	snprintf(m->name, sizeof(m->name), "okafor");
	snprintf(m->me.mode, sizeof(m->me.mode), "clinician");
	example_id(m->me.account.b, 0x8b);
	m->asked = (struct app_asked){.state = APP_ASKED_CERTIFIED, .serial = "537bbedd4a91f8e86f8d7b3d8abcc5bbedb6a981",
				      .not_after = example_before(-41 * DAY_MINUTES),
						.renew_from = example_before(DAY_MINUTES)};
	return ERR_OK;
}

enum err example_institute_research(void *model, void *draft)
{
	struct research_model *m = model;

	((struct research_draft *)draft)->category = 6;
	m->count = (struct app_count){.records = 120, .owners = 40, .floor = 10, .rounded = 10};
	m->counted = true;
	return ERR_OK;
}
