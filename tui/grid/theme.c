/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/grid/theme.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, BRIGHT = 8 };

#define OWN(attributes) {COLOR_OWN, COLOR_OWN, (attributes)}
#define FRONT(color, attributes) {(color), COLOR_OWN, (attributes)}

static const struct style styles[THEME_COUNT][ROLE_COUNT] = {
	[THEME_DARK] = {
		[ROLE_PLAIN] = OWN(0), [ROLE_TITLE] = OWN(STYLE_REVERSE), [ROLE_TAB] = OWN(0),
		[ROLE_TAB_ON] = FRONT(BRIGHT + CYAN, STYLE_BOLD), [ROLE_RULE] = FRONT(CYAN, 0),
		[ROLE_HEADING] = FRONT(BRIGHT + CYAN, STYLE_BOLD), [ROLE_LABEL] = FRONT(CYAN, 0),
		[ROLE_DIM] = FRONT(WHITE, STYLE_DIM), [ROLE_SELECTED] = OWN(STYLE_REVERSE),
		[ROLE_FIELD] = OWN(STYLE_UNDERLINE), [ROLE_KEY] = FRONT(BRIGHT + YELLOW, STYLE_BOLD), [ROLE_HINT] = OWN(0),
		[ROLE_GOOD] = FRONT(BRIGHT + GREEN, 0), [ROLE_NOTE] = FRONT(BRIGHT + CYAN, 0),
		[ROLE_WARN] = FRONT(BRIGHT + YELLOW, STYLE_BOLD), [ROLE_DANGER] = FRONT(BRIGHT + RED, STYLE_BOLD),
		[ROLE_MORE] = FRONT(BRIGHT + YELLOW, 0), [ROLE_LESS] = FRONT(BRIGHT + BLUE, 0),
	},
	[THEME_LIGHT] = {
		[ROLE_PLAIN] = OWN(0), [ROLE_TITLE] = OWN(STYLE_REVERSE), [ROLE_TAB] = OWN(0),
		[ROLE_TAB_ON] = FRONT(BLUE, STYLE_BOLD), [ROLE_RULE] = FRONT(BLUE, 0), [ROLE_HEADING] = FRONT(BLUE, STYLE_BOLD),
		[ROLE_LABEL] = FRONT(BLUE, 0), [ROLE_DIM] = OWN(STYLE_DIM), [ROLE_SELECTED] = OWN(STYLE_REVERSE),
		[ROLE_FIELD] = OWN(STYLE_UNDERLINE), [ROLE_KEY] = FRONT(MAGENTA, STYLE_BOLD), [ROLE_HINT] = OWN(0),
		[ROLE_GOOD] = FRONT(GREEN, STYLE_BOLD), [ROLE_NOTE] = FRONT(BLUE, 0), [ROLE_WARN] = FRONT(MAGENTA, STYLE_BOLD),
		[ROLE_DANGER] = FRONT(RED, STYLE_BOLD), [ROLE_MORE] = FRONT(MAGENTA, 0), [ROLE_LESS] = FRONT(BLUE, 0),
	},
	[THEME_CONTRAST] = {
		[ROLE_PLAIN] = {BRIGHT + WHITE, BLACK, 0}, [ROLE_TITLE] = {BLACK, BRIGHT + WHITE, STYLE_BOLD},
		[ROLE_TAB] = {BRIGHT + WHITE, BLACK, 0}, [ROLE_TAB_ON] = {BLACK, BRIGHT + YELLOW, STYLE_BOLD},
		[ROLE_RULE] = {BRIGHT + WHITE, BLACK, 0}, [ROLE_HEADING] = {BRIGHT + YELLOW, BLACK, STYLE_BOLD},
		[ROLE_LABEL] = {BRIGHT + WHITE, BLACK, STYLE_BOLD}, [ROLE_DIM] = {BRIGHT + WHITE, BLACK, 0},
		[ROLE_SELECTED] = {BLACK, BRIGHT + YELLOW, 0}, [ROLE_FIELD] = {BRIGHT + WHITE, BLACK, STYLE_UNDERLINE},
		[ROLE_KEY] = {BRIGHT + YELLOW, BLACK, STYLE_BOLD}, [ROLE_HINT] = {BRIGHT + WHITE, BLACK, 0},
		[ROLE_GOOD] = {BRIGHT + WHITE, BLACK, 0}, [ROLE_NOTE] = {BRIGHT + WHITE, BLACK, 0},
		[ROLE_WARN] = {BRIGHT + YELLOW, BLACK, STYLE_BOLD}, [ROLE_DANGER] = {BLACK, BRIGHT + YELLOW, STYLE_BOLD},
		[ROLE_MORE] = {BRIGHT + YELLOW, BLACK, 0}, [ROLE_LESS] = {BRIGHT + WHITE, BLACK, 0},
	},
	[THEME_MONO] = {
		[ROLE_PLAIN] = OWN(0), [ROLE_TITLE] = OWN(STYLE_REVERSE), [ROLE_TAB] = OWN(0), [ROLE_TAB_ON] = OWN(STYLE_BOLD),
		[ROLE_RULE] = OWN(0), [ROLE_HEADING] = OWN(STYLE_BOLD), [ROLE_LABEL] = OWN(0), [ROLE_DIM] = OWN(0),
		[ROLE_SELECTED] = OWN(STYLE_REVERSE), [ROLE_FIELD] = OWN(STYLE_UNDERLINE), [ROLE_KEY] = OWN(STYLE_BOLD),
		[ROLE_HINT] = OWN(0), [ROLE_GOOD] = OWN(0), [ROLE_NOTE] = OWN(0), [ROLE_WARN] = OWN(STYLE_BOLD),
		[ROLE_DANGER] = OWN(STYLE_BOLD | STYLE_UNDERLINE), [ROLE_MORE] = OWN(STYLE_BOLD), [ROLE_LESS] = OWN(0),
	},
};

const struct style *theme_style(enum theme theme, enum role role)
{
	ASSERT(theme < THEME_COUNT && role < ROLE_COUNT);
	return &styles[theme][role];
}

static const char *const names[THEME_COUNT] = {"dark", "light", "contrast", "mono"};

const char *theme_name(enum theme theme)
{
	ASSERT(theme < THEME_COUNT);
	return names[theme];
}

enum err theme_parse(enum theme *ret, const char *name)
{
	for (unsigned i = 0; i < THEME_COUNT; i++) {
		if (strcmp(names[i], name) == 0) {
			*ret = (enum theme)i;
			return ERR_OK;
		}
	}
	return ERR_NOT_FOUND;
}

/* xterm's defaults (its manual page, color0..color15), but a blue that can be read on black. */
static const uint32_t palette[16] = {
	0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x1e50d8, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff5c5c, 0x00ff00, 0xffff00, 0x7c9cff, 0xff00ff, 0x00ffff, 0xffffff,
};
/* On white the same names are darker, as people who use it set them. */
static const uint32_t palette_light[16] = {
	0x000000, 0xb00000, 0x006b00, 0x6b5b00, 0x0038b8, 0x8a007a, 0x005f6b, 0x5f5f5f,
	0x4d4d4d, 0xc00000, 0x007a00, 0x6b5b00, 0x1048d0, 0x9a0088, 0x006b78, 0x000000,
};

uint32_t theme_rgb(enum theme theme, int color, bool back)
{
	const uint32_t *of = theme == THEME_LIGHT ? palette_light : palette;

	if (color != COLOR_OWN)
		return of[color];
	if (theme == THEME_LIGHT)
		return back ? 0xffffff : 0x1c1c1c;
	return back ? 0x12141a : 0xe0e0e0;
}

static const char *const glyphs[2][GLYPH_COUNT] = {
	{[GLYPH_ACROSS] = "\u2500", [GLYPH_DOWN] = "\u2502", [GLYPH_POINTER] = ">", [GLYPH_CUT] = "\u2026",
	 [GLYPH_BAR_ON] = "\u2588", [GLYPH_BAR_OFF] = "\u2591", [GLYPH_TICKED] = "[x]", [GLYPH_UNTICKED] = "[ ]",
	 [GLYPH_CHOSEN] = "(*)", [GLYPH_UNCHOSEN] = "( )"},
	{[GLYPH_ACROSS] = "-", [GLYPH_DOWN] = "|", [GLYPH_POINTER] = ">", [GLYPH_CUT] = "~", [GLYPH_BAR_ON] = "#",
	 [GLYPH_BAR_OFF] = "-", [GLYPH_TICKED] = "[x]", [GLYPH_UNTICKED] = "[ ]", [GLYPH_CHOSEN] = "(*)",
	 [GLYPH_UNCHOSEN] = "( )"},
};

const char *theme_glyph(bool ascii, enum glyph glyph)
{
	ASSERT(glyph < GLYPH_COUNT);
	return glyphs[ascii ? 1 : 0][glyph];
}
