/* SPDX-License-Identifier: Apache-2.0 */
/* One record, read; and all of them as one summary. */
#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/patient_records.h"
#include "tui/screens/views.h"

/* In full, or without names when no more was granted. */
static enum err read_form(struct record_model *m, struct app *a, const struct record_id *record, struct err_info *info)
{
	enum err e = app_record_read(a, &m->bytes, record, m->form = "full", info);

	if (e == ERR_REFUSED && m->row.rendition_count > 1)
		e = app_record_read(a, &m->bytes, record, m->form = "deid", info);
	return e;
}

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct record_draft *d = draft;
	struct record_model *m = model;
	enum err e;

	(void)task;
	TRY(app_record_show(a, &m->row, &d->record, info));
	TRY(read_form(m, a, &d->record, info));
	e = app_record_view(&m->view, buf_bytes(&m->bytes), info);
	if (e == ERR_FHIR) {
		m->attachment = app_attachment_words(buf_bytes(&m->bytes));
		return ERR_OK;
	}
	return e;
}

static void release(void *model)
{
	struct record_model *m = model;

	app_view_release(&m->view);
	app_record_forget(&m->bytes);
}

static const struct page_column *columns_of(const struct view *v, struct page_column columns[4])
{
	columns[0] = (struct page_column){word(v->language, WORD_RECORD_DATE), 10, 11, 1, false};
	columns[1] = (struct page_column){word(v->language, WORD_RECORD_WHAT), 20, 44, 0, false};
	columns[2] = (struct page_column){word(v->language, WORD_RECORD_VALUE), 10, 34, 0, false};
	columns[3] = (struct page_column){word(v->language, WORD_RECORD_NOTE), 6, 20, 2, false};
	return columns;
}

/* A flag is in words beside the colour. */
static void view_row(struct page *p, int id, const struct app_view_row *r)
{
	char day[SAY_TIME];
	const char *const cells[] = {say_date(day, r->date), r->title, r->detail, r->flag[0] != '\0' ? r->flag : r->status};

	page_row(p, id, r->flag[0] != '\0' ? ROLE_WARN : ROLE_PLAIN, cells);
}

static void list(const struct view *v, struct page *p)
{
	const struct record_model *m = v->model;
	struct page_column columns[4];
	const char *section = "";
	char number[SAY_NUMBER];

	if (m->attachment != NULL) {
		page_head(p, v, WORD_RECORD_ATTACHMENT, m->attachment, NULL);
		page_say(p, v, ROLE_PLAIN, WORD_RECORD_ATTACHMENT_HOW, NULL);
		return;
	}
	page_columns(p, columns_of(v, columns), 4);
	for (size_t i = 0; i < m->view.count; i++) {
		if (strcmp(section, m->view.rows[i].section) != 0)
			page_heading(p, section = m->view.rows[i].section);
		view_row(p, (int)i + 1, &m->view.rows[i]);
	}
	if (m->view.not_shown > 0)
		page_say(p, v, ROLE_NOTE, WORD_RECORD_NOT_SHOWN, say_number(number, m->view.not_shown), NULL);
}

static void row_detail(const struct view *v, struct page *p, const struct app_view_row *r)
{
	page_heading(p, r->title);
	if (r->detail[0] != '\0')
		page_pair_text(p, v, WORD_RECORD_VALUE, ROLE_PLAIN, r->detail);
	if (r->range[0] != '\0')
		page_pair_text(p, v, WORD_RECORD_RANGE, ROLE_PLAIN, r->range);
	if (r->flag[0] != '\0')
		page_pair_text(p, v, WORD_RECORD_NOTE, ROLE_WARN, r->flag);
	if (r->status[0] != '\0')
		page_pair_text(p, v, WORD_RECORDS_STATE, ROLE_PLAIN, r->status);
	if (r->date[0] != '\0')
		page_pair_text(p, v, WORD_RECORD_DATE, ROLE_PLAIN, r->date);
	if (r->source[0] != '\0')
		page_pair_text(p, v, WORD_RECORD_SOURCE, ROLE_DIM, r->source);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct record_model *m = v->model;

	if (id > 0 && (size_t)id <= m->view.count)
		row_detail(v, p, &m->view.rows[id - 1]);
}

static bool is_deid(const struct record_model *m)
{
	return m->form != NULL && strcmp(m->form, "deid") == 0;
}

static void open_files(struct act *ret, const struct view *v, int id)
{
	const struct record_model *m = v->model;
	char hex[ID_HEX];

	(void)id;
	hex_encode(hex, m->row.record.b, ID_SIZE);
	act_line(ret, "record", "files");
	act_word(ret, hex);
	act_option(ret, "--form", is_deid(m) ? m->form : NULL);
	ret->shows = true;
}

static void export(struct act *ret, const struct view *v, int id)
{
	const struct record_model *m = v->model;
	struct line_form_draft d = {.title = WORD_RECORDS_EXPORT, .help = WORD_RECORDS_EXPORT_HELP, .label = WORD_FORM_FILE,
				    .option = "--out"};
	char hex[ID_HEX];

	(void)id;
	hex_encode(hex, m->row.record.b, ID_SIZE);
	line_form_words(&d, (const char *const[]){"record", "export", hex, "--form", "deid"}, is_deid(m) ? 5 : 3);
	act_line_form(ret, &d);
}

static void raw(struct act *ret, const struct view *v, int id)
{
	(void)id;
	act_open(ret, &view_record_raw, v->draft, sizeof(struct record_draft));
}

static const struct view_act acts[] = {
	{ACTION_EXPORT, export}, {ACTION_FILES, open_files}, {ACTION_RAW, raw}, {ACTION_NONE, NULL},
};

const struct view_ops view_record = {
	.name = "record", .title = WORD_RECORD_TITLE, .modes = MODE_ANY, .split = SPLIT_BELOW,
	.model_size = sizeof(struct record_model), .draft_size = sizeof(struct record_draft), .load = load, .release = release,
	.list = list, .detail = detail, .acts = acts,
};

/* ---- all of them ---- */

static enum err summary_load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	(void)draft;
	(void)task;
	return app_summary(a, model, NULL, NULL, info);
}

static void summary_release(void *model)
{
	app_summary_release(model);
}

static void counts(const struct view *v, struct page *p, const struct app_summary *m)
{
	char read[SAY_NUMBER], number[SAY_NUMBER];

	page_say(p, v, ROLE_DIM, WORD_SUMMARY_READ, say_number(read, m->records), NULL);
	if (m->attachments > 0)
		page_say(p, v, ROLE_NOTE, WORD_SUMMARY_ATTACHMENTS, say_number(number, m->attachments), NULL);
	if (m->large + m->refused + m->unread > 0)
		page_say(p, v, ROLE_WARN, WORD_SUMMARY_UNREAD, say_number(number, m->large + m->refused + m->unread), NULL);
}

static void summary_list(const struct view *v, struct page *p)
{
	const struct app_summary *m = v->model;
	struct page_column columns[4];

	page_columns(p, columns_of(v, columns), 4);
	for (size_t s = 0; m->sections != NULL && m->sections[s] != NULL; s++) {
		size_t count = 0;

		page_heading(p, m->sections[s]);
		for (size_t i = 0; i < m->count; i++) {
			if (strcmp(m->rows[i].row.section, m->sections[s]) != 0)
				continue;
			view_row(p, (int)i + 1, &m->rows[i].row);
			count++;
		}
		if (count == 0)
			page_say(p, v, ROLE_DIM, WORD_FRAME_NOTHING, NULL);
	}
	page_blank(p);
	counts(v, p, m);
}

static void summary_detail(const struct view *v, struct page *p, int id)
{
	const struct app_summary *m = v->model;
	const struct app_summary_row *r;
	char when[SAY_TIME], short_id[SAY_ID];

	if (id < 1 || (size_t)id > m->count)
		return;
	r = &m->rows[id - 1];
	row_detail(v, p, &r->row);
	if (r->trend[0] != '\0')
		page_pair_text(p, v, WORD_SUMMARY_TREND, ROLE_PLAIN, r->trend);
	if (r->numbers[0] != '\0')
		page_pair_text(p, v, WORD_SUMMARY_NUMBERS, ROLE_PLAIN, r->numbers);
	page_pair_say(p, v, WORD_RECORDS_ID, ROLE_DIM, WORD_SUMMARY_FROM, say_id(short_id, r->record.b),
		      say_time(when, v, r->at), NULL);
}

static void summary_chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	const struct app_summary *m = v->model;
	struct record_draft d;

	(void)text;
	d.record = m->rows[id - 1].record;
	act_open(ret, &view_record, &d, sizeof(d));
}

const struct view_ops view_patient_summary = {
	.name = "patient-summary", .title = WORD_SUMMARY_TITLE, .modes = MODE_PATIENT, .split = SPLIT_BELOW,
	.model_size = sizeof(struct app_summary), .load = summary_load, .release = summary_release, .list = summary_list,
	.detail = summary_detail, .chosen = summary_chosen,
};
