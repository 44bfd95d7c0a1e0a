/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that only the person can answer, asked by a program that has its own way to ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/app/internal.h"
#include "core/app/rotate.h"
#include "core/base/files.h"
#include "temp_dir.h"

struct person { const char *answer; int asked, repeated; char question[80]; };

static enum err ask(void *self, struct secret **ret, const char *question, bool repeated, struct err_info *info)
{
	struct person *p = self;

	p->asked++;
	p->repeated += repeated;
	snprintf(p->question, sizeof(p->question), "%s", question);
	if (p->answer == NULL)
		return err_set(info, ERR_CANCELLED, "she gave up");
	return secret_copy(ret, bytes_str(p->answer));
}

static void expect_secret(struct secret *got, const char *want)
{
	assert_int_equal(got->len, strlen(want));
	assert_memory_equal(got->data, want, got->len);
	secret_free(got);
}

static void test_an_answer(void **state)
{
	struct person p = {.answer = "correct horse"};
	const struct app_prompt prompt = {ask, &p};
	struct secret *got = NULL;

	(void)state;
	assert_int_equal(app_passphrase(&got, NULL, "Passphrase: ", &prompt, NULL), ERR_OK);
	expect_secret(got, "correct horse");
	assert_string_equal(p.question, "Passphrase: ");
	assert_int_equal(p.repeated, 0);
	assert_int_equal(app_words(&got, NULL, &prompt, NULL), ERR_OK);
	expect_secret(got, "correct horse");
	assert_int_equal(p.asked, 2);
}

/* The prompt lets her type a new one twice itself. */
static void test_a_new_one_is_asked_for_once(void **state)
{
	struct person p = {.answer = "correct horse"};
	const struct app_prompt prompt = {ask, &p};
	struct secret *got = NULL;

	(void)state;
	assert_int_equal(app_passphrase_new(&got, NULL, "Choose: ", &prompt, NULL), ERR_OK);
	expect_secret(got, "correct horse");
	assert_int_equal(p.asked, 1);
	assert_int_equal(p.repeated, 1);
}

static void test_giving_up(void **state)
{
	struct person p = {.answer = NULL};
	const struct app_prompt prompt = {ask, &p};
	struct secret *got = NULL;
	struct err_info info = {0};

	(void)state;
	assert_int_equal(app_passphrase(&got, NULL, "Passphrase: ", &prompt, &info), ERR_CANCELLED);
	assert_string_equal(info.detail, "she gave up");
	assert_int_equal(app_passphrase_new(&got, NULL, "Choose: ", &prompt, &info), ERR_CANCELLED);
	assert_int_equal(app_words(&got, NULL, &prompt, &info), ERR_CANCELLED);
	assert_null(got);
}

static void test_a_file_comes_first(void **state)
{
	struct person p = {.answer = "typed"};
	const struct app_prompt prompt = {ask, &p};
	struct secret *got = NULL;
	struct temp_dir dir;
	char path[4096];

	(void)state;
	temp_dir_make(&dir);
	assert_int_equal(files_join(path, sizeof(path), dir.path, "passphrase"), ERR_OK);
	assert_int_equal(files_write(path, bytes_str("from the file\n"), NULL), ERR_OK);
	assert_int_equal(app_passphrase(&got, path, "Passphrase: ", &prompt, NULL), ERR_OK);
	expect_secret(got, "from the file");
	assert_int_equal(app_passphrase_new(&got, path, "Choose: ", &prompt, NULL), ERR_OK);
	expect_secret(got, "from the file");
	assert_int_equal(p.asked, 0);
	temp_dir_remove(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer), cmocka_unit_test(test_a_new_one_is_asked_for_once),
		cmocka_unit_test(test_giving_up), cmocka_unit_test(test_a_file_comes_first),
	};

	app_process_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
