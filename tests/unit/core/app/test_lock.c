/* SPDX-License-Identifier: Apache-2.0 */
/* One process at a time on a profile; a second one waits, can be told to stop waiting, and goes on when the first ends. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/app/internal.h"
#include "temp_dir.h"

struct scene {
	struct temp_dir dir;
	struct app app;
	struct task task;
	struct err_info info;
};

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	temp_dir_make(&s->dir);
	snprintf(s->app.profile.dir, sizeof(s->app.profile.dir), "%s", s->dir.path);
	task_init(&s->task, NULL, NULL);
	s->app.task = &s->task;
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	app_lock_release(&s->app);
	temp_dir_remove(&s->dir);
	free(s);
	return 0;
}

/* Another process: it says when it has the lock, and keeps it until `keep` is closed. */
struct other {
	pid_t pid;
	int keep;
};

static struct other other_start(struct scene *s)
{
	int said[2], keep[2];
	struct other o;
	char byte = 0;

	assert_int_equal(pipe(said), 0);
	assert_int_equal(pipe(keep), 0);
	o.pid = fork();
	assert_true(o.pid >= 0);
	if (o.pid == 0) {
		close(keep[1]);
		close(said[0]);
		if (app_lock(&s->app, NULL) != ERR_OK || write(said[1], "x", 1) != 1)
			_exit(1);
		(void)!read(keep[0], &byte, 1);
		app_lock_release(&s->app);
		_exit(0);
	}
	close(keep[0]);
	close(said[1]);
	assert_int_equal(read(said[0], &byte, 1), 1);
	close(said[0]);
	o.keep = keep[1];
	return o;
}

static void other_wait(struct other *o, int status)
{
	int got = -1;

	assert_int_equal(waitpid(o->pid, &got, 0), o->pid);
	assert_int_equal(got, status);
}

/* True when nobody holds it: asked without waiting, by a process that is not the holder. */
static bool is_free(struct scene *s)
{
	pid_t pid = fork();
	int status = -1;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct app again = {.profile = s->app.profile, .task = &s->task};

		task_cancel(&s->task); /* in this process alone */
		_exit(app_lock(&again, NULL) == ERR_OK ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status == 0;
}

static void test_alone(void **state)
{
	struct scene *s = *state;
	char path[PROFILE_PATH_MAX];
	struct stat st;

	assert_int_equal(app_lock(&s->app, NULL), ERR_OK);
	assert_int_equal(profile_path(&s->app.profile, path, "lock"), ERR_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(is_free(s));
	app_lock_release(&s->app);
	app_lock_release(&s->app);
	assert_true(is_free(s));
	assert_int_equal(app_lock(&s->app, NULL), ERR_OK);
}

static void test_a_wait_can_be_cancelled(void **state)
{
	struct scene *s = *state;
	struct other o = other_start(s);

	task_cancel(&s->task);
	assert_int_equal(app_lock(&s->app, &s->info), ERR_CANCELLED);
	app_lock_release(&s->app);
	assert_false(is_free(s));
	close(o.keep);
	other_wait(&o, 0);
	assert_true(is_free(s));
}

static void test_a_wait_ends_with_the_other(void **state)
{
	struct scene *s = *state;
	struct other o = other_start(s);

	close(o.keep);
	assert_int_equal(app_lock(&s->app, &s->info), ERR_OK);
	other_wait(&o, 0);
}

static void test_a_killed_process_holds_nothing(void **state)
{
	struct scene *s = *state;
	struct other o = other_start(s);

	kill(o.pid, SIGKILL);
	other_wait(&o, SIGKILL);
	close(o.keep);
	task_cancel(&s->task); /* it must not have to wait */
	assert_int_equal(app_lock(&s->app, &s->info), ERR_OK);
}

/* The key-holder is forked while the lock is held, and may outlive its program by a moment. */
static void test_a_child_does_not_keep_it(void **state)
{
	struct scene *s = *state;
	int keep[2];
	pid_t child;
	char byte;

	assert_int_equal(pipe(keep), 0);
	assert_int_equal(app_lock(&s->app, NULL), ERR_OK);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(keep[1]);
		(void)!read(keep[0], &byte, 1);
		_exit(0);
	}
	close(keep[0]);
	assert_false(is_free(s));
	app_lock_release(&s->app);
	assert_true(is_free(s));
	close(keep[1]);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void test_a_folder_that_is_gone(void **state)
{
	struct scene *s = *state;

	temp_dir_remove(&s->dir);
	assert_int_equal(app_lock(&s->app, &s->info), ERR_NOT_FOUND);
	assert_non_null(strstr(s->info.detail, "lock"));
	assert_false(s->app.locked);
}

/* ---- a program that stays open ---- */

/* Keys in the scene's profile, as a program has them that is open and unlocked; the lock is held. */
static void open_keys(struct scene *s)
{
	const struct kdf_params floor = KDF_PARAMS_FLOOR;
	struct network_id network = {{1}};
	struct buf file = BUF_INIT;

	assert_int_equal(keyholder_start(&s->app.keys, keyholder_capabilities("patient"), NULL), ERR_OK);
	assert_int_equal(keyholder_create(s->app.keys, &file, &network, bytes_str("a passphrase for tests"), &floor, NULL), ERR_OK);
	assert_int_equal(app_lock(&s->app, NULL), ERR_OK);
	assert_int_equal(app_keystore_write(&s->app.profile, buf_bytes(&file), NULL), ERR_OK);
	buf_release(&file);
}

/* In another process, which has the same keys. */
static void in_another(struct scene *s, enum err (*act)(struct scene *s))
{
	pid_t pid = fork();
	int status = -1;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(app_lock(&s->app, NULL) == ERR_OK && act(s) == ERR_OK ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static enum err add_contact(struct scene *s)
{
	struct book_row row = {.kind = BOOK_PERSON, .name = "okafor", .id = {7}};
	char path[PROFILE_PATH_MAX];

	TRY(profile_path(&s->app.profile, path, "book"));
	TRY(book_add(&s->app.book, &row));
	return book_write(&s->app.book, s->app.keys, path, NULL);
}

static enum err other_keystore(struct scene *s)
{
	return app_keystore_write(&s->app.profile, bytes_str("what a change of the passphrase wrote"), NULL);
}

static void close_keys(struct scene *s)
{
	app_lock_release(&s->app);
	book_release(&s->app.book);
	keyholder_free(s->app.keys);
}

static void test_others_work_while_it_rests(void **state)
{
	struct scene *s = *state;

	open_keys(s);
	assert_int_equal(app_wake(&s->app, NULL), ERR_OK); /* it is awake */
	assert_false(is_free(s));
	app_rest(&s->app);
	assert_true(is_free(s));
	in_another(s, add_contact);
	assert_null(book_by_name(&s->app.book, "okafor"));
	assert_int_equal(app_wake(&s->app, &s->info), ERR_OK);
	assert_false(is_free(s));
	assert_non_null(book_by_name(&s->app.book, "okafor"));
	assert_int_equal(s->app.book.count, 1);
	app_rest(&s->app);
	app_rest(&s->app);
	assert_int_equal(app_wake(&s->app, NULL), ERR_OK);
	assert_int_equal(s->app.book.count, 1);
	close_keys(s);
}

static void test_keys_that_another_changed_lock(void **state)
{
	struct scene *s = *state;

	open_keys(s);
	app_rest(&s->app);
	in_another(s, other_keystore);
	assert_int_equal(app_wake(&s->app, &s->info), ERR_LOCKED);
	assert_non_null(strstr(s->info.detail, "another medlock"));
	assert_false(keyholder_unlocked(s->app.keys));
	assert_true(is_free(s));
	assert_int_equal(app_wake(&s->app, &s->info), ERR_OK); /* to be unlocked again */
	close_keys(s);
}

static void test_waking_can_be_cancelled(void **state)
{
	struct scene *s = *state;
	struct other o;

	open_keys(s);
	app_rest(&s->app);
	o = other_start(s);
	task_cancel(&s->task);
	assert_int_equal(app_wake(&s->app, &s->info), ERR_CANCELLED);
	assert_true(keyholder_unlocked(s->app.keys));
	task_init(&s->task, NULL, NULL);
	close(o.keep);
	other_wait(&o, 0);
	assert_int_equal(app_wake(&s->app, &s->info), ERR_OK);
	close_keys(s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_alone), TEST(test_a_wait_can_be_cancelled), TEST(test_a_wait_ends_with_the_other),
		TEST(test_a_killed_process_holds_nothing), TEST(test_a_child_does_not_keep_it),
		TEST(test_a_folder_that_is_gone), TEST(test_others_work_while_it_rests),
		TEST(test_keys_that_another_changed_lock), TEST(test_waking_can_be_cancelled),
	};

	app_process_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
