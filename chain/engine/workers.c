/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/engine/workers.h"

#include <pthread.h>
#include <stdbool.h>

struct queue {
	struct job *first, **end;
};

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct queue todo, finished;
	pthread_t threads[WORKERS_MAX];
	unsigned count;
	bool stop;
	void (*wake)(void *self);
	void *self;
};

static void queue_init(struct queue *q)
{
	q->first = NULL;
	q->end = &q->first;
}

static void queue_put(struct queue *q, struct job *job)
{
	job->next = NULL;
	*q->end = job;
	q->end = &job->next;
}

static struct job *queue_take(struct queue *q)
{
	struct job *job = q->first;

	if (job == NULL)
		return NULL;
	q->first = job->next;
	if (q->first == NULL)
		q->end = &q->first;
	return job;
}

static void *worker(void *argument)
{
	struct workers *w = argument;
	struct job *job;
	bool first;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		while ((job = queue_take(&w->todo)) == NULL && !w->stop)
			pthread_cond_wait(&w->more, &w->lock);
		if (job == NULL)
			break;
		pthread_mutex_unlock(&w->lock);
		job->run(job);
		pthread_mutex_lock(&w->lock);
		first = w->finished.first == NULL;
		queue_put(&w->finished, job);
		if (first && w->wake != NULL)
			w->wake(w->self);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

enum err workers_new(struct workers **ret, unsigned threads, void (*wake)(void *self), void *self)
{
	struct workers *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return ERR_MEMORY;
	ASSERT(threads <= WORKERS_MAX);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->more, NULL);
	queue_init(&w->todo);
	queue_init(&w->finished);
	w->wake = wake;
	w->self = self;
	while (w->count < threads && pthread_create(&w->threads[w->count], NULL, worker, w) == 0)
		w->count++;
	if (w->count < threads) {
		workers_free(w);
		return ERR_MEMORY;
	}
	*ret = w;
	return ERR_OK;
}

void workers_add(struct workers *w, struct job *job)
{
	if (w->count == 0) {
		job->run(job);
		queue_put(&w->finished, job);
		return;
	}
	pthread_mutex_lock(&w->lock);
	queue_put(&w->todo, job);
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
}

unsigned workers_collect(struct workers *w)
{
	unsigned count = 0;
	struct job *job, *next;

	pthread_mutex_lock(&w->lock);
	job = w->finished.first;
	queue_init(&w->finished);
	pthread_mutex_unlock(&w->lock);
	for (; job != NULL; job = next, count++) {
		next = job->next;
		job->done(job);
	}
	return count;
}

void workers_free(struct workers *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_broadcast(&w->more);
	pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < w->count; i++)
		pthread_join(w->threads[i], NULL);
	workers_collect(w);
	pthread_cond_destroy(&w->more);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
