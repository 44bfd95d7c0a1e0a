/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/start.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/files.h"
#include "tui/screens/loop.h"
#include "tui/screens/settings.h"

#define KEYMAP_SIZE_MAX 16384u

/* How POSIX finds the language of messages. */
static const char *locale_named(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return value;
	}
	return NULL;
}

/* What the environment says comes before what a person chose, and an option before both. */
static enum err settle(struct screens_settings *ret, const struct start_options *o, struct err_info *info)
{
	const char *no_color = getenv("NO_COLOR");
	char path[APP_PATH];

	*ret = (struct screens_settings){
		.theme = THEME_DARK, .language = language_of_locale(locale_named()),
		.ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
	};
	if (settings_path(path, "screens", info) == ERR_OK)
		TRY(settings_read(ret, path, info));
	if (no_color != NULL && no_color[0] != '\0')
		ret->theme = THEME_MONO;
	if (o->theme != NULL && theme_parse(&ret->theme, o->theme) != ERR_OK)
		return err_set(info, ERR_USAGE, "--theme %.32s: dark, light, contrast or mono", o->theme);
	if (o->language != NULL && language_parse(&ret->language, o->language) != ERR_OK)
		return err_set(info, ERR_USAGE, "--language %.32s: en or nl", o->language);
	ret->ascii = ret->ascii || o->ascii;
	return ERR_OK;
}

static enum err keymap(struct session *s, struct err_info *info)
{
	struct buf text = BUF_INIT;
	char path[APP_PATH];
	enum err e;

	if (settings_path(path, "keymap", NULL) != ERR_OK || access(path, F_OK) != 0)
		return ERR_OK;
	e = files_read(&text, path, KEYMAP_SIZE_MAX, info);
	if (e == ERR_OK)
		e = session_keymap(s, buf_bytes(&text), info);
	buf_release(&text);
	return e;
}

static bool wants_plain(const struct start_options *o)
{
	const char *ui = getenv("MEDLOCK_UI"), *term = getenv("TERM");

	return o->plain || (ui != NULL && strcmp(ui, "plain") == 0) || term == NULL || term[0] == '\0' ||
	       strcmp(term, "dumb") == 0;
}

/* The profile to begin with: the one that is named, or the usual one when it is there. */
static enum err find_home(char out[APP_PATH], const struct start_options *o, struct err_info *info)
{
	bool there = false;

	out[0] = '\0';
	if (o->world != NULL && o->home == NULL)
		return ERR_OK;
	TRY(app_home(out, &there, o->home, info));
	if (!there && o->home == NULL)
		out[0] = '\0';
	return ERR_OK;
}

static enum err show(struct session *s, const struct session_options *options, const struct start_options *o,
		     struct err_info *info)
{
	const struct loop_options how = {.mouse = o->mouse, .marks = o->marks};
	enum err e;

	if (!wants_plain(o)) {
		e = loop_run(s, options, &how, info);
		if (e != ERR_TERMINAL)
			return e;
	}
	plain_run(s);
	return ERR_OK;
}

static enum err start(const struct start_options *o, struct err_info *info)
{
	char home[APP_PATH];
	struct screens_settings look;
	struct session_options options = {.passphrase_file = o->passphrase_file, .world = o->world, .clock = clock_real()};
	struct session *s = NULL;
	enum err e;

	TRY(settle(&look, o, info));
	TRY(find_home(home, o, info));
	options.home = home[0] != '\0' ? home : NULL;
	options.theme = look.theme;
	options.language = look.language;
	options.ascii = look.ascii;
	TRY(session_new(&s, &options, info));
	e = keymap(s, info);
	if (e == ERR_OK)
		e = show(s, &options, o, info);
	session_free(s);
	return e;
}

/* Only this thread's characters are those of the person's locale: numbers in files and on wires stay as they are. */
enum err start_screens(const struct start_options *o, struct err_info *info)
{
	locale_t characters = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	locale_t before = characters != (locale_t)0 ? uselocale(characters) : (locale_t)0;
	enum err e = start(o, info);

	if (characters != (locale_t)0) {
		uselocale(before);
		freelocale(characters);
	}
	return e;
}
