/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "core/base/text.h"
#include "tui/widgets/page_parts.h"

#define NUMBER_COLUMNS 4 /* "12. " */

/* Words over as many lines as they take; lead in front of the first, room for it before the others. */
static void say(struct buf *out, const char *lead, const char *text, int columns)
{
	int indent = (int)text_columns(bytes_str(lead));
	struct bytes rest = bytes_str(text);

	do {
		struct bytes line = text_take_line(&rest, (size_t)(columns > indent + 1 ? columns - indent : 1));

		buf_printf(out, "%s%.*s\n", lead, (int)line.len, (const char *)line.data);
		lead = indent >= NUMBER_COLUMNS ? "    " : "";
		indent = (int)strlen(lead);
	} while (rest.len > 0);
}

/* A row is a sentence: each value with the name of its column, so that no place on a line carries meaning. */
static void row_words(struct buf *out, const struct page *p, const struct page_item *x)
{
	const char *between = "";

	for (size_t c = 0; c < x->cells; c++) {
		if (page_cell(x, c)[0] == '\0')
			continue;
		buf_printf(out, "%s%s%s%s", between, p->columns[c].title, p->columns[c].title[0] ? ": " : "", page_cell(x, c));
		between = ", ";
	}
}

static void item_words(struct buf *out, const struct page *p, enum language l, const struct page_item *x)
{
	switch (x->kind) {
	case PAGE_ROW:
		row_words(out, p, x);
		break;
	case PAGE_CHOICE:
		buf_printf(out, "%s: %s", x->text, word(l, x->on ? WORD_CHOICE_ON : WORD_CHOICE_OFF));
		break;
	case PAGE_FIELD:
		buf_printf(out, "%s: %s", x->label, x->secret ? word(l, WORD_FIELD_HIDDEN) : x->text);
		break;
	case PAGE_PAIR:
		buf_printf(out, "%s: %s", x->label, x->text);
		break;
	case PAGE_HEADING:
	case PAGE_TEXT:
		buf_append_text(out, x->text);
		break;
	case PAGE_TITLES:
	case PAGE_BLANK:
		break;
	}
}

void page_plain(struct buf *out, const struct page *p, enum language l, int columns)
{
	size_t number = 0;

	for (size_t i = 0; i < p->count; i++) {
		const struct page_item *x = &p->items[i];
		struct buf words = BUF_INIT;
		char lead[16] = "";

		if (x->kind == PAGE_TITLES)
			continue;
		if (x->id != 0)
			snprintf(lead, sizeof(lead), "%2zu. ", ++number);
		item_words(&words, p, l, x);
		say(out, lead, words.len > 0 ? buf_text(&words) : "", columns);
		if (buf_error(&words) != ERR_OK)
			out->err = buf_error(&words);
		buf_release(&words);
	}
}
