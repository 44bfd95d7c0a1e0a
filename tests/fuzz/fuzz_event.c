/* SPDX-License-Identifier: Apache-2.0 */
/* Events: the owner (32 bytes) and the number (8) that are expected, then the event. */
#include "chain/proto/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(bytes_of(data, size));
	struct bytes owner_bytes = cursor_take(&c, ID_SIZE);
	uint64_t n = cursor_be64(&c);
	Medlock__Event *ev = NULL;
	struct account_id owner;
	struct buf again = BUF_INIT;

	if (c.err)
		return 0;
	ID_COPY(owner, owner_bytes.data);
	if (event_parse(&ev, &owner, n, c.rest, NULL) != ERR_OK)
		return 0;
	ASSERT(ev->n == n);
	WIRE_ENCODE(&again, ev);
	ASSERT(bytes_equal(buf_bytes(&again), c.rest));
	WIRE_FREE(ev);
	buf_release(&again);
	return 0;
}
