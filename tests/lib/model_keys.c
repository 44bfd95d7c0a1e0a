/* SPDX-License-Identifier: Apache-2.0 */
/* The model's keys of accounts: which are in force, how they change. */
#include "core/crypto/hash.h"
#include "core/crypto/schnorr.h"
#include "core/crypto/seal.h"
#include "model_state.h"

#define DELAY_MS (3ll * 24 * 3600 * 1000) /* seventy-two hours */

enum err m_keys_check(const Medlock__KeySet *keys, ProtobufCBinaryData by, const struct hash32 *network,
		      ProtobufCBinaryData account)
{
	struct bytes sign = wire_bytes(keys->sign);
	struct buf b = BUF_INIT;
	struct signature signature;
	struct schnorr_proof proof;
	struct sign_public key;
	struct seal_public seal;
	struct hash32 statement;
	struct g1 open;
	enum err e;

	TRY(sign_public_parse(&key, sign));
	TRY(seal_public_parse(&seal, wire_bytes(keys->seal)));
	WIRE_ENCODE(&b, keys);
	ASSERT(buf_error(&b) == ERR_OK);
	statement = M_HASH("medlock-keys-v1", BYTES_ID(*network), wire_bytes(account), buf_bytes(&b));
	buf_release(&b);
	memcpy(signature.b, by.data, 64);
	TRY(sign_verify(&signature, &key, BYTES_ID(statement)));
	TRY(g1_parse(&open, keys->open.data));
	memcpy(proof.b, keys->open_proof.data, 64);
	buf_append_text(&b, "medlock-open-v1");
	buf_append_bytes(&b, BYTES_ID(*network));
	buf_append_bytes(&b, sign);
	e = schnorr_verify(&proof, &open, buf_bytes(&b));
	buf_release(&b);
	return e;
}

static bool is_due(const struct m_account *x, int64_t now)
{
	return x->pending && x->pending->effective <= now;
}

const Medlock__KeySet *m_keys_of(const struct m_account *x, int64_t now)
{
	return is_due(x, now) ? x->pending->keys : x->keys;
}

static struct m_sign *sign_of(struct model *m, struct bytes key)
{
	for (size_t i = 0; i < m->sign_count; i++)
		if (bytes_equal(BYTES_ID(m->signs[i].key), key))
			return &m->signs[i];
	return NULL;
}

static void spend(struct model *m, const struct m_account *x, const Medlock__KeySet *keys, uint32_t generation)
{
	struct m_sign *to = sign_of(m, wire_bytes(keys->sign));

	if (!to)
		to = M_APPEND(m->signs, m->sign_count);
	to->key = m_id(keys->sign);
	to->account = x->id;
	to->generation = generation;
}

/* state NULL: no such row any more. */
static void put_row(struct model *m, const struct m_account *x, uint32_t generation, const Medlock__KeysState *state)
{
	for (size_t i = 0; i < m->keys_count; i++) {
		if (!ID_EQUAL(m->keys[i].account, x->id) || m->keys[i].generation != generation)
			continue;
		WIRE_FREE(m->keys[i].state);
		m->keys[i] = m->keys[--m->keys_count];
		break;
	}
	if (state)
		*M_APPEND(m->keys, m->keys_count) = (struct m_keys){x->id, generation, m_clone(state)};
}

static void take(struct m_act *a, struct m_account *x, const Medlock__KeySet *keys, ProtobufCBinaryData earlier)
{
	Medlock__KeysState state = MEDLOCK__KEYS_STATE__INIT;
	Medlock__KeySet *own = m_clone(keys);

	state.earlier = earlier;
	state.height = a->block->height;
	spend(a->m, x, x->keys, x->generation);
	spend(a->m, x, own, x->generation + 1);
	put_row(a->m, x, ++x->generation, &state);
	WIRE_FREE(x->keys);
	x->keys = own;
	WIRE_FREE(x->pending);
	x->pending = NULL;
}

void m_keys_settle(struct m_act *a, struct m_account *x)
{
	if (is_due(x, a->block->time))
		take(a, x, x->pending->keys, x->pending->earlier);
}

static bool is_spent(struct m_act *a, const struct m_account *x, const Medlock__KeySet *keys)
{
	struct bytes sign = wire_bytes(keys->sign);

	return sign_of(a->m, sign) || bytes_equal(sign, wire_bytes(m_keys_of(x, a->block->time)->sign)) ||
	       bytes_equal(sign, wire_bytes(x->keys->sign));
}

static enum err check_new(struct m_act *a, const struct m_account *x, const Medlock__AccountKeys *k)
{
	if (is_spent(a, x, k->keys))
		return ERR_DUPLICATE;
	return m_keys_check(k->keys, k->keys_signature, &a->block->network, k->account);
}

static bool is_opened(const struct m_account *x, const Medlock__Helpers *h)
{
	uint8_t threshold = (uint8_t)h->threshold;
	struct bytes parts[32] = {BYTES_ID(x->id), wire_bytes(h->salt), bytes_of(&threshold, 1)};
	struct hash32 named;

	for (size_t i = 0; i < h->n_accounts; i++)
		parts[3 + i] = wire_bytes(h->accounts[i]);
	named = hash_parts("medlock helpers", parts, 3 + h->n_accounts);
	return x->helpers.len && memcmp(named.b, x->helpers.b, 32) == 0;
}

enum err m_helpers_check(const struct m_act *a, const Medlock__Approvals *list)
{
	const Medlock__Network *n = a->m->network;
	const Medlock__Helpers *h = a->tx->body->account_keys->by_helpers;
	size_t helpers = 0;

	if (!h)
		return ERR_ROLE;
	for (size_t i = 0; i < list->n_signatures; i++) {
		struct hash32 id = m_id(list->signatures[i]->account);
		bool helps = m_stands_in(h->accounts, h->n_accounts, &id);

		if (!helps && !m_stands_in(n->authorities, n->n_authorities, &id))
			return ERR_ROLE;
		TRY(m_check_signer(a, list->signatures[i]));
		helpers += helps;
	}
	return helpers >= h->threshold && helpers < list->n_signatures ? ERR_OK : ERR_ROLE;
}

/* By the account itself: at once. */
static enum err change(struct m_act *a, struct m_account *x, const Medlock__AccountKeys *k, Medlock__Event *event)
{
	static const struct hash32 none = {{0}};
	bool waits = x->pending && !is_due(x, a->block->time);

	if (!ID_EQUAL(x->id, a->who) || k->by_helpers)
		return ERR_ROLE;
	if (k->cancel && !waits)
		return ERR_NOT_FOUND;
	if (k->keys)
		TRY(check_new(a, x, k));
	m_keys_settle(a, x);
	if (k->helpers.len)
		x->helpers = m_is(k->helpers, &none) ? (struct m_name){0} : m_name(k->helpers);
	event->keys_change = KEYS_CHANGE_HELPERS;
	if (k->keys) {
		take(a, x, k->keys, k->earlier);
		event->keys_change = KEYS_CHANGE_CHANGED;
	}
	if (k->cancel) {
		WIRE_FREE(x->pending);
		x->pending = NULL;
		put_row(a->m, x, x->generation + 1, NULL);
		event->keys_change = KEYS_CHANGE_CANCELLED;
	}
	return ERR_OK;
}

/* By others: the account has three days to say no. */
static enum err announce(struct m_act *a, struct m_account *x, const Medlock__AccountKeys *k, Medlock__Event *event)
{
	Medlock__PendingKeys pending = MEDLOCK__PENDING_KEYS__INIT;
	Medlock__KeysState next = MEDLOCK__KEYS_STATE__INIT;

	if (!is_opened(x, k->by_helpers))
		return ERR_ROLE;
	TRY(check_new(a, x, k));
	m_keys_settle(a, x);
	pending.keys = k->keys;
	pending.earlier = k->earlier;
	event->effective = next.effective = pending.effective = a->block->time + DELAY_MS;
	put_row(a->m, x, x->generation + 1, &next);
	event->keys_change = KEYS_CHANGE_ANNOUNCED;
	WIRE_FREE(x->pending);
	x->pending = m_clone(&pending);
	return ERR_OK;
}

enum err m_account_keys(struct m_act *a, const Medlock__AccountKeys *k)
{
	struct hash32 id = m_id(k->account);
	struct m_account *x = m_account(a->m, &id);
	Medlock__Event event = MEDLOCK__EVENT__INIT;

	if (!x)
		return ERR_NOT_FOUND;
	if (x->revoked)
		return ERR_REVOKED;
	TRY(a->signed_by_one ? change(a, x, k, &event) : announce(a, x, k, &event));
	m_tell(a, &id, &event);
	m_result(a, &id, 0, NULL, 0);
	return ERR_OK;
}
