/* SPDX-License-Identifier: Apache-2.0 */
/* Work for the screens: in order, told once, dropped when nobody waits for it, ended when asked. */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tui/screens/worker.h"

#define ANSWER_MS 10000

struct account_of_jobs { int told[WORKER_JOBS_MAX + 2], count, freed; enum err last; pthread_t screen; };
struct probe {
	struct job job;
	struct account_of_jobs *to;
	int number;
	atomic_bool began, may_end;
	bool waits; /* until it may end, or is cancelled */
};

static enum err run(struct job *j, struct app **a, struct task *task, struct err_info *info)
{
	struct probe *p = (struct probe *)j;

	atomic_store(&p->began, true);
	task_progress(task, "halfway", 1, 2);
	while (p->waits && !atomic_load(&p->may_end)) {
		if (task_check(task) != ERR_OK)
			return err_set(info, ERR_CANCELLED, "stopped");
		sched_yield();
	}
	return *a == NULL ? ERR_OK : ERR_BUSY;
}

static void done(struct job *j, enum err e, const struct err_info *info)
{
	struct probe *p = (struct probe *)j;

	assert_true(pthread_equal(pthread_self(), p->to->screen));
	p->to->told[p->to->count++] = p->number;
	p->to->last = e;
	if (e != ERR_OK)
		assert_string_equal(info->detail, "stopped");
}

static void free_probe(struct job *j)
{
	((struct probe *)j)->to->freed++;
	free(j);
}

static struct probe *probe(struct account_of_jobs *to, int number, const void *owner, bool waits)
{
	struct probe *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	*p = (struct probe){.job = {.run = run, .done = done, .free = free_probe, .owner = owner},
			    .to = to, .number = number, .waits = waits};
	snprintf(p->job.what, sizeof(p->job.what), "job %d", number);
	to->screen = pthread_self();
	return p;
}

static void take_until(struct worker *w, const struct account_of_jobs *to, int freed)
{
	while (to->freed < freed) {
		struct pollfd wait = {.fd = worker_wakes(w), .events = POLLIN};

		assert_true(poll(&wait, 1, ANSWER_MS) > 0);
		worker_take(w);
	}
}

static void await_begin(const struct probe *p)
{
	while (!atomic_load(&p->began))
		sched_yield();
}

static void jobs_are_told_in_order(void **state)
{
	struct account_of_jobs to = {0};
	struct worker *w;

	(void)state;
	assert_int_equal(worker_new(&w, NULL), ERR_OK);
	for (int i = 0; i < 20; i++)
		assert_int_equal(worker_give(w, &probe(&to, i, NULL, false)->job), ERR_OK);
	take_until(w, &to, 20);
	assert_int_equal(to.count, 20);
	for (int i = 0; i < 20; i++)
		assert_int_equal(to.told[i], i);
	worker_free(w);
}

static void what_nobody_waits_for_is_not_told(void **state)
{
	struct account_of_jobs to = {0};
	const int screen = 1, other = 2;
	struct worker *w;
	struct probe *first;

	(void)state;
	assert_int_equal(worker_new(&w, NULL), ERR_OK);
	first = probe(&to, 1, &screen, true);
	assert_int_equal(worker_give(w, &first->job), ERR_OK);
	assert_int_equal(worker_give(w, &probe(&to, 2, &screen, false)->job), ERR_OK);
	assert_int_equal(worker_give(w, &probe(&to, 3, &other, false)->job), ERR_OK);
	await_begin(first);
	worker_abandon(w, &screen); /* it would wait for ever: it is cancelled */
	assert_int_equal(to.freed, 1);
	take_until(w, &to, 3);
	assert_int_equal(to.count, 1);
	assert_int_equal(to.told[0], 3);
	worker_free(w);
}

static void finished_and_abandoned_is_not_told(void **state)
{
	struct account_of_jobs to = {0};
	const int screen = 1;
	struct worker *w;
	struct pollfd wait;

	(void)state;
	assert_int_equal(worker_new(&w, NULL), ERR_OK);
	assert_int_equal(worker_give(w, &probe(&to, 1, &screen, false)->job), ERR_OK);
	for (struct worker_state s = {.busy = true}; s.busy || s.since_ms == 0;) {
		wait = (struct pollfd){.fd = worker_wakes(w), .events = POLLIN};
		assert_true(poll(&wait, 1, ANSWER_MS) > 0);
		worker_state(w, &s);
	}
	worker_abandon(w, &screen);
	take_until(w, &to, 1);
	assert_int_equal(to.count, 0);
	worker_free(w);
}

static void cancelling_ends_what_runs_alone(void **state)
{
	struct account_of_jobs to = {0};
	struct worker_state s;
	struct worker *w;
	struct probe *first;

	(void)state;
	assert_int_equal(worker_new(&w, NULL), ERR_OK);
	first = probe(&to, 1, NULL, true);
	assert_int_equal(worker_give(w, &first->job), ERR_OK);
	assert_int_equal(worker_give(w, &probe(&to, 2, NULL, false)->job), ERR_OK);
	await_begin(first);
	do
		worker_state(w, &s);
	while (s.total == 0);
	assert_true(s.busy);
	assert_string_equal(s.what, "halfway");
	assert_int_equal(s.done, 1);
	assert_int_equal(s.waiting, 1);
	worker_cancel(w);
	take_until(w, &to, 1);
	assert_int_equal(to.last, ERR_CANCELLED);
	take_until(w, &to, 2);
	assert_int_equal(to.last, ERR_OK); /* the next one is not cancelled with it */
	worker_free(w);
}

static void ending_frees_everything(void **state)
{
	struct account_of_jobs to = {0};
	struct worker *w;
	struct probe *first;

	(void)state;
	assert_int_equal(worker_new(&w, NULL), ERR_OK);
	first = probe(&to, 0, NULL, true);
	assert_int_equal(worker_give(w, &first->job), ERR_OK);
	await_begin(first);
	for (unsigned i = 0; i < WORKER_JOBS_MAX; i++)
		assert_int_equal(worker_give(w, &probe(&to, 1, NULL, false)->job), ERR_OK);
	assert_int_equal(worker_give(w, &probe(&to, 1, NULL, false)->job), ERR_LIMIT);
	assert_int_equal(to.freed, 1);
	worker_free(w);
	assert_int_equal(to.freed, WORKER_JOBS_MAX + 2);
	assert_int_equal(to.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_are_told_in_order),
		cmocka_unit_test(what_nobody_waits_for_is_not_told),
		cmocka_unit_test(finished_and_abandoned_is_not_told),
		cmocka_unit_test(cancelling_ends_what_runs_alone),
		cmocka_unit_test(ending_frees_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
