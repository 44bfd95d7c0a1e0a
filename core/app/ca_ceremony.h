/* SPDX-License-Identifier: Apache-2.0 */
/* The root ceremony by an officer's profile, and later acts that need the root key. */
#ifndef MEDLOCK_APP_CA_CEREMONY_H
#define MEDLOCK_APP_CA_CEREMONY_H

#include "core/app/app.h"

#define APP_REHEARSAL_MS (24ll * 3600 * 1000) /* how long a rehearsal counts */

struct app_ceremony {
	const char *out;              /* a new folder for root key, certificates, list and transcript; unused in a rehearsal */
	const char *passphrase_file;  /* of the root key; NULL: asked for on the terminal */
	const char *const *witnesses;
	size_t witness_count;
	const char *unrehearsed;      /* why there was no rehearsal; NULL: there must have been one */
	bool dry_run;                 /* the rehearsal */
};
struct app_ceremony_done {
	struct buf transcript;
	bool finished_only; /* a ceremony that was cut after it counted: only its folder got its name */
};
/* A rehearsal runs the whole script on throw-away keys and is remembered in the profile.  The ceremony refuses without one
 * of the same script (ERR_REHEARSE), or an existing folder (ERR_DUPLICATE).  Everything is written into OUT.unfinished, then
 * the register's first row makes it count, then the folder gets its name; a repeat goes on from there.  ERR_ROLE.
 */
enum err app_ca_ceremony(struct app *a, struct app_ceremony_done *ret, const struct app_ceremony *wish,
			 struct err_info *info) MUST_USE;

/* The root key's file, for one act; its passphrase from a file or the terminal. */
struct app_root { const char *file, *passphrase_file; };

/* A new issuing certificate for the same key, PEM, into a file (NULL with dry_run). */
enum err app_ca_issuing(struct app *a, const struct app_root *root, const char *path, bool dry_run,
			struct err_info *info) MUST_USE;
/* A new revocation list of the root, DER, into a file. */
enum err app_ca_root_list(struct app *a, uint64_t *ret_number, const struct app_root *root, const char *path,
			  struct err_info *info) MUST_USE;

#endif
