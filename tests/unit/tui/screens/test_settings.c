/* SPDX-License-Identifier: Apache-2.0 */
/* How the screens look, kept in a file: what was chosen comes back, what is wrong is said, nothing there is fine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/base/files.h"
#include "tui/screens/settings.h"

static char folder[] = "/tmp/medlock-test-XXXXXX";

static void path_of(char out[4096], const char *name)
{
	snprintf(out, 4096, "%s/%s", folder, name);
}

static void what_was_chosen_comes_back(void **state)
{
	const struct screens_settings chosen = {THEME_CONTRAST, LANGUAGE_NL, true};
	struct screens_settings read = {0};
	struct err_info info = {0};
	struct stat seen;
	char path[4096];

	(void)state;
	path_of(path, "new/folders/screens");
	assert_int_equal(settings_write(&chosen, path, &info), ERR_OK);
	assert_int_equal(settings_read(&read, path, &info), ERR_OK);
	assert_memory_equal(&read, &chosen, sizeof(chosen));
	assert_int_equal(stat(path, &seen), 0);
	assert_int_equal(seen.st_mode & 0777, 0600);
}

static void nothing_there_changes_nothing(void **state)
{
	struct screens_settings read = {THEME_LIGHT, LANGUAGE_NL, false};
	char path[4096];

	(void)state;
	path_of(path, "not-there");
	assert_int_equal(settings_read(&read, path, NULL), ERR_OK);
	assert_int_equal(read.theme, THEME_LIGHT);
	assert_int_equal(read.language, LANGUAGE_NL);
}

static void what_is_wrong_is_said(void **state)
{
	static const struct { const char *text, *says; } bad[] = {
		{"theme = pink\n", "pink"}, {"language = tlh\n", "tlh"}, {"colour = red\n", "colour"}, {"theme\n", "1"},
	};
	char path[4096];

	(void)state;
	path_of(path, "bad");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct screens_settings read = {THEME_LIGHT, LANGUAGE_NL, true}, before = read;
		struct err_info info = {0};

		assert_int_equal(files_write(path, bytes_str(bad[i].text), NULL), ERR_OK);
		assert_int_equal(settings_read(&read, path, &info), ERR_FORMAT);
		if (strstr(info.detail, bad[i].says) == NULL)
			fail_msg("'%s' does not name '%s'", info.detail, bad[i].says);
		assert_memory_equal(&read, &before, sizeof(read));
	}
}

static void the_folder_is_found(void **state)
{
	char path[4096];

	(void)state;
	assert_int_equal(setenv("XDG_CONFIG_HOME", "/somewhere", 1), 0);
	assert_int_equal(settings_path(path, "keymap", NULL), ERR_OK);
	assert_string_equal(path, "/somewhere/medlock/keymap");
	assert_int_equal(setenv("XDG_CONFIG_HOME", "relative", 1), 0);
	assert_int_equal(setenv("HOME", "/home/anna", 1), 0);
	assert_int_equal(settings_path(path, "keymap", NULL), ERR_OK);
	assert_string_equal(path, "/home/anna/.config/medlock/keymap");
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("HOME");
	assert_int_equal(settings_path(path, "keymap", NULL), ERR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_chosen_comes_back),
		cmocka_unit_test(nothing_there_changes_nothing),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(the_folder_is_found),
	};

	if (mkdtemp(folder) == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
