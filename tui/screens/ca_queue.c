/* SPDX-License-Identifier: Apache-2.0 */
/* The queue: what waits for an officer, and whose turn it is. */
#include "tui/screens/ca_queue.h"

#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/common_acts.h"
#include "tui/screens/views.h"

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	(void)draft;
	(void)task;
	return app_ca_queue(a, model, info);
}

static void release(void *model)
{
	app_queue_release(model);
}

static void fetched(const struct view *v, struct page *p, const struct app_queue *m)
{
	char number[SAY_NUMBER];

	if (m->entered > 0)
		page_say(p, v, ROLE_GOOD, WORD_QUEUE_ENTERED, say_number(number, m->entered), NULL);
	if (m->refused > 0)
		page_say(p, v, ROLE_WARN, WORD_QUEUE_REFUSED, say_number(number, m->refused), m->why, NULL);
	if (m->silent > 0)
		page_say(p, v, ROLE_WARN, WORD_QUEUE_SILENT, say_number(number, m->silent), NULL);
}

enum turn { TURN_NEW, TURN_MINE, TURN_OTHER };

static enum turn turn_of(const struct app_queue *m, const struct app_enrolment *r)
{
	if (!m->keeps)
		return TURN_MINE;
	return r->approvals_have > 0 && r->approvals_need > 1 ? TURN_OTHER : TURN_NEW;
}

/* What this profile signed for somebody else's certificate to end lies with the colleague alone. */
static bool is_own_act(const struct app_queue *m, const struct app_enrolment *r)
{
	return m->keeps && strcmp(r->kind, "enrolment") != 0 && strcmp(r->kind, "renewal") != 0;
}

static const char *say_age(char out[SAY_TIME], const struct view *v, struct time_ms at)
{
	const int64_t minutes = (v->now.v - at.v) / (60 * MS_PER_SECOND);
	int64_t count = minutes / (24 * 60);
	enum word unit = WORD_QUEUE_DAYS;
	struct buf text = BUF_INIT;
	char number[SAY_NUMBER];

	out[0] = '\0';
	if (at.v == 0)
		return out;
	if (minutes < 60)
		unit = WORD_QUEUE_MINUTES, count = minutes > 0 ? minutes : 0;
	else if (minutes < 48 * 60)
		unit = WORD_QUEUE_HOURS, count = minutes / 60;
	words_say(&text, v->language, unit, say_number(number, (uint64_t)count), NULL);
	if (buf_error(&text) == ERR_OK)
		snprintf(out, SAY_TIME, "%.*s", (int)text.len, (const char *)text.data);
	buf_release(&text);
	return out;
}

static void row(const struct view *v, struct page *p, size_t i)
{
	static const enum word turns[] = {WORD_QUEUE_NEW, WORD_QUEUE_MINE, WORD_QUEUE_OTHER};
	const struct app_queue *m = v->model;
	const struct app_enrolment *r = &m->rows[i];
	char id[12], age[SAY_TIME], approvals[32];
	const enum turn turn = turn_of(m, r);
	const char *const cells[] = {id, age, r->name, say_code(v, "kind", r->kind), say_code(v, "profile", r->profile),
				     approvals, word(v->language, turns[turn])};

	snprintf(id, sizeof(id), "%.8s", r->id);
	snprintf(approvals, sizeof(approvals), "%u/%u", r->approvals_have, r->approvals_need);
	say_age(age, v, r->received);
	page_row(p, (int)i + 1, turn == TURN_OTHER ? ROLE_DIM : turn == TURN_MINE ? ROLE_NOTE : ROLE_PLAIN, cells);
}

static void list(const struct view *v, struct page *p)
{
	const struct app_queue *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_QUEUE_ID), 8, 8, 2, false},
		{word(v->language, WORD_QUEUE_AGE), 4, 6, 3, false},
		{word(v->language, WORD_QUEUE_NAME), 12, 40, 0, false},
		{word(v->language, WORD_QUEUE_KIND), 8, 14, 4, false},
		{word(v->language, WORD_QUEUE_PROFILE), 9, 16, 1, false},
		{word(v->language, WORD_QUEUE_APPROVALS), 6, 10, 0, true},
		{word(v->language, WORD_QUEUE_TURN), 11, 20, 0, false},
	};

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < m->count; i++)
		row(v, p, i);
	if (m->count == 0)
		page_say(p, v, ROLE_GOOD, WORD_QUEUE_EMPTY, NULL);
	page_blank(p);
	fetched(v, p, m);
}

static void sentence(const struct view *v, struct page *p, const struct app_enrolment *r)
{
	static const struct { const char *kind; enum word w; } sentences[] = {
		{"enrolment", WORD_QUEUE_SAYS_ENROLMENT}, {"renewal", WORD_QUEUE_SAYS_RENEWAL},
		{"revocation", WORD_QUEUE_SAYS_REVOCATION}, {"hold", WORD_QUEUE_SAYS_HOLD},
		{"release", WORD_QUEUE_SAYS_RELEASE},
	};

	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (strcmp(r->kind, sentences[i].kind) == 0)
			page_say(p, v, ROLE_PLAIN, sentences[i].w, r->name, say_code(v, "profile", r->profile), NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct app_queue *m = v->model;
	const struct app_enrolment *r;
	char have[SAY_NUMBER], need[SAY_NUMBER], text[SAY_TIME];

	if (id == 0) {
		page_say(p, v, ROLE_DIM, WORD_QUEUE_HOW_EMPTY, NULL);
		return;
	}
	r = &m->rows[id - 1];
	page_heading(p, r->name);
	sentence(v, p, r);
	page_pair_say(p, v, WORD_QUEUE_APPROVALS, ROLE_PLAIN, WORD_QUEUE_OF, say_number(have, r->approvals_have),
		      say_number(need, r->approvals_need), NULL);
	if (r->received.v != 0)
		page_pair_text(p, v, WORD_CASE_RECEIVED, ROLE_PLAIN, say_time(text, v, r->received));
	if (r->expires.v != 0)
		page_pair_text(p, v, WORD_QUEUE_EXPIRES, ROLE_PLAIN, say_day(text, v, r->expires));
	page_pair_text(p, v, WORD_QUEUE_ID, ROLE_DIM, r->id);
	page_blank(p);
	if (is_own_act(m, r))
		page_say(p, v, ROLE_NOTE, WORD_QUEUE_OWN, NULL);
	else
		page_say(p, v, ROLE_NOTE, turn_of(m, r) == TURN_OTHER ? WORD_QUEUE_WAITS : WORD_QUEUE_HOW, NULL);
}

static void open_case(struct act *ret, const struct view *v, int id)
{
	const struct app_queue *m = v->model;
	struct case_draft d;

	if (id == 0) {
		act_refuse(ret, WORD_QUEUE_EMPTY, NULL);
		return;
	}
	if (is_own_act(m, &m->rows[id - 1])) {
		act_refuse(ret, WORD_QUEUE_OWN, NULL);
		return;
	}
	memcpy(d.id, m->rows[id - 1].id, sizeof(d.id));
	act_open(ret, &view_ca_case, &d, sizeof(d));
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	(void)text;
	open_case(ret, v, id);
}

/* Also from here: what cannot be shown, for a name that no terminal can show, can be refused. */
static void reject(struct act *ret, const struct view *v, int id)
{
	const struct app_queue *m = v->model;

	if (id == 0)
		act_refuse(ret, WORD_QUEUE_EMPTY, NULL);
	else if (!m->keeps)
		act_refuse(ret, WORD_CERTS_AWAY, NULL);
	else if (is_own_act(m, &m->rows[id - 1]))
		act_refuse(ret, WORD_QUEUE_OWN, NULL);
	else
		act_reject(ret, m->rows[id - 1].id);
}

static void import(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_QUEUE_IMPORT, .help = WORD_QUEUE_IMPORT_HELP, .label = WORD_FORM_FILE};

	(void)v;
	(void)id;
	line_form_words(&d, (const char *const[]){"ca", "import"}, 2);
	act_line_form(ret, &d);
}

static const struct view_act queue_acts[] = {
	{ACTION_INSPECT, open_case}, {ACTION_REJECT, reject}, {ACTION_ADD, import}, {ACTION_SYNC, common_reload},
			{ACTION_NONE, NULL},
};

const struct view_ops view_ca_queue = {
	.name = "ca-queue", .title = WORD_TAB_QUEUE, .modes = MODE_CA, .split = SPLIT_BELOW,
	.model_size = sizeof(struct app_queue), .load = load, .release = release, .list = list, .detail = detail,
	.chosen = chosen, .acts = queue_acts,
};
