/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/engine/mempool.h"

void mempool_init(struct mempool *m, uint32_t count_max, size_t bytes_max)
{
	memset(m, 0, sizeof(*m));
	TAILQ_INIT(&m->ready);
	m->count_max = count_max;
	m->bytes_max = bytes_max;
}

static struct pending **slot_of(struct mempool *m, const struct tx_id *id)
{
	return &m->table[get_be32(id->b) & (MEMPOOL_TABLE - 1)];
}

static struct pending *find(struct mempool *m, const struct tx_id *id)
{
	struct pending *p = *slot_of(m, id);

	while (p != NULL && !ID_EQUAL(p->tx.id, *id))
		p = p->same_slot;
	return p;
}

static struct pending *pending_new(struct mempool *m, const struct tx *tx, struct bytes raw)
{
	struct pending *p = calloc(1, sizeof(*p));

	if (p == NULL || (p->raw = malloc(raw.len)) == NULL) {
		free(p);
		return NULL;
	}
	memcpy(p->raw, raw.data, raw.len);
	p->pool = m;
	p->size = raw.len;
	p->tx = *tx;
	return p;
}

enum err mempool_add(struct mempool *m, struct pending **ret, bool *ret_known, struct tx_id *ret_id, struct bytes raw,
		     int64_t now)
{
	struct pending *p, **slot;
	struct tx tx;

	if (m->count >= m->count_max || m->bytes + raw.len > m->bytes_max)
		return ERR_BUSY_PEER;
	TRY(tx_parse(&tx, raw, NULL));
	*ret_id = tx.id;
	p = find(m, &tx.id);
	*ret_known = p != NULL;
	if (p != NULL) {
		tx_release(&tx);
		*ret = p;
		return ERR_OK;
	}
	p = pending_new(m, &tx, raw);
	if (p == NULL) {
		tx_release(&tx);
		return ERR_MEMORY;
	}
	p->since = now;
	slot = slot_of(m, &p->tx.id);
	p->same_slot = *slot;
	*slot = p;
	m->count++;
	m->bytes += p->size;
	*ret = p;
	return ERR_OK;
}

void mempool_ready(struct mempool *m, struct pending *p)
{
	p->ready = true;
	TAILQ_INSERT_TAIL(&m->ready, p, link);
	m->ready_count++;
	m->ready_bytes += p->size;
	m->ready_cost += p->tx.cost;
}

void mempool_remove(struct mempool *m, struct pending *p)
{
	struct pending **at = slot_of(m, &p->tx.id);

	while (*at != p) {
		ASSERT(*at != NULL);
		at = &(*at)->same_slot;
	}
	*at = p->same_slot;
	m->count--;
	m->bytes -= p->size;
	if (!p->ready)
		return;
	TAILQ_REMOVE(&m->ready, p, link);
	m->ready_count--;
	m->ready_bytes -= p->size;
	m->ready_cost -= p->tx.cost;
}

enum err pending_wait(struct pending *p, engine_reply *reply, void *context)
{
	struct waiter *w;

	if (reply == NULL)
		return ERR_OK;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return ERR_MEMORY;
	*w = (struct waiter){p->waiters, reply, context};
	p->waiters = w;
	return ERR_OK;
}

void pending_answer(struct pending *p, const struct engine_outcome *outcome)
{
	struct waiter *w;

	while ((w = p->waiters) != NULL) {
		p->waiters = w->next;
		w->reply(w->context, outcome);
		free(w);
	}
}

void pending_free(struct pending *p)
{
	struct waiter *w;

	while ((w = p->waiters) != NULL) {
		p->waiters = w->next;
		free(w);
	}
	tx_release(&p->tx);
	free(p->raw);
	free(p);
}

void mempool_forget(struct mempool *m, const void *context)
{
	for (size_t i = 0; i < MEMPOOL_TABLE; i++)
		for (struct pending *p = m->table[i]; p != NULL; p = p->same_slot)
			for (struct waiter **at = &p->waiters; *at != NULL;) {
				struct waiter *w = *at;

				if (w->context != context) {
					at = &w->next;
					continue;
				}
				*at = w->next;
				free(w);
			}
}

struct pending *mempool_any(struct mempool *m)
{
	for (size_t i = 0; m->count > 0 && i < MEMPOOL_TABLE; i++)
		if (m->table[i] != NULL)
			return m->table[i];
	return NULL;
}

void mempool_release(struct mempool *m)
{
	struct pending *p;

	while ((p = mempool_any(m)) != NULL) {
		mempool_remove(m, p);
		pending_free(p);
	}
}

/* ---- token buckets ---- */

static void refill(const struct buckets *b, struct bucket *row, int64_t now)
{
	uint64_t most = (uint64_t)b->burst * 1000;
	uint64_t more = now > row->at ? (uint64_t)(now - row->at) * b->rate : 0;

	row->tokens = more > most - row->tokens ? most : row->tokens + more;
	row->at = now;
}

/* A bucket that is full again says nothing that a new one would not. */
static struct bucket *bucket_new(struct buckets *b, const char *address, int64_t now)
{
	struct bucket *row = &b->rows[0];

	if (b->count < BUCKETS_MAX) {
		row = &b->rows[b->count++];
	} else {
		for (uint32_t i = 0; i < b->count; i++) {
			refill(b, &b->rows[i], now);
			if (b->rows[i].tokens > row->tokens)
				row = &b->rows[i];
		}
	}
	snprintf(row->address, sizeof(row->address), "%s", address);
	row->tokens = (uint64_t)b->burst * 1000;
	row->at = now;
	return row;
}

bool buckets_take(struct buckets *b, const char *address, int64_t now)
{
	struct bucket *row = NULL;

	if (address[0] == '\0')
		return true;
	for (uint32_t i = 0; i < b->count && row == NULL; i++)
		if (strcmp(b->rows[i].address, address) == 0)
			row = &b->rows[i];
	if (row == NULL)
		row = bucket_new(b, address, now);
	refill(b, row, now);
	if (row->tokens < 1000)
		return false;
	row->tokens -= 1000;
	return true;
}
