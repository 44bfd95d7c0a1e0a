/* SPDX-License-Identifier: Apache-2.0 */
/* medlock setup: a new profile. */
#include "core/app/setup.h"
#include "tui/cli/cli.h"

static void say_account(struct cli *c, const struct app_setup_done *done)
{
	char text[ID_HEX];

	hex_encode(text, done->account.b, ID_SIZE);
	if (c->json)
		json_hex(&c->w, "account", BYTES_ID(done->account));
	cli_say(c, "The account is\n  %s\n", text);
}

/* Whom a network begins with: before there is one. */
static enum err card(struct cli *c, const struct app_setup *s, const char *path)
{
	struct app_setup_done done;

	if (s->mode == NULL)
		return err_set(&c->info, ERR_USAGE, "say --mode officer, operator or auditor");
	TRY(app_setup_card(&done, s, path, &c->info));
	say_account(c, &done);
	if (c->json)
		json_string(&c->w, "card", path);
	cli_say(c, "The keys are made. Give this card to who starts the network (medlockd init):\n  %s\n"
		   "When it runs: medlock setup --join --mode %s --peer URL --pin HASH\n", path, s->mode);
	return ERR_OK;
}

static enum err join(struct cli *c, const struct app_setup *s)
{
	struct app_setup_done done;

	if (s->mode == NULL || s->peer_url == NULL || s->pin == NULL)
		return err_set(&c->info, ERR_USAGE, "say --mode, --peer and --pin");
	TRY(app_setup_join(&done, s, &c->task, &c->info));
	say_account(c, &done);
	cli_say(c, "The profile is ready. Print your recovery card now: `medlock key card`.\n");
	return ERR_OK;
}

static enum err enrol(struct cli *c, const struct app_setup *s)
{
	struct app_setup_done done;

	if (s->mode == NULL || s->peer_url == NULL || s->pin == NULL || s->name == NULL)
		return err_set(&c->info, ERR_USAGE, "say --mode, --peer, --pin and --name");
	TRY(app_setup(&done, s, &c->task, &c->info));
	say_account(c, &done);
	if (c->json) {
		json_string(&c->w, "enrolment", done.enrolment);
		json_boolean(&c->w, "sent", done.sent);
	}
	if (done.sent)
		cli_say(c, "The profile is ready. The peer keeps your sealed request for the certificate\n"
			   "authority. Its answer comes with `medlock sync`; `medlock enrolment status`\n"
			   "tells where it stands.\n");
	else
		cli_say(c, "The profile is ready. The peer could not take your request for the certificate\n"
			   "authority: the next `medlock sync` tries again.\n");
	cli_say(c, "You can also hand over this file:\n  %s\n", done.enrolment);
	cli_say(c, "Print your recovery card now: `medlock key card`.\n");
	return ERR_OK;
}

static enum err setup(struct cli *c)
{
	const struct app_setup s = {
		.home = c->home,
		.mode = cli_value(c, "mode"),
		.peer_url = cli_value(c, "peer"),
		.pin = cli_value(c, "pin"),
		.name = cli_value(c, "name"),
		.organisation = cli_value(c, "organisation"),
		.passphrase_file = c->passphrase_file,
		.request_path = cli_value(c, "request"),
		.minor_until = cli_value(c, "minor-until"),
	};

	if (cli_value(c, "card") != NULL)
		return card(c, &s, cli_value(c, "card"));
	return cli_switch(c, "join") ? join(c, &s) : enrol(c, &s);
}

static const struct cli_option options[] = {
	{"mode", "MODE", "patient, clinician, researcher, emergency, officer"},
	{"peer", "URL", "https://host:port of a peer"},
	{"pin", "HASH", "SHA-256 of the peer's key, from its operator"},
	{"name", "TEXT", "for the certificate authority only"},
	{"organisation", "TEXT", "where you work"},
	{"minor-until", "DATE", "a minor's account: until then the certificate authority names who acts for it"},
	{"request", "FILE", "where a copy of the enrolment request goes"},
	{"card", "FILE", "officer, operator, auditor: keys and a card for a new network"},
	{"join", NULL, "the profile for keys that a network began with"},
	{NULL, NULL, NULL},
};

const struct command setup_commands[] = {
	{"setup", "", "", 0, 0, CLI_NOTHING, "make keys, and ask for a certificate", options,
	 (const char *const[]){"setup --mode patient --peer https://peer.example:7443 --name 'A. Vermeer'"
			       " --pin 4f1c09d2a7b35e8860f4a1c2d39e57b81c6d0f2a4b8e93175cd2e0f6a9b43817",
			       "setup --mode officer --card jansen.card", NULL},
	 setup},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
