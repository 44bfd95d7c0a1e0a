/* SPDX-License-Identifier: Apache-2.0 */
/* Erasure at a peer: blobs that only erased records name are deleted, and the owner may ask whether they are.
 *
 * Nothing is noted beside the ledger: after a block with an order of erasure, and at every start, the loop reads from the
 * state which blobs erased records name and no other record does; the blob thread deletes them, whole and partial.  An
 * upload that comes later is a blob without a deposit and goes as these do (blobs.c).  The log says how many, never what.
 */
#include <stdlib.h>
#include <string.h>

#include "chain/node/internal.h"

struct blob_list {
	struct blob_id *ids;
	size_t count, room;
};

struct erase {
	struct job job; /* first */
	struct node *node;
	struct blob_list doomed;
	bool *kept; /* one for each */
	size_t deleted;
	enum err err;
};

static enum err list_add(struct blob_list *l, ProtobufCBinaryData blob)
{
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 16;
		struct blob_id *grown = realloc(l->ids, room * sizeof(*grown));

		if (grown == NULL)
			return ERR_MEMORY;
		l->ids = grown;
		l->room = room;
	}
	ID_COPY(l->ids[l->count], blob.data);
	l->count++;
	return ERR_OK;
}

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, ID_SIZE);
}

static enum err doom_one(void *context, struct bytes key, struct bytes value)
{
	struct erase *x = context;
	Medlock__RecordState *r = NULL;
	enum err e = ERR_OK;

	(void)key;
	TRY(WIRE_DECODE(&r, medlock__record_state, value, EVENT_DECODED_MAX, NULL));
	for (size_t i = 0; !e && r->status == RECORD_STATUS_ERASED && i < r->deposit->n_renditions; i++)
		if (r->deposit->renditions[i]->blob.len == ID_SIZE)
			e = list_add(&x->doomed, r->deposit->renditions[i]->blob);
	WIRE_FREE(r);
	return e;
}

static enum err keep_one(void *context, struct bytes key, struct bytes value)
{
	struct erase *x = context;
	Medlock__RecordState *r = NULL;

	(void)key;
	TRY(WIRE_DECODE(&r, medlock__record_state, value, EVENT_DECODED_MAX, NULL));
	for (size_t i = 0; r->status != RECORD_STATUS_ERASED && i < r->deposit->n_renditions; i++) {
		ProtobufCBinaryData blob = r->deposit->renditions[i]->blob;
		struct blob_id *found = blob.len == ID_SIZE
						? bsearch(blob.data, x->doomed.ids, x->doomed.count, ID_SIZE, by_id) : NULL;

		if (found != NULL)
			x->kept[found - x->doomed.ids] = true;
	}
	WIRE_FREE(r);
	return ERR_OK;
}

/* What is due, by the state; x is empty before. */
static enum err gather(struct erase *x)
{
	struct contract_kv *kv = ledger_app_state(x->node->app);
	const uint8_t prefix[] = {'r'};
	size_t distinct = 0;

	TRY(kv->scan(kv->self, bytes_of(prefix, sizeof(prefix)), false, doom_one, x));
	if (x->doomed.count == 0)
		return ERR_OK;
	qsort(x->doomed.ids, x->doomed.count, ID_SIZE, by_id);
	for (size_t i = 0; i < x->doomed.count; i++)
		if (i == 0 || !ID_EQUAL(x->doomed.ids[i], x->doomed.ids[distinct - 1]))
			x->doomed.ids[distinct++] = x->doomed.ids[i];
	x->doomed.count = distinct;
	x->kept = calloc(distinct, sizeof(*x->kept));
	if (x->kept == NULL)
		return ERR_MEMORY;
	return kv->scan(kv->self, bytes_of(prefix, sizeof(prefix)), false, keep_one, x);
}

static bool holds(struct blob_store *s, const struct blob_id *id)
{
	uint64_t have, size;

	return blob_store_has(s, id) || blob_store_progress(s, &have, &size, id) == ERR_OK;
}

static void run_erase(struct job *job)
{
	struct erase *x = (struct erase *)(void *)job;

	for (size_t i = 0; i < x->doomed.count; i++) {
		enum err e = ERR_OK;

		if (x->kept[i] || !holds(x->node->blobs, &x->doomed.ids[i]))
			continue;
		e = blob_store_abandon(x->node->blobs, &x->doomed.ids[i]);
		if (e == ERR_OK)
			e = blob_store_remove(x->node->blobs, &x->doomed.ids[i]);
		if (e == ERR_OK)
			x->deleted++;
		else
			x->err = e;
	}
}

static void erase_free(struct erase *x)
{
	free(x->doomed.ids);
	free(x->kept);
	free(x);
}

static void erase_done(struct job *job)
{
	struct erase *x = (struct erase *)(void *)job;

	if (x->deleted > 0)
		log_event(x->node->run->log, LOG_INFO, "erased", "blobs=%zu", x->deleted);
	if (x->err != ERR_OK) /* the next order or the next start tries again; the owner is told till then */
		log_event(x->node->run->log, LOG_ERROR, "erase", "code=%s", err_row(x->err)->code);
	erase_free(x);
}

/* ERR_OK: under way, or nothing is due. */
static enum err erase_due(struct node *n)
{
	struct erase *x = calloc(1, sizeof(*x));
	enum err e;

	if (x == NULL)
		return ERR_MEMORY;
	x->node = n;
	e = gather(x);
	if (e != ERR_OK || x->doomed.count == 0) {
		erase_free(x);
		return e;
	}
	x->job.run = run_erase;
	x->job.done = erase_done;
	workers_add(n->workers, &x->job);
	return ERR_OK;
}

void erase_start(struct node *n)
{
	uint64_t height = ledger_app_info(n->app).height;

	if (erase_due(n) == ERR_OK)
		n->erase_seen = height;
}

/* Body.record_erase (22) as it always stands in a transaction: tag, 34 bytes, RecordErase.record (1), 32 bytes. */
bool erase_ordered(struct bytes block, bool (*is_erased)(void *self, const struct record_id *id), void *self)
{
	static const uint8_t order[] = {0xb2, 0x01, 34, 0x0a, ID_SIZE};
	const uint8_t *found;

	for (size_t looks = 0; block.len > 0; looks++) {
		struct record_id id;
		size_t at;

		found = memmem(block.data, block.len, order, sizeof(order));
		if (found == NULL)
			return false;
		at = (size_t)(found - block.data) + sizeof(order);
		if (looks == ERASE_LOOKS_MAX)
			return true;
		if (block.len - at < ID_SIZE)
			return false;
		ID_COPY(id, block.data + at);
		if (is_erased(self, &id))
			return true;
		block = bytes_of(block.data + at, block.len - at);
	}
	return false;
}

/* A row that cannot be read is looked at with all the others. */
static bool is_erased(void *self, const struct record_id *id)
{
	const struct node *n = self;
	struct contract_kv *kv = ledger_app_state(n->app);
	struct state_key key = state_key_record(id);
	Medlock__RecordState *row = NULL;
	struct buf value = BUF_INIT;
	enum err e = kv->get(kv->self, &value, state_key_bytes(&key));
	bool erased = e != ERR_OK && e != ERR_NOT_FOUND;

	if (e == ERR_OK)
		erased = WIRE_DECODE(&row, medlock__record_state, buf_bytes(&value), EVENT_DECODED_MAX, NULL) != ERR_OK ||
			 row->status == RECORD_STATUS_ERASED;
	WIRE_FREE(row);
	buf_release(&value);
	return erased;
}

void erase_blocks(struct node *n)
{
	uint64_t newest = ledger_app_info(n->app).height;
	struct buf block = BUF_INIT, commit = BUF_INIT;
	bool due = false;

	if (n->workers == NULL || n->stopping || n->erase_seen == 0)
		return;
	for (uint64_t h = n->erase_seen + 1; h <= newest && !due; h++) {
		buf_clear(&block);
		buf_clear(&commit);
		due = ledger_app_block(n->app, &block, &commit, h) != ERR_OK ||
		      erase_ordered(buf_bytes(&block), is_erased, n);
	}
	buf_release(&block);
	buf_release(&commit);
	if (!due || erase_due(n) == ERR_OK)
		n->erase_seen = newest;
}

/* ---- GET erased ---- */

struct inquiry {
	struct job job; /* first */
	struct node *node;
	struct http_request *request;
	struct record_id record;
	struct blob_id blobs[RECORD_RENDITIONS_MAX];
	uint32_t count, held;
	uint64_t height;
};

static void run_inquiry(struct job *job)
{
	struct inquiry *q = (struct inquiry *)(void *)job;

	for (uint32_t i = 0; i < q->count; i++)
		q->held += holds(q->node->blobs, &q->blobs[i]);
}

static void inquiry_done(struct job *job)
{
	struct inquiry *q = (struct inquiry *)(void *)job;
	Medlock__ErasedReply reply = MEDLOCK__ERASED_REPLY__INIT;

	reply.record = wire_data(BYTES_ID(q->record));
	reply.blobs = q->count;
	reply.held = q->held;
	reply.height = q->height;
	node_reply(q->request, 200, &reply);
	free(q);
}

/* Not erased, another's, absent: one answer. */
static enum err inquire(struct inquiry *q, const struct asker *who)
{
	struct contract_kv *kv = ledger_app_state(q->node->app);
	struct state_key key = state_key_record(&q->record);
	Medlock__RecordState *row = NULL;
	struct buf value = BUF_INIT;
	enum err e = kv->get(kv->self, &value, state_key_bytes(&key));

	if (e == ERR_OK)
		e = WIRE_DECODE(&row, medlock__record_state, buf_bytes(&value), EVENT_DECODED_MAX, NULL);
	if (e == ERR_OK && (row->status != RECORD_STATUS_ERASED ||
			    !node_speaks_for(q->node, who, wire_bytes(row->deposit->owner))))
		e = ERR_NOT_FOUND;
	for (size_t i = 0; e == ERR_OK && i < row->deposit->n_renditions && i < RECORD_RENDITIONS_MAX; i++)
		ID_COPY(q->blobs[q->count++], row->deposit->renditions[i]->blob.data);
	WIRE_FREE(row);
	buf_release(&value);
	return e;
}

static enum err inquiry_read(struct inquiry *q, const struct asker *who)
{
	struct buf raw = BUF_INIT;
	enum err e = http_query_hex(&raw, q->request, API_PARAM_RECORD, ID_SIZE);

	if (e == ERR_OK && raw.len != ID_SIZE)
		e = ERR_FORMAT;
	if (e == ERR_OK)
		ID_COPY(q->record, raw.data);
	buf_release(&raw);
	q->height = ledger_app_info(q->node->app).height;
	return e == ERR_OK ? inquire(q, who) : e;
}

void service_erased(void *self, struct http_request *r)
{
	struct node *n = self;
	struct asker who;
	struct inquiry *q;
	enum err e;

	if (!node_reader(n, &who, r))
		return;
	q = calloc(1, sizeof(*q));
	if (q == NULL) {
		http_reply_error(r, ERR_BUSY_PEER);
		return;
	}
	*q = (struct inquiry){.node = n, .request = r, .job = {.run = run_inquiry, .done = inquiry_done}};
	e = inquiry_read(q, &who);
	if (e != ERR_OK) {
		free(q);
		http_reply_error(r, e);
		return;
	}
	workers_add(n->workers, &q->job);
}
