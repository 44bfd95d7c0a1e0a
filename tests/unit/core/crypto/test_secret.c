/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/secret.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_new_is_zero_and_copy_copies(void **state)
{
	struct secret *s = NULL, *t = NULL;
	uint8_t from[] = {1, 2, 3};

	assert_int_equal(secret_new(&s, 32), ERR_OK);
	assert_true(bytes_is_zero(secret_bytes(s)));
	assert_int_equal(secret_copy(&t, bytes_of(from, 3)), ERR_OK);
	assert_int_equal(t->len, 3);
	assert_memory_equal(t->data, from, 3);
	assert_null(secret_free(s));
	assert_null(secret_free(t));
	assert_null(secret_free(NULL));
}

static void test_sizes_are_limited_and_output_untouched(void **state)
{
	struct secret *s = (struct secret *)state;

	assert_int_equal(secret_new(&s, 0), ERR_RANGE);
	assert_int_equal(secret_new(&s, SECRET_SIZE_MAX + 1), ERR_RANGE);
	assert_int_equal(secret_copy(&s, bytes_of(NULL, 0)), ERR_RANGE);
	assert_ptr_equal(s, (struct secret *)state);
}

static void test_equal(void **state)
{
	assert_true(secret_equal(bytes_str("same"), bytes_str("same")));
	assert_true(secret_equal(bytes_of(NULL, 0), bytes_of("", 0)));
	assert_false(secret_equal(bytes_str("same"), bytes_str("samf")));
	assert_false(secret_equal(bytes_str("same"), bytes_str("sam")));
}

static void test_wipe(void **state)
{
	uint8_t b[16];

	memset(b, 0xaa, sizeof(b));
	secret_wipe(b, 8);
	assert_true(bytes_is_zero(bytes_of(b, 8)));
	assert_int_equal(b[8], 0xaa);
	secret_wipe(NULL, 0);
}

/* In a child of its own: what must end by a signal or changes the process. */
static int child_status(void (*act)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		signal(SIGABRT, SIG_DFL);
		act();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void write_past_end(void)
{
	struct secret *s = NULL;
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	if (secret_new(&s, 32) != ERR_OK)
		_exit(1);
	*(volatile uint8_t *)(s->data + 32) = 1; /* the guard page */
	_exit(0);
}

static void test_a_step_past_the_end_stops_the_process(void **state)
{
#ifdef MEDLOCK_SANITIZED
	skip();
#endif
	assert_true(WIFSIGNALED(child_status(write_past_end)));
}

static void lock_without_right(void)
{
	const struct rlimit none = {0, 0};
	struct secret *s = NULL;

	if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || setgid(65534) != 0 || setuid(65534) != 0)
		_exit(2);
	_exit(secret_new(&s, 32) == ERR_MEMORY && s == NULL ? 3 : 4);
}

static void test_memory_that_cannot_be_locked_is_refused(void **state)
{
#ifdef MEDLOCK_SANITIZED
	skip(); /* the sanitizers make locking a no-op */
#endif
	int status = child_status(lock_without_right);

	if (WEXITSTATUS(status) == 2) {
		print_message("skipped: cannot give up the right to lock memory\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 3);
}

static void harden(void)
{
	struct rlimit core;

	secret_process_harden();
	if (getrlimit(RLIMIT_CORE, &core) != 0)
		_exit(1);
	_exit(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && core.rlim_cur == 0 && core.rlim_max == 0 ? 3 : 4);
}

static void test_harden(void **state)
{
	assert_int_equal(WEXITSTATUS(child_status(harden)), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_is_zero_and_copy_copies),
		cmocka_unit_test(test_sizes_are_limited_and_output_untouched),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_wipe),
		cmocka_unit_test(test_a_step_past_the_end_stops_the_process),
		cmocka_unit_test(test_memory_that_cannot_be_locked_is_refused),
		cmocka_unit_test(test_harden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
