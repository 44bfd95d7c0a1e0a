/* SPDX-License-Identifier: Apache-2.0 */
/* What the patient's overview knows: does anything need me? */
#ifndef MEDLOCK_SCREENS_PATIENT_OVERVIEW_H
#define MEDLOCK_SCREENS_PATIENT_OVERVIEW_H

#include "core/app/asks.h"
#include "core/app/consent.h"
#include "core/app/keys.h"
#include "core/app/question.h"
#include "tui/screens/patient_events.h"

#define OVERVIEW_DAYS 30
struct overview_model {
	struct events_model log; /* its rows: emergencies of the last days */
	size_t people, refused, programs; /* who read, were refused, ran, in the last days; a person counts once */
	struct app_policy policy;
	struct app_asks asks;
	char (*ask_names)[64];
	struct app_question_news questions;
	struct app_card card;
	size_t recoveries; /* that helpers told of */
	struct time_ms announced; /* new keys; 0: none */
	uint32_t slots;
};

#endif
