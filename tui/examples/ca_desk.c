/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of the certificate authority's other screens: deposits, ceremonies, log, health. */
#include <stdio.h>
#include <stdlib.h>

#include "tui/examples/examples.h"
#include "tui/screens/ca_deposits.h"
#include "tui/screens/ca_desk.h"

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

static void fill_checks(struct app_checks *m)
{
	static const struct app_check checks[] = {
		{"register", "every row follows from the one before", "", true, false},
		{"serials", "416 certificates, 0 serials twice, 0 not positive of full length", "", true, false},
		{"issuing certificate", "ends 2031-11-22T16:06:32Z", "", true, false},
		{"root certificate", "ends 2046-11-18T16:06:32Z", "", true, false},
		{"revocation list", "number 417, good until 2026-11-29T14:02:00Z", "", true, false},
		{"root's list", "good until 2027-01-23T16:05:32Z", "", true, false},
		{"expiry", "of 6 in force 1 ends within 30 days, 1 within 90", "", true, false},
		{"root key", "not in this keystore", "", true, false},
		{"backup", "13 days old", "make one: 'ca backup --to FOLDER', and keep the passphrase elsewhere", true, true},
		{"clock and peer", "this clock and the peer's are 74 s apart", "set the clock, for example with chrony", false,
		 false},
	};

	memcpy(m->rows, checks, sizeof(checks));
	m->count = sizeof(checks) / sizeof(checks[0]);
	m->failed = 1;
	m->warned = 1;
}

enum err example_ca_ceremonies(void *model, void *draft)
{
	struct ceremonies_model *m = model;
	struct ceremonies_draft *d = draft;

	fill_checks(&m->desk);
	m->held = true;
	snprintf(d->root, sizeof(d->root), "/media/safe/ceremony/root.key");
	return ERR_OK;
}

enum err example_ca_health(void *model, void *draft)
{
	struct health_model *m = model;

	(void)draft;
	fill_checks(&m->desk);
	m->profile.rows[m->profile.count++] = (struct app_check){"keystore", "only you can read it", "", true, false};
	m->profile.rows[m->profile.count++] = (struct app_check){"peer", "answers and tells the truth", "", true, false};
	return ERR_OK;
}

enum err example_ca_log(void *model, void *draft)
{
	static const struct {
		const char *entry, *profile, *name, *organisation, *reason;
		uint64_t row, height;
		int64_t minutes;
	} known[] = {
		{"issued", "clinician", "张伟", "GP practice West", "", 11, 4012, 9000},
		{"rejected", "patient", "Zdenka Nováková-van der Heijden-Brandsma", "", "The photo does not match.", 13, 0,
				4000},
		{"held", "researcher", "Dr. S. Lind", "Lind institute", "certificateHold", 17, 4160, 90},
		{"revoked", "emergency", "L. Haddad", "Ambulance service", "keyCompromise", 21, 4177, 21},
		{"revoking", "clinician", "د. ليلى حداد", "St. Olaf hospital", "affiliationChanged", 24, 0, 2},
	};
	struct desk_log_model *m = model;
	const size_t count = sizeof(known) / sizeof(known[0]);

	(void)draft;
	m->all.rows = calloc(count, sizeof(*m->all.rows));
	ASSERT(m->all.rows != NULL);
	for (size_t i = 0; i < count; i++) {
		struct app_decision *d = &m->all.rows[m->all.count++];

		*d = (struct app_decision){.entry = known[i].entry, .row = known[i].row, .height = known[i].height,
					   .at = example_before(known[i].minutes)};
		snprintf(d->profile, sizeof(d->profile), "%s", known[i].profile);
		snprintf(d->name, sizeof(d->name), "%s", known[i].name);
		snprintf(d->organisation, sizeof(d->organisation), "%s", known[i].organisation);
		snprintf(d->reason, sizeof(d->reason), "%s", known[i].reason);
		if (i != 1)
			snprintf(d->serial, sizeof(d->serial), "0c3c78e14a18c9c55f216623aa8cfa4061e5ad%02zx", i);
		example_id(d->hash.b, (uint8_t)(0x80 + i));
	}
	return ERR_OK;
}
