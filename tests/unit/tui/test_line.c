/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the command line inside of another program: what they say is handed over, and the terminal is left alone. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/app/internal.h"
#include "tui/cli/line.h"

#define WORDS_MAX 200

/* Runs a line while stdout and stderr are a file; how many bytes came to them. */
struct ran { enum err e; struct cli_result result; struct err_info info; off_t printed; struct app app; };

static int to_file(FILE *f, int fd)
{
	int kept = dup(fd);

	assert_true(kept >= 0);
	assert_true(dup2(fileno(f), fd) >= 0);
	return kept;
}

static void run_words(struct ran *r, const char *const *words, size_t count)
{
	FILE *caught = tmpfile();
	struct stat st;
	int out, error;

	assert_non_null(caught);
	*r = (struct ran){.app.me.account = {{1}}, .app.owner = {{2}}};
	fflush(NULL);
	out = to_file(caught, STDOUT_FILENO);
	error = to_file(caught, STDERR_FILENO);
	r->e = cli_run_line(&r->result, &r->app, words, count, &r->info);
	fflush(NULL);
	dup2(out, STDOUT_FILENO);
	dup2(error, STDERR_FILENO);
	close(out);
	close(error);
	assert_int_equal(fstat(fileno(caught), &st), 0);
	r->printed = st.st_size;
	fclose(caught);
}

static void run(struct ran *r, const char *first, ...)
{
	const char *words[WORDS_MAX];
	size_t count = 0;
	va_list list;

	va_start(list, first);
	for (const char *w = first; w != NULL; w = va_arg(list, const char *))
		words[count++] = w;
	va_end(list);
	run_words(r, words, count);
}
#define RUN(...) run(__VA_ARGS__, NULL)

static void expect_refused(struct ran *r, const char *words)
{
	assert_int_equal(r->e, ERR_USAGE);
	if (strstr(r->info.detail, words) == NULL)
		fail_msg("'%s' does not say '%s'", r->info.detail, words);
	assert_int_equal(r->printed, 0);
	cli_result_release(&r->result);
}

static void test_words_are_handed_over(void **state)
{
	struct ran r;

	(void)state;
	RUN(&r, "explain", err_row(ERR_LOCKED)->code);
	assert_int_equal(r.e, ERR_OK);
	assert_true(r.result.words.len > 10);
	assert_int_equal(r.printed, 0);
	cli_result_release(&r.result);
}

static void test_the_next_line_is_for_oneself(void **state)
{
	struct ran r;

	(void)state;
	RUN(&r, "explain", err_row(ERR_LOCKED)->code);
	assert_memory_equal(r.app.owner.b, r.app.me.account.b, ID_SIZE);
	cli_result_release(&r.result);
	RUN(&r, "explain", "no such code");
	assert_int_not_equal(r.e, ERR_OK);
	assert_memory_equal(r.app.owner.b, r.app.me.account.b, ID_SIZE);
	cli_result_release(&r.result);
	RUN(&r, "consent", "show", "--for", "nobody in the book");
	assert_int_equal(r.e, ERR_NO_CONTACT);
	assert_memory_equal(r.app.owner.b, r.app.me.account.b, ID_SIZE);
	cli_result_release(&r.result);
}

static void test_what_is_for_the_command_line_alone(void **state)
{
	struct ran r;

	(void)state;
	RUN(&r, "setup");
	expect_refused(&r, "command line alone");
	RUN(&r, "demo");
	expect_refused(&r, "command line alone");
	RUN(&r, "tui");
	expect_refused(&r, "command line alone");
	RUN(&r, "key", "recover", "--helpers");
	expect_refused(&r, "command line alone");
	RUN(&r, "consent", "show", "--json");
	expect_refused(&r, "--json");
	RUN(&r, "consent", "show", "-C", "/tmp");
	expect_refused(&r, "-C");
	RUN(&r, "consent", "show", "--passphrase-file", "x");
	expect_refused(&r, "--passphrase-file");
	RUN(&r, "consent", "set", "-");
	expect_refused(&r, "standard input");
	RUN(&r, "key", "rehearse", "--words-file", "-");
	expect_refused(&r, "standard input");
	RUN(&r, "record", "open", "0123", "--with", "less");
	expect_refused(&r, "starts a program");
}

static void test_nonsense(void **state)
{
	const char *many[WORDS_MAX];
	struct ran r;

	(void)state;
	for (size_t i = 0; i < WORDS_MAX; i++)
		many[i] = "x";
	run_words(&r, many, WORDS_MAX);
	expect_refused(&r, "words");
	run_words(&r, many, 0);
	expect_refused(&r, "does nothing");
	RUN(&r, "consent", "shwo");
	expect_refused(&r, "did you mean");
	RUN(&r, "consent", "show", "--help");
	expect_refused(&r, "does nothing");
}

static void expect_shown(const char *want, const char *word)
{
	const char *const words[] = {"a", word};
	struct buf out = BUF_INIT;

	cli_show_line(&out, words, 2);
	assert_string_equal(buf_text(&out), want);
	buf_release(&out);
}

static void test_shown_for_a_shell(void **state)
{
	(void)state;
	expect_shown("a GP-west_1=b.c,d:/e@f+%", "GP-west_1=b.c,d:/e@f+%");
	expect_shown("a 'GP practice West'", "GP practice West");
	expect_shown("a ''", "");
	expect_shown("a 'it'\\''s $(x) `y` !'", "it's $(x) `y` !");
	expect_shown("a '~'", "~");
	expect_shown("a 'é'", "é");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_handed_over), cmocka_unit_test(test_the_next_line_is_for_oneself),
		cmocka_unit_test(test_what_is_for_the_command_line_alone), cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_shown_for_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
