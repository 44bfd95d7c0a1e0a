/* SPDX-License-Identifier: Apache-2.0 */
/* The owner ends a record: nobody gets its key from here on, and the peers delete its blobs.
 *
 * The row stays for the log and for the peers, who read from it what to delete; key capsules, labels and the period of the
 * data leave it.  Whoever acts for the owner cannot do this: it cannot be undone.
 */
#include "chain/contract/record.h"

static enum err check_owner(const struct act *a, const Medlock__RecordState *row)
{
	if (!bytes_equal(wire_bytes(row->deposit->owner), BYTES_ID(a->who)))
		return ERR_NOT_FOUND;
	return row->status == RECORD_STATUS_ERASED ? ERR_ERASED : ERR_OK;
}

static enum err put_erased(struct act *a, const struct record_id *id, const Medlock__RecordState *old)
{
	Medlock__RecordState row = *old;
	Medlock__RecordDeposit bare = *old->deposit;
	Medlock__Rendition renditions[RECORD_RENDITIONS_MAX], *list[RECORD_RENDITIONS_MAX];

	if (bare.n_renditions > RECORD_RENDITIONS_MAX)
		return rows_fatal(&a->rows, ERR_DAMAGED);
	for (size_t i = 0; i < bare.n_renditions; i++) {
		renditions[i] = *bare.renditions[i];
		renditions[i].capsule = (ProtobufCBinaryData){0};
		list[i] = &renditions[i];
	}
	bare.renditions = list;
	bare.n_labels = 0;
	bare.labels = NULL;
	bare.period = NULL;
	row.deposit = &bare;
	row.status = RECORD_STATUS_ERASED;
	return ROWS_PUT(&a->rows, state_key_record(id), &row);
}

enum err record_erase_apply(struct act *a)
{
	Medlock__RecordState *row = NULL;
	struct record_id id;
	enum err e;

	ID_COPY(id, a->tx->body->record_erase->record.data);
	TRY(ROWS_GET(&a->rows, &row, medlock__record_state, state_key_record(&id)));
	e = check_owner(a, row);
	if (!e)
		e = put_erased(a, &id, row);
	WIRE_FREE(row);
	return e ? e : record_tell(a, &a->who, &id);
}

void record_erase_describe(struct buf *out, const Medlock__Body *body)
{
	buf_append_text(out, "Erase record ");
	describe_id(out, body->record_erase->record);
	buf_append_text(out, ". This cannot be undone.");
}
