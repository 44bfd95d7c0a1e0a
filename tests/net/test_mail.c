/* SPDX-License-Identifier: Apache-2.0 */
/* Mail at a real daemon: whose it is, what a kill leaves, what a flood meets. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/net/peer_client_mail.h"
#include "daemon_scene.h"

static struct peer_call call_as(struct scene *s, const struct buf *ticket)
{
	return (struct peer_call){.http = s->http, .peer = &s->d.peer, .timeout_ms = 10000,
				  .authorization = ticket == NULL ? NULL : buf_text(ticket)};
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	scene_init(s);
	scene_begin(s);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	scene_release(s);
	free(s);
	return 0;
}

/* What is in the box, each once and in order. */
static void expect(struct scene *s, const struct buf *ticket, const char *const *texts, size_t count)
{
	struct peer_call call = call_as(s, ticket);
	Medlock__MailReply *reply;

	assert_int_equal(peer_mail_get(&call, &reply, 0, NULL), ERR_OK);
	assert_int_equal(reply->n_items, count);
	for (size_t i = 0; i < count; i++)
		assert_true(bytes_equal(wire_bytes(reply->items[i]->message), bytes_str(texts[i])));
	if (count > 0) {
		uint64_t last = reply->items[count - 1]->seq;

		WIRE_FREE(reply);
		assert_int_equal(peer_mail_get(&call, &reply, last, NULL), ERR_OK);
		assert_int_equal(reply->n_items, 0);
	}
	WIRE_FREE(reply);
}

static void test_mail_is_its_receivers(void **state)
{
	struct scene *s = *state;
	struct peer_call officer = call_as(s, &s->officer), nobody = call_as(s, NULL);
	struct account_id stranger = {{1, 2, 3}};
	static const char *const texts[] = {"one", "two"};

	assert_int_equal(peer_mail_post(&officer, &s->anna.account, bytes_str("one"), NULL), ERR_OK);
	assert_int_equal(peer_mail_post(&officer, &s->anna.account, bytes_str("two"), NULL), ERR_OK);
	assert_int_equal(peer_mail_post(&officer, &s->anna.account, bytes_str("one"), NULL), ERR_OK); /* a repeat is kept once */
	assert_int_not_equal(peer_mail_post(&nobody, &s->anna.account, bytes_str("three"), NULL), ERR_OK);
	assert_int_equal(peer_mail_post(&officer, &stranger, bytes_str("four"), NULL), ERR_NOT_FOUND);
	expect(s, &s->patient, texts, 2);
	expect(s, &s->officer, NULL, 0);
}

static void test_a_kill_loses_nothing(void **state)
{
	struct scene *s = *state;
	struct peer_call officer = call_as(s, &s->officer);
	static const char *const texts[] = {"acknowledged"};

	assert_int_equal(peer_mail_post(&officer, &s->anna.account, bytes_str("acknowledged"), NULL), ERR_OK);
	daemon_stop(&s->d, SIGKILL);
	daemon_start(&s->d, NULL, NULL);
	scene_client(s);
	expect(s, &s->patient, texts, 1);
}

static void test_drops_are_for_who_knows_them(void **state)
{
	struct scene *s = *state;
	struct peer_call officer = call_as(s, &s->officer), nobody = call_as(s, NULL);
	uint8_t id[ID_SIZE] = {9}, other[ID_SIZE] = {8};
	Medlock__MailReply *reply;

	assert_int_not_equal(peer_drop_post(&nobody, id, bytes_str("x"), NULL), ERR_OK);
	assert_int_equal(peer_drop_post(&officer, id, bytes_str("x"), NULL), ERR_OK);
	assert_int_equal(peer_drop_get(&nobody, &reply, id, 0, NULL), ERR_OK);
	assert_int_equal(reply->n_items, 1);
	WIRE_FREE(reply);
	assert_int_equal(peer_drop_get(&nobody, &reply, other, 0, NULL), ERR_OK);
	assert_int_equal(reply->n_items, 0);
	WIRE_FREE(reply);
}

/* Enrolments of one address are bounded, and only the desk reads them. */
static void test_a_flood_ends(void **state)
{
	struct scene *s = *state;
	struct peer_call officer = call_as(s, &s->officer), patient = call_as(s, &s->patient), nobody = call_as(s, NULL);
	Medlock__MailReply *reply;
	char text[32];
	size_t taken = 0;

	for (unsigned i = 0; i < 40; i++) {
		enum err e;

		snprintf(text, sizeof(text), "request %u", i);
		e = peer_enrol_post(&nobody, bytes_str(text), NULL);
		assert_true(e == ERR_OK || e == ERR_LIMIT);
		assert_true(e == ERR_LIMIT || taken == i); /* once the limit is met, it stays met */
		taken += e == ERR_OK;
	}
	assert_in_range(taken, 1, 39);
	assert_int_equal(peer_enrol_get(&officer, &reply, 0, NULL), ERR_OK);
	assert_int_equal(reply->n_items, taken);
	WIRE_FREE(reply);
	assert_int_equal(peer_enrol_get(&patient, &reply, 0, NULL), ERR_NOT_FOUND);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_mail_is_its_receivers), CASE(test_a_kill_loses_nothing), CASE(test_drops_are_for_who_knows_them),
		CASE(test_a_flood_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
