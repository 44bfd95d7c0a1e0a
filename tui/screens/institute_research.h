/* SPDX-License-Identifier: Apache-2.0 */
/* A researcher's wish: what for, which kind, for which project. */
#ifndef MEDLOCK_SCREENS_INSTITUTE_RESEARCH_H
#define MEDLOCK_SCREENS_INSTITUTE_RESEARCH_H

#include "tui/screens/institute.h"

struct research_draft {
	int purpose;                /* of request_purposes */
	int category;               /* 0: any, else code_categories + 1 */
	char project[ID_HEX];
};

#endif
