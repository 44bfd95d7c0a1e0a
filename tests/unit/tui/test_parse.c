/* SPDX-License-Identifier: Apache-2.0 */
/* The command line without a profile: words, help, completion and exit statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <unistd.h>

#include "tui/cli/cli.h"

#define WORDS_MAX 90

static struct cli c;

static enum err parse(const char *first, ...)
{
	static char *words[WORDS_MAX];
	int count = 1;
	va_list list;

	words[0] = "medlock";
	va_start(list, first);
	for (const char *w = first; w != NULL; w = va_arg(list, const char *))
		words[count++] = (char *)(uintptr_t)w;
	va_end(list);
	c = (struct cli){0};
	return cli_parse(&c, count, words);
}

#define PARSE(...) parse(__VA_ARGS__, NULL)

static void expect_words(const char *words)
{
	if (strstr(c.info.detail, words) == NULL)
		fail_msg("'%s' does not say '%s'", c.info.detail, words);
}

/* Of a record that is read on the terminal nothing may be cut off or left blank. */
static void test_long_and_many_texts_stay_whole(void **state)
{
	enum { LONG = 5000, MANY = 70000 };
	char *text = malloc(LONG + 1);

	(void)state;
	c = (struct cli){0};
	memset(text, 'x', LONG);
	text[LONG] = '\0';
	cli_say(&c, "%s|\n", text);
	assert_int_equal(c.out.len, LONG + 2);
	for (int i = 0; i < MANY; i++)
		if (strcmp(cli_foreign(&c, "y"), "y") != 0)
			fail_msg("text %d is blank", i);
	assert_int_equal(buf_error(&c.out), ERR_OK);
	for (size_t i = 0; i < c.foreign_count; i++)
		free(c.foreign[i]);
	free(c.foreign);
	buf_release(&c.out);
	free(text);
}

static void test_flags_may_stand_anywhere(void **state)
{
	static const char *const orders[][9] = {
		{"request", "new", "--owner", "anna", "--purpose", "TREAT", "-C", "home", "--json"},
		{"--json", "-C", "home", "request", "new", "--purpose", "TREAT", "--owner", "anna"},
		{"-C", "home", "request", "--owner", "anna", "--json", "new", "--purpose", "TREAT"},
		{"--owner", "anna", "request", "-C", "home", "new", "--json", "--purpose", "TREAT"},
		{"--purpose", "TREAT", "--owner", "anna", "--json", "-C", "home", "request", "new"},
	};

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		const char *const *w = orders[i];

		assert_int_equal(PARSE(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8]), ERR_OK);
		assert_string_equal(c.command->noun, "request");
		assert_string_equal(c.command->verb, "new");
		assert_string_equal(cli_value(&c, "owner"), "anna");
		assert_string_equal(cli_value(&c, "purpose"), "TREAT");
		assert_string_equal(c.home, "home");
		assert_true(c.json);
		assert_int_equal(c.argument_count, 0);
	}
}

static void test_equals_sign(void **state)
{
	assert_int_equal(PARSE("request", "new", "--owner=anna", "--purpose=--x=y"), ERR_OK);
	assert_string_equal(cli_value(&c, "owner"), "anna");
	assert_string_equal(cli_value(&c, "purpose"), "--x=y");
	assert_int_equal(PARSE("request", "new", "--wait=yes"), ERR_USAGE);
	expect_words("--wait takes no value");
}

static void test_arguments_between_options(void **state)
{
	assert_int_equal(PARSE("deposit", "put", "--owner", "anna", "labs.json", "--dry-run"), ERR_OK);
	assert_int_equal(c.argument_count, 1);
	assert_string_equal(c.arguments[0], "labs.json");
	assert_true(cli_switch(&c, "dry-run"));
	assert_int_equal(PARSE("consent", "set", "-"), ERR_OK);
	assert_string_equal(c.arguments[0], "-");
}

static void test_two_dashes_end_the_options(void **state)
{
	assert_int_equal(PARSE("deposit", "put", "--owner", "anna", "--", "--json"), ERR_OK);
	assert_string_equal(c.arguments[0], "--json");
	assert_false(c.json);
	assert_int_equal(PARSE("deposit", "put", "--owner", "anna", "--", "-C"), ERR_OK);
	assert_string_equal(c.arguments[0], "-C");
	assert_null(c.home);
}

static void test_an_unknown_option_names_the_near_one(void **state)
{
	assert_int_equal(PARSE("request", "new", "--onwer", "anna"), ERR_USAGE);
	expect_words("did you mean --owner?");
	assert_int_equal(PARSE("request", "new", "--jsno"), ERR_USAGE);
	expect_words("did you mean --json?");
	assert_int_equal(PARSE("request", "new", "--frobnicate"), ERR_USAGE);
	expect_words("there is no option --frobnicate");
	assert_null(strstr(c.info.detail, "did you mean"));
	assert_int_equal(PARSE("log", "list", "--owner", "anna"), ERR_USAGE);
}

static void test_an_unknown_command_names_the_near_one(void **state)
{
	assert_int_equal(PARSE("consnet", "show"), ERR_USAGE);
	expect_words("did you mean 'consent show'?");
	assert_int_equal(PARSE("consent", "sohw"), ERR_USAGE);
	expect_words("did you mean 'consent show'?");
	assert_int_equal(PARSE("teleport"), ERR_USAGE);
	expect_words("there is no command 'teleport'");
	assert_int_equal(PARSE("consent"), ERR_USAGE);
	expect_words("'consent' needs one of: show, add, remove");
}

static void test_json_is_known_even_when_the_words_are_wrong(void **state)
{
	assert_int_equal(PARSE("consent", "show", "--bogus", "--json"), ERR_USAGE);
	assert_true(c.json);
	assert_int_equal(PARSE("teleport", "--json"), ERR_USAGE);
	assert_true(c.json);
}

static void test_a_missing_value(void **state)
{
	assert_int_equal(PARSE("request", "new", "--owner"), ERR_USAGE);
	expect_words("--owner needs WHO");
	assert_int_equal(PARSE("request", "new", "--owner", "--purpose", "TREAT"), ERR_USAGE);
	expect_words("--owner needs WHO");
	assert_int_equal(PARSE("sync", "-C"), ERR_USAGE);
	expect_words("needs DIR");
	assert_int_equal(PARSE("request", "new", "--owner="), ERR_OK);
	assert_string_equal(cli_value(&c, "owner"), "");
}

static void test_repeated_options(void **state)
{
	const char *list[4];

	assert_int_equal(PARSE("request", "new", "--category", "LAB", "--category", "MED"), ERR_OK);
	assert_string_equal(cli_value_at(&c, "category", 0), "LAB");
	assert_string_equal(cli_value_at(&c, "category", 1), "MED");
	assert_null(cli_value_at(&c, "category", 2));
	assert_int_equal(cli_gather(&c, list, 4, "category"), ERR_OK);
	assert_string_equal(list[1], "MED");
	assert_null(list[2]);
	assert_int_equal(cli_gather(&c, list, 2, "category"), ERR_USAGE);
	assert_int_equal(PARSE("request", "new", "--owner", "anna", "--owner", "bram"), ERR_USAGE);
	expect_words("--owner twice");
	assert_int_equal(PARSE("request", "new", "--wait", "--wait"), ERR_OK);
}

static void test_more_options_than_there_is_room(void **state)
{
	char *words[3 + 2 * (CLI_OPTIONS_MAX + 1)] = {"medlock", "request", "new"};
	int count = 3;

	for (unsigned i = 0; i <= CLI_OPTIONS_MAX; i++) {
		words[count++] = "--record";
		words[count++] = "1";
	}
	c = (struct cli){0};
	assert_int_equal(cli_parse(&c, count, words), ERR_USAGE);
	c = (struct cli){0};
	assert_int_equal(cli_parse(&c, count - 2, words), ERR_OK);
}

static void test_argument_counts(void **state)
{
	assert_int_equal(PARSE("deposit", "put"), ERR_USAGE);
	expect_words("'deposit put' needs FILE");
	assert_int_equal(PARSE("explain"), ERR_USAGE);
	expect_words("'explain' needs CODE");
	assert_int_equal(PARSE("deposit", "put", "a", "b"), ERR_USAGE);
	expect_words("'b' is one argument too many");
	assert_int_equal(PARSE("demo", "sideways"), ERR_USAGE);
	assert_int_equal(PARSE("ledger", "verify"), ERR_OK);
	assert_int_equal(PARSE("ledger", "verify", "f"), ERR_OK);
	assert_int_equal(PARSE("x", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18"),
			 ERR_USAGE);
	assert_int_equal(PARSE("deposit", "put", "--help"), ERR_OK);
	assert_true(c.help);
	assert_int_equal(PARSE("deposit", "put", "-h"), ERR_OK);
	assert_true(c.help);
	assert_int_equal(PARSE(""), ERR_USAGE);
}

static void test_no_words_at_all(void **state)
{
	char *words[] = {"medlock", NULL};

	c = (struct cli){0};
	assert_int_equal(cli_parse(&c, 1, words), ERR_OK);
	assert_null(c.command);
}

static void test_distance(void **state)
{
	char longer[64];

	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(cli_distance("", ""), 0);
	assert_int_equal(cli_distance("owner", "owner"), 0);
	assert_int_equal(cli_distance("", "abc"), 3);
	assert_int_equal(cli_distance("abc", ""), 3);
	assert_int_equal(cli_distance("kitten", "sitting"), 3);
	assert_int_equal(cli_distance("onwer", "owner"), 2);
	assert_true(cli_distance(longer, "owner") > 5);
}

static void test_help_begins_with_examples_that_are_commands(void **state)
{
	for (size_t i = 0; cli_command(i) != NULL; i++) {
		const struct command *command = cli_command(i);
		struct buf out = BUF_INIT;

		cli_help(&out, command);
		assert_int_equal(buf_error(&out), ERR_OK);
		if (strncmp(buf_text(&out), "Examples\n  medlock ", 19) != 0)
			fail_msg("help of '%s %s' begins otherwise", command->noun, command->verb);
		for (const struct cli_option *o = command->options; o != NULL && o->name != NULL; o++)
			assert_non_null(strstr(buf_text(&out), o->name));
		for (const char *const *e = command->examples; *e != NULL; e++)
			assert_int_equal(strncmp(*e, command->noun, strlen(command->noun)), 0);
		assert_ptr_equal(cli_find(command->noun, command->verb), command);
		buf_release(&out);
	}
}

/* Otherwise a word before the command could be taken for its value or not, by chance. */
static void test_an_option_is_a_switch_everywhere_or_nowhere(void **state)
{
	for (size_t i = 0; cli_command(i) != NULL; i++) {
		for (size_t k = 0; cli_command(k) != NULL; k++) {
			for (const struct cli_option *x = cli_command(i)->options; x && x->name; x++) {
				for (const struct cli_option *y = cli_command(k)->options; y && y->name; y++) {
					if (strcmp(x->name, y->name) == 0 && (x->value == NULL) != (y->value == NULL))
						fail_msg("--%s", x->name);
				}
			}
		}
	}
}

static void test_overview_and_completion_name_every_command(void **state)
{
	struct buf help = BUF_INIT, completion = BUF_INIT;

	cli_help(&help, NULL);
	cli_completion_bash(&completion);
	for (size_t i = 0; cli_command(i) != NULL; i++) {
		char quoted[64];

		assert_non_null(strstr(buf_text(&help), cli_command(i)->summary));
		snprintf(quoted, sizeof(quoted), "'%s %s'%s) words=", cli_command(i)->noun, cli_command(i)->verb,
			 cli_command(i)->verb[0] ? "" : "*");
		if (strstr(buf_text(&completion), quoted) == NULL)
			fail_msg("completion does not know %s", quoted);
	}
	buf_release(&help);
	buf_release(&completion);
}

/* ---- from argv to exit status ---------------------------------------------------------------- */

static char printed[8192];

/* Run a whole command line with stdout into printed. */
static int run(int argc, char **argv)
{
	char path[] = "/tmp/medlock-test-XXXXXX";
	int file = mkstemp(path), kept = dup(STDOUT_FILENO), error = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY), status;
	ssize_t got;

	fflush(stdout);
	dup2(file, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	status = cli_main(argc, argv);
	fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	dup2(error, STDERR_FILENO);
	got = pread(file, printed, sizeof(printed) - 1, 0);
	printed[got > 0 ? got : 0] = '\0';
	close(file), close(kept), close(error), close(null);
	unlink(path);
	return status;
}

#define RUN(...) run((int)(sizeof((char *[]){"medlock", __VA_ARGS__}) / sizeof(char *)), (char *[]){"medlock", __VA_ARGS__, NULL})

static void expect_json_error(const char *code)
{
	struct json_object *root = json_tokener_parse(printed), *error = NULL, *found = NULL, *version = NULL;

	assert_int_equal(printed[strlen(printed) - 1], '\n');
	assert_ptr_equal(strchr(printed, '\n'), printed + strlen(printed) - 1);
	assert_true(json_object_object_get_ex(root, "v", &version));
	assert_int_equal(json_object_get_int(version), 1);
	assert_true(json_object_object_get_ex(root, "error", &error));
	assert_true(json_object_object_get_ex(error, "code", &found));
	assert_string_equal(json_object_get_string(found), code);
	assert_true(json_object_object_get_ex(error, "class", &found));
	assert_true(json_object_object_get_ex(error, "next", &found));
	json_object_put(root);
}

static void expect_pace(const char *line, const char *what, uint64_t done, uint64_t total, uint64_t moved, int64_t ms)
{
	struct buf out = BUF_INIT;

	cli_pace_line(&out, what, done, total, moved, ms);
	assert_string_equal(buf_text(&out), line);
	buf_release(&out);
}

static void test_progress_in_words(void **state)
{
	expect_pace("uploading: 1200.0 of 2000.0 MB, 100.0 MB/s, 8 s left", "uploading", 1200000000, 2000000000, 500000000, 5000);
	expect_pace("downloading: 0.0 of 5.0 MB", "downloading", 0, 5000000, 0, 0);
	expect_pace("syncing: 50%", "syncing", 5, 10, 5, 1000);
	expect_pace("records: 3", "records", 3, 0, 3, 1000);
}

static void test_exit_statuses(void **state)
{
	assert_int_equal(RUN("log", "list"), 6);
	assert_string_equal(printed, "");
	assert_int_equal(RUN("log", "list", "--json"), 6);
	expect_json_error("E-MISSING-02");
	assert_int_equal(RUN("--json", "log", "list", "--bogus"), 2);
	expect_json_error("E-USAGE-01");
	assert_int_equal(RUN("log", "list", "--bogus", "--json"), 2);
	expect_json_error("E-USAGE-01");
	assert_int_equal(RUN("explain", "E-CONSENT-04"), 0);
	assert_non_null(strstr(printed, "exit status 5"));
	assert_int_equal(RUN("explain", "E-NOTHING-99"), 6);
	assert_int_equal(RUN("consent", "add", "--help"), 0);
	assert_int_equal(strncmp(printed, "Examples\n", 9), 0);
	assert_int_equal(RUN("--help"), 0);
	assert_int_equal(RUN("completion", "bash"), 0);
	assert_int_equal(RUN("completion", "tcsh"), 2);
	assert_int_equal(RUN("--quiet"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long_and_many_texts_stay_whole),
		cmocka_unit_test(test_flags_may_stand_anywhere),
		cmocka_unit_test(test_equals_sign),
		cmocka_unit_test(test_arguments_between_options),
		cmocka_unit_test(test_two_dashes_end_the_options),
		cmocka_unit_test(test_an_unknown_option_names_the_near_one),
		cmocka_unit_test(test_an_unknown_command_names_the_near_one),
		cmocka_unit_test(test_json_is_known_even_when_the_words_are_wrong),
		cmocka_unit_test(test_a_missing_value),
		cmocka_unit_test(test_repeated_options),
		cmocka_unit_test(test_more_options_than_there_is_room),
		cmocka_unit_test(test_argument_counts),
		cmocka_unit_test(test_no_words_at_all),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_help_begins_with_examples_that_are_commands),
		cmocka_unit_test(test_an_option_is_a_switch_everywhere_or_nowhere),
		cmocka_unit_test(test_overview_and_completion_name_every_command),
		cmocka_unit_test(test_progress_in_words),
		cmocka_unit_test(test_exit_statuses),
	};

	return cmocka_run_group_tests_name("tui parse", tests, NULL, NULL);
}
