/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of account_keys. */
#include "chain/proto/limits.h"
#include "chain/proto/shape.h"
#include "chain/proto/tx.h"

enum err helpers_check(const Medlock__Helpers *h, struct err_info *info)
{
	TRY(shape_bytes(h->salt, TX_SALT_SIZE, "salt of the helpers", info));
	TRY(shape_ids(h->accounts, h->n_accounts, ACCOUNT_HELPERS_MAX, "helpers", info));
	return shape_true(h->threshold >= ACCOUNT_HELPERS_MIN && h->threshold <= h->n_accounts, "threshold of the helpers",
			  info);
}

/* One thing at a time: a cancel, or new keys by helpers, or new keys and new helpers by the account itself. */
enum err check_account_keys(const Medlock__AccountKeys *a, struct err_info *info)
{
	TRY(shape_bytes(a->account, ID_SIZE, "account", info));
	TRY(shape_bytes(a->keys_signature, a->keys ? 64 : 0, "signature of the keys", info));
	TRY(shape_true(a->earlier.len <= (a->keys ? ACCOUNT_EARLIER_MAX : 0), "earlier keys", info));
	TRY(shape_optional(a->helpers, 32, "helpers", info));
	if (a->keys)
		TRY(shape_keyset(a->keys, info));
	if (a->cancel)
		return shape_true(!a->keys && !a->helpers.len && !a->by_helpers, "a cancel with something else", info);
	if (!a->by_helpers)
		return shape_true(a->keys || a->helpers.len, "nothing to change", info);
	TRY(shape_true(a->keys && !a->helpers.len, "helpers change the keys alone", info));
	return helpers_check(a->by_helpers, info);
}
