/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: the ticket in the Authorization header, checked against the account's row as it stands now. */
#include <strings.h>

#include "chain/node/internal.h"
#include "chain/proto/ticket.h"
#include "core/crypto/hash.h"

static enum err header_text(struct bytes *ret, const struct http_request *r)
{
	const char *text = http_request_header(r, API_AUTHORIZATION);
	size_t scheme = strlen(API_SCHEME);

	if (text == NULL || strncasecmp(text, API_SCHEME, scheme) != 0 || strlen(text) > API_TICKET_TEXT_MAX)
		return ERR_LOCKED;
	*ret = bytes_str(text + scheme);
	return ERR_OK;
}

enum err node_ticket(struct node *n, Medlock__Ticket **ret, struct http_request *r)
{
	struct bytes text;

	(void)n;
	TRY(header_text(&text, r));
	return ticket_parse_text(ret, text, NULL);
}

static bool holds(const ProtobufCBinaryData *ids, size_t count, const struct account_id *id)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(wire_bytes(ids[i]), BYTES_ID(*id)))
			return true;
	return false;
}

/* What the account is now; a revoked or expired one is nobody. */
static enum err asker_of(struct node *n, struct asker *ret, struct sign_public *ret_key, const struct account_id *id)
{
	struct contract_kv *kv = ledger_app_state(n->app);
	Medlock__AccountState *a = NULL;
	Medlock__Network *network = NULL;
	enum err e;

	TRY(access_account(&a, kv, id));
	e = access_account_stands(a, node_now(n));
	if (e == ERR_OK)
		e = access_sign_key(ret_key, a, node_now(n));
	if (e == ERR_OK)
		e = access_network(&network, kv);
	if (e == ERR_OK) {
		ret->account = *id;
		ret->role = a->role;
		ret->full = a->role == ROLE_OFFICER || a->role == ROLE_AUDITOR || a->role == ROLE_PEER ||
			    a->role == ROLE_OPERATOR;
		ret->authority = holds(network->authorities, network->n_authorities, id);
		ret->deposit = ret->authority || (a->rights & RIGHT_DEPOSIT) != 0;
	}
	WIRE_FREE(a);
	WIRE_FREE(network);
	return e;
}

static enum err ticket_account(struct node *n, struct asker *ret, struct sign_public *ret_key,
			       const Medlock__Ticket *t)
{
	struct account_id id;

	if (t->account.len != sizeof(id.b))
		return ERR_FORMAT;
	ID_COPY(id, t->account.data);
	TRY(asker_of(n, ret, ret_key, &id));
	return ticket_check(t, ledger_app_network(n->app), &n->pin, ret_key, node_now(n));
}

enum err node_ticket_account(struct node *n, struct asker *ret, const Medlock__Ticket *t)
{
	struct sign_public key;

	return ticket_account(n, ret, &key, t);
}

/* ---- read tickets are used many times: the signature is checked once, the account's standing each time ---- */

static const struct ticket_row *cached(const struct node *n, const struct hash32 *hash)
{
	uint32_t slot = get_be32(hash->b) % TICKETS_CACHED;
	const struct ticket_row *row = &n->tickets[slot];

	return ID_EQUAL(row->hash, *hash) && row->not_after > node_now(n).v ? row : NULL;
}

static enum err reader(struct node *n, struct asker *ret, struct http_request *r)
{
	Medlock__Ticket *t = NULL;
	struct ticket_row row;
	const struct ticket_row *known;
	struct sign_public key;
	struct bytes text;
	enum err e;

	TRY(header_text(&text, r));
	row.hash = hash_sha256(text);
	known = cached(n, &row.hash);
	if (known != NULL) {
		TRY(asker_of(n, ret, &key, &known->account));
		if (ID_EQUAL(key, known->key))
			return ERR_OK;
	}
	TRY(ticket_parse_text(&t, text, NULL));
	e = t->purpose == TICKET_READ ? ticket_account(n, ret, &row.key, t) : ERR_FORMAT;
	if (e == ERR_OK) {
		row.account = ret->account;
		row.not_after = t->not_after;
		n->tickets[get_be32(row.hash.b) % TICKETS_CACHED] = row;
	}
	WIRE_FREE(t);
	return e;
}

bool node_reader(struct node *n, struct asker *ret, struct http_request *r)
{
	n->last_request = node_steady(n);
	if (reader(n, ret, r) == ERR_OK)
		return true;
	http_reply_error(r, ERR_LOCKED); /* one answer for every kind of bad ticket */
	return false;
}
