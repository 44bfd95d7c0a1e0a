/* SPDX-License-Identifier: Apache-2.0 */
/* medlock record summary: everything one may read of a person, in the order of a patient summary. */
#include "core/app/summary.h"

#include <string.h>

#include "tui/cli/record_print.h"

static void row_json(struct cli *c, const struct app_summary_row *r)
{
	json_begin_object(&c->w, NULL);
	json_string(&c->w, "section", r->row.section);
	json_string(&c->w, "date", r->row.date);
	json_string(&c->w, "title", r->row.title);
	json_string(&c->w, "detail", r->row.detail);
	json_string(&c->w, "range", r->row.range);
	json_string(&c->w, "flag", r->row.flag);
	json_string(&c->w, "status", r->row.status);
	json_string(&c->w, "source", r->row.source);
	json_string(&c->w, "trend", r->trend);
	json_string(&c->w, "numbers", r->numbers);
	json_hex(&c->w, "record", BYTES_ID(r->record));
	json_string(&c->w, "from", app_name(c->app, r->from.b));
	json_time(&c->w, "at", r->at.v);
	json_end_object(&c->w);
}

static void say_row(struct cli *c, const struct app_summary_row *r)
{
	char at[TIME_TEXT], id[ID_HEX];

	time_format(at, r->at);
	hex_encode(id, r->record.b, ID_SIZE);
	cli_say(c, "  %-10.10s  %-30s %s", cli_foreign(c, r->row.date), cli_foreign(c, r->row.title),
		r->row.detail[0] ? cli_foreign(c, r->row.detail) : "");
	if (r->row.range[0] != '\0')
		cli_say(c, "  [%s]", cli_foreign(c, r->row.range));
	if (r->row.flag[0] != '\0')
		cli_say(c, "  %s", cli_foreign(c, r->row.flag));
	if (r->row.status[0] != '\0' && strcmp(r->row.status, "final") != 0)
		cli_say(c, "  (%s)", cli_foreign(c, r->row.status));
	cli_say(c, "\n");
	if (r->numbers[0] != '\0')
		cli_say(c, "  %-10s  %s%s%s\n", "", cli_foreign(c, r->numbers), r->trend[0] ? ": " : "", r->trend);
	cli_say(c, "  %-10s  %s%srecord %.8s from %s, %.10s\n", "", cli_foreign(c, r->row.source),
		r->row.source[0] ? "; " : "", id, cli_foreign(c, app_name(c->app, r->from.b)), at);
}

static void say_sections(struct cli *c, const struct app_summary *s, bool all)
{
	size_t at = 0;

	for (size_t i = 0; s->sections[i] != NULL; i++) {
		size_t before = at;

		if (at < s->count && strcmp(s->rows[at].row.section, s->sections[i]) == 0)
			cli_say(c, "\n%s\n", s->sections[i]);
		for (; at < s->count && strcmp(s->rows[at].row.section, s->sections[i]) == 0; at++)
			say_row(c, &s->rows[at]);
		if (at == before && all && strcmp(s->sections[i], "Other") != 0)
			cli_say(c, "\n%s\n  Nothing to show: no record that was read speaks of it.\n", s->sections[i]);
	}
}

static void say_rest(struct cli *c, const struct app_summary *s)
{
	cli_say(c, "\nFrom %zu records.", s->records);
	if (s->attachments > 0)
		cli_say(c, " %zu of them are attachments: see 'record open'.", s->attachments);
	if (s->large > 0)
		cli_say(c, " %zu are too large for this view: see 'record export'.", s->large);
	if (s->unread > 0)
		cli_say(c, " %zu could not be opened now.", s->unread);
	cli_say(c, "\n");
}

enum err cli_summary(struct cli *c)
{
	const char *section = cli_value(c, "section");
	const struct account_id *of = NULL;
	struct account_id owner;
	struct app_summary s;

	if (cli_value(c, "owner") != NULL) {
		TRY(app_find(c->app, &owner, cli_value(c, "owner"), &c->info));
		of = &owner;
	}
	TRY(app_summary(c->app, &s, of, section, &c->info));
	if (c->json) {
		json_begin_array(&c->w, "rows");
		for (size_t i = 0; i < s.count; i++)
			row_json(c, &s.rows[i]);
		json_end_array(&c->w);
		json_uint(&c->w, "records", s.records);
		json_uint(&c->w, "attachments", s.attachments);
		json_uint(&c->w, "large", s.large);
		json_uint(&c->w, "unread", s.unread);
	}
	say_sections(c, &s, section == NULL);
	if (section != NULL && s.count == 0)
		cli_say(c, "Nothing to show: no record that was read speaks of it.\n");
	say_rest(c, &s);
	/* Always the same words: whether anything is held back is not for the reader to learn. */
	if (of != NULL)
		cli_say(c, "Filtered by consent may apply: what was not granted is not here.\n");
	app_summary_release(&s);
	return ERR_OK;
}
