/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the typed peer client share.  Private to chain/net. */
#ifndef MEDLOCK_NET_PEER_CLIENT_PARTS_H
#define MEDLOCK_NET_PEER_CLIENT_PARTS_H

#include "chain/net/peer_client.h"

#define PEER_PATH_MAX 1024u

/* GET path: an answer of at most reply_max bytes that is one of our messages. */
enum err peer_get(const struct peer_call *c, ProtobufCMessage **ret, const char *path, const ProtobufCMessageDescriptor *d,
		  size_t reply_max, struct err_info *info) MUST_USE;
/* POST body to path; the answer says nothing but that it was taken. */
enum err peer_post(const struct peer_call *c, const char *path, struct bytes body, struct err_info *info) MUST_USE;
/* The same with PUT. */
enum err peer_put(const struct peer_call *c, const char *path, struct bytes body, struct err_info *info) MUST_USE;
/* GET path: an answer of this type and at most reply_max bytes, appended as it is. */
enum err peer_get_bytes(const struct peer_call *c, struct buf *ret, const char *path, const char *type, size_t reply_max,
			struct err_info *info) MUST_USE;

#endif
