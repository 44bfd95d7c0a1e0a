/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for records: whose, for what, which; and the same in an emergency, with its own words. */
#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/institute.h"
#include "tui/screens/views.h"

enum { ID_OWNER = 1, ID_DEID, ID_ATTEST, ID_PURPOSE = 100, ID_CATEGORY = 200, ID_REASON = 300 };

const char *const emergency_reasons[] = {"unconscious", "life-threatening", "cannot-ask", NULL};

/* Nobody is browsed: the words must name somebody who gave a card or an account. */
static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct request_draft *d = draft;
	struct request_model *m = model;
	struct account_id owner;
	struct app_me me;
	enum err e;

	(void)task;
	app_me(a, &me);
	snprintf(m->me, sizeof(m->me), "%s", app_name(a, me.account.b));
	if (d->owner[0] == '\0')
		return ERR_OK;
	e = app_find(a, &owner, d->owner, info);
	m->unknown = e == ERR_NO_CONTACT;
	if (e == ERR_OK)
		snprintf(m->owner, sizeof(m->owner), "%s", app_name(a, owner.b));
	return m->unknown ? ERR_OK : e;
}

static void kinds(const struct view *v, struct page *p, uint32_t bits)
{
	page_head(p, v, WORD_REQUEST_KINDS, NULL);
	for (int i = 0; code_categories[i] != NULL; i++)
		page_choice(p, ID_CATEGORY + i, say_code(v, "category", code_categories[i]), (bits & (1u << i)) != 0, false);
}

static void list(const struct view *v, struct page *p)
{
	const struct request_draft *d = v->draft;

	page_field_say(p, v, ID_OWNER, WORD_TODAY_PATIENT, d->owner);
	page_head(p, v, WORD_REQUEST_PURPOSE, NULL);
	for (int i = 0; code_purposes[i] != NULL; i++)
		page_choice(p, ID_PURPOSE + i, say_code(v, "purpose", code_purposes[i]), d->purpose == i, true);
	page_choice_say(p, v, ID_DEID, WORD_REQUEST_DEID, d->deid, false);
	kinds(v, p, d->categories);
}

static size_t kinds_asked(const struct request_draft *d)
{
	size_t count = 0;

	for (size_t i = 0; code_categories[i] != NULL; i++)
		count += (d->categories & (1u << i)) != 0;
	return count;
}

static void sees(const struct view *v, struct page *p, const char *purpose)
{
	const struct request_draft *d = v->draft;
	const struct request_model *m = v->model;
	char number[SAY_NUMBER];

	page_head(p, v, WORD_REQUEST_SEES, NULL);
	if (m->unknown)
		page_say(p, v, ROLE_WARN, WORD_REQUEST_UNKNOWN, NULL);
	if (m->owner[0] != '\0')
		page_say(p, v, ROLE_GOOD, WORD_REQUEST_MATCH, m->owner, NULL);
	if (kinds_asked(d) == 0)
		page_say(p, v, ROLE_PLAIN, WORD_REQUEST_SEES_ALL, m->me, purpose, NULL);
	else
		page_say(p, v, ROLE_PLAIN, WORD_REQUEST_SEES_KINDS, m->me, purpose, say_number(number, kinds_asked(d)), NULL);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_REQUEST_NOTHING_YET, NULL);
	page_say(p, v, ROLE_DIM, WORD_INSTITUTE_INCOMPLETE, NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct request_draft *d = v->draft;

	(void)id;
	sees(v, p, say_code(v, "purpose", code_purposes[d->purpose]));
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct request_draft d = *(const struct request_draft *)v->draft;

	if (id == ID_OWNER && text != NULL)
		snprintf(d.owner, sizeof(d.owner), "%.*s", (int)sizeof(d.owner) - 1, text);
	else if (id == ID_DEID)
		d.deid = !d.deid;
	else if (id == ID_ATTEST)
		d.attested = !d.attested;
	else if (id >= ID_REASON)
		d.reason = id - ID_REASON;
	else if (id >= ID_CATEGORY)
		d.categories ^= 1u << (id - ID_CATEGORY);
	else if (id >= ID_PURPOSE)
		d.purpose = id - ID_PURPOSE;
	act_draft(ret, &d, sizeof(d));
}

void request_words(struct act *a, const struct request_draft *d)
{
	act_line(a, "request", "new");
	act_option(a, "--owner", d->owner);
	act_option(a, "--purpose", d->emergency ? "BTG" : code_purposes[d->purpose]);
	for (size_t i = 0; code_categories[i] != NULL; i++)
		if (d->categories & (1u << i))
			act_option(a, "--category", code_categories[i]);
	act_option(a, "--form", d->deid ? "deid" : NULL);
	if (!d->emergency)
		return;
	act_word(a, "--emergency");
	act_option(a, "--reason", emergency_reasons[d->reason]);
}

static bool has_owner(struct act *ret, const struct view *v)
{
	const struct request_model *m = v->model;

	if (m->owner[0] == '\0')
		act_refuse(ret, m->unknown ? WORD_REQUEST_UNKNOWN : WORD_REQUEST_WHOSE, NULL);
	return m->owner[0] != '\0';
}

static void send(struct act *ret, const struct view *v, int id)
{
	(void)id;
	if (!has_owner(ret, v))
		return;
	request_words(ret, v->draft);
	ret->shows = true;
}

static const struct view_act request_acts[] = {{ACTION_SEND, send}, {ACTION_NONE, NULL}};

const struct view_ops view_institute_request = {
	.name = "institute-request", .title = WORD_TAB_REQUEST, .modes = MODE_INSTITUTE | MODE_RESEARCH, .split = SPLIT_RIGHT,
	.model_size = sizeof(struct request_model), .draft_size = sizeof(struct request_draft), .draft_loads = true,
			.load = load,
	.list = list, .detail = detail, .chosen = chosen, .acts = request_acts,
};

/* ---- emergency ---- */

static void emergency_list(const struct view *v, struct page *p)
{
	const struct request_draft *d = v->draft;

	page_say(p, v, ROLE_DANGER, WORD_EMERGENCY_HEAD, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_EMERGENCY_WHAT, NULL);
	page_blank(p);
	page_field_say(p, v, ID_OWNER, WORD_TODAY_PATIENT, d->owner);
	page_head(p, v, WORD_EMERGENCY_REASON, NULL);
	for (int i = 0; emergency_reasons[i] != NULL; i++)
		page_choice(p, ID_REASON + i, say_code(v, "emergency", emergency_reasons[i]), d->reason == i, true);
	page_blank(p);
	page_choice_say(p, v, ID_ATTEST, WORD_EMERGENCY_ATTEST, d->attested, false);
}

static void emergency_detail(const struct view *v, struct page *p, int id)
{
	(void)id;
	sees(v, p, word(v->language, WORD_EMERGENCY_PURPOSE));
	page_say(p, v, ROLE_WARN, WORD_EMERGENCY_REVIEW, NULL);
}

static void emergency_send(struct act *ret, const struct view *v, int id)
{
	struct request_draft d = *(const struct request_draft *)v->draft;

	(void)id;
	if (!has_owner(ret, v))
		return;
	if (!d.attested) {
		act_refuse(ret, WORD_EMERGENCY_NOT_ATTESTED, NULL);
		return;
	}
	d.emergency = true;
	request_words(ret, &d);
	act_typed(ret, "open", WORD_EMERGENCY_QUESTION, ((const struct request_model *)v->model)->owner, NULL);
	ret->shows = true;
}

static const struct view_act emergency_acts[] = {{ACTION_SEND, emergency_send}, {ACTION_NONE, NULL}};

const struct view_ops view_institute_emergency = {
	.name = "institute-emergency", .title = WORD_TAB_EMERGENCY, .modes = MODE_INSTITUTE, .split = SPLIT_RIGHT,
	.model_size = sizeof(struct request_model), .draft_size = sizeof(struct request_draft), .draft_loads = true,
			.load = load,
	.list = emergency_list, .detail = emergency_detail, .chosen = chosen, .acts = emergency_acts,
};
