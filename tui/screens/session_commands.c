/* SPDX-License-Identifier: Apache-2.0 */
/* Help and palette: what can be done here, found by name or key, with the reason of what cannot be done now; run from there. */
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "tui/cli/cli.h"
#include "tui/screens/session_parts.h"

#define ID_VIEWS 10000 /* ids of views: more than the numbers of actions */
#define ID_LINE 20000

static bool found(const char *typed, const char *key, const char *title, const char *help)
{
	return typed[0] == '\0' || strcmp(typed, key) == 0 || strcasestr(title, typed) != NULL ||
	       strcasestr(help, typed) != NULL;
}

static void command_row(struct page *p, int id, const char *key, const char *title, const char *help, bool refused)
{
	const char *const cells[] = {key, title, help};

	page_row(p, id, refused ? ROLE_DIM : ROLE_PLAIN, cells);
}

/* An own action of the view, or why it cannot be done now. */
static void own_action(struct session *s, struct page *p, struct open_view *v, const struct view_act *x, const char *typed)
{
	const struct action_row *row = action_row(x->action);
	enum language l = s->options.language;
	struct view view = view_of(v);
	char key[PRESS_NAME];
	struct act act;

	keymap_shown(s->keymap, key, x->action);
	if (!found(typed, key, word(l, row->title), word(l, row->help)))
		return;
	act_begin(&act, s);
	if (v->ops->load == NULL || v->model != NULL)
		x->say(&act, &view, v->panes[0].at.id);
	command_row(p, (int)x->action, key, word(l, row->title), act.kind == ACT_REFUSE ? act.text : word(l, row->help),
		    act.kind == ACT_REFUSE);
}

static void general_actions(struct session *s, struct page *p, const char *typed)
{
	enum language l = s->options.language;

	for (size_t i = 0; action_at(i) != NULL; i++) {
		const struct action_row *row = action_at(i);
		char key[PRESS_NAME];

		if (!row->general)
			continue;
		keymap_shown(s->keymap, key, row->action);
		if (found(typed, key, word(l, row->title), word(l, row->help)))
			command_row(p, (int)row->action, key, word(l, row->title), word(l, row->help), false);
	}
}

static void tabs(struct session *s, struct page *p, const char *typed)
{
	enum language l = s->options.language;

	for (size_t i = 0; s->open && view_tab(s->mode, i) != NULL; i++) {
		char key[SAY_NUMBER];
		const char *title = word(l, view_tab(s->mode, i)->title);

		say_number(key, i + 1);
		if (found(typed, key, title, ""))
			command_row(p, ID_VIEWS + (int)i, key, title, word(l, WORD_COMMANDS_TAB), false);
	}
}

/* A line of the command line, typed here. */
static bool is_line(const char *typed)
{
	char noun[32];

	if (strncmp(typed, "medlock ", 8) == 0)
		typed += 8;
	snprintf(noun, sizeof(noun), "%.*s", (int)strcspn(typed, " "), typed);
	for (size_t i = 0; cli_command(i) != NULL; i++)
		if (strcmp(cli_command(i)->noun, noun) == 0 && strchr(typed, ' ') != NULL)
			return true;
	return false;
}

void commands_page(struct session *s, struct page *p, const char *typed)
{
	enum language l = s->options.language;
	const struct page_column columns[] = {
		{word(l, WORD_COMMANDS_KEY), 5, 9, 0, false},
		{word(l, WORD_COMMANDS_NAME), 10, 22, 0, false},
		{word(l, WORD_COMMANDS_WHAT), 20, 80, 1, false},
	};
	struct open_view *v = stack_top(s);

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	if (is_line(typed))
		command_row(p, ID_LINE, "", word(l, WORD_COMMANDS_LINE), typed, false);
	for (const struct view_act *x = v != NULL ? v->ops->acts : NULL; x != NULL && x->action != ACTION_NONE; x++)
		own_action(s, p, v, x, typed);
	tabs(s, p, typed);
	general_actions(s, p, typed);
}

/* Words with blanks between; quotes hold one together. */
static void line_of(struct act *a, const char *typed)
{
	char word[INPUT_MAX + 1];
	size_t len;

	if (strncmp(typed, "medlock ", 8) == 0)
		typed += 8;
	a->kind = ACT_LINE;
	while (*(typed += strspn(typed, " ")) != '\0') {
		char quote = *typed == '\'' || *typed == '"' ? *typed++ : '\0';

		for (len = 0; *typed != '\0' && (quote != '\0' ? *typed != quote : *typed != ' '); typed++)
			word[len++] = *typed;
		word[len] = '\0';
		typed += quote != '\0' && *typed == quote;
		act_word(a, word);
	}
}

void commands_run(struct session *s, int id, const char *typed)
{
	struct act act;

	if (id >= ID_VIEWS && id < ID_LINE) {
		session_tab(s, (size_t)(id - ID_VIEWS));
	} else if (id == ID_LINE) {
		act_begin(&act, s);
		line_of(&act, typed);
		act.shows = true;
		session_do(s, &act);
	} else if (id != 0) {
		session_act(s, (enum action)id);
	}
}
