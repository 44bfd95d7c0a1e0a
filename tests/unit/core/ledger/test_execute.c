/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks executed again over a stored state: root, results, events and changed rows are the contract's, whenever it is
 * closed, and what is rolled back never was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "chain_story.h"
#include "core/crypto/hash.h"
#include "core/crypto/start.h"
#include "core/crypto/trie.h"
#include "storage/migrate.h"
#include "storage/state_kv.h"

struct scene {
	struct story s;
	struct temp_dir dir;
	struct db *db;
	struct executor *x;
	struct memory_kv *rows; /* what the changed rows come to */
	struct contract_kv view;
	size_t events;
	int fail_in; /* of the calls to come the one that fails; 0: none */
};

static void scene_make(struct scene *c)
{
	struct migration steps[] = {{1, STATE_KV_SCHEMA}};
	char path[128];

	memset(c, 0, sizeof(*c));
	story_init(&c->s, 9);
	temp_dir_make(&c->dir);
	snprintf(path, sizeof(path), "%s/state.db", c->dir.path);
	assert_int_equal(db_open(&c->db, path, &(struct db_options){.unsynced = true}, NULL), ERR_OK);
	assert_int_equal(migrate(c->db, DB_TEST, steps, 1, NULL), ERR_OK);
	assert_int_equal(executor_new(&c->x, c->db, &c->s.chain.network, NULL), ERR_OK);
	c->rows = memory_kv_new();
	c->view = memory_kv_view(c->rows);
	assert_int_equal(db_begin(c->db, NULL), ERR_OK);
	assert_int_equal(executor_genesis(c->x, c->s.chain.genesis, NULL), ERR_OK);
	assert_int_equal(db_commit(c->db, NULL), ERR_OK);
	assert_int_equal(contract_init(&c->view, c->s.chain.genesis, &c->s.chain.network, NULL), ERR_OK);
}

static void scene_release(struct scene *c)
{
	executor_free(c->x);
	db_free(c->db);
	memory_kv_free(c->rows);
	temp_dir_remove(&c->dir);
	story_release(&c->s);
}

static void open_again(struct scene *c)
{
	executor_free(c->x);
	c->x = NULL;
	assert_int_equal(executor_new(&c->x, c->db, &c->s.chain.network, NULL), ERR_OK);
}

/* The root of all rows of a state in memory, by the trie alone. */
static struct hash32 root_of(const struct memory_kv *m)
{
	size_t count = memory_kv_count(m);
	struct trie_change *leaves = calloc(count + 1, sizeof(*leaves));
	struct trie *t = NULL;
	struct hash32 root;

	assert_non_null(leaves);
	for (size_t i = 0; i < count; i++) {
		struct bytes key, value;

		memory_kv_at(m, i, &key, &value);
		leaves[i].keyhash = hash_sha256(key);
		leaves[i].valuehash = hash_sha256(value);
	}
	trie_sort(leaves, count);
	assert_int_equal(trie_new(&t), ERR_OK);
	assert_int_equal(trie_apply(t, leaves, count), ERR_OK);
	root = trie_root(t, TRIE_CURRENT);
	trie_free(t);
	free(leaves);
	return root;
}

static enum err fail_or(struct scene *c, enum err otherwise)
{
	return c->fail_in > 0 && --c->fail_in == 0 ? ERR_CANCELLED : otherwise;
}

static enum err changed(void *self, struct bytes key, const struct bytes *value)
{
	struct scene *c = self;

	TRY(fail_or(c, ERR_OK));
	return value != NULL ? c->view.put(c->view.self, key, *value) : c->view.del(c->view.self, key);
}

static enum err event(void *self, const struct account_id *owner, uint64_t n, struct bytes bytes)
{
	struct scene *c = self;
	const struct chain_event *e = &c->s.events[c->events];

	TRY(fail_or(c, ERR_OK));
	assert_true(c->events < c->s.event_count);
	assert_true(ID_EQUAL(e->owner, *owner) && e->n == n && bytes_equal(buf_bytes(&e->bytes), bytes));
	c->events++;
	return ERR_OK;
}

/* The block at this height; its transaction is committed when it succeeds. */
static enum err run(struct scene *c, size_t height, struct executed *ret)
{
	struct contract_sink sink = {c, event};
	struct block block;
	enum err e;

	assert_int_equal(block_decode(&block, buf_bytes(&c->s.chain.blocks[height - 1]), NULL), ERR_OK);
	assert_int_equal(db_begin(c->db, NULL), ERR_OK);
	e = executor_block(c->x, ret, &block, &sink, changed, c, NULL);
	if (e == ERR_OK)
		assert_int_equal(db_commit(c->db, NULL), ERR_OK);
	else
		db_rollback(c->db);
	block_release(&block);
	return e;
}

static struct hash32 app_hash_of(const struct scene *c, size_t height)
{
	struct block block;
	struct hash32 root;

	if (height == c->s.chain.count)
		return c->s.chain.app_hash;
	assert_int_equal(block_decode(&block, buf_bytes(&c->s.chain.blocks[height]), NULL), ERR_OK);
	ID_COPY(root, block.header.app_hash.b);
	block_release(&block);
	return root;
}

static void assert_root(const struct scene *c, const struct hash32 *want)
{
	struct hash32 root = executor_root(c->x);

	assert_memory_equal(root.b, want->b, ID_SIZE);
}

/* Closed and opened again after every third block. */
static void test_the_contracts_state(void **state)
{
	struct executed done;
	struct scene c;
	struct hash32 root, mine, theirs;

	scene_make(&c);
	root = root_of(c.s.w.memory);
	assert_root(&c, &root);
	story_begin(&c.s);
	story_more(&c.s);
	for (size_t height = 1; height <= c.s.chain.count; height++) {
		assert_int_equal(run(&c, height, &done), ERR_OK);
		root = app_hash_of(&c, height);
		assert_memory_equal(done.app_hash.b, root.b, ID_SIZE);
		assert_root(&c, &root);
		root = root_of(c.rows);
		assert_memory_equal(done.app_hash.b, root.b, ID_SIZE);
		if (height % 3 == 0) {
			open_again(&c);
			assert_root(&c, &root);
		}
	}
	assert_int_equal(c.events, c.s.event_count);
	mine = memory_kv_digest(c.rows);
	theirs = memory_kv_digest(c.s.w.memory);
	assert_memory_equal(mine.b, theirs.b, ID_SIZE);
	root = root_of(c.s.w.memory);
	assert_root(&c, &root);
	scene_release(&c);
}

/* Bytes that are no transaction, and one that comes twice, have a result each and change nothing but what they may. */
static void test_odd_transactions(void **state)
{
	struct scene c;
	struct bytes odd[4];
	struct buf tx = BUF_INIT;
	struct executed done;

	scene_make(&c);
	story_begin(&c.s);
	story_pause(&c.s, &c.s.anna, true);
	buf_append_bytes(&tx, buf_bytes(&c.s.txs[0]));
	c.s.tx_count = 0;
	odd[0] = bytes_str("no transaction");
	odd[1] = buf_bytes(&tx);
	odd[2] = buf_bytes(&tx);
	odd[3] = bytes_of(tx.data, tx.len - 1);
	chain_block(&c.s.chain, odd, 4);
	assert_int_equal(db_begin(c.db, NULL), ERR_OK);
	for (size_t height = 1; height <= c.s.chain.count; height++) {
		struct block block;

		assert_int_equal(block_decode(&block, buf_bytes(&c.s.chain.blocks[height - 1]), NULL), ERR_OK);
		assert_int_equal(executor_block(c.x, &done, &block, NULL, NULL, NULL, NULL), ERR_OK);
		block_release(&block);
	}
	assert_int_equal(done.count, 4);
	assert_int_not_equal(done.results[0].code, 0);
	assert_int_equal(done.results[1].code, 0);
	assert_int_equal(done.results[2].code, 0); /* a repeat has the first result */
	assert_true(bytes_equal(buf_bytes(&done.results[1].data), buf_bytes(&done.results[2].data)));
	assert_int_not_equal(done.results[3].code, 0);
	assert_memory_equal(done.app_hash.b, c.s.chain.app_hash.b, ID_SIZE);
	assert_memory_equal(done.results_hash.b, c.s.chain.results.b, ID_SIZE);
	scene_release(&c);
	buf_release(&tx);
}

/* Whatever fails in a block, the state in the file is that before it, and a new executor goes on from there. */
static void test_what_fails_never_was(void **state)
{
	struct executed done;
	struct scene c;

	scene_make(&c);
	story_begin(&c.s);
	for (size_t height = 1; height <= c.s.chain.count; height++) {
		struct hash32 before = executor_root(c.x), after = app_hash_of(&c, height);
		size_t events = c.events;

		for (int fail = 1;; fail++) {
			c.fail_in = fail;
			if (run(&c, height, &done) == ERR_OK)
				break;
			assert_int_equal(c.fail_in, 0);
			c.events = events;
			open_again(&c);
			assert_root(&c, &before);
		}
		c.fail_in = 0;
		assert_root(&c, &after);
	}
	assert_int_equal(c.events, c.s.event_count);
	scene_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_contracts_state), cmocka_unit_test(test_odd_transactions),
		cmocka_unit_test(test_what_fails_never_was),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
