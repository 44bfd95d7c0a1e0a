/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: all of them, what one says in plain words, and its end. */
#include "tui/screens/ca_certificates.h"

#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

#define EXPIRING_DAYS 30

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	(void)draft;
	(void)task;
	return app_ca_list(a, model, info);
}

static void release(void *model)
{
	app_certificates_release(model);
}

static bool is_valid(const struct app_certificate *c)
{
	return strcmp(c->state, "valid") == 0;
}

static bool expires_soon(const struct view *v, const struct app_certificate *c)
{
	return is_valid(c) && c->not_after.v - v->now.v < EXPIRING_DAYS * MS_PER_DAY;
}

static void row(const struct view *v, struct page *p, size_t i)
{
	const struct app_certificates *m = v->model;
	const struct app_certificate *c = &m->rows[i];
	char serial[16], until[SAY_TIME];
	const char *const cells[] = {c->name, c->profile, say_code(v, "state", c->state), say_day(until, v, c->not_after),
				     serial};

	snprintf(serial, sizeof(serial), "..%s", c->serial + (strlen(c->serial) > 8 ? strlen(c->serial) - 8 : 0));
	page_row(p, (int)i + 1, expires_soon(v, c) ? ROLE_WARN : is_valid(c) ? ROLE_PLAIN : ROLE_DIM, cells);
}

static void list(const struct view *v, struct page *p)
{
	const struct app_certificates *m = v->model;
	const struct certificates_draft *d = v->draft;
	const struct page_column columns[] = {
		{word(v->language, WORD_QUEUE_NAME), 16, 44, 0, false},
		{word(v->language, WORD_QUEUE_PROFILE), 9, 16, 2,
				false},
		{word(v->language, WORD_CERTS_STATE), 8, 10, 0, false},
		{word(v->language, WORD_CERTS_UNTIL), 11, 12, 1,
				false},
		{word(v->language, WORD_CERTS_SERIAL), 10, 10, 3, false},
	};
	size_t said = 0;
	char number[SAY_NUMBER];

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < m->count; i++) {
		if (d->expiring && !expires_soon(v, &m->rows[i]))
			continue;
		row(v, p, i);
		said++;
	}
	if (said == 0)
		page_say(p, v, ROLE_DIM, d->expiring ? WORD_CERTS_NONE_SOON : WORD_FRAME_NOTHING, NULL);
	page_blank(p);
	page_say(p, v, ROLE_DIM, d->expiring ? WORD_CERTS_ONLY_SOON : WORD_CERTS_ALL, say_number(number, m->count), NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct app_certificates *m = v->model;
	const struct app_certificate *c;
	char until[SAY_TIME], account[ID_HEX];

	if (id == 0)
		return;
	c = &m->rows[id - 1];
	page_heading(p, c->name);
	page_say(p, v, ROLE_PLAIN, WORD_CERTS_SENTENCE, c->name, c->profile, say_day(until, v, c->not_after), NULL);
	page_pair_text(p, v, WORD_CERTS_STATE, is_valid(c) ? ROLE_GOOD : ROLE_WARN, say_code(v, "state", c->state));
	page_pair_text(p, v, WORD_CERTS_SERIAL, ROLE_PLAIN, c->serial);
	hex_encode(account, c->account.b, ID_SIZE);
	page_pair_text(p, v, WORD_KEYS_ACCOUNT, ROLE_DIM, account);
}

static const struct app_certificate *selected(struct act *ret, const struct view *v, int id)
{
	const struct app_certificates *m = v->model;

	if (id == 0)
		act_refuse(ret, WORD_CERTS_CHOOSE, NULL);
	return id == 0 ? NULL : &m->rows[id - 1];
}

static void end(struct act *ret, const struct app_certificate *c, bool release_it, int reason)
{
	struct end_draft d = {.release = release_it, .reason = reason};

	memcpy(d.serial, c->serial, sizeof(d.serial));
	memcpy(d.name, c->name, sizeof(d.name));
	memcpy(d.profile, c->profile, sizeof(d.profile));
	act_open(ret, &view_ca_end, &d, sizeof(d));
}

static void revoke(struct act *ret, const struct view *v, int id)
{
	const struct app_certificate *c = selected(ret, v, id);

	if (c == NULL)
		return;
	if (strcmp(c->state, "revoked") == 0)
		act_refuse(ret, WORD_CERTS_REVOKED_ALREADY, NULL);
	else
		end(ret, c, false, 0);
}

static void release_hold(struct act *ret, const struct view *v, int id)
{
	const struct app_certificate *c = selected(ret, v, id);

	if (c == NULL)
		return;
	if (strcmp(c->state, "hold") != 0 && strcmp(c->state, "on hold") != 0)
		act_refuse(ret, WORD_CERTS_NOT_HELD, NULL);
	else
		end(ret, c, true, 0);
}

static void expiring(struct act *ret, const struct view *v, int id)
{
	struct certificates_draft d = *(const struct certificates_draft *)v->draft;

	(void)id;
	d.expiring = !d.expiring;
	act_draft(ret, &d, sizeof(d));
}

static void export(struct act *ret, const struct view *v, int id)
{
	const struct app_certificate *c = selected(ret, v, id);
	struct line_form_draft d = {.title = WORD_CERTS_EXPORT, .label = WORD_FORM_FILE, .option = "--out"};

	if (c == NULL)
		return;
	line_form_words(&d, (const char *const[]){"ca", "certificate", c->serial}, 3);
	act_line_form(ret, &d);
}

static const struct view_act acts[] = {
	{ACTION_REVOKE, revoke}, {ACTION_RELEASE, release_hold}, {ACTION_ALL, expiring}, {ACTION_EXPORT, export},
	{ACTION_NONE, NULL},
};

const struct view_ops view_ca_certificates = {
	.name = "ca-certificates", .title = WORD_TAB_CERTIFICATES, .modes = MODE_CA, .split = SPLIT_BELOW,
	.model_size = sizeof(struct app_certificates), .draft_size = sizeof(struct certificates_draft), .load = load,
	.release = release, .list = list, .detail = detail, .acts = acts,
};
