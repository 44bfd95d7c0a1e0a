/* SPDX-License-Identifier: Apache-2.0 */
#include "bench_drive.h"

#include <stdio.h>
#include <stdlib.h>

#include "chain/contract/kv.h"
#include "chain/engine/solo.h"
#include "chain/proto/state_key.h"
#include "core/crypto/hash.h"

#define MUST(expression) ASSERT((expression) == ERR_OK)
#define FILLER_VALUE 100u
#define FILLER_KINDS 4u
#define TXS_MAX 2000u
#define NO_LIMIT 1000000000u /* of the token bucket */
#define STOP_MS 1000

static struct time_ms now(void *self)
{
	return (struct time_ms){((struct drive *)self)->wall};
}

static int64_t steady(void *self)
{
	return ((struct drive *)self)->steady;
}

static void halted(void *self, enum err e, const struct err_info *info)
{
	(void)self, (void)e;
	fprintf(stderr, "the engine halted: %s\n", info->detail);
	exit(1);
}

static struct state_key filler_key(size_t i, const struct rng *rng)
{
	struct account_id who;
	struct record_id record;

	rng_fill(rng, who.b, sizeof(who.b));
	switch (i % FILLER_KINDS) {
	case 0:
		return state_key_account(&who);
	case 1:
		return state_key_policy(&who);
	case 2:
		return state_key_rule(&who, 1);
	default:
		ID_COPY(record, who.b);
		return state_key_record(&record);
	}
}

/* Before the genesis: its transaction stores what is there with it. */
static void fill(struct drive *d, size_t count, const struct rng *rng)
{
	struct contract_kv *kv = ledger_app_state(d->app);
	uint8_t value[FILLER_VALUE];

	if (count == 0)
		return;
	rng_fill(rng, value, sizeof(value));
	for (size_t i = 0; i < count; i++) {
		struct state_key key = filler_key(i, rng);

		MUST(kv->put(kv->self, state_key_bytes(&key), bytes_of(value, sizeof(value))));
	}
}

void drive_open(struct drive *d, const char *path, struct bytes genesis, const struct secret *validator,
		struct time_ms start, size_t filler, const struct rng *rng)
{
	struct solo_options o = {.host = {.self = d, .clock = &d->clock, .halted = halted}, .validator = validator,
				 .rate = NO_LIMIT, .burst = NO_LIMIT};
	struct err_info info = {0};

	*d = (struct drive){.wall = start.v, .clock = {now, steady, d}};
	MUST(ledger_app_open(&d->app, path, genesis, NULL, &info));
	fill(d, filler, rng);
	o.app = ledger_app_interface(d->app);
	o.chain_id = ledger_app_genesis(d->app)->chain_id;
	o.genesis_time = ledger_app_genesis(d->app)->time;
	o.validator_power = ledger_app_genesis(d->app)->network->validators[0]->power;
	sign_public_of_seed(&o.validator_public, validator);
	MUST(solo_new(&d->engine, &o, &info));
	MUST(d->engine->start(d->engine->self, &info));
	(void)d->engine->poll(d->engine->self); /* the first block, which carries the root of the genesis */
}

static void on_answer(void *context, const struct engine_outcome *o)
{
	struct drive *d = context;

	if (o->code != ERR_OK || o->height == 0) {
		fprintf(stderr, "a transaction was refused: %s\n", err_row(o->code)->code);
		exit(1);
	}
	d->taken++;
}

void drive_block(struct drive *d, const struct buf *txs, size_t count)
{
	uint64_t before = d->taken;

	for (size_t i = 0; i < count; i++)
		d->engine->submit(d->engine->self, buf_bytes(&txs[i]), "", on_answer, d);
	(void)d->engine->poll(d->engine->self); /* takes what the workers checked */
	d->wall += SOLO_CUT_MS;
	d->steady += SOLO_CUT_MS;
	(void)d->engine->poll(d->engine->self);
	ASSERT(d->taken == before + count);
}

void drive_follow(struct drive *d, const struct buf *txs, size_t count)
{
	const struct application *app = ledger_app_interface(d->app);
	static const uint8_t bytes[] = {0}; /* what stands in for header, block and commit */
	struct app_store store = {.header = bytes_of(bytes, 1), .block = bytes_of(bytes, 1), .commit = bytes_of(bytes, 1)};
	struct bytes list[TXS_MAX];
	struct app_info at = app->info(app->self);
	struct app_block block = {.height = at.height + 1, .time = {at.time.v + 1}, .txs = list, .count = count};
	struct app_finalized done;

	ASSERT(count <= TXS_MAX);
	for (size_t i = 0; i < count; i++)
		list[i] = buf_bytes(&txs[i]);
	MUST(app->finalize(app->self, &done, &block, NULL));
	for (size_t i = 0; i < count; i++)
		ASSERT(done.results[i].code == 0);
	MUST(app->commit(app->self, &store, NULL));
}

void drive_stop(struct drive *d)
{
	if (d->engine == NULL)
		return;
	d->engine->stop(d->engine->self, STOP_MS);
	d->engine->free(d->engine->self);
	d->engine = NULL;
}

void drive_close(struct drive *d)
{
	drive_stop(d);
	ledger_app_free(d->app);
	d->app = NULL;
}
