/* SPDX-License-Identifier: Apache-2.0 */
/* A request in the making: who, what for, which kinds, and what the patient will see of it.
 *
 * Nobody is browsed for: a patient is found by a name in the own book, an account, or the card that she shows.  What a request
 * would be given is not told before it is made: that would tell which records there are.
 */
#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/institute.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

enum { ID_WHO = 1, ID_FROM = 2, ID_TO = 3, ID_PROJECT = 4, ID_PURPOSE = 100, ID_DEID = 200, ID_CATEGORY = 300 };

#define CARD_START "medlock-contact:"

static const char *const purposes[] = {"TREAT", "COC", "TREATDS", "HQUALIMP", "HOPERAT", "HPAYMT", "PUBHLTH", NULL};
static const char *const research[] = {"HRESCH", "DSRCH", "CLINTRCH", "BIORCH", "TRANSRCH", "POARCH", "MLTRAINING", "PUBHLTH",
				       NULL};

const char *const *request_purposes(uint32_t mode)
{
	return mode == MODE_RESEARCH ? research : purposes;
}

enum err request_person(struct request_model *ret, struct app *a, const char *who)
{
	char account[ID_HEX];
	enum err e;

	ret->named = who[0] != '\0';
	if (!ret->named)
		return ERR_OK;
	if (strncmp(who, CARD_START, sizeof(CARD_START) - 1) == 0) {
		snprintf(account, sizeof(account), "%s", who + sizeof(CARD_START) - 1);
		who = account;
	}
	e = app_find(a, &ret->account, who, NULL);
	ret->found = e == ERR_OK;
	if (ret->found)
		snprintf(ret->name, sizeof(ret->name), "%s", app_name(a, ret->account.b));
	return e == ERR_MEMORY ? e : ERR_OK;
}

void request_owner(struct act *ret, const struct request_model *m, const char *who)
{
	char account[ID_HEX];

	hex_encode(account, m->account.b, ID_SIZE);
	act_option(ret, "--owner", strncmp(who, CARD_START, sizeof(CARD_START) - 1) == 0 ? account : who);
}

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	(void)task;
	(void)info;
	return request_person(model, a, ((const struct request_draft *)draft)->who);
}

static bool deid_of(const struct view *v)
{
	const struct request_draft *d = v->draft;

	return d->deid != (v->mode == MODE_RESEARCH); /* researchers begin without names */
}

static void list(const struct view *v, struct page *p)
{
	const struct request_draft *d = v->draft;
	const char *const *codes = request_purposes(v->mode);

	page_field_say(p, v, ID_WHO, WORD_REQUEST_WHO, d->who);
	page_field_say(p, v, ID_FROM, WORD_REQUEST_FROM, d->from);
	page_field_say(p, v, ID_TO, WORD_REQUEST_TO, d->to);
	if (v->mode == MODE_RESEARCH)
		page_field_say(p, v, ID_PROJECT, WORD_RESEARCH_PROJECT, d->project);
	page_head(p, v, WORD_REQUEST_PURPOSE, NULL);
	for (int i = 0; codes[i] != NULL; i++)
		page_choice(p, ID_PURPOSE + i, say_use(v, codes[i]), d->purpose == i, true);
	page_head(p, v, WORD_REQUEST_KINDS, NULL);
	for (int i = 0; code_categories[i] != NULL; i++)
		page_choice(p, ID_CATEGORY + i, say_code(v, "category", code_categories[i]), (d->categories & (1u << i)) != 0,
			    false);
	page_head(p, v, WORD_REQUEST_FORM, NULL);
	page_choice_say(p, v, ID_DEID, WORD_REQUEST_DEID, deid_of(v), false);
}

static void person(const struct view *v, struct page *p)
{
	const struct request_model *m = v->model;
	char id[SAY_ID];

	if (!m->named)
		page_say(p, v, ROLE_NOTE, WORD_REQUEST_NOBODY, NULL);
	else if (!m->found)
		page_say(p, v, ROLE_WARN, WORD_REQUEST_UNKNOWN, NULL);
	else
		page_pair_say(p, v, WORD_REQUEST_WHO, ROLE_GOOD, WORD_REQUEST_IS, m->name, say_id(id, m->account.b), NULL);
}

static void kinds(const struct view *v, struct page *p)
{
	const struct request_draft *d = v->draft;
	char number[SAY_NUMBER];
	size_t count = 0;

	for (int i = 0; code_categories[i] != NULL; i++)
		count += (d->categories & (1u << i)) != 0;
	if (count == 0)
		page_say(p, v, ROLE_NOTE, WORD_REQUEST_ALL_KINDS, NULL);
	page_head(p, v, WORD_REQUEST_SEEN, NULL);
	if (count == 0)
		page_say(p, v, ROLE_PLAIN, WORD_REQUEST_SEEN_ALL, say_use(v, request_purposes(v->mode)[d->purpose]), NULL);
	else
		page_say(p, v, ROLE_PLAIN, WORD_REQUEST_SEEN_KINDS, say_use(v, request_purposes(v->mode)[d->purpose]),
			 say_number(number, count), NULL);
}

/* Which data is meant; it narrows what is asked for and is not itself shown to the patient, who sees the records. */
static void period(const struct view *v, struct page *p)
{
	const struct request_draft *d = v->draft;

	if (d->from[0] != '\0' && d->to[0] != '\0')
		page_say(p, v, ROLE_NOTE, WORD_REQUEST_BETWEEN, d->from, d->to, NULL);
	else if (d->from[0] != '\0')
		page_say(p, v, ROLE_NOTE, WORD_REQUEST_SINCE, d->from, NULL);
	else if (d->to[0] != '\0')
		page_say(p, v, ROLE_NOTE, WORD_REQUEST_UNTIL, d->to, NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	(void)id;
	page_head(p, v, WORD_REQUEST_BEFORE, NULL);
	person(v, p);
	period(v, p);
	page_blank(p);
	kinds(v, p);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_REQUEST_NO_PREVIEW, NULL);
	page_say(p, v, ROLE_DIM, WORD_REQUEST_WHEN, NULL);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct request_draft d = *(const struct request_draft *)v->draft;

	if (id <= ID_PROJECT && text == NULL)
		return;
	if (id == ID_WHO)
		snprintf(d.who, sizeof(d.who), "%.*s", (int)sizeof(d.who) - 1, text);
	else if (id == ID_FROM)
		snprintf(d.from, sizeof(d.from), "%.*s", (int)sizeof(d.from) - 1, text);
	else if (id == ID_TO)
		snprintf(d.to, sizeof(d.to), "%.*s", (int)sizeof(d.to) - 1, text);
	else if (id == ID_PROJECT)
		snprintf(d.project, sizeof(d.project), "%.*s", (int)sizeof(d.project) - 1, text);
	else if (id >= ID_CATEGORY)
		d.categories ^= 1u << (id - ID_CATEGORY);
	else if (id == ID_DEID)
		d.deid = !d.deid;
	else
		d.purpose = id - ID_PURPOSE;
	act_draft(ret, &d, sizeof(d));
}

static bool is_date_or_none(const char *text, struct time_ms *ret)
{
	return text[0] == '\0' || time_parse(ret, text) == ERR_OK;
}

/* WORD_NONE when it can be sent. */
static enum word refusal(const struct request_model *m, const struct request_draft *d)
{
	struct time_ms from = {INT64_MIN}, to = {INT64_MAX};
	uint8_t project[ID_SIZE];

	if (!m->found)
		return m->named ? WORD_REQUEST_UNKNOWN : WORD_REQUEST_NOBODY;
	if (!is_date_or_none(d->from, &from) || !is_date_or_none(d->to, &to))
		return WORD_REQUEST_BAD_DATE;
	if (to.v <= from.v)
		return WORD_REQUEST_BAD_PERIOD;
	if (d->project[0] != '\0' && hex_decode(project, ID_SIZE, d->project) != ERR_OK)
		return WORD_RESEARCH_BAD_PROJECT;
	return WORD_NONE;
}

static void send(struct act *ret, const struct view *v, int id)
{
	const struct request_model *m = v->model;
	const struct request_draft *d = v->draft;
	enum word no = refusal(m, d);

	(void)id;
	if (no != WORD_NONE) {
		act_refuse(ret, no, NULL);
		return;
	}
	act_line(ret, "request", "new");
	request_owner(ret, m, d->who);
	act_option(ret, "--purpose", request_purposes(v->mode)[d->purpose]);
	for (int i = 0; code_categories[i] != NULL; i++)
		if (d->categories & (1u << i))
			act_option(ret, "--category", code_categories[i]);
	act_option(ret, "--data-from", d->from);
	act_option(ret, "--data-to", d->to);
	act_option(ret, "--project", d->project);
	act_option(ret, "--form", deid_of(v) ? "deid" : NULL);
	ret->shows = true;
}

static void find(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_open(ret, &view_institute_card, &(const struct card_draft){0}, sizeof(struct card_draft));
}

static void requests(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_open(ret, &view_institute_requests, NULL, 0);
}

static const struct view_act acts[] = {
	{ACTION_SEND, send}, {ACTION_FIND, find}, {ACTION_HISTORY, requests}, {ACTION_NONE, NULL},
};

const struct view_ops view_institute_request = {
	.name = "institute-request", .title = WORD_TAB_REQUEST, .modes = MODE_INSTITUTE | MODE_RESEARCH, .split = SPLIT_RIGHT,
	.model_size = sizeof(struct request_model), .draft_size = sizeof(struct request_draft), .draft_loads = true,
	.load = load, .list = list, .detail = detail, .chosen = chosen, .acts = acts,
};

/* ---- somebody's card into the book ---- */

enum { ID_CARD_NAME = 1, ID_CARD_TEXT = 2 };

static void card_list(const struct view *v, struct page *p)
{
	const struct card_draft *d = v->draft;

	page_head(p, v, WORD_CARD_HEAD, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_CARD_HELP, NULL);
	page_blank(p);
	page_field_say(p, v, ID_CARD_NAME, WORD_CARD_NAME, d->name);
	page_field_say(p, v, ID_CARD_TEXT, WORD_CARD_TEXT, d->card);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_FORM_HOW, NULL);
}

static void card_chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct card_draft d = *(const struct card_draft *)v->draft;

	if (text == NULL)
		return;
	if (id == ID_CARD_NAME)
		snprintf(d.name, sizeof(d.name), "%.*s", (int)sizeof(d.name) - 1, text);
	else
		snprintf(d.card, sizeof(d.card), "%.*s", (int)sizeof(d.card) - 1, text);
	act_draft(ret, &d, sizeof(d));
}

static void card_send(struct act *ret, const struct view *v, int id)
{
	const struct card_draft *d = v->draft;

	(void)id;
	if (d->name[0] == '\0' || d->card[0] == '\0') {
		act_refuse(ret, WORD_FORM_EMPTY, word(v->language, d->name[0] == '\0' ? WORD_CARD_NAME : WORD_CARD_TEXT), NULL);
		return;
	}
	act_line(ret, "contact", "add");
	act_word(ret, d->name);
	act_word(ret, d->card);
	ret->leaves = true;
}

static const struct view_act card_acts[] = {{ACTION_SEND, card_send}, {ACTION_NONE, NULL}};

const struct view_ops view_institute_card = {
	.name = "institute-card", .title = WORD_CARD_HEAD, .modes = MODE_INSTITUTE | MODE_RESEARCH,
	.draft_size = sizeof(struct card_draft), .list = card_list, .chosen = card_chosen, .acts = card_acts,
};
