/* SPDX-License-Identifier: Apache-2.0 */
/* The lying peer lies as it is told: without it, tests of clients that catch it would prove nothing. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/proto/event.h"
#include "daemon.h"

struct fixture {
	struct daemon_home d;
	struct http_client *http;
	struct person anna;
	struct buf ticket;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	signal(SIGPIPE, SIG_IGN);
	daemon_make(&f->d, "medlockd-faulty");
	assert_int_equal(http_client_new(&f->http, NULL, NULL), ERR_OK);
	person_init(&f->anna, &f->d.network, 10);
	daemon_ticket(&f->ticket, &f->d, &f->anna);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	http_client_free(f->http);
	person_release(&f->anna);
	buf_release(&f->ticket);
	daemon_remove(&f->d);
	free(f);
	return 0;
}

static void submit(struct fixture *f, struct buf *tx)
{
	struct peer_call call = {.http = f->http, .peer = &f->d.peer};
	Medlock__TxReply *reply = NULL;

	assert_int_equal(peer_submit(&call, &reply, buf_bytes(tx), NULL), ERR_OK);
	assert_int_equal(reply->code, 0);
	WIRE_FREE(reply);
	buf_clear(tx);
}

/* Which events arrive, as a sum of 10^n. */
static unsigned events(struct fixture *f)
{
	static const unsigned digit[] = {1, 10, 100, 1000, 10000, 100000};
	struct peer_call call = {.http = f->http, .peer = &f->d.peer, .authorization = buf_text(&f->ticket)};
	Medlock__EventsReply *reply = NULL;
	unsigned sum = 0;

	assert_int_equal(peer_events(&call, &reply, &f->anna.account, 1, NULL), ERR_OK);
	for (size_t i = 0; i < reply->n_events; i++)
		for (uint64_t n = 1; n <= 5; n++) {
			Medlock__Event *event = NULL;

			if (event_parse(&event, &f->anna.account, n, wire_bytes(reply->events[i]), NULL) == ERR_OK)
				sum += digit[n];
			WIRE_FREE(event);
		}
	WIRE_FREE(reply);
	return sum;
}

static void test_withheld_event(void **state)
{
	struct fixture *f = *state;
	struct buf tx = BUF_INIT;
	struct tx_id id;
	unsigned all, some;

	daemon_start(&f->d, NULL, NULL);
	daemon_anchor(&tx, &id, &f->d, &f->anna, ROLE_PATIENT, 100);
	submit(f, &tx);
	for (int i = 0; i < 2; i++) {
		daemon_pause(&tx, &id, &f->d, &f->anna, i == 0, 100);
		submit(f, &tx);
	}
	all = events(f);
	assert_true(all >= 110);
	assert_int_equal(daemon_stop(&f->d, SIGTERM), 0);
	daemon_start(&f->d, "--fault", "withhold-event=2");
	some = events(f);
	assert_int_equal(all - some, 100);
	assert_int_equal(daemon_stop(&f->d, SIGTERM), 0);
	buf_release(&tx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_withheld_event, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
