/* SPDX-License-Identifier: Apache-2.0 */
/* How wide what a page says is: inside of tui/widgets. */
#ifndef MEDLOCK_WIDGETS_PAGE_PARTS_H
#define MEDLOCK_WIDGETS_PAGE_PARTS_H

#include "tui/widgets/page.h"

#define PAGE_GAP 2    /* between two columns of rows, and after a label */
#define PAGE_INDENT 2 /* of what can be chosen: the place of the pointer */
#define PAGE_LABEL_MAX 24

/* Widths of the columns for a pane this wide; 0: dropped. */
void page_widths(int ret[PAGE_COLUMNS_MAX], const struct page *p, int columns);
/* The width of the labels of the page's pairs and fields, with the gap. */
int page_label_width(const struct page *p, int columns);
const char *page_cell(const struct page_item *row, size_t column);

#endif
