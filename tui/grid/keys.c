/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/grid/keys.h"

#include <stdio.h>

#include "core/base/text.h"

static const struct { enum press press; const char *name; } names[] = {
	{PRESS_ENTER, "Enter"}, {PRESS_ESCAPE, "Esc"}, {PRESS_TAB, "Tab"}, {PRESS_BACK_TAB, "Shift-Tab"},
	{PRESS_BACKSPACE, "Backspace"}, {PRESS_DELETE, "Delete"}, {PRESS_UP, "Up"}, {PRESS_DOWN, "Down"},
	{PRESS_LEFT, "Left"}, {PRESS_RIGHT, "Right"}, {PRESS_HOME, "Home"}, {PRESS_END, "End"}, {PRESS_PAGE_UP, "PgUp"},
	{PRESS_PAGE_DOWN, "PgDn"}, {PRESS_F1, "F1"}, {PRESS_PASTE, "Paste"}, {PRESS_CLICK, "Click"},
};
#define NAMES (sizeof(names) / sizeof(names[0]))
#define CONTROL "Ctrl-"

static void character_name(char out[PRESS_NAME], uint32_t c)
{
	char text[5] = "";

	if (c < 0x80) {
		text[0] = (char)c;
	} else if (c < 0x800) {
		text[0] = (char)(0xc0 | c >> 6);
		text[1] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		text[0] = (char)(0xe0 | c >> 12);
		text[1] = (char)(0x80 | (c >> 6 & 0x3f));
		text[2] = (char)(0x80 | (c & 0x3f));
	} else {
		text[0] = (char)(0xf0 | c >> 18);
		text[1] = (char)(0x80 | (c >> 12 & 0x3f));
		text[2] = (char)(0x80 | (c >> 6 & 0x3f));
		text[3] = (char)(0x80 | (c & 0x3f));
	}
	snprintf(out, PRESS_NAME, "%s", c == ' ' ? "Space" : text);
}

void press_name(char out[PRESS_NAME], const struct key *key)
{
	out[0] = '\0';
	if (key->press == PRESS_CHARACTER)
		character_name(out, key->character);
	if (key->press == PRESS_CONTROL)
		snprintf(out, PRESS_NAME, CONTROL "%c", (char)(key->character - 'a' + 'A'));
	for (size_t i = 0; i < NAMES; i++)
		if (names[i].press == key->press)
			snprintf(out, PRESS_NAME, "%s", names[i].name);
}

enum err press_parse(struct key *ret, const char *name)
{
	struct bytes text = bytes_str(name);
	bool harmless;
	uint32_t c;

	for (size_t i = 0; i < NAMES; i++) {
		if (strcmp(names[i].name, name) == 0) {
			*ret = (struct key){.press = names[i].press};
			return ERR_OK;
		}
	}
	if (strcmp(name, "Space") == 0) {
		*ret = (struct key){.press = PRESS_CHARACTER, .character = ' '};
		return ERR_OK;
	}
	if (strncmp(name, CONTROL, strlen(CONTROL)) == 0 && text.len == strlen(CONTROL) + 1) {
		char letter = name[text.len - 1];

		if (letter < 'A' || letter > 'Z')
			return ERR_FORMAT;
		*ret = (struct key){.press = PRESS_CONTROL, .character = (uint32_t)(letter - 'A' + 'a')};
		return ERR_OK;
	}
	if (text.len == 0 || text_character(&c, &harmless, text) != text.len || !harmless || c == ' ')
		return ERR_FORMAT;
	*ret = (struct key){.press = PRESS_CHARACTER, .character = c};
	return ERR_OK;
}

bool press_equal(const struct key *a, const struct key *b)
{
	if (a->press != b->press)
		return false;
	return (a->press != PRESS_CHARACTER && a->press != PRESS_CONTROL) || a->character == b->character;
}
