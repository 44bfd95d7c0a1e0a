/* SPDX-License-Identifier: Apache-2.0 */
/* A record enters the ledger: whose it is, what kind, and a key capsule for each encrypted form. */
#include "chain/contract/record.h"
#include "core/crypto/threshold.h"

static enum err check_depositor(const struct act *a, const Medlock__RecordDeposit *d)
{
	struct bytes organisation = wire_bytes(d->organisation);

	if (act_is_authority(a))
		return ERR_OK;
	if (!(a->actor->rights & RIGHT_DEPOSIT) || organisation.len == 0)
		return ERR_ROLE;
	return bytes_equal(organisation, wire_bytes(a->actor->organisation)) ? ERR_OK : ERR_ROLE;
}

static enum err check_owner(struct act *a, const struct account_id *owner)
{
	Medlock__AccountState *row = NULL;
	enum err e = ROWS_GET(&a->rows, &row, medlock__account_state, state_key_account(owner));

	if (!e && row->role != ROLE_PATIENT)
		e = ERR_NOT_FOUND;
	if (!e && row->revoked)
		e = ERR_REVOKED;
	WIRE_FREE(row);
	return e;
}

/* Each capsule is made for this very deposit and for the key that the custodians hold now, and was never seen. */
static enum err check_capsules(struct act *a, const Medlock__RecordDeposit *d)
{
	struct hash32 label;

	TRY(deposit_label(&label, &a->block->network, &a->who, d));
	for (size_t i = 0; i < d->n_renditions; i++) {
		const Medlock__Rendition *r = d->renditions[i];
		struct capsule capsule;

		if (a->network->n_custodians == 0 || r->key_generation != a->network->key_generation)
			return ERR_CONFLICT;
		if (r->capsule.len != CAPSULE_SIZE)
			return ERR_FORMAT;
		memcpy(capsule.b, r->capsule.data, CAPSULE_SIZE);
		TRY(rows_mark(&a->rows, state_key_capsule(capsule_u(&capsule))));
		TRY(capsule_check(&capsule, BYTES_ID(label)));
	}
	return ERR_OK;
}

static enum err store(struct act *a, Medlock__RecordDeposit *d, const struct account_id *owner,
		      const struct record_id *id,
		      const struct record_id *first)
{
	Medlock__RecordState row = MEDLOCK__RECORD_STATE__INIT;
	Medlock__PolicyState *policy = NULL;
	enum err e;

	TRY(ROWS_GET(&a->rows, &policy, medlock__policy_state, state_key_policy(owner)));
	row.deposit = d;
	row.depositor = wire_data(BYTES_ID(a->who));
	row.height = a->block->height;
	row.time = a->block->time.v;
	row.status = RECORD_STATUS_LIVE;
	if (first != NULL)
		row.first = wire_data(BYTES_ID(*first));
	row.number = ++policy->records;
	e = ROWS_PUT(&a->rows, state_key_policy(owner), policy);
	if (!e)
		e = ROWS_PUT(&a->rows, state_key_record(id), &row);
	if (!e)
		e = rows_put_bytes(&a->rows, state_key_owned(owner, row.number), BYTES_ID(*id));
	WIRE_FREE(policy);
	return e;
}

enum err record_check(struct act *a, const Medlock__RecordDeposit *d)
{
	struct account_id owner;

	ID_COPY(owner, d->owner.data);
	TRY(check_depositor(a, d));
	TRY(check_owner(a, &owner));
	return check_capsules(a, d);
}

enum err record_tell(struct act *a, const struct account_id *owner, const struct record_id *id)
{
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	Medlock__Decided entry = MEDLOCK__DECIDED__INIT, *list = &entry;

	entry.record = wire_data(BYTES_ID(*id));
	event.records = &list;
	event.n_records = 1;
	TRY(act_event_add(a, owner, &event));
	return act_result(a, BYTES_ID(*id), 0, NULL, 0);
}

enum err record_enter(struct act *a, Medlock__RecordDeposit *d, const struct record_id *id, const struct record_id *first)
{
	struct account_id owner;

	ID_COPY(owner, d->owner.data);
	TRY(store(a, d, &owner, id, first));
	return record_tell(a, &owner, id);
}

enum err record_deposit_apply(struct act *a)
{
	Medlock__RecordDeposit *d = a->tx->body->record_deposit;
	struct record_id id = tx_record_id(&a->tx->body_hash, &a->who);

	TRY(record_check(a, d));
	return record_enter(a, d, &id, NULL);
}

void record_describe(struct buf *out, const Medlock__RecordDeposit *d)
{
	buf_printf(out, " (%s, %zu form%s) for patient ", code_text(CODES_CATEGORY, d->category), d->n_renditions,
		   d->n_renditions == 1 ? "" : "s");
	describe_id(out, d->owner);
}

void record_deposit_describe(struct buf *out, const Medlock__Body *body)
{
	buf_append_text(out, "Deposit a record");
	record_describe(out, body->record_deposit);
	buf_append_text(out, ".");
}
