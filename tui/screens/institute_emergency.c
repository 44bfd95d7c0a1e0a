/* SPDX-License-Identifier: Apache-2.0 */
/* To read without consent, to protect a life: who, why, attested in words, and typed before it happens. */
#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/institute.h"
#include "tui/screens/views.h"

enum { ID_WHO = 1, ID_REASON = 10, ID_ATTEST = 20, ID_CATEGORY = 300 };

static const char *const reasons[] = {"unconscious", "life-threatening", "cannot-ask", NULL};

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	(void)task;
	(void)info;
	return request_person(model, a, ((const struct emergency_draft *)draft)->who);
}

static void list(const struct view *v, struct page *p)
{
	const struct emergency_draft *d = v->draft;

	page_say(p, v, ROLE_DANGER, WORD_EMERGENCY_HEAD, NULL);
	page_field_say(p, v, ID_WHO, WORD_REQUEST_WHO, d->who);
	page_head(p, v, WORD_EMERGENCY_WHY, NULL);
	for (int i = 0; reasons[i] != NULL; i++)
		page_choice(p, ID_REASON + i, say_code(v, "reason", reasons[i]), d->reason == i + 1, true);
	page_choice_say(p, v, ID_ATTEST, WORD_EMERGENCY_ATTEST, d->attested, false);
	page_head(p, v, WORD_REQUEST_KINDS, NULL);
	for (int i = 0; code_categories[i] != NULL; i++)
		page_choice(p, ID_CATEGORY + i, say_code(v, "category", code_categories[i]), (d->categories & (1u << i)) != 0,
			    false);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct request_model *m = v->model;
	const struct emergency_draft *d = v->draft;

	(void)id;
	page_head(p, v, WORD_EMERGENCY_MEANS, NULL);
	if (m->found)
		page_pair_text(p, v, WORD_REQUEST_WHO, ROLE_GOOD, m->name);
	else
		page_say(p, v, ROLE_WARN, m->named ? WORD_REQUEST_UNKNOWN : WORD_REQUEST_NOBODY, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_EMERGENCY_TOLD, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_EMERGENCY_OWED, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_EMERGENCY_LIMIT, NULL);
	if (d->categories == 0)
		page_say(p, v, ROLE_NOTE, WORD_REQUEST_ALL_KINDS, NULL);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct emergency_draft d = *(const struct emergency_draft *)v->draft;

	if (id == ID_WHO && text == NULL)
		return;
	if (id == ID_WHO)
		snprintf(d.who, sizeof(d.who), "%.*s", (int)sizeof(d.who) - 1, text);
	else if (id >= ID_CATEGORY)
		d.categories ^= 1u << (id - ID_CATEGORY);
	else if (id == ID_ATTEST)
		d.attested = !d.attested;
	else
		d.reason = id - ID_REASON + 1;
	act_draft(ret, &d, sizeof(d));
}

/* What is missing, in the order of the form. */
static enum word missing(const struct view *v)
{
	const struct request_model *m = v->model;
	const struct emergency_draft *d = v->draft;

	if (!m->named)
		return WORD_REQUEST_NOBODY;
	if (!m->found)
		return WORD_REQUEST_UNKNOWN;
	if (d->reason == 0)
		return WORD_EMERGENCY_NO_REASON;
	return d->attested ? WORD_NONE : WORD_EMERGENCY_NOT_ATTESTED;
}

static void send(struct act *ret, const struct view *v, int id)
{
	const struct request_model *m = v->model;
	const struct emergency_draft *d = v->draft;
	char account[ID_HEX], typed[5];

	(void)id;
	if (missing(v) != WORD_NONE) {
		act_refuse(ret, missing(v), NULL);
		return;
	}
	hex_encode(account, m->account.b, ID_SIZE);
	snprintf(typed, sizeof(typed), "%.4s", account);
	act_line(ret, "request", "new");
	request_owner(ret, m, d->who);
	act_option(ret, "--purpose", "ETREAT");
	for (int i = 0; code_categories[i] != NULL; i++)
		if (d->categories & (1u << i))
			act_option(ret, "--category", code_categories[i]);
	act_word(ret, "--emergency");
	act_option(ret, "--reason", reasons[d->reason - 1]);
	act_typed(ret, typed, WORD_EMERGENCY_QUESTION, m->name, say_code(v, "reason", reasons[d->reason - 1]), NULL);
	ret->shows = true;
}

static const struct view_act acts[] = {{ACTION_SEND, send}, {ACTION_NONE, NULL}};

const struct view_ops view_institute_emergency = {
	.name = "institute-emergency", .title = WORD_TAB_EMERGENCY, .modes = MODE_INSTITUTE, .split = SPLIT_RIGHT,
	.model_size = sizeof(struct request_model), .draft_size = sizeof(struct emergency_draft), .draft_loads = true,
	.load = load, .list = list, .detail = detail, .chosen = chosen, .acts = acts,
};
