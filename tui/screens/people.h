/* SPDX-License-Identifier: Apache-2.0 */
/* Where the view of people looks for them. */
#ifndef MEDLOCK_SCREENS_PEOPLE_H
#define MEDLOCK_SCREENS_PEOPLE_H

#include "tui/screens/view.h"

struct people_draft {
	char world[APP_PATH]; /* folder of a demo world; "": none */
	char home[APP_PATH];  /* of the profile on this machine; "": none */
};

#endif
