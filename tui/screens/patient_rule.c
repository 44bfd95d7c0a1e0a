/* SPDX-License-Identifier: Apache-2.0 */
/* One rule in the making, and what it would do: counted on real records by the contract's own evaluator. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/json.h"
#include "tui/screens/patient_sharing.h"
#include "tui/screens/views.h"

enum {
	ID_WHO = 1, ID_EFFECT = 10, ID_PURPOSE = 100, ID_CATEGORY = 200, ID_KEPT = 300, ID_UNTIL = 400, ID_DATE = 410,
	ID_DEID = 420,
};

#define YEAR_DAYS 365

void act_codes(struct act *a, const char *option, const char *const *codes, uint32_t bits)
{
	for (size_t i = 0; codes[i] != NULL; i++)
		if (bits & (1u << i))
			act_option(a, option, codes[i]);
}

/* ---- the draft as words ---- */

static size_t listed(const char **ret, size_t size, const char *const *codes, uint32_t bits)
{
	size_t count = 0;

	for (size_t i = 0; codes[i] != NULL && count + 1 < size; i++)
		if (bits & (1u << i))
			ret[count++] = codes[i];
	return count;
}

static const char *const effects[] = {"permit", "deny", "ask"};

static const char *until_of(char out[RULE_DATE], const struct rule_draft *d, struct time_ms now)
{
	char text[TIME_TEXT];

	out[0] = '\0';
	if (d->until == 1)
		snprintf(out, RULE_DATE, "%s", d->date);
	else if (d->until == 0 || d->until == 3) {
		time_format(text, (struct time_ms){now.v + (d->until == 0 ? YEAR_DAYS : 1) * MS_PER_DAY});
		snprintf(out, RULE_DATE, "%.10s", text);
	}
	return out[0] != '\0' ? out : NULL;
}

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct rule_draft *d = draft;
	struct rule_model *m = model;
	struct app_rule_words words = {.effect = effects[d->effect], .who = d->who, .form = d->deid ? "deid" : NULL};
	const struct app_consent_edit edit = {.add = &words, .remove = d->replace, .dry_run = true};
	char until[RULE_DATE];

	(void)task;
	m->whole = d->who[0] != '\0' && d->purposes != 0 && (d->until != 1 || d->date[0] != '\0');
	if (!m->whole)
		return ERR_OK;
	words.until = until_of(until, d, clock_real()->now(NULL));
	listed(words.purpose, sizeof(words.purpose) / sizeof(words.purpose[0]), code_purposes, d->purposes);
	listed(words.category, sizeof(words.category) / sizeof(words.category[0]), code_categories, d->categories);
	if (d->effect == 0)
		listed(words.except, sizeof(words.except) / sizeof(words.except[0]), code_labels, d->kept);
	else
		listed(words.label, sizeof(words.label) / sizeof(words.label[0]), code_labels, d->kept);
	return app_consent_change(a, &m->change, &edit, info);
}

static void release(void *model)
{
	app_change_release(&((struct rule_model *)model)->change);
}

/* ---- the form ---- */

static void choices(const struct view *v, struct page *p, int base, const char *group, const char *const *codes, uint32_t bits)
{
	for (int i = 0; codes[i] != NULL; i++)
		page_choice(p, base + i, say_code(v, group, codes[i]), (bits & (1u << i)) != 0, false);
}

static void form(const struct view *v, struct page *p)
{
	const struct rule_draft *d = v->draft;
	static const enum word effect_words[] = {WORD_RULE_PERMIT, WORD_RULE_DENY, WORD_RULE_ASK};
	static const enum word until_words[] = {WORD_RULE_YEAR, WORD_RULE_DATE, WORD_RULE_NO_END, WORD_RULE_DAY};

	page_field_say(p, v, ID_WHO, WORD_RULE_WHO, d->who);
	for (int i = 0; i < 3; i++)
		page_choice_say(p, v, ID_EFFECT + i, effect_words[i], d->effect == i, true);
	page_head(p, v, d->effect == 0 ? WORD_RULE_KEPT : WORD_RULE_ABOUT, NULL);
	choices(v, p, ID_KEPT, "label", code_labels, d->kept);
	page_head(p, v, WORD_RULE_UNTIL, NULL);
	for (int i = 0; i < 4; i++)
		page_choice_say(p, v, ID_UNTIL + i, until_words[i], d->until == i, true);
	if (d->until == 1)
		page_field_say(p, v, ID_DATE, WORD_RULE_DATE_LABEL, d->date);
	page_head(p, v, WORD_RULE_PURPOSES, NULL);
	choices(v, p, ID_PURPOSE, "purpose", code_purposes, d->purposes);
	page_head(p, v, WORD_RULE_CATEGORIES, NULL);
	choices(v, p, ID_CATEGORY, "category", code_categories, d->categories);
	page_choice_say(p, v, ID_DEID, WORD_RULE_DEID, d->deid, false);
}

void page_change(struct page *p, const struct view *v, const struct app_change *change)
{
	page_head(p, v, WORD_CHANGE_MEANS, NULL);
	if (change->sentence != NULL)
		page_text(p, ROLE_PLAIN, change->sentence);
	page_blank(p);
	for (size_t i = 0; i < change->gain_count; i++)
		page_say(p, v, ROLE_MORE, WORD_CHANGE_GAIN, change->gains[i], NULL);
	for (size_t i = 0; i < change->loss_count; i++)
		page_say(p, v, ROLE_LESS, WORD_CHANGE_LOSS, change->losses[i], NULL);
	if (change->gain_count == 0 && change->loss_count == 0)
		page_say(p, v, ROLE_DIM, WORD_CHANGE_NOBODY, NULL);
	if (change->widens && change->gain_count == 0 && change->example != NULL)
		page_say(p, v, ROLE_MORE, WORD_CHANGE_EXAMPLE, change->example, NULL);
	page_blank(p);
	page_say(p, v, ROLE_DIM, change->widens ? WORD_CHANGE_WAITS : WORD_CHANGE_AT_ONCE, NULL);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct rule_model *m = v->model;

	(void)id;
	if (!m->whole) {
		page_head(p, v, WORD_CHANGE_MEANS, NULL);
		page_say(p, v, ROLE_NOTE, WORD_RULE_NOT_WHOLE, NULL);
		return;
	}
	page_change(p, v, &m->change);
}

static bool typed(struct rule_draft *d, int id, const char *text)
{
	if (id == ID_WHO)
		snprintf(d->who, sizeof(d->who), "%.*s", (int)sizeof(d->who) - 1, text);
	else if (id == ID_DATE)
		snprintf(d->date, sizeof(d->date), "%.*s", (int)sizeof(d->date) - 1, text);
	return id == ID_WHO || id == ID_DATE;
}

static void ticked(struct rule_draft *d, int id)
{
	if (id == ID_DEID)
		d->deid = !d->deid;
	else if (id >= ID_UNTIL)
		d->until = id - ID_UNTIL;
	else if (id >= ID_KEPT)
		d->kept ^= 1u << (id - ID_KEPT);
	else if (id >= ID_CATEGORY)
		d->categories ^= 1u << (id - ID_CATEGORY);
	else if (id >= ID_PURPOSE)
		d->purposes ^= 1u << (id - ID_PURPOSE);
	else
		d->effect = id - ID_EFFECT;
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct rule_draft d = *(const struct rule_draft *)v->draft;

	if (text == NULL)
		ticked(&d, id);
	else if (!typed(&d, id, text))
		return;
	act_draft(ret, &d, sizeof(d));
}

/* ---- sign ---- */

static void words_of(struct act *a, const struct view *v)
{
	const struct rule_draft *d = v->draft;
	static const char *const options[] = {"--permit", "--deny", "--ask"};
	char until[RULE_DATE], replace[SAY_NUMBER];

	act_line(a, "consent", "add");
	act_word(a, options[d->effect]);
	act_option(a, "--who", d->who);
	act_codes(a, "--purpose", code_purposes, d->purposes);
	act_codes(a, "--category", code_categories, d->categories);
	act_codes(a, d->effect == 0 ? "--except" : "--label", code_labels, d->kept);
	act_option(a, "--form", d->deid ? "deid" : NULL);
	act_option(a, "--until", until_of(until, d, v->now));
	if (d->replace != 0)
		act_option(a, "--replace", say_number(replace, d->replace));
}

static bool can(struct act *ret, const struct rule_model *m)
{
	if (!m->whole)
		act_refuse(ret, WORD_RULE_NOT_WHOLE, NULL);
	return m->whole;
}

static void sign(struct act *ret, const struct view *v, int id)
{
	const struct rule_model *m = v->model;

	(void)id;
	if (!can(ret, m))
		return;
	words_of(ret, v);
	act_word(ret, "--now");
	act_yes(ret, WORD_CHANGE_QUESTION, m->change.sentence != NULL ? m->change.sentence : "", NULL);
	ret->waits = m->change.widens;
	ret->leaves = true;
}

static void dry_run(struct act *ret, const struct view *v, int id)
{
	(void)id;
	if (!can(ret, v->model))
		return;
	words_of(ret, v);
	act_word(ret, "--dry-run");
	ret->shows = true;
}

static const struct view_act acts[] = {{ACTION_SIGN, sign}, {ACTION_DRY_RUN, dry_run}, {ACTION_NONE, NULL}};

const struct view_ops view_patient_rule = {
	.name = "patient-rule", .title = WORD_RULE_TITLE, .modes = MODE_PATIENT, .split = SPLIT_RIGHT,
	.model_size = sizeof(struct rule_model), .draft_size = sizeof(struct rule_draft), .draft_loads = true, .load = load,
	.release = release, .list = form, .detail = detail, .chosen = chosen, .acts = acts,
};
