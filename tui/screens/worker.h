/* SPDX-License-Identifier: Apache-2.0 */
/* One thread that works for the screens, so that they never wait.
 *
 * core/app's calls block, and one app belongs to one thread: this one.  A screen gives it jobs; each is run with the app that
 * is open then, in order, and between two of them the profile is free for other processes (app_rest).  What came of a job is
 * told on the screen's own thread, by worker_take; a screen that was closed abandons its jobs, and nothing of them is told.
 * All functions are for the screen's thread.
 */
#ifndef MEDLOCK_SCREENS_WORKER_H
#define MEDLOCK_SCREENS_WORKER_H

#include "core/app/app.h"
#include "core/crypto/secret.h"

#define WORKER_JOBS_MAX 64u /* that wait; a screen that asks for more is refused */
#define WORKER_WHAT 80u

struct worker;
struct job {
	char what[WORKER_WHAT]; /* in words, for the line that says what goes on */
	const void *owner;      /* who may abandon it; NULL: nobody */
	/* On the worker's thread.  a: NULL when no profile is open.  May close and open another: *a is the worker's. */
	enum err (*run)(struct job *j, struct app **a, struct task *task, struct err_info *info);
	/* On the screen's thread, unless it was abandoned. */
	void (*done)(struct job *j, enum err e, const struct err_info *info);
	/* On the screen's thread, once, whatever happened; not while it runs. */
	void (*free)(struct job *j);
	bool at_once; /* runs also while another process works with the profile; run wakes the app itself where it must */
	struct job *next; /* the worker's */
};

enum err worker_new(struct worker **ret, struct err_info *info) MUST_USE;
/* Cancels what runs, waits for it, closes the app, frees what waits. */
void worker_free(struct worker *w);

/* Readable when worker_take has something to tell, or progress has changed. */
int worker_wakes(const struct worker *w);

/* Takes the job over.  ERR_LIMIT: it was freed. */
enum err worker_give(struct worker *w, struct job *j) MUST_USE;
/* Tells what is done; true when anything was. */
bool worker_take(struct worker *w);
void worker_abandon(struct worker *w, const void *owner);
/* What runs now ends as soon as it can, with ERR_CANCELLED. */
void worker_cancel(struct worker *w);

#define WORKER_QUESTION 160u
/* On the worker's thread: a question that only the person can answer; waits for her.  repeated: for a new secret, to be typed
 * twice.  ERR_CANCELLED: she gave up, or the work was cancelled.
 */
enum err worker_ask(struct worker *w, struct secret **ret, const char *question, bool repeated) MUST_USE;
/* What is asked now; false: nothing. */
bool worker_question(struct worker *w, char ret[WORKER_QUESTION], bool *ret_repeated);
/* The answer, taken over; NULL: she gave up. */
void worker_answer(struct worker *w, struct secret *answer);

struct worker_state {
	bool busy;
	char what[WORKER_WHAT]; /* the job's words, or its step's */
	uint64_t done, total;   /* total 0: not known */
	int64_t since_ms;       /* steady clock, when the job began */
	size_t waiting;         /* jobs behind it */
};
void worker_state(struct worker *w, struct worker_state *ret);

#endif
