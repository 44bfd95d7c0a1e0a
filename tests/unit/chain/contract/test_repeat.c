/* SPDX-License-Identifier: Apache-2.0 */
/* What a repeat is: the same body by the same account, whatever signature it comes with.  It gets the first result, and
 * nothing happens.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

#include "world.h"

struct scene {
	struct world w;
	struct world_account anna;
};

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 7);
	world_enrol(&s->w, &s->anna, ROLE_PATIENT, NULL, 0, NULL, 0);
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

static enum err apply(struct scene *s, struct bytes raw, struct buf *ret_data)
{
	struct contract_result r = {0};
	struct tx tx;
	enum err e;

	assert_int_equal(tx_parse(&tx, raw, NULL), ERR_OK);
	assert_int_equal(contract_apply(&r, &s->w.kv, &s->w.block, &tx, NULL, NULL), ERR_OK);
	e = (enum err)-(int)r.code;
	buf_append_bytes(ret_data, buf_bytes(&r.data));
	contract_result_release(&r);
	tx_release(&tx);
	return e;
}

/* A second valid signature by the same key of the same message, with a nonce of our own: RFC 8032, 5.1.6, but for r. */
static void sign_again(struct signature *ret, const struct world_account *by, struct bytes message)
{
	uint8_t az[64], wide[64], r[32], k[32], a[32], ka[32];
	crypto_hash_sha512_state h;

	crypto_hash_sha512(az, by->sign_seed->data, 32);
	memset(wide, 0x5a, sizeof(wide));
	crypto_core_ed25519_scalar_reduce(r, wide);
	assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(ret->b, r), 0);
	crypto_hash_sha512_init(&h);
	crypto_hash_sha512_update(&h, ret->b, 32);
	crypto_hash_sha512_update(&h, by->sign.b, 32);
	crypto_hash_sha512_update(&h, message.data, message.len);
	crypto_hash_sha512_final(&h, wide);
	crypto_core_ed25519_scalar_reduce(k, wide);
	az[0] &= 248;
	az[31] = (uint8_t)((az[31] & 63) | 64);
	memset(wide, 0, sizeof(wide));
	memcpy(wide, az, 32);
	crypto_core_ed25519_scalar_reduce(a, wide);
	crypto_core_ed25519_scalar_mul(ka, k, a);
	crypto_core_ed25519_scalar_add(ret->b + 32, r, ka);
}

static void test_another_signature_of_the_same_body_is_a_repeat(void **state)
{
	struct scene *s = *state;
	Medlock__ConsentPause c = MEDLOCK__CONSENT_PAUSE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);
	struct buf bytes = BUF_INIT, tx[2] = {BUF_INIT, BUF_INIT}, data[2] = {BUF_INIT, BUF_INIT};
	struct signature made[2];
	struct hash32 hash, before, after;
	struct tx_id id[2];

	c.owner = wire_data(BYTES_ID(s->anna.id));
	c.paused = true;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &c;
	WIRE_ENCODE(&bytes, &body);
	hash = tx_signing_hash(&s->w.network, buf_bytes(&bytes));
	sign_make(&made[0], s->anna.sign_seed, BYTES_ID(hash));
	sign_again(&made[1], &s->anna, BYTES_ID(hash));
	assert_int_equal(sign_verify(&made[1], &s->anna.sign, BYTES_ID(hash)), ERR_OK);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(tx_assemble(&tx[i], &id[i], buf_bytes(&bytes), &s->anna.id, &made[i]), ERR_OK);
	assert_false(ID_EQUAL(id[0], id[1])); /* so the id cannot be what is remembered */
	assert_int_equal(apply(s, buf_bytes(&tx[0]), &data[0]), ERR_OK);
	before = memory_kv_digest(s->w.memory);
	assert_int_equal(apply(s, buf_bytes(&tx[1]), &data[1]), ERR_OK);
	after = memory_kv_digest(s->w.memory);
	assert_true(ID_EQUAL(before, after));
	assert_true(data[0].len > 0 && bytes_equal(buf_bytes(&data[0]), buf_bytes(&data[1])));
	buf_release(&bytes);
	for (size_t i = 0; i < 2; i++) {
		buf_release(&tx[i]);
		buf_release(&data[i]);
	}
}

/* The first result outlives the right to act: it says what has happened, and lets nothing happen. */
static void test_a_repeat_after_the_revocation(void **state)
{
	struct scene *s = *state;
	Medlock__ConsentPause c = MEDLOCK__CONSENT_PAUSE__INIT;
	Medlock__CertRevoke r = MEDLOCK__CERT_REVOKE__INIT;
	uint8_t salts[2][16];
	Medlock__Body body = world_body(&s->w, salts[0]), revoke = world_body(&s->w, salts[1]);
	struct hash32 before, after;

	c.owner = r.account = wire_data(BYTES_ID(s->anna.id));
	c.paused = true;
	r.reason = 1;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &c;
	revoke.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
	revoke.cert_revoke = &r;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->anna, NULL), ERR_OK);
	assert_int_equal(world_apply(&s->w, NULL, &revoke, &s->w.ca, NULL), ERR_OK);
	before = memory_kv_digest(s->w.memory);
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->anna, NULL), ERR_OK);
	body.valid_until++; /* one byte of the body more, and it is another act */
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->anna, NULL), ERR_REVOKED);
	after = memory_kv_digest(s->w.memory);
	assert_true(ID_EQUAL(before, after));
}

/* The same body by somebody else is not a repeat: it is judged by who that is. */
static void test_the_same_body_by_another_account(void **state)
{
	struct scene *s = *state;
	Medlock__ConsentPause c = MEDLOCK__CONSENT_PAUSE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	c.owner = wire_data(BYTES_ID(s->anna.id));
	c.paused = true;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &c;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->anna, NULL), ERR_OK);
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->w.ca, NULL), ERR_ROLE);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_another_signature_of_the_same_body_is_a_repeat),
					   T(test_a_repeat_after_the_revocation), T(test_the_same_body_by_another_account)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
