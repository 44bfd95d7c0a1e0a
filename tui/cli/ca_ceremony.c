/* SPDX-License-Identifier: Apache-2.0 */
/* medlock ca ceremony, issuing: what needs the root key. */
#include "core/app/ca_ceremony.h"

#include "tui/cli/cli.h"

#define WITNESSES_MAX 13u /* one more than the ceremony takes, and the end */

static enum err ceremony(struct cli *c)
{
	const char *witnesses[WITNESSES_MAX + 1] = {0};
	struct app_ceremony wish = {.out = cli_value(c, "out"), .passphrase_file = cli_value(c, "root-passphrase-file"),
				    .witnesses = witnesses, .unrehearsed = cli_value(c, "unrehearsed"),
				    .dry_run = cli_switch(c, "dry-run")};
	struct app_ceremony_done done = {0};

	TRY(cli_gather(c, witnesses, WITNESSES_MAX + 1, "witness"));
	while (witnesses[wish.witness_count] != NULL)
		wish.witness_count++;
	if (wish.witness_count == 0)
		return err_set(&c->info, ERR_USAGE, "say --witness NAME, once for each person who watches");
	if (wish.out == NULL)
		return err_set(&c->info, ERR_USAGE, "say --out FOLDER: a new one, on a medium that goes off line");
	TRY(app_ca_ceremony(c->app, &done, &wish, &c->info));
	if (c->json) {
		json_boolean(&c->w, "rehearsal", wish.dry_run);
		json_string(&c->w, "transcript", done.transcript.len > 0 ? buf_text(&done.transcript) : "");
		json_string(&c->w, "folder", wish.dry_run ? "" : wish.out);
	}
	if (done.transcript.len > 0)
		cli_say(c, "%s\n", buf_text(&done.transcript)); /* the ceremony took visible text only */
	if (wish.dry_run) {
		cli_say(c, "Rehearsed; nothing counts. Now the same command without --dry-run, within a day.\n");
	} else {
		cli_say(c, "Root key, certificates, list and transcript are in %s. Check the transcript's signature there:\n"
			   "  openssl dgst -sha256 -verify root-public.pem -signature transcript.sig transcript.txt\n"
			   "Then take that folder off line: root.key is nowhere else, and the desk does not need it.\n",
			cli_foreign(c, wish.out));
	}
	buf_release(&done.transcript);
	return ERR_OK;
}

static enum err issuing(struct cli *c)
{
	const struct app_root root = {cli_value(c, "root"), cli_value(c, "root-passphrase-file")};
	const char *out = cli_value(c, "out");
	bool dry_run = cli_switch(c, "dry-run");

	if (root.file == NULL)
		return err_set(&c->info, ERR_USAGE, "say --root FILE: the root key of the ceremony");
	if (out == NULL && !dry_run)
		return err_set(&c->info, ERR_USAGE, "say --out FILE for the certificate (PEM)");
	TRY(app_ca_issuing(c->app, &root, out, dry_run, &c->info));
	if (c->json)
		json_string(&c->w, "path", dry_run ? "" : out);
	if (dry_run)
		cli_say(c, "Nothing was done (--dry-run): the root key opens, and the certificate would pass the lint.\n");
	else
		cli_say(c, "New issuing certificate in %s; what was issued before stays valid under it.\n",
			cli_foreign(c, out));
	return ERR_OK;
}

#define ROOT_PASSPHRASE {"root-passphrase-file", "FILE", "the root key's own passphrase, else it is asked for"}
static const struct cli_option ceremony_options[] = {
	{"dry-run", NULL, "rehearse: the whole script on keys that are thrown away"},
	{"out", "FOLDER", "a new folder for root key, certificates and transcript"},
	{"witness", "NAME…", "who watches; once for each"}, ROOT_PASSPHRASE,
	{"unrehearsed", "REASON", "hold it without a rehearsal; the reason goes into the transcript"}, {NULL, NULL, NULL}};
static const struct cli_option issuing_options[] = {
	{"root", "FILE", "the root key of the ceremony"}, ROOT_PASSPHRASE,
	{"out", "FILE", "where the certificate goes (PEM)"},
	{"dry-run", NULL, "show what would happen"}, {NULL, NULL, NULL}};

const struct command ca_ceremony_commands[] = {
	{"ca", "ceremony", "", 0, 0, CLI_KEYS, "make the authority: root and issuing key, with a signed transcript",
	 ceremony_options,
	 (const char *const[]){"ca ceremony --out ceremony --witness 'W. Itness' --dry-run", NULL}, ceremony},
	{"ca", "issuing", "", 0, 0, CLI_KEYS, "renew the issuing certificate with the root key", issuing_options,
	 (const char *const[]){"ca issuing --root root.key --out issuing.pem", NULL}, issuing},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
