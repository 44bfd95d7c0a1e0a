/* SPDX-License-Identifier: Apache-2.0 */
#include "core/consent/preview.h"

#include <stdlib.h>

static enum err compile(struct consent_policy **ret, const struct policy *p)
{
	return consent_policy_new(ret, p->rules, p->count, p->default_effect, p->paused);
}

void preview_answers_release(struct preview_answers *x)
{
	if (!x)
		return;
	free(x->rows);
	*x = (struct preview_answers){0};
}

static void add_answer(struct preview_answers *x, const struct preview_answer *a)
{
	x->rows[x->count++] = *a;
	if (a->decision.decision == DECISION_GRANTED)
		x->readable++;
	else if (a->decision.decision == DECISION_ASKED)
		x->asked++;
	else
		x->refused++;
}

static enum err answers_new(struct preview_answers *ret, size_t max)
{
	*ret = (struct preview_answers){0};
	ret->rows = calloc(max ? max : 1, sizeof(*ret->rows));
	return ret->rows ? ERR_OK : ERR_MEMORY;
}

enum err preview_try(struct preview_answers *ret, const struct policy *policy, const struct consent_question *q,
		     const struct preview_records *records)
{
	struct consent_question asked = *q;
	struct consent_policy *p = NULL;
	struct preview_answers x;

	asked.granted_rule = 0;
	TRY(compile(&p, policy));
	if (answers_new(&x, records->count)) {
		consent_policy_free(p);
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < records->count; i++) {
		struct preview_answer a = {.record = &records->records[i], .purpose = q->purpose};

		a.decision = consent_decide(p, &asked, a.record);
		add_answer(&x, &a);
	}
	consent_policy_free(p);
	*ret = x;
	return ERR_OK;
}

const uint32_t *preview_purposes(size_t *ret_count, uint32_t role)
{
	static const uint32_t clinical[] = {PURPOSE_TREAT, PURPOSE_ETREAT, PURPOSE_BTG, PURPOSE_COC, PURPOSE_TREATDS,
					    PURPOSE_HPAYMT, PURPOSE_HOPERAT, PURPOSE_HQUALIMP};
	static const uint32_t research[] = {PURPOSE_HRESCH, PURPOSE_CLINTRCH, PURPOSE_DSRCH, PURPOSE_POARCH,
					    PURPOSE_MLTRAINING, PURPOSE_PUBHLTH, PURPOSE_BIORCH, PURPOSE_TRANSRCH};
	static const uint32_t office[] = {PURPOSE_HPAYMT, PURPOSE_HOPERAT, PURPOSE_HLEGAL};
	static const uint32_t proxy[] = {PURPOSE_PWATRNY}; /* a patient sees another's only as her proxy */

	switch (role) {
	case ROLE_CLINICIAN:
		*ret_count = sizeof(clinical) / sizeof(*clinical);
		return clinical;
	case ROLE_RESEARCHER:
		*ret_count = sizeof(research) / sizeof(*research);
		return research;
	case ROLE_PATIENT:
		*ret_count = sizeof(proxy) / sizeof(*proxy);
		return proxy;
	default:
		*ret_count = sizeof(office) / sizeof(*office);
		return office;
	}
}

static struct consent_question question_of(const struct consent_question *actor, uint32_t purpose, struct time_ms now)
{
	struct consent_question q = *actor;

	q.purpose = purpose;
	q.now = now;
	q.form = FORM_FULL;
	q.emergency = false;
	q.granted_rule = 0;
	return q;
}

#define PURPOSES_MAX 32u

enum err preview_who(struct preview_answers *ret, const struct policy *policy, const struct consent_question *actors,
		     size_t actor_count, const struct consent_record *record, struct time_ms now)
{
	struct consent_policy *p = NULL;
	struct preview_answers x;

	TRY(compile(&p, policy));
	if (answers_new(&x, actor_count * PURPOSES_MAX)) {
		consent_policy_free(p);
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < actor_count; i++) {
		size_t count;
		const uint32_t *purposes = preview_purposes(&count, actors[i].role);

		for (size_t k = 0; k < count; k++) {
			struct consent_question q = question_of(&actors[i], purposes[k], now);
			struct preview_answer a = {.record = record, .actor = i, .purpose = purposes[k]};

			a.decision = consent_decide(p, &q, record);
			add_answer(&x, &a);
		}
	}
	consent_policy_free(p);
	*ret = x;
	return ERR_OK;
}

/* Refused < ask < de-identified < full. */
static int rank(const struct consent_decision *d)
{
	if (d->decision == DECISION_GRANTED)
		return d->form == FORM_FULL ? 3 : 2;
	return d->decision == DECISION_ASKED ? 1 : 0;
}

void preview_diff_release(struct preview_diff *x)
{
	if (!x)
		return;
	free(x->gains);
	free(x->losses);
	*x = (struct preview_diff){0};
}

/* Count one changed record to the line of its actor, purpose and category, or begin that line. */
static enum err count_change(struct preview_change **list, size_t *count, size_t start,
			     const struct preview_change *change)
{
	struct preview_change *more;

	for (size_t i = start; i < *count; i++) {
		struct preview_change *c = &(*list)[i];

		if (c->category == change->category && rank(&c->before) == rank(&change->before) &&
		    rank(&c->after) == rank(&change->after)) {
			c->records++;
			return ERR_OK;
		}
	}
	more = realloc(*list, (*count + 1) * sizeof(*more));
	if (!more)
		return ERR_MEMORY;
	*list = more;
	more[(*count)++] = *change;
	return ERR_OK;
}

/* All records for one actor and purpose. */
static enum err diff_one(struct preview_diff *x, const struct consent_policy *const both[2], struct preview_change base,
			 const struct consent_question *q, const struct preview_records *records)
{
	size_t gain_start = x->gain_count, loss_start = x->loss_count;

	for (size_t i = 0; i < records->count; i++) {
		struct preview_change c = base;
		int change;

		c.sample = &records->records[i];
		c.category = c.sample->category;
		c.records = 1;
		c.before = consent_decide(both[0], q, c.sample);
		c.after = consent_decide(both[1], q, c.sample);
		change = rank(&c.after) - rank(&c.before);
		if (change > 0)
			TRY(count_change(&x->gains, &x->gain_count, gain_start, &c));
		else if (change < 0)
			TRY(count_change(&x->losses, &x->loss_count, loss_start, &c));
	}
	return ERR_OK;
}

static enum err diff_all(struct preview_diff *x, const struct consent_policy *const both[2],
			 const struct consent_question *actors, size_t actor_count,
			 const struct preview_records *records, struct time_ms now)
{
	for (size_t i = 0; i < actor_count; i++) {
		size_t count;
		const uint32_t *purposes = preview_purposes(&count, actors[i].role);

		for (size_t k = 0; k < count; k++) {
			struct consent_question q = question_of(&actors[i], purposes[k], now);

			TRY(diff_one(x, both, (struct preview_change){.actor = i, .purpose = purposes[k]}, &q,
				     records));
		}
	}
	return ERR_OK;
}

enum err preview_diff(struct preview_diff *ret, const struct policy *before, const struct policy *after,
		      const struct consent_question *actors, size_t actor_count, const struct preview_records *records,
		      struct time_ms now)
{
	struct consent_policy *old = NULL, *new = NULL;
	struct preview_diff x = {0};
	enum err e = compile(&old, before);

	if (!e)
		e = compile(&new, after);
	if (!e)
		e = diff_all(&x, (const struct consent_policy *const[]){old, new}, actors, actor_count, records, now);
	consent_policy_free(old);
	consent_policy_free(new);
	if (e) {
		preview_diff_release(&x);
		return e;
	}
	*ret = x;
	return ERR_OK;
}

static const char *state_words(const struct consent_decision *d, const struct sentence_names *names)
{
	static const char *const ids[] = {"says.refused", "says.asked", "says.read-deid", "says.read-full"};

	return sentence_text(names, ids[rank(d)]);
}

void preview_change_sentence(struct buf *out, const struct preview_change *c, const struct consent_question *actor,
			     const struct sentence_names *names)
{
	Medlock__Actor who = MEDLOCK__ACTOR__INIT;
	struct buf said = BUF_INIT;
	const char *purpose, *kind;
	char records[24];

	who.kind = ACTOR_ACCOUNT;
	who.id.data = (uint8_t *)(uintptr_t)actor->account.b;
	who.id.len = ID_SIZE;
	if (bytes_is_zero(BYTES_ID(actor->account))) {
		who = (Medlock__Actor)MEDLOCK__ACTOR__INIT;
		who.kind = ACTOR_ROLE;
		who.role = actor->role;
	}
	sentence_of_actor(&said, &who, names);
	snprintf(records, sizeof(records), "%zu", c->records);
	purpose = sentence_code(names, "purpose", CODES_PURPOSE, c->purpose, sentence_purpose(c->purpose));
	kind = sentence_code(names, "category", CODES_CATEGORY, c->category, sentence_category(c->category));
	places_fill(out, sentence_text(names, "says.change"),
		    (const char *const[]){buf_text(&said), purpose, records, kind, state_words(&c->before, names),
					  state_words(&c->after, names)},
		    6);
	if (buf_error(&said) != ERR_OK)
		out->err = buf_error(&said);
	buf_release(&said);
}
