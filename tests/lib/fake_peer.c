/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_peer.h"

#include <event2/thread.h>
#include <pthread.h>
#include <signal.h>

#include "chain/net/http_server.h"
#include "chain/net/tls_server.h"
#include "core/crypto/hash.h"
#include "core/crypto/trie.h"
#include "storage/state_kv.h"

#define MUST(expression) ASSERT((expression) == ERR_OK)

struct row {
	struct buf key, value;
};

struct fake_peer {
	struct chain *chain;
	const struct clock *clock;
	struct event_base *base;
	struct event *stop;
	SSL_CTX *tls;
	struct http_server *server;
	pthread_t thread;
	pthread_mutex_t mutex; /* over all below, and the chain while a question is answered */
	struct hash32 pin;
	uint64_t tip, page;
	void (*change_tx)(Medlock__TxReply *reply);
	void (*change_proof)(void *self, Medlock__ProofReply *reply);
	void *change_self;
	struct buf drop, hidden;
	struct trie *trie;
	struct row *rows;
	size_t row_count, event_count;
};

static void answer(struct http_request *r, const struct buf *body)
{
	MUST(buf_error(body));
	http_reply(r, 200, API_TYPE, buf_bytes(body));
}

static void status(void *self, struct http_request *r)
{
	struct fake_peer *p = self;
	Medlock__StatusReply reply = MEDLOCK__STATUS_REPLY__INIT;
	struct buf out = BUF_INIT;

	pthread_mutex_lock(&p->mutex);
	reply.network_id = wire_data(BYTES_ID(p->chain->network));
	reply.chain_id = p->chain->genesis->chain_id;
	reply.height = p->tip;
	reply.clock = p->clock->now(p->clock->self).v;
	reply.engine = (char *)(uintptr_t)"solo";
	reply.version = (char *)(uintptr_t)"0";
	reply.validators = 1;
	WIRE_ENCODE(&out, &reply);
	pthread_mutex_unlock(&p->mutex);
	answer(r, &out);
	buf_release(&out);
}

/* The heights that are asked for: count of them from *ret_from on. */
static size_t asked(struct fake_peer *p, uint64_t *ret_from, const struct http_request *r)
{
	uint64_t from = 0, max = 0, left;

	MUST(http_query_u64(&from, r, API_PARAM_FROM, 1, UINT32_MAX));
	MUST(http_query_u64(&max, r, API_PARAM_MAX, 1, UINT32_MAX));
	*ret_from = from;
	left = from >= 1 && from <= p->tip ? p->tip - from + 1 : 0;
	if (p->page != 0 && max > p->page)
		max = p->page;
	return (size_t)(left < max ? left : max);
}

static void blocks(void *self, struct http_request *r)
{
	struct fake_peer *p = self;
	Medlock__BlockReply rows[CHAIN_HELP_MAX], *list[CHAIN_HELP_MAX];
	Medlock__BlocksReply reply = MEDLOCK__BLOCKS_REPLY__INIT;
	struct buf out = BUF_INIT;
	uint64_t from;

	pthread_mutex_lock(&p->mutex);
	reply.n_blocks = asked(p, &from, r);
	reply.blocks = list;
	for (size_t i = 0; i < reply.n_blocks; i++) {
		rows[i] = (Medlock__BlockReply)MEDLOCK__BLOCK_REPLY__INIT;
		rows[i].block = wire_data(buf_bytes(&p->chain->blocks[from - 1 + i]));
		rows[i].commit = wire_data(buf_bytes(&p->chain->commits[from - 1 + i]));
		list[i] = &rows[i];
	}
	WIRE_ENCODE(&out, &reply);
	pthread_mutex_unlock(&p->mutex);
	answer(r, &out);
	buf_release(&out);
}

static void headers(void *self, struct http_request *r)
{
	struct fake_peer *p = self;
	Medlock__SignedHeader rows[CHAIN_HELP_MAX], *list[CHAIN_HELP_MAX];
	Medlock__HeadersReply reply = MEDLOCK__HEADERS_REPLY__INIT;
	struct buf encoded[CHAIN_HELP_MAX] = {0}, out = BUF_INIT;
	uint64_t from;

	pthread_mutex_lock(&p->mutex);
	reply.n_headers = asked(p, &from, r);
	reply.headers = list;
	for (size_t i = 0; i < reply.n_headers; i++) {
		chain_header(p->chain, &encoded[i], from + i);
		rows[i] = (Medlock__SignedHeader)MEDLOCK__SIGNED_HEADER__INIT;
		rows[i].header = wire_data(buf_bytes(&encoded[i]));
		rows[i].commit = wire_data(buf_bytes(&p->chain->commits[from - 1 + i]));
		list[i] = &rows[i];
	}
	WIRE_ENCODE(&out, &reply);
	pthread_mutex_unlock(&p->mutex);
	for (size_t i = 0; i < reply.n_headers; i++)
		buf_release(&encoded[i]);
	answer(r, &out);
	buf_release(&out);
}

static void proof(void *self, struct http_request *r)
{
	struct fake_peer *p = self;
	Medlock__ProofReply reply = MEDLOCK__PROOF_REPLY__INIT;
	struct buf key = BUF_INIT, way = BUF_INIT, out = BUF_INIT;
	struct hash32 name;
	bool hidden;

	MUST(http_query_hex(&key, r, API_PARAM_KEY, STATE_KEY_MAX));
	name = hash_sha256(buf_bytes(&key));
	pthread_mutex_lock(&p->mutex);
	hidden = bytes_equal(buf_bytes(&p->hidden), buf_bytes(&key));
	trie_prove(p->trie, &way, TRIE_CURRENT, &name);
	reply.height = p->tip - 1;
	reply.key = wire_data(buf_bytes(&key));
	for (size_t i = 0; i < p->row_count; i++) {
		if (bytes_equal(buf_bytes(&p->rows[i].key), buf_bytes(&key))) {
			reply.present = true;
			reply.value = wire_data(buf_bytes(&p->rows[i].value));
		}
	}
	reply.proof = wire_data(buf_bytes(&way));
	if (p->change_proof != NULL)
		p->change_proof(p->change_self, &reply);
	WIRE_ENCODE(&out, &reply);
	pthread_mutex_unlock(&p->mutex);
	if (hidden)
		http_reply_error(r, ERR_NOT_FOUND);
	else
		answer(r, &out);
	buf_release(&key);
	buf_release(&way);
	buf_release(&out);
}

static void events(void *self, struct http_request *r)
{
	struct fake_peer *p = self;
	Medlock__EventsReply reply = MEDLOCK__EVENTS_REPLY__INIT;
	struct buf account = BUF_INIT, out = BUF_INIT;
	uint64_t from = 0;

	MUST(http_query_hex(&account, r, API_PARAM_ACCOUNT, ID_SIZE));
	MUST(http_query_u64(&from, r, API_PARAM_FROM, 1, UINT32_MAX));
	pthread_mutex_lock(&p->mutex);
	reply.events = calloc(p->event_count + 1, sizeof(*reply.events));
	ASSERT(reply.events != NULL);
	for (size_t i = 0; i < p->event_count; i++) {
		const struct chain_event *e = &p->chain->events[i];

		if (e->n >= from && bytes_equal(BYTES_ID(e->owner), buf_bytes(&account)))
			reply.events[reply.n_events++] = wire_data(buf_bytes(&e->bytes));
	}
	WIRE_ENCODE(&out, &reply);
	pthread_mutex_unlock(&p->mutex);
	free(reply.events);
	answer(r, &out);
	buf_release(&account);
	buf_release(&out);
}

/* Place and proof of a transaction into the answer; the block lives as long as *ret. */
static bool find_tx(const struct fake_peer *p, Medlock__TxReply *reply, struct block *ret, struct buf *proof,
		    const struct tx_id *id)
{
	for (uint64_t height = 1; height <= p->tip; height++) {
		struct tx_id ids[64];

		MUST(block_decode(ret, buf_bytes(&p->chain->blocks[height - 1]), NULL));
		ASSERT(ret->tx_count <= 64);
		for (size_t i = 0; i < ret->tx_count; i++) {
			struct hash32 hash = hash_sha256(ret->txs[i]);

			ID_COPY(ids[i], hash.b);
		}
		for (size_t i = 0; i < ret->tx_count; i++) {
			if (!ID_EQUAL(ids[i], *id))
				continue;
			inclusion_prove(proof, ids, ret->tx_count, i);
			reply->height = height;
			reply->index = (uint32_t)i;
			reply->body = wire_data(ret->txs[i]);
			reply->inclusion = wire_data(buf_bytes(proof));
			return true;
		}
		block_release(ret);
	}
	return false;
}

static void tx(void *self, struct http_request *r)
{
	struct fake_peer *p = self;
	Medlock__TxReply reply = MEDLOCK__TX_REPLY__INIT;
	struct buf proof = BUF_INIT, out = BUF_INIT;
	struct block block;
	struct tx_id id;
	bool found;

	MUST(hex_decode(id.b, sizeof(id.b), http_request_tail(r)));
	pthread_mutex_lock(&p->mutex);
	reply.tx = wire_data(BYTES_ID(id));
	reply.text = (char *)(uintptr_t)"";
	found = find_tx(p, &reply, &block, &proof, &id);
	if (found) {
		if (p->change_tx != NULL)
			p->change_tx(&reply);
		WIRE_ENCODE(&out, &reply);
		block_release(&block);
	}
	pthread_mutex_unlock(&p->mutex);
	if (found)
		answer(r, &out);
	else
		http_reply_error(r, ERR_NOT_FOUND);
	buf_release(&proof);
	buf_release(&out);
}

static void genesis(void *self, struct http_request *r)
{
	struct fake_peer *p = self;

	http_reply(r, 200, API_TYPE, buf_bytes(&p->chain->genesis_bytes));
}

static void drop(void *self, struct http_request *r)
{
	struct fake_peer *p = self;
	Medlock__MailReply reply = MEDLOCK__MAIL_REPLY__INIT;
	Medlock__MailItem item = MEDLOCK__MAIL_ITEM__INIT, *items[] = {&item};
	struct buf out = BUF_INIT;
	uint64_t after = 0;

	MUST(http_query_u64(&after, r, API_PARAM_AFTER, 0, UINT32_MAX));
	pthread_mutex_lock(&p->mutex);
	item.seq = 1;
	item.message = wire_data(buf_bytes(&p->drop));
	reply.items = items;
	reply.n_items = p->drop.len > 0 && after < item.seq;
	WIRE_ENCODE(&out, &reply);
	pthread_mutex_unlock(&p->mutex);
	answer(r, &out);
	buf_release(&out);
}

static void drop_rows(struct fake_peer *p)
{
	for (size_t i = 0; i < p->row_count; i++) {
		buf_release(&p->rows[i].key);
		buf_release(&p->rows[i].value);
	}
	free(p->rows);
	p->rows = NULL;
	p->row_count = 0;
}

static enum err keep_row(void *self, struct bytes key, struct bytes value)
{
	struct fake_peer *p = self;

	p->rows = realloc(p->rows, (p->row_count + 1) * sizeof(*p->rows));
	ASSERT(p->rows != NULL);
	p->rows[p->row_count] = (struct row){BUF_INIT, BUF_INIT};
	buf_append_bytes(&p->rows[p->row_count].key, key);
	buf_append_bytes(&p->rows[p->row_count++].value, value);
	return ERR_OK;
}

static void make_trie(struct fake_peer *p)
{
	struct trie_change *leaves = calloc(p->row_count + 1, sizeof(*leaves));

	ASSERT(leaves != NULL);
	for (size_t i = 0; i < p->row_count; i++) {
		leaves[i].keyhash = hash_sha256(buf_bytes(&p->rows[i].key));
		leaves[i].valuehash = hash_sha256(buf_bytes(&p->rows[i].value));
	}
	trie_sort(leaves, p->row_count);
	trie_free(p->trie);
	MUST(trie_new(&p->trie));
	MUST(trie_apply(p->trie, leaves, p->row_count));
	free(leaves);
}

void fake_peer_show(struct fake_peer *p)
{
	struct state_kv *kv;

	pthread_mutex_lock(&p->mutex);
	drop_rows(p);
	MUST(state_kv_new(&kv, p->chain->db, NULL));
	MUST(state_kv_scan(kv, bytes_of(NULL, 0), bytes_of(NULL, 0), false, keep_row, p));
	state_kv_free(kv);
	make_trie(p);
	p->tip = p->chain->count;
	p->event_count = p->chain->event_count;
	pthread_mutex_unlock(&p->mutex);
}

void fake_peer_change_tx(struct fake_peer *p, void (*change)(Medlock__TxReply *reply))
{
	pthread_mutex_lock(&p->mutex);
	p->change_tx = change;
	pthread_mutex_unlock(&p->mutex);
}

void fake_peer_change_proof(struct fake_peer *p, void (*change)(void *self, Medlock__ProofReply *reply), void *self)
{
	pthread_mutex_lock(&p->mutex);
	p->change_proof = change;
	p->change_self = self;
	pthread_mutex_unlock(&p->mutex);
}

void fake_peer_hide(struct fake_peer *p, struct bytes key)
{
	pthread_mutex_lock(&p->mutex);
	buf_clear(&p->hidden);
	buf_append_bytes(&p->hidden, key);
	pthread_mutex_unlock(&p->mutex);
}

void fake_peer_drop(struct fake_peer *p, struct bytes message)
{
	pthread_mutex_lock(&p->mutex);
	buf_clear(&p->drop);
	buf_append_bytes(&p->drop, message);
	pthread_mutex_unlock(&p->mutex);
}

const struct hash32 *fake_peer_pin(const struct fake_peer *p)
{
	return &p->pin;
}

unsigned fake_peer_port(const struct fake_peer *p)
{
	return http_server_port(p->server);
}

void fake_peer_page(struct fake_peer *p, uint64_t max)
{
	pthread_mutex_lock(&p->mutex);
	p->page = max;
	pthread_mutex_unlock(&p->mutex);
}

static void on_stop(evutil_socket_t fd, short what, void *base)
{
	(void)fd, (void)what;
	event_base_loopbreak(base);
}

static void *loop(void *base)
{
	event_base_dispatch(base);
	return NULL;
}

struct fake_peer *fake_peer_new(struct chain *chain, const struct clock *clock)
{
	struct fake_peer *p = calloc(1, sizeof(*p));
	struct buf key = BUF_INIT;
	struct http_route routes[] = {
		{API_STATUS, false, HTTP_GET, status, p, false}, {API_BLOCKS, false, HTTP_GET, blocks, p, false},
		{API_HEADERS, false, HTTP_GET, headers, p, false}, {API_PROOF, false, HTTP_GET, proof, p, false},
		{API_EVENTS, false, HTTP_GET, events, p, false}, {API_TX "/", true, HTTP_GET, tx, p, false},
		{API_GENESIS, false, HTTP_GET, genesis, p, false}, {API_DROP "/", true, HTTP_GET, drop, p, false},
		{API_MAIL, false, HTTP_GET, drop, p, false},
	};
	struct http_server_options o = {.host = "127.0.0.1", .limits = HTTP_LIMITS_DEFAULT, .routes = routes,
					.route_count = sizeof(routes) / sizeof(routes[0])};

	ASSERT(p != NULL);
	signal(SIGPIPE, SIG_IGN);
	evthread_use_pthreads();
	p->chain = chain;
	p->clock = clock;
	pthread_mutex_init(&p->mutex, NULL);
	p->base = o.base = event_base_new();
	p->stop = event_new(p->base, -1, EV_PERSIST, on_stop, p->base);
	MUST(tls_key_new(&key, NULL));
	MUST(tls_key_pin(&p->pin, buf_bytes(&key), NULL));
	MUST(tls_server_new(&p->tls, buf_bytes(&key), NULL));
	buf_release(&key);
	o.tls = p->tls;
	fake_peer_show(p);
	MUST(http_server_new(&p->server, &o, NULL));
	ASSERT(pthread_create(&p->thread, NULL, loop, p->base) == 0);
	return p;
}

void fake_peer_free(struct fake_peer *p)
{
	event_active(p->stop, EV_READ, 0);
	pthread_join(p->thread, NULL);
	http_server_free(p->server);
	event_free(p->stop);
	event_base_free(p->base);
	SSL_CTX_free(p->tls);
	pthread_mutex_destroy(&p->mutex);
	drop_rows(p);
	buf_release(&p->drop);
	buf_release(&p->hidden);
	trie_free(p->trie);
	free(p);
}

void fake_peer_link_also(struct link *l, const struct fake_peer *p)
{
	struct peer_address address;
	struct link_peer *added;
	char url[64];

	snprintf(url, sizeof(url), "https://127.0.0.1:%u", http_server_port(p->server));
	MUST(peer_address_set(&address, url, &p->pin));
	link_add(l, &address);
	added = &l->peers[l->count - 1];
	buf_append_text(&added->ticket, "medlock AA==");
	added->ticket_until.v = INT64_MAX;
}

void fake_peer_link(struct link *ret, const struct fake_peer *p, struct http_client *http,
		    const struct account_id *account)
{
	link_init(ret, http, NULL, p->clock, NULL, &p->chain->network, account);
	fake_peer_link_also(ret, p);
}
