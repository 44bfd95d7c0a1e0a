/* SPDX-License-Identifier: Apache-2.0 */
/* Long work: how far it is, and whether it was cancelled.  NULL is a task that nobody watches. */
#ifndef MEDLOCK_BASE_TASK_H
#define MEDLOCK_BASE_TASK_H

#include <stdatomic.h>

#include "core/base/bytes.h"

struct task {
	atomic_bool cancelled;
	/* Called from the thread that works; total 0 when it is not known. */
	void (*progress)(void *self, const char *what, uint64_t done, uint64_t total);
	void *self;
};

void task_init(struct task *t, void (*progress)(void *, const char *, uint64_t, uint64_t), void *self);

/* From any thread or a signal handler. */
void task_cancel(struct task *t);

static inline bool task_cancelled(const struct task *t)
{
	return t != NULL && atomic_load_explicit(&t->cancelled, memory_order_relaxed);
}

/* ERR_CANCELLED once it was cancelled. */
static inline enum err task_check(const struct task *t)
{
	return task_cancelled(t) ? ERR_CANCELLED : ERR_OK;
}

static inline void task_progress(const struct task *t, const char *what, uint64_t done, uint64_t total)
{
	if (t != NULL && t->progress != NULL)
		t->progress(t->self, what, done, total);
}

#endif
