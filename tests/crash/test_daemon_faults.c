/* SPDX-License-Identifier: Apache-2.0 */
/* A daemon whose disk is full or fails: it refuses with words that say so, acknowledges nothing that it did not store, goes
 * on answering reads, and goes on by itself when there is room again.  An input/output error ends it cleanly.  Whatever
 * happened, medlockd check finds the store whole, and what was acknowledged is there.
 *
 * Shortages that need no rights: a limit on the size of files, set on the running process.  A small tmpfs for a disk that is
 * really full is mounted when the test runs as root.  Errors below SQLite come from tests/lib/fault_vfs, in a daemon that
 * runs as a forked copy of this program.
 */
#include <errno.h>
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
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "chain/node/node.h"
#include "chain/proto/state_key.h"
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/rng.h"
#include "core/crypto/hash.h"
#include "daemon.h"
#include "fault_vfs.h"

#define VALID 5000
#define BLOB_SIZE 3000000u
#define PIECE 1500000u
#define ACKED_MAX 64u
#define DISK "size=16m"
#define START_SECONDS 30u /* a start that neither fails nor succeeds is ended */

struct scene {
	struct daemon_home d;
	struct http_client *http;
	struct person anna;
	struct buf officer, patient; /* read tickets */
	uint8_t *blob;
	struct blob_id blob_id;
	struct tx_id acked[ACKED_MAX], refused[ACKED_MAX];
	size_t acked_count, refused_count;
	char disk[DAEMON_PATH]; /* where a small disk is mounted; "" when it is not */
	char filler[DAEMON_PATH];
};

/* ---- what the daemon is asked ---- */

static struct peer_call call_as(struct scene *s, const struct buf *ticket)
{
	return (struct peer_call){.http = s->http, .peer = &s->d.peer, .timeout_ms = 10000,
				  .authorization = ticket == NULL ? NULL : buf_text(ticket)};
}

/* What a peer says of its own disk reaches a client as ERR_PEER, with the status in words. */
static enum err said(enum err e, const struct err_info *info)
{
	return e == ERR_PEER && strstr(info->detail, " answers 507: the disk is full") != NULL ? ERR_DISK_FULL : e;
}

/* ERR_OK when the daemon says that it is durable; else why not. */
static enum err submit(struct scene *s, const struct buf *tx, const struct tx_id *id)
{
	struct peer_call call = call_as(s, NULL);
	Medlock__TxReply *reply = NULL;
	struct err_info info = {0};
	enum err e = said(peer_submit(&call, &reply, buf_bytes(tx), &info), &info);

	if (e == ERR_OK) {
		e = reply->height > 0 || reply->code != 0 ? (enum err)-(int)reply->code : ERR_BUSY;
		WIRE_FREE(reply);
	}
	ASSERT(s->acked_count < ACKED_MAX && s->refused_count < ACKED_MAX);
	if (e == ERR_OK)
		s->acked[s->acked_count++] = *id;
	else
		s->refused[s->refused_count++] = *id;
	return e;
}

static enum err act(struct scene *s, struct buf *tx)
{
	struct tx_id id;

	buf_clear(tx);
	daemon_pause(tx, &id, &s->d, &s->anna, s->acked_count & 1, VALID);
	return submit(s, tx, &id);
}

static void must_act(struct scene *s)
{
	struct buf tx = BUF_INIT;

	assert_int_equal(act(s, &tx), ERR_OK);
	buf_release(&tx);
}

static void anchor(struct scene *s)
{
	struct buf tx = BUF_INIT;
	struct tx_id id;

	daemon_anchor(&tx, &id, &s->d, &s->anna, ROLE_PATIENT, VALID);
	assert_int_equal(submit(s, &tx, &id), ERR_OK);
	buf_release(&tx);
}

/* One piece of the blob; ret: what the peer holds then. */
static enum err put(struct scene *s, struct peer_blob *ret, uint64_t offset, size_t len)
{
	Medlock__Ticket t = MEDLOCK__TICKET__INIT;
	struct buf ticket = BUF_INIT;
	struct err_info info = {0};
	struct peer_call call;
	enum err e;

	t.account = wire_data(BYTES_ID(s->d.ca.account));
	t.purpose = TICKET_PUT;
	t.blob = wire_data(BYTES_ID(s->blob_id));
	t.size = BLOB_SIZE;
	daemon_ticket_of(&ticket, &s->d, &t, s->d.ca.seed);
	call = call_as(s, &ticket);
	e = len == 0 ? peer_blob_head(&call, ret, &s->blob_id, &info)
		     : peer_blob_put(&call, ret, &s->blob_id, offset, BLOB_SIZE, bytes_of(s->blob + offset, len), &info);
	buf_release(&ticket);
	return said(e, &info);
}

/* Everything that clients read. */
static void must_read(struct scene *s)
{
	struct peer_call nobody = call_as(s, NULL), patient = call_as(s, &s->patient), officer = call_as(s, &s->officer);
	struct state_key key = state_key_account(&s->anna.account);
	Medlock__StatusReply *status = NULL;
	Medlock__HeadersReply *headers = NULL;
	Medlock__BlocksReply *blocks = NULL;
	Medlock__EventsReply *events = NULL;
	Medlock__ProofReply *proof = NULL;
	Medlock__TxReply *tx = NULL;
	struct peer_blob held;

	assert_int_equal(peer_status(&nobody, &status, NULL), ERR_OK);
	assert_int_equal(peer_headers(&patient, &headers, 1, 10, NULL), ERR_OK);
	assert_int_equal(peer_blocks(&officer, &blocks, 1, 10, NULL), ERR_OK);
	assert_int_equal(peer_events(&patient, &events, &s->anna.account, 1, NULL), ERR_OK);
	assert_int_equal(events->n_events, s->acked_count); /* the anchoring is the first one */
	assert_int_equal(peer_proof(&patient, &proof, state_key_bytes(&key), NULL, NULL), ERR_OK);
	assert_true(proof->present);
	assert_int_equal(peer_tx(&officer, &tx, &s->acked[s->acked_count - 1], NULL), ERR_OK);
	assert_int_equal(put(s, &held, 0, 0), ERR_OK);
	assert_int_equal(held.held, PIECE);
	WIRE_FREE(status);
	WIRE_FREE(headers);
	WIRE_FREE(blocks);
	WIRE_FREE(events);
	WIRE_FREE(proof);
	WIRE_FREE(tx);
}

/* ---- the ledger as the next start would find it ---- */

static size_t stored(sqlite3 *db, const struct tx_id *ids, size_t count)
{
	sqlite3_stmt *s = NULL;
	size_t found = 0;

	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM tx WHERE id = ?1 AND code = 0", -1, &s, NULL),
			 SQLITE_OK);
	for (size_t i = 0; i < count; i++) {
		sqlite3_bind_blob(s, 1, ids[i].b, ID_SIZE, SQLITE_STATIC);
		assert_int_equal(sqlite3_step(s), SQLITE_ROW);
		found += (size_t)sqlite3_column_int(s, 0);
		sqlite3_reset(s);
	}
	sqlite3_finalize(s);
	return found;
}

/* What was acknowledged is there, once; ret: how many of those that were not acknowledged are there all the same. */
static size_t check_stored(const struct scene *s)
{
	char path[DAEMON_PATH];
	sqlite3 *db = NULL;
	size_t refused;

	ASSERT(files_join(path, sizeof(path), s->d.home, "ledger.db") == ERR_OK);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(stored(db, s->acked, s->acked_count), s->acked_count);
	refused = stored(db, s->refused, s->refused_count);
	sqlite3_close(db);
	return refused;
}

/* How often the log has these words. */
static size_t logged(const struct scene *s, const char *words)
{
	char path[DAEMON_PATH];
	struct buf log = BUF_INIT;
	size_t count = 0;

	ASSERT(files_join(path, sizeof(path), s->d.dir, "log") == ERR_OK);
	ASSERT(files_read(&log, path, 1 << 24, NULL) == ERR_OK);
	for (const char *at = strstr(buf_text(&log), words); at != NULL; at = strstr(at + 1, words))
		count++;
	buf_release(&log);
	return count;
}

/* ---- the scene ---- */

static void client_new(struct scene *s)
{
	http_client_free(s->http);
	s->http = NULL;
	assert_int_equal(http_client_new(&s->http, NULL, NULL), ERR_OK);
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	struct hash32 h;

	assert_non_null(s);
	signal(SIGPIPE, SIG_IGN);
	daemon_make(&s->d, NULL);
	person_init(&s->anna, &s->d.network, 10);
	s->blob = malloc(BLOB_SIZE);
	assert_non_null(s->blob);
	rng_fill(rng_system(), s->blob, BLOB_SIZE);
	h = hash_sha256(bytes_of(s->blob, BLOB_SIZE));
	ID_COPY(s->blob_id, h.b);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	http_client_free(s->http);
	if (s->disk[0] != '\0')
		umount2(s->disk, MNT_DETACH);
	daemon_remove(&s->d);
	person_release(&s->anna);
	buf_release(&s->officer);
	buf_release(&s->patient);
	free(s->blob);
	free(s);
	return 0;
}

/* Somebody to act for, and half a blob. */
static void begin(struct scene *s)
{
	struct peer_blob held;

	daemon_start(&s->d, NULL, NULL);
	client_new(s);
	anchor(s);
	must_act(s);
	daemon_ticket(&s->officer, &s->d, &s->d.ca);
	daemon_ticket(&s->patient, &s->d, &s->anna);
	assert_int_equal(put(s, &held, 0, PIECE), ERR_OK);
	must_read(s);
}

/* ---- shortages ---- */

struct shortage {
	void (*begin)(struct scene *s);
	void (*end)(struct scene *s);
};

static void file_limit(struct scene *s, rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(prlimit(s->d.pid, RLIMIT_FSIZE, NULL, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(prlimit(s->d.pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

/* No file may grow beyond what SQLite's log has now: enough for the text log, not for a block. */
static void limit_begin(struct scene *s)
{
	char path[DAEMON_PATH];
	struct stat st;

	ASSERT(files_join(path, sizeof(path), s->d.home, "ledger.db-wal") == ERR_OK);
	assert_int_equal(stat(path, &st), 0);
	file_limit(s, (rlim_t)st.st_size);
}

static void limit_end(struct scene *s)
{
	file_limit(s, RLIM_INFINITY);
}

static void fill_begin(struct scene *s)
{
	static const uint8_t page[4096];
	int fd = open(s->filler, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	while (write(fd, page, sizeof(page)) > 0)
		;
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

static void fill_end(struct scene *s)
{
	assert_int_equal(unlink(s->filler), 0);
}

static const struct shortage file_size = {limit_begin, limit_end}, full_disk = {fill_begin, fill_end};

/* The home onto a disk of its own; false, with a reason, where that cannot be had. */
static bool small_disk(struct scene *s)
{
	char home[DAEMON_PATH], *argv[] = {(char *)"mv", s->d.home, home, NULL};
	pid_t pid;
	int status;

	snprintf(s->disk, sizeof(s->disk), "%.480s/disk", s->d.dir);
	snprintf(home, sizeof(home), "%.480s/home", s->disk);
	snprintf(s->filler, sizeof(s->filler), "%.480s/filler", s->disk);
	assert_int_equal(mkdir(s->disk, 0700), 0);
	if (geteuid() != 0 || mount("medlock-test", s->disk, "tmpfs", MS_NOSUID | MS_NODEV, DISK) != 0) {
		print_message("skipped: no small disk: %s\n", geteuid() != 0 ? "needs root" : strerror(errno));
		s->disk[0] = '\0';
		return false;
	}
	pid = fork();
	if (pid == 0) {
		execvp("mv", argv);
		_exit(127);
	}
	assert_true(waitpid(pid, &status, 0) == pid && status == 0);
	memcpy(s->d.home, home, sizeof(home));
	return true;
}

/* ---- a shortage comes and goes ---- */

static void live_through(struct scene *s, const struct shortage *x)
{
	struct buf tx = BUF_INIT;
	struct peer_blob held;
	struct tx_id id;

	x->begin(s);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(act(s, &tx), ERR_DISK_FULL);
		must_read(s);
	}
	assert_int_equal(put(s, &held, PIECE, BLOB_SIZE - PIECE), ERR_DISK_FULL);
	must_read(s);
	x->end(s);
	id = s->refused[s->refused_count - 1];
	s->refused_count--;
	assert_int_equal(submit(s, &tx, &id), ERR_OK); /* the same bytes: no restart, no other transaction */
	must_read(s);
	buf_release(&tx);
}

/* The refusals are five and the words are one: a full disk is not filled with lines about it. */
static void shortage_comes_and_goes(struct scene *s, const struct shortage *x)
{
	struct peer_blob held;

	live_through(s, x);
	live_through(s, x);
	assert_int_equal(put(s, &held, PIECE, BLOB_SIZE - PIECE), ERR_OK);
	assert_int_equal(held.held, BLOB_SIZE);
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	assert_int_equal(logged(s, "event=\"disk_full\""), 2);
	assert_int_equal(logged(s, "event=\"disk_room\""), 2);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	assert_int_equal(check_stored(s), 0);
}

static void test_files_that_may_not_grow(void **state)
{
	struct scene *s = *state;

	begin(s);
	shortage_comes_and_goes(s, &file_size);
}

static void test_a_full_disk(void **state)
{
	struct scene *s = *state;

	if (!small_disk(s))
		skip();
	begin(s);
	shortage_comes_and_goes(s, &full_disk);
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
	struct scene *s = *state;
	struct buf tx = BUF_INIT;
	char copy[DAEMON_PATH], mark[DAEMON_PATH];

	if (!small_disk(s))
		skip();
	snprintf(copy, sizeof(copy), "%.480s/copy", s->disk);
	snprintf(mark, sizeof(mark), "%.480s/copy/genesis", s->disk);
	begin(s);
	full_disk.begin(s);
	assert_int_equal(act(s, &tx), ERR_DISK_FULL);
	assert_int_equal(command(s, "backup", "--to", copy), 1);
	assert_int_equal(logged(s, "the disk is full"), 1);
	assert_int_equal(access(mark, F_OK), -1); /* what makes a folder a backup comes last */
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	full_disk.end(s);
	daemon_start(&s->d, NULL, NULL); /* a stop with room leaves nothing open: the next start needs some */
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	full_disk.begin(s);
	assert_int_equal(command(s, "run", NULL, NULL), 1);
	assert_int_equal(logged(s, "the disk is full"), 2);
	full_disk.end(s);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	assert_int_equal(check_stored(s), 0);
	daemon_start(&s->d, NULL, NULL);
	client_new(s);
	must_act(s);
	assert_int_equal(command(s, "backup", "--to", copy), 0);
	assert_int_equal(access(mark, F_OK), 0);
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	assert_int_equal(check_stored(s), 0);
	buf_release(&tx);
}

/* ---- errors below SQLite ---- */

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
	e = node_run(&o, &info);
	return e == ERR_OK ? 0 : err_row(e)->exit_status;
}

static void child_start(struct scene *s, struct control *c)
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
	assert_true(n > 6);
	snprintf(url, sizeof(url), "https://127.0.0.1:%lu", strtoul(line + 6, NULL, 10));
	assert_int_equal(peer_address_set(&s->d.peer, url, &s->d.pin), ERR_OK);
	client_new(s);
}

static void arm(struct control *c, enum fault_kind kind, size_t nth)
{
	struct timespec until;

	atomic_store(&c->nth, nth);
	atomic_store(&c->kind, (int)kind);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += (time_t)START_SECONDS;
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
	anchor(s);
	must_act(s);
	do {
		struct tx_id id;

		arm(c, FAULT_FULL_EVER, ++nth);
		e = act(s, &tx);
		if (e == ERR_DISK_FULL) {
			arm(c, FAULT_NONE, 0);
			id = s->refused[--s->refused_count];
			assert_int_equal(submit(s, &tx, &id), ERR_OK);
		}
	} while (e == ERR_DISK_FULL);
	assert_int_equal(e, ERR_BUSY_PEER);
	assert_true(nth > 10); /* there were that many places */
	assert_int_equal(waitpid(s->d.pid, &status, 0), s->d.pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == err_row(ERR_IO)->exit_status);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	check_stored(s);
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
	must_act(s);
	halts = logged(s, "event=\"halted\" code=E-HOST-02");
	arm(c, kind, nth);
	assert_int_equal(act(s, &tx), ERR_BUSY_PEER);
	assert_int_equal(waitpid(s->d.pid, &status, 0), s->d.pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), err_row(ERR_IO)->exit_status);
	assert_true(atomic_load(&c->struck));
	assert_int_equal(logged(s, "event=\"halted\" code=E-HOST-02"), halts + 1);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	check_stored(s); /* the block that failed may be there: its log was written, its sync was not */
	buf_release(&tx);
	control_free(c);
}

static void test_errors(void **state)
{
	static const size_t places[] = {1, 2, 7};
	struct scene *s = *state;

	begin(s);
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		strike(s, FAULT_ERROR_ONCE, places[i]);
		strike(s, FAULT_ERROR_EVER, places[i]);
	}
	daemon_start(&s->d, NULL, NULL);
	client_new(s);
	must_act(s);
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	check_stored(s);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_files_that_may_not_grow), T(test_a_full_disk), T(test_commands_on_a_full_disk),
		T(test_full_at_every_change), T(test_errors),
	};

	return cmocka_run_group_tests_name("daemon_faults", tests, NULL, NULL);
}
