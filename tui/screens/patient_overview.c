/* SPDX-License-Identifier: Apache-2.0 */
/* The overview: what needs the person, then how things stand. */
#include "tui/screens/patient_overview.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/app/helpers.h"
#include "core/app/new_keys.h"
#include "tui/screens/codes.h"
#include "tui/screens/patient_looked.h"
#include "tui/screens/views.h"

#define PEOPLE_COUNTED 200u /* more are not told apart */
#define EMERGENCIES_SHOWN 20u
#define REHEARSE_DAYS 183

enum { ID_ASK = 1, ID_QUESTIONS, ID_RECOVERY, ID_CARD, ID_PAUSED, ID_SHARING, ID_LOOKED, ID_KEYS, ID_EMERGENCY = 1000 };

struct counting {
	struct overview_model *m;
	struct time_ms now;
	struct account_id people[PEOPLE_COUNTED];
};

static void count_person(struct counting *c, const struct account_id *who)
{
	for (size_t i = 0; i < c->m->people; i++)
		if (ID_EQUAL(c->people[i], *who))
			return;
	if (c->m->people < PEOPLE_COUNTED)
		c->people[c->m->people++] = *who;
}

static enum events_pick pick(void *self, struct app *a, const struct app_event *e)
{
	struct counting *c = self;

	(void)a;
	if (c->now.v - e->at.v >= OVERVIEW_DAYS * MS_PER_DAY)
		return EVENTS_END;
	c->m->refused += event_is_refused(e);
	c->m->programs += !event_is_personal(e);
	if (event_is_look(e) && !event_is_refused(e))
		count_person(c, &e->who);
	return e->emergency && event_is_look(e) && c->m->log.count < EMERGENCIES_SHOWN ? EVENTS_KEEP : EVENTS_PASS;
}

static enum err load_log(struct overview_model *m, struct app *a, struct err_info *info)
{
	const struct clock *clock = clock_real();
	struct counting c = {.m = m, .now = clock->now(clock->self)};

	return events_load(&m->log, a, pick, &c, info);
}

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct overview_model *m = model;
	struct app_me me;

	(void)draft;
	(void)task;
	TRY(load_log(m, a, info));
	TRY(app_consent_show(a, &m->policy, info));
	TRY(app_asks_list(a, &m->asks, info));
	TRY(app_question_news(a, &m->questions, info));
	TRY(app_key_card_state(a, &m->card, info));
	if (app_recoveries(a, &m->recoveries, info) != ERR_OK)
		m->recoveries = 0; /* letters come from peers: offline the rest is still true */
	TRY(app_new_keys_announced(a, &m->announced, info));
	app_me(a, &me);
	m->slots = me.keystore_slots;
	m->ask_names = calloc(m->asks.count + 1, sizeof(*m->ask_names));
	if (m->ask_names == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->asks.count; i++)
		snprintf(m->ask_names[i], sizeof(m->ask_names[i]), "%s", app_name(a, m->asks.rows[i].who.b));
	return ERR_OK;
}

static void release(void *model)
{
	struct overview_model *m = model;

	events_release(&m->log);
	app_policy_release(&m->policy);
	app_asks_release(&m->asks);
	free(m->ask_names);
}

/* ---- what needs me ---- */

static void need(const struct view *v, struct page *p, int id, enum role role, enum word w, const char *a, const char *b,
		 const char *c)
{
	const char *values[] = {a, b, c};
	struct buf text = BUF_INIT;
	const char *cells[1];

	words_fill(&text, v->language, w, values, c != NULL ? 3 : b != NULL ? 2 : a != NULL ? 1 : 0);
	cells[0] = buf_text(&text);
	page_row(p, id, role, cells);
	buf_release(&text);
}

static size_t emergencies(const struct view *v, struct page *p)
{
	const struct overview_model *m = v->model;

	for (size_t i = 0; p != NULL && i < m->log.count; i++) {
		const struct event_row *r = &m->log.rows[i];
		char when[SAY_TIME], number[SAY_NUMBER];

		need(v, p, ID_EMERGENCY + (int)i, ROLE_DANGER, WORD_OVERVIEW_EMERGENCY, say_time(when, v, r->e.at), r->who,
		     say_number(number, event_count(&r->e, "granted")));
	}
	return m->log.count;
}

static bool card_due(const struct view *v)
{
	const struct overview_model *m = v->model;

	return m->card.rehearsed_at.v == 0 || v->now.v - m->card.rehearsed_at.v > REHEARSE_DAYS * MS_PER_DAY;
}

static size_t needs(const struct view *v, struct page *p)
{
	const struct overview_model *m = v->model;
	char number[SAY_NUMBER], records[SAY_NUMBER];
	size_t count = emergencies(v, p), news = m->questions.unread + m->questions.overdue;

	if (m->recoveries + (m->announced.v != 0) > 0 && ++count > 0 && p != NULL)
		need(v, p, ID_RECOVERY, ROLE_DANGER, WORD_OVERVIEW_RECOVERY, NULL, NULL, NULL);
	for (size_t i = 0; i < m->asks.count; i++) {
		count++;
		if (p != NULL)
			need(v, p, ID_ASK + 100000 * ((int)i + 1), ROLE_NOTE, WORD_OVERVIEW_ASK, m->ask_names[i],
			     say_number(records, m->asks.rows[i].count), say_code(v, "purpose", m->asks.rows[i].purpose));
	}
	if (news > 0 && ++count > 0 && p != NULL)
		need(v, p, ID_QUESTIONS, ROLE_NOTE, WORD_OVERVIEW_ANSWERS, say_number(number, news), NULL, NULL);
	if (m->policy.paused && ++count > 0 && p != NULL)
		need(v, p, ID_PAUSED, ROLE_WARN, WORD_OVERVIEW_PAUSED, NULL, NULL, NULL);
	if (card_due(v) && ++count > 0 && p != NULL)
		need(v, p, ID_CARD, ROLE_NOTE, m->card.shown_at.v == 0 ? WORD_OVERVIEW_NO_CARD : WORD_OVERVIEW_REHEARSE, NULL,
		     NULL, NULL);
	return count;
}

/* ---- how things stand ---- */

static void sharing(const struct view *v, struct page *p)
{
	const struct overview_model *m = v->model;
	char number[SAY_NUMBER];

	page_head(p, v, WORD_OVERVIEW_SHARING, NULL);
	if (m->policy.preset != NULL)
		page_pair_text(p, v, WORD_SHARING_PRESET, ROLE_PLAIN, say_code(v, "preset", m->policy.preset));
	else
		page_pair_say(p, v, WORD_OVERVIEW_RULES, ROLE_PLAIN, WORD_OVERVIEW_RULE_COUNT,
			      say_number(number, m->policy.count), NULL);
	page_pair_say(p, v, WORD_OVERVIEW_RECORDS, ROLE_PLAIN, WORD_OVERVIEW_RECORD_COUNT,
		      say_number(number, m->log.records.count), NULL);
}

static void looked(const struct view *v, struct page *p)
{
	const struct overview_model *m = v->model;
	char number[SAY_NUMBER], at[SAY_TIME];

	page_head(p, v, WORD_OVERVIEW_LAST_DAYS, NULL);
	page_pair_text(p, v, WORD_OVERVIEW_PEOPLE, ROLE_PLAIN, say_number(number, m->people));
	page_pair_text(p, v, WORD_OVERVIEW_REFUSED, m->refused > 0 ? ROLE_WARN : ROLE_PLAIN, say_number(number, m->refused));
	page_pair_text(p, v, WORD_OVERVIEW_PROGRAMS, ROLE_DIM, say_number(number, m->programs));
	if (m->log.state.complete)
		page_say(p, v, ROLE_GOOD, WORD_LOOKED_COMPLETE, say_number(number, m->log.state.count),
			 say_time(at, v, m->log.state.checked_at), NULL);
	else
		page_say(p, v, ROLE_DANGER, WORD_LOOKED_INCOMPLETE, NULL);
}

static void keys(const struct view *v, struct page *p)
{
	const struct overview_model *m = v->model;
	char at[SAY_TIME];

	page_head(p, v, WORD_OVERVIEW_KEYS, NULL);
	if (m->card.rehearsed_at.v != 0)
		page_pair_say(p, v, WORD_OVERVIEW_CARD, card_due(v) ? ROLE_WARN : ROLE_GOOD, WORD_OVERVIEW_REHEARSED,
			      say_day(at, v, m->card.rehearsed_at), NULL);
	else
		page_pair_say(p, v, WORD_OVERVIEW_CARD, ROLE_WARN,
			      m->card.shown_at.v == 0 ? WORD_OVERVIEW_NEVER_SHOWN : WORD_OVERVIEW_NEVER_REHEARSED, NULL);
}

static void list(const struct view *v, struct page *p)
{
	const struct page_column column = {"", 40, 118, 0, false};
	size_t count = needs(v, NULL);
	char number[SAY_NUMBER];

	if (count == 0) {
		page_say(p, v, ROLE_GOOD, WORD_OVERVIEW_NOTHING, NULL);
	} else {
		page_head(p, v, WORD_OVERVIEW_NEEDS, say_number(number, count), NULL);
		page_columns(p, &column, 1);
		needs(v, p);
	}
	page_blank(p);
	sharing(v, p);
	page_blank(p);
	looked(v, p);
	page_blank(p);
	keys(v, p);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	const struct looked_draft looked_at = {0};

	(void)v;
	(void)text;
	if (id >= 100000)
		act_open(ret, &view_patient_asks, NULL, 0);
	else if (id >= ID_EMERGENCY)
		act_open(ret, &view_patient_looked, &looked_at, sizeof(looked_at));
	else if (id == ID_CARD)
		act_open(ret, &view_keys, NULL, 0);
	else if (id == ID_PAUSED)
		act_open(ret, &view_patient_sharing, NULL, 0);
	else {
		act_line(ret, id == ID_RECOVERY ? "key" : "log", id == ID_RECOVERY ? "refuse" : "questions");
		if (id == ID_RECOVERY)
			act_yes(ret, WORD_OVERVIEW_REFUSE_QUESTION, NULL);
		ret->shows = true;
	}
}

static void asks(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_open(ret, &view_patient_asks, NULL, 0);
}

static const struct view_act acts[] = {{ACTION_ASKS, asks}, {ACTION_NONE, NULL}};

const struct view_ops view_patient_overview = {
	.name = "patient-overview", .title = WORD_TAB_OVERVIEW, .modes = MODE_PATIENT,
	.model_size = sizeof(struct overview_model), .load = load, .release = release, .list = list, .chosen = chosen,
	.acts = acts,
};
