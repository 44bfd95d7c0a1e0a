/* SPDX-License-Identifier: Apache-2.0 */
/* The peer API (chain/net/peer_api.h, docs/formats/peer-api.md) as typed, blocking calls.
 *
 * Each call says which peer, which client, whose ticket and which task in struct peer_call; a list of peers is tried by
 * the caller.  Answers are decoded strictly (chain/proto/wire.h) and their lengths checked; what they claim is NOT
 * proven: headers, proofs and events are verified by chain/light and core/ledger, blobs by their hash, shares by their
 * proof.
 *
 * Errors of every call: those of http_client_call; the peer's own words (ErrorReply) as its error when the code is
 * known and fits a peer's answer, else ERR_PEER; ERR_PEER when an answer is malformed or of the wrong type.  info
 * names the peer.  Outputs are untouched on failure.  Messages are freed with wire_free.
 */
#ifndef MEDLOCK_NET_PEER_CLIENT_H
#define MEDLOCK_NET_PEER_CLIENT_H

#include "chain/net/http_client.h"
#include "chain/net/peer_api.h"
#include "chain/proto/api.pb-c.h"
#include "chain/proto/limits.h"
#include "chain/proto/wire.h"

/* How a peer is reached and known; a row Peer of the ledger's Network, or typed by a person at set-up. */
struct peer_address {
	char url[URL_MAX + 1]; /* https://host:port, without a path */
	struct hash32 pin;
};

/* ERR_USAGE when url is not https://host[:port] or longer than URL_MAX; a trailing "/" is cut. */
enum err peer_address_set(struct peer_address *ret, const char *url, const struct hash32 *pin) MUST_USE;

struct peer_call {
	struct http_client *http;
	const struct peer_address *peer;
	const char *authorization; /* "medlock BASE64(Ticket)" (chain/proto/ticket.h); NULL where none is needed */
	struct task *task;         /* NULL: cannot be cancelled */
	int64_t timeout_ms;        /* 0: HTTP_CLIENT_CALL_MS */
};

/* No ticket. */
enum err peer_status(const struct peer_call *c, Medlock__StatusReply **ret, struct err_info *info) MUST_USE;
/* Answers when the height passes after, or as it is after LONG_POLL_MS. */
enum err peer_status_after(const struct peer_call *c, Medlock__StatusReply **ret, uint64_t after,
			   struct err_info *info) MUST_USE;
/* Canonical Genesis bytes appended to ret, at most GENESIS_SIZE_MAX. */
enum err peer_genesis(const struct peer_call *c, struct buf *ret, struct err_info *info) MUST_USE;
/* A canonical Tx.  ERR_OK when the peer judged it: ret->code says how.  ERR_BUSY_PEER when it is stopping. */
enum err peer_submit(const struct peer_call *c, Medlock__TxReply **ret, struct bytes tx,
		struct err_info *info) MUST_USE;

/* Read ticket. */
enum err peer_headers(const struct peer_call *c, Medlock__HeadersReply **ret, uint64_t from, uint32_t max,
		      struct err_info *info) MUST_USE;
enum err peer_blocks(const struct peer_call *c, Medlock__BlocksReply **ret, uint64_t from, uint32_t max,
		     struct err_info *info) MUST_USE;
/* request: NULL, or the one whose grant lists the record whose row is asked. */
enum err peer_proof(const struct peer_call *c, Medlock__ProofReply **ret, struct bytes key,
		    const struct request_id *request, struct err_info *info) MUST_USE;
enum err peer_events(const struct peer_call *c, Medlock__EventsReply **ret, const struct account_id *account,
		     uint64_t from, struct err_info *info) MUST_USE;
/* ERR_NOT_FOUND while no block has it. */
enum err peer_tx(const struct peer_call *c, Medlock__TxReply **ret, const struct tx_id *id,
		 struct err_info *info) MUST_USE;

/* What a peer holds of a blob, from its start; whole when held == size. */
struct peer_blob { uint64_t held, size; };

/* Put ticket or get ticket.  A blob of which the peer has nothing: held 0 with a put ticket, ERR_NOT_FOUND
 * otherwise. */
enum err peer_blob_head(const struct peer_call *c, struct peer_blob *ret, const struct blob_id *id,
			struct err_info *info) MUST_USE;
/* Put ticket.  One piece of 1..API_PIECE_MAX bytes that starts at offset == held.  ERR_CONFLICT: ask head again. */
enum err peer_blob_put(const struct peer_call *c, struct peer_blob *ret, const struct blob_id *id, uint64_t offset,
		       uint64_t size, struct bytes piece, struct err_info *info) MUST_USE;
/* Get ticket.  Appends 1..max bytes (max <= API_PIECE_MAX) from offset; nothing when offset is the size. */
enum err peer_blob_get(const struct peer_call *c, struct buf *ret_piece, struct peer_blob *ret,
		const struct blob_id *id,
		       uint64_t offset, size_t max, struct err_info *info) MUST_USE;

/* Read ticket of the owner.  What the peer says it still holds of an erased record; ERR_NOT_FOUND when it knows of none. */
enum err peer_erased(const struct peer_call *c, Medlock__ErasedReply **ret, const struct record_id *record,
		     struct err_info *info) MUST_USE;

/* A canonical ReleaseRequest, signed by the request's key; no ticket. */
enum err peer_release(const struct peer_call *c, Medlock__ReleaseReply **ret, struct bytes request,
		      struct err_info *info) MUST_USE;

#endif
