/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody asks to read: each record is decided by the owner's consent, and the asking is recorded whatever it gives.
 *
 * The requester's side (result, RequestState) holds what is granted or must be asked for; a refused record and one that
 * does not exist leave no trace there.  The owner's event holds everything.
 */
#include <stdlib.h>

#include "chain/contract/decided.h"
#include "chain/contract/proxy.h"

#define EXAMINED_MAX 2048u /* of the newest records, when a request selects by category */

struct request {
	const Medlock__AccessRequest *body;
	struct account_id owner;
	struct request_id id;
	struct consent_question question;
	Medlock__PolicyState *policy;
	Medlock__RuleState **rules;
	struct consent_policy *compiled;
	struct decided *entries; /* REQUEST_RECORDS_MAX */
	size_t count;
};

enum err access_request_check(const Medlock__Body *body)
{
	const Medlock__AccessRequest *r = body->access_request;

	if (r->emergency && r->purpose != PURPOSE_TREAT && r->purpose != PURPOSE_ETREAT && r->purpose != PURPOSE_BTG)
		return ERR_FORMAT;
	return ERR_OK;
}

/* Who may ask: people ask for others with an attested purpose, patients for themselves and for whom they act. */
static enum err check_requester(struct act *a, const struct request *r)
{
	if (r->question.own)
		return ERR_OK;
	if (a->actor->role == ROLE_PATIENT) /* says why */
		return acts_for(&a->rows, &r->owner, &a->who, SCOPE_READ, a->block->time);
	if (!act_attested(a->actor, r->body->purpose))
		return ERR_ROLE;
	return r->body->emergency && !(a->actor->rights & RIGHT_EMERGENCY) ? ERR_ROLE : ERR_OK;
}

/* The request's keys are its own: a key that served before would tie two requests together. */
static enum err mark_keys(struct act *a, const Medlock__AccessRequest *b)
{
	TRY(rows_mark(&a->rows, state_key_request_key(wire_bytes(b->sign_key))));
	return rows_mark(&a->rows, state_key_request_key(wire_bytes(b->seal_key)));
}

static void decide(struct request *r, const struct record_id *id, const Medlock__RecordState *row)
{
	struct consent_record record = consent_record_of(id, row);
	struct consent_decision d = consent_decide(r->compiled, &r->question, &record);

	decided_fill(&r->entries[r->count++], id, &d);
}

/* A record by name, also an old version.  Absent, another's or erased: one and the same. */
static enum err decide_named(struct act *a, struct request *r, const struct record_id *id)
{
	struct consent_decision absent = {.decision = DECISION_DENIED, .reason = DECISION_REASON_ABSENT};
	Medlock__RecordState *row = NULL;
	enum err e = ROWS_GET(&a->rows, &row, medlock__record_state, state_key_record(id));

	if (e && e != ERR_NOT_FOUND)
		return e;
	if (e || row->status == RECORD_STATUS_ERASED || !bytes_equal(wire_bytes(row->deposit->owner), BYTES_ID(r->owner)))
		decided_fill(&r->entries[r->count++], id, &absent);
	else
		decide(r, id, row);
	WIRE_FREE(row);
	return ERR_OK;
}

static enum err named(struct act *a, struct request *r)
{
	if (r->body->n_records > REQUEST_RECORDS_MAX)
		return ERR_LIMIT;
	TRY(act_pay(a, (uint32_t)r->body->n_records * COST_RECORD));
	for (size_t i = 0; i < r->body->n_records; i++) {
		struct record_id id;

		ID_COPY(id, r->body->records[i].data);
		TRY(decide_named(a, r, &id));
	}
	return ERR_OK;
}

static bool in_period(const Medlock__Period *asked, const Medlock__Period *data)
{
	return !asked || (data && data->from < asked->to && asked->from < data->to);
}

static bool selected(const Medlock__AccessRequest *b, const Medlock__RecordState *row)
{
	if (row->status != RECORD_STATUS_LIVE || !in_period(b->period, row->deposit->period))
		return false;
	for (size_t i = 0; i < b->n_categories; i++)
		if (b->categories[i] == row->deposit->category)
			return true;
	return b->n_categories == 0;
}

static enum err owned_id(struct act *a, struct record_id *ret, const struct account_id *owner, uint64_t number)
{
	struct state_key key = state_key_owned(owner, number);
	struct buf b = BUF_INIT;
	enum err e = a->rows.kv->get(a->rows.kv->self, &b, state_key_bytes(&key));

	if (!e && b.len != ID_SIZE)
		e = ERR_DAMAGED;
	if (!e)
		ID_COPY(*ret, b.data);
	buf_release(&b);
	return e ? rows_fatal(&a->rows, e == ERR_NOT_FOUND ? ERR_DAMAGED : e) : ERR_OK;
}

/* All live records of the categories and the period, newest first, as many as one request may have. */
static enum err select_records(struct act *a, struct request *r)
{
	uint64_t last = r->policy->records > EXAMINED_MAX ? r->policy->records - EXAMINED_MAX : 0;

	for (uint64_t n = r->policy->records; n > last && r->count < REQUEST_RECORDS_MAX; n--) {
		Medlock__RecordState *row = NULL;
		struct record_id id;

		TRY(act_pay(a, COST_RECORD));
		TRY(owned_id(a, &id, &r->owner, n));
		if (ROWS_GET(&a->rows, &row, medlock__record_state, state_key_record(&id)))
			return rows_fatal(&a->rows, ERR_DAMAGED);
		if (selected(r->body, row))
			decide(r, &id, row);
		WIRE_FREE(row);
	}
	return ERR_OK;
}

/* What the requester may know. */
static size_t visible(Medlock__Decided **list, const struct request *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->count; i++)
		if (r->entries[i].message.decision != DECISION_DENIED)
			list[count++] = &r->entries[i].message;
	return count;
}

static enum err store_request(struct act *a, const struct request *r)
{
	Medlock__RequestState row = MEDLOCK__REQUEST_STATE__INIT;
	Medlock__Decided *list[REQUEST_RECORDS_MAX];

	row.requester = wire_data(BYTES_ID(a->who));
	row.owner = r->body->owner;
	row.purpose = r->body->purpose;
	row.form = r->body->form;
	row.emergency = r->body->emergency;
	row.records = list;
	row.n_records = visible(list, r);
	row.sign_key = r->body->sign_key;
	row.seal_key = r->body->seal_key;
	row.height = a->block->height;
	row.time = a->block->time.v;
	row.expires = decided_expiry(a, r->body->emergency);
	row.project = r->body->project;
	TRY(ROWS_PUT(&a->rows, state_key_request(&r->id), &row));
	return act_result(a, BYTES_ID(r->id), 0, row.records, row.n_records);
}

static enum err tell_owner(struct act *a, const struct request *r)
{
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	Medlock__Decided *list[REQUEST_RECORDS_MAX];

	for (size_t i = 0; i < r->count; i++)
		list[i] = &r->entries[i].message;
	event.request = wire_data(BYTES_ID(r->id));
	event.purpose = r->body->purpose;
	event.emergency = r->body->emergency;
	event.records = list;
	event.n_records = r->count;
	event.policy_version = r->policy->version;
	return act_event_add(a, &r->owner, &event);
}

static enum err prepare(struct act *a, struct request *r)
{
	enum err e;

	TRY(ROWS_GET(&a->rows, &r->policy, medlock__policy_state, state_key_policy(&r->owner)));
	TRY(rows_rules(&a->rows, &r->rules, &r->owner, r->policy));
	e = consent_policy_new(&r->compiled, r->rules, r->policy->n_rules, r->policy->default_effect,
			       r->policy->paused);
	if (e)
		return rows_fatal(&a->rows, e == ERR_MEMORY ? e : ERR_DAMAGED);
	r->entries = calloc(REQUEST_RECORDS_MAX, sizeof(*r->entries));
	return r->entries ? ERR_OK : rows_fatal(&a->rows, ERR_MEMORY);
}

static enum err answer(struct act *a, struct request *r)
{
	TRY(check_requester(a, r));
	TRY(prepare(a, r));
	TRY(mark_keys(a, r->body));
	TRY(r->body->n_records ? named(a, r) : select_records(a, r));
	TRY(decided_spend_uses(a, &r->owner, r->rules, r->policy->n_rules, r->entries, r->count));
	TRY(store_request(a, r));
	return tell_owner(a, r);
}

static enum err request_init(struct request *r, struct act *a)
{
	*r = (struct request){.body = a->tx->body->access_request};
	ID_COPY(r->owner, r->body->owner.data);
	r->id = tx_request_id(&a->tx->body_hash, &a->who);
	TRY(act_question(&a->rows, &r->question, &a->who, a->actor, &r->owner, a->block->time));
	r->question.purpose = r->body->purpose;
	r->question.emergency = r->body->emergency;
	r->question.form = r->body->form;
	if (r->body->project.len == ID_SIZE)
		ID_COPY(r->question.project, r->body->project.data);
	return ERR_OK;
}

enum err access_request_apply(struct act *a)
{
	struct request r;
	enum err e;

	TRY(request_init(&r, a));
	e = answer(a, &r);
	consent_policy_free(r.compiled);
	if (r.policy)
		rows_rules_free(r.rules, r.policy->n_rules);
	WIRE_FREE(r.policy);
	free(r.entries);
	return e;
}

void access_request_describe(struct buf *out, const Medlock__Body *body)
{
	const Medlock__AccessRequest *r = body->access_request;

	buf_append_text(out, r->emergency ? "In an emergency, ask" : "Ask");
	if (r->n_records)
		buf_printf(out, " for %zu record%s of patient ", r->n_records, r->n_records == 1 ? "" : "s");
	else
		buf_printf(out, " for %s records%s%s of patient ", r->n_categories || r->period ? "the" : "all",
			   r->n_categories ? " of some kinds" : "", r->period ? " from a period" : "");
	describe_id(out, r->owner);
	buf_printf(out, ", purpose %s, form %s.", code_text(CODES_PURPOSE, r->purpose), code_text(CODES_FORM, r->form));
}
