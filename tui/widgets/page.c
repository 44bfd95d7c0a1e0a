/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/widgets/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"

/* ---- making ---- */

void page_drop(struct page_item *x)
{
	free(x->label);
	free(x->text);
}

void page_release(struct page *p)
{
	for (size_t i = 0; i < p->count; i++)
		page_drop(&p->items[i]);
	free(p->items);
	*p = (struct page)PAGE_INIT;
}

enum err page_error(const struct page *p)
{
	return p->err;
}

static char *gated(struct page *p, const char *text)
{
	struct buf out = BUF_INIT;
	char *copy = NULL;

	text_gate(&out, bytes_str(text), false);
	if (buf_error(&out) == ERR_OK)
		copy = strdup(out.len > 0 ? buf_text(&out) : "");
	if (copy == NULL)
		p->err = ERR_MEMORY;
	buf_release(&out);
	return copy;
}

static struct page_item *add(struct page *p, enum page_kind kind, enum role role)
{
	size_t room = p->room > 0 ? 2 * p->room : 32;
	struct page_item *more;

	if (p->err != ERR_OK)
		return NULL;
	if (p->count == PAGE_ITEMS_MAX) {
		p->err = ERR_TOO_LARGE;
		return NULL;
	}
	if (p->count == p->room) {
		more = realloc(p->items, room * sizeof(*more));
		if (more == NULL) {
			p->err = ERR_MEMORY;
			return NULL;
		}
		p->items = more;
		p->room = room;
	}
	p->items[p->count] = (struct page_item){.kind = kind, .role = role};
	return &p->items[p->count++];
}

static struct page_item *add_text(struct page *p, enum page_kind kind, enum role role, const char *text)
{
	struct page_item *x = add(p, kind, role);

	if (x != NULL)
		x->text = gated(p, text);
	return x;
}

void page_heading(struct page *p, const char *text)
{
	add_text(p, PAGE_HEADING, ROLE_HEADING, text);
}

void page_text(struct page *p, enum role role, const char *text)
{
	add_text(p, PAGE_TEXT, role, text);
}

void page_printf(struct page *p, enum role role, const char *format, ...)
{
	va_list arguments;
	char *text;
	int len;

	va_start(arguments, format);
	len = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (len < 0) {
		p->err = ERR_MEMORY;
		return;
	}
	page_text(p, role, text);
	free(text);
}

void page_pair(struct page *p, const char *label, enum role role, const char *text)
{
	struct page_item *x = add_text(p, PAGE_PAIR, role, text);

	if (x != NULL)
		x->label = gated(p, label);
}

void page_blank(struct page *p)
{
	add_text(p, PAGE_BLANK, ROLE_PLAIN, "");
}

void page_columns(struct page *p, const struct page_column *columns, size_t count)
{
	ASSERT(p->column_count == 0 && count >= 1 && count <= PAGE_COLUMNS_MAX);
	memcpy(p->columns, columns, count * sizeof(*columns));
	p->column_count = count;
	for (size_t i = 0; i < count; i++)
		if (columns[i].title[0] != '\0') {
			add(p, PAGE_TITLES, ROLE_LABEL);
			return;
		}
}

void page_row(struct page *p, int id, enum role role, const char *const *cells)
{
	struct page_item *x = add(p, PAGE_ROW, role);
	struct buf all = BUF_INIT;

	ASSERT(id != 0 && p->column_count > 0);
	if (x == NULL)
		return;
	x->id = id;
	x->cells = p->column_count;
	for (size_t i = 0; i < x->cells; i++) {
		text_gate(&all, bytes_str(cells[i]), false);
		buf_append(&all, "", 1);
	}
	x->text = buf_error(&all) == ERR_OK ? malloc(all.len) : NULL;
	if (x->text != NULL)
		memcpy(x->text, all.data, all.len);
	else
		p->err = ERR_MEMORY;
	buf_release(&all);
}

void page_choice(struct page *p, int id, const char *text, bool on, bool one)
{
	struct page_item *x = add_text(p, PAGE_CHOICE, ROLE_PLAIN, text);

	ASSERT(id != 0);
	if (x == NULL)
		return;
	x->id = id;
	x->on = on;
	x->one = one;
}

void page_field(struct page *p, int id, const char *label, const char *text, bool secret)
{
	struct page_item *x = add_text(p, PAGE_FIELD, ROLE_FIELD, secret ? "" : text);

	ASSERT(id != 0);
	if (x == NULL)
		return;
	x->id = id;
	x->secret = secret;
	x->label = gated(p, label);
}

/* ---- choosing ---- */

static int position_of(const struct page *p, int id)
{
	for (size_t i = 0; id != 0 && i < p->count; i++)
		if (p->items[i].id == id)
			return (int)i;
	return -1;
}

const struct page_item *page_find(const struct page *p, int id)
{
	int i = position_of(p, id);

	return i < 0 ? NULL : &p->items[i];
}

/* The nearest one from i on in a direction that can be chosen; -1. */
static int nearest(const struct page *p, int i, int step)
{
	for (; i >= 0 && i < (int)p->count; i += step)
		if (p->items[i].id != 0)
			return i;
	return -1;
}

void page_move(const struct page *p, struct page_place *at, int by)
{
	int i = position_of(p, at->id), next, step = by < 0 ? -1 : 1;

	if (i < 0) {
		i = nearest(p, 0, 1);
		at->id = i < 0 ? 0 : p->items[i].id;
		return;
	}
	for (; by != 0; by -= step) {
		next = nearest(p, i + step, step);
		if (next < 0)
			break;
		i = next;
	}
	at->id = p->items[i].id;
}

const struct page_item *page_numbered(const struct page *p, size_t number)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].id != 0 && --number == 0)
			return &p->items[i];
	return NULL;
}
