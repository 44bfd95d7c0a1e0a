/* SPDX-License-Identifier: Apache-2.0 */
/* The requester ends a grant; after an emergency with a commitment to the review. */
#include "chain/contract/act.h"

static enum err close_request(struct act *a, const struct request_id *id, Medlock__RequestState *row)
{
	Medlock__RequestState closed = *row;
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	struct account_id owner;

	if (!bytes_equal(wire_bytes(row->requester), BYTES_ID(a->who)))
		return ERR_NOT_FOUND;
	if (row->closed)
		return ERR_DUPLICATE;
	closed.closed = true;
	closed.review = a->tx->body->access_close->review;
	TRY(ROWS_PUT(&a->rows, state_key_request(id), &closed));
	ID_COPY(owner, row->owner.data);
	event.request = wire_data(BYTES_ID(*id));
	event.purpose = row->purpose;
	event.emergency = row->emergency;
	TRY(act_event_add(a, &owner, &event));
	return act_result(a, BYTES_ID(*id), 0, NULL, 0);
}

enum err access_close_apply(struct act *a)
{
	Medlock__RequestState *row = NULL;
	struct request_id id;
	enum err e;

	ID_COPY(id, a->tx->body->access_close->request.data);
	TRY(ROWS_GET(&a->rows, &row, medlock__request_state, state_key_request(&id)));
	e = close_request(a, &id, row);
	WIRE_FREE(row);
	return e;
}

void access_close_describe(struct buf *out, const Medlock__Body *body)
{
	buf_append_text(out, "End request ");
	describe_id(out, body->access_close->request);
	buf_append_text(out, body->access_close->review.len ? ", with the review of the emergency." : ".");
}
