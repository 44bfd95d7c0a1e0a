/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/line_form.h"

#include <stdio.h>

#include "tui/screens/views.h"

enum { ID_TEXT = 1, ID_READY = 2 };

void line_form_words(struct line_form_draft *d, const char *const *words, size_t count)
{
	ASSERT(count <= LINE_FORM_WORDS);
	for (size_t i = 0; i < count; i++) {
		ASSERT(strlen(words[i]) < LINE_FORM_WORD);
		snprintf(d->words[i], LINE_FORM_WORD, "%s", words[i]);
	}
}

void act_line_form(struct act *a, const struct line_form_draft *draft)
{
	act_open(a, &view_line_form, draft, sizeof(*draft));
}

static void list(const struct view *v, struct page *p)
{
	const struct line_form_draft *d = v->draft;

	page_head(p, v, d->title, NULL);
	if (d->help != WORD_NONE)
		page_say(p, v, ROLE_PLAIN, d->help, NULL);
	page_blank(p);
	page_field_say(p, v, ID_TEXT, d->label, d->text);
	for (int i = 0; i < 4 && d->ready[i] != WORD_NONE; i++)
		page_choice(p, ID_READY + i, word(v->language, d->ready[i]),
			    strcmp(d->text, word(v->language, d->ready[i])) == 0, true);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_FORM_HOW, NULL);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct line_form_draft d = *(const struct line_form_draft *)v->draft;

	if (text == NULL && id >= ID_READY)
		text = word(v->language, d.ready[id - ID_READY]);
	if (text == NULL)
		return;
	snprintf(d.text, sizeof(d.text), "%.*s", (int)sizeof(d.text) - 1, text);
	act_draft(ret, &d, sizeof(d));
}

static void send(struct act *ret, const struct view *v, int id)
{
	const struct line_form_draft *d = v->draft;

	(void)id;
	if (d->text[0] == '\0') {
		act_refuse(ret, WORD_FORM_EMPTY, word(v->language, d->label), NULL);
		return;
	}
	act_line(ret, d->words[0], d->words[1]);
	for (size_t i = 2; i < LINE_FORM_WORDS && d->words[i][0] != '\0'; i++)
		act_word(ret, d->words[i]);
	if (d->option[0] != '\0')
		act_word(ret, d->option);
	act_word(ret, d->text);
	if (d->question != WORD_NONE)
		act_yes(ret, d->question, NULL);
	ret->shows = d->shows;
	ret->leaves = true;
}

static const struct view_act acts[] = {{ACTION_SEND, send}, {ACTION_NONE, NULL}};

const struct view_ops view_line_form = {
	.name = "line-form", .title = WORD_FORM_TITLE, .draft_size = sizeof(struct line_form_draft), .list = list,
	.chosen = chosen, .acts = acts,
};
