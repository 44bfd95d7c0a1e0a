/* SPDX-License-Identifier: Apache-2.0 */
/* Which peers are known, and whose tickets they get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/crypto/start.h"
#include "core/ledger/link.h"

#define START 1795392000000ll

static const struct network_id network = {{1, 2, 3}};
static const struct account_id nobody = {{9}};

static struct peer_address peer(unsigned number)
{
	struct peer_address a;
	struct hash32 pin = {{(uint8_t)(number + 1), 1}};
	char url[64];

	snprintf(url, sizeof(url), "https://peer%u.example", number);
	assert_int_equal(peer_address_set(&a, url, &pin), ERR_OK);
	return a;
}

static void test_each_peer_once(void **state)
{
	struct peer_address a = peer(0);
	struct link l;

	link_init(&l, NULL, NULL, clock_real(), NULL, &network, &nobody);
	link_add(&l, &a);
	link_add(&l, &a);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.peers[0].state, LINK_UNKNOWN);
	a.pin.b[31] ^= 1; /* the same address with another key is another peer */
	link_add(&l, &a);
	assert_int_equal(l.count, 2);
	for (unsigned i = 0; i < PEERS_MAX + 10; i++) {
		struct peer_address more = peer(i);

		link_add(&l, &more);
	}
	assert_int_equal(l.count, PEERS_MAX);
	link_release(&l);
	assert_int_equal(l.count, 0);
	link_release(NULL);
}

/* A row of the ledger may hold what this program would not call. */
static void test_peers_of_the_network(void **state)
{
	static uint8_t pin[ID_SIZE] = {5}, zero[ID_SIZE];
	struct { char *url; uint8_t *pin; size_t len; } given[] = {
		{(char *)(uintptr_t)"https://good.example:8443", pin, ID_SIZE},
		{(char *)(uintptr_t)"http://clear.example", pin, ID_SIZE},
		{(char *)(uintptr_t)"https://short.example", pin, ID_SIZE - 1},
		{(char *)(uintptr_t)"https://none.example", pin, 0},
		{(char *)(uintptr_t)"https://zero.example", zero, ID_SIZE},
		{(char *)(uintptr_t)"https://anna@name.example", pin, ID_SIZE},
		{(char *)(uintptr_t)"https://path.example/x", pin, ID_SIZE},
		{(char *)(uintptr_t)"", pin, ID_SIZE},
		{(char *)(uintptr_t)"https://good.example:8443", pin, ID_SIZE},
	};
	Medlock__Peer rows[9], *list[9];
	Medlock__Network n = MEDLOCK__NETWORK__INIT;
	struct link l;

	for (size_t i = 0; i < 9; i++) {
		rows[i] = (Medlock__Peer)MEDLOCK__PEER__INIT;
		rows[i].url = given[i].url;
		rows[i].spki = wire_data(bytes_of(given[i].pin, given[i].len));
		list[i] = &rows[i];
	}
	n.peers = list;
	n.n_peers = 9;
	link_init(&l, NULL, NULL, clock_real(), NULL, &network, &nobody);
	link_add_network(&l, &n);
	assert_int_equal(l.count, 1);
	assert_string_equal(l.peers[0].address.url, "https://good.example:8443");
	link_release(&l);
}

static void test_no_ticket_without_keys(void **state)
{
	struct err_info info = {0};
	struct peer_address a = peer(0);
	struct peer_call call = {0};
	struct link l;

	link_init(&l, NULL, NULL, clock_real(), NULL, &network, &nobody);
	link_add(&l, &a);
	assert_int_equal(link_call(&l, &call, 0, true, &info), ERR_LOCKED);
	assert_true(strlen(info.detail) > 4);
	assert_null(call.peer);
	assert_int_equal(link_call(&l, &call, 0, false, NULL), ERR_OK);
	assert_null(call.authorization);
	assert_string_equal(call.peer->url, a.url);
	link_release(&l);
}

/* Good at this peer, by this key, now; and of no other. */
static void check_ticket(const struct link *l, size_t i, const char *text, const struct sign_public *key,
			 struct time_ms now)
{
	struct time_ms late = {now.v + LINK_TICKET_AHEAD_MS + 1};
	struct hash32 other = {{77}};
	Medlock__Ticket *t = NULL;

	assert_memory_equal(text, API_SCHEME, strlen(API_SCHEME));
	assert_int_equal(ticket_parse_text(&t, bytes_str(text + strlen(API_SCHEME)), NULL), ERR_OK);
	assert_int_equal(t->purpose, TICKET_READ);
	assert_true(bytes_equal(wire_bytes(t->account), BYTES_ID(l->account)));
	assert_int_equal(ticket_check(t, &network, &l->peers[i].address.pin, key, now), ERR_OK);
	assert_int_equal(ticket_check(t, &network, &l->peers[i].address.pin, key, late), ERR_EXPIRED);
	assert_int_equal(ticket_check(t, &network, &other, key, now), ERR_TLS);
	WIRE_FREE(t);
}

/* One is made for each peer and used until shortly before its end. */
static void test_tickets(void **state)
{
	struct keyholder *keys = NULL;
	struct keyholder_public me;
	struct manual_clock clock;
	struct peer_address a = peer(0), b = peer(1);
	struct peer_call first, again, second;
	struct buf file = BUF_INIT, kept = BUF_INIT;
	struct link l;

	manual_clock_init(&clock, (struct time_ms){START});
	assert_int_equal(keyholder_start(&keys, KEYHOLDER_PATIENT, NULL), ERR_OK);
	assert_int_equal(keyholder_create(keys, &file, &network, bytes_str("a passphrase of hers"), NULL, NULL), ERR_OK);
	assert_int_equal(keyholder_bind(keys, &network, NULL), ERR_OK);
	assert_int_equal(keyholder_public(keys, &me, NULL), ERR_OK);
	link_init(&l, NULL, keys, &clock.clock, NULL, &network, &me.account);
	link_add(&l, &a);
	link_add(&l, &b);
	assert_int_equal(link_call(&l, &first, 0, true, NULL), ERR_OK);
	check_ticket(&l, 0, first.authorization, &me.sign, clock.now);
	buf_append_text(&kept, first.authorization);
	assert_int_equal(link_call(&l, &second, 1, true, NULL), ERR_OK);
	check_ticket(&l, 1, second.authorization, &me.sign, clock.now);
	clock.now.v += LINK_TICKET_AHEAD_MS - 2000;
	assert_int_equal(link_call(&l, &again, 0, true, NULL), ERR_OK);
	assert_string_equal(again.authorization, buf_text(&kept));
	clock.now.v += 1500;
	assert_int_equal(link_call(&l, &again, 0, true, NULL), ERR_OK);
	assert_string_not_equal(again.authorization, buf_text(&kept));
	check_ticket(&l, 0, again.authorization, &me.sign, clock.now);
	assert_int_equal(keyholder_lock(keys, NULL), ERR_OK);
	clock.now.v += LINK_TICKET_AHEAD_MS;
	assert_int_equal(link_call(&l, &again, 0, true, NULL), ERR_LOCKED);
	link_release(&l);
	keyholder_free(keys);
	buf_release(&file);
	buf_release(&kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tickets), /* first: its process is forked before any thread runs */
		cmocka_unit_test(test_each_peer_once), cmocka_unit_test(test_peers_of_the_network),
		cmocka_unit_test(test_no_ticket_without_keys),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
