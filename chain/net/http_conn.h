/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the HTTP server: what it knows of each connection, and the deadlines and caps that it enforces.
 *
 * evhttp owns the connections.  Each has a record here, tied to its SSL object: made when the connection is accepted,
 * freed when the SSL object is.  A connection that breaks a limit gets its socket shut down, which evhttp sees as the
 * end of the stream; so there is one way for a connection to end.
 */
#ifndef MEDLOCK_NET_HTTP_CONN_H
#define MEDLOCK_NET_HTTP_CONN_H

#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "chain/net/http_server.h"

#define ADDRESS_TEXT 64

enum conn_state {
	CONN_READING,  /* handshake, headers or body are coming */
	CONN_HANDLING, /* a handler has the request */
	CONN_WRITING,  /* the answer is going out */
	CONN_IDLE,     /* between requests */
};

struct conn {
	TAILQ_ENTRY(conn) link;
	struct http_server *server; /* NULL when the server went first */
	struct bufferevent *bev;
	struct http_request *request;
	enum conn_state state;
	int64_t since;        /* steady ms: start of this state */
	size_t bytes;         /* that came (READING) or go out (WRITING) in this state */
	bool admitted, ended;
	char address[ADDRESS_TEXT];
};
TAILQ_HEAD(conn_list, conn);

struct http_request {
	struct conn *conn; /* NULL when the client has left */
	struct http_server *server;
	struct evhttp_request *ev;
	TAILQ_ENTRY(http_request) link;
	const struct http_route *route;
	const char *tail;
	struct evkeyvalq query;
	enum http_method method;
	char address[ADDRESS_TEXT];
};

struct http_server {
	struct event_base *base;
	struct evhttp *http;
	struct evconnlistener *listener;
	SSL_CTX *tls;
	int ssl_index;
	struct event *admit, *sweep;
	struct conn_list conns; /* oldest first */
	struct http_limits limits;
	struct http_counters counters;
	size_t buffered;
	uint32_t waiting;
	struct http_route *routes;
	size_t route_count;
	TAILQ_HEAD(, http_request) requests;
	uint16_t port;
};

/* evhttp's hook: a bufferevent for each accepted socket. */
struct bufferevent *conn_accept(struct event_base *base, void *server);
/* Whom limits take for one: an IPv4 address, also a mapped one, or the 64 bits of an IPv6 network; "" for another family. */
void conn_address(char out[ADDRESS_TEXT], const struct sockaddr *a);
struct conn *conn_of(struct http_server *s, struct evhttp_request *request);
void conn_enter(struct conn *c, enum conn_state state, size_t bytes);
/* Set up and take down what belongs to the connections. */
enum err conn_limits_start(struct http_server *s, struct err_info *info) MUST_USE;
void conn_limits_stop(struct http_server *s);

#endif
