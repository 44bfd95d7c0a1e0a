/* SPDX-License-Identifier: Apache-2.0 */
/* From an action to what happens: refused, asked about, waited for, done. */
#include <stdio.h>
#include <strings.h>

#include "tui/screens/session_parts.h"

void act_begin(struct act *a, const struct session *s)
{
	*a = (struct act){.language = s->options.language};
}

/* The words of an act lie in it. */
void act_copy(struct act *to, const struct act *from)
{
	*to = *from;
	for (size_t i = 0; i < from->word_count; i++)
		to->words[i] = to->line + (from->words[i] - from->line);
}

const struct view_act *view_answers(const struct view_ops *ops, enum action action)
{
	for (const struct view_act *x = ops->acts; x != NULL && x->action != ACTION_NONE; x++)
		if (x->action == action)
			return x;
	return NULL;
}

/* ---- lines ---- */

static void begin_wait(struct session *s, const struct act *act)
{
	if (s->pending.stands) {
		session_say_word(s, ROLE_WARN, WORD_PENDING_ONE, NULL);
		return;
	}
	act_copy(&s->pending.act, act);
	s->pending.due_ms = s->steady_ms + SESSION_UNDO_MS;
	s->pending.stands = true;
	s->pending.activity = activity_begin(s, act, ACTIVITY_WAITS);
	if (act->leaves)
		stack_pop(s);
	s->pending.act.leaves = false;
}

static void send(struct session *s, const struct act *act)
{
	if (act->waits)
		begin_wait(s, act);
	else
		session_line(s, act, 0);
}

static void do_line(struct session *s, const struct act *act)
{
	if (act->too_long)
		session_say_word(s, ROLE_WARN, WORD_REFUSE_TOO_LONG, NULL);
	else if (act->confirm != CONFIRM_NONE)
		overlay_confirm(s, act);
	else
		send(s, act);
}

void session_confirmed(struct session *s)
{
	struct act act;

	act_copy(&act, &s->act);
	overlay_close(s);
	act.confirm = CONFIRM_NONE;
	if (act.kind == ACT_PERSON)
		session_do(s, &act);
	else
		send(s, &act);
}

void session_undo(struct session *s)
{
	if (!s->pending.stands) {
		session_say_word(s, ROLE_NOTE, WORD_PENDING_NONE, NULL);
		return;
	}
	s->pending.stands = false;
	activity_is(s, s->pending.activity, ACTIVITY_UNDONE, "");
	explicit_bzero(&s->pending.act, sizeof(s->pending.act));
	session_say_word(s, ROLE_GOOD, WORD_PENDING_UNDONE, NULL);
	stack_stale(s);
}

/* ---- all kinds ---- */

static void open_person(struct session *s, const char *home)
{
	char kept[sizeof(s->home)];

	snprintf(kept, sizeof(kept), "%s", home);
	session_forget(s);
	stack_clear(s);
	activity_forget(s);
	s->pending.stands = false;
	s->open = s->locked = s->synced = false;
	snprintf(s->home, sizeof(s->home), "%s", kept);
	session_open(s, kept);
}

static void begin_profile(struct session *s, const struct act *act)
{
	struct begin_draft draft;

	memcpy(&draft, act->draft, sizeof(draft));
	session_begin(s, &draft);
}

static void take_settings(struct session *s, const struct act *act)
{
	struct err_info info = {0};
	struct screens_settings chosen;
	char path[APP_PATH];
	enum err e;

	memcpy(&chosen, act->draft, sizeof(chosen));
	s->options.theme = chosen.theme;
	s->options.language = chosen.language;
	s->options.ascii = chosen.ascii;
	for (size_t i = 0; i < s->depth; i++)
		s->stack[i]->made = s->stack[i]->rest_made = false;
	view_draft(stack_top(s), &chosen, sizeof(chosen));
	e = settings_path(path, "screens", &info);
	if (e == ERR_OK)
		e = settings_write(&chosen, path, &info);
	if (e != ERR_OK)
		session_say_error(s, e, &info);
}

void session_do(struct session *s, struct act *act)
{
	struct open_view *v = stack_top(s);

	switch (act->kind) {
	case ACT_NOTHING:
		break;
	case ACT_REFUSE:
		session_say(s, ROLE_WARN, act->text);
		break;
	case ACT_DRAFT:
		if (v != NULL)
			view_draft(v, act->draft, act->draft_size);
		break;
	case ACT_OPEN:
		if (stack_push(s, act->view, act->draft) != ERR_OK)
			session_say_word(s, ROLE_WARN, WORD_REFUSE_TOO_DEEP, NULL);
		break;
	case ACT_BACK:
		if (s->depth > 1)
			stack_pop(s);
		break;
	case ACT_RELOAD:
		if (v != NULL)
			session_load(s, v);
		break;
	case ACT_LINE:
		do_line(s, act);
		break;
	case ACT_PERSON:
		if (s->pending.stands && act->confirm == CONFIRM_NONE && !s->open)
			s->pending.stands = false;
		open_person(s, act->home);
		break;
	case ACT_BEGIN:
		begin_profile(s, act);
		break;
	case ACT_SETTINGS:
		take_settings(s, act);
		break;
	}
}

/* ---- actions ---- */

static void move(struct open_view *v, int by)
{
	struct pane *pane;

	view_pages(v);
	pane = &v->panes[v->focus];
	page_move(&pane->page, &pane->at, by);
	if (pane->at.id == 0)
		pane->at.first += by; /* nothing to choose: the text moves */
	if (pane->at.first < 0)
		pane->at.first = 0;
}

static void next_pane(struct open_view *v, int by)
{
	size_t count = view_panes(v);

	view_pages(v);
	v->focus = (v->focus + count + (size_t)(by + (int)count)) % count;
}

/* Space and Enter on what is selected. */
static void choose(struct session *s, struct open_view *v, bool opens)
{
	const struct page_item *x;
	struct view view = view_of(v);
	struct act act;

	view_pages(v);
	x = page_find(&v->panes[v->focus].page, view_selected(v));
	if (x != NULL && x->kind == PAGE_FIELD) {
		overlay_field(s, x);
		return;
	}
	act_begin(&act, s);
	if (x != NULL && v->ops->chosen != NULL && (opens || x->kind == PAGE_CHOICE))
		v->ops->chosen(&act, &view, x->id, NULL);
	if (act.kind == ACT_NOTHING && opens && v->focus + 1 < view_panes(v))
		v->focus++;
	session_do(s, &act);
}

static void back(struct session *s, struct open_view *v)
{
	if (v->filter[0] != '\0') {
		view_find(v, "");
	} else if (v->focus > 0) {
		v->focus--;
	} else if (s->depth > 1) {
		stack_pop(s);
	}
}

static void cancel(struct session *s)
{
	struct worker_state state;

	worker_state(s->worker, &state);
	if (state.busy)
		worker_cancel(s->worker);
	else
		session_say_word(s, ROLE_NOTE, WORD_REFUSE_NOTHING_RUNS, NULL);
}

static void quit(struct session *s)
{
	if (!s->pending.stands && s->acting == 0) {
		s->want = WANT_QUIT;
		return;
	}
	session_say_word(s, ROLE_WARN, s->pending.stands ? WORD_QUIT_PENDING : WORD_QUIT_RUNS, NULL);
}

/* The messages of now, the newest first. */
static void messages_draft(const struct session *s, struct result_draft *ret)
{
	size_t at = 0;

	ret->text[0] = '\0';
	for (size_t i = 0; message_at(s, i) != NULL && at < sizeof(ret->text); i++) {
		struct view view = {.language = s->options.language, .now = s->now, .utc = s->options.utc};
		char when[SAY_TIME];
		int len = snprintf(ret->text + at, sizeof(ret->text) - at, "%s  %s\n",
				   say_time(when, &view, message_at(s, i)->at), message_at(s, i)->text);

		at += len > 0 ? (size_t)len : 0;
	}
	ret->cut = at >= sizeof(ret->text);
}

static enum err push_with_draft(struct session *s, const struct view_ops *ops)
{
	const struct screens_settings look = {s->options.theme, s->options.language, s->options.ascii};
	struct result_draft messages;
	struct people_draft people;

	if (ops == &view_settings)
		return stack_push(s, ops, &look);
	if (ops == &view_messages) {
		messages_draft(s, &messages);
		return stack_push(s, ops, &messages);
	}
	if (ops == &view_activity)
		return stack_push(s, ops, &s->activity);
	if (ops == &view_people) {
		snprintf(people.world, sizeof(people.world), "%s", s->world);
		snprintf(people.home, sizeof(people.home), "%s", s->home);
		return stack_push(s, ops, &people);
	}
	return stack_push(s, ops, NULL);
}

/* To a view that is no tab; once at the top of the stack. */
void session_go(struct session *s, const struct view_ops *ops)
{
	if (s->depth > 0 && stack_top(s)->ops == ops)
		return;
	if (push_with_draft(s, ops) != ERR_OK)
		session_say_word(s, ROLE_WARN, WORD_REFUSE_TOO_DEEP, NULL);
}

/* What moves about the view that is seen. */
static bool moves(struct session *s, struct open_view *v, enum action action)
{
	const int page = 10, all = 1 << 24;

	switch (action) {
	case ACTION_DOWN:
		move(v, 1);
		return true;
	case ACTION_UP:
		move(v, -1);
		return true;
	case ACTION_PAGE_DOWN:
		move(v, page);
		return true;
	case ACTION_PAGE_UP:
		move(v, -page);
		return true;
	case ACTION_FIRST:
		move(v, -all);
		return true;
	case ACTION_LAST:
		move(v, all);
		return true;
	case ACTION_NEXT:
		next_pane(v, 1);
		return true;
	case ACTION_PREVIOUS:
		next_pane(v, -1);
		return true;
	case ACTION_OPEN:
		choose(s, v, true);
		return true;
	case ACTION_TICK:
		choose(s, v, false);
		return true;
	case ACTION_BACK:
		back(s, v);
		return true;
	case ACTION_FILTER:
		overlay_filter(s);
		return true;
	default:
		return false;
	}
}

static void general(struct session *s, enum action action)
{
	switch (action) {
	case ACTION_PALETTE:
		overlay_commands(s, true);
		break;
	case ACTION_HELP:
		overlay_commands(s, false);
		break;
	case ACTION_UNDO:
		session_undo(s);
		break;
	case ACTION_REDRAW:
		s->want = WANT_REDRAW;
		break;
	case ACTION_CANCEL:
		cancel(s);
		break;
	case ACTION_SUSPEND:
		s->want = WANT_SUSPEND;
		break;
	case ACTION_BLANK:
		s->blank = true;
		break;
	case ACTION_LOCK:
		session_lock(s);
		break;
	case ACTION_QUIT:
		quit(s);
		break;
	case ACTION_PEOPLE:
		session_go(s, &view_people);
		break;
	case ACTION_MESSAGES:
		session_go(s, &view_messages);
		break;
	case ACTION_ACTIVITY:
		session_go(s, &view_activity);
		break;
	case ACTION_LETTERS:
		session_go(s, &view_letters);
		break;
	case ACTION_NETWORK:
		session_go(s, &view_network);
		break;
	case ACTION_ABOUT:
		session_go(s, &view_about);
		break;
	case ACTION_SETTINGS:
		session_go(s, &view_settings);
		break;
	case ACTION_SYNC:
		session_sync(s);
		break;
	default:
		break;
	}
}

void session_act(struct session *s, enum action action)
{
	struct open_view *v = stack_top(s);
	const struct view_act *own = v != NULL ? view_answers(v->ops, action) : NULL;
	struct act act;

	if (own != NULL) {
		struct view view = view_of(v);

		view_pages(v);
		act_begin(&act, s);
		if (v->ops->load != NULL && v->model == NULL)
			act_refuse(&act, WORD_REFUSE_NOT_LOADED, NULL);
		else
			own->say(&act, &view, v->panes[0].at.id);
		session_do(s, &act);
		return;
	}
	if (v == NULL || !moves(s, v, action))
		general(s, action);
}
