/* SPDX-License-Identifier: Apache-2.0 */
/* What the view of the own certificate knows. */
#ifndef MEDLOCK_SCREENS_INSTITUTE_BADGE_H
#define MEDLOCK_SCREENS_INSTITUTE_BADGE_H

#include "core/app/enrol.h"
#include "tui/screens/view.h"

struct badge_model {
	struct account_id account;
	char name[64], role[16];
	struct app_asked asked;
};

#endif
