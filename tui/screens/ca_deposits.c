/* SPDX-License-Identifier: Apache-2.0 */
/* Deposits: what was registered here. */
#include "tui/screens/ca_deposits.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/screens/ca_desk.h"
#include "tui/screens/codes.h"
#include "tui/screens/views.h"

void form_why(char *out, size_t size, enum err e, const struct err_info *info)
{
	if (info->detail[0] == '\0')
		snprintf(out, size, "%s", err_text(e));
	else if (e == ERR_USAGE) /* it says itself what is wrong; there is no command line here */
		snprintf(out, size, "%s", info->detail);
	else
		snprintf(out, size, "%s: %s", err_text(e), info->detail);
}

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
		{word(v->language, WORD_RECORDS_STATE), 5, 14, 2, false},
	};

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = m->records.count; i > 0; i--) {
		const struct app_record *r = &m->records.rows[i - 1];
		char when[SAY_TIME], labels[SAY_CODES];
		const char *const cells[] = {say_time(when, v, r->at), m->owners[i - 1], say_code(v, "category", r->category),
					     say_codes(labels, v, "label", r->labels),
					     say_code(v, "status", r->status)};

		page_row(p, (int)i, strcmp(r->status, "live") == 0 ? ROLE_PLAIN : ROLE_DIM, cells);
	}
	if (m->records.count == 0)
		page_say(p, v, ROLE_DIM, WORD_DEPOSITS_NONE, NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct deposits_model *m = v->model;
	const struct app_record *r;
	char hex[ID_HEX], number[SAY_NUMBER], text[SAY_CODES];

	if (id == 0)
		return;
	r = &m->records.rows[id - 1];
	page_pair_text(p, v, WORD_RECORDS_WHAT, ROLE_PLAIN, say_code(v, "category", r->category));
	page_pair_text(p, v, WORD_RECORDS_SENSITIVE, ROLE_PLAIN,
		       r->labels[0] != '\0' ? say_codes(text, v, "label", r->labels) : "-");
	page_pair_text(p, v, WORD_DEPOSITS_CONFIDENTIALITY, ROLE_PLAIN, say_code(v, "confidentiality", r->confidentiality));
	for (size_t i = 0; i < r->rendition_count; i++)
		page_pair_say(p, v, WORD_RECORDS_FORM, ROLE_PLAIN, WORD_RECORDS_BYTES,
			      say_code(v, "code", r->renditions[i].form), say_number(number, r->renditions[i].bytes), NULL);
	page_pair_say(p, v, WORD_RECEIPT_PROOF, ROLE_PLAIN, WORD_DEPOSITS_BLOCK, say_number(number, r->height), NULL);
	hex_encode(hex, r->record.b, ID_SIZE);
	page_pair_text(p, v, WORD_RECORDS_ID, ROLE_DIM, hex);
	if (strcmp(r->status, "superseded") == 0) {
		hex_encode(hex, r->newer.b, ID_SIZE);
		page_pair_text(p, v, WORD_DEPOSITS_NEWER, ROLE_NOTE, hex);
	}
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
	if (strcmp(m->records.rows[id - 1].status, "live") != 0) {
		act_refuse(ret, WORD_DEPOSITS_NOT_LIVE, say_code(v, "status", m->records.rows[id - 1].status), NULL);
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
