/* SPDX-License-Identifier: Apache-2.0 */
/* What the views of the desk's queue know. */
#ifndef MEDLOCK_SCREENS_CA_QUEUE_H
#define MEDLOCK_SCREENS_CA_QUEUE_H

#include "core/app/ca.h"
#include "tui/screens/view.h"

/* One request or act, looked at: its model is a struct app_enrolment. */
struct case_draft { char id[41]; };

/* Opens the form for the words of a rejection. */
void act_reject(struct act *a, const char *id);

#endif
