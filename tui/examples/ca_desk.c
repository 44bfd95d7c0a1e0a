/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of the certificate authority's other screens: deposits, ceremonies, health. */
#include <stdio.h>
#include <stdlib.h>

#include "core/app/ca.h"
#include "tui/examples/examples.h"
#include "tui/screens/ca_deposits.h"

enum err example_ca_deposits(void *model, void *draft)
{
	static const struct { const char *owner, *category, *status; } known[] = {
		{"anna", "SUM", "superseded"}, {"anna", "LAB", "live"}, {"bram", "DOC", "live"}, {"王小明", "IMG", "live"},
	};
	struct deposits_model *m = model;

	(void)draft;
	m->records.rows = calloc(4, sizeof(*m->records.rows));
	m->owners = calloc(4, sizeof(*m->owners));
	ASSERT(m->records.rows != NULL && m->owners != NULL);
	for (; m->records.count < 4; m->records.count++) {
		size_t i = m->records.count;
		struct app_record *r = &m->records.rows[i];

		*r = (struct app_record){.category = known[i].category, .confidentiality = "N", .status = known[i].status,
					 .at = example_before(90 - 20 * (int64_t)i), .height = 4100 + i, .rendition_count = 1};
		example_id(r->record.b, (uint8_t)(0x61 + i));
		snprintf(r->labels, sizeof(r->labels), "%s", i == 1 ? "HIV" : i == 2 ? "PSY,MH" : "");
		r->renditions[0] = (struct app_rendition){.form = "full", .bytes = 13911};
		snprintf(m->owners[i], sizeof(m->owners[i]), "%s", known[i].owner);
	}
	return ERR_OK;
}

enum err example_ca_deposit(void *model, void *draft)
{
	struct deposit_model *m = model;
	struct deposit_draft *d = draft;

	snprintf(d->path, sizeof(d->path), "labs-2026-09-15.json");
	snprintf(d->owner, sizeof(d->owner), "anna");
	m->whole = true;
	m->proposed = (struct app_deposited){.deid = true, .is = "FHIR", .resources = 14,
					     .description = {.category = "LAB", .confidentiality = "R", .labels = "HIV"}};
	m->proposed.reasons = calloc(1, sizeof(*m->proposed.reasons));
	m->proposed.dropped.rows = calloc(2, sizeof(*m->proposed.dropped.rows));
	ASSERT(m->proposed.reasons != NULL && m->proposed.dropped.rows != NULL);
	m->proposed.reason_count = 1;
	snprintf(m->proposed.reasons[0].what, sizeof(m->proposed.reasons[0].what), "HIV");
	snprintf(m->proposed.reasons[0].place, sizeof(m->proposed.reasons[0].place), "Observation.code");
	snprintf(m->proposed.reasons[0].code, sizeof(m->proposed.reasons[0].code), "75622-1");
	m->proposed.dropped.count = 2;
	m->proposed.dropped.kept = 13;
	m->proposed.dropped.left_out = 1;
	snprintf(m->proposed.dropped.rows[0].path, sizeof(m->proposed.dropped.rows[0].path), "Patient.name");
	m->proposed.dropped.rows[0].count = 1;
	snprintf(m->proposed.dropped.rows[1].path, sizeof(m->proposed.dropped.rows[1].path), "Observation.performer");
	m->proposed.dropped.rows[1].count = 13;
	return ERR_OK;
}

enum err example_ca_ceremonies(void *model, void *draft)
{
	(void)model;
	(void)draft;
	return ERR_OK;
}

enum err example_ca_health(void *model, void *draft)
{
	static const struct app_check checks[] = {
		{"register", "every row follows from the one before", "", true, false},
		{"serials", "416 certificates, 0 serials twice, 0 not positive", "", true, false},
		{"revocation list", "list 417, next in 11 hours", "", true, false},
		{"backup", "13 days old", "medlock ca backup --to FOLDER", true, true},
		{"clock", "4 s before the newest block", "set the clock: chronyc makestep", false, false},
	};
	struct app_checks *m = model;

	(void)draft;
	memcpy(m->rows, checks, sizeof(checks));
	m->count = sizeof(checks) / sizeof(checks[0]);
	m->failed = 1;
	m->warned = 1;
	return ERR_OK;
}
