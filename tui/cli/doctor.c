/* SPDX-License-Identifier: Apache-2.0 */
/* medlock doctor, explain, manual, completion: about the program itself. */
#include "core/app/ca.h"
#include "tui/cli/check_print.h"
#include "tui/cli/cli.h"

#include <string.h>

enum err cli_checks(struct cli *c, const struct app_checks *all)
{
	if (c->json) {
		json_begin_array(&c->w, "checks");
		for (size_t i = 0; i < all->count; i++) {
			json_begin_object(&c->w, NULL);
			json_string(&c->w, "what", all->rows[i].what);
			json_boolean(&c->w, "ok", all->rows[i].ok);
			json_string(&c->w, "level", !all->rows[i].ok ? "fail" : all->rows[i].warn ? "warn" : "ok");
			json_string(&c->w, "text", all->rows[i].words);
			json_string(&c->w, "next", all->rows[i].next);
			json_end_object(&c->w);
		}
		json_end_array(&c->w);
		json_uint(&c->w, "failed", all->failed);
		json_uint(&c->w, "warned", all->warned);
	}
	for (size_t i = 0; i < all->count; i++) {
		const struct app_check *x = &all->rows[i];

		cli_say(c, "%-4s  %-20s %s\n", !x->ok ? "BAD" : x->warn ? "warn" : "ok", x->what, cli_foreign(c, x->words));
		if (x->next[0] != '\0')
			cli_say(c, "      next: %s\n", cli_foreign(c, x->next));
	}
	return all->failed == 0 ? ERR_OK : err_set(&c->info, ERR_CHECKS, "%zu of %zu", all->failed, all->count);
}

static enum err doctor(struct cli *c)
{
	struct app_checks all;

	TRY(app_doctor(c->app, &all, &c->info));
	return cli_checks(c, &all);
}

static enum err explain(struct cli *c)
{
	const struct err_row *row = err_row_by_code(c->arguments[0]);

	if (row == NULL)
		return err_set(&c->info, ERR_NOT_FOUND, "there is no code '%s'", c->arguments[0]);
	if (c->json) {
		json_string(&c->w, "code", row->code);
		json_string(&c->w, "class", row->class_name);
		json_string(&c->w, "text", row->text);
		json_string(&c->w, "next", row->next);
		json_int(&c->w, "exit", row->exit_status);
	}
	cli_say(c, "%s: %s.\n  next: %s\n  exit status %d\n", row->code, row->text,
		row->next[0] ? row->next : "nothing", row->exit_status);
	return ERR_OK;
}

static enum err manual(struct cli *c)
{
	if (c->json)
		return err_set(&c->info, ERR_USAGE, "the manual page is a text");
	cli_manual(&c->out);
	return ERR_OK;
}

static enum err completion(struct cli *c)
{
	if (strcmp(c->arguments[0], "bash") != 0)
		return err_set(&c->info, ERR_USAGE, "completion for '%s': only bash", c->arguments[0]);
	if (!c->json)
		cli_completion_bash(&c->out);
	return ERR_OK;
}

const struct command doctor_commands[] = {
	{"doctor", "", "", 0, 0, CLI_KEYS, "check this profile: files, clock, peer, replica", NULL,
	 (const char *const[]){"doctor", NULL}, doctor},
	{"explain", "", "CODE", 1, 1, CLI_NOTHING, "what an error code means and what to do", NULL,
	 (const char *const[]){"explain E-CONSENT-04", NULL}, explain},
	{"manual", "", "", 0, 0, CLI_NOTHING, "the manual page medlock(1), for man -l", NULL,
	 (const char *const[]){"manual", NULL}, manual},
	{"completion", "", "SHELL", 1, 1, CLI_NOTHING, "completion for a shell (bash)", NULL,
	 (const char *const[]){"completion bash", NULL}, completion},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
