/* SPDX-License-Identifier: Apache-2.0 */
/* The model's actions of those who read: requests, their end, and what custodians gave out. */
#include <stdlib.h>

#include "model_consent.h"
#include "model_state.h"

#define EXAMINED_MAX 2048u
#define DAY_MS (24ll * 3600 * 1000)

struct asking {
	const Medlock__AccessRequest *x;
	struct hash32 id, owner;
	struct m_policy *policy;
	struct model_question question;
	struct m_decided decided[REQUEST_RECORDS_MAX];
	size_t count;
};

/* People ask about others for a purpose that their certificate attests; patients for themselves and whom they act for. */
static enum err check_asker(const struct m_act *a, const Medlock__AccessRequest *x)
{
	struct hash32 owner = m_id(x->owner);
	enum err e;
	bool urgent = x->purpose == PURPOSE_TREAT || x->purpose == PURPOSE_ETREAT || x->purpose == PURPOSE_BTG;

	if (x->emergency && !urgent)
		return ERR_FORMAT;
	e = m_acts_for(a->m, &owner, &a->who, SCOPE_READ, a->block->time);
	if (e == ERR_OK || a->actor.role == ROLE_PATIENT)
		return e;
	if (!m_is_attested(&a->actor, x->purpose))
		return ERR_ROLE;
	return x->emergency && !(a->actor.rights & RIGHT_EMERGENCY) ? ERR_ROLE : ERR_OK;
}

static bool key_was_seen(const struct model *m, ProtobufCBinaryData key)
{
	for (size_t i = 0; i < m->request_count; i++) {
		const Medlock__AccessRequest *x = m->requests[i].asked;

		if (bytes_equal(wire_bytes(x->sign_key), wire_bytes(key)) ||
		    bytes_equal(wire_bytes(x->seal_key), wire_bytes(key)))
			return true;
	}
	return false;
}

/* Absent, another's and no longer live are one and the same. */
static void decide(const struct m_act *a, struct asking *r, const struct hash32 *id)
{
	const struct m_record *row = m_record(a->m, id);
	struct m_decided *to = &r->decided[r->count++];
	struct model_decision d = {.decision = DECISION_DENIED, .reason = DECISION_REASON_ABSENT};

	if (row && row->status != RECORD_STATUS_ERASED && m_is(row->deposit->owner, &r->owner))
		d = m_consult(a->m, r->policy, &r->question, row);
	*to = (struct m_decided){.record = *id, .decision = d.decision, .form = d.form, .rule = d.rule,
				 .reason = d.reason, .obligations = d.obligations};
}

static const struct m_record *numbered(const struct model *m, const struct hash32 *owner, uint64_t number)
{
	for (size_t i = 0; i < m->record_count; i++)
		if (m->records[i].number == number && m_is(m->records[i].deposit->owner, owner))
			return &m->records[i];
	return NULL;
}

static bool is_of_kind(const Medlock__AccessRequest *x, uint32_t category)
{
	for (size_t i = 0; i < x->n_categories; i++)
		if (x->categories[i] == category)
			return true;
	return x->n_categories == 0;
}

/* A period is half-open at both; what has none cannot be said to be of a time. */
static bool is_of_time(const Medlock__AccessRequest *x, const Medlock__RecordDeposit *deposit)
{
	if (!x->period)
		return true;
	if (!deposit->period)
		return false;
	return !(deposit->period->to <= x->period->from || x->period->to <= deposit->period->from);
}

/* The newest first: each one looked at is paid for, found or not. */
static enum err decide_all(struct m_act *a, struct asking *r)
{
	uint64_t number = m_record_count(a->m, &r->owner);

	for (uint32_t looked = 0; looked < EXAMINED_MAX && number > 0 && r->count < REQUEST_RECORDS_MAX; looked++) {
		const struct m_record *row = numbered(a->m, &r->owner, number--);

		TRY(m_pay(a, COST_RECORD));
		if (row->status == RECORD_STATUS_LIVE && is_of_kind(r->x, row->deposit->category) &&
		    is_of_time(r->x, row->deposit))
			decide(a, r, &row->id);
	}
	return ERR_OK;
}

static enum err decide_named(struct m_act *a, struct asking *r)
{
	TRY(m_pay(a, (uint32_t)r->x->n_records * COST_RECORD));
	for (size_t i = 0; i < r->x->n_records; i++) {
		struct hash32 id = m_id(r->x->records[i]);

		decide(a, r, &id);
	}
	return ERR_OK;
}

/* However many records a rule granted, the request was one use of it. */
static void count_uses(struct m_act *a, const struct hash32 *owner, const struct m_decided *decided, size_t count)
{
	for (size_t i = 0; i < a->m->rule_count; i++) {
		struct m_rule *rule = &a->m->rules[i];
		bool used = false;

		if (!ID_EQUAL(rule->owner, *owner) || rule->rule->uses_left == 0)
			continue;
		for (size_t k = 0; k < count; k++)
			used |= decided[k].decision == DECISION_GRANTED && decided[k].rule == rule->rule->id;
		rule->uses_spent += used;
	}
}

static int64_t end_of_grant(const struct m_act *a, bool emergency)
{
	const Medlock__Parameters *p = a->m->network->parameters;
	uint64_t ms = emergency ? p->emergency_ms : p->grant_ms;

	return a->block->time + (int64_t)(ms ? ms : DAY_MS);
}

/* The requester's side: granted and asked only. */
static void store(struct m_act *a, const struct asking *r)
{
	struct m_request *to = M_APPEND(a->m->requests, a->m->request_count);

	*to = (struct m_request){.id = r->id, .requester = a->who, .height = a->block->height, .time = a->block->time,
				 .expires = end_of_grant(a, r->x->emergency)};
	to->asked = m_clone(r->x);
	for (size_t i = 0; i < r->count; i++)
		if (r->decided[i].decision != DECISION_DENIED)
			*M_APPEND(to->given, to->given_count) = r->decided[i];
	m_result(a, &r->id, 0, to->given, to->given_count);
}

/* The owner's side: everything. */
static void tell_owner(struct m_act *a, const struct asking *r)
{
	struct m_decided_wire all = m_decided_wire(r->decided, r->count);
	Medlock__Event event = MEDLOCK__EVENT__INIT;

	event.request = m_data(&r->id);
	event.purpose = r->x->purpose;
	event.emergency = r->x->emergency;
	event.records = all.list;
	event.n_records = all.count;
	event.policy_version = r->policy->version;
	m_tell(a, &r->owner, &event);
	m_decided_wire_release(&all);
}

static enum err answer(struct m_act *a, struct asking *r)
{
	TRY(check_asker(a, r->x));
	if (!r->policy)
		return ERR_NOT_FOUND;
	if (key_was_seen(a->m, r->x->sign_key) || key_was_seen(a->m, r->x->seal_key) ||
	    bytes_equal(wire_bytes(r->x->sign_key), wire_bytes(r->x->seal_key)))
		return ERR_DUPLICATE;
	TRY(r->x->n_records ? decide_named(a, r) : decide_all(a, r));
	count_uses(a, &r->owner, r->decided, r->count);
	store(a, r);
	tell_owner(a, r);
	return ERR_OK;
}

enum err m_access_request(struct m_act *a, const Medlock__AccessRequest *x)
{
	struct asking *r = calloc(1, sizeof(*r));
	enum err e;

	ASSERT(r);
	r->x = x;
	r->owner = m_id(x->owner);
	r->id = M_HASH("medlock-request-v1", BYTES_ID(a->body_hash), BYTES_ID(a->who));
	r->policy = m_policy(a->m, &r->owner);
	r->question = m_question(a->m, &a->actor, &a->who, x, a->block->time);
	e = answer(a, r);
	free(r);
	return e;
}

/* ---- the owner's answer ---- */

struct answering {
	const Medlock__AccessAnswer *x;
	struct hash32 owner;
	struct m_request *request;
	const struct m_policy *policy;
	/* Her rules as the answer leaves them. */
	Medlock__Rule puts[RULES_PER_ACCOUNT_MAX];
	Medlock__RuleState states[RULES_PER_ACCOUNT_MAX];
	const Medlock__RuleState *rules[RULES_PER_ACCOUNT_MAX];
	size_t rule_count;
	struct m_decided answers[REQUEST_RECORDS_MAX];
	size_t count;
};

static bool goes(const Medlock__ConsentSet *x, uint32_t id)
{
	for (size_t i = 0; x && i < x->n_remove; i++)
		if (x->remove[i] == id)
			return true;
	for (size_t i = 0; x && i < x->n_put; i++)
		if (x->put[i]->id == id)
			return true;
	return false;
}

static void add_state(struct answering *r, Medlock__Rule *rule, uint32_t spent)
{
	Medlock__RuleState *to = &r->states[r->rule_count];

	*to = (Medlock__RuleState)MEDLOCK__RULE_STATE__INIT;
	to->rule = rule;
	to->uses_spent = spent;
	r->rules[r->rule_count++] = to;
}

static void write_rules(const struct m_act *a, struct answering *r)
{
	const Medlock__ConsentSet *x = r->x->rules;
	uint32_t next = r->policy->next_rule;

	for (size_t i = 0; i < a->m->rule_count; i++)
		if (ID_EQUAL(a->m->rules[i].owner, r->owner) && !goes(x, a->m->rules[i].rule->id))
			add_state(r, a->m->rules[i].rule, a->m->rules[i].uses_spent);
	for (size_t i = 0; x && i < x->n_put; i++) {
		r->puts[i] = *x->put[i];
		if (r->puts[i].id == 0)
			r->puts[i].id = next++;
		add_state(r, &r->puts[i], 0);
	}
}

static struct model_decision consult_again(const struct m_act *a, const struct answering *r, const struct m_record *row)
{
	const struct m_account *asker = m_account(a->m, &r->request->requester);
	struct model_question q = m_question(a->m, asker, &r->request->requester, r->request->asked, a->block->time);
	struct model_subject subject = m_subject(row);
	uint32_t effect = r->policy->default_effect;

	q.licensed = m_account_stands(asker, a->block->time) == ERR_OK && m_is_attested(asker, q.purpose);
	q.answered = true;
	if (r->x->rules && r->x->rules->default_effect)
		effect = r->x->rules->default_effect;
	return model_decide(r->rules, r->rule_count, effect, r->policy->paused, &q, &subject);
}

static bool is_meant(const Medlock__AccessAnswer *x, const struct hash32 *record)
{
	for (size_t i = 0; i < x->n_records; i++)
		if (m_is(x->records[i], record))
			return true;
	return x->n_records == 0;
}

static enum err answer_record(struct m_act *a, struct answering *r, const struct m_decided *given)
{
	struct model_decision d = {.decision = DECISION_DENIED, .reason = DECISION_REASON_ANSWER};
	const struct m_record *row = m_record(a->m, &given->record);

	TRY(m_pay(a, COST_RECORD));
	if (r->x->answer == ANSWER_YES) {
		d = consult_again(a, r, row);
		if (row->status == RECORD_STATUS_ERASED)
			return ERR_ASK_GONE;
		if (d.decision != DECISION_GRANTED)
			return ERR_REFUSED;
	}
	r->answers[r->count++] = (struct m_decided){.record = given->record, .decision = d.decision, .form = d.form,
						    .rule = d.rule, .reason = d.reason, .obligations = d.obligations};
	return ERR_OK;
}

/* The list of the request without what was refused, with what was given. */
static void note_answers(struct m_act *a, const struct answering *r)
{
	struct m_request *to = r->request;
	size_t kept = 0, next = 0;

	for (size_t i = 0; i < to->given_count; i++) {
		bool answered = next < r->count && ID_EQUAL(to->given[i].record, r->answers[next].record);

		if (!answered)
			to->given[kept++] = to->given[i];
		else if (r->answers[next++].decision == DECISION_GRANTED)
			to->given[kept++] = r->answers[next - 1];
	}
	to->given_count = kept;
	if (r->x->answer == ANSWER_YES)
		to->expires = end_of_grant(a, false);
	count_uses(a, &r->owner, r->answers, r->count);
}

static void tell_answer(struct m_act *a, const struct answering *r, uint32_t *put)
{
	struct m_decided_wire all = m_decided_wire(r->answers, r->count);
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	struct hash32 id = m_id(r->x->request);

	event.request = m_data(&id);
	event.purpose = r->request->asked->purpose;
	event.records = all.list;
	event.n_records = all.count;
	event.policy_version = r->policy->version;
	if (r->x->rules) {
		event.paused = r->policy->paused;
		event.rules_put = put;
		event.n_rules_put = r->x->rules->n_put;
		event.rules_removed = r->x->rules->remove;
		event.n_rules_removed = r->x->rules->n_remove;
	}
	m_tell(a, &r->owner, &event);
	m_decided_wire_release(&all);
	m_result(a, &id, r->policy->version, NULL, 0);
}

static enum err answer_request(struct m_act *a, struct answering *r)
{
	uint32_t put[RULES_PER_ACCOUNT_MAX];

	TRY(m_acts_for(a->m, &r->owner, &a->who, SCOPE_ASKS | (r->x->rules ? SCOPE_CONSENT : 0u), a->block->time));
	if (!r->request || !m_is(r->request->asked->owner, &r->owner))
		return ERR_NOT_FOUND;
	if (r->request->closed || r->request->expires <= a->block->time)
		return ERR_ASK_GONE;
	if (r->x->rules)
		TRY(m_rules_check(a, r->x->rules));
	write_rules(a, r);
	for (size_t i = 0; i < r->request->given_count; i++) {
		const struct m_decided *given = &r->request->given[i];

		if (given->decision == DECISION_ASKED && is_meant(r->x, &given->record))
			TRY(answer_record(a, r, given));
	}
	if (r->count == 0 || r->count < r->x->n_records)
		return ERR_ASK_GONE;
	if (r->x->rules)
		m_rules_change(a, put, r->x->rules);
	note_answers(a, r);
	tell_answer(a, r, put);
	return ERR_OK;
}

enum err m_access_answer(struct m_act *a, const Medlock__AccessAnswer *x)
{
	struct answering *r = calloc(1, sizeof(*r));
	struct hash32 id = m_id(x->request);
	enum err e;

	ASSERT(r);
	r->x = x;
	r->owner = m_id(x->owner);
	r->request = m_request(a->m, &id);
	r->policy = m_policy(a->m, &r->owner);
	e = answer_request(a, r);
	free(r);
	return e;
}

enum err m_access_close(struct m_act *a, const Medlock__AccessClose *x)
{
	struct hash32 id = m_id(x->request), owner;
	struct m_request *request = m_request(a->m, &id);
	Medlock__Event event = MEDLOCK__EVENT__INIT;

	if (!request || !ID_EQUAL(request->requester, a->who))
		return ERR_NOT_FOUND;
	if (request->closed)
		return ERR_DUPLICATE;
	request->closed = true;
	request->review = m_name(x->review);
	owner = m_id(request->asked->owner);
	event.request = m_data(&id);
	event.purpose = request->asked->purpose;
	event.emergency = request->asked->emergency;
	m_tell(a, &owner, &event);
	m_result(a, &id, 0, NULL, 0);
	return ERR_OK;
}

/* Only what was granted is given out, in the form granted or a lesser one. */
static bool could_be_released(const struct model *m, const Medlock__Released *x)
{
	struct hash32 id = m_id(x->request);
	const struct m_request *request = m_request(m, &id);

	for (size_t i = 0; request && i < request->given_count; i++) {
		const struct m_decided *d = &request->given[i];

		if (d->decision == DECISION_GRANTED && m_is(x->record, &d->record))
			return d->form == FORM_FULL || x->form == FORM_DEID;
	}
	return false;
}

static void tell_released(struct m_act *a, const struct hash32 *id, const Medlock__ReleaseReceipt *x)
{
	const struct m_request *request = m_request(a->m, id);
	struct hash32 owner = m_id(request->asked->owner);
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	struct m_decided given[RELEASED_MAX];
	struct m_decided_wire wire;
	size_t count = 0;

	for (size_t i = 0; i < x->n_released; i++)
		if (m_is(x->released[i]->request, id))
			given[count++] = (struct m_decided){.record = m_id(x->released[i]->record),
							    .decision = DECISION_GRANTED, .form = x->released[i]->form};
	wire = m_decided_wire(given, count);
	event.request = m_data(id);
	event.purpose = request->asked->purpose;
	event.emergency = request->asked->emergency;
	event.records = wire.list;
	event.n_records = wire.count;
	m_tell(a, &owner, &event);
	m_decided_wire_release(&wire);
}

enum err m_release_receipt(struct m_act *a, const Medlock__ReleaseReceipt *x)
{
	bool custodian = false;

	for (size_t i = 0; i < a->m->network->n_custodians; i++)
		custodian |= m_is(a->m->network->custodians[i]->account, &a->who);
	if (!custodian)
		return ERR_ROLE;
	for (size_t i = 0; i < x->n_released; i++)
		if (!could_be_released(a->m, x->released[i]))
			return ERR_NOT_FOUND;
	for (size_t i = 0; i < x->n_released; i++) {
		struct hash32 id = m_id(x->released[i]->request);

		if (i == 0 || !m_is(x->released[i - 1]->request, &id))
			tell_released(a, &id, x);
	}
	m_result(a, NULL, 0, NULL, 0);
	return ERR_OK;
}
