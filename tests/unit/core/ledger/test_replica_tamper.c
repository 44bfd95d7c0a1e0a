/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody changes a replica's file with SQLite's own tool: what `log verify`, `ledger verify` and the next sync say of
 * each change, and that no honest peer is blamed for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/crypto/start.h"
#include "replica_help.h"

enum { LOG = 1, LEDGER = 2, SYNC = 4 }; /* who finds it */

struct change {
	const char *what, *sql; /* ANNA stands for her account, TIP for the newest height; flip() changes a bit */
	int rows;               /* changed by the last statement */
	unsigned found;
};

static const struct change full_changes[] = {
	{"an entry is changed", "UPDATE event SET bytes = flip(bytes) WHERE owner = 'ANNA' AND n = 2", 1, LOG | LEDGER},
	{"an entry goes", "DELETE FROM event WHERE owner = 'ANNA' AND n = 2", 1, LOG | LEDGER},
	{"the last entry goes", "DELETE FROM event WHERE owner = 'ANNA' AND n = (SELECT max(n) FROM event WHERE"
				" owner = 'ANNA')", 1, LOG | LEDGER},
	{"an entry is invented", "INSERT INTO event SELECT owner, n + 100, height, at, kind, actor, purpose, request,"
				 " granted, refused, asked, bytes FROM event WHERE owner = 'ANNA' AND n = 1", 1,
	 LOG | LEDGER},
	{"an entry moves to another", "UPDATE event SET owner = 'ANNA', n = 99 WHERE rowid = (SELECT min(rowid) FROM"
				      " event WHERE owner <> 'ANNA')", 1, LOG | LEDGER},
	{"another's entry is changed", "UPDATE event SET bytes = flip(bytes) WHERE rowid = (SELECT min(rowid) FROM"
					" event WHERE owner <> 'ANNA')", 1, LEDGER},
	{"a rule is changed", "UPDATE state SET value = flip(value) WHERE substr(key, 1, 1) = x'75' AND rowid IN"
			      " (SELECT min(rowid) FROM state WHERE substr(key, 1, 1) = x'75')", 1, LEDGER | SYNC},
	{"rules go", "DELETE FROM state WHERE substr(key, 1, 1) = x'75'", 2, LEDGER | SYNC},
	{"a row is invented", "INSERT INTO state SELECT CAST(key || x'41' AS BLOB), value FROM state LIMIT 1", 1, LEDGER | SYNC},
	{"a block is changed", "UPDATE block SET body = flip(body) WHERE height = 3", 1, LEDGER},
	{"a block goes", "DELETE FROM block WHERE height = 3", 1, LEDGER},
	{"the newest block goes", "DELETE FROM block WHERE height = TIP", 1, LEDGER | SYNC},
	{"a commit is changed", "UPDATE block SET commit_bytes = flip(commit_bytes) WHERE height = 3", 1, LEDGER},
	{"the newest commit is changed", "UPDATE block SET commit_bytes = flip(commit_bytes) WHERE height = TIP", 1,
	 LEDGER | SYNC},
	{"a header is changed", "UPDATE block SET header = flip(header) WHERE height = 3", 1, LEDGER},
	{"the newest header is changed", "UPDATE block SET header = flip(header) WHERE height = TIP", 1, LEDGER | SYNC},
	{"a result is changed", "UPDATE tx SET code = 7 WHERE seq = 2", 1, LEDGER},
	{"a result's data are changed", "UPDATE tx SET data = flip(data) WHERE length(data) > 0 AND seq ="
					" (SELECT min(seq) FROM tx WHERE length(data) > 0)", 1, LEDGER},
	{"a transaction goes", "DELETE FROM tx WHERE seq = 2", 1, LEDGER},
	{"the last transaction goes", "DELETE FROM tx WHERE seq = (SELECT max(seq) FROM tx)", 1, LEDGER},
	{"a transaction is invented", "INSERT INTO tx SELECT seq + 100, id, height, position, code, data FROM tx"
				      " WHERE seq = 1", 1, LEDGER},
	{"a record is hidden", "DELETE FROM record", 2, LEDGER},
	{"a record is given away", "UPDATE record SET owner = depositor", 2, LEDGER},
	{"a record stands for another row", "UPDATE record SET key = (SELECT key FROM request)", 2, LEDGER},
	{"a request is hidden", "DELETE FROM request", 1, LEDGER},
	{"a rule reads otherwise", "UPDATE rule SET effect = 'deny' WHERE id = 1", 1, LEDGER},
	{"a revocation is hidden", "UPDATE certificate SET revoked = 1 WHERE account = 'ANNA'", 1, LEDGER},
	{"the mark of the state goes", "DELETE FROM meta WHERE name = 'state'", 1, LEDGER | SYNC},
};

static const struct change light_changes[] = {
	{"an entry is changed", "UPDATE event SET bytes = flip(bytes) WHERE n = 2", 1, LOG | SYNC},
	{"an entry goes", "DELETE FROM event WHERE n = 2", 1, LOG | SYNC},
	{"the last entry goes", "DELETE FROM event WHERE n = (SELECT max(n) FROM event)", 1, LOG | SYNC},
	{"all entries go", "DELETE FROM event", 6, LOG | SYNC},
	{"an entry is invented", "INSERT INTO event SELECT owner, n + 100, height, at, kind, actor, purpose, request,"
				 " granted, refused, asked, bytes FROM event WHERE n = 1", 1, LOG | SYNC},
	{"the account is changed", "UPDATE row SET value = flip(value) WHERE substr(key, 1, 1) = x'61'", 1,
	 LOG | LEDGER},
	{"the account's proof is changed", "UPDATE row SET proof = flip(proof) WHERE substr(key, 1, 1) = x'61'", 1,
	 LOG | LEDGER},
	{"a rule is changed", "UPDATE row SET value = flip(value) WHERE substr(key, 1, 1) = x'75' AND rowid ="
			      " (SELECT min(rowid) FROM row WHERE substr(key, 1, 1) = x'75')", 1, LEDGER},
	{"a rule goes", "DELETE FROM row WHERE substr(key, 1, 1) = x'75' AND rowid ="
			" (SELECT max(rowid) FROM row WHERE substr(key, 1, 1) = x'75')", 1, LEDGER},
	{"a row says it is newer", "UPDATE row SET height = 9999 WHERE substr(key, 1, 1) = x'72'", 2, LEDGER},
	{"a header is changed", "UPDATE block SET header = flip(header) WHERE height = 3", 1, LEDGER},
	{"a header goes", "DELETE FROM block WHERE height = 3", 1, LEDGER},
	{"the newest header goes", "DELETE FROM block WHERE height = TIP", 1, LOG | LEDGER},
	{"the newest header is changed", "UPDATE block SET header = flip(header) WHERE height = TIP", 1,
	 LOG | LEDGER | SYNC},
	{"the newest commit is changed", "UPDATE block SET commit_bytes = flip(commit_bytes) WHERE height = TIP", 1,
	 LOG | LEDGER | SYNC},
	{"a record is hidden", "DELETE FROM record", 2, LEDGER},
	{"a record is given away", "UPDATE record SET owner = depositor", 2, LEDGER},
};

static void replace(char *text, size_t size, const char *word, const char *by)
{
	char copy[2048], *at;

	while ((at = strstr(text, word)) != NULL) {
		snprintf(copy, sizeof(copy), "%.*s%s%s", (int)(at - text), text, by, at + strlen(word));
		assert_true(strlen(copy) < size);
		memcpy(text, copy, strlen(copy) + 1);
	}
}

static void apply(const struct replica_desk *d, const struct change *c)
{
	char sql[2048], anna[ID_HEX];

	hex_encode(anna, d->s.anna.id.b, ID_SIZE);
	snprintf(sql, sizeof(sql), "%s", c->sql);
	replace(sql, sizeof(sql), "ANNA", anna);
	replace(sql, sizeof(sql), "TIP", "(SELECT max(height) FROM block)");
	replica_desk_exec(d, sql, c->rows);
}

/* Words for damage; never the caller's fault, never an absence, never a peer's.  core/app says of a malformed block that
 * it is damaged.
 */
static bool speaks_of_damage(enum err e)
{
	return e == ERR_DAMAGED || e == ERR_INCOMPLETE || e == ERR_PROOF || e == ERR_CHAIN || e == ERR_APP_HASH ||
	       e == ERR_FORMAT || e == ERR_NOT_CANONICAL;
}

static void expect(const struct change *c, const char *who, bool should, enum err e, const struct err_info *info)
{
	if (should ? !speaks_of_damage(e) || strlen(info->detail) < 5 || strchr(info->detail, '\n') != NULL : e != ERR_OK)
		fail_msg("%s: %s says %d '%s'", c->what, who, (int)e, info->detail);
}

static void look_and_sync(struct replica_desk *d, const struct change *c)
{
	struct err_info log_info = {0}, ledger_info = {0}, sync_info = {0};
	uint64_t blocks, txs, bad = 0;
	struct replica_log log;
	enum err e;

	assert_int_equal(replica_desk_open(d, NULL), ERR_OK);
	e = replica_log_verify(d->r, &log, &d->s.anna.id, &log_info);
	expect(c, "log verify", c->found & LOG, e, &log_info);
	e = replica_verify(d->r, &blocks, &txs, &bad, NULL, &ledger_info);
	expect(c, "ledger verify", c->found & LEDGER, e, &ledger_info);
	assert_int_equal(bad != 0, e != ERR_OK);
	e = replica_desk_sync(d, NULL, &sync_info);
	expect(c, "sync", c->found & SYNC, e, &sync_info);
	if (e != ERR_OK)
		assert_int_equal(e, ERR_DAMAGED);
	if (d->link.peers[0].state == LINK_DROPPED)
		fail_msg("%s: the peer is blamed: %s", c->what, sync_info.detail);
	replica_desk_close(d);
}

static void make(struct replica_desk *d, struct buf *ret_file, bool full)
{
	replica_desk_init(d, 4, full);
	assert_int_equal(replica_desk_open(d, NULL), ERR_OK);
	assert_int_equal(replica_desk_sync(d, NULL, NULL), ERR_OK);
	replica_desk_file(d, ret_file);
	story_more(&d->s);
	fake_peer_show(d->peer);
}

static void all_changes(bool full, const struct change *changes, size_t count)
{
	static const struct change nothing = {"nothing", NULL, 0, 0};
	struct replica_desk d;
	struct buf file = BUF_INIT;

	make(&d, &file, full);
	look_and_sync(&d, &nothing);
	for (size_t i = 0; i < count; i++) {
		replica_desk_put_file(&d, buf_bytes(&file));
		apply(&d, &changes[i]);
		look_and_sync(&d, &changes[i]);
	}
	replica_desk_release(&d);
	buf_release(&file);
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void test_full(void **state) { all_changes(true, full_changes, COUNT(full_changes)); }
static void test_light(void **state) { all_changes(false, light_changes, COUNT(light_changes)); }

/* ---- who takes the last entry away, and makes the account say that it never was ---- */

struct heads {
	uint64_t count;
	struct hash32 last, before;
};

static enum err chain(void *self, const Medlock__Event *event, struct bytes raw)
{
	struct heads *h = self;

	(void)event;
	h->before = h->last;
	h->last = event_head_next(&h->last, raw);
	h->count++;
	return ERR_OK;
}

static void forge(struct replica_desk *d, const char *table)
{
	struct state_key key = state_key_account(&d->s.anna.id);
	Medlock__AccountState *a = NULL;
	struct buf value = BUF_INIT;
	struct heads heads = {0};
	char sql[128];
	sqlite3 *h;
	sqlite3_stmt *s = NULL;

	assert_int_equal(replica_desk_open(d, NULL), ERR_OK);
	assert_int_equal(replica_events(d->r, &d->s.anna.id, 1, UINT64_MAX, chain, &heads, NULL), ERR_OK);
	assert_int_equal(replica_account(d->r, &a, &d->s.anna.id, NULL), ERR_OK);
	assert_int_equal(a->event_count, heads.count);
	replica_desk_close(d);
	a->event_count--;
	memcpy(a->event_head.data, heads.before.b, ID_SIZE);
	WIRE_ENCODE(&value, a);
	WIRE_FREE(a);
	h = replica_desk_sqlite(d);
	snprintf(sql, sizeof(sql), "UPDATE %s SET value = ?1 WHERE key = ?2", table);
	assert_int_equal(sqlite3_prepare_v2(h, sql, -1, &s, NULL), SQLITE_OK);
	sqlite3_bind_blob(s, 1, value.data, (int)value.len, SQLITE_STATIC);
	sqlite3_bind_blob(s, 2, key.b, key.len, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(s), SQLITE_DONE);
	assert_int_equal(sqlite3_changes(h), 1);
	sqlite3_finalize(s);
	sqlite3_close(h);
	buf_release(&value);
}

/* A full replica trusts its state in `log verify`; that the state is the chain's is what `ledger verify` says. */
static void test_a_forged_end_of_the_list(void **state)
{
	static const struct change full_end = {
		"a forged end", "DELETE FROM event WHERE owner = 'ANNA' AND n = (SELECT max(n) FROM event WHERE"
				" owner = 'ANNA')", 1, LEDGER | SYNC};
	static const struct change light_end = {
		"a forged end", "DELETE FROM event WHERE n = (SELECT max(n) FROM event)", 1, LOG | LEDGER | SYNC};

	for (int full = 0; full < 2; full++) {
		struct replica_desk d;
		struct buf file = BUF_INIT;

		make(&d, &file, full);
		forge(&d, full ? "state" : "row");
		apply(&d, full ? &full_end : &light_end);
		look_and_sync(&d, full ? &full_end : &light_end);
		replica_desk_release(&d);
		buf_release(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full), cmocka_unit_test(test_light),
		cmocka_unit_test(test_a_forged_end_of_the_list),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
