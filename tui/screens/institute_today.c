/* SPDX-License-Identifier: Apache-2.0 */
/* Today: answers that came, what ends soon, what is owed; then all requests. */
#include <stdio.h>
#include <stdlib.h>

#include "tui/screens/codes.h"
#include "tui/screens/institute.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

#define SOON_MS MS_PER_DAY

enum { ID_QUESTION = 500000 };

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct today_model *m = model;

	(void)draft;
	(void)task;
	TRY(app_request_list(a, &m->requests, info));
	TRY(app_question_list(a, &m->questions, APP_QUESTIONS_TO_ME, info));
	m->owners = calloc(m->requests.count + 1, sizeof(*m->owners));
	if (m->owners == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->requests.count; i++)
		snprintf(m->owners[i], sizeof(m->owners[i]), "%s", app_name(a, m->requests.rows[i].owner.b));
	return ERR_OK;
}

static void release(void *model)
{
	struct today_model *m = model;

	app_requests_release(&m->requests);
	app_questions_release(&m->questions);
	free(m->owners);
}

enum request_state request_state(const struct app_request *r, struct time_ms now)
{
	if (r->closed || r->expires.v <= now.v)
		return REQUEST_ENDED;
	if (r->granted > 0)
		return REQUEST_OPEN;
	return r->asked > 0 ? REQUEST_WAITS : REQUEST_NOTHING;
}

/* An emergency stays owed until its review is written. */
static bool review_owed(const struct app_request *r)
{
	return r->emergency && !r->closed;
}

static enum word state_word(const struct view *v, const struct app_request *r)
{
	switch (request_state(r, v->now)) {
	case REQUEST_OPEN:
		return review_owed(r) ? WORD_TODAY_REVIEW : WORD_TODAY_OPEN;
	case REQUEST_WAITS:
		return WORD_TODAY_WAITS;
	case REQUEST_NOTHING:
		return WORD_TODAY_NOTHING;
	case REQUEST_ENDED:
		break;
	}
	return review_owed(r) ? WORD_TODAY_REVIEW : WORD_TODAY_ENDED;
}

static void row(const struct view *v, struct page *p, size_t i)
{
	const struct today_model *m = v->model;
	const struct app_request *r = &m->requests.rows[i];
	char granted[SAY_NUMBER], until[SAY_TIME];
	const char *const cells[] = {
		m->owners[i], r->emergency ? word(v->language, WORD_LOOKED_EMERGENCY) : say_code(v, "purpose", r->purpose),
		word(v->language, state_word(v, r)), say_number(granted, r->granted), say_time(until, v, r->expires),
	};
	bool open = request_state(r, v->now) == REQUEST_OPEN, soon = open && r->expires.v - v->now.v < SOON_MS;

	page_row(p, (int)i + 1, review_owed(r) ? ROLE_DANGER : soon ? ROLE_WARN : open ? ROLE_PLAIN : ROLE_DIM, cells);
}

static void questions(const struct view *v, struct page *p)
{
	const struct today_model *m = v->model;

	for (size_t i = 0; i < m->questions.count; i++) {
		const struct app_posed *q = &m->questions.rows[i];
		char due[SAY_TIME];
		const char *const cells[] = {word(v->language, WORD_TODAY_PATIENT), say_code(v, "purpose", q->purpose),
					     word(v->language, WORD_TODAY_QUESTION), "", say_time(due, v, q->due)};

		if (q->answered.v == 0)
			page_row(p, ID_QUESTION + (int)i, strcmp(q->state, "overdue") == 0 ? ROLE_DANGER : ROLE_NOTE, cells);
	}
}

static bool needs(const struct view *v, const struct app_request *r)
{
	return review_owed(r) || (request_state(r, v->now) == REQUEST_OPEN);
}

static void list(const struct view *v, struct page *p)
{
	const struct today_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_TODAY_PATIENT), 8, 24, 0, false}, {word(v->language, WORD_LOOKED_WHY), 9, 22, 1, false},
		{word(v->language, WORD_TODAY_STATE), 12, 22, 0, false},  {word(v->language, WORD_TODAY_RECORDS), 7, 8, 2,
				true},
		{word(v->language, WORD_CERTS_UNTIL), 11, 14, 0, false},
	};

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	page_head(p, v, WORD_TODAY_NOW, NULL);
	questions(v, p);
	for (size_t i = m->requests.count; i > 0; i--)
		if (needs(v, &m->requests.rows[i - 1]))
			row(v, p, i - 1);
	page_blank(p);
	page_head(p, v, WORD_TODAY_OTHERS, NULL);
	for (size_t i = m->requests.count; i > 0; i--)
		if (!needs(v, &m->requests.rows[i - 1]))
			row(v, p, i - 1);
	if (m->requests.count == 0)
		page_say(p, v, ROLE_DIM, WORD_TODAY_NONE, NULL);
}

/* ---- one of them ---- */

static void duties(const struct view *v, struct page *p, const struct app_request *r)
{
	uint32_t all = 0, n = 0;
	struct app_duty duty;

	for (size_t i = 0; i < r->count; i++)
		all |= r->records[i].duties;
	while (app_duty_next(all, &n, &duty))
		page_say(p, v, ROLE_WARN, WORD_TODAY_DUTY, duty.words, NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct today_model *m = v->model;
	const struct app_request *r;
	char when[SAY_TIME], hex[ID_HEX], short_id[SAY_ID];

	if (id >= ID_QUESTION) {
		const struct app_posed *q = &m->questions.rows[id - ID_QUESTION];

		page_head(p, v, WORD_TODAY_QUESTION, NULL);
		page_text(p, ROLE_PLAIN, q->text != NULL ? q->text : word(v->language, WORD_TODAY_NO_TEXT));
		page_pair_text(p, v, WORD_TODAY_DUE, ROLE_WARN, say_time(when, v, q->due));
		return;
	}
	if (id == 0)
		return;
	r = &m->requests.rows[id - 1];
	page_heading(p, m->owners[id - 1]);
	page_pair_text(p, v, WORD_TODAY_STATE, ROLE_PLAIN, word(v->language, state_word(v, r)));
	page_pair_text(p, v, WORD_TODAY_ASKED, ROLE_PLAIN, say_time(when, v, r->at));
	hex_encode(hex, r->request.b, ID_SIZE);
	page_pair_text(p, v, WORD_TODAY_REQUEST, ROLE_DIM, hex);
	duties(v, p, r);
	for (size_t i = 0; i < r->count; i++)
		page_say(p, v, ROLE_PLAIN, WORD_TODAY_RECORD, say_id(short_id, r->records[i].record.b),
			 say_code(v, "code", r->records[i].decision), say_code(v, "code", r->records[i].form), NULL);
	page_say(p, v, ROLE_DIM, WORD_INSTITUTE_INCOMPLETE, NULL);
}

/* ---- acts ---- */

static const struct app_request *selected(const struct view *v, int id)
{
	const struct today_model *m = v->model;

	return id > 0 && id < ID_QUESTION ? &m->requests.rows[id - 1] : NULL;
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	const struct today_model *m = v->model;
	const struct app_request *r = selected(v, id);
	struct patient_draft d = {.name = ""};

	(void)text;
	if (r == NULL || request_state(r, v->now) != REQUEST_OPEN)
		return;
	d.owner = r->owner;
	memcpy(d.name, m->owners[id - 1], sizeof(d.name));
	act_open(ret, &view_institute_patient, &d, sizeof(d));
}

static bool about_request(struct line_form_draft *d, struct act *ret, const struct view *v, int id, const char *verb)
{
	const struct app_request *r = selected(v, id);
	char hex[ID_HEX];

	if (r == NULL) {
		act_refuse(ret, WORD_TODAY_CHOOSE, NULL);
		return false;
	}
	hex_encode(hex, r->request.b, ID_SIZE);
	line_form_words(d, (const char *const[]){"request", verb, hex}, 3);
	return true;
}

static void get(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_TODAY_GET, .help = WORD_TODAY_GET_HELP, .label = WORD_HEALTH_FOLDER,
				    .option = "--out", .shows = true};

	if (about_request(&d, ret, v, id, "get"))
		act_line_form(ret, &d);
}

static void review(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_TODAY_REVIEW_TITLE, .help = WORD_TODAY_REVIEW_HELP,
				    .label = WORD_TODAY_REVIEW_LABEL, .option = "--text",
				    .question = WORD_TODAY_REVIEW_QUESTION, .shows = true};

	if (selected(v, id) != NULL && !selected(v, id)->emergency)
		act_refuse(ret, WORD_TODAY_NO_EMERGENCY, NULL);
	else if (about_request(&d, ret, v, id, "review"))
		act_line_form(ret, &d);
}

static void close_request(struct act *ret, const struct view *v, int id)
{
	const struct app_request *r = selected(v, id);
	char hex[ID_HEX];

	if (r == NULL || r->closed) {
		act_refuse(ret, WORD_TODAY_CHOOSE, NULL);
		return;
	}
	hex_encode(hex, r->request.b, ID_SIZE);
	act_line(ret, "request", "close");
	act_word(ret, hex);
	act_yes(ret, WORD_TODAY_CLOSE_QUESTION, NULL);
}

static void reply(struct act *ret, const struct view *v, int id)
{
	const struct today_model *m = v->model;
	struct line_form_draft d = {.title = WORD_TODAY_REPLY, .help = WORD_TODAY_REPLY_HELP, .label = WORD_TODAY_REPLY_LABEL,
				    .option = "--text", .question = WORD_TODAY_REPLY_QUESTION, .shows = true};
	char hex[ID_HEX];

	if (id < ID_QUESTION) {
		act_refuse(ret, WORD_TODAY_NO_QUESTION, NULL);
		return;
	}
	hex_encode(hex, m->questions.rows[id - ID_QUESTION].request.b, ID_SIZE);
	line_form_words(&d, (const char *const[]){"request", "reply", hex}, 3);
	act_line_form(ret, &d);
}

static const struct view_act acts[] = {
	{ACTION_GET, get}, {ACTION_CLOSE, close_request}, {ACTION_REPLY, reply}, {ACTION_WRITE_REVIEW, review},
	{ACTION_NONE, NULL},
};

const struct view_ops view_institute_today = {
	.name = "institute-today", .title = WORD_TAB_TODAY, .modes = MODE_INSTITUTE | MODE_RESEARCH, .split = SPLIT_BELOW,
	.model_size = sizeof(struct today_model), .load = load, .release = release, .list = list, .detail = detail,
	.chosen = chosen, .acts = acts,
};
