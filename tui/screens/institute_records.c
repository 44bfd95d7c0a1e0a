/* SPDX-License-Identifier: Apache-2.0 */
/* Whose records may be read now; and those of one person in the order of a patient summary, each row with its source. */
#include "tui/screens/institute_records.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "tui/screens/codes.h"
#include "tui/screens/patient_records.h"
#include "tui/screens/views.h"

#define TREND_WIDTH 24u

enum { ID_OTHER = 100000 }; /* above SUMMARY_ROWS_MAX */

/* ---- people ---- */

static void add_to(struct patients_model *m, struct app *a, const struct app_request *r)
{
	struct patient_row *row = NULL;

	for (size_t i = 0; i < m->count; i++)
		if (ID_EQUAL(m->rows[i].owner, r->owner))
			row = &m->rows[i];
	if (row == NULL) {
		row = &m->rows[m->count++];
		row->owner = r->owner;
		snprintf(row->name, sizeof(row->name), "%s", app_name(a, r->owner.b));
	}
	row->records = r->granted > row->records ? r->granted : row->records;
	row->until = r->expires.v > row->until.v ? r->expires : row->until;
	row->emergency |= r->emergency;
}

static bool may_be_read(const struct app_request *r, struct time_ms now)
{
	return !r->closed && r->granted > 0 && r->expires.v > now.v;
}

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct patients_model *m = model;
	struct app_requests all;
	struct time_ms now = clock_real()->now(NULL);

	(void)draft;
	(void)task;
	TRY(app_request_list(a, &all, info));
	m->rows = calloc(all.count + 1, sizeof(*m->rows));
	for (size_t i = 0; m->rows != NULL && i < all.count; i++)
		if (may_be_read(&all.rows[i], now))
			add_to(m, a, &all.rows[i]);
	app_requests_release(&all);
	return m->rows != NULL ? ERR_OK : ERR_MEMORY;
}

static void release(void *model)
{
	free(((struct patients_model *)model)->rows);
}

static void list(const struct view *v, struct page *p)
{
	const struct patients_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_REQUEST_WHO), 12, 30, 0, false},
		{word(v->language, WORD_ASKED_RECORDS), 7, 9, 1, true},
		{word(v->language, WORD_ASKED_UNTIL), 11, 18, 0, false}, {"", 8, 12, 2, false},
	};

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < m->count; i++) {
		char number[SAY_NUMBER], until[SAY_TIME];
		const char *const cells[] = {
			m->rows[i].name, say_number(number, m->rows[i].records), say_time(until, v, m->rows[i].until),
			m->rows[i].emergency ? word(v->language, WORD_ASKED_EMERGENCY_SHORT) : "",
		};

		page_row(p, (int)i + 1, m->rows[i].emergency ? ROLE_DANGER : ROLE_PLAIN, cells);
	}
	if (m->count == 0)
		page_say(p, v, ROLE_DIM, WORD_PATIENTS_NONE, NULL);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_PATIENTS_HOW, NULL);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	const struct patients_model *m = v->model;
	struct patient_draft d = {.owner = m->rows[id - 1].owner};

	(void)text;
	snprintf(d.name, sizeof(d.name), "%s", m->rows[id - 1].name);
	act_open(ret, &view_institute_patient, &d, sizeof(d));
}

static void add(struct act *ret, const struct view *v, int id)
{
	const struct request_draft d = {0};

	(void)v;
	(void)id;
	act_open(ret, &view_institute_request, &d, sizeof(d));
}

static void requests(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_open(ret, &view_institute_requests, NULL, 0);
}

static const struct view_act acts[] = {{ACTION_ADD, add}, {ACTION_HISTORY, requests}, {ACTION_NONE, NULL}};

const struct view_ops view_institute_records = {
	.name = "institute-records", .title = WORD_TAB_PATIENTS, .modes = MODE_INSTITUTE | MODE_RESEARCH,
	.model_size = sizeof(struct patients_model), .load = load, .release = release, .list = list, .chosen = chosen,
	.acts = acts,
};

/* ---- one person's summary ---- */

static enum err take_sources(struct patient_model *m, struct app *a)
{
	m->sources = calloc(m->summary.count + 1, sizeof(*m->sources));
	if (m->sources == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->summary.count; i++) {
		struct source *s = &m->sources[i];

		snprintf(s->from, sizeof(s->from), "%s", app_name(a, m->summary.rows[i].from.b));
		for (size_t r = 0; r < m->records.count; r++)
			if (ID_EQUAL(m->records.rows[r].record, m->summary.rows[i].record))
				s->record = &m->records.rows[r];
	}
	return ERR_OK;
}

static bool has_row(const struct patient_model *m, const struct record_id *record)
{
	for (size_t i = 0; i < m->summary.count; i++)
		if (ID_EQUAL(m->summary.rows[i].record, *record))
			return true;
	for (size_t i = 0; i < m->other_count; i++)
		if (ID_EQUAL(m->others[i]->record, *record))
			return true;
	return false;
}

/* What this request gives and the summary has no row of. */
static void add_others(struct patient_model *m, struct app *a, const struct app_request *request)
{
	for (size_t i = 0; i < request->count; i++) {
		const struct app_decided *d = &request->records[i];

		for (size_t r = 0; r < m->records.count; r++) {
			const struct app_record *record = &m->records.rows[r];

			if (!ID_EQUAL(record->record, d->record) || strcmp(d->decision, "granted") != 0 ||
			    strcmp(record->status, "live") != 0 || has_row(m, &d->record))
				continue;
			snprintf(m->other_from[m->other_count], INSTITUTE_NAME, "%s", app_name(a, record->from.b));
			m->others[m->other_count++] = record;
		}
	}
}

/* Until when, and what else may be read. */
static enum err take_requests(struct patient_model *m, struct app *a, const struct account_id *owner, struct err_info *info)
{
	struct app_requests all;
	struct time_ms now = clock_real()->now(NULL);

	m->others = calloc(m->records.count + 1, sizeof(*m->others));
	m->other_from = calloc(m->records.count + 1, sizeof(*m->other_from));
	if (m->others == NULL || m->other_from == NULL)
		return ERR_MEMORY;
	TRY(app_request_list(a, &all, info));
	for (size_t i = 0; i < all.count; i++) {
		if (!ID_EQUAL(all.rows[i].owner, *owner) || !may_be_read(&all.rows[i], now))
			continue;
		if (all.rows[i].expires.v > m->until.v)
			m->until = all.rows[i].expires;
		add_others(m, a, &all.rows[i]);
	}
	app_requests_release(&all);
	return ERR_OK;
}

static enum err summary_load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct patient_draft *d = draft;
	struct patient_model *m = model;

	(void)task;
	TRY(app_record_list(a, &m->records, &d->owner, info));
	TRY(app_summary(a, &m->summary, &d->owner, NULL, info));
	TRY(take_requests(m, a, &d->owner, info));
	return take_sources(m, a);
}

static void summary_release(void *model)
{
	struct patient_model *m = model;

	app_summary_release(&m->summary);
	app_records_release(&m->records);
	free(m->sources);
	free(m->others);
	free(m->other_from);
}

static size_t rows_of(const struct app_summary *s, const char *section)
{
	size_t count = 0;

	for (size_t i = 0; i < s->count; i++)
		count += strcmp(s->rows[i].row.section, section) == 0;
	return count;
}

static void one_row(struct page *p, int id, const struct app_view_row *r)
{
	char day[11];
	const char *const cells[] = {day, r->title, r->detail, r->flag[0] != '\0' ? r->flag : r->status};

	snprintf(day, sizeof(day), "%.*s", (int)strcspn(r->date, "T"), r->date);
	page_row(p, id, r->flag[0] != '\0' ? ROLE_WARN : ROLE_PLAIN, cells);
}

static void section(const struct view *v, struct page *p, const char *title)
{
	const struct app_summary *s = &((const struct patient_model *)v->model)->summary;
	char number[SAY_NUMBER];

	page_head(p, v, WORD_READING_SECTION, say_code(v, "section", title), say_number(number, rows_of(s, title)), NULL);
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->rows[i].row.section, title) == 0)
			one_row(p, (int)i + 1, &s->rows[i].row);
}

/* Files of other kinds, and what was not read: one by one. */
static void others(const struct view *v, struct page *p)
{
	const struct patient_model *m = v->model;
	char number[SAY_NUMBER], day[SAY_TIME];

	if (m->other_count == 0)
		return;
	page_head(p, v, WORD_READING_OTHERS, say_number(number, m->other_count), NULL);
	for (size_t i = 0; i < m->other_count; i++) {
		const struct app_record *r = m->others[i];
		const char *const cells[] = {say_day(day, v, r->period_known ? r->period_to : r->at),
					     say_code(v, "category", r->category), m->other_from[i], ""};

		page_row(p, ID_OTHER + (int)i, ROLE_PLAIN, cells);
	}
}

/* What was read, and what could not be: a summary that is not whole says so. */
static void rest(const struct view *v, struct page *p)
{
	const struct app_summary *s = &((const struct patient_model *)v->model)->summary;
	char number[SAY_NUMBER];

	page_say(p, v, ROLE_DIM, WORD_SUMMARY_READ, say_number(number, s->records), NULL);
	if (s->attachments > 0)
		page_say(p, v, ROLE_NOTE, WORD_SUMMARY_ATTACHMENTS, say_number(number, s->attachments), NULL);
	if (s->large + s->refused + s->unread > 0)
		page_say(p, v, ROLE_WARN, WORD_SUMMARY_UNREAD, say_number(number, s->large + s->refused + s->unread), NULL);
	page_say(p, v, ROLE_DIM, WORD_INST_INCOMPLETE, NULL);
}

static void summary_list(const struct view *v, struct page *p)
{
	const struct patient_model *m = v->model;
	const struct patient_draft *d = v->draft;
	const struct page_column columns[] = {
		{word(v->language, WORD_RECORD_DATE), 10, 11, 1, false},
		{word(v->language, WORD_RECORD_WHAT), 20, 44, 0, false},
		{word(v->language, WORD_RECORD_VALUE), 10, 34, 0, false},
		{word(v->language, WORD_RECORD_NOTE), 6, 20, 2, false},
	};
	char until[SAY_TIME];

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	if (m->until.v != 0)
		page_head(p, v, WORD_READING_HEAD, d->name, say_time(until, v, m->until), NULL);
	else
		page_head(p, v, WORD_READING_ENDED, d->name, NULL);
	for (size_t i = 0; m->summary.sections != NULL && m->summary.sections[i] != NULL; i++)
		section(v, p, m->summary.sections[i]);
	others(v, p);
	page_blank(p);
	rest(v, p);
}

static void provenance(const struct view *v, struct page *p, size_t i)
{
	const struct patient_model *m = v->model;
	const struct app_record *r = m->sources[i].record;
	char text[SAY_CODES], id[SAY_ID];

	page_head(p, v, WORD_READING_SOURCE, NULL);
	page_pair_text(p, v, WORD_RECORDS_FROM, ROLE_PLAIN, m->sources[i].from);
	page_pair_text(p, v, WORD_RECORDS_DEPOSITED, ROLE_PLAIN, say_time(text, v, m->summary.rows[i].at));
	page_pair_say(p, v, WORD_READING_SIGNED, ROLE_GOOD, WORD_READING_VERIFIED, NULL);
	if (r != NULL) {
		page_pair_text(p, v, WORD_RECORDS_WHAT, ROLE_PLAIN, say_code(v, "category", r->category));
		if (r->labels[0] != '\0')
			page_pair_text(p, v, WORD_RECORDS_SENSITIVE, ROLE_WARN, say_codes(text, v, "label", r->labels));
	}
	if (m->until.v != 0)
		page_pair_text(p, v, WORD_READING_OPEN, ROLE_PLAIN, say_time(text, v, m->until));
	page_pair_text(p, v, WORD_RECORDS_ID, ROLE_DIM, say_id(id, m->summary.rows[i].record.b));
}

/* A decimal number in thousandths, cut there; 0 for what is none or is below 0. */
static uint64_t thousandths(const char *text)
{
	uint64_t n = 0;
	int after = -1; /* digits after the point */

	for (; *text != '\0' && after < 3 && n < UINT64_MAX / 100; text++) {
		if (*text == '.' && after < 0)
			after = 0;
		else if (*text < '0' || *text > '9')
			return 0;
		else {
			n = n * 10 + (uint64_t)(*text - '0');
			after += after >= 0;
		}
	}
	for (after = after < 0 ? 0 : after; after < 3; after++)
		n *= 10;
	return n;
}

size_t trend_rows(char out[TREND_ROWS][TREND_ROW], const char *numbers, size_t width)
{
	uint64_t value[TREND_ROWS], most = 1;
	char text[TREND_ROWS][12]; /* at most eleven digits: they fit */
	size_t count = 0;

	while (*numbers != '\0' && count < TREND_ROWS) {
		size_t len = strcspn(numbers, ",");

		snprintf(text[count], sizeof(text[count]), "%.*s", (int)len, numbers);
		value[count] = thousandths(text[count]);
		most = value[count] > most ? value[count] : most;
		count++;
		numbers += len + strspn(numbers + len, ", ");
	}
	for (size_t i = 0; i < count; i++) {
		size_t bars = (size_t)((value[i] * width + most / 2) / most);
		int at = snprintf(out[i], TREND_ROW, "%8s  ", text[i]);

		for (size_t b = 0; b < bars && (size_t)at + 1 < TREND_ROW; b++)
			out[i][at++] = '#';
		out[i][at] = '\0';
	}
	return count;
}

static void trend(const struct view *v, struct page *p, const struct app_summary_row *r)
{
	char rows[TREND_ROWS][TREND_ROW];
	size_t count = trend_rows(rows, r->numbers, TREND_WIDTH);

	if (count < 2)
		return;
	page_head(p, v, WORD_READING_TREND, say_code(v, "trend", r->trend), NULL);
	for (size_t i = 0; i < count; i++)
		page_text(p, ROLE_PLAIN, rows[i]);
}

/* The value with what is usual and how it was judged, in one line. */
static void value(const struct view *v, struct page *p, const struct app_view_row *r)
{
	enum role role = r->flag[0] != '\0' ? ROLE_WARN : ROLE_PLAIN;

	if (r->range[0] != '\0')
		page_pair_say(p, v, WORD_RECORD_VALUE, role, WORD_READING_USUAL, r->detail, r->range, r->flag, NULL);
	else if (r->detail[0] != '\0')
		page_pair_text(p, v, WORD_RECORD_VALUE, role, r->detail);
	if (r->range[0] == '\0' && r->flag[0] != '\0')
		page_pair_text(p, v, WORD_RECORD_NOTE, ROLE_WARN, r->flag);
}

static const struct app_record *other_at(const struct patient_model *m, int id)
{
	return id >= ID_OTHER && (size_t)(id - ID_OTHER) < m->other_count ? m->others[id - ID_OTHER] : NULL;
}

/* What is read first stands first: a short pane shows the value, its source and how it moved. */
static void summary_detail(const struct view *v, struct page *p, int id)
{
	const struct patient_model *m = v->model;
	const struct app_view_row *r;
	char when[SAY_TIME];

	if (other_at(m, id) != NULL) {
		page_heading(p, say_code(v, "category", other_at(m, id)->category));
		page_say(p, v, ROLE_DIM, WORD_READING_DEPOSITED, m->other_from[id - ID_OTHER],
			 say_time(when, v, other_at(m, id)->at), NULL);
		page_say(p, v, ROLE_PLAIN, WORD_READING_OTHER_HOW, NULL);
	}
	if (id < 1 || (size_t)id > m->summary.count)
		return;
	r = &m->summary.rows[id - 1].row;
	page_heading(p, r->title);
	value(v, p, r);
	page_say(p, v, ROLE_DIM, WORD_READING_BY, m->sources[id - 1].from, say_time(when, v, m->summary.rows[id - 1].at), NULL);
	trend(v, p, &m->summary.rows[id - 1]);
	if (r->date[0] != '\0')
		page_pair_text(p, v, WORD_RECORD_DATE, ROLE_PLAIN, r->date);
	if (r->status[0] != '\0')
		page_pair_text(p, v, WORD_RECORDS_STATE, ROLE_PLAIN, r->status);
	if (r->source[0] != '\0')
		page_pair_text(p, v, WORD_RECORD_SOURCE, ROLE_DIM, r->source);
}

static void summary_third(const struct view *v, struct page *p, int id)
{
	const struct patient_model *m = v->model;

	if (id >= 1 && (size_t)id <= m->summary.count)
		provenance(v, p, (size_t)id - 1);
}

static void open_row(struct act *ret, const struct view *v, int id, const struct view_ops *view)
{
	const struct patient_model *m = v->model;
	struct record_draft d;

	if (other_at(m, id) != NULL) {
		d.record = other_at(m, id)->record;
	} else if (id >= 1 && (size_t)id <= m->summary.count) {
		d.record = m->summary.rows[id - 1].record;
	} else {
		act_refuse(ret, WORD_RECORDS_CHOOSE, NULL);
		return;
	}
	act_open(ret, view, &d, sizeof(d));
}

static void summary_chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	(void)text;
	open_row(ret, v, id, &view_record);
}

static void raw(struct act *ret, const struct view *v, int id)
{
	open_row(ret, v, id, &view_record_raw);
}

static void versions(struct act *ret, const struct view *v, int id)
{
	const struct patient_draft *d = v->draft;
	char hex[ID_HEX];

	(void)id;
	hex_encode(hex, d->owner.b, ID_SIZE);
	act_line(ret, "record", "list");
	act_option(ret, "--owner", hex);
	act_word(ret, "--all");
	ret->shows = true;
}

static const struct view_act summary_acts[] = {{ACTION_RAW, raw}, {ACTION_HISTORY, versions}, {ACTION_NONE, NULL}};

const struct view_ops view_institute_patient = {
	.name = "institute-patient", .title = WORD_READING_TITLE, .modes = MODE_INSTITUTE | MODE_RESEARCH, .split = SPLIT_BELOW,
	.model_size = sizeof(struct patient_model), .draft_size = sizeof(struct patient_draft), .load = summary_load,
	.release = summary_release, .list = summary_list, .detail = summary_detail, .third = summary_third,
	.chosen = summary_chosen, .acts = summary_acts,
};
