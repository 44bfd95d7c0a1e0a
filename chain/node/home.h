/* SPDX-License-Identifier: Apache-2.0 */
/* A peer's home: config, genesis, sealed keys, ledger.db, blobs and the lock that keeps a second daemon out.
 *
 *	config       key = value, 0600         genesis     canonical Genesis bytes
 *	peer.keys    sealed (storage/sealed_file.h): seeds, TLS key, custodian share
 *	ledger.db    the ledger                blobs/      encrypted files        lock    held while a daemon runs
 *
 * docs/formats/peer-home.md.  Secrets live in guarded memory until home_close.
 */
#ifndef MEDLOCK_NODE_HOME_H
#define MEDLOCK_NODE_HOME_H

#include "chain/net/tls_server.h"
#include "core/base/options.h"
#include "core/crypto/secret.h"
#include "core/crypto/sign.h"
#include "core/crypto/threshold.h"

#define HOME_PATH_MAX 4096
#define HOME_KEYS_PURPOSE "medlock peer keys 1"
#define PASSPHRASE_MAX 1024u

struct home_paths {
	char config[HOME_PATH_MAX], genesis[HOME_PATH_MAX], keys[HOME_PATH_MAX], ledger[HOME_PATH_MAX];
	char blobs[HOME_PATH_MAX], lock[HOME_PATH_MAX];
};
enum err home_paths(struct home_paths *ret, const char *dir, struct err_info *info) MUST_USE;

/* What peer.keys holds. */
struct home_keys {
	struct secret *sign_seed, *seal_private, *open_scalar, *validator_seed, *share, *tls_key;
	uint16_t share_index; /* 0: no custodian */
};
enum err home_keys_write(const char *path, const struct home_keys *k, const struct secret *passphrase,
			 struct err_info *info) MUST_USE;
enum err home_keys_read(struct home_keys *ret, const char *path, const struct secret *passphrase,
			struct err_info *info) MUST_USE;
void home_keys_release(struct home_keys *k);

/* The first line of a private file. */
enum err home_passphrase(struct secret **ret, const char *path, struct err_info *info) MUST_USE;

struct home {
	struct home_paths paths;
	struct options config;
	struct buf genesis;
	struct home_keys keys;
	struct account_id account;
	uint16_t share_index;
	const struct secret *sign_seed, *validator_seed; /* views of keys */
	int lock_fd;
};

extern const struct option_row HOME_CONFIG[];
extern const size_t HOME_CONFIG_COUNT;

/* Read config and genesis; with lock, take the lock (ERR_BUSY: a daemon runs here).  ERR_NO_PROFILE without
 * a home.
 */
enum err home_open(struct home *ret, const char *dir, bool lock, struct err_info *info) MUST_USE;
/* Open the keys with the passphrase file given, or the config's. */
enum err home_unlock(struct home *h, const char *passphrase_file, struct err_info *info) MUST_USE;
/* The custodian's share; wipe with key_share_wipe. */
enum err home_share(struct key_share *ret, const struct home *h) MUST_USE;
void home_close(struct home *h);

#endif
