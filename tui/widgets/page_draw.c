/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "core/base/text.h"
#include "tui/grid/layout.h"
#include "tui/widgets/page_parts.h"

struct drawing {
	const struct page *p;
	struct grid *g;
	struct box in;
	struct page_look look;
	int widths[PAGE_COLUMNS_MAX];
	int labels; /* width of labels */
	int chosen; /* id */
};

/* ---- how many lines ---- */

static int lines_of(const char *text, int columns)
{
	struct bytes rest = bytes_str(text);
	int lines = 0;

	if (columns < 1)
		return 1;
	do {
		text_take_line(&rest, (size_t)columns);
		lines++;
	} while (rest.len > 0);
	return lines;
}

static int item_lines(const struct page_item *x, int columns, int labels)
{
	switch (x->kind) {
	case PAGE_HEADING:
	case PAGE_TEXT:
		return lines_of(x->text, columns);
	case PAGE_PAIR:
		return lines_of(x->text, columns - labels);
	case PAGE_CHOICE:
		return lines_of(x->text, columns - PAGE_INDENT - 4);
	case PAGE_TITLES:
	case PAGE_ROW:
	case PAGE_FIELD:
	case PAGE_BLANK:
		break;
	}
	return 1;
}

int page_lines(const struct page *p, int columns)
{
	int labels = page_label_width(p, columns), lines = 0;

	for (size_t i = 0; i < p->count; i++)
		lines += item_lines(&p->items[i], columns, labels);
	return lines;
}

/* ---- drawing ---- */

/* Text over as many lines as it takes from column x on; y may lie outside of the box. */
static void draw_wrapped(const struct drawing *d, int x, int y, enum role role, const char *text)
{
	int columns = d->in.columns - x;
	struct bytes rest = bytes_str(text);

	for (; rest.len > 0 && columns > 0; y++) {
		struct bytes taken = text_take_line(&rest, (size_t)columns);
		char *line = strndup((const char *)taken.data, taken.len);

		if (line == NULL)
			return;
		grid_text(d->g, d->in, x, y, role, line);
		free(line);
	}
}

static void draw_row(const struct drawing *d, const struct page_item *x, int y, enum role role)
{
	const char *cut = theme_glyph(d->look.ascii, GLYPH_CUT);
	int at = PAGE_INDENT;

	for (size_t c = 0; c < x->cells; c++) {
		if (d->widths[c] == 0)
			continue;
		if (d->p->columns[c].right)
			grid_text_right(d->g, d->in, at + d->widths[c], y, role, page_cell(x, c));
		else
			grid_text_cut(d->g, d->in, at, y, d->widths[c], role, page_cell(x, c), cut);
		at += d->widths[c] + PAGE_GAP;
	}
}

static void draw_field(const struct drawing *d, const struct page_item *x, int y)
{
	int from = PAGE_INDENT + d->labels + 1, room = d->in.columns - from - 2;
	int len = (int)text_columns(bytes_str(x->text)), skip = len >= room ? len - room + 1 : 0;
	size_t bytes = text_fit(bytes_str(x->text), (size_t)skip);

	grid_text_cut(d->g, d->in, PAGE_INDENT, y, d->labels - PAGE_GAP, ROLE_LABEL, x->label, "~");
	if (x->id == d->chosen && d->look.focused)
		grid_cursor(d->g, d->in, room < 1 ? PAGE_INDENT : from + len - skip, y);
	if (room < 1)
		return;
	grid_text(d->g, d->in, from - 1, y, ROLE_DIM, "["); /* where one types is seen without colours too */
	grid_text(d->g, d->in, from + room, y, ROLE_DIM, "]");
	grid_role(d->g, box_part(d->in, from, y, room, 1), ROLE_FIELD);
	grid_text(d->g, d->in, from, y, ROLE_FIELD, x->text + bytes); /* its end is where one types */
}

static void draw_choice(const struct drawing *d, const struct page_item *x, int y)
{
	enum glyph glyph = x->one ? (x->on ? GLYPH_CHOSEN : GLYPH_UNCHOSEN) : (x->on ? GLYPH_TICKED : GLYPH_UNTICKED);
	int at = grid_text(d->g, d->in, PAGE_INDENT, y, x->role, theme_glyph(d->look.ascii, glyph));

	draw_wrapped(d, at + 1, y, x->role, x->text);
}

/* The pointer says it without colours; the cursor says it to magnifiers and screen readers. */
static void mark_chosen(const struct drawing *d, const struct page_item *x, int y, int lines)
{
	if (x->id == 0 || x->id != d->chosen || y < 0 || y >= d->in.rows)
		return;
	grid_text(d->g, d->in, 0, y, ROLE_PLAIN, theme_glyph(d->look.ascii, GLYPH_POINTER));
	if (x->kind == PAGE_FIELD)
		return;
	if (d->look.focused) {
		grid_role(d->g, box_part(d->in, 0, y, d->in.columns, lines), ROLE_SELECTED);
		grid_cursor(d->g, d->in, PAGE_INDENT, y);
	}
}

static void draw_titles(const struct drawing *d, int y)
{
	int at = PAGE_INDENT;

	for (size_t c = 0; c < d->p->column_count; c++) {
		if (d->widths[c] == 0)
			continue;
		if (d->p->columns[c].right)
			grid_text_right(d->g, d->in, at + d->widths[c], y, ROLE_LABEL, d->p->columns[c].title);
		else
			grid_text_cut(d->g, d->in, at, y, d->widths[c], ROLE_LABEL, d->p->columns[c].title, "~");
		at += d->widths[c] + PAGE_GAP;
	}
}

static void draw_item(const struct drawing *d, const struct page_item *x, int y, int lines)
{
	switch (x->kind) {
	case PAGE_HEADING:
	case PAGE_TEXT:
		draw_wrapped(d, 0, y, x->role, x->text);
		break;
	case PAGE_PAIR:
		grid_text_cut(d->g, d->in, 0, y, d->labels - PAGE_GAP, ROLE_LABEL, x->label,
			      theme_glyph(d->look.ascii, GLYPH_CUT));
		draw_wrapped(d, d->labels, y, x->role, x->text);
		break;
	case PAGE_TITLES:
		draw_titles(d, y);
		break;
	case PAGE_ROW:
		draw_row(d, x, y, x->role);
		break;
	case PAGE_CHOICE:
		draw_choice(d, x, y);
		break;
	case PAGE_FIELD:
		draw_field(d, x, y);
		break;
	case PAGE_BLANK:
		break;
	}
	mark_chosen(d, x, y, lines);
}

/* The first line that shows the chosen item whole, and what leads to it when it is the first that can be chosen. */
static int scroll(const struct drawing *d, size_t begin, int first)
{
	int line = 0, from = 0, to = 0;
	bool any = false;

	for (size_t i = begin; i < d->p->count; i++) {
		int lines = item_lines(&d->p->items[i], d->in.columns, d->labels);

		if (d->p->items[i].id != 0 && d->p->items[i].id == d->chosen) {
			from = any ? line : 0;
			to = line + lines - 1;
		}
		any = any || d->p->items[i].id != 0;
		line += lines;
	}
	if (to - from >= d->in.rows)
		from = to - d->in.rows + 1;
	first = layout_scroll(first, from, line, d->in.rows);
	return layout_scroll(first, to, line, d->in.rows);
}

void page_draw(const struct page *p, struct grid *g, struct box in, struct page_place *at, struct page_look look)
{
	struct drawing d = {.p = p, .g = g, .in = in, .look = look, .chosen = at->id};
	size_t begin = p->count > 0 && p->items[0].kind == PAGE_TITLES ? 1 : 0;
	int line = 0;

	page_widths(d.widths, p, in.columns);
	d.labels = page_label_width(p, in.columns);
	if (begin == 1)
		draw_titles(&d, 0);
	d.in = box_part(in, 0, (int)begin, in.columns, in.rows - (int)begin);
	at->first = scroll(&d, begin, at->first);
	for (size_t i = begin; i < p->count && line < at->first + d.in.rows; i++) {
		int lines = item_lines(&p->items[i], d.in.columns, d.labels);

		if (line + lines > at->first)
			draw_item(&d, &p->items[i], line - at->first, lines);
		line += lines;
	}
}

int page_below(const struct page *p, struct box in, const struct page_place *at)
{
	int below = page_lines(p, in.columns) - at->first - in.rows;

	return below > 0 ? below : 0;
}

int page_hit(const struct page *p, struct box in, const struct page_place *at, int y)
{
	int labels = page_label_width(p, in.columns), line = 0;
	size_t begin = p->count > 0 && p->items[0].kind == PAGE_TITLES ? 1 : 0;

	y += at->first - (int)begin;
	for (size_t i = begin; i < p->count && line <= y; i++) {
		int lines = item_lines(&p->items[i], in.columns, labels);

		if (y < line + lines)
			return y < at->first ? 0 : p->items[i].id;
		line += lines;
	}
	return 0;
}
