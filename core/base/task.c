/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/task.h"

void task_init(struct task *t, void (*progress)(void *, const char *, uint64_t, uint64_t), void *self)
{
	atomic_init(&t->cancelled, false);
	t->progress = progress;
	t->self = self;
}

void task_cancel(struct task *t)
{
	if (t != NULL)
		atomic_store_explicit(&t->cancelled, true, memory_order_relaxed);
}
