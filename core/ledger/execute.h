/* SPDX-License-Identifier: Apache-2.0 */
/* Re-execution: blocks through the contract over a stored state, with the root each one gives.
 *
 * Used by the full replica while it syncs, and by the verification of an export over a state in memory.
 */
#ifndef MEDLOCK_LEDGER_EXECUTE_H
#define MEDLOCK_LEDGER_EXECUTE_H

#include "chain/contract/contract.h"
#include "chain/proto/block.h"
#include "storage/db.h"

struct executor;

/* Over a database whose migrations made the state table; the trie is built from its rows. */
enum err executor_new(struct executor **ret, struct db *db, const struct network_id *network,
		      struct err_info *info) MUST_USE;
void executor_free(struct executor *x);

/* The state of the genesis into an empty table, inside the caller's transaction. */
enum err executor_genesis(struct executor *x, const Medlock__Genesis *genesis, struct err_info *info) MUST_USE;

/* Root of the state now. */
struct hash32 executor_root(const struct executor *x);

/* Signatures whose verdicts are known already, asked for in the blocks that follow; NULL: none.  Borrowed. */
void executor_verdicts(struct executor *x, const struct contract_verdicts *verdicts);

/* The key that this account signs with by its row, between blocks; keys that helpers announced do not count, whatever their
 * time: a guess, which the contract does not take for more.  ERR_NOT_FOUND.
 */
enum err executor_signer(struct executor *x, struct sign_public *ret, const struct account_id *account) MUST_USE;

struct executed {
	struct hash32 app_hash;     /* after the block */
	struct hash32 results_hash; /* last_results_hash of the next header */
	struct contract_result *results; /* one a transaction; owned by the executor until the next call */
	size_t count;
};

/* One block inside the caller's transaction; its events go to the sink, its changed rows to changed (either may be NULL).  If
 * the caller rolls back it must free the executor and make a new one.
 */
typedef enum err executed_row(void *self, struct bytes key, const struct bytes *value); /* value NULL: gone */
enum err executor_block(struct executor *x, struct executed *ret, const struct block *block,
			const struct contract_sink *sink, executed_row *changed, void *self,
			struct err_info *info) MUST_USE;

#endif
