/* SPDX-License-Identifier: Apache-2.0 */
/* medlock key: the keystore of this profile. */
#include "core/app/ca.h"
#include "tui/cli/cli.h"

static enum err status(struct cli *c)
{
	struct app_me me;
	char account[ID_HEX];

	app_me(c->app, &me);
	hex_encode(account, me.account.b, ID_SIZE);
	if (c->json) {
		json_hex(&c->w, "account", BYTES_ID(me.account));
		json_string(&c->w, "mode", me.mode);
		json_hex(&c->w, "network", BYTES_ID(me.network));
		json_string(&c->w, "age_recipient", me.age_recipient);
		json_uint(&c->w, "slots", me.keystore_slots);
	}
	cli_say(c, "Account  %s\nMode     %s\nReads    %s\nSlots    %u\n", account, me.mode, me.age_recipient,
		me.keystore_slots);
	return ERR_OK;
}

static enum err change(struct cli *c)
{
	TRY(app_key_change(c->app, cli_value(c, "new-passphrase-file"), &c->info));
	cli_say(c, "The passphrase was changed.\n");
	return ERR_OK;
}

static enum err export(struct cli *c)
{
	if (cli_value(c, "out") == NULL)
		return err_set(&c->info, ERR_USAGE, "say --out FILE");
	TRY(app_key_export_identity(c->app, cli_value(c, "out"), &c->info));
	if (c->json)
		json_string(&c->w, "path", cli_value(c, "out"));
	cli_say(c, "The identity was written. Whoever has this file reads all your records: keep it offline.\n");
	return ERR_OK;
}

static const struct cli_option change_options[] = {
	{"new-passphrase-file", "FILE", "the new passphrase (else asked on the terminal)"}, {NULL, NULL, NULL},
};
static const struct cli_option export_options[] = {{"out", "FILE", "a new file"}, {NULL, NULL, NULL}};

const struct command key_commands[] = {
	{"key", "status", "", 0, 0, CLI_KEYS, "account, mode and key slots", NULL,
	 (const char *const[]){"key status", NULL}, status},
	{"key", "change", "", 0, 0, CLI_KEYS, "change the passphrase", change_options,
	 (const char *const[]){"key change --new-passphrase-file new.txt", NULL}, change},
	{"key", "export", "", 0, 0, CLI_KEYS, "my age identity, which opens my records with plain age",
	 export_options, (const char *const[]){"key export --out identity.txt", NULL}, export},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
