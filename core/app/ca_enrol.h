/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and answers between the desk and the peers (docs/formats/enrolment.md): inside core/app.  Calls sync before. */
#ifndef MEDLOCK_APP_CA_ENROL_H
#define MEDLOCK_APP_CA_ENROL_H

#include "core/app/ca.h"
#include "core/app/internal.h"

/* Into the register goes what each peer has that this desk has not seen; ret: the counts are filled.  Peers that cannot be
 * asked stop nothing.  A full queue stops: the rest is there the next time.
 */
enum err ca_fetch(struct app *a, struct ca *desk, struct app_queue *ret, struct err_info *info) MUST_USE;

/* The answer for the holder: a file beside the register, under the request's id, and a message where she looks for it.  ret:
 * where.  That no peer took it is no failure: the file can be handed over, and a repeat sends it again.
 */
enum err ca_answer(struct app *a, struct ca *desk, struct app_ca_act *ret, const struct register_id *request,
		   const struct buf *answer, struct err_info *info) MUST_USE;

#endif
