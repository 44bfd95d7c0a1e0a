/* SPDX-License-Identifier: Apache-2.0 */
/* A session by lines of words: for braille, for speech, for terminals whose cursor cannot be placed.
 *
 * Each page is said line by line, what can be chosen is numbered, and one line is read: a number, an action by its name or key,
 * or a command.  Nothing is told by colour or place, and nothing that was said changes.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#include "tui/cli/line.h"
#include "tui/screens/loop.h"
#include "tui/screens/session_parts.h"

#define PLAIN_COLUMNS 78
#define PLAIN_LINE 1024u
#define PLAIN_IN 8192u
#define PROGRESS_EVERY_MS 2000

struct plain {
	struct session *session;
	unsigned char in[PLAIN_IN];
	size_t in_len;
	char line[PLAIN_LINE];
	bool ended, overflow, quiet; /* quiet: the echo is off */
	bool due;                    /* the page is to be said when the work is done */
	size_t told;                 /* messages */
	int64_t progress_ms;
	enum overlay asked;          /* what the last prompt was for */
	struct termios before;
};

static const char *say(const struct plain *p, enum word w)
{
	return word(p->session->options.language, w);
}

/* ---- out ---- */

static void put(const char *text)
{
	fputs(text, stdout);
}

static void put_buf(struct buf *b)
{
	if (buf_error(b) == ERR_OK && b->len > 0)
		fwrite(b->data, 1, b->len, stdout);
	buf_release(b);
}

static void tell_messages(struct plain *p)
{
	const struct session *s = p->session;

	for (; p->told < s->message_count; p->told++) {
		const struct message *m = message_at(s, s->message_count - 1 - p->told);

		if (m != NULL)
			printf("%s%s\n", m->role == ROLE_DANGER ? "! " : "", m->text);
	}
}

static void say_page(struct plain *p, struct open_view *v)
{
	struct buf out = BUF_INIT;

	buf_printf(&out, "\n%s\n", say(p, v->ops->title));
	if (v->ops->load != NULL && v->model == NULL) {
		error_say(&out, p->session->options.language, v->failed, &v->why);
		buf_append_byte(&out, '\n');
	} else {
		view_pages(v);
		page_plain(&out, &v->panes[v->focus].page, p->session->options.language, PLAIN_COLUMNS);
		if (v->ops->draft_loads && v->focus == 0 && view_panes(v) > 1) { /* what a form would do belongs to it */
			buf_append_byte(&out, '\n');
			page_plain(&out, &v->panes[1].page, p->session->options.language, PLAIN_COLUMNS);
		}
	}
	put_buf(&out);
}

static void say_confirm(struct plain *p)
{
	const struct act *a = &p->session->act;
	struct buf out = BUF_INIT;

	buf_printf(&out, "! %s\n", a->text);
	if (a->word_count > 0) {
		buf_printf(&out, "%s medlock ", say(p, WORD_CONFIRM_SAME_AS));
		cli_show_line(&out, a->words, a->word_count);
		buf_append_byte(&out, '\n');
	}
	if (a->waits)
		buf_printf(&out, "%s\n", say(p, WORD_CONFIRM_WAITS));
	if (a->confirm == CONFIRM_YES)
		buf_printf(&out, "%s\n", say(p, WORD_CONFIRM_YES));
	else
		words_say(&out, p->session->options.language, WORD_CONFIRM_TYPE, a->typed, NULL);
	put_buf(&out);
}

static void echo(struct plain *p, bool on)
{
	struct termios quiet;

	if (on != p->quiet)
		return;
	if (!on) {
		if (tcgetattr(STDIN_FILENO, &p->before) != 0)
			return;
		quiet = p->before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
		p->quiet = true;
		return;
	}
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &p->before);
	p->quiet = false;
	put("\n");
}

/* What to say now that nothing runs, or something is asked. */
static void speak(struct plain *p)
{
	struct session *s = p->session;
	bool asks = s->overlay == OVERLAY_PROMPT;

	tell_messages(p);
	if (asks && p->asked != OVERLAY_PROMPT) {
		echo(p, false);
		printf("%s ", s->question);
		p->asked = OVERLAY_PROMPT;
		p->due = false; /* the answer is awaited; what follows it makes the page due again */
	} else if (!asks && p->due && session_idle(s) && !s->opening) {
		echo(p, true);
		p->asked = s->overlay;
		p->due = false;
		if (s->overlay == OVERLAY_CONFIRM)
			say_confirm(p);
		else if (s->locked)
			printf("\n%s\n", say(p, WORD_PLAIN_LOCKED));
		else if (stack_top(s) != NULL)
			say_page(p, stack_top(s));
		printf("%s> ", s->overlay == OVERLAY_FIELD ? say(p, WORD_FIELD_TYPE) : "");
	}
	fflush(stdout);
}

static void say_progress(struct plain *p)
{
	struct worker_state w;

	worker_state(p->session->worker, &w);
	if (!w.busy || p->session->steady_ms - w.since_ms < PROGRESS_EVERY_MS ||
	    p->session->steady_ms - p->progress_ms < PROGRESS_EVERY_MS)
		return;
	p->progress_ms = p->session->steady_ms;
	printf("%s", w.what);
	if (w.total > 0)
		printf(" %llu/%llu", (unsigned long long)w.done, (unsigned long long)w.total);
	put("\n");
	fflush(stdout);
}

/* ---- in ---- */

static void press(struct plain *p, enum press what, uint32_t character)
{
	session_key(p->session, &(struct key){.press = what, .character = character});
}

/* A whole line into what is typed. */
static void type(struct plain *p, const char *text)
{
	struct session *s = p->session;

	input_release(&s->input);
	if (input_init(&s->input, text) != ERR_OK)
		session_say_error(s, ERR_MEMORY, NULL);
	else
		press(p, PRESS_ENTER, 0);
}

static void choose_number(struct plain *p, struct open_view *v, size_t number)
{
	const struct page_item *x;

	view_pages(v);
	x = page_numbered(&v->panes[v->focus].page, number);
	if (x == NULL) {
		session_say_word(p->session, ROLE_WARN, WORD_PLAIN_NO_NUMBER, NULL);
		return;
	}
	v->panes[v->focus].at.id = x->id;
	v->rest_made = v->rest_made && v->focus > 0;
	session_act(p->session, x->kind == PAGE_CHOICE ? ACTION_TICK : ACTION_OPEN);
}

/* What stands beside a row when it is selected: where Enter goes elsewhere, a number alone would never say it. */
static void say_more(struct plain *p, struct open_view *v, const char *number)
{
	const struct page_item *x;
	struct buf out = BUF_INIT;

	view_pages(v);
	x = page_numbered(&v->panes[v->focus].page, strtoul(number, NULL, 10));
	if (x == NULL || v->focus > 0 || v->ops->detail == NULL) {
		session_say_word(p->session, ROLE_WARN, x == NULL ? WORD_PLAIN_NO_NUMBER : WORD_PLAIN_NO_MORE, NULL);
		return;
	}
	v->panes[0].at.id = x->id;
	v->rest_made = false;
	view_pages(v);
	page_plain(&out, &v->panes[1].page, p->session->options.language, PLAIN_COLUMNS);
	if (v->ops->third != NULL)
		page_plain(&out, &v->panes[2].page, p->session->options.language, PLAIN_COLUMNS);
	put_buf(&out);
	put("> ");
	p->due = false;
}

static bool is_number(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0' && strlen(text) < 7;
}

/* An action of this place by its title, its name or its key. */
static enum action action_of(struct plain *p, const char *text)
{
	const struct open_view *v = stack_top(p->session);
	struct key key;

	for (size_t i = 0; action_at(i) != NULL; i++) {
		const struct action_row *row = action_at(i);

		if (!row->general && (v == NULL || view_answers(v->ops, row->action) == NULL))
			continue;
		if (strcasecmp(say(p, row->title), text) == 0 || strcasecmp(row->name, text) == 0)
			return row->action;
	}
	if (press_parse(&key, text) == ERR_OK)
		return session_action(p->session, &key);
	return ACTION_NONE;
}

/* "remove 3": an action on one of the numbered. */
static bool act_on_number(struct plain *p, struct open_view *v, const char *text)
{
	const char *last = strrchr(text, ' ');
	const struct page_item *x;
	char name[PLAIN_LINE];
	enum action action;

	if (v == NULL || last == NULL || !is_number(last + 1))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)(last - text), text);
	action = action_of(p, name);
	view_pages(v);
	x = page_numbered(&v->panes[v->focus].page, strtoul(last + 1, NULL, 10));
	if (action == ACTION_NONE || x == NULL)
		return false;
	v->panes[v->focus].at.id = x->id;
	v->rest_made = v->rest_made && v->focus > 0;
	session_act(p->session, action);
	return true;
}

static bool tab_of(struct plain *p, const char *text)
{
	struct session *s = p->session;

	for (size_t i = 0; s->open && view_tab(s->mode, i) != NULL; i++) {
		if (strcasecmp(say(p, view_tab(s->mode, i)->title), text) != 0)
			continue;
		session_tab(s, i);
		return true;
	}
	return false;
}

static void say_help(struct plain *p)
{
	struct buf out = BUF_INIT;
	struct page page = PAGE_INIT;

	buf_printf(&out, "\n%s\n", say(p, WORD_PLAIN_HELP));
	commands_page(p->session, &page, "");
	for (size_t i = 0; i < page.count; i++)
		page.items[i].id = 0; /* by name, not by number */
	page_plain(&out, &page, p->session->options.language, PLAIN_COLUMNS);
	page_release(&page);
	put_buf(&out);
}

static void run_line(struct plain *p, const char *text)
{
	struct page page = PAGE_INIT;
	struct page_place at = {0};

	commands_page(p->session, &page, text);
	page_move(&page, &at, 1);
	commands_run(p->session, at.id, text);
	page_release(&page);
}

static void take_command(struct plain *p, const char *text)
{
	struct session *s = p->session;
	struct open_view *v = stack_top(s);
	enum action action;

	if (s->locked) {
		if (strcasecmp(text, "q") == 0)
			s->want = WANT_QUIT;
		else
			press(p, PRESS_ENTER, 0);
	} else if (text[0] == '\0') {
		return;
	} else if (is_number(text) && v != NULL) {
		choose_number(p, v, strtoul(text, NULL, 10));
	} else if (strcmp(text, "?") == 0) {
		say_help(p);
		p->due = false;
		put("> ");
	} else if (text[0] == '?' && is_number(text + 1) && v != NULL) {
		say_more(p, v, text + 1);
	} else if (text[0] == '/' && v != NULL) {
		view_find(v, text + 1);
	} else if (strncmp(text, "medlock ", 8) == 0) {
		run_line(p, text);
	} else if ((action = action_of(p, text)) != ACTION_NONE) {
		session_act(s, action);
	} else if (!act_on_number(p, v, text) && !tab_of(p, text)) {
		session_say_word(s, ROLE_WARN, WORD_PLAIN_UNKNOWN, text, NULL);
	}
}

static void take_line(struct plain *p, const char *text)
{
	struct session *s = p->session;

	s->pressed_ms = s->steady_ms;
	s->handled++;
	s->blank = false;
	p->due = true;
	p->asked = OVERLAY_NONE;
	if (s->overlay == OVERLAY_CONFIRM && s->act.confirm == CONFIRM_YES)
		press(p, strcmp(text, "y") == 0 ? PRESS_CHARACTER : PRESS_ESCAPE, 'y');
	else if (s->overlay == OVERLAY_CONFIRM && text[0] == '\0')
		press(p, PRESS_ESCAPE, 0);
	else if (s->overlay == OVERLAY_PROMPT && text[0] == '\0')
		press(p, PRESS_ESCAPE, 0);
	else if (s->overlay != OVERLAY_NONE)
		type(p, text);
	else
		take_command(p, text);
}

/* What has come of stdin, as far as there is room. */
static void read_more(struct plain *p)
{
	ssize_t got = read(STDIN_FILENO, p->in + p->in_len, sizeof(p->in) - p->in_len);

	if (got > 0) {
		p->in_len += (size_t)got;
		return;
	}
	p->ended = true;
	if (p->in_len > 0 && p->in[p->in_len - 1] != '\n')
		p->in[p->in_len++] = '\n'; /* there was room for more */
}

/* The first line that has come, out of what has come; one that is too long is dropped whole. */
static bool next_line(struct plain *p)
{
	unsigned char *end = memchr(p->in, '\n', p->in_len);
	size_t len = end != NULL ? (size_t)(end - p->in) : p->in_len;
	bool whole = end != NULL && !p->overflow && len < sizeof(p->line);

	if (end == NULL && p->in_len < sizeof(p->in))
		return false;
	if (whole) {
		memcpy(p->line, p->in, len);
		p->line[len] = '\0';
	}
	if (end != NULL && !whole)
		session_say_word(p->session, ROLE_WARN, WORD_REFUSE_TOO_LONG, NULL);
	p->overflow = end == NULL;
	len += end != NULL;
	memmove(p->in, p->in + len, p->in_len - len);
	p->in_len -= len;
	explicit_bzero(p->in + p->in_len, len);
	return whole;
}

/* Lines are taken one after the other, each when the one before is done or asks for it. */
static bool may_take(const struct session *s)
{
	return s->overlay == OVERLAY_PROMPT || (session_idle(s) && !s->opening);
}

static void wait_for(struct plain *p, int ms)
{
	struct pollfd fds[2] = {
		{.fd = session_wakes(p->session), .events = POLLIN},
		{.fd = p->ended || p->in_len == sizeof(p->in) ? -1 : STDIN_FILENO, .events = POLLIN},
	};

	if (poll(fds, 2, ms) <= 0)
		return;
	if (fds[0].revents != 0)
		session_take(p->session);
	if (fds[1].revents != 0)
		read_more(p);
}

static void step(struct plain *p)
{
	struct session *s = p->session;

	speak(p);
	if (may_take(s) && !p->due && next_line(p)) {
		take_line(p, p->line);
		explicit_bzero(p->line, sizeof(p->line));
	}
	say_progress(p);
	speak(p);
}

/* Nothing more comes, and what was begun is done. */
static bool has_ended(const struct plain *p)
{
	const struct session *s = p->session;

	return p->ended && p->in_len == 0 && may_take(s) && !s->pending.stands && s->acting == 0;
}

void plain_run(struct session *s)
{
	struct plain p = {.session = s, .due = true};

	for (;;) {
		int ms = session_tick(s);

		step(&p);
		if (session_wants(s) == WANT_QUIT || has_ended(&p))
			break;
		wait_for(&p, p.in_len > 0 && may_take(s) ? 0 : ms < PROGRESS_EVERY_MS ? ms : PROGRESS_EVERY_MS);
	}
	echo(&p, true);
	put("\n");
	explicit_bzero(&p, sizeof(p));
}
