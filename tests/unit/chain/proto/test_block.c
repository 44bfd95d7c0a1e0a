/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chain/proto/block.h"
#include "chain/proto/validators.h"
#include "core/crypto/hash.h"

static void hex_is(struct bytes got, const char *want)
{
	char text[1024];

	assert_true(got.len * 2 < sizeof(text));
	hex_encode(text, got.data, got.len);
	assert_string_equal(text, want);
}

/* The first vectors of CometBFT's types/vote_test.go: what a precommit signs. */
static void test_vote_sign_bytes(void **state)
{
	struct block_id none = {0};
	struct block_time zero = BLOCK_TIME_ABSENT;
	struct buf b = BUF_INIT;

	vote_sign_bytes(&b, "", 1, 1, &none, zero);
	hex_is(buf_bytes(&b), "210802110100000000000000190100000000000000"
			      "2a0b088092b8c398feffffff01");
	buf_clear(&b);
	vote_sign_bytes(&b, "test_chain_id", 1, 1, &none, zero);
	hex_is(buf_bytes(&b), "300802110100000000000000190100000000000000"
			      "2a0b088092b8c398feffffff01320d746573745f636861696e5f6964");
	buf_release(&b);
}

static struct digest digest_text(const char *text)
{
	struct hash32 h = hash_sha256(bytes_str(text));

	return digest_of(&h);
}

/* CometBFT's types/block_test.go TestHeaderHash. */
static void test_header_hash(void **state)
{
	struct block_header h = {.version_block = 1, .version_app = 2, .chain_id = "chainId", .height = 3};
	struct hash32 address = hash_sha256(bytes_str("proposer_address")), hash;

	h.time = (struct block_time){1570983284, 0}; /* 2019-10-13T16:14:44Z */
	memset(h.last_block_id.hash.b, 0, 32);
	h.last_block_id = (struct block_id){.hash = {.len = 32}, .total = 6, .parts = {.len = 32}};
	h.last_commit_hash = digest_text("last_commit_hash");
	h.data_hash = digest_text("data_hash");
	h.validators_hash = digest_text("validators_hash");
	h.next_validators_hash = digest_text("next_validators_hash");
	h.consensus_hash = digest_text("consensus_hash");
	h.app_hash = digest_text("app_hash");
	h.last_results_hash = digest_text("last_results_hash");
	h.evidence_hash = digest_text("evidence_hash");
	h.has_proposer = true;
	memcpy(h.proposer.b, address.b, sizeof(h.proposer.b));
	hash = header_hash(&h);
	hex_is(BYTES_ID(hash), "f740121f553b5418c3efbd343c2dbfe9e007bb67b0d020a0741374bab65242a4");
	h.validators_hash.len = 0;
	hash = header_hash(&h);
	assert_true(bytes_is_zero(BYTES_ID(hash)));
}

static void test_constants_of_the_first_block(void **state)
{
	struct hash32 empty = block_empty_hash(), got;
	struct commit none = {0};

	hex_is(BYTES_ID(empty), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	got = commit_hash(&none);
	assert_memory_equal(got.b, empty.b, 32);
	got = block_data_hash(NULL, 0);
	assert_memory_equal(got.b, empty.b, 32);
	assert_int_equal(block_results_hash(&got, NULL, 0), ERR_OK);
	assert_memory_equal(got.b, empty.b, 32);
	assert_int_equal(block_evidence_hash(&got, NULL, 0), ERR_OK);
	assert_memory_equal(got.b, empty.b, 32);
}

static struct block example(struct bytes *txs)
{
	struct block b = {.txs = txs, .tx_count = 2};
	struct hash32 h;

	txs[0] = bytes_str("one");
	txs[1] = bytes_str("two");
	b.header = (struct block_header){.version_block = BLOCK_PROTOCOL, .chain_id = "x-solo-1", .height = 2};
	b.header.time = block_time_of((struct time_ms){1790000000123});
	b.last_commit = (struct commit){.height = 1, .count = 2};
	b.last_commit.block_id = (struct block_id){.hash = digest_text("a"), .total = 1, .parts = digest_text("b")};
	b.last_commit.sigs[0] = (struct commit_sig){.flag = COMMIT_FOR_BLOCK, .time = {5, 6}};
	b.last_commit.sigs[1] = (struct commit_sig){.flag = COMMIT_ABSENT, .time = BLOCK_TIME_ABSENT};
	b.header.last_block_id = b.last_commit.block_id;
	b.header.validators_hash = digest_text("v");
	h = block_data_hash(txs, 2);
	b.header.data_hash = digest_of(&h);
	h = commit_hash(&b.last_commit);
	b.header.last_commit_hash = digest_of(&h);
	h = block_empty_hash();
	b.header.evidence_hash = digest_of(&h);
	return b;
}

static void test_block_round_trip(void **state)
{
	struct bytes txs[2];
	struct block b = example(txs), got = {0};
	struct buf raw = BUF_INIT, again = BUF_INIT;

	block_encode(&raw, &b);
	assert_int_equal(block_decode(&got, buf_bytes(&raw), NULL), ERR_OK);
	assert_int_equal(block_check(&got, NULL), ERR_OK);
	assert_int_equal(got.tx_count, 2);
	assert_true(bytes_equal(got.txs[1], txs[1]));
	assert_int_equal(got.last_commit.sigs[1].flag, COMMIT_ABSENT);
	assert_int_equal(got.last_commit.sigs[0].time.nanos, 6);
	assert_true(block_id_equal(&got.header.last_block_id, &b.header.last_block_id));
	block_encode(&again, &got);
	assert_true(bytes_equal(buf_bytes(&raw), buf_bytes(&again)));
	got.tx_count = 1;
	assert_int_equal(block_check(&got, NULL), ERR_CHAIN);
	got.tx_count = 2;
	got.last_commit.sigs[0].time.nanos = 7;
	assert_int_equal(block_check(&got, NULL), ERR_CHAIN);
	block_release(&got);
	block_release(&got);
	buf_release(&raw);
	buf_release(&again);
}

/* Unknown fields are skipped, as CometBFT does; wrong shapes are not. */
static void test_decoder(void **state)
{
	struct bytes txs[2];
	struct block b = example(txs);
	struct block_header h;
	struct commit c;
	struct block_id id;
	struct buf raw = BUF_INIT;

	header_encode(&raw, &b.header);
	buf_append(&raw, "\xfa\x01\x01x", 4);
	assert_int_equal(header_decode(&h, buf_bytes(&raw), NULL), ERR_OK);
	assert_int_equal(h.height, 2);
	buf_append(&raw, "\x3a\x01x", 3); /* data_hash of one byte */
	assert_int_equal(header_decode(&h, buf_bytes(&raw), NULL), ERR_FORMAT);
	buf_clear(&raw);
	commit_encode(&raw, &b.last_commit);
	assert_int_equal(commit_block_id(&id, buf_bytes(&raw)), ERR_OK);
	assert_true(block_id_equal(&id, &b.last_commit.block_id));
	buf_append(&raw, "\x22\x02\x08\x04", 4); /* a signature with flag 4 */
	assert_int_equal(commit_decode(&c, buf_bytes(&raw), NULL), ERR_FORMAT);
	assert_int_equal(commit_decode(&c, bytes_of(raw.data, raw.len - 1), NULL), ERR_FORMAT);
	for (int i = 0; i < 200; i++)
		buf_append(&raw, "\x22\x00", 2);
	assert_int_equal(commit_decode(&c, buf_bytes(&raw), NULL), ERR_FORMAT);
	buf_release(&raw);
}

static void test_counts(void **state)
{
	static struct bytes many[BLOCK_TXS_MAX + 1];
	struct block b = {.txs = many, .tx_count = BLOCK_TXS_MAX + 1}, got = {0};
	struct buf raw = BUF_INIT;

	block_encode(&raw, &b);
	assert_int_equal(block_decode(&got, buf_bytes(&raw), NULL), ERR_TOO_LARGE);
	b.tx_count--;
	buf_clear(&raw);
	block_encode(&raw, &b);
	assert_int_equal(block_decode(&got, buf_bytes(&raw), NULL), ERR_OK);
	assert_int_equal(got.tx_count, BLOCK_TXS_MAX);
	block_release(&got);
	buf_release(&raw);
}

static void test_part_sets(void **state)
{
	static uint8_t big[2 * BLOCK_PART_SIZE + 1];
	struct hash32 h = {{1}}, root;
	struct bytes parts[3] = {bytes_of(big, BLOCK_PART_SIZE), bytes_of(big + BLOCK_PART_SIZE, BLOCK_PART_SIZE),
				 bytes_of(big + 2 * BLOCK_PART_SIZE, 1)};
	struct block_id id;

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (uint8_t)(i * 7 + (i >> 8));
	id = block_id_of(&h, bytes_of(big, sizeof(big)));
	root = merkle_root(parts, 3);
	assert_int_equal(id.total, 3);
	assert_true(digest_is(&id.parts, &root));
	assert_int_equal(block_id_of(&h, bytes_of(big, BLOCK_PART_SIZE)).total, 1);
}

static void test_results_hash(void **state)
{
	struct block_result plain = {0}, full = {.code = 3, .data = bytes_str("d"), .gas_used = 1};
	struct block_result both[] = {plain, full};
	struct bytes leaves[] = {bytes_of("", 0), bytes_of("\x08\x03\x12\x01" "d\x30\x01", 7)};
	struct hash32 got, want = merkle_root(leaves, 2);

	assert_int_equal(block_results_hash(&got, both, 2), ERR_OK);
	assert_memory_equal(got.b, want.b, 32);
}

static void test_inclusion(void **state)
{
	struct tx_id ids[5] = {{{1}}, {{2}}, {{3}}, {{4}}, {{5}}};
	const struct bytes leaves[5] = {BYTES_ID(ids[0]), BYTES_ID(ids[1]), BYTES_ID(ids[2]), BYTES_ID(ids[3]),
					BYTES_ID(ids[4])};
	struct hash32 root = merkle_root(leaves, 5);
	struct digest data = digest_of(&root);
	struct buf proof = BUF_INIT;
	uint32_t index = 99;

	for (uint32_t i = 0; i < 5; i++) {
		buf_clear(&proof);
		inclusion_prove(&proof, ids, 5, i);
		assert_int_equal(inclusion_verify(&index, buf_bytes(&proof), &root, &ids[i]), ERR_OK);
		assert_int_equal(index, i);
		assert_int_equal(inclusion_verify(&index, buf_bytes(&proof), &root, &ids[(i + 1) % 5]), ERR_PROOF);
		for (size_t k = 0; k < proof.len; k++) {
			proof.data[k] ^= 1;
			assert_int_equal(inclusion_verify(&index, buf_bytes(&proof), &root, &ids[i]), ERR_PROOF);
			proof.data[k] ^= 1;
		}
	}
	assert_int_equal(inclusion_verify(&index, bytes_of(proof.data, proof.len - 1), &root, &ids[4]), ERR_PROOF);
	assert_int_equal(inclusion_verify(&index, bytes_of("", 0), &root, &ids[4]), ERR_PROOF);
	assert_int_equal(inclusion_verify(&index, buf_bytes(&proof), &root, &ids[4]), ERR_OK);
	buf_append_byte(&proof, 0);
	assert_int_equal(inclusion_verify(&index, buf_bytes(&proof), &root, &ids[4]), ERR_PROOF);
	assert_true(digest_is(&data, &root));
	buf_release(&proof);
}

static void test_times(void **state)
{
	struct block_time t = block_time_of((struct time_ms){-1});

	assert_int_equal(t.seconds, -1);
	assert_int_equal(t.nanos, 999000000);
	assert_int_equal(block_time_ms(t).v, -1);
	assert_true(block_time_compare(t, (struct block_time){0, 0}) < 0);
	assert_int_equal(block_time_compare(t, t), 0);
}

static void test_validators(void **state)
{
	struct validator rows[3] = {{.key = {{1}}, .power = 5}, {.key = {{2}}, .power = 7}, {.key = {{3}}, .power = 7}};
	struct validator_set s;

	assert_int_equal(validators_make(&s, rows, 3), ERR_OK);
	assert_int_equal(s.total, 19);
	assert_int_equal(s.rows[2].power, 5);
	assert_true(memcmp(s.rows[0].address.b, s.rows[1].address.b, 20) < 0);
	assert_ptr_equal(validators_find(&s, &s.rows[1].address), &s.rows[1]);
	rows[2].key = rows[1].key;
	assert_int_equal(validators_make(&s, rows, 3), ERR_DUPLICATE);
	rows[2].power = 0;
	assert_int_equal(validators_make(&s, rows, 3), ERR_FORMAT);
	assert_int_equal(validators_make(&s, rows, 0), ERR_FORMAT);
	rows[0].power = INT64_MAX;
	assert_int_equal(validators_make(&s, rows, 1), ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vote_sign_bytes),	      cmocka_unit_test(test_header_hash),
		cmocka_unit_test(test_constants_of_the_first_block), cmocka_unit_test(test_block_round_trip),
		cmocka_unit_test(test_decoder),		      cmocka_unit_test(test_counts),
		cmocka_unit_test(test_part_sets),
		cmocka_unit_test(test_results_hash),	      cmocka_unit_test(test_inclusion),
		cmocka_unit_test(test_times),		      cmocka_unit_test(test_validators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
