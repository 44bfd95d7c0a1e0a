/* SPDX-License-Identifier: Apache-2.0 */
/* Exports written here by the words of docs/formats/ledger-export.md, verified offline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "core/base/files.h"
#include "core/crypto/hash.h"
#include "core/crypto/start.h"
#include "core/ledger/execute.h"
#include "core/ledger/export.h"
#include "ledger_help.h"
#include "storage/migrate.h"
#include "temp_dir.h"

#define BLOCKS 5

static const struct migration steps[] = {{1, "CREATE TABLE state(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL);"}};

/* A chain of one validator, built block by block. */
struct chain {
	struct test_genesis genesis;
	struct network_id network;
	struct validator_set validators;
	struct db *db;
	struct executor *executor;
	struct temp_dir dir;
	struct block_header last;
	struct commit commit;
	struct hash32 app_hash, results;
	struct buf file;
	size_t starts[BLOCKS + 2]; /* of each block in the file */
};

static void part(struct buf *out, struct bytes x)
{
	buf_append_be32(out, (uint32_t)x.len);
	buf_append_bytes(out, x);
}

static void chain_init(struct chain *c)
{
	struct buf genesis = BUF_INIT;
	char path[128];

	memset(c, 0, sizeof(*c));
	test_genesis_init(&c->genesis);
	assert_int_equal(genesis_encode(&genesis, &c->network, &c->genesis.genesis, NULL), ERR_OK);
	assert_int_equal(validators_of_network(&c->validators, c->genesis.genesis.network), ERR_OK);
	temp_dir_make(&c->dir);
	snprintf(path, sizeof(path), "%s/state.db", c->dir.path);
	assert_int_equal(db_open(&c->db, path, &(struct db_options){.unsynced = true}, NULL), ERR_OK);
	assert_int_equal(migrate(c->db, DB_TEST, steps, 1, NULL), ERR_OK);
	assert_int_equal(executor_new(&c->executor, c->db, &c->network, NULL), ERR_OK);
	assert_int_equal(db_begin(c->db, NULL), ERR_OK);
	assert_int_equal(executor_genesis(c->executor, &c->genesis.genesis, NULL), ERR_OK);
	c->app_hash = executor_root(c->executor);
	c->results = block_empty_hash();
	buf_append_text(&c->file, "medlock-ledger-1\n");
	part(&c->file, buf_bytes(&genesis));
	buf_release(&genesis);
}

static void chain_release(struct chain *c)
{
	executor_free(c->executor);
	db_free(c->db);
	temp_dir_remove(&c->dir);
	test_genesis_release(&c->genesis);
	buf_release(&c->file);
}

static void fill_header(const struct chain *c, struct block *b)
{
	struct hash32 set = validators_hash(&c->validators), empty = block_empty_hash();
	struct hash32 consensus = block_consensus_hash(BLOCK_SIZE_MAX, BLOCK_COST_MAX);
	struct hash32 data = block_data_hash(b->txs, b->tx_count), last = commit_hash(&c->commit);
	struct block_header *h = &b->header;

	h->version_block = BLOCK_PROTOCOL;
	h->version_app = CONTRACT_VERSION;
	memcpy(h->chain_id, TEST_CHAIN_ID, sizeof(TEST_CHAIN_ID));
	h->height = c->last.height + 1;
	h->time = block_time_of((struct time_ms){c->genesis.genesis.time + 1000 * h->height});
	h->last_block_id = c->commit.block_id;
	h->last_commit_hash = digest_of(&last);
	h->data_hash = digest_of(&data);
	h->validators_hash = h->next_validators_hash = digest_of(&set);
	h->consensus_hash = digest_of(&consensus);
	h->app_hash = digest_of(&c->app_hash);
	h->last_results_hash = digest_of(&c->results);
	h->evidence_hash = digest_of(&empty);
	h->has_proposer = true;
	h->proposer = c->validators.rows[0].address;
}

static void sign_commit(struct chain *c, const struct block *b, struct bytes encoded)
{
	struct hash32 hash = header_hash(&b->header);
	struct buf vote = BUF_INIT;

	c->commit = (struct commit){.height = b->header.height, .block_id = block_id_of(&hash, encoded), .count = 1};
	c->commit.sigs[0] = (struct commit_sig){.flag = COMMIT_FOR_BLOCK, .address = c->validators.rows[0].address,
						.time = b->header.time};
	vote_sign_bytes(&vote, TEST_CHAIN_ID, b->header.height, 0, &c->commit.block_id, b->header.time);
	sign_make(&c->commit.sigs[0].signature, c->genesis.validator.seed, buf_bytes(&vote));
	buf_release(&vote);
}

static void chain_block(struct chain *c, const struct bytes *txs, size_t count)
{
	struct block b = {.txs = txs, .tx_count = count, .last_commit = c->commit};
	struct buf encoded = BUF_INIT, commit = BUF_INIT;
	struct executed done;

	fill_header(c, &b);
	block_encode(&encoded, &b);
	sign_commit(c, &b, buf_bytes(&encoded));
	commit_encode(&commit, &c->commit);
	assert_int_equal(executor_block(c->executor, &done, &b, NULL, NULL, NULL, NULL), ERR_OK);
	c->starts[b.header.height] = c->file.len;
	part(&c->file, buf_bytes(&encoded));
	part(&c->file, buf_bytes(&commit));
	c->last = b.header;
	c->app_hash = done.app_hash;
	c->results = done.results_hash;
	buf_release(&encoded);
	buf_release(&commit);
}

static void chain_end(struct chain *c)
{
	struct hash32 sum;

	c->starts[BLOCKS + 1] = c->file.len;
	buf_append_be32(&c->file, 0);
	buf_append_be64(&c->file, BLOCKS);
	sum = hash_sha256(buf_bytes(&c->file));
	buf_append_bytes(&c->file, BYTES_ID(sum));
}

static void chain_make(struct chain *c)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__ConsentPause pause = MEDLOCK__CONSENT_PAUSE__INIT;
	struct buf tx = BUF_INIT;
	struct tx_id id;

	chain_init(c);
	pause.owner = wire_data(BYTES_ID(c->genesis.operator.account));
	pause.paused = true;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &pause;
	assert_int_equal(person_tx(&tx, &id, &c->genesis.operator, &body, &c->network), ERR_OK);
	for (int i = 0; i < BLOCKS; i++)
		chain_block(c, (struct bytes[]){buf_bytes(&tx)}, i == 2);
	chain_end(c);
	buf_release(&tx);
}

static enum err verify(struct chain *c, struct ledger_verified *ret, const struct network_id *expected)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/export", c->dir.path);
	assert_int_equal(files_write(path, buf_bytes(&c->file), NULL), ERR_OK);
	return ledger_verify_file(ret, path, expected, NULL, NULL);
}

static void test_whole_file(void **state)
{
	struct network_id other = {{1}};
	struct ledger_verified v;
	struct chain c;

	chain_make(&c);
	assert_int_equal(verify(&c, &v, &c.network), ERR_OK);
	assert_true(v.ok);
	assert_int_equal(v.blocks, BLOCKS);
	assert_int_equal(v.txs, 1);
	assert_int_equal(v.first_bad, 0);
	assert_memory_equal(v.app_hash.b, c.app_hash.b, ID_SIZE);
	assert_int_equal(verify(&c, &v, &other), ERR_NETWORK_ID);
	assert_false(v.ok);
	chain_release(&c);
}

/* Three places in each block and its commit. */
static void test_a_flipped_byte_names_its_block(void **state)
{
	struct ledger_verified v;
	struct chain c;

	chain_make(&c);
	for (size_t height = 1; height <= BLOCKS; height++) {
		size_t from = c.starts[height], to = c.starts[height + 1];

		for (size_t at = from + 2; at < to; at += (to - from) / 7) {
			c.file.data[at] ^= 1;
			assert_int_not_equal(verify(&c, &v, NULL), ERR_OK);
			assert_false(v.ok);
			if (v.first_bad != 0 && v.first_bad != height)
				fail_msg("byte %zu is in block %zu and block %llu is named", at, height,
					 (unsigned long long)v.first_bad);
			c.file.data[at] ^= 1;
		}
	}
	assert_int_equal(verify(&c, &v, NULL), ERR_OK);
	chain_release(&c);
}

static void test_a_cut_file(void **state)
{
	struct ledger_verified v;
	struct chain c;
	size_t whole;

	chain_make(&c);
	whole = c.file.len;
	for (size_t i = 0; i < 40; i++) {
		c.file.len = whole * i / 40;
		assert_int_not_equal(verify(&c, &v, NULL), ERR_OK);
		assert_false(v.ok);
	}
	c.file.len = whole;
	buf_append_byte(&c.file, 0);
	assert_int_equal(verify(&c, &v, NULL), ERR_DAMAGED);
	chain_release(&c);
}

/* A validator who signs a block with another state than execution gives. */
static void test_a_signed_lie_is_found(void **state)
{
	struct ledger_verified v;
	struct chain c;

	chain_init(&c);
	for (int i = 0; i < BLOCKS; i++) {
		if (i == 3)
			c.app_hash.b[0] ^= 1;
		chain_block(&c, NULL, 0);
	}
	chain_end(&c);
	assert_int_equal(verify(&c, &v, NULL), ERR_APP_HASH);
	assert_int_equal(v.first_bad, 4);
	chain_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_file), cmocka_unit_test(test_a_flipped_byte_names_its_block),
		cmocka_unit_test(test_a_cut_file), cmocka_unit_test(test_a_signed_lie_is_found),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
