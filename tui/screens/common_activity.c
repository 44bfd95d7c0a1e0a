/* SPDX-License-Identifier: Apache-2.0 */
/* What was done since the screens were opened, with the line that does the same from the command line. */
#include "tui/screens/activity.h"

#include <stdio.h>

#include "tui/screens/views.h"

static const struct { enum word says; enum role role; } states[] = {
	[ACTIVITY_WAITS] = {WORD_ACTIVITY_WAITS, ROLE_WARN},   [ACTIVITY_RUNS] = {WORD_ACTIVITY_RUNS, ROLE_NOTE},
	[ACTIVITY_DONE] = {WORD_ACTIVITY_DONE, ROLE_GOOD},     [ACTIVITY_OTHERS] = {WORD_ACTIVITY_OTHERS, ROLE_NOTE},
	[ACTIVITY_FAILED] = {WORD_ACTIVITY_FAILED, ROLE_DANGER}, [ACTIVITY_UNDONE] = {WORD_ACTIVITY_UNDONE, ROLE_DIM},
};

static void list(const struct view *v, struct page *p)
{
	const struct activity_draft *d = v->draft;
	const struct page_column columns[] = {
		{word(v->language, WORD_ACTIVITY_WHEN), 11, 12, 1, false},
		{word(v->language, WORD_ACTIVITY_STATE), 8, 24, 0, false},
		{word(v->language, WORD_ACTIVITY_LINE), 16, 200, 0, false},
	};

	if (d->count == 0) {
		page_say(p, v, ROLE_DIM, WORD_ACTIVITY_NOTHING, NULL);
		return;
	}
	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < d->count; i++) {
		const struct activity *a = &d->rows[i];
		char when[SAY_TIME];
		const char *const cells[] = {say_time(when, v, a->at), word(v->language, states[a->state].says), a->line};

		page_row(p, (int)a->number, states[a->state].role, cells);
	}
}

static const struct activity *by_number(const struct activity_draft *d, int id)
{
	for (size_t i = 0; i < d->count; i++)
		if ((int)d->rows[i].number == id)
			return &d->rows[i];
	return NULL;
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct activity *a = by_number(v->draft, id);
	char when[SAY_TIME];

	if (a == NULL)
		return;
	page_pair_say(p, v, WORD_ACTIVITY_STATE, states[a->state].role, states[a->state].says, NULL);
	page_pair_text(p, v, WORD_ACTIVITY_WHEN, ROLE_PLAIN, say_time(when, v, a->at));
	if (a->why[0] != '\0')
		page_text(p, ROLE_DANGER, a->why);
	if (a->state == ACTIVITY_WAITS)
		page_say(p, v, ROLE_NOTE, WORD_ACTIVITY_UNDO, NULL);
	page_head(p, v, WORD_ACTIVITY_SAME, NULL);
	page_printf(p, ROLE_PLAIN, "medlock %s", a->line);
}

const struct view_ops view_activity = {
	.name = "activity", .title = WORD_VIEW_ACTIVITY, .split = SPLIT_BELOW, .draft_size = sizeof(struct activity_draft),
	.list = list, .detail = detail,
};
