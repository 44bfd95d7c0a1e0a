/* SPDX-License-Identifier: Apache-2.0 */
/* medlock record open, record files: with one's own program, and what lies inside of a FHIR record. */
#include "core/app/record_open.h"

#include <unistd.h>

#include "tui/cli/record_print.h"

/* Programs that xdg-open starts do not say when they have ended. */
static void wait_for_person(void *self, const char *path, const char *program, bool ended)
{
	struct cli *c = self;
	char line[8];

	if (ended || !isatty(STDIN_FILENO))
		return;
	if (c->progress_shown)
		fputs("\r\033[K", stderr);
	c->progress_shown = false;
	fprintf(stderr, "Opened with %s as %s.\nPress Enter when you have read it: then the file is removed. ", program, path);
	fflush(stderr);
	(void)!fgets(line, sizeof(line), stdin);
}

enum err cli_record_open(struct cli *c)
{
	const char *form = cli_value(c, "form") ? cli_value(c, "form") : "full";
	struct record_id record;

	if (c->inside)
		return err_set(&c->info, ERR_USAGE, "'record open' starts a program, which only the command line does");
	if (!isatty(STDIN_FILENO) && cli_value(c, "with") == NULL)
		return err_set(&c->info, ERR_USAGE, "without a terminal say --with PROGRAM, which ends when it was read");
	TRY(app_record_find(c->app, &record, c->arguments[0], &c->info));
	TRY(app_record_open(c->app, &record, form, cli_value(c, "with"), wait_for_person, c, &c->info));
	if (c->json)
		json_hex(&c->w, "record", BYTES_ID(record));
	cli_say(c, "The file it was opened from is removed. What the program itself keeps is not medlock's to remove.\n");
	return ERR_OK;
}

static void say_file(struct cli *c, size_t number, const struct app_embedded *e)
{
	cli_say(c, "%3zu  %-18s", number, cli_foreign(c, e->type));
	if (e->bytes > 0)
		cli_say(c, "  about %llu bytes", (unsigned long long)e->bytes);
	else
		cli_say(c, "  not in the record, and not fetched: %s", cli_foreign(c, e->url));
	cli_say(c, "  %s  (%s)\n", cli_foreign(c, e->title), cli_foreign(c, e->place));
	if (e->path[0] != '\0')
		cli_say(c, "     saved as %s\n", e->path);
}

static void file_json(struct cli *c, const struct app_embedded *e)
{
	json_begin_object(&c->w, NULL);
	json_string(&c->w, "place", e->place);
	json_string(&c->w, "type", e->type);
	json_string(&c->w, "title", e->title);
	json_string(&c->w, "url", e->url);
	json_uint(&c->w, "bytes", e->bytes);
	json_string(&c->w, "path", e->path);
	json_end_object(&c->w);
}

enum err cli_record_files(struct cli *c)
{
	const char *form = cli_value(c, "form") ? cli_value(c, "form") : "full", *out = cli_value(c, "out");
	struct app_embeddeds all;
	struct record_id record;

	TRY(app_record_find(c->app, &record, c->arguments[0], &c->info));
	TRY(app_record_embedded(c->app, &all, &record, form, out, &c->info));
	if (c->json) {
		json_hex(&c->w, "record", BYTES_ID(record));
		json_begin_array(&c->w, "files");
		for (size_t i = 0; i < all.count; i++)
			file_json(c, &all.rows[i]);
		json_end_array(&c->w);
	}
	for (size_t i = 0; i < all.count; i++) {
		say_file(c, i + 1, &all.rows[i]);
		if (out != NULL && all.rows[i].bytes > 0 && all.rows[i].path[0] == '\0')
			cli_say(c, "     its base64 is wrong: not saved\n");
	}
	if (all.count == 0)
		cli_say(c, "There are no files inside of this record.\n");
	if (all.total > all.count)
		cli_say(c, "%zu more are not listed.\n", all.total - all.count);
	app_embedded_release(&all);
	return ERR_OK;
}
