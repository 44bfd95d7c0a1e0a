/* SPDX-License-Identifier: Apache-2.0 */
/* A chain from its genesis, block by block: structure, links, signatures, re-execution, roots.  Private to core/ledger.
 *
 * A block is judged as far as it alone allows; its state root and results are judged by the next header, which carries
 * them.  Over the replica's own database (full sync) or a throw-away one (verification of an export).
 */
#ifndef MEDLOCK_LEDGER_REPLAY_H
#define MEDLOCK_LEDGER_REPLAY_H

#include "chain/light/verify.h"
#include "core/ledger/execute.h"

struct replay {
	struct executor *executor;
	const Medlock__Genesis *genesis;
	const struct validator_set *validators;
	struct block_header last;      /* height 0: none yet */
	struct hash32 last_hash;
	struct hash32 app_hash, results_hash; /* that the next header must carry */
};

/* Begin after `last` (height 0: the genesis), whose state the executor holds. */
enum err replay_init(struct replay *p, struct executor *x, const Medlock__Genesis *genesis,
		     const struct validator_set *validators, const struct block_header *last,
		     const struct hash32 *results_hash, struct err_info *info) MUST_USE;

struct replayed {
	struct light_block light;
	struct executed executed;
	struct block block; /* block_release */
};
/* The next block, inside the caller's transaction.  ERR_CHAIN, ERR_APP_HASH, ERR_FORMAT. */
enum err replay_block(struct replay *p, struct replayed *ret, struct bytes block, struct bytes commit,
		      const struct contract_sink *sink, executed_row *changed, void *self,
		      struct err_info *info) MUST_USE;

#endif
