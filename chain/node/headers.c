/* SPDX-License-Identifier: Apache-2.0 */
/* GET headers: every reader.  GET blocks: those who read the whole ledger. */
#include "chain/node/internal.h"

#define REPLY_MAX API_PIECE_MAX

static enum err range_of(const struct http_request *r, uint64_t *from, uint64_t *max, uint64_t limit)
{
	TRY(http_query_u64(from, r, API_PARAM_FROM, 1, INT64_MAX));
	TRY(http_query_u64(max, r, API_PARAM_MAX, limit, UINT32_MAX));
	if (*from == 0 || *max == 0)
		return ERR_RANGE;
	*max = *max > limit ? limit : *max;
	return ERR_OK;
}

/* HeadersReply and BlocksReply have the same shape: a repeated field 1 of messages with bytes 1 and 2. 
 * Written here item
 * by item, so that the memory stays that of one reply.
 */
static void item_append(struct buf *out, struct bytes first, struct bytes second)
{
	Medlock__SignedHeader item = MEDLOCK__SIGNED_HEADER__INIT;
	struct buf one = BUF_INIT;

	item.header = wire_data(first);
	item.commit = wire_data(second);
	WIRE_ENCODE(&one, &item);
	buf_append_byte(out, 0x0a);
	buf_append_varint(out, one.len);
	buf_append_bytes(out, buf_bytes(&one));
	buf_release(&one);
}

typedef enum err stored(struct ledger_app *a, struct buf *ret_first, struct buf *ret_commit, uint64_t height);

static enum err collect(struct node *n, struct buf *out, uint64_t from, uint64_t max, stored *load)
{
	struct buf first = BUF_INIT, commit = BUF_INIT;
	enum err e = ERR_OK;

	for (uint64_t h = from; h < from + max && e == ERR_OK; h++) {
		buf_clear(&first);
		buf_clear(&commit);
		e = load(n->app, &first, &commit, h);
		if (e != ERR_OK || (out->len > 0 && out->len + first.len + commit.len > REPLY_MAX))
			break;
		item_append(out, buf_bytes(&first), buf_bytes(&commit));
		e = buf_error(out);
	}
	buf_release(&first);
	buf_release(&commit);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static void range_answer(struct node *n, struct http_request *r, uint64_t limit, stored *load)
{
	struct buf out = BUF_INIT;
	uint64_t from = 0, max = 0;
	enum err e = range_of(r, &from, &max, limit);

	if (e == ERR_OK)
		e = collect(n, &out, from, max, load);
	if (e != ERR_OK)
		http_reply_error(r, e);
	else
		http_reply(r, 200, API_TYPE, buf_bytes(&out));
	buf_release(&out);
}

void service_headers(void *self, struct http_request *r)
{
	struct asker who;

	if (node_reader(self, &who, r))
		range_answer(self, r, API_HEADERS_MAX, ledger_app_header);
}

void service_blocks(void *self, struct http_request *r)
{
	struct asker who;

	if (!node_reader(self, &who, r))
		return;
	if (!who.full)
		http_reply_error(r, ERR_NOT_FOUND);
	else
		range_answer(self, r, API_BLOCKS_MAX, ledger_app_block);
}
