/* SPDX-License-Identifier: Apache-2.0 */
/* A new version of a record, by whoever deposited the one before: the old one stays, marked, with the name of the new.
 *
 * A version is protected at least as its predecessor: the owner's rules about labels would else be lifted by somebody
 * else's correction.
 */
#include "chain/contract/record.h"

static bool has_label(const Medlock__RecordDeposit *d, uint32_t label)
{
	for (size_t i = 0; i < d->n_labels; i++)
		if (d->labels[i] == label)
			return true;
	return false;
}

static enum err check_version(const struct act *a, const Medlock__RecordState *old, const Medlock__RecordDeposit *d)
{
	if (!bytes_equal(wire_bytes(old->deposit->owner), wire_bytes(d->owner)) ||
	    !bytes_equal(wire_bytes(old->depositor), BYTES_ID(a->who)))
		return ERR_NOT_FOUND;
	if (old->status != RECORD_STATUS_LIVE)
		return old->status == RECORD_STATUS_ERASED ? ERR_ERASED : ERR_CONFLICT;
	if (d->confidentiality < old->deposit->confidentiality)
		return ERR_LABELS_LOWER;
	for (size_t i = 0; i < old->deposit->n_labels; i++)
		if (!has_label(d, old->deposit->labels[i]))
			return ERR_LABELS_LOWER;
	return ERR_OK;
}

static enum err supersede(struct act *a, struct record_id *ret_first, const Medlock__RecordDeposit *d,
			  const struct record_id *by)
{
	Medlock__RecordState *old = NULL, row;
	struct record_id id;
	enum err e;

	ID_COPY(id, d->supersedes.data);
	TRY(ROWS_GET(&a->rows, &old, medlock__record_state, state_key_record(&id)));
	row = *old;
	row.status = RECORD_STATUS_SUPERSEDED;
	row.superseded_by = wire_data(BYTES_ID(*by));
	e = check_version(a, old, d);
	if (!e)
		e = ROWS_PUT(&a->rows, state_key_record(&id), &row);
	*ret_first = id;
	if (old->first.len == ID_SIZE)
		ID_COPY(*ret_first, old->first.data);
	WIRE_FREE(old);
	return e;
}

enum err record_amend_apply(struct act *a)
{
	Medlock__RecordDeposit *d = a->tx->body->record_amend;
	struct record_id id = tx_record_id(&a->tx->body_hash, &a->who), first;

	TRY(record_check(a, d));
	TRY(supersede(a, &first, d, &id));
	return record_enter(a, d, &id, &first);
}

void record_amend_describe(struct buf *out, const Medlock__Body *body)
{
	buf_append_text(out, "Deposit a new version of record ");
	describe_id(out, body->record_amend->supersedes);
	record_describe(out, body->record_amend);
	buf_append_text(out, ".");
}
