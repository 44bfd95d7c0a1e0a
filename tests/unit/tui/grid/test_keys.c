/* SPDX-License-Identifier: Apache-2.0 */
/* Names of keys, as keymap files and hints have them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tui/grid/keys.h"

static void names_come_back(void **state)
{
	static const char *const names[] = {"a", "Z", "?", "/", ":", "Space", "Enter", "Esc", "Tab", "Shift-Tab", "Up", "Down", "Left",
					    "Right", "Home", "End", "PgUp", "PgDn", "Backspace", "Delete", "F1", "Ctrl-U", "\u00e9",
					    "\u6771", "\U0001F600"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char name[PRESS_NAME];
		struct key key;

		assert_int_equal(press_parse(&key, names[i]), ERR_OK);
		press_name(name, &key);
		assert_string_equal(name, names[i]);
	}
}

static void what_is_no_key_is_refused(void **state)
{
	static const char *const bad[] = {"", " ", "ab", "Ctrl-", "Ctrl-1", "Ctrl-u", "ctrl-U", "Ctrl-UU", "enter", "\x1b", "\xff",
					  "\u202e"};
	struct key key;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(press_parse(&key, bad[i]), ERR_FORMAT);
}

static void a_letter_is_not_its_control(void **state)
{
	struct key plain, control, other;

	(void)state;
	assert_int_equal(press_parse(&plain, "u"), ERR_OK);
	assert_int_equal(press_parse(&control, "Ctrl-U"), ERR_OK);
	assert_int_equal(press_parse(&other, "Ctrl-D"), ERR_OK);
	assert_false(press_equal(&plain, &control));
	assert_false(press_equal(&control, &other));
	assert_true(press_equal(&control, &control));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_come_back),
		cmocka_unit_test(what_is_no_key_is_refused),
		cmocka_unit_test(a_letter_is_not_its_control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
