/* SPDX-License-Identifier: Apache-2.0 */
/* Unpacking under a cap of memory, without the strictness of wire_decode: for CometBFT's messages. */
#ifndef MEDLOCK_PROTO_WIRE_BOUNDED_H
#define MEDLOCK_PROTO_WIRE_BOUNDED_H

#include "chain/proto/wire.h"

struct wire_bound {
	size_t left; /* bytes that may still be taken; what is freed on the way is not given back */
	enum err err;
};

/* ERR_FORMAT, ERR_TOO_LARGE, ERR_MEMORY.  Free with wire_free. */
enum err wire_unpack(ProtobufCMessage **ret, const ProtobufCMessageDescriptor *d, struct bytes in,
		     size_t memory_max) MUST_USE;

#define WIRE_UNPACK(ret, type, in, memory_max)                                                     \
	wire_unpack((ProtobufCMessage **)(void *)(ret), &type##__descriptor, in, memory_max)

#endif
