/* SPDX-License-Identifier: Apache-2.0 */
/* What one officer signed and a second one must agree to (four eyes): inside core/app.
 *
 * The officers share a folder of acts.  It is `acts` in the profile that holds the register, or the folder that a
 * profile's file `desk` names.  An act is `KIND-ID.act`: a canonical Tx with one approval.  The second officer signs
 * the same body, submits, and leaves `KIND-ID.done`, from which the register goes on.  An act holds no name and no
 * certificate, only what the ledger shows later; it is worth nothing without the second signature.  A cut leaves
 * either file whole: signatures are deterministic, so a repeat sends the same bytes and gets the first result.
 */
#ifndef MEDLOCK_APP_ACTS_H
#define MEDLOCK_APP_ACTS_H

#include "core/app/internal.h"

#define ACT_ID_SIZE 41u /* hex of a serial or of a request's id, with its end */
#define ACT_REVOKE "revoke"
#define ACT_ENROL "enrol"
#define ACT_RELEASE "release" /* of a hold; its id is the serial, as of a revocation */

struct act_row {
	char kind[16], id[ACT_ID_SIZE];
	bool done;                 /* submitted by the second officer; its transaction is tx */
	struct account_id account; /* whom it is about */
	uint32_t role, reason;     /* role: of an enrolment; reason: of a revocation */
	struct tx_id tx;
};
struct act_rows { struct act_row *rows; size_t count; };

/* Whether the network in state asks for two officers.  After a sync, or what is stored. */
bool acts_needed(struct app *a);

/* Whether this unlocked profile is an authority's, in a network that asks for two. */
bool acts_may_agree(struct app *a);

/* Sign body (its action set) and leave it for the second officer.  ERR_PENDING when it lies there, also when it did
 * before and is still valid.
 */
enum err acts_propose(struct app *a, const char *kind, const char *id, Medlock__Body *body,
		      struct err_info *info) MUST_USE;

/* The acts that lie in the folder, in no order.  Files that are no acts are passed over.  No folder: none. */
enum err acts_list(struct app *a, struct act_rows *ret, struct err_info *info) MUST_USE;
void acts_release(struct act_rows *r);

/* The file of an act: "act", "done", or "case" (core/app/ca_case.h); and one of the first two, parsed. */
enum err acts_path(struct app *a, char out[PROFILE_PATH_MAX], const char *kind, const char *id, const char *end,
		   struct err_info *info) MUST_USE;
enum err acts_read(struct tx *ret, const char *path, struct err_info *info) MUST_USE;

/* By id, or the first digits of exactly one; kind NULL: of any kind.  ERR_NOT_FOUND, ERR_FORMAT. */
enum err acts_find(struct app *a, struct act_row *ret, const char *kind, const char *id, struct err_info *info) MUST_USE;

/* The second signature; then to the ledger.  body: the hash of what was looked at (core/app/ca_case.h).  ERR_FOUR_EYES for who
 * gave the first one or is the one it is about; ERR_CONFLICT when the act is another by now.
 */
enum err acts_agree(struct app *a, const struct act_row *row, const struct hash32 *body, uint64_t *ret_height,
		    struct tx_id *ret_tx, struct err_info *info) MUST_USE;

/* The act is in the register: its file goes. */
enum err acts_forget(struct app *a, const struct act_row *row, struct err_info *info) MUST_USE;

#endif
