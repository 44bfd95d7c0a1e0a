/* SPDX-License-Identifier: Apache-2.0 */
/* Stand in somebody's place and see what she would get, with the rule that decides; who may read one record; why. */
#include "tui/screens/patient_try.h"

#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/views.h"

enum { ID_AS = 1000001, ID_ON, ID_EMERGENCY, ID_PURPOSE = 1000100 };

static struct app_question question_of(const struct try_draft *d)
{
	return (struct app_question){.as = d->as, .purpose = code_purposes[d->purpose],
				     .on = d->on[0] != '\0' ? d->on : NULL, .emergency = d->emergency};
}

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct app_question q = question_of(draft);
	struct try_model *m = model;

	(void)task;
	m->whole = q.as[0] != '\0';
	return m->whole ? app_consent_try(a, &m->answers, &q, info) : ERR_OK;
}

static void release(void *model)
{
	app_answers_release(&((struct try_model *)model)->answers);
}

/* Of one kind of record: how many are given. */
static void kinds(const struct view *v, struct page *p, const struct app_answers *x)
{
	for (size_t c = 0; code_categories[c] != NULL; c++) {
		size_t all = 0, given = 0;
		char yes[SAY_NUMBER], of[SAY_NUMBER];

		for (size_t i = 0; i < x->count; i++) {
			if (strcmp(x->rows[i].category, code_categories[c]) != 0)
				continue;
			all++;
			given += strcmp(x->rows[i].decision, "granted") == 0;
		}
		if (all > 0)
			page_say(p, v, given == all ? ROLE_MORE : given == 0 ? ROLE_LESS : ROLE_PLAIN, WORD_TRY_KIND,
				 say_code(v, "category", code_categories[c]), say_number(yes, given), say_number(of, all),
						NULL);
	}
}

static void answer_rows(const struct view *v, struct page *p, const struct app_answers *x)
{
	for (size_t i = 0; i < x->count; i++) {
		const struct app_answer *r = &x->rows[i];
		char id[SAY_ID], rule[SAY_NUMBER + 8];
		const char *const cells[] = {
			say_code(v, "category", r->category), say_id(id, r->record.b), say_code(v, "code", r->decision),
			r->form[0] != '\0' ? say_code(v, "code", r->form) : "", rule,
		};

		if (r->rule != 0)
			snprintf(rule, sizeof(rule), "%u", r->rule);
		else
			snprintf(rule, sizeof(rule), "%s", "-");
		page_row(p, (int)i + 1, strcmp(r->decision, "granted") == 0 ? ROLE_MORE : ROLE_PLAIN, cells);
	}
}

static void results(const struct view *v, struct page *p)
{
	const struct try_model *m = v->model;
	char yes[SAY_NUMBER], ask[SAY_NUMBER], no[SAY_NUMBER];

	page_head(p, v, WORD_TRY_RESULT, say_number(yes, m->answers.readable), say_number(ask, m->answers.asked),
		  say_number(no, m->answers.refused), NULL);
	answer_rows(v, p, &m->answers);
}

static void list(const struct view *v, struct page *p)
{
	const struct try_draft *d = v->draft;
	const struct try_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_TRY_RECORD), 12, 26, 0, false}, {"", 8, 8, 2, false},
		{word(v->language, WORD_TRY_ANSWER), 7, 9, 0, false}, {word(v->language, WORD_TRY_FORM), 6, 14, 1, false},
		{word(v->language, WORD_TRY_RULE), 4, 5, 0, true},
	};

	page_field_say(p, v, ID_AS, WORD_TRY_AS, d->as);
	page_field_say(p, v, ID_ON, WORD_TRY_ON, d->on);
	page_choice_say(p, v, ID_EMERGENCY, WORD_TRY_EMERGENCY, d->emergency, false);
	for (int i = 0; code_purposes[i] != NULL; i++)
		page_choice(p, ID_PURPOSE + i, say_code(v, "purpose", code_purposes[i]), d->purpose == i, true);
	page_blank(p);
	if (!m->whole) {
		page_say(p, v, ROLE_NOTE, WORD_TRY_WHO, NULL);
		return;
	}
	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	results(v, p);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct try_model *m = v->model;

	(void)id;
	page_head(p, v, WORD_TRY_KINDS, NULL);
	if (!m->whole)
		page_say(p, v, ROLE_DIM, WORD_TRY_WHO, NULL);
	kinds(v, p, &m->answers);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_TRY_HOW, NULL);
}

static void why_of(struct act *ret, const struct view *v, int id)
{
	const struct try_model *m = v->model;
	struct why_draft d = {.q = *(const struct try_draft *)v->draft};

	if (id < 1 || (size_t)id > m->answers.count) {
		act_refuse(ret, WORD_TRY_NO_ROW, NULL);
		return;
	}
	d.record = m->answers.rows[id - 1].record;
	act_open(ret, &view_patient_why, &d, sizeof(d));
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct try_draft d = *(const struct try_draft *)v->draft;

	if (text == NULL && id < ID_AS) {
		why_of(ret, v, id);
		return;
	}
	if (id == ID_AS && text != NULL)
		snprintf(d.as, sizeof(d.as), "%.*s", (int)sizeof(d.as) - 1, text);
	else if (id == ID_ON && text != NULL)
		snprintf(d.on, sizeof(d.on), "%.*s", (int)sizeof(d.on) - 1, text);
	else if (id == ID_EMERGENCY)
		d.emergency = !d.emergency;
	else if (id >= ID_PURPOSE)
		d.purpose = id - ID_PURPOSE;
	act_draft(ret, &d, sizeof(d));
}

static const struct view_act try_acts[] = {{ACTION_WHY, why_of}, {ACTION_NONE, NULL}};

const struct view_ops view_patient_try = {
	.name = "patient-try", .title = WORD_TRY_TITLE, .modes = MODE_PATIENT, .split = SPLIT_RIGHT,
	.model_size = sizeof(struct try_model), .draft_size = sizeof(struct try_draft), .draft_loads = true, .load = load,
	.release = release, .list = list, .detail = detail, .chosen = chosen, .acts = try_acts,
};

/* ---- why ---- */

static enum err why_load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct why_draft *d = draft;
	const struct app_question q = question_of(&d->q);

	(void)task;
	return app_consent_why(a, model, &d->record, &q, info);
}

static void why_release(void *model)
{
	app_why_release(model);
}

static void why_list(const struct view *v, struct page *p)
{
	const struct why_draft *d = v->draft;
	const struct app_why *m = v->model;
	char id[SAY_ID], rule[SAY_NUMBER];

	page_head(p, v, WORD_WHY_TITLE, d->q.as, say_code(v, "purpose", code_purposes[d->q.purpose]),
		  say_id(id, d->record.b), NULL);
	page_pair_text(p, v, WORD_WHY_DECISION, ROLE_PLAIN, say_code(v, "code", m->decision));
	if (m->rule != 0)
		page_pair_text(p, v, WORD_WHY_RULE, ROLE_PLAIN, say_number(rule, m->rule));
	page_blank(p);
	for (const char *at = m->text; at != NULL && *at != '\0';) {
		size_t len = strcspn(at, "\n");
		char line[1024];

		snprintf(line, sizeof(line), "%.*s", (int)len, at);
		page_text(p, ROLE_PLAIN, line);
		at += len + (at[len] != '\0');
	}
}

const struct view_ops view_patient_why = {
	.name = "patient-why", .title = WORD_WHY_VIEW, .modes = MODE_PATIENT, .model_size = sizeof(struct app_why),
	.draft_size = sizeof(struct why_draft), .load = why_load, .release = why_release, .list = why_list,
};

/* ---- who may read ---- */

static enum err who_load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct who_draft *d = draft;

	(void)task;
	return app_consent_who(a, model, &d->record, info);
}

static void who_release(void *model)
{
	app_answers_release(model);
}

static void who_list(const struct view *v, struct page *p)
{
	const struct app_answers *m = v->model;
	const struct who_draft *d = v->draft;
	const struct page_column columns[] = {
		{word(v->language, WORD_WHO_PERSON), 10, 30, 0, false}, {word(v->language, WORD_WHO_PURPOSE), 10, 24, 0, false},
		{word(v->language, WORD_TRY_ANSWER), 7, 9, 0, false}, {word(v->language, WORD_TRY_FORM), 6, 14, 1, false},
		{word(v->language, WORD_TRY_RULE), 4, 5, 0, true},
	};
	char id[SAY_ID];

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	page_head(p, v, WORD_WHO_TITLE, say_id(id, d->record.b), NULL);
	for (size_t i = 0; i < m->count; i++) {
		const struct app_answer *r = &m->rows[i];
		char rule[SAY_NUMBER];
		const char *const cells[] = {
			r->who, say_code(v, "purpose", r->purpose), say_code(v, "code", r->decision),
			r->form[0] != '\0' ? say_code(v, "code", r->form) : "", r->rule != 0 ? say_number(rule, r->rule) : "-",
		};

		page_row(p, (int)i + 1, strcmp(r->decision, "granted") == 0 ? ROLE_MORE : ROLE_PLAIN, cells);
	}
	if (m->count == 0)
		page_say(p, v, ROLE_DIM, WORD_WHO_NOBODY, NULL);
}

const struct view_ops view_patient_who = {
	.name = "patient-who", .title = WORD_WHO_VIEW, .modes = MODE_PATIENT, .model_size = sizeof(struct app_answers),
	.draft_size = sizeof(struct who_draft), .load = who_load, .release = who_release, .list = who_list,
};
