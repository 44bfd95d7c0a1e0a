/* SPDX-License-Identifier: Apache-2.0 */
/* Help and completion, both from the table of commands. */
#include "tui/cli/cli.h"

#include <string.h>

#define WORD_MAX 32u
#define OPTION_COLUMNS 24u

size_t cli_distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], la = strlen(a), lb = strlen(b);

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[lb];
}

static void overview(struct buf *out)
{
	const char *noun = "";

	buf_append_text(out, "medlock: share medical records over a ledger that nobody controls alone\n\n"
			     "Begin with\n"
			     "  medlock demo                     a synthetic network to try everything on\n"
			     "  medlock setup --help             your own profile on a real network\n"
			     "  medlock NOUN VERB --help         examples and options of one command\n\n");
	for (size_t i = 0; cli_command(i) != NULL; i++) {
		const struct command *c = cli_command(i);

		if (strcmp(noun, c->noun) != 0)
			buf_printf(out, "%s\n", c->noun);
		noun = c->noun;
		buf_printf(out, "  %-9s %-8s %s\n", c->verb[0] ? c->verb : "", c->arguments, c->summary);
	}
	buf_append_text(out, "\nEverywhere: -C DIR, --json, --passphrase-file FILE, --quiet, --help.\n"
			     "Exit: 0 ok, 1 failed, 2 usage, 3 cancelled, 4 locked, 5 refused, 6 not found,\n"
			     "      7 verification failed, 8 pending, 9 network, 10 conflict.\n");
}

/* Columns of a text of ours: bytes that do not continue a character. */
static size_t columns(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

static void option_line(struct buf *out, const struct cli_option *o)
{
	const char *value = o->value ? o->value : "";
	size_t used = columns(o->name) + 1 + columns(value);

	buf_printf(out, "  %s%s %s%*s %s\n", o->name[1] ? "--" : "-", o->name, value,
		   used < OPTION_COLUMNS ? (int)(OPTION_COLUMNS - used) : 0, "", o->help);
}

void cli_help(struct buf *out, const struct command *command)
{
	if (command == NULL) {
		overview(out);
		return;
	}
	buf_append_text(out, "Examples\n");
	for (size_t i = 0; command->examples != NULL && command->examples[i] != NULL; i++)
		buf_printf(out, "  medlock %s\n", command->examples[i]);
	buf_printf(out, "\nmedlock %s%s%s%s%s\n  %s\n", command->noun, command->verb[0] ? " " : "", command->verb,
		   command->arguments[0] ? " " : "", command->arguments, command->summary);
	if (command->options != NULL)
		buf_append_text(out, "\nOptions\n");
	for (const struct cli_option *o = command->options; o != NULL && o->name != NULL; o++)
		option_line(out, o);
	buf_append_text(out, "\nEverywhere: -C DIR, --json, --passphrase-file FILE, --quiet, --help.\n");
}

/* One case line a command: its own options, after the noun and the verb.  A noun that stands alone comes after its verbs. */
static void completion_options(struct buf *out)
{
	for (size_t i = 0; cli_command(i) != NULL; i++) {
		const struct command *c = cli_command(i);

		if (c->verb[0] == '\0')
			buf_printf(out, "    '%s '*) words='", c->noun);
		else
			buf_printf(out, "    '%s %s') words='", c->noun, c->verb);
		for (const struct cli_option *o = c->options; o != NULL && o->name != NULL; o++)
			buf_printf(out, "--%s ", o->name);
		buf_append_text(out, "' ;;\n");
	}
}

static void completion_verbs(struct buf *out)
{
	const char *noun = NULL;

	for (size_t i = 0; cli_command(i) != NULL; i++) {
		const struct command *c = cli_command(i);

		if (noun == NULL || strcmp(noun, c->noun) != 0)
			buf_printf(out, "%s    %s) words='", noun ? "' ;;\n" : "", c->noun);
		noun = c->noun;
		buf_printf(out, "%s ", c->verb);
	}
	buf_append_text(out, "' ;;\n");
}

void cli_completion_bash(struct buf *out)
{
	const char *noun = "";

	buf_append_text(
		out,
		"# bash completion for medlock; made by 'medlock completion bash'\n"
		"_medlock() {\n"
		"  local current=${COMP_WORDS[COMP_CWORD]} noun=${COMP_WORDS[1]} verb=${COMP_WORDS[2]} words=''\n"
		"  if [ \"$COMP_CWORD\" -eq 1 ]; then words='");
	for (size_t i = 0; cli_command(i) != NULL; i++) {
		if (strcmp(noun, cli_command(i)->noun) != 0)
			buf_printf(out, "%s ", cli_command(i)->noun);
		noun = cli_command(i)->noun;
	}
	buf_append_text(out, "'\n  elif [[ $current == -* ]]; then case \"$noun $verb\" in\n");
	completion_options(out);
	buf_append_text(out, "    esac; words=\"$words -C --json --passphrase-file --quiet --help\"\n"
			     "  elif [ \"$COMP_CWORD\" -eq 2 ]; then case \"$noun\" in\n");
	completion_verbs(out);
	buf_append_text(out, "    esac\n  fi\n"
			     "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
			     "  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$current\"))\n"
			     "}\ncomplete -F _medlock medlock\n");
}
