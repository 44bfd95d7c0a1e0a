/* SPDX-License-Identifier: Apache-2.0 */
/* A real daemon that is the only custodian: from a grant that stands on the ledger to the record's file key, by the vault
 * and a real key-holder process, with the blob in the cache.  Each grant is used once, so nothing of it is warm but the
 * connection.  The calibration is the emptiest request on the same connection, between the same grants.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "chain/proto/state_key.h"
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/rng.h"
#include "core/crypto/seal.h"
#include "core/crypto/start.h"
#include "core/keys/keyholder.h"
#include "core/vault/deposit.h"
#include "core/vault/release.h"
#include "daemon.h"
#include "temp_dir.h"

#define MUST(expression) must((expression), #expression)
#define GRANTS 60u /* of one pass */
#define EMPTY_CALLS 2u /* for each grant */
#define VALID 5000
#define PASSPHRASE "a passphrase for a bench"

struct bench {
	struct daemon_home d;
	struct http_client *http;
	struct temp_dir dir;
	struct person anna, doctor;
	struct keyholder *keys;
	struct vault vault;
	Medlock__Network *network; /* with the peer's real port */
	char *url;
	struct record_id record;
	Medlock__RecordState *state;
	struct request_id request;
	uint8_t nonce[REQUEST_NONCE_SIZE]; /* of its keys */
	uint64_t asked_ns, answered_ns;    /* around the custodian's answer */
};

static void must(enum err e, const char *what)
{
	if (e == ERR_OK)
		return;
	fprintf(stderr, "bench_release: %s: %s\n", what, err_row(e)->code);
	exit(1);
}

/* ---- the ledger ---- */

static enum err submit(struct bench *b, uint8_t *ret_id, uint64_t *ret_height, struct bytes tx)
{
	struct peer_call call = {.http = b->http, .peer = &b->d.peer};
	Medlock__TxReply *reply = NULL;
	Medlock__TxResult *result = NULL;

	MUST(peer_submit(&call, &reply, tx, NULL));
	MUST((enum err)-(int)reply->code);
	*ret_height = reply->height;
	if (ret_id != NULL) {
		MUST(WIRE_DECODE(&result, medlock__tx_result, wire_bytes(reply->data), TX_DECODED_MAX, NULL));
		ASSERT(result->id.len == ID_SIZE);
		memcpy(ret_id, result->id.data, ID_SIZE);
		WIRE_FREE(result);
	}
	WIRE_FREE(reply);
	return ERR_OK;
}

static void act(struct bench *b, const struct person *by, Medlock__Body *body, uint8_t *ret_id)
{
	struct buf tx = BUF_INIT;
	struct tx_id id;
	uint64_t height;

	daemon_sign(&tx, &id, &b->d, by, body, VALID);
	MUST(submit(b, ret_id, &height, buf_bytes(&tx)));
	buf_release(&tx);
}

static void anchor(struct bench *b, struct person *who, uint32_t role)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__CertAnchor a = MEDLOCK__CERT_ANCHOR__INIT;
	uint8_t certificate[32], organisation[32] = {9};
	uint32_t purpose = PURPOSE_TREAT;

	rng_fill(rng_system(), certificate, sizeof(certificate));
	a.account = wire_data(BYTES_ID(who->account));
	a.keys = &who->keys;
	a.keys_signature = wire_data(bytes_of(who->signature, sizeof(who->signature)));
	a.role = role;
	a.certificate = wire_data(bytes_of(certificate, sizeof(certificate)));
	a.not_after = clock_real()->now(clock_real()->self).v + 365 * MS_PER_DAY;
	if (role != ROLE_PATIENT) {
		a.organisation = wire_data(bytes_of(organisation, sizeof(organisation)));
		a.purposes = &purpose;
		a.n_purposes = 1;
	}
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &a;
	act(b, &b->d.ca, &body, NULL);
}

static void permit(struct bench *b)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	Medlock__Rule rule = MEDLOCK__RULE__INIT, *list = &rule;
	uint32_t purpose = PURPOSE_TREAT;

	rule.effect = EFFECT_PERMIT;
	rule.purposes = &purpose, rule.n_purposes = 1;
	c.owner = wire_data(BYTES_ID(b->anna.account));
	c.expected_version = 1;
	c.put = &list, c.n_put = 1;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = &c;
	act(b, &b->anna, &body, NULL);
}

/* A new request with keys of its own; the contract grants it in its block. */
static void request(struct bench *b)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__AccessRequest a = MEDLOCK__ACCESS_REQUEST__INIT;
	ProtobufCBinaryData record = wire_data(BYTES_ID(b->record));
	struct sign_public sign;
	struct seal_public seal;

	rng_fill(rng_system(), b->nonce, sizeof(b->nonce));
	b->nonce[0] = 0; /* the first generation of keys */
	MUST(keyholder_request_keys(b->keys, &sign, &seal, b->nonce, NULL));
	a.owner = wire_data(BYTES_ID(b->anna.account));
	a.purpose = PURPOSE_TREAT;
	a.form = FORM_FULL;
	a.records = &record;
	a.n_records = 1;
	a.sign_key = wire_data(BYTES_ID(sign));
	a.seal_key = wire_data(BYTES_ID(seal));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &a;
	act(b, &b->doctor, &body, b->request.b);
}

/* ---- what the vault asks of its surroundings ---- */

static enum err ticket(void *self, struct buf *ret, const struct peer_address *peer, uint32_t purpose,
		       const struct blob_id *blob, uint64_t size, const struct request_id *r,
		       const struct record_id *record, struct err_info *info)
{
	struct bench *b = self;
	Medlock__Ticket t = MEDLOCK__TICKET__INIT;

	(void)peer, (void)r, (void)record, (void)info;
	t.account = wire_data(BYTES_ID(b->d.ca.account));
	t.purpose = purpose;
	t.blob = wire_data(BYTES_ID(*blob));
	t.size = size;
	daemon_ticket_of(ret, &b->d, &t, b->d.ca.seed);
	return ERR_OK;
}

static enum err release_request(void *self, struct buf *ret, const struct request_id *r, const struct record_id *record,
				uint32_t form, const struct account_id *custodian, struct err_info *info)
{
	struct bench *b = self;
	Medlock__ReleaseRequest q = MEDLOCK__RELEASE_REQUEST__INIT;
	uint8_t fresh[RELEASE_NONCE_SIZE];
	enum err e;

	rng_fill(rng_system(), fresh, sizeof(fresh));
	q.network_id = wire_data(BYTES_ID(b->d.network));
	q.request = wire_data(BYTES_ID(*r));
	q.record = wire_data(BYTES_ID(*record));
	q.form = form;
	q.custodian = wire_data(BYTES_ID(*custodian));
	q.at = clock_real()->now(clock_real()->self).v;
	q.nonce = wire_data(bytes_of(fresh, sizeof(fresh)));
	e = keyholder_sign_release(b->keys, ret, &q, b->nonce, info);
	b->asked_ns = bench_now_ns();
	return e;
}

static enum err release_open(void *self, uint8_t ret[DECRYPTION_SHARE_SIZE], const struct request_id *r,
			     const struct record_id *record, uint32_t form, const struct account_id *custodian,
			     uint32_t generation, struct bytes u, struct bytes sealed, struct err_info *info)
{
	struct bench *b = self;
	struct release_binding binding = {.network = b->d.network, .request = *r, .record = *record, .form = form,
					  .custodian = *custodian, .key_generation = generation};
	struct buf share = BUF_INIT;
	enum err e;

	b->answered_ns = bench_now_ns();
	ASSERT(u.len == sizeof(binding.u));
	memcpy(binding.u, u.data, sizeof(binding.u));
	e = keyholder_open_release(b->keys, &share, &binding, b->nonce, sealed, info);
	if (e == ERR_OK) {
		ASSERT(share.len == DECRYPTION_SHARE_SIZE);
		memcpy(ret, share.data, DECRYPTION_SHARE_SIZE);
	}
	buf_release(&share);
	return e;
}

static enum err deposit_sign(void *self, struct vault_submitted *ret, struct buf *ret_tx,
			     const Medlock__RecordDeposit *deposit, struct err_info *info)
{
	struct bench *b = self;
	Medlock__Body body = MEDLOCK__BODY__INIT;

	(void)info;
	body.action_case = MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	body.record_deposit = (Medlock__RecordDeposit *)(uintptr_t)deposit;
	daemon_sign(ret_tx, &ret->tx, &b->d, &b->d.ca, &body, VALID);
	return ERR_OK;
}

static enum err deposit_send(void *self, struct vault_submitted *ret, struct bytes tx, struct err_info *info)
{
	(void)info;
	return submit(self, ret->record.b, &ret->height, tx);
}

/* ---- the scene ---- */

static void network_row(struct bench *b)
{
	struct peer_call call = {.http = b->http, .peer = &b->d.peer};
	Medlock__Genesis *g = NULL;
	struct network_id id;
	struct buf bytes = BUF_INIT;

	MUST(peer_genesis(&call, &bytes, NULL));
	MUST(genesis_parse(&g, &id, buf_bytes(&bytes), NULL));
	b->network = g->network;
	g->network = NULL;
	ASSERT(b->network->n_peers == 1);
	b->url = b->network->peers[0]->url; /* the home was made for any free port */
	b->network->peers[0]->url = b->d.peer.url;
	WIRE_FREE(g);
	buf_release(&bytes);
}

static void vault_make(struct bench *b)
{
	char cache[128];

	snprintf(cache, sizeof(cache), "%s/blobs", b->dir.path);
	b->vault = (struct vault){
		.dir = b->dir.path, .http = b->http, .keys = {ticket, release_request, release_open, NULL, b},
		.ledger = {deposit_sign, deposit_send, b}, .clock = clock_real(), .rng = rng_system(),
		.network = b->d.network, .account = b->d.ca.account, .row = b->network};
	MUST(cache_open(&b->vault.cache, cache, 0, NULL));
}

static void record_state(struct bench *b)
{
	struct buf officer = BUF_INIT;
	struct peer_call call = {.http = b->http, .peer = &b->d.peer};
	struct state_key key = state_key_record(&b->record);
	Medlock__ProofReply *proof = NULL;

	daemon_ticket(&officer, &b->d, &b->d.ca);
	call.authorization = buf_text(&officer);
	MUST(peer_proof(&call, &proof, state_key_bytes(&key), NULL, NULL));
	MUST(WIRE_DECODE(&b->state, medlock__record_state, wire_bytes(proof->value), TX_DECODED_MAX, NULL));
	WIRE_FREE(proof);
	buf_release(&officer);
}

static void deposit(struct bench *b)
{
	struct deposit_source source = {.form = FORM_FULL};
	struct deposit_wish wish = {.owner = b->anna.account, .category = CATEGORY_LAB,
				    .confidentiality = CONFIDENTIALITY_N, .sources = &source, .source_count = 1};
	struct deposit_done done = {0};
	char path[128];

	snprintf(path, sizeof(path), "%s/plain", b->dir.path);
	MUST(files_write(path, bytes_str("a synthetic letter\n"), NULL));
	source.path = path;
	MUST(seal_public_parse(&wish.owner_seal, bytes_of(b->anna.seal, sizeof(b->anna.seal))));
	MUST(deposit_put(&b->vault, &done, &wish, NULL));
	b->record = done.record;
}

static void keyholder_make(struct bench *b)
{
	struct kdf_params floor = KDF_PARAMS_FLOOR;
	struct buf file = BUF_INIT;

	MUST(keyholder_start(&b->keys, KEYHOLDER_INSTITUTE, NULL));
	daemon_make(&b->d, NULL);
	MUST(keyholder_create(b->keys, &file, &b->d.network, bytes_str(PASSPHRASE), &floor, NULL));
	MUST(keyholder_bind(b->keys, &b->d.network, NULL));
	buf_release(&file);
}

static void scene(struct bench *b)
{
	temp_dir_make(&b->dir);
	keyholder_make(b); /* forks: before anything that could start a thread */
	daemon_start(&b->d, NULL, NULL);
	MUST(http_client_new(&b->http, NULL, NULL));
	person_init(&b->anna, &b->d.network, 10);
	person_init(&b->doctor, &b->d.network, 11);
	anchor(b, &b->anna, ROLE_PATIENT);
	anchor(b, &b->doctor, ROLE_CLINICIAN);
	network_row(b);
	vault_make(b);
	deposit(b);
	record_state(b);
	permit(b);
}

static void scene_end(struct bench *b)
{
	http_client_free(b->http);
	ASSERT(daemon_stop(&b->d, SIGTERM) == 0);
	keyholder_free(b->keys);
	cache_free(b->vault.cache);
	person_release(&b->anna);
	person_release(&b->doctor);
	b->network->peers[0]->url = b->url;
	WIRE_FREE(b->network);
	WIRE_FREE(b->state);
	daemon_remove(&b->d);
	temp_dir_remove(&b->dir);
}

/* ---- the measuring ---- */

struct times {
	struct bench_samples empty, key, answer;
};

static void one_grant(struct bench *b, struct times *t)
{
	struct release_wish wish = {.state = b->state, .form = FORM_FULL, .request = &b->request};
	struct secret *key = NULL;
	uint64_t start;

	request(b);
	wish.record = b->record;
	start = bench_now_ns();
	MUST(release_key(&b->vault, &key, NULL, &wish, NULL));
	bench_sample(&t->key, bench_now_ns() - start);
	bench_sample(&t->answer, b->answered_ns - b->asked_ns);
	secret_free(key);
	for (unsigned i = 0; i < EMPTY_CALLS; i++)
		bench_sample(&t->empty, daemon_empty_call(&b->d, b->http));
}

static void add(struct bench_figure *p50, struct bench_figure *p99, struct bench_samples *s)
{
	bench_add(p50, (double)bench_percentile(s, 50) / 1e6);
	bench_add(p99, (double)bench_percentile(s, 99) / 1e6);
	bench_samples_clear(s);
}

int main(void)
{
	struct bench_figure empty = BENCH_FIGURE("empty TLS request, p50", "ms", BENCH_LESS);
	struct bench_figure empty99 = BENCH_FIGURE("empty TLS request, p99", "ms", BENCH_LESS);
	struct bench_figure key = BENCH_FIGURE("grant to file key, 1 of 1 custodian, p50", "ms", BENCH_LESS);
	struct bench_figure key99 = BENCH_FIGURE("grant to file key, 1 of 1 custodian, p99", "ms", BENCH_LESS);
	struct bench_figure answer = BENCH_FIGURE("  of which the custodian's answer, p50", "ms", BENCH_LESS);
	struct bench_figure answer99 = BENCH_FIGURE("  of which the custodian's answer, p99", "ms", BENCH_LESS);
	static struct bench b;
	struct times t = {0};

	signal(SIGPIPE, SIG_IGN);
	MUST(crypto_start(NULL));
	scene(&b);
	for (unsigned i = 0; i < bench_passes(); i++) {
		for (unsigned n = 0; n < GRANTS; n++)
			one_grant(&b, &t);
		add(&empty, &empty99, &t.empty);
		add(&key, &key99, &t.key);
		add(&answer, &answer99, &t.answer);
	}
	scene_end(&b);
	bench_head();
	bench_print_calibration(&empty);
	bench_print_calibration(&empty99);
	bench_print(&key, &empty);
	bench_print(&key99, &empty99);
	bench_print(&answer, &empty);
	bench_print(&answer99, &empty99);
	bench_samples_release(&t.empty);
	bench_samples_release(&t.key);
	bench_samples_release(&t.answer);
	return 0;
}
