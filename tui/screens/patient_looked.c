/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked: what is unusual first, people before programs, a receipt for each. */
#include "tui/screens/patient_looked.h"

#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/common_acts.h"
#include "tui/screens/views.h"

static bool unusual(const struct app_event *e)
{
	return event_is_look(e) && (e->emergency || event_is_refused(e));
}

/* The cells of a row in words. */
struct cells {
	char when[SAY_TIME], who[EVENT_WHO], deed[EVENT_TEXT], result[EVENT_TEXT];
	const char *text[5];
};

static void fill_cells(struct cells *c, const struct view *v, const struct app_event *e, const char *who, const char *org)
{
	c->text[0] = say_time(c->when, v, e->at);
	c->text[1] = event_who(c->who, who, org);
	c->text[2] = event_deed(c->deed, v, e);
	c->text[3] = e->emergency ? word(v->language, WORD_LOOKED_EMERGENCY)
				  : e->purpose[0] != '\0' ? say_code(v, "purpose", e->purpose) : "";
	c->text[4] = event_result(c->result, v, e);
}

/* ---- which entries ---- */

static bool found(const struct looked_draft *d, const struct app_event *e, const char *who, const char *org)
{
	const struct view v = {.language = d->language, .now = d->now, .utc = d->utc};
	struct cells c;

	if (d->find[0] == '\0')
		return true;
	fill_cells(&c, &v, e, who, org);
	return view_filter(d->find, c.text, sizeof(c.text) / sizeof(c.text[0]));
}

enum events_pick looked_pick(struct looked_model *m, const struct looked_draft *d, const struct app_event *e,
			     const char *who, const char *org)
{
	bool personal = event_is_personal(e);

	m->programs += !personal;
	if ((!personal && !d->all) || !found(d, e, who, org))
		return EVENTS_PASS;
	if (unusual(e) && m->first < LOOKED_FIRST_MAX) {
		m->first++;
		return d->skip == 0 ? EVENTS_KEEP : EVENTS_PASS;
	}
	m->others++;
	return m->others > d->skip && m->others <= d->skip + LOOKED_PAGE ? EVENTS_KEEP : EVENTS_PASS;
}

struct picking {
	struct looked_model *m;
	const struct looked_draft *d;
};

static enum events_pick pick(void *self, struct app *a, const struct app_event *e)
{
	struct picking *p = self;

	return looked_pick(p->m, p->d, e, app_name(a, e->who.b), event_org(a, e));
}

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct looked_model *m = model;
	struct picking p = {m, draft};

	(void)task;
	return events_load(&m->log, a, pick, &p, info);
}

static void release(void *model)
{
	struct looked_model *m = model;

	events_release(&m->log);
}

/* ---- rows ---- */

static void row(const struct view *v, struct page *p, size_t i)
{
	const struct looked_model *m = v->model;
	const struct event_row *r = &m->log.rows[i];
	struct cells c;

	fill_cells(&c, v, &r->e, r->who, r->org);
	page_row(p, (int)r->e.n, r->e.emergency ? ROLE_DANGER : event_is_refused(&r->e) ? ROLE_WARN : ROLE_PLAIN, c.text);
}

/* Those on top, or the others.  On pages of older ones none is on top. */
static void rows(const struct view *v, struct page *p, bool top)
{
	const struct looked_model *m = v->model;
	const struct looked_draft *d = v->draft;
	size_t left = d->skip == 0 ? m->first : 0;

	for (size_t i = 0; i < m->log.count; i++) {
		bool on_top = left > 0 && unusual(&m->log.rows[i].e);

		left -= on_top;
		if (on_top == top)
			row(v, p, i);
	}
}

static void say_state(const struct view *v, struct page *p)
{
	const struct looked_model *m = v->model;
	const struct looked_draft *d = v->draft;
	char all[SAY_NUMBER], number[SAY_NUMBER], at[SAY_TIME];

	if (m->log.state.complete)
		page_say(p, v, ROLE_GOOD, WORD_LOOKED_COMPLETE, say_number(all, m->log.state.count),
			 say_time(at, v, m->log.state.checked_at), NULL);
	else
		page_say(p, v, ROLE_DANGER, WORD_LOOKED_INCOMPLETE, NULL);
	if (d->find[0] != '\0')
		page_say(p, v, ROLE_NOTE, WORD_LOOKED_FIND_RESULT, d->find, say_number(number, m->first + m->others), NULL);
	if (!d->all)
		page_say(p, v, ROLE_DIM, WORD_LOOKED_HIDDEN, say_number(number, m->programs), NULL);
}

static void list(const struct view *v, struct page *p)
{
	const struct looked_model *m = v->model;
	const struct looked_draft *d = v->draft;
	const struct page_column columns[] = {
		{word(v->language, WORD_LOOKED_WHEN), 12, 14, 0, false},
		{word(v->language, WORD_LOOKED_WHO), 10, 26, 0, false},
		{word(v->language, WORD_LOOKED_WHAT), 19, 26, 1, false},
		{word(v->language, WORD_LOOKED_WHY), 9, 18, 2, false},
		{word(v->language, WORD_LOOKED_RESULT), 8, 20, 0, false},
	};
	char number[SAY_NUMBER];

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	if (m->first > 0 && d->skip == 0) {
		page_head(p, v, WORD_LOOKED_FIRST, say_number(number, m->first), NULL);
		rows(v, p, true);
		page_blank(p);
	}
	page_head(p, v, d->all ? WORD_LOOKED_EVERYTHING : WORD_LOOKED_PEOPLE, NULL);
	if (m->others == 0)
		page_say(p, v, ROLE_DIM, WORD_LOOKED_NOBODY, NULL);
	rows(v, p, false);
	if (m->others > d->skip + LOOKED_PAGE)
		page_say(p, v, ROLE_NOTE, WORD_LOOKED_OLDER, say_number(number, m->others - d->skip - LOOKED_PAGE), NULL);
	page_blank(p);
	say_state(v, p);
}

/* ---- one of them ---- */

static void decisions(const struct view *v, struct page *p, const struct app_event *e)
{
	const struct looked_model *m = v->model;

	for (size_t i = 0; i < e->count; i++) {
		const struct app_event_record *r = &e->records[i];
		char what[EVENT_TEXT], rule[SAY_NUMBER];
		bool given = strcmp(r->decision, "granted") == 0;

		event_record(what, v, &m->log, &r->record);
		if (r->decision[0] == '\0')
			page_text(p, ROLE_PLAIN, what);
		else if (r->rule != 0)
			page_say(p, v, given ? ROLE_PLAIN : ROLE_WARN, WORD_RECEIPT_BY_RULE, what,
				 say_code(v, "code", r->decision), say_code(v, "code", r->form), say_number(rule, r->rule),
						NULL);
		else
			page_say(p, v, given ? ROLE_PLAIN : ROLE_WARN, WORD_RECEIPT_BY_OTHER, what,
				 say_code(v, "code", r->decision), say_code(v, "code", r->form), r->reason, NULL);
	}
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct looked_model *m = v->model;
	const struct event_row *r = events_row(&m->log, (uint64_t)id);
	const struct app_event *e;
	char text[EVENT_TEXT], number[SAY_NUMBER], when[SAY_TIME], tx[ID_HEX];

	if (r == NULL)
		return;
	e = &r->e;
	page_head(p, v, WORD_RECEIPT_TITLE, say_number(number, e->n), NULL);
	page_pair_text(p, v, WORD_RECEIPT_PERSON, ROLE_PLAIN, r->who);
	if (r->org[0] != '\0')
		page_pair_text(p, v, WORD_RECEIPT_PLACE, ROLE_PLAIN, r->org);
	page_pair_text(p, v, WORD_RECEIPT_DID, e->emergency ? ROLE_DANGER : ROLE_PLAIN, event_deed(text, v, e));
	if (e->purpose[0] != '\0')
		page_pair_text(p, v, WORD_RECEIPT_WHY, ROLE_PLAIN, say_code(v, "purpose", e->purpose));
	page_pair_text(p, v, WORD_RECEIPT_WHEN, ROLE_PLAIN, say_time(when, v, e->at));
	if (e->policy_version != 0)
		page_pair_say(p, v, WORD_RECEIPT_RULES, ROLE_PLAIN, WORD_RECEIPT_VERSION, say_number(text, e->policy_version),
				NULL);
	page_pair_say(p, v, WORD_RECEIPT_PROOF, ROLE_PLAIN, WORD_RECEIPT_BLOCK, say_number(number, e->height), NULL);
	hex_encode(tx, e->tx.b, ID_SIZE);
	page_pair_text(p, v, WORD_RECEIPT_TX, ROLE_DIM, tx);
	if (e->count > 0)
		page_head(p, v, WORD_RECEIPT_RECORDS, NULL);
	decisions(v, p, e);
}

/* ---- acts ---- */

static const struct app_event *selected(const struct view *v, int id)
{
	const struct looked_model *m = v->model;
	const struct event_row *r = events_row(&m->log, (uint64_t)id);

	return r == NULL ? NULL : &r->e;
}

static void all(struct act *ret, const struct view *v, int id)
{
	struct looked_draft d = *(const struct looked_draft *)v->draft;

	(void)id;
	d.all = !d.all;
	d.skip = 0;
	act_draft(ret, &d, sizeof(d));
}

static void older(struct act *ret, const struct view *v, int id)
{
	struct looked_draft d = *(const struct looked_draft *)v->draft;
	const struct looked_model *m = v->model;

	(void)id;
	if (m->others <= LOOKED_PAGE) {
		act_refuse(ret, WORD_LOOKED_NO_OLDER, NULL);
		return;
	}
	d.skip = d.skip + LOOKED_PAGE >= m->others ? 0 : d.skip + LOOKED_PAGE;
	act_draft(ret, &d, sizeof(d));
}

static void ask(struct act *ret, const struct view *v, int id)
{
	const struct app_event *e = selected(v, id);
	struct line_form_draft d = {
		.title = WORD_ASK_TITLE, .help = WORD_ASK_HELP, .label = WORD_ASK_LABEL, .question = WORD_ASK_QUESTION,
		.ready = {WORD_ASK_READY_WHY, WORD_ASK_READY_NOT_TREATED, WORD_ASK_READY_WHAT}, .option = "--text",
	};
	char number[SAY_NUMBER];

	if (e == NULL || !event_is_look(e)) {
		act_refuse(ret, WORD_ASK_NOT_A_LOOK, NULL);
		return;
	}
	line_form_words(&d, (const char *const[]){"log", "ask", say_number(number, e->n)}, 3);
	act_line_form(ret, &d);
}

static void block(struct act *ret, const struct view *v, int id)
{
	const struct looked_model *m = v->model;
	const struct event_row *r = events_row(&m->log, (uint64_t)id);

	if (r == NULL || !event_is_look(&r->e)) {
		act_refuse(ret, WORD_BLOCK_NOT_A_LOOK, NULL);
		return;
	}
	act_line(ret, "consent", "add");
	act_word(ret, "--deny");
	act_option(ret, "--who", r->who);
	act_word(ret, "--lock");
	act_yes(ret, WORD_BLOCK_QUESTION, r->who, NULL);
}

/* Everything about one entry, with what was asked about it, to hand to somebody. */
static void receipt(struct act *ret, const struct view *v, int id)
{
	const struct app_event *e = selected(v, id);
	char number[SAY_NUMBER];

	if (e == NULL) {
		act_refuse(ret, WORD_LOOKED_CHOOSE, NULL);
		return;
	}
	act_line(ret, "log", "show");
	act_word(ret, say_number(number, e->n));
	ret->shows = true;
}

static void questions(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_line(ret, "log", "questions");
	ret->shows = true;
}

/* In all entries, not only in those of this page. */
static void find(struct act *ret, const struct view *v, const char *text)
{
	struct looked_draft d = *(const struct looked_draft *)v->draft;

	snprintf(d.find, sizeof(d.find), "%s", text);
	d.language = v->language;
	d.utc = v->utc;
	d.now = v->now;
	d.skip = 0;
	act_draft(ret, &d, sizeof(d));
}

static const struct view_act acts[] = {
	{ACTION_ALL, all}, {ACTION_ASK, ask}, {ACTION_BLOCK, block}, {ACTION_VERIFY, common_log_verify},
			{ACTION_EXPORT, common_log_export},
	{ACTION_REPLY, questions}, {ACTION_HAND_OVER, receipt}, {ACTION_OLDER, older}, {ACTION_NONE, NULL},
};

const struct view_ops view_patient_looked = {
	.name = "patient-looked", .title = WORD_TAB_LOOKED, .modes = MODE_PATIENT, .split = SPLIT_BELOW,
	.model_size = sizeof(struct looked_model), .draft_size = sizeof(struct looked_draft), .draft_loads = true, .load = load,
	.release = release, .list = list, .detail = detail, .find = find, .acts = acts,
};
