/* SPDX-License-Identifier: Apache-2.0 */
/* The revocation list at a real daemon: who may put which, and what a kill and a backup leave. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/net/peer_client_crl.h"
#include "daemon_scene.h"
#include "lists.h"

struct stage {
	struct scene s;
	struct list_maker m;
	struct time_ms now;
};

static struct peer_call call_as(struct stage *x, const struct buf *ticket)
{
	return (struct peer_call){.http = x->s.http, .peer = &x->s.d.peer, .timeout_ms = 10000,
				  .authorization = ticket == NULL ? NULL : buf_text(ticket)};
}

static int setup(void **state)
{
	struct stage *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	x->now = clock_real()->now(NULL);
	scene_init(&x->s);
	scene_begin(&x->s);
	list_maker_init(&x->m, x->now, CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct stage *x = *state;

	list_maker_release(&x->m);
	scene_release(&x->s);
	free(x);
	return 0;
}

static enum err put(struct stage *x, const struct buf *ticket, const struct list_maker *m, uint64_t number)
{
	struct peer_call call = call_as(x, ticket);
	struct buf b = BUF_INIT;
	enum err e;

	list_make(&b, NULL, m, number, x->now, (struct time_ms){x->now.v + 7 * MS_PER_DAY});
	e = peer_crl_put(&call, buf_bytes(&b), NULL);
	buf_release(&b);
	return e;
}

/* What everybody gets, checked with the issuer, and what the status says of it. */
static void expect(struct stage *x, uint64_t number)
{
	struct peer_call call = call_as(x, NULL);
	Medlock__StatusReply *status;
	struct buf list = BUF_INIT;
	struct cert_crl crl;

	assert_int_equal(peer_crl_get(&call, &list, NULL), ERR_OK);
	assert_int_equal(x509_crl_parse(&crl, buf_bytes(&list), buf_bytes(&x->m.issuing), NULL), ERR_OK);
	assert_int_equal(crl.number, number);
	x509_crl_release(&crl);
	buf_release(&list);
	assert_int_equal(peer_status(&call, &status, NULL), ERR_OK);
	assert_int_equal(status->crl_number, number);
	WIRE_FREE(status);
}

static void test_only_newer_and_only_its_own(void **state)
{
	struct stage *x = *state;
	struct peer_call nobody = call_as(x, NULL);
	struct list_maker other;
	struct buf none = BUF_INIT;

	assert_int_equal(peer_crl_get(&nobody, &none, NULL), ERR_NOT_FOUND);
	assert_int_equal(put(x, NULL, &x->m, 3), ERR_NOT_CERTIFIED);
	assert_int_equal(put(x, &x->s.patient, &x->m, 3), ERR_ROLE); /* nobody else teaches a peer whose lists are good */
	assert_int_equal(put(x, &x->s.officer, &x->m, 3), ERR_OK);
	expect(x, 3);
	assert_int_equal(put(x, &x->s.officer, &x->m, 2), ERR_CONFLICT);
	assert_int_equal(put(x, &x->s.officer, &x->m, 3), ERR_CONFLICT); /* signed anew: another list of this number */
	list_maker_init(&other, x->now, CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN);
	assert_int_equal(put(x, &x->s.officer, &other, 9), ERR_SIGNATURE);
	list_maker_release(&other);
	expect(x, 3);
	assert_int_equal(put(x, &x->s.officer, &x->m, 40), ERR_OK);
	expect(x, 40);
}

static void test_the_same_again_is_fine(void **state)
{
	struct stage *x = *state;
	struct peer_call call = call_as(x, &x->s.officer);
	struct buf b = BUF_INIT;

	list_make(&b, NULL, &x->m, 5, x->now, (struct time_ms){x->now.v + 7 * MS_PER_DAY});
	assert_int_equal(peer_crl_put(&call, buf_bytes(&b), NULL), ERR_OK);
	assert_int_equal(peer_crl_put(&call, buf_bytes(&b), NULL), ERR_OK);
	b.len--;
	assert_int_equal(peer_crl_put(&call, buf_bytes(&b), NULL), ERR_FORMAT);
	buf_release(&b);
	expect(x, 5);
}

/* What the daemon says to its monitor. */
static unsigned long long metric(struct stage *x, const char *name)
{
	struct http_reply r;
	char url[URL_MAX + 32], line[80];
	const char *at;
	unsigned long long value;

	snprintf(url, sizeof(url), "%s" API_METRICS, x->s.d.peer.url);
	assert_int_equal(http_client_call(x->s.http, &r, &(struct http_call){.verb = HTTP_VERB_GET, .url = url,
					  .pin = &x->s.d.peer.pin, .reply_max = 1 << 16}, NULL), ERR_OK);
	buf_append_byte(&r.body, 0);
	snprintf(line, sizeof(line), "\nmedlock_%s ", name);
	at = strstr((const char *)r.body.data, line);
	assert_non_null(at);
	value = strtoull(at + strlen(line), NULL, 10);
	http_reply_release(&r);
	return value;
}

static void test_a_monitor_sees_its_end(void **state)
{
	struct stage *x = *state;

	assert_int_equal(metric(x, "crl_left_seconds"), 0);
	assert_int_equal(put(x, &x->s.officer, &x->m, 7), ERR_OK);
	assert_in_range(metric(x, "crl_left_seconds"), 7 * 86400 - 600, 7 * 86400);
	daemon_stop(&x->s.d, SIGTERM);
	daemon_start(&x->s.d, NULL, NULL);
	scene_client(&x->s);
	assert_in_range(metric(x, "crl_left_seconds"), 7 * 86400 - 600, 7 * 86400);
	assert_int_equal(metric(x, "crl_number"), 7);
}

static void test_a_kill_and_a_backup_keep_it(void **state)
{
	struct stage *x = *state;
	char line[5 * DAEMON_PATH];
	int end;

	assert_int_equal(put(x, &x->s.officer, &x->m, 7), ERR_OK);
	daemon_stop(&x->s.d, SIGKILL);
	daemon_start(&x->s.d, NULL, NULL);
	scene_client(&x->s);
	expect(x, 7);
	snprintf(line, sizeof(line), "'%s' backup --home '%s' --to '%s/copy'", x->s.d.program, x->s.d.home, x->s.d.dir);
	assert_int_equal(system(line), 0);
	assert_int_equal(put(x, &x->s.officer, &x->m, 8), ERR_OK);
	daemon_stop(&x->s.d, SIGTERM);
	snprintf(line, sizeof(line), "rm -r '%s' && '%s' restore --home '%s' --from '%s/copy' --highest-seen 0", x->s.d.home,
		 x->s.d.program, x->s.d.home, x->s.d.dir);
	end = system(line);
	assert_int_equal(end, 0);
	daemon_start(&x->s.d, NULL, NULL);
	scene_client(&x->s);
	expect(x, 7);
	assert_int_equal(put(x, &x->s.officer, &x->m, 6), ERR_CONFLICT);
	assert_int_equal(put(x, &x->s.officer, &x->m, 8), ERR_OK);
	expect(x, 8);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_only_newer_and_only_its_own), CASE(test_the_same_again_is_fine),
		CASE(test_a_kill_and_a_backup_keep_it), CASE(test_a_monitor_sees_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
