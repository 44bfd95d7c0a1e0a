/* SPDX-License-Identifier: Apache-2.0 */
/* GET metrics: Prometheus text format 0.0.4, to this machine only.  Counts, sizes and times; no ids of accounts. */
#include "chain/node/internal.h"

static void metric(struct buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
	buf_printf(out, "# HELP medlock_%s %s\n# TYPE medlock_%s %s\nmedlock_%s %llu\n", name, help, name, type, name,
		   (unsigned long long)value);
}

static void engine_metrics(struct buf *out, const struct node *n)
{
	struct engine_counters c = solo_counters(n->engine);

	metric(out, "submitted_total", "counter", "Transactions offered.", c.submitted);
	metric(out, "refused_total", "counter", "Transactions refused before a block.", c.refused);
	metric(out, "throttled_total", "counter", "Transactions refused by an address's rate.", c.throttled);
	metric(out, "txs_total", "counter", "Transactions in blocks since the start.", c.txs);
	metric(out, "blocks_total", "counter", "Blocks since the start.", c.blocks);
	metric(out, "empty_blocks_total", "counter", "Blocks without transactions since the start.", c.empty_blocks);
	metric(out, "queue_transactions", "gauge", "Transactions that wait for a block.", c.queued);
	metric(out, "queue_bytes", "gauge", "Their bytes.", c.queued_bytes);
}

static void http_metrics(struct buf *out, const struct node *n)
{
	struct http_counters c = http_server_counters(n->http);

	metric(out, "connections", "gauge", "Open connections.", c.open);
	metric(out, "connections_total", "counter", "Connections accepted.", c.accepted);
	metric(out, "connections_refused_total", "counter", "Connections over a cap.", c.refused);
	metric(out, "connections_timed_out_total", "counter", "Connections ended for slowness.", c.timed_out);
	metric(out, "requests_total", "counter", "Requests answered.", c.requests);
	metric(out, "requests_failed_total", "counter", "Answers with status 400 and above.", c.bad_requests);
	metric(out, "requests_in_flight", "gauge", "Requests without an answer yet.", c.in_flight);
}

void service_metrics(void *self, struct http_request *r)
{
	struct node *n = self;
	struct app_info at = ledger_app_info(n->app);
	struct buf out = BUF_INIT;

	if (!http_request_loopback(r)) {
		http_reply_error(r, ERR_NOT_FOUND);
		return;
	}
	metric(&out, "height", "gauge", "Newest height.", at.height);
	metric(&out, "block_age_seconds", "gauge", "Age of the newest block.",
	       (uint64_t)(node_now(n).v > at.time.v ? (node_now(n).v - at.time.v) / MS_PER_SECOND : 0));
	engine_metrics(&out, n);
	http_metrics(&out, n);
	metric(&out, "releases_total", "counter", "Key shares released.", n->releases);
	metric(&out, "release_refusals_total", "counter", "Releases refused.", n->release_refusals);
	metric(&out, "crl_number", "gauge", "Number of the revocation list that is served.", crl_number(n->crl));
	metric(&out, "crl_left_seconds", "gauge", "How long that list is still good.", crl_seconds_left(n->crl));
	metric(&out, "blob_bytes_in_total", "counter", "Blob bytes received.", n->blob_bytes_in);
	metric(&out, "blob_bytes_out_total", "counter", "Blob bytes sent.", n->blob_bytes_out);
	http_reply(r, 200, "text/plain; version=0.0.4", buf_bytes(&out));
	buf_release(&out);
}
