/* SPDX-License-Identifier: Apache-2.0 */
/* The work that one block may hold: what does not fit waits for the next one, in its place, and nothing is refused for
 * it.  And what may enter the queue at all: a known body under approvals that nobody gave does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "chain/engine/application.h"
#include "chain/engine/solo.h"
#include "ledger_help.h"
#include "temp_dir.h"

#define START 1790000100000
#define REQUESTS 90u
#define REQUEST_COST (COST_SIGNATURE + REQUEST_RECORDS_MAX * COST_RECORD)
#define A_BLOCK (BLOCK_COST_MAX / REQUEST_COST) /* requests that one block has room for */

struct answer {
	unsigned count;
	enum err code;
	uint64_t height;
	uint32_t index;
};

struct fixture {
	struct temp_dir dir;
	char path[128];
	struct test_genesis genesis;
	struct buf bytes;
	struct network_id network;
	struct person patient, reader;
	struct ledger_app *app;
	struct application seen; /* the application as the engine sees it */
	struct engine *engine;
	struct clock clock;
	int64_t ms;
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
	(void)self;
	fail_msg("halted: %d %s", (int)e, info->detail);
}

static void settle(struct fixture *f)
{
	(void)f->engine->poll(f->engine->self);
	f->ms += SOLO_CUT_MS;
	(void)f->engine->poll(f->engine->self);
}

static void on_answer(void *context, const struct engine_outcome *o)
{
	struct answer *a = context;

	a->count++;
	a->code = o->code;
	a->height = o->height;
	a->index = o->index;
}

static void submit(struct fixture *f, struct answer *a, const struct buf *tx)
{
	f->engine->submit(f->engine->self, buf_bytes(tx), "", on_answer, a);
}

static void anchor(struct fixture *f, struct person *who, uint8_t n, uint32_t role)
{
	uint32_t treat[] = {PURPOSE_TREAT};
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__CertAnchor c = MEDLOCK__CERT_ANCHOR__INIT;
	uint8_t certificate[32];
	struct answer a = {0};
	struct buf tx = BUF_INIT;
	struct tx_id id;

	person_init(who, &f->network, n);
	memset(certificate, n, sizeof(certificate));
	c.account = wire_data(BYTES_ID(who->account));
	c.keys = &who->keys;
	c.keys_signature = wire_data(bytes_of(who->signature, 64));
	c.role = role;
	c.certificate = wire_data(bytes_of(certificate, 32));
	c.not_after = START + 365 * MS_PER_DAY;
	c.purposes = treat;
	c.n_purposes = role == ROLE_PATIENT ? 0 : 1;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &c;
	assert_int_equal(person_tx(&tx, &id, &f->genesis.operator, &body, &f->network), ERR_OK);
	submit(f, &a, &tx);
	settle(f);
	assert_int_equal(a.code, ERR_OK);
	buf_release(&tx);
}

static void start(struct fixture *f)
{
	struct solo_options o = {.host = {f, &f->clock, NULL, NULL, NULL, halted}, .chain_id = TEST_CHAIN_ID,
				 .genesis_time = f->genesis.genesis.time, .validator = f->genesis.validator.seed,
				 .validator_public = f->genesis.validator.sign, .validator_power = 10,
				 .rate = 1000, .burst = 1000};

	assert_int_equal(ledger_app_open(&f->app, f->path, buf_bytes(&f->bytes), NULL, NULL), ERR_OK);
	f->seen = *ledger_app_interface(f->app);
	o.app = &f->seen;
	assert_int_equal(solo_new(&f->engine, &o, NULL), ERR_OK);
	assert_int_equal(f->engine->start(f->engine->self, NULL), ERR_OK);
}

static void end(struct fixture *f)
{
	f->engine->stop(f->engine->self, 1000);
	f->engine->free(f->engine->self);
	ledger_app_free(f->app);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	temp_dir_make(&f->dir);
	snprintf(f->path, sizeof(f->path), "%s/ledger.db", f->dir.path);
	test_genesis_init(&f->genesis);
	assert_int_equal(genesis_encode(&f->bytes, &f->network, &f->genesis.genesis, NULL), ERR_OK);
	f->clock = (struct clock){now, steady, f};
	start(f);
	settle(f);
	anchor(f, &f->patient, 10, ROLE_PATIENT);
	anchor(f, &f->reader, 11, ROLE_CLINICIAN);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	end(f);
	person_release(&f->patient);
	person_release(&f->reader);
	test_genesis_release(&f->genesis);
	buf_release(&f->bytes);
	temp_dir_remove(&f->dir);
	free(f);
	return 0;
}

/* The reader asks for as many records of the patient as one request may name; none of them is there. */
static void ask(struct fixture *f, struct answer *a, uint8_t n)
{
	static uint8_t names[REQUEST_RECORDS_MAX][ID_SIZE];
	ProtobufCBinaryData ids[REQUEST_RECORDS_MAX];
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__AccessRequest r = MEDLOCK__ACCESS_REQUEST__INIT;
	struct person keys;
	struct buf tx = BUF_INIT;
	struct tx_id id;

	person_init(&keys, &f->network, n);
	for (unsigned i = 0; i < REQUEST_RECORDS_MAX; i++) {
		put_be32(names[i], i + 1);
		ids[i] = wire_data(bytes_of(names[i], ID_SIZE));
	}
	r.owner = wire_data(BYTES_ID(f->patient.account));
	r.purpose = PURPOSE_TREAT;
	r.form = FORM_FULL;
	r.records = ids;
	r.n_records = REQUEST_RECORDS_MAX;
	r.sign_key = wire_data(BYTES_ID(keys.sign));
	r.seal_key = wire_data(bytes_of(keys.seal, 32));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &r;
	assert_int_equal(person_tx(&tx, &id, &f->reader, &body, &f->network), ERR_OK);
	submit(f, a, &tx);
	buf_release(&tx);
	person_release(&keys);
}

/* Ask REQUESTS times at once; then every request stands, in the order of asking, and no block holds too much. */
static void ask_all(struct fixture *f)
{
	struct answer a[REQUESTS] = {{0}};
	uint64_t checked = 0, bad = 0;

	for (unsigned i = 0; i < REQUESTS; i++)
		ask(f, &a[i], (uint8_t)(20 + i));
	settle(f);
	settle(f);
	for (unsigned i = 0; i < REQUESTS; i++) {
		assert_int_equal(a[i].count, 1);
		assert_int_equal(a[i].code, ERR_OK);
		assert_int_equal(a[i].index, i % A_BLOCK);
		assert_true(i == 0 || (i % A_BLOCK == 0 ? a[i].height > a[i - 1].height : a[i].height == a[i - 1].height));
	}
	end(f);
	assert_int_equal(ledger_check(f->path, buf_bytes(&f->bytes), &checked, &bad, NULL), ERR_OK);
	start(f);
}

static unsigned abandoned; /* blocks that were executed in vain */

static void abandon(void *self)
{
	abandoned++;
	ledger_app_interface(self)->abandon(self);
}

static void test_the_rest_waits_for_the_next_block(void **state)
{
	struct fixture *f = *state;

	f->seen.abandon = abandon;
	abandoned = 0;
	ask_all(f);
	assert_int_equal(abandoned, 0); /* what the check found was enough to choose by */
}

/* The cost that the check found is a guess by the time of the block: records are deposited meanwhile. */
static void take_everything(void *self, bool *take, const struct tx *const *txs, const size_t *sizes, size_t count)
{
	(void)self, (void)txs, (void)sizes;
	for (size_t i = 0; i < count; i++)
		take[i] = true;
}

static void test_a_wrong_guess_loses_nothing(void **state)
{
	struct fixture *f = *state;

	f->seen.prepare = take_everything;
	f->seen.abandon = abandon;
	abandoned = 0;
	ask_all(f);
	assert_int_not_equal(abandoned, 0);
}

/* ---- approvals ---- */

/* The next version of the network, approved by its one operator with this signature. */
static void network_set(struct fixture *f, struct buf *out, bool spoiled)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__NetworkSet c = MEDLOCK__NETWORK_SET__INIT;
	Medlock__Tx tx = MEDLOCK__TX__INIT;
	Medlock__Auth auth = MEDLOCK__AUTH__INIT;
	Medlock__Approvals approvals = MEDLOCK__APPROVALS__INIT;
	Medlock__Signature by = MEDLOCK__SIGNATURE__INIT, *list = &by;
	struct signature made;
	struct buf bytes = BUF_INIT;
	struct hash32 hash;

	c.network = &f->genesis.network;
	body.network_id = wire_data(BYTES_ID(f->network));
	body.salt = wire_data(bytes_of(f->genesis.salt, TX_SALT_SIZE));
	body.valid_until = 100;
	body.action_case = MEDLOCK__BODY__ACTION_NETWORK_SET;
	body.network_set = &c;
	assert_int_equal(tx_body_encode(&bytes, &hash, &body), ERR_OK);
	sign_make(&made, f->genesis.operator.seed, BYTES_ID(hash));
	made.b[40] ^= spoiled;
	by.account = wire_data(BYTES_ID(f->genesis.operator.account));
	by.signature = wire_data(BYTES_ID(made));
	approvals.signatures = &list;
	approvals.n_signatures = 1;
	auth.by_case = MEDLOCK__AUTH__BY_APPROVALS;
	auth.approvals = &approvals;
	tx.body = wire_data(buf_bytes(&bytes));
	tx.auth = &auth;
	buf_clear(out);
	WIRE_ENCODE(out, &tx);
	buf_release(&bytes);
}

/* The contract gives a repeat its first result without looking at signatures.  Were it so at the door too, whoever saw a
 * change of the network could have its bytes stored again and again, under approvals of his own making.
 */
static void test_a_repeat_without_approvals_stays_outside(void **state)
{
	struct fixture *f = *state;
	struct answer a = {0};
	struct buf tx = BUF_INIT;
	uint64_t height;

	f->genesis.network.version = 2;
	network_set(f, &tx, true);
	submit(f, &a, &tx);
	settle(f);
	assert_int_equal(a.code, ERR_SIGNATURE);
	network_set(f, &tx, false);
	submit(f, &a, &tx);
	settle(f);
	assert_int_equal(a.code, ERR_OK);
	height = ledger_app_info(f->app).height;
	network_set(f, &tx, true);
	submit(f, &a, &tx);
	settle(f);
	assert_int_equal(a.count, 3);
	assert_int_equal(a.code, ERR_SIGNATURE);
	assert_int_equal(ledger_app_info(f->app).height, height);
	buf_release(&tx);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_the_rest_waits_for_the_next_block), T(test_a_wrong_guess_loses_nothing),
		T(test_a_repeat_without_approvals_stays_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
