/* SPDX-License-Identifier: Apache-2.0 */
#include "sync_lies.h"

#include <stdlib.h>

#include "chain/proto/event.h"
#include "core/crypto/hash.h"

#define DECODED_MAX (1u << 28)
#define DECODE(ret, type, body) ASSERT(WIRE_DECODE(ret, type, buf_bytes(body), DECODED_MAX, NULL) == ERR_OK)

static void encode(struct buf *body, const void *message)
{
	buf_clear(body);
	WIRE_ENCODE(body, message);
	ASSERT(buf_error(body) == ERR_OK);
}

/* ---- headers ---- */

typedef void change_header(struct block_header *h, struct commit *c);

/* One header of the answer and its commit; from_end: counted from the newest. */
static void change(struct buf *body, size_t from_end, change_header *how)
{
	struct buf header = BUF_INIT, commit = BUF_INIT;
	struct commit *c = malloc(sizeof(*c));
	struct block_header h;
	Medlock__HeadersReply *m = NULL;
	Medlock__SignedHeader *at, was;

	DECODE(&m, medlock__headers_reply, body);
	ASSERT(c != NULL);
	ASSERT(m->n_headers > from_end);
	at = m->headers[m->n_headers - 1 - from_end];
	was = *at;
	ASSERT(header_decode(&h, wire_bytes(at->header), NULL) == ERR_OK);
	ASSERT(commit_decode(c, wire_bytes(at->commit), NULL) == ERR_OK);
	how(&h, c);
	header_encode(&header, &h);
	commit_encode(&commit, c);
	at->header = wire_data(buf_bytes(&header));
	at->commit = wire_data(buf_bytes(&commit));
	encode(body, m);
	*at = was;
	WIRE_FREE(m);
	free(c);
	buf_release(&header);
	buf_release(&commit);
}

static void other_state(struct block_header *h, struct commit *c) { (void)c, h->app_hash.b[7] ^= 1; }
static void other_time(struct block_header *h, struct commit *c) { (void)c, h->time.seconds++; }
static void other_signature(struct block_header *h, struct commit *c) { (void)h, c->sigs[0].signature.b[9] ^= 1; }
static void other_round(struct block_header *h, struct commit *c) { (void)h, c->round++; }
/* A commit that names the changed header, with the signature of the true one. */
static void forged(struct block_header *h, struct commit *c)
{
	struct hash32 hash;

	h->app_hash.b[0] ^= 1;
	hash = header_hash(h);
	c->block_id.hash = digest_of(&hash);
}

static void header_changed(struct sync_desk *d, enum relay_kind k, struct buf *b) { change(b, 4, other_state); }
static void newest_changed(struct sync_desk *d, enum relay_kind k, struct buf *b) { change(b, 0, other_time); }
static void commit_forged(struct sync_desk *d, enum relay_kind k, struct buf *b) { change(b, 0, forged); }
static void commit_damaged(struct sync_desk *d, enum relay_kind k, struct buf *b) { change(b, 0, other_signature); }
static void old_commit_damaged(struct sync_desk *d, enum relay_kind k, struct buf *b) { change(b, 3, other_signature); }
static void old_commit_round(struct sync_desk *d, enum relay_kind k, struct buf *b) { change(b, 3, other_round); }

/* The list with one item dropped (-1: none) or given twice (-1: none). */
static void list_change(struct buf *body, size_t drop, size_t twice)
{
	Medlock__EventsReply *m = NULL, said = MEDLOCK__EVENTS_REPLY__INIT;
	ProtobufCBinaryData list[256];

	DECODE(&m, medlock__events_reply, body);
	ASSERT(m->n_events < 255);
	for (size_t i = 0; i < m->n_events; i++) {
		if (i != drop)
			list[said.n_events++] = m->events[i];
		if (i == twice)
			list[said.n_events++] = m->events[i];
	}
	said.events = list;
	encode(body, &said);
	WIRE_FREE(m);
}

static size_t list_length(const struct buf *body)
{
	Medlock__EventsReply *m = NULL;
	size_t count;

	DECODE(&m, medlock__events_reply, body);
	count = m->n_events;
	WIRE_FREE(m);
	return count;
}

static void first_event_dropped(struct sync_desk *d, enum relay_kind k, struct buf *b) { list_change(b, 0, SIZE_MAX); }
static void event_dropped(struct sync_desk *d, enum relay_kind k, struct buf *b) { list_change(b, 2, SIZE_MAX); }
static void event_twice(struct sync_desk *d, enum relay_kind k, struct buf *b) { list_change(b, SIZE_MAX, 2); }
static void last_event_dropped(struct sync_desk *d, enum relay_kind k, struct buf *b)
{
	list_change(b, list_length(b) - 1, SIZE_MAX);
}
static void events_gone(struct sync_desk *d, enum relay_kind k, struct buf *b) { buf_clear(b); }

static void last_event_twice(struct sync_desk *d, enum relay_kind k, struct buf *b)
{
	list_change(b, SIZE_MAX, list_length(b) - 1);
}

/* An entry that nobody made, in the place of a true one: it numbers and names itself rightly. */
static void event_invented(struct sync_desk *d, enum relay_kind k, struct buf *body)
{
	struct lies *l = d->self;
	Medlock__EventsReply *m = NULL;
	Medlock__Event *event = NULL;
	struct buf own = BUF_INIT;
	ProtobufCBinaryData was;
	uint64_t n = 1;

	DECODE(&m, medlock__events_reply, body);
	while (event_parse(&event, &l->d.s.anna.account, n, wire_bytes(m->events[1]), NULL) != ERR_OK)
		n++;
	event->time++;
	WIRE_ENCODE(&own, event);
	was = m->events[1];
	m->events[1] = wire_data(buf_bytes(&own));
	encode(body, m);
	m->events[1] = was;
	WIRE_FREE(m);
	WIRE_FREE(event);
	buf_release(&own);
}

/* The tag of the row that a proof is about. */
static uint8_t tag_of(const struct buf *body)
{
	Medlock__ProofReply *m = NULL;
	uint8_t tag;

	DECODE(&m, medlock__proof_reply, body);
	tag = m->key.data[0];
	WIRE_FREE(m);
	return tag;
}

static void count_changed(struct buf *body, int by)
{
	Medlock__ProofReply *m = NULL;
	Medlock__AccountState *a = NULL;
	struct buf value = BUF_INIT;
	ProtobufCBinaryData was;

	if (tag_of(body) != 'a')
		return;
	DECODE(&m, medlock__proof_reply, body);
	ASSERT(WIRE_DECODE(&a, medlock__account_state, wire_bytes(m->value), DECODED_MAX, NULL) == ERR_OK);
	a->event_count += (uint64_t)by;
	WIRE_ENCODE(&value, a);
	was = m->value;
	m->value = wire_data(buf_bytes(&value));
	encode(body, m);
	m->value = was;
	WIRE_FREE(a);
	WIRE_FREE(m);
	buf_release(&value);
}

static void count_less(struct sync_desk *d, enum relay_kind k, struct buf *b) { count_changed(b, -1); }
static void count_more(struct sync_desk *d, enum relay_kind k, struct buf *b) { count_changed(b, 1); }

/* A row with this tag is said not to be there. */
static void absent(struct buf *body, uint8_t tag)
{
	Medlock__ProofReply *m = NULL;
	ProtobufCBinaryData was;

	if (tag_of(body) != tag)
		return;
	DECODE(&m, medlock__proof_reply, body);
	was = m->value;
	m->value = (ProtobufCBinaryData){0};
	m->present = false;
	encode(body, m);
	m->value = was;
	WIRE_FREE(m);
}

static void account_absent(struct sync_desk *d, enum relay_kind k, struct buf *b) { absent(b, 'a'); }
static void policy_absent(struct sync_desk *d, enum relay_kind k, struct buf *b) { absent(b, 'p'); }
static void rule_absent(struct sync_desk *d, enum relay_kind k, struct buf *b) { absent(b, 'u'); }
static void record_absent(struct sync_desk *d, enum relay_kind k, struct buf *b) { absent(b, 'r'); }

/* The first record's row, rightly proven, in the place of every record's. */
static void record_of_another(struct sync_desk *d, enum relay_kind k, struct buf *body)
{
	struct lies *l = d->self;
	Medlock__ProofReply *m = NULL, *other = NULL;
	ProtobufCBinaryData was;

	if (tag_of(body) != 'r')
		return;
	DECODE(&m, medlock__proof_reply, body);
	if (l->stale[LIES_STALE_MAX - 1].len == 0)
		buf_append_bytes(&l->stale[LIES_STALE_MAX - 1], buf_bytes(body));
	DECODE(&other, medlock__proof_reply, &l->stale[LIES_STALE_MAX - 1]);
	was = other->key;
	other->key = m->key;
	encode(body, other);
	other->key = was;
	WIRE_FREE(m);
	WIRE_FREE(other);
}

/* Rightly proven and named, but another row than the one that was asked for. */
static void another_key(struct sync_desk *d, enum relay_kind k, struct buf *body)
{
	struct lies *l = d->self;

	(void)k;
	ASSERT(l->stale_count > 0);
	buf_clear(body);
	buf_append_bytes(body, buf_bytes(&l->stale[0]));
}

static void value_changed(struct sync_desk *d, enum relay_kind k, struct buf *body)
{
	Medlock__ProofReply *m = NULL;

	if (tag_of(body) != 'r')
		return;
	DECODE(&m, medlock__proof_reply, body);
	m->value.data[m->value.len / 2] ^= 1;
	encode(body, m);
	WIRE_FREE(m);
}

static void keep_proof(struct sync_desk *d, enum relay_kind k, struct buf *body)
{
	struct lies *l = d->self;

	ASSERT(l->stale_count < LIES_STALE_MAX - 1);
	buf_append_bytes(&l->stale[l->stale_count++], buf_bytes(body));
}

/* The proof of this row as it was then: true once. */
static void proof_of_then(struct sync_desk *d, enum relay_kind k, struct buf *body)
{
	struct lies *l = d->self;
	Medlock__ProofReply *m = NULL, *old = NULL;
	bool found = false;

	DECODE(&m, medlock__proof_reply, body);
	for (size_t i = 0; i < l->stale_count && !found; i++) {
		DECODE(&old, medlock__proof_reply, &l->stale[i]);
		found = bytes_equal(wire_bytes(m->key), wire_bytes(old->key));
		if (found)
			encode(body, old);
		WIRE_FREE(old);
	}
	WIRE_FREE(m);
}

static void status_height(struct buf *body, uint64_t height)
{
	Medlock__StatusReply *m = NULL;

	DECODE(&m, medlock__status_reply, body);
	m->height = height != 0 ? height : m->height + 5;
	encode(body, m);
	WIRE_FREE(m);
}

/* Everything as it was then: a peer restored from a backup, or one that hides what happened since. */
static void back_then(struct sync_desk *d, enum relay_kind k, struct buf *body)
{
	struct lies *l = d->self;

	if (k == RELAY_STATUS)
		status_height(body, l->earlier);
	if (k == RELAY_PROOF)
		proof_of_then(d, k, body);
}

static void boasts(struct sync_desk *d, enum relay_kind k, struct buf *b) { status_height(b, 0); }

/* ---- the same for whole blocks ---- */

typedef void change_block(struct block *b, struct commit *c);

static void change_blocks(struct buf *body, size_t from_end, change_block *how)
{
	struct buf block = BUF_INIT, commit = BUF_INIT;
	struct commit *c = malloc(sizeof(*c));
	struct block *b = malloc(sizeof(*b));
	Medlock__BlocksReply *m = NULL;
	Medlock__BlockReply *at, was;

	ASSERT(b != NULL && c != NULL);
	DECODE(&m, medlock__blocks_reply, body);
	ASSERT(m->n_blocks > from_end);
	at = m->blocks[m->n_blocks - 1 - from_end];
	was = *at;
	ASSERT(block_decode(b, wire_bytes(at->block), NULL) == ERR_OK);
	ASSERT(commit_decode(c, wire_bytes(at->commit), NULL) == ERR_OK);
	how(b, c);
	block_encode(&block, b);
	commit_encode(&commit, c);
	at->block = wire_data(buf_bytes(&block));
	at->commit = wire_data(buf_bytes(&commit));
	encode(body, m);
	*at = was;
	block_release(b);
	WIRE_FREE(m);
	free(b);
	free(c);
	buf_release(&block);
	buf_release(&commit);
}

static void block_state(struct block *b, struct commit *c) { other_state(&b->header, c); }
static void block_signature(struct block *b, struct commit *c) { other_signature(&b->header, c); }
static void block_round(struct block *b, struct commit *c) { other_round(&b->header, c); }
static void block_emptied(struct block *b, struct commit *c) { (void)c, b->tx_count = 0; }
/* Emptied, and the header made to fit. */
static void block_rewritten(struct block *b, struct commit *c)
{
	struct hash32 data = block_data_hash(NULL, 0), hash;
	struct buf encoded = BUF_INIT;

	b->tx_count = 0;
	b->header.data_hash = digest_of(&data);
	hash = header_hash(&b->header);
	block_encode(&encoded, b);
	c->block_id = block_id_of(&hash, buf_bytes(&encoded));
	buf_release(&encoded);
}

static void full_state(struct sync_desk *d, enum relay_kind k, struct buf *b) { change_blocks(b, 3, block_state); }
static void full_newest(struct sync_desk *d, enum relay_kind k, struct buf *b) { change_blocks(b, 0, block_state); }
static void full_commit(struct sync_desk *d, enum relay_kind k, struct buf *b) { change_blocks(b, 0, block_signature); }
static void full_old_commit(struct sync_desk *d, enum relay_kind k, struct buf *b) { change_blocks(b, 4, block_signature); }
static void full_old_round(struct sync_desk *d, enum relay_kind k, struct buf *b) { change_blocks(b, 4, block_round); }
/* The newest block is empty and carries the root of the one before it. */
static void full_emptied(struct sync_desk *d, enum relay_kind k, struct buf *b) { change_blocks(b, 1, block_emptied); }
static void full_rewritten(struct sync_desk *d, enum relay_kind k, struct buf *b) { change_blocks(b, 1, block_rewritten); }

static void full_list(struct buf *body, size_t drop, size_t twice)
{
	Medlock__BlocksReply *m = NULL, said = MEDLOCK__BLOCKS_REPLY__INIT;
	Medlock__BlockReply *list[256];

	DECODE(&m, medlock__blocks_reply, body);
	ASSERT(m->n_blocks < 255);
	for (size_t i = 0; i < m->n_blocks; i++) {
		if (i != drop)
			list[said.n_blocks++] = m->blocks[i];
		if (i == twice)
			list[said.n_blocks++] = m->blocks[i];
	}
	said.blocks = list;
	encode(body, &said);
	WIRE_FREE(m);
}

static void full_dropped(struct sync_desk *d, enum relay_kind k, struct buf *b) { full_list(b, 2, SIZE_MAX); }
static void full_twice(struct sync_desk *d, enum relay_kind k, struct buf *b) { full_list(b, SIZE_MAX, 2); }

/* ---- what they are told as ---- */

const struct lie lies_of_headers[LIES_LIST_MAX] = {
	{"a changed header", RELAY_HEADERS, header_changed, ERR_CHAIN, false},
	{"a changed newest header", RELAY_HEADERS, newest_changed, ERR_CHAIN, false},
	{"a forged commit", RELAY_HEADERS, commit_forged, ERR_CHAIN, false},
	{"a damaged commit", RELAY_HEADERS, commit_damaged, ERR_CHAIN, false},
	{"a damaged commit of an older header", RELAY_HEADERS, old_commit_damaged, ERR_CHAIN, false},
	{"an older commit of another round", RELAY_HEADERS, old_commit_round, ERR_CHAIN, false},
	{"a height that is not there", RELAY_STATUS, boasts, ERR_CHAIN, false},
};

const struct lie lies_of_events[LIES_LIST_MAX] = {
	{"the first entry dropped", RELAY_EVENTS, first_event_dropped, ERR_INCOMPLETE, false},
	{"an entry dropped", RELAY_EVENTS, event_dropped, ERR_INCOMPLETE, false},
	{"the last entry dropped", RELAY_EVENTS, last_event_dropped, ERR_INCOMPLETE, false},
	{"all entries dropped", RELAY_EVENTS, events_gone, ERR_INCOMPLETE, false},
	{"an entry twice", RELAY_EVENTS, event_twice, ERR_INCOMPLETE, false},
	{"an invented entry", RELAY_EVENTS, event_invented, ERR_INCOMPLETE, false},
};

const struct lie lies_of_rows[LIES_LIST_MAX] = {
	{"one entry less in the account", RELAY_PROOF, count_less, ERR_PROOF, false},
	{"one entry more in the account", RELAY_PROOF, count_more, ERR_PROOF, false},
	{"no account", RELAY_PROOF, account_absent, ERR_PROOF, false},
	{"no policy", RELAY_PROOF, policy_absent, ERR_PROOF, false},
	{"no rule", RELAY_PROOF, rule_absent, ERR_PROOF, false},
	{"no record", RELAY_PROOF, record_absent, ERR_PROOF, false},
	{"another record's row", RELAY_PROOF, record_of_another, ERR_PROOF, false},
	{"a changed record", RELAY_PROOF, value_changed, ERR_PROOF, false},
};

const struct lie lies_of_blocks[LIES_LIST_MAX] = {
	{"a block with another root", RELAY_BLOCKS, full_state, ERR_APP_HASH, false},
	{"a newest block with another root", RELAY_BLOCKS, full_newest, ERR_APP_HASH, false},
	{"a damaged commit", RELAY_BLOCKS, full_commit, ERR_CHAIN, false},
	{"a damaged commit of an older block", RELAY_BLOCKS, full_old_commit, ERR_CHAIN, false},
	{"an older commit of another round", RELAY_BLOCKS, full_old_round, ERR_CHAIN, false},
	{"a block without its transactions", RELAY_BLOCKS, full_emptied, ERR_CHAIN, false},
	{"a block rewritten without them", RELAY_BLOCKS, full_rewritten, ERR_CHAIN, false},
	{"a block dropped", RELAY_BLOCKS, full_dropped, ERR_CHAIN, false},
	{"a block twice", RELAY_BLOCKS, full_twice, ERR_CHAIN, false},
	{"a height that is not there", RELAY_STATUS, boasts, ERR_CHAIN, false},
};

const struct lie lies_keep_proofs = {"nothing", RELAY_PROOF, keep_proof, ERR_OK, false};
const struct lie lies_of_stale_proofs = {"proofs of an earlier height", RELAY_PROOF, proof_of_then, ERR_PROOF, false};
const struct lie lies_of_going_back = {"a height that goes back", RELAY_STATUS, back_then, ERR_PROOF, true};
const struct lie lies_of_another_key = {"another row", RELAY_PROOF, another_key, ERR_PEER, false};
const struct lie lies_beyond_the_count = {"the last entry twice", RELAY_EVENTS, last_event_twice, ERR_OK, false};

void lies_release(struct lies *l)
{
	for (size_t i = 0; i < LIES_STALE_MAX; i++)
		buf_release(&l->stale[i]);
}
