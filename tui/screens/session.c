/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/session.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "core/base/text.h"
#include "tui/screens/codes.h"
#include "tui/screens/session_parts.h"

#define SYNC_EVERY_MS (30 * 1000)
#define EXAMPLE_HEIGHT 4182

/* ---- begin and end ---- */

static void keep(struct session *s, const struct session_options *o)
{
	s->options = *o;
	snprintf(s->home, sizeof(s->home), "%s", o->home != NULL ? o->home : "");
	snprintf(s->passphrase_file, sizeof(s->passphrase_file), "%s", o->passphrase_file != NULL ? o->passphrase_file : "");
	snprintf(s->world, sizeof(s->world), "%s", o->world != NULL ? o->world : "");
	s->options.home = s->home;
	s->options.passphrase_file = s->passphrase_file;
	s->options.world = s->world;
}

static void look_at_clock(struct session *s)
{
	s->now = s->options.clock->now(s->options.clock->self);
	s->steady_ms = s->options.clock->steady_ms(s->options.clock->self);
}

enum err session_new(struct session **ret, const struct session_options *o, struct err_info *info)
{
	struct session *s = calloc(1, sizeof(*s));
	enum err e;

	if (s == NULL)
		return ERR_MEMORY;
	keep(s, o);
	look_at_clock(s);
	s->pressed_ms = s->steady_ms;
	s->commands = (struct page)PAGE_INIT;
	e = keymap_new(&s->keymap);
	if (e == ERR_OK)
		e = worker_new(&s->worker, info);
	if (e != ERR_OK) {
		session_free(s);
		return e;
	}
	session_prompts(s);
	if (s->options.example)
		s->synced = true;
	else if (s->home[0] != '\0')
		session_open(s, s->home);
	else
		session_people(s);
	*ret = s;
	return ERR_OK;
}

void session_free(struct session *s)
{
	if (s == NULL)
		return;
	if (s->worker != NULL) {
		stack_clear(s);
		worker_free(s->worker);
	}
	keymap_free(s->keymap);
	page_release(&s->commands);
	input_release(&s->input);
	secret_free(s->first);
	explicit_bzero(s, sizeof(*s));
	free(s);
}

enum err session_show(struct session *s, const struct view_ops *ops, void *model, const void *draft, const char *mode,
		      const char *person)
{
	s->open = person[0] != '\0';
	s->mode = mode_of(mode);
	s->idle = app_idle(mode);
	s->sync.height = EXAMPLE_HEIGHT;
	snprintf(s->name, sizeof(s->name), "%s", person);
	for (size_t i = 0; view_tab(s->mode, i) != NULL; i++)
		if (view_tab(s->mode, i) == ops)
			s->tab = i;
	return stack_show(s, ops, model, draft);
}

/* ---- messages ---- */

void session_say(struct session *s, enum role role, const char *text)
{
	struct message *m = &s->messages[s->message_count++ % MESSAGES_MAX];
	struct buf gated = BUF_INIT;

	text_gate(&gated, bytes_str(text), false);
	*m = (struct message){.at = s->now, .steady_ms = s->steady_ms, .role = role};
	snprintf(m->text, sizeof(m->text), "%s", buf_error(&gated) == ERR_OK && gated.len > 0 ? buf_text(&gated) : "");
	buf_release(&gated);
}

void session_say_word(struct session *s, enum role role, enum word w, ...)
{
	struct buf text = BUF_INIT;
	va_list values;

	va_start(values, w);
	words_vsay(&text, s->options.language, w, values);
	va_end(values);
	if (buf_error(&text) == ERR_OK)
		session_say(s, role, buf_text(&text));
	buf_release(&text);
}

/* Done as far as this person can: others are awaited. */
static bool is_pending(enum err e)
{
	return err_row(e)->exit_status == err_row(ERR_PENDING)->exit_status;
}

/* What, why, what to do next, and the code to look up. */
/* The rows of err.def are parts of a line; here they begin sentences. */
static void sentence(struct buf *out, const char *text)
{
	size_t start = out->len;

	buf_append_text(out, text);
	if (buf_error(out) == ERR_OK && out->len > start)
		out->data[start] = (uint8_t)toupper(out->data[start]);
}

void error_say(struct buf *out, enum language l, enum err e, const struct err_info *info)
{
	bool detail = info != NULL && info->detail[0] != '\0';

	sentence(out, say_error(l, e));
	buf_printf(out, "%s%s. ", detail ? ": " : "", detail ? info->detail : "");
	sentence(out, say_next(l, e));
	buf_printf(out, " (%s)", err_row(e)->code);
}

void session_say_error(struct session *s, enum err e, const struct err_info *info)
{
	struct buf text = BUF_INIT;

	error_say(&text, s->options.language, e, info);
	if (buf_error(&text) == ERR_OK)
		session_say(s, e == ERR_CANCELLED || is_pending(e) ? ROLE_NOTE : ROLE_DANGER, buf_text(&text));
	buf_release(&text);
}

const struct message *message_at(const struct session *s, size_t back)
{
	if (back >= s->message_count || back >= MESSAGES_MAX)
		return NULL;
	return &s->messages[(s->message_count - 1 - back) % MESSAGES_MAX];
}

void session_forget(struct session *s)
{
	explicit_bzero(s->messages, sizeof(s->messages));
	s->message_count = 0;
}

void session_people(struct session *s)
{
	stack_clear(s);
	session_go(s, &view_people);
}

/* ---- time ---- */

static void idle(struct session *s)
{
	int64_t since = s->steady_ms - s->pressed_ms;

	if (!s->open || s->idle.lock_ms == 0)
		return;
	if (since >= s->idle.blank_ms)
		s->blank = true;
	if (since >= s->idle.lock_ms)
		session_lock(s);
}

static void pending(struct session *s)
{
	struct act act;

	if (!s->pending.stands || s->steady_ms < s->pending.due_ms)
		return;
	act_copy(&act, &s->pending.act);
	s->pending.stands = false;
	session_line(s, &act, s->pending.activity);
}

/* When what is seen goes by itself. */
static int64_t expires(struct session *s)
{
	const struct open_view *v = stack_top(s);

	return v != NULL && v->ops->lives_ms > 0 ? v->since_ms + v->ops->lives_ms : INT64_MAX;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When something changes by itself. */
static int64_t next_change(struct session *s)
{
	const struct message *m = message_at(s, 0);
	int64_t next = earlier(s->steady_ms + SYNC_EVERY_MS, expires(s));

	if (s->pending.stands)
		next = earlier(next, s->steady_ms + MS_PER_SECOND);
	if (m != NULL && !m->read && m->role != ROLE_DANGER)
		next = earlier(next, m->steady_ms + SESSION_TOAST_MS);
	if (s->open && !s->locked) {
		int64_t lock = s->pressed_ms + s->idle.lock_ms;

		if (!s->blank)
			next = earlier(next, s->pressed_ms + s->idle.blank_ms);
		next = earlier(next, lock - COUNTDOWN_MS > s->steady_ms ? lock - COUNTDOWN_MS : s->steady_ms + MS_PER_SECOND);
	}
	return next;
}

int session_tick(struct session *s)
{
	struct message *m;
	int64_t next;

	look_at_clock(s);
	idle(s);
	pending(s);
	if (expires(s) <= s->steady_ms)
		stack_pop(s);
	if (s->open && !s->locked && !s->syncing && s->steady_ms - s->sync_ms >= SYNC_EVERY_MS)
		session_sync(s);
	m = s->message_count > 0 ? &s->messages[(s->message_count - 1) % MESSAGES_MAX] : NULL;
	if (m != NULL && m->role != ROLE_DANGER && s->steady_ms - m->steady_ms >= SESSION_TOAST_MS)
		m->read = true;
	next = next_change(s) - s->steady_ms;
	return next > 0 ? (int)next : 0;
}

int session_wakes(const struct session *s)
{
	return worker_wakes(s->worker);
}

void session_take(struct session *s)
{
	look_at_clock(s);
	while (worker_take(s->worker))
		;
	ahead_press(s);
	overlay_prompt(s);
}

/* ---- keys ---- */

static enum action list_of_view(const void *of, size_t index)
{
	const struct view_ops *ops = of;

	for (size_t i = 0; ops->acts != NULL && ops->acts[i].action != ACTION_NONE; i++)
		if (i == index)
			return ops->acts[i].action;
	return ACTION_NONE;
}

enum action session_action(struct session *s, const struct key *key)
{
	const struct open_view *v = stack_top(s);

	return keymap_action(s->keymap, key, v != NULL ? list_of_view : NULL, v != NULL ? v->ops : NULL);
}

enum err session_keymap(struct session *s, struct bytes text, struct err_info *info)
{
	TRY(keymap_read(s->keymap, text, info));
	for (size_t i = 0; view_at(i) != NULL; i++)
		TRY(keymap_check(s->keymap, list_of_view, view_at(i), info));
	return ERR_OK;
}

static void locked_key(struct session *s, const struct key *key)
{
	enum action action = keymap_action(s->keymap, key, NULL, NULL);

	if (action == ACTION_OPEN && !s->opening)
		session_open(s, "");
	else if (action == ACTION_PEOPLE)
		session_people(s);
	else if (action == ACTION_QUIT)
		s->want = WANT_QUIT;
	else if (action == ACTION_SUSPEND)
		s->want = WANT_SUSPEND;
	else if (action == ACTION_REDRAW)
		s->want = WANT_REDRAW;
}

static bool tab_key(struct session *s, const struct key *key)
{
	if (key->press != PRESS_CHARACTER || key->character < '1' || key->character > '9' || !s->open)
		return false;
	session_tab(s, key->character - '1');
	return true;
}

static bool at_people(const struct session *s)
{
	return s->depth > 0 && s->stack[s->depth - 1]->ops == &view_people;
}

void session_press(struct session *s, const struct key *key)
{
	enum action action;

	if (key->press == PRESS_PASTE) {
		s->pasting = key->begins;
		if (s->overlay == OVERLAY_NONE)
			return;
	}
	if (s->overlay != OVERLAY_NONE) {
		overlay_key(s, key);
		return;
	}
	if (s->pasting) /* text that nobody asked for is no act */
		return;
	if (s->locked && !at_people(s)) {
		locked_key(s, key);
		return;
	}
	if (key->press == PRESS_CLICK) {
		session_click(s, key->x, key->y);
		return;
	}
	action = session_action(s, key);
	if (action != ACTION_NONE)
		session_act(s, action);
	else
		tab_key(s, key);
}

void session_key(struct session *s, const struct key *key)
{
	struct message *m;

	look_at_clock(s);
	s->handled++;
	s->pressed_ms = s->steady_ms;
	m = s->message_count > 0 ? &s->messages[(s->message_count - 1) % MESSAGES_MAX] : NULL;
	if (s->blank) { /* the key that wakes does nothing else */
		s->blank = false;
		return;
	}
	if (m != NULL)
		m->read = true;
	if (!ahead_keeps(s, key))
		session_press(s, key);
}

enum session_want session_wants(struct session *s)
{
	enum session_want want = s->want;

	s->want = WANT_NOTHING;
	if (want == WANT_SUSPEND)
		s->blank = true;
	return want;
}

struct screens_look session_look(const struct session *s)
{
	return (struct screens_look){s->options.theme, s->options.ascii, s->locked || s->blank};
}

void session_ascii(struct session *s)
{
	s->options.ascii = true;
}

uint64_t session_handled(const struct session *s)
{
	return s->handled;
}

bool session_idle(const struct session *s)
{
	struct worker_state state;

	worker_state(s->worker, &state);
	return !state.busy && state.waiting == 0 && s->overlay != OVERLAY_PROMPT;
}
