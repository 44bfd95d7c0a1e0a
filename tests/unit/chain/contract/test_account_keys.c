/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that change: the old ones are dead at once, the name stays, helpers need the authority, three days and no veto. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "world.h"

#define HELPERS 3u
#define HOUR_MS (3600ll * 1000)

struct scene {
	struct world w;
	struct world_account anna, fresh, later; /* fresh and later: anna with other keys */
	struct world_account helper[HELPERS];
	ProtobufCBinaryData accounts[HELPERS];
	Medlock__Helpers named;
	uint8_t salt[16];
};

static int by_account(const void *x, const void *y)
{
	return memcmp(((const struct world_account *)x)->id.b, ((const struct world_account *)y)->id.b, ID_SIZE);
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 15);
	world_enrol(&s->w, &s->anna, ROLE_PATIENT, NULL, 0, NULL, 0);
	for (size_t i = 0; i < HELPERS; i++)
		world_enrol(&s->w, &s->helper[i], ROLE_PATIENT, NULL, 0, NULL, 0);
	qsort(s->helper, HELPERS, sizeof(s->helper[0]), by_account);
	world_account_new(&s->fresh, s->w.rng, &s->w.network, ROLE_PATIENT);
	world_account_new(&s->later, s->w.rng, &s->w.network, ROLE_PATIENT);
	s->fresh.id = s->later.id = s->anna.id;
	for (size_t i = 0; i < HELPERS; i++)
		s->accounts[i] = wire_data(BYTES_ID(s->helper[i].id));
	s->named = (Medlock__Helpers)MEDLOCK__HELPERS__INIT;
	s->named.salt = wire_data(bytes_of(s->salt, sizeof(s->salt)));
	s->named.threshold = 2;
	s->named.accounts = s->accounts;
	s->named.n_accounts = HELPERS;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	for (size_t i = 0; i < HELPERS; i++)
		world_account_release(&s->helper[i]);
	world_account_release(&s->anna);
	world_account_release(&s->fresh);
	world_account_release(&s->later);
	world_release(&s->w);
	free(s);
	return 0;
}

/* ---- transactions ---- */

struct change {
	Medlock__AccountKeys x;
	Medlock__KeySet keys;
	uint8_t signature[64], salt[16];
	struct hash32 commitment;
	Medlock__Body body;
};

static struct change *change_of(struct change *c, struct scene *s, const struct world_account *to)
{
	*c = (struct change){.x = MEDLOCK__ACCOUNT_KEYS__INIT};
	c->x.account = wire_data(BYTES_ID(s->anna.id));
	if (to) {
		world_keyset(&c->keys, to);
		world_keys_sign(c->signature, to, &s->w.network);
		c->x.keys = &c->keys;
		c->x.keys_signature = wire_data(bytes_of(c->signature, 64));
	}
	c->body = world_body(&s->w, c->salt);
	c->body.action_case = MEDLOCK__BODY__ACTION_ACCOUNT_KEYS;
	c->body.account_keys = &c->x;
	return c;
}

static enum err rotate(struct scene *s, const struct world_account *to, const struct world_account *by)
{
	struct change c;

	return world_apply(&s->w, NULL, &change_of(&c, s, to)->body, by, NULL);
}

static enum err name_helpers(struct scene *s, const struct world_account *by)
{
	struct change c;

	change_of(&c, s, NULL);
	c.commitment = helpers_commitment(&s->anna.id, &s->named);
	c.x.helpers = wire_data(BYTES_ID(c.commitment));
	return world_apply(&s->w, NULL, &c.body, by, NULL);
}

static enum err cancel(struct scene *s, const struct world_account *by)
{
	struct change c;

	change_of(&c, s, NULL)->x.cancel = true;
	return world_apply(&s->w, NULL, &c.body, by, NULL);
}

static enum err pause_by(struct scene *s, const struct world_account *by)
{
	Medlock__ConsentPause p = MEDLOCK__CONSENT_PAUSE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	p.owner = wire_data(BYTES_ID(s->anna.id));
	p.paused = true;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &p;
	return world_apply(&s->w, NULL, &body, by, NULL);
}

static int by_pointed(const void *x, const void *y)
{
	return by_account(*(const struct world_account *const *)x, *(const struct world_account *const *)y);
}

/* Together these give anna the keys of `to`. */
static enum err help(struct scene *s, const struct world_account *to, const struct world_account **by, size_t count)
{
	Medlock__Signature rows[HELPERS + 2], *list[HELPERS + 2];
	Medlock__Approvals approvals = MEDLOCK__APPROVALS__INIT;
	Medlock__Auth auth = MEDLOCK__AUTH__INIT;
	Medlock__Tx wire = MEDLOCK__TX__INIT;
	struct signature made[HELPERS + 2];
	struct contract_result r = {0};
	struct buf body = BUF_INIT, raw = BUF_INIT;
	struct hash32 hash;
	struct change c;
	struct tx tx;
	enum err e;

	change_of(&c, s, to)->x.by_helpers = &s->named;
	assert_int_equal(tx_body_encode(&body, &hash, &c.body), ERR_OK);
	qsort(by, count, sizeof(*by), by_pointed);
	for (size_t i = 0; i < count; i++) {
		sign_make(&made[i], by[i]->sign_seed, BYTES_ID(hash));
		rows[i] = (Medlock__Signature)MEDLOCK__SIGNATURE__INIT;
		rows[i].account = wire_data(BYTES_ID(by[i]->id));
		rows[i].signature = wire_data(BYTES_ID(made[i]));
		list[i] = &rows[i];
	}
	approvals.signatures = list;
	approvals.n_signatures = count;
	auth.by_case = MEDLOCK__AUTH__BY_APPROVALS;
	auth.approvals = &approvals;
	wire.body = wire_data(buf_bytes(&body));
	wire.auth = &auth;
	WIRE_ENCODE(&raw, &wire);
	assert_int_equal(tx_parse(&tx, buf_bytes(&raw), NULL), ERR_OK);
	assert_int_equal(contract_apply(&r, &s->w.kv, &s->w.block, &tx, NULL, NULL), ERR_OK);
	e = (enum err)-(int)r.code;
	contract_result_release(&r);
	tx_release(&tx);
	buf_release(&body);
	buf_release(&raw);
	return e;
}

static enum err help_fully(struct scene *s, const struct world_account *to)
{
	const struct world_account *by[] = {&s->helper[0], &s->helper[2], &s->w.ca};

	return help(s, to, by, 3);
}

/* ---- what holds ---- */

static void test_old_keys_are_dead_at_once(void **state)
{
	struct scene *s = *state;

	assert_int_equal(rotate(s, &s->fresh, &s->anna), ERR_OK);
	assert_int_equal(pause_by(s, &s->anna), ERR_SIGNATURE);
	assert_int_equal(rotate(s, &s->later, &s->anna), ERR_SIGNATURE);
	assert_int_equal(pause_by(s, &s->fresh), ERR_OK);
}

static void test_keys_never_come_back(void **state)
{
	struct scene *s = *state;

	assert_int_equal(rotate(s, &s->anna, &s->anna), ERR_DUPLICATE);
	assert_int_equal(rotate(s, &s->fresh, &s->anna), ERR_OK);
	assert_int_equal(rotate(s, &s->anna, &s->fresh), ERR_DUPLICATE);
	assert_int_equal(rotate(s, &s->later, &s->fresh), ERR_OK);
	assert_int_equal(rotate(s, &s->fresh, &s->later), ERR_DUPLICATE);
}

static void test_nobody_changes_anothers_keys(void **state)
{
	struct scene *s = *state;

	assert_int_equal(rotate(s, &s->fresh, &s->helper[0]), ERR_ROLE);
	assert_int_equal(rotate(s, &s->fresh, &s->w.ca), ERR_ROLE);
	assert_int_equal(name_helpers(s, &s->w.ca), ERR_ROLE);
	assert_int_equal(pause_by(s, &s->anna), ERR_OK);
}

static void test_keys_of_another_network_are_refused(void **state)
{
	static const struct network_id elsewhere = {{7}};
	struct scene *s = *state;
	struct change c;

	change_of(&c, s, &s->fresh);
	world_keys_sign(c.signature, &s->fresh, &elsewhere);
	assert_int_equal(world_apply(&s->w, NULL, &c.body, &s->anna, NULL), ERR_SIGNATURE);
	assert_int_equal(pause_by(s, &s->anna), ERR_OK);
}

static void test_helpers_need_number_authority_and_name(void **state)
{
	struct scene *s = *state;
	const struct world_account *one[] = {&s->helper[0], &s->w.ca};
	const struct world_account *alone[] = {&s->helper[0], &s->helper[1], &s->helper[2]};
	const struct world_account *stranger[] = {&s->helper[0], &s->helper[1], &s->w.ca, &s->w.op};

	assert_int_equal(help_fully(s, &s->fresh), ERR_ROLE); /* none are named */
	assert_int_equal(name_helpers(s, &s->anna), ERR_OK);
	assert_int_equal(help(s, &s->fresh, one, 2), ERR_ROLE);
	assert_int_equal(help(s, &s->fresh, alone, 3), ERR_ROLE);
	assert_int_equal(help(s, &s->fresh, stranger, 4), ERR_ROLE);
	s->salt[0] ^= 1;
	assert_int_equal(help_fully(s, &s->fresh), ERR_ROLE);
	s->salt[0] ^= 1;
	assert_int_equal(help_fully(s, &s->fresh), ERR_OK);
}

static void test_announced_keys_wait_three_days(void **state)
{
	struct scene *s = *state;

	assert_int_equal(name_helpers(s, &s->anna), ERR_OK);
	assert_int_equal(help_fully(s, &s->fresh), ERR_OK);
	s->w.block.time.v += 72 * HOUR_MS - 1;
	assert_int_equal(pause_by(s, &s->fresh), ERR_SIGNATURE);
	assert_int_equal(pause_by(s, &s->anna), ERR_OK);
	s->w.block.time.v += 1;
	assert_int_equal(pause_by(s, &s->anna), ERR_SIGNATURE);
	assert_int_equal(cancel(s, &s->anna), ERR_SIGNATURE);
	assert_int_equal(pause_by(s, &s->fresh), ERR_OK);
	assert_int_equal(rotate(s, &s->anna, &s->fresh), ERR_DUPLICATE);
}

static void test_the_account_can_say_no(void **state)
{
	struct scene *s = *state;

	assert_int_equal(cancel(s, &s->anna), ERR_NOT_FOUND);
	assert_int_equal(name_helpers(s, &s->anna), ERR_OK);
	assert_int_equal(help_fully(s, &s->fresh), ERR_OK);
	assert_int_equal(cancel(s, &s->anna), ERR_OK);
	s->w.block.time.v += 80 * HOUR_MS;
	assert_int_equal(pause_by(s, &s->fresh), ERR_SIGNATURE);
	assert_int_equal(pause_by(s, &s->anna), ERR_OK);
	assert_int_equal(help_fully(s, &s->fresh), ERR_OK);
	assert_int_equal(rotate(s, &s->later, &s->anna), ERR_OK); /* her own change ends what was announced */
	s->w.block.time.v += 80 * HOUR_MS;
	assert_int_equal(pause_by(s, &s->fresh), ERR_SIGNATURE);
	assert_int_equal(pause_by(s, &s->later), ERR_OK);
}

/* Whoever has only the key finds the name, and the earlier keys stand where the row's generation says. */
static void test_the_name_is_found_by_the_key(void **state)
{
	struct scene *s = *state;
	struct state_key name = state_key_sign(BYTES_ID(s->fresh.sign)), earlier = state_key_keys(&s->anna.id, 1);
	Medlock__AccountState *row = NULL;
	struct buf value = BUF_INIT;

	assert_int_equal(s->w.kv.get(s->w.kv.self, &value, state_key_bytes(&name)), ERR_NOT_FOUND);
	assert_int_equal(rotate(s, &s->fresh, &s->anna), ERR_OK);
	assert_int_equal(s->w.kv.get(s->w.kv.self, &value, state_key_bytes(&name)), ERR_OK);
	assert_true(bytes_equal(bytes_of(value.data, ID_SIZE), BYTES_ID(s->anna.id)));
	assert_int_equal(get_be32(value.data + ID_SIZE), 1);
	assert_int_equal(s->w.kv.get(s->w.kv.self, &value, state_key_bytes(&earlier)), ERR_OK);
	buf_release(&value);
	assert_int_equal(access_account(&row, &s->w.kv, &s->anna.id), ERR_OK);
	assert_int_equal(row->generation, 1);
	WIRE_FREE(row);
}

/* From when on keys are dead everybody can read, though nothing has moved the new ones up. */
static void test_announced_keys_have_a_row(void **state)
{
	struct scene *s = *state;
	struct state_key key = state_key_keys(&s->anna.id, 1);
	Medlock__KeysState *next = NULL;
	struct buf value = BUF_INIT;

	assert_int_equal(name_helpers(s, &s->anna), ERR_OK);
	assert_int_equal(help_fully(s, &s->fresh), ERR_OK);
	assert_int_equal(s->w.kv.get(s->w.kv.self, &value, state_key_bytes(&key)), ERR_OK);
	assert_int_equal(WIRE_DECODE(&next, medlock__keys_state, buf_bytes(&value), 4096, NULL), ERR_OK);
	assert_int_equal(next->effective, s->w.block.time.v + 72 * HOUR_MS);
	WIRE_FREE(next);
	assert_int_equal(cancel(s, &s->anna), ERR_OK);
	assert_int_equal(s->w.kv.get(s->w.kv.self, &value, state_key_bytes(&key)), ERR_NOT_FOUND);
	assert_int_equal(help_fully(s, &s->fresh), ERR_OK);
	s->w.block.time.v += 80 * HOUR_MS;
	assert_int_equal(pause_by(s, &s->fresh), ERR_OK);
	buf_clear(&value);
	assert_int_equal(s->w.kv.get(s->w.kv.self, &value, state_key_bytes(&key)), ERR_OK);
	assert_int_equal(WIRE_DECODE(&next, medlock__keys_state, buf_bytes(&value), 4096, NULL), ERR_OK);
	assert_int_equal(next->effective, 0); /* they are in the account's row now */
	WIRE_FREE(next);
	buf_release(&value);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_old_keys_are_dead_at_once), CASE(test_keys_never_come_back),
		CASE(test_nobody_changes_anothers_keys), CASE(test_keys_of_another_network_are_refused),
		CASE(test_helpers_need_number_authority_and_name), CASE(test_announced_keys_wait_three_days),
		CASE(test_the_account_can_say_no), CASE(test_the_name_is_found_by_the_key),
		CASE(test_announced_keys_have_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
