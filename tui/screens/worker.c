/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/worker.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define PROGRESS_MS 100 /* between two looks of the screen at one work */

/* A job with what came of it. */
struct queue { struct job *first, **end; size_t count; };

struct worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t come;
	int wakes;
	/* Under the lock. */
	struct queue waiting;
	struct job *running, *finished; /* finished: the screen has not been told; the thread waits until it was */
	enum err result;
	struct err_info info;
	struct worker_state state;
	int64_t shown_ms;
	bool abandoned, ends;
	char question[WORKER_QUESTION]; /* "": none */
	bool repeated, answered;
	struct secret *answer;
	pthread_cond_t told;
	/* The thread's. */
	struct task task;
	struct app *app;
};

/* ---- the queue ---- */

static void queue_init(struct queue *q)
{
	*q = (struct queue){0};
	q->end = &q->first;
}

static void push(struct queue *q, struct job *j)
{
	j->next = NULL;
	*q->end = j;
	q->end = &j->next;
	q->count++;
}

static struct job *pop(struct queue *q)
{
	struct job *j = q->first;

	if (j == NULL)
		return NULL;
	q->first = j->next;
	if (q->first == NULL)
		q->end = &q->first;
	q->count--;
	return j;
}

static void wake(const struct worker *w)
{
	const uint64_t one = 1;

	if (write(w->wakes, &one, sizeof(one)) < 0)
		return; /* it is readable already */
}

/* With the lock held: what runs ends, also when it waits for an answer. */
static void cancel(struct worker *w)
{
	task_cancel(&w->task);
	pthread_cond_signal(&w->told);
}

/* ---- the thread ---- */

static int64_t steady(void)
{
	return clock_real()->steady_ms(clock_real()->self);
}

static void on_progress(void *self, const char *what, uint64_t done, uint64_t total)
{
	struct worker *w = self;
	int64_t now = steady();

	pthread_mutex_lock(&w->lock);
	snprintf(w->state.what, sizeof(w->state.what), "%s", what);
	w->state.done = done;
	w->state.total = total;
	if (now - w->shown_ms >= PROGRESS_MS) {
		w->shown_ms = now;
		wake(w);
	}
	pthread_mutex_unlock(&w->lock);
}

/* The next job, with the lock held; NULL: the end. */
static struct job *next_job(struct worker *w)
{
	while (!w->ends && (w->finished != NULL || w->waiting.first == NULL))
		pthread_cond_wait(&w->come, &w->lock);
	if (w->ends)
		return NULL;
	w->running = pop(&w->waiting);
	w->abandoned = false;
	atomic_store(&w->task.cancelled, false);
	w->state = (struct worker_state){.busy = true, .since_ms = steady()};
	memcpy(w->state.what, w->running->what, sizeof(w->state.what));
	return w->running;
}

static void *work(void *self)
{
	struct worker *w = self;
	struct job *j;

	pthread_mutex_lock(&w->lock);
	while ((j = next_job(w)) != NULL) {
		struct err_info info = {0};
		enum err e;

		pthread_mutex_unlock(&w->lock);
		e = w->app == NULL || j->at_once ? ERR_OK : app_wake(w->app, &info);
		if (e == ERR_OK)
			e = j->run(j, &w->app, &w->task, &info);
		if (w->app != NULL)
			app_rest(w->app);
		pthread_mutex_lock(&w->lock);
		w->running = NULL;
		w->finished = j;
		w->result = e;
		w->info = info;
		w->state.busy = false;
		wake(w);
	}
	pthread_mutex_unlock(&w->lock);
	app_free(w->app);
	return NULL;
}

enum err worker_ask(struct worker *w, struct secret **ret, const char *question, bool repeated)
{
	struct secret *answer;

	pthread_mutex_lock(&w->lock);
	snprintf(w->question, sizeof(w->question), "%s", question);
	w->repeated = repeated;
	w->answered = false;
	wake(w);
	while (!w->answered && !w->ends && !task_cancelled(&w->task))
		pthread_cond_wait(&w->told, &w->lock);
	w->question[0] = '\0';
	answer = w->answer;
	w->answer = NULL;
	w->answered = false;
	pthread_mutex_unlock(&w->lock);
	if (answer == NULL)
		return ERR_CANCELLED;
	*ret = answer;
	return ERR_OK;
}

/* ---- the screen's side ---- */

bool worker_question(struct worker *w, char ret[WORKER_QUESTION], bool *ret_repeated)
{
	bool asked;

	pthread_mutex_lock(&w->lock);
	asked = w->question[0] != '\0' && !w->answered;
	if (asked) {
		memcpy(ret, w->question, WORKER_QUESTION);
		*ret_repeated = w->repeated;
	}
	pthread_mutex_unlock(&w->lock);
	return asked;
}

void worker_answer(struct worker *w, struct secret *answer)
{
	pthread_mutex_lock(&w->lock);
	if (w->question[0] != '\0' && !w->answered) {
		w->answer = answer;
		w->answered = true;
		answer = NULL;
		pthread_cond_signal(&w->told);
	}
	pthread_mutex_unlock(&w->lock);
	secret_free(answer);
}

enum err worker_new(struct worker **ret, struct err_info *info)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return ERR_MEMORY;
	queue_init(&w->waiting);
	task_init(&w->task, on_progress, w);
	w->wakes = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->wakes < 0 || pthread_mutex_init(&w->lock, NULL) != 0 || pthread_cond_init(&w->come, NULL) != 0 ||
	    pthread_cond_init(&w->told, NULL) != 0 ||
	    pthread_create(&w->thread, NULL, work, w) != 0) {
		if (w->wakes >= 0)
			close(w->wakes);
		free(w);
		return err_set(info, ERR_IO, "a thread for the screens");
	}
	*ret = w;
	return ERR_OK;
}

void worker_free(struct worker *w)
{
	struct job *j;

	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->ends = true;
	cancel(w);
	pthread_cond_signal(&w->come);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	if (w->finished != NULL)
		w->finished->free(w->finished);
	while ((j = pop(&w->waiting)) != NULL)
		j->free(j);
	pthread_cond_destroy(&w->come);
	pthread_cond_destroy(&w->told);
	secret_free(w->answer);
	pthread_mutex_destroy(&w->lock);
	close(w->wakes);
	free(w);
}

int worker_wakes(const struct worker *w)
{
	return w->wakes;
}

enum err worker_give(struct worker *w, struct job *j)
{
	bool full;

	pthread_mutex_lock(&w->lock);
	full = w->waiting.count == WORKER_JOBS_MAX;
	if (!full)
		push(&w->waiting, j);
	pthread_cond_signal(&w->come);
	pthread_mutex_unlock(&w->lock);
	if (full)
		j->free(j);
	return full ? ERR_LIMIT : ERR_OK;
}

bool worker_take(struct worker *w)
{
	struct err_info info;
	struct job *j;
	uint64_t count;
	bool abandoned;
	enum err e;

	if (read(w->wakes, &count, sizeof(count)) < 0)
		count = 0;
	pthread_mutex_lock(&w->lock);
	j = w->finished;
	w->finished = NULL;
	e = w->result;
	info = w->info;
	abandoned = w->abandoned;
	pthread_cond_signal(&w->come);
	pthread_mutex_unlock(&w->lock);
	if (j == NULL)
		return false;
	if (!abandoned)
		j->done(j, e, &info);
	j->free(j);
	return true;
}

void worker_abandon(struct worker *w, const void *owner)
{
	struct queue keep, drop;
	struct job *j;

	queue_init(&keep);
	queue_init(&drop);
	pthread_mutex_lock(&w->lock);
	while ((j = pop(&w->waiting)) != NULL)
		push(j->owner == owner ? &drop : &keep, j);
	queue_init(&w->waiting);
	while ((j = pop(&keep)) != NULL)
		push(&w->waiting, j);
	j = w->running != NULL ? w->running : w->finished;
	if (j != NULL && j->owner == owner)
		w->abandoned = true;
	if (w->running != NULL && w->running->owner == owner)
		cancel(w);
	pthread_mutex_unlock(&w->lock);
	while ((j = pop(&drop)) != NULL)
		j->free(j);
}

void worker_cancel(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	if (w->running != NULL)
		cancel(w);
	pthread_mutex_unlock(&w->lock);
}

void worker_state(struct worker *w, struct worker_state *ret)
{
	pthread_mutex_lock(&w->lock);
	*ret = w->state;
	ret->waiting = w->waiting.count + (w->finished != NULL); /* what is done and not told is not over */
	pthread_mutex_unlock(&w->lock);
}
