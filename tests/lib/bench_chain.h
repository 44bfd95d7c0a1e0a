/* SPDX-License-Identifier: Apache-2.0 */
/* A long chain of signed acts of patients behind a real daemon: written into its home by the engine in this process, before
 * the daemon starts.  Functions ASSERT.
 */
#ifndef MEDLOCK_TESTS_BENCH_CHAIN_H
#define MEDLOCK_TESTS_BENCH_CHAIN_H

#include "bench_load.h"
#include "core/ledger/link.h"
#include "core/ledger/replica.h"
#include "daemon.h"

struct bench_chain {
	struct daemon_home d;
	struct buf genesis;
	struct load load;
	uint64_t height; /* of the written chain */
};

/* The patients and a rule of each; then blocks of so many acts (load_change: at most one a block of each patient; load_pause),
 * each block followed by the empty one that carries its root.  The daemon runs.
 */
void bench_chain_make(struct bench_chain *c, size_t patients, unsigned blocks, size_t txs,
		      void (*act)(struct load *l, struct buf *tx));
void bench_chain_release(struct bench_chain *c);

/* A read ticket, good for minutes; full: the authority's, else the first patient's. */
void bench_chain_ticket(struct bench_chain *c, struct buf *ret, bool full);
struct account_id bench_chain_reader(const struct bench_chain *c, bool full);

/* The reader's replica at path, brought to the newest block.  Free with replica_free.  peer, network and genesis are those of a
 * chain, perhaps of another process.
 */
struct replica *bench_chain_sync(struct replica_sync_report *ret, const char *path, struct bytes genesis,
				 const struct network_id *network, const struct peer_address *peer, struct bytes ticket,
				 const struct account_id *who, bool full, struct task *task);

#endif
