/* SPDX-License-Identifier: Apache-2.0 */
/* What the view of who looked knows (a struct events_model) and how it is shown. */
#ifndef MEDLOCK_SCREENS_PATIENT_LOOKED_H
#define MEDLOCK_SCREENS_PATIENT_LOOKED_H

#include "tui/screens/patient_events.h"

struct looked_draft {
	bool all;    /* programs too */
	size_t skip; /* newer ones */
};

#endif
