/* SPDX-License-Identifier: Apache-2.0 */
/* SIGTERM at any moment after the daemon is ready: it ends cleanly, also when its first tick is due just then. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <poll.h>

#include "daemon.h"

#define ROUNDS 16
#define STEP_MS 12 /* past the first tick and over several blocks of the loop */

static void it_stops_cleanly_at_any_moment(void **state)
{
	struct daemon_home d;

	daemon_make(&d, NULL);
	for (int round = 0; round < ROUNDS; round++) {
		daemon_start(&d, NULL, NULL);
		assert_int_equal(poll(NULL, 0, round * STEP_MS), 0);
		assert_int_equal(daemon_stop(&d, SIGTERM), 0);
	}
	assert_int_equal(daemon_command(&d, "check"), 0);
	daemon_remove(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_stops_cleanly_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
