/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets: a signed, short-lived word of who asks a peer, and for what.
 *
 * Signed bytes: "medlock-ticket-v1" || network_id (32) || the canonical Ticket with an empty signature.  In HTTP it is
 * "Authorization: medlock BASE64", base64 with padding.
 */
#ifndef MEDLOCK_PROTO_TICKET_H
#define MEDLOCK_PROTO_TICKET_H

#include "chain/proto/api.pb-c.h"
#include "chain/proto/codes.h"
#include "chain/proto/limits.h"
#include "chain/proto/wire.h"
#include "core/base/clock.h"
#include "core/crypto/sign.h"

#define TICKET_SIZE_MAX 512u
#define TICKET_DECODED_MAX 4096u
#define TICKET_TEXT_MAX BASE64_SIZE(TICKET_SIZE_MAX)

/* Appends what is signed.  ERR_FORMAT when the ticket's shape is wrong (its signature may be anything). */
enum err ticket_signing_input(struct buf *out, const Medlock__Ticket *t) MUST_USE;

/* Shape only: lengths, purpose, fields that belong to the purpose (put: blob and size; get: blob, or blob, request and
 * record; read: none of them) and a signature of 64 bytes.  Free with WIRE_FREE.
 */
enum err ticket_parse(Medlock__Ticket **ret, struct bytes in, struct err_info *info) MUST_USE;

/* For this network, this peer (SHA-256 of its SubjectPublicKeyInfo), now, by this key: the account's, or, with request
 * set, the request's sign_key.  ERR_NETWORK_ID, ERR_TLS (meant for another peer), ERR_EXPIRED (also one that lasts more
 * than TICKET_LIFE_MS from now), ERR_SIGNATURE.
 */
enum err ticket_check(const Medlock__Ticket *t, const struct network_id *network, const struct hash32 *spki,
		      const struct sign_public *key, struct time_ms now) MUST_USE;

/* The base64 text of the header, without the scheme; appended.  Parsing bounds the text first. */
void ticket_text(struct buf *out, const Medlock__Ticket *t);
enum err ticket_parse_text(Medlock__Ticket **ret, struct bytes text, struct err_info *info) MUST_USE;

#endif
