/* SPDX-License-Identifier: Apache-2.0 */
/* medlock tui, and bare medlock on a terminal: the screens. */
#include "tui/cli/cli.h"
#include "tui/screens/start.h"

static enum err screens(struct cli *c)
{
	const struct start_options options = {
		.home = c->home, .passphrase_file = c->passphrase_file, .world = cli_value(c, "world"),
		.theme = cli_value(c, "theme"), .language = cli_value(c, "language"), .ascii = cli_switch(c, "ascii"),
		.plain = cli_switch(c, "plain-ui"), .mouse = cli_switch(c, "mouse"), .marks = cli_value(c, "marks"),
	};

	return start_screens(&options, &c->info);
}

static const struct cli_option options[] = {
	{"plain-ui", NULL, "lines of words, with numbers to choose by; as MEDLOCK_UI=plain, and by itself where TERM is dumb"},
	{"ascii", NULL, "letters and signs of ASCII alone"},
	{"theme", "NAME", "dark, light, contrast or mono"},
	{"language", "NAME", "en or nl"},
	{"mouse", NULL, "clicks choose rows; Shift and the mouse still select text"},
	{"world", "DIR", "switch between the people of the demo world in DIR"},
	{"marks", "FILE", SCREENS_MARKS_HELP},
	{NULL, NULL, NULL},
};

const struct command screens_commands[] = {
	{"tui", "", "", 0, 0, CLI_NOTHING, "the screens; medlock alone opens them on a terminal", options,
	 (const char *const[]){"tui --plain-ui", "tui --theme light --language nl", NULL}, screens},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
