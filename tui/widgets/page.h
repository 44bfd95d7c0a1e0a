/* SPDX-License-Identifier: Apache-2.0 */
/* What a pane says, before it is known where it will be said: headings, sentences, values with their names, rows to choose
 * from, fields to fill in.
 *
 * A screen makes pages from its model and draws nothing itself.  The same page becomes cells on a grid of any width, or
 * numbered lines for plain mode, so that what can be seen can also be read line by line.  All text passes the text gate on its
 * way in.  Out of memory: the page remembers it (page_error), as struct buf does.
 */
#ifndef MEDLOCK_WIDGETS_PAGE_H
#define MEDLOCK_WIDGETS_PAGE_H

#include "tui/grid/theme.h"
#include "tui/words/words.h"

#define PAGE_COLUMNS_MAX 8u
#define PAGE_ITEMS_MAX 200000u /* more than the longest list: events of a life */

enum page_kind { PAGE_HEADING, PAGE_TEXT, PAGE_PAIR, PAGE_TITLES, PAGE_ROW, PAGE_CHOICE, PAGE_FIELD, PAGE_BLANK };

/* A column of the rows.  When space is short those with the highest drop go first, then all shrink to min. */
struct page_column {
	const char *title;
	uint8_t min, max; /* columns of the terminal */
	uint8_t drop;     /* 0: never dropped */
	bool right;       /* numbers */
};

struct page_item {
	enum page_kind kind;
	enum role role;
	int id;          /* of what can be chosen; others 0 */
	bool on;         /* of a choice: ticked */
	bool one;        /* of a choice: one of its group, else each for itself */
	bool secret;     /* of a field: its text is not shown */
	char *label;     /* of pairs, fields; NULL: none */
	char *text;      /* of a row: its cells, each ended by '\0' */
	size_t cells;
};

struct page {
	struct page_item *items;
	size_t count, room;
	struct page_column columns[PAGE_COLUMNS_MAX];
	size_t column_count;
	enum err err;
};
#define PAGE_INIT {.err = ERR_OK}

void page_release(struct page *p);
/* What an item holds, when it is taken out of a page by hand. */
void page_drop(struct page_item *x);
enum err page_error(const struct page *p) MUST_USE;

void page_heading(struct page *p, const char *text);
void page_text(struct page *p, enum role role, const char *text);
void page_printf(struct page *p, enum role role, const char *format, ...) PRINTF_LIKE(3, 4);
void page_pair(struct page *p, const char *label, enum role role, const char *text);
void page_blank(struct page *p);

/* The columns of the rows that follow, and a line of their titles (none when all are empty), which stays in place when it
 * is the page's first.  Titles
 * live as long as the page.  Once in a page.
 */
void page_columns(struct page *p, const struct page_column *columns, size_t count);
/* As many cells as there are columns.  id: not 0, not twice in a page. */
void page_row(struct page *p, int id, enum role role, const char *const *cells);
void page_choice(struct page *p, int id, const char *text, bool on, bool one);
/* text: what is typed so far. */
void page_field(struct page *p, int id, const char *label, const char *text, bool secret);

/* Which item is under the cursor, and the first line that is shown. */
struct page_place { int id; int first; };

/* To the next or previous item that can be chosen, by so many; to the first when none is.  Stops at the ends. */
void page_move(const struct page *p, struct page_place *at, int by);
const struct page_item *page_find(const struct page *p, int id); /* NULL */

/* Into the box; at->first follows the chosen item.  The grid's cursor goes to it when focused. */
struct page_look { bool ascii, focused; };
void page_draw(const struct page *p, struct grid *g, struct box in, struct page_place *at, struct page_look look);
/* What page_draw put on this row of the box; 0: nothing that can be chosen. */
int page_hit(const struct page *p, struct box in, const struct page_place *at, int y);
int page_lines(const struct page *p, int columns); /* how many it takes */
/* How many lines of it are below what page_draw put into the box. */
int page_below(const struct page *p, struct box in, const struct page_place *at);

/* Lines of words for plain mode: what can be chosen is numbered from 1 in the order of page_numbered. */
void page_plain(struct buf *out, const struct page *p, enum language l, int columns);
const struct page_item *page_numbered(const struct page *p, size_t number); /* NULL */

#endif
