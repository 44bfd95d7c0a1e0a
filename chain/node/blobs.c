/* SPDX-License-Identifier: Apache-2.0 */
/* PUT, HEAD and GET of blobs in pieces.  Who may is decided on the loop's thread; every touch of the disk is a
 * job of the
 * one blob thread, so that hashing a large file stalls nobody.  Memory is one piece for each request under way.
 */
#include "chain/node/internal.h"
#include "chain/proto/ticket.h"

struct blob_job {
	struct job job; /* first */
	struct node *node;
	struct http_request *request;
	struct blob_id id;
	uint64_t offset, size, held;
	size_t max;
	struct bytes piece; /* of the request's body, which lives until the answer */
	struct buf out;
	enum err err;
};

static struct blob_job *job_of(struct job *job)
{
	return (struct blob_job *)(void *)job;
}

/* ---- on the blob thread ---- */

static void run_put(struct job *job)
{
	struct blob_job *b = job_of(job);
	struct blob_store *s = b->node->blobs;

	b->err = blob_store_begin(s, &b->held, &b->id, b->size, NULL);
	if (b->err == ERR_DUPLICATE) {
		b->held = b->size;
		b->err = ERR_OK;
		return;
	}
	if (b->err == ERR_OK && b->piece.len > 0)
		b->err = blob_store_write(s, &b->held, &b->id, b->offset, b->piece, NULL);
	if (b->err == ERR_OK && b->held == b->size)
		b->err = blob_store_finish(s, &b->id, NULL, NULL);
}

static void run_head(struct job *job)
{
	struct blob_job *b = job_of(job);

	b->err = blob_store_size(b->node->blobs, &b->size, &b->id);
	b->held = b->size;
	if (b->err == ERR_NOT_FOUND)
		b->err = blob_store_progress(b->node->blobs, &b->held, &b->size, &b->id);
}

static void run_get(struct job *job)
{
	struct blob_job *b = job_of(job);

	b->err = blob_store_size(b->node->blobs, &b->size, &b->id);
	if (b->err == ERR_OK && b->offset > b->size)
		b->err = ERR_RANGE;
	if (b->err == ERR_OK)
		b->err = blob_store_read(b->node->blobs, &b->out, &b->id, b->offset, b->max);
	b->held = b->size;
}

static void done(struct job *job)
{
	struct blob_job *b = job_of(job);
	struct node *n = b->node;

	if (b->err != ERR_OK) {
		http_reply_error(b->request, b->err == ERR_LIMIT ? ERR_DISK_FULL : b->err);
	} else {
		n->blob_bytes_in += b->piece.len;
		n->blob_bytes_out += b->out.len;
		http_reply_header_u64(b->request, API_BLOB_HELD, b->held);
		http_reply_header_u64(b->request, API_BLOB_SIZE, b->size);
		http_reply(b->request, 200, API_TYPE_BLOB, buf_bytes(&b->out));
	}
	buf_release(&b->out);
	free(b);
}

/* ---- who may ---- */

static bool owner_has(struct node *n, const struct account_id *owner, const struct blob_id *blob);

struct owned {
	struct node *node;
	const struct account_id *owner;
	const struct blob_id *blob;
};

/* ERR_DUPLICATE ends the scan: found. */
static enum err owned_one(void *context, struct bytes key, struct bytes value)
{
	const struct owned *o = context;
	struct record_id record;

	(void)key;
	if (value.len != sizeof(record.b))
		return ERR_OK;
	ID_COPY(record, value.data);
	return access_blob_owner(ledger_app_state(o->node->app), o->owner, &record, o->blob) == ERR_OK ? ERR_DUPLICATE
												       : ERR_OK;
}

static bool owner_has(struct node *n, const struct account_id *owner, const struct blob_id *blob)
{
	struct contract_kv *kv = ledger_app_state(n->app);
	struct owned o = {n, owner, blob};
	uint8_t prefix[2 + ID_SIZE] = {'o', ID_SIZE};

	memcpy(prefix + 2, owner->b, ID_SIZE);
	return kv->scan(kv->self, bytes_of(prefix, sizeof(prefix)), true, owned_one, &o) == ERR_DUPLICATE;
}

static enum err request_may_get(struct node *n, const Medlock__Ticket *t, const struct blob_id *blob)
{
	struct contract_block newest = ledger_app_newest(n->app);
	struct access_release a;
	struct sign_public key;
	struct request_id request;
	struct record_id record;

	ID_COPY(request, t->request.data);
	ID_COPY(record, t->record.data);
	for (uint32_t form = FORM_FULL; form <= FORM_DEID; form++) {
		if (access_release_check(&a, ledger_app_state(n->app), &newest, node_now(n), &request, &record, form) !=
			    ERR_OK ||
		    !ID_EQUAL(a.blob, *blob))
			continue;
		TRY(sign_public_parse(&key, bytes_of(a.sign_key, sizeof(a.sign_key))));
		return ticket_check(t, ledger_app_network(n->app), &n->pin, &key, node_now(n));
	}
	return ERR_REFUSED;
}

static enum err may_get(struct node *n, const Medlock__Ticket *t, const struct blob_id *blob)
{
	struct asker who;

	if (t->purpose != TICKET_GET || !bytes_equal(wire_bytes(t->blob), BYTES_ID(*blob)))
		return ERR_REFUSED;
	if (t->request.len > 0)
		return request_may_get(n, t, blob);
	TRY(node_ticket_account(n, &who, t));
	return owner_has(n, &who.account, blob) ? ERR_OK : ERR_REFUSED;
}

static enum err may_put(struct node *n, uint64_t *ret_size, const Medlock__Ticket *t, const struct blob_id *blob)
{
	struct asker who;

	if (t->purpose != TICKET_PUT || !bytes_equal(wire_bytes(t->blob), BYTES_ID(*blob)))
		return ERR_REFUSED;
	TRY(node_ticket_account(n, &who, t));
	if (!who.deposit || t->size == 0 || t->size > RECORD_SIZE_MAX)
		return ERR_REFUSED;
	*ret_size = t->size;
	return ERR_OK;
}

/* ---- requests ---- */

static enum err ask_put(struct node *n, struct blob_job *b, const Medlock__Ticket *t)
{
	uint64_t size = 0;

	TRY(may_put(n, &size, t, &b->id));
	TRY(http_query_u64(&b->offset, b->request, API_PARAM_OFFSET, 0, RECORD_SIZE_MAX));
	TRY(http_query_u64(&b->size, b->request, API_PARAM_SIZE, size, RECORD_SIZE_MAX));
	b->piece = http_request_body(b->request);
	if (b->size != size)
		return ERR_RANGE;
	if (b->piece.len > API_PIECE_MAX)
		return ERR_TOO_LARGE;
	b->job.run = run_put;
	return ERR_OK;
}

static enum err ask_get(struct node *n, struct blob_job *b, const Medlock__Ticket *t)
{
	uint64_t max = 0;

	TRY(may_get(n, t, &b->id));
	TRY(http_query_u64(&b->offset, b->request, API_PARAM_OFFSET, 0, RECORD_SIZE_MAX));
	TRY(http_query_u64(&max, b->request, API_PARAM_MAX, API_PIECE_MAX, API_PIECE_MAX));
	b->max = (size_t)max;
	b->job.run = run_get;
	return ERR_OK;
}

static enum err ask(struct node *n, struct blob_job *b)
{
	Medlock__Ticket *t = NULL;
	uint64_t size;
	enum err e;

	TRY(hex_decode(b->id.b, sizeof(b->id.b), http_request_tail(b->request)));
	TRY(node_ticket(n, &t, b->request));
	switch (http_request_method(b->request)) {
	case HTTP_PUT:
		e = ask_put(n, b, t);
		break;
	case HTTP_HEAD:
		e = t->purpose == TICKET_PUT ? may_put(n, &size, t, &b->id) : may_get(n, t, &b->id);
		b->job.run = run_head;
		break;
	case HTTP_GET:
		e = ask_get(n, b, t);
		break;
	case HTTP_POST:
	default:
		e = ERR_USAGE;
	}
	WIRE_FREE(t);
	return e;
}

/* Whoever may not read gets the answer of a blob that is not there; a put without the right is told so. */
static enum err shown(const struct http_request *r, enum err e)
{
	if (e == ERR_FORMAT || e == ERR_RANGE || e == ERR_TOO_LARGE || e == ERR_MEMORY)
		return e;
	return http_request_method(r) == HTTP_PUT ? ERR_LOCKED : ERR_NOT_FOUND;
}

void service_blob(void *self, struct http_request *r)
{
	struct node *n = self;
	struct blob_job *b = calloc(1, sizeof(*b));
	enum err e;

	n->last_request = node_steady(n);
	if (b == NULL) {
		http_reply_error(r, ERR_BUSY_PEER);
		return;
	}
	b->node = n;
	b->request = r;
	e = ask(n, b);
	if (e != ERR_OK) {
		free(b);
		http_reply_error(r, shown(r, e));
		return;
	}
	b->job.done = done;
	workers_add(n->workers, &b->job);
}

/* ---- blobs that no deposit names ---- */

#define SWEEP_MAX 1024u

/* First the blob thread lists what nobody has claimed for a day; then the loop asks the ledger; then the blob
 * thread pins
 * what a record names and removes the rest.
 */
struct sweep {
	struct job job; /* first */
	struct node *node;
	struct time_ms before;
	struct blob_id ids[SWEEP_MAX];
	bool named[SWEEP_MAX];
	size_t count;
};

static enum err sweep_one(void *context, const struct blob_info *blob)
{
	struct sweep *s = context;

	if (!blob->pinned && blob->last_used_ms < s->before.v && s->count < SWEEP_MAX)
		s->ids[s->count++] = blob->id;
	return ERR_OK;
}

static void sweep_list(struct job *job)
{
	struct sweep *s = (struct sweep *)(void *)job;

	if (blob_store_drop_partials(s->node->blobs, NULL, s->before) != ERR_OK ||
	    blob_store_list(s->node->blobs, sweep_one, s) != ERR_OK)
		s->count = 0;
}

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, ID_SIZE);
}

static enum err sweep_record(void *context, struct bytes key, struct bytes value)
{
	struct sweep *s = context;
	Medlock__RecordState *r = NULL;

	(void)key;
	TRY(WIRE_DECODE(&r, medlock__record_state, value, EVENT_DECODED_MAX, NULL));
	for (size_t i = 0; r->status != RECORD_STATUS_ERASED && r->deposit != NULL && i < r->deposit->n_renditions; i++) {
		ProtobufCBinaryData blob = r->deposit->renditions[i]->blob;
		struct blob_id *found = blob.len == ID_SIZE ? bsearch(blob.data, s->ids, s->count, ID_SIZE, by_id) : NULL;

		if (found != NULL)
			s->named[found - s->ids] = true;
	}
	WIRE_FREE(r);
	return ERR_OK;
}

static void sweep_end(struct job *job)
{
	free(job);
}

static void sweep_settle(struct job *job)
{
	struct sweep *s = (struct sweep *)(void *)job;
	enum err e = ERR_OK;

	for (size_t i = 0; i < s->count && e == ERR_OK; i++)
		e = s->named[i] ? blob_store_pin(s->node->blobs, &s->ids[i], true)
				: blob_store_remove_unused(s->node->blobs, &s->ids[i], s->before);
}

static void sweep_listed(struct job *job)
{
	struct sweep *s = (struct sweep *)(void *)job;
	struct contract_kv *kv = ledger_app_state(s->node->app);
	const uint8_t prefix[] = {'r'};

	qsort(s->ids, s->count, ID_SIZE, by_id);
	if (s->count == 0 || s->node->stopping ||
	    kv->scan(kv->self, bytes_of(prefix, sizeof(prefix)), false, sweep_record, s) != ERR_OK) {
		free(s);
		return;
	}
	s->job.run = sweep_settle;
	s->job.done = sweep_end;
	workers_add(s->node->workers, &s->job);
}

void blobs_tick(struct node *n)
{
	struct sweep *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return;
	s->node = n;
	s->before.v = node_now(n).v - BLOB_KEEP_MS;
	s->job.run = sweep_list;
	s->job.done = sweep_listed;
	workers_add(n->workers, &s->job);
}
