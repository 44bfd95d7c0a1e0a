/* SPDX-License-Identifier: Apache-2.0 */
/* The queue, and one case of it: what was asked for beside what would be issued. */
#include "tui/screens/ca_queue.h"

#include <stdio.h>

#include "tui/screens/line_form.h"
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

static void list(const struct view *v, struct page *p)
{
	const struct app_queue *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_QUEUE_ID), 8, 10, 1, false},   {word(v->language, WORD_QUEUE_NAME), 14, 40, 0, false},
		{word(v->language, WORD_QUEUE_KIND), 8, 14, 2, false}, {word(v->language, WORD_QUEUE_PROFILE), 9, 16, 0, false},
		{word(v->language, WORD_QUEUE_APPROVALS), 6, 10, 0, true},
	};

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < m->count; i++) {
		const struct app_enrolment *r = &m->rows[i];
		char id[12], approvals[32];
		const char *const cells[] = {id, r->name[0] != '\0' ? r->name : r->id, r->kind, r->profile, approvals};

		snprintf(id, sizeof(id), "%.8s", r->id);
		snprintf(approvals, sizeof(approvals), "%u/%u", r->approvals_have, r->approvals_need);
		page_row(p, (int)i + 1, r->approvals_have > 0 ? ROLE_NOTE : ROLE_PLAIN, cells);
	}
	if (m->count == 0)
		page_say(p, v, ROLE_GOOD, WORD_QUEUE_EMPTY, NULL);
	page_blank(p);
	fetched(v, p, m);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct app_queue *m = v->model;
	const struct app_enrolment *r;
	char account[ID_HEX], have[SAY_NUMBER], need[SAY_NUMBER], until[SAY_TIME];

	if (id == 0) {
		page_say(p, v, ROLE_DIM, WORD_QUEUE_HOW, NULL);
		return;
	}
	r = &m->rows[id - 1];
	page_heading(p, r->name[0] != '\0' ? r->name : r->kind);
	page_pair_text(p, v, WORD_QUEUE_KIND, ROLE_PLAIN, r->kind);
	page_pair_text(p, v, WORD_QUEUE_PROFILE, ROLE_PLAIN, r->profile);
	hex_encode(account, r->account.b, ID_SIZE);
	page_pair_text(p, v, WORD_KEYS_ACCOUNT, ROLE_DIM, account);
	page_pair_say(p, v, WORD_QUEUE_APPROVALS, ROLE_PLAIN, WORD_QUEUE_OF, say_number(have, r->approvals_have),
		      say_number(need, r->approvals_need), NULL);
	if (r->expires.v != 0)
		page_pair_text(p, v, WORD_QUEUE_EXPIRES, ROLE_PLAIN, say_time(until, v, r->expires));
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_QUEUE_HOW, NULL);
}

static void open_case(struct act *ret, const struct view *v, int id)
{
	const struct app_queue *m = v->model;
	struct case_draft d;

	if (id == 0) {
		act_refuse(ret, WORD_QUEUE_EMPTY, NULL);
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

static void import(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_QUEUE_IMPORT, .help = WORD_QUEUE_IMPORT_HELP, .label = WORD_FORM_FILE};

	(void)v;
	(void)id;
	line_form_words(&d, (const char *const[]){"ca", "import"}, 2);
	act_line_form(ret, &d);
}

static const struct view_act queue_acts[] = {{ACTION_INSPECT, open_case}, {ACTION_ADD, import}, {ACTION_NONE, NULL}};

const struct view_ops view_ca_queue = {
	.name = "ca-queue", .title = WORD_TAB_QUEUE, .modes = MODE_CA, .split = SPLIT_BELOW,
	.model_size = sizeof(struct app_queue), .load = load, .release = release, .list = list, .detail = detail,
	.chosen = chosen, .acts = queue_acts,
};

/* ---- one case ---- */

static enum err case_load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	(void)task;
	return app_ca_show(a, model, ((const struct case_draft *)draft)->id, info);
}

/* What differs is marked by a word too. */
static void compared(const struct view *v, struct page *p, const struct app_enrolment *m)
{
	for (size_t i = 0; i < m->row_count; i++) {
		const struct app_enrolment_row *r = &m->rows[i];
		bool same = strcmp(r->requested, r->issued) == 0;
		const char *note = same ? "" : r->requested[0] == '\0' ? word(v->language, WORD_CASE_ADDED)
				   : r->issued[0] == '\0'	       ? word(v->language, WORD_CASE_DROPPED)
								       : word(v->language, WORD_CASE_CHANGED);
		const char *const cells[] = {r->field, r->requested[0] != '\0' ? r->requested : "-",
					     r->issued[0] != '\0' ? r->issued : "-", note};

		page_row(p, (int)i + 1, same ? ROLE_PLAIN : ROLE_NOTE, cells);
	}
}

static void case_list(const struct view *v, struct page *p)
{
	const struct app_enrolment *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_CASE_FIELD), 8, 18, 0, false},
		{word(v->language, WORD_CASE_ASKED), 14, 44, 1, false},
		{word(v->language, WORD_CASE_ISSUED), 14, 44, 0, false},
		{word(v->language, WORD_CASE_NOTE), 7, 10, 2, false},
	};
	char have[SAY_NUMBER], need[SAY_NUMBER], when[SAY_TIME];

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	page_heading(p, m->name[0] != '\0' ? m->name : m->kind);
	page_pair_text(p, v, WORD_QUEUE_KIND, ROLE_PLAIN, m->kind);
	page_pair_say(p, v, WORD_QUEUE_APPROVALS, ROLE_PLAIN, WORD_QUEUE_OF, say_number(have, m->approvals_have),
		      say_number(need, m->approvals_need), NULL);
	if (m->entered_by[0] != '\0')
		page_pair_say(p, v, WORD_CASE_ENTERED, ROLE_PLAIN, WORD_CASE_ENTERED_BY, m->entered_by,
			      say_time(when, v, m->entered), NULL);
	if (m->received.v != 0)
		page_pair_text(p, v, WORD_CASE_RECEIVED, ROLE_PLAIN, say_time(when, v, m->received));
	if (m->lint[0] != '\0')
		page_pair_text(p, v, WORD_CASE_LINT, ROLE_PLAIN, m->lint);
	page_blank(p);
	compared(v, p, m);
	page_blank(p);
	if (m->approvals_need > 1)
		page_say(p, v, ROLE_DIM, WORD_CASE_WHY_TWO, NULL);
}

static void case_detail(const struct view *v, struct page *p, int id)
{
	const struct app_enrolment *m = v->model;

	if (id < 1 || (size_t)id > m->row_count)
		return;
	page_heading(p, m->rows[id - 1].field);
	page_pair_text(p, v, WORD_CASE_ASKED, ROLE_PLAIN, m->rows[id - 1].requested);
	page_pair_text(p, v, WORD_CASE_ISSUED, ROLE_PLAIN, m->rows[id - 1].issued);
}

static bool is_end(const struct app_enrolment *m)
{
	return strncmp(m->kind, "revo", 4) == 0 || strncmp(m->kind, "rele", 4) == 0 || strncmp(m->kind, "hold", 4) == 0;
}

static void approve(struct act *ret, const struct view *v, int id)
{
	const struct app_enrolment *m = v->model;

	(void)id;
	if (is_end(m)) { /* a colleague's: the same command with the same serial agrees to it */
		bool release_act = strncmp(m->kind, "rele", 4) == 0;
		const char *last = m->id + strlen(m->id) - 4;

		act_line(ret, "ca", release_act ? "release" : "revoke");
		act_word(ret, m->id);
		if (!release_act)
			act_option(ret, "--reason", m->row_count > 0 ? m->rows[0].issued : "");
		act_option(ret, "--confirm", last);
		act_typed(ret, last, WORD_CASE_END_QUESTION, m->kind, m->name, NULL);
	} else {
		act_line(ret, "ca", "approve");
		act_word(ret, m->id);
		act_yes(ret, WORD_CASE_APPROVE_QUESTION, m->name[0] != '\0' ? m->name : m->id, m->profile, NULL);
	}
	ret->shows = true;
	ret->leaves = true;
}

static void reject(struct act *ret, const struct view *v, int id)
{
	const struct app_enrolment *m = v->model;
	struct line_form_draft d = {
		.title = WORD_CASE_REJECT, .help = WORD_CASE_REJECT_HELP, .label = WORD_CASE_REASON, .option = "--reason",
		.ready = {WORD_CASE_READY_ID, WORD_CASE_READY_ORGANISATION, WORD_CASE_READY_AGAIN},
		.question = WORD_CASE_REJECT_QUESTION, .shows = true,
	};

	(void)id;
	if (is_end(m)) {
		act_refuse(ret, WORD_CASE_NO_REJECT, NULL);
		return;
	}
	line_form_words(&d, (const char *const[]){"ca", "reject", m->id}, 3);
	act_line_form(ret, &d);
}

static void dry_run(struct act *ret, const struct view *v, int id)
{
	const struct app_enrolment *m = v->model;

	(void)id;
	if (is_end(m)) {
		act_refuse(ret, WORD_CASE_NO_DRY_RUN, NULL);
		return;
	}
	act_line(ret, "ca", "approve");
	act_word(ret, m->id);
	act_word(ret, "--dry-run");
	ret->shows = true;
}

static const struct view_act case_acts[] = {
	{ACTION_APPROVE, approve}, {ACTION_REJECT, reject}, {ACTION_DRY_RUN, dry_run}, {ACTION_NONE, NULL},
};

const struct view_ops view_ca_case = {
	.name = "ca-case", .title = WORD_CASE_TITLE, .modes = MODE_CA, .model_size = sizeof(struct app_enrolment),
	.draft_size = sizeof(struct case_draft), .load = case_load, .list = case_list, .detail = case_detail,
	.acts = case_acts,
};
