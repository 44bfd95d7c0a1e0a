/* SPDX-License-Identifier: Apache-2.0 */
/* The peer API's names, shared by both ends: paths, parameters, headers, and what each HTTP status means.
 *
 * Bodies are the messages of chain/proto/api.proto, content type API_TYPE, except genesis (canonical Genesis bytes),
 * blob pieces (raw bytes), healthz and metrics (text).  Every answer that is not 2xx carries an ErrorReply.
 * docs/formats/peer-api.md describes each call.
 */
#ifndef MEDLOCK_NET_PEER_API_H
#define MEDLOCK_NET_PEER_API_H

#include "core/base/buf.h"

#define API_STATUS "/v1/status"   /* GET [?after=HEIGHT] -> StatusReply; no ticket */
#define API_GENESIS "/v1/genesis" /* GET -> canonical Genesis bytes; no ticket */
#define API_HEALTHZ "/v1/healthz" /* GET -> "ok\n"; no ticket */
#define API_METRICS "/v1/metrics" /* GET -> Prometheus text; loopback only */
#define API_TX "/v1/tx"           /* POST Tx -> TxReply; no ticket.  GET /v1/tx/HEX -> TxReply; read ticket */
#define API_HEADERS "/v1/headers" /* GET ?from=HEIGHT&max=N -> HeadersReply; read ticket */
#define API_BLOCKS "/v1/blocks"   /* GET ?from=HEIGHT&max=N -> BlocksReply; read ticket of a full role */
#define API_PROOF "/v1/proof"     /* GET ?key=HEX[&request=HEX] -> ProofReply; read ticket (request: lists it) */
#define API_EVENTS "/v1/events"   /* GET ?account=HEX&from=N -> EventsReply; read ticket */
#define API_BLOB "/v1/blob"       /* PUT /v1/blob/HEX?offset=N&size=TOTAL; GET ?offset=&max=; HEAD; put or get ticket */
#define API_RELEASE "/v1/release" /* POST ReleaseRequest -> ReleaseReply; signed by the request's key, no ticket */
#define API_ERASED "/v1/erased"   /* GET ?record=HEX -> ErasedReply; read ticket of the record's owner */

#define API_MAIL "/v1/mail"       /* POST /v1/mail/ACCOUNT; GET ?after=SEQ -> MailReply; read ticket (sender's, receiver's) */
#define API_DROP "/v1/drop"       /* POST /v1/drop/ID with a read ticket; GET /v1/drop/ID?after=SEQ without */
#define API_ENROL "/v1/enrol"     /* POST without a ticket; GET ?after=SEQ; read ticket of an officer */

#define API_CRL "/v1/crl"         /* GET -> the revocation list, DER; no ticket.  PUT CrlPut; read ticket of an officer */

#define API_COUNT "/v1/count"     /* GET ?purpose=&category=&label=&project=HEX -> CountReply; read ticket of a researcher */

#define API_PARAM_PURPOSE "purpose"
#define API_PARAM_CATEGORY "category"
#define API_PARAM_LABEL "label"
#define API_PARAM_PROJECT "project"
#define API_PARAM_AFTER "after"
#define API_PARAM_FROM "from"
#define API_PARAM_MAX "max"
#define API_PARAM_KEY "key"
#define API_PARAM_REQUEST "request"
#define API_PARAM_ACCOUNT "account"
#define API_PARAM_RECORD "record"
#define API_PARAM_OFFSET "offset"
#define API_PARAM_SIZE "size"

#define API_TYPE "application/x-protobuf"
#define API_TYPE_BLOB "application/octet-stream"
#define API_TYPE_CRL "application/pkix-crl" /* RFC 2585 */
#define API_TYPE_TEXT "text/plain; charset=utf-8"

/* Authorization: medlock BASE64(Ticket), base64 with padding (chain/proto/ticket.h). */
#define API_AUTHORIZATION "Authorization"
#define API_SCHEME "medlock "

/* Blob answers (PUT, HEAD, GET): how many bytes of the blob the peer holds from its start, and of how many.  The blob
 * is whole and its hash is checked when both are equal.  The next piece is sent from API_BLOB_HELD on.
 */
#define API_BLOB_HELD "Medlock-Held"
#define API_BLOB_SIZE "Medlock-Size"

#define API_HEADER_MAX 8192u                    /* request line and headers together */
#define API_BODY_SLACK 4096u
#define API_TICKET_TEXT_MAX 2048u

/* POST /v1/tx: 200 TxReply in every case that was judged: height > 0 is in that block with this code; height 0 with a
 * code was refused before any block.  202 with height 0 and code 0: taken, not yet durable (the peer is stopping or
 * slow): ask for tx/{id}.
 */

/* HTTP status for an error, and the error for a status when the body carries no ErrorReply.
 *   400 malformed, not canonical, foreign network    401 no or bad ticket, not certified, revoked
 *   403 a release that no longer stands              404 absent or not for the asker: the same bytes in both cases
 *   405 wrong method   408 too slow   409 conflict   413 too large   429 too many   503 stopping or busy
 *   507 disk full      500 all else
 */
int api_status_of(enum err e);
enum err api_err_of(int status);

/* Canonical ErrorReply: code -(e), text err_text(e).  Equal errors give equal bytes. */
void api_error_body(struct buf *out, enum err e);

#endif
