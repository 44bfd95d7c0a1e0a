/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the keystore: the struct, and the file as views.  Only core/keys includes this. */
#ifndef MEDLOCK_KEYS_KEYSTORE_PARTS_H
#define MEDLOCK_KEYS_KEYSTORE_PARTS_H

#include "core/keys/keystore.h"

/* Names under which keys are derived from a master key. */
#define KEYSTORE_ACT "medlock act ed25519"
#define KEYSTORE_READ "medlock read x25519"
#define KEYSTORE_STORAGE "medlock local storage"
#define KEYSTORE_REQUESTS "medlock request keys"
#define KEYSTORE_MAGIC "medlock-keystore-v1\n"
#define KEYSTORE_MAGIC_LEN (sizeof(KEYSTORE_MAGIC) - 1)
#define KEYSTORE_FAMILY_LEN (sizeof("medlock-keystore-v") - 1)
#define MASTER_SIZE 32u
#define ENTRIES_SALT_SIZE 16u
#define KEYSET_ENCODED_MAX 256u
#define WRAPPED_SIZE (MASTER_SIZE + 16u)

struct slot {
	uint32_t kind;
	size_t len;
	uint8_t bytes[KEYSTORE_SLOT_BYTES_MAX];
};

struct entry {
	uint32_t kind;
	struct secret *value;
};

struct keystore {
	struct network_id network;
	struct account_id account;
	uint32_t generation;
	uint8_t keyset[KEYSET_ENCODED_MAX];
	size_t keyset_len;
	uint8_t signature[SIGNATURE_SIZE];
	struct slot slots[KEYSTORE_SLOTS_MAX];
	uint32_t slot_count;
	struct entry entries[KEYSTORE_ENTRIES_MAX];
	uint32_t entry_count;
	struct secret *master, *act, *read, *storage;
};

/* A file cut into its parts; views into its bytes. */
struct keystore_file {
	struct network_id network;
	struct account_id account;
	uint32_t generation;
	struct seal_public seal;
	struct bytes keyset, signature;
	struct { uint32_t kind; struct bytes bytes; } slots[KEYSTORE_SLOTS_MAX];
	uint32_t slot_count;
	struct bytes salt, sealed;
	struct bytes covered; /* all before the sealed entries: bound to them */
};
enum err keystore_file_parse(struct keystore_file *ret, struct bytes file, struct err_info *info) MUST_USE;

/* What a slot is bound to: magic, network, key set, kind. */
void keystore_slot_binding(struct buf *out, const struct network_id *network, struct bytes keyset, uint32_t kind);

/* The master key in a slot's bytes.  ERR_PASSPHRASE. */
enum err keystore_unwrap_passphrase(struct secret **ret, struct bytes slot, struct bytes binding,
				    struct bytes passphrase) MUST_USE;
enum err keystore_wrap_passphrase(struct slot *ret, const struct secret *master, struct bytes binding,
				  struct bytes passphrase, const struct kdf_params *params,
				  const struct rng *rng) MUST_USE;

/* The keys that follow from the master key. */
enum err keystore_derive(struct keystore *k) MUST_USE;
/* The key set of these keys, and its statement for the account that k names (named: by this very set). */
enum err keystore_make_keyset(struct keystore *k, bool named) MUST_USE;
/* The master key of a generation: the own one, an entry, or NULL. */
const struct secret *keystore_master_of(const struct keystore *k, uint32_t generation);
void keystore_copy_master(const struct keystore *k, uint8_t out[MASTER_SIZE]); /* into guarded memory */
enum err keystore_derived(struct secret **ret, const struct secret *master, const char *name) MUST_USE;

/* One-use sealing: zero nonce, the key is never used again. */
enum err keystore_aead_seal(uint8_t *out, const uint8_t key[32], struct bytes aad, struct bytes plain) MUST_USE;
enum err keystore_aead_open(uint8_t *out, const uint8_t key[32], struct bytes aad, struct bytes sealed) MUST_USE;

#endif
