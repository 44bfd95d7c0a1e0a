/* SPDX-License-Identifier: Apache-2.0 */
/* What the views of the patient's records know. */
#ifndef MEDLOCK_SCREENS_PATIENT_RECORDS_H
#define MEDLOCK_SCREENS_PATIENT_RECORDS_H

#include "core/app/records.h"
#include "core/app/summary.h"
#include "tui/screens/view.h"

struct records_model {
	struct app_records records;
	char (*from)[64]; /* who deposited each */
};
struct records_draft { bool by_kind; };

/* One record, opened. */
struct record_draft { struct record_id record; };
struct record_model {
	struct app_record row;
	struct app_view view;
	struct buf bytes;       /* as deposited, wiped when released */
	const char *form;       /* that was read: "full", "deid" */
	const char *attachment; /* what it is when it is no FHIR; NULL: it is */
};

#endif
