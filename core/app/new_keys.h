/* SPDX-License-Identifier: Apache-2.0 */
/* New keys for somebody who has neither device nor card, and too few shares: her helpers, as many as she asked for, and an
 * officer of the authority sign one after another in one file, and the last one's program sends it.  The account's list shows
 * it at once; 72 hours of block time later the new keys are in force, unless a device of hers says no.
 *
 * The file is a canonical AccountKeys (the request: account, key set, statement), from the first signature on a canonical Tx
 * with approvals.  It holds no secret.
 */
#ifndef MEDLOCK_APP_NEW_KEYS_H
#define MEDLOCK_APP_NEW_KEYS_H

#include "core/app/helpers.h"

#define NEW_KEYS_FILE_MAX 65536u

struct app_new_keys {
	uint32_t helpers, needed, officers; /* that signed; of the helpers so many are needed, of officers one */
	uint64_t height;                    /* of its block; 0: not sent yet */
	struct tx_id tx;
	struct time_ms effective;           /* when it is sent: about when the keys are in force */
};

/* Sign what lies in path for whom (name or account), as a helper of hers or as an officer; a helper must be the first.  words:
 * the six words as she read them out.  ERR_PENDING: signed, others must sign too (ret says).  ERR_CONFIRM: other words, or keys
 * for another account; ERR_NOT_FOUND: neither a helper of hers nor an officer; ERR_ROLE: an officer, first; ERR_TX_EXPIRED:
 * begin anew with the request.  A second call changes nothing, and sends what was cut.
 */
enum err app_new_keys_approve(struct app *a, struct app_new_keys *ret, const char *who, const char *path, const char *words,
			      struct err_info *info) MUST_USE;

/* What was announced for this account and is not in force yet: from when on; 0: nothing.  And the no to it. */
enum err app_new_keys_announced(struct app *a, struct time_ms *ret, struct err_info *info) MUST_USE;
enum err app_new_keys_refuse(struct app *a, bool *ret_refused, struct err_info *info) MUST_USE;

#endif
