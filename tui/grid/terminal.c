/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/grid/terminal.h"

#include <curses.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#undef columns /* term.h has capabilities of these names */
#undef lines

#define ESCAPE_MS 25 /* how long an escape may be the beginning of a key */
#define PASTE_ON "\x1b[?2004h"
#define PASTE_OFF "\x1b[?2004l"

enum { CODE_PASTE_BEGINS = KEY_MAX + 1, CODE_PASTE_ENDS };

struct terminal {
	SCREEN *screen;
	enum theme theme;
	bool ascii, bright; /* bright: sixteen colours */
	attr_t attributes[ROLE_COUNT];
	bool suspended;
};

/* ---- opening ---- */

static attr_t attribute_of(const struct style *s, bool bright)
{
	attr_t a = A_NORMAL;

	if (s->attributes & STYLE_BOLD || (!bright && s->front >= 8))
		a |= A_BOLD;
	if (s->attributes & STYLE_DIM)
		a |= A_DIM;
	if (s->attributes & STYLE_UNDERLINE)
		a |= A_UNDERLINE;
	if (s->attributes & STYLE_REVERSE)
		a |= A_REVERSE;
	return a;
}

static short color_of(const struct terminal *t, int color)
{
	return (short)(color >= 8 && !t->bright ? color - 8 : color);
}

static void set_colors(struct terminal *t)
{
	t->bright = has_colors() && COLORS >= 16;
	if (!has_colors() || start_color() != OK || use_default_colors() != OK || COLOR_PAIRS <= ROLE_COUNT)
		t->theme = THEME_MONO;
	for (unsigned r = 0; r < ROLE_COUNT; r++) {
		const struct style *s = theme_style(t->theme, (enum role)r);

		t->attributes[r] = attribute_of(s, t->bright);
		if (t->theme != THEME_MONO)
			init_pair((short)(r + 1), color_of(t, s->front), color_of(t, s->back));
	}
}

void terminal_theme(struct terminal *t, enum theme theme)
{
	t->theme = theme;
	set_colors(t);
	terminal_redraw(t);
}

static bool can_place_cursor(void)
{
	const char *cup = tigetstr("cup");

	return cup != NULL && cup != (char *)-1;
}

static void set_input(const struct terminal_options *options)
{
	raw();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	meta(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	set_escdelay(ESCAPE_MS);
	define_key("\x1b[200~", CODE_PASTE_BEGINS);
	define_key("\x1b[201~", CODE_PASTE_ENDS);
	if (options->mouse)
		mousemask(BUTTON1_CLICKED | BUTTON1_PRESSED, NULL);
}

/* What curses has no word for goes past it; only to terminals of xterm's kind, which say that they have a title. */
static void send(const char *text)
{
	const char *term = getenv("TERM");

	if (term == NULL ||
	    (strncmp(term, "xterm", 5) != 0 && strncmp(term, "tmux", 4) != 0 && strncmp(term, "screen", 6) != 0))
		return;
	fputs(text, stdout);
	fflush(stdout);
}

enum err terminal_open(struct terminal **ret, const struct terminal_options *options, struct err_info *info)
{
	struct terminal *t;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(info, ERR_TERMINAL, "standard input and output are no terminal");
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return ERR_MEMORY;
	t->theme = options->theme;
	t->ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	t->screen = newterm(NULL, stdout, stdin);
	if (t->screen == NULL || !can_place_cursor()) {
		terminal_free(t);
		return err_set(info, ERR_TERMINAL, "this kind of terminal shows no screens");
	}
	set_term(t->screen);
	set_input(options);
	set_colors(t);
	send(PASTE_ON);
	*ret = t;
	return ERR_OK;
}

static void leave(struct terminal *t)
{
	if (t->suspended)
		return;
	erase();
	refresh(); /* the alternate screen is empty before it is left */
	send(PASTE_OFF);
	endwin();
}

void terminal_free(struct terminal *t)
{
	if (t == NULL)
		return;
	if (t->screen != NULL) {
		leave(t);
		delscreen(t->screen);
	}
	free(t);
}

void terminal_suspend(struct terminal *t)
{
	def_prog_mode();
	leave(t);
	t->suspended = true;
}

void terminal_resume(struct terminal *t)
{
	t->suspended = false;
	reset_prog_mode();
	terminal_resized(t);
	send(PASTE_ON);
}

/* ---- sizes ---- */

bool terminal_is_ascii(const struct terminal *t)
{
	return t->ascii;
}

int terminal_input(const struct terminal *t)
{
	(void)t;
	return STDIN_FILENO;
}

void terminal_size(const struct terminal *t, int *ret_columns, int *ret_rows)
{
	(void)t;
	getmaxyx(stdscr, *ret_rows, *ret_columns);
}

void terminal_resized(struct terminal *t)
{
	struct winsize size;

	(void)t;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
		resizeterm(size.ws_row, size.ws_col);
	clearok(curscr, TRUE); /* smaller and back between two looks: the size is as it was, what stood there is not */
}

/* ---- painting ---- */

/* What a terminal without UTF-8 cannot show is a question mark for each of its columns, so that all else stays in place. */
static void cell_text(wchar_t out[CCHARW_MAX + 1], const struct terminal *t, const struct cell *c)
{
	mbstate_t state = {0};
	const char *from = c->text;
	size_t len;

	if (!t->ascii) {
		len = mbsrtowcs(out, &from, CCHARW_MAX, &state);
		out[len == (size_t)-1 ? 0 : len] = L'\0';
		return;
	}
	out[0] = (unsigned char)c->text[0] < 0x80 ? (wchar_t)c->text[0] : L'?';
	out[1] = L'\0';
}

static void paint_cell(const struct terminal *t, const struct cell *c, int x, int y)
{
	short pair = t->theme == THEME_MONO ? 0 : (short)(c->role + 1);
	wchar_t text[CCHARW_MAX + 1];
	cchar_t shown;

	if (c->columns == 0 && !t->ascii)
		return;
	cell_text(text, t, c);
	if (text[0] == L'\0')
		wcscpy(text, L"?");
	if (setcchar(&shown, text, t->attributes[c->role], pair, NULL) == OK)
		mvadd_wch(y, x, &shown);
}

void terminal_paint(struct terminal *t, const struct grid *g)
{
	int columns, rows;

	terminal_size(t, &columns, &rows);
	erase();
	for (int y = 0; y < rows && y < g->rows; y++)
		for (int x = 0; x < columns && x < g->columns; x++)
			paint_cell(t, grid_cell(g, x, y), x, y);
	move(g->cursor_y < rows ? g->cursor_y : rows - 1, g->cursor_x < columns ? g->cursor_x : columns - 1);
	refresh();
}

void terminal_redraw(struct terminal *t)
{
	(void)t;
	clearok(curscr, TRUE);
}

/* ---- keys ---- */

static const struct { int code; enum press press; } codes[] = {
	{KEY_UP, PRESS_UP}, {KEY_DOWN, PRESS_DOWN}, {KEY_LEFT, PRESS_LEFT}, {KEY_RIGHT, PRESS_RIGHT}, {KEY_HOME, PRESS_HOME},
	{KEY_END, PRESS_END}, {KEY_PPAGE, PRESS_PAGE_UP}, {KEY_NPAGE, PRESS_PAGE_DOWN}, {KEY_BTAB, PRESS_BACK_TAB},
	{KEY_BACKSPACE, PRESS_BACKSPACE}, {KEY_DC, PRESS_DELETE}, {KEY_ENTER, PRESS_ENTER}, {KEY_F(1), PRESS_F1},
};

static bool read_code(struct key *ret, wint_t code)
{
	MEVENT at;

	*ret = (struct key){0};
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].code == (int)code)
			ret->press = codes[i].press;
	if (code == CODE_PASTE_BEGINS || code == CODE_PASTE_ENDS)
		*ret = (struct key){.press = PRESS_PASTE, .begins = code == CODE_PASTE_BEGINS};
	if (code == KEY_MOUSE && getmouse(&at) == OK)
		*ret = (struct key){.press = PRESS_CLICK, .x = at.x, .y = at.y};
	return ret->press != 0;
}

#define ESCAPE 0x1b
#define RUBOUT 0x7f

static void read_character(struct key *ret, wint_t c)
{
	enum press press = PRESS_CHARACTER;

	if (c == '\r' || c == '\n')
		press = PRESS_ENTER;
	else if (c == '\t')
		press = PRESS_TAB;
	else if (c == ESCAPE)
		press = PRESS_ESCAPE;
	else if (c == RUBOUT || c == '\b')
		press = PRESS_BACKSPACE;
	else if (c >= 1 && c <= 26)
		press = PRESS_CONTROL;
	*ret = (struct key){.press = press, .character = press == PRESS_CONTROL ? c - 1 + 'a' : c};
}

enum err terminal_key(struct terminal *t, struct key *ret)
{
	struct winsize alive;
	wint_t c;
	int kind;

	(void)t;
	for (;;) {
		kind = get_wch(&c);
		if (kind == OK && c != 0) {
			read_character(ret, c);
			return ERR_OK;
		}
		if (kind == KEY_CODE_YES && read_code(ret, c))
			return ERR_OK;
		if (kind == ERR)
			return ioctl(STDIN_FILENO, TIOCGWINSZ, &alive) == 0 ? ERR_NOT_FOUND : ERR_IO;
	}
}
