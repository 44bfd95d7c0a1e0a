/* SPDX-License-Identifier: Apache-2.0 */
#include "chain_help.h"

#include "chain/proto/genesis.h"
#include "storage/migrate.h"
#include "storage/state_kv.h"

#define MUST(expression) ASSERT((expression) == ERR_OK)

void chain_init(struct chain *c, struct bytes genesis, const struct secret *validator_seed)
{
	struct migration steps[] = {{1, STATE_KV_SCHEMA}};
	char path[128];

	memset(c, 0, sizeof(*c));
	c->seed = validator_seed;
	buf_append_bytes(&c->genesis_bytes, genesis);
	MUST(genesis_parse(&c->genesis, &c->network, genesis, NULL));
	MUST(validators_of_network(&c->validators, c->genesis->network));
	temp_dir_make(&c->dir);
	snprintf(path, sizeof(path), "%s/chain.db", c->dir.path);
	MUST(db_open(&c->db, path, &(struct db_options){.unsynced = true}, NULL));
	MUST(migrate(c->db, DB_TEST, steps, 1, NULL));
	MUST(executor_new(&c->executor, c->db, &c->network, NULL));
	MUST(db_begin(c->db, NULL));
	MUST(executor_genesis(c->executor, c->genesis, NULL));
	c->app_hash = executor_root(c->executor);
	c->results = block_empty_hash();
}

void chain_release(struct chain *c)
{
	executor_free(c->executor);
	db_free(c->db);
	temp_dir_remove(&c->dir);
	WIRE_FREE(c->genesis);
	buf_release(&c->genesis_bytes);
	for (size_t i = 0; i < c->count; i++) {
		buf_release(&c->blocks[i]);
		buf_release(&c->commits[i]);
	}
	for (size_t i = 0; i < c->event_count; i++)
		buf_release(&c->events[i].bytes);
	free(c->events);
}

struct time_ms chain_next_time(const struct chain *c)
{
	return (struct time_ms){c->genesis->time + 1000 * (c->last.height + 1)};
}

static void fill_header(const struct chain *c, struct block *b)
{
	struct hash32 set = validators_hash(&c->validators), empty = block_empty_hash();
	struct hash32 consensus = block_consensus_hash(BLOCK_SIZE_MAX, BLOCK_COST_MAX);
	struct hash32 data = block_data_hash(b->txs, b->tx_count), last = commit_hash(&c->commit);
	struct block_header *h = &b->header;

	h->version_block = BLOCK_PROTOCOL;
	h->version_app = CONTRACT_VERSION;
	snprintf(h->chain_id, sizeof(h->chain_id), "%s", c->genesis->chain_id);
	h->height = c->last.height + 1;
	h->time = block_time_of(chain_next_time(c));
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
	vote_sign_bytes(&vote, b->header.chain_id, b->header.height, 0, &c->commit.block_id, b->header.time);
	sign_make(&c->commit.sigs[0].signature, c->seed, buf_bytes(&vote));
	buf_release(&vote);
}

static enum err keep_event(void *self, const struct account_id *owner, uint64_t n, struct bytes event)
{
	struct chain *c = self;

	c->events = realloc(c->events, (c->event_count + 1) * sizeof(*c->events));
	ASSERT(c->events != NULL);
	c->events[c->event_count] = (struct chain_event){.owner = *owner, .n = n};
	buf_append_bytes(&c->events[c->event_count++].bytes, event);
	return ERR_OK;
}

void chain_block(struct chain *c, const struct bytes *txs, size_t count)
{
	struct block b = {.txs = txs, .tx_count = count, .last_commit = c->commit};
	struct contract_sink sink = {c, keep_event};
	struct executed done;

	ASSERT(c->count < CHAIN_HELP_MAX);
	fill_header(c, &b);
	block_encode(&c->blocks[c->count], &b);
	sign_commit(c, &b, buf_bytes(&c->blocks[c->count]));
	commit_encode(&c->commits[c->count], &c->commit);
	MUST(executor_block(c->executor, &done, &b, &sink, NULL, NULL, NULL));
	c->count++;
	c->last = b.header;
	c->app_hash = done.app_hash;
	c->results = done.results_hash;
	c->last_results = done.results;
}

void chain_header(const struct chain *c, struct buf *out, size_t height)
{
	struct block block;

	ASSERT(height >= 1 && height <= c->count);
	MUST(block_decode(&block, buf_bytes(&c->blocks[height - 1]), NULL));
	header_encode(out, &block.header);
	block_release(&block);
}
