/* SPDX-License-Identifier: Apache-2.0 */
/* What only a validator can do, sign two histories or a state that no execution gives; and transactions from a peer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/crypto/hash.h"
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

/* ---- one transaction, from a peer with its place proven ---- */

static void another_place(Medlock__TxReply *r) { r->index++; }
static void another_block(Medlock__TxReply *r) { r->height--; }
static void an_empty_block(Medlock__TxReply *r) { r->height = 2; }
static void no_proof(Medlock__TxReply *r) { r->inclusion.len = 0; }
static void half_a_proof(Medlock__TxReply *r) { r->inclusion.len -= 32; }
static void no_block_yet(Medlock__TxReply *r) { r->height = 0; }
static void a_block_to_come(Medlock__TxReply *r) { r->height = 1000; }
static void other_bytes(Medlock__TxReply *r) { r->body.len--; }

static struct tx_id tx_at(const struct replica_desk *d, size_t height, size_t i)
{
	struct block block;
	struct tx_id id;
	struct hash32 hash;

	assert_int_equal(block_decode(&block, buf_bytes(&d->s.chain.blocks[height - 1]), NULL), ERR_OK);
	assert_true(i < block.tx_count);
	hash = hash_sha256(block.txs[i]);
	ID_COPY(id, hash.b);
	block_release(&block);
	return id;
}

static enum err ask_tx(struct replica_desk *d, struct replica_tx *ret, void (*change)(Medlock__TxReply *))
{
	struct tx_id id = tx_at(d, 3, 1);

	fake_peer_change_tx(d->peer, change);
	replica_desk_link(d);
	return replica_tx(d->r, ret, &d->link, &id, NULL);
}

static void test_a_transaction_from_a_peer(void **state)
{
	static void (*const wrong[])(Medlock__TxReply *) = {another_place, another_block, an_empty_block, no_proof,
							    half_a_proof};
	static void (*const unproven[])(Medlock__TxReply *) = {no_block_yet, a_block_to_come};
	struct tx_id none = {{1}};
	struct replica_tx t = {0};
	struct replica_desk d;

	replica_desk_init(&d, 8, false);
	assert_int_equal(replica_desk_open(&d, NULL), ERR_OK);
	assert_int_equal(replica_desk_sync(&d, NULL, NULL), ERR_OK);
	assert_int_equal(ask_tx(&d, &t, NULL), ERR_OK);
	assert_true(t.proven && t.height == 3 && t.index == 1 && t.tx.len > 100);
	replica_tx_release(&t);
	assert_int_equal(replica_tx(d.r, &t, &d.link, &none, NULL), ERR_NOT_FOUND);
	assert_int_equal(replica_tx(d.r, &t, NULL, &none, NULL), ERR_NOT_FOUND);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(ask_tx(&d, &t, wrong[i]), ERR_PROOF);
		assert_int_equal(d.link.peers[0].state, LINK_DROPPED);
	}
	for (size_t i = 0; i < sizeof(unproven) / sizeof(unproven[0]); i++) {
		assert_int_equal(ask_tx(&d, &t, unproven[i]), ERR_OK);
		assert_false(t.proven);
		replica_tx_release(&t);
	}
	assert_int_equal(ask_tx(&d, &t, other_bytes), ERR_OK);
	assert_true(t.proven && t.tx.len == 0);
	replica_tx_release(&t);
	replica_desk_release(&d);
}

static void test_a_transaction_from_the_next_peer(void **state)
{
	struct replica_tx t = {0};
	struct replica_desk d;
	struct fake_peer *honest;
	struct tx_id id;

	replica_desk_init(&d, 8, false);
	honest = fake_peer_new(&d.s.chain, &d.clock.clock);
	assert_int_equal(replica_desk_open(&d, NULL), ERR_OK);
	assert_int_equal(replica_desk_sync(&d, NULL, NULL), ERR_OK);
	fake_peer_link_also(&d.link, honest);
	fake_peer_change_tx(d.peer, another_place);
	id = tx_at(&d, 3, 0);
	assert_int_equal(replica_tx(d.r, &t, &d.link, &id, NULL), ERR_OK);
	assert_true(t.proven && t.index == 0);
	assert_int_equal(d.link.peers[0].state, LINK_DROPPED);
	assert_int_not_equal(d.link.peers[1].state, LINK_DROPPED);
	replica_tx_release(&t);
	fake_peer_free(honest);
	replica_desk_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_lie_of_state_full), cmocka_unit_test(test_a_lie_of_state_light),
		cmocka_unit_test(test_a_transaction_from_a_peer), cmocka_unit_test(test_a_transaction_from_the_next_peer),
		cmocka_unit_test(test_two_histories_light), cmocka_unit_test(test_two_histories_full),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
