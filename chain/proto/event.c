/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/event.h"

#include "chain/proto/concat.h"
#include "chain/proto/limits.h"
#include "chain/proto/shape.h"

struct hash32 event_head_next(const struct hash32 *head, struct bytes event)
{
	return CONCAT_HASH("medlock-event-v1", BYTES_ID(*head), event);
}

static enum err check(const Medlock__Event *ev, const struct account_id *owner, uint64_t n, struct err_info *info)
{
	TRY(shape_true(bytes_equal(wire_bytes(ev->owner), BYTES_ID(*owner)), "the event of another owner", info));
	TRY(shape_true(ev->n == n, "an event of another number", info));
	TRY(shape_code(ev->kind, CODES_ACTION, "kind", info));
	TRY(shape_bytes(ev->actor, ID_SIZE, "actor", info));
	TRY(shape_optional(ev->actor_organisation, ID_SIZE, "organisation", info));
	TRY(shape_bytes(ev->tx, ID_SIZE, "transaction", info));
	TRY(shape_optional(ev->request, ID_SIZE, "request", info));
	TRY(shape_bytes(ev->salt, TX_SALT_SIZE, "salt", info));
	for (size_t i = 0; i < ev->n_records; i++)
		TRY(shape_bytes(ev->records[i]->record, ID_SIZE, "record", info));
	return ERR_OK;
}

enum err event_parse(Medlock__Event **ret, const struct account_id *owner, uint64_t n, struct bytes in,
		     struct err_info *info)
{
	Medlock__Event *ev = NULL;
	enum err e;

	if (in.len > EVENT_SIZE_MAX)
		return err_set(info, ERR_TOO_LARGE, "an event of %zu bytes", in.len);
	TRY(WIRE_DECODE(&ev, medlock__event, in, EVENT_DECODED_MAX, info));
	e = check(ev, owner, n, info);
	if (e) {
		WIRE_FREE(ev);
		return e;
	}
	*ret = ev;
	return ERR_OK;
}
