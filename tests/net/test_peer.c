/* SPDX-License-Identifier: Apache-2.0 */
/* A real daemon, asked as clients ask it: who may read what, proofs against headers, blobs in pieces, and the release of a
 * key that stops when consent stops.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "chain/proto/block.h"
#include "chain/proto/event.h"
#include "chain/proto/release.h"
#include "chain/proto/state_key.h"
#include "core/base/clock.h"
#include "core/base/rng.h"
#include "core/crypto/hash.h"
#include "core/crypto/seal.h"
#include "core/crypto/threshold.h"
#include "core/crypto/trie.h"
#include "daemon.h"

#define VALID 5000
#define BLOB_SIZE 700000u
#define PIECE 256000u

struct peer {
	struct daemon_home d;
	struct http_client *http;
	struct person anna, doctor;
	struct buf officer, patient, clinician; /* read tickets */
	struct threshold_key key;
	uint8_t blob[BLOB_SIZE];
	struct blob_id blob_id;
	struct record_id record;
	struct request_id request;
	struct capsule capsule;
	struct capsule_key capsule_key;
	struct secret *request_seed, *reply_key;
	struct sign_public request_public;
	struct seal_public reply_public;
};

static struct peer_call call_as(struct peer *p, const struct buf *ticket)
{
	return (struct peer_call){.http = p->http, .peer = &p->d.peer, .timeout_ms = 10000,
				  .authorization = ticket == NULL ? NULL : buf_text(ticket)};
}

/* Submit and expect code; the result's id when there is one. */
static uint64_t submit(struct peer *p, const struct buf *tx, enum err expect, uint8_t *ret_id)
{
	struct peer_call call = call_as(p, NULL);
	Medlock__TxReply *reply = NULL;
	Medlock__TxResult *result = NULL;
	uint64_t height;

	assert_int_equal(peer_submit(&call, &reply, buf_bytes(tx), NULL), ERR_OK);
	assert_int_equal(-(int)reply->code, expect);
	height = reply->height;
	if (ret_id != NULL) {
		assert_int_equal(WIRE_DECODE(&result, medlock__tx_result, wire_bytes(reply->data), TX_DECODED_MAX, NULL),
				 ERR_OK);
		assert_int_equal(result->id.len, ID_SIZE);
		memcpy(ret_id, result->id.data, ID_SIZE);
		WIRE_FREE(result);
	}
	WIRE_FREE(reply);
	return height;
}

static void act(struct peer *p, const struct person *by, Medlock__Body *body, enum err expect, uint8_t *ret_id)
{
	struct buf tx = BUF_INIT;
	struct tx_id id;

	daemon_sign(&tx, &id, &p->d, by, body, VALID);
	submit(p, &tx, expect, ret_id);
	buf_release(&tx);
}

static void anchor(struct peer *p, struct person *who, uint32_t role, uint32_t *purposes, size_t count)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__CertAnchor a = MEDLOCK__CERT_ANCHOR__INIT;
	uint8_t certificate[32], organisation[32];

	rng_fill(rng_system(), certificate, sizeof(certificate));
	memset(organisation, 9, sizeof(organisation));
	a.account = wire_data(BYTES_ID(who->account));
	a.keys = &who->keys;
	a.keys_signature = wire_data(bytes_of(who->signature, sizeof(who->signature)));
	a.role = role;
	a.certificate = wire_data(bytes_of(certificate, sizeof(certificate)));
	a.not_after = clock_real()->now(clock_real()->self).v + 365 * MS_PER_DAY;
	if (role != ROLE_PATIENT)
		a.organisation = wire_data(bytes_of(organisation, sizeof(organisation)));
	a.purposes = purposes;
	a.n_purposes = count;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &a;
	act(p, &p->d.ca, &body, ERR_OK, NULL);
}

static void custodian_key(struct peer *p)
{
	struct peer_call call = call_as(p, NULL);
	Medlock__Genesis *g = NULL;
	struct network_id id;
	struct buf bytes = BUF_INIT;

	assert_int_equal(peer_genesis(&call, &bytes, NULL), ERR_OK);
	assert_int_equal(genesis_parse(&g, &id, buf_bytes(&bytes), NULL), ERR_OK);
	assert_true(ID_EQUAL(id, p->d.network));
	p->key.t = p->key.n = 1;
	assert_int_equal(g1_parse(&p->key.commitments[0], g->network->commitments[0].data), ERR_OK);
	WIRE_FREE(g);
	buf_release(&bytes);
}

static int setup(void **state)
{
	struct peer *p = calloc(1, sizeof(*p));
	uint32_t purposes[] = {PURPOSE_TREAT};

	signal(SIGPIPE, SIG_IGN);
	daemon_make(&p->d, NULL);
	daemon_start(&p->d, NULL, NULL);
	assert_int_equal(http_client_new(&p->http, NULL, NULL), ERR_OK);
	person_init(&p->anna, &p->d.network, 10);
	person_init(&p->doctor, &p->d.network, 11);
	anchor(p, &p->anna, ROLE_PATIENT, NULL, 0);
	anchor(p, &p->doctor, ROLE_CLINICIAN, purposes, 1);
	daemon_ticket(&p->officer, &p->d, &p->d.ca);
	daemon_ticket(&p->patient, &p->d, &p->anna);
	daemon_ticket(&p->clinician, &p->d, &p->doctor);
	custodian_key(p);
	rng_fill(rng_system(), p->blob, sizeof(p->blob));
	struct hash32 h = hash_sha256(bytes_of(p->blob, sizeof(p->blob)));
	ID_COPY(p->blob_id, h.b);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct peer *p = *state;

	assert_int_equal(daemon_stop(&p->d, SIGTERM), 0);
	assert_int_equal(daemon_command(&p->d, "check"), 0);
	http_client_free(p->http);
	person_release(&p->anna);
	person_release(&p->doctor);
	buf_release(&p->officer);
	buf_release(&p->patient);
	buf_release(&p->clinician);
	secret_free(p->request_seed);
	secret_free(p->reply_key);
	daemon_remove(&p->d);
	free(p);
	return 0;
}

/* ---- who may read what ---- */

static enum err proof_of(struct peer *p, const struct buf *ticket, struct state_key key, bool *ret_present)
{
	struct peer_call call = call_as(p, ticket);
	Medlock__ProofReply *proof = NULL;
	Medlock__HeadersReply *headers = NULL;
	struct block_header header;
	struct bytes value;
	struct hash32 root;
	enum err e = peer_proof(&call, &proof, state_key_bytes(&key), NULL, NULL);

	if (e != ERR_OK)
		return e;
	assert_int_equal(peer_headers(&call, &headers, proof->height + 1, 1, NULL), ERR_OK);
	assert_int_equal(headers->n_headers, 1);
	assert_int_equal(header_decode(&header, wire_bytes(headers->headers[0]->header), NULL), ERR_OK);
	memcpy(root.b, header.app_hash.b, sizeof(root.b));
	value = wire_bytes(proof->value);
	e = trie_verify(&root, state_key_bytes(&key), proof->present ? &value : NULL, wire_bytes(proof->proof));
	*ret_present = proof->present;
	WIRE_FREE(proof);
	WIRE_FREE(headers);
	return e;
}

static void test_reading(void **state)
{
	struct peer *p = *state;
	struct peer_call nobody = call_as(p, NULL), patient = call_as(p, &p->patient), officer = call_as(p, &p->officer);
	Medlock__HeadersReply *headers = NULL;
	Medlock__BlocksReply *blocks = NULL;
	Medlock__EventsReply *events = NULL;
	Medlock__StatusReply *status = NULL;
	bool present = false;

	assert_int_not_equal(peer_headers(&nobody, &headers, 1, 10, NULL), ERR_OK);
	assert_int_equal(peer_headers(&patient, &headers, 1, 10, NULL), ERR_OK);
	assert_true(headers->n_headers >= 3);
	WIRE_FREE(headers);
	assert_int_equal(peer_blocks(&patient, &blocks, 1, 10, NULL), ERR_NOT_FOUND);
	assert_int_equal(peer_blocks(&officer, &blocks, 1, 10, NULL), ERR_OK);
	WIRE_FREE(blocks);
	assert_int_equal(peer_events(&patient, &events, &p->doctor.account, 1, NULL), ERR_NOT_FOUND);
	assert_int_equal(peer_events(&patient, &events, &p->anna.account, 1, NULL), ERR_OK);
	WIRE_FREE(events);
	assert_int_equal(proof_of(p, &p->patient, state_key_account(&p->anna.account), &present), ERR_OK);
	assert_true(present);
	assert_int_equal(proof_of(p, &p->patient, state_key_policy(&p->anna.account), &present), ERR_OK);
	assert_int_equal(proof_of(p, &p->patient, state_key_account(&p->doctor.account), &present), ERR_OK);
	assert_int_equal(proof_of(p, &p->patient, state_key_network(), &present), ERR_OK);
	assert_int_equal(proof_of(p, &p->clinician, state_key_account(&p->anna.account), &present), ERR_NOT_FOUND);
	assert_int_equal(proof_of(p, &p->clinician, state_key_policy(&p->anna.account), &present), ERR_NOT_FOUND);
	assert_int_equal(proof_of(p, &p->officer, state_key_policy(&p->anna.account), &present), ERR_OK);
	assert_int_equal(peer_status(&nobody, &status, NULL), ERR_OK);
	assert_true(status->state_height + 1 == status->height);
	WIRE_FREE(status);
}

static void test_transaction(void **state)
{
	struct peer *p = *state;
	struct peer_call patient = call_as(p, &p->patient), clinician = call_as(p, &p->clinician);
	Medlock__TxReply *reply = NULL;
	Medlock__HeadersReply *headers = NULL;
	struct block_header header;
	struct buf tx = BUF_INIT;
	struct hash32 data_hash;
	struct tx_id id;
	uint32_t index;
	uint64_t height, again;

	daemon_pause(&tx, &id, &p->d, &p->anna, true, VALID);
	height = submit(p, &tx, ERR_OK, NULL);
	again = submit(p, &tx, ERR_OK, NULL); /* a repeat gives the first result */
	assert_true(height > 0 && again == height);
	assert_int_equal(peer_tx(&clinician, &reply, &id, NULL), ERR_NOT_FOUND);
	assert_int_equal(peer_tx(&patient, &reply, &id, NULL), ERR_OK);
	assert_int_equal(reply->height, height);
	assert_true(bytes_equal(wire_bytes(reply->body), buf_bytes(&tx)));
	assert_int_equal(peer_headers(&patient, &headers, height, 1, NULL), ERR_OK);
	assert_int_equal(header_decode(&header, wire_bytes(headers->headers[0]->header), NULL), ERR_OK);
	memcpy(data_hash.b, header.data_hash.b, sizeof(data_hash.b));
	assert_int_equal(inclusion_verify(&index, wire_bytes(reply->inclusion), &data_hash, &id), ERR_OK);
	WIRE_FREE(headers);
	WIRE_FREE(reply);
	tx.data[tx.len - 1] ^= 1; /* the signature's last byte */
	submit(p, &tx, ERR_SIGNATURE, NULL);
	buf_clear(&tx);
	daemon_pause(&tx, &id, &p->d, &p->anna, false, VALID);
	submit(p, &tx, ERR_OK, NULL);
	buf_release(&tx);
}

/* ---- deposit, grant, release ---- */

static void put_blob(struct peer *p)
{
	Medlock__Ticket t = MEDLOCK__TICKET__INIT;
	struct buf ticket = BUF_INIT;
	struct peer_blob held = {0};
	struct peer_call call, other = call_as(p, &p->clinician);

	t.account = wire_data(BYTES_ID(p->d.ca.account));
	t.purpose = TICKET_PUT;
	t.blob = wire_data(BYTES_ID(p->blob_id));
	t.size = BLOB_SIZE;
	daemon_ticket_of(&ticket, &p->d, &t, p->d.ca.seed);
	call = call_as(p, &ticket);
	assert_int_not_equal(peer_blob_put(&other, &held, &p->blob_id, 0, BLOB_SIZE, bytes_of(p->blob, PIECE), NULL), ERR_OK);
	while (held.held < BLOB_SIZE) {
		size_t len = BLOB_SIZE - held.held < PIECE ? BLOB_SIZE - held.held : PIECE;
		uint64_t before = held.held;

		assert_int_equal(peer_blob_put(&call, &held, &p->blob_id, held.held, BLOB_SIZE,
					       bytes_of(p->blob + held.held, len), NULL), ERR_OK);
		assert_true(held.held == before + len);
		assert_int_equal(peer_blob_head(&call, &held, &p->blob_id, NULL), ERR_OK);
		assert_true(held.held == before + len && held.size == BLOB_SIZE);
	}
	buf_release(&ticket);
}

static void deposit(struct peer *p)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__RecordDeposit d = MEDLOCK__RECORD_DEPOSIT__INIT;
	Medlock__Rendition r = MEDLOCK__RENDITION__INIT, *list[] = {&r};
	struct capsule_draft draft;
	struct hash32 label;

	capsule_begin(&draft, &p->capsule_key, &p->key, rng_system());
	d.owner = wire_data(BYTES_ID(p->anna.account));
	d.category = CATEGORY_LAB;
	d.confidentiality = CONFIDENTIALITY_N;
	d.renditions = list;
	d.n_renditions = 1;
	r.form = FORM_FULL;
	r.blob = wire_data(BYTES_ID(p->blob_id));
	r.size = BLOB_SIZE;
	r.key_generation = 1;
	assert_int_equal(deposit_label(&label, &p->d.network, &p->d.ca.account, &d), ERR_OK);
	capsule_finish(&p->capsule, &draft, BYTES_ID(label), rng_system());
	r.capsule = wire_data(bytes_of(p->capsule.b, sizeof(p->capsule.b)));
	body.action_case = MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	body.record_deposit = &d;
	act(p, &p->d.ca, &body, ERR_OK, p->record.b);
}

static void permit(struct peer *p)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	Medlock__Rule rule = MEDLOCK__RULE__INIT, *list[] = {&rule};
	Medlock__Actor actor = MEDLOCK__ACTOR__INIT, *actors[] = {&actor};
	uint32_t purposes[] = {PURPOSE_TREAT};
	Medlock__ProofReply *proof = NULL;
	Medlock__PolicyState *policy = NULL;
	struct peer_call call = call_as(p, &p->patient);
	struct state_key key = state_key_policy(&p->anna.account);

	assert_int_equal(peer_proof(&call, &proof, state_key_bytes(&key), NULL, NULL), ERR_OK);
	assert_int_equal(WIRE_DECODE(&policy, medlock__policy_state, wire_bytes(proof->value), TX_DECODED_MAX, NULL), ERR_OK);
	actor.kind = ACTOR_ACCOUNT;
	actor.id = wire_data(BYTES_ID(p->doctor.account));
	rule.effect = EFFECT_PERMIT;
	rule.actors = actors, rule.n_actors = 1;
	rule.purposes = purposes, rule.n_purposes = 1;
	c.owner = wire_data(BYTES_ID(p->anna.account));
	c.expected_version = policy->version;
	c.put = list, c.n_put = 1;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = &c;
	act(p, &p->anna, &body, ERR_OK, NULL);
	WIRE_FREE(policy);
	WIRE_FREE(proof);
}

static void request(struct peer *p)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__AccessRequest a = MEDLOCK__ACCESS_REQUEST__INIT;
	ProtobufCBinaryData record = wire_data(BYTES_ID(p->record));

	assert_int_equal(secret_new(&p->request_seed, SIGN_SEED_SIZE), ERR_OK);
	rng_fill(rng_system(), p->request_seed->data, SIGN_SEED_SIZE);
	sign_public_of_seed(&p->request_public, p->request_seed);
	assert_int_equal(seal_private_new(&p->reply_key, rng_system()), ERR_OK);
	seal_public_of(&p->reply_public, p->reply_key);
	a.owner = wire_data(BYTES_ID(p->anna.account));
	a.purpose = PURPOSE_TREAT;
	a.form = FORM_FULL;
	a.records = &record;
	a.n_records = 1;
	a.sign_key = wire_data(BYTES_ID(p->request_public));
	a.seal_key = wire_data(BYTES_ID(p->reply_public));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &a;
	act(p, &p->doctor, &body, ERR_OK, p->request.b);
}

static void release_ask(struct peer *p, struct buf *out, struct account_id *ret_custodian, const struct secret *seed)
{
	Medlock__ReleaseRequest r = MEDLOCK__RELEASE_REQUEST__INIT;
	struct peer_call call = call_as(p, &p->officer);
	struct state_key key = state_key_network();
	Medlock__ProofReply *proof = NULL;
	Medlock__Network *network = NULL;
	struct buf input = BUF_INIT;
	struct signature signature;
	uint8_t nonce[RELEASE_NONCE_SIZE];

	assert_int_equal(peer_proof(&call, &proof, state_key_bytes(&key), NULL, NULL), ERR_OK);
	assert_int_equal(WIRE_DECODE(&network, medlock__network, wire_bytes(proof->value), TX_DECODED_MAX, NULL), ERR_OK);
	ID_COPY(*ret_custodian, network->custodians[0]->account.data);
	rng_fill(rng_system(), nonce, sizeof(nonce));
	r.network_id = wire_data(BYTES_ID(p->d.network));
	r.request = wire_data(BYTES_ID(p->request));
	r.record = wire_data(BYTES_ID(p->record));
	r.form = FORM_FULL;
	r.custodian = wire_data(BYTES_ID(*ret_custodian));
	r.at = clock_real()->now(clock_real()->self).v;
	r.nonce = wire_data(bytes_of(nonce, sizeof(nonce)));
	assert_int_equal(release_signing_input(&input, &r), ERR_OK);
	sign_make(&signature, seed, buf_bytes(&input));
	r.signature = wire_data(BYTES_ID(signature));
	WIRE_ENCODE(out, &r);
	buf_release(&input);
	WIRE_FREE(network);
	WIRE_FREE(proof);
}

static enum err release(struct peer *p, const struct buf *ask, const struct account_id *custodian)
{
	struct peer_call call = call_as(p, NULL);
	Medlock__ReleaseReply *reply = NULL;
	struct release_binding binding = {.network = p->d.network, .request = p->request, .record = p->record,
					  .form = FORM_FULL, .custodian = *custodian, .key_generation = 1};
	uint8_t context[RELEASE_CONTEXT_SIZE];
	struct decryption_share share;
	struct bytes contexts[1];
	struct capsule_key key;
	struct buf plain = BUF_INIT;
	uint16_t cheat = 0;
	enum err e = peer_release(&call, &reply, buf_bytes(ask), NULL);

	if (e != ERR_OK)
		return e;
	memcpy(binding.u, p->capsule.b, sizeof(binding.u));
	release_context(context, &binding);
	contexts[0] = bytes_of(context, sizeof(context));
	assert_int_equal(seal_open(&plain, p->reply_key, contexts[0], bytes_of(NULL, 0), wire_bytes(reply->sealed)), ERR_OK);
	assert_int_equal(plain.len, DECRYPTION_SHARE_SIZE);
	assert_int_equal(decryption_share_parse(&share, plain.data), ERR_OK);
	assert_int_equal(capsule_open(&key, &cheat, &p->key, &p->capsule, &share, contexts, 1, NULL), ERR_OK);
	assert_memory_equal(key.b, p->capsule_key.b, sizeof(key.b));
	buf_release(&plain);
	WIRE_FREE(reply);
	return ERR_OK;
}

/* The owner's events, when there are at least so many. */
static size_t events_count(struct peer *p, uint32_t *ret_last_kind)
{
	struct peer_call call = call_as(p, &p->patient);
	Medlock__EventsReply *events = NULL;
	Medlock__Event *event = NULL;
	size_t count;

	assert_int_equal(peer_events(&call, &events, &p->anna.account, 1, NULL), ERR_OK);
	count = events->n_events;
	assert_int_equal(event_parse(&event, &p->anna.account, count, wire_bytes(events->events[count - 1]), NULL), ERR_OK);
	*ret_last_kind = event->kind;
	WIRE_FREE(event);
	WIRE_FREE(events);
	return count;
}

static void next_block(struct peer *p)
{
	struct peer_call call = call_as(p, NULL);
	Medlock__StatusReply *now_at = NULL, *later = NULL;

	assert_int_equal(peer_status(&call, &now_at, NULL), ERR_OK);
	call.timeout_ms = 2 * LONG_POLL_MS;
	assert_int_equal(peer_status_after(&call, &later, now_at->height, NULL), ERR_OK);
	WIRE_FREE(now_at);
	WIRE_FREE(later);
}

static void get_blob(struct peer *p, const struct secret *seed, enum err expect)
{
	Medlock__Ticket t = MEDLOCK__TICKET__INIT;
	struct buf ticket = BUF_INIT, piece = BUF_INIT;
	struct peer_blob info;
	struct peer_call call;

	t.account = wire_data(BYTES_ID(p->doctor.account));
	t.purpose = TICKET_GET;
	t.blob = wire_data(BYTES_ID(p->blob_id));
	t.request = wire_data(BYTES_ID(p->request));
	t.record = wire_data(BYTES_ID(p->record));
	daemon_ticket_of(&ticket, &p->d, &t, seed);
	call = call_as(p, &ticket);
	assert_int_equal(peer_blob_get(&call, &piece, &info, &p->blob_id, 1000, PIECE, NULL), expect);
	if (expect == ERR_OK)
		assert_memory_equal(piece.data, p->blob + 1000, PIECE);
	buf_release(&ticket);
	buf_release(&piece);
}

/* A record's row: to a requester who names the request that lists it, and to nobody who names none or another's. */
static void test_record_row(void **state)
{
	struct peer *p = *state;
	struct state_key key;
	struct peer_call doctor = call_as(p, &p->clinician);
	Medlock__ProofReply *proof = NULL;
	struct request_id other = {{9}};

	put_blob(p);
	deposit(p);
	permit(p);
	request(p);
	key = state_key_record(&p->record);
	assert_int_equal(peer_proof(&doctor, &proof, state_key_bytes(&key), NULL, NULL), ERR_NOT_FOUND);
	assert_int_equal(peer_proof(&doctor, &proof, state_key_bytes(&key), &other, NULL), ERR_NOT_FOUND);
	assert_int_equal(peer_proof(&doctor, &proof, state_key_bytes(&key), &p->request, NULL), ERR_OK);
	assert_true(proof->present);
	WIRE_FREE(proof);
}

static void test_release(void **state)
{
	struct peer *p = *state;
	struct account_id custodian;
	struct buf ask = BUF_INIT, tx = BUF_INIT;
	struct tx_id id;
	uint32_t kind = 0;

	put_blob(p);
	deposit(p);
	permit(p);
	request(p);
	release_ask(p, &ask, &custodian, p->request_seed);
	assert_int_equal(release(p, &ask, &custodian), ERR_OK);
	assert_int_equal(release(p, &ask, &custodian), ERR_DUPLICATE); /* the same nonce */
	buf_clear(&ask);
	release_ask(p, &ask, &custodian, p->doctor.seed); /* another key than the request's */
	assert_int_equal(release(p, &ask, &custodian), ERR_REFUSED);
	get_blob(p, p->request_seed, ERR_OK);
	get_blob(p, p->doctor.seed, ERR_NOT_FOUND);
	events_count(p, &kind);
	for (int i = 0; i < 10 && kind != ACTION_RELEASE_RECEIPT; i++) {
		next_block(p);
		events_count(p, &kind);
	}
	assert_int_equal(kind, ACTION_RELEASE_RECEIPT);
	daemon_pause(&tx, &id, &p->d, &p->anna, true, VALID);
	submit(p, &tx, ERR_OK, NULL);
	buf_clear(&ask);
	release_ask(p, &ask, &custodian, p->request_seed);
	assert_int_equal(release(p, &ask, &custodian), ERR_WITHDRAWN);
	get_blob(p, p->request_seed, ERR_NOT_FOUND);
	buf_release(&ask);
	buf_release(&tx);
}

/* From the block on no share leaves, the blob is gone, and the peer says so to the owner alone. */
static void test_erase(void **state)
{
	struct peer *p = *state;
	struct peer_call anna = call_as(p, &p->patient), doctor = call_as(p, &p->clinician);
	Medlock__RecordErase erase = MEDLOCK__RECORD_ERASE__INIT;
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__ErasedReply *reply = NULL;
	struct account_id custodian;
	struct buf ask = BUF_INIT;

	put_blob(p);
	deposit(p);
	permit(p);
	request(p);
	release_ask(p, &ask, &custodian, p->request_seed);
	assert_int_equal(release(p, &ask, &custodian), ERR_OK);
	get_blob(p, p->request_seed, ERR_OK);
	assert_int_equal(peer_erased(&anna, &reply, &p->record, NULL), ERR_NOT_FOUND);
	erase.record = wire_data(BYTES_ID(p->record));
	body.action_case = MEDLOCK__BODY__ACTION_RECORD_ERASE;
	body.record_erase = &erase;
	act(p, &p->anna, &body, ERR_OK, NULL);
	buf_clear(&ask);
	release_ask(p, &ask, &custodian, p->request_seed);
	assert_int_equal(release(p, &ask, &custodian), ERR_WITHDRAWN);
	get_blob(p, p->request_seed, ERR_NOT_FOUND);
	assert_int_equal(peer_erased(&doctor, &reply, &p->record, NULL), ERR_NOT_FOUND);
	assert_int_equal(peer_erased(&anna, &reply, &p->record, NULL), ERR_OK);
	assert_int_equal(reply->blobs, 1);
	assert_int_equal(reply->held, 0);
	WIRE_FREE(reply);
	buf_release(&ask);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reading, setup, teardown),
		cmocka_unit_test_setup_teardown(test_transaction, setup, teardown),
		cmocka_unit_test_setup_teardown(test_record_row, setup, teardown),
		cmocka_unit_test_setup_teardown(test_release, setup, teardown),
		cmocka_unit_test_setup_teardown(test_erase, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
