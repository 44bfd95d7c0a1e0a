/* SPDX-License-Identifier: Apache-2.0 */
/* A grid as text: for readers, for golden files, for pictures. */
#ifndef MEDLOCK_GRID_DUMP_H
#define MEDLOCK_GRID_DUMP_H

#include "tui/grid/grid.h"
#include "tui/grid/theme.h"

/* The rows, blanks at their ends cut, each with a newline. */
void dump_text(struct buf *out, const struct grid *g);

/* dump_text, a line "--", the roles of the cells by their letters (rows of plain ones empty), and "cursor COLUMN ROW". */
void dump_golden(struct buf *out, const struct grid *g);

/* The same with what a theme without colours draws: b bold, u underlined, r reversed, ! bold and underlined, ' ' none. */
void dump_mono(struct buf *out, const struct grid *g);

/* SVG 1.1: the same bytes for the same grid and theme everywhere; fonts are the viewer's monospace. */
void dump_svg(struct buf *out, const struct grid *g, enum theme theme, const char *title);

#endif
