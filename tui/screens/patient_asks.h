/* SPDX-License-Identifier: Apache-2.0 */
/* What the view of open questions to the patient knows. */
#ifndef MEDLOCK_SCREENS_PATIENT_ASKS_H
#define MEDLOCK_SCREENS_PATIENT_ASKS_H

#include "core/app/asks.h"
#include "core/app/records.h"
#include "tui/screens/view.h"

struct asks_model {
	struct app_asks asks;
	struct app_records records;
	char (*names)[64]; /* of each ask */
};

#endif
