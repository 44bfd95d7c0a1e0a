/* SPDX-License-Identifier: Apache-2.0 */
/* medlock ca export, certificate, backup: what leaves the desk in files. */
#include "core/app/ca_export.h"

#include "tui/cli/cli.h"

static enum err export_register(struct cli *c)
{
	const struct app_ca_export wish = {.path = cli_value(c, "out"), .since = cli_value(c, "since"),
					   .format = cli_value(c, "format") ? cli_value(c, "format") : "json"};
	uint64_t rows = 0;

	if (wish.path == NULL)
		return err_set(&c->info, ERR_USAGE, "say --out FILE");
	TRY(app_ca_export(c->app, &rows, &wish, &c->info));
	if (c->json) {
		json_uint(&c->w, "rows", rows);
		json_string(&c->w, "path", wish.path);
	}
	cli_say(c, "%llu decisions in %s, signed in %s.sig. Anybody checks it with the issuing certificate:\n"
		   "  medlock ca certificate issuing --out issuing.pem\n"
		   "  openssl x509 -in issuing.pem -noout -pubkey >issuing-public.pem\n"
		   "  openssl dgst -sha256 -verify issuing-public.pem -signature %s.sig %s\n", (unsigned long long)rows,
		cli_foreign(c, wish.path), cli_foreign(c, wish.path), cli_foreign(c, wish.path), cli_foreign(c, wish.path));
	return ERR_OK;
}

static enum err certificate(struct cli *c)
{
	const char *out = cli_value(c, "out");

	if (out == NULL)
		return err_set(&c->info, ERR_USAGE, "say --out FILE (PEM)");
	TRY(app_ca_certificate(c->app, c->arguments[0], out, &c->info));
	if (c->json)
		json_string(&c->w, "path", out);
	cli_say(c, "Certificate written to %s.\n", cli_foreign(c, out));
	return ERR_OK;
}

static enum err backup(struct cli *c)
{
	const char *to = cli_value(c, "to");
	struct app_backup done = {0};

	if (to == NULL)
		return err_set(&c->info, ERR_USAGE, "say --to FOLDER: a new one, on another machine's disk");
	TRY(app_ca_backup(c->app, &done, to, &c->info));
	if (c->json) {
		json_uint(&c->w, "rows", done.rows);
		json_string(&c->w, "head", done.head);
		json_string(&c->w, "path", to);
	}
	cli_say(c, "%llu rows of the register, verified in the copy, and the sealed keystore are in %s.\n"
		   "  head %s\nThe passphrase is not in it: keep it elsewhere.\n", (unsigned long long)done.rows,
		cli_foreign(c, to), done.head);
	return ERR_OK;
}

static const struct cli_option export_options[] = {
	{"out", "FILE", "where it goes; the signature goes to FILE.sig"}, {"format", "FORMAT", "json (default) or csv"},
	{"since", "DATE", "only decisions since then"}, {NULL, NULL, NULL}};
static const struct cli_option certificate_options[] = {{"out", "FILE", "where it goes (PEM)"}, {NULL, NULL, NULL}};
static const struct cli_option backup_options[] = {{"to", "FOLDER", "a new folder"}, {NULL, NULL, NULL}};

const struct command ca_export_commands[] = {
	{"ca", "export", "", 0, 0, CLI_KEYS, "decisions of the register in a signed file", export_options,
	 (const char *const[]){"ca export --out decisions.csv --format csv --since 2026-11-01", NULL}, export_register},
	{"ca", "certificate", "SERIAL", 1, 1, CLI_KEYS, "one certificate as PEM; also 'issuing' and 'root'",
	 certificate_options,
	 (const char *const[]){"ca certificate issuing --out issuing.pem", NULL}, certificate},
	{"ca", "backup", "", 0, 0, CLI_KEYS, "copy register and sealed keystore", backup_options,
	 (const char *const[]){"ca backup --to backup-2026-11-23", NULL}, backup},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
