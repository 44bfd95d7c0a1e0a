/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/crypto/hash.h"
#include "ledger_help.h"

static enum err verdict(struct test_genesis *g)
{
	return genesis_check(&g->genesis, NULL);
}

static void test_round_trip(void **state)
{
	struct test_genesis g;
	struct buf raw = BUF_INIT, again = BUF_INIT;
	struct network_id id, parsed_id;
	Medlock__Genesis *got = NULL;
	struct hash32 hash;

	test_genesis_init(&g);
	assert_int_equal(genesis_encode(&raw, &id, &g.genesis, NULL), ERR_OK);
	assert_int_equal(genesis_parse(&got, &parsed_id, buf_bytes(&raw), NULL), ERR_OK);
	hash = hash_sha256(buf_bytes(&raw));
	assert_memory_equal(id.b, hash.b, 32);
	assert_memory_equal(parsed_id.b, hash.b, 32);
	WIRE_ENCODE(&again, got);
	assert_true(bytes_equal(buf_bytes(&raw), buf_bytes(&again)));
	WIRE_FREE(got);
	buf_release(&raw);
	buf_release(&again);
	test_genesis_release(&g);
}

static void test_chain_ids(void **state)
{
	static const char *const bad[] = {"", "-solo-1", "medlock", "Medlock-solo-1", "med lock-solo-1",
					  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-solo-1"};
	struct test_genesis g;

	test_genesis_init(&g);
	assert_int_equal(verdict(&g), ERR_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		g.genesis.chain_id = (char *)(uintptr_t)bad[i];
		assert_int_equal(verdict(&g), ERR_FORMAT);
	}
	test_genesis_release(&g);
}

static void test_accounts(void **state)
{
	struct test_genesis g;
	Medlock__GenesisAccount *twice[2];
	struct network_id elsewhere = {{4}};
	struct person p;

	test_genesis_init(&g);
	twice[0] = twice[1] = &g.account;
	g.genesis.accounts = twice;
	g.genesis.n_accounts = 2;
	assert_int_equal(verdict(&g), ERR_DUPLICATE);
	g.genesis.accounts = g.accounts;
	g.genesis.n_accounts = 1;
	g.account.role = 99;
	assert_int_equal(verdict(&g), ERR_FORMAT);
	g.account.role = ROLE_OPERATOR;
	person_init(&p, &elsewhere, 201); /* the same keys, signed for another network */
	g.account.keys = &p.keys;
	g.account.keys_signature = wire_data(bytes_of(p.signature, 64));
	assert_int_equal(verdict(&g), ERR_SIGNATURE);
	person_release(&p);
	test_genesis_release(&g);
}

static void test_network_shape(void **state)
{
	struct test_genesis g;
	static const uint8_t stranger[32] = {1};

	test_genesis_init(&g);
	g.network.threshold = 0;
	assert_int_equal(verdict(&g), ERR_FORMAT);
	g.network.threshold = 2;
	assert_int_equal(verdict(&g), ERR_FORMAT);
	g.network.threshold = 1;
	g.custodian.index = 2;
	assert_int_equal(verdict(&g), ERR_FORMAT);
	g.custodian.index = 1;
	g.commitments[0] = wire_data(bytes_of("\xc0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
					      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 48));
	assert_int_equal(verdict(&g), ERR_POINT);
	g.commitments[0] = g.operator.keys.open;
	g.peer.url = (char *)(uintptr_t)"http://127.0.0.1";
	assert_int_equal(verdict(&g), ERR_FORMAT);
	g.peer.url = (char *)(uintptr_t)"https://h";
	g.validator_row.power = 0;
	assert_int_equal(verdict(&g), ERR_FORMAT);
	g.validator_row.power = 1;
	g.parameters.copies = 2;
	assert_int_equal(verdict(&g), ERR_LIMIT);
	g.parameters.copies = 1;
	assert_int_equal(verdict(&g), ERR_OK);
	g.ids[0] = wire_data(bytes_of(stranger, 32));
	assert_int_equal(verdict(&g), ERR_FORMAT);
	test_genesis_release(&g);
}

/* Two custodians: a threshold of one is refused. */
static void test_threshold_of_two(void **state)
{
	struct test_genesis g;
	Medlock__Custodian second = MEDLOCK__CUSTODIAN__INIT, *both[2];
	static const uint8_t other[32] = {1};

	test_genesis_init(&g);
	second.account = wire_data(bytes_of(other, 32));
	second.index = 2;
	both[0] = &g.custodian;
	both[1] = &second;
	g.network.custodians = both;
	g.network.n_custodians = 2;
	assert_int_equal(network_shape_check(&g.network, NULL), ERR_FORMAT);
	ProtobufCBinaryData points[] = {g.commitments[0], g.commitments[0]};
	g.network.threshold = 2;
	g.network.commitments = points;
	g.network.n_commitments = 2;
	assert_int_equal(network_shape_check(&g.network, NULL), ERR_OK);
	second.account = g.custodian.account;
	assert_int_equal(network_shape_check(&g.network, NULL), ERR_FORMAT);
	test_genesis_release(&g);
}

static void test_card(void **state)
{
	struct test_genesis g;
	struct buf raw = BUF_INIT;
	Medlock__GenesisAccount *card = NULL;
	struct account_id name;

	test_genesis_init(&g);
	WIRE_ENCODE(&raw, &g.account);
	assert_int_equal(genesis_account_parse(&card, buf_bytes(&raw), NULL), ERR_OK);
	assert_int_equal(genesis_account_id(&name, card), ERR_OK);
	assert_memory_equal(name.b, g.operator.account.b, 32);
	WIRE_FREE(card);
	card = NULL;
	raw.data[10] ^= 1;
	assert_int_not_equal(genesis_account_parse(&card, buf_bytes(&raw), NULL), ERR_OK);
	assert_null(card);
	buf_release(&raw);
	test_genesis_release(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_chain_ids),
		cmocka_unit_test(test_accounts),      cmocka_unit_test(test_network_shape),
		cmocka_unit_test(test_threshold_of_two), cmocka_unit_test(test_card),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
