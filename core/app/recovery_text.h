/* SPDX-License-Identifier: Apache-2.0 */
/* The text and the words of a recovery, from the seal key of the new machine.  Private to core/app. */
#ifndef MEDLOCK_APP_RECOVERY_TEXT_H
#define MEDLOCK_APP_RECOVERY_TEXT_H

#include "chain/proto/tx.h"
#include "core/app/helpers.h"
#include "core/crypto/seal.h"

void recovery_text(char out[RECOVERY_TEXT], const struct seal_public *key);
enum err recovery_text_parse(struct seal_public *ret, const char *text, struct err_info *info) MUST_USE;

/* Six words of BIP-39's list, 66 bits of hash_tagged("medlock recovery words", key): too many to find another key for. */
enum err recovery_words(char out[RECOVERY_WORDS], const struct seal_public *key) MUST_USE;

/* The same of new keys for an account: "medlock new keys words" of their statement, so of network, account and whole key set.
 * x has an account and keys.
 */
enum err new_keys_words(char out[RECOVERY_WORDS], const struct network_id *network, const Medlock__AccountKeys *x) MUST_USE;

/* Where the shares are put: hash_tagged("medlock recovery drop", key). */
struct hash32 recovery_drop(const struct seal_public *key);
#define RECOVERY_INFO "medlock recovery share"

#endif
