/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of the screens of the certificate authority. */
#include <stdio.h>
#include <stdlib.h>

#include "tui/examples/examples.h"
#include "tui/screens/ca_certificates.h"
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

/* ---- certificates ---- */

#define DAY_MINUTES (24 * 60)

/* days: until it ends; ended: so many minutes ago, with reason. */
static enum err fill_certificates(struct app_certificates *m)
{
	static const struct {
		const char *serial, *name, *profile, *organisation, *state, *reason;
		int64_t days, ended;
		uint8_t account;
	} rows[] = {
		{"5bba857efff8faa3274390e1b85d231cbbee8f6d", "Anna Vermeer", "patient", "", "valid", "", 729, 0, 1},
		{"71fddc05a5362ffd2a1818d13da036ddf5819eb1", "Bram Vermeer", "patient", "", "valid", "", 729, 0, 2},
		{"44c98c072fa1e11299e3bb95b13e3fed94293eaf", "Dr. C. Okafor", "clinician", "GP practice West", "valid", "", 12,
		 0, 3},
		{"0c3c78e14a18c9c55f216623aa8cfa4061e5adbc", "Dr. M. Vos", "clinician", "St. Olaf hospital", "valid", "",
		 364, 0, 4},
		{"6d2f10c4b7a95e38d1044f7ac6b2e9850f3171a2", "د. ليلى حداد", "clinician", "St. Olaf hospital", "valid",
		 "", 201, 0, 5},
		{"18901ed2421b9a3a0b743fbfdf8d16f48a4922d2", "L. Haddad", "emergency", "Ambulance service", "revoked",
		 "keyCompromise", 340, 21, 7},
		{"070a3605ed7b56b2113287f52e0558dc5a18ead7", "Dr. S. Lind", "researcher", "Lind institute", "hold",
		 "certificateHold", 300, 90, 6},
		{"2ab96c03d5e81f7744c1d0936b5ea2f8190d7e64", "Dr. Aleksandra Wiśniewska-Konstantynopolitańczykowianeczka",
		 "clinician", "GP practice West", "revoked", "affiliationChanged", 88, 9 * DAY_MINUTES, 8},
		{"4419d2ce70b85a316f0c93e7ab24d15068f7e3b9", "Dr. C. Okafor", "clinician", "GP practice West", "superseded", "",
		 -3, 0, 3},
	};
	const size_t count = sizeof(rows) / sizeof(rows[0]);

	m->rows = calloc(count, sizeof(*m->rows));
	if (m->rows == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		struct app_certificate *c = &m->rows[m->count++];

		SET(c->serial, rows[i].serial);
		SET(c->name, rows[i].name);
		SET(c->profile, rows[i].profile);
		SET(c->organisation, rows[i].organisation);
		SET(c->state, rows[i].state);
		c->reason = rows[i].reason;
		c->not_after = example_before(-rows[i].days * DAY_MINUTES);
		c->issued = (struct time_ms){c->not_after.v - 365 * MS_PER_DAY};
		if (rows[i].ended != 0)
			c->ended = example_before(rows[i].ended);
		example_id(c->account.b, rows[i].account);
	}
	return ERR_OK;
}

enum err example_ca_certificates(void *model, void *draft)
{
	struct certificates_model *m = model;

	(void)draft;
	return fill_certificates(&m->all);
}

enum err example_ca_end(void *model, void *draft)
{
	struct end_model *m = model;
	struct end_draft *d = draft;

	*d = (struct end_draft){.serial = "0c3c78e14a18c9c55f216623aa8cfa4061e5adbc", .name = "Dr. M. Vos",
				.profile = "clinician", .since = "2026-11-20"};
	m->end = (struct app_ca_end){.since = example_before(3 * DAY_MINUTES), .entries = 4, .owners = 2};
	m->end.sibling_count = 2;
	m->end.siblings = calloc(2, sizeof(*m->end.siblings));
	if (m->end.siblings == NULL)
		return ERR_MEMORY;
	m->end.siblings[0] = (struct app_ca_sibling){.serial = "77f0a1b2c3d4e5f60718293a4b5c6d7e8f901a2b",
						     .name = "Dr. M. Vos", .profile = "clinician", .same_account = true};
	m->end.siblings[1] = (struct app_ca_sibling){.serial = "6d2f10c4b7a95e38d1044f7ac6b2e9850f3171a2",
						     .name = "د. ليلى حداد", .profile = "clinician"};
	return ERR_OK;
}

enum err example_ca_revoked(void *model, void *draft)
{
	static const struct app_ca_peer peers[] = {
		{.url = "https://peer.gp-west.example:8443", .height = 4182, .crl = 417, .refuses = true},
		{.url = "https://peer.st-olaf.example:8443", .height = 4182, .crl = 417, .refuses = true},
		{.url = "https://peer.patients.example:8443", .height = 4181, .crl = 416},
		{.url = "https://peer.citylab.example:8443", .crl = 0, .why = "no answer within 5 s"},
	};
	struct revoked_model *m = model;
	enum err e = fill_certificates(&m->certificates);

	(void)draft;
	if (e != ERR_OK)
		return e;
	m->revoked = 3;
	m->crl = (struct app_ca_end){.crl = 417, .crl_until = example_before(-6 * DAY_MINUTES), .peers_have = 2};
	m->crl.peer_count = sizeof(peers) / sizeof(peers[0]);
	m->crl.peers = malloc(sizeof(peers));
	if (m->crl.peers == NULL)
		return ERR_MEMORY;
	memcpy(m->crl.peers, peers, sizeof(peers));
	return ERR_OK;
}
