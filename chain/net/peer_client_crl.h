/* SPDX-License-Identifier: Apache-2.0 */
/* The authority's revocation list at a peer (docs/formats/peer-api.md). */
#ifndef MEDLOCK_NET_PEER_CLIENT_CRL_H
#define MEDLOCK_NET_PEER_CLIENT_CRL_H

#include "chain/net/peer_client.h"

/* Read ticket of an officer.  put: a canonical CrlPut (chain/proto/crl.h).  ERR_CONFLICT: the peer has a newer list, or
 * another one of this number; ERR_SIGNATURE, ERR_CERTIFICATE: not of the root that the peer remembers, or not signed so.
 */
enum err peer_crl_put(const struct peer_call *c, struct bytes put, struct err_info *info) MUST_USE;

/* No ticket.  DER, appended, at most CRL_PUT_MAX bytes; its signature is the caller's to check.  ERR_NOT_FOUND: none yet. */
enum err peer_crl_get(const struct peer_call *c, struct buf *ret, struct err_info *info) MUST_USE;

#endif
