/* SPDX-License-Identifier: Apache-2.0 */
/* Offices are given and taken away by two authorities, where the network names as many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "world.h"

struct scene {
	struct world w;
	struct world_account anna;
	struct world_account *colleague;
};

/* The authorities are the world's own and, with two, its colleague. */
static void authorities(struct scene *s, size_t count)
{
	ProtobufCBinaryData ids[2] = {wire_data(BYTES_ID(s->w.ca.id)), wire_data(BYTES_ID(s->colleague->id))}, *were;
	struct state_key key = state_key_network();
	Medlock__Network *n = NULL;
	struct buf b = BUF_INIT;
	size_t were_count;

	assert_int_equal(access_network(&n, &s->w.kv), ERR_OK);
	were = n->authorities;
	were_count = n->n_authorities;
	n->authorities = ids;
	n->n_authorities = count;
	WIRE_ENCODE(&b, n);
	n->authorities = were;
	n->n_authorities = were_count;
	WIRE_FREE(n);
	assert_int_equal(s->w.kv.put(s->w.kv.self, state_key_bytes(&key), buf_bytes(&b)), ERR_OK);
	buf_release(&b);
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 4);
	world_enrol(&s->w, &s->anna, ROLE_PATIENT, NULL, 0, NULL, 0);
	s->colleague = &s->w.peer[0];
	authorities(s, 2);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	world_account_release(&s->anna);
	world_release(&s->w);
	free(s);
	return 0;
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

/* One body with the approvals of one or two accounts; spoil: the last signature is another's. */
static enum err together(struct scene *s, Medlock__Body *body, const struct world_account *a,
			 const struct world_account *b, bool spoil)
{
	const struct world_account *who[2] = {a, b};
	Medlock__Signature by[2], *list[2] = {&by[0], &by[1]};
	struct signature made[2];
	struct buf bytes = BUF_INIT, raw = BUF_INIT;
	struct hash32 hash;
	struct tx_id id;
	size_t count = b ? 2 : 1;
	enum err e;

	assert_int_equal(tx_body_encode(&bytes, &hash, body), ERR_OK);
	for (size_t i = 0; i < count; i++) {
		sign_make(&made[i], who[i]->sign_seed, BYTES_ID(hash));
		by[i] = (Medlock__Signature)MEDLOCK__SIGNATURE__INIT;
		by[i].account = wire_data(BYTES_ID(who[i]->id));
		by[i].signature = wire_data(BYTES_ID(made[i]));
	}
	made[count - 1].b[0] ^= spoil;
	e = tx_assemble_approvals(&raw, &id, buf_bytes(&bytes), list, count);
	if (e == ERR_OK)
		e = apply(s, buf_bytes(&raw));
	buf_release(&bytes);
	buf_release(&raw);
	return e;
}

struct revocation {
	Medlock__CertRevoke r;
	Medlock__Body body;
	uint8_t salt[16];
};

static Medlock__Body *revocation_of(struct revocation *x, struct scene *s, const struct world_account *who)
{
	x->r = (Medlock__CertRevoke)MEDLOCK__CERT_REVOKE__INIT;
	x->r.account = wire_data(BYTES_ID(who->id));
	x->r.reason = 1;
	x->body = world_body(&s->w, x->salt);
	x->body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
	x->body.cert_revoke = &x->r;
	return &x->body;
}

static enum err alone(struct scene *s, const struct world_account *who, const struct world_account *by)
{
	struct revocation x;

	return world_apply(&s->w, NULL, revocation_of(&x, s, who), by, NULL);
}

static void test_two_officers_revoke_together(void **state)
{
	struct scene *s = *state;
	struct revocation x, again;

	revocation_of(&x, s, &s->anna);
	assert_int_equal(alone(s, &s->anna, &s->w.ca), ERR_FOUR_EYES);
	assert_int_equal(together(s, &x.body, &s->w.ca, NULL, false), ERR_FOUR_EYES);
	assert_int_equal(together(s, &x.body, &s->w.ca, &s->w.ca, false), ERR_DUPLICATE);
	assert_int_equal(together(s, &x.body, &s->w.ca, &s->w.peer[1], false), ERR_ROLE);
	assert_int_equal(together(s, &x.body, &s->w.ca, s->colleague, true), ERR_SIGNATURE);
	assert_int_equal(together(s, &x.body, &s->w.ca, s->colleague, false), ERR_OK);
	revocation_of(&again, s, &s->anna);
	assert_int_equal(together(s, &again.body, &s->w.ca, s->colleague, false), ERR_REVOKED); /* who races is told */
}

static void test_a_revoked_officer_is_no_second_one(void **state)
{
	struct scene *s = *state;
	struct revocation x;

	assert_int_equal(alone(s, s->colleague, s->colleague), ERR_OK); /* oneself: alone, at once */
	revocation_of(&x, s, &s->anna);
	assert_int_equal(together(s, &x.body, &s->w.ca, s->colleague, false), ERR_REVOKED);
	assert_int_equal(alone(s, &s->anna, &s->w.ca), ERR_FOUR_EYES);
}

static void test_one_authority_has_one_pair_of_eyes(void **state)
{
	struct scene *s = *state;

	authorities(s, 1);
	assert_int_equal(alone(s, &s->anna, &s->w.ca), ERR_OK);
}

/* A release is as much an officer's word as the hold was. */
static void test_a_hold_is_released_by_two(void **state)
{
	struct scene *s = *state;
	Medlock__CertAnchor c = MEDLOCK__CERT_ANCHOR__INIT;
	Medlock__AccountState *row = NULL;
	struct revocation x;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	revocation_of(&x, s, &s->anna);
	x.r.reason = REVOKE_REASON_HOLD;
	assert_int_equal(together(s, &x.body, &s->w.ca, s->colleague, false), ERR_OK);
	assert_int_equal(access_account(&row, &s->w.kv, &s->anna.id), ERR_OK);
	c.account = wire_data(BYTES_ID(s->anna.id));
	c.role = row->role;
	c.certificate = row->certificate;
	c.not_after = row->not_after;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &c;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->w.ca, NULL), ERR_FOUR_EYES);
	assert_int_equal(together(s, &body, &s->w.ca, s->colleague, false), ERR_OK);
	WIRE_FREE(row);
}

/* A new officer; a new patient is one officer's work. */
static void test_offices_are_given_by_two(void **state)
{
	struct scene *s = *state;
	Medlock__CertAnchor c = MEDLOCK__CERT_ANCHOR__INIT;
	Medlock__KeySet keys;
	struct world_account fresh;
	uint8_t salt[16], signature[64], certificate[32] = {1};
	Medlock__Body body = world_body(&s->w, salt);

	world_account_new(&fresh, s->w.rng, &s->w.network, ROLE_OFFICER);
	world_keyset(&keys, &fresh);
	world_keys_sign(signature, &fresh, &s->w.network);
	c.account = wire_data(BYTES_ID(fresh.id));
	c.keys = &keys;
	c.keys_signature = wire_data(bytes_of(signature, sizeof(signature)));
	c.role = ROLE_OFFICER;
	c.certificate = wire_data(bytes_of(certificate, sizeof(certificate)));
	c.not_after = s->w.block.time.v + 1000000;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &c;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->w.ca, NULL), ERR_FOUR_EYES);
	assert_int_equal(together(s, &body, &s->w.ca, s->colleague, false), ERR_OK);
	world_account_release(&fresh);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_two_officers_revoke_together), T(test_a_revoked_officer_is_no_second_one),
		T(test_one_authority_has_one_pair_of_eyes), T(test_offices_are_given_by_two),
		T(test_a_hold_is_released_by_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
