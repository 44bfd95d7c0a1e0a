/* SPDX-License-Identifier: Apache-2.0 */
/* The deterministic contract: what a transaction does to the state.
 *
 * Pure: reads only its arguments and the kv; no clock, random, I/O, float, locale, no order that depends on memory.
 * Same inputs, same root, on any machine.  One file an action (consent_set.c, …), each with check, apply and describe;
 * actions.def lists them.  Expected refusals become a result code; only a failing kv or damaged state returns an error.
 */
#ifndef MEDLOCK_CONTRACT_CONTRACT_H
#define MEDLOCK_CONTRACT_CONTRACT_H

#include "chain/contract/kv.h"
#include "chain/proto/event.h"
#include "chain/proto/state_key.h"
#include "chain/proto/tx.h"
#include "core/base/clock.h"

/* Where a transaction stands. */
struct contract_block {
	uint64_t height;
	struct time_ms time;
	struct network_id network;
};

/* Signature verdicts computed ahead by worker threads; NULL: the contract verifies itself. */
struct contract_verdicts {
	void *self;
	/* 1 valid, 0 invalid, -1 unknown (then the contract verifies). */
	int (*signature)(void *self, const struct tx_id *tx, const struct sign_public *key);
};

/* Told each event of an owner, in order, only for transactions that take effect. */
struct contract_sink {
	void *self;
	enum err (*event)(void *self, const struct account_id *owner, uint64_t n, struct bytes event);
};

/* What ExecTxResult carries: code 0 or -(enum err), data = canonical TxResult. */
struct contract_result {
	uint32_t code;
	struct buf data;
	uint32_t cost;
};

void contract_result_release(struct contract_result *r);

/* Fill an empty state from a genesis: accounts, network.  ERR_FORMAT and others for a bad genesis. */
enum err contract_init(struct contract_kv *kv, const Medlock__Genesis *genesis, const struct network_id *network,
		       struct err_info *info) MUST_USE;

/* Would it be accepted now?  Reads state, changes nothing; same code as apply would give.  For check_tx. */
enum err contract_check(struct contract_result *ret, struct contract_kv *kv, const struct contract_block *block,
			const struct tx *tx) MUST_USE;

/* Apply one parsed transaction: authorisation, replay, the action, its events.  Takes effect whole or not at all.
 * A repeat of an earlier one returns the first result and changes nothing.
 */
enum err contract_apply(struct contract_result *ret, struct contract_kv *kv, const struct contract_block *block,
			const struct tx *tx, const struct contract_verdicts *verdicts,
			const struct contract_sink *sink) MUST_USE;

/* All transactions of a block in order (raw bytes; one that does not parse gets the code of its error), then the
 * dropping of expired replay entries, which happens only in blocks that hold transactions.  results has count entries,
 * released by the caller.
 */
enum err contract_block_apply(struct contract_result *results, struct contract_kv *kv,
			      const struct contract_block *block, const struct bytes *txs, size_t count,
			      const struct contract_verdicts *verdicts, const struct contract_sink *sink) MUST_USE;

/* One sentence in plain words of what the body asks for, for people who sign it and for `ledger tx`. */
void contract_describe(struct buf *out, const Medlock__Body *body);

/* Who may submit what: the one table. */
bool contract_role_may(uint32_t action, uint32_t role, uint32_t rights);

#endif
