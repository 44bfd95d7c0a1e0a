/* SPDX-License-Identifier: Apache-2.0 */
/* A short history of a small network, each block applied twice: to a chain (chain_help.h), and by the contract alone to
 * the world's state in memory, whose events are kept too.  So what a replica makes of the blocks can be compared with
 * what the contract says.
 */
#ifndef MEDLOCK_TESTS_CHAIN_STORY_H
#define MEDLOCK_TESTS_CHAIN_STORY_H

#include "chain_help.h"
#include "world.h"

#define STORY_TXS_MAX 8u

struct story {
	struct world w;
	struct chain chain;
	struct world_account anna, bram, doctor; /* two patients and a clinician who deposits */
	struct buf txs[STORY_TXS_MAX]; /* for the next block */
	size_t tx_count;
	struct record_id first, second; /* of the doctor's records of Anna; the second replaces the first in story_more */
	struct request_id request;
	struct chain_event *events; /* of the contract alone */
	size_t event_count;
	uint64_t tx_total;
};

/* Nobody is there yet but the genesis. */
void story_init(struct story *s, uint64_t seed);
void story_init_at(struct story *s, uint64_t seed, int64_t time);
void story_release(struct story *s);

/* Seven blocks: people, records, rules, a request, a refused change, and an empty one at the end. */
void story_begin(struct story *s);
/* Six more: rules go and come, a second request, a record is replaced, all is paused, the doctor is revoked, and an empty one. */
void story_more(struct story *s);

/* The next block with the transactions that wait. */
void story_block(struct story *s);
/* A pause (or its end) by this patient waits for the next block. */
void story_pause(struct story *s, const struct world_account *by, bool paused);
/* A request of the doctor's for Anna's records waits for the next block. */
void story_ask(struct story *s);

#endif
