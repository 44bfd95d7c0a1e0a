/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/net/peer_client.h"

#include <inttypes.h>
#include <strings.h>

#include "chain/net/peer_client_parts.h"

#define REPLY_SMALL_MAX 4096u                                /* status, healthz, errors */
#define REPLY_TX_MAX (TX_SIZE_MAX * 4 + 65536u)              /* body, result and inclusion proof */
#define REPLY_LIST_MAX (API_PIECE_MAX + BLOCK_SIZE_MAX + 65536u) /* lists stop at about API_PIECE_MAX */
#define REPLY_PROOF_MAX (1024u * 1024)
#define REPLY_RELEASE_MAX 8192u
#define DECODED_FACTOR 8u /* heap of a decoded answer against its bytes */
#define LONG_POLL_SLACK_MS 10000

enum err peer_address_set(struct peer_address *ret, const char *url, const struct hash32 *pin)
{
	size_t len = strlen(url);
	const char *host = url + 8;

	if (strncmp(url, "https://", 8) != 0)
		return ERR_USAGE;
	if (len > 0 && url[len - 1] == '/')
		len--;
	if (len > URL_MAX || len <= 8 || strcspn(host, "/?#@ \t\r\n\\") < len - 8)
		return ERR_USAGE;
	for (size_t i = 0; i < len; i++)
		if (url[i] < 0x21 || url[i] > 0x7e)
			return ERR_USAGE;
	if (bytes_is_zero(BYTES_ID(*pin)))
		return ERR_USAGE;
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->url, url, len);
	ret->pin = *pin;
	return ERR_OK;
}

/* What one API call sends and expects. */
struct ask {
	enum http_verb verb;
	const char *type; /* of the answer */
	const char *body_type;
	struct bytes body;
	size_t reply_max;
	int64_t timeout_ms;
};

/* A code that a peer may say of our call.  What concerns this machine or our own keys cannot come from a peer. */
static bool from_peer(enum err e)
{
	switch ((int)e) {
	case ERR_OK: /* not a refusal */
	case ERR_MEMORY:
	case ERR_IO:
	case ERR_DAMAGED:
	case ERR_NEWER:
	case ERR_INTERNAL:
	case ERR_CANCELLED:
	case ERR_CONFIRM:
	case ERR_DISK_FULL:
	case ERR_LOCKED:
	case ERR_PASSPHRASE:
	case ERR_WRONG_PROFILE:
	case ERR_KEYHOLDER:
	case ERR_NO_PROFILE:
	case ERR_NO_CONTACT:
	case ERR_NETWORK:
	case ERR_TLS:
	case ERR_PEER:
		return false;
	default:
		return err_row(e)->err == e;
	}
}

static enum err error_of(const struct peer_call *c, const struct http_reply *r, struct err_info *info)
{
	Medlock__ErrorReply *words = NULL;
	enum err e = api_err_of(r->status), said, shown;

	if (r->body.len > 0 && strcasecmp(r->content_type, API_TYPE) == 0 &&
	    WIRE_DECODE(&words, medlock__error_reply, buf_bytes(&r->body), REPLY_SMALL_MAX * 2, NULL) == ERR_OK) {
		said = words->code > 0 && words->code < 10000 ? (enum err)(-(int)words->code) : ERR_PEER;
		if (from_peer(said))
			e = said;
		WIRE_FREE(words);
	}
	if (e == ERR_BUSY)
		e = ERR_BUSY_PEER;
	shown = e;
	if (!from_peer(e))
		e = ERR_PEER;
	/* Our words, not the peer's: its text is foreign.  That its disk is full may be told, only not as if ours were. */
	return err_set(info, e, "%s answers %d: %s", c->peer->url, r->status, err_text(shown));
}

static enum err call_peer(const struct peer_call *c, struct http_reply *ret, const char *path, const struct ask *ask,
			  struct err_info *info)
{
	char url[URL_MAX + PEER_PATH_MAX];
	struct http_reply r;
	int len = snprintf(url, sizeof(url), "%s%s", c->peer->url, path);
	const struct http_call call = {
		.verb = ask->verb, .url = url, .pin = &c->peer->pin, .authorization = c->authorization,
		.content_type = ask->body_type, .body = ask->body,
		.reply_max = ask->reply_max > REPLY_SMALL_MAX ? ask->reply_max : REPLY_SMALL_MAX,
		.timeout_ms = ask->timeout_ms > 0 ? ask->timeout_ms : c->timeout_ms, .task = c->task,
	};
	enum err e;

	ASSERT(len > 0 && (size_t)len < sizeof(url));
	TRY(http_client_call(c->http, &r, &call, info));
	if (r.status < 200 || r.status > 299)
		e = error_of(c, &r, info);
	else if (ask->type != NULL && strcasecmp(r.content_type, ask->type) != 0)
		e = err_set(info, ERR_PEER, "%s answers with another type than %s", c->peer->url, ask->type);
	else
		e = ERR_OK;
	if (e == ERR_OK)
		*ret = r;
	else
		http_reply_release(&r);
	return e;
}

/* One call whose answer is a message of ours. */
static enum err call_message(const struct peer_call *c, ProtobufCMessage **ret, const char *path,
			     const ProtobufCMessageDescriptor *d, const struct ask *ask, struct err_info *info)
{
	struct http_reply r;
	enum err e;

	TRY(call_peer(c, &r, path, ask, info));
	e = wire_decode(ret, d, buf_bytes(&r.body), ask->reply_max * DECODED_FACTOR, NULL);
	http_reply_release(&r);
	if (e == ERR_MEMORY)
		return err_set(info, e, "answer of %s", c->peer->url);
	return e == ERR_OK ? e : err_set(info, ERR_PEER, "%s sent a malformed %s: %s", c->peer->url, d->short_name,
			err_text(e));
}

#define CALL_MESSAGE(c, ret, path, type, ask, info)                                                \
	call_message(c, (ProtobufCMessage **)(void *)(ret), path, &type##__descriptor, ask, info)

static struct ask get_message(size_t reply_max)
{
	return (struct ask){.verb = HTTP_VERB_GET, .type = API_TYPE, .reply_max = reply_max};
}

enum err peer_get(const struct peer_call *c, ProtobufCMessage **ret, const char *path, const ProtobufCMessageDescriptor *d,
		  size_t reply_max, struct err_info *info)
{
	const struct ask ask = get_message(reply_max);

	return call_message(c, ret, path, d, &ask, info);
}

static enum err send(const struct peer_call *c, enum http_verb verb, const char *path, struct bytes body, struct err_info *info)
{
	const struct ask ask = {.verb = verb, .body_type = API_TYPE_BLOB, .body = body, .reply_max = REPLY_SMALL_MAX};
	struct http_reply r;

	TRY(call_peer(c, &r, path, &ask, info));
	http_reply_release(&r);
	return ERR_OK;
}

enum err peer_post(const struct peer_call *c, const char *path, struct bytes body, struct err_info *info)
{
	return send(c, HTTP_VERB_POST, path, body, info);
}

enum err peer_put(const struct peer_call *c, const char *path, struct bytes body, struct err_info *info)
{
	return send(c, HTTP_VERB_PUT, path, body, info);
}

enum err peer_get_bytes(const struct peer_call *c, struct buf *ret, const char *path, const char *type, size_t reply_max,
			struct err_info *info)
{
	const struct ask ask = {.verb = HTTP_VERB_GET, .type = type, .reply_max = reply_max};
	struct http_reply r;
	enum err e;

	TRY(call_peer(c, &r, path, &ask, info));
	buf_append_bytes(ret, buf_bytes(&r.body));
	http_reply_release(&r);
	e = buf_error(ret);
	return e == ERR_OK ? e : err_set(info, e, "answer of %s", c->peer->url);
}

static enum err malformed(const struct peer_call *c, const char *what, struct err_info *info)
{
	return err_set(info, ERR_PEER, "%s sent a %s with wrong lengths or counts", c->peer->url, what);
}

static enum err status_at(const struct peer_call *c, Medlock__StatusReply **ret, const char *path, int64_t timeout_ms,
			  struct err_info *info)
{
	struct ask ask = get_message(REPLY_SMALL_MAX);
	Medlock__StatusReply *m;

	ask.timeout_ms = timeout_ms;
	TRY(CALL_MESSAGE(c, &m, path, medlock__status_reply, &ask, info));
	if (m->network_id.len != ID_SIZE || (m->app_hash.len != 0 && m->app_hash.len != ID_SIZE) ||
	    (m->block_hash.len != 0 && m->block_hash.len != ID_SIZE) || strlen(m->chain_id) > CHAIN_ID_MAX) {
		WIRE_FREE(m);
		return malformed(c, "status", info);
	}
	*ret = m;
	return ERR_OK;
}

enum err peer_status(const struct peer_call *c, Medlock__StatusReply **ret, struct err_info *info)
{
	return status_at(c, ret, API_STATUS, 0, info);
}

enum err peer_status_after(const struct peer_call *c, Medlock__StatusReply **ret, uint64_t after, struct err_info *info)
{
	char path[PEER_PATH_MAX];

	(void)snprintf(path, sizeof(path), API_STATUS "?" API_PARAM_AFTER "=%" PRIu64, after);
	return status_at(c, ret, path, LONG_POLL_MS + LONG_POLL_SLACK_MS, info);
}

enum err peer_genesis(const struct peer_call *c, struct buf *ret, struct err_info *info)
{
	const struct ask ask = {.verb = HTTP_VERB_GET, .reply_max = GENESIS_SIZE_MAX};
	struct http_reply r;
	enum err e;

	TRY(call_peer(c, &r, API_GENESIS, &ask, info));
	buf_append_bytes(ret, buf_bytes(&r.body));
	http_reply_release(&r);
	e = buf_error(ret);
	return e == ERR_OK ? e : err_set(info, e, "genesis of %s", c->peer->url);
}

static enum err take_tx(const struct peer_call *c, Medlock__TxReply **ret, Medlock__TxReply *m, struct err_info *info)
{
	if (m->tx.len != ID_SIZE || m->body.len > TX_SIZE_MAX || m->data.len > TX_SIZE_MAX) {
		WIRE_FREE(m);
		return malformed(c, "result", info);
	}
	*ret = m;
	return ERR_OK;
}

enum err peer_submit(const struct peer_call *c, Medlock__TxReply **ret, struct bytes tx, struct err_info *info)
{
	const struct ask ask = {.verb = HTTP_VERB_POST, .type = API_TYPE, .body_type = API_TYPE, .body = tx,
				.reply_max = REPLY_TX_MAX};
	Medlock__TxReply *m;

	TRY(CALL_MESSAGE(c, &m, API_TX, medlock__tx_reply, &ask, info));
	return take_tx(c, ret, m, info);
}

enum err peer_tx(const struct peer_call *c, Medlock__TxReply **ret, const struct tx_id *id, struct err_info *info)
{
	const struct ask ask = get_message(REPLY_TX_MAX);
	char path[PEER_PATH_MAX] = API_TX "/";
	Medlock__TxReply *m;

	hex_encode(path + strlen(path), id->b, sizeof(id->b));
	TRY(CALL_MESSAGE(c, &m, path, medlock__tx_reply, &ask, info));
	if (!bytes_equal(wire_bytes(m->tx), BYTES_ID(*id))) {
		WIRE_FREE(m);
		return err_set(info, ERR_PEER, "%s answers about another transaction", c->peer->url);
	}
	return take_tx(c, ret, m, info);
}

static void range_path(char out[PEER_PATH_MAX], const char *base, uint64_t from, uint32_t max)
{
	(void)snprintf(out, PEER_PATH_MAX, "%s?" API_PARAM_FROM "=%" PRIu64 "&" API_PARAM_MAX "=%" PRIu32, base, from,
			max);
}

enum err peer_headers(const struct peer_call *c, Medlock__HeadersReply **ret, uint64_t from, uint32_t max,
		      struct err_info *info)
{
	const struct ask ask = get_message(REPLY_LIST_MAX);
	char path[PEER_PATH_MAX];
	Medlock__HeadersReply *m;

	if (max > API_HEADERS_MAX)
		max = API_HEADERS_MAX;
	range_path(path, API_HEADERS, from, max);
	TRY(CALL_MESSAGE(c, &m, path, medlock__headers_reply, &ask, info));
	if (m->n_headers > max) {
		WIRE_FREE(m);
		return malformed(c, "list of headers", info);
	}
	*ret = m;
	return ERR_OK;
}

enum err peer_blocks(const struct peer_call *c, Medlock__BlocksReply **ret, uint64_t from, uint32_t max,
		     struct err_info *info)
{
	const struct ask ask = get_message(REPLY_LIST_MAX);
	char path[PEER_PATH_MAX];
	Medlock__BlocksReply *m;

	if (max > API_BLOCKS_MAX)
		max = API_BLOCKS_MAX;
	range_path(path, API_BLOCKS, from, max);
	TRY(CALL_MESSAGE(c, &m, path, medlock__blocks_reply, &ask, info));
	if (m->n_blocks > max) {
		WIRE_FREE(m);
		return malformed(c, "list of blocks", info);
	}
	*ret = m;
	return ERR_OK;
}

#define PROOF_KEY_MAX 256u

enum err peer_proof(const struct peer_call *c, Medlock__ProofReply **ret, struct bytes key,
		    const struct request_id *request, struct err_info *info)
{
	const struct ask ask = get_message(REPLY_PROOF_MAX);
	char path[PEER_PATH_MAX] = API_PROOF "?" API_PARAM_KEY "=", *end;
	Medlock__ProofReply *m;

	ASSERT(key.len > 0 && key.len <= PROOF_KEY_MAX);
	hex_encode(path + strlen(path), key.data, key.len);
	if (request != NULL) {
		end = path + strlen(path);
		end += snprintf(end, sizeof(path) - (size_t)(end - path), "&" API_PARAM_REQUEST "=");
		hex_encode(end, request->b, sizeof(request->b));
	}
	TRY(CALL_MESSAGE(c, &m, path, medlock__proof_reply, &ask, info));
	if (!bytes_equal(wire_bytes(m->key), key) || (!m->present && m->value.len > 0)) {
		WIRE_FREE(m);
		return err_set(info, ERR_PEER, "%s answers with a proof of something else", c->peer->url);
	}
	*ret = m;
	return ERR_OK;
}

enum err peer_events(const struct peer_call *c, Medlock__EventsReply **ret, const struct account_id *account,
		     uint64_t from, struct err_info *info)
{
	const struct ask ask = get_message(REPLY_LIST_MAX);
	char path[PEER_PATH_MAX] = API_EVENTS "?" API_PARAM_ACCOUNT "=", *end;
	Medlock__EventsReply *m;

	end = path + strlen(path);
	hex_encode(end, account->b, sizeof(account->b));
	end += strlen(end);
	(void)snprintf(end, sizeof(path) - (size_t)(end - path), "&" API_PARAM_FROM "=%" PRIu64, from);
	TRY(CALL_MESSAGE(c, &m, path, medlock__events_reply, &ask, info));
	if (m->n_events > API_EVENTS_MAX) {
		WIRE_FREE(m);
		return malformed(c, "list of events", info);
	}
	*ret = m;
	return ERR_OK;
}

enum err peer_erased(const struct peer_call *c, Medlock__ErasedReply **ret, const struct record_id *record,
		     struct err_info *info)
{
	const struct ask ask = get_message(REPLY_SMALL_MAX);
	char path[PEER_PATH_MAX] = API_ERASED "?" API_PARAM_RECORD "=";
	Medlock__ErasedReply *m;

	hex_encode(path + strlen(path), record->b, sizeof(record->b));
	TRY(CALL_MESSAGE(c, &m, path, medlock__erased_reply, &ask, info));
	if (!bytes_equal(wire_bytes(m->record), BYTES_ID(*record)) || m->held > m->blobs) {
		WIRE_FREE(m);
		return malformed(c, "word about an erased record", info);
	}
	*ret = m;
	return ERR_OK;
}

static char *blob_path(char out[PEER_PATH_MAX], const struct blob_id *id)
{
	const size_t base = strlen(API_BLOB "/");

	memcpy(out, API_BLOB "/", base + 1);
	hex_encode(out + base, id->b, sizeof(id->b));
	return out + strlen(out);
}

/* Where the peer stands with a blob, from the two headers. */
static enum err blob_state(const struct peer_call *c, struct peer_blob *ret, const struct http_reply *r,
			   struct err_info *info)
{
	if (!r->has_held || !r->has_size || r->held > r->size || r->size > RECORD_SIZE_MAX)
		return err_set(info, ERR_PEER, "%s does not say what it holds of the blob", c->peer->url);
	ret->held = r->held;
	ret->size = r->size;
	return ERR_OK;
}

enum err peer_blob_head(const struct peer_call *c, struct peer_blob *ret, const struct blob_id *id,
		struct err_info *info)
{
	const struct ask ask = {.verb = HTTP_VERB_HEAD, .reply_max = REPLY_SMALL_MAX};
	char path[PEER_PATH_MAX];
	struct http_reply r;
	enum err e;

	(void)blob_path(path, id);
	TRY(call_peer(c, &r, path, &ask, info));
	e = blob_state(c, ret, &r, info);
	http_reply_release(&r);
	return e;
}

enum err peer_blob_put(const struct peer_call *c, struct peer_blob *ret, const struct blob_id *id, uint64_t offset,
		       uint64_t size, struct bytes piece, struct err_info *info)
{
	const struct ask ask = {.verb = HTTP_VERB_PUT, .body_type = API_TYPE_BLOB, .body = piece,
				.reply_max = REPLY_SMALL_MAX};
	char path[PEER_PATH_MAX], *end;
	struct http_reply r;
	enum err e;

	ASSERT(piece.len > 0 && piece.len <= API_PIECE_MAX && offset + piece.len <= size);
	end = blob_path(path, id);
	(void)snprintf(end, sizeof(path) - (size_t)(end - path),
		       "?" API_PARAM_OFFSET "=%" PRIu64 "&" API_PARAM_SIZE "=%" PRIu64, offset, size);
	TRY(call_peer(c, &r, path, &ask, info));
	e = blob_state(c, ret, &r, info);
	http_reply_release(&r);
	return e;
}

enum err peer_blob_get(const struct peer_call *c, struct buf *ret_piece, struct peer_blob *ret,
		const struct blob_id *id,
		       uint64_t offset, size_t max, struct err_info *info)
{
	const struct ask ask = {.verb = HTTP_VERB_GET, .type = API_TYPE_BLOB, .reply_max = max};
	char path[PEER_PATH_MAX], *end;
	struct peer_blob state;
	struct http_reply r;
	enum err e;

	ASSERT(max > 0 && max <= API_PIECE_MAX);
	end = blob_path(path, id);
	(void)snprintf(end, sizeof(path) - (size_t)(end - path),
			"?" API_PARAM_OFFSET "=%" PRIu64 "&" API_PARAM_MAX "=%zu",
		       offset, max);
	TRY(call_peer(c, &r, path, &ask, info));
	e = blob_state(c, &state, &r, info);
	if (e == ERR_OK && (r.body.len > max || offset + r.body.len > state.size))
		e = malformed(c, "piece", info);
	if (e == ERR_OK && r.body.len == 0 && offset < state.held)
		e = malformed(c, "piece", info);
	if (e == ERR_OK) {
		buf_append_bytes(ret_piece, buf_bytes(&r.body));
		e = buf_error(ret_piece);
	}
	http_reply_release(&r);
	if (e == ERR_OK)
		*ret = state;
	return e;
}

enum err peer_release(const struct peer_call *c, Medlock__ReleaseReply **ret, struct bytes request,
		struct err_info *info)
{
	const struct ask ask = {.verb = HTTP_VERB_POST, .type = API_TYPE, .body_type = API_TYPE, .body = request,
				.reply_max = REPLY_RELEASE_MAX};
	Medlock__ReleaseReply *m;

	TRY(CALL_MESSAGE(c, &m, API_RELEASE, medlock__release_reply, &ask, info));
	if (m->sealed.len == 0 || m->index == 0 || m->index > CUSTODIANS_MAX) {
		WIRE_FREE(m);
		return malformed(c, "share", info);
	}
	*ret = m;
	return ERR_OK;
}
