/* SPDX-License-Identifier: Apache-2.0 */
/* Where things are on a screen of a given size.  Pure: the same size gives the same boxes. */
#ifndef MEDLOCK_GRID_LAYOUT_H
#define MEDLOCK_GRID_LAYOUT_H

#include "tui/grid/grid.h"

#define LAYOUT_COLUMNS_MIN 60 /* below: a notice alone */
#define LAYOUT_ROWS_MIN 20
#define LAYOUT_COLUMNS_FULL 80 /* from here: two panes */
#define LAYOUT_COLUMNS_WIDE 120 /* from here, with LAYOUT_ROWS_WIDE: three */
#define LAYOUT_ROWS_WIDE 40

enum layout_size { LAYOUT_TOO_SMALL, LAYOUT_SINGLE, LAYOUT_FULL, LAYOUT_WIDE };

/* Lines from the top: title, tabs, rule; body; rule, status, hints.  Too small: body is everything. */
struct layout {
	enum layout_size size;
	struct box title, tabs, rule_top, body, rule_bottom, status, hints;
};
struct layout layout_of(int columns, int rows);

/* A body in panes side by side, one column for the line between each two.  shares: of each, in hundredths; the last one
 * gets what is left.  count: 1..LAYOUT_PANES_MAX.
 */
#define LAYOUT_PANES_MAX 3u
void layout_columns(struct box ret[LAYOUT_PANES_MAX], struct box body, const int *shares, size_t count);
/* The same from the top, one row for the line between. */
void layout_rows(struct box ret[LAYOUT_PANES_MAX], struct box body, const int *shares, size_t count);

/* The first row of a list that shows the selected one: as little movement as it takes. */
int layout_scroll(int first, int selected, int count, int rows);

#endif
