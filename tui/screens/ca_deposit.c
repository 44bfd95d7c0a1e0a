/* SPDX-License-Identifier: Apache-2.0 */
/* A deposit in the making: the file and its owner, what is proposed for it and why, what the form without names loses. */
#include <stdio.h>

#include "tui/screens/ca_deposits.h"
#include "tui/screens/ca_desk.h"
#include "tui/screens/codes.h"
#include "tui/screens/views.h"

enum { ID_PATH = 1, ID_OWNER, ID_FULL_ONLY, ID_LOWER, ID_CONFIDENTIALITY = 50, ID_CATEGORY = 100, ID_LABEL = 200 };

const char *const deposit_confidentialities[] = {"V", "R", "N", "M", "L", "U", NULL};

static const char *category_of(const struct deposit_draft *d)
{
	return d->category > 0 ? code_categories[d->category - 1] : NULL;
}

static const char *confidentiality_of(const struct deposit_draft *d)
{
	return d->confidentiality > 0 ? deposit_confidentialities[d->confidentiality - 1] : NULL;
}

static enum err propose(struct app *a, struct deposit_model *m, const struct deposit_draft *d, struct err_info *info)
{
	struct app_deposit wish = {.path = d->path, .full_only = d->full_only, .dry_run = true, .category = category_of(d),
				   .confidentiality = confidentiality_of(d), .lower = d->lower};
	struct record_id older;
	size_t count = 0;

	TRY(app_find(a, &wish.owner, d->owner, info));
	for (size_t i = 0; code_labels[i] != NULL; i++)
		if (d->labels & (1u << i))
			wish.labels[count++] = code_labels[i];
	if (d->supersedes[0] != '\0') {
		TRY(app_record_find(a, &older, d->supersedes, info));
		wish.supersedes = &older;
	}
	return app_deposit_put(a, &m->proposed, &wish, info);
}

/* What cannot be registered so is said on the page, beside the form that it is about. */
static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct deposit_draft *d = draft;
	struct deposit_model *m = model;
	struct err_info why = {0};

	(void)task;
	m->whole = d->path[0] != '\0' && d->owner[0] != '\0';
	if (!m->whole)
		return ERR_OK;
	m->e = propose(a, m, d, &why);
	form_why(m->why, sizeof(m->why), m->e, &why);
	if (m->e != ERR_LOCKED && m->e != ERR_CANCELLED)
		return ERR_OK;
	*info = why;
	return m->e;
}

static void release(void *model)
{
	app_deposited_release(&((struct deposit_model *)model)->proposed);
}

/* ---- the form ---- */

static void confidentiality(const struct view *v, struct page *p, const struct deposit_draft *d)
{
	page_head(p, v, WORD_DEPOSITS_CONFIDENTIALITY, NULL);
	page_choice_say(p, v, ID_CONFIDENTIALITY, WORD_DEPOSIT_AS_PROPOSED, d->confidentiality == 0, true);
	for (int i = 0; deposit_confidentialities[i] != NULL; i++)
		page_choice(p, ID_CONFIDENTIALITY + 1 + i, say_code(v, "confidentiality", deposit_confidentialities[i]),
			    d->confidentiality == i + 1, true);
	if (d->confidentiality > 0)
		page_choice_say(p, v, ID_LOWER, WORD_DEPOSIT_LOWER, d->lower, false);
}

static void list(const struct view *v, struct page *p)
{
	const struct deposit_draft *d = v->draft;

	if (d->supersedes[0] != '\0')
		page_say(p, v, ROLE_NOTE, WORD_DEPOSIT_AMENDS, NULL);
	page_field_say(p, v, ID_PATH, WORD_FORM_FILE, d->path);
	if (d->supersedes[0] != '\0')
		page_pair_text(p, v, WORD_DEPOSITS_OWNER, ROLE_PLAIN, d->owner);
	else
		page_field_say(p, v, ID_OWNER, WORD_DEPOSITS_OWNER, d->owner);
	page_choice_say(p, v, ID_FULL_ONLY, WORD_DEPOSIT_FULL_ONLY, d->full_only, false);
	page_head(p, v, WORD_DEPOSIT_LABELS, NULL);
	for (int i = 0; code_labels[i] != NULL; i++)
		page_choice(p, ID_LABEL + i, say_code(v, "label", code_labels[i]), (d->labels & (1u << i)) != 0, false);
	confidentiality(v, p, d);
	page_head(p, v, WORD_DEPOSIT_CATEGORY, NULL);
	page_choice_say(p, v, ID_CATEGORY, d->supersedes[0] != '\0' ? WORD_DEPOSIT_AS_BEFORE : WORD_DEPOSIT_AS_PROPOSED,
			d->category == 0, true);
	for (int i = 0; code_categories[i] != NULL; i++)
		page_choice(p, ID_CATEGORY + 1 + i, say_code(v, "category", code_categories[i]), d->category == i + 1, true);
}

/* ---- what would be registered ---- */

static void losses(const struct view *v, struct page *p, const struct app_deposited *m)
{
	char kept[SAY_NUMBER], count[SAY_NUMBER];
	uint64_t values = m->dropped.further;

	page_head(p, v, WORD_DEPOSIT_WITHOUT_NAMES, NULL);
	if (!m->deid) {
		page_say(p, v, ROLE_NOTE, WORD_DEPOSIT_NO_DEID, NULL);
		return;
	}
	for (size_t i = 0; i < m->dropped.count; i++)
		values += m->dropped.rows[i].count;
	page_say(p, v, ROLE_PLAIN, WORD_DEPOSIT_KEPT, say_number(kept, m->dropped.kept),
		 say_number(count, m->dropped.left_out), NULL);
	page_say(p, v, ROLE_PLAIN, WORD_DEPOSIT_VALUES, say_number(count, values), NULL);
	for (size_t i = 0; i < m->dropped.count; i++)
		page_say(p, v, ROLE_LESS, WORD_DEPOSIT_LOST, m->dropped.rows[i].path,
			 say_number(count, m->dropped.rows[i].count), NULL);
}

static void proposed(const struct view *v, struct page *p, const struct app_deposited *x)
{
	char text[SAY_CODES], number[SAY_NUMBER];

	if (x->resources > 0)
		page_say(p, v, ROLE_PLAIN, WORD_DEPOSIT_IS, x->is, say_number(number, x->resources), NULL);
	else
		page_say(p, v, ROLE_PLAIN, WORD_DEPOSIT_IS_ATTACHMENT, x->is, NULL);
	page_pair_text(p, v, WORD_RECORDS_WHAT, ROLE_PLAIN, say_code(v, "category", x->description.category));
	page_pair_text(p, v, WORD_DEPOSITS_CONFIDENTIALITY, x->lowered_from != NULL ? ROLE_DANGER : ROLE_PLAIN,
		       say_code(v, "confidentiality", x->description.confidentiality));
	if (x->lowered_from != NULL)
		page_say(p, v, ROLE_DANGER, WORD_DEPOSIT_LOWERED, say_code(v, "confidentiality", x->lowered_from), NULL);
	page_pair_text(p, v, WORD_RECORDS_SENSITIVE, x->description.labels[0] != '\0' ? ROLE_WARN : ROLE_PLAIN,
		       x->description.labels[0] != '\0' ? say_codes(text, v, "label", x->description.labels) : "-");
	for (size_t i = 0; i < x->reason_count; i++)
		page_say(p, v, ROLE_DIM, WORD_DEPOSIT_REASON, say_code(v, "label", x->reasons[i].what), x->reasons[i].code,
			 x->reasons[i].place, NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct deposit_model *m = v->model;

	(void)id;
	page_head(p, v, WORD_DEPOSIT_PROPOSED, NULL);
	if (!m->whole) {
		page_say(p, v, ROLE_NOTE, WORD_DEPOSIT_NOT_WHOLE, NULL);
		return;
	}
	if (m->e != ERR_OK) {
		page_text(p, ROLE_DANGER, m->why);
		if (((const struct deposit_draft *)v->draft)->confidentiality > 0)
			page_say(p, v, ROLE_NOTE, WORD_DEPOSIT_LOWER_HOW, NULL);
		return;
	}
	proposed(v, p, &m->proposed);
	page_blank(p);
	losses(v, p, &m->proposed);
}

/* ---- acts ---- */

static void typed(struct deposit_draft *d, int id, const char *text)
{
	if (id == ID_PATH)
		snprintf(d->path, sizeof(d->path), "%.*s", (int)sizeof(d->path) - 1, text);
	else if (id == ID_OWNER)
		snprintf(d->owner, sizeof(d->owner), "%.*s", (int)sizeof(d->owner) - 1, text);
}

static void ticked(struct deposit_draft *d, int id)
{
	if (id == ID_FULL_ONLY)
		d->full_only = !d->full_only;
	else if (id == ID_LOWER)
		d->lower = !d->lower;
	else if (id >= ID_LABEL)
		d->labels ^= 1u << (id - ID_LABEL);
	else if (id >= ID_CATEGORY)
		d->category = id - ID_CATEGORY;
	else if (id >= ID_CONFIDENTIALITY)
		d->confidentiality = id - ID_CONFIDENTIALITY;
	if (d->confidentiality == 0)
		d->lower = false;
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct deposit_draft d = *(const struct deposit_draft *)v->draft;

	if (text != NULL)
		typed(&d, id, text);
	else
		ticked(&d, id);
	act_draft(ret, &d, sizeof(d));
}

static void words_of(struct act *a, const struct deposit_draft *d)
{
	act_line(a, "deposit", d->supersedes[0] != '\0' ? "amend" : "put");
	if (d->supersedes[0] != '\0')
		act_word(a, d->supersedes);
	act_word(a, d->path);
	if (d->supersedes[0] == '\0')
		act_option(a, "--owner", d->owner);
	act_option(a, "--category", category_of(d));
	for (size_t i = 0; code_labels[i] != NULL; i++)
		if (d->labels & (1u << i))
			act_option(a, "--label", code_labels[i]);
	act_option(a, "--confidentiality", confidentiality_of(d));
	if (d->lower)
		act_word(a, "--lower");
	if (d->full_only)
		act_word(a, "--full-only");
}

static bool can(struct act *ret, const struct view *v)
{
	const struct deposit_model *m = v->model;

	if (!m->whole)
		act_refuse(ret, WORD_DEPOSIT_NOT_WHOLE, NULL);
	else if (m->e != ERR_OK)
		act_refuse(ret, WORD_END_NOT_NOW, m->why, NULL);
	return m->whole && m->e == ERR_OK;
}

static void send(struct act *ret, const struct view *v, int id)
{
	const struct deposit_draft *d = v->draft;
	const struct deposit_model *m = v->model;

	(void)id;
	if (!can(ret, v))
		return;
	words_of(ret, d);
	act_yes(ret, m->proposed.lowered_from != NULL ? WORD_DEPOSIT_QUESTION_LOWERED : WORD_DEPOSIT_QUESTION, d->path,
		d->owner, say_code(v, "category", m->proposed.description.category),
		say_code(v, "confidentiality", m->proposed.description.confidentiality), NULL);
	ret->shows = true;
	ret->leaves = true;
}

static void dry_run(struct act *ret, const struct view *v, int id)
{
	(void)id;
	if (!can(ret, v))
		return;
	words_of(ret, v->draft);
	act_word(ret, "--dry-run");
	ret->shows = true;
}

static const struct view_act acts[] = {{ACTION_SEND, send}, {ACTION_DRY_RUN, dry_run}, {ACTION_NONE, NULL}};

const struct view_ops view_ca_deposit = {
	.name = "ca-deposit", .title = WORD_DEPOSIT_TITLE, .modes = MODE_CA, .split = SPLIT_RIGHT,
	.model_size = sizeof(struct deposit_model), .draft_size = sizeof(struct deposit_draft), .draft_loads = true,
	.load = load, .release = release, .list = list, .detail = detail, .chosen = chosen, .acts = acts,
};
