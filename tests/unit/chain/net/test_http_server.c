/* SPDX-License-Identifier: Apache-2.0 */
/* The server on loopback with short limits, against clients that are slow, silent, too large, or not clients at all. */
#include <arpa/inet.h>
#include <event2/thread.h>
#include <openssl/err.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "chain/net/http_server.h"
#include "chain/net/tls_server.h"

#define REQUEST_MS 400
#define IDLE_MS 700
#define BODY_MAX 65536
#define PER_ADDRESS 16

struct fixture {
	struct event_base *base;
	struct event *stop;
	SSL_CTX *tls, *client;
	struct http_server *server;
	pthread_t thread;
	uint16_t port;
	struct http_request *kept;
	atomic_uint kept_calls; /* how often the route was asked; the server's own counters are its thread's alone */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void echo(void *self, struct http_request *r)
{
	struct buf body = BUF_INIT;

	(void)self;
	buf_append_bytes(&body, http_request_body(r));
	http_reply(r, 200, API_TYPE_BLOB, buf_bytes(&body));
	buf_release(&body);
}

static void query(void *self, struct http_request *r)
{
	uint64_t v = 0;
	enum err e = http_query_u64(&v, r, "n", 7, 1000);
	char text[32];

	(void)self;
	snprintf(text, sizeof(text), "%d %llu %s", (int)e, (unsigned long long)v, http_request_tail(r));
	http_reply(r, 200, API_TYPE_TEXT, bytes_str(text));
}

/* Keeps the request; the next one answers both. */
static void keep(void *self, struct http_request *r)
{
	struct fixture *f = self;
	struct http_request *kept = f->kept;

	f->kept = kept == NULL ? r : NULL;
	atomic_fetch_add(&f->kept_calls, 1);
	if (kept == NULL)
		return;
	http_reply(kept, 200, API_TYPE_TEXT, bytes_str("late"));
	http_reply(r, 200, API_TYPE_TEXT, bytes_str("now"));
}

static void on_stop(evutil_socket_t fd, short what, void *base)
{
	(void)fd, (void)what;
	event_base_loopbreak(base);
}

static void *loop(void *base)
{
	event_base_dispatch(base);
	return NULL;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct buf key = BUF_INIT;
	struct http_route routes[] = {
		{"/v1/echo", false, HTTP_POST | HTTP_PUT, echo, f, false},
		{"/v1/ping", false, HTTP_GET | HTTP_HEAD, query, f, false},
		{"/v1/item/", true, HTTP_GET, query, f, false},
		{"/v1/keep", false, HTTP_GET, keep, f, true},
	};
	struct http_server_options o = {.host = "127.0.0.1", .routes = routes, .route_count = 4};

	signal(SIGPIPE, SIG_IGN);
	evthread_use_pthreads();
	f->base = event_base_new();
	f->stop = event_new(f->base, -1, EV_PERSIST, on_stop, f->base);
	assert_int_equal(tls_key_new(&key, NULL), ERR_OK);
	assert_int_equal(tls_server_new(&f->tls, buf_bytes(&key), NULL), ERR_OK);
	buf_release(&key);
	o.base = f->base;
	o.tls = f->tls;
	o.limits = HTTP_LIMITS_DEFAULT;
	o.limits.request_ms = REQUEST_MS;
	o.limits.idle_ms = IDLE_MS;
	o.limits.reply_ms = REQUEST_MS;
	o.limits.body_max = BODY_MAX;
	o.limits.connections_per_address = PER_ADDRESS;
	assert_int_equal(http_server_new(&f->server, &o, NULL), ERR_OK);
	f->port = http_server_port(f->server);
	f->client = SSL_CTX_new(TLS_client_method());
	assert_int_equal(pthread_create(&f->thread, NULL, loop, f->base), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	event_active(f->stop, EV_READ, 0);
	pthread_join(f->thread, NULL);
	http_server_free(f->server);
	event_free(f->stop);
	event_base_free(f->base);
	SSL_CTX_free(f->tls);
	SSL_CTX_free(f->client);
	free(f);
	return 0;
}

/* ---- a small blocking client ---- */

static int dial(const struct fixture *f, const char *from)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(f->port)}, me = {.sin_family = AF_INET};
	struct timeval limit = {5, 0};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	inet_pton(AF_INET, from, &me.sin_addr);
	assert_int_equal(bind(fd, (struct sockaddr *)&me, sizeof(me)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static SSL *dial_tls(const struct fixture *f, const char *from)
{
	SSL *ssl = SSL_new(f->client);

	SSL_set_fd(ssl, dial(f, from));
	if (SSL_connect(ssl) != 1) {
		close(SSL_get_fd(ssl));
		SSL_free(ssl);
		return NULL;
	}
	return ssl;
}

static void hang_up(SSL *ssl)
{
	close(SSL_get_fd(ssl));
	SSL_free(ssl);
}

/* Reads until the whole answer is there; its status, 0 when the connection ended. */
static int answer(SSL *ssl, char *out, size_t size)
{
	size_t len = 0;

	memset(out, 0, size);
	for (;;) {
		int n = SSL_read(ssl, out + len, (int)(size - 1 - len));
		const char *end, *length;

		if (n <= 0)
			return 0;
		len += (size_t)n;
		end = strstr(out, "\r\n\r\n");
		length = strstr(out, "Content-Length: ");
		if (end != NULL && (length == NULL || len >= (size_t)(end + 4 - out) + strtoul(length + 16, NULL, 10)))
			return (int)strtol(out + 9, NULL, 10);
	}
}

static int ask(SSL *ssl, const char *request, char *out, size_t size)
{
	if (SSL_write(ssl, request, (int)strlen(request)) <= 0)
		return 0;
	return answer(ssl, out, size);
}

static int ping_from(const struct fixture *f, const char *from)
{
	char out[4096];
	SSL *ssl = dial_tls(f, from);
	int status;

	if (ssl == NULL)
		return 0;
	status = ask(ssl, "GET /v1/ping HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out));
	hang_up(ssl);
	return status;
}

/* The server ends this connection within limit; anything it says first is ignored. */
static bool ends_within(int fd, int64_t limit)
{
	int64_t end = now_ms() + limit;
	char sink[4096];

	while (now_ms() < end) {
		struct pollfd p = {.fd = fd, .events = POLLIN};

		if (poll(&p, 1, (int)(end - now_ms())) > 0 && recv(fd, sink, sizeof(sink), 0) <= 0)
			return true;
	}
	return false;
}

/* ---- tests ---- */

static void test_routes(void **state)
{
	struct fixture *f = *state;
	SSL *ssl = dial_tls(f, "127.0.0.1");
	char out[4096];

	assert_int_equal(ask(ssl, "GET /v1/ping?n=12 HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out)), 200);
	assert_non_null(strstr(out, "\r\n\r\n0 12 "));
	assert_int_equal(ask(ssl, "GET /v1/ping?n=1&n=2 HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out)), 200);
	assert_non_null(strstr(out, "\r\n\r\n-20 "));
	assert_int_equal(ask(ssl, "GET /v1/ping?n=1001 HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out)), 200);
	assert_non_null(strstr(out, "\r\n\r\n-2 "));
	assert_int_equal(ask(ssl, "GET /v1/item/ab HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out)), 200);
	assert_non_null(strstr(out, "\r\n\r\n0 7 ab"));
	assert_int_equal(ask(ssl, "GET /v1/item/a/b HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out)), 404);
	assert_int_equal(ask(ssl, "GET /v1/pin HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out)), 404);
	assert_int_equal(ask(ssl, "GET /v1/echo HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out)), 405);
	assert_int_equal(ask(ssl, "DELETE /v1/ping HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out)), 405);
	assert_int_equal(ask(ssl, "POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", out, sizeof(out)), 200);
	assert_non_null(strstr(out, "\r\n\r\nabc"));
	hang_up(ssl);
}

static void test_pipelined(void **state)
{
	struct fixture *f = *state;
	SSL *ssl = dial_tls(f, "127.0.0.1");
	char out[4096];

	assert_int_equal(ask(ssl, "GET /v1/item/one HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/item/two HTTP/1.1\r\nHost: x\r\n\r\n",
			     out, sizeof(out)), 200);
	assert_non_null(strstr(out, "one"));
	if (strstr(out, "two") == NULL) {
		assert_int_equal(answer(ssl, out, sizeof(out)), 200);
		assert_non_null(strstr(out, "two"));
	}
	hang_up(ssl);
}

static void test_header_too_large(void **state)
{
	struct fixture *f = *state;
	SSL *ssl = dial_tls(f, "127.0.0.1");
	char big[API_HEADER_MAX * 2], out[4096];
	int status;

	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	memcpy(big, "GET /v1/ping?n=", 15);
	status = ask(ssl, big, out, sizeof(out));
	assert_true(status == 0 || status >= 400);
	hang_up(ssl);
	assert_int_equal(ping_from(f, "127.0.0.1"), 200);
}

static void test_body_too_large(void **state)
{
	struct fixture *f = *state;
	SSL *ssl = dial_tls(f, "127.0.0.1");
	char out[4096];
	int64_t start = now_ms();

	assert_int_equal(ask(ssl, "POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000000\r\n\r\n", out,
			     sizeof(out)), 413);
	assert_true(now_ms() - start < REQUEST_MS);
	hang_up(ssl);
}

static void test_slow_header(void **state)
{
	struct fixture *f = *state;
	SSL *ssl = dial_tls(f, "127.0.0.1");
	int64_t start = now_ms();
	bool ended = false;

	/* a byte each 20 ms keeps every timeout between reads from firing */
	while (!ended && now_ms() - start < 10 * REQUEST_MS) {
		if (SSL_write(ssl, "G", 1) <= 0)
			break;
		ended = ends_within(SSL_get_fd(ssl), 20);
	}
	assert_true(now_ms() - start < 3 * REQUEST_MS + 500);
	hang_up(ssl);
}

static void test_slow_body(void **state)
{
	struct fixture *f = *state;
	SSL *ssl = dial_tls(f, "127.0.0.1");
	const char *head = "POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n";
	int64_t start = now_ms();
	bool ended = false;

	assert_true(SSL_write(ssl, head, (int)strlen(head)) > 0);
	while (!ended && now_ms() - start < 10 * REQUEST_MS) {
		if (SSL_write(ssl, "x", 1) <= 0)
			break;
		ended = ends_within(SSL_get_fd(ssl), 20);
	}
	assert_true(now_ms() - start < 3 * REQUEST_MS + 500);
	hang_up(ssl);
}

static void test_silent_and_idle(void **state)
{
	struct fixture *f = *state;
	int silent = dial(f, "127.0.0.1");
	SSL *idle = dial_tls(f, "127.0.0.1");
	char out[4096];

	assert_int_equal(ask(idle, "GET /v1/ping HTTP/1.1\r\nHost: x\r\n\r\n", out, sizeof(out)), 200);
	assert_true(ends_within(silent, 3 * REQUEST_MS + 500));
	assert_true(ends_within(SSL_get_fd(idle), 3 * IDLE_MS + 500));
	close(silent);
	hang_up(idle);
}

static void test_not_tls(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f, "127.0.0.1");
	char noise[1024];

	memset(noise, 0x5a, sizeof(noise));
	assert_true(send(fd, noise, sizeof(noise), MSG_NOSIGNAL) > 0);
	assert_true(ends_within(fd, 3 * REQUEST_MS + 500));
	close(fd);
	assert_int_equal(ping_from(f, "127.0.0.1"), 200);
}

static void test_malformed_http(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {"\r\n\r\n\r\n", "GET\r\n\r\n", "GET /v1/ping\r\n\r\n",
		"GET /v1/ping HTTP/9.9\r\n\r\n", "POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
		"POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: zz\r\n\r\n", "\x01\x02\x03\r\n\r\n",
		"POST /v1/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		SSL *ssl = dial_tls(f, "127.0.0.3");
		char out[4096];

		assert_non_null(ssl);
		assert_int_not_equal(ask(ssl, bad[i], out, sizeof(out)), 200);
		hang_up(ssl);
	}
	assert_int_equal(ping_from(f, "127.0.0.3"), 200);
}

static void test_tls_12_refused(void **state)
{
	struct fixture *f = *state;
	SSL *ssl = SSL_new(f->client);

	SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
	SSL_set_fd(ssl, dial(f, "127.0.0.1"));
	assert_int_not_equal(SSL_connect(ssl), 1);
	ERR_clear_error();
	hang_up(ssl);
}

static void test_many_from_one_address(void **state)
{
	struct fixture *f = *state;
	int fds[64];
	int64_t start;

	for (size_t i = 0; i < 64; i++)
		fds[i] = dial(f, "127.0.0.1");
	start = now_ms();
	assert_int_equal(ping_from(f, "127.0.0.2"), 200); /* another client */
	assert_int_equal(ping_from(f, "127.0.0.1"), 200); /* the same address: the oldest gave way */
	assert_true(now_ms() - start < REQUEST_MS / 2);
	assert_true(ends_within(fds[0], 1000));
	for (size_t i = 0; i < 64; i++)
		close(fds[i]);
}

static void test_late_answers(void **state)
{
	struct fixture *f = *state;
	SSL *one = dial_tls(f, "127.0.0.1"), *two = dial_tls(f, "127.0.0.1");
	const char *request = "GET /v1/keep HTTP/1.1\r\nHost: x\r\n\r\n";
	char out[4096];

	assert_true(SSL_write(one, request, (int)strlen(request)) > 0);
	while (atomic_load(&f->kept_calls) == 0)
		sched_yield();
	assert_int_equal(ask(two, request, out, sizeof(out)), 200);
	assert_non_null(strstr(out, "now"));
	assert_int_equal(answer(one, out, sizeof(out)), 200);
	assert_non_null(strstr(out, "late"));
	/* now the first leaves before its answer */
	assert_true(SSL_write(one, request, (int)strlen(request)) > 0);
	while (atomic_load(&f->kept_calls) < 3)
		sched_yield();
	hang_up(one);
	assert_int_equal(ask(two, request, out, sizeof(out)), 200);
	hang_up(two);
	assert_int_equal(ping_from(f, "127.0.0.1"), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_routes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pipelined, setup, teardown),
		cmocka_unit_test_setup_teardown(test_header_too_large, setup, teardown),
		cmocka_unit_test_setup_teardown(test_body_too_large, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slow_header, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slow_body, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silent_and_idle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_tls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_malformed_http, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tls_12_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_from_one_address, setup, teardown),
		cmocka_unit_test_setup_teardown(test_late_answers, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
