/* SPDX-License-Identifier: Apache-2.0 */
/* Health of the desk, ceremonies, and the register's export: what is fine, what is not, and what to do next. */
#include <stdio.h>

#include "core/app/ca.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	(void)draft;
	(void)task;
	return app_ca_doctor(a, model, info);
}

static void list(const struct view *v, struct page *p)
{
	const struct app_checks *m = v->model;
	const struct page_column columns[] = {
		{"", 4, 6, 0, false}, {word(v->language, WORD_HEALTH_WHAT), 12, 24, 0, false},
		{word(v->language, WORD_HEALTH_FOUND), 20, 80, 0, false},
	};
	char failed[SAY_NUMBER], warned[SAY_NUMBER];

	page_columns(p, columns, 3);
	page_head(p, v, m->failed > 0 ? WORD_HEALTH_BAD : WORD_HEALTH_GOOD, say_number(failed, m->failed),
		  say_number(warned, m->warned), NULL);
	for (size_t i = 0; i < m->count; i++) {
		const struct app_check *x = &m->rows[i];
		const char *const cells[] = {
			word(v->language, !x->ok ? WORD_HEALTH_MARK_BAD : x->warn ? WORD_HEALTH_MARK_WARN
					: WORD_HEALTH_MARK_GOOD),
			x->what, x->words,
		};

		page_row(p, (int)i + 1, !x->ok ? ROLE_DANGER : x->warn ? ROLE_WARN : ROLE_PLAIN, cells);
	}
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct app_checks *m = v->model;

	if (id == 0)
		return;
	page_heading(p, m->rows[id - 1].what);
	page_text(p, ROLE_PLAIN, m->rows[id - 1].words);
	if (m->rows[id - 1].next[0] != '\0')
		page_pair_text(p, v, WORD_HEALTH_NEXT, ROLE_NOTE, m->rows[id - 1].next);
}

static void backup(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_HEALTH_BACKUP, .help = WORD_HEALTH_BACKUP_HELP, .label = WORD_HEALTH_FOLDER,
				    .option = "--to", .shows = true};

	(void)v;
	(void)id;
	line_form_words(&d, (const char *const[]){"ca", "backup"}, 2);
	act_line_form(ret, &d);
}

static void export(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_HEALTH_EXPORT, .help = WORD_HEALTH_EXPORT_HELP, .label = WORD_FORM_FILE,
				    .option = "--out", .shows = true};

	(void)v;
	(void)id;
	line_form_words(&d, (const char *const[]){"ca", "export"}, 2);
	act_line_form(ret, &d);
}

static void verify(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_line(ret, "ledger", "verify");
	ret->shows = true;
}

static const struct view_act health_acts[] = {
	{ACTION_BACKUP, backup}, {ACTION_EXPORT, export}, {ACTION_VERIFY, verify}, {ACTION_NONE, NULL},
};

const struct view_ops view_ca_health = {
	.name = "ca-health", .title = WORD_TAB_HEALTH, .modes = MODE_CA, .split = SPLIT_BELOW,
	.model_size = sizeof(struct app_checks), .load = load, .list = list, .detail = detail, .acts = health_acts,
};

/* ---- ceremonies ---- */

static void ceremonies(const struct view *v, struct page *p)
{
	page_head(p, v, WORD_CEREMONY_HEAD, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_CEREMONY_WHAT, NULL);
	page_blank(p);
	page_say(p, v, ROLE_PLAIN, WORD_CEREMONY_STEP_1, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_CEREMONY_STEP_2, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_CEREMONY_STEP_3, NULL);
}

static void rehearse(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_line(ret, "ca", "ceremony");
	act_word(ret, "--dry-run");
	ret->shows = true;
}

static void begin(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_CEREMONY_BEGIN, .help = WORD_CEREMONY_BEGIN_HELP, .label = WORD_HEALTH_FOLDER,
				    .option = "--out", .question = WORD_CEREMONY_QUESTION, .shows = true};

	(void)v;
	(void)id;
	line_form_words(&d, (const char *const[]){"ca", "ceremony"}, 2);
	act_line_form(ret, &d);
}

static void root(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_CEREMONY_EXPORT, .label = WORD_FORM_FILE, .option = "--out"};

	(void)v;
	(void)id;
	line_form_words(&d, (const char *const[]){"ca", "certificate", "root"}, 3);
	act_line_form(ret, &d);
}

static const struct view_act ceremony_acts[] = {
	{ACTION_REHEARSE, rehearse}, {ACTION_BEGIN, begin}, {ACTION_EXPORT, root}, {ACTION_NONE, NULL},
};

const struct view_ops view_ca_ceremonies = {
	.name = "ca-ceremonies", .title = WORD_TAB_CEREMONIES, .modes = MODE_CA, .list = ceremonies, .acts = ceremony_acts,
};
