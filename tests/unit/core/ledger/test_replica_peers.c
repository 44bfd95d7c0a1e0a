/* SPDX-License-Identifier: Apache-2.0 */
/* What only a validator can do: sign two histories, or a state that no execution gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/crypto/start.h"
#include "replica_help.h"

static void check_height(struct replica_desk *d, uint64_t height)
{
	uint64_t blocks, txs, bad;
	struct replica_status st;

	assert_int_equal(replica_status(d->r, &st, NULL), ERR_OK);
	assert_int_equal(st.height, height);
	assert_int_equal(replica_verify(d->r, &blocks, &txs, &bad, NULL, NULL), ERR_OK);
	assert_int_equal(blocks, height);
}

/* The validator signs two histories: the one that came first stays, and the other's header is kept as evidence. */
static void two_histories(bool full)
{
	struct replica_desk d, fork;
	struct replica_sync_report report;
	struct replica_status st;
	struct err_info info = {0};

	replica_desk_init(&d, 7, full);
	replica_desk_init(&fork, 7, full);
	assert_memory_equal(d.s.w.network.b, fork.s.w.network.b, ID_SIZE);
	story_pause(&d.s, &d.s.anna, true);
	story_block(&d.s);
	story_block(&d.s);
	fake_peer_show(d.peer);
	for (int i = 0; i < 4; i++)
		story_block(&fork.s);
	fake_peer_show(fork.peer);
	assert_int_equal(replica_desk_open(&d, NULL), ERR_OK);
	assert_int_equal(replica_desk_sync(&d, NULL, NULL), ERR_OK);
	link_release(&d.link);
	fake_peer_link(&d.link, fork.peer, d.http, &d.s.anna.id);
	fake_peer_link_also(&d.link, d.peer);
	assert_int_equal(replica_sync(d.r, &report, &d.link, &info), ERR_OK);
	assert_int_equal(d.link.peers[0].state, LINK_DROPPED);
	assert_int_equal(d.link.peers[1].state, LINK_OK);
	check_height(&d, d.s.chain.count);
	assert_int_equal(replica_status(d.r, &st, NULL), ERR_OK);
	assert_int_equal(st.evidence, 1);
	replica_desk_release(&fork);
	replica_desk_release(&d);
}

static void test_two_histories_light(void **state) { two_histories(false); }
static void test_two_histories_full(void **state) { two_histories(true); }

/* The validator signs a state that execution does not give: an auditor sees it at the next block, a patient when a row of
 * hers does not fit.
 */
static void lie_of_state(bool full)
{
	struct replica_desk d;
	struct replica_status st;
	struct err_info info = {0};
	uint64_t sound, blocks, txs, bad;

	replica_desk_init(&d, 8, full);
	sound = d.s.chain.count;
	d.s.chain.app_hash.b[0] ^= 1;
	chain_block(&d.s.chain, NULL, 0);
	fake_peer_show(d.peer);
	assert_int_equal(replica_desk_open(&d, NULL), ERR_OK);
	assert_int_equal(replica_desk_sync(&d, NULL, &info), full ? ERR_APP_HASH : ERR_PROOF);
	assert_int_equal(d.link.peers[0].state, LINK_DROPPED);
	assert_int_equal(replica_status(d.r, &st, NULL), ERR_OK);
	assert_int_equal(st.height, full ? 0 : sound + 1); /* a page of blocks is one step; headers are as signed */
	assert_int_equal(replica_verify(d.r, &blocks, &txs, &bad, NULL, NULL), ERR_OK);
	if (full) {
		fake_peer_page(d.peer, 1);
		assert_int_equal(replica_desk_sync(&d, NULL, &info), ERR_APP_HASH);
		assert_int_equal(replica_status(d.r, &st, NULL), ERR_OK);
		assert_int_equal(st.height, sound);
		assert_int_equal(replica_verify(d.r, &blocks, &txs, &bad, NULL, NULL), ERR_OK);
		assert_int_equal(blocks, sound);
		assert_int_equal(st.evidence, 1); /* seen twice */
	}
	replica_desk_release(&d);
}

static void test_a_lie_of_state_full(void **state) { lie_of_state(true); }
static void test_a_lie_of_state_light(void **state) { lie_of_state(false); }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_lie_of_state_full), cmocka_unit_test(test_a_lie_of_state_light),
		cmocka_unit_test(test_two_histories_light), cmocka_unit_test(test_two_histories_full),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
