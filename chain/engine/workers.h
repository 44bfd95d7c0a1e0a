/* SPDX-License-Identifier: Apache-2.0 */
/* A few threads that run jobs beside the event loop and hand them back to it.
 *
 * run is called on a worker; done later on the loop's thread, inside workers_collect.  Jobs keep no order.  With no
 * threads, run happens inside workers_add and done at the next workers_collect.
 */
#ifndef MEDLOCK_ENGINE_WORKERS_H
#define MEDLOCK_ENGINE_WORKERS_H

#include "core/base/err.h"

#define WORKERS_MAX 16u

struct job {
	struct job *next;
	void (*run)(struct job *job);  /* worker thread; touches only the job */
	void (*done)(struct job *job); /* loop thread; owns the job again */
};

struct workers;

/* wake: from any worker, "call workers_collect soon"; may be NULL without threads. */
enum err workers_new(struct workers **ret, unsigned threads, void (*wake)(void *self), void *self) MUST_USE;
void workers_add(struct workers *w, struct job *job);
/* Hand back what has finished; returns how many. */
unsigned workers_collect(struct workers *w);
/* Waits for running jobs, hands everything back, ends the threads. */
void workers_free(struct workers *w);

#endif
