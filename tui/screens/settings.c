/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/base/options.h"

static const struct option_row rows[] = {
	{"theme", OPTION_TEXT, "", "colours: dark, light, contrast or mono"},
	{"language", OPTION_TEXT, "", "of the texts, by its code: en, nl"},
	{"ascii", OPTION_TEXT, "", "yes: letters and signs of ASCII alone"},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

enum err settings_path(char out[APP_PATH], const char *name, struct err_info *info)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char folder[APP_PATH];

	if (config != NULL && config[0] == '/')
		TRY(files_join(folder, sizeof(folder), config, "medlock"));
	else if (home != NULL && home[0] == '/')
		TRY(files_join(folder, sizeof(folder), home, ".config/medlock"));
	else
		return err_set(info, ERR_NOT_FOUND, "a home folder for settings");
	return files_join(out, 4096, folder, name);
}

static enum err take(struct screens_settings *io, const struct options *o, struct err_info *info)
{
	const char *theme = options_text(o, "theme"), *language = options_text(o, "language");
	const char *ascii = options_text(o, "ascii");
	struct screens_settings taken = *io;

	if (theme[0] != '\0' && theme_parse(&taken.theme, theme) != ERR_OK)
		return err_set(info, ERR_FORMAT, "theme %.32s", theme);
	if (language[0] != '\0' && language_parse(&taken.language, language) != ERR_OK)
		return err_set(info, ERR_FORMAT, "language %.32s", language);
	if (ascii[0] != '\0')
		taken.ascii = strcmp(ascii, "yes") == 0;
	*io = taken;
	return ERR_OK;
}

enum err settings_read(struct screens_settings *io, const char *path, struct err_info *info)
{
	struct options o;
	enum err e;

	if (access(path, F_OK) != 0)
		return ERR_OK;
	options_init(&o, rows, ROWS);
	e = options_read(&o, path, info);
	if (e == ERR_OK)
		e = take(io, &o, info);
	options_release(&o);
	return e;
}

static enum err make_folder(const char *path, struct err_info *info)
{
	char folder[APP_PATH], *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	for (slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (access(folder, F_OK) != 0 && mkdir(folder, 0700) != 0)
			return err_set(info, ERR_IO, "%s", folder);
		*slash = '/';
	}
	return ERR_OK;
}

enum err settings_write(const struct screens_settings *settings, const char *path, struct err_info *info)
{
	struct options o;
	enum err e;

	TRY(make_folder(path, info));
	options_init(&o, rows, ROWS);
	e = options_set(&o, "theme", theme_name(settings->theme), info);
	if (e == ERR_OK)
		e = options_set(&o, "language", language_code(settings->language), info);
	if (e == ERR_OK)
		e = options_set(&o, "ascii", settings->ascii ? "yes" : "no", info);
	if (e == ERR_OK)
		e = options_write(&o, path, info);
	options_release(&o);
	return e;
}
