/* SPDX-License-Identifier: Apache-2.0 */
/* How many records a researcher would be granted without names, if all were asked for now. */
#include "chain/contract/access.h"

#include <stdlib.h>

#include "chain/contract/act.h"

struct counting {
	struct rows rows;
	const struct access_wish *wish;
	const struct contract_block *newest;
	struct account_id who;
	Medlock__AccountState *row;
	struct buf owners; /* ID_SIZE each */
	uint64_t left;     /* records that may still be looked at */
	struct access_tally tally;
};

#define OWNER_PREFIX 2u /* tag and length byte of a policy's key */

static enum err collect_owner(void *context, struct bytes key, struct bytes value)
{
	struct counting *c = context;

	(void)value;
	if (key.len != OWNER_PREFIX + ID_SIZE)
		return ERR_DAMAGED;
	buf_append(&c->owners, key.data + OWNER_PREFIX, ID_SIZE);
	return buf_error(&c->owners);
}

static bool has_label(const Medlock__RecordDeposit *d, uint32_t label)
{
	for (size_t i = 0; i < d->n_labels; i++)
		if (d->labels[i] == label)
			return true;
	return label == 0;
}

static bool wished(const struct access_wish *w, const Medlock__RecordState *r)
{
	return r->status == RECORD_STATUS_LIVE && (w->category == 0 || w->category == r->deposit->category) &&
	       has_label(r->deposit, w->label);
}

static enum err owned_record(struct counting *c, struct record_id *ret_id, Medlock__RecordState **ret,
			     const struct account_id *owner, uint64_t number)
{
	struct state_key key = state_key_owned(owner, number);
	struct buf id = BUF_INIT;
	enum err e = c->rows.kv->get(c->rows.kv->self, &id, state_key_bytes(&key));

	if (!e && id.len != ID_SIZE)
		e = ERR_DAMAGED;
	if (!e) {
		ID_COPY(*ret_id, id.data);
		e = ROWS_GET(&c->rows, ret, medlock__record_state, state_key_record(ret_id));
	}
	buf_release(&id);
	return e == ERR_NOT_FOUND ? ERR_DAMAGED : e;
}

static enum err count_records(struct counting *c, const struct account_id *owner, uint64_t records,
			      const struct consent_policy *policy, const struct consent_question *q)
{
	uint64_t found = 0;

	for (uint64_t n = 1; n <= records; n++) {
		Medlock__RecordState *row = NULL;
		struct record_id id;

		if (c->left-- == 0)
			return ERR_LIMIT;
		TRY(owned_record(c, &id, &row, owner, n));
		if (wished(c->wish, row)) {
			struct consent_record record = consent_record_of(&id, row);

			found += consent_decide(policy, q, &record).decision == DECISION_GRANTED;
		}
		WIRE_FREE(row);
	}
	c->tally.records += found;
	c->tally.owners += found > 0;
	return ERR_OK;
}

/* The question that her request for the form without names would put to this owner's rules. */
static enum err question_of(struct counting *c, struct consent_question *ret, const struct account_id *owner)
{
	TRY(act_question(&c->rows, ret, &c->who, c->row, owner, c->newest->time));
	ret->purpose = c->wish->purpose;
	ret->form = FORM_DEID;
	ret->project = c->wish->project;
	return ERR_OK;
}

static enum err count_owner(struct counting *c, const struct account_id *owner)
{
	Medlock__PolicyState *p = NULL;
	Medlock__RuleState **rules = NULL;
	struct consent_policy *policy = NULL;
	struct consent_question q;
	enum err e;

	TRY(ROWS_GET(&c->rows, &p, medlock__policy_state, state_key_policy(owner)));
	e = rows_rules(&c->rows, &rules, owner, p);
	if (!e)
		e = consent_policy_new(&policy, rules, p->n_rules, p->default_effect, p->paused);
	if (!e)
		e = question_of(c, &q, owner);
	if (!e)
		e = count_records(c, owner, p->records, policy, &q);
	consent_policy_free(policy);
	rows_rules_free(rules, p->n_rules);
	WIRE_FREE(p);
	return e;
}

static enum err check_asker(const struct counting *c)
{
	TRY(access_account_stands(c->row, c->newest->time));
	return c->row->role == ROLE_RESEARCHER && act_attested(c->row, c->wish->purpose) ? ERR_OK : ERR_ROLE;
}

static enum err count_all(struct counting *c)
{
	static const uint8_t policies[] = {'p', ID_SIZE};

	TRY(check_asker(c));
	TRY(c->rows.kv->scan(c->rows.kv->self, bytes_of(policies, sizeof(policies)), false, collect_owner, c));
	for (size_t at = 0; at < c->owners.len; at += ID_SIZE) {
		struct account_id owner;

		ID_COPY(owner, c->owners.data + at);
		TRY(count_owner(c, &owner));
	}
	return ERR_OK;
}

enum err access_count(struct access_tally *ret, struct contract_kv *kv, const struct contract_block *newest,
		      const struct account_id *who, const struct access_wish *wish)
{
	struct counting c = {.rows = {.kv = kv}, .wish = wish, .newest = newest, .who = *who, .left = ACCESS_COUNT_MAX};
	enum err e;

	TRY(access_account(&c.row, kv, who));
	e = count_all(&c);
	WIRE_FREE(c.row);
	buf_release(&c.owners);
	if (!e)
		*ret = c.tally;
	return e;
}
