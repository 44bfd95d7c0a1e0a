/* SPDX-License-Identifier: Apache-2.0 */
/* Sync with a real daemon: both kinds of replica agree; a kill, a cancel, a stall or a peer that goes away at any point
 * leaves a replica that goes on and ends as if nothing had happened.
 */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "seed.h"
#include "sync_desk.h"

#define PAUSES 40        /* pairs of blocks beyond the story's own */
#define PAGE 7
#define KILLS 12
#define STALL_MS 300
#define PROMPT_MS 2000   /* far below every limit of a call; well above what a busy machine needs */

struct desk {
	struct sync_desk d;
	uint64_t seed;
	struct seeded_rng rng;
};

static struct sync_desk_result sync_from_daemon(struct desk *k, enum story_reader who, const char *name)
{
	return sync_desk_sync(&k->d, who, name, &k->d.s.d.peer, NULL, NULL, 0);
}

static void must_sync(struct desk *k, enum story_reader who, const char *name)
{
	struct sync_desk_result x = sync_from_daemon(k, who, name);

	if (x.e != ERR_OK)
		fail_msg("%s: error %d, %s", name, (int)x.e, x.info.detail);
}

static void must_verify(struct desk *k, enum story_reader who, const char *name)
{
	uint64_t blocks = 0, txs = 0, bad = 0;
	struct err_info info = {0};
	char path[SYNC_DESK_PATH];
	struct replica *r;
	enum err e;

	sync_desk_path(&k->d, path, name);
	r = daemon_story_replica(&k->d.s, who, path);
	e = replica_verify(r, &blocks, &txs, &bad, NULL, &info);
	replica_free(r);
	if (e != ERR_OK)
		fail_msg("%s does not verify: error %d at %llu, %s", name, (int)e, (unsigned long long)bad, info.detail);
}

static int group_setup(void **state)
{
	struct desk *k = calloc(1, sizeof(*k));

	assert_non_null(k);
	k->seed = test_seed();
	seeded_rng_init(&k->rng, k->seed);
	sync_desk_init(&k->d, NULL);
	daemon_story_begin(&k->d.s);
	for (int i = 0; i < PAUSES; i++)
		daemon_story_pause(&k->d.s, i % 2 == 0);
	must_sync(k, STORY_ANNA, "anna");
	must_sync(k, STORY_DOCTOR, "doctor");
	must_sync(k, STORY_OFFICER, "full");
	*state = k;
	return 0;
}

static int group_teardown(void **state)
{
	struct desk *k = *state;

	sync_desk_release(&k->d);
	free(k);
	return 0;
}

/* ---- light against full ---- */

/* Keys of the full state that this person may see and a light replica keeps, as hex. */
#define OWN_KEYS                                                                                                     \
	"(hex(s.key) = '6E' OR lower(hex(s.key)) IN ('6120' || ?1, '7020' || ?1) OR"                                 \
	" lower(substr(hex(s.key), 1, 68)) = '7520' || ?1 OR s.key IN (SELECT key FROM other.record WHERE owner = ?1)" \
	" OR s.key IN (SELECT key FROM other.request WHERE requester = ?1))"

static void compare(struct desk *k, const char *light, enum story_reader reader, const struct account_id *who,
		    int64_t at_least)
{
	static const char in_light[] = "SELECT count(*) FROM main.row l WHERE NOT EXISTS"
				       " (SELECT 1 FROM other.state s WHERE s.key = l.key AND s.value = l.value)";
	static const char in_full[] = "SELECT count(*) FROM other.state s WHERE " OWN_KEYS " AND NOT EXISTS"
				      " (SELECT 1 FROM main.row l WHERE s.key = l.key AND s.value = l.value)";
	static const char *const tables[][3] = {
		{"height, time, hash, header, commit_bytes", "block", "1"}, {"*", "event", "owner = ?1"},
		{"*", "record", "owner = ?1"}, {"*", "rule", "owner = ?1"}, {"*", "request", "requester = ?1"},
		{"*", "certificate", "account = ?1"},
	};
	char a[SYNC_DESK_PATH], b[SYNC_DESK_PATH], hex[ID_HEX];
	sqlite3 *one, *two;

	hex_encode(hex, who->b, ID_SIZE);
	sync_desk_level(&k->d, reader, light, STORY_OFFICER, "full");
	sync_desk_path(&k->d, a, light);
	sync_desk_path(&k->d, b, "full");
	one = replica_pair(a, b);
	two = replica_pair(b, a);
	assert_true(replica_count(one, "SELECT count(*) FROM other.state s WHERE " OWN_KEYS, hex) >= at_least);
	assert_int_equal(replica_count(one, in_light, NULL), 0);
	assert_int_equal(replica_count(one, in_full, hex), 0);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		assert_int_equal(replica_more(one, tables[i][0], tables[i][1], tables[i][2], hex), 0);
		assert_int_equal(replica_more(two, tables[i][0], tables[i][1], tables[i][2], hex), 0);
	}
	assert_int_equal(replica_count(one, "SELECT count(*) FROM main.evidence", NULL), 0);
	sqlite3_close(one);
	sqlite3_close(two);
}

/* Or nothing below would mean anything. */
static void test_a_difference_is_seen(void **state)
{
	struct desk *k = *state;
	char path[SYNC_DESK_PATH], other[SYNC_DESK_PATH];
	sqlite3 *h = NULL;

	must_sync(k, STORY_ANNA, "changed");
	assert_true(sync_desk_same(&k->d, STORY_ANNA, "anna", "changed"));
	sync_desk_path(&k->d, path, "changed");
	sync_desk_path(&k->d, other, "anna");
	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_exec(h, "UPDATE event SET at = at || '0' WHERE n = 3", NULL, NULL, NULL), SQLITE_OK);
	assert_false(replica_same(path, other));
	assert_int_equal(sqlite3_exec(h, "DELETE FROM event WHERE n = 3", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(h);
	assert_false(replica_same(path, other));
}

static void test_light_and_full_agree(void **state)
{
	struct desk *k = *state;
	struct daemon_story *s = &k->d.s;
	char path[SYNC_DESK_PATH];
	struct replica_log log;
	struct replica *r;
	Medlock__RecordState *record = NULL;

	compare(k, "anna", STORY_ANNA, &s->anna.account, 4 + DAEMON_STORY_RECORDS); /* network, account, policy, rule */
	compare(k, "doctor", STORY_DOCTOR, &s->doctor.account, 3);
	sync_desk_path(&k->d, path, "doctor");
	r = daemon_story_replica(s, STORY_DOCTOR, path);
	assert_int_equal(replica_record(r, &record, &s->records[0], NULL), ERR_OK); /* the one that was granted */
	WIRE_FREE(record);
	assert_int_equal(replica_record(r, &record, &s->records[1], NULL), ERR_NOT_FOUND);
	replica_free(r);
	sync_desk_path(&k->d, path, "anna");
	r = daemon_story_replica(s, STORY_ANNA, path);
	assert_int_equal(replica_log_verify(r, &log, &s->anna.account, NULL), ERR_OK);
	assert_true(log.count >= PAUSES + DAEMON_STORY_RECORDS);
	replica_free(r);
	must_verify(k, STORY_ANNA, "anna");
	must_verify(k, STORY_DOCTOR, "doctor");
	must_verify(k, STORY_OFFICER, "full");
}

/* ---- kill -9 ---- */

/* An honest relay in a process of its own.  This one forks, and what forks has no second thread: that could hold a lock of
 * the allocator or of OpenSSL at that moment, which nobody would ever give back in the child.
 */
static pid_t start_relay(struct desk *k, enum story_reader who, struct peer_address *ret)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct relay *relay;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		relay = relay_new(&k->d.s.d, daemon_story_ticket(&k->d.s, who), sync_desk_hook, &k->d);
		if (write(ends[1], relay_address(relay), sizeof(*ret)) != sizeof(*ret))
			_exit(1);
		for (;;)
			pause();
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], ret, sizeof(*ret)), sizeof(*ret));
	close(ends[0]);
	return pid;
}

/* A process that syncs; parent: its id. */
static pid_t start_sync(struct desk *k, enum story_reader who, const char *name, const struct peer_address *peer)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(sync_desk_sync(&k->d, who, name, peer, NULL, NULL, 0).e == ERR_OK ? 0 : 1);
	return pid;
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t random_below(struct desk *k, int64_t limit)
{
	uint8_t b[4];

	rng_fill(&k->rng.rng, b, sizeof(b));
	return get_be32(b) % limit;
}

/* true: it was killed on its way. */
static bool kill_after(struct desk *k, enum story_reader who, const char *name, const struct peer_address *peer,
		       int64_t us)
{
	struct timespec t = {us / 1000000, us % 1000000 * 1000};
	pid_t pid = start_sync(k, who, name, peer);
	int status = 0;

	ppoll(NULL, 0, &t, NULL); /* a random moment is the point */
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), 0);
	return WIFSIGNALED(status);
}

static uint64_t height_of(struct desk *k, enum story_reader who, const char *name)
{
	struct replica_status st = {0};
	char path[SYNC_DESK_PATH];
	struct replica *r;

	sync_desk_path(&k->d, path, name);
	r = daemon_story_replica(&k->d.s, who, path);
	assert_int_equal(replica_status(r, &st, NULL), ERR_OK);
	replica_free(r);
	return st.height;
}

static void kill_syncs(struct desk *k, enum story_reader who, const char *whole)
{
	struct peer_address peer;
	uint64_t height = height_of(k, who, whole);
	int64_t took = now_us();
	int killed = 0, status = 1, between = 0;
	char name[32];
	pid_t pid, relay;

	k->d.page = PAGE;
	sync_desk_honest(&k->d);
	relay = start_relay(k, who, &peer);
	snprintf(name, sizeof(name), "timed-%s", whole);
	pid = start_sync(k, who, name, &peer);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	took = now_us() - took;
	for (int i = 0; i < KILLS; i++) {
		uint64_t before = 0, after;
		int turns = (int)random_below(k, 3) + 1;

		snprintf(name, sizeof(name), "killed-%s-%d", whole, i);
		for (int n = 0; n < turns; n++) {
			killed += kill_after(k, who, name, &peer, random_below(k, took));
			after = height_of(k, who, name);
			assert_true(after >= before);
			between += after > 0 && after < height;
			before = after;
		}
		must_verify(k, who, name);
		if (!sync_desk_same(&k->d, who, name, whole))
			fail_msg("%s is not %s (seed %" PRIu64 ")", name, whole, k->seed);
	}
	print_message("# %d syncs killed within %lld ms, %d of them between two pages\n", killed, (long long)took / 1000,
		      between);
	assert_true(killed > 0);
	kill(relay, SIGKILL);
	assert_int_equal(waitpid(relay, NULL, 0), relay);
	k->d.page = 0;
}

static void test_killed_light(void **state) { kill_syncs(*state, STORY_ANNA, "anna"); }
static void test_killed_full(void **state) { kill_syncs(*state, STORY_OFFICER, "full"); }

/* ---- peers that keep one waiting, or go away ---- */

static const struct place {
	enum story_reader who;
	enum relay_kind kind;
	int questions; /* of this kind that a sync has at least */
} places[] = {
	{STORY_ANNA, RELAY_STATUS, 1}, {STORY_ANNA, RELAY_HEADERS, PAUSES / PAGE},
	{STORY_ANNA, RELAY_PROOF, 4 + (int)DAEMON_STORY_RECORDS}, {STORY_ANNA, RELAY_EVENTS, 1},
	{STORY_OFFICER, RELAY_STATUS, 1}, {STORY_OFFICER, RELAY_BLOCKS, PAUSES / PAGE},
};
#define PLACES (sizeof(places) / sizeof(places[0]))

static const char *whole_of(const struct place *p)
{
	return p->who == STORY_ANNA ? "anna" : "full";
}

/* A new file synced from a peer that does this at a random question of the place. */
static struct sync_desk_result trouble(struct desk *k, const struct place *p, const char *name, enum relay_then then,
				       bool second, struct task *task, int64_t timeout_ms)
{
	struct sync_desk_result x;
	struct relay *relay;

	sync_desk_honest(&k->d);
	k->d.page = PAGE;
	k->d.kind = p->kind;
	k->d.at = (int)random_below(k, p->questions);
	k->d.then = then;
	k->d.cancel = task;
	relay = relay_new(&k->d.s.d, daemon_story_ticket(&k->d.s, p->who), sync_desk_hook, &k->d);
	x = sync_desk_sync(&k->d, p->who, name, relay_address(relay), second ? &k->d.s.d.peer : NULL, task, timeout_ms);
	assert_true(k->d.seen > k->d.at); /* it came to that question */
	relay_free(relay);
	k->d.page = 0;
	return x;
}

/* What was stored is right, and the rest comes from an honest peer. */
static void must_resume(struct desk *k, const struct place *p, const char *name)
{
	must_verify(k, p->who, name);
	if (!sync_desk_same(&k->d, p->who, name, whole_of(p)))
		fail_msg("%s is not %s (seed %" PRIu64 ")", name, whole_of(p), k->seed);
}

static void test_cancelled(void **state)
{
	struct desk *k = *state;
	char name[32];

	for (size_t i = 0; i < PLACES; i++) {
		struct sync_desk_result x;
		struct task task;

		task_init(&task, NULL, NULL);
		snprintf(name, sizeof(name), "cancelled-%zu", i);
		x = trouble(k, &places[i], name, RELAY_HOLD, true, &task, 0);
		assert_int_equal(x.e, ERR_CANCELLED);
		assert_true(x.ms < PROMPT_MS);
		assert_int_equal(x.states[0], LINK_UNKNOWN); /* not the peer's fault */
		assert_int_equal(x.states[1], LINK_UNKNOWN);
		must_resume(k, &places[i], name);
	}
}

static void test_stalled(void **state)
{
	struct desk *k = *state;
	char name[32];

	for (size_t i = 0; i < PLACES; i++) {
		struct sync_desk_result x;

		snprintf(name, sizeof(name), "stalled-%zu", i);
		x = trouble(k, &places[i], name, RELAY_HOLD, false, NULL, STALL_MS);
		assert_int_equal(x.e, ERR_TIMEOUT);
		assert_in_range(x.ms, STALL_MS - 10, STALL_MS + PROMPT_MS);
		assert_int_equal(x.states[0], LINK_UNREACHABLE);
		must_resume(k, &places[i], name);
		snprintf(name, sizeof(name), "stalled-two-%zu", i);
		x = trouble(k, &places[i], name, RELAY_HOLD, true, NULL, STALL_MS);
		assert_int_equal(x.e, ERR_OK);
		assert_int_equal(x.states[0], LINK_UNREACHABLE);
		assert_int_equal(x.states[1], LINK_OK);
		assert_true(sync_desk_same(&k->d, places[i].who, name, whole_of(&places[i])));
	}
}

static void test_vanished(void **state)
{
	struct desk *k = *state;
	char name[32];

	for (size_t i = 0; i < PLACES; i++) {
		struct sync_desk_result x;

		snprintf(name, sizeof(name), "vanished-%zu", i);
		x = trouble(k, &places[i], name, RELAY_VANISH, false, NULL, 0);
		assert_int_equal(x.e, ERR_NETWORK);
		assert_int_equal(x.states[0], LINK_UNREACHABLE);
		must_resume(k, &places[i], name);
		snprintf(name, sizeof(name), "vanished-two-%zu", i);
		x = trouble(k, &places[i], name, RELAY_VANISH, true, NULL, 0);
		assert_int_equal(x.e, ERR_OK);
		assert_int_equal(x.states[0], LINK_UNREACHABLE);
		assert_int_equal(x.states[1], LINK_OK);
		assert_true(sync_desk_same(&k->d, places[i].who, name, whole_of(&places[i])));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_difference_is_seen), cmocka_unit_test(test_light_and_full_agree), cmocka_unit_test(test_killed_light),
		cmocka_unit_test(test_killed_full), cmocka_unit_test(test_cancelled), cmocka_unit_test(test_stalled),
		cmocka_unit_test(test_vanished),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
