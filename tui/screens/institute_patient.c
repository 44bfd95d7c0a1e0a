/* SPDX-License-Identifier: Apache-2.0 */
/* Records that are shared with this reader: who shares, and one patient's in the order of a summary, each with its source. */
#include <stdio.h>
#include <stdlib.h>

#include "tui/screens/codes.h"
#include "tui/screens/institute.h"
#include "tui/screens/patient_records.h"
#include "tui/screens/views.h"

/* ---- who shares ---- */

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	return view_institute_today.load(model, a, draft, task, info);
}

static void release(void *model)
{
	view_institute_today.release(model);
}

/* The newest open request of a person stands for her. */
static bool shows(const struct view *v, size_t i)
{
	const struct today_model *m = v->model;

	if (request_state(&m->requests.rows[i], v->now) != REQUEST_OPEN)
		return false;
	for (size_t j = i + 1; j < m->requests.count; j++)
		if (ID_EQUAL(m->requests.rows[j].owner, m->requests.rows[i].owner) &&
		    request_state(&m->requests.rows[j], v->now) == REQUEST_OPEN)
			return false;
	return true;
}

static void list(const struct view *v, struct page *p)
{
	const struct today_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_TODAY_PATIENT), 10, 30, 0, false},
		{word(v->language, WORD_TODAY_RECORDS), 7, 8, 0, true},
		{word(v->language, WORD_LOOKED_WHY), 9, 24, 1, false},
		{word(v->language, WORD_CERTS_UNTIL), 11, 14, 0, false},
	};
	size_t said = 0;

	page_columns(p, columns, 4);
	for (size_t i = m->requests.count; i > 0; i--) {
		const struct app_request *r = &m->requests.rows[i - 1];
		char number[SAY_NUMBER], until[SAY_TIME];
		const char *const cells[] = {m->owners[i - 1], say_number(number, r->granted),
					     say_code(v, "purpose", r->purpose), say_time(until, v, r->expires)};

		if (!shows(v, i - 1))
			continue;
		page_row(p, (int)i, ROLE_PLAIN, cells);
		said++;
	}
	if (said == 0)
		page_say(p, v, ROLE_DIM, WORD_PATIENTS_NONE, NULL);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_INSTITUTE_INCOMPLETE, NULL);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	const struct today_model *m = v->model;
	struct patient_draft d = {.owner = m->requests.rows[id - 1].owner};

	(void)text;
	memcpy(d.name, m->owners[id - 1], sizeof(d.name));
	act_open(ret, &view_institute_patient, &d, sizeof(d));
}

const struct view_ops view_institute_records = {
	.name = "institute-records", .title = WORD_TAB_PATIENTS, .modes = MODE_INSTITUTE | MODE_RESEARCH,
	.model_size = sizeof(struct today_model), .load = load, .release = release, .list = list, .chosen = chosen,
};

/* ---- one patient ---- */

static enum err patient_load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct patient_draft *d = draft;
	struct patient_model *m = model;

	(void)task;
	TRY(app_summary(a, &m->summary, &d->owner, NULL, info));
	m->from = calloc(m->summary.count + 1, sizeof(*m->from));
	if (m->from == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->summary.count; i++)
		snprintf(m->from[i], sizeof(m->from[i]), "%s", app_name(a, m->summary.rows[i].from.b));
	return ERR_OK;
}

static void patient_release(void *model)
{
	struct patient_model *m = model;

	app_summary_release(&m->summary);
	free(m->from);
}

static void patient_list(const struct view *v, struct page *p)
{
	const struct patient_model *m = v->model;
	const struct patient_draft *d = v->draft;
	const struct page_column columns[] = {
		{word(v->language, WORD_RECORD_DATE), 10, 11, 2, false}, {word(v->language, WORD_RECORD_WHAT), 16, 40, 0,
				false},
		{word(v->language, WORD_RECORD_VALUE), 10, 34, 0, false}, {word(v->language, WORD_RECORD_NOTE), 6, 14, 1,
				false},
		{word(v->language, WORD_RECORDS_FROM), 6, 16, 3, false},
	};
	char number[SAY_NUMBER];

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	page_heading(p, d->name);
	for (size_t s = 0; m->summary.sections != NULL && m->summary.sections[s] != NULL; s++) {
		bool any = false;

		for (size_t i = 0; i < m->summary.count; i++) {
			const struct app_view_row *r = &m->summary.rows[i].row;
			const char *const cells[] = {r->date, r->title, r->detail, r->flag[0] != '\0' ? r->flag : r->status,
						     m->from[i]};

			if (strcmp(r->section, m->summary.sections[s]) != 0)
				continue;
			if (!any)
				page_heading(p, m->summary.sections[s]);
			any = true;
			page_row(p, (int)i + 1, r->flag[0] != '\0' ? ROLE_WARN : ROLE_PLAIN, cells);
		}
	}
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_SUMMARY_READ, say_number(number, m->summary.records), NULL);
	if (m->summary.attachments > 0)
		page_say(p, v, ROLE_NOTE, WORD_SUMMARY_ATTACHMENTS, say_number(number, m->summary.attachments), NULL);
	if (m->summary.unread + m->summary.large > 0)
		page_say(p, v, ROLE_WARN, WORD_SUMMARY_UNREAD, say_number(number, m->summary.unread + m->summary.large), NULL);
	page_say(p, v, ROLE_WARN, WORD_INSTITUTE_INCOMPLETE, NULL);
}

/* Digits with a point among them; where it ends.  The C library's reads the locale's point. */
static const char *decimal(double *ret, const char *at)
{
	double scale = 0;

	*ret = 0;
	for (; (*at >= '0' && *at <= '9') || (*at == '.' && scale == 0); at++) {
		if (*at == '.') {
			scale = 1;
			continue;
		}
		*ret = *ret * 10 + (*at - '0');
		scale *= 10;
	}
	if (scale > 1)
		*ret /= scale;
	return at;
}

/* "5.1, 5.4, 6.0" as a line of heights; empty for what are no numbers. */
static void sparkline(char out[64], const char *numbers)
{
	static const char steps[] = "_.-=^";
	double values[SUMMARY_NUMBERS], low = 0, high = 0;
	size_t count = 0, len = 0;
	const char *at = numbers;

	for (const char *end; count < SUMMARY_NUMBERS && *at != '\0'; count++) {
		end = decimal(&values[count], at);
		if (end == at)
			break;
		low = count == 0 || values[count] < low ? values[count] : low;
		high = count == 0 || values[count] > high ? values[count] : high;
		at = end + strspn(end, ", ");
	}
	for (size_t i = 0; count > 1 && i < count; i++) {
		double part = high > low ? (values[i] - low) / (high - low) : 0.5;

		out[len++] = steps[(size_t)(part * (double)(sizeof(steps) - 2) + 0.5)];
	}
	out[len] = '\0';
}

static void patient_detail(const struct view *v, struct page *p, int id)
{
	const struct patient_model *m = v->model;
	const struct app_summary_row *r;
	char line[64], when[SAY_TIME], hex[ID_HEX];

	if (id < 1 || (size_t)id > m->summary.count)
		return;
	r = &m->summary.rows[id - 1];
	page_heading(p, r->row.title);
	if (r->row.detail[0] != '\0')
		page_pair_text(p, v, WORD_RECORD_VALUE, ROLE_PLAIN, r->row.detail);
	if (r->row.range[0] != '\0')
		page_pair_text(p, v, WORD_RECORD_RANGE, ROLE_PLAIN, r->row.range);
	if (r->numbers[0] != '\0') {
		sparkline(line, r->numbers);
		page_pair_say(p, v, WORD_SUMMARY_NUMBERS, ROLE_PLAIN, WORD_PATIENT_TREND, r->numbers, line, r->trend, NULL);
	}
	page_pair_text(p, v, WORD_PATIENT_SOURCE, ROLE_PLAIN, m->from[id - 1]);
	page_pair_text(p, v, WORD_RECORDS_DEPOSITED, ROLE_PLAIN, say_time(when, v, r->at));
	page_pair_say(p, v, WORD_PATIENT_SIGNED, ROLE_GOOD, WORD_PATIENT_VERIFIED, NULL);
	hex_encode(hex, r->record.b, ID_SIZE);
	page_pair_text(p, v, WORD_RECORDS_ID, ROLE_DIM, hex);
}

static void patient_chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	const struct patient_model *m = v->model;
	struct record_draft d;

	(void)text;
	d.record = m->summary.rows[id - 1].record;
	act_open(ret, &view_record, &d, sizeof(d));
}

const struct view_ops view_institute_patient = {
	.name = "institute-patient", .title = WORD_PATIENT_TITLE, .modes = MODE_INSTITUTE | MODE_RESEARCH, .split = SPLIT_BELOW,
	.model_size = sizeof(struct patient_model), .draft_size = sizeof(struct patient_draft), .load = patient_load,
	.release = patient_release, .list = patient_list, .detail = patient_detail, .chosen = patient_chosen,
};
