/* SPDX-License-Identifier: Apache-2.0 */
/* What lies beside an act for the second officer, and that she agrees only to what she saw: inside core/app. */
#ifndef MEDLOCK_APP_CA_CASE_H
#define MEDLOCK_APP_CA_CASE_H

#include "core/app/acts.h"
#include "core/app/ca.h"

/* Beside the act that was just signed: `KIND-ID.case`, sealed to the officers (core/ident/act_case.h).  id is a request's for
 * ACT_ENROL, else a serial.
 */
enum err ca_case_write(struct app *a, struct ca *desk, const char *kind, const char *id, struct err_info *info) MUST_USE;

/* An act that waits, judged by this program and filled in; what was shown is remembered in the profile.  ERR_NOT_FOUND (no act
 * begins so, or nothing lies beside it yet), and what act_case_judge says.
 */
enum err ca_case_show(struct app *a, struct app_enrolment *ret, const char *id, struct err_info *info) MUST_USE;

/* The body that was shown.  ERR_UNSEEN. */
enum err ca_case_seen(struct app *a, struct hash32 *ret, const struct act_row *row, struct err_info *info) MUST_USE;
void ca_case_forget(struct app *a, const struct act_row *row);

#endif
