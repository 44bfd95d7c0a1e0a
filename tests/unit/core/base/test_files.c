/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/files.h"
#include "core/base/options.h"
#include "core/base/task.h"

static char dir[64];
static char path[128];

static int setup(void **state)
{
	snprintf(dir, sizeof(dir), "/tmp/medlock-files-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	return 0;
}

static int teardown(void **state)
{
	char other[128];

	unlink(path);
	snprintf(other, sizeof(other), "%s/a/b", dir);
	rmdir(other);
	snprintf(other, sizeof(other), "%s/a", dir);
	rmdir(other);
	return rmdir(dir);
}

static size_t entries(void)
{
	size_t count = 0;
	DIR *d = opendir(dir);

	assert_non_null(d);
	while (readdir(d) != NULL)
		count++;
	closedir(d);
	return count - 2;
}

static void writes_private_and_replaces_at_once(void **state)
{
	struct buf got = BUF_INIT;
	struct stat st;

	assert_int_equal(files_write(path, bytes_str("one"), NULL), ERR_OK);
	assert_int_equal(files_write(path, bytes_str("second"), NULL), ERR_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(entries(), 1);
	assert_int_equal(files_read(&got, path, 6, NULL), ERR_OK);
	assert_string_equal(buf_text(&got), "second");
	buf_release(&got);
}

/* What lies beside the file is somebody's: a link is not followed, a file of a like name stays. */
static void leaves_its_neighbours_alone(void **state)
{
	char link[160], near[160], target[160];
	struct buf got = BUF_INIT;
	struct stat st;
	int fd;

	snprintf(link, sizeof(link), "%s.tmp", path);
	snprintf(near, sizeof(near), "%s.new", path);
	snprintf(target, sizeof(target), "%s/target", dir);
	assert_int_equal(symlink(target, link), 0);
	assert_int_equal(files_create(&fd, near, NULL), ERR_OK);
	assert_int_equal(files_write_all(fd, bytes_str("mine")), ERR_OK);
	close(fd);
	assert_int_equal(files_write(path, bytes_str("x"), NULL), ERR_OK);
	assert_int_not_equal(lstat(target, &st), 0);
	assert_int_equal(files_read(&got, near, 10, NULL), ERR_OK);
	assert_string_equal(buf_text(&got), "mine");
	buf_release(&got);
	assert_int_equal(entries(), 3);
	unlink(link);
	unlink(near);
}

#define WRITES 200
#define WRITTEN_BYTES 20000u

static int write_often(char c)
{
	char *text = malloc(WRITTEN_BYTES);
	enum err e = ERR_OK;

	memset(text, c, WRITTEN_BYTES);
	for (int i = 0; i < WRITES && e == ERR_OK; i++)
		e = files_write(path, bytes_of(text, WRITTEN_BYTES), NULL);
	free(text);
	return e == ERR_OK ? 0 : 1;
}

static void two_writers_never_mix(void **state)
{
	struct buf got = BUF_INIT;
	pid_t child;
	int status = 1;

	assert_int_equal(write_often('a'), 0);
	child = fork();
	if (child == 0)
		_exit(write_often('b'));
	assert_int_equal(write_often('c'), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(files_read(&got, path, WRITTEN_BYTES, NULL), ERR_OK);
	assert_int_equal(got.len, WRITTEN_BYTES);
	for (size_t i = 1; i < got.len; i++)
		assert_int_equal(got.data[i], got.data[0]);
	assert_int_equal(entries(), 1);
	buf_release(&got);
}

static void refuses_large_and_strange_files(void **state)
{
	struct err_info info = {0};
	struct buf got = BUF_INIT;
	int fd;

	assert_int_equal(files_read(&got, path, 10, &info), ERR_NOT_FOUND);
	assert_int_equal(files_read(&got, dir, 10, &info), ERR_IO);
	assert_int_equal(files_read(&got, "/dev/zero", 10, &info), ERR_IO);
	assert_int_equal(files_write(path, bytes_str("12345"), NULL), ERR_OK);
	buf_clear(&got);
	assert_int_equal(files_read(&got, path, 4, &info), ERR_TOO_LARGE);
	buf_clear(&got);
	assert_int_equal(files_read(&got, path, 5, NULL), ERR_OK);
	assert_int_equal(files_create(&fd, path, &info), ERR_DUPLICATE);
	buf_release(&got);
}

/* A limit on file sizes fails a write half-way, as a full disk does. */
static void a_write_that_fails_half_way_leaves_what_was_there(void **state)
{
	struct rlimit before, small;
	struct buf large = BUF_INIT, got = BUF_INIT;
	enum err e;

	assert_int_equal(files_write(path, bytes_str("before"), NULL), ERR_OK);
	assert_non_null(buf_reserve(&large, 1 << 20));
	large.len = 1 << 20;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 65536;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	e = files_write(path, buf_bytes(&large), NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(e, ERR_DISK_FULL);
	assert_int_equal(files_read(&got, path, 100, NULL), ERR_OK);
	assert_string_equal(buf_text(&got), "before");
	assert_int_equal(entries(), 1);
	buf_release(&large);
	buf_release(&got);
}

static void writing_to_a_full_device_is_named_so(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	if (full == NULL)
		skip();
	assert_int_equal(files_write_all(fileno(full), bytes_str("x")), ERR_DISK_FULL);
	fclose(full);
}

static void asks_for_privacy_as_ssh_does(void **state)
{
	assert_int_equal(files_write(path, bytes_str("x"), NULL), ERR_OK);
	assert_int_equal(files_check_private(path, NULL), ERR_OK);
	for (mode_t bit = 01; bit <= 040; bit <<= 1) {
		assert_int_equal(chmod(path, 0600 | bit), 0);
		assert_int_equal(files_check_private(path, NULL), ERR_IO);
	}
	if (geteuid() == 0) {
		assert_int_equal(chmod(path, 0600), 0);
		assert_int_equal(chown(path, 12345, 0), 0);
		assert_int_equal(files_check_private(path, NULL), ERR_IO);
	}
}

static void makes_private_folders(void **state)
{
	char deep[128], joined[16];
	struct stat st;

	snprintf(deep, sizeof(deep), "%s/a/b", dir);
	assert_int_equal(files_mkdir(deep, NULL), ERR_OK);
	assert_int_equal(files_mkdir(deep, NULL), ERR_OK);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(files_join(joined, sizeof(joined), "a", "b"), ERR_OK);
	assert_string_equal(joined, "a/b");
	assert_int_equal(files_join(joined, sizeof(joined), "0123456789", "abcdef"), ERR_RANGE);
}

/* ---- options ---- */

static const struct option_row rows[] = {
	{"listen", OPTION_TEXT, "localhost", "where to listen"},
	{"port", OPTION_UINT, "26650", "the port"},
	{"trace", OPTION_BOOL, "no", "say more"},
	{"network", OPTION_HEX32, "", "which network"},
};

static enum err parse(struct options *o, const char *text, struct err_info *info)
{
	options_release(o);
	options_init(o, rows, sizeof(rows) / sizeof(rows[0]));
	return options_parse(o, bytes_str(text), info);
}

static void options_read_what_they_wrote(void **state)
{
	struct options o, again;

	options_init(&o, rows, 4);
	options_init(&again, rows, 4);
	assert_string_equal(options_text(&o, "listen"), "localhost");
	assert_int_equal(options_set(&o, "listen", "peer.example", NULL), ERR_OK);
	assert_int_equal(options_set(&o, "port", "4000", NULL), ERR_OK);
	assert_int_equal(options_set(&o, "trace", "yes", NULL), ERR_OK);
	assert_int_equal(options_set(&o, "trace", "perhaps", NULL), ERR_FORMAT);
	assert_int_equal(options_write(&o, path, NULL), ERR_OK);
	assert_int_equal(options_read(&again, path, NULL), ERR_OK);
	assert_string_equal(options_text(&again, "listen"), "peer.example");
	assert_int_equal(options_uint(&again, "port"), 4000);
	assert_true(options_bool(&again, "trace"));
	assert_int_equal(files_check_private(path, NULL), ERR_OK);
	options_release(&o);
	options_release(&again);
}

static void options_name_the_line_that_is_wrong(void **state)
{
	static const char *const bad[] = {"# c\n\ncolour = red\n", "#\n#\nport = x\n", "\nport = 1\nport = 2\n",
			"#\n#\nlisten\n",
					  "\n\ntrace = true\n", "\n\nnetwork = 12\n", "\n\nlisten = \xFF\n"};
	struct err_info info;
	struct options o;

	options_init(&o, rows, 4);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&info, 0, sizeof(info));
		assert_int_equal(parse(&o, bad[i], &info), ERR_FORMAT);
		assert_non_null(strstr(info.detail, "line 3"));
	}
	assert_int_equal(parse(&o, "# comment\n  port =  12 \r\n", NULL), ERR_OK);
	assert_int_equal(options_uint(&o, "port"), 12);
	options_release(&o);
}

/* ---- tasks ---- */

static void count(void *self, const char *what, uint64_t done, uint64_t total)
{
	*(uint64_t *)self += done;
}

static void tasks_report_and_stop(void **state)
{
	uint64_t seen = 0;
	struct task t;

	task_init(&t, count, &seen);
	task_progress(&t, "x", 3, 9);
	assert_int_equal(seen, 3);
	assert_int_equal(task_check(&t), ERR_OK);
	task_cancel(&t);
	assert_int_equal(task_check(&t), ERR_CANCELLED);
	task_progress(NULL, "x", 1, 1);
	task_cancel(NULL);
	assert_int_equal(task_check(NULL), ERR_OK);
}

int main(void)
{
#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		WITH_DIR(writes_private_and_replaces_at_once),
		WITH_DIR(leaves_its_neighbours_alone),
		WITH_DIR(two_writers_never_mix),
		WITH_DIR(refuses_large_and_strange_files),
		WITH_DIR(a_write_that_fails_half_way_leaves_what_was_there),
		cmocka_unit_test(writing_to_a_full_device_is_named_so),
		WITH_DIR(asks_for_privacy_as_ssh_does),
		WITH_DIR(makes_private_folders),
		WITH_DIR(options_read_what_they_wrote),
		cmocka_unit_test(options_name_the_line_that_is_wrong),
		cmocka_unit_test(tasks_report_and_stop),
	};

	return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
