/* SPDX-License-Identifier: Apache-2.0 */
/* What a screen looks like, before any terminal: cells of text and role, and the place of the cursor.
 *
 * Screens draw here and nowhere else.  The same grid goes to a terminal (tui/grid/terminal.h), into golden files and into
 * pictures (tui/grid/dump.h), so a screen can be tested without a terminal.  Columns are the terminal's: a wide character takes
 * two cells, a combining one none.  Text must have passed text_gate; a character that a terminal would obey becomes U+FFFD all
 * the same, so that nothing drawn can move the terminal's cursor.
 */
#ifndef MEDLOCK_GRID_H
#define MEDLOCK_GRID_H

#include "core/base/buf.h"

#define GRID_COLUMNS_MAX 512u
#define GRID_ROWS_MAX 256u
#define CELL_TEXT 20u  /* a base character and its marks, with their end */
#define CELL_MARKS 4u  /* marks on one character; more are dropped (ncurses' CCHARW_MAX less the base) */

enum role {
#define ROLE(name, letter) ROLE_##name,
#include "tui/grid/roles.def"
#undef ROLE
	ROLE_COUNT
};

struct cell {
	char text[CELL_TEXT]; /* "" is the right half of a wide character */
	uint8_t role;
	uint8_t columns;      /* 1 or 2; 0 is the right half */
};

/* A rectangle of cells; nothing is drawn outside of it. */
struct box { int x, y, columns, rows; };

struct grid {
	int columns, rows;
	struct cell *cells; /* rows * columns */
	int cursor_x, cursor_y; /* always somewhere: readers and magnifiers follow it */
};

/* Blank.  Sizes are brought within 1..GRID_COLUMNS_MAX and 1..GRID_ROWS_MAX.  ERR_MEMORY. */
enum err grid_init(struct grid *g, int columns, int rows) MUST_USE;
void grid_release(struct grid *g);
void grid_clear(struct grid *g);
struct box grid_box(const struct grid *g); /* all of it */
const struct cell *grid_cell(const struct grid *g, int x, int y); /* inside of the grid only */

/* Text from column x of row y of the box, cut at its right edge.  Returns the column after it, counted in the box. */
int grid_text(struct grid *g, struct box in, int x, int y, enum role role, const char *text);
/* The same in at most so many columns; what is cut ends with mark (one column). */
int grid_text_cut(struct grid *g, struct box in, int x, int y, int columns, enum role role, const char *text, const char *mark);
/* Ending before column x. */
void grid_text_right(struct grid *g, struct box in, int x, int y, enum role role, const char *text);

/* One character (one column) everywhere in the box. */
void grid_fill(struct grid *g, struct box in, enum role role, const char *text);
/* Another role for what stands in the box. */
void grid_role(struct grid *g, struct box in, enum role role);
/* Where the cursor stands; brought into the grid. */
void grid_cursor(struct grid *g, struct box in, int x, int y);

/* A part of a box: brought inside of it. */
struct box box_part(struct box in, int x, int y, int columns, int rows);

#endif
