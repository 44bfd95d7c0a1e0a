/* SPDX-License-Identifier: Apache-2.0 */
/* The views a person has gone through, and the pages of each. */
#include <stdlib.h>
#include <strings.h>

#include "core/base/text.h"
#include "tui/screens/session_parts.h"

struct open_view *stack_top(struct session *s)
{
	return s->depth > 0 ? s->stack[s->depth - 1] : NULL;
}

struct view view_of(const struct open_view *v)
{
	const struct session *s = v->session;

	return (struct view){
		.ops = v->ops, .model = v->model, .draft = v->draft, .language = s->options.language, .now = s->now,
		.mode = s->mode, .utc = s->options.utc,
	};
}

static void wipe_model(struct open_view *v)
{
	if (v->model != NULL && v->ops->release != NULL)
		v->ops->release(v->model);
	free(v->model);
	v->model = NULL;
	for (size_t i = 0; i < VIEW_PANES_MAX; i++)
		page_release(&v->panes[i].page);
	v->made = v->rest_made = false;
}

static void free_view(struct open_view *v)
{
	worker_abandon(v->session->worker, v);
	wipe_model(v);
	if (v->draft != NULL)
		explicit_bzero(v->draft, v->ops->draft_size);
	free(v->draft);
	free(v);
}

static struct open_view *new_view(struct session *s, const struct view_ops *ops, const void *draft)
{
	struct open_view *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	v->session = s;
	v->ops = ops;
	v->since_ms = s->steady_ms;
	for (size_t i = 0; i < VIEW_PANES_MAX; i++)
		v->panes[i].page = (struct page)PAGE_INIT;
	if (ops->draft_size == 0)
		return v;
	v->draft = calloc(1, ops->draft_size);
	if (v->draft == NULL) {
		free(v);
		return NULL;
	}
	if (draft != NULL)
		memcpy(v->draft, draft, ops->draft_size);
	return v;
}

enum err stack_push(struct session *s, const struct view_ops *ops, const void *draft)
{
	struct open_view *v;

	if (s->depth == SESSION_DEPTH_MAX)
		return ERR_LIMIT;
	v = new_view(s, ops, draft);
	if (v == NULL)
		return ERR_MEMORY;
	s->stack[s->depth++] = v;
	session_load(s, v);
	return ERR_OK;
}

enum err stack_show(struct session *s, const struct view_ops *ops, void *model, const void *draft)
{
	struct open_view *v = s->depth < SESSION_DEPTH_MAX ? new_view(s, ops, draft) : NULL;

	if (v == NULL) {
		if (ops->release != NULL)
			ops->release(model);
		free(model);
		return ERR_MEMORY;
	}
	v->model = model;
	s->stack[s->depth++] = v;
	return ERR_OK;
}

void stack_pop(struct session *s)
{
	if (s->depth == 0)
		return;
	free_view(s->stack[--s->depth]);
	if (s->depth > 0 && stack_top(s)->stale)
		session_load(s, stack_top(s));
}

void stack_clear(struct session *s)
{
	while (s->depth > 0)
		free_view(s->stack[--s->depth]);
}

void stack_wipe(struct session *s)
{
	for (size_t i = 0; i < s->depth; i++) {
		worker_abandon(s->worker, s->stack[i]);
		s->stack[i]->loading = false;
		wipe_model(s->stack[i]);
		s->stack[i]->stale = true;
	}
}

void stack_stale(struct session *s)
{
	for (size_t i = 0; i < s->depth; i++)
		s->stack[i]->stale = true;
	if (s->depth > 0)
		session_load(s, stack_top(s));
}

void session_tab(struct session *s, size_t n)
{
	const struct view_ops *ops = view_tab(s->mode, n);

	if (ops == NULL)
		return;
	s->tab = n;
	stack_clear(s);
	if (stack_push(s, ops, NULL) != ERR_OK)
		session_say_error(s, ERR_MEMORY, NULL);
}

void view_draft(struct open_view *v, const void *draft, size_t size)
{
	ASSERT(size == v->ops->draft_size);
	memcpy(v->draft, draft, size);
	v->made = v->rest_made = false;
	if (v->ops->draft_loads)
		session_load(v->session, v);
}

/* ---- pages ---- */

static bool passes(const struct page_item *x, const char *filter)
{
	const char *texts[PAGE_COLUMNS_MAX + 1] = {x->text};
	size_t count = x->text == NULL ? 0 : x->cells > 0 ? x->cells : 1;

	for (size_t c = 1; c < count; c++)
		texts[c] = texts[c - 1] + strlen(texts[c - 1]) + 1;
	if (x->label != NULL)
		texts[count++] = x->label;
	return view_filter(filter, texts, count);
}

void view_find(struct open_view *v, const char *text)
{
	struct view view = view_of(v);
	struct act act;

	snprintf(v->filter, sizeof(v->filter), "%.*s", (int)sizeof(v->filter) - 1, text);
	v->made = false;
	if (v->ops->find == NULL || v->model == NULL)
		return;
	act_begin(&act, v->session);
	v->ops->find(&act, &view, v->filter);
	session_do(v->session, &act);
}

/* Rows that do not have what is looked for go. */
static void filter(struct open_view *v, struct page *p)
{
	size_t kept = 0;

	v->shown = v->all = 0;
	for (size_t i = 0; i < p->count; i++) {
		struct page_item *x = &p->items[i];
		bool row = x->kind == PAGE_ROW, keep = !row || passes(x, v->filter);

		v->all += row;
		v->shown += row && keep;
		if (keep)
			p->items[kept++] = *x;
		else
			page_drop(x);
	}
	p->count = kept;
}

static void make_list(struct open_view *v)
{
	struct view view = view_of(v);
	struct page_place *at = &v->panes[0].at;

	page_release(&v->panes[0].page);
	v->ops->list(&view, &v->panes[0].page);
	filter(v, &v->panes[0].page);
	if (page_find(&v->panes[0].page, at->id) == NULL) {
		at->id = 0;
		page_move(&v->panes[0].page, at, 1);
	}
	v->made = true;
	v->rest_made = false;
}

static void make_rest(struct open_view *v)
{
	struct view view = view_of(v);
	void (*const make[])(const struct view *, struct page *, int) = {NULL, v->ops->detail, v->ops->third};

	v->rest_of = v->panes[0].at.id;
	for (size_t i = 1; i < VIEW_PANES_MAX; i++) {
		struct pane *pane = &v->panes[i];

		page_release(&pane->page);
		if (make[i] != NULL)
			make[i](&view, &pane->page, v->rest_of);
		if (page_find(&pane->page, pane->at.id) == NULL) {
			pane->at = (struct page_place){0};
			page_move(&pane->page, &pane->at, 1);
		}
	}
	v->rest_made = true;
}

void view_pages(struct open_view *v)
{
	if (v->ops->load != NULL && v->model == NULL)
		return;
	if (!v->made)
		make_list(v);
	if (!v->rest_made || v->rest_of != v->panes[0].at.id)
		make_rest(v);
}

size_t view_panes(const struct open_view *v)
{
	return v->ops->third != NULL ? 3 : v->ops->detail != NULL ? 2 : 1;
}

int view_selected(const struct open_view *v)
{
	return v->panes[v->focus].at.id;
}
