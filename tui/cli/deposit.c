/* SPDX-License-Identifier: Apache-2.0 */
/* medlock deposit: encrypt a file for its owner, give it to the peers, register it. */
#include "core/app/records.h"
#include "tui/cli/cli.h"
#include "tui/cli/record_print.h"

static void print_deposited(struct cli *c, const struct app_deposited *d)
{
	char id[ID_HEX];

	hex_encode(id, d->record.b, ID_SIZE);
	if (c->json) {
		json_hex(&c->w, "record", BYTES_ID(d->record));
		json_hex(&c->w, "tx", BYTES_ID(d->tx));
		json_uint(&c->w, "height", d->height);
		json_string(&c->w, "category", d->description.category);
		json_string(&c->w, "confidentiality", d->description.confidentiality);
		cli_renditions(c, &d->description);
		json_begin_array(&c->w, "dropped");
		json_end_array(&c->w);
	}
	cli_say(c, "Record %.12s: %s, confidentiality %s%s%s, registered in block %llu.\n", id,
		d->description.category, d->description.confidentiality,
		d->description.labels[0] ? ", labels " : "", d->description.labels,
		(unsigned long long)d->height);
}

static enum err put(struct cli *c)
{
	struct app_deposit d = {
		.path = c->arguments[0], .category = cli_value(c, "category"),
		.confidentiality = cli_value(c, "confidentiality"), .dry_run = cli_switch(c, "dry-run"),
	};
	struct app_deposited done = {0};

	if (cli_value(c, "owner") == NULL)
		return err_set(&c->info, ERR_USAGE, "say --owner WHO");
	TRY(app_find(c->app, &d.owner, cli_value(c, "owner"), &c->info));
	TRY(cli_gather(c, d.labels, sizeof(d.labels) / sizeof(d.labels[0]), "label"));
	TRY(app_deposit_put(c->app, &done, &d, &c->info));
	if (d.dry_run)
		cli_say(c, "Would register %s, confidentiality %s%s%s (--dry-run).\n", done.description.category,
			done.description.confidentiality, done.description.labels[0] ? ", labels " : "",
			done.description.labels);
	else
		print_deposited(c, &done);
	return ERR_OK;
}

static enum err list(struct cli *c)
{
	struct app_records all;

	TRY(app_deposit_list(c->app, &all, &c->info));
	cli_records(c, "deposits", &all);
	app_records_release(&all);
	return ERR_OK;
}

static const struct cli_option put_options[] = {
	{"owner", "WHO", "whose record it is"}, {"category", "CODE", "instead of the proposed kind"},
	{"label", "CODE…", "a sensitivity to add (repeat)"}, {"confidentiality", "CODE", "U, L, M, N, R or V"},
	{"dry-run", NULL, "show what would be registered"}, {NULL, NULL, NULL},
};

const struct command deposit_commands[] = {
	{"deposit", "put", "FILE", 1, 1, CLI_KEYS, "encrypt a record, store it, register it", put_options,
	 (const char *const[]){"deposit put labs.json --owner anna",
			   "deposit put scan.pdf --owner anna --category IMG", NULL},
	 put},
	{"deposit", "list", "", 0, 0, CLI_KEYS, "what this profile deposited", NULL,
	 (const char *const[]){"deposit list", NULL}, list},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
