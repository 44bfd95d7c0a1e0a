/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon_story.h"

#include <signal.h>
#include <stdlib.h>

#include "chain/proto/state_key.h"
#include "core/base/rng.h"
#include "core/crypto/hash.h"
#include "core/crypto/start.h"

#define VALID 5000
#define MUST(expression) ASSERT((expression) == ERR_OK)

static struct peer_call call_as(struct daemon_story *s, const struct buf *ticket)
{
	return (struct peer_call){.http = s->http, .peer = &s->d.peer, .timeout_ms = 10000,
				  .authorization = ticket == NULL ? NULL : buf_text(ticket)};
}

/* ret_id: what the transaction made; may be NULL. */
static void submit(struct daemon_story *s, const struct buf *tx, uint8_t *ret_id)
{
	struct peer_call call = call_as(s, NULL);
	Medlock__TxReply *reply = NULL;
	Medlock__TxResult *result = NULL;

	MUST(peer_submit(&call, &reply, buf_bytes(tx), NULL));
	ASSERT(reply->code == 0 && reply->height > 0);
	if (ret_id != NULL) {
		MUST(WIRE_DECODE(&result, medlock__tx_result, wire_bytes(reply->data), TX_DECODED_MAX, NULL));
		ASSERT(result->id.len == ID_SIZE);
		memcpy(ret_id, result->id.data, ID_SIZE);
		WIRE_FREE(result);
	}
	WIRE_FREE(reply);
}

static void act(struct daemon_story *s, const struct person *by, Medlock__Body *body, uint8_t *ret_id)
{
	struct buf tx = BUF_INIT;
	struct tx_id id;

	daemon_sign(&tx, &id, &s->d, by, body, VALID);
	submit(s, &tx, ret_id);
	buf_release(&tx);
}

static void anchor(struct daemon_story *s, struct person *who, uint32_t role, uint32_t *purposes, size_t count)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__CertAnchor a = MEDLOCK__CERT_ANCHOR__INIT;
	uint8_t certificate[ID_SIZE], organisation[ID_SIZE];

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
	act(s, &s->d.ca, &body, NULL);
}

static void read_genesis(struct daemon_story *s)
{
	struct peer_call call = call_as(s, NULL);
	Medlock__Genesis *g = NULL;
	struct network_id id;

	MUST(peer_genesis(&call, &s->genesis, NULL));
	MUST(genesis_parse(&g, &id, buf_bytes(&s->genesis), NULL));
	s->key.t = s->key.n = 1;
	MUST(g1_parse(&s->key.commitments[0], g->network->commitments[0].data));
	WIRE_FREE(g);
}

void daemon_story_init(struct daemon_story *s, const char *program)
{
	uint32_t purposes[] = {PURPOSE_TREAT};

	memset(s, 0, sizeof(*s));
	MUST(crypto_start(NULL));
	signal(SIGPIPE, SIG_IGN);
	daemon_make(&s->d, program);
	daemon_start(&s->d, NULL, NULL);
	MUST(http_client_new(&s->http, NULL, NULL));
	person_init(&s->anna, &s->d.network, 10);
	person_init(&s->doctor, &s->d.network, 11);
	anchor(s, &s->anna, ROLE_PATIENT, NULL, 0);
	anchor(s, &s->doctor, ROLE_CLINICIAN, purposes, 1);
	daemon_ticket(&s->officer, &s->d, &s->d.ca);
	daemon_ticket(&s->patient, &s->d, &s->anna);
	daemon_ticket(&s->clinician, &s->d, &s->doctor);
	read_genesis(s);
}

void daemon_story_release(struct daemon_story *s)
{
	if (s->d.pid > 0)
		daemon_stop(&s->d, SIGKILL);
	http_client_free(s->http);
	person_release(&s->anna);
	person_release(&s->doctor);
	buf_release(&s->officer);
	buf_release(&s->patient);
	buf_release(&s->clinician);
	buf_release(&s->genesis);
	daemon_remove(&s->d);
}

static void deposit(struct daemon_story *s)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__RecordDeposit d = MEDLOCK__RECORD_DEPOSIT__INIT;
	Medlock__Rendition r = MEDLOCK__RENDITION__INIT, *list[] = {&r};
	struct capsule_draft draft;
	struct capsule_key key;
	struct capsule capsule;
	struct hash32 label;
	uint8_t blob[ID_SIZE];

	ASSERT(s->record_count < DAEMON_STORY_RECORDS);
	rng_fill(rng_system(), blob, sizeof(blob)); /* nobody fetches it */
	capsule_begin(&draft, &key, &s->key, rng_system());
	d.owner = wire_data(BYTES_ID(s->anna.account));
	d.category = CATEGORY_LAB;
	d.confidentiality = CONFIDENTIALITY_N;
	d.renditions = list;
	d.n_renditions = 1;
	r.form = FORM_FULL;
	r.blob = wire_data(bytes_of(blob, sizeof(blob)));
	r.size = 1000;
	r.key_generation = 1;
	MUST(deposit_label(&label, &s->d.network, &s->d.ca.account, &d));
	capsule_finish(&capsule, &draft, BYTES_ID(label), rng_system());
	r.capsule = wire_data(bytes_of(capsule.b, sizeof(capsule.b)));
	body.action_case = MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	body.record_deposit = &d;
	act(s, &s->d.ca, &body, s->records[s->record_count++].b);
}

static uint64_t policy_version(struct daemon_story *s)
{
	struct peer_call call = call_as(s, &s->patient);
	struct state_key key = state_key_policy(&s->anna.account);
	Medlock__ProofReply *proof = NULL;
	Medlock__PolicyState *policy = NULL;
	uint64_t version;

	MUST(peer_proof(&call, &proof, state_key_bytes(&key), NULL, NULL));
	MUST(WIRE_DECODE(&policy, medlock__policy_state, wire_bytes(proof->value), TX_DECODED_MAX, NULL));
	version = policy->version;
	WIRE_FREE(policy);
	WIRE_FREE(proof);
	return version;
}

void daemon_story_permit(struct daemon_story *s)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	Medlock__Rule rule = MEDLOCK__RULE__INIT, *list[] = {&rule};
	Medlock__Actor actor = MEDLOCK__ACTOR__INIT, *actors[] = {&actor};
	uint32_t purposes[] = {PURPOSE_TREAT};

	actor.kind = ACTOR_ACCOUNT;
	actor.id = wire_data(BYTES_ID(s->doctor.account));
	rule.effect = EFFECT_PERMIT;
	rule.actors = actors, rule.n_actors = 1;
	rule.purposes = purposes, rule.n_purposes = 1;
	c.owner = wire_data(BYTES_ID(s->anna.account));
	c.expected_version = policy_version(s);
	c.put = list, c.n_put = 1;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = &c;
	act(s, &s->anna, &body, NULL);
}

static void request(struct daemon_story *s)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__AccessRequest a = MEDLOCK__ACCESS_REQUEST__INIT;
	ProtobufCBinaryData record = wire_data(BYTES_ID(s->records[0]));

	a.owner = wire_data(BYTES_ID(s->anna.account));
	a.purpose = PURPOSE_TREAT;
	a.form = FORM_FULL;
	a.records = &record;
	a.n_records = 1;
	a.sign_key = wire_data(BYTES_ID(s->doctor.sign));
	a.seal_key = wire_data(bytes_of(s->doctor.seal, sizeof(s->doctor.seal)));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &a;
	act(s, &s->doctor, &body, s->request.b);
}

void daemon_story_pause(struct daemon_story *s, bool paused)
{
	struct buf tx = BUF_INIT;
	struct tx_id id;

	daemon_pause(&tx, &id, &s->d, &s->anna, paused, VALID);
	submit(s, &tx, NULL);
	buf_release(&tx);
}

void daemon_story_begin(struct daemon_story *s)
{
	while (s->record_count < DAEMON_STORY_RECORDS)
		deposit(s);
	daemon_story_permit(s);
	request(s);
	daemon_story_pause(s, true);
	daemon_story_pause(s, false);
}

void daemon_story_restart(struct daemon_story *s, const char *flag, const char *value)
{
	if (s->d.pid > 0)
		daemon_stop(&s->d, SIGTERM);
	daemon_start(&s->d, flag, value);
}

uint64_t daemon_story_height(struct daemon_story *s)
{
	struct peer_call call = call_as(s, NULL);
	Medlock__StatusReply *status = NULL;
	uint64_t height;

	MUST(peer_status(&call, &status, NULL));
	height = status->height;
	WIRE_FREE(status);
	return height;
}

/* ---- replicas ---- */

static const struct account_id *account_of(const struct daemon_story *s, enum story_reader who)
{
	return who == STORY_ANNA ? &s->anna.account : who == STORY_DOCTOR ? &s->doctor.account : &s->d.ca.account;
}

const struct buf *daemon_story_ticket(const struct daemon_story *s, enum story_reader who)
{
	return who == STORY_ANNA ? &s->patient : who == STORY_DOCTOR ? &s->clinician : &s->officer;
}

struct replica *daemon_story_replica(const struct daemon_story *s, enum story_reader who, const char *path)
{
	struct replica_options o = {.path = path, .genesis = buf_bytes(&s->genesis), .full = who == STORY_OFFICER,
				    .account = *account_of(s, who), .clock = clock_real()};
	struct replica *r = NULL;

	MUST(replica_open(&r, &o, NULL));
	if (who == STORY_DOCTOR)
		MUST(replica_watch_request(r, &s->request, NULL));
	return r;
}

void daemon_story_link(struct link *l, const struct daemon_story *s, enum story_reader who, struct http_client *http)
{
	link_init(l, http, NULL, clock_real(), NULL, &s->d.network, account_of(s, who));
}

void daemon_story_peer(struct link *l, const struct peer_address *peer, const struct buf *ticket)
{
	size_t at = l->count;

	link_add(l, peer);
	ASSERT(l->count == at + 1);
	buf_append_bytes(&l->peers[at].ticket, buf_bytes(ticket));
	l->peers[at].ticket_until.v = INT64_MAX;
}
