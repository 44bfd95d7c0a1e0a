/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/loop.h"

#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tui/grid/terminal.h"

#define MARK_SIZE 26 /* 20 digits, a blank, four letters, a line end */
#define KEYS_AT_ONCE 256 /* then what came of them is painted before more are read */

struct loop {
	struct session *session;
	struct terminal *terminal;
	struct grid grid;
	struct event_base *base;
	struct event *input, *wakes, *timer, *resized, *goes_on, *ends[3];
	const struct loop_options *how;
	enum theme theme;
	bool ascii, covered, gone;
	int marks; /* of how->marks; -1: none */
};

static enum err fit(struct loop *l)
{
	int columns, rows;

	terminal_size(l->terminal, &columns, &rows);
	if (l->grid.cells != NULL && l->grid.columns == columns && l->grid.rows == rows)
		return ERR_OK;
	grid_release(&l->grid);
	return grid_init(&l->grid, columns, rows);
}

static void look(struct loop *l)
{
	struct screens_look now = session_look(l->session);

	if (now.covered && !l->covered)
		terminal_redraw(l->terminal); /* all of it, whatever was believed to stand there */
	l->covered = now.covered;
	if (now.theme == l->theme && now.ascii == l->ascii)
		return;
	l->theme = now.theme;
	l->ascii = now.ascii;
	terminal_theme(l->terminal, now.theme);
}

/* A line of one length, so that a reader never sees half of two. */
static void mark(const struct loop *l)
{
	char line[MARK_SIZE + 1];
	int len = snprintf(line, sizeof(line), "%020llu %s\n", (unsigned long long)session_handled(l->session),
			   session_idle(l->session) ? "idle" : "busy");

	if (len != MARK_SIZE || pwrite(l->marks, line, MARK_SIZE, 0) != MARK_SIZE)
		event_base_loopbreak(l->base); /* whoever waits for it must not wait for ever */
}

static void paint(struct loop *l)
{
	if (fit(l) != ERR_OK) {
		event_base_loopbreak(l->base);
		return;
	}
	look(l);
	session_draw(l->session, &l->grid);
	terminal_paint(l->terminal, &l->grid);
	if (l->marks >= 0)
		mark(l);
}

static void suspend(struct loop *l)
{
	terminal_suspend(l->terminal);
	raise(SIGTSTP);
	terminal_resume(l->terminal);
}

/* What a key or an answer asked of the loop, then the next time something changes by itself. */
static void settle(struct loop *l)
{
	struct timeval next;
	int ms;

	switch (session_wants(l->session)) {
	case WANT_QUIT:
		event_base_loopbreak(l->base);
		return;
	case WANT_SUSPEND:
		paint(l);
		suspend(l);
		break;
	case WANT_REDRAW:
		terminal_redraw(l->terminal);
		break;
	case WANT_NOTHING:
		break;
	}
	ms = session_tick(l->session);
	next = (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	evtimer_add(l->timer, &next);
	paint(l);
}

static void on_input(evutil_socket_t fd, short what, void *self)
{
	struct loop *l = self;
	struct key key;
	enum err e = ERR_OK;

	(void)fd;
	(void)what;
	for (int i = 0; i < KEYS_AT_ONCE && (e = terminal_key(l->terminal, &key)) == ERR_OK; i++)
		session_key(l->session, &key);
	if (e == ERR_OK)
		event_active(l->input, EV_READ, 0);
	else if (e != ERR_NOT_FOUND) {
		l->gone = true;
		event_base_loopbreak(l->base);
		return;
	}
	settle(l);
}

static void on_wake(evutil_socket_t fd, short what, void *self)
{
	struct loop *l = self;

	(void)fd;
	(void)what;
	session_take(l->session);
	settle(l);
}

static void on_timer(evutil_socket_t fd, short what, void *self)
{
	(void)fd;
	(void)what;
	settle(self);
}

static void on_resize(evutil_socket_t fd, short what, void *self)
{
	struct loop *l = self;

	(void)fd;
	(void)what;
	terminal_resized(l->terminal);
	settle(l);
}

static void on_end(evutil_socket_t fd, short what, void *self)
{
	struct loop *l = self;

	(void)what;
	l->gone = fd == SIGHUP;
	event_base_loopbreak(l->base);
}

static struct event *begin(struct event *made)
{
	if (made != NULL && event_add(made, NULL) != 0) {
		event_free(made);
		return NULL;
	}
	return made;
}

static enum err watch(struct loop *l, struct err_info *info)
{
	static const int ends[] = {SIGTERM, SIGHUP, SIGINT};
	bool whole;

	l->base = event_base_new();
	if (l->base == NULL)
		return err_set(info, ERR_IO, "libevent");
	l->input = begin(event_new(l->base, terminal_input(l->terminal), EV_READ | EV_PERSIST, on_input, l));
	l->wakes = begin(event_new(l->base, session_wakes(l->session), EV_READ | EV_PERSIST, on_wake, l));
	l->resized = begin(evsignal_new(l->base, SIGWINCH, on_resize, l));
	l->goes_on = begin(evsignal_new(l->base, SIGCONT, on_resize, l));
	l->timer = evtimer_new(l->base, on_timer, l);
	whole = l->input != NULL && l->wakes != NULL && l->resized != NULL && l->goes_on != NULL && l->timer != NULL;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		l->ends[i] = begin(evsignal_new(l->base, ends[i], on_end, l));
		whole = whole && l->ends[i] != NULL;
	}
	return whole ? ERR_OK : err_set(info, ERR_IO, "libevent");
}

static void unwatch(struct loop *l)
{
	struct event *all[] = {l->input, l->wakes, l->timer, l->resized, l->goes_on, l->ends[0], l->ends[1], l->ends[2]};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] != NULL)
			event_free(all[i]);
	if (l->base != NULL)
		event_base_free(l->base);
}

enum err loop_run(struct session *s, const struct session_options *o, const struct loop_options *how, struct err_info *info)
{
	const struct terminal_options terminal = {.theme = o->theme, .ascii = o->ascii, .mouse = how->mouse};
	struct loop l = {.session = s, .how = how, .theme = o->theme, .ascii = o->ascii, .marks = -1};
	enum err e;

	if (how->marks != NULL && (l.marks = open(how->marks, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) < 0)
		return err_set(info, ERR_IO, "%s", how->marks);
	e = terminal_open(&l.terminal, &terminal, info);
	if (e == ERR_OK && terminal_is_ascii(l.terminal))
		session_ascii(s);
	signal(SIGPIPE, SIG_IGN);
	if (e == ERR_OK)
		e = watch(&l, info);
	if (e == ERR_OK) {
		settle(&l);
		event_base_dispatch(l.base);
	}
	unwatch(&l);
	terminal_free(l.terminal);
	grid_release(&l.grid);
	if (l.marks >= 0)
		close(l.marks);
	return e;
}
