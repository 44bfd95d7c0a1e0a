/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of blocks that are about to be executed, verified on threads beside the one that executes.
 *
 * More than two fifths of a full sync is Ed25519.  The contract asks for verdicts that are known already (struct
 * contract_verdicts) and verifies itself where there is none, so this changes when a signature is verified, and never what
 * counts: a verdict is for one transaction under one key, and the contract takes it only for the key that the state then
 * holds.  The key is guessed from the state before the first of the blocks and from the anchors among them; a wrong guess is
 * of no use and does no harm.
 */
#ifndef MEDLOCK_LEDGER_AHEAD_H
#define MEDLOCK_LEDGER_AHEAD_H

#include "chain/proto/api.pb-c.h"
#include "core/ledger/execute.h"

#define AHEAD_THREADS_MAX 3u
#define AHEAD_TXS_MIN 64u     /* below, threads cost more than they bring */
#define AHEAD_TXS_MAX 16384u  /* looked at ahead in one page; the rest is verified when it is executed */

struct ahead;

/* Read the blocks, which need not be valid, and begin.  Gives NULL where there is nothing to win (few transactions, one
 * processor) or no memory: then the contract does it all.  The executor is read before this returns, on this thread.
 */
struct ahead *ahead_new(struct executor *x, const Medlock__BlocksReply *blocks);
/* Waits for signatures at work, drops the others.  NULL is fine. */
void ahead_free(struct ahead *a);

/* For executor_verdicts; NULL for NULL.  To be asked by one thread, in the order of the transactions. */
const struct contract_verdicts *ahead_verdicts(const struct ahead *a);

#endif
