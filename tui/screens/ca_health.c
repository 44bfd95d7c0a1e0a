/* SPDX-License-Identifier: Apache-2.0 */
/* Health of the desk and of this profile: what is not in order, and what to do next. */
#include <stdio.h>

#include "tui/screens/ca_desk.h"
#include "tui/screens/line_form.h"
#include "tui/screens/common_acts.h"
#include "tui/screens/views.h"

#define ID_PROFILE 100 /* rows of the desk from 1, of the profile from here */

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct health_model *m = model;
	enum err e = app_ca_doctor(a, &m->desk, info);

	(void)draft;
	(void)task;
	m->away = e == ERR_ROLE;
	if (e != ERR_OK && !m->away)
		return e;
	return app_doctor(a, &m->profile, info);
}

/* ---- the list ---- */

enum level { LEVEL_BAD, LEVEL_WARN, LEVEL_GOOD, LEVEL_COUNT };

static enum level level_of(const struct app_check *x)
{
	return !x->ok ? LEVEL_BAD : x->warn ? LEVEL_WARN : LEVEL_GOOD;
}

/* What is not in order first. */
static void rows(const struct view *v, struct page *p, const struct app_checks *all, int base)
{
	static const enum word marks[] = {WORD_HEALTH_MARK_BAD, WORD_HEALTH_MARK_WARN, WORD_HEALTH_MARK_GOOD};
	static const enum role roles[] = {ROLE_DANGER, ROLE_WARN, ROLE_PLAIN};

	for (enum level level = 0; level < LEVEL_COUNT; level++) {
		for (size_t i = 0; i < all->count; i++) {
			const struct app_check *x = &all->rows[i];
			const char *const cells[] = {word(v->language, marks[level]), x->what, x->words};

			if (level_of(x) == level)
				page_row(p, base + (int)i, roles[level], cells);
		}
	}
}

static void head(const struct view *v, struct page *p, const struct app_checks *all, enum word title)
{
	char failed[SAY_NUMBER], warned[SAY_NUMBER];

	page_head(p, v, title, NULL);
	page_say(p, v, all->failed > 0 ? ROLE_DANGER : all->warned > 0 ? ROLE_WARN : ROLE_GOOD,
		 all->failed > 0 ? WORD_HEALTH_BAD : all->warned > 0 ? WORD_HEALTH_GOOD : WORD_HEALTH_ALL_GOOD,
		 say_number(failed, all->failed), say_number(warned, all->warned), NULL);
}

static void list(const struct view *v, struct page *p)
{
	const struct health_model *m = v->model;
	const struct page_column columns[] = {
		{"", 4, 6, 0, false}, {word(v->language, WORD_HEALTH_WHAT), 12, 24, 0, false},
		{word(v->language, WORD_HEALTH_FOUND), 20, 80, 0, false},
	};

	page_columns(p, columns, 3);
	if (!m->away) {
		head(v, p, &m->desk, WORD_HEALTH_DESK);
		rows(v, p, &m->desk, 1);
		page_blank(p);
	}
	head(v, p, &m->profile, WORD_HEALTH_PROFILE);
	rows(v, p, &m->profile, ID_PROFILE);
	if (m->away)
		page_say(p, v, ROLE_NOTE, WORD_CERTS_AWAY, NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct health_model *m = v->model;
	const struct app_check *x;

	if (id == 0)
		return;
	x = id >= ID_PROFILE ? &m->profile.rows[id - ID_PROFILE] : &m->desk.rows[id - 1];
	page_heading(p, x->what);
	page_text(p, level_of(x) == LEVEL_BAD ? ROLE_DANGER : ROLE_PLAIN, x->words);
	if (x->next[0] != '\0')
		page_pair_text(p, v, WORD_HEALTH_NEXT, ROLE_NOTE, x->next);
}

/* ---- acts ---- */

static void backup(struct act *ret, const struct view *v, int id)
{
	const struct health_model *m = v->model;
	struct line_form_draft d = {.title = WORD_HEALTH_BACKUP, .help = WORD_HEALTH_BACKUP_HELP, .label = WORD_HEALTH_FOLDER,
				    .option = "--to", .shows = true};

	(void)id;
	if (m->away) {
		act_refuse(ret, WORD_CERTS_AWAY, NULL);
		return;
	}
	line_form_words(&d, (const char *const[]){"ca", "backup"}, 2);
	act_line_form(ret, &d);
}

static const struct view_act acts[] = {
	{ACTION_BACKUP, backup}, {ACTION_VERIFY, common_ledger_verify}, {ACTION_SYNC, common_reload}, {ACTION_NONE, NULL},
};

const struct view_ops view_ca_health = {
	.name = "ca-health", .title = WORD_TAB_HEALTH, .modes = MODE_CA, .split = SPLIT_BELOW,
	.model_size = sizeof(struct health_model), .load = load, .list = list, .detail = detail, .acts = acts,
};
