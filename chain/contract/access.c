/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/contract/access.h"

#include <stdlib.h>

#include "chain/contract/act.h"

enum err access_account_stands(const Medlock__AccountState *a, struct time_ms now)
{
	if (!a)
		return ERR_NOT_CERTIFIED;
	if (a->revoked)
		return ERR_REVOKED;
	return a->not_after && now.v >= a->not_after ? ERR_EXPIRED : ERR_OK;
}

enum err access_account(Medlock__AccountState **ret, struct contract_kv *kv, const struct account_id *account)
{
	struct rows s = {.kv = kv};

	return ROWS_GET(&s, ret, medlock__account_state, state_key_account(account));
}

const Medlock__KeySet *access_keys(const Medlock__AccountState *a, struct time_ms now)
{
	return a->pending && now.v >= a->pending->effective ? a->pending->keys : a->keys;
}

enum err access_sign_key(struct sign_public *ret, const Medlock__AccountState *a, struct time_ms now)
{
	const Medlock__KeySet *keys = access_keys(a, now);

	if (!keys || keys->sign.len != sizeof(ret->b))
		return ERR_DAMAGED;
	memcpy(ret->b, keys->sign.data, sizeof(ret->b));
	return ERR_OK;
}

enum err access_network(Medlock__Network **ret, struct contract_kv *kv)
{
	struct rows s = {.kv = kv};

	return ROWS_GET(&s, ret, medlock__network, state_key_network());
}

/* What one release is judged by. */
struct judged {
	struct rows rows;
	Medlock__RequestState *request;
	Medlock__AccountState *requester;
	Medlock__RecordState *record;
	struct account_id owner, who;
	uint32_t form, rule;
	bool answered; /* the owner said yes to this record of this request */
};

static void judged_release(struct judged *j)
{
	WIRE_FREE(j->request);
	WIRE_FREE(j->requester);
	WIRE_FREE(j->record);
}

static enum err refused_if_missing(enum err e)
{
	return e == ERR_NOT_FOUND ? ERR_REFUSED : e;
}

static enum err load(struct judged *j, const struct request_id *request, const struct record_id *record)
{
	TRY(refused_if_missing(ROWS_GET(&j->rows, &j->request, medlock__request_state, state_key_request(request))));
	ID_COPY(j->owner, j->request->owner.data);
	ID_COPY(j->who, j->request->requester.data);
	TRY(refused_if_missing(ROWS_GET(&j->rows, &j->requester, medlock__account_state, state_key_account(&j->who))));
	return refused_if_missing(ROWS_GET(&j->rows, &j->record, medlock__record_state, state_key_record(record)));
}

/* The grant itself: for this record, at least this form. */
static enum err check_grant(struct judged *j, const struct record_id *record)
{
	for (size_t i = 0; i < j->request->n_records; i++) {
		const Medlock__Decided *d = j->request->records[i];

		if (d->decision != DECISION_GRANTED || !bytes_equal(wire_bytes(d->record), BYTES_ID(*record)))
			continue;
		j->rule = d->rule;
		j->answered = d->reason == DECISION_REASON_ANSWER;
		return j->form >= d->form ? ERR_OK : ERR_REFUSED;
	}
	return ERR_REFUSED;
}

static enum err check_standing(const struct judged *j, struct time_ms now)
{
	if (now.v >= j->request->expires)
		return ERR_EXPIRED;
	return access_account_stands(j->requester, now);
}

static enum err question_of(struct judged *j, struct consent_question *ret, struct time_ms now)
{
	struct consent_question q;

	TRY(act_question(&j->rows, &q, &j->who, j->requester, &j->owner, now));
	q.licensed = q.licensed && (q.own || act_attested(j->requester, j->request->purpose));
	q.purpose = j->request->purpose;
	q.emergency = j->request->emergency;
	q.form = j->form;
	q.granted_rule = j->rule;
	q.answered = j->answered;
	if (j->request->project.len == ID_SIZE)
		ID_COPY(q.project, j->request->project.data);
	*ret = q;
	return ERR_OK;
}

static enum err decides_form(struct judged *j, const struct consent_policy *p, const struct record_id *record,
			     struct time_ms now)
{
	struct consent_record r = consent_record_of(record, j->record);
	struct consent_decision d;
	struct consent_question q;

	TRY(question_of(j, &q, now));
	d = consent_decide(p, &q, &r);
	return d.decision == DECISION_GRANTED && d.form == j->form ? ERR_OK : ERR_WITHDRAWN;
}

/* The owner's consent as it is now still says yes, at the block's time and at the caller's. */
static enum err check_consent(struct judged *j, const struct record_id *record, struct time_ms block,
			      struct time_ms clock)
{
	Medlock__PolicyState *policy = NULL;
	Medlock__RuleState **rules = NULL;
	struct consent_policy *p = NULL;
	enum err e = ROWS_GET(&j->rows, &policy, medlock__policy_state, state_key_policy(&j->owner));

	if (!e)
		e = rows_rules(&j->rows, &rules, &j->owner, policy);
	if (!e)
		e = consent_policy_new(&p, rules, policy->n_rules, policy->default_effect, policy->paused);
	if (!e)
		e = decides_form(j, p, record, block);
	if (!e)
		e = decides_form(j, p, record, clock);
	consent_policy_free(p);
	if (policy)
		rows_rules_free(rules, policy->n_rules);
	WIRE_FREE(policy);
	return e;
}

static enum err fill(struct access_release *ret, const struct judged *j, const struct network_id *network)
{
	const Medlock__RecordDeposit *d = j->record->deposit;
	struct access_release out = {0};
	struct account_id depositor;

	ID_COPY(depositor, j->record->depositor.data);
	TRY(deposit_label(&out.label, network, &depositor, d));
	memcpy(out.seal_key, j->request->seal_key.data, sizeof(out.seal_key));
	memcpy(out.sign_key, j->request->sign_key.data, sizeof(out.sign_key));
	for (size_t i = 0; i < d->n_renditions; i++) {
		const Medlock__Rendition *r = d->renditions[i];

		if (r->form != j->form || r->capsule.len != sizeof(out.capsule))
			continue;
		memcpy(out.capsule, r->capsule.data, sizeof(out.capsule));
		out.key_generation = r->key_generation;
		ID_COPY(out.blob, r->blob.data);
		*ret = out;
		return ERR_OK;
	}
	return ERR_REFUSED;
}

static enum err judge(struct judged *j, const struct contract_block *newest, struct time_ms clock,
		      const struct request_id *request, const struct record_id *record)
{
	TRY(load(j, request, record));
	TRY(check_grant(j, record));
	if (j->request->closed || j->record->status == RECORD_STATUS_ERASED)
		return ERR_WITHDRAWN;
	TRY(check_standing(j, newest->time));
	TRY(check_standing(j, clock));
	return check_consent(j, record, newest->time, clock);
}

enum err access_release_check(struct access_release *ret, struct contract_kv *kv, const struct contract_block *newest,
			      struct time_ms clock, const struct request_id *request, const struct record_id *record,
			      uint32_t form)
{
	struct judged j = {.rows = {.kv = kv}, .form = form};
	enum err e = code_known(CODES_FORM, form) ? judge(&j, newest, clock, request, record) : ERR_REFUSED;

	if (!e)
		e = fill(ret, &j, &newest->network);
	judged_release(&j);
	return e;
}

enum err access_blob_owner(struct contract_kv *kv, const struct account_id *account, const struct record_id *record,
			   const struct blob_id *blob)
{
	struct rows s = {.kv = kv};
	Medlock__RecordState *row = NULL;
	enum err e = refused_if_missing(ROWS_GET(&s, &row, medlock__record_state, state_key_record(record)));

	if (e)
		return e;
	e = ERR_REFUSED;
	if (row->status != RECORD_STATUS_ERASED && bytes_equal(wire_bytes(row->deposit->owner), BYTES_ID(*account)))
		for (size_t i = 0; i < row->deposit->n_renditions; i++)
			if (bytes_equal(wire_bytes(row->deposit->renditions[i]->blob), BYTES_ID(*blob)))
				e = ERR_OK;
	WIRE_FREE(row);
	return e;
}
