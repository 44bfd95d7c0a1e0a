/* SPDX-License-Identifier: Apache-2.0 */
/* Submitting to a real daemon: one act is one transaction, however often and at how many places its bytes are sent; and
 * what the ledger refuses is told as what it is.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "submit_desk.h"

#define AT_ONCE 4
#define LATER_PAUSES 4

/* ---- the same bytes ---- */

static void must_be_same(const struct submitted *a, const struct submitted *b)
{
	assert_int_equal(a->code, b->code);
	assert_int_equal(a->height, b->height);
	assert_int_equal(a->index, b->index);
	assert_true(ID_EQUAL(a->tx, b->tx));
	assert_true(bytes_equal(buf_bytes(&a->data), buf_bytes(&b->data)));
}

static void test_twice(void **state)
{
	struct submit_desk *f = *state;
	struct submitted first = {0}, second = {0}, third = {0};
	struct buf tx = BUF_INIT;
	int64_t transactions;
	uint64_t before;
	struct submit_act a;

	submit_desk_link(f, &f->s.d.peer);
	before = submit_desk_entries(f);
	assert_int_equal(submit_sign(&f->submitter, &first, &tx, submit_desk_pause(&a, f, true), NULL), ERR_OK);
	second.tx = third.tx = first.tx;
	assert_int_equal(submit_again(&f->submitter, &first, buf_bytes(&tx), NULL), ERR_OK);
	assert_true(first.proven && first.height > 0);
	assert_int_equal(submit_desk_times(f, &first.tx), 1);
	transactions = submit_desk_transactions(f);
	assert_int_equal(submit_again(&f->submitter, &second, buf_bytes(&tx), NULL), ERR_OK);
	assert_true(second.proven);
	must_be_same(&first, &second);
	daemon_story_restart(&f->s, NULL, NULL);
	submit_desk_link(f, &f->s.d.peer);
	assert_int_equal(submit_again(&f->submitter, &third, buf_bytes(&tx), NULL), ERR_OK);
	must_be_same(&first, &third);
	assert_int_equal(submit_desk_times(f, &first.tx), 1);
	assert_int_equal(submit_desk_transactions(f), transactions);
	assert_int_equal(submit_desk_entries(f), before + 1);
	submitted_release(&first);
	submitted_release(&second);
	submitted_release(&third);
	buf_release(&tx);
}

struct sender {
	const struct peer_address *peer;
	struct bytes tx;
	pthread_t thread;
	enum err e;
	uint64_t height;
	uint32_t code, index;
};

static void *send_one(void *self)
{
	struct sender *s = self;
	struct http_client *http = NULL;
	struct peer_call call = {.peer = s->peer};
	Medlock__TxReply *reply = NULL;

	ASSERT(http_client_new(&http, NULL, NULL) == ERR_OK);
	call.http = http;
	s->e = peer_submit(&call, &reply, s->tx, NULL);
	if (s->e == ERR_OK) {
		s->height = reply->height;
		s->index = reply->index;
		s->code = reply->code;
		WIRE_FREE(reply);
	}
	http_client_free(http);
	return NULL;
}

static void send_at_once(struct sender *senders, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(pthread_create(&senders[i].thread, NULL, send_one, &senders[i]), 0);
	for (size_t i = 0; i < count; i++)
		pthread_join(senders[i].thread, NULL);
}

static void test_at_once(void **state)
{
	struct submit_desk *f = *state;
	struct sender senders[AT_ONCE] = {0};
	struct submitted done = {0};
	struct buf tx = BUF_INIT;
	uint64_t before;
	struct submit_act a;

	submit_desk_link(f, &f->s.d.peer);
	before = submit_desk_entries(f);
	assert_int_equal(submit_sign(&f->submitter, &done, &tx, submit_desk_pause(&a, f, false), NULL), ERR_OK);
	for (size_t i = 0; i < AT_ONCE; i++)
		senders[i] = (struct sender){.peer = &f->s.d.peer, .tx = buf_bytes(&tx)};
	send_at_once(senders, AT_ONCE);
	/* Who comes second may be told that it waits already (height 0), or the place; never another one. */
	assert_int_equal(submit_again(&f->submitter, &done, buf_bytes(&tx), NULL), ERR_OK);
	for (size_t i = 0; i < AT_ONCE; i++) {
		assert_int_equal(senders[i].e, ERR_OK);
		assert_int_equal(senders[i].code, 0);
		assert_true(senders[i].height == 0 || senders[i].height == done.height);
	}
	assert_int_equal(submit_desk_times(f, &done.tx), 1);
	assert_int_equal(submit_desk_entries(f), before + 1);
	submitted_release(&done);
	buf_release(&tx);
}

/* ---- what the ledger refuses ---- */

static void test_conflict(void **state)
{
	struct submit_desk *f = *state;
	struct err_info info = {0};
	struct submitted good = {0}, stale = {0};
	size_t rules, now;
	uint64_t version;
	struct submit_act a;

	submit_desk_link(f, &f->s.d.peer);
	version = submit_desk_policy(f, &rules);
	assert_int_equal(submit_action(&f->submitter, &good, submit_desk_rule(&a, f, version), NULL), ERR_OK);
	assert_true(submit_desk_policy(f, &now) > version);
	assert_int_equal(now, rules + 1);
	assert_int_equal(submit_action(&f->submitter, &stale, submit_desk_rule(&a, f, version), &info), ERR_CONFLICT);
	assert_int_equal(stale.code, -ERR_CONFLICT);
	assert_true(strlen(info.detail) > 4);
	assert_int_equal(submit_desk_policy(f, &now), version + 1);
	assert_int_equal(now, rules + 1);
	submitted_release(&good);
	submitted_release(&stale);
}

/* Two of the same version in one block, or one after the other: one of them is done. */
static void test_conflict_at_once(void **state)
{
	struct submit_desk *f = *state;
	struct sender senders[AT_ONCE] = {0};
	struct buf txs[AT_ONCE] = {BUF_INIT};
	struct submitted done[AT_ONCE] = {0};
	uint64_t version, done_count = 0;
	size_t rules, now;
	struct submit_act a;

	submit_desk_link(f, &f->s.d.peer);
	version = submit_desk_policy(f, &rules);
	for (size_t i = 0; i < AT_ONCE; i++) {
		assert_int_equal(submit_sign(&f->submitter, &done[i], &txs[i], submit_desk_rule(&a, f, version), NULL), ERR_OK);
		senders[i] = (struct sender){.peer = &f->s.d.peer, .tx = buf_bytes(&txs[i])};
	}
	send_at_once(senders, AT_ONCE);
	for (size_t i = 0; i < AT_ONCE; i++) {
		enum err e = submit_again(&f->submitter, &done[i], buf_bytes(&txs[i]), NULL);

		assert_true(e == ERR_OK || e == ERR_CONFLICT);
		assert_true((e == ERR_OK) == (senders[i].code == 0));
		done_count += e == ERR_OK;
	}
	assert_int_equal(done_count, 1);
	assert_int_equal(submit_desk_policy(f, &now), version + 1);
	assert_int_equal(now, rules + 1);
	for (size_t i = 0; i < AT_ONCE; i++) {
		submitted_release(&done[i]);
		buf_release(&txs[i]);
	}
}

/* As Anna, whose seed the test has, so that any height can be signed. */
static enum err send_valid_until(struct submit_desk *f, struct submitted *ret, struct buf *tx, uint64_t valid_until,
				 struct err_info *info)
{
	struct submitter s = {.link = &f->link};

	submit_desk_link(f, &f->s.d.peer);
	buf_clear(tx);
	daemon_pause(tx, &ret->tx, &f->s.d, &f->s.anna, true, valid_until);
	return submit_again(&s, ret, buf_bytes(tx), info);
}

static void test_expired(void **state)
{
	struct submit_desk *f = *state;
	int64_t before = submit_desk_transactions(f);
	struct submitted done = {0}, again = {0};
	struct err_info info = {0};
	struct buf tx = BUF_INIT;
	struct submitter s = {.link = &f->link};
	uint64_t height = daemon_story_height(&f->s);
	enum err e;

	assert_int_equal(send_valid_until(f, &done, &tx, 1, &info), ERR_TX_EXPIRED);
	assert_true(strlen(info.detail) > 4);
	assert_int_equal(send_valid_until(f, &done, &tx, height, &info), ERR_TX_EXPIRED);
	assert_int_equal(send_valid_until(f, &done, &tx, height + TX_VALID_AHEAD_MAX + 100, &info), ERR_RANGE);
	assert_int_equal(submit_desk_transactions(f), before);
	/* In its last block; sent again long after, it is what it was. */
	do { /* an empty block may have taken the place */
		height = daemon_story_height(&f->s);
		e = send_valid_until(f, &done, &tx, height + 1, &info);
	} while (e == ERR_TX_EXPIRED && daemon_story_height(&f->s) > height);
	assert_int_equal(e, ERR_OK);
	assert_int_equal(done.height, height + 1);
	for (int i = 0; i < LATER_PAUSES; i++)
		daemon_story_pause(&f->s, i % 2 == 1);
	again.tx = done.tx;
	assert_int_equal(submit_again(&s, &again, buf_bytes(&tx), &info), ERR_OK);
	must_be_same(&done, &again);
	assert_int_equal(submit_desk_times(f, &done.tx), 1);
	submitted_release(&done);
	submitted_release(&again);
	buf_release(&tx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twice), cmocka_unit_test(test_at_once), cmocka_unit_test(test_conflict),
		cmocka_unit_test(test_conflict_at_once), cmocka_unit_test(test_expired),
	};

	return cmocka_run_group_tests(tests, submit_desk_setup, submit_desk_teardown);
}
