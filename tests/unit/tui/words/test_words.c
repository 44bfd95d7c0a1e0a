/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of the screens: found by id, with their values, in each language.  How they are written: tests/lint/texts.awk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/text.h"
#include "tui/words/words.h"

#define TEXT_MAX 440u

static const char *said(struct buf *out, enum language l, enum word w, const char *one, const char *two)
{
	buf_clear(out);
	words_say(out, l, w, one, two, NULL);
	return buf_text(out);
}

static void every_id_finds_its_word(void **state)
{
	for (unsigned w = 1; w < WORD_COUNT; w++)
		assert_int_equal(word_by_id(word_id((enum word)w)), w);
	assert_int_equal(word_by_id("nothing.such"), WORD_NONE);
	assert_int_equal(word_by_id(""), WORD_NONE);
	assert_string_equal(word_id(WORD_TAB_LOOKED), "tab.looked");
}

/* What the text gate lets pass as it is. */
static bool harmless(const char *text)
{
	struct buf out;
	bool same;

	buf_init(&out, BUF_CAP_DEFAULT);
	text_gate(&out, bytes_of((const uint8_t *)text, strlen(text)), false);
	same = strcmp(buf_text(&out), text) == 0;
	buf_release(&out);
	return same;
}

static void every_text_says_something_harmless(void **state)
{
	for (unsigned l = 0; l < LANGUAGE_COUNT; l++) {
		for (unsigned w = 1; w < WORD_COUNT; w++) {
			const char *text = word((enum language)l, (enum word)w);

			if (text[0] == '\0' || strlen(text) > TEXT_MAX || !harmless(text))
				fail_msg("%s in %s", word_id((enum word)w), language_code((enum language)l));
		}
	}
}

/* A text whose braces do not close would stop the program when it is said. */
static void every_text_takes_its_values(void **state)
{
	static const char *const values[PLACES_MAX] = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};
	struct buf out;

	buf_init(&out, BUF_CAP_DEFAULT);
	for (unsigned l = 0; l < LANGUAGE_COUNT; l++) {
		for (unsigned w = 1; w < WORD_COUNT; w++) {
			buf_clear(&out);
			words_fill(&out, (enum language)l, (enum word)w, values, PLACES_MAX);
			if (memchr(out.data, '}', out.len) != NULL || memchr(out.data, '|', out.len) != NULL)
				fail_msg("%s in %s", word_id((enum word)w), language_code((enum language)l));
		}
	}
	buf_release(&out);
}

static void values_stand_in_their_places(void **state)
{
	struct buf out;

	buf_init(&out, BUF_CAP_DEFAULT);
	assert_string_equal(said(&out, LANGUAGE_EN, WORD_HELPERS_FEW, "1", "3"), "1 named, 3 needed.");
	assert_string_equal(said(&out, LANGUAGE_NL, WORD_HELPERS_FEW, "1", "3"), "1 genoemd, 3 nodig.");
	assert_string_equal(said(&out, LANGUAGE_EN, WORD_LOOKED_GIVEN, "{2}", NULL), "{2} given");
	buf_release(&out);
}

static void one_is_not_more(void **state)
{
	struct buf out;

	buf_init(&out, BUF_CAP_DEFAULT);
	assert_string_equal(said(&out, LANGUAGE_EN, WORD_SUMMARY_READ, "1", NULL), "Made from 1 record.");
	assert_string_equal(said(&out, LANGUAGE_EN, WORD_SUMMARY_READ, "0", NULL), "Made from 0 records.");
	assert_string_equal(said(&out, LANGUAGE_EN, WORD_SUMMARY_READ, "11", NULL), "Made from 11 records.");
	assert_string_equal(said(&out, LANGUAGE_NL, WORD_SUMMARY_READ, "1", NULL), "Gemaakt uit 1 gegeven.");
	assert_string_equal(said(&out, LANGUAGE_NL, WORD_SUMMARY_READ, "2", NULL), "Gemaakt uit 2 gegevens.");
	buf_release(&out);
}

static void a_place_without_a_value_stops_the_program(void **state)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit none = {0, 0};
		struct buf out;

		setrlimit(RLIMIT_CORE, &none);
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(1);
		buf_init(&out, BUF_CAP_DEFAULT);
		words_say(&out, LANGUAGE_EN, WORD_HELPERS_FEW, "1", NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void languages_have_names(void **state)
{
	enum language l = LANGUAGE_EN;

	assert_int_equal(language_parse(&l, "nl"), ERR_OK);
	assert_int_equal(l, LANGUAGE_NL);
	assert_int_equal(language_parse(&l, "Nederlands"), ERR_NOT_FOUND);
	assert_int_equal(language_parse(&l, ""), ERR_NOT_FOUND);
	assert_int_equal(l, LANGUAGE_NL);
	assert_string_equal(language_name(LANGUAGE_NL), "Nederlands");
	assert_string_equal(language_code(LANGUAGE_EN), "en");
}

static void the_locale_says_which(void **state)
{
	static const char *const dutch[] = {"nl_NL.UTF-8", "nl_BE", "nl", "nl.UTF-8", "nl@euro"};
	static const char *const other[] = {NULL, "", "C", "C.UTF-8", "POSIX", "en_GB.UTF-8", "de_DE", "nld", "nlx_NL", "NL"};

	for (size_t i = 0; i < sizeof(dutch) / sizeof(dutch[0]); i++)
		assert_int_equal(language_of_locale(dutch[i]), LANGUAGE_NL);
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		assert_int_equal(language_of_locale(other[i]), LANGUAGE_EN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_id_finds_its_word),
		cmocka_unit_test(every_text_says_something_harmless),
		cmocka_unit_test(every_text_takes_its_values),
		cmocka_unit_test(values_stand_in_their_places),
		cmocka_unit_test(one_is_not_more),
		cmocka_unit_test(a_place_without_a_value_stops_the_program),
		cmocka_unit_test(languages_have_names),
		cmocka_unit_test(the_locale_says_which),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
