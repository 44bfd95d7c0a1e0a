/* SPDX-License-Identifier: Apache-2.0 */
/* Deposits: what was registered here, and a new one: the file, what is proposed for it, what the form without names drops. */
#include "tui/screens/ca_deposits.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/screens/codes.h"
#include "tui/screens/views.h"

enum { ID_PATH = 1, ID_OWNER, ID_FULL_ONLY, ID_CATEGORY = 100, ID_LABEL = 200 };

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct deposits_model *m = model;

	(void)draft;
	(void)task;
	TRY(app_deposit_list(a, &m->records, info));
	m->owners = calloc(m->records.count + 1, sizeof(*m->owners));
	if (m->owners == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->records.count; i++)
		snprintf(m->owners[i], sizeof(m->owners[i]), "%s", app_name(a, m->records.rows[i].owner.b));
	return ERR_OK;
}

static void release(void *model)
{
	struct deposits_model *m = model;

	app_records_release(&m->records);
	free(m->owners);
}

static void list(const struct view *v, struct page *p)
{
	const struct deposits_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_DEPOSITS_WHEN), 11, 12, 0, false},
		{word(v->language, WORD_DEPOSITS_OWNER), 8, 20, 0, false},
		{word(v->language, WORD_RECORDS_WHAT), 12, 26, 0, false},
		{word(v->language, WORD_RECORDS_SENSITIVE), 9, 24, 1, false},
		{word(v->language, WORD_RECORDS_STATE), 5, 12, 2, false},
	};

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = m->records.count; i > 0; i--) {
		const struct app_record *r = &m->records.rows[i - 1];
		char when[SAY_TIME], labels[SAY_CODES];
		const char *const cells[] = {say_time(when, v, r->at), m->owners[i - 1], say_code(v, "category", r->category),
					     say_codes(labels, v, "label", r->labels), r->status};

		page_row(p, (int)i, strcmp(r->status, "live") == 0 ? ROLE_PLAIN : ROLE_DIM, cells);
	}
	if (m->records.count == 0)
		page_say(p, v, ROLE_DIM, WORD_DEPOSITS_NONE, NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct deposits_model *m = v->model;
	const struct app_record *r;
	char hex[ID_HEX], number[SAY_NUMBER];

	if (id == 0)
		return;
	r = &m->records.rows[id - 1];
	hex_encode(hex, r->record.b, ID_SIZE);
	page_pair_text(p, v, WORD_RECORDS_ID, ROLE_PLAIN, hex);
	page_pair_text(p, v, WORD_DEPOSITS_CONFIDENTIALITY, ROLE_PLAIN, r->confidentiality);
	page_pair_say(p, v, WORD_RECEIPT_PROOF, ROLE_PLAIN, WORD_DEPOSITS_BLOCK, say_number(number, r->height), NULL);
	for (size_t i = 0; i < r->rendition_count; i++)
		page_pair_say(p, v, WORD_RECORDS_FORM, ROLE_PLAIN, WORD_RECORDS_BYTES,
				say_code(v, "code", r->renditions[i].form),
			      say_number(number, r->renditions[i].bytes), NULL);
}

static void add(struct act *ret, const struct view *v, int id)
{
	const struct deposit_draft d = {.path = ""};

	(void)v;
	(void)id;
	act_open(ret, &view_ca_deposit, &d, sizeof(d));
}

static void amend(struct act *ret, const struct view *v, int id)
{
	const struct deposits_model *m = v->model;
	struct deposit_draft d = {.path = ""};

	if (id == 0) {
		act_refuse(ret, WORD_RECORDS_CHOOSE, NULL);
		return;
	}
	hex_encode(d.supersedes, m->records.rows[id - 1].record.b, ID_SIZE);
	snprintf(d.owner, sizeof(d.owner), "%s", m->owners[id - 1]);
	act_open(ret, &view_ca_deposit, &d, sizeof(d));
}

static const struct view_act acts[] = {{ACTION_ADD, add}, {ACTION_EDIT, amend}, {ACTION_NONE, NULL}};

const struct view_ops view_ca_deposits = {
	.name = "ca-deposits", .title = WORD_TAB_DEPOSITS, .modes = MODE_CA, .split = SPLIT_BELOW,
	.model_size = sizeof(struct deposits_model), .load = load, .release = release, .list = list, .detail = detail,
	.acts = acts,
};

/* ---- a new one ---- */

static enum err form_load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct deposit_draft *d = draft;
	struct app_deposit wish = {.path = d->path, .full_only = d->full_only, .dry_run = true};
	struct deposit_model *m = model;
	struct record_id older;
	size_t count = 0;

	(void)task;
	m->whole = d->path[0] != '\0' && d->owner[0] != '\0';
	if (!m->whole)
		return ERR_OK;
	TRY(app_find(a, &wish.owner, d->owner, info));
	wish.category = d->category > 0 ? code_categories[d->category - 1] : NULL;
	for (size_t i = 0; code_labels[i] != NULL; i++)
		if (d->labels & (1u << i))
			wish.labels[count++] = code_labels[i];
	if (d->supersedes[0] != '\0') {
		TRY(app_record_find(a, &older, d->supersedes, info));
		wish.supersedes = &older;
	}
	return app_deposit_put(a, &m->proposed, &wish, info);
}

static void form_release(void *model)
{
	app_deposited_release(&((struct deposit_model *)model)->proposed);
}

static void form_list(const struct view *v, struct page *p)
{
	const struct deposit_draft *d = v->draft;

	if (d->supersedes[0] != '\0')
		page_say(p, v, ROLE_NOTE, WORD_DEPOSIT_AMENDS, NULL);
	page_field_say(p, v, ID_PATH, WORD_FORM_FILE, d->path);
	page_field_say(p, v, ID_OWNER, WORD_DEPOSITS_OWNER, d->owner);
	page_choice_say(p, v, ID_FULL_ONLY, WORD_DEPOSIT_FULL_ONLY, d->full_only, false);
	page_head(p, v, WORD_DEPOSIT_LABELS, NULL);
	for (int i = 0; code_labels[i] != NULL; i++)
		page_choice(p, ID_LABEL + i, say_code(v, "label", code_labels[i]), (d->labels & (1u << i)) != 0, false);
	page_head(p, v, WORD_DEPOSIT_CATEGORY, NULL);
	page_choice_say(p, v, ID_CATEGORY, WORD_DEPOSIT_AS_PROPOSED, d->category == 0, true);
	for (int i = 0; code_categories[i] != NULL; i++)
		page_choice(p, ID_CATEGORY + 1 + i, say_code(v, "category", code_categories[i]), d->category == i + 1, true);
}

static void losses(const struct view *v, struct page *p, const struct app_deposited *m)
{
	char kept[SAY_NUMBER], count[SAY_NUMBER];

	page_head(p, v, WORD_DEPOSIT_WITHOUT_NAMES, NULL);
	if (!m->deid) {
		page_say(p, v, ROLE_NOTE, WORD_DEPOSIT_NO_DEID, NULL);
		return;
	}
	page_say(p, v, ROLE_PLAIN, WORD_DEPOSIT_KEPT, say_number(kept, m->dropped.kept), say_number(count, m->dropped.left_out),
		 NULL);
	for (size_t i = 0; i < m->dropped.count; i++)
		page_say(p, v, ROLE_LESS, WORD_DEPOSIT_LOST, m->dropped.rows[i].path,
				say_number(count, m->dropped.rows[i].count),
			 NULL);
}

static void form_detail(const struct view *v, struct page *p, int id)
{
	const struct deposit_model *m = v->model;
	const struct app_deposited *x = &m->proposed;
	char text[SAY_CODES], number[SAY_NUMBER];

	(void)id;
	page_head(p, v, WORD_DEPOSIT_PROPOSED, NULL);
	if (!m->whole) {
		page_say(p, v, ROLE_NOTE, WORD_DEPOSIT_NOT_WHOLE, NULL);
		return;
	}
	page_say(p, v, ROLE_PLAIN, WORD_DEPOSIT_IS, x->is, say_number(number, x->resources), NULL);
	page_pair_text(p, v, WORD_RECORDS_WHAT, ROLE_PLAIN, say_code(v, "category", x->description.category));
	page_pair_text(p, v, WORD_DEPOSITS_CONFIDENTIALITY, ROLE_PLAIN, x->description.confidentiality);
	page_pair_text(p, v, WORD_RECORDS_SENSITIVE, ROLE_WARN,
		       x->description.labels[0] != '\0' ? say_codes(text, v, "label", x->description.labels) : "-");
	for (size_t i = 0; i < x->reason_count; i++)
		page_say(p, v, ROLE_DIM, WORD_DEPOSIT_REASON, x->reasons[i].what, x->reasons[i].place, x->reasons[i].code,
				NULL);
	losses(v, p, x);
}

static void form_chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct deposit_draft d = *(const struct deposit_draft *)v->draft;

	if (id == ID_PATH && text != NULL)
		snprintf(d.path, sizeof(d.path), "%.*s", (int)sizeof(d.path) - 1, text);
	else if (id == ID_OWNER && text != NULL)
		snprintf(d.owner, sizeof(d.owner), "%.*s", (int)sizeof(d.owner) - 1, text);
	else if (id == ID_FULL_ONLY)
		d.full_only = !d.full_only;
	else if (id >= ID_LABEL)
		d.labels ^= 1u << (id - ID_LABEL);
	else if (id >= ID_CATEGORY)
		d.category = id - ID_CATEGORY;
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
	act_option(a, "--category", d->category > 0 ? code_categories[d->category - 1] : NULL);
	for (size_t i = 0; code_labels[i] != NULL; i++)
		if (d->labels & (1u << i))
			act_option(a, "--label", code_labels[i]);
	if (d->full_only)
		act_word(a, "--full-only");
}

static void send(struct act *ret, const struct view *v, int id)
{
	const struct deposit_draft *d = v->draft;
	const struct deposit_model *m = v->model;

	(void)id;
	if (!m->whole) {
		act_refuse(ret, WORD_DEPOSIT_NOT_WHOLE, NULL);
		return;
	}
	words_of(ret, d);
	act_yes(ret, WORD_DEPOSIT_QUESTION, d->path, d->owner, NULL);
	ret->shows = true;
	ret->leaves = true;
}

static const struct view_act form_acts[] = {{ACTION_SEND, send}, {ACTION_NONE, NULL}};

const struct view_ops view_ca_deposit = {
	.name = "ca-deposit", .title = WORD_DEPOSIT_TITLE, .modes = MODE_CA, .split = SPLIT_RIGHT,
	.model_size = sizeof(struct deposit_model), .draft_size = sizeof(struct deposit_draft), .draft_loads = true,
	.load = form_load, .release = form_release, .list = form_list, .detail = form_detail, .chosen = form_chosen,
	.acts = form_acts,
};
