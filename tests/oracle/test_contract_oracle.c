/* SPDX-License-Identifier: Apache-2.0 */
/* The contract against the slow model written apart (tests/lib/model_contract.h): random transactions in random blocks.
 *
 * Compared are, for each transaction, the result's code, data and cost, the events, and after it the whole state.  Blocks
 * come in three kinds: one transaction through contract_block_apply; several, each through contract_apply; several at once
 * through contract_block_apply, where the state can be compared at the end only.  Between blocks a few questions of
 * custodians are compared too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "chain/proto/wire.h"
#include "contract_draw.h"
#include "model_contract.h"
#include "seed.h"
#include "world.h"

#ifdef MEDLOCK_SANITIZED
#define WORLDS 3u
#define STEPS 200u
#else
#define WORLDS 10u
#define STEPS 300u
#endif
#define WORLDS_MAX 60u /* more of them while something was not seen yet */
#define BLOCK_TXS 8u
#define RELEASES 4u /* questions of custodians after each block */
#define SEEDS_APART 1000u  /* so that two runs share no world */
#define COSTLY_EVERY 5u /* worlds */
#define COSTLY_TXS 80u  /* more than a block can pay for */
#define CODES_SEEN_MIN 16u /* different results that a run gives at least */
#define CODE_MAX 128u

struct heard {
	struct model_event *list;
	size_t count;
};

struct seen {
	unsigned taken[64], refused[64]; /* by action */
	unsigned by_proxy[64];           /* by action: taken by somebody else than the owner, for her */
	unsigned code[CODE_MAX];
	unsigned release[CODE_MAX];      /* custodians' questions by answer */
	unsigned hold[HOLD_RELEASED + 1]; /* accounts put on hold, and released */
	unsigned reason[DECISION_REASON_ANSWER + 1], used_up; /* of decisions, in the owners' events; rules, each block */
};

struct run {
	uint64_t seed;
	unsigned world_number, step;
	struct world w;
	struct model *model;
	struct draw draw;
	struct heard heard;
	struct seen *seen;
};

static enum err hear(void *self, const struct account_id *owner, uint64_t n, struct bytes event)
{
	struct heard *h = self;
	struct model_event *e = M_APPEND(h->list, h->count);

	memcpy(e->owner.b, owner->b, 32);
	e->n = n;
	buf_append_bytes(&e->bytes, event);
	return ERR_OK;
}

static void forget(struct heard *h)
{
	for (size_t i = 0; i < h->count; i++)
		buf_release(&h->list[i].bytes);
	free(h->list);
	*h = (struct heard){0};
}

static uint32_t action_of(struct bytes in)
{
	struct tx tx;
	uint32_t action = 0;

	if (tx_parse(&tx, in, NULL) != ERR_OK)
		return 0;
	action = tx.action;
	tx_release(&tx);
	return action;
}

static void fail_at(const struct run *r, uint32_t action, const char *what, const char *detail)
{
	fail_msg("seed %llu world %u step %u action %u (%s): %s %s", (unsigned long long)r->seed, r->world_number, r->step,
		 action, action ? code_text(CODES_ACTION, action) : "none", what, detail);
}

static void compare_result(const struct run *r, uint32_t action, const struct contract_result *x,
			   const struct model_result *y)
{
	char text[160];

	snprintf(text, sizeof(text), "%s, the model says %s", err_row((enum err)-(int)x->code)->name, err_row(y->code)->name);
	if ((enum err)-(int)x->code != y->code)
		fail_at(r, action, "code", text);
	if (!bytes_equal(buf_bytes(&x->data), buf_bytes(&y->data)))
		fail_at(r, action, "result data", "");
	snprintf(text, sizeof(text), "%u, the model says %u", x->cost, y->cost);
	if (x->cost != y->cost)
		fail_at(r, action, "cost", text);
}

/* What was heard is the model's newest `count` events. */
static void compare_events(const struct run *r, uint32_t action, size_t count)
{
	size_t all;
	const struct model_event *list = model_events(r->model, &all);
	char text[80];

	snprintf(text, sizeof(text), "%zu, the model says %zu", r->heard.count, count);
	if (r->heard.count != count)
		fail_at(r, action, "number of events", text);
	for (size_t i = 0; i < count; i++) {
		const struct model_event *x = &r->heard.list[i], *y = &list[all - count + i];

		snprintf(text, sizeof(text), "%zu of %zu", i + 1, count);
		if (!ID_EQUAL(x->owner, y->owner) || x->n != y->n ||
		    !bytes_equal(buf_bytes(&x->bytes), buf_bytes(&y->bytes)))
			fail_at(r, action, "event", text);
	}
}

static void compare_state(const struct run *r, uint32_t action)
{
	size_t count, n = memory_kv_count(r->w.memory);
	struct model_row *rows = model_rows(r->model, &count);

	for (size_t i = 0; i < count || i < n; i++) {
		struct bytes key = {0}, value = {0}, at;
		char text[2 * STATE_KEY_BYTES_MAX + 1];

		if (i < n)
			memory_kv_at(r->w.memory, i, &key, &value);
		if (i < n && i < count && bytes_equal(key, buf_bytes(&rows[i].key)) &&
		    bytes_equal(value, buf_bytes(&rows[i].value)))
			continue;
		at = i < n ? key : buf_bytes(&rows[i].key);
		hex_encode(text, at.data, at.len);
		fail_at(r, action, i < n && i < count && bytes_equal(key, buf_bytes(&rows[i].key)) ? "value of row"
												    : "rows part at",
			text);
	}
	model_rows_free(rows, count);
}

static void count_seen(struct seen *s, uint32_t action, enum err code)
{
	s->code[-(int)code]++;
	if (code == ERR_OK)
		s->taken[action]++;
	else
		s->refused[action]++;
}

static struct model_block model_block_of(const struct run *r)
{
	struct model_block b = {.height = r->w.block.height, .time = r->w.block.time.v};

	memcpy(b.network.b, r->w.network.b, 32);
	return b;
}

/* Workers know some signatures beforehand. */
static int verdict_of(void *self, const struct tx_id *id, const struct sign_public *key)
{
	const struct tx *tx = self;
	const Medlock__Auth *auth = tx->wire->auth;

	assert_memory_equal(id->b, tx->id.b, sizeof(id->b));
	if (auth->by_case != MEDLOCK__AUTH__BY_SIGNATURE || id->b[0] % 3 == 0)
		return -1;
	return tx_verify_signature(tx, auth->signature, key) == ERR_OK;
}

static bool same_result(const struct contract_result *x, const struct contract_result *y)
{
	return x->code == y->code && x->cost == y->cost && bytes_equal(buf_bytes(&x->data), buf_bytes(&y->data));
}

/* A store that fails at some call is an error of the caller's, never a refusal, and nothing is half done. */
static void check_failing_store(struct run *r, const struct tx *tx, const struct contract_result *usual)
{
	struct hash32 before = memory_kv_digest(r->w.memory), after;
	struct contract_result x = {0};
	enum err e;

	memory_kv_fail_after(r->w.memory, 1 + (unsigned)below(&r->draw, 20), ERR_IO);
	e = contract_check(&x, &r->w.kv, &r->w.block, tx);
	memory_kv_fail_after(r->w.memory, 0, ERR_OK);
	after = memory_kv_digest(r->w.memory);
	if (e == ERR_OK ? !same_result(&x, usual) : e != ERR_IO)
		fail_at(r, tx->action, "the store's failure became", err_row(e ? e : (enum err)-(int)x.code)->name);
	if (!ID_EQUAL(before, after))
		fail_at(r, tx->action, "the store's failure left a change", "");
	contract_result_release(&x);
}

/* One transaction through contract_apply, which does what contract_check says; one that does not parse never gets there. */
static void apply_one(struct run *r, struct contract_result *ret, struct bytes in, const struct contract_sink *sink)
{
	struct contract_result asked = {0};
	struct tx tx;
	const struct contract_verdicts verdicts = {&tx, verdict_of};
	enum err e = tx_parse(&tx, in, NULL);

	*ret = (struct contract_result){.code = (uint32_t)-(int)e};
	if (e)
		return;
	assert_int_equal(contract_check(&asked, &r->w.kv, &r->w.block, &tx), ERR_OK);
	check_failing_store(r, &tx, &asked);
	assert_int_equal(contract_apply(ret, &r->w.kv, &r->w.block, &tx, once_in(&r->draw, 2) ? &verdicts : NULL, sink), ERR_OK);
	if (!same_result(&asked, ret))
		fail_at(r, tx.action, "contract_check says otherwise", "");
	contract_result_release(&asked);
	tx_release(&tx);
}

static void step(struct run *r, struct bytes in, bool as_block)
{
	const struct contract_sink sink = {&r->heard, hear};
	struct model_block block = model_block_of(r);
	struct contract_result x = {0};
	struct model_result y;
	uint32_t action = action_of(in);

	r->step++;
	if (as_block)
		assert_int_equal(contract_block_apply(&x, &r->w.kv, &r->w.block, &in, 1, NULL, &sink), ERR_OK);
	else
		apply_one(r, &x, in, &sink);
	model_apply(r->model, &y, &block, in, BLOCK_COST_MAX);
	if (as_block)
		model_block_end(r->model, &block);
	count_seen(r->seen, action, y.code);
	compare_result(r, action, &x, &y);
	compare_events(r, action, y.event_count);
	compare_state(r, action);
	forget(&r->heard);
	contract_result_release(&x);
	model_result_release(&y);
}

/* A whole block.  The model is asked first, one by one, so that each transaction can be drawn from what stands then. */
static void whole_block(struct run *r, size_t count, void (*draw)(struct draw *, struct buf *))
{
	const struct contract_sink sink = {&r->heard, hear};
	struct model_block block = model_block_of(r);
	struct contract_result *x = calloc(count, sizeof(*x));
	struct model_result *y = calloc(count, sizeof(*y));
	struct buf *txs = calloc(count, sizeof(*txs));
	struct bytes *views = calloc(count, sizeof(*views));
	uint32_t room = BLOCK_COST_MAX;
	size_t events = 0;

	assert_true(x && y && txs && views);
	for (size_t i = 0; i < count; i++) {
		draw(&r->draw, &txs[i]);
		views[i] = buf_bytes(&txs[i]);
		model_apply(r->model, &y[i], &block, views[i], room);
		room = y[i].cost < room ? room - y[i].cost : 0;
		events += y[i].event_count;
	}
	model_block_end(r->model, &block);
	assert_int_equal(contract_block_apply(x, &r->w.kv, &r->w.block, views, count, NULL, &sink), ERR_OK);
	for (size_t i = 0; i < count; i++) {
		r->step++;
		count_seen(r->seen, action_of(views[i]), y[i].code);
		compare_result(r, action_of(views[i]), &x[i], &y[i]);
		contract_result_release(&x[i]);
		model_result_release(&y[i]);
		buf_release(&txs[i]);
	}
	compare_events(r, 0, events);
	compare_state(r, 0);
	forget(&r->heard);
	free(x);
	free(y);
	free(txs);
	free(views);
}

static void sooner(int64_t *next, int64_t now, int64_t t)
{
	if (t > now && t < *next)
		*next = t;
}

/* The next instant at which a certificate, announced keys or a rule begins or ends, when it is near. */
static int64_t next_edge(const struct run *r)
{
	int64_t now = r->w.block.time.v, next = now + 30 * MS_PER_DAY;

	for (size_t i = 0; i < r->model->account_count; i++) {
		sooner(&next, now, r->model->accounts[i].not_after);
		if (r->model->accounts[i].pending)
			sooner(&next, now, r->model->accounts[i].pending->effective);
		sooner(&next, now, r->model->accounts[i].minor_until);
	}
	for (size_t i = 0; i < r->model->proxy_count; i++) {
		sooner(&next, now, r->model->proxies[i].from);
		sooner(&next, now, r->model->proxies[i].to);
	}
	for (size_t i = 0; i < r->model->rule_count; i++) {
		sooner(&next, now, r->model->rules[i].rule->valid_from);
		sooner(&next, now, r->model->rules[i].rule->valid_to);
	}
	return next == now + 30 * MS_PER_DAY ? now : next;
}

/* Time goes on: mostly by little, now and then so far that certificates and replay entries run out. */
static void next_block(struct run *r)
{
	struct draw *d = &r->draw;

	r->w.block.height += once_in(d, 30) ? 1 + below(d, 12000) : 1 + below(d, 3);
	if (once_in(d, 8))
		r->w.block.time.v = next_edge(r) - once_in(d, 3);
	else
		r->w.block.time.v += (int64_t)(once_in(d, 20) ? below(d, 10 * MS_PER_DAY) : below(d, 600000));
}

/* What a custodian would give out is what the deposit and the request say. */
static void compare_release(const struct run *r, const struct access_release *x, const struct hash32 *request,
			    const struct hash32 *record, uint32_t form)
{
	const Medlock__AccessRequest *asked = m_request(r->model, request)->asked;
	const Medlock__RecordDeposit *d = m_record(r->model, record)->deposit;

	for (size_t i = 0; i < d->n_renditions; i++)
		if (d->renditions[i]->form == form && memcmp(x->capsule, d->renditions[i]->capsule.data, 160) == 0 &&
		    memcmp(x->blob.b, d->renditions[i]->blob.data, 32) == 0 &&
		    x->key_generation == d->renditions[i]->key_generation &&
		    memcmp(x->seal_key, asked->seal_key.data, 32) == 0 && memcmp(x->sign_key, asked->sign_key.data, 32) == 0)
			return;
	fail_at(r, 0, "a release of something else", "");
}

/* Mostly one that gives something, and still does. */
static const struct m_request *draw_grant(struct run *r)
{
	const struct m_request *x = NULL;

	for (int i = 0; i < 40; i++) {
		x = &r->model->requests[below(&r->draw, r->model->request_count)];
		if (x->given_count && (x->expires > r->w.block.time.v || once_in(&r->draw, 20)))
			return x;
	}
	return x;
}

static void ask_release(struct run *r)
{
	struct draw *d = &r->draw;
	const struct m_request *from = draw_grant(r);
	struct hash32 request = from->id, record = draw_nobody(d);
	uint32_t form = (uint32_t)below(d, 12) < 10 ? 1 + (uint32_t)below(d, 2) : (uint32_t)below(d, 5);
	struct time_ms clock = {r->w.block.time.v + (int64_t)below(d, 240000) - 120000};
	struct access_release x;
	struct request_id q;
	struct record_id id;
	enum err e, y;
	char text[96];

	if (from->given_count && !once_in(d, 20))
		record = from->given[below(d, from->given_count)].record;
	if (once_in(d, 6))
		clock.v = from->expires - once_in(d, 2);
	memcpy(q.b, request.b, 32);
	memcpy(id.b, record.b, 32);
	e = access_release_check(&x, &r->w.kv, &r->w.block, clock, &q, &id, form);
	y = model_release_check(r->model, r->w.block.time.v, clock.v, &request, &record, form);
	snprintf(text, sizeof(text), "%s, the model says %s", err_row(e)->name, err_row(y)->name);
	if (e != y)
		fail_at(r, 0, "release", text);
	if (e == ERR_OK)
		compare_release(r, &x, &request, &record, form);
	r->seen->release[-(int)y]++;
}

static void random_block(struct run *r)
{
	size_t count = 2 + below(&r->draw, BLOCK_TXS - 1);
	size_t kind = below(&r->draw, 3);

	next_block(r);
	if (kind == 2) {
		whole_block(r, count, draw_tx);
		return;
	}
	for (size_t i = 0; i < (kind ? count : 1); i++) {
		struct buf tx = BUF_INIT;

		draw_tx(&r->draw, &tx);
		step(r, buf_bytes(&tx), kind == 0);
		buf_release(&tx);
	}
}

static void enrol_cast(struct run *r)
{
	static const uint32_t cast[] = {ROLE_PATIENT, ROLE_PATIENT, ROLE_CLINICIAN, ROLE_CLINICIAN,
					ROLE_CLINICIAN, ROLE_RESEARCHER, ROLE_OFFICER};

	for (size_t i = 0; i < sizeof(cast) / sizeof(*cast); i++) {
		struct buf tx = BUF_INIT;

		draw_enrol(&r->draw, &tx, cast[i]);
		step(r, buf_bytes(&tx), false);
		buf_release(&tx);
	}
}

/* Why records were given or refused: each reason that a contract has should come up. */
static void count_decisions(struct run *r)
{
	size_t count;
	const struct model_event *list = model_events(r->model, &count);

	for (size_t i = 0; i < count; i++) {
		Medlock__Event *event = NULL;
		struct account_id owner;

		memcpy(owner.b, list[i].owner.b, 32);
		assert_int_equal(event_parse(&event, &owner, list[i].n, buf_bytes(&list[i].bytes), NULL), ERR_OK);
		r->seen->hold[event->hold]++;
		if (event->kind < 64 && !bytes_equal(wire_bytes(event->actor), BYTES_ID(owner)))
			r->seen->by_proxy[event->kind]++;
		for (size_t k = 0; k < event->n_records && (event->kind == ACTION_ACCESS_REQUEST || event->kind == ACTION_ACCESS_ANSWER); k++)
			r->seen->reason[event->records[k]->reason]++;
		WIRE_FREE(event);
	}
}

static void count_used_up(struct run *r)
{
	for (size_t i = 0; i < r->model->rule_count; i++)
		r->seen->used_up += r->model->rules[i].rule->uses_left != 0 &&
				    r->model->rules[i].uses_spent == r->model->rules[i].rule->uses_left;
}

static void run_world(uint64_t seed, unsigned number, struct seen *seen)
{
	struct run r = {.seed = seed, .world_number = number, .seen = seen};
	Medlock__Genesis *genesis = NULL;

	world_init(&r.w, seed * SEEDS_APART + number);
	assert_int_equal(WIRE_DECODE(&genesis, medlock__genesis, buf_bytes(&r.w.genesis), 4 * GENESIS_SIZE_MAX, NULL), ERR_OK);
	r.model = model_new(genesis);
	WIRE_FREE(genesis);
	draw_init(&r.draw, &r.w, r.model);
	compare_state(&r, 0);
	enrol_cast(&r);
	while (r.step < STEPS) {
		random_block(&r);
		count_used_up(&r);
		for (size_t i = 0; i < RELEASES && r.model->request_count; i++)
			ask_release(&r);
	}
	if (number % COSTLY_EVERY == 0) {
		next_block(&r);
		whole_block(&r, COSTLY_TXS, draw_costly);
	}
	count_decisions(&r);
	draw_release(&r.draw);
	model_free(r.model);
	world_release(&r.w);
}

static unsigned codes_seen(const struct seen *s)
{
	unsigned codes = 0;

	for (size_t i = 0; i < CODE_MAX; i++)
		codes += s->code[i] != 0;
	return codes;
}

/* The generator must not rot: a run sees every action taken and refused, many kinds of refusal, and every reason why a
 * record is given or not (an unlicensed asker is refused before).  What is missing, or NULL.
 */
static const char *missing(const struct seen *s)
{
	const struct code_row *row;

	for (size_t i = 0; (row = code_at(CODES_ACTION, i)) != NULL; i++)
		if (!s->taken[row->number] || !s->refused[row->number])
			return row->code;
	for (size_t i = 0; (row = code_at(CODES_DECISION_REASON, i)) != NULL; i++)
		if (!s->reason[row->number] && row->number != DECISION_REASON_NOT_LICENSED)
			return row->code;
	if (!s->code[-ERR_PROXY_ENDED] || !s->code[-ERR_PROXY_SCOPE] || !s->code[-ERR_NOT_MINOR])
		return "refusals of proxies";
	if (!s->by_proxy[ACTION_CONSENT_SET] || !s->by_proxy[ACTION_CONSENT_PAUSE] || !s->by_proxy[ACTION_ACCESS_ANSWER])
		return "acts of proxies";
	if (!s->hold[HOLD_HELD] || !s->hold[HOLD_RELEASED])
		return "holds and their releases";
	if (!s->code[-ERR_LIMIT] || codes_seen(s) < CODES_SEEN_MIN)
		return "results";
	if (!s->release[0] || !s->release[-ERR_REFUSED] || !s->release[-ERR_WITHDRAWN] || !s->release[-ERR_EXPIRED])
		return "answers to custodians";
	return s->used_up ? NULL : "rules used up";
}

static void print_seen(const struct seen *s)
{
	const struct code_row *row;

	for (size_t i = 0; (row = code_at(CODES_ACTION, i)) != NULL; i++)
		printf("# %-16s %5u taken %5u refused\n", row->code, s->taken[row->number], s->refused[row->number]);
	for (size_t i = 0; i < CODE_MAX; i++)
		if (s->code[i])
			printf("# %5u times %s\n", s->code[i], err_row((enum err)-(int)i)->name);
	for (size_t i = 0; i < CODE_MAX; i++)
		if (s->release[i])
			printf("# %5u questions of custodians: %s\n", s->release[i], err_row((enum err)-(int)i)->name);
	for (size_t i = 0; (row = code_at(CODES_DECISION_REASON, i)) != NULL; i++)
		printf("# %5u records decided by %s\n", s->reason[row->number], row->code);
	printf("# %u accounts put on hold, %u released\n", s->hold[HOLD_HELD], s->hold[HOLD_RELEASED]);
	printf("# by proxies: %u changes of rules, %u pauses, %u answers\n", s->by_proxy[ACTION_CONSENT_SET],
	       s->by_proxy[ACTION_CONSENT_PAUSE], s->by_proxy[ACTION_ACCESS_ANSWER]);
	printf("# %u different results, %u rules used up\n", codes_seen(s), s->used_up);
}

static void test_contract_equals_the_model(void **state)
{
	uint64_t seed = test_seed();
	struct seen seen = {0};

	(void)state;
	for (unsigned i = 0; i < WORLDS || (i < WORLDS_MAX && missing(&seen)); i++)
		run_world(seed, i, &seen);
	print_seen(&seen);
	if (missing(&seen))
		fail_msg("not seen in %u worlds: %s", WORLDS_MAX, missing(&seen));
}

/* A genesis may hold patients, who start with a policy of their own. */
static void test_genesis_equals_the_model(void **state)
{
	struct run r = {.seed = 1};
	struct network_id none = GENESIS_NETWORK, network;
	struct world_account patient;
	Medlock__GenesisAccount *account = malloc(sizeof(*account)), **more;
	Medlock__KeySet keys;
	Medlock__Genesis *genesis = NULL;
	uint8_t signature[64];
	struct buf bytes = BUF_INIT;

	(void)state;
	world_init(&r.w, r.seed);
	assert_int_equal(WIRE_DECODE(&genesis, medlock__genesis, buf_bytes(&r.w.genesis), 4 * GENESIS_SIZE_MAX, NULL), ERR_OK);
	world_account_new(&patient, r.w.rng, &none, ROLE_PATIENT);
	world_keyset(&keys, &patient);
	world_keys_sign(signature, &patient, &none);
	more = realloc(genesis->accounts, (genesis->n_accounts + 1) * sizeof(Medlock__GenesisAccount *));
	assert_true(account && more);
	*account = (Medlock__GenesisAccount)MEDLOCK__GENESIS_ACCOUNT__INIT;
	account->keys = m_clone(&keys);
	account->keys_signature = (ProtobufCBinaryData){.len = 64, .data = malloc(64)};
	assert_non_null(account->keys_signature.data);
	memcpy(account->keys_signature.data, signature, 64);
	account->role = ROLE_PATIENT;
	more[genesis->n_accounts++] = account;
	genesis->accounts = more;
	assert_int_equal(genesis_encode(&bytes, &network, genesis, NULL), ERR_OK);
	memory_kv_free(r.w.memory);
	r.w.memory = memory_kv_new();
	r.w.kv = memory_kv_view(r.w.memory);
	assert_int_equal(contract_init(&r.w.kv, genesis, &network, NULL), ERR_OK);
	r.model = model_new(genesis);
	compare_state(&r, 0);
	model_free(r.model);
	buf_release(&bytes);
	WIRE_FREE(genesis);
	world_account_release(&patient);
	world_release(&r.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_genesis_equals_the_model),
					   cmocka_unit_test(test_contract_equals_the_model)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
