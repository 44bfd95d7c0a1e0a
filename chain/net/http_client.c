/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/net/http_client.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "chain/net/peer_api.h"
#include "chain/proto/limits.h"
#include "core/base/task.h"
#include "core/base/text.h"

#define PROXY_MAX 256u
#define PIN_TEXT_MAX 64u /* "sha256//" and 44 characters */
#define HOST_TEXT_MAX 128u

_Static_assert(HTTP_CLIENT_STALL_S * 1000 > LONG_POLL_MS, "a long poll is silent for its whole time");

struct http_client {
	CURLM *multi; /* holds the connections between calls */
	CURL *easy;
	char proxy[PROXY_MAX];
};

/* One call in flight: what libcurl's callbacks write to. */
struct flight {
	struct http_reply reply;
	size_t header_bytes;
	size_t reply_max;
	enum err err; /* why a callback stopped the transfer */
	char words[CURL_ERROR_SIZE];
};

static enum err start_library(void)
{
	/* Thread-safe since libcurl 7.84; counts its calls. */
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? ERR_OK : ERR_INTERNAL;
}

static enum err set_proxy(struct http_client *c, const struct http_client_options *o, struct err_info *info)
{
	if (o == NULL || o->proxy == NULL)
		return ERR_OK;
	if (strncmp(o->proxy, "socks5h://", 10) != 0 || strlen(o->proxy) >= sizeof(c->proxy))
		return err_set(info, ERR_USAGE, "the proxy must be socks5h://host:port, which hides names as well");
	memcpy(c->proxy, o->proxy, strlen(o->proxy) + 1);
	return ERR_OK;
}

enum err http_client_new(struct http_client **ret, const struct http_client_options *options, struct err_info *info)
{
	struct http_client *c = NULL;
	enum err e = start_library();

	if (e != ERR_OK)
		return err_set(info, e, "libcurl does not start");
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		curl_global_cleanup();
		return err_set(info, ERR_MEMORY, "HTTPS client");
	}
	c->multi = curl_multi_init();
	c->easy = curl_easy_init();
	e = c->multi == NULL || c->easy == NULL ? err_set(info, ERR_MEMORY, "HTTPS client") : set_proxy(c, options,
			info);
	if (e != ERR_OK) {
		http_client_free(c);
		return e;
	}
	(void)curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)HTTP_CLIENT_CONNECTIONS_MAX);
	*ret = c;
	return ERR_OK;
}

void http_client_free(struct http_client *c)
{
	if (c == NULL)
		return;
	curl_easy_cleanup(c->easy);
	curl_multi_cleanup(c->multi);
	free(c);
	curl_global_cleanup();
}

void http_reply_release(struct http_reply *r)
{
	if (r != NULL)
		buf_release(&r->body);
}

static size_t take_body(char *data, size_t size, size_t count, void *self)
{
	struct flight *f = self;
	size_t len = size * count;

	if (len > f->reply_max - f->reply.body.len) {
		f->err = ERR_TOO_LARGE;
		return 0;
	}
	buf_append(&f->reply.body, data, len);
	f->err = buf_error(&f->reply.body);
	return f->err == ERR_OK ? len : 0;
}

/* Only a cap: what is asked of the headers is asked of libcurl afterwards. */
static size_t take_header(char *data, size_t size, size_t count, void *self)
{
	struct flight *f = self;
	size_t len = size * count;

	(void)data;
	if (len > HTTP_CLIENT_REPLY_HEADER_MAX - f->header_bytes) {
		f->err = ERR_TOO_LARGE;
		return 0;
	}
	f->header_bytes += len;
	return len;
}

/* A new transfer is told everything; nothing is left of the one before but its connection. */
static bool set_transport(struct http_client *c, const struct http_call *call, const char *pin, int64_t timeout_ms)
{
	CURL *h = c->easy;
	bool ok = true;

	curl_easy_reset(h);
#define SET(option, value) (ok = ok && curl_easy_setopt(h, option, value) == CURLE_OK)
	SET(CURLOPT_URL, call->url);
	SET(CURLOPT_PROTOCOLS_STR, "https");
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, c->proxy); /* "" also switches off the proxies that the environment names */
	SET(CURLOPT_NOPROXY, "");
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3 | (long)CURL_SSLVERSION_MAX_TLSv1_3);
	SET(CURLOPT_PINNEDPUBLICKEY, pin);
	/* The pin is the whole trust: self-signed, no authority and no name to compare. */
	SET(CURLOPT_SSL_VERIFYPEER, 0L);
	SET(CURLOPT_SSL_VERIFYHOST, 0L);
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L); /* each handshake shows its key */
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)HTTP_CLIENT_CONNECT_MS);
	SET(CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, (long)HTTP_CLIENT_STALL_S);
	SET(CURLOPT_TCP_NODELAY, 1L);
	SET(CURLOPT_ACCEPT_ENCODING, NULL);
	SET(CURLOPT_HTTP_CONTENT_DECODING, 0L);
	return ok;
}

static bool set_verb(CURL *h, const struct http_call *call)
{
	bool ok = true;

	if (call->verb == HTTP_VERB_GET) {
		SET(CURLOPT_HTTPGET, 1L);
	} else if (call->verb == HTTP_VERB_HEAD) {
		SET(CURLOPT_NOBODY, 1L);
	} else {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
		SET(CURLOPT_POSTFIELDS, call->body.len == 0 ? "" : (const char *)call->body.data);
		if (call->verb == HTTP_VERB_PUT)
			SET(CURLOPT_CUSTOMREQUEST, "PUT");
	}
	return ok;
}

static bool set_flight(CURL *h, struct flight *f, struct curl_slist *headers)
{
	bool ok = true;

	SET(CURLOPT_HTTPHEADER, headers);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, f);
	SET(CURLOPT_HEADERFUNCTION, take_header);
	SET(CURLOPT_HEADERDATA, f);
	SET(CURLOPT_ERRORBUFFER, f->words);
#undef SET
	return ok;
}

/* Appends "Name: value"; false without memory, or when value could end the line. */
static bool add_header(struct curl_slist **list, const char *name, const char *value)
{
	struct buf line = BUF_INIT;
	struct curl_slist *grown = NULL;

	if (strpbrk(value, "\r\n") == NULL) {
		buf_printf(&line, "%s%s", name, value);
		if (buf_error(&line) == ERR_OK)
			grown = curl_slist_append(*list, buf_text(&line));
	}
	buf_release(&line);
	if (grown != NULL)
		*list = grown;
	return grown != NULL;
}

static bool make_headers(struct curl_slist **list, const struct http_call *call)
{
	bool ok = add_header(list, "Expect:", "") && add_header(list, "User-Agent:", "");

	if (call->authorization != NULL)
		ok = ok && add_header(list, API_AUTHORIZATION ": ", call->authorization);
	if (call->content_type != NULL && (call->verb == HTTP_VERB_PUT || call->verb == HTTP_VERB_POST))
		ok = ok && add_header(list, "Content-Type: ", call->content_type);
	return ok;
}

/* A peer that closes early must not end the program: SIGPIPE waits while this thread writes, then is taken away. */
static void hold_sigpipe(sigset_t *ret_old, bool *ret_pending)
{
	sigset_t pipe, pending;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&pending);
	*ret_pending = sigismember(&pending, SIGPIPE) == 1;
	pthread_sigmask(SIG_BLOCK, &pipe, ret_old);
}

static void let_sigpipe(const sigset_t *old, bool was_pending)
{
	const struct timespec now = {0, 0};
	sigset_t pipe;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	if (!was_pending)
		(void)sigtimedwait(&pipe, NULL, &now);
	pthread_sigmask(SIG_SETMASK, old, NULL);
}

/* Runs the one transfer to its end or to the task's cancellation. */
static enum err drive(struct http_client *c, CURLcode *ret_code, const struct task *task)
{
	int running = 1, left = 0;
	CURLMsg *m;

	*ret_code = CURLE_OK;
	while (running > 0) {
		TRY(task_check(task));
		if (curl_multi_perform(c->multi, &running) != CURLM_OK)
			return ERR_INTERNAL;
		if (running > 0 && curl_multi_poll(c->multi, NULL, 0, HTTP_CLIENT_CANCEL_MS, NULL) != CURLM_OK)
			return ERR_INTERNAL;
	}
	while ((m = curl_multi_info_read(c->multi, &left)) != NULL)
		if (m->msg == CURLMSG_DONE)
			*ret_code = m->data.result;
	return ERR_OK;
}

static enum err err_of_curl(CURLcode code)
{
	switch ((int)code) {
	case CURLE_OK:
		return ERR_OK;
	case CURLE_OPERATION_TIMEDOUT:
		return ERR_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ENGINE_NOTFOUND:
		return ERR_TLS;
	case CURLE_OUT_OF_MEMORY:
		return ERR_MEMORY;
	case CURLE_FILESIZE_EXCEEDED:
		return ERR_TOO_LARGE;
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_LOGIN_DENIED: /* a user name in the URL */
		return ERR_USAGE;
	default:
		return ERR_NETWORK;
	}
}

static void number_header(CURL *h, const char *name, bool *ret_has, uint64_t *ret)
{
	struct curl_header *found = NULL;

	if (curl_easy_header(h, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK || found->amount != 1)
		return;
	*ret_has = parse_u64(ret, bytes_str(found->value), UINT64_MAX) == ERR_OK;
}

static enum err read_head(CURL *h, struct flight *f)
{
	long status = 0;
	const char *type = NULL;

	if (curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status < 200 || status > 599)
		return ERR_PEER;
	f->reply.status = (int)status;
	(void)curl_easy_getinfo(h, CURLINFO_CONTENT_TYPE, &type);
	if (type != NULL && strlen(type) < sizeof(f->reply.content_type))
		memcpy(f->reply.content_type, type, strlen(type) + 1);
	number_header(h, API_BLOB_HELD, &f->reply.has_held, &f->reply.held);
	number_header(h, API_BLOB_SIZE, &f->reply.has_size, &f->reply.size);
	return status >= 300 && status < 400 ? ERR_PEER : ERR_OK;
}

/* "host:port" of a URL, for words: the query may name records. */
static const char *host_of(char out[HOST_TEXT_MAX], const char *url)
{
	const char *start = strstr(url, "://");
	size_t len;

	start = start == NULL ? url : start + 3;
	len = strcspn(start, "/?#");
	if (len >= HOST_TEXT_MAX)
		len = HOST_TEXT_MAX - 1;
	memcpy(out, start, len);
	out[len] = '\0';
	return out;
}

static enum err explain(enum err e, const struct flight *f, const struct http_call *call, struct err_info *info)
{
	char host[HOST_TEXT_MAX];

	host_of(host, call->url);
	if (e == ERR_CANCELLED)
		return err_set(info, e, "while talking to %s", host);
	if (e == ERR_PEER && f->reply.status >= 300)
		return err_set(info, e, "%s answers with a redirect (%d), which a peer never sends", host,
				f->reply.status);
	if (e == ERR_TOO_LARGE)
		return err_set(info, e, "the answer of %s is longer than %zu bytes", host, call->reply_max);
	return err_set(info, e, "%s: %s", host, f->words[0] != '\0' ? f->words : err_text(e));
}

static enum err transfer(struct http_client *c, struct flight *f, const struct http_call *call,
			 struct curl_slist *headers, const char *pin)
{
	int64_t timeout_ms = call->timeout_ms > 0 ? call->timeout_ms : HTTP_CLIENT_CALL_MS;
	CURLcode code;
	enum err e;

	if (!set_transport(c, call, pin, timeout_ms) || !set_verb(c->easy, call) || !set_flight(c->easy, f, headers))
		return ERR_INTERNAL;
	if (curl_multi_add_handle(c->multi, c->easy) != CURLM_OK)
		return ERR_INTERNAL;
	e = drive(c, &code, call->task);
	if (e == ERR_OK)
		e = f->err != ERR_OK ? f->err : err_of_curl(code);
	if (e == ERR_OK)
		e = read_head(c->easy, f);
	(void)curl_multi_remove_handle(c->multi, c->easy);
	return e;
}

static enum err check_call(const struct http_call *call, struct err_info *info)
{
	if (call->pin == NULL || bytes_is_zero(BYTES_ID(*call->pin)))
		return err_set(info, ERR_USAGE, "a peer is called by its pin only, and there is none");
	if (strncmp(call->url, "https://", 8) != 0)
		return err_set(info, ERR_USAGE, "a peer's address begins with https://");
	return ERR_OK;
}

enum err http_client_call(struct http_client *c, struct http_reply *ret, const struct http_call *call,
			  struct err_info *info)
{
	struct flight f = {.reply_max = call->reply_max};
	struct curl_slist *headers = NULL;
	char pin[PIN_TEXT_MAX] = "sha256//";
	bool was_pending;
	sigset_t old;
	enum err e;

	TRY(check_call(call, info));
	base64_encode(pin + strlen(pin), call->pin->b, sizeof(call->pin->b), true);
	buf_init(&f.reply.body, call->reply_max + 1);
	hold_sigpipe(&old, &was_pending);
	e = make_headers(&headers, call) ? transfer(c, &f, call, headers, pin) : ERR_USAGE;
	let_sigpipe(&old, was_pending);
	curl_slist_free_all(headers);
	(void)curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, NULL);
	(void)curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, NULL);
	if (e != ERR_OK) {
		buf_release(&f.reply.body);
		return explain(e, &f, call, info);
	}
	*ret = f.reply;
	return ERR_OK;
}
