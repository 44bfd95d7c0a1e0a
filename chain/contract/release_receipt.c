/* SPDX-License-Identifier: Apache-2.0 */
/* A custodian tells the owners which key shares it gave out. */
#include "chain/contract/act.h"

/* The entry's form was granted, or a lesser one. */
static bool was_granted(const Medlock__RequestState *row, const Medlock__Released *r)
{
	for (size_t i = 0; i < row->n_records; i++) {
		const Medlock__Decided *d = row->records[i];

		if (d->decision == DECISION_GRANTED && bytes_equal(wire_bytes(d->record), wire_bytes(r->record)))
			return r->form >= d->form;
	}
	return false;
}

/* One event for all that one request was given. */
static enum err tell_owner(struct act *a, const Medlock__RequestState *row, Medlock__Released *const *released,
			   size_t count)
{
	Medlock__Decided entries[RELEASED_MAX], *list[RELEASED_MAX];
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	struct account_id owner;

	for (size_t i = 0; i < count; i++) {
		if (!was_granted(row, released[i]))
			return ERR_NOT_FOUND;
		entries[i] = (Medlock__Decided)MEDLOCK__DECIDED__INIT;
		entries[i].record = released[i]->record;
		entries[i].decision = DECISION_GRANTED;
		entries[i].form = released[i]->form;
		list[i] = &entries[i];
	}
	event.request = released[0]->request;
	event.purpose = row->purpose;
	event.emergency = row->emergency;
	event.records = list;
	event.n_records = count;
	ID_COPY(owner, row->owner.data);
	return act_event_add(a, &owner, &event);
}

static enum err one_request(struct act *a, Medlock__Released *const *released, size_t count)
{
	Medlock__RequestState *row = NULL;
	struct request_id id;
	enum err e;

	ID_COPY(id, released[0]->request.data);
	TRY(ROWS_GET(&a->rows, &row, medlock__request_state, state_key_request(&id)));
	e = tell_owner(a, row, released, count);
	WIRE_FREE(row);
	return e;
}

enum err release_receipt_apply(struct act *a)
{
	const Medlock__ReleaseReceipt *r = a->tx->body->release_receipt;
	size_t start = 0;

	if (!act_is_custodian(a))
		return ERR_ROLE;
	if (r->n_released > RELEASED_MAX)
		return ERR_LIMIT;
	for (size_t i = 1; i <= r->n_released; i++) {
		if (i < r->n_released &&
		    bytes_equal(wire_bytes(r->released[i]->request), wire_bytes(r->released[start]->request)))
			continue;
		TRY(one_request(a, r->released + start, i - start));
		start = i;
	}
	return act_result(a, (struct bytes){0}, 0, NULL, 0);
}

void release_receipt_describe(struct buf *out, const Medlock__Body *body)
{
	buf_printf(out, "Tell the owners of %zu key share%s given out.", body->release_receipt->n_released,
		   body->release_receipt->n_released == 1 ? "" : "s");
}
