/* SPDX-License-Identifier: Apache-2.0 */
/* The table of actions and its keys, and keys that people choose themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tui/screens/actions.h"

static enum action pressed(const struct keymap *m, const char *name)
{
	struct key key;

	assert_int_equal(press_parse(&key, name), ERR_OK);
	return keymap_action(m, &key, NULL, NULL);
}

/* Of two views. */
static const enum action first_view[] = {ACTION_SEND, ACTION_ALL, ACTION_NONE};
static const enum action second_view[] = {ACTION_SIGN, ACTION_APPROVE, ACTION_NONE};

static enum action of_view(const void *of, size_t index)
{
	return ((const enum action *)of)[index];
}

static enum action pressed_in(const struct keymap *m, const char *name, const enum action *view)
{
	struct key key;

	assert_int_equal(press_parse(&key, name), ERR_OK);
	return keymap_action(m, &key, of_view, view);
}

static void every_row_is_whole(void **state)
{
	struct keymap *m;

	(void)state;
	assert_int_equal(keymap_new(&m), ERR_OK);
	for (size_t i = 0; action_at(i) != NULL; i++) {
		const struct action_row *row = action_at(i);
		char shown[PRESS_NAME];

		assert_true(strlen(word(LANGUAGE_EN, row->title)) <= 12);
		assert_true(strlen(word(LANGUAGE_EN, row->help)) <= 60);
		keymap_shown(m, shown, row->action);
		if (row->general && shown[0] != '\0')
			assert_int_equal(pressed(m, shown), row->action);
		assert_ptr_equal(action_by_name(row->name), row);
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(action_at(j)->action, row->action);
	}
	assert_int_equal(pressed(m, "Ctrl-D"), ACTION_PAGE_DOWN);
	assert_int_equal(pressed(m, "x"), ACTION_NONE); /* a view's */
	keymap_free(m);
}

/* A key of two views is each one's own; beside them the general ones stay. */
static void a_view_has_its_own_keys(void **state)
{
	static const enum action both[] = {ACTION_SEND, ACTION_SIGN, ACTION_NONE};
	struct err_info info = {0};
	struct keymap *m;

	(void)state;
	assert_int_equal(keymap_new(&m), ERR_OK);
	assert_int_equal(pressed_in(m, "s", first_view), ACTION_SEND);
	assert_int_equal(pressed_in(m, "s", second_view), ACTION_SIGN);
	assert_int_equal(pressed_in(m, "a", second_view), ACTION_APPROVE);
	assert_int_equal(pressed_in(m, "q", first_view), ACTION_QUIT);
	assert_int_equal(pressed(m, "s"), ACTION_NONE);
	assert_int_equal(keymap_check(m, of_view, first_view, NULL), ERR_OK);
	assert_int_equal(keymap_check(m, of_view, both, &info), ERR_DUPLICATE);
	assert_non_null(strstr(info.detail, "s is for SEND and for SIGN"));
	keymap_free(m);
}

static void people_choose_keys(void **state)
{
	struct keymap *m;

	(void)state;
	assert_int_equal(keymap_new(&m), ERR_OK);
	assert_int_equal(keymap_read(m, bytes_str("# mine\nQUIT = Ctrl-Q\r\n\n  LOCK = 0 Ctrl-X\n"), NULL), ERR_OK);
	assert_int_equal(pressed(m, "q"), ACTION_NONE);
	assert_int_equal(pressed(m, "Ctrl-Q"), ACTION_QUIT);
	assert_int_equal(pressed(m, "Ctrl-X"), ACTION_LOCK);
	assert_int_equal(keymap_read(m, bytes_str("BLANK =\n"), NULL), ERR_OK);
	assert_int_equal(pressed(m, "b"), ACTION_NONE);
	keymap_free(m);
}

static void a_bad_keymap_changes_nothing(void **state)
{
	static const struct { const char *text; enum err e; const char *says; } bad[] = {
		{"QUIT = Ctrl-Q\nLOCK = b\n", ERR_DUPLICATE, "b is for BLANK and for LOCK"},
		{"QUIT = Ctrl-Q\nFLY = f\n", ERR_FORMAT, "'FLY' is no action"},
		{"QUIT = Ctrl-Q\nLOCK = Hyper-L\n", ERR_FORMAT, "'Hyper-L' is no key"},
		{"QUIT = Ctrl-Q\nLOCK\n", ERR_FORMAT, "is not NAME = KEY"},
		{"QUIT = 1 2 3 4 5\n", ERR_FORMAT, "at most 4 keys"},
	};
	struct keymap *m;

	(void)state;
	assert_int_equal(keymap_new(&m), ERR_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err_info info = {0};

		assert_int_equal(keymap_read(m, bytes_str(bad[i].text), &info), bad[i].e);
		if (strstr(info.detail, bad[i].says) == NULL)
			fail_msg("'%s' does not say '%s'", info.detail, bad[i].says);
		assert_int_equal(pressed(m, "q"), ACTION_QUIT);
		assert_int_equal(pressed(m, "Ctrl-Q"), ACTION_NONE);
	}
	assert_int_equal(keymap_read(m, bytes_of("QUIT = x\0LOCK = y", 17), NULL), ERR_FORMAT);
	keymap_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(a_view_has_its_own_keys),
		cmocka_unit_test(people_choose_keys),
		cmocka_unit_test(a_bad_keymap_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
