/* SPDX-License-Identifier: Apache-2.0 */
/* How roles look: sixteen ANSI colours on the person's own background, and never colour alone. */
#ifndef MEDLOCK_GRID_THEME_H
#define MEDLOCK_GRID_THEME_H

#include "tui/grid/grid.h"

enum theme { THEME_DARK, THEME_LIGHT, THEME_CONTRAST, THEME_MONO, THEME_COUNT };

#define COLOR_OWN (-1) /* the terminal's */
enum { STYLE_BOLD = 1, STYLE_DIM = 2, STYLE_UNDERLINE = 4, STYLE_REVERSE = 8 };
struct style {
	int8_t front, back; /* 0..15 in the order of ANSI, or COLOR_OWN */
	uint8_t attributes;
};
const struct style *theme_style(enum theme theme, enum role role);

const char *theme_name(enum theme theme); /* "dark" */
enum err theme_parse(enum theme *ret, const char *name) MUST_USE; /* ERR_NOT_FOUND */

/* What a picture shows for a colour: 0xRRGGBB; back says which of the two a COLOR_OWN stands for. */
uint32_t theme_rgb(enum theme theme, int color, bool back);

/* Signs of our own chrome; each is one column in both sets, but the boxes to tick. */
enum glyph {
	GLYPH_ACROSS, GLYPH_DOWN, GLYPH_POINTER, GLYPH_CUT, GLYPH_BAR_ON, GLYPH_BAR_OFF, GLYPH_TICKED, GLYPH_UNTICKED,
	GLYPH_CHOSEN, GLYPH_UNCHOSEN, GLYPH_COUNT
};
const char *theme_glyph(bool ascii, enum glyph glyph);

#endif
