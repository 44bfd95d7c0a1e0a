/* SPDX-License-Identifier: Apache-2.0 */
/* One HTTPS call at a time to a peer that is known by its key (libcurl, HTTP/1.1, TLS 1.3 only).
 *
 * Trust is the pin alone: SHA-256 of the SubjectPublicKeyInfo of the peer's TLS key, as the ledger's network
 * row names
 * it (RFC 7469 section 2.4 gives the hash).  Peers' certificates are self-signed and made anew at each start, so no
 * authority and no host name is asked; a call without a pin is refused.  No redirect is followed, no proxy is taken
 * from the environment, no cookie, no compression, no other protocol.
 *
 * Connections are kept and used again for the same peer and pin.  A client belongs to one thread at a time;
 * calls block
 * until the answer is whole, a limit is passed, or the task is cancelled.
 */
#ifndef MEDLOCK_NET_HTTP_CLIENT_H
#define MEDLOCK_NET_HTTP_CLIENT_H

#include "core/base/buf.h"

struct task;
struct http_client;

#define HTTP_CLIENT_CONNECT_MS 10000
#define HTTP_CLIENT_CALL_MS 60000
#define HTTP_CLIENT_STALL_S 40          /* no byte for so long: ERR_TIMEOUT; longer than a long poll */
#define HTTP_CLIENT_REPLY_HEADER_MAX 16384u
#define HTTP_CLIENT_CONNECTIONS_MAX 16
#define HTTP_CLIENT_CANCEL_MS 50        /* a cancelled task is noticed after at most so long */

struct http_client_options {
	const char *proxy; /* NULL: straight; or "socks5h://host:port" */
};

/* ERR_MEMORY, ERR_INTERNAL (libcurl without TLS), ERR_USAGE (proxy of another scheme).  options may be NULL. */
enum err http_client_new(struct http_client **ret, const struct http_client_options *options,
			 struct err_info *info) MUST_USE;
void http_client_free(struct http_client *c);

enum http_verb { HTTP_VERB_GET, HTTP_VERB_HEAD, HTTP_VERB_PUT, HTTP_VERB_POST };

struct http_call {
	enum http_verb verb;
	const char *url;            /* https://host[:port]/path?query */
	const struct hash32 *pin;   /* never NULL */
	const char *authorization;  /* value of the Authorization header; NULL: none */
	const char *content_type;   /* of body; with PUT and POST */
	struct bytes body;
	size_t reply_max;           /* bytes of the answer's body; more is ERR_TOO_LARGE */
	int64_t timeout_ms;         /* whole call; 0: HTTP_CLIENT_CALL_MS */
	struct task *task;          /* NULL: cannot be cancelled */
};

struct http_reply {
	int status;
	char content_type[64];      /* "" when absent */
	bool has_held, has_size;    /* API_BLOB_HELD and API_BLOB_SIZE were there and are numbers */
	uint64_t held, size;
	struct buf body;            /* released by http_reply_release */
};

/* ERR_OK whenever a whole answer came, whatever its status, except 3xx, which is ERR_PEER.
 * ERR_TLS (wrong pin, no TLS 1.3, broken handshake), ERR_TIMEOUT, ERR_NETWORK, ERR_TOO_LARGE, ERR_CANCELLED,
 * ERR_USAGE (not https, user name in the URL, no pin).  ret is untouched on failure.  info names host and reason.
 */
enum err http_client_call(struct http_client *c, struct http_reply *ret, const struct http_call *call,
			  struct err_info *info) MUST_USE;
void http_reply_release(struct http_reply *r);

#endif
