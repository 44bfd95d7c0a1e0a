/* SPDX-License-Identifier: Apache-2.0 */
/* What the view of the own log knows: who asked about what was read, and what happened to the own account. */
#ifndef MEDLOCK_SCREENS_INSTITUTE_LOG_H
#define MEDLOCK_SCREENS_INSTITUTE_LOG_H

#include "tui/screens/institute.h"
#include "tui/screens/patient_events.h"

struct own_log_model {
	struct events_model log;
	struct app_questions questions;
	char (*askers)[INSTITUTE_NAME];
};

#endif
