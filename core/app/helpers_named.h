/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers whom the account's row names by a commitment: with an officer they can announce new keys (action 15), also when too
 * few shares are left.  What opens the commitment goes to each of them with the share: they must find each other without the
 * person's devices.  Private to core/app.
 */
#ifndef MEDLOCK_APP_HELPERS_NAMED_H
#define MEDLOCK_APP_HELPERS_NAMED_H

#include "chain/proto/letter.pb-c.h"
#include "core/app/helpers.h"
#include "core/app/internal.h"

struct named_helpers {
	Medlock__Helpers wire; /* views into this struct, which must stay where it is */
	struct account_id accounts[APP_HELPERS_MAX];
	ProtobufCBinaryData ids[APP_HELPERS_MAX];
	uint8_t salt[TX_SALT_SIZE];
};

/* In the ledger's order and with a fresh salt. */
void named_make(struct named_helpers *ret, const struct account_id *accounts, size_t count, uint32_t needed);

/* The share with them in place of itself; the bytes before are wiped. */
enum err named_into_share(struct buf *share, const struct named_helpers *named) MUST_USE;

/* The newest share that is kept here of this account, which names the helpers; ERR_NOT_FOUND.  WIRE_FREE. */
enum err named_kept(struct app *a, Medlock__RecoveryShare **ret, const struct account_id *from, struct err_info *info) MUST_USE;

/* The commitment into the account's row, and seen there. */
enum err named_commit(struct app *a, const struct named_helpers *named, struct err_info *info) MUST_USE;

#endif
