/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: one table of commands from which parsing, help, completion and the examples' test come.
 *
 * stdout carries data, stderr words and progress.  With --json a command prints one object on one line with "v":1, for a
 * failure too.  Exit statuses are those of err.def.  A command gathers what it shows before it prints the first byte.
 */
#ifndef MEDLOCK_TUI_CLI_H
#define MEDLOCK_TUI_CLI_H

#include <stdio.h>

#include "core/app/app.h"
#include "core/base/json.h"
#include "core/base/task.h"

#define CLI_ARGUMENTS_MAX 16u
#define CLI_OPTIONS_MAX 64u
#define CLI_FOREIGN_MAX 262144u /* more than the widest row times the longest record */

struct cli;

struct cli_option {
	const char *name;  /* without the dashes; a one-letter name has one dash */
	const char *value; /* how the value is called in help; NULL: a switch */
	const char *help;
};

/* What a command needs before it runs. */
enum cli_need {
	CLI_NOTHING,  /* no profile */
	CLI_PROFILE,  /* the profile, keys locked */
	CLI_KEYS,     /* the keys unlocked */
};

struct command {
	const char *noun, *verb;  /* verb "" when the noun stands alone */
	const char *arguments;    /* as help shows them */
	uint8_t arguments_min, arguments_max;
	enum cli_need need;
	const char *summary;      /* one line */
	const struct cli_option *options; /* ended by a NULL name; may be NULL */
	const char *const *examples;      /* ended by NULL; the part after "medlock " */
	enum err (*run)(struct cli *c);
};

/* All commands, in the order of help. */
const struct command *cli_command(size_t index); /* NULL past the end */
const struct command *cli_find(const char *noun, const char *verb);

struct cli_value {
	const struct cli_option *option;
	const char *value;
};

struct cli {
	const struct command *command;
	const char *home, *passphrase_file;
	bool json, help, quiet, version;
	bool inside; /* a line of the screens: no stdin, no stderr (line.h) */
	const char *arguments[CLI_ARGUMENTS_MAX];
	size_t argument_count;
	struct cli_value values[CLI_OPTIONS_MAX];
	size_t value_count;

	struct app *app;      /* when the command needs it */
	struct task task;     /* progress on stderr, cancelled by Ctrl-C */
	struct err_info info;
	struct buf out;       /* stdout, written at the end */
	struct json_writer w; /* inside the one object */
	const char *program;  /* argv[0], for commands that start others */
	bool progress_shown;
	struct cli_pace { const char *what; int64_t begun_ms, shown_ms; uint64_t from; } pace; /* of the work shown */
	bool draft_shown; /* by undo.c */
	char **foreign; /* gated texts, freed at the end */
	size_t foreign_count, foreign_size;
};

void cli_release(struct cli *c);
/* Run one command line; returns the exit status. */
int cli_main(int argc, char **argv);

/* Commands about consent, records and the access list do the same for somebody whose proxy one is. */
#define CLI_FOR {"for", "WHO", "do it for somebody who named me as proxy"}
extern const struct cli_option cli_for_options[]; /* for commands without others */

/* Fill c from the words.  ERR_USAGE with the near miss in info. */
enum err cli_parse(struct cli *c, int argc, char **argv) MUST_USE;

/* Values of options: the only one, the n-th of a repeated one, or NULL / false. */
const char *cli_value(const struct cli *c, const char *name);
const char *cli_value_at(const struct cli *c, const char *name, size_t index);
bool cli_switch(const struct cli *c, const char *name);
/* All values of a repeated option into a list of size entries, the last of them NULL.  ERR_USAGE when they are too many. */
enum err cli_gather(struct cli *c, const char **list, size_t size, const char *option) MUST_USE;

void cli_help(struct buf *out, const struct command *command); /* NULL: the overview */
void cli_completion_bash(struct buf *out);
void cli_manual(struct buf *out); /* medlock(1), in man(7) */
const struct cli_option *cli_global_option(size_t index); /* NULL past the end */
size_t cli_distance(const char *a, const char *b); /* edits between two short words, for "did you mean" */

/* Text for people; foreign text must pass cli_foreign. */
void cli_say(struct cli *c, const char *format, ...) PRINTF_LIKE(2, 3);
/* A gated sentence over as many lines as it takes, lead in front of the first and room for it before the others. */
#define CLI_COLUMNS 76u /* and the story's indent of four */
void cli_say_wrapped(struct cli *c, const char *lead, const char *text);
const char *cli_foreign(struct cli *c, const char *text); /* gated; lives until the command ends */

/* The last steps of a command line (output.c). */
void cli_progress(void *self, const char *what, uint64_t done, uint64_t total);
/* One line of progress: how far, and for bytes how fast (moved in ms) and how long still. */
void cli_pace_line(struct buf *out, const char *what, uint64_t done, uint64_t total, uint64_t moved, int64_t ms);
enum err cli_flush(struct cli *c) MUST_USE;
void cli_json_error(struct cli *c, enum err e);
void cli_text_error(const struct cli *c, enum err e);

/* Commands of each noun, ended by a NULL noun. */
extern const struct command setup_commands[], enrolment_commands[], demo_commands[], sync_commands[],
	consent_commands[], consent_file_commands[], consent_preset_commands[], consent_team_commands[],
	receipt_commands[], ask_commands[], proxy_commands[], log_commands[], record_commands[], deposit_commands[],
	request_commands[], ledger_commands[], ca_commands[], ca_end_commands[], ca_ceremony_commands[],
	ca_export_commands[], key_commands[], key_helper_commands[], mail_commands[], contact_commands[],
	research_commands[], peer_commands[], doctor_commands[], screens_commands[];

#endif
