/* SPDX-License-Identifier: Apache-2.0 */
/* POST tx: answered when the block is durable, or at once with the refusal.  GET tx/{id}: where it stands,
 * with proof.
 */
#include "chain/node/internal.h"
#include "core/crypto/hash.h"

/* Nobody has judged the transaction: the peer could not.  A reply with a code would say that the ledger refuses it. */
static bool not_judged(enum err code)
{
	return code == ERR_BUSY_PEER || code == ERR_BUSY || code == ERR_DISK_FULL || code == ERR_IO ||
	       code == ERR_DAMAGED || code == ERR_INTERNAL || code == ERR_MEMORY || code == ERR_TOO_LARGE;
}

static void on_outcome(void *context, const struct engine_outcome *o)
{
	struct http_request *r = context;
	Medlock__TxReply reply = MEDLOCK__TX_REPLY__INIT;
	bool taken = o->height == 0 && o->code == ERR_OK;

	if (o->height == 0 && not_judged(o->code)) {
		http_reply_error(r, o->code);
		return;
	}
	reply.tx = wire_data(BYTES_ID(o->id));
	reply.code = (uint32_t)-(int)o->code;
	reply.text = (char *)(uintptr_t)err_text(o->code);
	reply.height = o->height;
	reply.index = o->index;
	reply.data = wire_data(o->data);
	node_reply(r, taken ? 202 : 200, &reply);
}

/* A transaction that took effect already is answered with where it stands: nothing is made of a repeat. */
static bool answered_before(struct node *n, struct http_request *r, struct bytes body)
{
	struct hash32 hash = hash_sha256(body);
	struct engine_outcome o = {.code = ERR_OK};
	struct ledger_tx at;
	struct buf data = BUF_INIT;
	bool found;

	ID_COPY(o.id, hash.b);
	found = ledger_app_result(n->app, &at, &data, &o.id) == ERR_OK && at.code == 0;
	if (found) {
		o.height = at.height;
		o.index = at.index;
		o.data = buf_bytes(&data);
		on_outcome(r, &o);
	}
	buf_release(&data);
	return found;
}

/* What a lying peer would do, for tests of the client. */
static bool forgotten(struct node *n, struct http_request *r, struct bytes body)
{
	struct hash32 hash = hash_sha256(body);
	struct engine_outcome o = {.code = ERR_OK, .height = ledger_app_info(n->app).height};

	if (n->run->faults == NULL || !n->run->faults->forget_tx)
		return false;
	ID_COPY(o.id, hash.b);
	on_outcome(r, &o);
	return true;
}

void service_tx_post(void *self, struct http_request *r)
{
	struct node *n = self;
	struct bytes body = http_request_body(r);

	n->last_request = node_steady(n);
	if (body.len > TX_SIZE_MAX) {
		http_reply_error(r, ERR_TOO_LARGE);
		return;
	}
	if (forgotten(n, r, body) || answered_before(n, r, body))
		return;
	n->engine->submit(n->engine->self, body, http_request_address(r), on_outcome, r);
	node_kick(n);
}

/* Bodies name owners and purposes: only for those who acted, and for those who read everything anyway. */
static bool is_signer(const struct asker *who, const Medlock__Auth *auth)
{
	if (auth->by_case == MEDLOCK__AUTH__BY_SIGNATURE)
		return bytes_equal(wire_bytes(auth->signature->account), BYTES_ID(who->account));
	for (size_t i = 0; auth->by_case == MEDLOCK__AUTH__BY_APPROVALS && i < auth->approvals->n_signatures; i++)
		if (bytes_equal(wire_bytes(auth->approvals->signatures[i]->account), BYTES_ID(who->account)))
			return true;
	return false;
}

static bool may_read_body(const struct asker *who, struct bytes raw)
{
	struct tx tx;
	bool own;

	if (who->full)
		return true;
	if (tx_parse(&tx, raw, NULL) != ERR_OK)
		return false;
	own = is_signer(who, tx.wire->auth);
	tx_release(&tx);
	return own;
}

static enum err tx_find(struct node *n, Medlock__TxReply *reply, struct buf parts[3], const struct asker *who,
			const struct tx_id *id)
{
	struct ledger_tx at;

	TRY(ledger_app_tx(n->app, &at, &parts[0], &parts[1], &parts[2], id));
	if (!may_read_body(who, buf_bytes(&parts[1])))
		return ERR_NOT_FOUND;
	reply->tx = wire_data(BYTES_ID(*id));
	reply->code = at.code;
	reply->text = (char *)(uintptr_t)err_text((enum err)-(int)at.code);
	reply->height = at.height;
	reply->index = at.index;
	reply->data = wire_data(buf_bytes(&parts[0]));
	reply->body = wire_data(buf_bytes(&parts[1]));
	reply->inclusion = wire_data(buf_bytes(&parts[2]));
	return ERR_OK;
}

void service_tx_get(void *self, struct http_request *r)
{
	struct node *n = self;
	struct asker who;
	struct tx_id id;
	struct buf parts[3] = {BUF_INIT, BUF_INIT, BUF_INIT};
	Medlock__TxReply reply = MEDLOCK__TX_REPLY__INIT;
	enum err e;

	if (!node_reader(n, &who, r))
		return;
	e = hex_decode(id.b, sizeof(id.b), http_request_tail(r));
	if (e == ERR_OK)
		e = tx_find(n, &reply, parts, &who, &id);
	if (e != ERR_OK)
		http_reply_error(r, e);
	else
		node_reply(r, 200, &reply);
	for (size_t i = 0; i < 3; i++)
		buf_release(&parts[i]);
}
