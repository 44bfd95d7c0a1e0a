/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/cli/line.h"

#include <stdlib.h>
#include <string.h>

#include "core/app/proxy.h"
#include "tui/cli/cli.h"

#define LINE_WORDS_MAX 128u

/* "-" is standard input to commands that read a file; here that is where the screens take their keys from. */
static bool reads_stdin(const struct cli *c)
{
	bool reads = false;

	for (size_t i = 0; i < c->argument_count; i++)
		reads |= strcmp(c->arguments[i], "-") == 0;
	for (size_t i = 0; i < c->value_count; i++)
		reads |= c->values[i].value != NULL && strcmp(c->values[i].value, "-") == 0;
	return reads;
}

static enum err run(struct cli *c)
{
	if (c->command == NULL || c->help || c->version)
		return err_set(&c->info, ERR_USAGE, "this line does nothing here");
	if (c->home != NULL || c->passphrase_file != NULL || c->json)
		return err_set(&c->info, ERR_USAGE, "-C, --passphrase-file and --json are for the command line alone");
	if (reads_stdin(c))
		return err_set(&c->info, ERR_USAGE, "'-' is the command line's standard input: name a file");
	if (c->command->need == CLI_NOTHING && c->command->run != NULL && strcmp(c->command->noun, "explain") != 0)
		return err_set(&c->info, ERR_USAGE, "'%s' runs on the command line alone", c->command->noun);
	if (cli_value(c, "for") != NULL)
		TRY(app_act_for(c->app, cli_value(c, "for"), &c->info));
	return c->command->run(c);
}

enum err cli_run_line(struct cli_result *ret, struct app *a, const char *const *words, size_t count, struct err_info *info)
{
	struct cli c = {.program = "medlock", .app = a, .quiet = true, .inside = true};
	char *argv[LINE_WORDS_MAX + 1] = {NULL};
	enum err e;

	if (count >= LINE_WORDS_MAX)
		return err_set(info, ERR_USAGE, "more than %u words", LINE_WORDS_MAX);
	argv[0] = (char *)(uintptr_t)"medlock";
	for (size_t i = 0; i < count; i++)
		argv[i + 1] = (char *)(uintptr_t)words[i];
	task_init(&c.task, NULL, NULL);
	json_writer_init(&c.w, &c.out);
	e = cli_parse(&c, (int)count + 1, argv);
	if (e == ERR_OK)
		e = run(&c);
	if (app_act_for(a, NULL, NULL) != ERR_OK) /* --for was for this line */
		e = ERR_INTERNAL;
	if (e == ERR_OK)
		e = buf_error(&c.out);
	if (buf_error(&c.out) == ERR_OK)
		buf_append_bytes(&ret->words, buf_bytes(&c.out));
	if (e != ERR_OK && info != NULL)
		*info = c.info;
	c.app = NULL; /* stays open */
	cli_release(&c);
	return e;
}

void cli_result_release(struct cli_result *r)
{
	buf_release(&r->words);
}

static bool is_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=.,:/@+%";

	return word[0] != '\0' && word[strspn(word, plain)] == '\0';
}

static void quote(struct buf *out, const char *word)
{
	buf_append_byte(out, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buf_append_text(out, "'\\''");
		else
			buf_append_byte(out, (uint8_t)*word);
	}
	buf_append_byte(out, '\'');
}

void cli_show_line(struct buf *out, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_append_byte(out, ' ');
		if (is_plain(words[i]))
			buf_append_text(out, words[i]);
		else
			quote(out, words[i]);
	}
}
