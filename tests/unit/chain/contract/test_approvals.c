/* SPDX-License-Identifier: Apache-2.0 */
/* A change of the network by several operators: how many must approve, who counts, what exactly they approve, and what it
 * changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "world.h"

#define OPERATORS 5u

/* An operator, an authority and three peers, of whom the first `count` in order of their names run the network. */
struct scene {
	struct world w;
	struct world_account *all[OPERATORS];
	struct world_account anna;
	Medlock__Network *next; /* what is put to the vote; its version is the following one */
};

static int by_account(const void *x, const void *y)
{
	const struct world_account *a = *(struct world_account *const *)x, *b = *(struct world_account *const *)y;

	return memcmp(a->id.b, b->id.b, ID_SIZE);
}

static void put(struct world *w, struct state_key key, const ProtobufCMessage *m)
{
	struct buf b = BUF_INIT;

	wire_encode(&b, m);
	assert_int_equal(w->kv.put(w->kv.self, state_key_bytes(&key), buf_bytes(&b)), ERR_OK);
	buf_release(&b);
}

/* The first n accounts are the operators now, and the next version with the same ones is put to the vote. */
static void reign(struct scene *s, size_t n)
{
	Medlock__Network *now = NULL;
	ProtobufCBinaryData ids[OPERATORS], *was;
	size_t count;

	for (size_t i = 0; i < n; i++)
		ids[i] = wire_data(BYTES_ID(s->all[i]->id));
	assert_int_equal(access_network(&now, &s->w.kv), ERR_OK);
	was = now->operators;
	count = now->n_operators;
	now->operators = ids;
	now->n_operators = n;
	put(&s->w, state_key_network(), &now->base);
	now->operators = was;
	now->n_operators = count;
	WIRE_FREE(now);
	WIRE_FREE(s->next);
	assert_int_equal(access_network(&s->next, &s->w.kv), ERR_OK);
	s->next->version++;
	s->next->parameters->grant_ms += 1000;
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 4);
	world_enrol(&s->w, &s->anna, ROLE_PATIENT, NULL, 0, NULL, 0);
	s->all[0] = &s->w.op;
	s->all[1] = &s->w.ca;
	for (size_t i = 0; i < 3; i++)
		s->all[2 + i] = &s->w.peer[i];
	qsort(s->all, OPERATORS, sizeof(s->all[0]), by_account);
	reign(s, OPERATORS);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	WIRE_FREE(s->next);
	world_account_release(&s->anna);
	world_release(&s->w);
	free(s);
	return 0;
}

/* ---- transactions with approvals ---- */

struct vote {
	struct buf body, tx;
	Medlock__Signature by[OPERATORS + 2], *list[OPERATORS + 2];
	struct signature made[OPERATORS + 2];
	size_t count;
};

static void vote_begin(struct vote *v, const Medlock__Body *body)
{
	*v = (struct vote){.body = BUF_INIT, .tx = BUF_INIT};
	WIRE_ENCODE(&v->body, body);
	assert_int_equal(buf_error(&v->body), ERR_OK);
}

/* The change that lies ready, as one body. */
static void vote_on_next(struct vote *v, struct scene *s)
{
	Medlock__NetworkSet c = MEDLOCK__NETWORK_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	c.network = s->next;
	body.action_case = MEDLOCK__BODY__ACTION_NETWORK_SET;
	body.network_set = &c;
	vote_begin(v, &body);
}

/* One more approval, of these bytes for this network. */
static void approve_other(struct vote *v, const struct world_account *by, struct bytes body,
			  const struct network_id *network)
{
	struct hash32 hash = tx_signing_hash(network, body);
	Medlock__Signature *row = &v->by[v->count];

	sign_make(&v->made[v->count], by->sign_seed, BYTES_ID(hash));
	*row = (Medlock__Signature)MEDLOCK__SIGNATURE__INIT;
	row->account = wire_data(BYTES_ID(by->id));
	row->signature = wire_data(BYTES_ID(v->made[v->count]));
	v->list[v->count++] = row;
}

static void approve(struct vote *v, const struct scene *s, const struct world_account *by)
{
	approve_other(v, by, buf_bytes(&v->body), &s->w.network);
}

static int by_signer(const void *x, const void *y)
{
	const Medlock__Signature *a = *(Medlock__Signature *const *)x, *b = *(Medlock__Signature *const *)y;

	return memcmp(a->account.data, b->account.data, ID_SIZE);
}

static enum err apply(struct scene *s, struct bytes raw)
{
	struct contract_result r = {0};
	struct tx tx;
	enum err e = tx_parse(&tx, raw, NULL);

	if (e != ERR_OK)
		return e;
	assert_int_equal(contract_apply(&r, &s->w.kv, &s->w.block, &tx, NULL, NULL), ERR_OK);
	e = (enum err)-(int)r.code;
	contract_result_release(&r);
	tx_release(&tx);
	return e;
}

static enum err cast_in_order(struct vote *v, struct scene *s)
{
	Medlock__Tx tx = MEDLOCK__TX__INIT;
	Medlock__Auth auth = MEDLOCK__AUTH__INIT;
	Medlock__Approvals approvals = MEDLOCK__APPROVALS__INIT;

	approvals.signatures = v->list;
	approvals.n_signatures = v->count;
	auth.by_case = MEDLOCK__AUTH__BY_APPROVALS;
	auth.approvals = &approvals;
	tx.body = wire_data(buf_bytes(&v->body));
	tx.auth = &auth;
	buf_clear(&v->tx);
	WIRE_ENCODE(&v->tx, &tx);
	return apply(s, buf_bytes(&v->tx));
}

static enum err cast(struct vote *v, struct scene *s)
{
	qsort(v->list, v->count, sizeof(v->list[0]), by_signer);
	return cast_in_order(v, s);
}

static void vote_release(struct vote *v)
{
	buf_release(&v->body);
	buf_release(&v->tx);
}

static uint64_t version(struct scene *s)
{
	Medlock__Network *n = NULL;
	uint64_t v;

	assert_int_equal(access_network(&n, &s->w.kv), ERR_OK);
	v = n->version;
	WIRE_FREE(n);
	return v;
}

/* ---- how many ---- */

/* Two thirds, rounded up, of one to five operators: one less is too few. */
static void test_two_thirds_approve(void **state)
{
	static const size_t needed[OPERATORS + 1] = {0, 1, 2, 2, 3, 4};
	struct scene *s = *state;

	for (size_t n = 1; n <= OPERATORS; n++)
		for (size_t k = 1; k <= n; k++) {
			struct hash32 before, after;
			uint64_t was;
			struct vote v;

			reign(s, n);
			vote_on_next(&v, s);
			for (size_t i = 0; i < k; i++)
				approve(&v, s, s->all[n - 1 - i]);
			was = version(s);
			before = memory_kv_digest(s->w.memory);
			assert_int_equal(cast(&v, s), k >= needed[n] ? ERR_OK : ERR_ROLE);
			after = memory_kv_digest(s->w.memory);
			assert_int_equal(version(s), k >= needed[n] ? was + 1 : was);
			assert_int_equal(ID_EQUAL(before, after), k < needed[n]);
			vote_release(&v);
		}
}

/* The signature of one alone counts only where there is only one. */
static void test_one_signature_of_several_operators(void **state)
{
	struct scene *s = *state;
	Medlock__NetworkSet c = MEDLOCK__NETWORK_SET__INIT;

	for (size_t n = 1; n <= 2; n++) {
		uint8_t salt[16];
		Medlock__Body body = world_body(&s->w, salt);

		reign(s, n);
		c.network = s->next;
		body.action_case = MEDLOCK__BODY__ACTION_NETWORK_SET;
		body.network_set = &c;
		assert_int_equal(world_apply(&s->w, NULL, &body, s->all[0], NULL), n == 1 ? ERR_OK : ERR_ROLE);
	}
}

/* ---- who counts ---- */

static void test_nobody_counts_twice(void **state)
{
	struct scene *s = *state;
	struct vote v;

	vote_on_next(&v, s);
	approve(&v, s, s->all[0]);
	approve(&v, s, s->all[1]);
	approve(&v, s, s->all[2]);
	approve(&v, s, s->all[2]);
	assert_int_equal(cast(&v, s), ERR_FORMAT);
	v.count--;
	approve(&v, s, s->all[3]);
	v.list[3] = v.list[2];
	v.list[2] = &v.by[3]; /* enough, but one of many orders: only the ascending one is canonical */
	assert_int_equal(cast_in_order(&v, s), ERR_FORMAT);
	assert_int_equal(cast(&v, s), ERR_OK);
	vote_release(&v);
}

/* One approval that does not count spoils the list, also when there are enough without it. */
static void test_only_operators_approve(void **state)
{
	struct scene *s = *state;
	struct world_account stranger;
	struct vote v;

	world_account_new(&stranger, s->w.rng, &s->w.network, ROLE_OPERATOR);
	reign(s, 4);
	vote_on_next(&v, s);
	for (size_t i = 0; i < 4; i++)
		approve(&v, s, s->all[i]);
	approve(&v, s, s->all[4]); /* certified, in an office, and not an operator */
	assert_int_equal(cast(&v, s), ERR_ROLE);
	vote_release(&v);
	vote_on_next(&v, s);
	for (size_t i = 0; i < 4; i++)
		approve(&v, s, s->all[i]);
	approve(&v, s, &stranger); /* not on the ledger at all */
	assert_int_equal(cast(&v, s), ERR_ROLE);
	vote_release(&v);
	world_account_release(&stranger);
}

/* Change the row of an account, then have all five approve. */
static enum err approved_with(struct scene *s, const struct world_account *who, uint32_t role, bool revoked, bool expired)
{
	Medlock__AccountState *row = NULL;
	struct vote v;
	enum err e;

	assert_int_equal(access_account(&row, &s->w.kv, &who->id), ERR_OK);
	row->role = role;
	row->revoked = revoked;
	row->not_after = expired ? s->w.block.time.v : 0;
	put(&s->w, state_key_account(&who->id), &row->base);
	WIRE_FREE(row);
	vote_on_next(&v, s);
	for (size_t i = 0; i < OPERATORS; i++)
		approve(&v, s, s->all[i]);
	e = cast(&v, s);
	vote_release(&v);
	return e;
}

static void test_an_operator_must_stand(void **state)
{
	struct scene *s = *state;
	const struct world_account *op = s->all[1];

	assert_int_equal(approved_with(s, op, ROLE_OPERATOR, true, false), ERR_REVOKED);
	assert_int_equal(approved_with(s, op, ROLE_OPERATOR, false, true), ERR_EXPIRED);
	assert_int_equal(approved_with(s, op, ROLE_CLINICIAN, false, false), ERR_ROLE);
	assert_int_equal(version(s), s->next->version - 1);
	assert_int_equal(approved_with(s, op, ROLE_OPERATOR, false, false), ERR_OK);
}

/* Who was voted out has no vote any more. */
static void test_the_operators_now_in_state_decide(void **state)
{
	struct scene *s = *state;
	struct vote v;
	size_t all = s->next->n_operators;

	s->next->n_operators = 2;
	vote_on_next(&v, s);
	for (size_t i = 1; i < OPERATORS; i++)
		approve(&v, s, s->all[i]);
	assert_int_equal(cast(&v, s), ERR_OK);
	vote_release(&v);
	s->next->n_operators = all;
	s->next->version++;
	vote_on_next(&v, s);
	for (size_t i = 1; i < OPERATORS; i++)
		approve(&v, s, s->all[i]);
	assert_int_equal(cast(&v, s), ERR_ROLE);
	v.count = 0;
	approve(&v, s, s->all[0]);
	approve(&v, s, s->all[1]);
	assert_int_equal(cast(&v, s), ERR_OK);
	vote_release(&v);
}

/* Approvals are for the network alone: nobody acts for an owner by collecting signatures, nor for themselves. */
static void test_no_other_action_by_approvals(void **state)
{
	struct scene *s = *state;
	Medlock__ConsentPause c = MEDLOCK__CONSENT_PAUSE__INIT;
	Medlock__AccessClose d = MEDLOCK__ACCESS_CLOSE__INIT;
	uint8_t salts[2][16];
	Medlock__Body pause = world_body(&s->w, salts[0]), close = world_body(&s->w, salts[1]);
	struct vote v;

	c.owner = d.request = wire_data(BYTES_ID(s->anna.id));
	c.paused = true;
	pause.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	pause.consent_pause = &c;
	vote_begin(&v, &pause);
	for (size_t i = 0; i < OPERATORS; i++)
		approve(&v, s, s->all[i]);
	assert_int_equal(cast(&v, s), ERR_ROLE);
	vote_release(&v);
	s->all[0] = &s->w.ca; /* an officer, who may close a request of her own */
	reign(s, 1);
	close.action_case = MEDLOCK__BODY__ACTION_ACCESS_CLOSE;
	close.access_close = &d;
	assert_int_equal(world_apply(&s->w, NULL, &close, &s->w.ca, NULL), ERR_NOT_FOUND);
	vote_begin(&v, &close);
	approve(&v, s, &s->w.ca);
	assert_int_equal(cast(&v, s), ERR_ROLE);
	vote_release(&v);
}

/* ---- what exactly ---- */

static void test_an_approval_is_of_these_bytes(void **state)
{
	struct scene *s = *state;
	struct network_id other = {{9}};
	struct vote v, w;

	vote_on_next(&v, s);
	vote_on_next(&w, s); /* the same change under another salt */
	for (size_t i = 0; i < 4; i++)
		approve(&v, s, s->all[i]);
	approve_other(&v, s->all[4], buf_bytes(&w.body), &s->w.network);
	assert_int_equal(cast(&v, s), ERR_SIGNATURE);
	v.count = 0;
	for (size_t i = 0; i < 4; i++)
		approve(&v, s, s->all[i]);
	approve_other(&v, s->all[4], buf_bytes(&v.body), &other);
	assert_int_equal(cast(&v, s), ERR_SIGNATURE);
	v.count = 0;
	for (size_t i = 0; i < 4; i++)
		approve(&v, s, s->all[i]);
	approve(&v, s, s->all[4]);
	v.made[0].b[3] ^= 1;
	assert_int_equal(cast(&v, s), ERR_SIGNATURE);
	v.made[0].b[3] ^= 1;
	assert_int_equal(cast(&v, s), ERR_OK);
	vote_release(&v);
	vote_release(&w);
}

/* Correctly approved, for a network that is not this one. */
static void test_an_approval_is_for_this_network(void **state)
{
	struct scene *s = *state;
	struct network_id other = {{9}};
	Medlock__NetworkSet c = MEDLOCK__NETWORK_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);
	struct vote v;

	c.network = s->next;
	body.network_id = wire_data(BYTES_ID(other));
	body.action_case = MEDLOCK__BODY__ACTION_NETWORK_SET;
	body.network_set = &c;
	vote_begin(&v, &body);
	for (size_t i = 0; i < OPERATORS; i++)
		approve_other(&v, s->all[i], buf_bytes(&v.body), &other);
	assert_int_equal(cast(&v, s), ERR_NETWORK_ID);
	vote_release(&v);
}

/* ---- what changes ---- */

static int by_id(const void *x, const void *y)
{
	const ProtobufCBinaryData *a = x, *b = y;

	return memcmp(a->data, b->data, ID_SIZE);
}

/* All five approve what lies ready. */
static enum err all_approve(struct scene *s)
{
	struct vote v;
	enum err e;

	vote_on_next(&v, s);
	for (size_t i = 0; i < OPERATORS; i++)
		approve(&v, s, s->all[i]);
	e = cast(&v, s);
	vote_release(&v);
	return e;
}

static enum err revoke(struct scene *s, const struct world_account *who, const struct world_account *by)
{
	Medlock__CertRevoke r = MEDLOCK__CERT_REVOKE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	r.account = wire_data(BYTES_ID(who->id));
	r.reason = 1;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
	body.cert_revoke = &r;
	return world_apply(&s->w, NULL, &body, by, NULL);
}

/* A lost or stolen authority is replaced by the operators, and has no power from then on. */
static void test_an_authority_is_replaced(void **state)
{
	struct scene *s = *state;
	const struct world_account *new = &s->w.peer[1];

	assert_int_equal(revoke(s, &s->anna, new), ERR_ROLE);
	memcpy(s->next->authorities[0].data, new->id.b, ID_SIZE);
	assert_int_equal(all_approve(s), ERR_OK);
	assert_int_equal(revoke(s, &s->anna, &s->w.ca), ERR_ROLE);
	assert_int_equal(revoke(s, &s->anna, new), ERR_OK);
}

/* Capsules name the generation of the key that they are for: another key is another number, the next one. */
static void test_another_key_is_another_generation(void **state)
{
	struct scene *s = *state;
	struct threshold_key key;
	struct key_share shares[3];
	Medlock__RecordDeposit *d = world_deposit_new(&s->w, &s->anna.id, &s->w.ca, CATEGORY_LAB, 1u << FORM_FULL);
	uint8_t salt[16];
	Medlock__Body body;

	threshold_deal(&key, shares, 2, 3, s->w.rng);
	for (size_t i = 0; i < 2; i++)
		g1_write(s->next->commitments[i].data, &key.commitments[i]);
	assert_int_equal(all_approve(s), ERR_CONFLICT);
	s->next->key_generation = 3;
	assert_int_equal(all_approve(s), ERR_CONFLICT);
	s->next->key_generation = 2;
	assert_int_equal(all_approve(s), ERR_OK);
	body = world_body(&s->w, salt);
	body.action_case = MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	body.record_deposit = d;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->w.ca, NULL), ERR_CONFLICT);
	d->renditions[0]->key_generation = 2;
	world_deposit_seal(&s->w, d, &s->w.ca.id);
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->w.ca, NULL), ERR_OK);
	world_deposit_free(d);
}

/* Nobody gets power who does not stand, whoever approves it. */
static void test_who_gets_power_must_stand(void **state)
{
	struct scene *s = *state;
	struct world_account officer, stranger;

	world_enrol(&s->w, &officer, ROLE_OFFICER, NULL, 0, NULL, 0);
	world_account_new(&stranger, s->w.rng, &s->w.network, ROLE_OFFICER);
	memcpy(s->next->authorities[0].data, stranger.id.b, ID_SIZE);
	assert_int_equal(all_approve(s), ERR_NOT_CERTIFIED);
	assert_int_equal(revoke(s, &officer, &s->w.ca), ERR_OK);
	memcpy(s->next->authorities[0].data, officer.id.b, ID_SIZE);
	assert_int_equal(all_approve(s), ERR_REVOKED);
	memcpy(s->next->authorities[0].data, s->w.ca.id.b, ID_SIZE);
	memcpy(s->next->operators[0].data, officer.id.b, ID_SIZE);
	qsort(s->next->operators, OPERATORS, sizeof(s->next->operators[0]), by_id);
	assert_int_equal(all_approve(s), ERR_REVOKED);
	reign(s, OPERATORS);
	memcpy(s->next->custodians[2]->account.data, stranger.id.b, ID_SIZE);
	assert_int_equal(all_approve(s), ERR_NOT_CERTIFIED);
	world_account_release(&officer);
	world_account_release(&stranger);
}

/* The replay key of approvals holds no account: whoever approved, it is one change, and it happens once. */
static void test_other_approvals_of_the_same_body_are_a_repeat(void **state)
{
	struct scene *s = *state;
	struct hash32 before, after;
	struct vote v;

	vote_on_next(&v, s);
	for (size_t i = 0; i < 4; i++)
		approve(&v, s, s->all[i]);
	assert_int_equal(cast(&v, s), ERR_OK);
	before = memory_kv_digest(s->w.memory);
	v.count = 0;
	for (size_t i = 1; i < OPERATORS; i++)
		approve(&v, s, s->all[i]);
	assert_int_equal(cast(&v, s), ERR_OK); /* without the memory of it: a conflict of versions */
	after = memory_kv_digest(s->w.memory);
	assert_true(ID_EQUAL(before, after));
	assert_int_equal(version(s), s->next->version);
	vote_release(&v);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_two_thirds_approve), T(test_one_signature_of_several_operators), T(test_nobody_counts_twice),
		T(test_only_operators_approve), T(test_an_operator_must_stand),
		T(test_the_operators_now_in_state_decide), T(test_no_other_action_by_approvals),
		T(test_an_approval_is_of_these_bytes), T(test_an_approval_is_for_this_network),
		T(test_an_authority_is_replaced), T(test_another_key_is_another_generation),
		T(test_who_gets_power_must_stand), T(test_other_approvals_of_the_same_body_are_a_repeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
