/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of the screens of the certificate authority. */
#include <stdio.h>
#include <stdlib.h>

#include "tui/examples/examples.h"
#include "tui/screens/ca_queue.h"

#define SET(to, text) snprintf((to), sizeof(to), "%s", (text))

enum err example_ca_queue(void *model, void *draft)
{
	static const struct {
		const char *id, *name, *profile, *kind;
		uint32_t have, need;
		int64_t minutes; /* ago; 0: an act */
	} rows[] = {
		{"9d1e44b7c0a25f8813d6e2907b4c51aa", "Dr. Noor Jansen", "clinician", "enrolment", 0, 1, 9},
		{"3c70f2119be84d56a1c0774e8d2b9f30", "S. van den Berg", "officer", "enrolment", 1, 2, 118},
		{"b62a90d4417fe3c85590ab1d63f70e2c", "张伟", "clinician", "renewal", 0, 1, 64},
		{"71c5e83fa0d92b466e1f08c3d7a4b915", "Zdenka Nováková-van der Heijden-Brandsma", "patient", "enrolment", 0, 1,
		 5900},
		{"18901ed2421b9a3a0b743fbfdf8d16f48a4922d2", "L. Haddad", "emergency", "revocation", 1, 2, 0},
	};
	struct app_queue *q = model;

	(void)draft;
	q->rows = calloc(sizeof(rows) / sizeof(rows[0]), sizeof(*q->rows));
	if (q->rows == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct app_enrolment *r = &q->rows[q->count++];

		SET(r->id, rows[i].id);
		SET(r->name, rows[i].name);
		SET(r->profile, rows[i].profile);
		SET(r->kind, rows[i].kind);
		r->approvals_have = rows[i].have;
		r->approvals_need = rows[i].need;
		example_id(r->account.b, (uint8_t)(i + 1));
		if (rows[i].minutes != 0)
			r->received = example_before(rows[i].minutes);
		if (rows[i].minutes != 0)
			r->expires = (struct time_ms){r->received.v + 30 * MS_PER_DAY};
	}
	q->keeps = true;
	q->entered = 1;
	q->silent = 1;
	return ERR_OK;
}

enum err example_ca_case(void *model, void *draft)
{
	static const char account[] = "b1f1f6d403c492c172d1eb8fed7f9ecdf395b61860eadb5ec37e4dd0bfc677b2";
	static const char *const rows[][3] = {
		{"serial", "", "1525f6b208eda26d192f7ae74242994a3a9ee5de"},
		{"subject's network", "", "medlock 5049e24233df"},
		{"certificate, SHA-256", "", "4826e627ea6264facbc225e2b10fb8adac9c8d2a82f0840d621c1e706050d3bf"},
		{"account", account, account},
		{"name", "S. van den Berg", "S. van den Berg"},
		{"organisation", "St. Olaf Hospital", "St. Olaf Hospital"},
		{"request's unit", "ward ER مستشفى", "(dropped)"},
		{"request's extra wish", "serverAuth", "(dropped)"},
		{"profile", "officer", "officer"},
		{"valid from", "", "2026-11-23T12:03:00Z"},
		{"valid until", "2036-11-23", "2027-11-23T12:04:00Z"},
		{"key", "", "Ed25519, the account's own"},
		{"extended key usage", "", "clientAuth"},
		{"basic constraints", "", "no CA (critical)"},
		{"role on the ledger", "", "officer"},
	};
	struct app_enrolment *m = model;
	struct case_draft *d = draft;

	*m = (struct app_enrolment){.approvals_have = 1, .approvals_need = 2, .received = example_before(118),
				    .entered = example_before(42), .entered_by = "jansen", .lint = "all 24 rules hold",
				    .kind = "enrolment", .profile = "officer", .name = "S. van den Berg",
				    .id = "3c70f2119be84d56a1c0774e8d2b9f30"};
	example_id(m->account.b, 0xb1);
	memcpy(d->id, m->id, sizeof(d->id));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct app_enrolment_row *r = &m->rows[m->row_count++];

		SET(r->field, rows[i][0]);
		SET(r->requested, rows[i][1]);
		SET(r->issued, rows[i][2]);
	}
	return ERR_OK;
}
