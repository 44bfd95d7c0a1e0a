/* SPDX-License-Identifier: Apache-2.0 */
/* A new profile: genesis from the peer, keys in a fresh key-holder, an enrolment request for the desk. */
#include "core/app/setup.h"

#include <stdio.h>
#include <stdlib.h>

#include "chain/net/peer_client_mail.h"
#include "core/app/keys.h"
#include "core/app/person.h"
#include "core/base/files.h"
#include "core/ident/profiles.h"

/* The one peer that is known so far. */
struct first_peer {
	struct http_client *http;
	struct peer_address address;
	struct task *task;
	bool sent; /* it has the request */
};

static enum err open_peer(struct first_peer *p, const struct app_setup *s, struct err_info *info)
{
	struct http_client_options options = {0};
	struct hash32 pin;

	if (hex_decode(pin.b, sizeof(pin.b), s->pin) != ERR_OK)
		return err_set(info, ERR_USAGE, "--pin is 64 hex digits");
	TRY(peer_address_set(&p->address, s->peer_url, &pin));
	return http_client_new(&p->http, &options, info);
}

static struct peer_call call_of(struct first_peer *p)
{
	return (struct peer_call){.http = p->http, .peer = &p->address, .task = p->task};
}

static bool send_request(void *self, struct bytes request)
{
	struct first_peer *p = self;
	struct peer_call call = call_of(p);

	p->sent = peer_enrol_post(&call, request, NULL) == ERR_OK;
	return p->sent;
}

static enum err check_mode(const char *mode, struct err_info *info)
{
	static const char *const modes[] = {"patient", "clinician", "researcher", "emergency", "officer"};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i], mode) == 0)
			return ERR_OK;
	}
	return err_set(info, ERR_USAGE, "--mode is patient, clinician, researcher, emergency or officer");
}

static enum err read_minor(struct time_ms *ret, const struct app_setup *s, struct err_info *info)
{
	if (s->minor_until == NULL)
		return ERR_OK;
	if (strcmp(s->mode, "patient") != 0)
		return err_set(info, ERR_USAGE, "--minor-until is for patients");
	if (time_parse(ret, s->minor_until) != ERR_OK || ret->v <= clock_real()->now(NULL).v)
		return err_set(info, ERR_USAGE, "'%s' is not a date to come", s->minor_until);
	return ERR_OK;
}

static enum err name_request(struct app_setup_done *ret, const struct app_setup *s, const char *home,
			     struct err_info *info)
{
	int len = s->request_path != NULL ? snprintf(ret->enrolment, sizeof(ret->enrolment), "%s", s->request_path)
					  : snprintf(ret->enrolment, sizeof(ret->enrolment), "%s/enrolment.age", home);

	return len > 0 && (size_t)len < sizeof(ret->enrolment) ? ERR_OK : err_set(info, ERR_RANGE, "the path is too long");
}

static enum err join(struct app_setup_done *ret, const struct person_wish *wish, struct first_peer *peer,
		     struct err_info *info)
{
	struct buf genesis = BUF_INIT, request = BUF_INIT;
	struct peer_call call = call_of(peer);
	enum err e = peer_genesis(&call, &genesis, info);

	if (e == ERR_OK)
		e = person_new(&ret->account, &request, wish, buf_bytes(&genesis), info);
	buf_release(&genesis);
	buf_release(&request);
	return e;
}

/* Before keys are made: the authority would refuse it.  A patient's name goes into no certificate. */
static enum err check_name(const struct app_setup *s, struct err_info *info)
{
	if (strcmp(s->mode, "patient") == 0 || s->name == NULL || !profile_name_is_host(s->name))
		return ERR_OK;
	return err_set(info, ERR_USAGE, "'%s' reads like the name of a host, which no certificate has: write it with a space",
		       s->name);
}

enum err app_setup(struct app_setup_done *ret, const struct app_setup *s, struct task *task, struct err_info *info)
{
	struct first_peer peer = {.task = task};
	char home[PROFILE_PATH_MAX];
	struct person_wish wish = {
		.home = home,
		.profile = s->mode,
		.name = s->name,
		.organisation = s->organisation,
		.passphrase_file = s->passphrase_file,
		.prompt = s->prompt,
		.peer_url = s->peer_url,
		.pin = s->pin,
		.request_path = ret->enrolment,
		.send = send_request,
		.send_self = &peer,
	};
	enum err e;

	TRY(check_mode(s->mode, info));
	TRY(check_name(s, info));
	TRY(read_minor(&wish.minor_until, s, info));
	TRY(profile_home(home, s->home, info));
	TRY(name_request(ret, s, home, info));
	e = open_peer(&peer, s, info);
	if (e == ERR_OK)
		e = join(ret, &wish, &peer, info);
	ret->sent = peer.sent;
	http_client_free(peer.http);
	return e;
}

/* ---- whom a network begins with ---- */

static enum err founder_role(uint32_t *ret, const char *mode, struct err_info *info)
{
	static const struct { const char *mode; uint32_t role; } rows[] = {
		{"officer", ROLE_OFFICER}, {"operator", ROLE_OPERATOR}, {"auditor", ROLE_AUDITOR},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].mode, mode) == 0) {
			*ret = rows[i].role;
			return ERR_OK;
		}
	}
	return err_set(info, ERR_USAGE, "a network begins with officers, operators and auditors: --mode is one of them");
}

enum err app_setup_card(struct app_setup_done *ret, const struct app_setup *s, const char *card_path, struct err_info *info)
{
	struct buf card = BUF_INIT;
	char home[PROFILE_PATH_MAX];
	uint32_t role;
	enum err e;

	TRY(founder_role(&role, s->mode, info));
	TRY(profile_home(home, s->home, info));
	e = person_genesis(&ret->account, &card, home, role, s->passphrase_file, false, info);
	if (e == ERR_OK)
		e = app_write_new(card_path, buf_bytes(&card), info);
	buf_release(&card);
	return e;
}

/* The keys that wait in home, and what the genesis says of them. */
static enum err check_founder(struct app_setup_done *ret, const char *home, struct bytes genesis, struct err_info *info)
{
	struct keystore_about about;
	char path[PROFILE_PATH_MAX];
	struct network_id network;
	Medlock__Genesis *g;
	bool named = false;
	enum err e;

	TRY(files_join(path, sizeof(path), home, "keystore"));
	TRY(app_keystore_about(&about, path, info));
	TRY(genesis_parse(&g, &network, genesis, info));
	e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < g->n_accounts; i++) {
		struct account_id id;

		e = genesis_account_id(&id, g->accounts[i]);
		named |= e == ERR_OK && ID_EQUAL(id, about.account);
	}
	WIRE_FREE(g);
	if (e == ERR_OK && !named)
		e = err_set(info, ERR_NOT_FOUND, "this network does not begin with the keys in %s", home);
	ret->account = about.account;
	return e;
}

enum err app_setup_join(struct app_setup_done *ret, const struct app_setup *s, struct task *task, struct err_info *info)
{
	struct first_peer peer = {.task = task};
	struct person_wish wish = {.profile = s->mode, .passphrase_file = s->passphrase_file, .peer_url = s->peer_url,
				   .pin = s->pin};
	char home[PROFILE_PATH_MAX];
	struct buf genesis = BUF_INIT;
	struct peer_call call;
	uint32_t role;
	enum err e;

	TRY(founder_role(&role, s->mode, info));
	TRY(profile_home(home, s->home, info));
	TRY(person_refuse_second(home, info));
	wish.home = home;
	e = open_peer(&peer, s, info);
	call = call_of(&peer);
	if (e == ERR_OK)
		e = peer_genesis(&call, &genesis, info);
	if (e == ERR_OK)
		e = check_founder(ret, home, buf_bytes(&genesis), info);
	if (e == ERR_OK)
		e = person_join(&wish, buf_bytes(&genesis), info);
	buf_release(&genesis);
	http_client_free(peer.http);
	return e;
}
