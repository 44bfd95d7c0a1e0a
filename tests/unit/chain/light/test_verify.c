/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chain/light/evidence.h"
#include "core/crypto/hash.h"
#include "core/crypto/trie.h"
#include "ledger_help.h"

#define START_MS 1790000000000
#define NOW ((struct time_ms){START_MS + 60000})

/* Four validators of power 10 whose keys we have; a chain of blocks of them. */
static struct secret *seeds[8];
static struct validator rows[8];

static int group_setup(void **state)
{
	for (uint8_t i = 0; i < 8; i++) {
		uint8_t b[32];

		memset(b, i + 1, sizeof(b));
		ASSERT(secret_copy(&seeds[i], bytes_of(b, sizeof(b))) == ERR_OK);
		sign_public_of_seed(&rows[i].key, seeds[i]);
		rows[i].power = 10;
	}
	return 0;
}

static int group_teardown(void **state)
{
	for (int i = 0; i < 8; i++)
		seeds[i] = secret_free(seeds[i]);
	return 0;
}

static const struct secret *seed_of(const struct sign_public *key)
{
	for (int i = 0; i < 8; i++)
		if (memcmp(rows[i].key.b, key->b, 32) == 0)
			return seeds[i];
	return NULL;
}

static struct validator_set set_of(int from, int count)
{
	struct validator_set s;

	ASSERT(validators_make(&s, rows + from, (size_t)count) == ERR_OK);
	return s;
}

static void sign_place(struct light_block *b, const struct validator_set *set, uint32_t i)
{
	struct buf input = BUF_INIT;
	struct commit_sig *sig = &b->commit.sigs[i];

	*sig = (struct commit_sig){.flag = COMMIT_FOR_BLOCK, .address = set->rows[i].address, .time = b->header.time};
	vote_sign_bytes(&input, b->header.chain_id, b->commit.height, b->commit.round, &b->commit.block_id, sig->time);
	sign_make(&sig->signature, seed_of(&set->rows[i].key), buf_bytes(&input));
	buf_release(&input);
}

static void seal_block(struct light_block *b, const struct validator_set *set, uint32_t signers)
{
	struct hash32 hash = header_hash(&b->header);

	b->commit = (struct commit){.height = b->header.height, .count = set->count};
	b->commit.block_id = (struct block_id){.hash = digest_of(&hash), .total = 1, .parts = digest_of(&hash)};
	for (uint32_t i = 0; i < set->count; i++)
		if (i < signers)
			sign_place(b, set, i);
		else
			b->commit.sigs[i] = (struct commit_sig){.flag = COMMIT_ABSENT, .time = BLOCK_TIME_ABSENT};
}

static struct light_block block_at(int64_t height, const struct block_header *last, const struct validator_set *set,
				   const struct validator_set *next, uint32_t signers)
{
	struct light_block b = {.header = {.version_block = BLOCK_PROTOCOL, .chain_id = TEST_CHAIN_ID, .height = height}};
	struct hash32 h = validators_hash(set), n = validators_hash(next), l;

	b.header.time = block_time_of((struct time_ms){START_MS + height * 1000});
	b.header.validators_hash = digest_of(&h);
	b.header.next_validators_hash = digest_of(&n);
	if (last) {
		l = header_hash(last);
		b.header.last_block_id = (struct block_id){.hash = digest_of(&l), .total = 1, .parts = digest_of(&l)};
	}
	seal_block(&b, set, signers);
	return b;
}

static struct light_trust trust_at(int64_t height, const struct validator_set *set, const struct validator_set *next)
{
	struct light_block b = block_at(height, NULL, set, next, set->count);

	return (struct light_trust){b.header, *set};
}

static enum err verify(const struct light_trust *trust, const struct light_block *b, const struct validator_set *set)
{
	struct light_trust copy = *trust;
	enum err e = light_verify(&copy, b, set, &LIGHT_OPTIONS_DEFAULT, NOW, NULL);

	if (e)
		assert_memory_equal(&copy, trust, sizeof(copy));
	else
		assert_int_equal(copy.header.height, b->header.height);
	return e;
}

static void test_adjacent(void **state)
{
	struct validator_set set = set_of(0, 4), other = set_of(4, 4);
	struct light_trust trust = trust_at(5, &set, &set);
	struct light_block b = block_at(6, &trust.header, &set, &set, 3);

	assert_int_equal(verify(&trust, &b, NULL), ERR_OK);
	assert_int_equal(verify(&trust, &b, &other), ERR_CHAIN);
	b = block_at(6, &trust.header, &set, &set, 2); /* 20 of 40: not more than two thirds */
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
	b = block_at(6, &trust.header, &other, &other, 4); /* not announced */
	assert_int_equal(verify(&trust, &b, &other), ERR_CHAIN);
	trust = trust_at(5, &set, &other);
	b = block_at(6, &trust.header, &other, &other, 4);
	assert_int_equal(verify(&trust, &b, &other), ERR_OK);
	b.header.last_block_id.hash.b[0] ^= 1;
	seal_block(&b, &other, 4);
	assert_int_equal(verify(&trust, &b, &other), ERR_CHAIN);
}

static void test_gap(void **state)
{
	struct validator_set set = set_of(0, 4), half = set_of(2, 4), none = set_of(4, 4), quarter = set_of(3, 4);
	struct light_trust trust = trust_at(5, &set, &set);
	struct light_block b = block_at(9, NULL, &half, &half, 4);

	assert_int_equal(verify(&trust, &b, &half), ERR_OK); /* 20 of the trusted 40 */
	b = block_at(9, NULL, &quarter, &quarter, 4);
	assert_int_equal(verify(&trust, &b, &quarter), ERR_TRUST);
	b = block_at(9, NULL, &none, &none, 4);
	assert_int_equal(verify(&trust, &b, &none), ERR_TRUST);
	b = block_at(9, NULL, &set, &set, 2); /* enough trust, not enough of its own */
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
}

/* A bad signature counts for nothing and stops nothing. */
static void test_bad_signatures_are_not_counted(void **state)
{
	struct validator_set set = set_of(0, 4);
	struct light_trust trust = trust_at(5, &set, &set);
	struct light_block b = block_at(6, &trust.header, &set, &set, 4);

	b.commit.sigs[0].signature.b[5] ^= 1;
	assert_int_equal(verify(&trust, &b, NULL), ERR_OK);
	b.commit.sigs[1].signature.b[5] ^= 1;
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
	b = block_at(6, &trust.header, &set, &set, 4);
	b.commit.sigs[0].flag = b.commit.sigs[1].flag = COMMIT_NIL;
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
}

/* One validator in two places must not count twice. */
static void test_places(void **state)
{
	struct validator_set set = set_of(0, 4);
	struct light_trust trust = trust_at(5, &set, &set);
	struct light_block b = block_at(6, &trust.header, &set, &set, 4);

	b.commit.sigs[3] = b.commit.sigs[0];
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
	b.commit.count = 3;
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
}

static void test_times(void **state)
{
	struct validator_set set = set_of(0, 4);
	struct light_trust trust = trust_at(5, &set, &set), copy = trust;
	struct light_block b = block_at(6, &trust.header, &set, &set, 4);
	struct light_options options = {1000, LIGHT_DRIFT_MS};
	struct time_ms at = {START_MS + 6000};

	at.v = START_MS + 5999;
	assert_int_equal(light_verify(&copy, &b, NULL, &options, at, NULL), ERR_OK);
	copy = trust;
	at.v = START_MS + 6000; /* a second after the trusted one */
	assert_int_equal(light_verify(&copy, &b, NULL, &options, at, NULL), ERR_EXPIRED);
	at.v = START_MS + 6000 - LIGHT_DRIFT_MS;
	assert_int_equal(light_verify(&copy, &b, NULL, &LIGHT_OPTIONS_DEFAULT, at, NULL), ERR_CHAIN);
	at.v++;
	assert_int_equal(light_verify(&copy, &b, NULL, &LIGHT_OPTIONS_DEFAULT, at, NULL), ERR_OK);
	b.header.time = trust.header.time;
	seal_block(&b, &set, 4);
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
}

static void test_chain_height_and_commit(void **state)
{
	struct validator_set set = set_of(0, 4);
	struct light_trust trust = trust_at(5, &set, &set);
	struct light_block good = block_at(6, &trust.header, &set, &set, 4), b = good;

	b.header.chain_id[0] = 'x';
	seal_block(&b, &set, 4);
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
	b = good;
	b.header.app_hash.len = 1; /* the commit is for other bytes */
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
	b = good;
	b.commit.height = 7;
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
	b = block_at(5, NULL, &set, &set, 4);
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
	b = good;
	b.header.version_block = 10;
	seal_block(&b, &set, 4);
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
}

static void test_backwards(void **state)
{
	struct validator_set set = set_of(0, 4);
	struct light_block one = block_at(5, NULL, &set, &set, 4);
	struct light_block two = block_at(6, &one.header, &set, &set, 4);

	assert_int_equal(light_verify_back(&two.header, &one.header, NULL), ERR_OK);
	one.header.app_hash.len = 1;
	assert_int_equal(light_verify_back(&two.header, &one.header, NULL), ERR_CHAIN);
	assert_int_equal(light_verify_back(&one.header, &two.header, NULL), ERR_CHAIN);
}

static void test_genesis_trust(void **state)
{
	struct test_genesis g;
	struct light_trust trust;
	struct light_block b;
	struct validator_set set;

	test_genesis_init(&g);
	g.validator_row.public_key = wire_data(bytes_of(rows[0].key.b, 32));
	g.genesis.time = START_MS + 1000; /* the first block has the time of the genesis */
	assert_int_equal(light_trust_genesis(&trust, &g.genesis), ERR_OK);
	assert_int_equal(trust.header.height, 0);
	set = set_of(0, 1);
	set.rows[0].power = set.total = 10;
	b = block_at(1, NULL, &set, &set, 1);
	assert_int_equal(verify(&trust, &b, NULL), ERR_OK);
	b = block_at(1, &b.header, &set, &set, 1); /* a first block with a predecessor */
	assert_int_equal(verify(&trust, &b, NULL), ERR_CHAIN);
	set = set_of(1, 1);
	b = block_at(1, NULL, &set, &set, 1);
	assert_int_equal(verify(&trust, &b, &set), ERR_CHAIN);
	test_genesis_release(&g);
}

static void test_row(void **state)
{
	struct bytes key = bytes_str("key"), value = bytes_str("value"), other = bytes_str("other");
	struct trie_change change = {hash_sha256(key), hash_sha256(value), false};
	struct block_header h = {0};
	struct trie *t = NULL;
	struct buf proof = BUF_INIT;
	struct hash32 root, keyhash = hash_sha256(key);

	assert_int_equal(trie_new(&t), ERR_OK);
	assert_int_equal(trie_apply(t, &change, 1), ERR_OK);
	root = trie_root(t, TRIE_CURRENT);
	h.app_hash = digest_of(&root);
	trie_prove(t, &proof, TRIE_CURRENT, &keyhash);
	assert_int_equal(light_check_row(&h, key, &value, buf_bytes(&proof)), ERR_OK);
	assert_int_equal(light_check_row(&h, key, &other, buf_bytes(&proof)), ERR_PROOF);
	assert_int_equal(light_check_row(&h, key, NULL, buf_bytes(&proof)), ERR_PROOF);
	h.app_hash.len = 0;
	assert_int_equal(light_check_row(&h, key, &value, buf_bytes(&proof)), ERR_PROOF);
	buf_release(&proof);
	trie_free(t);
}

static void test_evidence(void **state)
{
	static struct light_block x, y, gx, gy;
	struct validator_set set = set_of(0, 4);
	struct buf a = BUF_INIT, b = BUF_INIT;

	x = block_at(6, NULL, &set, &set, 4);
	y = x;
	assert_false(evidence_conflict(&x, &y));
	y.header.app_hash.len = 1;
	seal_block(&y, &set, 4);
	assert_true(evidence_conflict(&x, &y));
	evidence_encode(&a, &x, &y);
	evidence_encode(&b, &y, &x);
	assert_true(bytes_equal(buf_bytes(&a), buf_bytes(&b)));
	assert_int_equal(evidence_decode(&gx, &gy, buf_bytes(&a), NULL), ERR_OK);
	assert_int_equal(evidence_check(&gx, &gy, &set, NULL), ERR_OK);
	for (size_t i = 0; i < a.len; i += 7) {
		assert_int_not_equal(evidence_decode(&gx, &gy, bytes_of(a.data, i), NULL), ERR_OK);
	}
	seal_block(&y, &set, 2);
	assert_int_equal(evidence_check(&x, &y, &set, NULL), ERR_CHAIN);
	buf_release(&a);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adjacent),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_bad_signatures_are_not_counted),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_chain_height_and_commit),
		cmocka_unit_test(test_backwards),
		cmocka_unit_test(test_genesis_trust),
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_evidence),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
