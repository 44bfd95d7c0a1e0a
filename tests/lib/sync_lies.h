/* SPDX-License-Identifier: Apache-2.0 */
/* What a lying peer says in place of a daemon's true answer: each lie is false in one thing alone. */
#ifndef MEDLOCK_TESTS_SYNC_LIES_H
#define MEDLOCK_TESTS_SYNC_LIES_H

#include "sync_desk.h"

#define LIES_STALE_MAX 64
#define LIES_LIST_MAX 12

/* The desk and what a peer that lies remembers; the desk's self. */
struct lies {
	struct sync_desk d;
	uint64_t earlier;                 /* height of the replicas "earlier-…"; the "true-…" ones are newer */
	struct buf stale[LIES_STALE_MAX]; /* proofs as they were then */
	size_t stale_count;
};

struct lie {
	const char *name;
	enum relay_kind kind;
	void (*tell)(struct sync_desk *d, enum relay_kind kind, struct buf *body);
	enum err says; /* what a sync ends with that has this peer alone */
	bool any;      /* told of every kind of question */
};

/* Lists end with a lie without a name.  To a light replica of the patient: */
extern const struct lie lies_of_headers[LIES_LIST_MAX];
extern const struct lie lies_of_events[LIES_LIST_MAX];
extern const struct lie lies_of_rows[LIES_LIST_MAX];
/* … that need the proofs of an earlier height, gathered by keeping them (not a lie) during one sync then: */
extern const struct lie lies_keep_proofs;
extern const struct lie lies_of_stale_proofs, lies_of_going_back;
/* … more entries than the account counts, which an honest peer may give too: */
extern const struct lie lies_beyond_the_count;
/* … a row that was not asked for: no answer at all, so that the peer is passed over and not dropped: */
extern const struct lie lies_of_another_key;
/* To a full one: */
extern const struct lie lies_of_blocks[LIES_LIST_MAX];

void lies_release(struct lies *l); /* what was kept; not the desk */

#endif
