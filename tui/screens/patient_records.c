/* SPDX-License-Identifier: Apache-2.0 */
/* My records: by time or by kind, and what can be done with one. */
#include "tui/screens/patient_records.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/patient_try.h"
#include "tui/screens/views.h"

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct records_model *m = model;

	(void)draft;
	(void)task;
	TRY(app_record_list(a, &m->records, NULL, info));
	m->from = calloc(m->records.count + 1, sizeof(*m->from));
	if (m->from == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->records.count; i++)
		snprintf(m->from[i], sizeof(m->from[i]), "%s", app_name(a, m->records.rows[i].from.b));
	return ERR_OK;
}

static void release(void *model)
{
	struct records_model *m = model;

	app_records_release(&m->records);
	free(m->from);
}

static bool is_current(const struct app_record *r)
{
	return strcmp(r->status, "live") == 0;
}

static void row(const struct view *v, struct page *p, size_t i)
{
	const struct records_model *m = v->model;
	const struct app_record *r = &m->records.rows[i];
	char when[SAY_TIME], labels[SAY_CODES], id[SAY_ID];
	const char *const cells[] = {
		r->period_known ? say_day(when, v, r->period_to) : say_day(when, v, r->at),
				say_code(v, "category", r->category),
		say_codes(labels, v, "label", r->labels), m->from[i], say_id(id, r->record.b),
	};

	page_row(p, (int)i + 1, is_current(r) ? ROLE_PLAIN : ROLE_DIM, cells);
}

static void by_kind(const struct view *v, struct page *p)
{
	const struct records_model *m = v->model;

	for (size_t c = 0; code_categories[c] != NULL; c++) {
		size_t count = 0;
		char number[SAY_NUMBER];

		for (size_t i = 0; i < m->records.count; i++)
			count += strcmp(m->records.rows[i].category, code_categories[c]) == 0;
		if (count == 0)
			continue;
		page_head(p, v, WORD_RECORDS_KIND, say_code(v, "category", code_categories[c]), say_number(number, count),
				NULL);
		for (size_t i = m->records.count; i > 0; i--)
			if (strcmp(m->records.rows[i - 1].category, code_categories[c]) == 0)
				row(v, p, i - 1);
	}
}

static void list(const struct view *v, struct page *p)
{
	const struct records_model *m = v->model;
	const struct records_draft *d = v->draft;
	const struct page_column columns[] = {
		{word(v->language, WORD_RECORDS_WHEN), 11, 12, 0, false},
		{word(v->language, WORD_RECORDS_WHAT), 14, 26, 0, false},
		{word(v->language, WORD_RECORDS_SENSITIVE), 9, 24, 2, false},
		{word(v->language, WORD_RECORDS_FROM), 8, 20, 1, false}, {"", 8, 8, 3, false},
	};

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	if (m->records.count == 0)
		page_say(p, v, ROLE_DIM, WORD_RECORDS_NONE, NULL);
	if (d->by_kind)
		by_kind(v, p);
	for (size_t i = m->records.count; !d->by_kind && i > 0; i--)
		row(v, p, i - 1);
}

static const struct app_record *selected(const struct view *v, int id)
{
	const struct records_model *m = v->model;

	return id == 0 ? NULL : &m->records.rows[id - 1];
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct records_model *m = v->model;
	const struct app_record *r = selected(v, id);
	char text[SAY_CODES], hex[ID_HEX], number[SAY_NUMBER];

	if (r == NULL)
		return;
	page_pair_text(p, v, WORD_RECORDS_WHAT, ROLE_PLAIN, say_code(v, "category", r->category));
	page_pair_text(p, v, WORD_RECORDS_SENSITIVE, ROLE_PLAIN,
		       r->labels[0] != '\0' ? say_codes(text, v, "label", r->labels) : "-");
	page_pair_text(p, v, WORD_RECORDS_FROM, ROLE_PLAIN, m->from[id - 1]);
	page_pair_text(p, v, WORD_RECORDS_DEPOSITED, ROLE_PLAIN, say_time(text, v, r->at));
	if (!is_current(r))
		page_pair_text(p, v, WORD_RECORDS_STATE, ROLE_WARN, r->status);
	for (size_t i = 0; i < r->rendition_count; i++)
		page_pair_say(p, v, WORD_RECORDS_FORM, ROLE_PLAIN, WORD_RECORDS_BYTES,
				say_code(v, "code", r->renditions[i].form),
			      say_number(number, r->renditions[i].bytes), NULL);
	hex_encode(hex, r->record.b, ID_SIZE);
	page_pair_text(p, v, WORD_RECORDS_ID, ROLE_DIM, hex);
}

/* ---- acts ---- */

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	const struct app_record *r = selected(v, id);
	struct record_draft d;

	(void)text;
	d.record = r->record;
	act_open(ret, &view_record, &d, sizeof(d));
}

static void kinds(struct act *ret, const struct view *v, int id)
{
	struct records_draft d = *(const struct records_draft *)v->draft;

	(void)id;
	d.by_kind = !d.by_kind;
	act_draft(ret, &d, sizeof(d));
}

static void summary(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_open(ret, &view_patient_summary, NULL, 0);
}

static bool has_record(struct act *ret, const struct app_record *r)
{
	if (r == NULL)
		act_refuse(ret, WORD_RECORDS_CHOOSE, NULL);
	return r != NULL;
}

static void who(struct act *ret, const struct view *v, int id)
{
	struct who_draft d;

	if (!has_record(ret, selected(v, id)))
		return;
	d.record = selected(v, id)->record;
	act_open(ret, &view_patient_who, &d, sizeof(d));
}

static void export(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_RECORDS_EXPORT, .help = WORD_RECORDS_EXPORT_HELP, .label = WORD_FORM_FILE,
				    .option = "--out"};
	char hex[ID_HEX];

	if (!has_record(ret, selected(v, id)))
		return;
	hex_encode(hex, selected(v, id)->record.b, ID_SIZE);
	line_form_words(&d, (const char *const[]){"record", "export", hex}, 3);
	act_line_form(ret, &d);
}

static void erase(struct act *ret, const struct view *v, int id)
{
	char hex[ID_HEX], what[SAY_CODES];

	if (!has_record(ret, selected(v, id)))
		return;
	hex_encode(hex, selected(v, id)->record.b, ID_SIZE);
	snprintf(what, sizeof(what), "%s", say_code(v, "category", selected(v, id)->category));
	act_line(ret, "record", "erase");
	act_word(ret, hex);
	act_option(ret, "--confirm", hex + 60);
	act_typed(ret, hex + 60, WORD_RECORDS_ERASE_QUESTION, what, NULL);
	ret->shows = true;
}

static void report(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {
		.title = WORD_REPORT_TITLE, .help = WORD_REPORT_HELP, .label = WORD_REPORT_LABEL,
		.question = WORD_REPORT_QUESTION,
		.ready = {WORD_REPORT_READY_NOT_MINE, WORD_REPORT_READY_OLD, WORD_REPORT_READY_WRONG}, .option = "--text",
	};
	char hex[ID_HEX];

	if (!has_record(ret, selected(v, id)))
		return;
	hex_encode(hex, selected(v, id)->record.b, ID_SIZE);
	line_form_words(&d, (const char *const[]){"record", "report", hex}, 3);
	act_line_form(ret, &d);
}

static const struct view_act acts[] = {
	{ACTION_KINDS, kinds}, {ACTION_SUMMARY, summary}, {ACTION_WHO, who}, {ACTION_EXPORT, export}, {ACTION_ERASE, erase},
	{ACTION_REPORT, report}, {ACTION_NONE, NULL},
};

const struct view_ops view_patient_records = {
	.name = "patient-records", .title = WORD_TAB_RECORDS, .modes = MODE_PATIENT, .split = SPLIT_BELOW,
	.model_size = sizeof(struct records_model), .draft_size = sizeof(struct records_draft), .load = load,
	.release = release, .list = list, .detail = detail, .chosen = chosen, .acts = acts,
};
