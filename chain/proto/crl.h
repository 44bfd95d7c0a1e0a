/* SPDX-License-Identifier: Apache-2.0 */
/* A revocation list on its way to the peers (message CrlPut): what of it can be judged without any state.
 *
 * The list must speak for itself: version 2 with a number (RFC 5280 section 5), signed by the issuing certificate that
 * comes with it, which is signed by the root that comes with it and may sign lists.  Whether that root is the network's,
 * and whether the number grows, is the peer's to say (chain/node/crl.c).  Safe from any thread.
 */
#ifndef MEDLOCK_PROTO_CRL_H
#define MEDLOCK_PROTO_CRL_H

#include "chain/proto/api.pb-c.h"
#include "chain/proto/wire.h"
#include "core/base/clock.h"

struct crl_put {
	Medlock__CrlPut *wire;
	uint64_t number; /* from 1 */
	struct time_ms this_update, next_update;
	struct hash32 root; /* SHA-256 of the root's SubjectPublicKeyInfo */
};

/* Exactly one CrlPut of at most CRL_PUT_MAX bytes, judged at a time.  ERR_TOO_LARGE, ERR_FORMAT (also: an issuer that may
 * not sign lists, a life beyond CRL_LIFE_MAX_MS), ERR_CERTIFICATE (the root did not certify the issuer), ERR_SIGNATURE (the
 * issuer did not sign the list), ERR_EXPIRED, ERR_CLOCK (made in the future).  Release with crl_put_release.
 */
enum err crl_put_parse(struct crl_put *ret, struct bytes in, struct time_ms now, struct err_info *info) MUST_USE;
void crl_put_release(struct crl_put *p);

#endif
