/* SPDX-License-Identifier: Apache-2.0 */
/* My requests with what became of each; and one of them with its records. */
#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/institute.h"
#include "tui/screens/patient_records.h"
#include "tui/screens/views.h"

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	(void)draft;
	(void)task;
	return asked_load(model, a, info);
}

static void release(void *model)
{
	asked_release(model);
}

static void row(const struct view *v, struct page *p, size_t i)
{
	const struct asked_model *m = v->model;
	const struct app_request *r = &m->requests.rows[i];
	enum asked_state state = asked_state(v, r);
	char at[SAY_TIME], counts[SAY_NUMBER], until[SAY_TIME];
	bool ends = state == ASKED_OPEN || state == ASKED_WAITS;
	const char *const cells[] = {
		say_time(at, v, r->at), m->names[i],
		r->emergency ? word(v->language, WORD_ASKED_EMERGENCY_SHORT) : say_use(v, r->purpose),
		word(v->language, asked_word(state)), say_number(counts, r->granted),
		ends ? say_time(until, v, r->expires) : "",
	};

	page_row(p, (int)i + 1, asked_role(state), cells);
}

static void list(const struct view *v, struct page *p)
{
	const struct asked_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_ASKED_AT), 12, 12, 1, false},
		{word(v->language, WORD_REQUEST_WHO), 12, 28, 0, false},
		{word(v->language, WORD_REQUEST_PURPOSE), 12, 24, 4, false},
		{word(v->language, WORD_ASKED_STATE), 22, 24, 0, false},
		{word(v->language, WORD_ASKED_READ), 7, 9, 3, true},
		{word(v->language, WORD_ASKED_UNTIL_SHORT), 12, 12, 2, false},
	};

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < m->requests.count; i++)
		row(v, p, i);
	if (m->requests.count == 0)
		page_say(p, v, ROLE_DIM, WORD_ASKED_NONE, NULL);
}

static const struct app_request *selected(const struct view *v, int id)
{
	const struct asked_model *m = v->model;

	return id == 0 ? NULL : &m->requests.rows[id - 1];
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct asked_model *m = v->model;

	if (id == 0)
		return;
	page_request(p, v, selected(v, id), m->names[id - 1]);
	page_say(p, v, ROLE_DIM, WORD_INST_INCOMPLETE, NULL);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct answer_draft d;

	(void)text;
	d.request = selected(v, id)->request;
	act_open(ret, &view_institute_answer, &d, sizeof(d));
}

static void get(struct act *ret, const struct view *v, int id)
{
	act_get(ret, v, selected(v, id));
}

static void close_it(struct act *ret, const struct view *v, int id)
{
	const struct asked_model *m = v->model;

	act_close(ret, selected(v, id), id == 0 ? "" : m->names[id - 1]);
}

static void review(struct act *ret, const struct view *v, int id)
{
	act_review(ret, selected(v, id));
}

static const struct view_act acts[] = {
	{ACTION_GET, get}, {ACTION_CLOSE, close_it}, {ACTION_WRITE_REVIEW, review}, {ACTION_NONE, NULL},
};

const struct view_ops view_institute_requests = {
	.name = "institute-requests", .title = WORD_ASKED_TITLE, .modes = MODE_INSTITUTE | MODE_RESEARCH, .split = SPLIT_BELOW,
	.model_size = sizeof(struct asked_model), .load = load, .release = release, .list = list, .detail = detail,
	.chosen = chosen, .acts = acts,
};

/* ---- one of them ---- */

static enum err answer_load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct answer_draft *d = draft;
	struct answer_model *m = model;

	(void)task;
	TRY(app_request_list(a, &m->all, info));
	for (size_t i = 0; i < m->all.count; i++)
		if (ID_EQUAL(m->all.rows[i].request, d->request)) {
			m->row = m->all.rows[i];
			m->there = true;
		}
	if (!m->there)
		return err_set(info, ERR_NOT_FOUND, "this request is not on this device");
	snprintf(m->name, sizeof(m->name), "%s", app_name(a, m->row.owner.b));
	return app_record_list(a, &m->records, &m->row.owner, info);
}

static void answer_release(void *model)
{
	struct answer_model *m = model;

	app_requests_release(&m->all);
	app_records_release(&m->records);
}

static const struct app_record *record_of(const struct answer_model *m, const struct record_id *id)
{
	for (size_t i = 0; i < m->records.count; i++)
		if (ID_EQUAL(m->records.rows[i].record, *id))
			return &m->records.rows[i];
	return NULL;
}

static void decided(const struct view *v, struct page *p, size_t i)
{
	const struct answer_model *m = v->model;
	const struct app_decided *d = &m->row.records[i];
	const struct app_record *r = record_of(m, &d->record);
	bool given = strcmp(d->decision, "granted") == 0;
	char id[SAY_ID], when[SAY_TIME] = "";
	const char *const cells[] = {
		r != NULL ? say_day(when, v, r->period_known ? r->period_to : r->at) : "",
		r != NULL ? say_code(v, "category", r->category) : word(v->language, WORD_ANSWER_UNKNOWN),
		word(v->language, given ? WORD_ASKED_OPEN : WORD_ASKED_WAITS), say_code(v, "code", d->form),
		say_id(id, d->record.b),
	};

	page_row(p, (int)i + 1, given ? ROLE_PLAIN : ROLE_NOTE, cells);
}

static void answer_list(const struct view *v, struct page *p)
{
	const struct answer_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_RECORDS_WHEN), 11, 12, 1, false},
		{word(v->language, WORD_RECORDS_WHAT), 12, 26, 0, false},
		{word(v->language, WORD_ASKED_STATE), 14, 28, 0, false},
		{word(v->language, WORD_RECORDS_FORM), 10, 14, 2, false}, {"", 8, 8, 3, false},
	};

	page_request(p, v, &m->row, m->name);
	page_blank(p);
	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < m->row.count; i++)
		decided(v, p, i);
	if (m->row.count == 0)
		page_say(p, v, ROLE_PLAIN, WORD_ANSWER_NOTHING, NULL);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_INST_INCOMPLETE, NULL);
}

static void answer_chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	const struct answer_model *m = v->model;
	struct record_draft d;

	(void)text;
	if (!asked_readable(v, &m->row)) {
		act_refuse(ret, WORD_GET_NOTHING, NULL);
		return;
	}
	if (strcmp(m->row.records[id - 1].decision, "granted") != 0) {
		act_refuse(ret, WORD_ANSWER_WAITS, NULL);
		return;
	}
	d.record = m->row.records[id - 1].record;
	act_open(ret, &view_record, &d, sizeof(d));
}

static void answer_read(struct act *ret, const struct view *v, int id)
{
	const struct answer_model *m = v->model;
	struct patient_draft d = {.owner = m->row.owner};

	(void)id;
	if (!asked_readable(v, &m->row)) {
		act_refuse(ret, WORD_GET_NOTHING, NULL);
		return;
	}
	snprintf(d.name, sizeof(d.name), "%s", m->name);
	act_open(ret, &view_institute_patient, &d, sizeof(d));
}

static void answer_get(struct act *ret, const struct view *v, int id)
{
	(void)id;
	act_get(ret, v, &((const struct answer_model *)v->model)->row);
}

static void answer_close(struct act *ret, const struct view *v, int id)
{
	const struct answer_model *m = v->model;

	(void)id;
	act_close(ret, &m->row, m->name);
}

static void answer_review(struct act *ret, const struct view *v, int id)
{
	(void)id;
	act_review(ret, &((const struct answer_model *)v->model)->row);
}

static const struct view_act answer_acts[] = {
	{ACTION_SUMMARY, answer_read}, {ACTION_GET, answer_get}, {ACTION_CLOSE, answer_close},
	{ACTION_WRITE_REVIEW, answer_review}, {ACTION_NONE, NULL},
};

const struct view_ops view_institute_answer = {
	.name = "institute-answer", .title = WORD_ANSWER_TITLE, .modes = MODE_INSTITUTE | MODE_RESEARCH,
	.model_size = sizeof(struct answer_model), .draft_size = sizeof(struct answer_draft), .load = answer_load,
	.release = answer_release, .list = answer_list, .chosen = answer_chosen, .acts = answer_acts,
};
