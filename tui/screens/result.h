/* SPDX-License-Identifier: Apache-2.0 */
/* What a command line said, on a page of its own. */
#ifndef MEDLOCK_SCREENS_RESULT_H
#define MEDLOCK_SCREENS_RESULT_H

#include "tui/screens/view.h"

struct result_draft {
	char text[VIEW_DRAFT_MAX - 1]; /* lines */
	bool cut;                      /* there was more */
};

#endif
