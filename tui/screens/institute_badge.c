/* SPDX-License-Identifier: Apache-2.0 */
/* The own certificate in plain words. */
#include "tui/screens/institute_badge.h"

#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/views.h"

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct badge_model *m = model;
	struct app_me me;

	(void)draft;
	(void)task;
	app_me(a, &me);
	m->account = me.account;
	snprintf(m->role, sizeof(m->role), "%s", me.mode);
	snprintf(m->name, sizeof(m->name), "%s", app_name(a, me.account.b));
	return app_asked(a, &m->asked, info);
}

static void request_state(const struct view *v, struct page *p)
{
	const struct badge_model *m = v->model;
	char at[SAY_TIME], until[SAY_TIME];

	switch (m->asked.state) {
	case APP_ASKED_WAITING:
		page_say(p, v, ROLE_NOTE, WORD_BADGE_WAITING, say_time(at, v, m->asked.at), say_day(until, v, m->asked.until),
			 NULL);
		if (!m->asked.sent)
			page_say(p, v, ROLE_WARN, WORD_BADGE_UNSENT, NULL);
		break;
	case APP_ASKED_REFUSED:
		page_say(p, v, ROLE_WARN, WORD_BADGE_REFUSED, NULL);
		page_text(p, ROLE_PLAIN, m->asked.words);
		break;
	case APP_ASKED_EXPIRED:
		page_say(p, v, ROLE_WARN, WORD_BADGE_EXPIRED, NULL);
		break;
	case APP_ASKED_NOTHING:
	case APP_ASKED_CERTIFIED:
		break;
	}
}

static void list(const struct view *v, struct page *p)
{
	const struct badge_model *m = v->model;
	char until[SAY_TIME], number[SAY_NUMBER], account[ID_HEX];
	int64_t left = (m->asked.not_after.v - v->now.v) / MS_PER_DAY;
	bool stands = m->asked.not_after.v > v->now.v;
	bool due = m->asked.renew_from.v != 0 && m->asked.renew_from.v <= v->now.v;

	if (stands)
		page_say(p, v, ROLE_PLAIN, WORD_BADGE_SAYS, m->name, say_code(v, "role", m->role),
			 say_day(until, v, m->asked.not_after), NULL);
	else
		page_say(p, v, ROLE_DANGER, WORD_BADGE_NONE, NULL);
	page_blank(p);
	page_pair_text(p, v, WORD_BADGE_ROLE, ROLE_PLAIN, say_code(v, "role", m->role));
	if (stands)
		page_pair_say(p, v, WORD_BADGE_LEFT, due ? ROLE_WARN : ROLE_GOOD, WORD_BADGE_DAYS,
			      say_number(number, (uint64_t)left), NULL);
	if (m->asked.renew_from.v != 0)
		page_pair_text(p, v, WORD_BADGE_RENEW, ROLE_PLAIN, say_day(until, v, m->asked.renew_from));
	if (m->asked.serial[0] != '\0')
		page_pair_text(p, v, WORD_BADGE_SERIAL, ROLE_DIM, m->asked.serial);
	hex_encode(account, m->account.b, ID_SIZE);
	page_pair_text(p, v, WORD_KEYS_ACCOUNT, ROLE_DIM, account);
	page_blank(p);
	request_state(v, p);
	page_say(p, v, ROLE_DIM, WORD_BADGE_HOW, NULL);
}

static void renew(struct act *ret, const struct view *v, int id)
{
	const struct badge_model *m = v->model;

	(void)id;
	if (m->asked.state == APP_ASKED_WAITING) {
		act_refuse(ret, WORD_BADGE_ASKED, NULL);
		return;
	}
	act_line(ret, "enrolment", "renew");
	act_yes(ret, WORD_BADGE_QUESTION, NULL);
	ret->shows = true;
}

static void card(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_line(ret, "contact", "card");
	ret->shows = true;
}

static void keys(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_open(ret, &view_keys, NULL, 0);
}

static const struct view_act acts[] = {{ACTION_RENEW, renew}, {ACTION_CARD, card}, {ACTION_KEYS, keys}, {ACTION_NONE, NULL}};

const struct view_ops view_institute_badge = {
	.name = "institute-badge", .title = WORD_TAB_BADGE, .modes = MODE_INSTITUTE | MODE_RESEARCH,
	.model_size = sizeof(struct badge_model), .load = load, .list = list, .acts = acts,
};
