/* SPDX-License-Identifier: Apache-2.0 */
/* Words to struct cli.  Flags may stand anywhere; "--" ends them. */
#include "tui/cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct cli_option global_options[] = {
	{"C", "DIR", "the profile folder (else MEDLOCK_HOME, else the XDG data folder)"},
	{"json", NULL, "print one JSON object on one line"},
	{"passphrase-file", "FILE", "read the passphrase from FILE"},
	{"quiet", NULL, "no progress"},
	{"help", NULL, "show this help"},
	{"version", NULL, "print the version"},
	{NULL, NULL, NULL},
};

const struct cli_option *cli_global_option(size_t index)
{
	return index + 1 < sizeof(global_options) / sizeof(global_options[0]) ? &global_options[index] : NULL;
}

static const struct cli_option *option_in(const struct cli_option *options, const char *name, size_t len)
{
	for (; options != NULL && options->name != NULL; options++) {
		if (strlen(options->name) == len && memcmp(options->name, name, len) == 0)
			return options;
	}
	return NULL;
}

static const struct cli_option *find_option(const struct cli *c, const char *name, size_t len)
{
	const struct cli_option *found = option_in(global_options, name, len);

	if (found == NULL && c->command != NULL)
		found = option_in(c->command->options, name, len);
	return found;
}

/* The option of ours that is nearest to what was typed, or NULL when none is near. */
static const char *nearest_option(const struct cli *c, const char *typed)
{
	const char *best = NULL;
	size_t best_distance = 3;
	const struct cli_option *lists[] = {global_options, c->command ? c->command->options : NULL};

	for (size_t l = 0; l < 2; l++) {
		for (const struct cli_option *o = lists[l]; o != NULL && o->name != NULL; o++) {
			size_t distance = cli_distance(typed, o->name);

			if (distance < best_distance) {
				best = o->name;
				best_distance = distance;
			}
		}
	}
	return best;
}

static void set_global(struct cli *c, const struct cli_option *o, const char *value)
{
	if (strcmp(o->name, "C") == 0)
		c->home = value;
	else if (strcmp(o->name, "json") == 0)
		c->json = true;
	else if (strcmp(o->name, "passphrase-file") == 0)
		c->passphrase_file = value;
	else if (strcmp(o->name, "quiet") == 0)
		c->quiet = true;
	else if (strcmp(o->name, "version") == 0)
		c->version = true;
	else
		c->help = true;
}

/* Which of two values is meant, nobody knows: only an option whose value is shown with "…" may come again. */
static bool may_repeat(const struct cli_option *o)
{
	return strstr(o->value, "…") != NULL;
}

static enum err keep_option(struct cli *c, const struct cli_option *o, const char *value)
{
	if (option_in(global_options, o->name, strlen(o->name)) == o) {
		set_global(c, o, value);
		return ERR_OK;
	}
	if (o->value != NULL && !may_repeat(o) && cli_value(c, o->name) != NULL)
		return err_set(&c->info, ERR_USAGE, "--%s twice", o->name);
	if (c->value_count == CLI_OPTIONS_MAX)
		return err_set(&c->info, ERR_USAGE, "more than %u options", CLI_OPTIONS_MAX);
	c->values[c->value_count++] = (struct cli_value){o, value};
	return ERR_OK;
}

/* One option word; *i moves past its value. */
static enum err parse_option(struct cli *c, int argc, char **argv, int *i)
{
	const char *name = argv[*i] + (argv[*i][1] == '-' ? 2 : 1);
	const char *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct cli_option *o = find_option(c, name, len);
	const char *value = equals ? equals + 1 : NULL;

	if (o == NULL && strcmp(name, "h") == 0)
		o = option_in(global_options, "help", 4);
	if (o == NULL) {
		const char *near = nearest_option(c, name);

		return err_set(&c->info, ERR_USAGE, "there is no option %s here%s%s%s", argv[*i],
			       near ? "; did you mean --" : "", near ? near : "", near ? "?" : "");
	}
	if (o->value == NULL && value != NULL)
		return err_set(&c->info, ERR_USAGE, "--%s takes no value", o->name);
	if (o->value != NULL && value == NULL) {
		if (*i + 1 >= argc || strncmp(argv[*i + 1], "--", 2) == 0)
			return err_set(&c->info, ERR_USAGE, "--%s needs %s", o->name, o->value);
		value = argv[++*i];
	}
	return keep_option(c, o, value);
}

/* Does the option have a value of its own in the next word?  Before the command is known, any command's will do. */
static bool takes_next_word(const char *word)
{
	const char *name = word + (word[1] == '-' ? 2 : 1);
	size_t len = strlen(name);
	const struct cli_option *o = option_in(global_options, name, len);

	for (size_t i = 0; o == NULL && cli_command(i) != NULL; i++)
		o = option_in(cli_command(i)->options, name, len);
	return o != NULL && o->value != NULL;
}

/* The command that the words nearly are, as "noun verb". */
static bool nearest_command(const struct command **ret, const char *noun, const char *verb)
{
	size_t best = 3;

	for (size_t i = 0; cli_command(i) != NULL; i++) {
		const struct command *c = cli_command(i);
		size_t distance =
			cli_distance(noun, c->noun) + (c->verb[0] && verb ? cli_distance(verb, c->verb) : 0);

		if (distance < best) {
			best = distance;
			*ret = c;
		}
	}
	return best < 3;
}

static enum err no_command(struct cli *c, const char *noun, const char *verb)
{
	const struct command *near = NULL;

	if (nearest_command(&near, noun, verb))
		return err_set(&c->info, ERR_USAGE, "there is no command '%s%s%s'; did you mean '%s%s%s'?", noun,
			       verb ? " " : "", verb ? verb : "", near->noun, near->verb[0] ? " " : "", near->verb);
	return err_set(&c->info, ERR_USAGE, "there is no command '%s%s%s'", noun, verb ? " " : "", verb ? verb : "");
}

/* A noun that needs a verb: say which there are. */
static enum err no_verb(struct cli *c, const char *noun)
{
	char verbs[256] = "";
	size_t len = 0;

	for (size_t i = 0; cli_command(i) != NULL && len < sizeof(verbs); i++) {
		if (strcmp(cli_command(i)->noun, noun) == 0)
			len += (size_t)snprintf(verbs + len, sizeof(verbs) - len, "%s%s", len ? ", " : "",
						cli_command(i)->verb);
	}
	if (len == 0)
		return no_command(c, noun, NULL);
	return err_set(&c->info, ERR_USAGE, "'%s' needs one of: %s", noun, verbs);
}

static bool has_word(int argc, char **argv, const char *word)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], word) == 0)
			return true;
	return false;
}

/* Bare medlock opens the screens where there is a terminal to show them on, or where they are asked for as lines. */
static bool wants_screens(int argc, char **argv)
{
	static const char *const others[] = {"--help", "-h", "--version", "--json"};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (has_word(argc, argv, others[i]))
			return false;
	return has_word(argc, argv, "--plain-ui") || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
}

/* Noun and verb are the first words that are neither options nor their values. */
static enum err find_command(struct cli *c, int argc, char **argv)
{
	const char *words[2] = {NULL, NULL};
	size_t found = 0;

	for (int i = 1; i < argc && found < 2; i++) {
		if (argv[i][0] != '-' || argv[i][1] == '\0')
			words[found++] = argv[i];
		else if (strcmp(argv[i], "--") != 0 && takes_next_word(argv[i]))
			i++;
	}
	if (found == 0) {
		c->command = wants_screens(argc, argv) ? cli_find("tui", NULL) : NULL;
		return ERR_OK;
	}
	c->command = cli_find(words[0], words[1]);
	if (c->command != NULL)
		return ERR_OK;
	return words[1] != NULL ? no_command(c, words[0], words[1]) : no_verb(c, words[0]);
}

static enum err keep_argument(struct cli *c, const char *word, size_t *skip)
{
	if (*skip > 0) {
		(*skip)--;
		return ERR_OK;
	}
	if (c->argument_count == CLI_ARGUMENTS_MAX)
		return err_set(&c->info, ERR_USAGE, "more than %u arguments", CLI_ARGUMENTS_MAX);
	c->arguments[c->argument_count++] = word;
	return ERR_OK;
}

static enum err check_counts(struct cli *c)
{
	if (c->help || c->command == NULL)
		return ERR_OK;
	if (c->argument_count < c->command->arguments_min)
		return err_set(&c->info, ERR_USAGE, "'%s%s%s' needs %s", c->command->noun,
			       c->command->verb[0] ? " " : "", c->command->verb, c->command->arguments);
	if (c->argument_count > c->command->arguments_max)
		return err_set(&c->info, ERR_USAGE, "'%s' is one argument too many",
			       c->arguments[c->command->arguments_max]);
	return ERR_OK;
}

enum err cli_parse(struct cli *c, int argc, char **argv)
{
	size_t skip;
	bool options = true;

	c->json = has_word(argc, argv, "--json"); /* also for a line that is not understood */
	TRY(find_command(c, argc, argv));
	skip = c->command == NULL ? 0 : c->command->verb[0] == '\0' ? 1 : 2;
	for (int i = 1; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0)
			options = false;
		else if (options && argv[i][0] == '-' && argv[i][1] != '\0')
			TRY(parse_option(c, argc, argv, &i));
		else
			TRY(keep_argument(c, argv[i], &skip));
	}
	return check_counts(c);
}

const char *cli_value_at(const struct cli *c, const char *name, size_t index)
{
	for (size_t i = 0; i < c->value_count; i++) {
		if (strcmp(c->values[i].option->name, name) == 0 && index-- == 0)
			return c->values[i].value ? c->values[i].value : "";
	}
	return NULL;
}

const char *cli_value(const struct cli *c, const char *name)
{
	return cli_value_at(c, name, 0);
}

bool cli_switch(const struct cli *c, const char *name)
{
	return cli_value_at(c, name, 0) != NULL;
}

enum err cli_gather(struct cli *c, const char **list, size_t size, const char *option)
{
	size_t i = 0;

	for (; cli_value_at(c, option, i) != NULL; i++) {
		if (i + 1 >= size)
			return err_set(&c->info, ERR_USAGE, "--%s at most %zu times", option, size - 1);
		list[i] = cli_value_at(c, option, i);
	}
	list[i] = NULL;
	return ERR_OK;
}
