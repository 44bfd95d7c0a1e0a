/* SPDX-License-Identifier: Apache-2.0 */
/* GET status, genesis and healthz; the long poll for a height. */
#include "chain/node/internal.h"

void node_reply(struct http_request *r, int status, const void *message)
{
	struct buf body = BUF_INIT;

	WIRE_ENCODE(&body, message);
	if (buf_error(&body) != ERR_OK)
		http_reply_error(r, buf_error(&body));
	else
		http_reply(r, status, API_TYPE, buf_bytes(&body));
	buf_release(&body);
}

static void status_answer(struct node *n, struct http_request *r)
{
	Medlock__StatusReply reply = MEDLOCK__STATUS_REPLY__INIT;
	struct app_info at = ledger_app_info(n->app);
	const Medlock__Genesis *genesis = ledger_app_genesis(n->app);

	reply.network_id = wire_data(BYTES_ID(*ledger_app_network(n->app)));
	reply.chain_id = genesis->chain_id;
	reply.height = at.height;
	reply.app_hash = wire_data(BYTES_ID(at.app_hash));
	reply.time = at.time.v;
	reply.clock = node_now(n).v;
	reply.engine = (char *)(uintptr_t)n->engine->name;
	reply.version = (char *)(uintptr_t)MEDLOCK_VERSION;
	reply.validators = (uint32_t)genesis->network->n_validators;
	reply.block_hash = wire_data(BYTES_ID(at.block_hash));
	reply.crl_number = crl_number(n->crl);
	reply.state_height = ledger_app_state_height(n->app);
	node_reply(r, 200, &reply);
}

static void poller_end(struct node *n, struct poller *p)
{
	TAILQ_REMOVE(&n->pollers, p, link);
	status_answer(n, p->request);
	free(p);
}

void service_status(void *self, struct http_request *r)
{
	struct node *n = self;
	struct poller *p;
	uint64_t after = UINT64_MAX;
	enum err e = http_query_u64(&after, r, API_PARAM_AFTER, UINT64_MAX, INT64_MAX);

	n->last_request = node_steady(n);
	if (e != ERR_OK) {
		http_reply_error(r, e);
		return;
	}
	if (after == UINT64_MAX || ledger_app_info(n->app).height > after || n->stopping) {
		status_answer(n, r);
		return;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL) {
		http_reply_error(r, ERR_BUSY_PEER);
		return;
	}
	*p = (struct poller){.request = r, .after = after, .until = node_steady(n) + LONG_POLL_MS};
	TAILQ_INSERT_TAIL(&n->pollers, p, link);
}

void status_height(struct node *n)
{
	uint64_t height = ledger_app_info(n->app).height;
	struct poller *p, *next;

	for (p = TAILQ_FIRST(&n->pollers); p != NULL; p = next) {
		next = TAILQ_NEXT(p, link);
		if (height > p->after)
			poller_end(n, p);
	}
}

void status_tick(struct node *n)
{
	int64_t now = node_steady(n);
	struct poller *p;

	while ((p = TAILQ_FIRST(&n->pollers)) != NULL && now >= p->until)
		poller_end(n, p);
}

void status_drop(struct node *n)
{
	struct poller *p;

	while ((p = TAILQ_FIRST(&n->pollers)) != NULL)
		poller_end(n, p);
}

void service_genesis(void *self, struct http_request *r)
{
	struct node *n = self;

	http_reply(r, 200, API_TYPE, ledger_app_genesis_bytes(n->app));
}

void service_healthz(void *self, struct http_request *r)
{
	struct node *n = self;

	if (n->halted != ERR_OK || n->stopping)
		http_reply(r, 503, API_TYPE_TEXT, bytes_str("stopped\n"));
	else
		http_reply(r, 200, API_TYPE_TEXT, bytes_str("ok\n"));
}
