/* SPDX-License-Identifier: Apache-2.0 */
/* A throw-away state, to run a chain again from its genesis; private to core/ledger.
 *
 * It lives in a file under /tmp that is gone with it: a state may be larger than the memory.
 */
#ifndef MEDLOCK_LEDGER_SCRATCH_H
#define MEDLOCK_LEDGER_SCRATCH_H

#include "core/ledger/export.h"
#include "core/ledger/replay.h"

struct scratch {
	char dir[64];
	struct db *db;
	struct executor *executor;
	Medlock__Genesis *genesis;
	struct validator_set validators;
	struct replay replay;
};

/* The genesis executed; every commit will be verified.  Errors of genesis_parse, ERR_IO, ERR_MEMORY. */
enum err scratch_new(struct scratch **ret, struct network_id *ret_network, struct bytes genesis,
		     struct err_info *info) MUST_USE;
void scratch_free(struct scratch *s);

/* What a check wants to know of each block: its events as they happen, and the whole after it.  Both may be NULL. */
struct scratch_watch {
	struct contract_sink sink;
	enum err (*block)(void *self, const struct replayed *x, struct err_info *info);
};

/* The next block into v; on failure v->first_bad is its height.  watch may be NULL. */
enum err scratch_block(struct scratch *s, struct ledger_verified *v, struct bytes block, struct bytes commit,
		       const struct scratch_watch *watch, struct err_info *info) MUST_USE;

#endif
