/* SPDX-License-Identifier: Apache-2.0 */
/* Who sits here: the people of a demo world, or the profile of this machine, or a new one. */
#include "tui/screens/people.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/app/setup.h"
#include "tui/screens/views.h"

enum { ID_HOME = 1000 };

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct people_draft *d = draft;
	struct app_demo *m = model;

	(void)a;
	(void)task;
	return d->world[0] != '\0' ? app_demo_people(m, d->world, info) : ERR_OK;
}

static enum word mode_word(const char *mode)
{
	switch (mode_of(mode)) {
	case MODE_PATIENT:
		return WORD_MODE_PATIENT;
	case MODE_INSTITUTE:
		return WORD_MODE_CLINICIAN;
	case MODE_RESEARCH:
		return WORD_MODE_RESEARCHER;
	case MODE_CA:
		return WORD_MODE_CA;
	default:
		return WORD_MODE_OTHER;
	}
}

static void list_world(const struct view *v, struct page *p)
{
	const struct app_demo *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_PEOPLE_NAME), 8, 16, 0, false}, {word(v->language, WORD_PEOPLE_ROLE), 10, 24, 0, false},
	};

	page_head(p, v, WORD_PEOPLE_WORLD, NULL);
	page_say(p, v, ROLE_DIM, WORD_PEOPLE_SYNTHETIC, NULL);
	page_blank(p);
	page_columns(p, columns, 2);
	for (size_t i = 0; i < m->count; i++) {
		const char *const cells[] = {m->people[i].name, word(v->language, mode_word(m->people[i].mode))};

		page_row(p, (int)i + 1, ROLE_PLAIN, cells);
	}
}

static void list(const struct view *v, struct page *p)
{
	const struct people_draft *d = v->draft;

	if (d->world[0] != '\0') {
		list_world(v, p);
		return;
	}
	page_head(p, v, d->home[0] != '\0' ? WORD_PEOPLE_ONE : WORD_PEOPLE_NONE, NULL);
	if (d->home[0] != '\0')
		page_choice_say(p, v, ID_HOME, WORD_PEOPLE_OPEN, true, true);
	page_blank(p);
	page_say(p, v, ROLE_PLAIN, WORD_PEOPLE_HOW_CREATE, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_PEOPLE_HOW_DEMO, NULL);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	const struct people_draft *d = v->draft;
	const struct app_demo *m = v->model;

	(void)text;
	act_person(ret, id == ID_HOME ? d->home : m->people[id - 1].home);
}

static void begin(struct act *ret, const struct view *v, int id)
{
	const struct people_draft *d = v->draft;

	(void)id;
	if (d->world[0] != '\0')
		act_refuse(ret, WORD_PEOPLE_IN_WORLD, NULL);
	else
		act_open(ret, &view_begin, NULL, 0);
}

static const struct view_act acts[] = {{ACTION_ADD, begin}, {ACTION_NONE, NULL}};

const struct view_ops view_people = {
	.name = "people", .title = WORD_VIEW_PEOPLE, .modes = 0, .model_size = sizeof(struct app_demo),
	.draft_size = sizeof(struct people_draft), .load = load, .list = list, .chosen = chosen,
	.acts = acts,
};
