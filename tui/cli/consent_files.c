/* SPDX-License-Identifier: Apache-2.0 */
/* medlock consent: drafts and other programs' files, and the reason of one answer. */
#include <string.h>

#include "core/app/consent_why.h"
#include "core/app/records.h"
#include "core/base/files.h"
#include "tui/cli/undo.h"

#define POLICY_FILE_MAX (1024u * 1024)

/* ---- FHIR ----------------------------------------------------------------------------------- */

static enum err export(struct cli *c)
{
	struct buf text = BUF_INIT;
	enum err e = app_consent_fhir(c->app, &text, &c->info);

	if (e == ERR_OK && c->json) {
		json_raw(&c->w, "consent", buf_bytes(&text));
	} else if (e == ERR_OK) {
		buf_append_bytes(&c->out, buf_bytes(&text));
		buf_append_byte(&c->out, '\n');
	}
	buf_release(&text);
	return e;
}

static enum err import(struct cli *c)
{
	struct app_consent_edit edit = {.dry_run = cli_switch(c, "dry-run")};
	struct buf text = BUF_INIT;
	enum err e = files_read(&text, c->arguments[0], POLICY_FILE_MAX, &c->info);

	if (e == ERR_OK) {
		edit.fhir = buf_bytes(&text);
		e = edit.fhir.len > 0 ? cli_change(c, &edit) : err_set(&c->info, ERR_FORMAT, "the file is empty");
	}
	buf_release(&text);
	return e;
}

/* ---- diff ----------------------------------------------------------------------------------- */

static void print_rows(struct cli *c, const char *key, const char *lead, const struct app_diff_row *rows, size_t count)
{
	if (c->json)
		json_begin_array(&c->w, key);
	for (size_t i = 0; i < count; i++) {
		const struct app_diff_row *x = &rows[i];

		cli_say_wrapped(c, lead, cli_foreign(c, x->sentence));
		if (!c->json)
			continue;
		json_begin_object(&c->w, NULL);
		json_string(&c->w, "who", x->who);
		json_string(&c->w, "purpose", x->purpose);
		json_string(&c->w, "category", x->category);
		json_string(&c->w, "before", x->before);
		json_string(&c->w, "after", x->after);
		json_uint(&c->w, "records", x->records);
		json_hex(&c->w, "record", BYTES_ID(x->sample));
		json_string(&c->w, "text", x->sentence);
		json_end_object(&c->w);
	}
	if (c->json)
		json_end_array(&c->w);
}

static void print_diff(struct cli *c, const struct app_diff *x)
{
	print_rows(c, "gains", "  gains: ", x->gains, x->gain_count);
	print_rows(c, "losses", "  loses: ", x->losses, x->loss_count);
	if (c->json) {
		json_boolean(&c->w, "widens", x->widens);
		json_boolean(&c->w, "equal", x->equal);
		if (x->example != NULL)
			json_string(&c->w, "example", x->example);
	}
	if (x->equal)
		cli_say(c, "The two give the same answer to every question.\n");
	else if (x->gain_count + x->loss_count == 0)
		cli_say(c, "Nobody you know gains or loses any of your records today.\n");
	if (x->widens && x->gain_count == 0 && x->example != NULL)
		cli_say_wrapped(c, "  gains: ", cli_foreign(c, x->example));
	if (x->widens)
		cli_say(c, "It widens access: it would wait %u seconds before it is made.\n", APP_UNDO_SECONDS);
}

static enum err diff(struct cli *c)
{
	struct buf text = BUF_INIT;
	struct app_diff x;
	enum err e = files_read(&text, c->arguments[0], POLICY_FILE_MAX, &c->info);

	if (e == ERR_OK)
		e = app_consent_diff(c->app, &x, buf_bytes(&text), &c->info);
	buf_release(&text);
	if (e != ERR_OK)
		return e;
	print_diff(c, &x);
	app_diff_release(&x);
	return ERR_OK;
}

/* ---- why ------------------------------------------------------------------------------------ */

static void write_why(struct cli *c, const struct app_why *x, const struct record_id *record)
{
	json_hex(&c->w, "record", BYTES_ID(*record));
	json_string(&c->w, "decision", x->decision);
	json_string(&c->w, "form", x->form);
	json_string(&c->w, "reason", x->reason);
	json_uint(&c->w, "rule", x->rule);
	json_begin_object(&c->w, "without");
	json_string(&c->w, "decision", x->next_decision);
	json_string(&c->w, "form", x->next_form);
	json_string(&c->w, "reason", x->next_reason);
	json_uint(&c->w, "rule", x->next_rule);
	json_end_object(&c->w);
	json_begin_array(&c->w, "changes");
	for (size_t i = 0; i < x->hint_count; i++) {
		json_begin_object(&c->w, NULL);
		json_uint(&c->w, "rule", x->hints[i].rule);
		json_string(&c->w, "limit", x->hints[i].limit);
		json_string(&c->w, "decision", x->hints[i].decision);
		json_string(&c->w, "form", x->hints[i].form);
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
	json_string(&c->w, "text", x->text);
}

static void say_lines(struct cli *c, char *text)
{
	char *rest = text;

	for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
		if (line[0] != '\0')
			cli_say_wrapped(c, "", cli_foreign(c, line));
}

static enum err why(struct cli *c)
{
	struct app_question q = {.as = cli_value(c, "as"), .purpose = cli_value(c, "purpose"), .on = cli_value(c, "on"),
				 .emergency = cli_switch(c, "emergency")};
	struct record_id record;
	struct app_why x;

	if (q.as == NULL || q.purpose == NULL)
		return err_set(&c->info, ERR_USAGE, "say --as WHO and --purpose CODE");
	TRY(app_record_find(c->app, &record, c->arguments[0], &c->info));
	TRY(app_consent_why(c->app, &x, &record, &q, &c->info));
	if (c->json)
		write_why(c, &x, &record);
	else
		say_lines(c, x.text);
	app_why_release(&x);
	return ERR_OK;
}

static const struct cli_option export_options[] = {
	{"fhir", NULL, "as a FHIR R4 Consent (the only format)"}, CLI_FOR, {NULL, NULL, NULL}};
static const struct cli_option import_options[] = {CLI_DRY_RUN, CLI_NOW, CLI_FOR, {NULL, NULL, NULL}};
static const struct cli_option why_options[] = {
	{"as", "WHO", "who would ask"}, {"purpose", "CODE", "for what"}, {"on", "DATE", "on which day (default now)"},
	{"emergency", NULL, "as an emergency"}, CLI_FOR, {NULL, NULL, NULL},
};

const struct command consent_file_commands[] = {
	{"consent", "diff", "FILE", 1, 1, CLI_KEYS, "who would gain and lose by a draft: a JSON policy or a FHIR Consent",
	 cli_for_options,
	 (const char *const[]){"consent diff draft.json", "consent diff draft.json --json", NULL}, diff},
	{"consent", "why", "RECORD", 1, 1, CLI_KEYS, "why somebody sees a record or not, and what would change it", why_options,
	 (const char *const[]){"consent why 4f1c09 --as okafor --purpose TREAT", NULL}, why},
	{"consent", "export", "", 0, 0, CLI_KEYS, "my rules for other programs, on stdout", export_options,
	 (const char *const[]){"consent export --fhir", NULL}, export},
	{"consent", "import", "FILE", 1, 1, CLI_KEYS, "replace all rules by a FHIR Consent (R4 or R5; - reads stdin)",
	 import_options, (const char *const[]){"consent import consent.json --dry-run", NULL}, import},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
