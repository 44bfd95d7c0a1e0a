/* SPDX-License-Identifier: Apache-2.0 */
/* The list of who looked, with the names and kinds that its rows are said with: for several views of the patient. */
#ifndef MEDLOCK_SCREENS_PATIENT_EVENTS_H
#define MEDLOCK_SCREENS_PATIENT_EVENTS_H

#include "core/app/log.h"
#include "core/app/records.h"
#include "tui/screens/view.h"

struct event_names { char who[64], org[64]; };
struct events_model {
	struct app_events events;
	struct event_names *names; /* of each event */
	struct app_records records; /* the own ones, for their kinds */
};
enum err events_load(struct events_model *ret, struct app *a, struct err_info *info) MUST_USE;
void events_release(struct events_model *m);

/* A person did it, not a program on its way: a request, an answer, a rule. */
bool event_is_personal(const struct app_event *e);
/* Somebody other than the owner looked or wanted to. */
bool event_is_look(const struct app_event *e);
size_t event_count(const struct app_event *e, const char *decision); /* records with it */
bool event_is_refused(const struct app_event *e);                    /* nothing was given */

#define EVENT_TEXT 160u
const char *event_deed(char out[EVENT_TEXT], const struct view *v, const struct app_event *e);
const char *event_result(char out[EVENT_TEXT], const struct view *v, const struct app_event *e);
/* The kind of a record in words, or the beginning of its id. */
const char *event_record(char out[EVENT_TEXT], const struct view *v, const struct events_model *m,
			 const struct record_id *record);

#endif
