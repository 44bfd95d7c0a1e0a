/* SPDX-License-Identifier: Apache-2.0 */
#include "view_help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void show(struct shown *s, const struct view_ops *ops, example_fill *fill, uint32_t mode)
{
	s->ops = ops;
	s->model = calloc(1, ops->model_size + 1);
	s->draft = calloc(1, ops->draft_size + 1);
	assert_true(s->model != NULL && s->draft != NULL);
	assert_int_equal(fill(s->model, s->draft), ERR_OK);
	s->view = (struct view){.ops = ops, .model = s->model, .draft = s->draft, .language = LANGUAGE_EN,
				.now = {EXAMPLE_NOW_MS}, .mode = mode, .utc = true};
}

void hide(struct shown *s)
{
	if (s->ops->release != NULL)
		s->ops->release(s->model);
	free(s->model);
	free(s->draft);
}

const struct act *act_of(struct shown *s, enum action action, int id)
{
	const struct view_act *x = s->ops->acts;

	while (x->action != action && x->action != ACTION_NONE)
		x++;
	assert_int_equal(x->action, action);
	s->act = (struct act){.language = LANGUAGE_EN};
	x->say(&s->act, &s->view, id);
	return &s->act;
}

const struct act *choose(struct shown *s, int id, const char *text)
{
	s->act = (struct act){.language = LANGUAGE_EN};
	s->ops->chosen(&s->act, &s->view, id, text);
	return &s->act;
}

void is_line(const struct act *a, const char *line)
{
	char text[ACT_LINE_MAX] = "";

	assert_int_equal(a->kind, ACT_LINE);
	for (size_t i = 0; i < a->word_count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i > 0 ? " " : "", a->words[i]);
	assert_string_equal(text, line);
}

void is_refused(const struct act *a, const char *with)
{
	assert_int_equal(a->kind, ACT_REFUSE);
	if (strstr(a->text, with) == NULL)
		fail_msg("'%s' is not in '%s'", with, a->text);
}

static void lines_of(struct buf *out, struct shown *s, int id)
{
	struct page p = PAGE_INIT;

	if (id < 0)
		s->ops->list(&s->view, &p);
	else
		s->ops->detail(&s->view, &p, id);
	assert_int_equal(page_error(&p), ERR_OK);
	page_plain(out, &p, LANGUAGE_EN, 200);
	assert_int_equal(buf_error(out), ERR_OK);
	page_release(&p);
}

void says(struct shown *s, int id, const char *what)
{
	struct buf lines = BUF_INIT;

	lines_of(&lines, s, id);
	if (strstr(buf_text(&lines), what) == NULL)
		fail_msg("'%s' is not in:\n%s", what, buf_text(&lines));
	buf_release(&lines);
}

int place(struct shown *s, const char *what)
{
	struct buf lines = BUF_INIT;
	const char *at;
	int n;

	lines_of(&lines, s, -1);
	at = strstr(buf_text(&lines), what);
	n = at != NULL ? (int)(at - buf_text(&lines)) : -1;
	buf_release(&lines);
	assert_true(n >= 0);
	return n;
}

int id_of(struct shown *s, const char *text)
{
	struct page p = PAGE_INIT;
	int id = 0;

	s->ops->list(&s->view, &p);
	for (size_t i = 0; i < p.count && id == 0; i++)
		if (p.items[i].id != 0 && p.items[i].text != NULL && strstr(p.items[i].text, text) != NULL)
			id = p.items[i].id;
	page_release(&p);
	if (id == 0)
		fail_msg("nothing to choose says '%s'", text);
	return id;
}
