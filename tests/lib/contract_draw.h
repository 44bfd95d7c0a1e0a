/* SPDX-License-Identifier: Apache-2.0 */
/* Random transactions for the oracle of the contract: valid ones, and ones that miss by little.
 *
 * What to draw from (people, records, requests, versions) is read off the model's state, so that most transactions mean
 * something; then one in a few is spoiled: another signer, another network, too late, too early, sent before, a name that
 * nobody bears, a version gone by.
 */
#ifndef MEDLOCK_TESTS_CONTRACT_DRAW_H
#define MEDLOCK_TESTS_CONTRACT_DRAW_H

#include "model_state.h"
#include "world.h"

#define DRAW_PEOPLE 30u
#define DRAW_PAST 48u
#define DRAW_OTHER_KEYS 24u
#define DRAW_ORGANISATIONS 3u
#define DRAW_PROJECTS 2u

struct draw {
	struct world *w;
	struct model *model;
	const struct rng *rng;
	struct world_account people[DRAW_PEOPLE]; /* the first five are the world's own */
	size_t people_count;
	struct world_account other[DRAW_OTHER_KEYS]; /* keys that people changed to, or would have */
	size_t other_count;
	struct hash32 helpers_salt; /* of everybody's helpers: drawn ones can be opened later */
	struct organisation_id organisations[DRAW_ORGANISATIONS];
	struct hash32 projects[DRAW_PROJECTS];
	struct buf past[DRAW_PAST]; /* transactions that were drawn, to be sent again */
	size_t past_count;
};

void draw_init(struct draw *d, struct world *w, struct model *model);
void draw_release(struct draw *d);

/* Append one transaction's bytes. */
void draw_tx(struct draw *d, struct buf *ret_tx);
/* The same for one kind of action; enrol: a new account with this role, well-formed. */
void draw_enrol(struct draw *d, struct buf *ret_tx, uint32_t role);
/* A request for as many named records as one may ask for, nearly all of them unknown: it costs the most. */
void draw_costly(struct draw *d, struct buf *ret_tx);

/* Inside tests/lib/contract_draw*.c. */
/* The same person with the keys that are theirs now. */
const struct world_account *draw_current(struct draw *d, const struct world_account *p);
/* These sign one body together; by: in any order, mostly sorted here. */
void draw_signed_by(struct draw *d, struct buf *ret_tx, Medlock__Body *body, const struct world_account **by, size_t count);
/* Everybody who is an authority now, seldom somebody else too; false when nobody of them is known here. */
bool draw_by_officers(struct draw *d, struct buf *ret_tx, Medlock__Body *body);
void draw_account_keys(struct draw *d, struct buf *ret_tx);
bool once_in(struct draw *d, unsigned n);
size_t below(struct draw *d, size_t n);
const struct world_account *draw_person(struct draw *d, uint32_t role); /* any when nobody has it; 0: anybody */
const struct world_account *draw_patient(struct draw *d); /* mostly one of the first two, who so get many records */
const struct world_account *draw_keys_of(struct draw *d, const struct hash32 *id); /* NULL */
struct hash32 draw_nobody(struct draw *d);
void draw_finish(struct draw *d, struct buf *ret_tx, Medlock__Body *body, const struct world_account *by);
void draw_deposit(struct draw *d, struct buf *ret_tx);
void draw_erase(struct draw *d, struct buf *ret_tx);
void draw_pause(struct draw *d, struct buf *ret_tx);
void draw_rules(struct draw *d, struct buf *ret_tx);
void draw_request(struct draw *d, struct buf *ret_tx);
void draw_answer(struct draw *d, struct buf *ret_tx);
void draw_close(struct draw *d, struct buf *ret_tx);
void draw_receipt(struct draw *d, struct buf *ret_tx);
void draw_proxy(struct draw *d, struct buf *ret_tx);
const struct world_account *draw_proxy_of(struct draw *d, const struct account_id *owner); /* one of hers; NULL */
const struct world_account *draw_actor_for(struct draw *d, const struct world_account *owner); /* she or who acts for her */
void draw_question(struct draw *d, struct buf *ret_tx);
void draw_network(struct draw *d, struct buf *ret_tx);

#endif
