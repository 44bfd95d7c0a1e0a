/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTPS client against servers that are not what they should be. */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "chain/net/http_client.h"
#include "chain/net/peer_client.h"
#include "chain/net/tls_server.h"
#include "core/base/clock.h"
#include "core/base/task.h"
#include "core/crypto/hash.h"

#define BIG_REPLY 100000u
#define REQUEST_MAX 8192
#define CONNECTIONS_MAX 64

/* A server of one behaviour for each path, a thread for each connection. */
struct server {
	SSL_CTX *tls;
	int listener;
	char base[64];
	struct hash32 pin;
	pthread_t thread;
	atomic_uint connections;
	atomic_bool stop;
	struct link { struct server *server; int fd; pthread_t thread; } links[CONNECTIONS_MAX];
	size_t link_count;
};

static void send_text(SSL *ssl, const char *text)
{
	(void)SSL_write(ssl, text, (int)strlen(text));
}

static void send_big(SSL *ssl, bool chunked)
{
	char piece[1000], head[128];

	memset(piece, 'x', sizeof(piece));
	(void)snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\n%s\r\n", chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: 100000\r\n");
	send_text(ssl, head);
	for (unsigned i = 0; i < BIG_REPLY / sizeof(piece); i++) {
		if (chunked)
			send_text(ssl, "3e8\r\n");
		if (SSL_write(ssl, piece, sizeof(piece)) <= 0)
			return;
		if (chunked)
			send_text(ssl, "\r\n");
	}
	if (chunked)
		send_text(ssl, "0\r\n\r\n");
}

static void send_headers(SSL *ssl)
{
	send_text(ssl, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 2000; i++)
		send_text(ssl, "X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
	send_text(ssl, "Content-Length: 0\r\n\r\n");
}

static void answer(SSL *ssl, const char *request)
{
	char drop[64];

	if (strstr(request, " /ok ") != NULL)
		send_text(ssl, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nMedlock-Held: 3\r\nMedlock-Size: 07\r\n\r\nhello");
	else if (strstr(request, " /big ") != NULL)
		send_big(ssl, false);
	else if (strstr(request, " /chunks ") != NULL)
		send_big(ssl, true);
	else if (strstr(request, " /headers ") != NULL)
		send_headers(ssl);
	else if (strstr(request, " /redirect ") != NULL)
		send_text(ssl, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
	else if (strstr(request, " /short ") != NULL)
		send_text(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
	else if (strstr(request, " /v1/status ") != NULL)
		send_text(ssl, "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 3\r\n\r\n\x0a\x01\x07");
	else if (strstr(request, " /v1/genesis ") != NULL)
		send_text(ssl, "HTTP/1.1 404 Not Found\r\nContent-Type: application/x-protobuf\r\nContent-Length: 2\r\n\r\n\x08\x0e");
	else if (strstr(request, " /silent ") != NULL)
		(void)SSL_read(ssl, drop, sizeof(drop)); /* until the client gives up */
}

static void *serve_one(void *self)
{
	struct link *l = self;
	SSL *ssl = SSL_new(l->server->tls);
	char request[REQUEST_MAX];
	int len;

	SSL_set_fd(ssl, l->fd);
	if (SSL_accept(ssl) == 1) {
		atomic_fetch_add(&l->server->connections, 1);
		while ((len = SSL_read(ssl, request, sizeof(request) - 1)) > 0) {
			request[len] = '\0';
			answer(ssl, request);
			if (strstr(request, " /short ") != NULL)
				break;
		}
		(void)SSL_shutdown(ssl);
	}
	SSL_free(ssl);
	(void)shutdown(l->fd, SHUT_RDWR);
	return NULL;
}

static void *serve(void *self)
{
	struct server *s = self;
	int fd;

	while (!atomic_load(&s->stop) && s->link_count < CONNECTIONS_MAX && (fd = accept(s->listener, NULL, NULL)) >= 0) {
		struct link *l = &s->links[s->link_count++];

		*l = (struct link){.server = s, .fd = fd};
		pthread_create(&l->thread, NULL, serve_one, l);
	}
	return NULL;
}

static void server_start(struct server *s, bool tls12)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	struct buf key = BUF_INIT;

	memset(s, 0, sizeof(*s));
	assert_int_equal(tls_key_new(&key, NULL), ERR_OK);
	assert_int_equal(tls_key_pin(&s->pin, buf_bytes(&key), NULL), ERR_OK);
	assert_int_equal(tls_server_new(&s->tls, buf_bytes(&key), NULL), ERR_OK);
	if (tls12) {
		assert_int_equal(SSL_CTX_set_min_proto_version(s->tls, TLS1_2_VERSION), 1);
		assert_int_equal(SSL_CTX_set_max_proto_version(s->tls, TLS1_2_VERSION), 1);
		assert_int_equal(SSL_CTX_set_cipher_list(s->tls, "DEFAULT"), 1);
	}
	buf_release(&key);
	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(s->listener, 16), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &len), 0);
	(void)snprintf(s->base, sizeof(s->base), "https://127.0.0.1:%u", ntohs(at.sin_port));
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_stop(struct server *s)
{
	atomic_store(&s->stop, true);
	(void)shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	for (size_t i = 0; i < s->link_count; i++) {
		(void)shutdown(s->links[i].fd, SHUT_RDWR);
		pthread_join(s->links[i].thread, NULL);
		close(s->links[i].fd);
	}
	close(s->listener);
	SSL_CTX_free(s->tls);
}

static enum err get(struct http_client *c, struct http_reply *ret, struct server *s, const char *path, size_t max,
		    int64_t timeout_ms, struct err_info *info)
{
	char url[256];

	(void)snprintf(url, sizeof(url), "%s%s", s->base, path);
	return http_client_call(c, ret, &(struct http_call){.verb = HTTP_VERB_GET, .url = url, .pin = &s->pin,
				.reply_max = max, .timeout_ms = timeout_ms}, info);
}

struct fixture { struct server server; struct http_client *client; };

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	server_start(&f->server, false);
	assert_int_equal(http_client_new(&f->client, NULL, NULL), ERR_OK);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	http_client_free(f->client);
	server_stop(&f->server);
	free(f);
	return 0;
}

static void answers_and_reuses(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 5; i++) {
		struct http_reply r;

		assert_int_equal(get(f->client, &r, &f->server, "/ok", 5, 5000, NULL), ERR_OK);
		assert_int_equal(r.status, 200);
		assert_string_equal(buf_text(&r.body), "hello");
		assert_string_equal(r.content_type, "text/plain");
		assert_true(r.has_held && r.held == 3);
		assert_false(r.has_size); /* "07" is no number */
		http_reply_release(&r);
	}
	assert_int_equal(atomic_load(&f->server.connections), 1);
}

static void refuses_wrong_pin(void **state)
{
	struct fixture *f = *state;
	struct http_reply r = {0};
	struct err_info info = {0};
	char url[256];
	struct hash32 wrong = f->server.pin;

	wrong.b[31] ^= 1;
	(void)snprintf(url, sizeof(url), "%s/ok", f->server.base);
	assert_int_equal(http_client_call(f->client, &r, &(struct http_call){.url = url, .pin = &wrong, .reply_max = 10}, &info), ERR_TLS);
	assert_non_null(strstr(info.detail, "127.0.0.1"));
	/* Nor on a connection that was opened with the right one. */
	assert_int_equal(get(f->client, &r, &f->server, "/ok", 10, 5000, NULL), ERR_OK);
	http_reply_release(&r);
	assert_int_equal(http_client_call(f->client, &r, &(struct http_call){.url = url, .pin = &wrong, .reply_max = 10}, NULL), ERR_TLS);
}

static void refuses_no_pin_and_no_tls(void **state)
{
	struct fixture *f = *state;
	struct hash32 zero = {{0}};
	struct http_reply r;

	assert_int_equal(http_client_call(f->client, &r, &(struct http_call){.url = "https://127.0.0.1:1/"}, NULL), ERR_USAGE);
	assert_int_equal(http_client_call(f->client, &r, &(struct http_call){.url = "https://127.0.0.1:1/", .pin = &zero}, NULL), ERR_USAGE);
	assert_int_equal(http_client_call(f->client, &r, &(struct http_call){.url = "http://127.0.0.1:1/", .pin = &f->server.pin}, NULL), ERR_USAGE);
	assert_int_equal(http_client_call(f->client, &r, &(struct http_call){.url = "https://127.0.0.1:1/", .pin = &f->server.pin}, NULL), ERR_NETWORK);
}

static void refuses_tls12(void **state)
{
	struct fixture *f = *state;
	struct http_reply r;
	struct server old;

	server_start(&old, true);
	assert_int_equal(get(f->client, &r, &old, "/ok", 10, 5000, NULL), ERR_TLS);
	server_stop(&old);
}

static void refuses_oversize(void **state)
{
	struct fixture *f = *state;
	struct http_reply r;

	assert_int_equal(get(f->client, &r, &f->server, "/big", BIG_REPLY - 1, 5000, NULL), ERR_TOO_LARGE);
	assert_int_equal(get(f->client, &r, &f->server, "/chunks", BIG_REPLY - 1, 5000, NULL), ERR_TOO_LARGE);
	assert_int_equal(get(f->client, &r, &f->server, "/headers", BIG_REPLY, 5000, NULL), ERR_TOO_LARGE);
	assert_int_equal(get(f->client, &r, &f->server, "/chunks", BIG_REPLY, 5000, NULL), ERR_OK);
	assert_int_equal(r.body.len, BIG_REPLY);
	http_reply_release(&r);
}

static void refuses_redirect_and_cut(void **state)
{
	struct fixture *f = *state;
	struct http_reply r;
	struct err_info info = {0};

	assert_int_equal(get(f->client, &r, &f->server, "/redirect", 10, 5000, &info), ERR_PEER);
	assert_non_null(strstr(info.detail, "302"));
	assert_int_equal(get(f->client, &r, &f->server, "/short", 100, 5000, NULL), ERR_NETWORK);
}

static void silent_times_out(void **state)
{
	struct fixture *f = *state;
	struct http_reply r;
	const struct clock *clock = clock_real();
	int64_t start = clock->steady_ms(clock->self);

	assert_int_equal(get(f->client, &r, &f->server, "/silent", 10, 300, NULL), ERR_TIMEOUT);
	assert_in_range(clock->steady_ms(clock->self) - start, 250, 5000);
}

struct canceller { struct task task; struct server *server; unsigned before; };

static void *cancel_when_connected(void *self)
{
	struct canceller *c = self;

	while (atomic_load(&c->server->connections) == c->before)
		sched_yield();
	task_cancel(&c->task);
	return NULL;
}

static void cancel_works_at_once(void **state)
{
	struct fixture *f = *state;
	struct canceller c = {.server = &f->server, .before = atomic_load(&f->server.connections)};
	struct http_reply r;
	char url[256];
	pthread_t thread;

	task_init(&c.task, NULL, NULL);
	(void)snprintf(url, sizeof(url), "%s/silent", f->server.base);
	assert_int_equal(pthread_create(&thread, NULL, cancel_when_connected, &c), 0);
	assert_int_equal(http_client_call(f->client, &r, &(struct http_call){.url = url, .pin = &f->server.pin,
					  .reply_max = 10, .task = &c.task}, NULL), ERR_CANCELLED);
	pthread_join(thread, NULL);
}

static void ignores_proxies_of_the_environment(void **state)
{
	struct fixture *f = *state;
	struct http_reply r;
	struct http_client *c;

	setenv("https_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	assert_int_equal(get(f->client, &r, &f->server, "/ok", 5, 5000, NULL), ERR_OK);
	http_reply_release(&r);
	unsetenv("https_proxy");
	unsetenv("ALL_PROXY");
	assert_int_equal(http_client_new(&c, &(struct http_client_options){.proxy = "http://127.0.0.1:1"}, NULL), ERR_USAGE);
	assert_int_equal(http_client_new(&c, &(struct http_client_options){.proxy = "socks5h://127.0.0.1:1"}, NULL), ERR_OK);
	assert_int_equal(get(c, &r, &f->server, "/ok", 5, 5000, NULL), ERR_NETWORK);
	http_client_free(c);
}

static void peer_answers_are_strict(void **state)
{
	struct fixture *f = *state;
	struct peer_address peer;
	struct err_info info = {0};
	struct buf genesis = BUF_INIT;
	Medlock__StatusReply *status = NULL;
	struct peer_call call = {.http = f->client, .peer = &peer, .timeout_ms = 5000};

	assert_int_equal(peer_address_set(&peer, f->server.base, &f->server.pin), ERR_OK);
	assert_int_equal(peer_status(&call, &status, &info), ERR_PEER); /* a network id of one byte */
	assert_null(status);
	assert_non_null(strstr(info.detail, f->server.base));
	assert_int_equal(peer_genesis(&call, &genesis, NULL), ERR_NOT_FOUND); /* code 14 is about a peer's disk: the status counts */
	buf_release(&genesis);
}

static void addresses_are_checked(void **state)
{
	static const char *const bad[] = {"http://a", "https://", "https:///x", "https://a/b", "https://u@a", "https://a?b",
					  "https://a b", "https://a#b", "https://a//", "https://a\n"};
	struct peer_address p = {.url = "kept"};
	struct hash32 pin = {{1}}, zero = {{0}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(peer_address_set(&p, bad[i], &pin), ERR_USAGE);
	assert_int_equal(peer_address_set(&p, "https://a", &zero), ERR_USAGE);
	assert_string_equal(p.url, "kept");
	assert_int_equal(peer_address_set(&p, "https://[::1]:8443/", &pin), ERR_OK);
	assert_string_equal(p.url, "https://[::1]:8443");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers_and_reuses, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_wrong_pin, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_no_pin_and_no_tls, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_tls12, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_oversize, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_redirect_and_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(silent_times_out, setup, teardown),
		cmocka_unit_test_setup_teardown(cancel_works_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(ignores_proxies_of_the_environment, setup, teardown),
		cmocka_unit_test_setup_teardown(peer_answers_are_strict, setup, teardown),
		cmocka_unit_test(addresses_are_checked),
	};

	/* The servers here write to clients that are gone. */
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
