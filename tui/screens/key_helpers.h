/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers in the making. */
#ifndef MEDLOCK_SCREENS_KEY_HELPERS_H
#define MEDLOCK_SCREENS_KEY_HELPERS_H

#include "tui/screens/view.h"

#define HELPERS_SHOWN 5u
struct helpers_draft {
	char who[HELPERS_SHOWN][64];
	uint32_t needed; /* 0: 3 */
};

#endif
