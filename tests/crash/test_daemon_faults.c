/* SPDX-License-Identifier: Apache-2.0 */
/* A daemon whose disk fails below SQLite, at each of the places where a block touches it.  A full disk is refused and lived
 * through; an error is told to whoever waits and to the log, and ends the daemon cleanly.  medlockd check finds the store
 * whole afterwards, and what was acknowledged is there.
 *
 * The daemon is a forked copy of this program over tests/lib/fault_vfs, told by shared memory when to fail.
 */
#include <fcntl.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "chain/node/node.h"
#include "core/base/clock.h"
#include "core/base/files.h"
#include "daemon_scene.h"
#include "fault_vfs.h"

#define ARM_SECONDS 30

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	scene_init(s);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	scene_release(*state);
	free(*state);
	return 0;
}

/* What the test tells the daemon: read by its clock, which the loop asks between any two changes of the disk. */
struct control {
	atomic_int kind; /* of enum fault_kind; -1: nothing new */
	atomic_size_t nth;
	atomic_bool struck;
	sem_t armed;
};

static struct time_ms child_now(void *self)
{
	(void)self;
	return clock_real()->now(clock_real()->self);
}

static int64_t child_steady(void *self)
{
	struct control *c = self;
	int kind = atomic_exchange(&c->kind, -1);

	if (kind >= 0) {
		fault_vfs_arm((enum fault_kind)kind, atomic_load(&c->nth));
		sem_post(&c->armed);
	}
	atomic_store(&c->struck, fault_vfs_struck());
	return clock_real()->steady_ms(clock_real()->self);
}

static int child_run(struct scene *s, struct control *c, int ready_fd)
{
	struct clock clock = {child_now, child_steady, c};
	struct log log = {stderr, LOG_INFO, &clock};
	struct node_run_options o = {.home = s->d.home, .ready_fd = ready_fd, .clock = &clock, .log = &log};
	struct err_info info = {0};
	enum err e;

	fault_vfs_register();
	ASSERT(sqlite3_vfs_register(sqlite3_vfs_find(FAULT_VFS), 1) == SQLITE_OK);
	(void)child_steady(c); /* what is to strike at the start already */
	e = node_run(&o, &info);
	return e == ERR_OK ? 0 : err_row(e)->exit_status;
}

/* False when it ended before it was ready. */
static bool child_ready(struct scene *s, struct control *c)
{
	char log[DAEMON_PATH], line[64] = "", url[64];
	int fds[2], log_fd;
	ssize_t n;

	ASSERT(files_join(log, sizeof(log), s->d.dir, "log") == ERR_OK);
	log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert_true(log_fd >= 0 && pipe(fds) == 0);
	http_client_free(s->http);
	s->http = NULL;
	fflush(NULL);
	s->d.pid = fork();
	assert_true(s->d.pid >= 0);
	if (s->d.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fds[0]);
		dup2(log_fd, 1);
		dup2(log_fd, 2);
		_exit(child_run(s, c, fds[1]));
	}
	close(log_fd);
	close(fds[1]);
	n = read(fds[0], line, sizeof(line) - 1);
	close(fds[0]);
	if (n <= 6)
		return false;
	snprintf(url, sizeof(url), "https://127.0.0.1:%lu", strtoul(line + 6, NULL, 10));
	assert_int_equal(peer_address_set(&s->d.peer, url, &s->d.pin), ERR_OK);
	scene_client(s);
	return true;
}

static void child_start(struct scene *s, struct control *c)
{
	assert_true(child_ready(s, c));
}

static void arm(struct control *c, enum fault_kind kind, size_t nth)
{
	struct timespec until;

	atomic_store(&c->nth, nth);
	atomic_store(&c->kind, (int)kind);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ARM_SECONDS;
	assert_int_equal(sem_timedwait(&c->armed, &until), 0);
}

static struct control *control_new(void)
{
	struct control *c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(c != MAP_FAILED);
	atomic_init(&c->kind, -1);
	assert_int_equal(sem_init(&c->armed, 1, 0), 0);
	return c;
}

static void control_free(struct control *c)
{
	sem_destroy(&c->armed);
	munmap(c, sizeof(*c));
}

/* A full disk at every place of one block's way to it: refused, nothing changed, and then taken.  Only when the last one,
 * the sync, fails does nobody know what is on the disk: that ends the daemon.
 */
static void test_full_at_every_change(void **state)
{
	struct scene *s = *state;
	struct control *c = control_new();
	struct buf tx = BUF_INIT;
	size_t nth = 0;
	int status;
	enum err e;

	child_start(s, c);
	scene_anchor(s);
	scene_must_act(s);
	do {
		arm(c, FAULT_FULL_EVER, ++nth);
		e = scene_act(s, &tx);
		if (e == ERR_DISK_FULL) {
			arm(c, FAULT_NONE, 0);
			scene_must_act_again(s, &tx);
		}
	} while (e == ERR_DISK_FULL);
	assert_int_equal(e, ERR_BUSY_PEER);
	assert_true(nth > 10); /* there were that many places */
	assert_int_equal(waitpid(s->d.pid, &status, 0), s->d.pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == err_row(ERR_IO)->exit_status);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	scene_check_stored(s);
	buf_release(&tx);
	control_free(c);
}

/* An error at some places: said to the client, said in the log, and the end; the next start goes on. */
static void strike(struct scene *s, enum fault_kind kind, size_t nth)
{
	struct control *c = control_new();
	struct buf tx = BUF_INIT;
	size_t halts;
	int status;

	child_start(s, c);
	scene_must_act(s);
	halts = scene_logged(s, "event=\"halted\" code=E-HOST-02");
	arm(c, kind, nth);
	assert_int_equal(scene_act(s, &tx), ERR_BUSY_PEER);
	assert_int_equal(waitpid(s->d.pid, &status, 0), s->d.pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), err_row(ERR_IO)->exit_status);
	assert_true(atomic_load(&c->struck));
	assert_int_equal(scene_logged(s, "event=\"halted\" code=E-HOST-02"), halts + 1);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	scene_check_stored(s); /* the block that failed may be there: its log was written, its sync was not */
	buf_release(&tx);
	control_free(c);
}

static void test_errors(void **state)
{
	static const size_t places[] = {1, 2, 7};
	struct scene *s = *state;

	scene_begin(s);
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		strike(s, FAULT_ERROR_ONCE, places[i]);
		strike(s, FAULT_ERROR_EVER, places[i]);
	}
	daemon_start(&s->d, NULL, NULL);
	scene_client(s);
	scene_must_act(s);
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	scene_check_stored(s);
}

/* Whole, from memory, or a failure; never less than there is, or that it is not there: a client would believe it. */
static size_t whole_or_failed(enum err e, size_t got, size_t all)
{
	if (e == ERR_OK)
		assert_int_equal(got, all);
	else
		assert_int_equal(e, ERR_PEER);
	return e != ERR_OK;
}

/* How many of four readings failed. */
static size_t read_all(struct scene *s)
{
	struct peer_call patient = {.http = s->http, .peer = &s->d.peer, .authorization = buf_text(&s->patient)};
	struct peer_call officer = {.http = s->http, .peer = &s->d.peer, .authorization = buf_text(&s->officer)};
	Medlock__StatusReply *status = NULL;
	Medlock__HeadersReply *headers = NULL;
	Medlock__BlocksReply *blocks = NULL;
	Medlock__EventsReply *events = NULL;
	Medlock__TxReply *tx = NULL;
	size_t failed = 0;
	enum err e;

	assert_int_equal(peer_status(&officer, &status, NULL), ERR_OK);
	e = peer_headers(&patient, &headers, 1, 100, NULL);
	failed += whole_or_failed(e, e == ERR_OK ? headers->n_headers : 0, status->height);
	e = peer_blocks(&officer, &blocks, 1, 100, NULL);
	failed += whole_or_failed(e, e == ERR_OK ? blocks->n_blocks : 0, status->height);
	e = peer_events(&patient, &events, &s->anna.account, 1, NULL);
	failed += whole_or_failed(e, e == ERR_OK ? events->n_events : 0, s->acked_count);
	e = peer_tx(&officer, &tx, &s->acked[0], NULL);
	failed += whole_or_failed(e, 1, 1);
	WIRE_FREE(status);
	WIRE_FREE(headers);
	WIRE_FREE(blocks);
	WIRE_FREE(events);
	WIRE_FREE(tx);
	return failed;
}

static void test_errors_of_reading(void **state)
{
	struct scene *s = *state;
	struct control *c = control_new();

	scene_begin(s);
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	child_start(s, c); /* with nothing of the old blocks in memory */
	arm(c, FAULT_READ_EVER, 0);
	assert_int_not_equal(read_all(s), 0);
	assert_int_not_equal(read_all(s), 0);
	arm(c, FAULT_NONE, 0);
	scene_must_read(s);
	scene_must_act(s);
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	assert_int_equal(scene_check_stored(s), 0);
	control_free(c);
}

/* A home that has never run, but for what init made. */
static void forget_ledger(const struct scene *s)
{
	static const char *const names[] = {"ledger.db", "ledger.db-wal", "ledger.db-shm"};
	char path[DAEMON_PATH];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ASSERT(files_join(path, sizeof(path), s->d.home, names[i]) == ERR_OK);
		unlink(path);
	}
}

/* The first start fails at some place; the second one, on what that left, makes a whole ledger.  True when it struck. */
static bool strike_first_start(struct scene *s, enum fault_kind kind, size_t nth)
{
	struct control *c = control_new();
	bool ready;
	int status;

	forget_ledger(s);
	atomic_store(&c->nth, nth);
	atomic_store(&c->kind, (int)kind);
	ready = child_ready(s, c);
	if (!ready) {
		assert_int_equal(waitpid(s->d.pid, &status, 0), s->d.pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), err_row(ERR_IO)->exit_status);
		child_start(s, c);
	}
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	control_free(c);
	return !ready;
}

static void strike_first_starts(struct scene *s, enum fault_kind kind)
{
	size_t nth = 1, before = 1, next;

	while (strike_first_start(s, kind, nth)) {
		next = nth + before;
		before = nth;
		nth = next;
	}
	assert_true(nth > 20); /* there were that many places */
}

static void test_errors_at_the_first_start(void **state)
{
	strike_first_starts(*state, FAULT_ERROR_EVER);
}

static void test_full_at_the_first_start(void **state)
{
	strike_first_starts(*state, FAULT_FULL_EVER);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_full_at_every_change), T(test_errors), T(test_errors_of_reading), T(test_errors_at_the_first_start),
					   T(test_full_at_the_first_start)};

	return cmocka_run_group_tests_name("daemon_faults", tests, NULL, NULL);
}
