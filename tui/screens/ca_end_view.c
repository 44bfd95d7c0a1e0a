/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a certificate, before: why, since when, and what goes with it. */
#include <stdio.h>

#include "tui/screens/ca_certificates.h"
#include "tui/screens/ca_desk.h"
#include "tui/screens/codes.h"
#include "tui/screens/views.h"

enum { ID_REASON = 1, ID_SINCE = 20 };

const char *const end_reasons[] = {
	"key-compromise", "affiliation-changed", "superseded", "cessation", "privilege-withdrawn", "hold", NULL,
};

/* What cannot be done is said on the page, beside the form that it is about. */
static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct end_draft *d = draft;
	struct end_model *m = model;
	struct app_ca_wish wish = {.serial = d->serial, .reason = d->release ? NULL : end_reasons[d->reason], .dry_run = true,
				   .confirm = serial_end(d->serial)};
	struct err_info why = {0};

	(void)task;
	if (d->since[0] != '\0' && time_parse(&wish.since, d->since) != ERR_OK)
		m->e = err_set(&why, ERR_USAGE, "'%s' is not a date such as 2026-11-20", d->since);
	else
		m->e = d->release ? app_ca_release(a, &m->end, &wish, &why) : app_ca_revoke(a, &m->end, &wish, &why);
	if (m->e == ERR_CONFIRM || m->e == ERR_PENDING)
		m->e = ERR_OK;
	form_why(m->why, sizeof(m->why), m->e, &why);
	if (m->e != ERR_LOCKED && m->e != ERR_CANCELLED)
		return ERR_OK;
	*info = why;
	return m->e;
}

static void release(void *model)
{
	app_ca_end_release(&((struct end_model *)model)->end);
}

static void list(const struct view *v, struct page *p)
{
	const struct end_draft *d = v->draft;

	page_head(p, v, d->release ? WORD_END_RELEASE : d->reason == END_REASON_HOLD ? WORD_END_HOLD : WORD_END_REVOKE, d->name,
		  say_code(v, "profile", d->profile), NULL);
	page_text(p, ROLE_DIM, d->serial);
	if (d->release)
		return;
	page_blank(p);
	page_head(p, v, WORD_END_REASON, NULL);
	for (int i = 0; end_reasons[i] != NULL; i++)
		page_choice(p, ID_REASON + i, say_code(v, "reason", end_reasons[i]), d->reason == i, true);
	page_blank(p);
	page_field_say(p, v, ID_SINCE, WORD_END_SINCE, d->since);
	page_say(p, v, ROLE_DIM, WORD_END_SINCE_HELP, NULL);
}

/* ---- what would happen ---- */

static void siblings(const struct view *v, struct page *p, const struct app_ca_end *m)
{
	if (m->sibling_count == 0)
		page_say(p, v, ROLE_PLAIN, WORD_END_ALONE, NULL);
	for (size_t i = 0; i < m->sibling_count; i++) {
		const struct app_ca_sibling *x = &m->siblings[i];
		char serial[SERIAL_SHORT];

		page_say(p, v, x->same_account ? ROLE_WARN : ROLE_PLAIN, x->same_account ? WORD_END_GOES : WORD_END_STAYS,
			 x->name, say_code(v, "profile", x->profile), serial_short(serial, x->serial), NULL);
	}
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct end_draft *d = v->draft;
	const struct end_model *m = v->model;
	char entries[SAY_NUMBER], owners[SAY_NUMBER];

	(void)id;
	page_head(p, v, WORD_END_MEANS, NULL);
	if (m->e != ERR_OK) {
		page_text(p, ROLE_DANGER, m->why);
		return;
	}
	page_say(p, v, ROLE_PLAIN, d->release ? WORD_END_MEANS_RELEASE : d->reason == END_REASON_HOLD ? WORD_END_MEANS_HOLD
		 : WORD_END_MEANS_REVOKE, d->name, NULL);
	if (!d->release)
		siblings(v, p, &m->end);
	if (m->end.since.v != 0)
		page_say(p, v, ROLE_WARN, WORD_END_ENTRIES, say_number(entries, m->end.entries),
			 say_number(owners, m->end.owners), NULL);
	page_blank(p);
	page_say(p, v, ROLE_NOTE, WORD_END_TWO, NULL);
}

/* ---- acts ---- */

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct end_draft d = *(const struct end_draft *)v->draft;

	if (id == ID_SINCE && text != NULL)
		snprintf(d.since, sizeof(d.since), "%.*s", (int)sizeof(d.since) - 1, text);
	else if (id >= ID_REASON && id < ID_SINCE)
		d.reason = id - ID_REASON;
	act_draft(ret, &d, sizeof(d));
}

static bool can(struct act *ret, const struct view *v)
{
	const struct end_model *m = v->model;

	if (m->e != ERR_OK)
		act_refuse(ret, WORD_END_NOT_NOW, m->why, NULL);
	return m->e == ERR_OK;
}

static void words_of(struct act *a, const struct end_draft *d)
{
	act_line(a, "ca", d->release ? "release" : "revoke");
	act_word(a, d->serial);
	if (!d->release)
		act_option(a, "--reason", end_reasons[d->reason]);
	if (!d->release)
		act_option(a, "--since", d->since);
	act_option(a, "--confirm", serial_end(d->serial));
}

/* Other certificates that end with it: said in the question too, for those who hear it alone. */
static uint64_t with_it(const struct end_model *m)
{
	uint64_t count = 0;

	for (size_t i = 0; i < m->end.sibling_count; i++)
		count += m->end.siblings[i].same_account;
	return count;
}

static enum word question_of(const struct end_draft *d, uint64_t with)
{
	if (d->release)
		return WORD_END_RELEASE_QUESTION;
	if (d->reason == END_REASON_HOLD)
		return WORD_END_HOLD_QUESTION;
	return with > 0 ? WORD_END_QUESTION_WITH : WORD_END_QUESTION;
}

static void sign(struct act *ret, const struct view *v, int id)
{
	const struct end_draft *d = v->draft;
	const uint64_t with = with_it(v->model);
	char number[SAY_NUMBER];

	(void)id;
	if (!can(ret, v))
		return;
	words_of(ret, d);
	act_typed(ret, serial_end(d->serial), question_of(d, with), d->name, say_number(number, with), NULL);
	ret->shows = true;
	ret->leaves = true;
}

static void dry_run(struct act *ret, const struct view *v, int id)
{
	(void)id;
	if (!can(ret, v))
		return;
	words_of(ret, v->draft);
	act_word(ret, "--dry-run");
	ret->shows = true;
}

static const struct view_act acts[] = {{ACTION_SIGN, sign}, {ACTION_DRY_RUN, dry_run}, {ACTION_NONE, NULL}};

const struct view_ops view_ca_end = {
	.name = "ca-end", .title = WORD_END_TITLE, .modes = MODE_CA, .split = SPLIT_RIGHT,
	.model_size = sizeof(struct end_model), .draft_size = sizeof(struct end_draft), .draft_loads = true, .load = load,
	.release = release, .list = list, .detail = detail, .chosen = chosen, .acts = acts,
};
