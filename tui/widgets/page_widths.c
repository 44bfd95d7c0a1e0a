/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"
#include "tui/widgets/page_parts.h"

static int columns_of(const char *text)
{
	return text == NULL ? 0 : (int)text_columns(bytes_str(text));
}

const char *page_cell(const struct page_item *row, size_t column)
{
	const char *cell = row->text;

	if (cell == NULL || column >= row->cells)
		return "";
	for (; column > 0; column--)
		cell += strlen(cell) + 1;
	return cell;
}

/* What each column would take; a long list is not read whole, its beginning says enough. */
#define MEASURED_ROWS 500u

static void wishes(int ret[PAGE_COLUMNS_MAX], const struct page *p)
{
	size_t rows = 0;

	for (size_t c = 0; c < p->column_count; c++)
		ret[c] = columns_of(p->columns[c].title);
	for (size_t i = 0; i < p->count && rows < MEASURED_ROWS; i++) {
		if (p->items[i].kind != PAGE_ROW)
			continue;
		rows++;
		for (size_t c = 0; c < p->column_count; c++) {
			int width = columns_of(page_cell(&p->items[i], c));

			ret[c] = width > ret[c] ? width : ret[c];
		}
	}
	for (size_t c = 0; c < p->column_count; c++) {
		ret[c] = ret[c] > p->columns[c].max ? p->columns[c].max : ret[c];
		ret[c] = ret[c] < p->columns[c].min ? p->columns[c].min : ret[c];
	}
}

static int total(const int widths[PAGE_COLUMNS_MAX], size_t count)
{
	int sum = PAGE_INDENT - PAGE_GAP;

	for (size_t c = 0; c < count; c++)
		sum += widths[c] > 0 ? widths[c] + PAGE_GAP : 0;
	return sum;
}

static int least(const struct page *p, const int widths[PAGE_COLUMNS_MAX])
{
	int sum = PAGE_INDENT - PAGE_GAP;

	for (size_t c = 0; c < p->column_count; c++)
		sum += widths[c] > 0 ? p->columns[c].min + PAGE_GAP : 0;
	return sum;
}

/* The one to drop first; -1: none may go. */
static int dropped_first(const struct page *p, const int widths[PAGE_COLUMNS_MAX])
{
	int found = -1;

	for (size_t c = 0; c < p->column_count; c++)
		if (widths[c] > 0 && p->columns[c].drop > 0 && (found < 0 || p->columns[c].drop > p->columns[found].drop))
			found = (int)c;
	return found;
}

/* The widest one that may still shrink; -1: none. */
static int widest(const struct page *p, const int widths[PAGE_COLUMNS_MAX])
{
	int found = -1;

	for (size_t c = 0; c < p->column_count; c++)
		if (widths[c] > p->columns[c].min && (found < 0 || widths[c] > widths[found]))
			found = (int)c;
	return found;
}

void page_widths(int ret[PAGE_COLUMNS_MAX], const struct page *p, int columns)
{
	int c;

	wishes(ret, p);
	while (least(p, ret) > columns && (c = dropped_first(p, ret)) >= 0)
		ret[c] = 0;
	while (total(ret, p->column_count) > columns && (c = widest(p, ret)) >= 0)
		ret[c]--;
}

int page_label_width(const struct page *p, int columns)
{
	int width = 0, most = columns / 2 < PAGE_LABEL_MAX ? columns / 2 : PAGE_LABEL_MAX;

	for (size_t i = 0; i < p->count; i++) {
		int label = columns_of(p->items[i].label);

		width = label > width ? label : width;
	}
	width += PAGE_GAP;
	return width > most ? most : width;
}
