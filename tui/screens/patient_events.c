/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/patient_events.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/screens/codes.h"

static enum err take_names(struct events_model *m, struct app *a)
{
	m->names = calloc(m->events.count + 1, sizeof(*m->names));
	if (m->names == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->events.count; i++) {
		const struct app_event *e = &m->events.rows[i];

		snprintf(m->names[i].who, sizeof(m->names[i].who), "%s", app_name(a, e->who.b));
		if (!bytes_is_zero(BYTES_ID(e->org)))
			snprintf(m->names[i].org, sizeof(m->names[i].org), "%s", app_name(a, e->org.b));
	}
	return ERR_OK;
}

enum err events_load(struct events_model *ret, struct app *a, struct err_info *info)
{
	TRY(app_log_list(a, &ret->events, (struct time_ms){0}, 0, info));
	TRY(app_record_list(a, &ret->records, NULL, info));
	return take_names(ret, a);
}

void events_release(struct events_model *m)
{
	app_events_release(&m->events);
	app_records_release(&m->records);
	free(m->names);
}

static bool is(const struct app_event *e, const char *kind)
{
	return strcmp(e->kind, kind) == 0;
}

bool event_is_look(const struct app_event *e)
{
	return is(e, "access_request");
}

bool event_is_personal(const struct app_event *e)
{
	return !is(e, "release_receipt") && !is(e, "record_deposit") && !is(e, "record_amend") && !is(e, "access_close");
}

size_t event_count(const struct app_event *e, const char *decision)
{
	size_t count = 0;

	for (size_t i = 0; i < e->count; i++)
		count += strcmp(e->records[i].decision, decision) == 0;
	return count;
}

bool event_is_refused(const struct app_event *e)
{
	return event_is_look(e) && e->count > 0 && event_count(e, "granted") == 0 && event_count(e, "ask") == 0;
}

static void fill(char out[EVENT_TEXT], const struct view *v, enum word w, const char *const *values, size_t count)
{
	struct buf text = BUF_INIT;

	words_fill(&text, v->language, w, values, count);
	snprintf(out, EVENT_TEXT, "%s", buf_error(&text) == ERR_OK ? buf_text(&text) : "");
	buf_release(&text);
}

/* A kind has one text, but for those that say two things. */
static const char *deed_id(const struct app_event *e)
{
	if (is(e, "consent_pause"))
		return e->paused ? "pause" : "resume";
	if (is(e, "proxy_set"))
		return e->proxy != NULL && e->proxy->removed ? "proxy-removed" : "proxy-set";
	if (e->hold[0] != '\0')
		return strcmp(e->hold, "held") == 0 ? "held" : "released";
	if (e->question.is)
		return e->question.reply ? "reply" : "question";
	if (event_is_look(e) && e->count == 0)
		return "access-request-none";
	return e->kind;
}

const char *event_deed(char out[EVENT_TEXT], const struct view *v, const struct app_event *e)
{
	char number[SAY_NUMBER];
	const char *values[] = {say_number(number, e->count)};
	char id[64];
	enum word w;

	snprintf(id, sizeof(id), "deed.%.40s", deed_id(e));
	for (char *at = id; *at != '\0'; at++)
		*at = *at == '_' ? '-' : *at;
	w = word_by_id(id);
	if (w == WORD_NONE)
		snprintf(out, EVENT_TEXT, "%s", e->kind);
	else
		fill(out, v, w, values, 1);
	return out;
}

const char *event_result(char out[EVENT_TEXT], const struct view *v, const struct app_event *e)
{
	size_t granted = event_count(e, "granted"), denied = event_count(e, "denied"), asked = event_count(e, "ask");
	char yes[SAY_NUMBER], no[SAY_NUMBER], ask[SAY_NUMBER];
	const char *values[] = {say_number(yes, granted), say_number(no, denied), say_number(ask, asked)};

	out[0] = '\0';
	if (event_is_refused(e))
		fill(out, v, WORD_LOOKED_REFUSED, NULL, 0);
	else if (asked > 0)
		fill(out, v, WORD_LOOKED_ASKED, values, 3);
	else if (denied > 0)
		fill(out, v, WORD_LOOKED_PART, values, 3);
	else if (granted > 0)
		fill(out, v, WORD_LOOKED_GIVEN, values, 3);
	return out;
}

const char *event_record(char out[EVENT_TEXT], const struct view *v, const struct events_model *m,
			 const struct record_id *record)
{
	char id[SAY_ID];

	say_id(id, record->b);
	for (size_t i = 0; i < m->records.count; i++)
		if (ID_EQUAL(m->records.rows[i].record, *record)) {
			snprintf(out, EVENT_TEXT, "%s, %s", say_code(v, "category", m->records.rows[i].category), id);
			return out;
		}
	snprintf(out, EVENT_TEXT, "%s", id);
	return out;
}
