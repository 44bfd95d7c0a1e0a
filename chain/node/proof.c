/* SPDX-License-Identifier: Apache-2.0 */
/* GET proof: one row of the state with its proof.  Who may not read a row gets the answer of a row that cannot be. */
#include "chain/contract/proxy.h"
#include "chain/node/internal.h"

/* The parts of a key behind its tag: length byte, bytes. */
static struct bytes key_part(struct bytes key, size_t index)
{
	struct cursor c = cursor_of(key);

	cursor_byte(&c);
	for (;;) {
		size_t len = cursor_byte(&c);
		struct bytes part = cursor_take(&c, len);

		if (c.err != ERR_OK || index-- == 0)
			return part;
	}
}

static bool is(struct bytes part, const struct asker *who)
{
	return bytes_equal(part, BYTES_ID(who->account));
}

/* The owner, or somebody who acts for her now. */
bool node_speaks_for(struct node *n, const struct asker *who, struct bytes owner)
{
	struct rows rows = {.kv = ledger_app_state(n->app)};
	struct account_id id;

	if (owner.len != sizeof(id.b))
		return false;
	ID_COPY(id, owner.data);
	return acts_for(&rows, &id, &who->account, 0, node_now(n)) == ERR_OK;
}

/* Whoever is named, also before and after his time: so that he has it proven that it ended. */
static bool may_proxies(const struct asker *who, struct bytes value)
{
	Medlock__ProxiesState *row = NULL;
	bool may;

	if (WIRE_DECODE(&row, medlock__proxies_state, value, EVENT_DECODED_MAX, NULL) != ERR_OK)
		return false;
	may = proxy_allows(row, &who->account, 0, (struct time_ms){0}) != ERR_ROLE;
	WIRE_FREE(row);
	return may;
}

/* Accounts of people who act for institutes are public on this network; patients' are their own. */
static bool may_account(struct bytes value)
{
	Medlock__AccountState *a = NULL;
	bool may;

	if (WIRE_DECODE(&a, medlock__account_state, value, EVENT_DECODED_MAX, NULL) != ERR_OK)
		return false;
	may = a->role != ROLE_PATIENT;
	WIRE_FREE(a);
	return may;
}

static bool may_request(struct node *n, const struct asker *who, struct bytes value)
{
	Medlock__RequestState *q = NULL;
	bool may;

	if (WIRE_DECODE(&q, medlock__request_state, value, EVENT_DECODED_MAX, NULL) != ERR_OK)
		return false;
	may = is(wire_bytes(q->requester), who) || node_speaks_for(n, who, wire_bytes(q->owner));
	WIRE_FREE(q);
	return may;
}

/* A request of the asker lists the record.  It must be named: a search over all requests would let anybody with a ticket
 * keep the loop busy for as long as the ledger is large.
 */
static bool request_names(struct node *n, const struct asker *who, struct bytes request, struct bytes record)
{
	struct contract_kv *kv = ledger_app_state(n->app);
	Medlock__RequestState *q = NULL;
	struct buf value = BUF_INIT;
	struct request_id id;
	struct state_key key;
	bool names = false;

	if (request.len != sizeof(id.b))
		return false;
	ID_COPY(id, request.data);
	key = state_key_request(&id);
	if (kv->get(kv->self, &value, state_key_bytes(&key)) == ERR_OK &&
	    WIRE_DECODE(&q, medlock__request_state, buf_bytes(&value), EVENT_DECODED_MAX, NULL) == ERR_OK)
		for (size_t i = 0; is(wire_bytes(q->requester), who) && i < q->n_records; i++)
			names |= bytes_equal(wire_bytes(q->records[i]->record), record);
	WIRE_FREE(q);
	buf_release(&value);
	return names;
}

/* As the request itself; whoever may read that may have it proven that nobody asked. */
static bool may_questions(struct node *n, const struct asker *who, struct bytes request)
{
	struct contract_kv *kv = ledger_app_state(n->app);
	struct buf value = BUF_INIT;
	struct request_id id;
	struct state_key key;
	bool may;

	if (request.len != sizeof(id.b))
		return false;
	ID_COPY(id, request.data);
	key = state_key_request(&id);
	may = kv->get(kv->self, &value, state_key_bytes(&key)) == ERR_OK && may_request(n, who, buf_bytes(&value));
	buf_release(&value);
	return may;
}

static bool may_record(struct node *n, const struct asker *who, struct bytes key, struct bytes value,
		       struct bytes request)
{
	Medlock__RecordState *r = NULL;
	bool may;

	if (WIRE_DECODE(&r, medlock__record_state, value, EVENT_DECODED_MAX, NULL) != ERR_OK)
		return false;
	may = is(wire_bytes(r->depositor), who) || node_speaks_for(n, who, wire_bytes(r->deposit->owner));
	WIRE_FREE(r);
	return may || request_names(n, who, request, key_part(key, 0));
}

static bool may_read(struct node *n, const struct asker *who, struct bytes key, bool present, struct bytes value,
		     struct bytes request)
{
	if (who->full || key.data[0] == 'n')
		return true;
	switch (key.data[0]) {
	case 'p':
	case 'u':
	case 'o':
		return node_speaks_for(n, who, key_part(key, 0));
	case 'd':
		return is(key_part(key, 0), who) || (present && may_proxies(who, value));
	case 'g': /* sealed, and whether keys are the newest everybody who gets a letter must know */
		return true;
	case 'i': /* who has only the key cannot sign a ticket: she does not know her account's name yet */
		return true;
	case 'a':
		return (present && may_account(value)) || node_speaks_for(n, who, key_part(key, 0));
	case 'r':
		return present && may_record(n, who, key, value, request);
	case 'q':
		return present && may_request(n, who, value);
	case 'w':
		return may_questions(n, who, key_part(key, 0));
	default:
		return false;
	}
}

static enum err prove(struct node *n, Medlock__ProofReply *reply, struct buf parts[2], const struct asker *who,
		      const struct state_key *key, struct bytes request)
{
	const struct application *app = ledger_app_interface(n->app);
	bool present = false;
	uint64_t height = 0;

	if (n->run->faults != NULL && n->run->faults->refuse_row)
		return ERR_NOT_FOUND;
	TRY(app->query(app->self, &present, &parts[0], &parts[1], &height, state_key_bytes(key)));
	if (!may_read(n, who, state_key_bytes(key), present, buf_bytes(&parts[0]), request))
		return ERR_NOT_FOUND;
	reply->height = height;
	reply->key = wire_data(state_key_bytes(key));
	reply->present = present;
	reply->value = wire_data(buf_bytes(&parts[0]));
	reply->proof = wire_data(buf_bytes(&parts[1]));
	return ERR_OK;
}

static void spoil(const struct node_faults *faults, struct buf *proof)
{
	if (faults == NULL || proof->len == 0)
		return;
	if (faults->drop_proof)
		proof->len = 0;
	else if (faults->flip_proof)
		proof->data[proof->len / 2] ^= 1;
}

void service_proof(void *self, struct http_request *r)
{
	struct node *n = self;
	struct asker who = {0};
	struct state_key key = {0};
	struct buf raw = BUF_INIT, request = BUF_INIT, parts[2] = {BUF_INIT, BUF_INIT};
	Medlock__ProofReply reply = MEDLOCK__PROOF_REPLY__INIT;
	enum err e;

	e = http_query_hex(&raw, r, API_PARAM_KEY, STATE_KEY_BYTES_MAX);
	e = e == ERR_NOT_FOUND ? ERR_FORMAT : e;
	if (e == ERR_OK)
		e = state_key_parse(&key, buf_bytes(&raw));
	if ((e != ERR_OK || key.b[0] != 'i') && !node_reader(n, &who, r)) {
		buf_release(&raw);
		return;
	}
	if (e == ERR_OK && (e = http_query_hex(&request, r, API_PARAM_REQUEST, ID_SIZE)) == ERR_NOT_FOUND)
		e = ERR_OK;
	if (e == ERR_OK)
		e = prove(n, &reply, parts, &who, &key, buf_bytes(&request));
	if (e == ERR_OK) {
		spoil(n->run->faults, &parts[1]);
		reply.proof = wire_data(buf_bytes(&parts[1]));
		node_reply(r, 200, &reply);
	} else {
		http_reply_error(r, e);
	}
	buf_release(&raw);
	buf_release(&request);
	buf_release(&parts[0]);
	buf_release(&parts[1]);
}
