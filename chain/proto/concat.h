/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256(tag || part || part || …), where every part but the last has a fixed length: how the ledger's own names and
 * signing hashes are made.  Inside chain/proto only; new formats use hash_tagged of core/crypto/hash.h.
 */
#ifndef MEDLOCK_PROTO_CONCAT_H
#define MEDLOCK_PROTO_CONCAT_H

#include "core/crypto/hash.h"

static inline struct hash32 concat_parts(const char *tag, const struct bytes *parts, size_t count)
{
	struct hash_sha256_stream s;

	hash_sha256_stream_init(&s);
	hash_sha256_stream_update(&s, bytes_str(tag));
	for (size_t i = 0; i < count; i++)
		hash_sha256_stream_update(&s, parts[i]);
	return hash_sha256_stream_final(&s);
}

#define CONCAT_HASH(tag, ...)                                                                      \
	concat_parts((tag), (const struct bytes[]){__VA_ARGS__},                                   \
		     sizeof((const struct bytes[]){__VA_ARGS__}) / sizeof(struct bytes))

#endif
