/* SPDX-License-Identifier: Apache-2.0 */
/* What a change of consent would do, and the wait before one that widens access.  Private to core/app. */
#ifndef MEDLOCK_APP_UNDO_H
#define MEDLOCK_APP_UNDO_H

#include "core/app/consent.h"
#include "core/app/preview_world.h"

/* Who gains and loses among the people and records of w, and whether anybody at all gains (check_widens; what it cannot
 * work out counts as widening).  Added to ret, which the caller releases also after an error.
 */
enum err app_draft(struct app *a, struct app_change *ret, const struct preview_world *w, const struct policy *before,
		   const struct policy *after, struct err_info *info) MUST_USE;

/* What a pause leaves of a policy: emergencies, and the locks that stop them. */
enum err app_as_paused(struct policy *ret, const struct policy *p) MUST_USE;

/* Let the time for undoing pass, with the profile open to other processes, then be up to date again.  undo NULL: no wait.
 * ERR_UNDONE when the task was cancelled; the errors of app_lock and app_sync.
 */
enum err app_undo_wait(struct app *a, const struct app_change *draft, const struct app_undo *undo,
		       struct err_info *info) MUST_USE;

#endif
