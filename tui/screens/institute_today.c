/* SPDX-License-Identifier: Apache-2.0 */
/* Today: what needs me, what is open, and how the day stands. */
#include "tui/screens/institute_today.h"

#include "tui/screens/views.h"

/* Ids of rows: which of the lists, and the place in it. */
enum { OF_REQUEST, OF_QUESTION, OF_BADGE, OF_COUNT };

static int id_of(size_t i, int of)
{
	return (int)(i + 1) * OF_COUNT + of;
}

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct today_model *m = model;

	(void)draft;
	(void)task;
	TRY(asked_load(&m->asked, a, info));
	if (app_asked(a, &m->badge, NULL) != ERR_OK)
		m->badge = (struct app_asked){0}; /* without a peer the rest is still true */
	return ERR_OK;
}

static void release(void *model)
{
	asked_release(&((struct today_model *)model)->asked);
}

/* ---- what needs me: counted without a page ---- */

static bool ends_soon(const struct view *v, const struct app_request *r)
{
	return asked_state(v, r) == ASKED_OPEN && r->expires.v - v->now.v < ENDS_SOON_MS;
}

static size_t reviews(const struct view *v, struct page *p)
{
	const struct today_model *m = v->model;
	size_t count = 0;
	char at[SAY_TIME];

	for (size_t i = 0; i < m->asked.requests.count; i++) {
		const struct app_request *r = &m->asked.requests.rows[i];

		if (asked_state(v, r) != ASKED_REVIEW)
			continue;
		count++;
		if (p != NULL)
			page_line(p, v, id_of(i, OF_REQUEST), ROLE_DANGER, WORD_TODAY_REVIEW, m->asked.names[i],
				  say_time(at, v, r->at), NULL);
	}
	return count;
}

static size_t questions(const struct view *v, struct page *p)
{
	const struct today_model *m = v->model;
	size_t count = 0;
	char due[SAY_TIME];

	for (size_t i = 0; i < m->asked.questions.count; i++) {
		const struct app_posed *q = &m->asked.questions.rows[i];
		bool late = q->due.v <= v->now.v;

		if (!question_waits(q))
			continue;
		count++;
		if (p != NULL)
			page_line(p, v, id_of(i, OF_QUESTION), late ? ROLE_DANGER : ROLE_NOTE,
				  late ? WORD_TODAY_QUESTION_LATE : WORD_TODAY_QUESTION, m->asked.askers[i],
				  say_time(due, v, q->due), NULL);
	}
	return count;
}

static size_t ending(const struct view *v, struct page *p)
{
	const struct today_model *m = v->model;
	size_t count = 0;
	char until[SAY_TIME], number[SAY_NUMBER];

	for (size_t i = 0; i < m->asked.requests.count; i++) {
		const struct app_request *r = &m->asked.requests.rows[i];

		if (!ends_soon(v, r))
			continue;
		count++;
		if (p != NULL)
			page_line(p, v, id_of(i, OF_REQUEST), ROLE_WARN, WORD_TODAY_ENDS, m->asked.names[i],
				  say_number(number, r->granted), say_time(until, v, r->expires), NULL);
	}
	return count;
}

static size_t badge(const struct view *v, struct page *p)
{
	const struct today_model *m = v->model;
	char until[SAY_TIME];

	if (m->badge.renew_from.v == 0 || m->badge.renew_from.v > v->now.v)
		return 0;
	if (p != NULL)
		page_line(p, v, id_of(0, OF_BADGE), ROLE_WARN, WORD_TODAY_BADGE, say_day(until, v, m->badge.not_after), NULL);
	return 1;
}

static size_t needs(const struct view *v, struct page *p)
{
	size_t count = reviews(v, p);

	count += questions(v, p);
	count += ending(v, p);
	return count + badge(v, p);
}

/* ---- what is open ---- */

static size_t open_ones(const struct view *v, struct page *p)
{
	const struct today_model *m = v->model;
	size_t count = 0;
	char until[SAY_TIME], number[SAY_NUMBER];

	for (size_t i = 0; i < m->asked.requests.count; i++) {
		const struct app_request *r = &m->asked.requests.rows[i];
		enum asked_state state = asked_state(v, r);

		if ((state != ASKED_OPEN && state != ASKED_WAITS) || ends_soon(v, r))
			continue;
		count++;
		if (p != NULL)
			page_line(p, v, id_of(i, OF_REQUEST), asked_role(state),
				  state == ASKED_OPEN ? WORD_TODAY_OPEN : WORD_TODAY_WAITS, m->asked.names[i],
				  say_number(number, state == ASKED_OPEN ? r->granted : r->asked),
				  say_use(v, r->purpose), say_time(until, v, r->expires), NULL);
	}
	return count;
}

static void day(const struct view *v, struct page *p)
{
	const struct today_model *m = v->model;
	size_t count = 0, emergencies = 0;
	char number[SAY_NUMBER], other[SAY_NUMBER];

	for (size_t i = 0; i < m->asked.requests.count; i++) {
		const struct app_request *r = &m->asked.requests.rows[i];

		count += v->now.v - r->at.v < MS_PER_DAY;
		emergencies += r->emergency && v->now.v - r->at.v < MS_PER_DAY;
	}
	page_say(p, v, ROLE_DIM, WORD_TODAY_DAY, say_number(number, count), say_number(other, emergencies), NULL);
}

static void list(const struct view *v, struct page *p)
{
	const struct page_column column = {"", 40, 118, 0, false};
	size_t count = needs(v, NULL);
	char number[SAY_NUMBER];

	if (count > 0)
		page_head(p, v, WORD_TODAY_NEEDS, say_number(number, count), NULL);
	else
		page_say(p, v, ROLE_GOOD, WORD_TODAY_NOTHING, NULL);
	page_columns(p, &column, 1);
	needs(v, p);
	page_blank(p);
	page_head(p, v, WORD_TODAY_OPEN_HEAD, NULL);
	if (open_ones(v, p) == 0)
		page_say(p, v, ROLE_DIM, WORD_TODAY_NONE_OPEN, NULL);
	page_blank(p);
	day(v, p);
}

/* ---- one of them ---- */

static const struct app_request *request_at(const struct view *v, int id)
{
	const struct today_model *m = v->model;

	return id != 0 && id % OF_COUNT == OF_REQUEST ? &m->asked.requests.rows[id / OF_COUNT - 1] : NULL;
}

static const struct app_posed *question_at(const struct view *v, int id)
{
	const struct today_model *m = v->model;

	return id != 0 && id % OF_COUNT == OF_QUESTION ? &m->asked.questions.rows[id / OF_COUNT - 1] : NULL;
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct today_model *m = v->model;
	char until[SAY_TIME];

	if (request_at(v, id) != NULL)
		page_request(p, v, request_at(v, id), m->asked.names[id / OF_COUNT - 1]);
	else if (question_at(v, id) != NULL)
		page_question(p, v, question_at(v, id), m->asked.askers[id / OF_COUNT - 1]);
	else if (id != 0)
		page_say(p, v, ROLE_PLAIN, WORD_TODAY_BADGE_HOW, say_day(until, v, m->badge.not_after), NULL);
	else
		page_say(p, v, ROLE_DIM, WORD_TODAY_HOW, NULL);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct answer_draft d;

	(void)text;
	if (question_at(v, id) != NULL) {
		act_reply(ret, question_at(v, id));
	} else if (request_at(v, id) != NULL) {
		d.request = request_at(v, id)->request;
		act_open(ret, &view_institute_answer, &d, sizeof(d));
	} else {
		act_open(ret, &view_institute_badge, NULL, 0);
	}
}

static void add(struct act *ret, const struct view *v, int id)
{
	const struct request_draft d = {0};

	(void)v;
	(void)id;
	act_open(ret, &view_institute_request, &d, sizeof(d));
}

static void reply(struct act *ret, const struct view *v, int id)
{
	act_reply(ret, question_at(v, id));
}

static void review(struct act *ret, const struct view *v, int id)
{
	act_review(ret, request_at(v, id));
}

static void get(struct act *ret, const struct view *v, int id)
{
	act_get(ret, v, request_at(v, id));
}

static void close_it(struct act *ret, const struct view *v, int id)
{
	const struct today_model *m = v->model;

	act_close(ret, request_at(v, id), request_at(v, id) != NULL ? m->asked.names[id / OF_COUNT - 1] : "");
}

static void requests(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_open(ret, &view_institute_requests, NULL, 0);
}

static const struct view_act acts[] = {
	{ACTION_ADD, add}, {ACTION_REPLY, reply}, {ACTION_WRITE_REVIEW, review}, {ACTION_CLOSE, close_it}, {ACTION_GET, get},
	{ACTION_HISTORY, requests}, {ACTION_NONE, NULL},
};

const struct view_ops view_institute_today = {
	.name = "institute-today", .title = WORD_TAB_TODAY, .modes = MODE_INSTITUTE | MODE_RESEARCH, .split = SPLIT_BELOW,
	.model_size = sizeof(struct today_model), .load = load, .release = release, .list = list, .detail = detail,
	.chosen = chosen, .acts = acts,
};
