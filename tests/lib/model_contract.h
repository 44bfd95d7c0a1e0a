/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's contract once more, slow and plain: the second opinion of tests/oracle/test_contract_oracle.c.
 *
 * Written from what the actions promise and from the formats of transactions and rows (docs/formats/transaction.md), with
 * nothing of chain/contract in it: arrays that are searched from the start, no map, no undo.  An action first finds out
 * whether it may happen, then changes the arrays.  What follows from other rows (the list of a policy's rules, how many
 * records an owner has, which capsules and request keys were seen) is not kept but counted when the rows are written out.
 *
 * One thread.  Memory that runs out ends the test (ASSERT).
 */
#ifndef MEDLOCK_TESTS_MODEL_CONTRACT_H
#define MEDLOCK_TESTS_MODEL_CONTRACT_H

#include "chain/proto/tx.pb-c.h"
#include "core/base/buf.h"

struct model;

struct model_block {
	uint64_t height;
	int64_t time; /* ms */
	struct hash32 network;
};

struct model_event {
	struct hash32 owner;
	uint64_t n;
	struct buf bytes;
};

struct model_result {
	enum err code;
	struct buf data;
	uint32_t cost;
	size_t event_count; /* how many of the newest events are this transaction's */
};

struct model_row {
	struct buf key, value;
};

/* The state that a genesis (already known to be good) gives. */
struct model *model_new(const Medlock__Genesis *genesis);
void model_free(struct model *m);

/* One transaction from its bytes; room: what the block has left to spend.  Release with model_result_release. */
void model_apply(struct model *m, struct model_result *ret, const struct model_block *block, struct bytes tx,
		 uint32_t room);
void model_result_release(struct model_result *r);

/* At the end of a block that holds transactions: forget what can not be repeated in a later one. */
void model_block_end(struct model *m, const struct model_block *block);

/* What a custodian asks between blocks: may the share for (request, record, form) be given out now?  ERR_OK; ERR_REFUSED
 * for what was not granted, ERR_WITHDRAWN, ERR_EXPIRED, ERR_REVOKED for what no longer stands.
 */
enum err model_release_check(const struct model *m, int64_t block_time, int64_t clock, const struct hash32 *request,
			     const struct hash32 *record, uint32_t form);

/* Every event so far, oldest first; good until the next call that changes m. */
const struct model_event *model_events(const struct model *m, size_t *ret_count);

/* The whole state, in order of keys.  Free with model_rows_free. */
struct model_row *model_rows(const struct model *m, size_t *ret_count);
void model_rows_free(struct model_row *rows, size_t count);

#endif
