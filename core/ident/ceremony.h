/* SPDX-License-Identifier: Apache-2.0 */
/* The root ceremony: a script of steps, rehearsed with throw-away keys and then held, with a signed transcript; and later acts
 * with the root key.
 *
 * One table says the steps (ca_ceremony.c); rehearsal and ceremony run the same one, and its text has a hash, so that a
 * ceremony can name the rehearsal it follows.  ceremony_hold makes everything and stores nothing; ceremony_open makes it
 * count by one durable row of the register.  What was cut before that row is as if it had not been.
 */
#ifndef MEDLOCK_IDENT_CEREMONY_H
#define MEDLOCK_IDENT_CEREMONY_H

#include "core/base/task.h"
#include "core/ident/ca.h"

#define CEREMONY_WITNESSES_MAX 12u
#define CEREMONY_WORDS_MAX 200u /* bytes of a witness' name, and of the reason for no rehearsal */
#define CEREMONY_ROOT_LIST_LIFE_MS (365ll * MS_PER_DAY)

struct ceremony_wish {
	const char *version;           /* of the program, for the transcript */
	const char *const *witnesses;  /* names as given, in UTF-8 */
	size_t witness_count;          /* 1..CEREMONY_WITNESSES_MAX */
	const char *unrehearsed;       /* why it was not rehearsed; NULL: it was, or this is the rehearsal */
	enum err (*make_root)(void *self, struct err_info *info); /* make and keep the root key; not called by a rehearsal */
	void *self;
	struct task *task;             /* may be NULL: each step is its progress */
};

struct ceremony_made {
	struct buf transcript; /* text; begins with KEYHOLDER_TEXT_CEREMONY of core/keys/keyholder.h */
	struct buf signature;  /* over the transcript by the root key: ECDSA-SHA256, DER */
	struct buf root, issuing, root_spki, root_list; /* DER */
};
void ceremony_made_release(struct ceremony_made *m);

/* What will be done, line by line, with the fixed fields of both certificates; the same text for every ceremony of this
 * program on this network.  Appended; its SHA-256 names the script.
 */
enum err ceremony_script(struct buf *out, const struct ca_options *options, const char *version) MUST_USE;

/* Run the script up to the signed transcript; with rehearsal on keys that are made and thrown away here (options->keys is not
 * used).  The register is only looked at: ERR_DUPLICATE when a ceremony was held.  ERR_RANGE (witnesses, words), ERR_LINT.
 */
enum err ceremony_hold(struct ceremony_made *ret, const struct ca_options *options, const struct ceremony_wish *wish,
		       bool rehearsal, struct err_info *info) MUST_USE;

/* Make it count: the register's first row.  The desk's first revocation list follows; when that is cut, the next use of the
 * desk makes it.  ERR_DUPLICATE.
 */
enum err ceremony_open(const struct ca_options *options, const struct ceremony_made *made, struct err_info *info) MUST_USE;

/* ---- later, with the root key at hand (else the keys say ERR_LOCKED) ---- */

/* A new issuing certificate for the same issuing key and name, as of now; what was issued before stays valid under it.  der:
 * appended.  ERR_LINT, ERR_CLOCK, ERR_EXPIRED (the root).
 */
enum err ca_issuing_renew(struct ca *ca, struct buf *der, bool dry_run, struct err_info *info) MUST_USE;

/* A new revocation list of the root, DER, appended.  No issuing certificate is revoked. */
enum err ca_root_list(struct ca *ca, struct buf *der, uint64_t *ret_number, struct err_info *info) MUST_USE;

#endif
