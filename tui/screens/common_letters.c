/* SPDX-License-Identifier: Apache-2.0 */
/* Letters: who wrote, about what, and the words.  What is to be done about one is done where it belongs: a question is answered
 * under today, a share of somebody's keys is kept under the keys.
 */
#include "tui/screens/common_letters.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/app/mail.h"
#include "tui/screens/codes.h"
#include "tui/screens/common_acts.h"
#include "tui/screens/views.h"

static enum err read_all(struct letters_model *m, struct app *a, const struct app_letters *all)
{
	m->odd = all->odd;
	m->rows = calloc(all->count + 1, sizeof(*m->rows));
	if (m->rows == NULL)
		return ERR_MEMORY;
	for (size_t i = all->count; i > 0; i--) {
		const struct app_letter *l = &all->rows[i - 1];
		struct letter_row *row = &m->rows[m->count];

		if (app_letter_read(a, &row->reading, l, NULL) != ERR_OK)
			continue;
		row->at = l->at;
		row->kind = l->kind;
		snprintf(row->from, sizeof(row->from), "%s", app_name(a, l->from.b));
		m->count++;
	}
	return ERR_OK;
}

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct app_letters all;
	enum err e;

	(void)draft;
	(void)task;
	TRY(app_mail_list(a, &all, 0, info));
	e = read_all(model, a, &all);
	app_letters_release(&all);
	return e;
}

static void release(void *model)
{
	struct letters_model *m = model;

	if (m->rows != NULL)
		explicit_bzero(m->rows, m->count * sizeof(*m->rows));
	free(m->rows);
}

static bool is_doubtful(const struct letter_row *l)
{
	return l->reading.is_promised && !l->reading.as_promised;
}

static void list(const struct view *v, struct page *p)
{
	const struct letters_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_ACTIVITY_WHEN), 11, 12, 1, false},
		{word(v->language, WORD_LETTERS_FROM), 10, 30, 0, false},
		{word(v->language, WORD_LETTERS_ABOUT), 14, 60, 0, false},
	};
	char number[SAY_NUMBER];

	if (m->count == 0)
		page_say(p, v, ROLE_DIM, WORD_LETTERS_NONE, NULL);
	else
		page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < m->count; i++) {
		const struct letter_row *l = &m->rows[i];
		char when[SAY_TIME];
		const char *const cells[] = {say_time(when, v, l->at), l->from,
					     say_code(v, "letter", code_text(CODES_LETTER, l->kind))};

		page_row(p, (int)i + 1, is_doubtful(l) ? ROLE_DANGER : ROLE_PLAIN, cells);
	}
	page_blank(p);
	if (m->odd > 0)
		page_say(p, v, ROLE_NOTE, WORD_LETTERS_ODD, say_number(number, m->odd), NULL);
	page_say(p, v, ROLE_DIM, WORD_LETTERS_KEPT, NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct letters_model *m = v->model;
	const struct letter_row *l;
	char when[SAY_TIME], about[SAY_ID];

	if (id < 1 || (size_t)id > m->count)
		return;
	l = &m->rows[id - 1];
	page_pair_text(p, v, WORD_LETTERS_FROM, ROLE_PLAIN, l->from);
	page_pair_text(p, v, WORD_ACTIVITY_WHEN, ROLE_PLAIN, say_time(when, v, l->at));
	if (l->reading.is_promised)
		page_pair_text(p, v, WORD_LETTERS_REQUEST, ROLE_PLAIN, say_id(about, l->reading.request.b));
	if (l->reading.is_report)
		page_pair_text(p, v, WORD_RECORDS_ID, ROLE_PLAIN, say_id(about, l->reading.record.b));
	page_blank(p);
	page_text(p, ROLE_PLAIN, l->reading.text);
	if (is_doubtful(l))
		page_say(p, v, ROLE_DANGER, WORD_LETTERS_DOUBTFUL, NULL);
	page_blank(p);
	page_say(p, v, ROLE_DIM, l->kind == LETTER_QUESTION ? WORD_LETTERS_HOW_QUESTION :
				 l->kind == LETTER_REPORT   ? WORD_LETTERS_HOW_REPORT : WORD_LETTERS_HOW_READ, NULL);
}

static const struct view_act acts[] = {{ACTION_SYNC, common_reload}, {ACTION_NONE, NULL}};

const struct view_ops view_letters = {
	.name = "letters", .title = WORD_VIEW_LETTERS, .modes = MODE_ANY, .split = SPLIT_BELOW,
	.model_size = sizeof(struct letters_model), .load = load, .release = release, .list = list, .detail = detail,
	.acts = acts,
};
