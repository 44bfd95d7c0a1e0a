/* SPDX-License-Identifier: Apache-2.0 */
/* What a new machine makes of the shares in its drop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/crypto/start.h"
#include "core/keys/keyholder.h"
#include "core/keys/shares.h"

#define PASSPHRASE bytes_str("correct horse battery staple")

static const struct network_id NETWORK = {{7}};

static struct keyholder *started(struct buf *file)
{
	struct keyholder *k = NULL;

	assert_int_equal(keyholder_start(&k, KEYHOLDER_PATIENT, NULL), ERR_OK);
	assert_int_equal(keyholder_create(k, file, &NETWORK, PASSPHRASE, NULL, NULL), ERR_OK);
	assert_int_equal(keyholder_bind(k, &NETWORK, NULL), ERR_OK);
	return k;
}

/* Three of five shares of somebody's keys, sealed to the new machine's; of: the first byte of the account. */
static void send_shares(struct buf *to, const struct seal_public *key, uint8_t of, size_t count)
{
	struct share_of whose = {NETWORK, {{of}}, 0};
	struct buf shares[5] = {0};
	struct secret *master = NULL;

	assert_int_equal(secret_new(&master, 32), ERR_OK);
	memset(master->data, of, 32);
	assert_int_equal(shares_make(shares, 5, 3, master, &whose, rng_system()), ERR_OK);
	for (size_t i = 0; i < 5; i++) {
		struct buf sealed = BUF_INIT;

		if (i < count) {
			assert_int_equal(seal_to(&sealed, key, bytes_str("medlock recovery share"), bytes_of(NULL, 0),
						 buf_bytes(&shares[i]), rng_system()), ERR_OK);
			buf_append_be32(to, (uint32_t)sealed.len);
			buf_append_bytes(to, buf_bytes(&sealed));
		}
		buf_release(&sealed);
		buf_release(&shares[i]);
	}
	secret_free(master);
}

static enum err put_together(struct keyholder *k, struct buf *ret_file, uint32_t *have, struct buf *sent)
{
	uint32_t need = 0;
	enum err e = keyholder_recover_shares(k, ret_file, have, &need, buf_bytes(sent), PASSPHRASE, NULL, NULL);

	buf_release(sent);
	return e;
}

/* Anybody who knows the recovery text can send shares of his own: they stop nobody, and take nobody's place unseen. */
static void test_shares_of_others_do_not_stop_a_recovery(void **state)
{
	struct buf file = BUF_INIT, sent = BUF_INIT, got = BUF_INIT;
	struct keyholder *k = started(&file);
	struct keyholder_public me;
	uint32_t have = 0;

	assert_int_equal(keyholder_public(k, &me, NULL), ERR_OK);
	send_shares(&sent, &me.seal, 7, 2);
	assert_int_equal(put_together(k, &got, &have, &sent), ERR_OK);
	assert_int_equal(got.len, 0);
	assert_int_equal(have, 2);
	send_shares(&sent, &me.seal, 9, 3);
	send_shares(&sent, &me.seal, 7, 3);
	assert_int_equal(put_together(k, &got, &have, &sent), ERR_CONFLICT);
	assert_int_equal(got.len, 0);
	send_shares(&sent, &me.seal, 9, 1);
	send_shares(&sent, &me.seal, 7, 3);
	assert_int_equal(put_together(k, &got, &have, &sent), ERR_OK);
	assert_true(got.len > 0);
	assert_int_equal(keyholder_public(k, &me, NULL), ERR_OK);
	assert_int_equal(me.account.b[0], 7);
	keyholder_free(k);
	buf_release(&file);
	buf_release(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_shares_of_others_do_not_stop_a_recovery)};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
