/* SPDX-License-Identifier: Apache-2.0 */
/* Strict, bounded decoding of our own protobuf messages, and their one canonical encoding.
 *
 * protobuf-c keeps unknown fields, bad enums and invalid UTF-8, and small inputs can unpack to many times their size.
 * So: unpack under an allocator with a cap, walk the result by its descriptor (no unknown field anywhere, strings
 * UTF-8, nesting at most WIRE_DEPTH_MAX), pack again and compare bytes.  What is accepted has exactly one encoding.
 */
#ifndef MEDLOCK_PROTO_WIRE_H
#define MEDLOCK_PROTO_WIRE_H

#include <protobuf-c/protobuf-c.h>

#include "core/base/buf.h"

#define WIRE_DEPTH_MAX 8u

/* Decode one message of type d (for instance &medlock__tx__descriptor).  memory_max bounds the heap it takes.
 * The caller frees with wire_free.  ERR_FORMAT, ERR_UTF8, ERR_NOT_CANONICAL, ERR_TOO_LARGE, ERR_MEMORY.
 */
enum err wire_decode(ProtobufCMessage **ret, const ProtobufCMessageDescriptor *d, struct bytes in,
		     size_t memory_max, struct err_info *info) MUST_USE;

/* wire_decode into the right pointer type: WIRE_DECODE(&tx, medlock__tx, in, max, info) for a Medlock__Tx *tx. */
#define WIRE_DECODE(ret, type, in, memory_max, info)                                               \
	wire_decode((ProtobufCMessage **)(void *)(ret), &type##__descriptor, in, memory_max, info)

void wire_free(ProtobufCMessage *m); /* NULL is fine */
#define WIRE_FREE(m) wire_free((ProtobufCMessage *)(m))

/* Append the canonical encoding of m to out.  Errors stick to out.  Deterministic: field order, no maps. */
void wire_encode(struct buf *out, const ProtobufCMessage *m);
#define WIRE_ENCODE(out, m) wire_encode(out, (const ProtobufCMessage *)(m))

/* Whether both have the same canonical bytes; false without memory. */
bool wire_equal(const ProtobufCMessage *x, const ProtobufCMessage *y);
#define WIRE_EQUAL(x, y) wire_equal((const ProtobufCMessage *)(x), (const ProtobufCMessage *)(y))

/* A bytes field as a view, and back (the message does not own what it points to). */
static inline struct bytes wire_bytes(ProtobufCBinaryData x)
{
	return bytes_of(x.data, x.len);
}

static inline ProtobufCBinaryData wire_data(struct bytes x)
{
	return (ProtobufCBinaryData){.len = x.len, .data = (uint8_t *)(uintptr_t)x.data};
}

#endif
