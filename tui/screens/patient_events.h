/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of who looked, with the names and kinds that its rows are said with: for several views of the patient. */
#ifndef MEDLOCK_SCREENS_PATIENT_EVENTS_H
#define MEDLOCK_SCREENS_PATIENT_EVENTS_H

#include "core/app/log.h"
#include "core/app/records.h"
#include "tui/screens/view.h"

/* A row that is kept, with its names. */
struct event_row {
	struct app_event e;
	char who[64], org[64]; /* "" for none */
};
struct events_model {
	struct event_row *rows; /* the newest first */
	size_t count;
	struct app_log_state state; /* of the whole list */
	struct app_records records; /* the own ones, for their kinds */
};

/* Which entries a view keeps: asked for one after the other, the newest first. */
#define EVENTS_KEPT_MAX 1000u /* then the rest is not asked about */
enum events_pick { EVENTS_PASS, EVENTS_KEEP, EVENTS_END };
typedef enum events_pick events_pick(void *self, struct app *a, const struct app_event *e);
/* pick NULL: the newest EVENTS_KEPT_MAX. */
enum err events_load(struct events_model *ret, struct app *a, events_pick *pick, void *self, struct err_info *info) MUST_USE;
void events_release(struct events_model *m);
/* The kept row of entry n, or NULL.  n names a row for good: its place changes when a newer entry comes. */
const struct event_row *events_row(const struct events_model *m, uint64_t n);
/* "okafor, GP practice West" of a row, or of an entry that is not kept. */
#define EVENT_WHO 130u
const char *event_who(char out[EVENT_WHO], const char *who, const char *org);
const char *event_org(struct app *a, const struct app_event *e); /* "" for none; as app_name */

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
