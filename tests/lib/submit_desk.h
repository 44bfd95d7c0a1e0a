/* SPDX-License-Identifier: Apache-2.0 */
/* A patient whose keys are in a key-holder, on a real daemon: for tests that submit.
 *
 * Functions assert (cmocka) what must hold.
 */
#ifndef MEDLOCK_TESTS_SUBMIT_DESK_H
#define MEDLOCK_TESTS_SUBMIT_DESK_H

#include "core/ledger/submit.h"
#include "daemon_story.h"
#include "temp_dir.h"

#define SUBMIT_DESK_VALID 5000

struct submit_desk {
	struct daemon_story s;
	struct temp_dir dir;
	struct keyholder *keys;     /* of a patient whose keys are in a key-holder */
	struct account_id account;
	struct replica *replica;
	struct link link;
	struct submitter submitter; /* of the three above */
	uint64_t seed;              /* of rng, printed */
	struct seeded_rng rng;
	bool killed;                /* the daemon was, by a hook */
};

/* Fixtures of a cmocka group. */
int submit_desk_setup(void **state);
int submit_desk_teardown(void **state);

/* The link, and the submitter with it, to this peer alone. */
void submit_desk_link(struct submit_desk *f, const struct peer_address *peer);

/* On the daemon's own disk: blocks that hold this transaction, whatever came of it; and all transactions. */
int64_t submit_desk_times(struct submit_desk *f, const struct tx_id *id);
int64_t submit_desk_transactions(struct submit_desk *f);

/* After a sync: entries of the own list, which is complete; version and number of rules of the own policy. */
uint64_t submit_desk_entries(struct submit_desk *f);
uint64_t submit_desk_policy(struct submit_desk *f, size_t *ret_rules);

/* Bodies to sign; good while a lives. */
struct submit_act {
	Medlock__Body body;
	Medlock__ConsentPause pause;
	Medlock__ConsentSet set;
	Medlock__Rule rule, *rules[1];
	Medlock__Actor actor, *actors[1];
	uint32_t purposes[1];
};
Medlock__Body *submit_desk_pause(struct submit_act *a, const struct submit_desk *f, bool paused);
/* One more rule, if the policy is still at this version. */
Medlock__Body *submit_desk_rule(struct submit_act *a, const struct submit_desk *f, uint64_t version);

#endif
