/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a program that somebody left open. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/crypto/start.h"
#include "core/keys/keyholder.h"

#define PASSPHRASE bytes_str("correct horse battery staple")

static const struct network_id network = {{7}};

/* Time itself is what the test needs. */
static void let_pass(int ms)
{
	assert_int_equal(poll(NULL, 0, ms), 0);
}

/* Each question begins the time anew, so the test must let it pass: longer each time, until the keys are gone. */
static void test_it_locks_when_nobody_asks(void **state)
{
	struct buf file = BUF_INIT;
	struct keyholder *k;
	struct keyholder_public me;
	enum err e = ERR_OK;

	(void)state;
	assert_int_equal(keyholder_start(&k, KEYHOLDER_PATIENT, NULL), ERR_OK);
	assert_int_equal(keyholder_create(k, &file, &network, PASSPHRASE, NULL, NULL), ERR_OK);
	assert_int_equal(keyholder_idle(k, UINT32_MAX, NULL), ERR_RANGE);
	assert_int_equal(keyholder_idle(k, 20, NULL), ERR_OK);
	for (int ms = 40; e == ERR_OK && ms < 20000; ms *= 2) {
		let_pass(ms);
		e = keyholder_public(k, &me, NULL);
	}
	assert_int_equal(e, ERR_LOCKED);
	assert_int_equal(keyholder_unlock(k, buf_bytes(&file), PASSPHRASE, NULL, NULL), ERR_OK);
	assert_int_equal(keyholder_idle(k, 0, NULL), ERR_OK);
	let_pass(100);
	assert_int_equal(keyholder_public(k, &me, NULL), ERR_OK);
	keyholder_free(k);
	buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_it_locks_when_nobody_asks)};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
