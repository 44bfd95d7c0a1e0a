/* SPDX-License-Identifier: Apache-2.0 */
/* Who waits for an answer, and the four answers. */
#include "tui/screens/patient_asks.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/screens/codes.h"
#include "tui/screens/views.h"

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct asks_model *m = model;

	(void)draft;
	(void)task;
	TRY(app_asks_list(a, &m->asks, info));
	TRY(app_record_list(a, &m->records, NULL, info));
	m->names = calloc(m->asks.count + 1, sizeof(*m->names));
	if (m->names == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->asks.count; i++)
		snprintf(m->names[i], sizeof(m->names[i]), "%s", app_name(a, m->asks.rows[i].who.b));
	return ERR_OK;
}

static void release(void *model)
{
	struct asks_model *m = model;

	app_asks_release(&m->asks);
	app_records_release(&m->records);
	free(m->names);
}

static void list(const struct view *v, struct page *p)
{
	const struct asks_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_ASKS_WHO), 10, 24, 0, false}, {word(v->language, WORD_ASKS_WHY), 10, 24, 0, false},
		{word(v->language, WORD_ASKS_RECORDS), 7, 8, 1, true}, {word(v->language, WORD_ASKS_UNTIL), 11, 14, 0, false},
	};

	page_columns(p, columns, 4);
	for (size_t i = 0; i < m->asks.count; i++) {
		const struct app_waiting *w = &m->asks.rows[i];
		char number[SAY_NUMBER], until[SAY_TIME];
		const char *const cells[] = {m->names[i], say_code(v, "purpose", w->purpose), say_number(number, w->count),
					     say_time(until, v, w->until)};

		page_row(p, (int)i + 1, ROLE_NOTE, cells);
	}
	if (m->asks.count == 0)
		page_say(p, v, ROLE_DIM, WORD_ASKS_NONE, NULL);
}

static const struct app_record *record_of(const struct asks_model *m, const struct record_id *id)
{
	for (size_t i = 0; i < m->records.count; i++)
		if (ID_EQUAL(m->records.rows[i].record, *id))
			return &m->records.rows[i];
	return NULL;
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct asks_model *m = v->model;
	const struct app_waiting *w;
	char number[SAY_NUMBER], when[SAY_TIME], until[SAY_TIME];

	if (id == 0)
		return;
	w = &m->asks.rows[id - 1];
	page_say(p, v, ROLE_PLAIN, WORD_ASKS_SENTENCE, m->names[id - 1], say_number(number, w->count),
		 say_code(v, "purpose", w->purpose), NULL);
	page_say(p, v, ROLE_PLAIN, WORD_ASKS_WHEN, say_time(when, v, w->at), say_time(until, v, w->until), NULL);
	page_say(p, v, ROLE_DIM, WORD_ASKS_NO_RUSH, NULL);
	page_head(p, v, WORD_ASKS_WHICH, NULL);
	for (size_t i = 0; i < w->count; i++) {
		const struct app_record *r = record_of(m, &w->records[i]);
		char short_id[SAY_ID], labels[SAY_CODES];

		say_id(short_id, w->records[i].b);
		if (r != NULL)
			page_say(p, v, ROLE_PLAIN, WORD_ASKS_RECORD, say_code(v, "category", r->category), short_id,
				 say_codes(labels, v, "label", r->labels), NULL);
		else
			page_text(p, ROLE_PLAIN, short_id);
	}
}

static void answer(struct act *ret, const struct view *v, int id, const char *option, enum word question)
{
	const struct asks_model *m = v->model;
	char request[ID_HEX];

	if (id == 0) {
		act_refuse(ret, WORD_ASKS_NONE, NULL);
		return;
	}
	hex_encode(request, m->asks.rows[id - 1].request.b, ID_SIZE);
	act_line(ret, "consent", "answer");
	act_word(ret, request);
	act_word(ret, option);
	act_yes(ret, question, m->names[id - 1], NULL);
}

static void yes(struct act *ret, const struct view *v, int id)
{
	answer(ret, v, id, "--yes", WORD_ASKS_YES);
	if (ret->kind != ACT_LINE)
		return;
	act_word(ret, "--now");
	ret->waits = true;
}

static void once(struct act *ret, const struct view *v, int id)
{
	answer(ret, v, id, "--once", WORD_ASKS_ONCE);
}

static void no(struct act *ret, const struct view *v, int id)
{
	answer(ret, v, id, "--no", WORD_ASKS_NO);
}

static void never(struct act *ret, const struct view *v, int id)
{
	answer(ret, v, id, "--never", WORD_ASKS_NEVER);
}

static const struct view_act acts[] = {
	{ACTION_YES, yes}, {ACTION_ONCE, once}, {ACTION_NO, no}, {ACTION_NEVER, never}, {ACTION_NONE, NULL},
};

const struct view_ops view_patient_asks = {
	.name = "patient-asks", .title = WORD_ASKS_TITLE, .modes = MODE_PATIENT, .split = SPLIT_BELOW,
	.model_size = sizeof(struct asks_model), .load = load, .release = release, .list = list, .detail = detail, .acts = acts,
};
