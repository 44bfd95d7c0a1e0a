/* SPDX-License-Identifier: Apache-2.0 */
/* GET events: an owner's access list, to the owner, to who acts for her, and to those who read the whole ledger. */
#include "chain/node/internal.h"

#define REPLY_MAX API_PIECE_MAX

/* What a lying peer would do, for tests of the client: NULL faults in the real program. */
static bool withheld(const struct node *n, uint64_t number)
{
	return n->run->faults != NULL && n->run->faults->withhold_event == number;
}

static enum err collect(struct node *n, struct buf *out, const struct account_id *owner, uint64_t from, uint64_t max)
{
	struct buf event = BUF_INIT;
	enum err e = ERR_OK;

	for (uint64_t k = from; k < from + max && e == ERR_OK; k++) {
		buf_clear(&event);
		if (withheld(n, k))
			continue;
		e = ledger_app_event(n->app, &event, owner, k);
		if (e != ERR_OK || (out->len > 0 && out->len + event.len > REPLY_MAX))
			break;
		if (n->run->faults != NULL && n->run->faults->flip_event)
			event.data[event.len - 1] ^= 1;
		buf_append_byte(out, 0x0a); /* EventsReply.events */
		buf_append_varint(out, event.len);
		buf_append_bytes(out, buf_bytes(&event));
		e = buf_error(out);
	}
	buf_release(&event);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

void service_events(void *self, struct http_request *r)
{
	struct node *n = self;
	struct asker who;
	struct account_id owner;
	struct buf raw = BUF_INIT, out = BUF_INIT;
	uint64_t from = 1;
	enum err e;

	if (!node_reader(n, &who, r))
		return;
	e = http_query_hex(&raw, r, API_PARAM_ACCOUNT, ID_SIZE);
	if (e == ERR_OK && raw.len != ID_SIZE)
		e = ERR_FORMAT;
	if (e == ERR_OK)
		e = http_query_u64(&from, r, API_PARAM_FROM, 1, INT64_MAX);
	if (e == ERR_OK && from == 0)
		e = ERR_RANGE;
	if (e == ERR_OK) {
		ID_COPY(owner, raw.data);
		e = who.full || node_speaks_for(n, &who, BYTES_ID(owner)) ? collect(n, &out, &owner, from, API_EVENTS_MAX)
							     : ERR_NOT_FOUND;
	}
	if (e != ERR_OK)
		http_reply_error(r, e);
	else
		http_reply(r, 200, API_TYPE, buf_bytes(&out));
	buf_release(&raw);
	buf_release(&out);
}
