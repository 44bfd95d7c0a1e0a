/* SPDX-License-Identifier: Apache-2.0 */
/* A profile in the making: a new person, or one who gets her keys back by the words of her card. */
#ifndef MEDLOCK_SCREENS_BEGIN_H
#define MEDLOCK_SCREENS_BEGIN_H

#include "tui/screens/view.h"

#define BEGIN_MODES 5
extern const char *const begin_modes[BEGIN_MODES]; /* of struct app_setup */

struct begin_draft {
	bool recover;
	int mode; /* in begin_modes */
	char peer[APP_URL], pin[65], name[128], organisation[128];
};

#endif
