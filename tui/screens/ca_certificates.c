/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: all of them, what one says in plain words, and the way to its end. */
#include "tui/screens/ca_certificates.h"

#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

#define EXPIRING_DAYS 30
#define SERIAL_DIGITS 8u
#define CONFIRM_DIGITS 4u

const char *serial_end(const char *serial)
{
	const size_t len = strlen(serial);

	return serial + (len > CONFIRM_DIGITS ? len - CONFIRM_DIGITS : 0);
}

const char *serial_short(char out[SERIAL_SHORT], const char *serial)
{
	const size_t len = strlen(serial);

	snprintf(out, SERIAL_SHORT, "..%.8s", serial + (len > SERIAL_DIGITS ? len - SERIAL_DIGITS : 0));
	return out;
}

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct certificates_model *m = model;
	enum err e = app_ca_list(a, &m->all, info);

	(void)draft;
	(void)task;
	m->away = e == ERR_ROLE;
	return m->away ? ERR_OK : e;
}

static void release(void *model)
{
	app_certificates_release(&((struct certificates_model *)model)->all);
}

/* ---- the list ---- */

/* What needs something done comes first. */
enum part { PART_SOON, PART_UNDECIDED, PART_VALID, PART_ENDED, PART_COUNT };

static bool is_state(const struct app_certificate *c, const char *state)
{
	return strcmp(c->state, state) == 0;
}

static enum part part_of(const struct view *v, const struct app_certificate *c)
{
	if (is_state(c, "valid"))
		return c->not_after.v - v->now.v < EXPIRING_DAYS * MS_PER_DAY ? PART_SOON : PART_VALID;
	return is_state(c, "revoked") || is_state(c, "superseded") || is_state(c, "expired") ? PART_ENDED : PART_UNDECIDED;
}

static void row(const struct view *v, struct page *p, size_t i)
{
	static const enum role roles[] = {ROLE_WARN, ROLE_NOTE, ROLE_PLAIN, ROLE_DIM};
	const struct certificates_model *m = v->model;
	const struct app_certificate *c = &m->all.rows[i];
	char serial[SERIAL_SHORT], until[SAY_TIME];
	const char *const cells[] = {c->name, c->organisation, say_code(v, "profile", c->profile),
				     say_code(v, "state", c->state), say_day(until, v, c->not_after),
				     serial_short(serial, c->serial)};

	page_row(p, (int)i + 1, roles[part_of(v, c)], cells);
}

static void part(const struct view *v, struct page *p, enum part which)
{
	static const enum word heads[] = {WORD_CERTS_PART_SOON, WORD_CERTS_PART_UNDECIDED, WORD_CERTS_PART_VALID,
					  WORD_CERTS_PART_ENDED};
	const struct certificates_model *m = v->model;
	char number[SAY_NUMBER];
	size_t count = 0;

	for (size_t i = 0; i < m->all.count; i++)
		count += part_of(v, &m->all.rows[i]) == which;
	if (count == 0)
		return;
	page_head(p, v, heads[which], say_number(number, count), NULL);
	for (size_t i = 0; i < m->all.count; i++)
		if (part_of(v, &m->all.rows[i]) == which)
			row(v, p, i);
}

static void list(const struct view *v, struct page *p)
{
	const struct certificates_model *m = v->model;
	const struct certificates_draft *d = v->draft;
	const struct page_column columns[] = {
		{word(v->language, WORD_QUEUE_NAME), 16, 40, 0, false},
		{word(v->language, WORD_CERTS_ORGANISATION), 12, 30, 4, false},
		{word(v->language, WORD_QUEUE_PROFILE), 9, 12, 2, false},
		{word(v->language, WORD_CERTS_STATE), 8, 12, 0, false},
		{word(v->language, WORD_CERTS_UNTIL), 11, 12, 1, false},
		{word(v->language, WORD_CERTS_SERIAL), 10, 10, 3, false},
	};
	size_t before;

	if (m->away) {
		page_say(p, v, ROLE_NOTE, WORD_CERTS_AWAY, NULL);
		return;
	}
	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	before = p->count;
	for (enum part which = 0; which < (d->expiring ? PART_UNDECIDED : PART_COUNT); which++)
		part(v, p, which);
	if (p->count == before)
		page_say(p, v, ROLE_DIM, d->expiring ? WORD_CERTS_NONE_SOON : WORD_FRAME_NOTHING, NULL);
}

/* ---- one of them ---- */

static void siblings(const struct view *v, struct page *p, const struct app_certificate *c)
{
	const struct certificates_model *m = v->model;
	char serial[SERIAL_SHORT];

	for (size_t i = 0; i < m->all.count; i++) {
		const struct app_certificate *x = &m->all.rows[i];
		const bool same = ID_EQUAL(x->account, c->account);

		if (x == c || part_of(v, x) == PART_ENDED)
			continue;
		if (same || (c->organisation[0] != '\0' && strcmp(x->organisation, c->organisation) == 0))
			page_say(p, v, ROLE_DIM, same ? WORD_CERTS_SAME_ACCOUNT : WORD_CERTS_SAME_ORGANISATION, x->name,
				 say_code(v, "profile", x->profile), serial_short(serial, x->serial), NULL);
	}
}

static void state(const struct view *v, struct page *p, const struct app_certificate *c)
{
	char when[SAY_TIME];

	if (c->reason[0] != '\0')
		page_pair_say(p, v, WORD_CERTS_STATE, ROLE_WARN, WORD_CERTS_ENDED, say_code(v, "state", c->state),
			      say_time(when, v, c->ended), say_code(v, "reason", c->reason), NULL);
	else
		page_pair_text(p, v, WORD_CERTS_STATE, is_state(c, "valid") ? ROLE_GOOD : ROLE_WARN,
			       say_code(v, "state", c->state));
	if (is_state(c, "signed"))
		page_say(p, v, ROLE_NOTE, WORD_CERTS_SIGNED, NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct certificates_model *m = v->model;
	const struct app_certificate *c;
	char until[SAY_TIME], account[ID_HEX], issued[SAY_TIME];

	if (id == 0)
		return;
	c = &m->all.rows[id - 1];
	hex_encode(account, c->account.b, ID_SIZE);
	page_heading(p, c->name);
	page_say(p, v, ROLE_PLAIN, c->organisation[0] != '\0' ? WORD_CERTS_SENTENCE_AT : WORD_CERTS_SENTENCE, c->name,
		 say_code(v, "profile", c->profile), say_day(until, v, c->not_after), c->organisation, NULL);
	state(v, p, c);
	page_pair_say(p, v, WORD_CERTS_CHAIN, ROLE_PLAIN, WORD_CERTS_CHAIN_SAYS, say_time(issued, v, c->issued), NULL);
	page_pair_text(p, v, WORD_CERTS_SERIAL, ROLE_PLAIN, c->serial);
	page_pair_text(p, v, WORD_KEYS_ACCOUNT, ROLE_DIM, account);
	siblings(v, p, c);
}

/* ---- what can be done with it ---- */

static const struct app_certificate *selected(struct act *ret, const struct view *v, int id)
{
	const struct certificates_model *m = v->model;

	if (id == 0)
		act_refuse(ret, m->away ? WORD_CERTS_AWAY : WORD_CERTS_CHOOSE, NULL);
	return id == 0 ? NULL : &m->all.rows[id - 1];
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
	if (is_state(c, "revoked"))
		act_refuse(ret, WORD_CERTS_REVOKED_ALREADY, NULL);
	else
		end(ret, c, false, 0);
}

static void hold(struct act *ret, const struct view *v, int id)
{
	const struct app_certificate *c = selected(ret, v, id);

	if (c == NULL)
		return;
	if (is_state(c, "valid"))
		end(ret, c, false, END_REASON_HOLD);
	else
		act_refuse(ret, WORD_CERTS_NOT_VALID, say_code(v, "state", c->state), NULL);
}

static void release_hold(struct act *ret, const struct view *v, int id)
{
	const struct app_certificate *c = selected(ret, v, id);

	if (c == NULL)
		return;
	if (is_state(c, "hold") || is_state(c, "releasing"))
		end(ret, c, true, 0);
	else
		act_refuse(ret, WORD_CERTS_NOT_HELD, NULL);
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
	{ACTION_REVOKE, revoke}, {ACTION_HOLD, hold}, {ACTION_RELEASE, release_hold}, {ACTION_ALL, expiring},
	{ACTION_EXPORT, export}, {ACTION_NONE, NULL},
};

const struct view_ops view_ca_certificates = {
	.name = "ca-certificates", .title = WORD_TAB_CERTIFICATES, .modes = MODE_CA, .split = SPLIT_BELOW,
	.model_size = sizeof(struct certificates_model), .draft_size = sizeof(struct certificates_draft), .load = load,
	.release = release, .list = list, .detail = detail, .acts = acts,
};
