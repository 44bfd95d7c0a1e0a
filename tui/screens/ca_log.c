/* SPDX-License-Identifier: Apache-2.0 */
/* The desk's own log: each decision of the register, and the signed file of them for people outside. */
#include <stdio.h>

#include "tui/screens/ca_certificates.h"
#include "tui/screens/ca_desk.h"
#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct desk_log_model *m = model;
	enum err e = app_ca_decisions(a, &m->all, info);

	(void)draft;
	(void)task;
	m->away = e == ERR_ROLE;
	return m->away ? ERR_OK : e;
}

static void release(void *model)
{
	app_decisions_release(&((struct desk_log_model *)model)->all);
}

static bool waits(const struct app_decision *d)
{
	return strcmp(d->entry, "revoking") == 0 || strcmp(d->entry, "holding") == 0;
}

static void list(const struct view *v, struct page *p)
{
	const struct desk_log_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_DESKLOG_ROW), 3, 6, 3, true},
		{word(v->language, WORD_DESKLOG_WHEN), 11, 12, 0, false},
		{word(v->language, WORD_DESKLOG_WHAT), 8, 16, 0, false},
		{word(v->language, WORD_QUEUE_NAME), 14, 40, 0, false},
		{word(v->language, WORD_QUEUE_PROFILE), 9, 12, 2, false},
		{word(v->language, WORD_REVOKED_WHY), 14, 34, 1, false},
	};

	if (m->away) {
		page_say(p, v, ROLE_NOTE, WORD_CERTS_AWAY, NULL);
		return;
	}
	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = m->all.count; i > 0; i--) {
		const struct app_decision *d = &m->all.rows[i - 1];
		char when[SAY_TIME], number[SAY_NUMBER];
		const char *const cells[] = {say_number(number, d->row), say_time(when, v, d->at),
					     say_code(v, "entry", d->entry), d->name, say_code(v, "profile", d->profile),
					     say_code(v, "reason", d->reason)};

		page_row(p, (int)i, waits(d) ? ROLE_WARN : ROLE_PLAIN, cells);
	}
	if (m->all.count == 0)
		page_say(p, v, ROLE_DIM, WORD_FRAME_NOTHING, NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct desk_log_model *m = v->model;
	const struct app_decision *d;
	char text[SAY_TIME], hex[ID_HEX];

	if (id == 0)
		return;
	d = &m->all.rows[id - 1];
	page_pair_say(p, v, WORD_CASE_WHO, ROLE_PLAIN, WORD_CASE_WHO_WHAT, d->name, say_code(v, "profile", d->profile),
		      say_code(v, "entry", d->entry), NULL);
	if (d->organisation[0] != '\0')
		page_pair_text(p, v, WORD_CERTS_ORGANISATION, ROLE_PLAIN, d->organisation);
	if (d->reason[0] != '\0')
		page_pair_text(p, v, WORD_REVOKED_WHY, ROLE_PLAIN, say_code(v, "reason", d->reason));
	page_pair_text(p, v, WORD_DESKLOG_WHEN, ROLE_PLAIN, say_time(text, v, d->at));
	if (d->serial[0] != '\0')
		page_pair_text(p, v, WORD_CERTS_SERIAL, ROLE_PLAIN, d->serial);
	if (d->height != 0)
		page_pair_say(p, v, WORD_DESKLOG_LEDGER, ROLE_GOOD, WORD_DEPOSITS_BLOCK, say_number(text, d->height), NULL);
	else
		page_pair_say(p, v, WORD_DESKLOG_LEDGER, waits(d) ? ROLE_WARN : ROLE_DIM,
			      waits(d) ? WORD_DESKLOG_WAITS : WORD_DESKLOG_NOT_THERE, NULL);
	hex_encode(hex, d->hash.b, ID_SIZE);
	page_pair_text(p, v, WORD_DESKLOG_HASH, ROLE_DIM, hex);
}

/* ---- acts ---- */

static bool away(struct act *ret, const struct view *v)
{
	const struct desk_log_model *m = v->model;

	if (m->away)
		act_refuse(ret, WORD_CERTS_AWAY, NULL);
	return m->away;
}

static void export(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_HEALTH_EXPORT, .help = WORD_HEALTH_EXPORT_HELP, .label = WORD_FORM_FILE,
				    .option = "--out", .shows = true};

	(void)id;
	if (away(ret, v))
		return;
	line_form_words(&d, (const char *const[]){"ca", "export"}, 2);
	act_line_form(ret, &d);
}

static void sheet(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_DESKLOG_SHEET, .help = WORD_HEALTH_EXPORT_HELP, .label = WORD_FORM_FILE,
				    .option = "--out", .shows = true};

	(void)id;
	if (away(ret, v))
		return;
	line_form_words(&d, (const char *const[]){"ca", "export", "--format", "csv"}, 4);
	act_line_form(ret, &d);
}

static void verify(struct act *ret, const struct view *v, int id)
{
	(void)id;
	if (away(ret, v))
		return;
	act_line(ret, "ca", "doctor");
	ret->shows = true;
}

static const struct view_act acts[] = {
	{ACTION_EXPORT, export}, {ACTION_HAND_OVER, sheet}, {ACTION_VERIFY, verify}, {ACTION_NONE, NULL},
};

const struct view_ops view_ca_log = {
	.name = "ca-log", .title = WORD_TAB_DESKLOG, .modes = MODE_CA, .split = SPLIT_BELOW,
	.model_size = sizeof(struct desk_log_model), .load = load, .release = release, .list = list, .detail = detail,
	.acts = acts,
};
