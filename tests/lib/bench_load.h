/* SPDX-License-Identifier: Apache-2.0 */
/* The load of the benches: patients whom the authority anchors, and their signed changes of consent, each of which puts a
 * rule and, from the second on, removes the one before.  All of it comes from a seed.
 */
#ifndef MEDLOCK_TESTS_BENCH_LOAD_H
#define MEDLOCK_TESTS_BENCH_LOAD_H

#include "world.h"

#define LOAD_VALID_AHEAD 9000u /* heights */

struct load_patient {
	struct world_account account;
	uint32_t changes; /* signed so far */
};
struct load {
	struct world w;                 /* its rng, network and time alone */
	struct world_account authority; /* borrowed keys */
	struct load_patient *patients;
	size_t count, next;
	uint64_t height; /* of the chain now, for chains of more than LOAD_VALID_AHEAD; 0 is fine for others */
};

/* now: certificates are good for a year from it. */
void load_init(struct load *l, const struct network_id *network, const struct account_id *authority,
	       struct secret *authority_seed, struct time_ms now, size_t patients, uint64_t seed);
void load_release(struct load *l);

/* One transaction, appended: the anchor of patient i; the next change of consent, by the patients in turn. */
void load_anchor(struct load *l, struct buf *tx, size_t i);
void load_change(struct load *l, struct buf *tx);
/* The first patient stops all sharing, or goes on: after her first change, and as often in one block as one likes. */
void load_pause(struct load *l, struct buf *tx);

#endif
