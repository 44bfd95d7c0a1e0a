/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/consent_why.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/app/undo.h"
#include "core/consent/check.h"
#include "core/consent/fhir_consent.h"
#include "core/consent/why.h"

/* ---- diff ---------------------------------------------------------------------------------- */

static enum err read_draft(struct app *a, struct policy *ret, struct bytes draft, const struct policy *live,
			   struct err_info *info)
{
	struct json_object *tree;
	bool fhir;

	TRY(json_read(&tree, draft, info));
	fhir = json_object_is_type(tree, json_type_object) && json_object_object_get_ex(tree, "resourceType", NULL);
	json_object_put(tree);
	return fhir ? fhir_consent_read(ret, draft, live, &a->owner, info) : policy_read(ret, draft, live, info);
}

static const char *state_of(const struct consent_decision *d)
{
	if (d->decision == DECISION_GRANTED)
		return d->form == FORM_FULL ? "full" : "deid";
	return d->decision == DECISION_ASKED ? "ask" : "refused";
}

static enum err take_rows(struct app *a, struct app_diff_row **ret, size_t *ret_count, const struct preview_change *list,
			  size_t count, const struct preview_world *w)
{
	const struct sentence_names names = app_sentence_names(a);

	*ret = calloc(count + 1, sizeof(**ret));
	if (*ret == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const struct preview_change *c = &list[i];
		struct app_diff_row *row = &(*ret)[(*ret_count)++];
		struct buf text = BUF_INIT;

		preview_change_sentence(&text, c, &w->actors[c->actor], &names);
		*row = (struct app_diff_row){
			.purpose = code_text(CODES_PURPOSE, c->purpose), .category = code_text(CODES_CATEGORY, c->category),
			.before = state_of(&c->before), .after = state_of(&c->after), .records = c->records,
			.sample = c->sample->id, .sentence = app_text(&text),
		};
		snprintf(row->who, sizeof(row->who), "%s", app_name(a, w->actors[c->actor].account.b));
		buf_release(&text);
	}
	return ERR_OK;
}

static enum err fill_diff(struct app *a, struct app_diff *ret, const struct preview_world *w, const struct policy *draft,
			  struct err_info *info)
{
	struct preview_diff d = {0};
	struct app_change change = {0};
	enum err e = preview_diff(&d, &w->policy, draft, w->actors, w->actor_count,
				  &(struct preview_records){w->records, w->record_count}, clock_real()->now(NULL));

	if (e == ERR_OK)
		e = take_rows(a, &ret->gains, &ret->gain_count, d.gains, d.gain_count, w);
	if (e == ERR_OK)
		e = take_rows(a, &ret->losses, &ret->loss_count, d.losses, d.loss_count, w);
	preview_diff_release(&d);
	if (e == ERR_OK)
		e = app_draft(a, &change, w, &w->policy, draft, info);
	ret->widens = change.widens;
	ret->example = change.example;
	change.example = NULL;
	app_change_release(&change);
	if (e == ERR_OK)
		e = check_equal(&ret->equal, NULL, &w->policy, draft, clock_real()->now(NULL), info);
	return e == ERR_LIMIT ? ERR_OK : e; /* not shown to be equal */
}

enum err app_consent_diff(struct app *a, struct app_diff *ret, struct bytes draft, struct err_info *info)
{
	struct app_diff made = {0};
	struct policy wanted = {0};
	struct preview_world w;
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	TRY(preview_world_load(a, &w, info));
	e = read_draft(a, &wanted, draft, &w.policy, info);
	if (e == ERR_OK)
		e = fill_diff(a, &made, &w, &wanted, info);
	policy_release(&wanted);
	preview_world_release(&w);
	if (e != ERR_OK) {
		app_diff_release(&made);
		return e;
	}
	*ret = made;
	return ERR_OK;
}

void app_diff_release(struct app_diff *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < x->gain_count; i++)
		free(x->gains[i].sentence);
	for (size_t i = 0; i < x->loss_count; i++)
		free(x->losses[i].sentence);
	free(x->gains);
	free(x->losses);
	free(x->example);
	*x = (struct app_diff){0};
}

/* ---- why ------------------------------------------------------------------------------------ */

static const char *form_of(const struct consent_decision *d)
{
	return d->decision == DECISION_GRANTED ? code_text(CODES_FORM, d->form) : "";
}

static void fill_why(struct app_why *ret, const struct why *x)
{
	*ret = (struct app_why){
		.decision = code_text(CODES_DECISION, x->decision.decision), .form = form_of(&x->decision),
		.reason = code_text(CODES_DECISION_REASON, x->decision.reason), .rule = x->decision.rule,
		.next_decision = code_text(CODES_DECISION, x->without.decision), .next_form = form_of(&x->without),
		.next_reason = code_text(CODES_DECISION_REASON, x->without.reason), .next_rule = x->without.rule,
	};
	static_assert(sizeof(ret->hints) / sizeof(ret->hints[0]) == WHY_HINTS_MAX, "as many hints as why_ask gives");
	for (size_t i = 0; i < x->hint_count; i++)
		ret->hints[ret->hint_count++] = (struct app_why_hint){
			x->hints[i].rule, x->hints[i].limit, code_text(CODES_DECISION, x->hints[i].then.decision),
			form_of(&x->hints[i].then)};
}

static enum err ask_why(struct app *a, struct app_why *ret, const struct preview_world *w, const struct record_id *record,
			const struct consent_question *q, const char *who, struct err_info *info)
{
	const struct sentence_names names = app_sentence_names(a);
	struct buf text = BUF_INIT;
	struct why x;

	for (size_t i = 0; i < w->record_count; i++) {
		if (!ID_EQUAL(w->records[i].id, *record))
			continue;
		TRY(why_ask(&x, &w->policy, q, &w->records[i]));
		fill_why(ret, &x);
		why_say(&text, &x, &w->policy, who, &names);
		ret->text = app_text(&text);
		buf_release(&text);
		return ret->text != NULL ? ERR_OK : ERR_MEMORY;
	}
	return err_set(info, ERR_NOT_FOUND, "no live record of this id is yours");
}

enum err app_consent_why(struct app *a, struct app_why *ret, const struct record_id *record, const struct app_question *q,
			 struct err_info *info)
{
	struct consent_question question = {0};
	struct preview_world w;
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	TRY(app_question_of(a, &question, q, info));
	TRY(preview_world_load(a, &w, info));
	e = ask_why(a, ret, &w, record, &question, app_name(a, question.account.b), info);
	preview_world_release(&w);
	return e;
}

void app_why_release(struct app_why *x)
{
	if (x == NULL)
		return;
	free(x->text);
	*x = (struct app_why){0};
}
