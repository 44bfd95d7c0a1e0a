/* SPDX-License-Identifier: Apache-2.0 */
/* An owner's events: their bytes, and the chain that proves that a list of them is complete.
 *
 * head(0) = 32 zero bytes; head(n) = SHA-256("medlock-event-v1" || head(n-1) || event bytes).
 */
#ifndef MEDLOCK_PROTO_EVENT_H
#define MEDLOCK_PROTO_EVENT_H

#include "chain/proto/wire.h"
#include "chain/proto/state.pb-c.h"

#define EVENT_SIZE_MAX (64u * 1024)
#define EVENT_DECODED_MAX (256u * 1024)

struct hash32 event_head_next(const struct hash32 *head, struct bytes event);

/* Decode strictly and check that it is number n of owner.  Free with WIRE_FREE. */
enum err event_parse(Medlock__Event **ret, const struct account_id *owner, uint64_t n, struct bytes in,
		     struct err_info *info) MUST_USE;

#endif
