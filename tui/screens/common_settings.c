/* SPDX-License-Identifier: Apache-2.0 */
/* How the screens look, and in which language. */
#include "tui/screens/settings.h"

#include "tui/screens/views.h"

enum { ID_THEME = 1, ID_LANGUAGE = 20, ID_ASCII = 40 };

static void list(const struct view *v, struct page *p)
{
	static const enum word themes[THEME_COUNT] = {
		WORD_SETTINGS_DARK, WORD_SETTINGS_LIGHT, WORD_SETTINGS_CONTRAST, WORD_SETTINGS_MONO,
	};
	const struct screens_settings *d = v->draft;

	page_head(p, v, WORD_SETTINGS_COLOURS, NULL);
	for (int i = 0; i < THEME_COUNT; i++)
		page_choice_say(p, v, ID_THEME + i, themes[i], (int)d->theme == i, true);
	page_blank(p);
	page_head(p, v, WORD_SETTINGS_LANGUAGE, NULL);
	for (int i = 0; i < LANGUAGE_COUNT; i++)
		page_choice(p, ID_LANGUAGE + i, language_name((enum language)i), (int)d->language == i, true);
	page_blank(p);
	page_head(p, v, WORD_SETTINGS_SIGNS, NULL);
	page_choice_say(p, v, ID_ASCII, WORD_SETTINGS_ASCII, d->ascii, false);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_SETTINGS_KEPT, NULL);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct screens_settings d = *(const struct screens_settings *)v->draft;

	(void)text;
	if (id == ID_ASCII)
		d.ascii = !d.ascii;
	else if (id >= ID_LANGUAGE)
		d.language = (enum language)(id - ID_LANGUAGE);
	else
		d.theme = (enum theme)(id - ID_THEME);
	act_settings(ret, &d, sizeof(d));
}

const struct view_ops view_settings = {
	.name = "settings", .title = WORD_VIEW_SETTINGS, .draft_size = sizeof(struct screens_settings), .list = list,
	.chosen = chosen,
};
