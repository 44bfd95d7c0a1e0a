/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/ahead.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum job_state { JOB_WAITS, JOB_RUNS, JOB_VALID, JOB_INVALID, JOB_LEFT };

struct job {
	struct tx_id tx;
	struct sign_public key;
	struct signature signature;
	struct hash32 signed_hash;
	enum job_state state; /* under the mutex */
};

struct ahead {
	struct contract_verdicts view;
	struct job *jobs; /* in the order of the transactions */
	size_t count;
	size_t asked;     /* those before it were asked for; of the executing thread */
	pthread_mutex_t mutex;
	pthread_cond_t done; /* a job that ran is finished */
	size_t next;      /* under the mutex: those before it were taken */
	bool stop;        /* under the mutex */
	pthread_t threads[AHEAD_THREADS_MAX];
	size_t thread_count;
};

/* ---- the threads ---- */

static struct job *take(struct ahead *a)
{
	while (!a->stop && a->next < a->count) {
		struct job *j = &a->jobs[a->next++];

		if (j->state == JOB_WAITS) {
			j->state = JOB_RUNS;
			return j;
		}
	}
	return NULL;
}

static void *work(void *self)
{
	struct ahead *a = self;
	struct job *j;

	pthread_mutex_lock(&a->mutex);
	while ((j = take(a)) != NULL) {
		bool valid;

		pthread_mutex_unlock(&a->mutex);
		valid = sign_verify(&j->signature, &j->key, BYTES_ID(j->signed_hash)) == ERR_OK;
		pthread_mutex_lock(&a->mutex);
		j->state = valid ? JOB_VALID : JOB_INVALID;
		pthread_cond_signal(&a->done);
	}
	pthread_mutex_unlock(&a->mutex);
	return NULL;
}

/* Signals stay with the threads that were there before. */
static void start(struct ahead *a)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (a->thread_count < AHEAD_THREADS_MAX && (long)a->thread_count + 1 < processors &&
	       pthread_create(&a->threads[a->thread_count], NULL, work, a) == 0)
		a->thread_count++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- what is asked ---- */

/* The job of a transaction: the next ones are looked at, as far as a block reaches. */
static struct job *job_of(struct ahead *a, const struct tx_id *tx)
{
	for (size_t i = a->asked; i < a->count && i < a->asked + BLOCK_TXS_MAX; i++)
		if (ID_EQUAL(a->jobs[i].tx, *tx)) {
			a->asked = i + 1;
			return &a->jobs[i];
		}
	return NULL;
}

static int verdict(void *self, const struct tx_id *tx, const struct sign_public *key)
{
	struct ahead *a = self;
	struct job *j = job_of(a, tx);
	enum job_state state;

	if (j == NULL || !ID_EQUAL(j->key, *key))
		return -1;
	pthread_mutex_lock(&a->mutex);
	while (j->state == JOB_RUNS)
		pthread_cond_wait(&a->done, &a->mutex);
	state = j->state;
	if (state == JOB_WAITS)
		j->state = JOB_LEFT; /* the asker is here first and does it himself */
	pthread_mutex_unlock(&a->mutex);
	return state == JOB_WAITS ? -1 : state == JOB_VALID;
}

/* ---- what is done ahead ---- */

#define GUESSES 1024u /* power of two; a new guess takes an old one's place */

/* Keys of accounts, from the state and from the anchors among the blocks themselves. */
struct guess {
	struct account_id account;
	struct sign_public key;
	bool made;
};

static struct guess *guess_at(struct guess *guesses, const struct account_id *account)
{
	return &guesses[get_be32(account->b) % GUESSES];
}

static void learn(struct guess *guesses, const Medlock__Body *body)
{
	struct guess g = {.made = true};

	if (body->action_case != MEDLOCK__BODY__ACTION_CERT_ANCHOR || body->cert_anchor->keys == NULL ||
	    body->cert_anchor->account.len != sizeof(g.account.b) ||
	    body->cert_anchor->keys->sign.len != sizeof(g.key.b))
		return;
	ID_COPY(g.account, body->cert_anchor->account.data);
	memcpy(g.key.b, body->cert_anchor->keys->sign.data, sizeof(g.key.b));
	*guess_at(guesses, &g.account) = g;
}

static bool guess_key(struct guess *guesses, struct executor *x, struct sign_public *ret,
		      const struct account_id *account)
{
	struct guess *g = guess_at(guesses, account);

	if (!g->made || !ID_EQUAL(g->account, *account)) {
		if (executor_signer(x, &g->key, account) != ERR_OK) {
			g->made = false;
			return false;
		}
		g->account = *account;
		g->made = true;
	}
	*ret = g->key;
	return true;
}

static void add(struct ahead *a, struct guess *guesses, struct executor *x, struct bytes bytes)
{
	struct job *j = &a->jobs[a->count];
	const Medlock__Auth *auth;
	struct account_id who;
	struct tx tx;

	if (tx_parse(&tx, bytes, NULL) != ERR_OK)
		return;
	auth = tx.wire->auth;
	if (auth->by_case == MEDLOCK__AUTH__BY_SIGNATURE && auth->signature->account.len == sizeof(who.b) &&
	    auth->signature->signature.len == sizeof(j->signature.b)) {
		*j = (struct job){.tx = tx.id, .signed_hash = tx.signing_hash};
		ID_COPY(who, auth->signature->account.data);
		memcpy(j->signature.b, auth->signature->signature.data, sizeof(j->signature.b));
		if (guess_key(guesses, x, &j->key, &who))
			a->count++;
	}
	learn(guesses, tx.body);
	tx_release(&tx);
}

static void add_block(struct ahead *a, struct guess *guesses, struct executor *x, struct bytes bytes)
{
	struct block b;

	if (block_decode(&b, bytes, NULL) != ERR_OK)
		return;
	for (size_t i = 0; i < b.tx_count && a->count < AHEAD_TXS_MAX; i++)
		add(a, guesses, x, b.txs[i]);
	block_release(&b);
}

struct ahead *ahead_new(struct executor *x, const Medlock__BlocksReply *blocks)
{
	struct ahead *a = calloc(1, sizeof(*a));
	struct guess *guesses;

	if (a == NULL)
		return NULL;
	a->view = (struct contract_verdicts){a, verdict};
	a->jobs = calloc(AHEAD_TXS_MAX, sizeof(*a->jobs));
	guesses = calloc(GUESSES, sizeof(*guesses));
	for (size_t i = 0; i < blocks->n_blocks && a->jobs != NULL && guesses != NULL; i++)
		add_block(a, guesses, x, wire_bytes(blocks->blocks[i]->block));
	free(guesses);
	pthread_mutex_init(&a->mutex, NULL);
	pthread_cond_init(&a->done, NULL);
	if (a->count >= AHEAD_TXS_MIN)
		start(a);
	if (a->thread_count > 0)
		return a;
	ahead_free(a);
	return NULL;
}

void ahead_free(struct ahead *a)
{
	if (a == NULL)
		return;
	pthread_mutex_lock(&a->mutex);
	a->stop = true;
	pthread_mutex_unlock(&a->mutex);
	for (size_t i = 0; i < a->thread_count; i++)
		pthread_join(a->threads[i], NULL);
	pthread_cond_destroy(&a->done);
	pthread_mutex_destroy(&a->mutex);
	free(a->jobs);
	free(a);
}

const struct contract_verdicts *ahead_verdicts(const struct ahead *a)
{
	return a != NULL ? &a->view : NULL;
}
