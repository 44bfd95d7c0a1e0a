/* SPDX-License-Identifier: Apache-2.0 */
/* A person's keys in one file: a random master key, wrapped by slots, and what is sealed under it.
 *
 * Every slot opens the same master key: a passphrase (Argon2id), others later; slots of unknown kinds are kept as they are.
 * The recovery card is the master key itself as words (core/keys/words.h), so that it needs no file.  From the
 * master key, by HKDF with names: the Ed25519 seed to act, the X25519 key to read (an age identity), the G1 scalar to open,
 * the key of local private files, the root of
 * request keys.  Extra entries (the authority's keys) are sealed inside.  The file names its account and network in
 * clear, so that another person's keystore is told apart before any passphrase.  docs/formats/keystore.md.
 *
 * Keys change (action account_keys): each generation has a master key of its own, the account keeps its name, and the earlier
 * master keys are entries, so that what was sealed to them still opens.
 *
 * A flipped bit is ERR_DAMAGED by a checksum; a deliberate change, by the seal of the entries, which covers all before
 * it.  One thread at a time.  All keys are in guarded memory and wiped by keystore_free.
 */
#ifndef MEDLOCK_KEYS_KEYSTORE_H
#define MEDLOCK_KEYS_KEYSTORE_H

#include "chain/proto/tx.h"
#include "core/base/rng.h"
#include "core/crypto/curve.h"
#include "core/crypto/kdf.h"
#include "core/crypto/seal.h"

#define KEYSTORE_SIZE_MAX 98304u
#define KEYSTORE_SLOTS_MAX 16u
#define KEYSTORE_SLOT_BYTES_MAX 1024u
#define KEYSTORE_ENTRIES_MAX 96u
#define KEYSTORE_GENERATIONS_MAX 64u          /* changes of keys that one keystore can carry */
#define KEYSTORE_ENTRY_MAX 4096u
#define REQUEST_NONCE_SIZE 16u                /* the first byte is the generation of keys, the others are random */

enum keystore_slot { KEYSTORE_SLOT_PASSPHRASE = 1 }; /* 2 is taken: a card of earlier builds */
enum keystore_entry { KEYSTORE_ENTRY_CA_ROOT = 1, KEYSTORE_ENTRY_CA_ISSUING = 2, KEYSTORE_ENTRY_OTHER_FIRST = 64,
		      KEYSTORE_ENTRY_EARLIER_FIRST = 128 /* plus a generation: its master key */ };

struct keystore;

/* A new person: master key, key set and its signature for a network (GENESIS_NETWORK for a genesis account), one
 * passphrase slot.  params NULL: the floor.  ERR_RANGE (passphrase empty or past KDF_PASSPHRASE_MAX), ERR_MEMORY.
 */
enum err keystore_create(struct keystore **ret, const struct network_id *network, struct bytes passphrase,
			 const struct kdf_params *params, const struct rng *rng, struct err_info *info) MUST_USE;

/* ERR_PASSPHRASE (no slot opens), ERR_WRONG_PROFILE (expected, which may be NULL, is not the file's account),
 * ERR_DAMAGED, ERR_TRUNCATED, ERR_FORMAT, ERR_NEWER.
 */
enum err keystore_open(struct keystore **ret, struct bytes file, struct bytes passphrase,
		       const struct account_id *expected, struct err_info *info) MUST_USE;
/* The keys of a card's words (words_parse), for a machine that has nothing else: named by their own first key set and of
 * generation 0 until keystore_place says otherwise.  ERR_FORMAT: mistyped.
 */
enum err keystore_recover(struct keystore **ret, const struct network_id *network, struct bytes words, struct bytes passphrase,
			  const struct kdf_params *params, const struct rng *rng, struct err_info *info) MUST_USE;
/* The same around a master key itself, which is copied. */
enum err keystore_from_master(struct keystore **ret, const struct network_id *network, const struct secret *master,
			      struct bytes passphrase, const struct kdf_params *params, const struct rng *rng,
			      struct err_info *info) MUST_USE;
/* Fresh keys for the same account, one generation on, with every entry of `from` and its master key among the earlier ones.
 * ERR_LIMIT after KEYSTORE_GENERATIONS_MAX.
 */
enum err keystore_rotate(struct keystore **ret, const struct keystore *from, struct bytes passphrase,
			 const struct kdf_params *params, const struct rng *rng, struct err_info *info) MUST_USE;
void keystore_free(struct keystore *k);

/* The file, appended.  The caller writes it with files_write (0600, replaced at once). */
enum err keystore_write(const struct keystore *k, struct buf *ret_file, const struct rng *rng) MUST_USE;

/* What a file says of itself before any passphrase. */
struct keystore_about {
	struct account_id account;
	struct network_id network; /* its key set was signed for; zero: a genesis account */
	struct seal_public seal;   /* of its key set */
	uint32_t generation, slots;
	uint32_t kinds[KEYSTORE_SLOTS_MAX];
};
enum err keystore_about(struct keystore_about *ret, struct bytes file, struct err_info *info) MUST_USE;

/* The passphrase slot is replaced in the keystore; nothing counts until the file is written. */
enum err keystore_set_passphrase(struct keystore *k, struct bytes passphrase, const struct kdf_params *params,
				 const struct rng *rng, struct err_info *info) MUST_USE;
uint32_t keystore_slot_count(const struct keystore *k);

/* Public parts; views that live as long as k. */
const struct account_id *keystore_account(const struct keystore *k);
const struct network_id *keystore_network(const struct keystore *k);
uint32_t keystore_generation(const struct keystore *k);
struct bytes keystore_keyset(const struct keystore *k); /* canonical KeySet */
struct bytes keystore_keyset_signature(const struct keystore *k);

/* Shares of the master key: shares_make (core/keys/shares.h). */
struct share_of;
enum err keystore_shares(const struct keystore *k, struct buf *ret, uint32_t n, uint32_t needed, const struct share_of *of,
			 const struct rng *rng) MUST_USE;

/* ---- generations ---- */

/* The words of the recovery card, with their NUL: a secret to show once. */
enum err keystore_words(const struct keystore *k, struct secret **ret_text) MUST_USE;
/* Places in which typed words differ from the card's: words_compare. */
enum err keystore_words_compare(const struct keystore *k, uint32_t *ret_wrong, struct bytes typed,
				struct err_info *info) MUST_USE;
/* The name and generation that the ledger has for recovered keys; the statement of keys is signed for them.  ERR_CONFLICT when
 * the keystore is placed elsewhere already.
 */
enum err keystore_place(struct keystore *k, const struct account_id *account, uint32_t generation) MUST_USE;
/* The master key of the generation before, sealed to the reading key of this one (KeysState.earlier of this generation), and
 * back.  Anybody can seal something to a public key: _sign gives the sign key of what was sealed, and _adopt takes it as an
 * entry when it is the one that the caller found on the ledger as this account's of the generation before.  ERR_NOT_FOUND when
 * generation's keys are not here; ERR_DECRYPT.
 */
enum err keystore_seal_earlier(const struct keystore *k, struct buf *out, const struct rng *rng) MUST_USE;
enum err keystore_earlier_sign(const struct keystore *k, struct sign_public *ret, uint32_t generation,
			       struct bytes sealed) MUST_USE;
enum err keystore_adopt_earlier(struct keystore *k, uint32_t generation, struct bytes sealed,
				const struct sign_public *sign) MUST_USE;
/* The newest generation above 0 whose predecessor is not here; 0: none is missing. */
uint32_t keystore_missing(const struct keystore *k);

/* Secrets; views. */
const struct secret *keystore_act(const struct keystore *k);  /* Ed25519 seed */
const struct secret *keystore_read(const struct keystore *k); /* X25519 */
/* For later openings: wiped by the caller. */
void keystore_open_scalar(const struct keystore *k, struct scalar *ret);

/* The reading key of a generation that is here; freed by the caller.  ERR_NOT_FOUND. */
enum err keystore_read_of(const struct keystore *k, struct secret **ret, uint32_t generation) MUST_USE;

/* One-time keys of a request, from its nonce; freed by the caller.  ERR_NOT_FOUND for a generation that is not here. */
enum err keystore_request_keys(const struct keystore *k, struct secret **ret_sign, struct secret **ret_seal,
			       const uint8_t nonce[REQUEST_NONCE_SIZE]) MUST_USE;

/* Private local bytes under the storage key: salt (32), cipher text, tag.  name and aad are bound.  Earlier generations' bytes
 * open too.  ERR_DECRYPT.
 */
enum err keystore_seal(const struct keystore *k, struct buf *out, const char *name, struct bytes aad,
		       struct bytes plain, const struct rng *rng) MUST_USE;
enum err keystore_unseal(const struct keystore *k, struct buf *out, const char *name, struct bytes aad,
			 struct bytes sealed) MUST_USE;

/* Entries; NULL when there is none.  Putting replaces. */
const struct secret *keystore_entry(const struct keystore *k, uint32_t kind);
enum err keystore_entry_put(struct keystore *k, uint32_t kind, struct bytes value) MUST_USE;

#endif
