/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the daemon: the running node, and the services by file.  All on the event loop's thread. */
#ifndef MEDLOCK_NODE_INTERNAL_H
#define MEDLOCK_NODE_INTERNAL_H

#include <sys/queue.h>

#include "chain/contract/access.h"
#include "chain/engine/application.h"
#include "chain/engine/solo.h"
#include "chain/engine/workers.h"
#include "chain/net/http_server.h"
#include "chain/node/home.h"
#include "chain/node/node.h"
#include "chain/proto/api.pb-c.h"
#include "storage/blob_store.h"

#define NONCES_MAX 65536u      /* of releases in the last minutes */
#define TICKETS_CACHED 4096u   /* read tickets found good */
#define RECEIPT_BATCH_MS 20
#define BLOB_KEEP_MS MS_PER_DAY /* without a deposit that names it */
#define WORKER_THREADS 2u

/* A client that waits for a height. */
struct poller {
	TAILQ_ENTRY(poller) link;
	struct http_request *request;
	uint64_t after;
	int64_t until; /* steady ms */
};

/* A read ticket that verified: its bytes' hash, whom it names, until when. */
struct ticket_row {
	struct hash32 hash;
	struct account_id account;
	struct sign_public key; /* that it verified under: another one now makes it void */
	int64_t not_after;
};

struct nonce_row {
	struct hash32 hash; /* of request and nonce */
	int64_t until;      /* wall ms */
};

struct node {
	const struct node_run_options *run;
	struct home home;
	struct event_base *base;
	struct event *poll_event, *wake_event, *tick_event, *signal_events[2];
	struct ledger_app *app;
	struct engine *engine;
	struct http_server *http;
	SSL_CTX *tls;
	struct blob_store *blobs;
	struct workers *workers; /* one thread: everything that touches blobs on the disk */
	TAILQ_HEAD(, poller) pollers;
	struct ticket_row *tickets;
	struct nonce_row *nonces;
	struct hash32 pin;
	int64_t last_request; /* steady ms: somebody is there while this is recent */
	struct receipts *receipts;
	struct mail *mail;
	struct counts *counts;
	struct crl *crl;
	int64_t blobs_due; /* steady ms */
	uint64_t erase_seen; /* height whose orders of erasure are carried out or under way */
	bool stopping, finishing; /* no new work; nothing may be touched any more */
	uint64_t releases, release_refusals, blob_bytes_in, blob_bytes_out;
	enum err halted;
	struct err_info halted_info;
};

static inline int64_t node_steady(const struct node *n)
{
	return n->run->clock->steady_ms(n->run->clock->self);
}

static inline struct time_ms node_now(const struct node *n)
{
	return n->run->clock->now(n->run->clock->self);
}

/* ---- who asks (ticket_check.c) ---- */

struct asker {
	struct account_id account;
	uint32_t role;
	bool full;      /* officer, auditor, peer, operator: reads the whole ledger */
	bool authority; /* acts for the CA */
	bool deposit;   /* may put blobs */
};
/* The read ticket of a request, verified, of an account that stands.  On failure the request is answered (401). */
bool node_reader(struct node *n, struct asker *ret, struct http_request *r);
/* Any ticket of a request, decoded and fresh, for this peer and network; not yet whose signature counts. */
enum err node_ticket(struct node *n, Medlock__Ticket **ret, struct http_request *r) MUST_USE;
/* That the ticket is signed by its account, which stands. */
enum err node_ticket_account(struct node *n, struct asker *ret, const Medlock__Ticket *t) MUST_USE;

/* The owner of rows and events asks, or somebody who acts for her at the moment. */
bool node_speaks_for(struct node *n, const struct asker *who, struct bytes owner);

void node_kick(struct node *n); /* let the engine look at once for what is due */

/* ---- answers ---- */
void node_reply(struct http_request *r, int status, const void *message); /* encodes a protobuf message */

/* ---- services: handlers of the table in service.c ---- */
http_handler service_status, service_genesis, service_healthz, service_metrics, service_tx_post, service_tx_get,
	service_headers, service_blocks, service_proof, service_events, service_blob, service_release,
	service_mail_get, service_mail_post, service_drop, service_enrol, service_count, service_erased, service_crl;
size_t service_routes(struct http_route *out, struct node *n); /* at most SERVICE_ROUTES */
#define SERVICE_ROUTES 24

void status_height(struct node *n);  /* answer those who wait for a height */
void status_tick(struct node *n);    /* and those who waited long enough */
void status_drop(struct node *n);    /* all of them, at the stop */

/* ---- receipts.c: every release is written down before its share leaves, and logged on the ledger soon after ---- */
enum err receipts_new(struct receipts **ret, struct node *n, struct err_info *info) MUST_USE;
void receipts_free(struct receipts *r);
enum err receipts_note(struct receipts *r, const struct request_id *request, const struct record_id *record,
		       uint32_t form) MUST_USE; /* durable on return */
void receipts_tick(struct receipts *r);  /* submit what waits */

/* ---- count.c: how often each researcher asked today ---- */
enum err counts_new(struct counts **ret) MUST_USE;
void counts_free(struct counts *c);

/* ---- crl.c: the authority's revocation list ---- */
enum err crl_new(struct crl **ret, struct node *n, struct err_info *info) MUST_USE;
void crl_free(struct crl *c);
uint64_t crl_seconds_left(const struct crl *c); /* until another one is due; 0: none, or too late */
uint64_t crl_number(const struct crl *c); /* of the list that is served; 0: none */

/* ---- mail.c: sealed messages that wait for their receivers ---- */
enum err mail_new(struct mail **ret, struct node *n, struct err_info *info) MUST_USE;
void mail_free(struct mail *m);
void mail_tick(struct mail *m); /* drop what is too old */

void blobs_tick(struct node *n);     /* drop what no deposit names */

/* ---- erase.c: what an erased record named is deleted here; what is due stands in the ledger's state, so that a killed
 * daemon deletes at its next start ----
 */
void erase_start(struct node *n);   /* everything erased so far */
void erase_blocks(struct node *n);  /* what came since */
/* Does a block order the erasure of a record that is_erased says is erased now?  The orders are found by their bytes, which
 * can stand in a block by chance or by malice: a look at all records must not be had for the price of a salt.  With more than
 * ERASE_LOOKS_MAX places to look at: yes.
 */
#define ERASE_LOOKS_MAX 4096u
bool erase_ordered(struct bytes block, bool (*is_erased)(void *self, const struct record_id *id), void *self);

#endif
