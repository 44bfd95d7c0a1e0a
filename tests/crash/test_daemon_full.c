/* SPDX-License-Identifier: Apache-2.0 */
/* A daemon whose disk is full: it refuses with words that say so, acknowledges nothing that it did not store, goes on
 * answering reads, and goes on by itself when there is room again.  medlockd check finds the store whole afterwards, and what
 * was acknowledged is there.
 *
 * A shortage that needs no rights: a limit on the size of files, set on the running process.  For a disk that is really full
 * a small tmpfs is mounted when the test runs as root.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/files.h"
#include "daemon_scene.h"

#define DISK "size=16m"
#define START_SECONDS 30u /* a start that neither fails nor succeeds is ended */

struct place {
	struct scene s;
	char disk[DAEMON_PATH]; /* where a small disk is mounted; "" when it is not */
	char filler[DAEMON_PATH];
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	scene_init(&p->s);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	if (p->disk[0] != '\0')
		umount2(p->disk, MNT_DETACH);
	scene_release(&p->s);
	free(p);
	return 0;
}

/* ---- shortages ---- */

struct shortage {
	void (*begin)(struct place *p);
	void (*end)(struct place *p);
};

static void file_limit(struct place *p, rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(prlimit(p->s.d.pid, RLIMIT_FSIZE, NULL, &limit), 0);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	assert_int_equal(prlimit(p->s.d.pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

/* No file may grow beyond what SQLite's log has now: enough for the text log, not for a block. */
static void limit_begin(struct place *p)
{
	char path[DAEMON_PATH];
	struct stat st;

	ASSERT(files_join(path, sizeof(path), p->s.d.home, "ledger.db-wal") == ERR_OK);
	assert_int_equal(stat(path, &st), 0);
	file_limit(p, (rlim_t)st.st_size);
}

static void limit_end(struct place *p)
{
	file_limit(p, RLIM_INFINITY);
}

static void fill_begin(struct place *p)
{
	static const uint8_t page[4096];
	int fd = open(p->filler, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	while (write(fd, page, sizeof(page)) > 0)
		;
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

static void fill_end(struct place *p)
{
	assert_int_equal(unlink(p->filler), 0);
}

static const struct shortage file_size = {limit_begin, limit_end}, full_disk = {fill_begin, fill_end};

/* The home onto a disk of its own; false, with a reason, where that cannot be had. */
static bool small_disk(struct place *p)
{
	char home[DAEMON_PATH], *argv[] = {(char *)"mv", p->s.d.home, home, NULL};
	pid_t pid;
	int status;

	snprintf(p->disk, sizeof(p->disk), "%.480s/disk", p->s.d.dir);
	snprintf(home, sizeof(home), "%.480s/home", p->disk);
	snprintf(p->filler, sizeof(p->filler), "%.480s/filler", p->disk);
	assert_int_equal(mkdir(p->disk, 0700), 0);
	if (geteuid() != 0 || mount("medlock-test", p->disk, "tmpfs", MS_NOSUID | MS_NODEV, DISK) != 0) {
		print_message("skipped: no small disk: %s\n", geteuid() != 0 ? "needs root" : strerror(errno));
		p->disk[0] = '\0';
		return false;
	}
	pid = fork();
	if (pid == 0) {
		execvp("mv", argv);
		_exit(127);
	}
	assert_true(waitpid(pid, &status, 0) == pid && status == 0);
	memcpy(p->s.d.home, home, sizeof(home));
	return true;
}

/* ---- a shortage comes and goes ---- */

static void live_through(struct place *p, const struct shortage *x)
{
	struct scene *s = &p->s;
	struct buf tx = BUF_INIT;
	struct peer_blob held;

	x->begin(p);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(scene_act(s, &tx), ERR_DISK_FULL);
		scene_must_read(s);
	}
	assert_int_equal(scene_put(s, &held, SCENE_PIECE, SCENE_BLOB - SCENE_PIECE), ERR_DISK_FULL);
	scene_must_read(s);
	x->end(p);
	scene_must_act_again(s, &tx);
	scene_must_read(s);
	buf_release(&tx);
}

/* The refusals are five and the words are one: a full disk is not filled with lines about it. */
static void shortage_comes_and_goes(struct place *p, const struct shortage *x)
{
	struct scene *s = &p->s;
	struct peer_blob held;

	scene_begin(s);
	live_through(p, x);
	live_through(p, x);
	assert_int_equal(scene_put(s, &held, SCENE_PIECE, SCENE_BLOB - SCENE_PIECE), ERR_OK);
	assert_int_equal(held.held, SCENE_BLOB);
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	assert_int_equal(scene_logged(s, "event=\"disk_full\""), 2);
	assert_int_equal(scene_logged(s, "event=\"disk_room\""), 2);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	assert_int_equal(scene_check_stored(s), 0);
}

static void test_files_that_may_not_grow(void **state)
{
	shortage_comes_and_goes(*state, &file_size);
}

static void test_a_full_disk(void **state)
{
	if (!small_disk(*state))
		skip();
	shortage_comes_and_goes(*state, &full_disk);
}

/* ---- stopping, starting and copying on a full disk ---- */

/* The exit status of a command, which has START_SECONDS to end. */
static int command(const struct scene *s, const char *name, const char *flag, const char *value)
{
	char *argv[] = {(char *)(uintptr_t)s->d.program, (char *)(uintptr_t)name, (char *)"--home",
			(char *)(uintptr_t)s->d.home, (char *)(uintptr_t)flag, (char *)(uintptr_t)value, NULL};
	char log[DAEMON_PATH];
	int status, fd;
	pid_t pid;

	ASSERT(files_join(log, sizeof(log), s->d.dir, "log") == ERR_OK);
	fd = open(log, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_true(fd >= 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		alarm(START_SECONDS);
		dup2(fd, 1);
		dup2(fd, 2);
		execv(s->d.program, argv);
		_exit(127);
	}
	close(fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void test_commands_on_a_full_disk(void **state)
{
	struct place *p = *state;
	struct scene *s = &p->s;
	struct buf tx = BUF_INIT;
	char copy[DAEMON_PATH], mark[DAEMON_PATH];

	if (!small_disk(p))
		skip();
	snprintf(copy, sizeof(copy), "%.480s/copy", p->disk);
	snprintf(mark, sizeof(mark), "%.480s/copy/genesis", p->disk);
	scene_begin(s);
	full_disk.begin(p);
	assert_int_equal(scene_act(s, &tx), ERR_DISK_FULL);
	assert_int_equal(command(s, "backup", "--to", copy), 1);
	assert_int_equal(scene_logged(s, "the disk is full"), 1);
	assert_int_equal(access(mark, F_OK), -1); /* what makes a folder a backup comes last */
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	full_disk.end(p);
	daemon_start(&s->d, NULL, NULL); /* a stop with room leaves nothing open: the next start needs some */
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	full_disk.begin(p);
	assert_int_equal(command(s, "run", NULL, NULL), 1);
	assert_int_equal(scene_logged(s, "the disk is full"), 2);
	full_disk.end(p);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	assert_int_equal(scene_check_stored(s), 0);
	daemon_start(&s->d, NULL, NULL);
	scene_client(s);
	scene_must_act(s);
	assert_int_equal(command(s, "backup", "--to", copy), 0);
	assert_int_equal(access(mark, F_OK), 0);
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	assert_int_equal(scene_check_stored(s), 0);
	buf_release(&tx);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_files_that_may_not_grow), T(test_a_full_disk),
					   T(test_commands_on_a_full_disk)};

	return cmocka_run_group_tests_name("daemon_full", tests, NULL, NULL);
}
