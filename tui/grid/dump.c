/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/grid/dump.h"

#define CELL_WIDTH 9
#define CELL_HEIGHT 19
#define BASELINE 14
#define MARGIN 10
#define FONTS "DejaVu Sans Mono, Consolas, Menlo, monospace"

static const char letters[ROLE_COUNT] = {
#define ROLE(name, letter) [ROLE_##name] = letter,
#include "tui/grid/roles.def"
#undef ROLE
};

/* ---- text ---- */

static int text_end(const struct grid *g, int y)
{
	int end = g->columns;

	while (end > 0 && strcmp(grid_cell(g, end - 1, y)->text, " ") == 0)
		end--;
	return end;
}

void dump_text(struct buf *out, const struct grid *g)
{
	for (int y = 0; y < g->rows; y++) {
		for (int x = 0, end = text_end(g, y); x < end; x++)
			buf_append_bytes(out, bytes_str(grid_cell(g, x, y)->text));
		buf_append(out, "\n", 1);
	}
}

static int role_end(const struct grid *g, int y)
{
	int end = g->columns;

	while (end > 0 && grid_cell(g, end - 1, y)->role == ROLE_PLAIN)
		end--;
	return end;
}

void dump_golden(struct buf *out, const struct grid *g)
{
	dump_text(out, g);
	buf_append(out, "--\n", 3);
	for (int y = 0; y < g->rows; y++) {
		for (int x = 0, end = role_end(g, y); x < end; x++)
			buf_append(out, &letters[grid_cell(g, x, y)->role], 1);
		buf_append(out, "\n", 1);
	}
	buf_printf(out, "cursor %d %d\n", g->cursor_x, g->cursor_y);
}

static char attribute_letter(enum role role)
{
	switch (theme_style(THEME_MONO, role)->attributes) {
	case 0:
		return ' ';
	case STYLE_BOLD:
		return 'b';
	case STYLE_UNDERLINE:
		return 'u';
	case STYLE_REVERSE:
		return 'r';
	default:
		return '!';
	}
}

void dump_mono(struct buf *out, const struct grid *g)
{
	dump_text(out, g);
	buf_append_text(out, "--\n");
	for (int y = 0; y < g->rows; y++) {
		size_t start = out->len;

		for (int x = 0; x < g->columns; x++)
			buf_append_byte(out, (uint8_t)attribute_letter(grid_cell(g, x, y)->role));
		while (buf_error(out) == ERR_OK && out->len > start && out->data[out->len - 1] == ' ')
			out->len--;
		buf_append_byte(out, '\n');
	}
	buf_printf(out, "cursor %d %d\n", g->cursor_x, g->cursor_y);
}

/* ---- pictures ---- */

struct paint { uint32_t front, back; uint8_t attributes; };

static struct paint paint_of(enum theme theme, uint8_t role)
{
	const struct style *s = theme_style(theme, (enum role)role);
	struct paint p = {theme_rgb(theme, s->front, false), theme_rgb(theme, s->back, true), s->attributes};

	if (s->attributes & STYLE_REVERSE) {
		uint32_t front = p.front;

		p.front = p.back;
		p.back = front;
	}
	return p;
}

static void escape(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		const char *as = *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : NULL;

		if (as != NULL)
			buf_append_bytes(out, bytes_str(as));
		else
			buf_append(out, text, 1);
	}
}

/* Cells of one role side by side, and a wide character alone: its place must not depend on the viewer's font. */
/* Other letters may come from another font, whose widths are not ours: what follows them is placed anew. */
static bool is_ascii(const struct cell *c)
{
	return (unsigned char)c->text[0] < 0x80;
}

static int run_end(const struct grid *g, int x, int y)
{
	const struct cell *first = grid_cell(g, x, y);
	int end = x + 1;

	if (first->columns == 2)
		return x + 2;
	while (end < g->columns && grid_cell(g, end, y)->role == first->role && grid_cell(g, end, y)->columns == 1 &&
	       is_ascii(grid_cell(g, end, y)) == is_ascii(first))
		end++;
	return end;
}

static void draw_back(struct buf *out, const struct paint *p, uint32_t page, int x, int y, int columns)
{
	if (p->back != page)
		buf_printf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
			   MARGIN + x * CELL_WIDTH, MARGIN + y * CELL_HEIGHT, columns * CELL_WIDTH, CELL_HEIGHT, p->back);
}

static bool is_blank(const struct grid *g, int x, int y, int end)
{
	for (; x < end; x++)
		if (strcmp(grid_cell(g, x, y)->text, " ") != 0)
			return false;
	return true;
}

static void draw_run(struct buf *out, const struct grid *g, const struct paint *p, int x, int y, int end)
{
	if (is_blank(g, x, y, end) && !(p->attributes & STYLE_UNDERLINE))
		return;
	buf_printf(out, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" fill=\"#%06x\"%s%s%s>", MARGIN + x * CELL_WIDTH,
	    MARGIN + y * CELL_HEIGHT + BASELINE, (end - x) * CELL_WIDTH, p->front,
	    p->attributes & STYLE_BOLD ? " font-weight=\"bold\"" : "",
	    p->attributes & STYLE_DIM ? " opacity=\"0.7\"" : "",
	    p->attributes & STYLE_UNDERLINE ? " text-decoration=\"underline\"" : "");
	for (; x < end; x++)
		escape(out, grid_cell(g, x, y)->text);
	buf_printf(out, "</text>\n");
}

static void draw_row(struct buf *out, const struct grid *g, enum theme theme, uint32_t page, int y)
{
	for (int x = 0, end; x < g->columns; x = end) {
		struct paint p = paint_of(theme, grid_cell(g, x, y)->role);

		end = run_end(g, x, y);
		draw_back(out, &p, page, x, y, end - x);
		draw_run(out, g, &p, x, y, end);
	}
}

void dump_svg(struct buf *out, const struct grid *g, enum theme theme, const char *title)
{
	int width = g->columns * CELL_WIDTH + 2 * MARGIN, height = g->rows * CELL_HEIGHT + 2 * MARGIN;
	uint32_t page = paint_of(theme, ROLE_PLAIN).back;

	buf_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n<title>",
		   width, height, width, height);
	escape(out, title);
	buf_printf(out, "</title>\n<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#%06x\"/>\n", width, height, page);
	buf_printf(out, "<g font-family=\"" FONTS "\" font-size=\"15\" xml:space=\"preserve\">\n");
	for (int y = 0; y < g->rows; y++)
		draw_row(out, g, theme, page, y);
	buf_printf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"2\" fill=\"#%06x\"/>\n</g>\n</svg>\n",
	    MARGIN + g->cursor_x * CELL_WIDTH, MARGIN + (g->cursor_y + 1) * CELL_HEIGHT - 2, CELL_WIDTH,
	    theme_rgb(theme, COLOR_OWN, false));
}
