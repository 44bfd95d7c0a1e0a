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

	if (s.mode == NULL || s.peer_url == NULL || s.pin == NULL || s.name == NULL)
		return err_set(&c->info, ERR_USAGE, "say --mode, --peer, --pin and --name");
	TRY(app_setup(&done, &s, &c->task, &c->info));
	if (c->json) {
		json_hex(&c->w, "account", BYTES_ID(done.account));
		json_string(&c->w, "enrolment", done.enrolment);
	}
	cli_say(c, "The profile is ready. Bring this file to the certificate authority:\n  %s\n", done.enrolment);
	return ERR_OK;
}

static const struct cli_option options[] = {
	{"mode", "MODE", "patient, clinician, researcher"},
	{"peer", "URL", "https://host:port of a peer"},
	{"pin", "HASH", "SHA-256 of the peer's key, from its operator"},
	{"name", "TEXT", "for the certificate authority only"},
	{"organisation", "TEXT", "where you work"},
	{"minor-until", "DATE", "a minor's account: until then the certificate authority names who acts for it"},
	{"request", "FILE", "where the enrolment request goes"},
	{NULL, NULL, NULL},
};

const struct command setup_commands[] = {
	{"setup", "", "", 0, 0, CLI_NOTHING, "make keys and an enrolment request", options,
	 (const char *const[]){"setup --mode patient --peer https://peer.example:7443 --name 'A. Vermeer'"
			       " --pin 4f1c09d2a7b35e8860f4a1c2d39e57b81c6d0f2a4b8e93175cd2e0f6a9b43817",
			       NULL},
	 setup},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
