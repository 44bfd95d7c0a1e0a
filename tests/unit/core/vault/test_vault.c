/* SPDX-License-Identifier: Apache-2.0 */
/* Deposit, cuts, release with cheating custodians, the owner's own way; peers are real HTTPS servers in this process. */
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

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct buf plain = BUF_INIT;
	char cache[96];

	assert_int_equal(crypto_start(NULL), ERR_OK);
	evthread_use_pthreads();
	(void)snprintf(w->dir, sizeof(w->dir), "/tmp/medlock-vault-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	for (size_t i = 0; i < PEERS; i++)
		peer_start(w, i);
	make_network(w);
	assert_int_equal(seal_private_new(&w->owner_seal, rng_system()), ERR_OK);
	assert_int_equal(seal_private_new(&w->request_seal, rng_system()), ERR_OK);
	seal_public_of(&w->owner_public, w->owner_seal);
	seal_public_of(&w->request_public, w->request_seal);
	w->v = (struct vault){.dir = w->dir, .clock = clock_real(), .rng = rng_system(), .row = &w->row,
			      .keys = {ticket, release_request, release_open, unwrap, w}, .ledger = {ledger_sign, ledger_send, w}};
	memset(&w->v.network, 1, 32);
	memset(&w->v.account, 2, 32);
	memset(&w->request, 3, 32);
	memset(&w->record, 4, 32);
	(void)snprintf(cache, sizeof(cache), "%s/blobs", w->dir);
	assert_int_equal(cache_open(&w->v.cache, cache, 0, NULL), ERR_OK);
	assert_int_equal(http_client_new(&w->v.http, NULL, NULL), ERR_OK);
	(void)snprintf(w->plain_path, sizeof(w->plain_path), "%s/plain", w->dir);
	rng_fill(rng_system(), buf_reserve(&plain, PLAIN_SIZE), PLAIN_SIZE);
	plain.len = PLAIN_SIZE;
	assert_int_equal(files_write(w->plain_path, buf_bytes(&plain), NULL), ERR_OK);
	buf_release(&plain);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	char command[128];

	http_client_free(w->v.http);
	for (size_t i = 0; i < PEERS; i++)
		peer_stop(&w->peers[i]);
	cache_free(w->v.cache);
	secret_free(w->owner_seal);
	secret_free(w->request_seal);
	WIRE_FREE(w->registered);
	(void)snprintf(command, sizeof(command), "rm -rf %s", w->dir);
	assert_int_equal(system(command), 0);
	free(w);
	return 0;
}

static enum err put(struct world *w, struct deposit_done *done, struct err_info *info)
{
	static const uint32_t labels[] = {LABEL_MH};
	const struct deposit_source source = {FORM_FULL, w->plain_path};
	const struct deposit_wish wish = {.owner = {{9}}, .owner_seal = w->owner_public, .category = CATEGORY_LAB,
					  .confidentiality = CONFIDENTIALITY_N, .labels = labels, .label_count = 1,
					  .sources = &source, .source_count = 1};

	return deposit_put(&w->v, done, &wish, info);
}

static struct release_wish wish_of(struct world *w, bool granted)
{
	medlock__record_state__init(&w->state);
	w->state.deposit = w->registered;
	w->state.depositor = wire_data(BYTES_ID(w->v.account));
	return (struct release_wish){.record = w->record, .state = &w->state, .form = FORM_FULL, .request = granted ? &w->request : NULL};
}

static void must_put(struct world *w, struct deposit_done *done)
{
	struct err_info info = {0};

	if (put(w, done, &info) != ERR_OK)
		fail_msg("%s", info.detail);
}

static void must_read(struct world *w, struct release_report *report, const struct release_wish *wish)
{
	struct buf plain = BUF_INIT, original = BUF_INIT;
	struct err_info info = {0};

	if (vault_read(&w->v, &plain, report, wish, VAULT_READ_MAX, &info) != ERR_OK)
		fail_msg("%s", info.detail);
	assert_int_equal(files_read(&original, w->plain_path, VAULT_READ_MAX, NULL), ERR_OK);
	assert_int_equal(plain.len, original.len);
	assert_memory_equal(plain.data, original.data, plain.len);
	buf_release(&plain);
	buf_release(&original);
}

static size_t journals(struct world *w)
{
	char path[96];
	size_t count = 0;
	DIR *d;

	(void)snprintf(path, sizeof(path), "%s/deposits", w->dir);
	d = opendir(path);
	for (const struct dirent *e; (e = readdir(d)) != NULL;)
		count += e->d_name[0] != '.';
	closedir(d);
	return count;
}

static void forget_cached(struct world *w, const struct deposit_done *done)
{
	assert_int_equal(cache_remove(w->v.cache, &done->renditions[0].blob, NULL), ERR_OK);
	assert_false(cache_has(w->v.cache, &done->renditions[0].blob));
}

static void deposit_and_read(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	struct release_report report = {.count = 0};
	struct release_wish granted, own;

	must_put(w, &done);
	assert_int_equal(done.copies, 1);
	assert_int_equal(done.height, 7);
	assert_int_equal(done.renditions[0].plain_size, PLAIN_SIZE);
	assert_int_equal(journals(w), 0);
	granted = wish_of(w, true);
	own = wish_of(w, false);
	forget_cached(w, &done);
	must_read(w, &report, &granted);
	assert_int_equal(report.count, NEEDED);
	/* The owner's own way, without any network once it is cached. */
	http_client_free(w->v.http);
	w->v.http = NULL;
	must_read(w, NULL, &own);
	forget_cached(w, &done);
	assert_int_equal(vault_read(&w->v, &(struct buf)BUF_INIT, NULL, &own, VAULT_READ_MAX, NULL), ERR_NETWORK);
}

static void cheats_are_named(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	struct release_report report = {.count = 0};
	struct release_wish granted;
	struct err_info info = {0};
	struct buf out = BUF_INIT;
	unsigned bad = 0;

	must_put(w, &done);
	granted = wish_of(w, true);
	/* 3 of 5 with two cheats: named when they were asked, and the record opens.  Repeat until both were. */
	w->cheats = 1u << 1 | 1u << 3;
	for (int i = 0; i < 100 && bad < 2; i++) {
		must_read(w, &report, &granted);
		bad = 0;
		for (size_t j = 0; j < report.count; j++) {
			const bool cheat = report.rows[j].account.b[0] == 0x11 || report.rows[j].account.b[0] == 0x13;

			assert_int_equal(report.rows[j].ok, !cheat);
			assert_int_equal(report.rows[j].err, cheat ? ERR_CUSTODIAN : ERR_OK);
			bad += cheat;
		}
	}
	assert_int_equal(bad, 2);
	/* Three cheats of five: nothing opens, and all three are named. */
	w->cheats |= 1u;
	report.count = 0;
	assert_int_equal(vault_read(&w->v, &out, &report, &granted, VAULT_READ_MAX, &info), ERR_CUSTODIAN);
	assert_int_equal(out.len, 0);
	assert_int_equal(report.count, CUSTODIANS);
	/* A withdrawn grant says so. */
	w->ledger_says = ERR_WITHDRAWN;
	assert_int_equal(vault_read(&w->v, &out, NULL, &granted, VAULT_READ_MAX, &info), ERR_WITHDRAWN);
}

static void a_cut_upload_goes_on(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	unsigned before;

	atomic_store(&w->peers[0].puts_left, 2);
	atomic_store(&w->peers[1].puts_left, 0);
	assert_int_equal(put(w, &done, NULL), ERR_BUSY_PEER);
	assert_int_equal(journals(w), 1);
	assert_int_equal(w->signs, 0);
	before = atomic_load(&w->peers[0].puts);
	assert_int_equal(before, 2);
	atomic_store(&w->peers[0].puts_left, 1000);
	must_put(w, &done);
	/* 3 MiB and a little in pieces of 1 MiB: two were there, two were left. */
	assert_int_equal(atomic_load(&w->peers[0].puts) - before, 2);
	assert_int_equal(done.renditions[0].plain_size, 0); /* not encrypted again */
	assert_int_equal(journals(w), 0);
}

static void a_cut_submission_sends_the_same_bytes(void **state)
{
	struct world *w = *state;
	struct deposit_done done;

	w->ledger_says = ERR_TIMEOUT;
	assert_int_equal(put(w, &done, NULL), ERR_TIMEOUT);
	assert_int_equal(w->signs, 1);
	w->ledger_says = ERR_OK;
	must_put(w, &done);
	assert_int_equal(w->signs, 1);
	assert_int_equal(w->sends, 2);
	/* One that came too late is signed anew, with the same blob. */
	w->ledger_says = ERR_TX_EXPIRED;
	must_put(w, &done);
	assert_int_equal(w->signs, 3);
}

static void a_lying_peer_is_passed_over(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	struct release_wish own;
	struct buf out = BUF_INIT;

	w->parameters.copies = 2;
	must_put(w, &done);
	assert_int_equal(done.copies, 2);
	forget_cached(w, &done);
	own = wish_of(w, false);
	atomic_store(&w->peers[0].lies, true);
	must_read(w, NULL, &own);
	assert_true(atomic_load(&w->peers[1].gets) > 0);
	forget_cached(w, &done);
	atomic_store(&w->peers[1].lies, true);
	assert_int_equal(vault_read(&w->v, &out, NULL, &own, VAULT_READ_MAX, NULL), ERR_BLOB);
	assert_int_equal(out.len, 0);
}

static void copied_capsules_are_refused(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	struct release_wish granted;
	struct buf out = BUF_INIT;

	must_put(w, &done);
	granted = wish_of(w, true);
	w->registered->category = CATEGORY_SUM;
	assert_int_equal(vault_read(&w->v, &out, NULL, &granted, VAULT_READ_MAX, NULL), ERR_PROOF);
	w->registered->category = CATEGORY_LAB;
	must_read(w, NULL, &granted);
}

static void exports_are_whole_private_and_open_with_age(void **state)
{
	struct world *w = *state;
	struct deposit_done done;
	struct release_wish own;
	struct vault_exported x, y;
	struct secret *identity;
	struct stat st;
	char path[96], aged[96], key[96], command[512];

	must_put(w, &done);
	own = wish_of(w, false);
	(void)snprintf(path, sizeof(path), "%s/export", w->dir);
	(void)snprintf(aged, sizeof(aged), "%s/export.age", w->dir);
	(void)snprintf(key, sizeof(key), "%s/identity", w->dir);
	assert_int_equal(vault_export(&w->v, &x, NULL, &own, path, false, NULL), ERR_OK);
	assert_int_equal(x.bytes, PLAIN_SIZE);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(vault_export(&w->v, &x, NULL, &own, path, false, NULL), ERR_DUPLICATE);
	assert_int_equal(vault_export(&w->v, &x, NULL, &own, path, true, NULL), ERR_OK);
	assert_int_equal(vault_export_age(&w->v, &y, &own, aged, false, NULL), ERR_OK);
	assert_memory_equal(y.sha256.b, done.renditions[0].blob.b, 32);
	assert_int_equal(age_identity_text(&identity, w->owner_seal), ERR_OK);
	assert_int_equal(files_write(key, bytes_of(identity->data, identity->len - 1), NULL), ERR_OK);
	secret_free(identity);
	if (system("age --version >/dev/null 2>&1") != 0) {
		print_message("skipped: no age program\n");
		skip();
	}
	(void)snprintf(command, sizeof(command), "age -d -i %s %s | cmp - %s", key, aged, w->plain_path);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(deposit_and_read, setup, teardown),
		cmocka_unit_test_setup_teardown(cheats_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cut_upload_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(a_cut_submission_sends_the_same_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_lying_peer_is_passed_over, setup, teardown),
		cmocka_unit_test_setup_teardown(copied_capsules_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(exports_are_whole_private_and_open_with_age, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
