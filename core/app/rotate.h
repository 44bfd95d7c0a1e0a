/* SPDX-License-Identifier: Apache-2.0 */
/* Keys against the ledger: which name and generation a sign key has, whether ours are still in force, and a change that was
 * cut.  Private to core/app.
 */
#ifndef MEDLOCK_APP_ROTATE_H
#define MEDLOCK_APP_ROTATE_H

#include "core/app/internal.h"

/* What a peer says of a sign key, without ticket and unverified: the account that has it or had it.  ERR_NOT_FOUND: it never
 * changed keys from or to this one.
 */
struct key_place {
	struct account_id account;
	uint32_t generation;
};
enum err key_place(struct key_place *ret, const struct peer_call *call, const struct sign_public *sign,
		   struct err_info *info) MUST_USE;

/* After a sync that a peer refused: ERR_KEYS_CHANGED when our keys are no longer the account's; else e again. */
enum err keys_refused(struct app *a, enum err e, struct err_info *info) MUST_USE;

/* After a sync: our keys are the proven row's, and the earlier ones that the ledger keeps for us are here. */
enum err keys_complete(struct app *a, struct err_info *info) MUST_USE;

/* The key-holder has other keys than before: what is public of them, and no tickets that the old ones signed. */
enum err keys_taken_over(struct app *a, struct err_info *info) MUST_USE;

/* After unlock: a change that was cut is finished or given up.  passphrase opens both keystores. */
enum err keys_settle(struct app *a, const struct secret *passphrase, struct err_info *info) MUST_USE;

/* ERR_PENDING while a change that was cut waits for a peer: its keystore must not be replaced, nor get another passphrase than
 * the one in force.
 */
enum err keys_still(const struct app *a, struct err_info *info) MUST_USE;

/* The file of a passphrase that was named on the command line or in the config; NULL: the terminal. */
const char *app_passphrase_named(const struct app *a);

/* Words of a card into a secret: a private file's, what prompt was told, or the terminal's one line. */
enum err app_words(struct secret **ret, const char *file, const struct app_prompt *prompt, struct err_info *info) MUST_USE;

#endif
