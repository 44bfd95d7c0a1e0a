/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/contract/act.h"

#include <stdlib.h>

#include "chain/contract/proxy.h"
#include "core/crypto/hash.h"

#define EVENT_SALT_TAG "medlock-event-salt-v1"
#define DESCRIBE_ID_BYTES 4u

static enum err check_signature(const struct act *a, const Medlock__Signature *s, const Medlock__AccountState *row)
{
	struct sign_public key;
	int verdict = -1;

	TRY(access_sign_key(&key, row, a->block->time));
	if (a->verdicts)
		verdict = a->verdicts->signature(a->verdicts->self, &a->tx->id, &key);
	if (verdict < 0)
		return tx_verify_signature(a->tx, s, &key);
	return verdict == 1 ? ERR_OK : ERR_SIGNATURE;
}

/* One signer: certified, standing, allowed, and the signature is theirs.  ret: the row, owned by the caller. */
static enum err check_signer(struct act *a, Medlock__AccountState **ret, const Medlock__Signature *s)
{
	Medlock__AccountState *row = NULL;
	struct account_id id;
	enum err e;

	ID_COPY(id, s->account.data);
	e = ROWS_GET(&a->rows, &row, medlock__account_state, state_key_account(&id));
	if (e)
		return e == ERR_NOT_FOUND ? ERR_NOT_CERTIFIED : e;
	e = access_account_stands(row, a->block->time);
	if (!e && !contract_role_may(a->tx->action, row->role, row->rights))
		e = ERR_ROLE;
	if (!e)
		e = check_signature(a, s, row);
	if (e)
		WIRE_FREE(row);
	else
		*ret = row;
	return e;
}

static bool contains(const ProtobufCBinaryData *ids, size_t count, struct bytes id)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(wire_bytes(ids[i]), id))
			return true;
	return false;
}

/* At least two thirds of the operators now in state; only for a change of the network. */
static enum err authorise_operators(struct act *a, const Medlock__Approvals *list)
{
	for (size_t i = 0; i < list->n_signatures; i++) {
		Medlock__AccountState *row = NULL;

		if (!contains(a->network->operators, a->network->n_operators, wire_bytes(list->signatures[i]->account)))
			return ERR_ROLE;
		TRY(check_signer(a, &row, list->signatures[i]));
		WIRE_FREE(row);
	}
	return list->n_signatures * 3 >= a->network->n_operators * 2 ? ERR_OK : ERR_ROLE;
}

/* Helpers whom the account named, as many as it asked for, together with the authority. */
static enum err authorise_helpers(struct act *a, const Medlock__Approvals *list)
{
	const Medlock__Helpers *h = a->tx->body->account_keys->by_helpers;
	size_t helpers = 0, authorities = 0;

	if (!h)
		return ERR_ROLE;
	for (size_t i = 0; i < list->n_signatures; i++) {
		struct bytes id = wire_bytes(list->signatures[i]->account);
		Medlock__AccountState *row = NULL;

		if (contains(h->accounts, h->n_accounts, id))
			helpers++;
		else if (contains(a->network->authorities, a->network->n_authorities, id))
			authorities++;
		else
			return ERR_ROLE;
		TRY(check_signer(a, &row, list->signatures[i]));
		WIRE_FREE(row);
	}
	return helpers >= h->threshold && authorities > 0 ? ERR_OK : ERR_ROLE;
}

/* Authorities together: the transaction's form has each of them once. */
static enum err authorise_authorities(struct act *a, const Medlock__Approvals *list)
{
	const Medlock__Network *n = a->network;

	for (size_t i = 0; i < list->n_signatures; i++) {
		Medlock__AccountState *row = NULL;

		if (!contains(n->authorities, n->n_authorities, wire_bytes(list->signatures[i]->account)))
			return ERR_ROLE;
		TRY(check_signer(a, &row, list->signatures[i]));
		WIRE_FREE(row);
	}
	a->by_authorities = list->n_signatures >= OFFICERS_NEEDED;
	return a->by_authorities ? ERR_OK : ERR_FOUR_EYES;
}

static enum err authorise_approvals(struct act *a, const Medlock__Approvals *list)
{
	if (a->tx->action == ACTION_NETWORK_SET)
		return authorise_operators(a, list);
	if (a->tx->action == ACTION_CERT_ANCHOR || a->tx->action == ACTION_CERT_REVOKE)
		return authorise_authorities(a, list);
	return a->tx->action == ACTION_ACCOUNT_KEYS ? authorise_helpers(a, list) : ERR_ROLE;
}

enum err act_authorise(struct act *a)
{
	const Medlock__Auth *auth = a->tx->wire->auth;

	if (auth->by_case == MEDLOCK__AUTH__BY_APPROVALS)
		return authorise_approvals(a, auth->approvals);
	TRY(check_signer(a, &a->actor, auth->signature));
	return account_keys_settle(a, &a->who, a->actor);
}

bool act_is_authority(const struct act *a)
{
	return a->by_authorities || contains(a->network->authorities, a->network->n_authorities, BYTES_ID(a->who));
}

enum err act_four_eyes(const struct act *a)
{
	return a->by_authorities || a->network->n_authorities < OFFICERS_NEEDED ? ERR_OK : ERR_FOUR_EYES;
}

bool act_is_custodian(const struct act *a)
{
	for (size_t i = 0; i < a->network->n_custodians; i++)
		if (bytes_equal(wire_bytes(a->network->custodians[i]->account), BYTES_ID(a->who)))
			return true;
	return false;
}

enum err act_pay(struct act *a, uint32_t cost)
{
	if (cost > a->cost_max - a->cost)
		return ERR_LIMIT;
	a->cost += cost;
	return ERR_OK;
}

enum err act_result(struct act *a, struct bytes id, uint64_t version, Medlock__Decided **records, size_t count)
{
	Medlock__TxResult r = MEDLOCK__TX_RESULT__INIT;
	enum err e;

	r.id = wire_data(id);
	r.version = version;
	r.records = records;
	r.n_records = count;
	WIRE_ENCODE(&a->data, &r);
	e = buf_error(&a->data);
	return e ? rows_fatal(&a->rows, e) : ERR_OK;
}

/* Whoever replays the ledger finds the same salt; who sees only an event cannot guess what it hides. */
static void event_salt(uint8_t out[TX_SALT_SIZE], const struct act *a, const struct account_id *owner, uint64_t n)
{
	struct hash_sha256_stream s;
	struct hash32 h;
	uint8_t be[8];

	put_be64(be, n);
	hash_sha256_stream_init(&s);
	hash_sha256_stream_update(&s, bytes_str(EVENT_SALT_TAG));
	hash_sha256_stream_update(&s, wire_bytes(a->tx->body->salt));
	hash_sha256_stream_update(&s, BYTES_ID(*owner));
	hash_sha256_stream_update(&s, bytes_of(be, sizeof(be)));
	h = hash_sha256_stream_final(&s);
	memcpy(out, h.b, TX_SALT_SIZE);
}

static struct act_event *next_event(struct act *a)
{
	struct act_event *more = realloc(a->events, (a->event_count + 1) * sizeof(*more));

	if (!more)
		return NULL;
	a->events = more;
	more[a->event_count] = (struct act_event){0};
	return &more[a->event_count++];
}

static void fill(Medlock__Event *event, const struct act *a, const struct account_id *owner, uint64_t n)
{
	event->owner = wire_data(BYTES_ID(*owner));
	event->n = n;
	event->height = a->block->height;
	event->time = a->block->time.v;
	event->kind = a->tx->action;
	event->actor = wire_data(BYTES_ID(a->who));
	event->tx = wire_data(BYTES_ID(a->tx->id));
	if (a->actor) {
		event->actor_role = a->actor->role;
		event->actor_organisation = a->actor->organisation;
	}
}

/* The account row with one event more. */
static enum err extend(struct act *a, Medlock__AccountState *row, struct act_event *to, const struct account_id *owner,
		       Medlock__Event *event)
{
	struct hash32 head = {{0}};
	uint8_t salt[TX_SALT_SIZE];
	ProtobufCBinaryData earlier = row->event_head;
	enum err e;

	if (earlier.len == sizeof(head.b))
		memcpy(head.b, earlier.data, earlier.len);
	to->owner = *owner;
	to->n = row->event_count + 1;
	fill(event, a, owner, to->n);
	event_salt(salt, a, owner, to->n);
	event->salt = wire_data(bytes_of(salt, sizeof(salt)));
	WIRE_ENCODE(&to->bytes, event);
	TRY(buf_error(&to->bytes));
	head = event_head_next(&head, buf_bytes(&to->bytes));
	row->event_count = to->n;
	row->event_head = wire_data(BYTES_ID(head));
	e = ROWS_PUT(&a->rows, state_key_account(owner), row);
	row->event_head = earlier;
	return e;
}

enum err act_event_add(struct act *a, const struct account_id *owner, Medlock__Event *event)
{
	struct act_event *to = next_event(a);
	Medlock__AccountState *row = NULL;
	enum err e;

	if (!to)
		return rows_fatal(&a->rows, ERR_MEMORY);
	TRY(ROWS_GET(&a->rows, &row, medlock__account_state, state_key_account(owner)));
	e = extend(a, row, to, owner, event);
	WIRE_FREE(row);
	return e;
}

bool act_attested(const Medlock__AccountState *row, uint32_t purpose)
{
	for (size_t i = 0; i < row->n_purposes; i++)
		if (row->purposes[i] == purpose)
			return true;
	return false;
}

enum err act_question(struct rows *s, struct consent_question *ret, const struct account_id *account,
		      const Medlock__AccountState *row, const struct account_id *owner, struct time_ms now)
{
	struct consent_question q = {.account = *account, .role = row->role, .rights = row->rights, .now = now};

	/* Only patients are named: nobody else needs the look. */
	q.own = ID_EQUAL(*owner, *account) ||
		(row->role == ROLE_PATIENT && acts_for(s, owner, account, SCOPE_READ, now) == ERR_OK);
	if (s->fatal)
		return s->fatal;
	q.licensed = access_account_stands(row, now) == ERR_OK;
	if (row->organisation.len == ID_SIZE)
		ID_COPY(q.organisation, row->organisation.data);
	*ret = q;
	return ERR_OK;
}

void describe_id(struct buf *out, ProtobufCBinaryData id)
{
	char hex[2 * DESCRIBE_ID_BYTES + 1];

	if (id.len < DESCRIBE_ID_BYTES) {
		buf_append_text(out, "(none)");
		return;
	}
	hex_encode(hex, id.data, DESCRIBE_ID_BYTES);
	buf_printf(out, "%s\xe2\x80\xa6", hex);
}
