/* SPDX-License-Identifier: Apache-2.0 */
/* medlock demo --screenshot: a screen of the example world, as text or SVG, always the same bytes. */
#include "tui/cli/screenshot.h"

#include <stdlib.h>

#include "tui/examples/examples.h"
#include "tui/grid/dump.h"

static enum err size_of(struct cli *c, int *ret_columns, int *ret_rows)
{
	const char *text = cli_value(c, "size");
	char *end;
	long columns, rows = 0;

	if (text == NULL)
		text = "80x24";
	columns = strtol(text, &end, 10);
	if (*end == 'x')
		rows = strtol(end + 1, &end, 10);
	if (*end != '\0' || columns < 1 || columns > (long)GRID_COLUMNS_MAX || rows < 1 || rows > (long)GRID_ROWS_MAX)
		return err_set(&c->info, ERR_USAGE, "--size %.32s: columns x rows, as 80x24, at most %ux%u", text,
			       GRID_COLUMNS_MAX, GRID_ROWS_MAX);
	*ret_columns = (int)columns;
	*ret_rows = (int)rows;
	return ERR_OK;
}

static enum err look_of(struct cli *c, struct example_look *ret, enum theme *ret_theme)
{
	const char *language = cli_value(c, "language"), *theme = cli_value(c, "theme");

	*ret = (struct example_look){.ascii = cli_switch(c, "ascii")};
	*ret_theme = THEME_DARK;
	if (language != NULL && language_parse(&ret->language, language) != ERR_OK)
		return err_set(&c->info, ERR_USAGE, "--language %.32s: en or nl", language);
	if (theme != NULL && theme_parse(ret_theme, theme) != ERR_OK)
		return err_set(&c->info, ERR_USAGE, "--theme %.32s: dark, light, contrast or mono", theme);
	return ERR_OK;
}

static enum err list(struct cli *c)
{
	if (c->json)
		json_begin_array(&c->w, "screens");
	for (size_t i = 0; example_at(i) != NULL; i++) {
		if (c->json)
			json_string(&c->w, NULL, example_at(i)->view->name);
		else
			cli_say(c, "%s\n", example_at(i)->view->name);
	}
	if (c->json)
		json_end_array(&c->w);
	return ERR_OK;
}

static enum err draw(struct cli *c, const struct example *x)
{
	struct example_look look;
	struct session *s = NULL;
	struct grid g = {0};
	enum theme theme;
	int columns, rows;
	enum err e;

	TRY(size_of(c, &columns, &rows));
	TRY(look_of(c, &look, &theme));
	e = grid_init(&g, columns, rows);
	if (e == ERR_OK)
		e = example_session(&s, x, look, &c->info);
	if (e == ERR_OK) {
		session_draw(s, &g);
		if (cli_switch(c, "svg"))
			dump_svg(&c->out, &g, theme, x->view->name);
		else
			dump_text(&c->out, &g);
	}
	session_free(s);
	grid_release(&g);
	return e;
}

enum err cli_screenshot(struct cli *c, const char *name)
{
	const struct example *x;

	if (strcmp(name, "list") == 0)
		return list(c);
	if (c->json)
		return err_set(&c->info, ERR_USAGE, "a picture is text or --svg");
	x = example_by_name(name);
	if (x == NULL)
		return err_set(&c->info, ERR_NOT_FOUND, "there is no screen '%.40s'; --screenshot list names them", name);
	return draw(c, x);
}
