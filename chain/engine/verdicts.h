/* SPDX-License-Identifier: Apache-2.0 */
/* Signature verdicts found ahead by workers: a table of fixed size in which a new verdict takes an old one's place.
 * Forgetting one costs a verification, nothing else.
 */
#ifndef MEDLOCK_ENGINE_VERDICTS_H
#define MEDLOCK_ENGINE_VERDICTS_H

#include "chain/contract/contract.h"

#define VERDICTS 16384u /* power of two; 66 bytes each */

struct verdict {
	struct tx_id tx;
	struct sign_public key;
	bool known, valid;
};

struct verdicts {
	struct verdict rows[VERDICTS];
	struct contract_verdicts view; /* for contract_apply */
};

void verdicts_init(struct verdicts *v);
void verdicts_put(struct verdicts *v, const struct tx_id *tx, const struct sign_public *key, bool valid);

#endif
