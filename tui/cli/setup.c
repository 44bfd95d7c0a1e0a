/* SPDX-License-Identifier: Apache-2.0 */
/* medlock setup: a new profile. */
#include "core/app/setup.h"
#include "tui/cli/cli.h"

static enum err setup(struct cli *c)
{
	struct app_setup s = {
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
	struct app_setup_done done;
	char text[ID_HEX];

	if (s.mode == NULL || s.peer_url == NULL || s.pin == NULL || s.name == NULL)
		return err_set(&c->info, ERR_USAGE, "say --mode, --peer, --pin and --name");
	TRY(app_setup(&done, &s, &c->task, &c->info));
	hex_encode(text, done.account.b, ID_SIZE);
	if (c->json) {
		json_hex(&c->w, "account", BYTES_ID(done.account));
		json_string(&c->w, "enrolment", done.enrolment);
		json_boolean(&c->w, "sent", done.sent);
	}
	cli_say(c, "The profile is ready, and its account is\n  %s\n", text);
	if (done.sent)
		cli_say(c, "The peer keeps your sealed request for the certificate authority. Its answer\n"
			   "comes with `medlock sync`; `medlock enrolment status` tells where it stands.\n");
	else
		cli_say(c, "The peer could not take your request for the certificate authority: the next\n"
			   "`medlock sync` tries again.\n");
	cli_say(c, "You can also hand over this file:\n  %s\n", done.enrolment);
	cli_say(c, "Print your recovery card now: `medlock key card`.\n");
	return ERR_OK;
}

static const struct cli_option options[] = {
	{"mode", "MODE", "patient, clinician, researcher"},
	{"peer", "URL", "https://host:port of a peer"},
	{"pin", "HASH", "SHA-256 of the peer's key, from its operator"},
	{"name", "TEXT", "for the certificate authority only"},
	{"organisation", "TEXT", "where you work"},
	{"minor-until", "DATE", "a minor's account: until then the certificate authority names who acts for it"},
	{"request", "FILE", "where a copy of the enrolment request goes"},
	{NULL, NULL, NULL},
};

const struct command setup_commands[] = {
	{"setup", "", "", 0, 0, CLI_NOTHING, "make keys, and ask for a certificate", options,
	 (const char *const[]){"setup --mode patient --peer https://peer.example:7443 --name 'A. Vermeer'"
			       " --pin 4f1c09d2a7b35e8860f4a1c2d39e57b81c6d0f2a4b8e93175cd2e0f6a9b43817",
			       NULL},
	 setup},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
