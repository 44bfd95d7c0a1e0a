/* SPDX-License-Identifier: Apache-2.0 */
/* medlock manual: the manual page medlock(1), from the tables of commands and of actions, in man(7). */

#include <utf8proc.h>

#include "tui/cli/cli.h"
#include "tui/screens/actions.h"

/* Text as roff takes it: no escape, no request at the beginning of a line, hyphens that can be copied, and other letters by
 * their number, whatever the encoding of the reader.
 */
static void text(struct buf *out, const char *words)
{
	utf8proc_int32_t letter;

	if (words[0] == '.' || words[0] == '\'')
		buf_append_text(out, "\\&");
	for (utf8proc_ssize_t len; *words != '\0'; words += len) {
		len = utf8proc_iterate((const utf8proc_uint8_t *)words, -1, &letter);
		ASSERT(len > 0); /* our own tables */
		if (letter == '\\')
			buf_append_text(out, "\\e");
		else if (letter == '-')
			buf_append_text(out, "\\-");
		else if (letter < 0x80)
			buf_append_byte(out, (uint8_t)letter);
		else
			buf_printf(out, "\\[u%04X]", (unsigned)letter);
	}
}

static void line(struct buf *out, const char *macro, const char *words)
{
	buf_append_text(out, macro);
	text(out, words);
	buf_append_byte(out, '\n');
}

static void tagged(struct buf *out, const char *tag, const char *value, const char *words)
{
	buf_append_text(out, ".TP\n\\fB");
	text(out, tag);
	buf_append_text(out, "\\fR");
	if (value[0] != '\0') {
		buf_append_text(out, " \\fI");
		text(out, value);
		buf_append_text(out, "\\fR");
	}
	buf_append_byte(out, '\n');
	line(out, "", words);
}

static void one_option(struct buf *out, const struct cli_option *o)
{
	struct buf name = BUF_INIT;

	buf_printf(&name, "%s%s", o->name[1] != '\0' ? "--" : "-", o->name);
	tagged(out, buf_text(&name), o->value != NULL ? o->value : "", o->help);
	buf_release(&name);
}

static void one_command(struct buf *out, const struct command *c)
{
	buf_append_text(out, ".SS \"");
	text(out, c->noun);
	buf_append_text(out, c->verb[0] != '\0' ? " " : "");
	text(out, c->verb);
	buf_append_text(out, c->arguments[0] != '\0' ? " " : "");
	text(out, c->arguments);
	buf_append_text(out, "\"\n");
	line(out, "", c->summary);
	for (const struct cli_option *o = c->options; o != NULL && o->name != NULL; o++)
		one_option(out, o);
	for (size_t i = 0; c->examples != NULL && c->examples[i] != NULL; i++) {
		buf_append_text(out, ".PP\n.EX\nmedlock ");
		text(out, c->examples[i]);
		buf_append_text(out, "\n.EE\n");
	}
}

static void actions(struct buf *out)
{
	buf_append_text(out, ".SH SCREENS\nWithout a command, on a terminal, medlock opens its screens.\n"
			     "Their actions, with the keys that they have unless a keymap file gives them others:\n");
	for (size_t i = 0; action_at(i) != NULL; i++) {
		const struct action_row *row = action_at(i);
		struct buf words = BUF_INIT;

		buf_printf(&words, "%s: %s (%s)", word(LANGUAGE_EN, row->title), word(LANGUAGE_EN, row->help), row->name);
		tagged(out, row->keys[0] != '\0' ? row->keys : "by name", "", buf_text(&words));
		buf_release(&words);
	}
}

static void statuses(struct buf *out)
{
	static const char *const words[] = {
		"done", "failed", "the command line is not understood", "cancelled or declined",
		"locked, or not known to the peer", "refused by consent or policy", "not found",
		"a signature, a proof or a check does not hold", "others are awaited", "no answer in time, or no network",
		"something changed meanwhile",
	};
	char number[4];

	buf_append_text(out, ".SH \"EXIT STATUS\"\n");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		snprintf(number, sizeof(number), "%zu", i);
		tagged(out, number, "", words[i]);
	}
}

static void surroundings(struct buf *out)
{
	buf_append_text(out, ".SH ENVIRONMENT\n");
	tagged(out, "MEDLOCK_HOME", "", "the profile's folder, when -C does not name it");
	tagged(out, "MEDLOCK_UI", "", "plain: screens as lines of words");
	tagged(out, "NO_COLOR", "", "no colours on the screens");
	buf_append_text(out, ".SH FILES\n");
	tagged(out, "~/.config/medlock/screens", "", "how the screens look");
	tagged(out, "~/.config/medlock/keymap", "", "lines NAME = KEY KEY: other keys for an action");
}

void cli_manual(struct buf *out)
{
	buf_append_text(out, ".TH MEDLOCK 1 \"\" \"medlock " MEDLOCK_VERSION "\"\n.SH NAME\n"
			     "medlock \\- share medical records over a ledger that nobody controls alone\n"
			     ".SH SYNOPSIS\n.B medlock\n.RI [ options ]\n.br\n.B medlock\n.I noun verb\n.RI [ arguments ]\n"
			     ".SH OPTIONS\n");
	for (size_t i = 0; cli_global_option(i) != NULL; i++)
		one_option(out, cli_global_option(i));
	actions(out);
	buf_append_text(out, ".SH COMMANDS\n");
	for (size_t i = 0; cli_command(i) != NULL; i++)
		one_command(out, cli_command(i));
	statuses(out);
	surroundings(out);
	line(out, ".SH \"SEE ALSO\"\n", "medlockd --help");
}
