/* SPDX-License-Identifier: Apache-2.0 */
/* medlock record: list, read, export. */
#include "core/app/records.h"
#include "core/app/risk.h"

#include <string.h>

#include "tui/cli/cli.h"
#include "tui/cli/record_print.h"

static enum err list(struct cli *c)
{
	struct app_records all;
	struct account_id owner;
	const struct account_id *of = NULL;

	if (cli_value(c, "owner") != NULL) {
		TRY(app_find(c->app, &owner, cli_value(c, "owner"), &c->info));
		of = &owner;
	}
	TRY(app_record_list(c->app, &all, of, &c->info));
	cli_records(c, "records", &all, cli_switch(c, "all"));
	app_records_release(&all);
	return ERR_OK;
}

static const char *form_of(struct cli *c)
{
	return cli_value(c, "form") ? cli_value(c, "form") : "full";
}

static void row_json(struct cli *c, const struct app_view_row *r)
{
	json_begin_object(&c->w, NULL);
	json_string(&c->w, "section", r->section);
	json_string(&c->w, "date", r->date);
	json_string(&c->w, "title", r->title);
	json_string(&c->w, "detail", r->detail);
	json_string(&c->w, "range", r->range);
	json_string(&c->w, "flag", r->flag);
	json_string(&c->w, "status", r->status);
	json_string(&c->w, "source", r->source);
	json_end_object(&c->w);
}

static void say_row(struct cli *c, const struct app_view_row *r, const char **section)
{
	if (*section == NULL || strcmp(*section, r->section) != 0)
		cli_say(c, "\n%s\n", r->section);
	*section = r->section;
	cli_say(c, "  %-10.10s  %-30s %s", cli_foreign(c, r->date), cli_foreign(c, r->title),
		cli_foreign(c, r->detail));
	if (r->range[0] != '\0')
		cli_say(c, "  [%s]", cli_foreign(c, r->range));
	if (r->flag[0] != '\0')
		cli_say(c, "  %s", cli_foreign(c, r->flag));
	if (r->status[0] != '\0' && strcmp(r->status, "final") != 0)
		cli_say(c, "  (%s)", cli_foreign(c, r->status));
	if (r->source[0] != '\0')
		cli_say(c, "  — %s", cli_foreign(c, r->source));
	cli_say(c, "\n");
}

static void print_view(struct cli *c, const struct app_view *v)
{
	const char *section = NULL;

	if (c->json)
		json_begin_array(&c->w, "rows");
	for (size_t i = 0; i < v->count; i++) {
		if (c->json)
			row_json(c, &v->rows[i]);
		else
			say_row(c, &v->rows[i], &section);
	}
	if (c->json) {
		json_end_array(&c->w);
		json_uint(&c->w, "resources", v->resources);
		json_uint(&c->w, "not_shown", v->not_shown);
	}
	if (v->not_shown > 0)
		cli_say(c, "\n%zu resources of other kinds are not shown here; 'record export' has them all.\n",
			v->not_shown);
}

/* An attachment has no rows: say what it is. */
static void print_attachment(struct cli *c, struct bytes bytes)
{
	if (c->json) {
		json_uint(&c->w, "resources", 0);
		json_uint(&c->w, "bytes", bytes.len);
		json_string(&c->w, "is", app_attachment_words(bytes));
	}
	cli_say(c, "%s of %zu bytes, verified. Read it with 'record open', save it with 'record export'.\n",
		app_attachment_words(bytes), bytes.len);
}

/* An old version reads like any record; that there is a newer one is said. */
static void say_newer(struct cli *c, const struct record_id *record)
{
	struct app_record row;
	char newer[ID_HEX];

	if (app_record_show(c->app, &row, record, NULL) != ERR_OK || strcmp(row.status, "superseded") != 0)
		return;
	hex_encode(newer, row.newer.b, ID_SIZE);
	if (c->json)
		json_hex(&c->w, "newer", BYTES_ID(row.newer));
	cli_say(c, "This is an old version. There is a newer one: %.12s.\n", newer);
}

static enum err view(struct cli *c)
{
	struct record_id record;
	struct buf bytes = BUF_INIT;
	struct app_view v = {0};
	enum err e;

	TRY(app_record_find(c->app, &record, c->arguments[0], &c->info));
	TRY(app_record_read(c->app, &bytes, &record, form_of(c), &c->info));
	if (c->json) {
		json_hex(&c->w, "record", BYTES_ID(record));
		json_string(&c->w, "form", form_of(c));
		json_boolean(&c->w, "verified", true);
	}
	say_newer(c, &record);
	e = app_record_view(&v, buf_bytes(&bytes), &c->info);
	if (e == ERR_OK)
		print_view(c, &v);
	else if (e == ERR_FHIR)
		print_attachment(c, buf_bytes(&bytes));
	app_view_release(&v);
	app_record_forget(&bytes);
	return e == ERR_FHIR ? ERR_OK : e;
}

static enum err export(struct cli *c)
{
	struct record_id record;
	struct app_export done = {0};
	const char *out = cli_value(c, "out");

	if (out == NULL)
		return err_set(&c->info, ERR_USAGE, "say --out FILE");
	TRY(app_record_find(c->app, &record, c->arguments[0], &c->info));
	if (cli_switch(c, "encrypted"))
		TRY(app_record_export_age(c->app, &record, form_of(c), out, &c->info));
	else
		TRY(app_record_export(c->app, &done, &record, form_of(c), out, &c->info));
	if (c->json) {
		json_hex(&c->w, "record", BYTES_ID(record));
		json_string(&c->w, "form", form_of(c));
		json_string(&c->w, "path", out);
	}
	if (c->json && !cli_switch(c, "encrypted")) {
		json_uint(&c->w, "bytes", done.bytes);
		json_hex(&c->w, "sha256", BYTES_ID(done.sha256));
	}
	cli_say(c, "Written to %s.\n", out);
	return ERR_OK;
}

static enum err risk(struct cli *c)
{
	struct app_risk r;

	TRY(app_record_risk(&r, c->arguments[0], &c->task, &c->info));
	if (c->json) {
		json_uint(&c->w, "people", r.people);
		json_uint(&c->w, "groups", r.groups);
		json_uint(&c->w, "smallest", r.smallest);
		json_uint(&c->w, "exposed", r.exposed);
		json_uint(&c->w, "rare_codes", r.rare_codes);
		json_uint(&c->w, "floor", r.floor);
	}
	cli_say(c, "%zu people in %zu groups of equal birth year, sex, country and rare codes.\n", r.people, r.groups);
	cli_say(c, "The smallest group has %zu; %zu people are in groups of fewer than %zu.\n", r.smallest, r.exposed,
		r.floor);
	cli_say(c, "%zu codes are rare: fewer than %zu people have them.\n", r.rare_codes, r.floor);
	return ERR_OK;
}

static const struct cli_option list_options[] = {
	{"owner", "WHO", "records of somebody who shares with me"}, {"all", NULL, "old versions and erased records too"},
	CLI_FOR, {NULL, NULL, NULL},
};
static const struct cli_option erase_options[] = {{"confirm", "XXXX", "the last four digits of the record's id"},
						  {NULL, NULL, NULL}};
static const struct cli_option view_options[] = {{"form", "FORM", "full or deid"}, CLI_FOR, {NULL, NULL, NULL}};
static const struct cli_option summary_options[] = {
	{"owner", "WHO", "of somebody who shares with me"},
	{"section", "WORD", "allergies, problems, medicines, results, …"}, CLI_FOR, {NULL, NULL, NULL},
};
static const struct cli_option open_options[] = {
	{"with", "PROGRAM", "instead of xdg-open, or $PAGER for texts"}, {"form", "FORM", "full or deid"}, CLI_FOR,
	{NULL, NULL, NULL},
};
static const struct cli_option files_options[] = {
	{"out", "DIR", "save them here"}, {"form", "FORM", "full or deid"}, CLI_FOR, {NULL, NULL, NULL},
};
static const struct cli_option export_options[] = {
	{"out", "FILE", "a new file"}, {"form", "FORM", "full or deid"},
	{"encrypted", NULL, "the age file itself, as the peers keep it"}, CLI_FOR, {NULL, NULL, NULL},
};

static const struct cli_option report_options[] = {
	{"text", "TEXT", "what is not right; - reads standard input"}, {NULL, NULL, NULL},
};

const struct command record_commands[] = {
	{"record", "list", "", 0, 0, CLI_KEYS, "records I own or may see", list_options,
	 (const char *const[]){"record list", "record list --json", NULL}, list},
	{"record", "view", "RECORD", 1, 1, CLI_KEYS, "read one record", view_options,
	 (const char *const[]){"record view 4f1c09", NULL}, view},
	{"record", "summary", "", 0, 0, CLI_KEYS, "all records as one: allergies, problems, medicines, results over time",
	 summary_options,
	 (const char *const[]){"record summary", "record summary --section results", "record summary --owner anna", NULL},
	 cli_summary},
	{"record", "open", "RECORD", 1, 1, CLI_KEYS, "open it with your own program, from a file that is removed afterwards",
	 open_options,
	 (const char *const[]){"record open 4f1c09", "record open 4f1c09 --with evince", NULL}, cli_record_open},
	{"record", "files", "RECORD", 1, 1, CLI_KEYS, "files inside of a FHIR record; --out saves them", files_options,
	 (const char *const[]){"record files 4f1c09", "record files 4f1c09 --out letters", NULL}, cli_record_files},
	{"record", "export", "RECORD", 1, 1, CLI_KEYS, "the exact original bytes into a file", export_options,
	 (const char *const[]){"record export 4f1c09 --out record.json", NULL}, export},
	{"record", "erase", "RECORD", 1, 1, CLI_KEYS, "end a record and all its versions for good", erase_options,
	 (const char *const[]){"record erase 4f1c09 --confirm 77ab", NULL}, record_erase_command},
	{"record", "report", "RECORD", 1, 1, CLI_KEYS, "tell who deposited it what is not right in it", report_options,
	 (const char *const[]){"record report 4f1c09 --text 'I stopped taking this in May.'", NULL}, record_report_command},
	{"record", "risk", "FOLDER", 1, 1, CLI_NOTHING, "how far people in records without names can be told apart", NULL,
	 (const char *const[]){"record risk research", NULL}, risk},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
