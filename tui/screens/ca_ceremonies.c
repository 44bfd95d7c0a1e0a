/* SPDX-License-Identifier: Apache-2.0 */
/* Ceremonies: the authority as it is, the ceremony that makes it, and later acts with the root key. */
#include <stdio.h>

#include "tui/screens/ca_desk.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

enum { ID_OUT = 1, ID_WITNESS, ID_ROOT = ID_WITNESS + (int)CEREMONY_WITNESSES, ID_FILE };

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct ceremonies_model *m = model;
	enum err e = app_ca_doctor(a, &m->desk, info);

	(void)draft;
	(void)task;
	m->held = e == ERR_OK;
	return e == ERR_ROLE ? ERR_OK : e;
}

/* ---- pages ---- */

static void ceremony_form(const struct view *v, struct page *p, const struct ceremonies_draft *d)
{
	page_head(p, v, WORD_CEREMONY_HEAD, NULL);
	page_say(p, v, ROLE_DIM, WORD_CEREMONY_WHAT, NULL);
	page_field_say(p, v, ID_OUT, WORD_HEALTH_FOLDER, d->out);
	for (int i = 0; i < (int)CEREMONY_WITNESSES; i++)
		page_field_say(p, v, ID_WITNESS + i, WORD_CEREMONY_WITNESS, d->witness[i]);
	page_say(p, v, ROLE_PLAIN, WORD_CEREMONY_STEP_1, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_CEREMONY_STEP_2, NULL);
}

static void root_form(const struct view *v, struct page *p, const struct ceremonies_draft *d)
{
	page_head(p, v, WORD_CEREMONY_LATER, NULL);
	page_say(p, v, ROLE_DIM, WORD_CEREMONY_LATER_WHAT, NULL);
	page_field_say(p, v, ID_ROOT, WORD_CEREMONY_ROOT, d->root);
	page_field_say(p, v, ID_FILE, WORD_CEREMONY_FILE, d->file);
	page_say(p, v, ROLE_PLAIN, WORD_CEREMONY_LATER_HOW, NULL);
}

/* A desk that has its authority needs the acts after a ceremony, a new one the ceremony. */
static void list(const struct view *v, struct page *p)
{
	const struct ceremonies_model *m = v->model;

	if (m->held)
		root_form(v, p, v->draft);
	else
		ceremony_form(v, p, v->draft);
}

static bool is_of_authority(const struct app_check *x)
{
	static const char *const whats[] = {"issuing certificate", "root certificate", "revocation list", "root's list",
					    "root key", "backup"};

	for (size_t i = 0; i < sizeof(whats) / sizeof(whats[0]); i++)
		if (strcmp(x->what, whats[i]) == 0)
			return true;
	return false;
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct ceremonies_model *m = v->model;

	(void)id;
	page_head(p, v, WORD_CEREMONY_NOW, NULL);
	if (!m->held)
		page_say(p, v, ROLE_NOTE, WORD_CEREMONY_NONE, NULL);
	for (size_t i = 0; i < m->desk.count; i++) {
		const struct app_check *x = &m->desk.rows[i];

		if (!is_of_authority(x))
			continue;
		page_pair(p, x->what, !x->ok ? ROLE_DANGER : x->warn ? ROLE_WARN : ROLE_PLAIN, x->words);
		if (x->next[0] != '\0')
			page_pair_text(p, v, WORD_HEALTH_NEXT, ROLE_NOTE, x->next);
	}
	if (m->held)
		page_say(p, v, ROLE_DIM, WORD_CEREMONY_HELD, NULL);
}

/* ---- acts ---- */

static void keep(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%.*s", (int)size - 1, text);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct ceremonies_draft d = *(const struct ceremonies_draft *)v->draft;

	if (text == NULL)
		return;
	if (id == ID_OUT)
		keep(d.out, sizeof(d.out), text);
	else if (id >= ID_WITNESS && id < ID_ROOT)
		keep(d.witness[id - ID_WITNESS], sizeof(d.witness[0]), text);
	else if (id == ID_ROOT)
		keep(d.root, sizeof(d.root), text);
	else if (id == ID_FILE)
		keep(d.file, sizeof(d.file), text);
	act_draft(ret, &d, sizeof(d));
}

/* False: it is refused. */
static bool ceremony_words(struct act *ret, const struct view *v)
{
	const struct ceremonies_model *m = v->model;
	const struct ceremonies_draft *d = v->draft;
	size_t witnesses = 0;

	for (size_t i = 0; i < CEREMONY_WITNESSES; i++)
		witnesses += d->witness[i][0] != '\0';
	if (m->held || d->out[0] == '\0' || witnesses == 0) {
		act_refuse(ret, m->held ? WORD_CEREMONY_HELD : WORD_CEREMONY_NOT_WHOLE, NULL);
		return false;
	}
	act_line(ret, "ca", "ceremony");
	act_option(ret, "--out", d->out);
	for (size_t i = 0; i < CEREMONY_WITNESSES; i++)
		act_option(ret, "--witness", d->witness[i]);
	return true;
}

static void rehearse(struct act *ret, const struct view *v, int id)
{
	(void)id;
	if (!ceremony_words(ret, v))
		return;
	act_word(ret, "--dry-run");
	ret->shows = true;
}

static void begin(struct act *ret, const struct view *v, int id)
{
	(void)id;
	if (!ceremony_words(ret, v))
		return;
	act_typed(ret, "root", WORD_CEREMONY_QUESTION, NULL);
	ret->shows = true;
}

static bool has_root(struct act *ret, const struct view *v)
{
	const struct ceremonies_model *m = v->model;
	const struct ceremonies_draft *d = v->draft;
	const bool whole = m->held && d->root[0] != '\0' && d->file[0] != '\0';

	if (!whole)
		act_refuse(ret, m->held ? WORD_CEREMONY_ROOT_NOT_WHOLE : WORD_CEREMONY_NONE, NULL);
	return whole;
}

static void renew(struct act *ret, const struct view *v, int id)
{
	const struct ceremonies_draft *d = v->draft;

	(void)id;
	if (!has_root(ret, v))
		return;
	act_line(ret, "ca", "issuing");
	act_option(ret, "--root", d->root);
	act_option(ret, "--out", d->file);
	act_yes(ret, WORD_CEREMONY_ISSUING_QUESTION, d->file, NULL);
	ret->shows = true;
}

static void root_list(struct act *ret, const struct view *v, int id)
{
	const struct ceremonies_draft *d = v->draft;

	(void)id;
	if (!has_root(ret, v))
		return;
	act_line(ret, "ca", "crl");
	act_option(ret, "--root", d->root);
	act_option(ret, "--out", d->file);
	act_yes(ret, WORD_CEREMONY_LIST_QUESTION, d->file, NULL);
	ret->shows = true;
}

static void export(struct act *ret, const struct view *v, int id)
{
	const struct ceremonies_model *m = v->model;
	struct line_form_draft d = {.title = WORD_CEREMONY_EXPORT, .label = WORD_FORM_FILE, .option = "--out"};

	(void)id;
	if (!m->held) {
		act_refuse(ret, WORD_CEREMONY_NONE, NULL);
		return;
	}
	line_form_words(&d, (const char *const[]){"ca", "certificate", "root"}, 3);
	act_line_form(ret, &d);
}

static void backup(struct act *ret, const struct view *v, int id)
{
	const struct ceremonies_model *m = v->model;
	struct line_form_draft d = {.title = WORD_HEALTH_BACKUP, .help = WORD_HEALTH_BACKUP_HELP, .label = WORD_HEALTH_FOLDER,
				    .option = "--to", .shows = true};

	(void)id;
	if (!m->held) {
		act_refuse(ret, WORD_CEREMONY_NONE, NULL);
		return;
	}
	line_form_words(&d, (const char *const[]){"ca", "backup"}, 2);
	act_line_form(ret, &d);
}

static const struct view_act acts[] = {
	{ACTION_REHEARSE, rehearse}, {ACTION_BEGIN, begin}, {ACTION_ADD, renew}, {ACTION_PUBLISH, root_list},
	{ACTION_EXPORT, export}, {ACTION_BACKUP, backup}, {ACTION_NONE, NULL},
};

const struct view_ops view_ca_ceremonies = {
	.name = "ca-ceremonies", .title = WORD_TAB_CEREMONIES, .modes = MODE_CA, .split = SPLIT_RIGHT,
	.model_size = sizeof(struct ceremonies_model), .draft_size = sizeof(struct ceremonies_draft), .load = load,
	.list = list, .detail = detail, .chosen = chosen, .acts = acts,
};
