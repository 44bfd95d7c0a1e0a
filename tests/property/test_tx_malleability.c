/* SPDX-License-Identifier: Apache-2.0 */
/* A signed transaction cannot be changed: every flipped bit, cut byte and added byte is refused while it is parsed, or
 * gives another id and, unless only the signer's name changed, fails its signature.  And decoding undoes encoding.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/rng.h"
#include "ledger_help.h"
#include "seed.h"

#define RANDOM_ROUNDS 300

static const struct network_id network = {{1}};
static struct person person;

static int group_setup(void **state)
{
	person_init(&person, &network, 1);
	return 0;
}

static int group_teardown(void **state)
{
	person_release(&person);
	return 0;
}

static struct buf pause_tx(struct tx_id *id, bool paused)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__ConsentPause action = MEDLOCK__CONSENT_PAUSE__INIT;
	struct buf raw = BUF_INIT;

	action.owner = wire_data(BYTES_ID(person.account));
	action.paused = paused;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &action;
	ASSERT(person_tx(&raw, id, &person, &body, &network) == ERR_OK);
	return raw;
}

/* The verdict that a contract would come to: the key is looked up by the name in the signature. */
static bool accepted(const struct tx *tx)
{
	const Medlock__Signature *s = tx->wire->auth->signature;

	return tx->wire->auth->by_case == MEDLOCK__AUTH__BY_SIGNATURE &&
	       bytes_equal(wire_bytes(s->account), BYTES_ID(person.account)) &&
	       tx_verify_signature(tx, s, &person.sign) == ERR_OK;
}

static void refused_or_other(struct bytes raw, const struct tx_id *id)
{
	struct tx tx;

	if (tx_parse(&tx, raw, NULL) != ERR_OK)
		return;
	assert_false(ID_EQUAL(tx.id, *id));
	assert_false(accepted(&tx));
	tx_release(&tx);
}

static void test_every_bit(void **state)
{
	struct tx_id id;
	struct buf raw = pause_tx(&id, true);
	struct tx tx;

	assert_int_equal(tx_parse(&tx, buf_bytes(&raw), NULL), ERR_OK);
	assert_true(accepted(&tx));
	tx_release(&tx);
	for (size_t bit = 0; bit < raw.len * 8; bit++) {
		raw.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		refused_or_other(buf_bytes(&raw), &id);
		raw.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
	buf_release(&raw);
}

static void test_every_cut_and_addition(void **state)
{
	struct tx_id id;
	struct buf raw = pause_tx(&id, true), longer = BUF_INIT;

	for (size_t i = 0; i < raw.len; i++)
		refused_or_other(bytes_of(raw.data, i), &id);
	for (unsigned b = 0; b < 256; b++) {
		buf_clear(&longer);
		buf_append_bytes(&longer, buf_bytes(&raw));
		buf_append_byte(&longer, (uint8_t)b);
		refused_or_other(buf_bytes(&longer), &id);
	}
	/* A second body, a second auth, an unknown field: all well-formed protobuf. */
	buf_clear(&longer);
	buf_append_bytes(&longer, buf_bytes(&raw));
	buf_append_bytes(&longer, buf_bytes(&raw));
	refused_or_other(buf_bytes(&longer), &id);
	buf_release(&raw);
	buf_release(&longer);
}

/* The same body cannot be told from another one by its id alone when auth differs: both are other transactions. */
static void test_auth_is_in_the_id(void **state)
{
	struct tx_id one, two;
	struct buf x = pause_tx(&one, true), y = pause_tx(&two, false);

	assert_false(ID_EQUAL(one, two));
	buf_release(&x);
	buf_release(&y);
}

static void random_rule(Medlock__Rule *r, uint32_t *codes, const struct rng *rng)
{
	medlock__rule__init(r);
	r->effect = 1 + (uint32_t)rng_below(rng, 3);
	r->n_purposes = rng_below(rng, 5);
	r->purposes = codes;
	for (size_t i = 0; i < r->n_purposes; i++)
		codes[i] = (uint32_t)(1 + 4 * i + rng_below(rng, 4));
	r->valid_from = (int64_t)rng_below(rng, 1000);
	r->valid_to = (int64_t)(rng_below(rng, 2) ? 0 : 1000 + rng_below(rng, 1000));
	r->any_label = rng_below(rng, 2);
	r->uses_left = (uint32_t)rng_u64(rng);
}

static void test_decode_undoes_encode(void **state)
{
	uint64_t seed = test_seed();
	struct seeded_rng rng;

	seeded_rng_init(&rng, seed);
	for (int round = 0; round < RANDOM_ROUNDS; round++) {
		Medlock__Body body = MEDLOCK__BODY__INIT;
		Medlock__ConsentSet action = MEDLOCK__CONSENT_SET__INIT;
		Medlock__Rule rules[8], *list[8];
		uint32_t codes[8][8];
		struct buf raw = BUF_INIT, again = BUF_INIT;
		struct tx_id id;
		struct tx tx;

		action.owner = wire_data(BYTES_ID(person.account));
		action.expected_version = rng_u64(&rng.rng);
		action.n_put = rng_below(&rng.rng, 8);
		action.put = list;
		for (size_t i = 0; i < action.n_put; i++) {
			random_rule(&rules[i], codes[i], &rng.rng);
			list[i] = &rules[i];
		}
		body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
		body.consent_set = &action;
		assert_int_equal(person_tx(&raw, &id, &person, &body, &network), ERR_OK);
		assert_int_equal(tx_parse(&tx, buf_bytes(&raw), NULL), ERR_OK);
		assert_true(tx.body->consent_set->expected_version == action.expected_version);
		assert_int_equal(tx.body->consent_set->n_put, action.n_put);
		for (size_t i = 0; i < action.n_put; i++)
			assert_int_equal(tx.body->consent_set->put[i]->uses_left, rules[i].uses_left);
		WIRE_ENCODE(&again, tx.wire);
		assert_true(bytes_equal(buf_bytes(&raw), buf_bytes(&again)));
		tx_release(&tx);
		buf_release(&raw);
		buf_release(&again);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_every_cut_and_addition),
		cmocka_unit_test(test_auth_is_in_the_id),
		cmocka_unit_test(test_decode_undoes_encode),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
