/* SPDX-License-Identifier: Apache-2.0 */
/* What the model's rows say to one question: at a request, and later when a custodian is asked for a share. */
#include "model_state.h"

bool m_is_attested(const struct m_account *x, uint32_t purpose)
{
	for (size_t i = 0; i < x->purpose_count; i++)
		if (x->purposes[i] == purpose)
			return true;
	return false;
}

struct model_question m_question(const struct model *m, const struct m_account *who, const struct hash32 *id,
				 const Medlock__AccessRequest *x, int64_t now)
{
	struct hash32 owner = m_id(x->owner);
	struct model_question q = {.role = who->role, .rights = who->rights, .purpose = x->purpose, .form = x->form,
				   .licensed = true, .own = m_acts_for(m, &owner, id, SCOPE_READ, now) == ERR_OK,
				   .emergency = x->emergency, .now = now};

	memcpy(q.account, id->b, 32);
	memcpy(q.organisation, who->organisation.b, 32);
	if (x->project.len)
		memcpy(q.project, x->project.data, 32);
	return q;
}

struct model_subject m_subject(const struct m_record *row)
{
	const Medlock__RecordDeposit *d = row->deposit;
	struct model_subject r = {.category = d->category, .confidentiality = d->confidentiality,
				  .period_known = d->period != NULL};

	memcpy(r.id, row->first.len ? row->first.b : row->id.b, 32); /* rules mean all versions by the first */
	if (d->organisation.len)
		memcpy(r.author, d->organisation.data, 32);
	for (size_t i = 0; i < d->n_labels; i++)
		r.label[d->labels[i]] = true;
	if (d->period) {
		r.from = d->period->from;
		r.to = d->period->to;
	}
	for (size_t i = 0; i < d->n_renditions; i++) {
		r.has_full |= d->renditions[i]->form == FORM_FULL;
		r.has_deid |= d->renditions[i]->form == FORM_DEID;
	}
	return r;
}

struct model_decision m_consult(const struct model *m, const struct m_policy *policy, const struct model_question *q,
				const struct m_record *row)
{
	Medlock__RuleState states[RULES_PER_ACCOUNT_MAX];
	const Medlock__RuleState *rules[RULES_PER_ACCOUNT_MAX];
	struct model_subject subject = m_subject(row);
	size_t count = 0;

	for (size_t i = 0; i < m->rule_count; i++) {
		const struct m_rule *x = &m->rules[i];

		if (!ID_EQUAL(x->owner, policy->owner))
			continue;
		states[count] = (Medlock__RuleState)MEDLOCK__RULE_STATE__INIT;
		states[count].rule = x->rule;
		states[count].uses_spent = x->uses_spent;
		rules[count] = &states[count];
		count++;
	}
	return model_decide(rules, count, policy->default_effect, policy->paused, q, &subject);
}

static const struct m_decided *grant_of(const struct m_request *request, const struct hash32 *record)
{
	for (size_t i = 0; i < request->given_count; i++)
		if (request->given[i].decision == DECISION_GRANTED && ID_EQUAL(request->given[i].record, *record))
			return &request->given[i];
	return NULL;
}

/* The owner's consent as it is now, asked about exactly this form. */
static bool still_decides(const struct model *m, const struct m_request *request, const struct m_record *row,
			  const struct m_decided *grant, uint32_t form, int64_t now)
{
	struct hash32 owner = m_id(request->asked->owner);
	const struct m_account *who = m_account(m, &request->requester);
	struct model_question q = m_question(m, who, &request->requester, request->asked, now);
	struct model_decision d;

	q.licensed = q.own || m_is_attested(who, q.purpose);
	q.form = form;
	q.granted_rule = grant->rule;
	q.answered = grant->reason == DECISION_REASON_ANSWER;
	d = m_consult(m, m_policy(m, &owner), &q, row);
	return d.decision == DECISION_GRANTED && d.form == form;
}

static enum err stands(const struct model *m, const struct m_request *request, int64_t now)
{
	if (now >= request->expires)
		return ERR_EXPIRED;
	return m_account_stands(m_account(m, &request->requester), now);
}

enum err model_release_check(const struct model *m, int64_t block_time, int64_t clock, const struct hash32 *request_id,
			     const struct hash32 *record_id, uint32_t form)
{
	const struct m_request *request = m_request(m, request_id);
	const struct m_record *row = m_record(m, record_id);
	const struct m_decided *grant = request && row ? grant_of(request, record_id) : NULL;

	if (!grant || (form != FORM_FULL && form != FORM_DEID) || (grant->form == FORM_DEID && form == FORM_FULL))
		return ERR_REFUSED;
	if (request->closed || row->status == RECORD_STATUS_ERASED)
		return ERR_WITHDRAWN;
	TRY(stands(m, request, block_time));
	TRY(stands(m, request, clock));
	if (!still_decides(m, request, row, grant, form, block_time) || !still_decides(m, request, row, grant, form, clock))
		return ERR_WITHDRAWN;
	return ERR_OK;
}
