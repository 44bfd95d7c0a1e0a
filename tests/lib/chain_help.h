/* SPDX-License-Identifier: Apache-2.0 */
/* A chain of one validator built block by block, without an engine: valid blocks, commits, and the state they lead to.
 *
 * Functions ASSERT on failure.  A test may change app_hash or results before a block, to have a lie signed.
 */
#ifndef MEDLOCK_TESTS_CHAIN_HELP_H
#define MEDLOCK_TESTS_CHAIN_HELP_H

#include "chain/proto/block.h"
#include "chain/proto/validators.h"
#include "core/crypto/secret.h"
#include "core/ledger/execute.h"
#include "temp_dir.h"

#define CHAIN_HELP_MAX 128u

struct chain_event {
	struct account_id owner;
	uint64_t n;
	struct buf bytes;
};

struct chain {
	struct network_id network;
	struct buf genesis_bytes;
	Medlock__Genesis *genesis;
	struct validator_set validators;
	const struct secret *seed; /* of the validator; borrowed */
	struct temp_dir dir;
	struct db *db;
	struct executor *executor;
	struct block_header last;
	struct commit commit;
	struct hash32 app_hash, results; /* what the next header carries */
	size_t count;
	struct buf blocks[CHAIN_HELP_MAX], commits[CHAIN_HELP_MAX]; /* at height - 1 */
	struct contract_result *last_results; /* of the newest block, until the next */
	struct chain_event *events;
	size_t event_count;
};

void chain_init(struct chain *c, struct bytes genesis, const struct secret *validator_seed);
void chain_release(struct chain *c);
/* When the next block is said to be: its genesis' time and a second for each height. */
struct time_ms chain_next_time(const struct chain *c);
void chain_block(struct chain *c, const struct bytes *txs, size_t count);
/* Header of height as encoded, appended. */
void chain_header(const struct chain *c, struct buf *out, size_t height);

#endif
