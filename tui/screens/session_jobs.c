/* SPDX-License-Identifier: Apache-2.0 */
/* What the worker does for a session. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "core/app/enrol.h"
#include "core/base/text.h"
#include "tui/cli/line.h"
#include "tui/screens/codes.h"
#include "tui/screens/session_parts.h"

/* ---- loading a view ---- */

struct load_job {
	struct job job;
	struct open_view *view; /* not touched by the worker; gone when the job was abandoned */
	const struct view_ops *ops;
	void *model, *draft;
	const struct translation *words;
};

static enum err load_run(struct job *j, struct app **a, struct task *task, struct err_info *info)
{
	struct load_job *l = (struct load_job *)j;
	enum err e;

	if (*a == NULL && l->ops->modes != 0)
		return ERR_LOCKED;
	if (*a != NULL)
		app_speak(*a, l->words);
	e = l->ops->load(l->model, *a, l->draft, task, info);
	if (*a != NULL)
		app_speak(*a, NULL); /* the command line speaks English */
	return e;
}

static void load_done(struct job *j, enum err e, const struct err_info *info)
{
	struct load_job *l = (struct load_job *)j;
	struct open_view *v = l->view;
	void *old = v->model;

	v->loading = false;
	v->failed = e;
	v->why = *info;
	v->made = v->rest_made = false;
	if (e == ERR_LOCKED) {
		session_lock(v->session);
		return;
	}
	if (e != ERR_OK)
		return;
	v->model = l->model;
	l->model = old;
}

static void load_free(struct job *j)
{
	struct load_job *l = (struct load_job *)j;

	if (l->model != NULL && l->ops->release != NULL)
		l->ops->release(l->model);
	free(l->model);
	if (l->draft != NULL)
		explicit_bzero(l->draft, l->ops->draft_size);
	free(l->draft);
	free(l);
}

static struct load_job *new_load(struct open_view *v)
{
	struct load_job *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	*l = (struct load_job){.job = {.owner = v, .run = load_run, .done = load_done, .free = load_free},
			       .view = v, .ops = v->ops,
			       .words = language_translation(v->session->options.language)};
	snprintf(l->job.what, sizeof(l->job.what), "%s", word(v->session->options.language, v->ops->title));
	l->model = calloc(1, v->ops->model_size);
	if (v->draft != NULL)
		l->draft = malloc(v->ops->draft_size);
	if (l->model == NULL || (v->draft != NULL && l->draft == NULL)) {
		load_free(&l->job);
		return NULL;
	}
	if (v->draft != NULL)
		memcpy(l->draft, v->draft, v->ops->draft_size);
	return l;
}

void session_load(struct session *s, struct open_view *v)
{
	struct load_job *l;

	v->stale = false;
	if (v->ops->load == NULL) {
		v->made = v->rest_made = false;
		return;
	}
	worker_abandon(s->worker, v);
	l = new_load(v);
	v->loading = l != NULL && worker_give(s->worker, &l->job) == ERR_OK;
	if (!v->loading)
		v->failed = ERR_MEMORY;
}

/* ---- opening a profile ---- */

struct open_job {
	struct job job;
	struct session *session;
	char home[APP_PATH], passphrase_file[APP_PATH];
	struct app_me me;
	char name[64];
};

static enum err open_run(struct job *j, struct app **a, struct task *task, struct err_info *info)
{
	struct open_job *o = (struct open_job *)j;
	struct app_options options = {
		.home = o->home, .task = task, .stays_open = true, .prompt = &o->session->prompt,
		.passphrase_file = o->passphrase_file[0] != '\0' ? o->passphrase_file : NULL,
	};

	if (*a == NULL || o->home[0] != '\0') {
		app_free(*a);
		*a = NULL;
		TRY(app_open(a, &options, info));
	}
	TRY(app_wake(*a, info));
	TRY(app_unlock(*a, info));
	app_me(*a, &o->me);
	snprintf(o->name, sizeof(o->name), "%s", app_name(*a, o->me.account.b));
	return ERR_OK;
}

static void open_failed(struct session *s, enum err e, const struct err_info *info)
{
	s->locked = s->open;
	if (e != ERR_CANCELLED)
		session_say_error(s, e, info);
	if (!s->open)
		session_people(s);
}

static void take_name(struct session *s, const char *name)
{
	struct buf gated = BUF_INIT;

	text_gate(&gated, bytes_str(name), false);
	snprintf(s->name, sizeof(s->name), "%s", buf_error(&gated) == ERR_OK && gated.len > 0 ? buf_text(&gated) : "");
	buf_release(&gated);
}

static void open_done(struct job *j, enum err e, const struct err_info *info)
{
	struct open_job *o = (struct open_job *)j;
	struct session *s = o->session;
	bool again = s->locked && ID_EQUAL(s->me.account, o->me.account);

	s->opening = false;
	if (e != ERR_OK) {
		open_failed(s, e, info);
		return;
	}
	s->open = true;
	s->locked = false;
	s->me = o->me;
	take_name(s, o->name);
	s->mode = mode_of(o->me.mode);
	s->idle = app_idle(o->me.mode);
	s->pressed_ms = s->steady_ms;
	if (again)
		stack_stale(s);
	else
		session_tab(s, 0);
	session_sync(s);
}

static void job_free(struct job *j)
{
	free(j);
}

void session_open(struct session *s, const char *home)
{
	struct open_job *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return;
	o->job = (struct job){.run = open_run, .done = open_done, .free = job_free, .at_once = true};
	o->session = s;
	snprintf(o->job.what, sizeof(o->job.what), "%s", word(s->options.language, WORD_WORK_UNLOCK));
	snprintf(o->home, sizeof(o->home), "%s", home);
	snprintf(o->passphrase_file, sizeof(o->passphrase_file), "%s", s->passphrase_file);
	s->opening = worker_give(s->worker, &o->job) == ERR_OK;
}

/* ---- locking ---- */

static enum err lock_run(struct job *j, struct app **a, struct task *task, struct err_info *info)
{
	(void)j;
	(void)task;
	return *a != NULL ? app_lock_keys(*a, info) : ERR_OK;
}

static void lock_done(struct job *j, enum err e, const struct err_info *info)
{
	(void)j;
	(void)e;
	(void)info;
}

/* Nothing that was read stays in memory or on the screen; drafts do, they are the person's own words. */
void session_lock(struct session *s)
{
	struct job *j;

	if (!s->open || s->locked)
		return;
	s->locked = true;
	overlay_close(s);
	if (s->pending.stands)
		activity_is(s, s->pending.activity, ACTIVITY_UNDONE, "");
	s->pending.stands = false;
	stack_wipe(s);
	session_forget(s);
	j = calloc(1, sizeof(*j));
	if (j == NULL)
		return;
	*j = (struct job){.run = lock_run, .done = lock_done, .free = job_free, .at_once = true};
	snprintf(j->what, sizeof(j->what), "%s", word(s->options.language, WORD_WORK_LOCK));
	if (worker_give(s->worker, j) != ERR_OK)
		session_say_error(s, ERR_LIMIT, NULL);
}

/* ---- sync ---- */

struct sync_job { struct job job; struct session *session; struct app_sync sync; };

/* Whoever waits for a certificate looks for it first: nobody else is let in.  What is wrong with it the badge's page says. */
static void pick_up(struct app *a)
{
	struct app_asked asked;

	if (app_asks(a) && app_asked(a, &asked, NULL) != ERR_OK)
		return;
}

static enum err sync_run(struct job *j, struct app **a, struct task *task, struct err_info *info)
{
	(void)task;
	if (*a == NULL)
		return ERR_LOCKED;
	pick_up(*a);
	return app_sync(*a, &((struct sync_job *)j)->sync, info);
}

static void sync_done(struct job *j, enum err e, const struct err_info *info)
{
	struct sync_job *y = (struct sync_job *)j;
	struct session *s = y->session;
	bool news = e == ERR_OK && (!s->synced || y->sync.height != s->sync.height);

	s->syncing = false;
	s->sync_ms = s->steady_ms;
	s->offline = e != ERR_OK;
	if (e == ERR_LOCKED)
		session_lock(s);
	else if (e != ERR_OK && err_row(e)->exit_status != err_row(ERR_NETWORK)->exit_status && e != ERR_CANCELLED)
		session_say_error(s, e, info);
	if (e != ERR_OK)
		return;
	s->sync = y->sync;
	s->synced = true;
	if (news)
		stack_stale(s);
}

void session_sync(struct session *s)
{
	struct sync_job *y;

	if (s->syncing || !s->open || s->locked)
		return;
	y = calloc(1, sizeof(*y));
	if (y == NULL)
		return;
	y->job = (struct job){.run = sync_run, .done = sync_done, .free = job_free};
	y->session = s;
	snprintf(y->job.what, sizeof(y->job.what), "%s", word(s->options.language, WORD_WORK_SYNC));
	s->syncing = worker_give(s->worker, &y->job) == ERR_OK;
}

/* ---- lines ---- */

struct line_job {
	struct job job;
	struct session *session;
	struct act act; /* its words point into itself: see act_copy */
	uint64_t activity;
	struct cli_result result;
};

/* An act is upon the newest state; offline it says itself what it cannot do. */
static enum err newest(struct app *a, struct err_info *info)
{
	struct app_sync *sync = calloc(1, sizeof(*sync));
	enum err e = sync != NULL ? app_sync(a, sync, info) : ERR_MEMORY;

	free(sync);
	return e == ERR_NETWORK || e == ERR_TIMEOUT ? ERR_OK : e;
}

static enum err line_run(struct job *j, struct app **a, struct task *task, struct err_info *info)
{
	struct line_job *l = (struct line_job *)j;

	if (*a == NULL)
		return ERR_LOCKED;
	(void)task;
	TRY(newest(*a, info));
	return cli_run_line(&l->result, *a, l->act.words, l->act.word_count, info);
}

/* On a page of its own: as much as a draft holds. */
static void show_page(struct session *s, const char *text)
{
	struct result_draft draft = {.cut = strlen(text) >= sizeof(draft.text)};

	snprintf(draft.text, sizeof(draft.text), "%s", text);
	if (stack_push(s, &view_result, &draft) != ERR_OK)
		session_say_error(s, ERR_LIMIT, NULL);
	explicit_bzero(&draft, sizeof(draft));
}

/* What was wrapped for a page is one line again. */
static void join_lines(char out[MESSAGE_TEXT], const char *text)
{
	size_t len = 0;

	for (; *text != '\0' && len + 1 < MESSAGE_TEXT; text++) {
		bool blank = *text == '\n' || *text == ' ';

		if (!blank || (len > 0 && out[len - 1] != ' '))
			out[len++] = blank ? ' ' : *text;
	}
	out[len] = '\0';
}

static void show_result(struct session *s, const struct line_job *l)
{
	const char *text = buf_text(&l->result.words);
	char joined[MESSAGE_TEXT];

	join_lines(joined, text);
	if (joined[0] != '\0')
		session_say(s, ROLE_GOOD, joined);
	else
		session_say_word(s, ROLE_GOOD, WORD_TOAST_DONE, NULL);
	if (l->act.shows)
		show_page(s, text);
}

/* Also what waits for somebody else: this person has done her part. */
static bool is_done(enum err e)
{
	return err_row(e)->exit_status == err_row(ERR_OK)->exit_status ||
	       err_row(e)->exit_status == err_row(ERR_PENDING)->exit_status;
}

/* How it ended, in the book of what was done. */
static void book(struct session *s, uint64_t activity, enum err e, const struct err_info *info)
{
	struct buf why = BUF_INIT;

	if (is_done(e)) {
		activity_is(s, activity, e == ERR_OK ? ACTIVITY_DONE : ACTIVITY_OTHERS, "");
		return;
	}
	error_say(&why, s->options.language, e, info);
	activity_is(s, activity, ACTIVITY_FAILED,
		    buf_error(&why) == ERR_OK ? buf_text(&why) : say_error(s->options.language, e));
	buf_release(&why);
}

static void line_done(struct job *j, enum err e, const struct err_info *info)
{
	struct line_job *l = (struct line_job *)j;
	struct session *s = l->session;

	s->acting--;
	book(s, l->activity, e, info);
	if (e == ERR_LOCKED)
		session_lock(s);
	if (e != ERR_OK)
		session_say_error(s, e, info);
	if (is_done(e) && l->act.leaves)
		stack_pop(s);
	stack_stale(s);
	if (is_done(e))
		show_result(s, l);
}

static void line_free(struct job *j)
{
	struct line_job *l = (struct line_job *)j;

	cli_result_release(&l->result);
	explicit_bzero(&l->act, sizeof(l->act));
	free(l);
}

void session_line(struct session *s, const struct act *act, uint64_t activity)
{
	struct line_job *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		session_say_error(s, ERR_MEMORY, NULL);
		return;
	}
	l->job = (struct job){.run = line_run, .done = line_done, .free = line_free};
	l->session = s;
	act_copy(&l->act, act);
	snprintf(l->job.what, sizeof(l->job.what), "%s %s", act->words[0], act->word_count > 1 ? act->words[1] : "");
	l->activity = activity != 0 ? activity : activity_begin(s, act, ACTIVITY_RUNS);
	activity_is(s, l->activity, ACTIVITY_RUNS, "");
	if (worker_give(s->worker, &l->job) == ERR_OK) {
		s->acting++;
	} else {
		activity_is(s, l->activity, ACTIVITY_FAILED, say_error(s->options.language, ERR_LIMIT));
		session_say_error(s, ERR_LIMIT, NULL);
	}
}
