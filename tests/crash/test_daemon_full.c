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
#include <sched.h>
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

#include "chain/proto/release.h"
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/rng.h"
#include "core/crypto/threshold.h"
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

/* In a view of the file systems that is this process's own: whatever ends the test, no mount is left behind. */
static bool mount_disk(const char *at)
{
	return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("medlock-test", at, "tmpfs", MS_NOSUID | MS_NODEV, DISK) == 0;
}

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
	if (!mount_disk(p->disk)) {
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

/* ---- releases ---- */

/* A request of the patient for a record of her own, and what it takes to ask for the release of its key. */
struct grant {
	struct record_id record;
	struct request_id request;
	struct account_id custodian;
	struct threshold_key key;
	struct secret *seed; /* of the request's own key */
};

/* Submit somebody's act; what its names are made of. */
static struct hash32 act_as(struct scene *s, const struct person *who, Medlock__Body *body)
{
	struct buf raw = BUF_INIT;
	struct hash32 hash;
	struct tx_id id;
	struct tx tx;

	daemon_sign(&raw, &id, &s->d, who, body, SCENE_VALID);
	assert_int_equal(scene_submit(s, &raw, &id), ERR_OK);
	assert_int_equal(tx_parse(&tx, buf_bytes(&raw), NULL), ERR_OK);
	hash = tx.body_hash;
	tx_release(&tx);
	buf_release(&raw);
	return hash;
}

static void find_custodian(struct scene *s, struct grant *g)
{
	struct peer_call call = {.http = s->http, .peer = &s->d.peer};
	Medlock__Genesis *genesis = NULL;
	struct network_id id;
	struct buf bytes = BUF_INIT;

	assert_int_equal(peer_genesis(&call, &bytes, NULL), ERR_OK);
	assert_int_equal(genesis_parse(&genesis, &id, buf_bytes(&bytes), NULL), ERR_OK);
	g->key.t = g->key.n = 1;
	assert_int_equal(g1_parse(&g->key.commitments[0], genesis->network->commitments[0].data), ERR_OK);
	ID_COPY(g->custodian, genesis->network->custodians[0]->account.data);
	WIRE_FREE(genesis);
	buf_release(&bytes);
}

static void deposit(struct scene *s, struct grant *g)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__RecordDeposit d = MEDLOCK__RECORD_DEPOSIT__INIT;
	Medlock__Rendition r = MEDLOCK__RENDITION__INIT, *list[] = {&r};
	struct capsule_draft draft;
	struct capsule_key unused;
	struct capsule capsule;
	struct hash32 hash;

	capsule_begin(&draft, &unused, &g->key, rng_system());
	d.owner = wire_data(BYTES_ID(s->anna.account));
	d.category = CATEGORY_LAB;
	d.confidentiality = CONFIDENTIALITY_N;
	d.renditions = list;
	d.n_renditions = 1;
	r.form = FORM_FULL;
	r.blob = wire_data(BYTES_ID(s->blob_id));
	r.size = SCENE_BLOB;
	r.key_generation = 1;
	assert_int_equal(deposit_label(&hash, &s->d.network, &s->d.ca.account, &d), ERR_OK);
	capsule_finish(&capsule, &draft, BYTES_ID(hash), rng_system());
	r.capsule = wire_data(bytes_of(capsule.b, sizeof(capsule.b)));
	body.action_case = MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	body.record_deposit = &d;
	hash = act_as(s, &s->d.ca, &body);
	g->record = tx_record_id(&hash, &s->d.ca.account);
}

static void request(struct scene *s, struct grant *g)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__AccessRequest a = MEDLOCK__ACCESS_REQUEST__INIT;
	ProtobufCBinaryData record = wire_data(BYTES_ID(g->record));
	struct sign_public sign;
	struct hash32 hash;

	assert_int_equal(secret_new(&g->seed, SIGN_SEED_SIZE), ERR_OK);
	rng_fill(rng_system(), g->seed->data, SIGN_SEED_SIZE);
	sign_public_of_seed(&sign, g->seed);
	a.owner = wire_data(BYTES_ID(s->anna.account));
	a.purpose = PURPOSE_TREAT;
	a.form = FORM_FULL;
	a.records = &record;
	a.n_records = 1;
	a.sign_key = wire_data(BYTES_ID(sign));
	a.seal_key = wire_data(bytes_of(s->anna.seal, sizeof(s->anna.seal)));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &a;
	hash = act_as(s, &s->anna, &body);
	g->request = tx_request_id(&hash, &s->anna.account);
}

/* Ask for the share once more, under a nonce of its own. */
static enum err ask_release(struct scene *s, const struct grant *g)
{
	struct peer_call call = {.http = s->http, .peer = &s->d.peer};
	Medlock__ReleaseRequest r = MEDLOCK__RELEASE_REQUEST__INIT;
	Medlock__ReleaseReply *reply = NULL;
	struct buf input = BUF_INIT, ask = BUF_INIT;
	struct err_info info = {0};
	struct signature signature;
	uint8_t nonce[RELEASE_NONCE_SIZE];
	enum err e;

	rng_fill(rng_system(), nonce, sizeof(nonce));
	r.network_id = wire_data(BYTES_ID(s->d.network));
	r.request = wire_data(BYTES_ID(g->request));
	r.record = wire_data(BYTES_ID(g->record));
	r.form = FORM_FULL;
	r.custodian = wire_data(BYTES_ID(g->custodian));
	r.at = clock_real()->now(clock_real()->self).v;
	r.nonce = wire_data(bytes_of(nonce, sizeof(nonce)));
	assert_int_equal(release_signing_input(&input, &r), ERR_OK);
	sign_make(&signature, g->seed, buf_bytes(&input));
	r.signature = wire_data(BYTES_ID(signature));
	WIRE_ENCODE(&ask, &r);
	e = scene_said(peer_release(&call, &reply, buf_bytes(&ask), &info), &info);
	WIRE_FREE(reply);
	buf_release(&input);
	buf_release(&ask);
	return e;
}

static size_t events(struct scene *s)
{
	struct peer_call call = {.http = s->http, .peer = &s->d.peer, .authorization = buf_text(&s->patient)};
	Medlock__EventsReply *list = NULL;
	size_t count;

	assert_int_equal(peer_events(&call, &list, &s->anna.account, 1, NULL), ERR_OK);
	count = list->n_events;
	WIRE_FREE(list);
	return count;
}

/* The next height, or the one there is after LONG_POLL_MS. */
static void next_height(struct scene *s)
{
	struct peer_call call = {.http = s->http, .peer = &s->d.peer, .timeout_ms = LONG_POLL_MS + 5000};
	Medlock__StatusReply *status = NULL;
	uint64_t height;

	assert_int_equal(peer_status(&call, &status, NULL), ERR_OK);
	height = status->height;
	WIRE_FREE(status);
	assert_int_equal(peer_status_after(&call, &status, height, NULL), ERR_OK);
	WIRE_FREE(status);
}

/* A share leaves only when its receipt is written down: what cannot be written down is not released. */
static void test_no_release_without_a_receipt(void **state)
{
	struct place *p = *state;
	struct scene *s = &p->s;
	struct grant g = {.seed = NULL};
	size_t before;

	scene_begin(s);
	find_custodian(s, &g);
	deposit(s, &g);
	request(s, &g);
	before = events(s);
	assert_int_equal(before, s->acked_count);
	file_size.begin(p);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(ask_release(s, &g), ERR_DISK_FULL);
	scene_must_read(s);
	file_size.end(p);
	assert_int_equal(ask_release(s, &g), ERR_OK);
	for (unsigned i = 0; i < 3 && events(s) == before; i++)
		next_height(s);
	assert_int_equal(events(s), before + 1); /* one release, one receipt */
	assert_int_equal(daemon_stop(&s->d, SIGTERM), 0);
	assert_int_equal(daemon_command(&s->d, "check"), 0);
	assert_int_equal(scene_check_stored(s), 0);
	secret_free(g.seed);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_files_that_may_not_grow), T(test_a_full_disk),
					   T(test_commands_on_a_full_disk), T(test_no_release_without_a_receipt)};

	return cmocka_run_group_tests_name("daemon_full", tests, NULL, NULL);
}
