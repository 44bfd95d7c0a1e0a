/* SPDX-License-Identifier: Apache-2.0 */
/* One case of the queue: what was asked for beside what would be issued, and the two officers' yes or no.
 *
 * Loading it is what counts as having looked: a colleague's act can be agreed to only after this.
 */
#include <stdio.h>

#include "tui/screens/ca_queue.h"
#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

#define CONFIRM_DIGITS 4u

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	(void)task;
	return app_ca_show(a, model, ((const struct case_draft *)draft)->id, info);
}

/* How a field came to be what it is; what needs a look first. */
enum origin { ORIGIN_DROPPED, ORIGIN_CHANGED, ORIGIN_ADDED, ORIGIN_SAME, ORIGIN_COUNT };

static enum origin origin_of(const struct app_enrolment_row *r)
{
	if (strcmp(r->requested, r->issued) == 0)
		return ORIGIN_SAME;
	if (r->requested[0] == '\0')
		return ORIGIN_ADDED;
	return r->issued[0] == '\0' || strcmp(r->issued, "(dropped)") == 0 ? ORIGIN_DROPPED : ORIGIN_CHANGED;
}

static const char *issued_of(const struct view *v, const struct app_enrolment_row *r)
{
	if (origin_of(r) == ORIGIN_DROPPED || r->issued[0] == '\0')
		return "-";
	return strcmp(r->field, "reason") == 0 ? say_code(v, "reason", r->issued) : r->issued;
}

static const char *asked_of(const struct app_enrolment_row *r)
{
	return r->requested[0] != '\0' ? r->requested : "-";
}

static void row(const struct view *v, struct page *p, size_t i)
{
	static const enum word notes[] = {WORD_CASE_DROPPED, WORD_CASE_CHANGED, WORD_CASE_ADDED, WORD_CASE_SAME};
	static const enum role roles[] = {ROLE_WARN, ROLE_WARN, ROLE_NOTE, ROLE_PLAIN};
	const struct app_enrolment *m = v->model;
	const struct app_enrolment_row *r = &m->rows[i];
	const enum origin origin = origin_of(r);
	const char *const cells[] = {say_code(v, "field", r->field), asked_of(r), issued_of(v, r),
				     word(v->language, notes[origin])};

	page_row(p, (int)i + 1, roles[origin], cells);
}

static void list(const struct view *v, struct page *p)
{
	const struct app_enrolment *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_CASE_FIELD), 12, 24, 0, false},
		{word(v->language, WORD_CASE_ASKED), 14, 66, 1, false},
		{word(v->language, m->entered_by[0] != '\0' ? WORD_CASE_SIGNED : WORD_CASE_ISSUED), 14, 66, 0, false},
		{word(v->language, WORD_CASE_NOTE), 8, 12, 0, false},
	};

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	page_head(p, v, WORD_CASE_HEAD, m->name, say_code(v, "profile", m->profile), say_code(v, "kind", m->kind), m->lint,
		  NULL);
	for (enum origin o = 0; o < ORIGIN_COUNT; o++)
		for (size_t i = 0; i < m->row_count; i++)
			if (origin_of(&m->rows[i]) == o && (o != ORIGIN_SAME || m->rows[i].issued[0] != '\0'))
				row(v, p, i);
}

static bool lint_holds(const struct app_enrolment *m)
{
	return strncmp(m->lint, "all ", 4) == 0;
}

static void state(const struct view *v, struct page *p)
{
	const struct app_enrolment *m = v->model;
	char have[SAY_NUMBER], need[SAY_NUMBER], when[SAY_TIME];

	page_pair_text(p, v, WORD_CASE_LINT, lint_holds(m) ? ROLE_GOOD : ROLE_DANGER, m->lint);
	page_pair_say(p, v, WORD_QUEUE_APPROVALS, ROLE_PLAIN, WORD_QUEUE_OF, say_number(have, m->approvals_have),
		      say_number(need, m->approvals_need), NULL);
	if (m->received.v != 0)
		page_pair_text(p, v, WORD_CASE_RECEIVED, ROLE_PLAIN, say_time(when, v, m->received));
	if (m->entered_by[0] != '\0')
		page_pair_say(p, v, WORD_CASE_ENTERED, ROLE_PLAIN, WORD_CASE_ENTERED_BY, m->entered_by,
			      say_time(when, v, m->entered), NULL);
	if (m->entered_by[0] != '\0')
		page_say(p, v, ROLE_NOTE, WORD_CASE_CHECKED, NULL);
	else if (m->approvals_need > 1)
		page_say(p, v, ROLE_NOTE, m->approvals_have > 0 ? WORD_QUEUE_WAITS : WORD_CASE_WHY_TWO, NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct app_enrolment *m = v->model;

	if (id > 0 && (size_t)id <= m->row_count) {
		const struct app_enrolment_row *r = &m->rows[id - 1];

		page_heading(p, say_code(v, "field", r->field));
		page_pair_text(p, v, WORD_CASE_ASKED, ROLE_PLAIN, asked_of(r));
		page_pair_text(p, v, m->entered_by[0] != '\0' ? WORD_CASE_SIGNED : WORD_CASE_ISSUED, ROLE_PLAIN,
			       issued_of(v, r));
	}
	state(v, p);
}

/* ---- what can be done with it ---- */

static bool is_end(const struct app_enrolment *m)
{
	return strcmp(m->kind, "revocation") == 0 || strcmp(m->kind, "release") == 0 || strcmp(m->kind, "hold") == 0;
}

/* A colleague's: the same command with the same serial agrees to it. */
static void agree_to_end(struct act *ret, const struct view *v, const struct app_enrolment *m)
{
	const bool release = strcmp(m->kind, "release") == 0;
	const char *last = m->id + strlen(m->id) - CONFIRM_DIGITS;

	act_line(ret, "ca", release ? "release" : "revoke");
	act_word(ret, m->id);
	if (!release)
		act_option(ret, "--reason", m->row_count > 0 ? m->rows[0].issued : "");
	act_option(ret, "--confirm", last);
	act_typed(ret, last, strcmp(m->kind, "revocation") == 0 ? WORD_CASE_END_QUESTION : WORD_CASE_HOLD_QUESTION,
		  say_code(v, "kind", m->kind), m->name, NULL);
}

static enum word question_of(const struct app_enrolment *m)
{
	if (m->entered_by[0] != '\0')
		return WORD_CASE_AGREE_QUESTION;
	if (m->approvals_need < 2)
		return WORD_CASE_APPROVE_QUESTION;
	return m->approvals_have > 0 ? WORD_CASE_AGAIN_QUESTION : WORD_CASE_BEGIN_QUESTION;
}

static void approve(struct act *ret, const struct view *v, int id)
{
	const struct app_enrolment *m = v->model;

	(void)id;
	if (!lint_holds(m)) {
		act_refuse(ret, WORD_CASE_LINT_REFUSES, m->lint, NULL);
		return;
	}
	if (is_end(m)) {
		agree_to_end(ret, v, m);
	} else {
		act_line(ret, "ca", "approve");
		act_word(ret, m->id);
		act_yes(ret, question_of(m), m->name, say_code(v, "profile", m->profile), NULL);
	}
	ret->shows = true;
	ret->leaves = true;
}

void act_reject(struct act *a, const char *id)
{
	struct line_form_draft d = {
		.title = WORD_CASE_REJECT, .help = WORD_CASE_REJECT_HELP, .label = WORD_CASE_REASON, .option = "--reason",
		.ready = {WORD_CASE_READY_ID, WORD_CASE_READY_ORGANISATION, WORD_CASE_READY_AGAIN},
		.question = WORD_CASE_REJECT_QUESTION, .shows = true,
	};

	line_form_words(&d, (const char *const[]){"ca", "reject", id}, 3);
	act_line_form(a, &d);
}

static void reject(struct act *ret, const struct view *v, int id)
{
	const struct app_enrolment *m = v->model;

	(void)id;
	if (m->entered_by[0] != '\0')
		act_refuse(ret, WORD_CASE_NO_REJECT, m->entered_by, NULL);
	else
		act_reject(ret, m->id);
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

static const struct view_act acts[] = {
	{ACTION_APPROVE, approve}, {ACTION_REJECT, reject}, {ACTION_DRY_RUN, dry_run}, {ACTION_NONE, NULL},
};

const struct view_ops view_ca_case = {
	.name = "ca-case", .title = WORD_CASE_TITLE, .modes = MODE_CA, .split = SPLIT_BELOW,
	.model_size = sizeof(struct app_enrolment), .draft_size = sizeof(struct case_draft), .load = load, .list = list,
	.detail = detail, .acts = acts,
};
