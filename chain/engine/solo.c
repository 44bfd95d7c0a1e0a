/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/engine/solo.h"

#include "chain/engine/solo_internal.h"
#include "chain/proto/genesis.h"

static int64_t steady(const struct solo *s)
{
	return s->options.host.clock->steady_ms(s->options.host.clock->self);
}

static struct time_ms wall(const struct solo *s)
{
	return s->options.host.clock->now(s->options.host.clock->self);
}

enum err solo_time(struct solo *s, struct time_ms *ret_time, struct err_info *info)
{
	struct app_info at = s->options.app->info(s->options.app->self);
	int64_t last = at.height == 0 ? s->options.genesis_time : at.time.v;
	int64_t now = wall(s).v, offset = now - steady(s), drift = offset - s->clock_offset;

	if (now < last - SOLO_CLOCK_JUMP_MS)
		return err_set(info, ERR_CLOCK,
			       "the clock is %lld s behind the last block: set it (NTP), then start medlockd again",
			       (long long)((last - now) / MS_PER_SECOND));
	if (drift > SOLO_CLOCK_JUMP_MS || drift < -SOLO_CLOCK_JUMP_MS)
		return err_set(info, ERR_CLOCK,
			       "the clock jumped by %lld s: check it (NTP), then start medlockd again",
			       (long long)(drift / MS_PER_SECOND));
	s->clock_offset = offset;
	ret_time->v = now > last ? now : last + 1;
	return ERR_OK;
}

/* ---- submission ---- */

static void refuse(struct solo *s, engine_reply *reply, void *context, const struct tx_id *id, enum err code)
{
	struct engine_outcome outcome = {.id = *id, .code = code};

	s->counters.refused++;
	if (reply != NULL)
		reply(context, &outcome);
}

static void refuse_pending(struct solo *s, struct pending *p, enum err code)
{
	struct engine_outcome outcome = {.id = p->tx.id, .code = code};

	s->counters.refused++;
	mempool_remove(&s->pool, p);
	pending_answer(p, &outcome);
	pending_free(p);
}

/* The worker's part: nothing but the pending transaction is touched. */
static void verify_run(struct job *job)
{
	struct pending *p = (struct pending *)(void *)job;
	const Medlock__Auth *auth = p->tx.wire->auth;

	p->valid = tx_verify_signature(&p->tx, auth->signature, &p->key) == ERR_OK;
}

static void checked(struct solo *s, struct pending *p)
{
	const struct application *app = s->options.app;
	struct contract_result result = {0};
	enum err e;

	if (p->key_known)
		app->verdict(app->self, &p->tx.id, &p->key, p->valid);
	if (s->halted || s->stopping)
		e = ERR_BUSY_PEER;
	else if (p->key_known && !p->valid)
		e = ERR_SIGNATURE; /* also for a repeat, which the contract answers before it looks at signatures */
	else
		e = app->check_tx(app->self, &result, &p->tx, wall(s));
	if (e == ERR_OK && result.code != 0)
		e = (enum err)-(int)result.code;
	contract_result_release(&result);
	if (e != ERR_OK) {
		refuse_pending(s, p, e);
		return;
	}
	p->tx.cost = result.cost; /* with the records that it looks at */
	mempool_ready(&s->pool, p);
}

static void verify_done(struct job *job)
{
	struct pending *p = (struct pending *)(void *)job;

	checked((struct solo *)((char *)p->pool - offsetof(struct solo, pool)), p);
}

static enum err admit(struct solo *s, const char *address)
{
	if (s->halted || s->stopping || !s->started)
		return ERR_BUSY_PEER;
	if (!buckets_take(&s->buckets, address, steady(s))) {
		s->counters.throttled++;
		return ERR_BUSY_PEER;
	}
	return ERR_OK;
}

static void solo_submit(void *self, struct bytes raw, const char *address, engine_reply *reply, void *context)
{
	struct solo *s = self;
	const struct application *app = s->options.app;
	struct tx_id id = {0};
	struct pending *p = NULL;
	bool known = false;
	enum err e;

	s->counters.submitted++;
	e = admit(s, address);
	if (e == ERR_OK)
		e = mempool_add(&s->pool, &p, &known, &id, raw, steady(s));
	if (e == ERR_OK && (e = pending_wait(p, reply, context)) != ERR_OK && !known) {
		mempool_remove(&s->pool, p);
		pending_free(p);
	}
	if (e != ERR_OK) {
		refuse(s, reply, context, &id, e);
		return;
	}
	if (known)
		return;
	p->key_known = app->signer(app->self, &p->key, &p->tx) == ERR_OK;
	if (!p->key_known) {
		checked(s, p); /* the contract says what is wrong, or checks each of several approvals */
		return;
	}
	p->job.run = verify_run;
	p->job.done = verify_done;
	workers_add(s->workers, &p->job);
}

static void solo_forget(void *self, const void *context)
{
	mempool_forget(&((struct solo *)self)->pool, context);
}

static void solo_subscribe(void *self, engine_height *each, void *context)
{
	struct solo *s = self;

	ASSERT(s->subscriber_count < ENGINE_SUBSCRIBERS_MAX);
	s->subscribers[s->subscriber_count].each = each;
	s->subscribers[s->subscriber_count++].context = context;
}

static void solo_refresh(void *self)
{
	struct solo *s = self;

	s->refresh = true;
	if (s->options.host.wake != NULL)
		s->options.host.wake(s->options.host.self);
}

/* ---- timing ---- */

static bool full(const struct solo *s)
{
	return s->pool.ready_count >= BLOCK_TXS_MAX || s->pool.ready_bytes >= BLOCK_SIZE_MAX / 2 ||
	       s->pool.ready_cost >= BLOCK_COST_MAX;
}

/* Milliseconds until a block with transactions is due; -1 when nothing waits. */
static int64_t cut_in(const struct solo *s)
{
	const struct pending *first = TAILQ_FIRST(&s->pool.ready);
	int64_t left;

	if (first == NULL)
		return -1;
	left = first->since + SOLO_CUT_MS - steady(s);
	return full(s) || left < 0 ? 0 : left;
}

static int64_t heartbeat_in(const struct solo *s)
{
	struct app_info at = s->options.app->info(s->options.app->self);
	int64_t left = at.time.v + HEARTBEAT_MS - wall(s).v;

	if (s->options.host.watched == NULL || !s->options.host.watched(s->options.host.self))
		return -1;
	return left < 0 ? 0 : left;
}

/* Milliseconds until an empty block is due; -1 when none is.  One that nobody waits for does not hammer a full disk. */
static int64_t empty_in(const struct solo *s)
{
	int64_t due = s->follow_up || s->refresh ? 0 : heartbeat_in(s), rest = s->disk_retry - steady(s);

	return due >= 0 && s->disk_full && rest > due ? rest : due;
}

static void answer_all(struct solo *s, enum err code)
{
	struct pending *p;

	while ((p = TAILQ_FIRST(&s->pool.ready)) != NULL)
		refuse_pending(s, p, code);
}

/* A full disk refuses these transactions and lets the daemon go on serving; everything else stops the engine.  The log,
 * which may be on the same disk, hears of it once.
 */
static void failed(struct solo *s, enum err e, const struct err_info *info)
{
	if (e == ERR_DISK_FULL) {
		if (!s->disk_full)
			log_event(s->options.host.log, LOG_ERROR, "disk_full", "waiting=%u", s->pool.ready_count);
		s->disk_full = true;
		s->disk_retry = steady(s) + SOLO_DISK_RETRY_MS;
		answer_all(s, ERR_DISK_FULL);
		return;
	}
	s->halted = true;
	answer_all(s, ERR_BUSY_PEER);
	if (s->options.host.halted != NULL)
		s->options.host.halted(s->options.host.self, e, info);
}

static enum err block(struct solo *s, bool empty, struct err_info *info)
{
	TRY(solo_block(s, empty, info));
	if (s->disk_full)
		log_event(s->options.host.log, LOG_INFO, "disk_room", "height=%llu",
			  (unsigned long long)s->options.app->info(s->options.app->self).height);
	s->disk_full = false;
	return ERR_OK;
}

static int64_t sooner(int64_t x, int64_t y)
{
	if (x < 0)
		return y;
	return y < 0 || x < y ? x : y;
}

static int64_t solo_poll(void *self)
{
	struct solo *s = self;
	struct err_info info = {0};
	enum err e = ERR_OK;

	if (!s->started)
		return -1;
	workers_collect(s->workers);
	while (!s->halted && e == ERR_OK) {
		if (cut_in(s) == 0)
			e = block(s, false, &info);
		else if (empty_in(s) == 0)
			e = block(s, true, &info);
		else
			return sooner(cut_in(s), empty_in(s));
	}
	if (e != ERR_OK)
		failed(s, e, &info);
	return s->halted ? -1 : SOLO_DISK_RETRY_MS;
}

/* ---- life cycle ---- */

static enum err load_last(struct solo *s, struct err_info *info)
{
	const struct application *app = s->options.app;
	enum err e;

	buf_clear(&s->last_commit);
	e = app->last_commit(app->self, &s->last_commit);
	if (e == ERR_OK)
		e = commit_block_id(&s->last_id, buf_bytes(&s->last_commit));
	return e == ERR_OK ? e : err_set(info, e, "the stored commit of the last block cannot be read");
}

static enum err solo_start(void *self, struct err_info *info)
{
	struct solo *s = self;
	const struct application *app = s->options.app;
	struct app_info at = app->info(app->self);

	if (at.height == 0)
		TRY(app->init_chain(app->self, info));
	else
		TRY(load_last(s, info));
	if (at.sign_above == UINT64_MAX)
		return err_set(info, ERR_CONFLICT,
			       "this home was restored: tell it the highest height that anybody has seen with "
			       "'medlockd restore --home D --highest-seen HEIGHT'");
	if (at.sign_above > at.height)
		return err_set(info, ERR_CONFLICT,
			       "this home was restored at height %llu, but height %llu has been seen: "
			       "restore a later backup",
			       (unsigned long long)at.height, (unsigned long long)at.sign_above);
	s->clock_offset = wall(s).v - steady(s);
	s->started = true;
	s->follow_up = at.height == 0 || at.root_pending; /* the first block carries the root of the genesis */
	return ERR_OK;
}

static void solo_stop(void *self, int64_t limit_ms)
{
	struct solo *s = self;
	int64_t end = steady(s) + limit_ms;
	struct err_info info = {0};
	struct pending *p;

	if (!s->started)
		return;
	workers_collect(s->workers);
	while (!s->halted && s->pool.ready_count > 0 && steady(s) < end)
		if (solo_block(s, false, &info) != ERR_OK)
			break;
	if (!s->halted && s->follow_up && solo_block(s, true, &info) != ERR_OK)
		log_event(s->options.host.log, LOG_WARN, "stop", "follow_up=0");
	s->stopping = true;
	workers_free(s->workers);
	s->workers = NULL;
	while ((p = mempool_any(&s->pool)) != NULL)
		refuse_pending(s, p, ERR_OK);
	s->started = false;
}

static void solo_free(void *self)
{
	struct solo *s = self;

	if (s == NULL)
		return;
	s->stopping = true;
	workers_free(s->workers);
	mempool_release(&s->pool);
	buf_release(&s->last_commit);
	free(s);
}

static enum err options_check(const struct solo_options *o, struct err_info *info)
{
	size_t len = strlen(o->chain_id), suffix = strlen(GENESIS_SOLO_SUFFIX);

	if (len <= suffix || len > CHAIN_ID_MAX || strcmp(o->chain_id + len - suffix, GENESIS_SOLO_SUFFIX) != 0)
		return err_set(info, ERR_USAGE, "a chain of the solo engine is named NAME%s", GENESIS_SOLO_SUFFIX);
	return ERR_OK;
}

enum err solo_new(struct engine **ret, const struct solo_options *options, struct err_info *info)
{
	struct solo *s;

	TRY(options_check(options, info));
	s = calloc(1, sizeof(*s));
	if (s == NULL || workers_new(&s->workers, options->workers, options->host.wake, options->host.self) != ERR_OK) {
		free(s);
		return err_set(info, ERR_MEMORY, "while starting the engine");
	}
	s->options = *options;
	s->engine = (struct engine){.self = s, .name = "solo", .start = solo_start, .submit = solo_submit,
				    .forget = solo_forget, .subscribe = solo_subscribe, .refresh = solo_refresh,
				    .poll = solo_poll, .stop = solo_stop, .free = solo_free};
	mempool_init(&s->pool, SOLO_QUEUE_MAX, SOLO_QUEUE_BYTES_MAX);
	s->buckets.rate = options->rate;
	s->buckets.burst = options->burst;
	*ret = &s->engine;
	return ERR_OK;
}

struct engine_counters solo_counters(const struct engine *e)
{
	struct solo *s = e->self;
	struct engine_counters c = s->counters;

	c.queued = s->pool.count;
	c.queued_bytes = s->pool.bytes;
	return c;
}
