/* SPDX-License-Identifier: Apache-2.0 */
/* What a replica stores and answers is what the contract, run over the same transactions in memory, says. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "chain/proto/codes.h"
#include "core/crypto/hash.h"
#include "core/crypto/start.h"
#include "replica_help.h"

#define DECODED_MAX (1u << 20)
#define SQL_MAX 4096u

static void make(struct replica_desk *d, bool full)
{
	replica_desk_init(d, 3, full);
	assert_int_equal(replica_desk_open(d, NULL), ERR_OK);
	assert_int_equal(replica_desk_sync(d, NULL, NULL), ERR_OK);
}

static int64_t ask(sqlite3 *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int64_t ask(sqlite3 *h, const char *format, ...)
{
	char sql[SQL_MAX];
	sqlite3_stmt *s = NULL;
	int64_t answer;
	va_list args;

	va_start(args, format);
	assert_true(vsnprintf(sql, sizeof(sql), format, args) < (int)sizeof(sql));
	va_end(args);
	if (sqlite3_prepare_v2(h, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(h));
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	answer = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return answer;
}

static const char *hex(char out[2 * 64 + 1], const void *data, size_t len)
{
	assert_true(len <= 64);
	out[0] = '\0';
	if (len > 0)
		hex_encode(out, data, len);
	return out;
}

#define HEX(data, len) hex((char[2 * 64 + 1]){0}, data, len)

static const char *when(char out[TIME_TEXT], int64_t ms)
{
	out[0] = '\0';
	if (ms != 0)
		time_format(out, (struct time_ms){ms});
	return out;
}

#define WHEN(ms) when((char[TIME_TEXT]){0}, ms)

/* ---- the tables in words, a row of the contract's state each ---- */

struct counts {
	int64_t accounts, records, rules, requests;
};

static void check_account(sqlite3 *h, struct bytes id, struct bytes value)
{
	Medlock__AccountState *a = NULL;

	assert_int_equal(WIRE_DECODE(&a, medlock__account_state, value, DECODED_MAX, NULL), ERR_OK);
	assert_int_equal(ask(h, "SELECT count(*) FROM certificate WHERE account='%s' AND role='%s' AND not_after='%s'"
				" AND revoked=%d AND events=%" PRIu64,
			     HEX(id.data, id.len), code_text(CODES_ROLE, a->role), WHEN(a->not_after), a->revoked,
			     a->event_count), 1);
	WIRE_FREE(a);
}

static void check_record(sqlite3 *h, struct bytes id, struct bytes value)
{
	Medlock__RecordState *x = NULL;

	assert_int_equal(WIRE_DECODE(&x, medlock__record_state, value, DECODED_MAX, NULL), ERR_OK);
	assert_int_equal(
		ask(h, "SELECT count(*) FROM record WHERE id='%s' AND owner='%s' AND number=%" PRIu64 " AND category='%s'"
		       " AND labels='MH,HIV' AND confidentiality='%s' AND status='%s' AND depositor='%s'"
		       " AND height=%" PRIu64 " AND at='%s' AND substr(key, 3) = x'%s'",
		    HEX(id.data, id.len), HEX(x->deposit->owner.data, x->deposit->owner.len), x->number,
		    code_text(CODES_CATEGORY, x->deposit->category),
		    code_text(CODES_CONFIDENTIALITY, x->deposit->confidentiality),
		    code_text(CODES_RECORD_STATUS, x->status), HEX(x->depositor.data, x->depositor.len), x->height,
		    WHEN(x->time), HEX(id.data, id.len)),
		1);
	WIRE_FREE(x);
}

static void check_rule(sqlite3 *h, struct bytes owner, struct bytes value)
{
	Medlock__RuleState *x = NULL;

	assert_int_equal(WIRE_DECODE(&x, medlock__rule_state, value, DECODED_MAX, NULL), ERR_OK);
	assert_int_equal(x->rule->n_categories, 1);
	assert_int_equal(ask(h, "SELECT count(*) FROM rule WHERE owner='%s' AND id=%u AND effect='%s' AND purposes='TREAT'"
				" AND categories='%s' AND valid_to='%s'",
			     HEX(owner.data, owner.len), x->rule->id, code_text(CODES_EFFECT, x->rule->effect),
			     code_text(CODES_CATEGORY, x->rule->categories[0]), WHEN(x->rule->valid_to)), 1);
	WIRE_FREE(x);
}

static void check_request(sqlite3 *h, struct bytes id, struct bytes value)
{
	Medlock__RequestState *x = NULL;
	unsigned granted = 0;

	assert_int_equal(WIRE_DECODE(&x, medlock__request_state, value, DECODED_MAX, NULL), ERR_OK);
	for (size_t i = 0; i < x->n_records; i++)
		granted += x->records[i]->decision == DECISION_GRANTED;
	assert_int_equal(granted, 1); /* the story's request; so that the column is known to count */
	assert_int_equal(ask(h, "SELECT count(*) FROM request WHERE id='%s' AND owner='%s' AND requester='%s'"
				" AND purpose='TREAT' AND emergency=0 AND at='%s' AND expires='%s' AND closed=%d"
				" AND granted=%u AND height=%" PRIu64,
			     HEX(id.data, id.len), HEX(x->owner.data, x->owner.len),
			     HEX(x->requester.data, x->requester.len), WHEN(x->time), WHEN(x->expires), x->closed,
			     granted, x->height), 1);
	WIRE_FREE(x);
}

static void check_words(sqlite3 *h, struct counts *n, struct bytes key, struct bytes value)
{
	struct bytes id = bytes_of(key.data + 2, ID_SIZE);

	if (key.len < 2 + ID_SIZE || key.data[1] != ID_SIZE)
		return;
	if (key.data[0] == 'a') {
		check_account(h, id, value);
		n->accounts++;
	} else if (key.data[0] == 'r') {
		check_record(h, id, value);
		n->records++;
	} else if (key.data[0] == 'u') {
		check_rule(h, id, value);
		n->rules++;
	} else if (key.data[0] == 'q') {
		check_request(h, id, value);
		n->requests++;
	}
}

static void check_event(sqlite3 *h, const struct chain_event *e)
{
	Medlock__Event *x = NULL;
	unsigned decided[4] = {0};

	assert_int_equal(event_parse(&x, &e->owner, e->n, buf_bytes(&e->bytes), NULL), ERR_OK);
	for (size_t i = 0; i < x->n_records; i++)
		decided[x->records[i]->decision]++;
	assert_int_equal(
		ask(h, "SELECT count(*) FROM event WHERE owner='%s' AND n=%" PRIu64 " AND height=%" PRIu64 " AND at='%s'"
		       " AND kind='%s' AND actor='%s' AND purpose='%s' AND request='%s' AND granted=%u AND refused=%u"
		       " AND asked=%u",
		    HEX(e->owner.b, ID_SIZE), e->n, x->height, WHEN(x->time), code_text(CODES_ACTION, x->kind),
		    HEX(x->actor.data, x->actor.len), x->purpose ? code_text(CODES_PURPOSE, x->purpose) : "",
		    HEX(x->request.data, x->request.len), decided[DECISION_GRANTED], decided[DECISION_DENIED],
		    decided[DECISION_ASKED]),
		1);
	WIRE_FREE(x);
}

/* ---- a full replica: everything ---- */

static void check_full(struct replica_desk *d)
{
	sqlite3 *h = replica_desk_sqlite(d);
	struct counts n = {0};

	for (size_t i = 0; i < memory_kv_count(d->s.w.memory); i++) {
		struct bytes key, value;
		struct buf stored = BUF_INIT;

		memory_kv_at(d->s.w.memory, i, &key, &value);
		assert_int_equal(replica_get(d->r, &stored, NULL, key, NULL), ERR_OK);
		assert_true(bytes_equal(buf_bytes(&stored), value));
		buf_release(&stored);
		check_words(h, &n, key, value);
	}
	assert_int_equal(ask(h, "SELECT count(*) FROM state"), memory_kv_count(d->s.w.memory));
	assert_int_equal(ask(h, "SELECT count(*) FROM certificate"), n.accounts);
	assert_int_equal(ask(h, "SELECT count(*) FROM record"), n.records);
	assert_int_equal(ask(h, "SELECT count(*) FROM rule"), n.rules);
	assert_int_equal(ask(h, "SELECT count(*) FROM request"), n.requests);
	for (size_t i = 0; i < d->s.event_count; i++)
		check_event(h, &d->s.events[i]);
	assert_int_equal(ask(h, "SELECT count(*) FROM event"), d->s.event_count);
	assert_int_equal(ask(h, "SELECT count(*) FROM tx"), d->s.tx_total);
	sqlite3_close(h);
}

static void test_full_tables(void **state)
{
	struct replica_desk d;

	make(&d, true);
	check_full(&d);
	story_more(&d.s);
	fake_peer_show(d.peer);
	fake_peer_page(d.peer, 2);
	assert_int_equal(replica_desk_sync(&d, NULL, NULL), ERR_OK);
	check_full(&d);
	replica_desk_release(&d);
}

/* ---- a light replica: what is Anna's ---- */

static bool of_owner(struct bytes key, struct bytes value, const struct account_id *who)
{
	Medlock__RecordState *x = NULL;
	bool yes;

	if (key.data[0] == 'a' || key.data[0] == 'u' || key.data[0] == 'p')
		return key.len >= 2 + ID_SIZE && memcmp(key.data + 2, who->b, ID_SIZE) == 0;
	if (key.data[0] != 'r')
		return false;
	assert_int_equal(WIRE_DECODE(&x, medlock__record_state, value, DECODED_MAX, NULL), ERR_OK);
	yes = bytes_equal(wire_bytes(x->deposit->owner), BYTES_ID(*who));
	WIRE_FREE(x);
	return yes;
}

static void check_light(struct replica_desk *d)
{
	sqlite3 *h = replica_desk_sqlite(d);
	struct counts n = {0};
	int64_t events = 0, rows = 1; /* the network's */

	for (size_t i = 0; i < memory_kv_count(d->s.w.memory); i++) {
		struct bytes key, value;
		struct buf stored = BUF_INIT;

		memory_kv_at(d->s.w.memory, i, &key, &value);
		if (!of_owner(key, value, &d->s.anna.id))
			continue;
		assert_int_equal(replica_get(d->r, &stored, NULL, key, NULL), ERR_OK);
		assert_true(bytes_equal(buf_bytes(&stored), value));
		buf_release(&stored);
		check_words(h, &n, key, value);
		rows++;
	}
	assert_int_equal(ask(h, "SELECT count(*) FROM row"), rows);
	assert_int_equal(ask(h, "SELECT count(*) FROM certificate"), n.accounts);
	assert_int_equal(ask(h, "SELECT count(*) FROM record"), n.records);
	assert_int_equal(ask(h, "SELECT count(*) FROM rule"), n.rules);
	for (size_t i = 0; i < d->s.event_count; i++) {
		if (!ID_EQUAL(d->s.events[i].owner, d->s.anna.id))
			continue;
		check_event(h, &d->s.events[i]);
		events++;
	}
	assert_int_equal(ask(h, "SELECT count(*) FROM event"), events);
	assert_int_equal(ask(h, "SELECT count(*) FROM request"), 0); /* hers are what she asked for */
	assert_int_equal(ask(h, "SELECT count(*) FROM state"), 0);
	sqlite3_close(h);
}

static void test_light_tables(void **state)
{
	struct replica_desk d;

	make(&d, false);
	check_light(&d);
	story_more(&d.s);
	fake_peer_show(d.peer);
	assert_int_equal(replica_desk_sync(&d, NULL, NULL), ERR_OK);
	check_light(&d);
	replica_desk_release(&d);
}

/* A use of a rule is spent by somebody's request: no new policy, but another rule. */
static void test_light_rule_is_spent(void **state)
{
	struct replica_desk d;

	make(&d, false);
	story_ask(&d.s);
	story_block(&d.s);
	story_block(&d.s);
	fake_peer_show(d.peer);
	assert_int_equal(replica_desk_sync(&d, NULL, NULL), ERR_OK);
	check_light(&d);
	replica_desk_release(&d);
}

/* The doctor: her own row, the request that she watches, and the record that it grants. */
static void test_light_request(void **state)
{
	struct replica_desk d;
	struct replica_options o;
	Medlock__RequestState *request = NULL;
	Medlock__RecordState *record = NULL;
	struct replica_sync_report report;

	replica_desk_init(&d, 3, false);
	o = replica_desk_options(&d);
	o.account = d.s.doctor.id;
	assert_int_equal(replica_open(&d.r, &o, NULL), ERR_OK);
	assert_int_equal(replica_watch_request(d.r, &d.s.request, NULL), ERR_OK);
	assert_int_equal(replica_watch_request(d.r, &d.s.request, NULL), ERR_OK);
	link_release(&d.link);
	fake_peer_link(&d.link, d.peer, d.http, &d.s.doctor.id);
	assert_int_equal(replica_request(d.r, &request, &d.s.request, NULL), ERR_NOT_FOUND);
	assert_int_equal(replica_sync(d.r, &report, &d.link, NULL), ERR_OK);
	assert_int_equal(replica_request(d.r, &request, &d.s.request, NULL), ERR_OK);
	assert_true(bytes_equal(wire_bytes(request->requester), BYTES_ID(d.s.doctor.id)));
	assert_int_equal(replica_record(d.r, &record, &d.s.first, NULL), ERR_OK);
	assert_true(bytes_equal(wire_bytes(record->deposit->owner), BYTES_ID(d.s.anna.id)));
	WIRE_FREE(request);
	WIRE_FREE(record);
	replica_desk_release(&d);
}

/* ---- questions ---- */

struct seen {
	uint64_t numbers[16];
	size_t count, stop_at; /* 0: never */
};

static enum err saw(struct seen *s, uint64_t number)
{
	assert_true(s->count < 16);
	s->numbers[s->count++] = number;
	return s->count == s->stop_at ? ERR_CANCELLED : ERR_OK;
}

static enum err each_rule(void *self, const Medlock__RuleState *rule)
{
	return saw(self, rule->rule->id);
}

static enum err each_record(void *self, const struct record_id *id, const Medlock__RecordState *record)
{
	(void)id;
	return saw(self, record->number);
}

static enum err each_request(void *self, const struct request_id *id, const Medlock__RequestState *request)
{
	(void)id;
	return saw(self, request->height);
}

static enum err each_event(void *self, const Medlock__Event *event, struct bytes raw)
{
	(void)raw;
	return saw(self, event->n);
}

static void check_seen(const struct seen *s, size_t count, uint64_t first, uint64_t last)
{
	assert_int_equal(s->count, count);
	if (count > 0) {
		assert_int_equal(s->numbers[0], first);
		assert_int_equal(s->numbers[count - 1], last);
	}
}

static void check_lists(struct replica_desk *d)
{
	const struct story *s = &d->s;
	struct seen n = {0};
	struct replica_log log;

	assert_int_equal(replica_rules(d->r, &s->anna.id, each_rule, &n, NULL), ERR_OK);
	check_seen(&n, 2, 1, 3);
	n = (struct seen){.stop_at = 1};
	assert_int_equal(replica_rules(d->r, &s->anna.id, each_rule, &n, NULL), ERR_CANCELLED);
	check_seen(&n, 1, 1, 1);
	n = (struct seen){0};
	assert_int_equal(replica_records(d->r, &s->anna.id, each_record, &n, NULL), ERR_OK);
	check_seen(&n, 3, 3, 1);
	n = (struct seen){0};
	assert_int_equal(replica_records(d->r, NULL, each_record, &n, NULL), ERR_OK);
	check_seen(&n, 3, 3, 1);
	n = (struct seen){.stop_at = 1};
	assert_int_equal(replica_records(d->r, NULL, each_record, &n, NULL), ERR_CANCELLED);
	n = (struct seen){0};
	assert_int_equal(replica_records(d->r, &s->bram.id, each_record, &n, NULL), ERR_OK);
	check_seen(&n, 0, 0, 0);
	assert_int_equal(replica_rules(d->r, &s->bram.id, each_rule, &n, NULL), ERR_OK);
	check_seen(&n, 0, 0, 0);
	assert_int_equal(replica_events(d->r, &s->anna.id, 2, 4, each_event, &n, NULL), ERR_OK);
	check_seen(&n, 3, 2, 4);
	n = (struct seen){.stop_at = 2};
	assert_int_equal(replica_events(d->r, &s->anna.id, 1, UINT64_MAX, each_event, &n, NULL), ERR_CANCELLED);
	check_seen(&n, 2, 1, 2);
	n = (struct seen){0};
	assert_int_equal(replica_events(d->r, &s->anna.id, 4, 2, each_event, &n, NULL), ERR_OK);
	check_seen(&n, 0, 0, 0);
	n = (struct seen){.stop_at = 2};
	assert_int_equal(replica_events_newest(d->r, &s->anna.id, each_event, &n, NULL), ERR_CANCELLED);
	assert_int_equal(replica_log_verify(d->r, &log, &s->anna.id, NULL), ERR_OK);
	check_seen(&n, 2, log.count, log.count - 1);
}

static void check_one_by_one(struct replica_desk *d)
{
	Medlock__PolicyState *policy = NULL;
	Medlock__RecordState *record = NULL;
	Medlock__AccountState *account = NULL;
	Medlock__Network *network = NULL;
	struct record_id none = {{1}};
	struct replica_log log;

	assert_int_equal(replica_policy(d->r, &policy, &d->s.anna.id, NULL), ERR_OK);
	assert_int_equal(policy->n_rules, 2);
	assert_true(policy->paused);
	WIRE_FREE(policy);
	assert_int_equal(replica_record(d->r, &record, &d->s.first, NULL), ERR_OK);
	assert_int_equal(record->status, RECORD_STATUS_SUPERSEDED);
	assert_true(bytes_equal(wire_bytes(record->superseded_by), BYTES_ID(d->s.second)));
	WIRE_FREE(record);
	record = NULL;
	assert_int_equal(replica_record(d->r, &record, &none, NULL), ERR_NOT_FOUND);
	assert_null(record);
	assert_int_equal(replica_network(d->r, &network, NULL), ERR_OK);
	assert_int_equal(network->n_custodians, 3);
	WIRE_FREE(network);
	assert_int_equal(replica_account(d->r, &account, &d->s.anna.id, NULL), ERR_OK);
	assert_int_equal(replica_log_verify(d->r, &log, &d->s.anna.id, NULL), ERR_OK);
	assert_int_equal(log.count, account->event_count);
	assert_memory_equal(log.head.b, account->event_head.data, ID_SIZE);
	WIRE_FREE(account);
}

static void questions(bool full)
{
	struct replica_desk d;
	struct seen n = {0};

	make(&d, full);
	story_more(&d.s);
	fake_peer_show(d.peer);
	assert_int_equal(replica_desk_sync(&d, NULL, NULL), ERR_OK);
	check_lists(&d);
	check_one_by_one(&d);
	assert_int_equal(replica_requests(d.r, &d.s.doctor.id, each_request, &n, NULL), ERR_OK);
	check_seen(&n, full ? 2 : 0, 9, 6);
	n = (struct seen){0};
	assert_int_equal(replica_requests(d.r, NULL, each_request, &n, NULL), ERR_OK);
	check_seen(&n, full ? 2 : 0, 9, 6);
	n = (struct seen){0};
	assert_int_equal(replica_requests(d.r, &d.s.anna.id, each_request, &n, NULL), ERR_OK);
	check_seen(&n, 0, 0, 0);
	replica_desk_release(&d);
}

static void test_questions_full(void **state) { questions(true); }
static void test_questions_light(void **state) { questions(false); }

/* Every transaction of every block by its id, the refused one too. */
static void test_transactions(void **state)
{
	struct replica_tx t = {0};
	struct tx_id none = {{1}};
	struct replica_desk d;
	unsigned refused = 0;

	make(&d, true);
	for (size_t height = 1; height <= d.s.chain.count; height++) {
		struct block block;

		assert_int_equal(block_decode(&block, buf_bytes(&d.s.chain.blocks[height - 1]), NULL), ERR_OK);
		for (size_t i = 0; i < block.tx_count; i++) {
			struct hash32 hash = hash_sha256(block.txs[i]);
			struct tx_id id;

			ID_COPY(id, hash.b);
			assert_int_equal(replica_tx(d.r, &t, NULL, &id, NULL), ERR_OK);
			assert_int_equal(t.height, height);
			assert_int_equal(t.index, i);
			assert_true(t.proven);
			assert_true(bytes_equal(buf_bytes(&t.tx), block.txs[i]));
			refused += t.code != 0;
			replica_tx_release(&t);
		}
		block_release(&block);
	}
	assert_int_equal(refused, 1);
	assert_int_equal(replica_tx(d.r, &t, NULL, &none, NULL), ERR_NOT_FOUND);
	replica_desk_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_tables), cmocka_unit_test(test_light_tables),
		cmocka_unit_test(test_light_rule_is_spent),
		cmocka_unit_test(test_light_request), cmocka_unit_test(test_questions_full),
		cmocka_unit_test(test_questions_light), cmocka_unit_test(test_transactions),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
