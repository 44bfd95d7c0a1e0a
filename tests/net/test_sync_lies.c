/* SPDX-License-Identifier: Apache-2.0 */
/* Every lie of a peer is told apart from the truth: the error says which kind it is, nothing of it is stored, the peer is
 * dropped, and an honest one completes the same replica.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "chain/proto/state_key.h"
#include "core/base/files.h"
#include "sync_lies.h"

#define FILE_MAX (64u * 1024 * 1024)
#define EARLIER_PAUSES 6
#define LATER_PAUSES 5

/* ---- what is stored ---- */

static const char *base_of(enum story_reader who)
{
	return who == STORY_ANNA ? "anna" : "full";
}

static void path_of(const struct lies *l, char out[SYNC_DESK_PATH], const char *kind, enum story_reader who)
{
	char name[32];

	snprintf(name, sizeof(name), "%s-%s", kind, base_of(who));
	sync_desk_path(&l->d, out, name);
}

static void copy_file(const char *to, const char *from)
{
	struct buf bytes = BUF_INIT;

	unlink(to);
	assert_int_equal(files_read(&bytes, from, FILE_MAX, NULL), ERR_OK);
	assert_int_equal(files_write(to, buf_bytes(&bytes), NULL), ERR_OK);
	buf_release(&bytes);
}

static void must_sync(struct lies *l, enum story_reader who, const char *kind)
{
	char name[32];

	snprintf(name, sizeof(name), "%s-%s", kind, base_of(who));
	assert_int_equal(sync_desk_sync(&l->d, who, name, &l->d.s.d.peer, NULL, NULL, 0).e, ERR_OK);
}

/* Every row is one of the true replica, as it is or as it was. */
static void must_be_true(struct lies *l, enum story_reader who, const char *path, const char *what)
{
	static const char *const tables[][2] = {{"block", "*"}, {"row", "key, value"}, {"state", "*"}, {"event", "*"},
						{"record", "*"}, {"rule", "*"}, {"request", "*"}, {"certificate", "*"},
						{"tx", "*"}};
	char newer[SYNC_DESK_PATH], older[SYNC_DESK_PATH];
	char *attach;
	sqlite3 *h;

	must_sync(l, who, "true"); /* with the empty block that may have come since */
	path_of(l, newer, "true", who);
	path_of(l, older, "earlier", who);
	h = replica_pair(path, newer);
	attach = sqlite3_mprintf("ATTACH %Q AS older", older);
	assert_int_equal(sqlite3_exec(h, attach, NULL, NULL, NULL), SQLITE_OK);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const char *t = tables[i][0], *c = tables[i][1];
		char *sql = sqlite3_mprintf("SELECT count(*) FROM (SELECT %s FROM main.%s EXCEPT SELECT %s FROM other.%s"
					    " EXCEPT SELECT %s FROM older.%s)", c, t, c, t, c, t);

		if (replica_count(h, sql, NULL) != 0)
			fail_msg("%s: a row of %s is stored that is not true", what, t);
		sqlite3_free(sql);
	}
	sqlite3_free(attach);
	sqlite3_close(h);
}

static void must_verify(struct lies *l, enum story_reader who, const char *path, const char *what)
{
	uint64_t blocks = 0, txs = 0, bad = 0;
	struct err_info info = {0};
	struct replica *r = daemon_story_replica(&l->d.s, who, path);
	enum err e = replica_verify(r, &blocks, &txs, &bad, NULL, &info);

	replica_free(r);
	if (e != ERR_OK)
		fail_msg("%s: what is stored does not verify: error %d, %s", what, (int)e, info.detail);
}

static uint64_t evidence_of(struct lies *l, enum story_reader who, const char *path)
{
	struct replica *r = daemon_story_replica(&l->d.s, who, path);
	struct replica_status st = {0};

	assert_int_equal(replica_status(r, &st, NULL), ERR_OK);
	replica_free(r);
	return st.evidence;
}

/* ---- telling them ---- */

enum from { FROM_NOTHING, FROM_EARLIER, FROM_ALL };
static const char *const from_words[] = {"nothing", "an earlier height", "all of it"};

static void begin_file(struct lies *l, enum story_reader who, enum from from, char path[SYNC_DESK_PATH])
{
	char source[SYNC_DESK_PATH];

	sync_desk_path(&l->d, path, "lied");
	unlink(path);
	if (from == FROM_NOTHING)
		return;
	path_of(l, source, from == FROM_ALL ? "true" : "earlier", who);
	copy_file(path, source);
}

/* What was lied to holds the whole truth in the end. */
static bool as_true(struct lies *l, enum story_reader who)
{
	char name[32];

	snprintf(name, sizeof(name), "true-%s", base_of(who));
	return sync_desk_same(&l->d, who, "lied", name);
}

static struct relay *liar_of(struct lies *l, enum story_reader who, const struct lie *lie)
{
	sync_desk_honest(&l->d);
	l->d.kind = lie->kind;
	l->d.any = lie->any;
	l->d.at = -1;
	l->d.lie = lie->tell;
	return relay_new(&l->d.s.d, daemon_story_ticket(&l->d.s, who), sync_desk_hook, &l->d);
}

static void tell(struct lies *l, enum story_reader who, const struct lie *lie, enum from from)
{
	struct relay *relay = liar_of(l, who, lie);
	char path[SYNC_DESK_PATH], what[128];
	struct sync_desk_result x;

	snprintf(what, sizeof(what), "%s, from %s", lie->name, from_words[from]);
	begin_file(l, who, from, path);
	x = sync_desk_sync(&l->d, who, "lied", relay_address(relay), NULL, NULL, 0);
	if (x.e != lie->says)
		fail_msg("%s: error %d (%s), not %d", what, (int)x.e, x.info.detail, (int)lie->says);
	if (x.states[0] != LINK_DROPPED)
		fail_msg("%s: the peer is not dropped", what);
	must_be_true(l, who, path, what);
	must_verify(l, who, path, what);
	assert_int_equal(evidence_of(l, who, path) > 0, lie->kind == RELAY_HEADERS);
	x = sync_desk_sync(&l->d, who, "lied", relay_address(relay), &l->d.s.d.peer, NULL, 0);
	if (x.e != ERR_OK || x.states[0] != LINK_DROPPED || x.states[1] != LINK_OK)
		fail_msg("%s: an honest second peer does not help: error %d, %s", what, (int)x.e, x.info.detail);
	if (!as_true(l, who))
		fail_msg("%s: the end is not the same", what);
	relay_free(relay);
}

static void tell_all(struct lies *l, enum story_reader who, const struct lie *list)
{
	for (; list->name != NULL; list++) {
		tell(l, who, list, FROM_NOTHING);
		tell(l, who, list, FROM_EARLIER);
	}
}

static void test_headers(void **state) { tell_all(*state, STORY_ANNA, lies_of_headers); }
static void test_events(void **state) { tell_all(*state, STORY_ANNA, lies_of_events); }
static void test_rows(void **state) { tell_all(*state, STORY_ANNA, lies_of_rows); }
static void test_blocks(void **state) { tell_all(*state, STORY_OFFICER, lies_of_blocks); }

/* A proof that was true once: it would hide every pause and every access since. */
static void test_proofs_of_an_earlier_height(void **state)
{
	struct lies *l = *state;

	assert_true(l->stale_count >= 3); /* network, account, policy */
	for (enum from from = FROM_NOTHING; from <= FROM_ALL; from++)
		tell(l, STORY_ANNA, &lies_of_stale_proofs, from);
	tell(l, STORY_ANNA, &lies_of_going_back, FROM_ALL);
}

/* More than the account counts is not looked at: an honest peer's list may have grown since the proof. */
static void test_entries_beyond_the_count(void **state)
{
	struct lies *l = *state;
	struct relay *relay = liar_of(l, STORY_ANNA, &lies_beyond_the_count);
	char path[SYNC_DESK_PATH];

	begin_file(l, STORY_ANNA, FROM_NOTHING, path);
	assert_int_equal(sync_desk_sync(&l->d, STORY_ANNA, "lied", relay_address(relay), NULL, NULL, 0).e, ERR_OK);
	assert_true(as_true(l, STORY_ANNA));
	relay_free(relay);
}

/* ---- one row, asked by itself ---- */

/* A row is had from an honest second peer, whatever the first one does. */
static void prove_from_two(struct lies *l, struct relay *first, const char *what)
{
	struct state_key key = state_key_record(&l->d.s.records[0]);
	struct http_client *http = NULL;
	struct err_info info = {0};
	struct buf row = BUF_INIT, whole = BUF_INIT;
	char path[SYNC_DESK_PATH];
	struct replica *r;
	struct link links;
	enum err e;

	begin_file(l, STORY_ANNA, FROM_ALL, path);
	assert_int_equal(http_client_new(&http, NULL, NULL), ERR_OK);
	r = daemon_story_replica(&l->d.s, STORY_ANNA, path);
	assert_int_equal(replica_get(r, &whole, NULL, state_key_bytes(&key), NULL), ERR_OK);
	daemon_story_link(&links, &l->d.s, STORY_ANNA, http);
	daemon_story_peer(&links, relay_address(first), &l->d.s.patient);
	daemon_story_peer(&links, &l->d.s.d.peer, &l->d.s.patient);
	e = replica_prove(r, &row, &links, state_key_bytes(&key), NULL, &info);
	if (e != ERR_OK || !bytes_equal(buf_bytes(&row), buf_bytes(&whole)))
		fail_msg("%s: error %d, %s", what, (int)e, info.detail);
	assert_int_not_equal(links.peers[0].state, LINK_OK);
	link_release(&links);
	replica_free(r);
	http_client_free(http);
	buf_release(&row);
	buf_release(&whole);
}

static void test_one_row(void **state)
{
	static const struct lie vanishes = {"a peer that goes away", RELAY_PROOF, NULL, ERR_NETWORK, false};
	struct lies *l = *state;

	for (const struct lie *lie = lies_of_rows; lie->name != NULL; lie++) {
		struct relay *relay;

		if (lie->tell == NULL || strstr(lie->name, "record") == NULL)
			continue; /* about other rows */
		relay = liar_of(l, STORY_ANNA, lie);
		prove_from_two(l, relay, lie->name);
		relay_free(relay);
	}
	for (int i = 0; i < 2; i++) {
		struct relay *relay = liar_of(l, STORY_ANNA, i == 0 ? &vanishes : &lies_of_another_key);

		if (i == 0)
			l->d.then = RELAY_VANISH;
		prove_from_two(l, relay, i == 0 ? vanishes.name : lies_of_another_key.name);
		relay_free(relay);
	}
}

/* ---- the daemon that lies by itself ---- */

static void test_faulty_daemon(void **state)
{
	static const struct {
		const char *fault;
		enum err says;
	} list[] = {
		{"withhold-event=2", ERR_INCOMPLETE}, {"flip-event=1", ERR_INCOMPLETE}, {"flip-proof=1", ERR_PROOF},
		{"drop-proof=1", ERR_PROOF}, {"refuse-row=1", ERR_INCOMPLETE},
	};
	struct lies *l = *state;
	char path[SYNC_DESK_PATH];

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct sync_desk_result x;

		daemon_story_restart(&l->d.s, "--fault", list[i].fault);
		begin_file(l, STORY_ANNA, FROM_NOTHING, path);
		x = sync_desk_sync(&l->d, STORY_ANNA, "lied", &l->d.s.d.peer, NULL, NULL, 0);
		if (x.e != list[i].says || x.states[0] != LINK_DROPPED)
			fail_msg("%s: error %d, %s", list[i].fault, (int)x.e, x.info.detail);
		must_verify(l, STORY_ANNA, path, list[i].fault);
		daemon_story_restart(&l->d.s, NULL, NULL);
		must_be_true(l, STORY_ANNA, path, list[i].fault);
		x = sync_desk_sync(&l->d, STORY_ANNA, "lied", &l->d.s.d.peer, NULL, NULL, 0);
		assert_int_equal(x.e, ERR_OK);
		assert_true(as_true(l, STORY_ANNA));
	}
}

/* ---- the scene ---- */

static void keep_proofs(struct lies *l)
{
	struct relay *relay = liar_of(l, STORY_ANNA, &lies_keep_proofs);

	assert_int_equal(sync_desk_sync(&l->d, STORY_ANNA, "kept", relay_address(relay), NULL, NULL, 0).e, ERR_OK);
	relay_free(relay);
}

static int group_setup(void **state)
{
	struct lies *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	sync_desk_init(&l->d, "medlockd-faulty");
	l->d.self = l;
	for (int i = 0; i < EARLIER_PAUSES; i++)
		daemon_story_pause(&l->d.s, i % 2 == 0);
	must_sync(l, STORY_ANNA, "earlier");
	must_sync(l, STORY_OFFICER, "earlier");
	keep_proofs(l);
	l->earlier = daemon_story_height(&l->d.s);
	daemon_story_begin(&l->d.s);
	for (int i = 0; i < LATER_PAUSES; i++)
		daemon_story_pause(&l->d.s, i % 2 == 0);
	must_sync(l, STORY_ANNA, "true");
	must_sync(l, STORY_OFFICER, "true");
	*state = l;
	return 0;
}

static int group_teardown(void **state)
{
	struct lies *l = *state;

	lies_release(l);
	sync_desk_release(&l->d);
	free(l);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers), cmocka_unit_test(test_events), cmocka_unit_test(test_rows),
		cmocka_unit_test(test_proofs_of_an_earlier_height), cmocka_unit_test(test_entries_beyond_the_count),
		cmocka_unit_test(test_blocks), cmocka_unit_test(test_one_row), cmocka_unit_test(test_faulty_daemon),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
