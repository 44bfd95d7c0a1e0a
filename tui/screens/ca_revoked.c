/* SPDX-License-Identifier: Apache-2.0 */
/* The end of certificates, after: which ended, the list that says so, and how far the network knows it. */
#include <stdio.h>
#include <stdlib.h>

#include "tui/screens/ca_certificates.h"
#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/common_acts.h"
#include "tui/screens/views.h"

/* The newest end first. */
static int by_end(const void *x, const void *y)
{
	const struct app_certificate *a = x, *b = y;

	return (a->ended.v < b->ended.v) - (a->ended.v > b->ended.v);
}

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct revoked_model *m = model;
	enum err e = app_ca_list(a, &m->certificates, info);

	(void)draft;
	(void)task;
	m->away = e == ERR_ROLE;
	if (e == ERR_OK && m->certificates.count > 0)
		qsort(m->certificates.rows, m->certificates.count, sizeof(*m->certificates.rows), by_end);
	if (e == ERR_OK)
		e = app_ca_crl(a, &m->crl, &m->revoked, NULL, false, info);
	return m->away ? ERR_OK : e;
}

static void release(void *model)
{
	struct revoked_model *m = model;

	app_certificates_release(&m->certificates);
	app_ca_end_release(&m->crl);
}

static void row(const struct view *v, struct page *p, size_t i)
{
	const struct revoked_model *m = v->model;
	const struct app_certificate *c = &m->certificates.rows[i];
	char serial[SERIAL_SHORT], when[SAY_TIME];
	const char *const cells[] = {c->name, say_code(v, "profile", c->profile), say_code(v, "state", c->state),
				     say_time(when, v, c->ended), say_code(v, "reason", c->reason),
				     serial_short(serial, c->serial)};

	page_row(p, (int)i + 1, strcmp(c->state, "revoked") == 0 ? ROLE_PLAIN : ROLE_WARN, cells);
}

static void list(const struct view *v, struct page *p)
{
	const struct revoked_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_QUEUE_NAME), 14, 40, 0, false},
		{word(v->language, WORD_QUEUE_PROFILE), 9, 12, 4, false},
		{word(v->language, WORD_CERTS_STATE), 8, 12, 0, false},
		{word(v->language, WORD_REVOKED_WHEN), 11, 12, 1, false},
		{word(v->language, WORD_REVOKED_WHY), 26, 34, 0, false},
		{word(v->language, WORD_CERTS_SERIAL), 10, 10, 2, false},
	};
	size_t said = 0;

	if (m->away) {
		page_say(p, v, ROLE_NOTE, WORD_CERTS_AWAY, NULL);
		return;
	}
	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < m->certificates.count; i++) {
		if (m->certificates.rows[i].reason[0] == '\0')
			continue;
		row(v, p, i);
		said++;
	}
	if (said == 0)
		page_say(p, v, ROLE_DIM, WORD_REVOKED_NONE, NULL);
}

static void peer(const struct view *v, struct page *p, const struct app_ca_peer *x)
{
	char block[SAY_NUMBER], crl[SAY_NUMBER];

	page_say(p, v, x->refuses ? ROLE_GOOD : ROLE_WARN, x->refuses ? WORD_REVOKED_PEER : WORD_REVOKED_NOT_YET, x->url,
		 say_number(block, x->height), say_number(crl, x->crl), NULL);
	if (x->why[0] != '\0')
		page_printf(p, ROLE_WARN, "  %s", x->why);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct revoked_model *m = v->model;
	char number[SAY_NUMBER], count[SAY_NUMBER], have[SAY_NUMBER], of[SAY_NUMBER], until[SAY_TIME];

	(void)id; /* the list and the peers are the same for all */
	if (m->away)
		return;
	page_say(p, v, ROLE_PLAIN, WORD_REVOKED_LIST, say_number(number, m->crl.crl), say_number(count, m->revoked),
		 say_time(until, v, m->crl.crl_until), NULL);
	page_head(p, v, WORD_REVOKED_WHERE, say_number(have, m->crl.peers_have), say_number(of, m->crl.peer_count), NULL);
	for (size_t i = 0; i < m->crl.peer_count; i++)
		peer(v, p, &m->crl.peers[i]);
	if (m->crl.peers_have < m->crl.peer_count)
		page_say(p, v, ROLE_NOTE, WORD_REVOKED_AGAIN, NULL);
}

/* ---- acts ---- */

static bool away(struct act *ret, const struct view *v)
{
	const struct revoked_model *m = v->model;

	if (m->away)
		act_refuse(ret, WORD_CERTS_AWAY, NULL);
	return m->away;
}

static void publish(struct act *ret, const struct view *v, int id)
{
	(void)id;
	if (away(ret, v))
		return;
	act_line(ret, "ca", "crl");
	act_word(ret, "--wait");
	ret->shows = true;
}

static void release_hold(struct act *ret, const struct view *v, int id)
{
	const struct revoked_model *m = v->model;
	struct end_draft d = {.release = true};
	const struct app_certificate *c;

	if (away(ret, v))
		return;
	c = id == 0 ? NULL : &m->certificates.rows[id - 1];
	if (c == NULL || (strcmp(c->state, "hold") != 0 && strcmp(c->state, "releasing") != 0)) {
		act_refuse(ret, WORD_CERTS_NOT_HELD, NULL);
		return;
	}
	memcpy(d.serial, c->serial, sizeof(d.serial));
	memcpy(d.name, c->name, sizeof(d.name));
	memcpy(d.profile, c->profile, sizeof(d.profile));
	act_open(ret, &view_ca_end, &d, sizeof(d));
}

static void export(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_REVOKED_EXPORT, .label = WORD_FORM_FILE, .option = "--out"};

	(void)id;
	if (away(ret, v))
		return;
	line_form_words(&d, (const char *const[]){"ca", "crl"}, 2);
	act_line_form(ret, &d);
}

static const struct view_act acts[] = {
	{ACTION_PUBLISH, publish}, {ACTION_RELEASE, release_hold}, {ACTION_EXPORT, export}, {ACTION_SYNC, common_reload},
	{ACTION_NONE, NULL},
};

const struct view_ops view_ca_revoked = {
	.name = "ca-revoked", .title = WORD_TAB_REVOKED, .modes = MODE_CA, .split = SPLIT_BELOW,
	.model_size = sizeof(struct revoked_model), .load = load, .release = release, .list = list, .detail = detail,
	.acts = acts,
};
