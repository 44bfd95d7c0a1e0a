/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/grid/grid.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "core/base/text.h"

static int within(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

struct box box_part(struct box in, int x, int y, int columns, int rows)
{
	struct box part = {.x = in.x + within(x, 0, in.columns), .y = in.y + within(y, 0, in.rows)};

	part.columns = within(columns, 0, in.x + in.columns - part.x);
	part.rows = within(rows, 0, in.y + in.rows - part.y);
	return part;
}

/* ---- the cells ---- */

static void blank(struct cell *c, enum role role, const char *text)
{
	*c = (struct cell){.role = (uint8_t)role, .columns = 1};
	memcpy(c->text, text, strlen(text) + 1);
}

enum err grid_init(struct grid *g, int columns, int rows)
{
	struct grid made = {.columns = within(columns, 1, GRID_COLUMNS_MAX), .rows = within(rows, 1, GRID_ROWS_MAX)};

	made.cells = calloc((size_t)made.columns * (size_t)made.rows, sizeof(struct cell));
	if (made.cells == NULL)
		return ERR_MEMORY;
	grid_clear(&made);
	*g = made;
	return ERR_OK;
}

void grid_release(struct grid *g)
{
	free(g->cells);
	*g = (struct grid){0};
}

struct box grid_box(const struct grid *g)
{
	return (struct box){0, 0, g->columns, g->rows};
}

static struct cell *at(struct grid *g, int x, int y)
{
	ASSERT(x >= 0 && x < g->columns && y >= 0 && y < g->rows);
	return &g->cells[y * g->columns + x];
}

const struct cell *grid_cell(const struct grid *g, int x, int y)
{
	ASSERT(x >= 0 && x < g->columns && y >= 0 && y < g->rows);
	return &g->cells[y * g->columns + x];
}

/* Half of a wide character is none: what is left of it becomes a blank. */
static void part_wide(struct grid *g, int x, int y)
{
	struct cell *c = at(g, x, y);

	if (c->columns == 2 && x + 1 < g->columns)
		blank(at(g, x + 1, y), at(g, x + 1, y)->role, " ");
	if (c->columns == 0 && x > 0)
		blank(at(g, x - 1, y), at(g, x - 1, y)->role, " ");
}

static void set(struct grid *g, int x, int y, enum role role, const char *text)
{
	part_wide(g, x, y);
	blank(at(g, x, y), role, text);
}

void grid_clear(struct grid *g)
{
	for (int i = 0; i < g->columns * g->rows; i++)
		blank(&g->cells[i], ROLE_PLAIN, " ");
	g->cursor_x = g->cursor_y = 0;
}

void grid_fill(struct grid *g, struct box in, enum role role, const char *text)
{
	in = box_part(grid_box(g), in.x, in.y, in.columns, in.rows);
	for (int y = in.y; y < in.y + in.rows; y++)
		for (int x = in.x; x < in.x + in.columns; x++)
			set(g, x, y, role, text);
}

void grid_role(struct grid *g, struct box in, enum role role)
{
	in = box_part(grid_box(g), in.x, in.y, in.columns, in.rows);
	for (int y = in.y; y < in.y + in.rows; y++)
		for (int x = in.x; x < in.x + in.columns; x++)
			at(g, x, y)->role = (uint8_t)role;
}

void grid_cursor(struct grid *g, struct box in, int x, int y)
{
	g->cursor_x = within(in.x + within(x, 0, in.columns > 0 ? in.columns - 1 : 0), 0, g->columns - 1);
	g->cursor_y = within(in.y + within(y, 0, in.rows > 0 ? in.rows - 1 : 0), 0, g->rows - 1);
}

/* ---- text ---- */

struct pen {
	struct grid *g;
	struct box in;
	int x, y;     /* in the box */
	enum role role;
	int last;     /* column in the grid of the character before; -1: none */
	unsigned marks;
};

static void put_mark(struct pen *p, const char *bytes, size_t len)
{
	struct cell *c = p->last < 0 ? NULL : at(p->g, p->last, p->in.y + p->y);
	size_t have = c == NULL ? 0 : strlen(c->text);

	if (c == NULL || p->marks == CELL_MARKS || have + len >= CELL_TEXT)
		return;
	memcpy(c->text + have, bytes, len);
	c->text[have + len] = '\0';
	p->marks++;
}

static void put_base(struct pen *p, const char *bytes, size_t len, int columns)
{
	int x = p->in.x + p->x, y = p->in.y + p->y;
	char text[CELL_TEXT] = "";

	memcpy(text, bytes, len);
	set(p->g, x, y, p->role, text);
	if (columns == 2) {
		set(p->g, x + 1, y, p->role, "");
		at(p->g, x, y)->columns = 2;
		at(p->g, x + 1, y)->columns = 0;
	}
	p->last = x;
	p->marks = 0;
	p->x += columns;
}

/* Joiners and selectors change how wide a terminal draws what is around them, each terminal in its own way. */
static bool changes_width(uint32_t c)
{
	return c == 0x200c || c == 0x200d || (c >= 0xfe00 && c <= 0xfe0f);
}

/* The bytes that were taken; 0 when the next character does not fit. */
static size_t put_next(struct pen *p, struct bytes rest, int end)
{
	bool harmless = false;
	uint32_t c = 0;
	size_t len = text_character(&c, &harmless, rest);
	const char *bytes = (const char *)rest.data;
	int columns = len > 0 && harmless ? utf8proc_charwidth((utf8proc_int32_t)c) : 1;

	if (len > 0 && changes_width(c))
		return len;
	if (len > 0 && harmless && columns == 0) {
		put_mark(p, bytes, len);
		return len;
	}
	if (p->x + columns > end)
		return 0;
	if (len > 0 && harmless)
		put_base(p, bytes, len, columns);
	else
		put_base(p, "\xef\xbf\xbd", 3, 1);
	return len > 0 ? len : 1;
}

/* Draws up to column end of the box; returns how many bytes of text found place. */
static size_t draw(struct pen *p, const char *text, int end)
{
	struct bytes rest = bytes_str(text);
	size_t done = 0, took;

	if (p->y < 0 || p->y >= p->in.rows || p->x < 0)
		return 0;
	while (rest.len > 0 && (took = put_next(p, rest, end)) > 0) {
		rest = bytes_of(rest.data + took, rest.len - took);
		done += took;
	}
	return done;
}

static int columns_of(const char *text)
{
	return (int)text_columns(bytes_str(text));
}

int grid_text(struct grid *g, struct box in, int x, int y, enum role role, const char *text)
{
	struct pen p = {.in = box_part(grid_box(g), in.x, in.y, in.columns, in.rows), .x = x, .y = y, .role = role, .last = -1};

	p.g = g;
	draw(&p, text, p.in.columns);
	return p.x;
}

int grid_text_cut(struct grid *g, struct box in, int x, int y, int columns, enum role role, const char *text, const char *mark)
{
	struct pen p = {.in = box_part(grid_box(g), in.x, in.y, in.columns, in.rows), .x = x, .y = y, .role = role, .last = -1};
	int end = x + columns < p.in.columns ? x + columns : p.in.columns;

	p.g = g;
	if (columns_of(text) <= end - x) {
		draw(&p, text, end);
	} else if (end > x) {
		draw(&p, text, end - 1);
		draw(&p, mark, end);
	}
	return p.x;
}

void grid_text_right(struct grid *g, struct box in, int x, int y, enum role role, const char *text)
{
	int from = x - columns_of(text);

	grid_text_cut(g, in, from > 0 ? from : 0, y, from > 0 ? x - from : x, role, text, "~");
}
