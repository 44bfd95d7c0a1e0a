/* SPDX-License-Identifier: Apache-2.0 */
/* What a record's first version and the later ones share.  Inside the contract. */
#ifndef MEDLOCK_CONTRACT_RECORD_H
#define MEDLOCK_CONTRACT_RECORD_H

#include "chain/contract/act.h"

/* The signer may deposit this, for this owner, and its capsules are made for this very action, fresh and never seen. */
enum err record_check(struct act *a, const Medlock__RecordDeposit *d) MUST_USE;

/* The row of a live record, the owner's count of records, her event, and the result.  first: the first version of what this is
 * a later one of; NULL: none.
 */
enum err record_enter(struct act *a, Medlock__RecordDeposit *d, const struct record_id *id,
		      const struct record_id *first) MUST_USE;

/* Event and result of an action about one record. */
enum err record_tell(struct act *a, const struct account_id *owner, const struct record_id *id) MUST_USE;

void record_describe(struct buf *out, const Medlock__RecordDeposit *d);

#endif
