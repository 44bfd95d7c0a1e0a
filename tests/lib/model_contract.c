/* SPDX-License-Identifier: Apache-2.0 */
/* One transaction in the model: may it enter, was it here before, who signed, may they; then its action. */
#include "model_contract.h"

#include <stdlib.h>

#include "core/crypto/hash.h"
#include "model_state.h"

#define VALID_AHEAD 10000u

/* Who may send what (design: the table of actions), by role from patient to auditor. */
static const struct {
	uint32_t action;
	const char *roles;
} table[] = {
	/*                     PCROEPA: patient, clinician, researcher, officer, peer, operator, auditor */
	{ACTION_CERT_ANCHOR, "...xxx."},   {ACTION_CERT_REVOKE, "xxxxxxx"},    {ACTION_RECORD_DEPOSIT, ".ddxxxd"},
	{ACTION_CONSENT_SET, "x......"},   {ACTION_CONSENT_PAUSE, "x......"},  {ACTION_ACCESS_REQUEST, "xxxx..."},
	{ACTION_ACCESS_CLOSE, "xxxx..."},  {ACTION_RELEASE_RECEIPT, "...xxx."}, {ACTION_NETWORK_SET, "...xxx."},
	{ACTION_ACCESS_ANSWER, "x......"}, {ACTION_ACCOUNT_KEYS, "xxxx.xx"},
	{ACTION_PROXY_SET, "x..xxx."},    {ACTION_RECORD_AMEND, ".ddxxxd"},  {ACTION_RECORD_ERASE, "x......"},
	{ACTION_QUESTION, "xxxx..."},
};

static bool may(uint32_t action, const struct m_account *x)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (table[i].action == action) {
			char c = table[i].roles[x->role - 1];

			return c == 'x' || (c == 'd' && (x->rights & RIGHT_DEPOSIT));
		}
	return false;
}

enum err m_pay(struct m_act *a, uint32_t cost)
{
	if (a->paid + cost > a->room)
		return ERR_LIMIT;
	a->paid += cost;
	return ERR_OK;
}

bool m_stands_in(ProtobufCBinaryData *list, size_t count, const struct hash32 *id)
{
	for (size_t i = 0; i < count; i++)
		if (m_is(list[i], id))
			return true;
	return false;
}

enum err m_account_stands(const struct m_account *x, int64_t now)
{
	if (!x)
		return ERR_NOT_CERTIFIED;
	if (x->revoked)
		return ERR_REVOKED;
	return x->not_after != 0 && x->not_after <= now ? ERR_EXPIRED : ERR_OK;
}

bool m_is_authority(const struct m_act *a)
{
	if (!a->signed_by_one) /* check_officers saw each of them */
		return a->tx->action == ACTION_CERT_ANCHOR || a->tx->action == ACTION_CERT_REVOKE;
	return m_stands_in(a->m->network->authorities, a->m->network->n_authorities, &a->who);
}

/* The same bytes are signed by everybody: "medlock-tx-v1" || network || u64be(len body) || body. */
static enum err check_signature(const struct m_act *a, const Medlock__Signature *s, const struct m_account *x)
{
	struct bytes body = wire_bytes(a->tx->wire->body);
	struct signature signature;
	struct sign_public key;
	struct hash32 hash;
	uint8_t len[8];

	put_be64(len, body.len);
	hash = M_HASH("medlock-tx-v1", BYTES_ID(a->block->network), bytes_of(len, 8), body);
	memcpy(signature.b, s->signature.data, 64);
	memcpy(key.b, m_keys_of(x, a->block->time)->sign.data, 32);
	return sign_verify(&signature, &key, BYTES_ID(hash));
}

enum err m_check_signer(const struct m_act *a, const Medlock__Signature *s)
{
	struct hash32 id = m_id(s->account);
	const struct m_account *x = m_account(a->m, &id);

	TRY(m_account_stands(x, a->block->time));
	if (!may(a->tx->action, x))
		return ERR_ROLE;
	return check_signature(a, s, x);
}

/* What two authorities do together. */
static enum err check_officers(const struct m_act *a, const Medlock__Approvals *list)
{
	const Medlock__Network *n = a->m->network;

	for (size_t i = 0; i < list->n_signatures; i++) {
		struct hash32 id = m_id(list->signatures[i]->account);

		if (!m_stands_in(n->authorities, n->n_authorities, &id))
			return ERR_ROLE;
		TRY(m_check_signer(a, list->signatures[i]));
	}
	return list->n_signatures > 1 ? ERR_OK : ERR_FOUR_EYES;
}

/* Several signers change the network only, are operators all, and are two thirds of them. */
static enum err check_approvals(const struct m_act *a, const Medlock__Approvals *list)
{
	const Medlock__Network *n = a->m->network;

	if (a->tx->action == ACTION_ACCOUNT_KEYS)
		return m_helpers_check(a, list);
	if (a->tx->action == ACTION_CERT_ANCHOR || a->tx->action == ACTION_CERT_REVOKE)
		return check_officers(a, list);
	if (a->tx->action != ACTION_NETWORK_SET)
		return ERR_ROLE;
	for (size_t i = 0; i < list->n_signatures; i++) {
		struct hash32 id = m_id(list->signatures[i]->account);

		if (!m_stands_in(n->operators, n->n_operators, &id))
			return ERR_ROLE;
		TRY(m_check_signer(a, list->signatures[i]));
	}
	return 3 * list->n_signatures < 2 * n->n_operators ? ERR_ROLE : ERR_OK;
}

static enum err check_auth(struct m_act *a)
{
	const Medlock__Auth *auth = a->tx->wire->auth;

	if (!a->signed_by_one)
		return check_approvals(a, auth->approvals);
	TRY(m_check_signer(a, auth->signature));
	a->actor = *m_account(a->m, &a->who);
	return ERR_OK;
}

static enum err check_window(const struct m_act *a)
{
	const Medlock__Body *body = a->tx->body;

	if (!m_is(body->network_id, &a->block->network))
		return ERR_NETWORK_ID;
	if (a->block->height > body->valid_until)
		return ERR_TX_EXPIRED;
	return body->valid_until > a->block->height + VALID_AHEAD ? ERR_RANGE : ERR_OK;
}

static struct hash32 replay_key(const struct m_act *a)
{
	return M_HASH("medlock-replay-v1", BYTES_ID(a->body_hash), BYTES_ID(a->who));
}

/* The same body by the same account: what it gave then, it gives again. */
static bool is_repeat(struct m_act *a)
{
	struct hash32 key = replay_key(a);

	for (size_t i = 0; i < a->m->replay_count; i++) {
		const struct m_replay *x = &a->m->replays[i];

		if (x->valid_until != a->tx->body->valid_until || !ID_EQUAL(x->key, key))
			continue;
		buf_append_bytes(&a->result->data, buf_bytes(&x->data));
		return true;
	}
	return false;
}

static void remember(struct m_act *a)
{
	struct m_replay *x = M_APPEND(a->m->replays, a->m->replay_count);

	x->valid_until = a->tx->body->valid_until;
	x->key = replay_key(a);
	x->tx = a->tx_id;
	buf_append_bytes(&x->data, buf_bytes(&a->result->data));
}

static enum err act_out(struct m_act *a)
{
	const Medlock__Body *b = a->tx->body;

	switch (a->tx->action) {
	case ACTION_CERT_ANCHOR:
		return m_cert_anchor(a, b->cert_anchor);
	case ACTION_CERT_REVOKE:
		return m_cert_revoke(a, b->cert_revoke);
	case ACTION_ACCOUNT_KEYS:
		return m_account_keys(a, b->account_keys);
	case ACTION_RECORD_DEPOSIT:
		return m_record_deposit(a, b->record_deposit);
	case ACTION_RECORD_AMEND:
		return m_record_deposit(a, b->record_amend);
	case ACTION_RECORD_ERASE:
		return m_record_erase(a, b->record_erase);
	case ACTION_CONSENT_SET:
		return m_consent_set(a, b->consent_set);
	case ACTION_CONSENT_PAUSE:
		return m_consent_pause(a, b->consent_pause);
	case ACTION_PROXY_SET:
		return m_proxy_set(a, b->proxy_set);
	case ACTION_ACCESS_REQUEST:
		return m_access_request(a, b->access_request);
	case ACTION_ACCESS_ANSWER:
		return m_access_answer(a, b->access_answer);
	case ACTION_ACCESS_CLOSE:
		return m_access_close(a, b->access_close);
	case ACTION_RELEASE_RECEIPT:
		return m_release_receipt(a, b->release_receipt);
	case ACTION_QUESTION:
		return m_question_act(a, b->question);
	case ACTION_NETWORK_SET:
		return m_network_set(a, b->network_set);
	default:
		return ERR_FORMAT;
	}
}

static uint32_t signatures_of(const struct m_act *a)
{
	return a->signed_by_one ? 1 : (uint32_t)a->tx->wire->auth->approvals->n_signatures;
}

static enum err perform(struct m_act *a)
{
	TRY(check_window(a));
	if (is_repeat(a))
		return ERR_OK;
	TRY(m_pay(a, signatures_of(a)));
	TRY(check_auth(a));
	TRY(act_out(a));
	if (a->signed_by_one)
		m_keys_settle(a, m_account(a->m, &a->who));
	remember(a);
	return ERR_OK;
}

void model_apply(struct model *m, struct model_result *ret, const struct model_block *block, struct bytes in,
		 uint32_t room)
{
	struct m_act a = {.m = m, .block = block, .room = room, .result = ret};
	struct tx tx;

	*ret = (struct model_result){0};
	ret->code = tx_parse(&tx, in, NULL);
	if (ret->code)
		return;
	a.tx = &tx;
	a.tx_id = hash_sha256(in);
	a.body_hash = hash_sha256(wire_bytes(tx.wire->body));
	a.signed_by_one = tx.wire->auth->by_case == MEDLOCK__AUTH__BY_SIGNATURE;
	if (a.signed_by_one)
		a.who = m_id(tx.wire->auth->signature->account);
	ret->code = perform(&a);
	ret->cost = a.paid ? a.paid : signatures_of(&a);
	ASSERT(ret->code == ERR_OK || (ret->data.len == 0 && ret->event_count == 0));
	tx_release(&tx);
}

void model_result_release(struct model_result *r)
{
	buf_release(&r->data);
}

void model_block_end(struct model *m, const struct model_block *block)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->replay_count; i++) {
		if (m->replays[i].valid_until > block->height)
			m->replays[kept++] = m->replays[i];
		else
			buf_release(&m->replays[i].data);
	}
	m->replay_count = kept;
}

/* Whoever replays the ledger finds the same salt; who sees only an event cannot guess what it hides. */
static struct hash32 event_salt(const struct m_act *a, const struct hash32 *owner, uint64_t n)
{
	uint8_t be[8];

	put_be64(be, n);
	return M_HASH("medlock-event-salt-v1", wire_bytes(a->tx->body->salt), BYTES_ID(*owner), bytes_of(be, 8));
}

void m_tell(struct m_act *a, const struct hash32 *owner, Medlock__Event *event)
{
	struct m_account *row = m_account(a->m, owner);
	struct model_event *to = M_APPEND(a->m->events, a->m->event_count);
	struct hash32 salt;

	ASSERT(row);
	to->owner = *owner;
	to->n = ++row->event_count;
	salt = event_salt(a, owner, to->n);
	event->owner = m_data(owner);
	event->n = to->n;
	event->height = a->block->height;
	event->time = a->block->time;
	event->kind = a->tx->action;
	event->actor = m_data(&a->who);
	event->actor_role = a->actor.role;
	event->actor_organisation = m_name_data(&a->actor.organisation);
	event->tx = m_data(&a->tx_id);
	event->salt = wire_data(bytes_of(salt.b, TX_SALT_SIZE));
	WIRE_ENCODE(&to->bytes, event);
	ASSERT(buf_error(&to->bytes) == ERR_OK);
	row->event_head = M_HASH("medlock-event-v1", BYTES_ID(row->event_head), buf_bytes(&to->bytes));
	a->result->event_count++;
}

void m_result(struct m_act *a, const struct hash32 *id, uint64_t version, const struct m_decided *records, size_t count)
{
	Medlock__TxResult r = MEDLOCK__TX_RESULT__INIT;
	struct m_decided_wire wire = m_decided_wire(records, count);

	if (id)
		r.id = m_data(id);
	r.version = version;
	r.records = wire.list;
	r.n_records = wire.count;
	WIRE_ENCODE(&a->result->data, &r);
	ASSERT(buf_error(&a->result->data) == ERR_OK);
	m_decided_wire_release(&wire);
}

const struct model_event *model_events(const struct model *m, size_t *ret_count)
{
	*ret_count = m->event_count;
	return m->events;
}
