/* SPDX-License-Identifier: Apache-2.0 */
/* medlockd run: the parts on one event loop, from the lock to the last answer. */
#include <event2/thread.h>
#include <signal.h>
#include <unistd.h>

#include "chain/node/internal.h"
#include "chain/proto/genesis.h"
#include "core/base/files.h"
#include "core/base/text.h"

#define TICK_MS 100
#define FLUSH_MS 1000  /* at the stop: answers under way may still be taken */
#define BLOBS_EVERY_MS (60ll * 60 * 1000)

/* ---- the end ---- */

static void on_flush(evutil_socket_t fd, short what, void *context)
{
	struct node *n = context;

	(void)fd, (void)what;
	event_base_loopbreak(n->base);
}

/* The loop ends when the answers under way had time to be taken. */
static void flush_and_end(struct node *n)
{
	struct timeval flush = {FLUSH_MS / 1000, 0};

	if (n->http == NULL || http_server_counters(n->http).open == 0)
		flush.tv_sec = 0;
	if (n->http != NULL) {
		http_server_close_listener(n->http);
		status_drop(n);
	}
	event_base_once(n->base, -1, EV_TIMEOUT, on_flush, n, &flush);
}

/* ---- what the engine asks of the daemon ---- */

static void host_wake(void *self)
{
	event_active(((struct node *)self)->wake_event, EV_TIMEOUT, 0);
}

static bool host_watched(void *self)
{
	const struct node *n = self;

	return n->http != NULL && http_server_counters(n->http).open > 0;
}

static void host_halted(void *self, enum err e, const struct err_info *info)
{
	struct node *n = self;

	n->halted = e;
	n->halted_info = *info;
	log_event(n->run->log, LOG_ERROR, "halted", "code=%s detail=\"%s\"", err_row(e)->code, info->detail);
	flush_and_end(n);
}

static void on_new_height(void *context, uint64_t height)
{
	(void)height;
	host_wake(context); /* waiting clients are answered from the loop, not from inside the engine */
}

/* ---- the loop ---- */

static void engine_due(struct node *n)
{
	int64_t ms = n->engine->poll(n->engine->self);
	struct timeval at = {ms / 1000, (ms % 1000) * 1000};

	status_height(n);
	erase_blocks(n);
	if (ms >= 0 && n->halted == ERR_OK)
		event_add(n->poll_event, &at);
}

static void on_poll(evutil_socket_t fd, short what, void *context)
{
	const struct node *n = context;

	(void)fd, (void)what;
	if (!n->finishing)
		engine_due(context);
}

static void on_wake(evutil_socket_t fd, short what, void *context)
{
	struct node *n = context;

	(void)fd, (void)what;
	if (n->finishing)
		return;
	workers_collect(n->workers);
	engine_due(n);
}

void node_kick(struct node *n)
{
	host_wake(n);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
	struct node *n = context;

	(void)fd, (void)what;
	if (n->finishing)
		return;
	status_tick(n);
	receipts_tick(n->receipts);
	mail_tick(n->mail);
	if (node_steady(n) >= n->blobs_due) {
		n->blobs_due = node_steady(n) + BLOBS_EVERY_MS;
		blobs_tick(n);
	}
	engine_due(n);
}

/* SIGTERM: no new connections, what is queued becomes durable and is answered, then the loop ends. */
static void on_signal(evutil_socket_t number, short what, void *context)
{
	struct node *n = context;

	(void)what;
	if (n->stopping) {
		event_base_loopbreak(n->base);
		return;
	}
	n->stopping = true;
	log_event(n->run->log, LOG_INFO, "stopping", "signal=%d", (int)number);
	http_server_close_listener(n->http);
	n->engine->stop(n->engine->self, NODE_DRAIN_MS);
	flush_and_end(n);
}

/* ---- start ---- */

/* Precise timers: epoll counts whole milliseconds and wakes too early or too late around the engine's cut of 10. */
static struct event_base *base_new(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config != NULL && event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER) == 0)
		base = event_base_new_with_config(config);
	if (config != NULL)
		event_config_free(config);
	return base;
}

static enum err loop_start(struct node *n, struct err_info *info)
{
	struct timeval tick = {0, TICK_MS * 1000};
	static const int signals[] = {SIGTERM, SIGINT};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is an error of the write, as a full disk is */
	n->base = evthread_use_pthreads() == 0 ? base_new() : NULL;
	if (n->base == NULL)
		return err_set(info, ERR_MEMORY, "while starting the event loop");
	n->poll_event = event_new(n->base, -1, 0, on_poll, n);
	n->wake_event = event_new(n->base, -1, 0, on_wake, n);
	n->tick_event = event_new(n->base, -1, EV_PERSIST, on_tick, n);
	for (size_t i = 0; i < 2; i++) {
		n->signal_events[i] = evsignal_new(n->base, signals[i], on_signal, n);
		if (n->signal_events[i] == NULL || event_add(n->signal_events[i], NULL) != 0)
			return err_set(info, ERR_MEMORY, "while starting the event loop");
	}
	if (n->poll_event == NULL || n->wake_event == NULL || n->tick_event == NULL ||
	    event_add(n->tick_event, &tick) != 0)
		return err_set(info, ERR_MEMORY, "while starting the event loop");
	return ERR_OK;
}

static enum err engine_start(struct node *n, struct err_info *info)
{
	const Medlock__Genesis *g = ledger_app_genesis(n->app);
	struct solo_options o = {
		.app = ledger_app_interface(n->app),
		.host = {n, n->run->clock, n->run->log, host_wake, host_watched, host_halted},
		.chain_id = g->chain_id,
		.genesis_time = g->time,
		.validator = n->home.validator_seed,
		.workers = (unsigned)options_uint(&n->home.config, "workers"),
		.rate = (uint32_t)options_uint(&n->home.config, "rate"),
		.burst = (uint32_t)options_uint(&n->home.config, "burst"),
	};

	sign_public_of_seed(&o.validator_public, n->home.validator_seed);
	if (g->network->n_validators != 1 ||
	    !bytes_equal(wire_bytes(g->network->validators[0]->public_key), BYTES_ID(o.validator_public)))
		return err_set(info, ERR_WRONG_PROFILE, "peer.keys does not hold the genesis's validator key");
	o.validator_power = g->network->validators[0]->power;
	if (o.workers > WORKERS_MAX || o.rate == 0 || o.burst == 0)
		return err_set(info, ERR_RANGE, "config: workers is at most %u, rate and burst at least 1",
			       WORKERS_MAX);
	TRY(solo_new(&n->engine, &o, info));
	n->engine->subscribe(n->engine->self, on_new_height, n);
	return n->engine->start(n->engine->self, info);
}

/* The peer's account: the genesis account whose sign key is ours. */
static enum err account_find(struct node *n, struct err_info *info)
{
	const Medlock__Genesis *g = ledger_app_genesis(n->app);
	struct sign_public mine;

	sign_public_of_seed(&mine, n->home.sign_seed);
	for (size_t i = 0; i < g->n_accounts; i++)
		if (bytes_equal(wire_bytes(g->accounts[i]->keys->sign), BYTES_ID(mine)))
			return genesis_account_id(&n->home.account, g->accounts[i]);
	return err_set(info, ERR_WRONG_PROFILE, "peer.keys belongs to no account of this genesis");
}

static enum err split_listen(char *host, size_t size, uint16_t *ret_port, const char *listen, struct err_info *info)
{
	const char *colon = strrchr(listen, ':');
	size_t len = colon == NULL ? 0 : (size_t)(colon - listen);
	uint64_t port;

	if (len > 1 && listen[0] == '[' && listen[len - 1] == ']') {
		listen++;
		len -= 2;
	}
	if (len == 0 || len >= size || parse_u64(&port, bytes_str(colon + 1), UINT16_MAX) != ERR_OK)
		return err_set(info, ERR_USAGE, "config: listen is a numeric address and a port, as 127.0.0.1:8443");
	memcpy(host, listen, len);
	host[len] = '\0';
	*ret_port = (uint16_t)port;
	return ERR_OK;
}

static enum err http_start(struct node *n, struct err_info *info)
{
	struct http_route routes[SERVICE_ROUTES];
	char host[64];
	struct http_server_options o = {.base = n->base, .tls = n->tls, .host = host, .limits = HTTP_LIMITS_DEFAULT,
					.routes = routes};

	TRY(split_listen(host, sizeof(host), &o.port, options_text(&n->home.config, "listen"), info));
	o.limits.connections = (uint32_t)options_uint(&n->home.config, "connections");
	o.limits.connections_per_address = (uint32_t)options_uint(&n->home.config, "connections-per-address");
	o.route_count = service_routes(routes, n);
	return http_server_new(&n->http, &o, info);
}

static enum err ready(struct node *n, struct err_info *info)
{
	char line[32];
	int len = snprintf(line, sizeof(line), "ready %u\n", (unsigned)http_server_port(n->http));
	enum err e = ERR_OK;

	log_event(n->run->log, LOG_INFO, "ready", "port=%u height=%llu", (unsigned)http_server_port(n->http),
		  (unsigned long long)ledger_app_info(n->app).height);
	if (n->run->ready_fd >= 0) {
		e = files_write_all(n->run->ready_fd, bytes_of(line, (size_t)len));
		close(n->run->ready_fd);
	}
	return e == ERR_OK ? e : err_set(info, e, "while telling that the daemon is ready");
}

static enum err start(struct node *n, struct err_info *info)
{
	struct bytes genesis;

	TRY(home_open(&n->home, n->run->home, true, info));
	TRY(home_unlock(&n->home, n->run->passphrase_file, info));
	genesis = buf_bytes(&n->home.genesis);
	n->tickets = calloc(TICKETS_CACHED, sizeof(*n->tickets));
	n->nonces = calloc(NONCES_MAX, sizeof(*n->nonces));
	if (n->tickets == NULL || n->nonces == NULL)
		return err_set(info, ERR_MEMORY, "while starting");
	TRY(loop_start(n, info));
	TRY(ledger_app_open(&n->app, n->home.paths.ledger, genesis, n->run->log, info));
	TRY(account_find(n, info));
	TRY(tls_key_pin(&n->pin, secret_bytes(n->home.keys.tls_key), info));
	TRY(tls_server_new(&n->tls, secret_bytes(n->home.keys.tls_key), info));
	TRY(blob_store_open(&n->blobs, n->home.paths.blobs, options_uint(&n->home.config, "blob-quota"), n->run->clock,
			    info));
	TRY(workers_new(&n->workers, 1, host_wake, n));
	TRY(engine_start(n, info));
	TRY(receipts_new(&n->receipts, n, info));
	TRY(mail_new(&n->mail, n, info));
	TRY(counts_new(&n->counts));
	TRY(crl_new(&n->crl, n, info));
	engine_due(n); /* the first block, so that there is a header from the first request on */
	if (n->halted != ERR_OK)
		return ERR_OK;
	erase_start(n);
	TRY(http_start(n, info));
	return ready(n, info);
}

/* ---- stop ---- */

static void event_drop(struct event *e)
{
	if (e != NULL)
		event_free(e);
}

static void finish(struct node *n)
{
	n->stopping = n->finishing = true; /* the HTTP server turns the loop once more, when what a tick needs is gone */
	if (n->engine != NULL)
		n->engine->stop(n->engine->self, NODE_DRAIN_MS);
	workers_free(n->workers); /* answers what it still had */
	if (n->http != NULL)
		status_drop(n);
	http_server_free(n->http);
	receipts_free(n->receipts);
	mail_free(n->mail);
	counts_free(n->counts);
	crl_free(n->crl);
	if (n->engine != NULL)
		n->engine->free(n->engine->self);
	blob_store_free(n->blobs);
	SSL_CTX_free(n->tls);
	ledger_app_free(n->app);
	event_drop(n->poll_event);
	event_drop(n->wake_event);
	event_drop(n->tick_event);
	event_drop(n->signal_events[0]);
	event_drop(n->signal_events[1]);
	if (n->base != NULL)
		event_base_free(n->base);
	free(n->tickets);
	free(n->nonces);
	home_close(&n->home);
}

enum err node_run(const struct node_run_options *options, struct err_info *info)
{
	struct node *n = calloc(1, sizeof(*n));
	enum err e;

	if (n == NULL)
		return err_set(info, ERR_MEMORY, "while starting");
	n->run = options;
	n->home.lock_fd = -1;
	TAILQ_INIT(&n->pollers);
	e = start(n, info);
	if (e == ERR_OK && n->halted == ERR_OK)
		event_base_dispatch(n->base);
	if (e == ERR_OK && n->halted != ERR_OK) {
		e = n->halted;
		if (info != NULL)
			*info = n->halted_info;
	}
	finish(n);
	log_event(options->log, LOG_INFO, "stopped", "code=%s", err_row(e)->code);
	free(n);
	return e;
}
