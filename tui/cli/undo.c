/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/cli/undo.h"

#include <unistd.h>

#define LINES_MAX 6u /* a screen is to hold gains, losses and the question */

static void print_list(struct cli *c, const char *key, const char *words, char **list, size_t count)
{
	if (c->json) {
		json_begin_array(&c->w, key);
		for (size_t i = 0; i < count; i++)
			json_string(&c->w, NULL, list[i]);
		json_end_array(&c->w);
	}
	for (size_t i = 0; i < count && i < LINES_MAX; i++)
		cli_say_wrapped(c, words, cli_foreign(c, list[i]));
	if (count > LINES_MAX)
		cli_say(c, "         and %zu more such lines (--json has them all)\n", count - LINES_MAX);
}

/* When nobody in the book gains, a person one does not know may. */
static void say_example(struct cli *c, const struct app_change *x)
{
	if (x->widens && x->gain_count == 0 && x->example != NULL)
		cli_say_wrapped(c, "  gains: ", cli_foreign(c, x->example));
}

static void say_change(struct cli *c, const struct app_change *x)
{
	if (x->sentence != NULL)
		cli_say_wrapped(c, "", cli_foreign(c, x->sentence));
	print_list(c, "gains", "  gains: ", x->gains, x->gain_count);
	say_example(c, x);
	print_list(c, "losses", "  loses: ", x->losses, x->loss_count);
}

/* Words for people on stderr, also with --json, before anything is decided. */
static void show_draft(struct cli *c, const struct app_change *draft)
{
	struct buf held = c->out;
	bool json = c->json;

	c->out = (struct buf)BUF_INIT;
	c->json = false;
	say_change(c, draft);
	cli_say(c, "This widens access.  It is made in %u seconds; Ctrl-C undoes it (--now does not wait).\n",
		APP_UNDO_SECONDS);
	fwrite(c->out.data, 1, c->out.len, stderr);
	buf_release(&c->out);
	c->out = held;
	c->json = json;
}

static void waiting(void *self, const struct app_change *draft, unsigned seconds_left)
{
	struct cli *c = self;

	if (c->inside)
		return;
	if (c->progress_shown)
		fputs("\r\033[K", stderr);
	c->progress_shown = false;
	if (!c->draft_shown)
		show_draft(c, draft);
	c->draft_shown = true;
	if (!c->quiet && isatty(STDERR_FILENO)) {
		fprintf(stderr, "\r\033[K%u s left; Ctrl-C undoes", seconds_left);
		c->progress_shown = true;
	}
	fflush(stderr);
}

struct app_undo cli_undo(struct cli *c)
{
	return (struct app_undo){.now = cli_switch(c, "now"), .waiting = waiting, .self = c};
}

static void print_change(struct cli *c, const struct app_change *done, bool dry_run, bool team)
{
	if (c->json) {
		json_uint(&c->w, "version", done->version);
		json_uint(&c->w, "height", done->height);
		json_hex(&c->w, "tx", BYTES_ID(done->tx));
		json_boolean(&c->w, "dry_run", dry_run);
		json_boolean(&c->w, "widens", done->widens);
		json_boolean(&c->w, "narrows", done->narrows);
		json_begin_object(&c->w, "diff");
	}
	/* On one terminal it stands above already. */
	if (!c->draft_shown || c->json || !isatty(STDERR_FILENO) || !isatty(STDOUT_FILENO))
		say_change(c, done);
	if (c->json) {
		if (done->example != NULL)
			json_string(&c->w, "example", done->example);
		json_end_object(&c->w);
	}
	if (dry_run && done->widens)
		cli_say(c, "Nothing was changed (--dry-run).  It widens access: it would wait %u s.\n", APP_UNDO_SECONDS);
	else if (dry_run)
		cli_say(c, "Nothing was changed (--dry-run).\n");
	else if (done->height == 0 && team)
		cli_say(c, "No rule changes. Rules for it: medlock consent add --who NAME …\n");
	else if (done->height == 0)
		cli_say(c, "Nothing to change: the policy says that already.\n");
	else
		cli_say(c, "Policy version %llu, from block %llu on.\n", (unsigned long long)done->version,
			(unsigned long long)done->height);
}

enum err cli_change(struct cli *c, struct app_consent_edit *edit)
{
	struct app_change done = {0};
	enum err e;

	edit->undo = cli_undo(c);
	e = app_consent_change(c->app, &done, edit, &c->info);
	if (e == ERR_OK)
		print_change(c, &done, edit->dry_run, edit->team != NULL);
	if (e == ERR_OK && done.height > 0 && done.narrows)
		cli_receipt_in_short(c, true);
	app_change_release(&done);
	return e;
}
