/* SPDX-License-Identifier: Apache-2.0 */
/* A vault's world in one process: peers as real HTTPS servers, custodians' shares, a ledger that remembers a deposit. */
#ifndef MEDLOCK_TESTS_VAULT_WORLD_H
#define MEDLOCK_TESTS_VAULT_WORLD_H

#include <dirent.h>
#include <event2/thread.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "chain/net/http_server.h"
#include "chain/net/tls_server.h"
#include "chain/proto/release.h"
#include "core/base/files.h"
#include "core/crypto/start.h"
#include "core/vault/internal.h"

#define CUSTODIANS 5
#define NEEDED 3
#define PEERS 2
#define PLAIN_SIZE (3u * 1024 * 1024 + 17)

struct world;

struct test_peer {
	struct world *w;
	size_t number;
	struct event_base *base;
	SSL_CTX *tls;
	struct http_server *server;
	pthread_t thread;
	char url[64], dir[128];
	struct hash32 pin;
	struct blob_store *blobs;
	atomic_uint puts, gets, puts_left; /* puts_left: how many it takes before it fails */
	atomic_bool lies;
};

struct world {
	char dir[64];
	struct test_peer peers[PEERS];
	struct vault v;
	struct secret *owner_seal, *request_seal;
	struct seal_public owner_public, request_public;
	struct threshold_key key;
	struct key_share shares[CUSTODIANS];
	unsigned cheats; /* bit i: custodian i + 1 cheats */
	uint8_t accounts[CUSTODIANS][32];
	Medlock__Network row;
	Medlock__Custodian custodian[CUSTODIANS], *custodians[CUSTODIANS];
	Medlock__Peer peer[CUSTODIANS], *peer_list[CUSTODIANS];
	Medlock__Parameters parameters;
	ProtobufCBinaryData commitments[NEEDED];
	uint8_t commitment_bytes[NEEDED][G1_SIZE];
	Medlock__RecordDeposit *registered;
	Medlock__RecordState state;
	unsigned signs, sends;
	enum err ledger_says;
	struct request_id request;
	struct record_id record;
	char plain_path[96];
};

/* ---- the peers ---- */

static void blob(void *self, struct http_request *r)
{
	struct test_peer *p = self;
	struct buf out = BUF_INIT;
	uint64_t offset = 0, size = 0, held = 0, max = 0;
	struct blob_id id;
	enum err e = hex_decode(id.b, sizeof(id.b), http_request_tail(r));

	if (e == ERR_OK && http_request_method(r) == HTTP_PUT) {
		e = http_query_u64(&offset, r, API_PARAM_OFFSET, 0, RECORD_SIZE_MAX);
		if (e == ERR_OK)
			e = http_query_u64(&size, r, API_PARAM_SIZE, 0, RECORD_SIZE_MAX);
		if (e == ERR_OK && atomic_load(&p->puts_left) == 0)
			e = ERR_BUSY_PEER;
		if (e == ERR_OK) {
			atomic_fetch_sub(&p->puts_left, 1);
			atomic_fetch_add(&p->puts, 1);
			e = blob_store_begin(p->blobs, &held, &id, size, NULL);
		}
		if (e == ERR_OK)
			e = blob_store_write(p->blobs, &held, &id, offset, http_request_body(r), NULL);
		if (e == ERR_OK && held == size)
			e = blob_store_finish(p->blobs, &id, NULL, NULL);
	} else if (e == ERR_OK) {
		e = blob_store_size(p->blobs, &size, &id);
		held = size;
		if (e == ERR_NOT_FOUND && http_request_method(r) == HTTP_HEAD)
			e = blob_store_progress(p->blobs, &held, &size, &id);
		if (e == ERR_OK && http_request_method(r) == HTTP_GET) {
			atomic_fetch_add(&p->gets, 1);
			e = http_query_u64(&offset, r, API_PARAM_OFFSET, 0, RECORD_SIZE_MAX);
			if (e == ERR_OK)
				e = http_query_u64(&max, r, API_PARAM_MAX, API_PIECE_MAX, API_PIECE_MAX);
			if (e == ERR_OK)
				e = blob_store_read(p->blobs, &out, &id, offset, (size_t)max);
			if (atomic_load(&p->lies) && out.len > 0)
				out.data[out.len / 2] ^= 1;
		}
	}
	if (e != ERR_OK) {
		http_reply_error(r, e);
	} else {
		http_reply_header_u64(r, API_BLOB_HELD, held);
		http_reply_header_u64(r, API_BLOB_SIZE, size);
		http_reply(r, 200, API_TYPE_BLOB, buf_bytes(&out));
	}
	buf_release(&out);
}

/* The custodian is in the request, so that one server can stand for several. */
static enum err answer(struct world *w, Medlock__ReleaseReply *reply, struct buf *sealed, const Medlock__ReleaseRequest *q)
{
	struct release_binding b = {.network = w->v.network, .request = w->request, .record = w->record, .form = q->form,
				    .key_generation = 1};
	uint8_t context[RELEASE_CONTEXT_SIZE], bytes[DECRYPTION_SHARE_SIZE];
	struct decryption_share share;
	struct capsule capsule;
	struct hash32 label;
	size_t i = 0;

	while (i < CUSTODIANS && memcmp(w->accounts[i], q->custodian.data, 32) != 0)
		i++;
	if (i == CUSTODIANS)
		return ERR_NOT_FOUND;
	memcpy(capsule.b, w->registered->renditions[0]->capsule.data, CAPSULE_SIZE);
	memcpy(b.custodian.b, w->accounts[i], 32);
	memcpy(b.u, capsule.b, sizeof(b.u));
	release_context(context, &b);
	TRY(deposit_label(&label, &w->v.network, &w->v.account, w->registered));
	TRY(capsule_answer(&share, &w->shares[w->cheats & 1u << i ? (i + 1) % CUSTODIANS : i], &capsule, BYTES_ID(label),
			   bytes_of(context, sizeof(context)), rng_system()));
	if (w->cheats & 1u << i)
		share.index = (uint16_t)(i + 1);
	decryption_share_write(bytes, &share);
	TRY(seal_to(sealed, &w->request_public, bytes_of(context, sizeof(context)), bytes_of(NULL, 0),
		    bytes_of(bytes, sizeof(bytes)), rng_system()));
	reply->sealed = wire_data(buf_bytes(sealed));
	reply->index = (uint32_t)(i + 1);
	reply->height = 5;
	return ERR_OK;
}

static void release(void *self, struct http_request *r)
{
	struct test_peer *p = self;
	Medlock__ReleaseRequest *q = NULL;
	Medlock__ReleaseReply reply = MEDLOCK__RELEASE_REPLY__INIT;
	struct buf out = BUF_INIT, sealed = BUF_INIT;
	enum err e = WIRE_DECODE(&q, medlock__release_request, http_request_body(r), RELEASE_DECODED_MAX, NULL);

	if (e == ERR_OK)
		e = p->w->ledger_says == ERR_WITHDRAWN ? ERR_WITHDRAWN : answer(p->w, &reply, &sealed, q);
	WIRE_ENCODE(&out, &reply);
	if (e == ERR_OK)
		http_reply(r, 200, API_TYPE, buf_bytes(&out));
	else
		http_reply_error(r, e);
	WIRE_FREE(q);
	buf_release(&out);
	buf_release(&sealed);
}

static void *loop(void *self)
{
	event_base_loop(((struct test_peer *)self)->base, EVLOOP_NO_EXIT_ON_EMPTY);
	return NULL;
}

static void peer_start(struct world *w, size_t number)
{
	struct test_peer *p = &w->peers[number];
	const struct http_route routes[] = {
		{API_BLOB "/", true, HTTP_GET | HTTP_HEAD | HTTP_PUT, blob, p, false},
		{API_RELEASE, false, HTTP_POST, release, p, false},
	};
	struct buf key = BUF_INIT;

	p->w = w;
	p->number = number;
	atomic_store(&p->puts_left, 1000);
	(void)snprintf(p->dir, sizeof(p->dir), "%s/peer%zu", w->dir, number);
	assert_int_equal(blob_store_open(&p->blobs, p->dir, 0, clock_real(), NULL), ERR_OK);
	assert_int_equal(tls_key_new(&key, NULL), ERR_OK);
	assert_int_equal(tls_key_pin(&p->pin, buf_bytes(&key), NULL), ERR_OK);
	assert_int_equal(tls_server_new(&p->tls, buf_bytes(&key), NULL), ERR_OK);
	buf_release(&key);
	p->base = event_base_new();
	assert_int_equal(http_server_new(&p->server, &(struct http_server_options){.base = p->base, .tls = p->tls, .host = "127.0.0.1",
			 .limits = HTTP_LIMITS_DEFAULT, .routes = routes, .route_count = 2}, NULL), ERR_OK);
	(void)snprintf(p->url, sizeof(p->url), "https://127.0.0.1:%u", http_server_port(p->server));
	assert_int_equal(pthread_create(&p->thread, NULL, loop, p), 0);
}

static void peer_stop(struct test_peer *p)
{
	event_base_loopbreak(p->base);
	pthread_join(p->thread, NULL);
	http_server_free(p->server);
	event_base_free(p->base);
	SSL_CTX_free(p->tls);
	p->blobs = blob_store_free(p->blobs);
}

/* ---- keys and ledger ---- */

static enum err ticket(void *self, struct buf *ret, const struct peer_address *peer, uint32_t purpose, const struct blob_id *id,
		       uint64_t size, const struct request_id *request, const struct record_id *record, struct err_info *info)
{
	buf_append_text(ret, "medlock dGVzdA==");
	return ERR_OK;
}

static enum err release_request(void *self, struct buf *ret, const struct request_id *request, const struct record_id *record,
				uint32_t form, const struct account_id *custodian, struct err_info *info)
{
	Medlock__ReleaseRequest q = MEDLOCK__RELEASE_REQUEST__INIT;

	q.request = wire_data(BYTES_ID(*request));
	q.record = wire_data(BYTES_ID(*record));
	q.form = form;
	q.custodian = wire_data(BYTES_ID(*custodian));
	WIRE_ENCODE(ret, &q);
	return ERR_OK;
}

static enum err release_open(void *self, uint8_t ret[DECRYPTION_SHARE_SIZE], const struct request_id *request,
			     const struct record_id *record, uint32_t form, const struct account_id *custodian,
			     uint32_t generation, struct bytes u, struct bytes sealed, struct err_info *info)
{
	struct world *w = self;
	struct release_binding b = {.network = w->v.network, .request = *request, .record = *record, .form = form,
				    .custodian = *custodian, .key_generation = generation};
	uint8_t context[RELEASE_CONTEXT_SIZE];
	struct buf out = BUF_INIT;
	enum err e;

	memcpy(b.u, u.data, sizeof(b.u));
	release_context(context, &b);
	e = seal_open(&out, w->request_seal, bytes_of(context, sizeof(context)), bytes_of(NULL, 0), sealed);
	if (e == ERR_OK && out.len != DECRYPTION_SHARE_SIZE)
		e = ERR_FORMAT;
	if (e == ERR_OK)
		memcpy(ret, out.data, DECRYPTION_SHARE_SIZE);
	buf_release(&out);
	return e;
}

static enum err unwrap(void *self, struct secret **ret, struct bytes header, struct err_info *info)
{
	struct age_header *h = calloc(1, sizeof(*h));
	enum err e = age_header_parse(h, header, info);

	if (e == ERR_OK)
		e = age_header_unwrap(ret, h, ((struct world *)self)->owner_seal);
	age_header_release(h);
	free(h);
	return e;
}

static enum err ledger_sign(void *self, struct vault_submitted *ret, struct buf *tx, const Medlock__RecordDeposit *d, struct err_info *info)
{
	struct world *w = self;

	w->signs++;
	WIRE_ENCODE(tx, d);
	return ERR_OK;
}

static enum err ledger_send(void *self, struct vault_submitted *ret, struct bytes tx, struct err_info *info)
{
	struct world *w = self;
	enum err says = w->ledger_says;

	w->sends++;
	if (says != ERR_OK) {
		w->ledger_says = says == ERR_TX_EXPIRED ? ERR_OK : says;
		return says;
	}
	WIRE_FREE(w->registered);
	assert_int_equal(WIRE_DECODE(&w->registered, medlock__record_deposit, tx, 65536, NULL), ERR_OK);
	ret->record = w->record;
	ret->height = 7;
	memset(&ret->tx, 6, sizeof(ret->tx));
	return ERR_OK;
}

static void make_network(struct world *w)
{
	medlock__network__init(&w->row);
	medlock__parameters__init(&w->parameters);
	w->parameters.copies = 1;
	w->row.parameters = &w->parameters;
	w->row.threshold = NEEDED;
	w->row.key_generation = 1;
	w->row.n_commitments = NEEDED;
	w->row.commitments = w->commitments;
	threshold_deal(&w->key, w->shares, NEEDED, CUSTODIANS, rng_system());
	for (size_t i = 0; i < NEEDED; i++) {
		g1_write(w->commitment_bytes[i], &w->key.commitments[i]);
		w->commitments[i] = wire_data(bytes_of(w->commitment_bytes[i], G1_SIZE));
	}
	for (size_t i = 0; i < CUSTODIANS; i++) {
		struct test_peer *p = &w->peers[i % PEERS];

		memset(w->accounts[i], (int)(0x10 + i), 32);
		medlock__custodian__init(&w->custodian[i]);
		w->custodian[i].account = wire_data(bytes_of(w->accounts[i], 32));
		w->custodian[i].index = (uint32_t)(i + 1);
		w->custodians[i] = &w->custodian[i];
		medlock__peer__init(&w->peer[i]);
		w->peer[i].account = w->custodian[i].account;
		w->peer[i].url = p->url;
		w->peer[i].spki = wire_data(BYTES_ID(p->pin));
		w->peer_list[i] = &w->peer[i];
	}
	w->row.custodians = w->custodians;
	w->row.n_custodians = CUSTODIANS;
	w->row.peers = w->peer_list;
	w->row.n_peers = CUSTODIANS;
}

#endif
