/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of one person on one network: settings, genesis, keystore, replica, encrypted cache.
 *
 * Mode 0700; every file in it is 0600.  Nothing in clear names a person: names live in the sealed book.
 */
#ifndef MEDLOCK_LEDGER_PROFILE_H
#define MEDLOCK_LEDGER_PROFILE_H

#include "chain/net/peer_client.h"
#include "chain/proto/genesis.h"
#include "core/base/options.h"

#define PROFILE_PATH_MAX 4096u

struct profile {
	char dir[PROFILE_PATH_MAX];
	struct options options;     /* mode, peer, pin, network, passphrase-file, organisation */
	Medlock__Genesis *genesis;  /* checked against the network's id */
	struct network_id network;
	struct peer_address peer;
};

/* MEDLOCK_HOME, else XDG_DATA_HOME/medlock, else ~/.local/share/medlock. */
enum err profile_home(char out[PROFILE_PATH_MAX], const char *named, struct err_info *info) MUST_USE;

struct profile_settings {
	const char *mode;            /* patient, clinician, researcher, officer, operator, auditor */
	const char *peer, *pin;
	const char *passphrase_file; /* may be NULL */
};
/* Make the folder with settings and genesis.  ERR_DUPLICATE when there is a profile already; ERR_FORMAT for settings or a
 * genesis that could not be opened, ERR_IO for a folder that others may read: then nothing is written.
 */
enum err profile_create(const char *dir, const struct profile_settings *s, struct bytes genesis,
			struct err_info *info) MUST_USE;
/* Open one.  ERR_NO_PROFILE; ERR_FORMAT (settings); ERR_NETWORK_ID when the genesis is not the one the settings name;
 * ERR_IO when others may read the folder.
 */
enum err profile_open(struct profile *ret, const char *dir, struct err_info *info) MUST_USE;
void profile_release(struct profile *p);

/* dir/name */
enum err profile_path(const struct profile *p, char out[PROFILE_PATH_MAX], const char *name) MUST_USE;

/* Officers, auditors and operators re-execute the whole ledger; everybody else keeps what concerns them. */
bool profile_is_full(const struct profile *p);

#endif
