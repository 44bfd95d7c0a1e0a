/* SPDX-License-Identifier: Apache-2.0 */
/* The session's book of what was done.  What runs is never dropped from it before it ended: the worker's line is shorter. */
#include <stdio.h>

#include "core/base/text.h"
#include "tui/cli/line.h"
#include "tui/screens/session_parts.h"

static void gate(char *out, size_t size, const char *text)
{
	struct buf gated = BUF_INIT;

	text_gate(&gated, bytes_str(text), false);
	snprintf(out, size, "%s", buf_error(&gated) == ERR_OK && gated.len > 0 ? buf_text(&gated) : "");
	buf_release(&gated);
}

static void write_line(char out[ACTIVITY_LINE], const struct act *act)
{
	static const char cut[] = "...";
	struct buf line = BUF_INIT;

	cli_show_line(&line, act->words, act->word_count);
	out[0] = '\0';
	if (buf_error(&line) == ERR_OK)
		gate(out, ACTIVITY_LINE, buf_text(&line));
	if (line.len >= ACTIVITY_LINE)
		memcpy(out + ACTIVITY_LINE - sizeof(cut), cut, sizeof(cut));
	buf_release(&line);
}

static void tell_views(struct session *s)
{
	for (size_t i = 0; i < s->depth; i++)
		if (s->stack[i]->ops == &view_activity)
			view_draft(s->stack[i], &s->activity, sizeof(s->activity));
}

uint64_t activity_begin(struct session *s, const struct act *act, enum activity_state state)
{
	struct activity_draft *a = &s->activity;
	struct activity *row = &a->rows[0];

	if (a->count < ACTIVITY_MAX)
		a->count++;
	memmove(&a->rows[1], &a->rows[0], (a->count - 1) * sizeof(a->rows[0]));
	*row = (struct activity){.number = ++s->activity_count, .state = state, .at = s->now};
	write_line(row->line, act);
	tell_views(s);
	return row->number;
}

void activity_is(struct session *s, uint64_t number, enum activity_state state, const char *why)
{
	for (size_t i = 0; i < s->activity.count; i++) {
		struct activity *row = &s->activity.rows[i];

		if (row->number != number)
			continue;
		row->state = state;
		gate(row->why, sizeof(row->why), why);
	}
	tell_views(s);
}

void activity_forget(struct session *s)
{
	explicit_bzero(&s->activity, sizeof(s->activity));
	tell_views(s);
}
