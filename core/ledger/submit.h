/* SPDX-License-Identifier: Apache-2.0 */
/* From an action to its block: build, describe, sign, send, follow.
 *
 * The same bytes are sent again after a cut or to another peer: the ledger gives a repeat its first result and no second
 * effect.  The place in the block is checked against a verified header when a replica is given; the result is the peer's
 * word in a light replica, so that callers look at the row that the action changes.
 */
#ifndef MEDLOCK_LEDGER_SUBMIT_H
#define MEDLOCK_LEDGER_SUBMIT_H

#include "core/ledger/replica.h"

#define SUBMIT_AHEAD 1000u        /* heights for which a transaction stays valid */
#define SUBMIT_WAIT_MS 60000      /* how long the block is awaited */
#define SUBMIT_PROOF_MS 5000      /* how long the proof is awaited of a block that a peer named */
#define SUBMIT_RETRY_MS 250
#define SUBMIT_TURNS 3u           /* how often each peer is tried that does not answer, or not rightly */

struct submitted {
	struct tx_id tx;
	uint64_t height;
	uint32_t index, code;
	bool proven;               /* inclusion checked against a verified header */
	struct record_id record;   /* what the transaction makes, if it is a deposit or a request */
	struct request_id request;
	struct buf data;           /* canonical TxResult */
};
void submitted_release(struct submitted *s);

struct submitter {
	struct keyholder *keys;
	struct link *link;
	struct replica *replica;   /* NULL: inclusion is not checked */
	const struct rng *rng;     /* salts; NULL: the system's */
};

/* body: the action is set; network, salt and valid_until are filled in here (the message does not own them afterwards:
 * they are reset).  Lists are sorted.  ERR_OK: in a block with code 0.  ERR_PROOF: a peer says so and cannot
 * show it.  A refusal is the error of its code (ERR_CONFLICT, ERR_ROLE, …) with ret filled as well.  ERR_TIMEOUT: it may
 * still come; repeat with submit_again.
 */
enum err submit_action(struct submitter *s, struct submitted *ret, Medlock__Body *body,
		       struct err_info *info) MUST_USE;

/* The two halves.  Sign: appends the transaction; its id, record and request are known before it is sent. */
enum err submit_sign(struct submitter *s, struct submitted *ret, struct buf *ret_tx, Medlock__Body *body,
		     struct err_info *info) MUST_USE;
/* Send signed bytes (again) and follow them. */
enum err submit_again(struct submitter *s, struct submitted *ret, struct bytes tx, struct err_info *info) MUST_USE;

/* One sentence about what a body asks for: what a dry run shows. */
void submit_describe(struct buf *out, const Medlock__Body *body);

#endif
