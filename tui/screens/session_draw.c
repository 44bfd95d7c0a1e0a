/* SPDX-License-Identifier: Apache-2.0 */
/* A session as cells: title, tabs, body, status, hints.  Drawing changes nothing but what follows the cursor. */
#include <stdio.h>

#include "core/base/text.h"
#include "tui/cli/line.h"
#include "tui/screens/codes.h"
#include "tui/screens/session_parts.h"

#define HINTS_MAX 9u
#define TROUBLE_LINES_MAX 6
#define BUSY_SHOWN_MS 200 /* work that takes less is not spoken of */
#define LINE_SHOWN 1024u

static const char *say(const struct session *s, enum word w)
{
	return word(s->options.language, w);
}

static struct page_look look(const struct session *s, bool focused)
{
	return (struct page_look){.ascii = s->options.ascii, .focused = focused && s->overlay == OVERLAY_NONE};
}

/* ---- title ---- */

static void where(const struct session *s, struct buf *out)
{
	enum word mode = s->mode == MODE_PATIENT ? WORD_MODE_PATIENT : s->mode == MODE_CA ? WORD_MODE_CA
		: s->mode == MODE_INSTITUTE ? WORD_MODE_CLINICIAN : s->mode == MODE_RESEARCH ? WORD_MODE_RESEARCHER
		: WORD_MODE_OTHER;

	buf_printf(out, " medlock");
	if (s->world[0] != '\0')
		buf_printf(out, "  %s", say(s, WORD_FRAME_DEMO));
	if (!s->open)
		return;
	buf_printf(out, "  %s  %s", say(s, mode), s->name);
	for (size_t i = 0; i < s->depth; i++)
		buf_printf(out, " > %s", say(s, s->stack[i]->ops->title));
}

static void state(const struct session *s, struct buf *out)
{
	int64_t left = s->pressed_ms + s->idle.lock_ms - s->steady_ms;
	char number[SAY_NUMBER];

	if (!s->open || s->locked)
		return;
	if (left < COUNTDOWN_MS)
		words_say(out, s->options.language, WORD_FRAME_LOCKS, say_number(number, left > 0 ? (uint64_t)left / 1000 : 0),
			  NULL);
	else if (s->offline)
		buf_append_text(out, say(s, WORD_FRAME_OFFLINE));
	else if (!s->synced)
		buf_append_text(out, say(s, WORD_FRAME_SYNCING));
	else
		words_say(out, s->options.language, WORD_FRAME_SYNCED, say_number(number, s->sync.height), NULL);
}

/* What is at the right is short and stays whole; the place is cut. */
static void draw_title(const struct session *s, struct grid *g, struct box in)
{
	struct buf left = BUF_INIT, right = BUF_INIT;
	int room;

	where(s, &left);
	state(s, &right);
	buf_append_text(&right, " ");
	grid_role(g, in, ROLE_TITLE);
	if (buf_error(&left) == ERR_OK && buf_error(&right) == ERR_OK) {
		room = in.columns - (int)text_columns(bytes_str(buf_text(&right))) - 1;
		grid_text_cut(g, in, 0, 0, room, ROLE_TITLE, buf_text(&left), theme_glyph(s->options.ascii, GLYPH_CUT));
		grid_text_right(g, in, in.columns, 0, ROLE_TITLE, buf_text(&right));
	}
	buf_release(&left);
	buf_release(&right);
}

static void draw_tabs(const struct session *s, struct grid *g, struct box in)
{
	size_t count = 0;
	int x = 1, each;

	while (view_tab(s->mode, count) != NULL)
		count++;
	if (count == 0)
		return;
	each = in.columns / (int)count - 1;
	for (size_t i = 0; i < count; i++) {
		enum role role = i == s->tab ? ROLE_TAB_ON : ROLE_TAB;
		char label[64];

		snprintf(label, sizeof(label), i == s->tab ? "[%zu %s]" : " %zu %s ", i + 1,
			 say(s, view_tab(s->mode, i)->title));
		if ((int)text_columns(bytes_str(label)) > each && in.columns < LAYOUT_COLUMNS_FULL && i != s->tab)
			snprintf(label, sizeof(label), " %zu ", i + 1);
		x = grid_text(g, in, x, 0, role, label);
	}
}

/* ---- body ---- */

static void say_in(const struct session *s, struct grid *g, struct box in, enum role role, const char *text)
{
	struct page p = PAGE_INIT;
	struct page_place at = {0};

	page_text(&p, role, text);
	page_draw(&p, g, in, &at, look(s, false));
	page_release(&p);
}

static void draw_failure(const struct session *s, struct grid *g, struct box in, const struct open_view *v)
{
	enum language l = s->options.language;
	struct page p = PAGE_INIT;
	struct page_place at = {0};

	page_text(&p, ROLE_DANGER, say_error(l, v->failed));
	if (v->why.detail[0] != '\0')
		page_text(&p, ROLE_PLAIN, v->why.detail);
	page_blank(&p);
	page_text(&p, ROLE_PLAIN, say_next(l, v->failed));
	page_text(&p, ROLE_DIM, err_row(v->failed)->code);
	page_draw(&p, g, in, &at, look(s, false));
	page_release(&p);
}

static void draw_pane(const struct session *s, struct grid *g, struct box in, struct open_view *v, size_t i)
{
	struct pane *pane = &v->panes[i];

	page_draw(&pane->page, g, in, &pane->at, look(s, i == v->focus));
	if (i == v->focus && pane->at.id == 0 && s->overlay == OVERLAY_NONE)
		grid_cursor(g, in, 0, 0);
}

/* How much more there is, on the line under a pane. */
static void draw_more(const struct session *s, struct grid *g, struct box in, const struct pane *pane)
{
	int below = page_below(&pane->page, in, &pane->at);
	struct buf text = BUF_INIT;
	char number[SAY_NUMBER];

	if (below == 0)
		return;
	buf_append_text(&text, " ");
	words_say(&text, s->options.language, WORD_FRAME_MORE, say_number(number, (uint64_t)below), NULL);
	buf_append_text(&text, " ");
	if (buf_error(&text) == ERR_OK)
		grid_text_right(g, (struct box){in.x, in.y + in.rows, in.columns, 1}, in.columns - 1, 0, ROLE_DIM,
				buf_text(&text));
	buf_release(&text);
}

static void line_between(const struct session *s, struct grid *g, struct box a, struct box b)
{
	if (a.y == b.y)
		grid_fill(g, (struct box){b.x - 2, a.y, 1, a.rows}, ROLE_RULE, theme_glyph(s->options.ascii, GLYPH_DOWN));
	else
		grid_fill(g, (struct box){b.x, b.y - 1, b.columns, 1}, ROLE_RULE, theme_glyph(s->options.ascii, GLYPH_ACROSS));
}

/* The boxes of the panes that are shown: ret_first is the first one's number.  Words do not touch the line between. */
static size_t pane_boxes(struct box ret[LAYOUT_PANES_MAX], size_t *ret_first, const struct layout *l, const struct open_view *v)
{
	static const int right[] = {45, 55}, below[] = {55, 45}, wide[] = {38, 34, 28};
	size_t count = view_panes(v), shown;

	*ret_first = 0;
	if (count == 1 || l->size == LAYOUT_SINGLE ||
	    (l->size == LAYOUT_FULL && (v->ops->split == SPLIT_NONE || v->focus == 2))) {
		ret[0] = l->body;
		*ret_first = v->focus;
		return 1;
	}
	shown = l->size == LAYOUT_WIDE && count == 3 ? 3 : 2;
	if (shown == 2 && v->ops->split == SPLIT_BELOW)
		layout_rows(ret, l->body, below, 2);
	else
		layout_columns(ret, l->body, shown == 3 ? wide : right, shown);
	for (size_t i = 1; i < shown; i++)
		if (ret[i].y == ret[0].y)
			ret[i] = box_part(ret[i], 1, 0, ret[i].columns - 1, ret[i].rows);
	return shown;
}

static void draw_panes(const struct session *s, struct grid *g, const struct layout *l, struct open_view *v)
{
	struct box boxes[LAYOUT_PANES_MAX];
	size_t first, shown = pane_boxes(boxes, &first, l, v);

	for (size_t i = 0; i < shown; i++) {
		draw_pane(s, g, boxes[i], v, first + i);
		if (i > 0)
			line_between(s, g, boxes[0], boxes[i]);
	}
	for (size_t i = 0; i < shown; i++)
		draw_more(s, g, boxes[i], &v->panes[first + i]);
}

/* A click chooses what is under it; on what is chosen already it opens that. */
void session_click(struct session *s, int x, int y)
{
	struct layout l = layout_of(s->columns, s->rows);
	struct open_view *v = stack_top(s);
	struct box boxes[LAYOUT_PANES_MAX];
	size_t first, shown;

	if (v == NULL || l.size == LAYOUT_TOO_SMALL || (v->ops->load != NULL && v->model == NULL))
		return;
	view_pages(v);
	shown = pane_boxes(boxes, &first, &l, v);
	for (size_t i = 0; i < shown; i++) {
		struct pane *pane = &v->panes[first + i];
		const struct box *in = &boxes[i];
		int id = 0;

		if (x >= in->x && x < in->x + in->columns && y >= in->y && y < in->y + in->rows)
			id = page_hit(&pane->page, *in, &pane->at, y - in->y);
		if (id == 0)
			continue;
		if (v->focus == first + i && pane->at.id == id)
			session_act(s, ACTION_OPEN);
		v->focus = first + i;
		pane->at.id = id;
		return;
	}
}

static void draw_view(const struct session *s, struct grid *g, const struct layout *l, struct open_view *v)
{
	if (v->ops->load != NULL && v->model == NULL) {
		if (!v->loading && v->failed != ERR_OK)
			draw_failure(s, g, l->body, v);
		else
			say_in(s, g, l->body, ROLE_DIM, say(s, WORD_FRAME_LOADING));
		return;
	}
	view_pages(v);
	draw_panes(s, g, l, v);
}

/* ---- overlays ---- */

static struct box middle(struct box body, int rows)
{
	rows = rows < body.rows ? rows : body.rows;
	return box_part(body, 0, body.rows - rows, body.columns, rows);
}

static void clear_box(const struct session *s, struct grid *g, struct box in)
{
	grid_fill(g, in, ROLE_PLAIN, " ");
	grid_fill(g, box_part(in, 0, 0, in.columns, 1), ROLE_RULE, theme_glyph(s->options.ascii, GLYPH_ACROSS));
}

/* The line that is typed, with what it is for before it. */
static void draw_input(const struct session *s, struct grid *g, struct box in, const char *label, bool secret)
{
	int from = grid_text(g, in, 0, 0, ROLE_LABEL, label) + 1, room = in.columns - from - 1;
	int columns = secret ? (int)input_characters(&s->input) : (int)input_columns(&s->input);
	int skip = columns >= room ? columns - room + 1 : 0;
	const char *text = input_text(&s->input);

	if (room < 1)
		return;
	grid_fill(g, box_part(in, from, 0, room, 1), ROLE_FIELD, " ");
	for (int i = 0; secret && i < columns - skip; i++)
		grid_text(g, in, from + i, 0, ROLE_FIELD, "*");
	if (!secret)
		grid_text(g, box_part(in, from, 0, room, 1), 0, 0, ROLE_FIELD, text + text_fit(bytes_str(text), (size_t)skip));
	grid_cursor(g, in, from + columns - skip, 0);
}

static void draw_confirm(const struct session *s, struct grid *g, struct box body)
{
	const struct act *a = &s->act;
	struct page p = PAGE_INIT;
	struct page_place at = {0};
	struct buf line = BUF_INIT, typed = BUF_INIT;
	struct box in;

	page_text(&p, ROLE_DANGER, a->text);
	page_blank(&p);
	if (a->word_count > 0) {
		buf_append_text(&line, say(s, WORD_CONFIRM_SAME_AS));
		buf_append_text(&line, " medlock ");
		cli_show_line(&line, a->words, a->word_count);
		page_text(&p, ROLE_DIM, buf_error(&line) == ERR_OK ? buf_text(&line) : "");
	}
	if (a->waits)
		page_text(&p, ROLE_NOTE, say(s, WORD_CONFIRM_WAITS));
	if (a->confirm == CONFIRM_YES)
		page_text(&p, ROLE_PLAIN, say(s, WORD_CONFIRM_YES));
	in = middle(body, page_lines(&p, body.columns - 2) + 2 + (a->confirm == CONFIRM_TYPED));
	clear_box(s, g, in);
	page_draw(&p, g, box_part(in, 1, 1, in.columns - 2, in.rows - 1), &at, look(s, false));
	words_say(&typed, s->options.language, WORD_CONFIRM_TYPE, a->typed, NULL);
	if (a->confirm == CONFIRM_TYPED && buf_error(&typed) == ERR_OK)
		draw_input(s, g, box_part(in, 1, in.rows - 1, in.columns - 2, 1), buf_text(&typed), false);
	else
		grid_cursor(g, in, 1, in.rows - 1);
	buf_release(&line);
	buf_release(&typed);
	page_release(&p);
}

static void draw_commands(struct session *s, struct grid *g, struct box body)
{
	grid_fill(g, body, ROLE_PLAIN, " ");
	page_draw(&s->commands, g, box_part(body, 0, 2, body.columns, body.rows - 2), &s->command,
		  (struct page_look){.ascii = s->options.ascii, .focused = true});
	draw_input(s, g, box_part(body, 1, 0, body.columns - 2, 1),
		   s->palette ? ":" : say(s, WORD_COMMANDS_SEARCH), false);
}

static void draw_prompt(const struct session *s, struct grid *g, struct box body)
{
	struct box in = middle(body, 5);

	clear_box(s, g, in);
	grid_text(g, in, 1, 1, ROLE_PLAIN, say(s, s->first != NULL ? WORD_PROMPT_AGAIN : WORD_PROMPT_SECRET));
	draw_input(s, g, box_part(in, 1, 3, in.columns - 2, 1), s->question, true);
}

static void draw_overlay(struct session *s, struct grid *g, const struct layout *l)
{
	switch (s->overlay) {
	case OVERLAY_CONFIRM:
		draw_confirm(s, g, l->body);
		break;
	case OVERLAY_COMMANDS:
		draw_commands(s, g, l->body);
		break;
	case OVERLAY_PROMPT:
		draw_prompt(s, g, l->body);
		break;
	case OVERLAY_FIELD:
		draw_input(s, g, l->status, say(s, WORD_FIELD_TYPE), false);
		break;
	case OVERLAY_FILTER:
		draw_input(s, g, l->status, "/", false);
		break;
	case OVERLAY_NONE:
		break;
	}
}

/* ---- status and hints ---- */

static void work(const struct session *s, const struct worker_state *w, struct buf *out)
{
	char seconds[SAY_NUMBER], far[64] = "";

	if (w->total > 0)
		snprintf(far, sizeof(far), " %llu/%llu", (unsigned long long)w->done, (unsigned long long)w->total);
	say_number(seconds, (uint64_t)(s->steady_ms - w->since_ms) / 1000);
	words_say(out, s->options.language, WORD_FRAME_WORK, w->what, far, seconds, NULL);
}

static enum role status_text(struct session *s, struct buf *out)
{
	const struct message *m = message_at(s, 0);
	struct worker_state w;
	char number[SAY_NUMBER];
	const struct open_view *v = stack_top(s);

	worker_state(s->worker, &w);
	if (s->pending.stands) {
		int64_t left = (s->pending.due_ms - s->steady_ms + 999) / 1000;

		words_say(out, s->options.language, WORD_PENDING_WAITS, say_number(number, left > 0 ? (uint64_t)left : 0),
			  NULL);
		return ROLE_NOTE;
	}
	if (m != NULL && (!m->read || (m->role == ROLE_DANGER && !m->read))) {
		buf_printf(out, "%s", m->text);
		return m->role;
	}
	if (w.busy && s->steady_ms - w.since_ms >= BUSY_SHOWN_MS)
		work(s, &w, out);
	else if (v != NULL && v->filter[0] != '\0') {
		char shown[SAY_NUMBER];

		words_say(out, s->options.language, WORD_FRAME_FILTER, v->filter, say_number(shown, v->shown),
			  say_number(number, v->all), NULL);
	}
	return ROLE_DIM;
}

/* What went wrong is said whole: when a line is too short for it, over the end of the body; M has what is longer still. */
static bool draw_trouble(struct session *s, struct grid *g, struct box body)
{
	const struct message *m = message_at(s, 0);
	struct page p = PAGE_INIT;
	struct page_place at = {0};
	int lines;

	if (m == NULL || m->read || s->pending.stands || (m->role != ROLE_DANGER && m->role != ROLE_WARN))
		return false;
	page_text(&p, m->role, m->text);
	lines = page_lines(&p, body.columns - 2);
	if (lines > 1) {
		struct box in = middle(body, (lines < TROUBLE_LINES_MAX ? lines : TROUBLE_LINES_MAX) + 1);

		clear_box(s, g, in);
		page_draw(&p, g, box_part(in, 1, 1, in.columns - 2, in.rows - 1), &at, look(s, false));
	}
	page_release(&p);
	return lines > 1;
}

static void draw_status(struct session *s, struct grid *g, struct box in)
{
	struct buf text = BUF_INIT;
	enum role role = status_text(s, &text);

	if (buf_error(&text) == ERR_OK)
		grid_text_cut(g, in, 1, 0, in.columns - 2, role, buf_text(&text), theme_glyph(s->options.ascii, GLYPH_CUT));
	buf_release(&text);
}

static int hint(const struct session *s, struct grid *g, struct box in, int x, enum action action)
{
	char key[PRESS_NAME];
	const char *title = say(s, action_row(action)->title);
	int columns;

	keymap_shown(s->keymap, key, action);
	columns = (int)(text_columns(bytes_str(key)) + text_columns(bytes_str(title))) + 1;
	if (key[0] == '\0' || x + columns > in.columns)
		return x;
	x = grid_text(g, in, x, 0, ROLE_KEY, key);
	return grid_text(g, in, x + 1, 0, ROLE_HINT, title) + 2;
}

static void draw_hints(struct session *s, struct grid *g, struct box in)
{
	static const enum action always[] = {
		ACTION_OPEN, ACTION_BACK, ACTION_HELP, ACTION_PALETTE, ACTION_FILTER, ACTION_LOCK, ACTION_QUIT, ACTION_NONE,
	};
	const struct open_view *v = stack_top(s);
	size_t count = 0;
	int x = 1;

	if (s->overlay != OVERLAY_NONE) {
		grid_text(g, in, 1, 0, ROLE_HINT,
			  say(s, s->overlay == OVERLAY_COMMANDS ? WORD_HINT_COMMANDS : WORD_HINT_INPUT));
		return;
	}
	if (s->pending.stands)
		x = hint(s, g, in, x, ACTION_UNDO);
	for (const struct view_act *a = v != NULL ? v->ops->acts : NULL;
	     a != NULL && a->action != ACTION_NONE && count < HINTS_MAX - 3; a++, count++)
		x = hint(s, g, in, x, a->action);
	for (size_t i = 0; always[i] != ACTION_NONE && count < HINTS_MAX; i++, count++)
		x = hint(s, g, in, x, always[i]);
}

/* ---- all ---- */

static void draw_small(const struct session *s, struct grid *g)
{
	struct buf text = BUF_INIT;
	char columns[SAY_NUMBER], rows[SAY_NUMBER];

	words_say(&text, s->options.language, WORD_FRAME_SMALL, say_number(columns, (uint64_t)g->columns),
		  say_number(rows, (uint64_t)g->rows), NULL);
	if (buf_error(&text) == ERR_OK)
		say_in(s, g, grid_box(g), ROLE_PLAIN, buf_text(&text));
	buf_release(&text);
}

void session_draw(struct session *s, struct grid *g)
{
	struct layout l = layout_of(g->columns, g->rows);
	struct open_view *v = stack_top(s);

	s->columns = g->columns;
	s->rows = g->rows;
	grid_clear(g);
	if (s->blank) {
		grid_text(g, grid_box(g), 1, 0, ROLE_DIM, say(s, WORD_FRAME_BLANK));
		return;
	}
	if (l.size == LAYOUT_TOO_SMALL) {
		draw_small(s, g);
		return;
	}
	draw_title(s, g, l.title);
	if (s->open && !s->locked)
		draw_tabs(s, g, l.tabs);
	grid_fill(g, l.rule_top, ROLE_RULE, theme_glyph(s->options.ascii, GLYPH_ACROSS));
	grid_fill(g, l.rule_bottom, ROLE_RULE, theme_glyph(s->options.ascii, GLYPH_ACROSS));
	if (s->locked && (v == NULL || v->ops != &view_people))
		say_in(s, g, l.body, ROLE_PLAIN, say(s, WORD_FRAME_LOCKED));
	else if (v != NULL)
		draw_view(s, g, &l, v);
	else
		say_in(s, g, l.body, ROLE_DIM, say(s, WORD_FRAME_LOADING));
	if (s->overlay != OVERLAY_FIELD && s->overlay != OVERLAY_FILTER &&
			(s->overlay != OVERLAY_NONE || !draw_trouble(s, g, l.body)))
		draw_status(s, g, l.status);
	draw_overlay(s, g, &l);
	draw_hints(s, g, l.hints);
}
