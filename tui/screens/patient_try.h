/* SPDX-License-Identifier: Apache-2.0 */
/* What the views that try rules know. */
#ifndef MEDLOCK_SCREENS_PATIENT_TRY_H
#define MEDLOCK_SCREENS_PATIENT_TRY_H

#include "core/app/consent.h"
#include "core/app/consent_why.h"
#include "tui/screens/view.h"

struct try_draft {
	char as[64], on[32];
	int purpose; /* in code_purposes */
	bool emergency;
};
struct try_model {
	bool whole;
	struct app_answers answers;
};

/* Why somebody gets one record or not. */
struct why_draft {
	struct try_draft q;
	struct record_id record;
};

/* Who may read one record. */
struct who_draft { struct record_id record; };

#endif
