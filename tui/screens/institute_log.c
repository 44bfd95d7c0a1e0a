/* SPDX-License-Identifier: Apache-2.0 */
/* My own log: questions about what I read, with their replies, and what happened to my account. */
#include "tui/screens/institute_log.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/common_acts.h"
#include "tui/screens/views.h"

/* Ids of rows: which of the lists, and the place in it, or the entry's number. */
enum { OF_QUESTION, OF_EVENT, OF_COUNT };

static int id_of(uint64_t i, int of)
{
	return (int)(i + 1) * OF_COUNT + of;
}

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct own_log_model *m = model;

	(void)draft;
	(void)task;
	TRY(events_load(&m->log, a, NULL, NULL, info));
	TRY(app_question_list(a, &m->questions, APP_QUESTIONS_TO_ME, info));
	m->askers = calloc(m->questions.count + 1, sizeof(*m->askers));
	if (m->askers == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->questions.count; i++)
		snprintf(m->askers[i], INSTITUTE_NAME, "%s", app_name(a, m->questions.rows[i].asker.b));
	return ERR_OK;
}

static void release(void *model)
{
	struct own_log_model *m = model;

	events_release(&m->log);
	app_questions_release(&m->questions);
	free(m->askers);
}

static void question_row(const struct view *v, struct page *p, size_t i)
{
	const struct own_log_model *m = v->model;
	const struct app_posed *q = &m->questions.rows[i];
	bool waits = question_waits(q), late = waits && q->due.v <= v->now.v;
	char at[SAY_TIME];
	const char *const cells[] = {
		say_time(at, v, q->asked), m->askers[i],
		q->text != NULL ? q->text : word(v->language, WORD_POSED_NO_TEXT),
		word(v->language, late ? WORD_POSED_LATE : waits ? WORD_POSED_WAITS : WORD_POSED_DONE),
	};

	page_row(p, id_of(i, OF_QUESTION), late ? ROLE_DANGER : waits ? ROLE_NOTE : ROLE_DIM, cells);
}

static void event_row(const struct view *v, struct page *p, size_t i)
{
	const struct own_log_model *m = v->model;
	const struct app_event *e = &m->log.rows[i].e;
	char at[SAY_TIME], deed[EVENT_TEXT], result[EVENT_TEXT];
	const char *const cells[] = {say_time(at, v, e->at), m->log.rows[i].who, event_deed(deed, v, e),
				     event_result(result, v, e)};

	page_row(p, id_of(e->n, OF_EVENT), ROLE_PLAIN, cells);
}

static void list(const struct view *v, struct page *p)
{
	const struct own_log_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_LOOKED_WHEN), 11, 12, 0, false},
		{word(v->language, WORD_LOOKED_WHO), 10, 24, 0, false},
		{word(v->language, WORD_LOOKED_WHAT), 16, 52, 0, false},
		{word(v->language, WORD_LOOKED_RESULT), 8, 20, 1, false},
	};
	char count[SAY_NUMBER], at[SAY_TIME];

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	page_head(p, v, WORD_OWNLOG_QUESTIONS, say_number(count, m->questions.count), NULL);
	for (size_t i = m->questions.count; i > 0; i--)
		question_row(v, p, i - 1);
	if (m->questions.count == 0)
		page_say(p, v, ROLE_DIM, WORD_OWNLOG_NO_QUESTIONS, NULL);
	page_blank(p);
	page_head(p, v, WORD_OWNLOG_ACCOUNT, NULL);
	for (size_t i = 0; i < m->log.count; i++)
		event_row(v, p, i);
	page_blank(p);
	if (m->log.state.complete)
		page_say(p, v, ROLE_GOOD, WORD_LOOKED_COMPLETE, say_number(count, m->log.state.count),
			 say_time(at, v, m->log.state.checked_at), NULL);
	else
		page_say(p, v, ROLE_DANGER, WORD_LOOKED_INCOMPLETE, NULL);
}

static const struct app_posed *question_at(const struct view *v, int id)
{
	const struct own_log_model *m = v->model;

	return id != 0 && id % OF_COUNT == OF_QUESTION ? &m->questions.rows[id / OF_COUNT - 1] : NULL;
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct own_log_model *m = v->model;
	const struct event_row *r;
	const struct app_event *e;
	char text[EVENT_TEXT], number[SAY_NUMBER], tx[ID_HEX];
	size_t i = (size_t)(id / OF_COUNT - 1);

	if (id == 0)
		return;
	if (question_at(v, id) != NULL) {
		page_question(p, v, question_at(v, id), m->askers[i]);
		return;
	}
	r = events_row(&m->log, i);
	if (r == NULL)
		return;
	e = &r->e;
	page_head(p, v, WORD_RECEIPT_TITLE, say_number(number, e->n), NULL);
	page_pair_text(p, v, WORD_RECEIPT_PERSON, ROLE_PLAIN, r->who);
	page_pair_text(p, v, WORD_RECEIPT_DID, ROLE_PLAIN, event_deed(text, v, e));
	page_pair_text(p, v, WORD_RECEIPT_WHEN, ROLE_PLAIN, say_time(text, v, e->at));
	page_pair_say(p, v, WORD_RECEIPT_PROOF, ROLE_PLAIN, WORD_RECEIPT_BLOCK, say_number(number, e->height), NULL);
	hex_encode(tx, e->tx.b, ID_SIZE);
	page_pair_text(p, v, WORD_RECEIPT_TX, ROLE_DIM, tx);
}

static void reply(struct act *ret, const struct view *v, int id)
{
	act_reply(ret, question_at(v, id));
}

static const struct view_act acts[] = {
	{ACTION_REPLY, reply}, {ACTION_VERIFY, common_log_verify}, {ACTION_EXPORT, common_log_export}, {ACTION_NONE, NULL},
};

const struct view_ops view_institute_log = {
	.name = "institute-log", .title = WORD_TAB_LOG, .modes = MODE_INSTITUTE | MODE_RESEARCH | MODE_OTHER,
	.split = SPLIT_BELOW,
	.model_size = sizeof(struct own_log_model), .load = load, .release = release, .list = list, .detail = detail,
	.acts = acts,
};
