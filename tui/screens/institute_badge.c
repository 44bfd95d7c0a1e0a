/* SPDX-License-Identifier: Apache-2.0 */
/* The badge: what it says in plain words, until when, and the next one; and counting for research. */
#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/institute.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct badge_model *m = model;

	(void)draft;
	(void)task;
	app_me(a, &m->me);
	snprintf(m->name, sizeof(m->name), "%s", app_name(a, m->me.account.b));
	return app_asked(a, &m->asked, info);
}

static void list(const struct view *v, struct page *p)
{
	static const enum word states[] = {
		[APP_ASKED_NOTHING] = WORD_BADGE_NO_REQUEST, [APP_ASKED_WAITING] = WORD_BADGE_WAITING,
		[APP_ASKED_CERTIFIED] = WORD_BADGE_CERTIFIED, [APP_ASKED_REFUSED] = WORD_BADGE_REFUSED,
		[APP_ASKED_EXPIRED] = WORD_BADGE_EXPIRED,
	};
	const struct badge_model *m = v->model;
	char day[SAY_TIME], account[ID_HEX];

	if (m->asked.not_after.v != 0)
		page_say(p, v, ROLE_PLAIN, WORD_BADGE_SENTENCE, m->name, m->me.mode, say_day(day, v, m->asked.not_after), NULL);
	else
		page_say(p, v, ROLE_WARN, WORD_BADGE_NONE, NULL);
	if (m->asked.renew_from.v != 0)
		page_pair_text(p, v, WORD_BADGE_RENEW_FROM, m->asked.renew_from.v <= v->now.v ? ROLE_WARN : ROLE_PLAIN,
			       say_day(day, v, m->asked.renew_from));
	page_pair_say(p, v, WORD_BADGE_REQUEST, ROLE_PLAIN, states[m->asked.state], NULL);
	if (m->asked.words[0] != '\0')
		page_pair_text(p, v, WORD_CASE_REASON, ROLE_NOTE, m->asked.words);
	if (m->asked.serial[0] != '\0')
		page_pair_text(p, v, WORD_CERTS_SERIAL, ROLE_PLAIN, m->asked.serial);
	hex_encode(account, m->me.account.b, ID_SIZE);
	page_pair_text(p, v, WORD_KEYS_ACCOUNT, ROLE_DIM, account);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_BADGE_WHO, NULL);
}

static void renew(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_line(ret, "enrolment", "renew");
	act_yes(ret, WORD_BADGE_RENEW_QUESTION, NULL);
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

/* ---- research ---- */

enum { ID_PURPOSE = 100, ID_CATEGORY = 200 };

static const char *const research_purposes[] = {"HRESCH", "CLINTRCH", "DSRCH", "BIORCH", "TRANSRCH", "POARCH", NULL};

static enum err research_load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct research_draft *d = draft;
	struct research_model *m = model;
	const struct app_count_wish wish = {.purpose = research_purposes[d->purpose],
					    .category = d->category > 0 ? code_categories[d->category - 1] : NULL};

	(void)task;
	TRY(app_count(a, &m->count, &wish, info));
	m->counted = true;
	return ERR_OK;
}

static void research_list(const struct view *v, struct page *p)
{
	const struct research_draft *d = v->draft;

	page_head(p, v, WORD_RESEARCH_PURPOSE, NULL);
	for (int i = 0; research_purposes[i] != NULL; i++)
		page_choice(p, ID_PURPOSE + i, say_code(v, "purpose", research_purposes[i]), d->purpose == i, true);
	page_head(p, v, WORD_RESEARCH_KIND, NULL);
	page_choice_say(p, v, ID_CATEGORY, WORD_RESEARCH_ALL, d->category == 0, true);
	for (int i = 0; code_categories[i] != NULL; i++)
		page_choice(p, ID_CATEGORY + 1 + i, say_code(v, "category", code_categories[i]), d->category == i + 1, true);
}

static void research_detail(const struct view *v, struct page *p, int id)
{
	const struct research_model *m = v->model;
	char records[SAY_NUMBER], owners[SAY_NUMBER], floor[SAY_NUMBER];

	(void)id;
	page_head(p, v, WORD_RESEARCH_COUNT, NULL);
	if (m->count.below)
		page_say(p, v, ROLE_NOTE, WORD_RESEARCH_BELOW, say_number(floor, m->count.floor), NULL);
	else
		page_say(p, v, ROLE_PLAIN, WORD_RESEARCH_ABOVE, say_number(records, m->count.records),
			 say_number(owners, m->count.owners), say_number(floor, m->count.rounded), NULL);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_RESEARCH_HOW, NULL);
}

static void research_chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct research_draft d = *(const struct research_draft *)v->draft;

	(void)text;
	if (id >= ID_CATEGORY)
		d.category = id - ID_CATEGORY;
	else
		d.purpose = id - ID_PURPOSE;
	act_draft(ret, &d, sizeof(d));
}

/* From each person: what consent gives without names. */
static void ask(struct act *ret, const struct view *v, int id)
{
	const struct research_draft *d = v->draft;
	struct request_draft r = {.deid = true};
	int purpose = code_index(code_purposes, research_purposes[d->purpose]);

	(void)id;
	if (purpose < 0) {
		act_refuse(ret, WORD_RESEARCH_NOT_IN_FORM, NULL);
		return;
	}
	r.purpose = purpose;
	r.categories = d->category > 0 ? 1u << (d->category - 1) : 0;
	act_open(ret, &view_institute_request, &r, sizeof(r));
}

static const struct view_act research_acts[] = {{ACTION_ADD, ask}, {ACTION_NONE, NULL}};

const struct view_ops view_institute_research = {
	.name = "institute-research", .title = WORD_TAB_RESEARCH, .modes = MODE_RESEARCH, .split = SPLIT_RIGHT,
	.model_size = sizeof(struct research_model), .draft_size = sizeof(struct research_draft), .draft_loads = true,
	.load = research_load, .list = research_list, .detail = research_detail, .chosen = research_chosen,
	.acts = research_acts,
};
