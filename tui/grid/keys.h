/* SPDX-License-Identifier: Apache-2.0 */
/* What a person pressed, whatever her terminal sends for it, and its name in keymaps and hints. */
#ifndef MEDLOCK_GRID_KEYS_H
#define MEDLOCK_GRID_KEYS_H

#include "core/base/bytes.h"

enum press {
	PRESS_CHARACTER = 1, /* any printable character */
	PRESS_CONTROL,       /* Ctrl with the letter in character, lower case */
	PRESS_ENTER, PRESS_ESCAPE, PRESS_TAB, PRESS_BACK_TAB, PRESS_BACKSPACE, PRESS_DELETE,
	PRESS_UP, PRESS_DOWN, PRESS_LEFT, PRESS_RIGHT, PRESS_HOME, PRESS_END, PRESS_PAGE_UP, PRESS_PAGE_DOWN,
	PRESS_F1,
	PRESS_PASTE, /* a paste begins or ends: what comes between is text, never an act */
	PRESS_CLICK, /* x, y */
};
struct key {
	enum press press;
	uint32_t character; /* of PRESS_CHARACTER and PRESS_CONTROL */
	bool begins;        /* of PRESS_PASTE */
	int x, y;           /* of PRESS_CLICK: cells */
};

#define PRESS_NAME 16u
/* "j", "Ctrl-U", "PgDn", "Space". */
void press_name(char out[PRESS_NAME], const struct key *key);
/* One name; nothing before or after it.  ERR_FORMAT. */
enum err press_parse(struct key *ret, const char *name) MUST_USE;
bool press_equal(const struct key *a, const struct key *b);

#endif
