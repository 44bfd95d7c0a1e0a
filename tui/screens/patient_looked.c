/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked: what is unusual first, people before programs, a receipt for each. */
#include "tui/screens/patient_looked.h"

#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/common_acts.h"
#include "tui/screens/views.h"

#define ROWS_MAX 1000u /* on one page; older ones on the next */

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	(void)draft;
	(void)task;
	return events_load(model, a, info);
}

static void release(void *model)
{
	events_release(model);
}

static bool unusual(const struct app_event *e)
{
	return event_is_look(e) && (e->emergency || event_is_refused(e));
}

static void row(const struct view *v, struct page *p, size_t i)
{
	const struct events_model *m = v->model;
	const struct app_event *e = &m->events.rows[i];
	char when[SAY_TIME], deed[EVENT_TEXT], result[EVENT_TEXT], who[130];
	const char *cells[] = {
		say_time(when, v, e->at), who, event_deed(deed, v, e),
		e->emergency ? word(v->language, WORD_LOOKED_EMERGENCY)
			     : e->purpose[0] != '\0' ? say_code(v, "purpose", e->purpose) : "",
		event_result(result, v, e),
	};

	snprintf(who, sizeof(who), "%s%s%s", m->names[i].who, m->names[i].org[0] != '\0' ? ", " : "", m->names[i].org);
	page_row(p, (int)i + 1, e->emergency ? ROLE_DANGER : event_is_refused(e) ? ROLE_WARN : ROLE_PLAIN,
		 cells);
}

static bool shown(const struct view *v, const struct app_event *e)
{
	const struct looked_draft *d = v->draft;

	return d->all || event_is_personal(e);
}

/* The newest first, in so many rows from the skipped ones on. */
static void rows(const struct view *v, struct page *p, bool first)
{
	const struct events_model *m = v->model;
	const struct looked_draft *d = v->draft;
	size_t passed = 0, said = 0;

	for (size_t i = m->events.count; i > 0 && said < ROWS_MAX; i--) {
		const struct app_event *e = &m->events.rows[i - 1];

		if (unusual(e) != first || !shown(v, e) || (!first && passed++ < d->skip))
			continue;
		row(v, p, i - 1);
		said++;
	}
}

static size_t count_of(const struct view *v, bool want_unusual)
{
	const struct events_model *m = v->model;
	size_t count = 0;

	for (size_t i = 0; i < m->events.count; i++)
		count += unusual(&m->events.rows[i]) == want_unusual && shown(v, &m->events.rows[i]);
	return count;
}

static void say_state(const struct view *v, struct page *p)
{
	const struct events_model *m = v->model;
	const struct looked_draft *d = v->draft;
	char all[SAY_NUMBER], programs[SAY_NUMBER], at[SAY_TIME];
	size_t automatic = 0;

	for (size_t i = 0; i < m->events.count; i++)
		automatic += !event_is_personal(&m->events.rows[i]);
	if (m->events.complete)
		page_say(p, v, ROLE_GOOD, WORD_LOOKED_COMPLETE, say_number(all, m->events.count),
			 say_time(at, v, m->events.checked_at), NULL);
	else
		page_say(p, v, ROLE_DANGER, WORD_LOOKED_INCOMPLETE, NULL);
	if (!d->all)
		page_say(p, v, ROLE_DIM, WORD_LOOKED_HIDDEN, say_number(programs, automatic), NULL);
}

static void list(const struct view *v, struct page *p)
{
	const struct looked_draft *d = v->draft;
	const struct page_column columns[] = {
		{word(v->language, WORD_LOOKED_WHEN), 12, 14, 0, false},
		{word(v->language, WORD_LOOKED_WHO), 10, 26, 0, false},
		{word(v->language, WORD_LOOKED_WHAT), 19, 26, 1, false},
		{word(v->language, WORD_LOOKED_WHY), 9, 18, 2, false},
		{word(v->language, WORD_LOOKED_RESULT), 8, 20, 0, false},
	};
	size_t first = count_of(v, true), other = count_of(v, false);
	char number[SAY_NUMBER];

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	if (first > 0 && d->skip == 0) {
		page_head(p, v, WORD_LOOKED_FIRST, say_number(number, first), NULL);
		rows(v, p, true);
		page_blank(p);
	}
	page_head(p, v, d->all ? WORD_LOOKED_EVERYTHING : WORD_LOOKED_PEOPLE, NULL);
	if (other == 0)
		page_say(p, v, ROLE_DIM, WORD_LOOKED_NOBODY, NULL);
	rows(v, p, false);
	if (other > d->skip + ROWS_MAX)
		page_say(p, v, ROLE_NOTE, WORD_LOOKED_OLDER, say_number(number, other - d->skip - ROWS_MAX), NULL);
	page_blank(p);
	say_state(v, p);
}

/* ---- one of them ---- */

static void decisions(const struct view *v, struct page *p, const struct app_event *e)
{
	const struct events_model *m = v->model;

	for (size_t i = 0; i < e->count; i++) {
		const struct app_event_record *r = &e->records[i];
		char what[EVENT_TEXT], rule[SAY_NUMBER];
		bool given = strcmp(r->decision, "granted") == 0;

		event_record(what, v, m, &r->record);
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
	const struct events_model *m = v->model;
	const struct app_event *e;
	char text[EVENT_TEXT], number[SAY_NUMBER], when[SAY_TIME], tx[ID_HEX];

	if (id == 0)
		return;
	e = &m->events.rows[id - 1];
	page_head(p, v, WORD_RECEIPT_TITLE, say_number(number, e->n), NULL);
	page_pair_text(p, v, WORD_RECEIPT_PERSON, ROLE_PLAIN, m->names[id - 1].who);
	if (m->names[id - 1].org[0] != '\0')
		page_pair_text(p, v, WORD_RECEIPT_PLACE, ROLE_PLAIN, m->names[id - 1].org);
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
	const struct events_model *m = v->model;

	return id == 0 ? NULL : &m->events.rows[id - 1];
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
	size_t count = count_of(v, false);

	(void)id;
	if (count <= ROWS_MAX) {
		act_refuse(ret, WORD_LOOKED_NO_OLDER, NULL);
		return;
	}
	d.skip = d.skip + ROWS_MAX >= count ? 0 : d.skip + ROWS_MAX;
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
	const struct events_model *m = v->model;
	const struct app_event *e = selected(v, id);

	if (e == NULL || !event_is_look(e)) {
		act_refuse(ret, WORD_BLOCK_NOT_A_LOOK, NULL);
		return;
	}
	act_line(ret, "consent", "add");
	act_word(ret, "--deny");
	act_option(ret, "--who", m->names[id - 1].who);
	act_word(ret, "--lock");
	act_yes(ret, WORD_BLOCK_QUESTION, m->names[id - 1].who, NULL);
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

static const struct view_act acts[] = {
	{ACTION_ALL, all}, {ACTION_ASK, ask}, {ACTION_BLOCK, block}, {ACTION_VERIFY, common_log_verify},
			{ACTION_EXPORT, common_log_export},
	{ACTION_REPLY, questions}, {ACTION_HAND_OVER, receipt}, {ACTION_OLDER, older}, {ACTION_NONE, NULL},
};

const struct view_ops view_patient_looked = {
	.name = "patient-looked", .title = WORD_TAB_LOOKED, .modes = MODE_PATIENT, .split = SPLIT_BELOW,
	.model_size = sizeof(struct events_model), .draft_size = sizeof(struct looked_draft), .load = load, .release = release,
	.list = list, .detail = detail, .acts = acts,
};
