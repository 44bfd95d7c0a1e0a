/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that come back, against the ledger: that it has them for this account, by a proof and not by a peer's word.  Private to
 * core/app.
 */
#ifndef MEDLOCK_APP_RECOVER_PROOF_H
#define MEDLOCK_APP_RECOVER_PROOF_H

#include "core/app/internal.h"

/* The newest header that the link's peer shows is verified from the genesis on, and the account's row against it: its sign key
 * and generation must be those of `me`; the generation is not compared when ret_generation (which may be NULL) asks for the
 * ledger's.  Uses a replica of its own in home, which is gone afterwards; nothing else is written.
 *
 * ERR_NOT_FOUND: the ledger has no such account; ERR_PROOF: it has other keys for it, or the peer proves nothing;
 * ERR_NETWORK_ID: keys of another network; ERR_LOCKED, ERR_NOT_CERTIFIED: the peer refuses these keys, which is its word;
 * errors of replica_prove.  Like every sync it cannot know of blocks that no peer shows.
 */
enum err recovered_prove(const char *home, struct bytes genesis, struct link *l, const struct keyholder_public *me,
			 uint32_t *ret_generation, struct err_info *info) MUST_USE;

#endif
