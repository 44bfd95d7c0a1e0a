/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/patient_events.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/screens/codes.h"

struct gather {
	struct events_model *m;
	struct app *app;
	events_pick *pick;
	void *self;
	bool ended; /* enough */
};

const char *event_org(struct app *a, const struct app_event *e)
{
	return bytes_is_zero(BYTES_ID(e->org)) ? "" : app_name(a, e->org.b);
}

static enum err keep(struct events_model *m, struct app *a, struct app_event *e)
{
	struct event_row *rows = realloc(m->rows, (m->count + 1) * sizeof(*rows)), *row;

	if (rows == NULL)
		return ERR_MEMORY;
	m->rows = rows;
	row = &rows[m->count++];
	snprintf(row->who, sizeof(row->who), "%s", app_name(a, e->who.b));
	snprintf(row->org, sizeof(row->org), "%s", event_org(a, e));
	row->e = *e;
	*e = (struct app_event){0};
	return ERR_OK;
}

static enum err take(void *self, struct app_event *e)
{
	struct gather *g = self;
	enum events_pick picked = g->pick == NULL ? EVENTS_KEEP : g->pick(g->self, g->app, e);

	g->ended = picked == EVENTS_END || (picked == EVENTS_KEEP && g->m->count == EVENTS_KEPT_MAX);
	if (g->ended)
		return ERR_CANCELLED; /* the walk, not the load */
	return picked == EVENTS_KEEP ? keep(g->m, g->app, e) : ERR_OK;
}

enum err events_load(struct events_model *ret, struct app *a, events_pick *pick, void *self, struct err_info *info)
{
	struct gather g = {ret, a, pick, self, false};
	enum err e = app_log_each(a, take, &g, info);

	if (e != ERR_OK && !g.ended)
		return e;
	app_log_state(a, &ret->state);
	return app_record_list(a, &ret->records, NULL, info);
}

void events_release(struct events_model *m)
{
	for (size_t i = 0; i < m->count; i++)
		app_event_release(&m->rows[i].e);
	free(m->rows);
	app_records_release(&m->records);
}

const struct event_row *events_row(const struct events_model *m, uint64_t n)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->rows[i].e.n == n)
			return &m->rows[i];
	return NULL;
}

const char *event_who(char out[EVENT_WHO], const char *who, const char *org)
{
	snprintf(out, EVENT_WHO, "%s%s%s", who, org[0] != '\0' ? ", " : "", org);
	return out;
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
