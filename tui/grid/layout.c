/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/grid/layout.h"

static enum layout_size size_of(int columns, int rows)
{
	if (columns < LAYOUT_COLUMNS_MIN || rows < LAYOUT_ROWS_MIN)
		return LAYOUT_TOO_SMALL;
	if (columns < LAYOUT_COLUMNS_FULL)
		return LAYOUT_SINGLE;
	return columns >= LAYOUT_COLUMNS_WIDE && rows >= LAYOUT_ROWS_WIDE ? LAYOUT_WIDE : LAYOUT_FULL;
}

#define LINES_ABOVE 3
#define LINES_BELOW 3

struct layout layout_of(int columns, int rows)
{
	const struct box all = {0, 0, columns, rows};
	struct layout l = {.size = size_of(columns, rows), .body = all};

	if (l.size == LAYOUT_TOO_SMALL)
		return l;
	l.title = box_part(all, 0, 0, columns, 1);
	l.tabs = box_part(all, 0, 1, columns, 1);
	l.rule_top = box_part(all, 0, 2, columns, 1);
	l.body = box_part(all, 0, LINES_ABOVE, columns, rows - LINES_ABOVE - LINES_BELOW);
	l.rule_bottom = box_part(all, 0, rows - 3, columns, 1);
	l.status = box_part(all, 0, rows - 2, columns, 1);
	l.hints = box_part(all, 0, rows - 1, columns, 1);
	return l;
}

#define WHOLE 100

/* How long each part is, and where it begins; one cell between two. */
static void split(int from[LAYOUT_PANES_MAX], int len[LAYOUT_PANES_MAX], int whole, const int *shares, size_t count)
{
	int room = whole - (int)(count - 1), at = 0;

	ASSERT(count >= 1 && count <= LAYOUT_PANES_MAX);
	for (size_t i = 0; i < count; i++) {
		from[i] = at;
		len[i] = i + 1 < count ? room * shares[i] / WHOLE : whole - at;
		at += len[i] + 1;
	}
}

void layout_columns(struct box ret[LAYOUT_PANES_MAX], struct box body, const int *shares, size_t count)
{
	int from[LAYOUT_PANES_MAX], len[LAYOUT_PANES_MAX];

	split(from, len, body.columns, shares, count);
	for (size_t i = 0; i < count; i++)
		ret[i] = box_part(body, from[i], 0, len[i], body.rows);
}

void layout_rows(struct box ret[LAYOUT_PANES_MAX], struct box body, const int *shares, size_t count)
{
	int from[LAYOUT_PANES_MAX], len[LAYOUT_PANES_MAX];

	split(from, len, body.rows, shares, count);
	for (size_t i = 0; i < count; i++)
		ret[i] = box_part(body, 0, from[i], body.columns, len[i]);
}

int layout_scroll(int first, int selected, int count, int rows)
{
	int last = count > rows ? count - rows : 0;

	if (selected < first)
		first = selected;
	if (selected >= first + rows)
		first = selected - rows + 1;
	return first > last ? last : first < 0 ? 0 : first;
}
