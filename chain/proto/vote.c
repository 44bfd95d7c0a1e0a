/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/block_wire.h"

#define VOTE_PRECOMMIT 2u

void vote_sign_bytes(struct buf *out, const char *chain_id, int64_t height, int32_t round, const struct block_id *id,
		     struct block_time time)
{
	Comet__CanonicalVote v = COMET__CANONICAL_VOTE__INIT;
	Comet__Timestamp timestamp = wire_time(time);
	struct wired_id wired;

	v.type = VOTE_PRECOMMIT;
	v.height = height;
	v.round = round;
	if (id->hash.len || id->total || id->parts.len) {
		wire_id(&wired, id);
		v.block_id = &wired.m;
	}
	v.timestamp = &timestamp;
	v.chain_id = (char *)(uintptr_t)chain_id;
	buf_append_varint(out, protobuf_c_message_get_packed_size(&v.base));
	WIRE_ENCODE(out, &v);
}
