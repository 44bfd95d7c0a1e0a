/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/net/http_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/listener.h>
#include <netinet/in.h>

#include "chain/net/http_conn.h"
#include "core/base/text.h"

#define BACKLOG 256
#define LIBRARY_TIMEOUT_S 120 /* evhttp's own; ours in http_conn.c come first */
#define QUERY_MAX 1024u

const struct http_limits HTTP_LIMITS_DEFAULT = {
	.connections = 400,
	.connections_per_address = 64,
	.in_flight = 4096,
	.header_max = API_HEADER_MAX,
	.body_max = 4u * 1024 * 1024 + API_BODY_SLACK,
	.buffered_max = 128u * 1024 * 1024,
	.request_ms = 10000,
	.request_rate = 32u * 1024,
	.idle_ms = 60000,
	.reply_ms = 20000,
};

/* ---- requests ---- */

static void request_free(struct http_request *r)
{
	struct http_server *s = r->server;

	TAILQ_REMOVE(&s->requests, r, link);
	if (r->route != NULL && r->route->waits)
		s->waiting--;
	else
		s->counters.in_flight--;
	if (r->conn != NULL)
		r->conn->request = NULL;
	evhttp_clear_headers(&r->query);
	free(r);
}

static void on_sent(struct evhttp_request *ev, void *context)
{
	(void)ev;
	conn_enter(context, CONN_IDLE, 0);
}

static const char *reason_of(int status)
{
	switch (status) {
	case 200: return "OK";
	case 201: return "Created";
	case 202: return "Accepted";
	case 404: return "Not Found";
	case 405: return "Method Not Allowed";
	default: return status < 500 ? "Refused" : "Failed";
	}
}

void http_reply_header(struct http_request *r, const char *name, const char *value)
{
	evhttp_add_header(evhttp_request_get_output_headers(r->ev), name, value);
}

void http_reply_header_u64(struct http_request *r, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	http_reply_header(r, name, text);
}

void http_reply(struct http_request *r, int status, const char *type, struct bytes body)
{
	struct evhttp_request *ev = r->ev;
	struct conn *conn = r->conn;
	struct evbuffer *out = evbuffer_new();

	/* evhttp would send it all the same, and the client takes it for the next answer (RFC 9110 section 9.3.2). */
	if (evhttp_request_get_command(ev) == EVHTTP_REQ_HEAD)
		body = bytes_of(NULL, 0);
	if (type != NULL)
		http_reply_header(r, "Content-Type", type);
	http_reply_header(r, "Cache-Control", "no-store");
	if (status >= 400)
		r->server->counters.bad_requests++;
	request_free(r);
	if (conn != NULL) {
		conn_enter(conn, CONN_WRITING, body.len);
		evhttp_request_set_on_complete_cb(ev, on_sent, conn);
	}
	if (out != NULL && body.len > 0)
		evbuffer_add(out, body.data, body.len);
	evhttp_send_reply(ev, status, reason_of(status), out); /* frees ev when the client has left */
	if (out != NULL)
		evbuffer_free(out);
}

void http_reply_error(struct http_request *r, enum err e)
{
	struct buf body = BUF_INIT;

	api_error_body(&body, e);
	http_reply(r, api_status_of(e), API_TYPE, buf_bytes(&body));
	buf_release(&body);
}

enum http_method http_request_method(const struct http_request *r)
{
	return r->method;
}

const char *http_request_tail(const struct http_request *r)
{
	return r->tail;
}

const char *http_request_header(const struct http_request *r, const char *name)
{
	return evhttp_find_header(evhttp_request_get_input_headers(r->ev), name);
}

struct bytes http_request_body(struct http_request *r)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(r->ev);
	size_t len = evbuffer_get_length(in);

	return bytes_of(len == 0 ? NULL : evbuffer_pullup(in, -1), len);
}

const char *http_request_address(const struct http_request *r)
{
	return r->address;
}

bool http_request_loopback(const struct http_request *r)
{
	return strncmp(r->address, "127.", 4) == 0 || strcmp(r->address, "::1") == 0;
}

/* The value of a parameter that is there once; NULL when absent, ERR_FORMAT when twice. */
static enum err query_find(const char **ret, const struct http_request *r, const char *name)
{
	const struct evkeyval *pair;

	*ret = NULL;
	for (pair = r->query.tqh_first; pair != NULL; pair = pair->next.tqe_next) {
		if (strcmp(pair->key, name) != 0)
			continue;
		if (*ret != NULL)
			return ERR_FORMAT;
		*ret = pair->value;
	}
	return ERR_OK;
}

enum err http_query_u64(uint64_t *ret, const struct http_request *r, const char *name, uint64_t fallback,
			uint64_t max)
{
	const char *text;

	TRY(query_find(&text, r, name));
	if (text == NULL) {
		*ret = fallback;
		return ERR_OK;
	}
	return parse_u64(ret, bytes_str(text), max);
}

enum err http_query_hex(struct buf *ret, const struct http_request *r, const char *name, size_t max)
{
	const char *text;
	size_t len;
	uint8_t *out;

	TRY(query_find(&text, r, name));
	if (text == NULL)
		return ERR_NOT_FOUND;
	len = strlen(text) / 2;
	if (len == 0 || len > max || strlen(text) % 2 != 0)
		return ERR_FORMAT;
	out = buf_reserve(ret, len);
	if (out == NULL)
		return buf_error(ret);
	TRY(hex_decode(out, len, text));
	ret->len += len;
	return ERR_OK;
}

/* ---- dispatch ---- */

static const struct http_route *route_find(const struct http_server *s, const char *path, const char **ret_tail)
{
	for (size_t i = 0; i < s->route_count; i++) {
		const struct http_route *route = &s->routes[i];
		size_t len = strlen(route->path);

		*ret_tail = "";
		if (!route->prefix && strcmp(path, route->path) == 0)
			return route;
		if (route->prefix && strncmp(path, route->path, len) == 0 && path[len] != '\0' &&
		    strchr(path + len, '/') == NULL) {
			*ret_tail = path + len;
			return route;
		}
	}
	return NULL;
}

static unsigned method_of(struct evhttp_request *ev)
{
	switch (evhttp_request_get_command(ev)) {
	case EVHTTP_REQ_GET: return HTTP_GET;
	case EVHTTP_REQ_HEAD: return HTTP_HEAD;
	case EVHTTP_REQ_PUT: return HTTP_PUT;
	case EVHTTP_REQ_POST: return HTTP_POST;
	case EVHTTP_REQ_DELETE:
	case EVHTTP_REQ_OPTIONS:
	case EVHTTP_REQ_TRACE:
	case EVHTTP_REQ_CONNECT:
	case EVHTTP_REQ_PATCH:
	default: return 0;
	}
}

static void dispatch(struct http_request *r, const char *path, const char *query)
{
	struct http_server *s = r->server;
	const struct http_route *route = route_find(s, path, &r->tail);

	if (route == NULL) {
		http_reply_error(r, ERR_NOT_FOUND);
		return;
	}
	if ((route->methods & (unsigned)r->method) == 0) {
		http_reply_error(r, ERR_USAGE);
		return;
	}
	if (query != NULL && (strlen(query) > QUERY_MAX || evhttp_parse_query_str(query, &r->query) != 0)) {
		http_reply_error(r, ERR_FORMAT);
		return;
	}
	if (s->counters.in_flight > s->limits.in_flight || s->waiting > s->limits.connections) {
		http_reply_error(r, ERR_BUSY_PEER);
		return;
	}
	r->route = route;
	if (route->waits) {
		s->counters.in_flight--;
		s->waiting++;
	}
	route->handler(route->self, r);
}

static void on_request(struct evhttp_request *ev, void *context)
{
	struct http_server *s = context;
	struct conn *c = conn_of(s, ev);
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(ev);
	const char *path = uri == NULL ? NULL : evhttp_uri_get_path(uri);
	struct http_request *r = c == NULL ? NULL : calloc(1, sizeof(*r));

	if (r == NULL || path == NULL) {
		free(r);
		evhttp_send_error(ev, 500, NULL);
		return;
	}
	s->counters.requests++;
	s->counters.in_flight++;
	r->conn = c;
	c->request = r;
	r->server = s;
	r->ev = ev;
	r->method = method_of(ev);
	TAILQ_INIT(&r->query);
	snprintf(r->address, sizeof(r->address), "%s", c->address);
	TAILQ_INSERT_TAIL(&s->requests, r, link);
	conn_enter(c, CONN_HANDLING, 0);
	dispatch(r, path, evhttp_uri_get_query(uri));
}

/* ---- the server ---- */

static enum err listen_at(struct http_server *s, const char *host, uint16_t port, struct err_info *info)
{
	char text[ADDRESS_TEXT + 16];
	struct sockaddr_storage address;
	int len = sizeof(address);
	socklen_t bound_len = sizeof(address);

	snprintf(text, sizeof(text), strchr(host, ':') != NULL ? "[%s]" : "%s", host);
	if (evutil_parse_sockaddr_port(text, (struct sockaddr *)&address, &len) != 0)
		return err_set(info, ERR_USAGE, "'%s' is not a numeric address to listen on", host);
	if (address.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&address)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)&address)->sin_port = htons(port);
	s->listener = evconnlistener_new_bind(s->base, NULL, NULL,
					      LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
					      BACKLOG, (struct sockaddr *)&address, len);
	if (s->listener == NULL)
		return err_set(info, ERR_NETWORK, "cannot listen on %s port %u: %s", host, (unsigned)port,
			       strerror(errno));
	if (getsockname(evconnlistener_get_fd(s->listener), (struct sockaddr *)&address, &bound_len) != 0)
		return err_set(info, ERR_NETWORK, "cannot read the port of %s", text);
	s->port = ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
						      : ((struct sockaddr_in *)&address)->sin_port);
	if (evhttp_bind_listener(s->http, s->listener) == NULL)
		return err_set(info, ERR_MEMORY, "while binding the HTTP server");
	return ERR_OK;
}

static enum err server_start(struct http_server *s, const struct http_server_options *options, struct err_info *info)
{
	TRY(conn_limits_start(s, info));
	s->http = evhttp_new(s->base);
	s->routes = calloc(options->route_count, sizeof(*s->routes));
	if (s->http == NULL || s->routes == NULL)
		return err_set(info, ERR_MEMORY, "while starting the HTTP server");
	memcpy(s->routes, options->routes, options->route_count * sizeof(*s->routes));
	s->route_count = options->route_count;
	evhttp_set_bevcb(s->http, conn_accept, s);
	evhttp_set_gencb(s->http, on_request, s);
	evhttp_set_max_headers_size(s->http, (ev_ssize_t)s->limits.header_max);
	evhttp_set_max_body_size(s->http, (ev_ssize_t)s->limits.body_max);
	evhttp_set_timeout(s->http, LIBRARY_TIMEOUT_S);
	evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_PUT | EVHTTP_REQ_POST |
						    EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH);
	return listen_at(s, options->host, options->port, info);
}

enum err http_server_new(struct http_server **ret, const struct http_server_options *options, struct err_info *info)
{
	struct http_server *s = calloc(1, sizeof(*s));
	enum err e;

	if (s == NULL)
		return err_set(info, ERR_MEMORY, "while starting the HTTP server");
	TAILQ_INIT(&s->conns);
	TAILQ_INIT(&s->requests);
	s->base = options->base;
	s->tls = options->tls;
	s->limits = options->limits;
	e = server_start(s, options, info);
	if (e != ERR_OK) {
		http_server_free(s);
		return e;
	}
	*ret = s;
	return ERR_OK;
}

uint16_t http_server_port(const struct http_server *s)
{
	return s->port;
}

struct http_counters http_server_counters(const struct http_server *s)
{
	return s->counters;
}

void http_server_close_listener(struct http_server *s)
{
	if (s->listener != NULL)
		evconnlistener_disable(s->listener);
}

void http_server_free(struct http_server *s)
{
	struct http_request *r;

	if (s == NULL)
		return;
	while ((r = TAILQ_FIRST(&s->requests)) != NULL) {
		if (r->conn == NULL)
			evhttp_request_free(r->ev);
		request_free(r);
	}
	if (s->http != NULL)
		evhttp_free(s->http);
	else if (s->listener != NULL)
		evconnlistener_free(s->listener);
	conn_limits_stop(s);
	free(s->routes);
	free(s);
}
