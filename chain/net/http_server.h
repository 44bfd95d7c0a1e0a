/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTPS server (libevent evhttp over TLS 1.3) that one bad client cannot take from the others.
 *
 * Everything runs on the thread of the event base.  Limits hold before anything is believed: connections in total and
 * for each address (the oldest idle one gives way), bytes of headers and body, bytes buffered in total, requests in
 * flight, and absolute deadlines for the handshake, a request's arrival (a fixed time plus a least rate), an idle
 * connection and a slow reader.  A method or path that is not in the table is answered 405 or 404 at once.
 */
#ifndef MEDLOCK_NET_HTTP_SERVER_H
#define MEDLOCK_NET_HTTP_SERVER_H

#include <event2/event.h>
#include <openssl/ssl.h>

#include "chain/net/peer_api.h"
#include "core/base/clock.h"

enum http_method { HTTP_GET = 1, HTTP_HEAD = 2, HTTP_PUT = 4, HTTP_POST = 8 }; /* bits */

struct http_limits {
	uint32_t connections;             /* in total */
	uint32_t connections_per_address;
	uint32_t in_flight;               /* requests handed to a handler and not yet answered */
	size_t header_max, body_max;
	size_t buffered_max;              /* bytes of unfinished requests, all connections together */
	int64_t request_ms;               /* from a request's first byte (or the accept) to its last … */
	size_t request_rate;              /* … plus one second for each so many bytes that came */
	int64_t idle_ms;                  /* between requests */
	int64_t reply_ms;                 /* for a client to take an answer, plus the same rate */
};
extern const struct http_limits HTTP_LIMITS_DEFAULT;

struct http_server;
struct http_request;

/* A handler answers with http_reply now, or keeps the request and answers later on the same thread. */
typedef void http_handler(void *self, struct http_request *request);

struct http_route {
	const char *path;        /* "/v1/tx", or with prefix: "/v1/tx/" followed by one segment */
	bool prefix;
	unsigned methods;        /* bits of enum http_method */
	http_handler *handler;
	void *self;
	bool waits;              /* may stay unanswered for long: not counted as in flight, but as a waiting request */
};

struct http_counters {
	uint64_t accepted, refused, timed_out, requests, bad_requests;
	uint32_t open, in_flight;
};

/* Bind host:port (port 0: any free one) and serve.  routes are copied; tls, base, clock outlive the server.
 * ERR_NETWORK when the address cannot be bound.
 */
struct http_server_options {
	struct event_base *base;
	SSL_CTX *tls;
	const char *host; /* numeric address */
	uint16_t port;
	struct http_limits limits;
	const struct http_route *routes;
	size_t route_count;
};
enum err http_server_new(struct http_server **ret, const struct http_server_options *options,
			 struct err_info *info) MUST_USE;
uint16_t http_server_port(const struct http_server *s);
struct http_counters http_server_counters(const struct http_server *s);
void http_server_close_listener(struct http_server *s); /* no new connections; open ones go on */
void http_server_free(struct http_server *s);            /* requests kept by handlers are dropped unanswered */

/* What was asked.  Views live until the reply. */
enum http_method http_request_method(const struct http_request *r);
const char *http_request_tail(const struct http_request *r); /* the segment after a prefix route, "" otherwise */
const char *http_request_header(const struct http_request *r, const char *name); /* NULL when absent */
struct bytes http_request_body(struct http_request *r);
/* Numeric, of the other end; of IPv6 the network of 64 bits, which is what one subscriber gets: limits are by it. */
const char *http_request_address(const struct http_request *r);
bool http_request_loopback(const struct http_request *r);

/* Query parameters.  Absent: the fallback.  A value that is not a plain decimal number within max, or a parameter given
 * twice: ERR_FORMAT or ERR_RANGE.  Hex: exactly size bytes, ERR_FORMAT otherwise, ERR_NOT_FOUND when absent.
 */
enum err http_query_u64(uint64_t *ret, const struct http_request *r, const char *name, uint64_t fallback,
			uint64_t max) MUST_USE;
enum err http_query_hex(struct buf *ret, const struct http_request *r, const char *name, size_t max) MUST_USE;

/* Answer exactly once; r is gone afterwards.  Works also when the client has left in the meantime. */
void http_reply_header(struct http_request *r, const char *name, const char *value);
void http_reply_header_u64(struct http_request *r, const char *name, uint64_t value);
void http_reply(struct http_request *r, int status, const char *type, struct bytes body);
void http_reply_error(struct http_request *r, enum err e); /* api_status_of, api_error_body */

#endif
