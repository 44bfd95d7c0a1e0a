/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/net/http_conn.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "chain/proto/limits.h"

#define SWEEP_MS 250
/* evhttp takes a body out of the input only when it is whole, so the largest body must fit below the watermark. */
#define INPUT_WATERMARK (API_PIECE_MAX + API_BODY_SLACK + API_HEADER_MAX + 64u * 1024)

static int64_t steady_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void conn_end(struct conn *c)
{
	int fd = bufferevent_getfd(c->bev);

	if (c->ended || fd < 0)
		return;
	c->ended = true;
	shutdown(fd, SHUT_RDWR);
}

/* Bytes of unfinished requests are counted over all connections, so that many large bodies cannot add up. */
static void uncount(struct conn *c)
{
	if (c->state == CONN_READING && c->server != NULL)
		c->server->buffered -= c->bytes;
}

void conn_enter(struct conn *c, enum conn_state state, size_t bytes)
{
	uncount(c);
	c->state = state;
	c->since = steady_ms();
	c->bytes = bytes;
	if (state == CONN_READING)
		c->server->buffered += bytes;
}

/* Called by OpenSSL when the SSL object goes, whoever ended the connection. */
static void conn_free(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long number, void *argument)
{
	struct conn *c = pointer;

	(void)parent, (void)data, (void)index, (void)number, (void)argument;
	if (c == NULL)
		return;
	if (c->server != NULL) {
		uncount(c);
		TAILQ_REMOVE(&c->server->conns, c, link);
		c->server->counters.open--;
	}
	if (c->request != NULL)
		c->request->conn = NULL;
	free(c);
}

static void end_largest(struct http_server *s)
{
	struct conn *c, *largest = NULL;

	TAILQ_FOREACH(c, &s->conns, link)
		if (c->state == CONN_READING && !c->ended && (largest == NULL || c->bytes > largest->bytes))
			largest = c;
	if (largest != NULL)
		conn_end(largest);
}

static void on_input(struct evbuffer *buffer, const struct evbuffer_cb_info *change, void *context)
{
	struct conn *c = context;

	(void)buffer;
	if (change->n_added == 0 || c->server == NULL)
		return;
	if (c->state == CONN_IDLE)
		conn_enter(c, CONN_READING, 0);
	if (c->state != CONN_READING)
		return;
	c->bytes += change->n_added;
	c->server->buffered += change->n_added;
	if (c->server->buffered > c->server->limits.buffered_max)
		end_largest(c->server);
}

struct bufferevent *conn_accept(struct event_base *base, void *server)
{
	struct http_server *s = server;
	struct conn *c = calloc(1, sizeof(*c));
	SSL *ssl = c == NULL ? NULL : SSL_new(s->tls);

	if (ssl == NULL || SSL_set_ex_data(ssl, s->ssl_index, c) != 1) {
		SSL_free(ssl);
		free(c);
		return NULL;
	}
	c->server = s;
	TAILQ_INSERT_TAIL(&s->conns, c, link);
	s->counters.open++;
	s->counters.accepted++;
	conn_enter(c, CONN_READING, 0);
	c->bev = bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (c->bev == NULL) {
		SSL_free(ssl);
		return NULL;
	}
	bufferevent_openssl_set_allow_dirty_shutdown(c->bev, 1);
	bufferevent_setwatermark(c->bev, EV_READ, 0, INPUT_WATERMARK);
	evbuffer_add_cb(bufferevent_get_input(c->bev), on_input, c);
	event_active(s->admit, EV_TIMEOUT, 0); /* evhttp sets the socket right after this returns */
	return c->bev;
}

struct conn *conn_of(struct http_server *s, struct evhttp_request *request)
{
	struct evhttp_connection *e = evhttp_request_get_connection(request);
	SSL *ssl = e == NULL ? NULL : bufferevent_openssl_get_ssl(evhttp_connection_get_bufferevent(e));

	return ssl == NULL ? NULL : SSL_get_ex_data(ssl, s->ssl_index);
}

/* ---- caps on connections ---- */

/* Whoever has one IPv6 address has 2^64 of them. */
#define NETWORK_BYTES 8u

static void address_v6(char out[ADDRESS_TEXT], struct in6_addr a)
{
	char text[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_V4MAPPED(&a)) {
		inet_ntop(AF_INET, &a.s6_addr[12], out, ADDRESS_TEXT);
		return;
	}
	if (IN6_IS_ADDR_LOOPBACK(&a)) {
		snprintf(out, ADDRESS_TEXT, "::1");
		return;
	}
	memset(&a.s6_addr[NETWORK_BYTES], 0, sizeof(a) - NETWORK_BYTES);
	inet_ntop(AF_INET6, &a, text, sizeof(text));
	snprintf(out, ADDRESS_TEXT, "%s/64", text);
}

void conn_address(char out[ADDRESS_TEXT], const struct sockaddr *a)
{
	out[0] = '\0';
	if (a->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, out, ADDRESS_TEXT);
	else if (a->sa_family == AF_INET6)
		address_v6(out, ((const struct sockaddr_in6 *)a)->sin6_addr);
}

static void address_read(struct conn *c, int fd)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);

	if (getpeername(fd, (struct sockaddr *)&a, &len) == 0)
		conn_address(c->address, (struct sockaddr *)&a);
}

/* When a cap is reached the oldest connection that no handler works for gives way, so that somebody who holds many open
 * cannot keep newcomers out.
 */
static void make_room(struct http_server *s, const char *address, uint32_t limit)
{
	struct conn *c, *oldest = NULL;
	uint32_t count = 0;

	TAILQ_FOREACH(c, &s->conns, link) {
		if (c->ended || !c->admitted || (address != NULL && strcmp(c->address, address) != 0))
			continue;
		count++;
		if (oldest == NULL && c->state != CONN_HANDLING)
			oldest = c;
	}
	if (count <= limit)
		return;
	s->counters.refused++;
	if (oldest != NULL)
		conn_end(oldest);
}

static void on_admit(evutil_socket_t fd, short what, void *context)
{
	struct http_server *s = context;
	struct conn *c;
	int on = 1;

	(void)fd, (void)what;
	TAILQ_FOREACH(c, &s->conns, link) {
		int socket_fd = bufferevent_getfd(c->bev);

		if (c->admitted || socket_fd < 0)
			continue;
		c->admitted = true;
		setsockopt(socket_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		address_read(c, socket_fd);
		make_room(s, c->address, s->limits.connections_per_address);
		make_room(s, NULL, s->limits.connections);
	}
}

/* ---- deadlines ---- */

static int64_t limit_ms(const struct http_server *s, const struct conn *c)
{
	int64_t by_rate = (int64_t)(c->bytes / s->limits.request_rate) * 1000;

	switch (c->state) {
	case CONN_READING:
		return s->limits.request_ms + by_rate;
	case CONN_WRITING:
		return s->limits.reply_ms + by_rate;
	case CONN_IDLE:
		return s->limits.idle_ms;
	case CONN_HANDLING:
		break;
	}
	return INT64_MAX;
}

static void on_sweep(evutil_socket_t fd, short what, void *context)
{
	struct http_server *s = context;
	int64_t now = steady_ms();
	struct conn *c;

	(void)fd, (void)what;
	TAILQ_FOREACH(c, &s->conns, link) {
		if (c->ended || now - c->since <= limit_ms(s, c))
			continue;
		if (c->state != CONN_IDLE)
			s->counters.timed_out++;
		conn_end(c);
	}
}

enum err conn_limits_start(struct http_server *s, struct err_info *info)
{
	struct timeval every = {0, SWEEP_MS * 1000};

	s->ssl_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, conn_free);
	s->admit = event_new(s->base, -1, 0, on_admit, s);
	s->sweep = event_new(s->base, -1, EV_PERSIST, on_sweep, s);
	if (s->ssl_index < 0 || s->admit == NULL || s->sweep == NULL || event_add(s->sweep, &every) != 0)
		return err_set(info, ERR_MEMORY, "while starting the HTTP server");
	return ERR_OK;
}

void conn_limits_stop(struct http_server *s)
{
	struct conn *c;

	/* evhttp_free only schedules the end of bufferevents: one turn of the loop lets them go. */
	event_base_loop(s->base, EVLOOP_NONBLOCK);
	while ((c = TAILQ_FIRST(&s->conns)) != NULL) {
		TAILQ_REMOVE(&s->conns, c, link);
		c->server = NULL;
	}
	if (s->admit != NULL)
		event_free(s->admit);
	if (s->sweep != NULL)
		event_free(s->sweep);
}
