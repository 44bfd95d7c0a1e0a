/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/actions.h"

#include <stdlib.h>

#include "core/base/buf.h"

static const struct action_row rows[] = {
#define GENERAL true
#define VIEW false
#define ACTION(number, name, scope, keys) {ACTION_##name, #name, (scope), keys, WORD_ACTION_##name, WORD_HELP_##name},
#include "tui/screens/actions.def"
#undef ACTION
#undef GENERAL
#undef VIEW
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct action_row *action_at(size_t index)
{
	return index < ROWS ? &rows[index] : NULL;
}

const struct action_row *action_row(enum action action)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].action == action)
			return &rows[i];
	ASSERT(!"an action without a row");
	return NULL;
}

const struct action_row *action_by_name(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

/* ---- keys ---- */

struct bound { struct key keys[ACTION_KEYS_MAX]; size_t count; };
struct keymap { struct bound of[ROWS]; }; /* by row */

/* Names with spaces between. */
static enum err bind(struct bound *ret, const char *names, struct err_info *info)
{
	struct bound b = {.count = 0};
	char name[PRESS_NAME];

	while (*(names += strspn(names, " \t")) != '\0') {
		size_t len = strcspn(names, " \t");

		if (len >= sizeof(name))
			return err_set(info, ERR_FORMAT, "'%.40s' is no key", names);
		memcpy(name, names, len);
		name[len] = '\0';
		if (b.count == ACTION_KEYS_MAX)
			return err_set(info, ERR_FORMAT, "an action has at most %u keys", ACTION_KEYS_MAX);
		if (press_parse(&b.keys[b.count], name) != ERR_OK)
			return err_set(info, ERR_FORMAT, "'%s' is no key", name);
		b.count++;
		names += len;
	}
	*ret = b;
	return ERR_OK;
}

static bool has(const struct bound *b, const struct key *key)
{
	for (size_t i = 0; i < b->count; i++)
		if (press_equal(&b->keys[i], key))
			return true;
	return false;
}

/* Keys that two actions have. */
static enum err check_pair(const struct keymap *m, size_t i, size_t j, struct err_info *info)
{
	char name[PRESS_NAME];

	for (size_t k = 0; k < m->of[i].count; k++) {
		if (!has(&m->of[j], &m->of[i].keys[k]))
			continue;
		press_name(name, &m->of[i].keys[k]);
		return err_set(info, ERR_DUPLICATE, "%s is for %s and for %s", name, rows[i].name, rows[j].name);
	}
	return ERR_OK;
}

static enum err check_doubles(const struct keymap *m, struct err_info *info)
{
	for (size_t i = 0; i < ROWS; i++)
		for (size_t j = 0; rows[i].general && j < ROWS; j++)
			if (j > i || !rows[j].general)
				TRY(check_pair(m, i, j, info));
	return ERR_OK;
}

static size_t place_of(enum action action)
{
	return (size_t)(action_row(action) - rows);
}

enum err keymap_check(const struct keymap *m, action_list *list, const void *of, struct err_info *info)
{
	for (size_t i = 0; list(of, i) != ACTION_NONE; i++)
		for (size_t j = i + 1; list(of, j) != ACTION_NONE; j++)
			TRY(check_pair(m, place_of(list(of, i)), place_of(list(of, j)), info));
	return ERR_OK;
}

enum err keymap_new(struct keymap **ret)
{
	struct keymap *m = calloc(1, sizeof(*m));
	enum err e = ERR_OK;

	if (m == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; e == ERR_OK && i < ROWS; i++)
		e = bind(&m->of[i], rows[i].keys, NULL);
	ASSERT(e == ERR_OK && check_doubles(m, NULL) == ERR_OK);
	*ret = m;
	return ERR_OK;
}

void keymap_free(struct keymap *m)
{
	free(m);
}

/* "NAME = KEY KEY" */
static enum err read_line(struct keymap *m, char *line, struct err_info *info)
{
	const struct action_row *row;
	char *equals, *name = line + strspn(line, " \t");

	line[strcspn(line, "\r")] = '\0';
	if (*name == '\0' || *name == '#')
		return ERR_OK;
	equals = strchr(name, '=');
	if (equals == NULL)
		return err_set(info, ERR_FORMAT, "'%.60s' is not NAME = KEY", name);
	*equals = '\0';
	name[strcspn(name, " \t")] = '\0';
	row = action_by_name(name);
	if (row == NULL)
		return err_set(info, ERR_FORMAT, "'%.40s' is no action", name);
	return bind(&m->of[row - rows], equals + 1, info);
}

enum err keymap_read(struct keymap *m, struct bytes text, struct err_info *info)
{
	struct keymap made = *m;
	struct buf copy = BUF_INIT;
	char *save = NULL;
	size_t lines = 0;
	enum err e;

	buf_append_bytes(&copy, text);
	buf_append(&copy, "", 1);
	e = buf_error(&copy);
	if (e == ERR_OK && strlen((char *)copy.data) != text.len)
		e = err_set(info, ERR_FORMAT, "a keymap is text");
	for (char *line = e == ERR_OK ? strtok_r((char *)copy.data, "\n", &save) : NULL; e == ERR_OK && line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		e = ++lines > KEYMAP_LINES_MAX ? err_set(info, ERR_TOO_LARGE, "a keymap has at most %u lines", KEYMAP_LINES_MAX)
					       : read_line(&made, line, info);
	if (e == ERR_OK)
		e = check_doubles(&made, info);
	if (e == ERR_OK)
		*m = made;
	buf_release(&copy);
	return e;
}

enum action keymap_action(const struct keymap *m, const struct key *key, action_list *list, const void *of)
{
	for (size_t i = 0; list != NULL && list(of, i) != ACTION_NONE; i++)
		if (has(&m->of[place_of(list(of, i))], key))
			return list(of, i);
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].general && has(&m->of[i], key))
			return rows[i].action;
	return ACTION_NONE;
}

void keymap_shown(const struct keymap *m, char out[PRESS_NAME], enum action action)
{
	const struct bound *b = &m->of[action_row(action) - rows];

	out[0] = '\0';
	if (b->count > 0)
		press_name(out, &b->keys[0]);
}
