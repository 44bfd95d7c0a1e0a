/* SPDX-License-Identifier: Apache-2.0 */
/* A person's keys in one file: a random master key, wrapped by slots, and what is sealed under it.
 *
 * Every slot opens the same master key: a passphrase (Argon2id), a recovery card (240 random bits as text), others
 * later; slots of unknown kinds are kept as they are.  From the master key, by HKDF with names: the Ed25519 seed to
 * act, the X25519 key to read (an age identity), the G1 scalar to open, the key of local private files, the root of
 * request keys.  Extra entries (the authority's keys) are sealed inside.  The file names its account and network in
 * clear, so that another person's keystore is told apart before any passphrase.  docs/formats/keystore.md.
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
#define KEYSTORE_ENTRIES_MAX 16u
#define KEYSTORE_ENTRY_MAX 4096u
#define KEYSTORE_CARD_CHARS 52u               /* 30 random bytes and 20 bits of checksum, base 32 */
#define KEYSTORE_CARD_TEXT (13u * 5u)         /* 13 groups of 4 with '-' between, and the NUL */
#define REQUEST_NONCE_SIZE 16u

enum keystore_slot { KEYSTORE_SLOT_PASSPHRASE = 1, KEYSTORE_SLOT_CARD = 2 };
enum keystore_entry { KEYSTORE_ENTRY_CA_ROOT = 1, KEYSTORE_ENTRY_CA_ISSUING = 2, KEYSTORE_ENTRY_OTHER_FIRST = 64 };

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
/* By the text of a recovery card; spaces, '-' and case do not count, 0/O and 1/I/L are the same.
 * ERR_FORMAT: mistyped.
 */
enum err keystore_open_card(struct keystore **ret, struct bytes file, struct bytes card,
			    const struct account_id *expected, struct err_info *info) MUST_USE;
void keystore_free(struct keystore *k);

/* The file, appended.  The caller writes it with files_write (0600, replaced at once). */
enum err keystore_write(const struct keystore *k, struct buf *ret_file, const struct rng *rng) MUST_USE;

/* What a file says of itself before any passphrase. */
struct keystore_about {
	struct account_id account;
	struct network_id network; /* its key set was signed for; zero: a genesis account */
	uint32_t slots;
	uint32_t kinds[KEYSTORE_SLOTS_MAX];
};
enum err keystore_about(struct keystore_about *ret, struct bytes file, struct err_info *info) MUST_USE;

/* Slots.  The passphrase slot is replaced in the keystore; nothing counts until the file is written.  A person has at
 * most one of each kind; the last slot cannot be removed (ERR_REFUSED).
 */
enum err keystore_set_passphrase(struct keystore *k, struct bytes passphrase, const struct kdf_params *params,
				 const struct rng *rng, struct err_info *info) MUST_USE;
/* ret_text: the card's text with its NUL, a secret to show once. */
enum err keystore_set_card(struct keystore *k, struct secret **ret_text, const struct rng *rng) MUST_USE;
enum err keystore_remove_slot(struct keystore *k, uint32_t kind) MUST_USE;
uint32_t keystore_slot_count(const struct keystore *k);

/* Public parts; views that live as long as k. */
const struct account_id *keystore_account(const struct keystore *k);
const struct network_id *keystore_network(const struct keystore *k);
struct bytes keystore_keyset(const struct keystore *k); /* canonical KeySet */
struct bytes keystore_keyset_signature(const struct keystore *k);

/* Secrets; views. */
const struct secret *keystore_act(const struct keystore *k);  /* Ed25519 seed */
const struct secret *keystore_read(const struct keystore *k); /* X25519 */
/* For later openings: wiped by the caller. */
void keystore_open_scalar(const struct keystore *k, struct scalar *ret);

/* One-time keys of a request, from its nonce; freed by the caller. */
enum err keystore_request_keys(const struct keystore *k, struct secret **ret_sign, struct secret **ret_seal,
			       const uint8_t nonce[REQUEST_NONCE_SIZE]) MUST_USE;

/* Private local bytes under the storage key: salt (32), cipher text, tag.  name and aad are bound.  ERR_DECRYPT. */
enum err keystore_seal(const struct keystore *k, struct buf *out, const char *name, struct bytes aad,
		       struct bytes plain, const struct rng *rng) MUST_USE;
enum err keystore_unseal(const struct keystore *k, struct buf *out, const char *name, struct bytes aad,
			 struct bytes sealed) MUST_USE;

/* Entries; NULL when there is none.  Putting replaces. */
const struct secret *keystore_entry(const struct keystore *k, uint32_t kind);
enum err keystore_entry_put(struct keystore *k, uint32_t kind, struct bytes value) MUST_USE;

#endif
