/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done, as data: the table of tui/screens/actions.def. */
#ifndef MEDLOCK_SCREENS_ACTIONS_H
#define MEDLOCK_SCREENS_ACTIONS_H

#include "core/base/err.h"
#include "tui/grid/keys.h"
#include "tui/words/words.h"

enum action {
	ACTION_NONE,
#define ACTION(number, name, scope, keys) ACTION_##name = (number),
#include "tui/screens/actions.def"
#undef ACTION
};

struct action_row {
	enum action action;
	const char *name; /* "PAGE_DOWN": in keymap files and in tests of coverage */
	bool general;     /* for every view */
	const char *keys;
	enum word title, help;
};
const struct action_row *action_at(size_t index); /* NULL past the end */
const struct action_row *action_row(enum action action);
const struct action_row *action_by_name(const char *name); /* NULL */

/* What a view answers: its actions, ended by ACTION_NONE, the i-th one; how a keymap asks without knowing views. */
typedef enum action action_list(const void *of, size_t index);

#define ACTION_KEYS_MAX 4u
#define KEYMAP_LINES_MAX 200u

/* Which keys are for which action: the table's, or a person's own. */
struct keymap;
enum err keymap_new(struct keymap **ret) MUST_USE;
void keymap_free(struct keymap *m);

/* A person's lines "NAME = KEY KEY", '#' begins a remark; the action then has these keys and no others.  Nothing is changed on
 * failure: ERR_FORMAT (no action, no key), ERR_DUPLICATE (a key of a general action that another one has too), ERR_TOO_LARGE.
 */
enum err keymap_read(struct keymap *m, struct bytes text, struct err_info *info) MUST_USE;

/* Whether the actions of one view have keys of their own.  ERR_DUPLICATE. */
enum err keymap_check(const struct keymap *m, action_list *list, const void *of, struct err_info *info) MUST_USE;

/* The view's own actions go before the general ones.  ACTION_NONE. */
enum action keymap_action(const struct keymap *m, const struct key *key, action_list *list, const void *of);
/* The key to show for it; "" when it has none. */
void keymap_shown(const struct keymap *m, char out[PRESS_NAME], enum action action);

#endif
