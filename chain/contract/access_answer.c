/* SPDX-License-Identifier: Apache-2.0 */
/* The owner answers what a request asked her: yes gives the records of this request their grant, no takes them off it.
 *
 * A change of rules in the same transaction comes first; a yes must then still be what her rules allow, an ask standing
 * for a permit.  Afterwards the release checks the same way, so that a rule that denies ends the grant as any other.
 */
#include <stdlib.h>

#include "chain/contract/consent_set.h"
#include "chain/contract/decided.h"
#include "chain/contract/proxy.h"

struct answer {
	const Medlock__AccessAnswer *body;
	struct request_id id;
	struct account_id owner, requester;
	Medlock__RequestState *request;
	Medlock__AccountState *asker;
	Medlock__PolicyState *policy;
	Medlock__RuleState **rules;
	struct consent_policy *compiled;
	struct consent_change change;
	struct decided *entries; /* what is answered now: REQUEST_RECORDS_MAX */
	size_t count;
	Medlock__Decided *kept[REQUEST_RECORDS_MAX]; /* the request's list afterwards */
	size_t kept_count;
};

/* Whoever may only answer may not change the rules on the way. */
static uint32_t scope_of(const Medlock__AccessAnswer *b)
{
	return b->rules ? (uint32_t)SCOPE_ASKS | (uint32_t)SCOPE_CONSENT : (uint32_t)SCOPE_ASKS;
}

/* Still asked, by a request that stands.  To whom it does not belong it does not exist. */
static enum err load_request(struct act *a, struct answer *x)
{
	ID_COPY(x->id, x->body->request.data);
	ID_COPY(x->owner, x->body->owner.data);
	TRY(acts_for(&a->rows, &x->owner, &a->who, scope_of(x->body), a->block->time));
	TRY(ROWS_GET(&a->rows, &x->request, medlock__request_state, state_key_request(&x->id)));
	if (!bytes_equal(wire_bytes(x->request->owner), BYTES_ID(x->owner)))
		return ERR_NOT_FOUND;
	if (x->request->closed || a->block->time.v >= x->request->expires)
		return ERR_ASK_GONE;
	if (x->request->n_records > REQUEST_RECORDS_MAX)
		return rows_fatal(&a->rows, ERR_DAMAGED);
	ID_COPY(x->requester, x->request->requester.data);
	return ROWS_GET(&a->rows, &x->asker, medlock__account_state, state_key_account(&x->requester));
}

/* The policy as the transaction leaves it. */
static enum err load_policy(struct act *a, struct answer *x)
{
	enum err e;

	if (x->body->rules)
		TRY(consent_set_change(a, &x->change, x->body->rules));
	TRY(ROWS_GET(&a->rows, &x->policy, medlock__policy_state, state_key_policy(&x->owner)));
	TRY(rows_rules(&a->rows, &x->rules, &x->owner, x->policy));
	e = consent_policy_new(&x->compiled, x->rules, x->policy->n_rules, x->policy->default_effect,
			       x->policy->paused);
	if (e)
		return rows_fatal(&a->rows, e == ERR_MEMORY ? e : ERR_DAMAGED);
	x->entries = calloc(REQUEST_RECORDS_MAX, sizeof(*x->entries));
	return x->entries ? ERR_OK : rows_fatal(&a->rows, ERR_MEMORY);
}

static enum err question_of(struct act *a, const struct answer *x, struct consent_question *ret)
{
	struct consent_question q;

	TRY(act_question(&a->rows, &q, &x->requester, x->asker, &x->owner, a->block->time));
	q.licensed = q.licensed && act_attested(x->asker, x->request->purpose);
	q.purpose = x->request->purpose;
	q.form = x->request->form;
	q.answered = true;
	if (x->request->project.len == ID_SIZE)
		ID_COPY(q.project, x->request->project.data);
	*ret = q;
	return ERR_OK;
}

static enum err decide_yes(struct act *a, struct answer *x, struct consent_decision *ret, const struct record_id *id)
{
	Medlock__RecordState *row = NULL;
	struct consent_question q;
	struct consent_record record;
	enum err e;

	TRY(question_of(a, x, &q));
	e = ROWS_GET(&a->rows, &row, medlock__record_state, state_key_record(id));
	if (e)
		return e == ERR_NOT_FOUND ? rows_fatal(&a->rows, ERR_DAMAGED) : e;
	record = consent_record_of(id, row);
	*ret = consent_decide(x->compiled, &q, &record);
	if (row->status == RECORD_STATUS_ERASED)
		e = ERR_ASK_GONE;
	else if (ret->decision != DECISION_GRANTED)
		e = ERR_REFUSED;
	WIRE_FREE(row);
	return e;
}

static bool meant(const Medlock__AccessAnswer *b, const Medlock__Decided *d)
{
	for (size_t i = 0; i < b->n_records; i++)
		if (bytes_equal(wire_bytes(b->records[i]), wire_bytes(d->record)))
			return true;
	return b->n_records == 0;
}

/* One record of the request's list. */
static enum err answer_one(struct act *a, struct answer *x, Medlock__Decided *d)
{
	struct consent_decision decision = {.decision = DECISION_DENIED, .reason = DECISION_REASON_ANSWER};
	struct decided *entry = &x->entries[x->count];
	struct record_id id;

	if (d->decision != DECISION_ASKED || !meant(x->body, d)) {
		x->kept[x->kept_count++] = d;
		return ERR_OK;
	}
	ID_COPY(id, d->record.data);
	TRY(act_pay(a, COST_RECORD));
	if (x->body->answer == ANSWER_YES)
		TRY(decide_yes(a, x, &decision, &id));
	decided_fill(entry, &id, &decision);
	x->count++;
	if (x->body->answer == ANSWER_YES)
		x->kept[x->kept_count++] = &entry->message;
	return ERR_OK;
}

static enum err answer_all(struct act *a, struct answer *x)
{
	for (size_t i = 0; i < x->request->n_records; i++)
		TRY(answer_one(a, x, x->request->records[i]));
	/* Every record that is named must have been asked for. */
	return x->count == 0 || x->count < x->body->n_records ? ERR_ASK_GONE : ERR_OK;
}

static enum err store(struct act *a, const struct answer *x)
{
	Medlock__RequestState row = *x->request;

	row.records = (Medlock__Decided **)(uintptr_t)x->kept;
	row.n_records = x->kept_count;
	if (x->body->answer == ANSWER_YES)
		row.expires = decided_expiry(a, false);
	TRY(decided_spend_uses(a, &x->owner, x->rules, x->policy->n_rules, x->entries, x->count));
	return ROWS_PUT(&a->rows, state_key_request(&x->id), &row);
}

static enum err tell(struct act *a, struct answer *x)
{
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	Medlock__Decided *list[REQUEST_RECORDS_MAX];

	for (size_t i = 0; i < x->count; i++)
		list[i] = &x->entries[i].message;
	event.request = wire_data(BYTES_ID(x->id));
	event.purpose = x->request->purpose;
	event.records = list;
	event.n_records = x->count;
	event.policy_version = x->policy->version;
	if (x->body->rules)
		consent_set_tell(&event, &x->change, x->body->rules);
	TRY(act_event_add(a, &x->owner, &event));
	return act_result(a, BYTES_ID(x->id), x->policy->version, NULL, 0);
}

static enum err answer(struct act *a, struct answer *x)
{
	TRY(load_request(a, x));
	TRY(load_policy(a, x));
	TRY(answer_all(a, x));
	TRY(store(a, x));
	return tell(a, x);
}

enum err access_answer_apply(struct act *a)
{
	struct answer *x = calloc(1, sizeof(*x));
	enum err e;

	if (!x)
		return rows_fatal(&a->rows, ERR_MEMORY);
	x->body = a->tx->body->access_answer;
	e = answer(a, x);
	consent_policy_free(x->compiled);
	if (x->policy)
		rows_rules_free(x->rules, x->policy->n_rules);
	WIRE_FREE(x->policy);
	WIRE_FREE(x->asker);
	WIRE_FREE(x->request);
	free(x->entries);
	free(x);
	return e;
}

void access_answer_describe(struct buf *out, const Medlock__Body *body)
{
	const Medlock__AccessAnswer *b = body->access_answer;

	buf_printf(out, "Answer %s to ", b->answer == ANSWER_YES ? "yes" : "no");
	if (b->n_records)
		buf_printf(out, "%zu record%s of request ", b->n_records, b->n_records == 1 ? "" : "s");
	else
		buf_append_text(out, "all that is asked by request ");
	describe_id(out, b->request);
	buf_append_text(out, b->rules ? ", and change the rules." : ".");
}
