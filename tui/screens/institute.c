/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/institute.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"

static enum err names_of(struct asked_model *m, struct app *a)
{
	m->names = calloc(m->requests.count + 1, sizeof(*m->names));
	m->askers = calloc(m->questions.count + 1, sizeof(*m->askers));
	if (m->names == NULL || m->askers == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->requests.count; i++)
		snprintf(m->names[i], INSTITUTE_NAME, "%s", app_name(a, m->requests.rows[i].owner.b));
	for (size_t i = 0; i < m->questions.count; i++)
		snprintf(m->askers[i], INSTITUTE_NAME, "%s", app_name(a, m->questions.rows[i].asker.b));
	return ERR_OK;
}

enum err asked_load(struct asked_model *ret, struct app *a, struct err_info *info)
{
	TRY(app_request_list(a, &ret->requests, info));
	TRY(app_question_list(a, &ret->questions, APP_QUESTIONS_TO_ME, info));
	return names_of(ret, a);
}

void asked_release(struct asked_model *m)
{
	app_requests_release(&m->requests);
	app_questions_release(&m->questions);
	free(m->names);
	free(m->askers);
}

/* ---- what a request is ---- */

enum asked_state asked_state(const struct view *v, const struct app_request *r)
{
	if (r->closed)
		return ASKED_CLOSED;
	if (r->emergency)
		return ASKED_REVIEW;
	if (r->count == 0)
		return ASKED_NOTHING;
	if (r->expires.v <= v->now.v)
		return ASKED_ENDED;
	return r->granted > 0 ? ASKED_OPEN : ASKED_WAITS;
}

bool asked_readable(const struct view *v, const struct app_request *r)
{
	return !r->closed && r->granted > 0 && r->expires.v > v->now.v;
}

enum word asked_word(enum asked_state state)
{
	static const enum word words[] = {WORD_ASKED_REVIEW, WORD_ASKED_OPEN,  WORD_ASKED_WAITS,
					  WORD_ASKED_NOTHING, WORD_ASKED_ENDED, WORD_ASKED_CLOSED};

	return words[state];
}

enum role asked_role(enum asked_state state)
{
	static const enum role roles[] = {ROLE_DANGER, ROLE_GOOD, ROLE_NOTE, ROLE_PLAIN, ROLE_DIM, ROLE_DIM};

	return roles[state];
}

bool question_waits(const struct app_posed *q)
{
	return q->answered.v == 0;
}

const char *say_use(const struct view *v, const char *purpose)
{
	const char *use = say_code(v, "use", purpose);

	return use != purpose ? use : say_code(v, "purpose", purpose);
}

/* ---- pages ---- */

void page_line(struct page *p, const struct view *v, int id, enum role role, enum word w, ...)
{
	struct buf text = BUF_INIT;
	va_list values;

	va_start(values, w);
	words_vsay(&text, v->language, w, values);
	va_end(values);
	if (buf_error(&text) != ERR_OK)
		p->err = buf_error(&text);
	else
		page_row(p, id, role, (const char *const[]){buf_text(&text)});
	buf_release(&text);
}

void page_duties(struct page *p, const struct view *v, uint32_t duties)
{
	struct app_duty duty;

	for (uint32_t n = 0; app_duty_next(duties, &n, &duty);) {
		const char *words = say_code(v, "duty", duty.code);

		page_pair_text(p, v, WORD_ASKED_DUTY, ROLE_NOTE, words != duty.code ? words : duty.words);
	}
}

static void page_end(struct page *p, const struct view *v, const struct app_request *r, enum asked_state state)
{
	char until[SAY_TIME];

	if (state == ASKED_CLOSED || state == ASKED_NOTHING)
		return;
	page_pair_text(p, v, state == ASKED_WAITS ? WORD_ASKED_ANSWER_BY : WORD_ASKED_UNTIL,
		       r->expires.v - v->now.v < ENDS_SOON_MS ? ROLE_WARN : ROLE_PLAIN, say_time(until, v, r->expires));
}

void page_request(struct page *p, const struct view *v, const struct app_request *r, const char *name)
{
	enum asked_state state = asked_state(v, r);
	char at[SAY_TIME], granted[SAY_NUMBER], asked[SAY_NUMBER], id[SAY_ID];
	uint32_t duties = 0;

	for (size_t i = 0; i < r->count; i++)
		duties |= r->records[i].duties;
	page_head(p, v, WORD_ASKED_HEAD, name, say_use(v, r->purpose), NULL);
	if (r->emergency)
		page_say(p, v, ROLE_DANGER, WORD_ASKED_EMERGENCY, NULL);
	page_pair_text(p, v, WORD_ASKED_STATE, asked_role(state), word(v->language, asked_word(state)));
	page_pair_say(p, v, WORD_ASKED_RECORDS, ROLE_PLAIN, WORD_ASKED_COUNTS, say_number(granted, r->granted),
		      say_number(asked, r->asked), NULL);
	page_pair_text(p, v, WORD_ASKED_AT, ROLE_PLAIN, say_time(at, v, r->at));
	page_end(p, v, r, state);
	page_duties(p, v, duties);
	page_pair_text(p, v, WORD_ASKED_REQUEST, ROLE_DIM, say_id(id, r->request.b));
}

void page_question(struct page *p, const struct view *v, const struct app_posed *q, const char *asker)
{
	char when[SAY_TIME];

	page_head(p, v, WORD_POSED_HEAD, asker, NULL);
	page_pair_text(p, v, WORD_POSED_TEXT, ROLE_PLAIN, q->text != NULL ? q->text : word(v->language, WORD_POSED_NO_TEXT));
	page_pair_text(p, v, WORD_POSED_AT, ROLE_PLAIN, say_time(when, v, q->asked));
	page_pair_text(p, v, WORD_POSED_ABOUT, q->emergency ? ROLE_DANGER : ROLE_PLAIN, say_use(v, q->purpose));
	if (question_waits(q)) {
		page_pair_text(p, v, WORD_POSED_DUE, q->due.v <= v->now.v ? ROLE_DANGER : ROLE_PLAIN,
			       say_time(when, v, q->due));
		page_say(p, v, ROLE_DIM, WORD_POSED_HOW, NULL);
		return;
	}
	page_pair_text(p, v, WORD_POSED_ANSWERED, ROLE_PLAIN, say_time(when, v, q->answered));
	if (q->reply != NULL)
		page_pair_text(p, v, WORD_POSED_REPLY, ROLE_PLAIN, q->reply);
}

/* ---- acts ---- */

void act_get(struct act *ret, const struct view *v, const struct app_request *r)
{
	struct line_form_draft d = {.title = WORD_GET_TITLE, .help = WORD_GET_HELP, .label = WORD_GET_FOLDER,
				    .option = "--out", .shows = true};
	char hex[ID_HEX];

	if (r == NULL || !asked_readable(v, r)) {
		act_refuse(ret, WORD_GET_NOTHING, NULL);
		return;
	}
	hex_encode(hex, r->request.b, ID_SIZE);
	snprintf(d.text, sizeof(d.text), "records-%.8s", hex);
	line_form_words(&d, (const char *const[]){"request", "get", hex}, 3);
	act_line_form(ret, &d);
}

void act_close(struct act *ret, const struct app_request *r, const char *name)
{
	char hex[ID_HEX];

	if (r == NULL || r->closed) {
		act_refuse(ret, r == NULL ? WORD_ASKED_CHOOSE : WORD_CLOSE_ALREADY, NULL);
		return;
	}
	if (r->emergency) {
		act_refuse(ret, WORD_CLOSE_BY_REVIEW, NULL);
		return;
	}
	hex_encode(hex, r->request.b, ID_SIZE);
	act_line(ret, "request", "close");
	act_word(ret, hex);
	act_yes(ret, WORD_CLOSE_QUESTION, name, NULL);
}

void act_review(struct act *ret, const struct app_request *r)
{
	struct line_form_draft d = {
		.title = WORD_REVIEW_TITLE, .help = WORD_REVIEW_HELP, .label = WORD_REVIEW_LABEL, .option = "--text",
		.question = WORD_REVIEW_QUESTION, .shows = true,
	};
	char hex[ID_HEX];

	if (r == NULL || !r->emergency || r->closed) {
		act_refuse(ret, WORD_REVIEW_NONE, NULL);
		return;
	}
	hex_encode(hex, r->request.b, ID_SIZE);
	line_form_words(&d, (const char *const[]){"request", "review", hex}, 3);
	act_line_form(ret, &d);
}

void act_reply(struct act *ret, const struct app_posed *q)
{
	struct line_form_draft d = {
		.title = WORD_REPLY_TITLE, .help = WORD_REPLY_HELP, .label = WORD_REPLY_LABEL, .option = "--text",
		.question = WORD_REPLY_QUESTION, .shows = true,
	};
	char hex[ID_HEX];

	if (q == NULL || !question_waits(q)) {
		act_refuse(ret, WORD_REPLY_NONE, NULL);
		return;
	}
	hex_encode(hex, q->request.b, ID_SIZE);
	line_form_words(&d, (const char *const[]){"request", "reply", hex}, 3);
	act_line_form(ret, &d);
}
