/* SPDX-License-Identifier: Apache-2.0 */
/* Four eyes at the desk (core/app/acts.h): inside core/app.  Calls sync before. */
#ifndef MEDLOCK_APP_CA_ACTS_H
#define MEDLOCK_APP_CA_ACTS_H

#include "core/app/acts.h"
#include "core/app/ca.h"

/* What second officers submitted since goes into the register, and onto the revocation list. */
enum err ca_acts_settle(struct app *a, struct ca *desk, struct err_info *info) MUST_USE;

/* What an act is, as `ca queue` calls it. */
const char *ca_acts_words(const struct act_row *row);

/* After acts_propose said ERR_PENDING: what the second officer looks at goes beside the act.  Else e as it is. */
enum err ca_acts_began(struct app *a, const char *kind, const char *id, enum err e, struct err_info *info) MUST_USE;

/* Sign a revocation for a colleague to agree to: always fails, ERR_PENDING when it is signed. */
enum err ca_acts_revoke(struct app *a, struct app_ca_act *ret, const struct ca_certificate *of,
			enum cert_reason reason, struct err_info *info) MUST_USE;

/* The same for the release of one that is on hold. */
enum err ca_acts_release(struct app *a, struct app_ca_act *ret, const struct ca_certificate *of,
			 struct err_info *info) MUST_USE;

/* Agree to what a colleague signed, from a profile without the register.  confirm NULL with dry_run or ACT_ENROL. */
enum err ca_acts_agree(struct app *a, struct app_ca_act *ret, const char *kind, const char *id, const char *confirm,
		       bool dry_run, struct err_info *info) MUST_USE;

/* Append colleagues' acts to the rows of a queue; with_enrolments: also those of the queue's own requests. */
enum err ca_acts_queue(struct app *a, struct app_queue *q, bool with_enrolments, struct err_info *info) MUST_USE;

#endif
