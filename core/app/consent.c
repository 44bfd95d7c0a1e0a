/* SPDX-License-Identifier: Apache-2.0 */
/* Show, try and who; changes are in consent_edit.c and pause.c. */
#include "core/app/consent.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/app/internal.h"
#include "core/app/preview_world.h"
#include "core/consent/fhir_consent.h"
#include "core/consent/preset.h"

static enum err show_rule(struct app_rule *ret, const Medlock__RuleState *rule, const struct sentence_names *names)
{
	struct buf sentence = BUF_INIT, json = BUF_INIT;
	struct json_writer w;

	sentence_of_rule(&sentence, rule->rule, names);
	json_writer_init(&w, &json);
	policy_write_rule(&w, rule, names);
	*ret = (struct app_rule){rule->rule->id, app_text(&sentence), app_text(&json)};
	buf_release(&sentence);
	buf_release(&json);
	return ret->sentence && ret->json ? ERR_OK : ERR_MEMORY;
}

static enum err show_rules(struct app *a, struct app_policy *ret, const struct policy *p)
{
	struct sentence_names names = app_sentence_names(a);

	ret->rules = calloc(p->count + 1, sizeof(*ret->rules));
	if (ret->rules == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < p->count; i++) {
		ret->count++;
		TRY(show_rule(&ret->rules[i], p->rules[i], &names));
	}
	return ERR_OK;
}

static enum err show_preset(struct app_policy *ret, const struct policy *p, struct err_info *info)
{
	struct preset_choice c;

	TRY(preset_of(&c, p, clock_real()->now(NULL), info));
	ret->preset = c.name;
	ret->emergency_off = c.emergency_off;
	ret->research = c.research;
	return ERR_OK;
}

enum err app_consent_show(struct app *a, struct app_policy *ret, struct err_info *info)
{
	struct app_policy shown = {0};
	struct policy p;
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	TRY(app_policy_load(a, &p, &a->owner, info));
	shown.version = p.version;
	shown.paused = p.paused;
	shown.default_effect = code_text(CODES_EFFECT, p.default_effect);
	e = show_rules(a, &shown, &p);
	if (e == ERR_OK)
		e = show_preset(&shown, &p, info);
	policy_release(&p);
	if (e != ERR_OK) {
		app_policy_release(&shown);
		return e;
	}
	*ret = shown;
	return ERR_OK;
}

enum err app_consent_fhir(struct app *a, struct buf *out, struct err_info *info)
{
	const struct sentence_names names = app_sentence_names(a);
	struct policy p;

	TRY(app_fresh_or_stored(a, info));
	TRY(app_policy_load(a, &p, &a->owner, info));
	fhir_consent_write(out, &p, &a->owner, clock_real()->now(NULL), &names);
	policy_release(&p);
	return buf_error(out);
}

void app_policy_release(struct app_policy *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->count; i++) {
		free(p->rules[i].sentence);
		free(p->rules[i].json);
	}
	free(p->rules);
	*p = (struct app_policy){0};
}

/* ---- try, who -------------------------------------------------------------------------------- */

static struct app_answer answer_of(struct app *a, const struct preview_answer *x, const struct preview_world *w)
{
	struct app_answer r = {
		.record = x->record->id, .decision = code_text(CODES_DECISION, x->decision.decision),
		.reason = code_text(CODES_DECISION_REASON, x->decision.reason),
		.category = code_text(CODES_CATEGORY, x->record->category), .rule = x->decision.rule,
		.purpose = x->purpose ? code_text(CODES_PURPOSE, x->purpose) : "", .form = "",
	};

	if (x->decision.decision == DECISION_GRANTED)
		r.form = code_text(CODES_FORM, x->decision.form);
	if (w != NULL && x->actor < w->actor_count)
		snprintf(r.who, sizeof(r.who), "%s", app_name(a, w->actors[x->actor].account.b));
	return r;
}

static enum err answers_of(struct app *a, struct app_answers *ret, const struct preview_answers *x,
			   const struct preview_world *w)
{
	struct app_answers made = {
		.count = x->count, .readable = x->readable, .asked = x->asked, .refused = x->refused};

	made.rows = calloc(x->count + 1, sizeof(*made.rows));
	if (made.rows == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < x->count; i++)
		made.rows[i] = answer_of(a, &x->rows[i], w);
	*ret = made;
	return ERR_OK;
}

enum err app_question_of(struct app *a, struct consent_question *ret, const struct app_question *q, struct err_info *info)
{
	const struct code_row *purpose = code_by_text(CODES_PURPOSE, q->purpose);
	struct account_id who;

	if (purpose == NULL)
		return err_set(info, ERR_USAGE, "'%s' is no purpose of use", q->purpose);
	TRY(app_find(a, &who, q->as, info));
	TRY(preview_actor(a, ret, &who, info));
	ret->purpose = purpose->number;
	ret->emergency = q->emergency;
	ret->form = FORM_FULL;
	ret->now = clock_real()->now(NULL);
	if (q->on != NULL && time_parse(&ret->now, q->on) != ERR_OK)
		return err_set(info, ERR_USAGE, "'%s' is not a date", q->on);
	return ERR_OK;
}

enum err app_consent_try(struct app *a, struct app_answers *ret, const struct app_question *q, struct err_info *info)
{
	struct preview_world w;
	struct preview_answers x = {0};
	struct consent_question question = {0};
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	TRY(app_question_of(a, &question, q, info));
	TRY(preview_world_load(a, &w, info));
	e = preview_try(&x, &w.policy, &question, &(struct preview_records){w.records, w.record_count});
	if (e == ERR_OK)
		e = answers_of(a, ret, &x, NULL);
	preview_answers_release(&x);
	preview_world_release(&w);
	return e;
}

static const struct consent_record *record_in(const struct preview_world *w, const struct record_id *id)
{
	for (size_t i = 0; i < w->record_count; i++) {
		if (ID_EQUAL(w->records[i].id, *id))
			return &w->records[i];
	}
	return NULL;
}

enum err app_consent_who(struct app *a, struct app_answers *ret, const struct record_id *record,
			 struct err_info *info)
{
	struct preview_world w;
	struct preview_answers x = {0};
	const struct consent_record *found;
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	TRY(preview_world_load(a, &w, info));
	found = record_in(&w, record);
	e = found ? preview_who(&x, &w.policy, w.actors, w.actor_count, found, clock_real()->now(NULL))
		  : err_set(info, ERR_NOT_FOUND, "no live record of this id is yours");
	if (e == ERR_OK)
		e = answers_of(a, ret, &x, &w);
	preview_answers_release(&x);
	preview_world_release(&w);
	return e;
}

void app_answers_release(struct app_answers *x)
{
	if (x == NULL)
		return;
	free(x->rows);
	*x = (struct app_answers){0};
}
