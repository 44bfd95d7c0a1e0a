/* SPDX-License-Identifier: Apache-2.0 */
/* Reading: own records, and what a grant releases (design/06).
 *
 * For a granted record the custodians are asked for their shares, each share is checked against its public
 * commitment, a
 * custodian that cheats is named and passed over, t good ones open the capsule, and the file key in the blob's
 * medlock stanza is unwrapped.  Blobs come from the cache or from any peer, are checked against their name before a
 * byte is decrypted, and go on where a download was cut.  Plain text goes to the caller's sink only; a file is written
 * by vault_export alone.
 */
#ifndef MEDLOCK_VAULT_RELEASE_H
#define MEDLOCK_VAULT_RELEASE_H

#include "core/vault/vault.h"

#define VAULT_READ_MAX (64u * 1024 * 1024) /* of the conveniences into memory */

/* One custodian's part in a release. */
struct release_custodian {
	struct account_id account;
	bool ok;
	enum err err; /* why not: ERR_CUSTODIAN is a cheat */
};
struct release_report {
	struct release_custodian rows[CUSTODIANS_MAX];
	size_t count;
};

/* A record's row, proven. form: which rendition. request NULL: own record. */
struct release_wish {
	struct record_id record;
	const Medlock__RecordState *state;
	uint32_t form;
	const struct request_id *request;
};

/* A file key that opened; the session's to keep and free (secret_free).  asks custodians in random order until
 * threshold shares verify.  ERR_CUSTODIAN (too few honest ones answered; all named in report), ERR_WITHDRAWN,
 * ERR_REFUSED, ERR_NETWORK.  report may be NULL; rows are added.
 */
enum err release_key(struct vault *v, struct secret **ret_file_key, struct release_report *report,
		     const struct release_wish *wish, struct err_info *info) MUST_USE;

/* The blob into the cache, from the first peer that has it; nothing when it is there.  pin: never evicted.  ERR_BLOB
 * (every peer's bytes are wrong), ERR_NOT_FOUND, ERR_NETWORK, ERR_DISK_FULL.
 */
enum err vault_fetch(struct vault *v, const struct release_wish *wish, bool pin, struct err_info *info) MUST_USE;

/* Fetch, get the key, decrypt into the sink.  With wish->request the grant's way, else the owner's own, which works
 * offline when the blob is cached.  On any error throw away what the sink got.  ret_size may be NULL.
 */
enum err vault_open(struct vault *v, const struct byte_sink *to, uint64_t *ret_size, struct release_report *report,
		    const struct release_wish *wish, struct err_info *info) MUST_USE;
/* The same into memory; ERR_TOO_LARGE past max (at most VAULT_READ_MAX). */
enum err vault_read(struct vault *v, struct buf *ret, struct release_report *report, const struct release_wish *wish,
		    size_t max, struct err_info *info) MUST_USE;

/* The explicit export: plain text into path, mode 0600, appearing whole or not at all; an existing file is replaced
 * only
 * with overwrite, else ERR_DUPLICATE.
 */
struct vault_exported { uint64_t bytes; struct hash32 sha256; };
enum err vault_export(struct vault *v, struct vault_exported *ret, struct release_report *report,
		      const struct release_wish *wish, const char *path, bool overwrite,
				struct err_info *info) MUST_USE;
/* The encrypted file itself, for the plain age program. */
enum err vault_export_age(struct vault *v, struct vault_exported *ret, const struct release_wish *wish,
			  const char *path, bool overwrite, struct err_info *info) MUST_USE;

#endif
