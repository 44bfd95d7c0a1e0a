/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/start.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void test_start_and_again(void **state)
{
	struct err_info info = {0};

	for (int i = 0; i < 2; i++) {
		if (crypto_start(&info) != ERR_OK)
			fail_msg("%s", info.detail);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_start_and_again)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
