/* SPDX-License-Identifier: Apache-2.0 */
/* What several views do in the same way: each is a `say` of struct view_act. */
#ifndef MEDLOCK_SCREENS_COMMON_ACTS_H
#define MEDLOCK_SCREENS_COMMON_ACTS_H

#include "tui/screens/view.h"

void common_reload(struct act *ret, const struct view *v, int id);
void common_ledger_verify(struct act *ret, const struct view *v, int id);
void common_log_verify(struct act *ret, const struct view *v, int id);
void common_log_export(struct act *ret, const struct view *v, int id);

#endif
