/* SPDX-License-Identifier: Apache-2.0 */
/* The profile folder of one person (0700): what lies where, its settings, its lock, its contacts.
 *
 *	config          key = value (core/base/options.h)
 *	genesis         canonical genesis bytes: their hash is `network` in config
 *	keystore        core/keys/keystore.h
 *	replica.db      core/ledger/replica.h
 *	blobs/          core/vault/cache.h
 *	book            contacts, sealed under the person's storage key
 *	requests        nonce of each own request, in clear: worthless without the keys
 *	register.db     of the authority's desk
 *
 * Two processes may have one profile open; whoever writes takes profile_lock for the time of one act.
 */
#ifndef MEDLOCK_LEDGER_PROFILE_H
#define MEDLOCK_LEDGER_PROFILE_H

#include "chain/net/peer_client.h"
#include "core/keys/keyholder.h"

#define PROFILE_PATH_MAX 4096u
#define PROFILE_CONTACTS_MAX 1000u
#define PROFILE_NAME_MAX 128u   /* bytes of a contact's name, with the NUL */
#define PROFILE_LOCK_WAIT_MS 10000

struct profile;

struct profile_settings {
	const char *mode;            /* "patient", "institute", "ca", "operator", "auditor" */
	const char *name;            /* shown to this person only */
	const char *peer_url;
	const struct hash32 *pin;
	const struct network_id *network; /* NULL or zero: not known yet */
	const char *passphrase_file; /* NULL: none */
	const char *role;            /* code of ROLE for display; NULL: by mode */
	const char *organisation;    /* NULL: none */
	const char *replica;         /* "light" or "full"; NULL: by mode (ca, auditor: full) */
};

/* Make the folder and its config.  ERR_DUPLICATE when there is a profile already. */
enum err profile_create(const char *dir, const struct profile_settings *settings, struct err_info *info) MUST_USE;

/* ERR_NO_PROFILE, ERR_NEWER, ERR_FORMAT (config), ERR_IO (others can read it). */
enum err profile_open(struct profile **ret, const char *dir, struct err_info *info) MUST_USE;
void profile_free(struct profile *p);

/* A setting by its name (mode, name, peer, pin, network, passphrase-file, role, organisation, replica, proxy, colour,
 * ca-home, certificate); "" when not set.  Setting writes the config.
 */
const char *profile_get(const struct profile *p, const char *name);
enum err profile_set(struct profile *p, const char *name, const char *value, struct err_info *info) MUST_USE;

/* Paths, owned by p; several may be held at once (one per name). */
const char *profile_dir(const struct profile *p);
const char *profile_keystore_path(const struct profile *p);
const char *profile_genesis_path(const struct profile *p);
const char *profile_replica_path(const struct profile *p);
const char *profile_blobs_path(const struct profile *p);
const char *profile_register_path(const struct profile *p);

const char *profile_mode(const struct profile *p);
bool profile_full(const struct profile *p); /* keeps a full replica */
bool profile_has_network(const struct profile *p);
struct network_id profile_network(const struct profile *p); /* zero when not known */
enum err profile_peer(const struct profile *p, struct peer_address *ret, struct err_info *info) MUST_USE;

/* The keystore's bytes, and replacing them. */
enum err profile_keystore_read(const struct profile *p, struct buf *ret, struct err_info *info) MUST_USE;
enum err profile_keystore_write(const struct profile *p, struct bytes file, struct err_info *info) MUST_USE;

/* The genesis: from the folder, checked against `network`.  Storing sets `network` when it was not known, and refuses
 * another one (ERR_NETWORK_ID).  ERR_NOT_FOUND when it was not fetched yet.
 */
enum err profile_genesis(const struct profile *p, struct buf *ret, struct err_info *info) MUST_USE;
enum err profile_genesis_store(struct profile *p, struct bytes genesis, struct err_info *info) MUST_USE;
/* From the folder, or else from the profile's peer, and stored. */
enum err profile_genesis_fetch(struct profile *p, struct buf *ret, struct http_client *http, struct task *task,
			       struct err_info *info) MUST_USE;

/* Only one process writes: waits up to PROFILE_LOCK_WAIT_MS, then ERR_BUSY with words.  Nests within one process. */
enum err profile_lock(struct profile *p, struct err_info *info) MUST_USE;
void profile_unlock(struct profile *p);

/* ---- contacts: loaded with the unlocked key-holder, kept in memory afterwards ---- */

struct contact {
	char name[PROFILE_NAME_MAX];
	uint8_t id[ID_SIZE];          /* an account or an organisation */
	bool organisation;
	bool has_seal;
	struct seal_public seal;      /* the account's, as introduced: for deposits */
};

/* Read the book; an absent one is empty.  ERR_DECRYPT, ERR_DAMAGED. */
enum err profile_contacts_load(struct profile *p, struct keyholder *k, struct err_info *info) MUST_USE;
/* Add or replace (same name, or same id), and write the book.  ERR_LIMIT, ERR_UTF8, ERR_RANGE. */
enum err profile_contact_put(struct profile *p, struct keyholder *k, const struct contact *c, struct err_info *info) MUST_USE;
/* Many at once, written once. */
enum err profile_contacts_put(struct profile *p, struct keyholder *k, const struct contact *c, size_t count,
			      struct err_info *info) MUST_USE;
enum err profile_contact_remove(struct profile *p, struct keyholder *k, const char *name, struct err_info *info) MUST_USE;
size_t profile_contact_count(const struct profile *p);
const struct contact *profile_contact_at(const struct profile *p, size_t index); /* by name, ascending */
/* By name (exact, then ignoring ASCII case) or 64 hex digits; NULL when there is none. */
const struct contact *profile_contact(const struct profile *p, const char *who);
const struct contact *profile_contact_of(const struct profile *p, const uint8_t id[ID_SIZE]);

/* An account by 64 hex digits (known or not) or by a contact's name.  ERR_NO_CONTACT. */
enum err profile_find(const struct profile *p, struct account_id *ret, const char *who, struct err_info *info) MUST_USE;
/* A name for an id, or its first 12 hex digits.  Lives until the profile is freed or the book changes. */
const char *profile_name_of(struct profile *p, const uint8_t id[ID_SIZE]);

/* ---- own requests: which nonce makes their keys ---- */

enum err profile_request_put(struct profile *p, const struct request_id *request, const uint8_t nonce[REQUEST_NONCE_SIZE],
			     struct err_info *info) MUST_USE;
enum err profile_request_nonce(const struct profile *p, uint8_t ret[REQUEST_NONCE_SIZE], const struct request_id *request,
			       struct err_info *info) MUST_USE; /* ERR_NOT_FOUND */
/* All own requests in the order they were made; freed by the caller with free(). */
enum err profile_requests(const struct profile *p, struct request_id **ret, size_t *ret_count, struct err_info *info) MUST_USE;

#endif
