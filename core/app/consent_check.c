/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/consent_check.h"

#include <stdlib.h>

#include "core/app/preview_world.h"
#include "core/consent/check.h"

/* ---- words --------------------------------------------------------------------------------- */

static void say_who(struct buf *out, struct app *a, const struct consent_question *q)
{
	const struct sentence_names names = app_sentence_names(a);
	const struct book_row *known = book_by_id(&a->book, q->account.b);
	Medlock__Actor organisation = MEDLOCK__ACTOR__INIT, stranger = MEDLOCK__ACTOR__INIT;

	stranger.kind = ACTOR_ACCOUNT;
	stranger.id = wire_data(BYTES_ID(q->account));
	if (known != NULL)
		buf_append_text(out, app_name(a, q->account.b));
	else if (check_is_other(q->account.b))
		buf_printf(out, "any %s", code_text(CODES_ROLE, q->role));
	else
		sentence_of_actor(out, &stranger, &names);
	if (check_is_other(q->organisation.b))
		buf_append_text(out, " of any other organisation");
	if (bytes_is_zero(BYTES_ID(q->organisation)) || check_is_other(q->organisation.b))
		return;
	organisation.kind = ACTOR_ORGANISATION;
	organisation.id = wire_data(BYTES_ID(q->organisation));
	buf_append_text(out, " of ");
	sentence_of_actor(out, &organisation, &names);
}

static enum err show_witness(struct app *a, struct app_witness *ret, const struct check_finding *x)
{
	struct buf who = BUF_INIT;
	size_t n = 0;

	say_who(&who, a, &x->question);
	*ret = (struct app_witness){
		.who = app_text(&who),
		.purpose = code_text(CODES_PURPOSE, x->question.purpose),
		.category = code_text(CODES_CATEGORY, x->record.category),
		.confidentiality = code_text(CODES_CONFIDENTIALITY, x->record.confidentiality),
		.decision = code_text(CODES_DECISION, x->decision.decision),
		.now = x->question.now, .emergency = x->question.emergency,
	};
	buf_release(&who);
	for (uint32_t l = 1; l <= LABEL_PDS; l++)
		if (x->record.labels >> l & 1u)
			ret->labels[n++] = code_text(CODES_LABEL, l);
	return ret->who != NULL ? ERR_OK : ERR_MEMORY;
}

static void say_rest(struct buf *out, const struct check_finding *x)
{
	buf_printf(out, ", %s, for %s", sentence_category(x->record.category), sentence_purpose(x->question.purpose));
	for (uint32_t l = 1; l <= LABEL_PDS; l++)
		if (x->record.labels >> l & 1u)
			buf_printf(out, ", marked %s", sentence_label(l));
	if (x->question.emergency)
		buf_append_text(out, ", in an emergency");
}

static void say_case(struct buf *out, const struct app_witness *w, const struct check_finding *x)
{
	buf_append_text(out, w->who);
	say_rest(out, x);
}

void app_say_case(struct buf *out, struct app *a, const struct check_finding *x)
{
	say_who(out, a, &x->question);
	say_rest(out, x);
}

static void say_dead(struct buf *out, const struct app_witness *w, const struct check_finding *x)
{
	(void)w;
	if (!x->has_witness)
		buf_printf(out, "Rule %u does nothing: no question matches it any more.", x->rule);
	else if (x->other != 0)
		buf_printf(out, "Rule %u does nothing: where it matches, others such as rule %u decide.", x->rule, x->other);
	else
		buf_printf(out, "Rule %u does nothing: where it matches, others decide.", x->rule);
}

static void say_conflict(struct buf *out, const struct app_witness *w, const struct check_finding *x)
{
	if (x->decision.rule == x->rule)
		buf_printf(out, "Rules %u and %u contradict each other; rule %u wins: ", x->rule, x->other, x->rule);
	else
		buf_printf(out, "Rules %u and %u contradict each other; rule %u decides there: ", x->rule, x->other,
			   x->decision.rule);
	say_case(out, w, x);
	buf_printf(out, ": %s.", w->decision);
}

static void say_emergency(struct buf *out, const struct app_witness *w, const struct check_finding *x)
{
	(void)w;
	buf_printf(out, "Others can read %s in an emergency only.", sentence_category(x->record.category));
}

static void say_leak(struct buf *out, const struct app_witness *w, const struct check_finding *x)
{
	if (x->rule != 0)
		buf_printf(out, "Rule %u lets others read: ", x->rule);
	else
		buf_append_text(out, "An emergency lets others read: ");
	say_case(out, w, x);
	buf_append_text(out, ".");
}

/* ---- the questions --------------------------------------------------------------------------- */

struct asked {
	const char *name;
	void (*say)(struct buf *out, const struct app_witness *w, const struct check_finding *x);
};

static enum err take(struct app *a, struct app_check *ret, const struct check_findings *x, const struct asked *asked)
{
	struct app_check_finding *rows = realloc(ret->rows, (ret->count + x->count + 1) * sizeof(*rows));

	if (rows == NULL)
		return ERR_MEMORY;
	ret->rows = rows;
	ret->more = ret->more || x->more;
	for (size_t i = 0; i < x->count; i++) {
		struct app_check_finding *row = &rows[ret->count++];
		struct buf text = BUF_INIT;

		*row = (struct app_check_finding){.question = asked->name, .rule = x->rows[i].rule,
						  .other = x->rows[i].other, .has_witness = x->rows[i].has_witness};
		if (row->has_witness)
			TRY(show_witness(a, &row->witness, &x->rows[i]));
		asked->say(&text, &row->witness, &x->rows[i]);
		row->text = app_text(&text);
		buf_release(&text);
		if (row->text == NULL)
			return ERR_MEMORY;
	}
	return ERR_OK;
}

static enum err number_of(uint32_t *ret, enum code_set set, const char *text, struct err_info *info)
{
	const struct code_row *row;

	*ret = 0;
	if (text == NULL)
		return ERR_OK;
	row = code_by_text(set, text);
	if (row == NULL)
		return err_set(info, ERR_USAGE, "'%s' is not a code", text);
	*ret = row->number;
	return ERR_OK;
}

static enum err ask_never(struct app *a, struct app_check *ret, const struct policy *p,
			  const struct app_check_words *words, struct err_info *info)
{
	static const struct asked never = {"never", say_leak};
	struct check_never what = {0};
	struct check_findings x = {0};
	Medlock__Actor *who = NULL;
	enum err e;

	if (words->who == NULL)
		return err_set(info, ERR_USAGE, "say --who WHO: who else must never read it");
	TRY(number_of(&what.category, CODES_CATEGORY, words->category, info));
	TRY(number_of(&what.label, CODES_LABEL, words->label, info));
	TRY(number_of(&what.purpose, CODES_PURPOSE, words->purpose, info));
	TRY(app_actor(a, &who, words->who, info));
	what.who = who;
	e = who->kind == ACTOR_EVERYONE ? err_set(info, ERR_USAGE, "nobody is left beside everyone")
					: check_never(&x, p, &what, clock_real()->now(NULL), info);
	if (e == ERR_OK)
		e = take(a, ret, &x, &never);
	ret->holds = x.count == 0;
	check_findings_release(&x);
	WIRE_FREE(who);
	return e;
}

static enum err ask(struct app *a, struct app_check *ret, const struct policy *p, const struct app_check_words *words,
		    struct err_info *info)
{
	static const struct {
		struct asked asked;
		enum err (*check)(struct check_findings *ret, const struct policy *p, struct time_ms from,
				  struct err_info *info);
	} plain[] = {{{"dead", say_dead}, check_dead},
		     {{"conflicts", say_conflict}, check_conflicts},
		     {{"emergency", say_emergency}, check_emergency}};
	bool known = words->question == NULL;

	if (words->question != NULL && strcmp(words->question, "never") == 0)
		return ask_never(a, ret, p, words, info);
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
		struct check_findings x = {0};
		enum err e;

		if (words->question != NULL && strcmp(words->question, plain[i].asked.name) != 0)
			continue;
		known = true;
		TRY(plain[i].check(&x, p, clock_real()->now(NULL), info));
		e = take(a, ret, &x, &plain[i].asked);
		check_findings_release(&x);
		if (e != ERR_OK)
			return e;
	}
	return known ? ERR_OK
		     : err_set(info, ERR_USAGE, "'%s': ask for dead, conflicts, emergency or never", words->question);
}

enum err app_consent_check(struct app *a, struct app_check *ret, const struct app_check_words *words,
			   struct err_info *info)
{
	struct app_check made = {.holds = true};
	struct policy p = {0};
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	TRY(app_policy_load(a, &p, &a->owner, info));
	e = ask(a, &made, &p, words, info);
	policy_release(&p);
	if (e != ERR_OK) {
		app_check_release(&made);
		return e;
	}
	*ret = made;
	return ERR_OK;
}

void app_check_release(struct app_check *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < x->count; i++) {
		free(x->rows[i].text);
		free(x->rows[i].witness.who);
	}
	free(x->rows);
	*x = (struct app_check){0};
}
