/* SPDX-License-Identifier: Apache-2.0 */
/* medlock deposit: encrypt a file for its owner, give it to the peers, register it. */
#include "core/app/records.h"
#include "tui/cli/cli.h"
#include "tui/cli/record_print.h"

static void print_dropped(struct cli *c, const struct app_losses *l)
{
	json_begin_array(&c->w, "dropped");
	for (size_t i = 0; i < l->count; i++) {
		json_begin_object(&c->w, NULL);
		json_string(&c->w, "path", l->rows[i].path);
		json_uint(&c->w, "count", l->rows[i].count);
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
}

static void say_dropped(struct cli *c, const struct app_deposited *d)
{
	const struct app_losses *l = &d->dropped;
	uint64_t values = l->further;

	for (size_t i = 0; i < l->count; i++)
		values += l->rows[i].count;
	if (d->deid)
		cli_say(c, "Without names: %zu of %zu resources stay, %llu values are dropped.\n", l->kept,
			l->kept + l->left_out, (unsigned long long)values);
	else
		cli_say(c, "There is no form without names.\n");
}

/* Which code at which place raised it. */
static void say_reasons(struct cli *c, const struct app_deposited *d)
{
	if (c->json) {
		json_begin_array(&c->w, "reasons");
		for (size_t i = 0; i < d->reason_count; i++) {
			json_begin_object(&c->w, NULL);
			json_string(&c->w, "label", d->reasons[i].what);
			json_string(&c->w, "place", d->reasons[i].place);
			json_string(&c->w, "code", d->reasons[i].code);
			json_end_object(&c->w);
		}
		json_end_array(&c->w);
	}
	if (c->json && d->lowered_from != NULL)
		json_string(&c->w, "lowered_from", d->lowered_from);
	if (d->lowered_from != NULL)
		cli_say(c, "  LOWERED by --lower: %s was proposed.\n", d->lowered_from);
	for (size_t i = 0; i < d->reason_count; i++)
		cli_say(c, "  %-8s because of %s at %s\n", d->reasons[i].what, cli_foreign(c, d->reasons[i].code),
			cli_foreign(c, d->reasons[i].place));
}

static void say_places(struct cli *c, const struct app_losses *l)
{
	for (size_t i = 0; i < l->count; i++)
		cli_say(c, "  %6llu  %s\n", (unsigned long long)l->rows[i].count, cli_foreign(c, l->rows[i].path));
}

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
		print_dropped(c, &d->dropped);
	}
	cli_say(c, "Record %.12s: %s, confidentiality %s%s%s, registered in block %llu.\n", id,
		d->description.category, d->description.confidentiality,
		d->description.labels[0] ? ", labels " : "", d->description.labels,
		(unsigned long long)d->height);
	say_reasons(c, d);
	say_dropped(c, d);
}

static void print_plan(struct cli *c, const struct app_deposited *d)
{
	if (d->resources > 0)
		cli_say(c, "%s, %zu resources.\n", d->is, d->resources);
	else
		cli_say(c, "An attachment: %s.\n", d->is);
	cli_say(c, "Would register %s, confidentiality %s%s%s (--dry-run).\n", d->description.category,
		d->description.confidentiality, d->description.labels[0] ? ", labels " : "", d->description.labels);
	say_reasons(c, d);
	say_dropped(c, d);
	say_places(c, &d->dropped);
	if (c->json)
		print_dropped(c, &d->dropped);
}

/* path, and what it replaces, if anything */
static enum err deposit_file(struct cli *c, const char *path, const struct account_id *owner,
			     const struct record_id *supersedes)
{
	struct app_deposit d = {
		.path = path, .owner = *owner, .supersedes = supersedes, .category = cli_value(c, "category"),
		.confidentiality = cli_value(c, "confidentiality"), .full_only = cli_switch(c, "full-only"),
		.dry_run = cli_switch(c, "dry-run"), .lower = cli_switch(c, "lower"),
	};
	struct app_deposited done = {0};

	TRY(cli_gather(c, d.labels, sizeof(d.labels) / sizeof(d.labels[0]), "label"));
	TRY(app_deposit_put(c->app, &done, &d, &c->info));
	if (d.dry_run)
		print_plan(c, &done);
	else
		print_deposited(c, &done);
	app_deposited_release(&done);
	return ERR_OK;
}

static enum err put(struct cli *c)
{
	struct account_id owner;

	if (cli_value(c, "owner") == NULL)
		return err_set(&c->info, ERR_USAGE, "say --owner WHO");
	TRY(app_find(c->app, &owner, cli_value(c, "owner"), &c->info));
	return deposit_file(c, c->arguments[0], &owner, NULL);
}

static enum err amend(struct cli *c)
{
	struct record_id old;
	struct app_record row;

	TRY(app_record_find(c->app, &old, c->arguments[0], &c->info));
	TRY(app_record_show(c->app, &row, &old, &c->info));
	return deposit_file(c, c->arguments[1], &row.owner, &old);
}

static enum err list(struct cli *c)
{
	struct app_records all;

	TRY(app_deposit_list(c->app, &all, &c->info));
	cli_records(c, "deposits", &all, cli_switch(c, "all"));
	app_records_release(&all);
	return ERR_OK;
}

static const struct cli_option put_options[] = {
	{"owner", "WHO", "whose record it is"}, {"category", "CODE", "instead of the proposed kind"},
	{"label", "CODE…", "a sensitivity to add (repeat)"}, {"confidentiality", "CODE", "U, L, M, N, R or V"},
	{"lower", NULL, "register a confidentiality below the proposed one"},
	{"full-only", NULL, "make no form without names and identifiers"},
	{"dry-run", NULL, "show what would be registered, and what the form without names drops"}, {NULL, NULL, NULL},
};

static const struct cli_option amend_options[] = {
	{"category", "CODE", "instead of the kind it has"}, {"label", "CODE…", "a sensitivity to add (repeat)"},
	{"confidentiality", "CODE", "U, L, M, N, R or V; not below the old version's"},
	{"lower", NULL, "register a confidentiality below the proposed one"},
	{"full-only", NULL, "make no form without names and identifiers"},
	{"dry-run", NULL, "show what would be registered, and what the form without names drops"}, {NULL, NULL, NULL},
};
static const struct cli_option list_options[] = {{"all", NULL, "old versions and erased records too"}, {NULL, NULL, NULL}};

const struct command deposit_commands[] = {
	{"deposit", "put", "FILE", 1, 1, CLI_KEYS, "encrypt a record, store it, register it", put_options,
	 (const char *const[]){"deposit put labs.json --owner anna",
			   "deposit put scan.pdf --owner anna --category IMG", NULL},
	 put},
	{"deposit", "amend", "RECORD FILE", 2, 2, CLI_KEYS, "a new version of a record deposited here", amend_options,
	 (const char *const[]){"deposit amend 4f1c09 corrected.json", NULL}, amend},
	{"deposit", "list", "", 0, 0, CLI_KEYS, "what this profile deposited", list_options,
	 (const char *const[]){"deposit list", NULL}, list},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
