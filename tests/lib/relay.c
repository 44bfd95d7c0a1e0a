/* SPDX-License-Identifier: Apache-2.0 */
#include "relay.h"

#include <event2/thread.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "chain/net/http_client.h"
#include "chain/net/http_server.h"
#include "chain/net/tls_server.h"

#define RELAY_URL 1024
#define RELAY_REPLY_MAX (16u * 1024 * 1024)
#define MUST(expression) ASSERT((expression) == ERR_OK)

struct relay {
	const struct daemon_home *d;
	const struct buf *ticket;
	relay_hook *hook;
	void *self;
	struct http_client *http;
	struct event_base *base;
	struct event *stop;
	SSL_CTX *tls;
	struct http_server *server;
	pthread_t thread;
	struct peer_address address;
	atomic_uint questions;
};

struct question {
	enum relay_kind kind;
	char url[RELAY_URL];
	struct bytes body;
};

static void add(struct question *q, const char *name, uint64_t number)
{
	size_t len = strlen(q->url);

	snprintf(q->url + len, sizeof(q->url) - len, "%c%s=%" PRIu64, strchr(q->url, '?') != NULL ? '&' : '?', name, number);
}

static void add_number(struct question *q, const struct http_request *r, const char *name)
{
	uint64_t number = UINT64_MAX;

	MUST(http_query_u64(&number, r, name, UINT64_MAX, INT64_MAX));
	if (number != UINT64_MAX)
		add(q, name, number);
}

static void add_hex(struct question *q, const struct http_request *r, const char *name)
{
	struct buf raw = BUF_INIT;
	size_t len;

	if (http_query_hex(&raw, r, name, 256) == ERR_OK) {
		len = strlen(q->url);
		len += (size_t)snprintf(q->url + len, sizeof(q->url) - len, "%c%s=", strchr(q->url, '?') != NULL ? '&' : '?',
					name);
		ASSERT(len + 2 * raw.len < sizeof(q->url));
		hex_encode(q->url + len, raw.data, raw.len);
	}
	buf_release(&raw);
}

static struct question question_of(const struct relay *r, const char *path, enum relay_kind kind)
{
	struct question q = {.kind = kind};

	snprintf(q.url, sizeof(q.url), "%s%s", r->d->peer.url, path);
	return q;
}

/* Ask the daemon; the request is answered, kept, or lost with the server. */
static void pass(struct relay *r, struct http_request *request, const struct question *q)
{
	bool post = q->kind == RELAY_SUBMIT;
	struct http_call call = {.verb = post ? HTTP_VERB_POST : HTTP_VERB_GET, .url = q->url, .pin = &r->d->peer.pin,
				 .authorization = buf_text(r->ticket), .content_type = post ? API_TYPE : NULL,
				 .body = q->body, .reply_max = RELAY_REPLY_MAX};
	enum relay_then then = RELAY_PASS;
	struct http_reply reply;

	atomic_fetch_add(&r->questions, 1);
	if (http_client_call(r->http, &reply, &call, NULL) != ERR_OK) {
		http_reply_error(request, ERR_BUSY_PEER);
		return;
	}
	if (r->hook != NULL && reply.status >= 200 && reply.status <= 299)
		then = r->hook(r->self, q->kind, &reply.body);
	MUST(buf_error(&reply.body));
	if (then == RELAY_PASS)
		http_reply(request, reply.status, reply.content_type, buf_bytes(&reply.body));
	else if (then == RELAY_REFUSE)
		http_reply_error(request, ERR_NOT_FOUND);
	else if (then == RELAY_VANISH)
		event_base_loopbreak(r->base);
	http_reply_release(&reply);
}

static void on_status(void *self, struct http_request *request)
{
	struct question q = question_of(self, API_STATUS, RELAY_STATUS);

	add_number(&q, request, API_PARAM_AFTER);
	pass(self, request, &q);
}

static void on_range(struct relay *r, struct http_request *request, const char *path, enum relay_kind kind)
{
	struct question q = question_of(r, path, kind);

	add_number(&q, request, API_PARAM_FROM);
	add_number(&q, request, API_PARAM_MAX);
	pass(r, request, &q);
}

static void on_headers(void *self, struct http_request *request)
{
	on_range(self, request, API_HEADERS, RELAY_HEADERS);
}

static void on_blocks(void *self, struct http_request *request)
{
	on_range(self, request, API_BLOCKS, RELAY_BLOCKS);
}

static void on_proof(void *self, struct http_request *request)
{
	struct question q = question_of(self, API_PROOF, RELAY_PROOF);

	add_hex(&q, request, API_PARAM_KEY);
	add_hex(&q, request, API_PARAM_REQUEST);
	pass(self, request, &q);
}

static void on_events(void *self, struct http_request *request)
{
	struct question q = question_of(self, API_EVENTS, RELAY_EVENTS);

	add_hex(&q, request, API_PARAM_ACCOUNT);
	add_number(&q, request, API_PARAM_FROM);
	pass(self, request, &q);
}

static void on_tx(void *self, struct http_request *request)
{
	struct question q = question_of(self, API_TX "/", RELAY_TX);
	size_t len = strlen(q.url);

	snprintf(q.url + len, sizeof(q.url) - len, "%s", http_request_tail(request));
	pass(self, request, &q);
}

static void on_submit(void *self, struct http_request *request)
{
	struct question q = question_of(self, API_TX, RELAY_SUBMIT);

	q.body = http_request_body(request);
	pass(self, request, &q);
}

static void on_stop(evutil_socket_t fd, short what, void *base)
{
	(void)fd, (void)what;
	event_base_loopbreak(base);
}

static void *loop(void *self)
{
	struct relay *r = self;

	event_base_dispatch(r->base);
	http_server_free(r->server); /* and with it every connection */
	r->server = NULL;
	return NULL;
}

static void serve(struct relay *r)
{
	struct http_route routes[] = {
		{API_STATUS, false, HTTP_GET, on_status, r, true}, {API_HEADERS, false, HTTP_GET, on_headers, r, false},
		{API_BLOCKS, false, HTTP_GET, on_blocks, r, false}, {API_PROOF, false, HTTP_GET, on_proof, r, false},
		{API_EVENTS, false, HTTP_GET, on_events, r, false}, {API_TX "/", true, HTTP_GET, on_tx, r, false},
		{API_TX, false, HTTP_POST, on_submit, r, false},
	};
	struct http_server_options o = {.base = r->base, .tls = r->tls, .host = "127.0.0.1",
					.limits = HTTP_LIMITS_DEFAULT, .routes = routes,
					.route_count = sizeof(routes) / sizeof(routes[0])};

	MUST(http_server_new(&r->server, &o, NULL));
}

struct relay *relay_new(const struct daemon_home *d, const struct buf *ticket, relay_hook *hook, void *self)
{
	struct relay *r = calloc(1, sizeof(*r));
	struct buf key = BUF_INIT;
	struct hash32 pin;
	char url[64];

	ASSERT(r != NULL);
	signal(SIGPIPE, SIG_IGN);
	evthread_use_pthreads();
	*r = (struct relay){.d = d, .ticket = ticket, .hook = hook, .self = self, .base = event_base_new()};
	r->stop = event_new(r->base, -1, EV_PERSIST, on_stop, r->base);
	MUST(http_client_new(&r->http, NULL, NULL));
	MUST(tls_key_new(&key, NULL));
	MUST(tls_key_pin(&pin, buf_bytes(&key), NULL));
	MUST(tls_server_new(&r->tls, buf_bytes(&key), NULL));
	buf_release(&key);
	serve(r);
	snprintf(url, sizeof(url), "https://127.0.0.1:%u", http_server_port(r->server));
	MUST(peer_address_set(&r->address, url, &pin));
	ASSERT(pthread_create(&r->thread, NULL, loop, r) == 0);
	return r;
}

void relay_free(struct relay *r)
{
	if (r == NULL)
		return;
	event_active(r->stop, EV_READ, 0);
	pthread_join(r->thread, NULL);
	event_free(r->stop);
	event_base_free(r->base);
	SSL_CTX_free(r->tls);
	http_client_free(r->http);
	free(r);
}

const struct peer_address *relay_address(const struct relay *r)
{
	return &r->address;
}

unsigned relay_questions(const struct relay *r)
{
	return atomic_load(&((struct relay *)(uintptr_t)r)->questions);
}
