/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody who acts for an owner, at a real daemon: what he may read and until when, and that his light replica holds her
 * list complete or is told that it is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/proto/state_key.h"
#include "daemon_story.h"
#include "temp_dir.h"

#define VALID 5000
#define ENDS_IN_MS 2500
#define WITHHELD "withhold-event=5" /* she has so many, he has not */

struct stage {
	struct daemon_story s;
	struct person bram;
	struct buf ticket; /* bram's */
	struct temp_dir dir;
	char path[96];
};

static struct peer_call call_as(struct stage *k, const struct buf *ticket)
{
	return (struct peer_call){.http = k->s.http, .peer = &k->s.d.peer, .timeout_ms = 10000,
				  .authorization = buf_text(ticket)};
}

static void submit(struct stage *k, const struct buf *tx)
{
	struct peer_call call = call_as(k, &k->ticket);
	Medlock__TxReply *reply = NULL;

	assert_int_equal(peer_submit(&call, &reply, buf_bytes(tx), NULL), ERR_OK);
	assert_int_equal(reply->code, 0);
	WIRE_FREE(reply);
}

static void name(struct stage *k, int64_t until, bool remove)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__ProxySet set = MEDLOCK__PROXY_SET__INIT;
	struct buf tx = BUF_INIT;
	struct tx_id id;

	set.owner = wire_data(BYTES_ID(k->s.anna.account));
	set.delegate = wire_data(BYTES_ID(k->bram.account));
	set.scope = remove ? 0 : SCOPE_ASKS;
	set.valid_to = until;
	set.remove = remove;
	body.action_case = MEDLOCK__BODY__ACTION_PROXY_SET;
	body.proxy_set = &set;
	daemon_sign(&tx, &id, &k->s.d, &k->s.anna, &body, VALID);
	submit(k, &tx);
	buf_release(&tx);
}

static int setup(void **state)
{
	struct stage *k = calloc(1, sizeof(*k));
	struct buf tx = BUF_INIT;
	struct tx_id id;

	assert_non_null(k);
	temp_dir_make(&k->dir);
	snprintf(k->path, sizeof(k->path), "%s/replica.db", k->dir.path);
	daemon_story_init(&k->s, "medlockd-faulty");
	daemon_story_begin(&k->s);
	person_init(&k->bram, &k->s.d.network, 12);
	daemon_ticket(&k->ticket, &k->s.d, &k->bram);
	daemon_anchor(&tx, &id, &k->s.d, &k->bram, ROLE_PATIENT, VALID);
	submit(k, &tx);
	buf_release(&tx);
	*state = k;
	return 0;
}

static int teardown(void **state)
{
	struct stage *k = *state;

	daemon_story_release(&k->s);
	person_release(&k->bram);
	buf_release(&k->ticket);
	temp_dir_remove(&k->dir);
	free(k);
	return 0;
}

/* ---- what a peer gives ---- */

static enum err row(struct stage *k, const struct buf *ticket, struct state_key key)
{
	struct peer_call call = call_as(k, ticket);
	Medlock__ProofReply *reply = NULL;
	enum err e = peer_proof(&call, &reply, state_key_bytes(&key), NULL, NULL);

	if (e == ERR_OK)
		WIRE_FREE(reply);
	return e;
}

/* Everything of hers that her own replica keeps, all given or all refused. */
static void may_read_hers(struct stage *k, const struct buf *ticket, enum err want)
{
	const struct account_id *anna = &k->s.anna.account;
	const struct state_key keys[] = {state_key_account(anna), state_key_policy(anna), state_key_rule(anna, 1),
					 state_key_owned(anna, 1), state_key_record(&k->s.records[1]),
					 state_key_request(&k->s.request), state_key_questions(&k->s.request)};
	struct peer_call call = call_as(k, ticket);
	Medlock__EventsReply *events = NULL;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_int_equal(row(k, ticket, keys[i]), want);
	assert_int_equal(peer_events(&call, &events, anna, 1, NULL), want);
	if (want == ERR_OK)
		WIRE_FREE(events);
}

static void test_reading(void **state)
{
	struct stage *k = *state;
	struct state_key proxies = state_key_proxies(&k->s.anna.account);
	const struct clock *clock = clock_real();
	int64_t until;

	may_read_hers(k, &k->ticket, ERR_NOT_FOUND);
	assert_int_equal(row(k, &k->ticket, proxies), ERR_NOT_FOUND);
	name(k, 0, false);
	may_read_hers(k, &k->ticket, ERR_OK);
	assert_int_equal(row(k, &k->s.clinician, proxies), ERR_NOT_FOUND);
	until = clock->now(clock->self).v + ENDS_IN_MS;
	name(k, until, false);
	while (clock->now(clock->self).v < until)
		assert_int_equal(row(k, &k->ticket, proxies), ERR_OK);
	may_read_hers(k, &k->ticket, ERR_NOT_FOUND);
	assert_int_equal(row(k, &k->ticket, proxies), ERR_OK); /* that it ended */
	name(k, 0, true);
	assert_int_equal(row(k, &k->ticket, proxies), ERR_NOT_FOUND);
}

/* ---- his replica ---- */

static enum err sync_his(struct stage *k, struct replica *r)
{
	struct http_client *http = NULL;
	struct replica_sync_report report;
	struct link l;
	enum err e;

	assert_int_equal(http_client_new(&http, NULL, NULL), ERR_OK);
	link_init(&l, http, NULL, clock_real(), NULL, &k->s.d.network, &k->bram.account);
	daemon_story_peer(&l, &k->s.d.peer, &k->ticket);
	e = replica_sync(r, &report, &l, NULL);
	link_release(&l);
	http_client_free(http);
	return e;
}

static struct replica *open_his(struct stage *k)
{
	struct replica_options o = {.path = k->path, .genesis = buf_bytes(&k->s.genesis), .account = k->bram.account,
				    .clock = clock_real()};
	struct replica *r = NULL;

	assert_int_equal(replica_open(&r, &o, NULL), ERR_OK);
	return r;
}

static enum err count_record(void *self, const struct record_id *id, const Medlock__RecordState *record)
{
	(void)id;
	(void)record;
	++*(size_t *)self;
	return ERR_OK;
}

static size_t records_of(struct stage *k, struct replica *r)
{
	size_t count = 0;

	assert_int_equal(replica_records(r, &k->s.anna.account, count_record, &count, NULL), ERR_OK);
	return count;
}

static void test_replica(void **state)
{
	struct stage *k = *state;
	struct replica *r = open_his(k);
	struct replica_log log;
	uint64_t blocks, txs, bad, before;

	assert_int_equal(sync_his(k, r), ERR_OK);
	assert_int_equal(records_of(k, r), 0);
	name(k, 0, false);
	assert_int_equal(sync_his(k, r), ERR_OK);
	assert_int_equal(records_of(k, r), 0); /* nothing of hers before he acts for her */
	assert_int_equal(replica_watch_owner(r, &k->s.anna.account, NULL), ERR_OK);
	daemon_story_restart(&k->s, "--fault", WITHHELD);
	assert_int_equal(sync_his(k, r), ERR_INCOMPLETE); /* not a list with a hole */
	assert_int_not_equal(replica_log_verify(r, &log, &k->s.anna.account, NULL), ERR_OK);
	daemon_story_restart(&k->s, NULL, NULL);
	assert_int_equal(sync_his(k, r), ERR_OK);
	assert_int_equal(records_of(k, r), DAEMON_STORY_RECORDS);
	assert_int_equal(replica_log_verify(r, &log, &k->s.anna.account, NULL), ERR_OK);
	before = log.count;
	daemon_story_pause(&k->s, true);
	assert_int_equal(sync_his(k, r), ERR_OK);
	assert_int_equal(replica_log_verify(r, &log, &k->s.anna.account, NULL), ERR_OK);
	assert_int_equal(log.count, before + 1);
	name(k, 0, true);
	daemon_story_pause(&k->s, false);
	assert_int_equal(sync_his(k, r), ERR_OK); /* what he had stays, and nothing new comes */
	assert_int_equal(replica_log_verify(r, &log, &k->s.anna.account, NULL), ERR_OK);
	assert_int_equal(log.count, before + 1);
	assert_int_equal(replica_verify(r, &blocks, &txs, &bad, NULL, NULL), ERR_OK);
	assert_int_equal(bad, 0);
	replica_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reading, setup, teardown),
		cmocka_unit_test_setup_teardown(test_replica, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
