/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of the screens that everybody has. */
#include <stdio.h>

#include "core/app/ledger.h"
#include "core/app/setup.h"
#include "tui/examples/examples.h"
#include "tui/screens/begin.h"
#include "tui/screens/common_network.h"
#include "tui/screens/people.h"
#include "tui/screens/settings.h"

enum err example_people(void *model, void *draft)
{
	static const struct { const char *name, *mode; } people[] = {
		{"anna", "patient"}, {"bram", "patient"}, {"okafor", "clinician"}, {"vos", "clinician"},
				{"haddad", "clinician"},
		{"lind", "researcher"}, {"jansen", "officer"}, {"dewit", "officer"}, {"op", "operator"}, {"aud1", "auditor"},
	};
	struct app_demo *world = model; /* the model is one */
	struct people_draft *d = draft;

	snprintf(d->world, sizeof(d->world), "/");
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		snprintf(world->people[i].name, sizeof(world->people[i].name), "%s", people[i].name);
		snprintf(world->people[i].mode, sizeof(world->people[i].mode), "%s", people[i].mode);
		world->count++;
	}
	return ERR_OK;
}

enum err example_network(void *model, void *draft)
{
	static const struct { const char *url; uint64_t height; const char *state; } peers[] = {
		{"https://peer.gp-west.example:8443", 4182, "ok"}, {"https://peer.st-olaf.example:8443", 4182, "ok"},
		{"https://peer.patients.example:8443", 4181, "ok"}, {"https://peer.citylab.example:8443", 0, "unreachable"},
	};
	struct network_model *m = model;

	(void)draft;
	m->sync = (struct app_sync){.height = 4182, .tip = 4182, .verified = 4182, .mode = "light"};
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		struct app_peer *p = &m->sync.peers[m->sync.peer_count++];

		snprintf(p->url, sizeof(p->url), "%s", peers[i].url);
		p->height = peers[i].height;
		p->state = peers[i].state;
	}
	m->ledger = (struct app_ledger){.height = 4182, .chain = "medlock-example-1", .engine = "cometbft", .operators = 4};
	example_id(m->ledger.app_hash.b, 0x7e);
	return ERR_OK;
}

enum err example_about(void *model, void *draft)
{
	(void)model;
	(void)draft;
	return ERR_OK;
}

enum err example_settings(void *model, void *draft)
{
	struct screens_settings *d = draft;

	(void)model;
	d->theme = THEME_CONTRAST;
	return ERR_OK;
}

enum err example_begin(void *model, void *draft)
{
	struct begin_draft *d = draft;

	(void)model;
	snprintf(d->peer, sizeof(d->peer), "https://peer.patients.example:8443");
	memset(d->pin, '7', 64);
	snprintf(d->name, sizeof(d->name), "Anna Vermeer");
	return ERR_OK;
}
