/* SPDX-License-Identifier: Apache-2.0 */
/* A person's keys: the recovery card, changing keys, and getting them back on a machine that has nothing.
 *
 * What each loss means: a lost device without its passphrase gives nothing away, and with it everything until the keys are
 * changed; the card is the keys; device and card lost together is the account lost, unless helpers were named.
 */
#ifndef MEDLOCK_APP_KEYS_H
#define MEDLOCK_APP_KEYS_H

#include "core/app/app.h"
#include "core/crypto/secret.h"

/* The 24 words, with their NUL: to be shown once and wiped.  Remembers that they were shown. */
enum err app_key_card(struct app *a, struct secret **ret_words, struct err_info *info) MUST_USE;

/* Compare typed words (a file, "-" for standard input; NULL: asked on the terminal) with the card.  ret_wrong: bit n is set
 * when word n + 1 is another one; 0 is remembered as a rehearsal.
 */
enum err app_key_rehearse(struct app *a, uint32_t *ret_wrong, const char *words_file, struct err_info *info) MUST_USE;

struct app_card {
	uint32_t generation;                    /* of the keys now */
	struct time_ms shown_at, rehearsed_at; /* of the card of these keys; 0: never */
};
enum err app_key_card_state(struct app *a, struct app_card *ret, struct err_info *info) MUST_USE;

/* Other keys, at once: every device with the old ones is dead from that block on, account, rules, records and log stay.  The
 * passphrase stays.  The new keys are on the disk before the transaction leaves; a cut goes on at the next start.  The old card
 * is void: show the new one.
 */
struct app_rotated {
	struct tx_id tx;
	uint64_t height;
	uint32_t generation;
};
enum err app_key_rotate(struct app *a, struct app_rotated *ret, struct err_info *info) MUST_USE;

/* A profile on an empty machine from the words of a card.  Nothing is written before the account's row, proven from the
 * genesis on, has these keys; without a peer there is no profile.  ERR_NOT_FOUND: nobody on this network has these keys;
 * ERR_KEYS_CHANGED: somebody had, and changed them; ERR_PROOF: the peer says what it cannot prove.  Open the profile
 * afterwards, and sync: rules, records and log come from the peers.
 */
struct app_recovery {
	const char *home, *mode, *peer_url, *pin, *words_file, *passphrase_file;
	const struct app_prompt *prompt; /* who is asked for words and passphrase; NULL: the terminal */
	bool from_device; /* app_recover_by_helpers: the keys come whole from the person's other device (app_key_pair) */
	/* app_recover_by_helpers: what her account begins with, RECOVERY_ACCOUNT_DIGITS or more hex digits, as a helper or her
	 * other device shows it.  Whoever saw the recovery text can send keys of an account of his own: these digits tell, once
	 * the ledger is proven to have the keys for that account.
	 */
	const char *account;
	/* app_recover_by_helpers: where a request for new keys is written (a new file), when too few shares are left; account
	 * is then the whole one.  Helpers and an officer approve it (core/app/new_keys.h); 72 hours later the profile is made.
	 */
	const char *new_keys_path;
};
#define RECOVERY_ACCOUNT_DIGITS 12u
enum err app_recover(struct account_id *ret, const struct app_recovery *r, struct task *task,
		     struct err_info *info) MUST_USE;

/* Hand this account's keys to another device of the same person: text and words as its screen shows them
 * (core/app/helpers.h).  ERR_CONFIRM: other words.
 */
enum err app_key_pair(struct app *a, const char *text, const char *words, struct err_info *info) MUST_USE;

/* ERR_CONFIRM: typed twice, not the same. */
enum err app_key_change(struct app *a, const char *new_passphrase_file, struct err_info *info) MUST_USE;
/* The owner's age identities, one for each generation of keys, which open her records with the plain age program: into a new
 * 0600 file.
 */
enum err app_key_export_identity(struct app *a, const char *path, struct err_info *info) MUST_USE;
/* A new 0600 file with these bytes, whole or not at all.  ERR_DUPLICATE. */
enum err app_write_new(const char *path, struct bytes data, struct err_info *info) MUST_USE;

#endif
