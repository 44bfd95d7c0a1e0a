/* SPDX-License-Identifier: Apache-2.0 */
/* People who together, and only together, bring a person's keys back. */
#include "tui/screens/key_helpers.h"

#include <stdio.h>

#include "tui/screens/views.h"

enum { ID_WHO = 1, ID_NEEDED = 20 };

static uint32_t needed_of(const struct helpers_draft *d)
{
	return d->needed != 0 ? d->needed : 3;
}

static uint32_t named(const struct helpers_draft *d)
{
	uint32_t count = 0;

	for (size_t i = 0; i < HELPERS_SHOWN; i++)
		count += d->who[i][0] != '\0';
	return count;
}

static void list(const struct view *v, struct page *p)
{
	const struct helpers_draft *d = v->draft;
	char number[SAY_NUMBER];

	page_head(p, v, WORD_HELPERS_TITLE, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_HELPERS_WHAT, NULL);
	page_blank(p);
	for (int i = 0; i < (int)HELPERS_SHOWN; i++)
		page_field_say(p, v, ID_WHO + i, WORD_HELPERS_WHO, d->who[i]);
	page_head(p, v, WORD_HELPERS_NEEDED, NULL);
	for (uint32_t n = 2; n <= HELPERS_SHOWN; n++)
		page_choice(p, ID_NEEDED + (int)n, say_number(number, n), needed_of(d) == n, true);
	page_blank(p);
	page_say(p, v, ROLE_NOTE, WORD_HELPERS_DANGER, say_number(number, needed_of(d)), NULL);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct helpers_draft d = *(const struct helpers_draft *)v->draft;

	if (id >= ID_NEEDED)
		d.needed = (uint32_t)(id - ID_NEEDED);
	else if (text != NULL)
		snprintf(d.who[id - ID_WHO], sizeof(d.who[0]), "%.*s", (int)sizeof(d.who[0]) - 1, text);
	act_draft(ret, &d, sizeof(d));
}

static void send(struct act *ret, const struct view *v, int id)
{
	const struct helpers_draft *d = v->draft;
	char number[SAY_NUMBER], count[SAY_NUMBER];

	(void)id;
	if (named(d) < needed_of(d)) {
		act_refuse(ret, WORD_HELPERS_FEW, say_number(number, named(d)), say_number(count, needed_of(d)), NULL);
		return;
	}
	act_line(ret, "key", "helpers");
	for (size_t i = 0; i < HELPERS_SHOWN; i++)
		if (d->who[i][0] != '\0')
			act_word(ret, d->who[i]);
	act_option(ret, "--needed", say_number(number, needed_of(d)));
	act_yes(ret, WORD_HELPERS_QUESTION, number, say_number(count, named(d)), NULL);
	ret->shows = true;
	ret->leaves = true;
}

static const struct view_act acts[] = {{ACTION_SEND, send}, {ACTION_NONE, NULL}};

const struct view_ops view_key_helpers = {
	.name = "key-helpers", .title = WORD_HELPERS_VIEW, .modes = MODE_ANY, .draft_size = sizeof(struct helpers_draft),
	.list = list, .chosen = chosen, .acts = acts,
};
