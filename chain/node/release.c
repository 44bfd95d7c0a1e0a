/* SPDX-License-Identifier: Apache-2.0 */
/* POST release: this custodian's share of a rendition's key, if the ledger says so at this moment.
 *
 * Order matters.  First the signature of the request's own key: who cannot make it learns nothing, not even
 * whether the
 * request exists.  Then freshness, then the contract's rules on the committed state, then the note that a
 * receipt is due,
 * durable, and only then the share leaves.
 */
#include "chain/node/internal.h"
#include "chain/proto/release.h"
#include "core/crypto/hash.h"
#include "core/crypto/seal.h"
#include "core/crypto/threshold.h"

#define NONCE_WAYS 8u

/* The request's keys, and the signature under them.  Absent and wrongly signed look the same. */
static enum err signed_by_request(struct node *n, const Medlock__ReleaseRequest *r, const struct request_id *id)
{
	struct contract_kv *kv = ledger_app_state(n->app);
	struct state_key key = state_key_request(id);
	Medlock__RequestState *q = NULL;
	struct sign_public sign_key;
	struct buf value = BUF_INIT;
	enum err e = kv->get(kv->self, &value, state_key_bytes(&key));

	if (e == ERR_OK)
		e = WIRE_DECODE(&q, medlock__request_state, buf_bytes(&value), EVENT_DECODED_MAX, NULL);
	if (e == ERR_OK)
		e = sign_public_parse(&sign_key, wire_bytes(q->sign_key));
	if (e == ERR_OK)
		e = release_check(r, ledger_app_network(n->app), &n->home.account, &sign_key, node_now(n));
	WIRE_FREE(q);
	buf_release(&value);
	return e == ERR_CLOCK || e == ERR_OK ? e : ERR_REFUSED;
}

/* Each nonce once while its request could still be replayed.  A full set of slots refuses rather than forgets. */
static enum err nonce_take(struct node *n, const Medlock__ReleaseRequest *r)
{
	struct bytes parts[2] = {wire_bytes(r->request), wire_bytes(r->nonce)};
	struct hash32 hash = hash_parts("medlock-release-nonce-v1", parts, 2);
	uint32_t base = get_be32(hash.b) % (NONCES_MAX / NONCE_WAYS) * NONCE_WAYS;
	int64_t now = node_now(n).v;
	struct nonce_row *room = NULL;

	for (uint32_t i = base; i < base + NONCE_WAYS; i++) {
		struct nonce_row *row = &n->nonces[i];

		if (row->until <= now)
			room = row;
		else if (ID_EQUAL(row->hash, hash))
			return ERR_DUPLICATE;
	}
	if (room == NULL)
		return ERR_BUSY_PEER;
	*room = (struct nonce_row){hash, now + 2 * RELEASE_CLOCK_MS};
	return ERR_OK;
}

/* Consent is judged on a state that is known to be new. */
static enum err be_fresh(struct node *n)
{
	if (node_now(n).v - ledger_app_newest(n->app).time.v <= PROOF_FRESH_MS)
		return ERR_OK;
	n->engine->refresh(n->engine->self);
	n->engine->poll(n->engine->self);
	return node_now(n).v - ledger_app_newest(n->app).time.v <= PROOF_FRESH_MS ? ERR_OK : ERR_BUSY_PEER;
}

struct question {
	struct request_id request;
	struct record_id record;
	uint32_t form;
};

static enum err share_seal(struct node *n, struct buf *ret, const struct access_release *a, const struct question *q)
{
	struct release_binding binding = {.network = *ledger_app_network(n->app), .request = q->request,
					  .record = q->record, .form = q->form, .custodian = n->home.account,
					  .key_generation = a->key_generation};
	uint8_t context[RELEASE_CONTEXT_SIZE], bytes[DECRYPTION_SHARE_SIZE];
	struct decryption_share share;
	struct capsule capsule;
	struct key_share secret;
	struct seal_public to;
	enum err e;

	memcpy(capsule.b, a->capsule, sizeof(capsule.b));
	memcpy(binding.u, capsule.b, sizeof(binding.u));
	release_context(context, &binding);
	TRY(seal_public_parse(&to, bytes_of(a->seal_key, sizeof(a->seal_key))));
	TRY(home_share(&secret, &n->home));
	e = capsule_answer(&share, &secret, &capsule, BYTES_ID(a->label), bytes_of(context, sizeof(context)),
			   rng_system());
	key_share_wipe(&secret);
	if (e != ERR_OK)
		return e;
	decryption_share_write(bytes, &share);
	e = seal_to(ret, &to, bytes_of(context, sizeof(context)), bytes_of(NULL, 0), bytes_of(bytes, sizeof(bytes)),
		    rng_system());
	secret_wipe(bytes, sizeof(bytes));
	return e;
}

static enum err decide(struct node *n, struct buf *ret_sealed, uint64_t *ret_height, const Medlock__ReleaseRequest *r)
{
	struct question q = {.form = r->form};
	struct contract_block newest;
	struct access_release a;

	ID_COPY(q.request, r->request.data);
	ID_COPY(q.record, r->record.data);
	TRY(signed_by_request(n, r, &q.request));
	TRY(nonce_take(n, r));
	TRY(be_fresh(n));
	newest = ledger_app_newest(n->app);
	TRY(access_release_check(&a, ledger_app_state(n->app), &newest, node_now(n), &q.request, &q.record, q.form));
	TRY(share_seal(n, ret_sealed, &a, &q));
	*ret_height = newest.height;
	return receipts_note(n->receipts, &q.request, &q.record, q.form);
}

void service_release(void *self, struct http_request *request)
{
	struct node *n = self;
	Medlock__ReleaseRequest *r = NULL;
	Medlock__ReleaseReply reply = MEDLOCK__RELEASE_REPLY__INIT;
	struct buf sealed = BUF_INIT;
	enum err e = release_parse(&r, http_request_body(request), NULL);

	n->last_request = node_steady(n);
	if (e == ERR_OK && n->home.share_index == 0)
		e = ERR_REFUSED; /* this peer is no custodian */
	if (e == ERR_OK)
		e = decide(n, &sealed, &reply.height, r);
	WIRE_FREE(r);
	if (e == ERR_OK) {
		n->releases++;
		reply.sealed = wire_data(buf_bytes(&sealed));
		reply.index = n->home.share_index;
		node_reply(request, 200, &reply);
	} else {
		n->release_refusals++;
		http_reply_error(request, e);
	}
	buf_release(&sealed);
}
