/* SPDX-License-Identifier: Apache-2.0 */
/* The solo engine over an application that cannot store: how often it tries, what it says and how often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/engine/solo.h"
#include "core/base/log.h"
#include "ledger_help.h"

#define START 1790000100000

struct fixture {
	struct application app;
	struct app_info at;
	enum err commit;
	unsigned commits, answers;
	enum err answer;
	int64_t ms;
	struct test_genesis genesis;
	struct network_id network;
	struct clock clock;
	char *text;
	size_t text_len;
	struct log log;
	struct engine *engine;
	enum err halted;
	struct contract_result result;
};

static struct time_ms now(void *self)
{
	return (struct time_ms){START + ((struct fixture *)self)->ms};
}

static int64_t steady(void *self)
{
	return ((struct fixture *)self)->ms;
}

static void halted(void *self, enum err e, const struct err_info *info)
{
	(void)info;
	((struct fixture *)self)->halted = e;
}

/* ---- an application that stores nothing ---- */

static struct app_info app_info(void *self)
{
	return ((struct fixture *)self)->at;
}

static enum err app_init(void *self, struct err_info *info)
{
	(void)self, (void)info;
	return ERR_OK;
}

static enum err app_check(void *self, struct contract_result *ret, const struct tx *tx, struct time_ms at)
{
	(void)self, (void)at;
	*ret = (struct contract_result){.cost = tx->cost};
	return ERR_OK;
}

static void app_prepare(void *self, bool *take, const struct tx *const *txs, const size_t *sizes, size_t count)
{
	(void)self, (void)txs, (void)sizes;
	for (size_t i = 0; i < count; i++)
		take[i] = true;
}

static enum err app_process(void *self, const struct app_block *block)
{
	(void)self, (void)block;
	return ERR_OK;
}

static enum err app_finalize(void *self, struct app_finalized *ret, const struct app_block *block, struct err_info *info)
{
	(void)block, (void)info;
	*ret = (struct app_finalized){.results = &((struct fixture *)self)->result};
	return ERR_OK;
}

static enum err app_commit(void *self, const struct app_store *store, struct err_info *info)
{
	struct fixture *f = self;

	(void)store, (void)info;
	f->commits++;
	if (f->commit == ERR_OK) {
		f->at.height++;
		f->at.time = now(f);
	}
	return f->commit;
}

static void app_abandon(void *self)
{
	(void)self;
}

static enum err app_signer(void *self, struct sign_public *ret, const struct tx *tx)
{
	(void)self, (void)ret, (void)tx;
	return ERR_NOT_FOUND;
}

/* ---- tests ---- */

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct solo_options o;
	struct buf bytes = BUF_INIT;

	assert_non_null(f);
	test_genesis_init(&f->genesis);
	assert_int_equal(genesis_encode(&bytes, &f->network, &f->genesis.genesis, NULL), ERR_OK);
	buf_release(&bytes);
	f->app = (struct application){.self = f, .info = app_info, .init_chain = app_init, .check_tx = app_check,
				      .prepare = app_prepare, .process = app_process, .finalize = app_finalize,
				      .commit = app_commit, .abandon = app_abandon, .signer = app_signer};
	f->clock = (struct clock){now, steady, f};
	f->log = (struct log){open_memstream(&f->text, &f->text_len), LOG_INFO, &f->clock};
	f->ms = 5000;
	o = (struct solo_options){.app = &f->app, .host = {f, &f->clock, &f->log, NULL, NULL, halted},
				  .chain_id = TEST_CHAIN_ID, .genesis_time = f->genesis.genesis.time,
				  .validator = f->genesis.validator.seed, .validator_public = f->genesis.validator.sign,
				  .validator_power = 10, .rate = 1000, .burst = 1000};
	assert_int_equal(solo_new(&f->engine, &o, NULL), ERR_OK);
	assert_int_equal(f->engine->start(f->engine->self, NULL), ERR_OK);
	f->commit = ERR_DISK_FULL;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->engine->stop(f->engine->self, 0);
	f->engine->free(f->engine->self);
	fclose(f->log.stream);
	free(f->text);
	test_genesis_release(&f->genesis);
	free(f);
	return 0;
}

static void on_answer(void *context, const struct engine_outcome *o)
{
	struct fixture *f = context;

	f->answers++;
	f->answer = o->code;
}

static void submit(struct fixture *f, uint64_t valid_until)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__ConsentPause p = MEDLOCK__CONSENT_PAUSE__INIT;
	struct buf tx = BUF_INIT;
	struct tx_id id;

	p.owner = wire_data(BYTES_ID(f->genesis.operator.account));
	body.valid_until = valid_until;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &p;
	assert_int_equal(person_tx(&tx, &id, &f->genesis.operator, &body, &f->network), ERR_OK);
	f->engine->submit(f->engine->self, buf_bytes(&tx), "", on_answer, f);
	buf_release(&tx);
}

static size_t said(const struct fixture *f, const char *words)
{
	size_t count = 0;

	for (const char *at = f->text; at != NULL && (at = strstr(at, words)) != NULL; at++)
		count++;
	return count;
}

/* The loop asks ten times a second, and more often when clients come: an empty block is tried once a second. */
static void test_empty_blocks_rest(void **state)
{
	struct fixture *f = *state;
	int64_t next = 0;

	for (int i = 0; i < 300; i++) {
		next = f->engine->poll(f->engine->self);
		assert_in_range(next, 1, SOLO_DISK_RETRY_MS);
		f->ms += 10;
	}
	assert_int_equal(f->commits, 3);
	assert_int_equal(said(f, "disk_full"), 1);
	f->commit = ERR_OK;
	f->ms += SOLO_DISK_RETRY_MS;
	next = f->engine->poll(f->engine->self);
	assert_int_equal(f->commits, 4);
	assert_int_equal(next, -1);
	assert_int_equal(said(f, "disk_full"), 1);
	assert_int_equal(said(f, "disk_room"), 1);
	assert_int_equal(f->halted, ERR_OK);
}

/* What somebody waits for is tried at once, so that the answer is true and the first room is used. */
static void test_transactions_do_not_wait(void **state)
{
	struct fixture *f = *state;

	(void)f->engine->poll(f->engine->self);
	for (unsigned i = 1; i <= 5; i++) {
		submit(f, 100 + i);
		f->ms += SOLO_CUT_MS;
		(void)f->engine->poll(f->engine->self);
		assert_int_equal(f->answers, i);
		assert_int_equal(f->answer, ERR_DISK_FULL);
	}
	assert_int_equal(said(f, "disk_full"), 1);
	f->commit = ERR_OK;
	submit(f, 200);
	f->ms += SOLO_CUT_MS;
	(void)f->engine->poll(f->engine->self);
	assert_int_equal(f->answer, ERR_OK);
	assert_int_equal(f->at.height, 1);
	assert_int_equal(said(f, "disk_room"), 1);
}

static void test_anything_else_ends_it(void **state)
{
	struct fixture *f = *state;

	f->commit = ERR_IO;
	assert_int_equal(f->engine->poll(f->engine->self), -1);
	assert_int_equal(f->halted, ERR_IO);
	submit(f, 100);
	assert_int_equal(f->answer, ERR_BUSY_PEER);
	assert_int_equal(f->engine->poll(f->engine->self), -1);
	assert_int_equal(f->commits, 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_empty_blocks_rest), T(test_transactions_do_not_wait),
					   T(test_anything_else_ends_it)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
