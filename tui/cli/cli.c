/* SPDX-License-Identifier: Apache-2.0 */
/* From argv to exit status: parse, open what the command needs, run it, print once. */
#include "core/app/proxy.h"
#include "tui/cli/cli.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct command *const nouns[] = {
	screens_commands, demo_commands, setup_commands, enrolment_commands, sync_commands, consent_commands,
	consent_file_commands,
	consent_preset_commands, consent_team_commands, receipt_commands, ask_commands, proxy_commands, log_commands,
	record_commands, deposit_commands, request_commands, ledger_commands, ca_commands, ca_end_commands,
	ca_ceremony_commands, ca_export_commands, key_commands, key_helper_commands, mail_commands, contact_commands,
	research_commands, peer_commands, doctor_commands,
};

const struct cli_option cli_for_options[] = {CLI_FOR, {NULL, NULL, NULL}};

#define NOUNS (sizeof(nouns) / sizeof(nouns[0]))

const struct command *cli_command(size_t index)
{
	for (size_t n = 0; n < NOUNS; n++) {
		for (const struct command *c = nouns[n]; c->noun != NULL; c++) {
			if (index-- == 0)
				return c;
		}
	}
	return NULL;
}

const struct command *cli_find(const char *noun, const char *verb)
{
	for (size_t i = 0; cli_command(i) != NULL; i++) {
		const struct command *c = cli_command(i);

		if (strcmp(c->noun, noun) != 0)
			continue;
		if (c->verb[0] == '\0' || (verb != NULL && strcmp(c->verb, verb) == 0))
			return c;
	}
	return NULL;
}

/* The one thing a signal handler may do: set the flag that every long step looks at. */
static struct task *interrupted;

static void on_interrupt(int number)
{
	(void)number;
	task_cancel(interrupted);
}

static void catch_interrupt(struct cli *c)
{
	struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};

	interrupted = &c->task;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static enum err open_app(struct cli *c)
{
	struct app_options options = {
		.home = c->home, .passphrase_file = c->passphrase_file, .task = &c->task,
	};

	if (c->command->need == CLI_NOTHING)
		return ERR_OK;
	TRY(app_open(&c->app, &options, &c->info));
	if (c->command->need == CLI_KEYS)
		TRY(app_unlock(c->app, &c->info));
	return cli_value(c, "for") != NULL ? app_act_for(c->app, cli_value(c, "for"), &c->info) : ERR_OK;
}

static enum err run(struct cli *c)
{
	TRY(open_app(c));
	return c->command->run(c);
}

/* Close the object, print, and turn the error into words and an exit status. */
static int finish(struct cli *c, enum err e)
{
	enum err flushed;

	if (c->json) {
		if (e != ERR_OK)
			cli_json_error(c, e);
		json_end_object(&c->w);
		buf_append_byte(&c->out, '\n');
	}
	flushed = cli_flush(c);
	if (e != ERR_OK)
		cli_text_error(c, e);
	else if (flushed != ERR_OK)
		e = flushed;
	return err_row(e)->exit_status;
}

void cli_release(struct cli *c)
{
	app_free(c->app);
	buf_release(&c->out);
	for (size_t i = 0; i < c->foreign_count; i++)
		free(c->foreign[i]);
	free(c->foreign);
}

/* Bare medlock, or --help: words, no profile. */
static int show_help(struct cli *c, bool asked)
{
	enum err e;

	cli_help(&c->out, c->command);
	e = cli_flush(c);
	if (e != ERR_OK)
		return err_row(e)->exit_status;
	return asked ? 0 : err_row(ERR_USAGE)->exit_status;
}

int cli_main(int argc, char **argv)
{
	struct cli c = {.program = argv[0]};
	enum err e;
	int status;

	task_init(&c.task, cli_progress, &c);
	catch_interrupt(&c);
	e = cli_parse(&c, argc, argv);
	if (c.version) {
		printf("medlock %s\n", MEDLOCK_VERSION);
		cli_release(&c);
		return 0;
	}
	if (c.help || (e == ERR_OK && c.command == NULL)) {
		status = show_help(&c, c.help);
		cli_release(&c);
		return status;
	}
	json_writer_init(&c.w, &c.out);
	if (c.json) {
		json_begin_object(&c.w, NULL);
		json_uint(&c.w, "v", 1);
	}
	if (e == ERR_OK)
		e = run(&c);
	status = finish(&c, e);
	cli_release(&c);
	return status;
}
