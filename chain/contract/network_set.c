/* SPDX-License-Identifier: Apache-2.0 */
/* The operators change the network: operators, authorities, custodians, peers, parameters.
 *
 * The set of validators is the engine's, and stays as it is: a change of it is refused.
 */
#include "chain/contract/act.h"

static bool same_validators(const Medlock__Network *x, const Medlock__Network *y)
{
	if (x->n_validators != y->n_validators)
		return false;
	for (size_t i = 0; i < x->n_validators; i++)
		if (x->validators[i]->power != y->validators[i]->power ||
		    !bytes_equal(wire_bytes(x->validators[i]->public_key), wire_bytes(y->validators[i]->public_key)))
			return false;
	return true;
}

static bool same_key(const Medlock__Network *x, const Medlock__Network *y)
{
	if (x->n_commitments != y->n_commitments || x->threshold != y->threshold)
		return false;
	for (size_t i = 0; i < x->n_commitments; i++)
		if (!bytes_equal(wire_bytes(x->commitments[i]), wire_bytes(y->commitments[i])))
			return false;
	return true;
}

static enum err check_change(const Medlock__Network *old, const Medlock__Network *to)
{
	if (to->version != old->version + 1)
		return ERR_CONFLICT;
	if (to->n_validators == 0 || to->n_authorities == 0 || to->n_operators == 0)
		return ERR_FORMAT;
	if (to->n_custodians >= 2 && to->threshold < 2)
		return ERR_FORMAT;
	if (!same_validators(old, to))
		return ERR_REFUSED;
	/* Capsules name the generation of the key they were made for: another key, another number. */
	if (to->key_generation != old->key_generation + (same_key(old, to) ? 0 : 1))
		return ERR_CONFLICT;
	return ERR_OK;
}

static enum err check_member(struct act *a, ProtobufCBinaryData account)
{
	Medlock__AccountState *row = NULL;
	struct account_id id;
	enum err e;

	if (account.len != ID_SIZE)
		return ERR_FORMAT;
	ID_COPY(id, account.data);
	e = ROWS_GET(&a->rows, &row, medlock__account_state, state_key_account(&id));
	if (e)
		return e == ERR_NOT_FOUND ? ERR_NOT_CERTIFIED : e;
	e = access_account_stands(row, a->block->time);
	WIRE_FREE(row);
	return e;
}

/* Everyone who gets power now is on the ledger and stands. */
static enum err check_members(struct act *a, const Medlock__Network *n)
{
	for (size_t i = 0; i < n->n_operators; i++)
		TRY(check_member(a, n->operators[i]));
	for (size_t i = 0; i < n->n_authorities; i++)
		TRY(check_member(a, n->authorities[i]));
	for (size_t i = 0; i < n->n_custodians; i++)
		TRY(check_member(a, n->custodians[i]->account));
	for (size_t i = 0; i < n->n_peers; i++)
		TRY(check_member(a, n->peers[i]->account));
	return ERR_OK;
}

/* One signature is enough only where there is one operator. */
static enum err check_single(const struct act *a)
{
	const Medlock__Network *n = a->network;

	if (a->tx->wire->auth->by_case != MEDLOCK__AUTH__BY_SIGNATURE)
		return ERR_OK;
	if (n->n_operators != 1 || !bytes_equal(wire_bytes(n->operators[0]), BYTES_ID(a->who)))
		return ERR_ROLE;
	return ERR_OK;
}

enum err network_set_apply(struct act *a)
{
	const Medlock__Network *to = a->tx->body->network_set->network;

	TRY(check_single(a));
	TRY(check_change(a->network, to));
	TRY(check_members(a, to));
	TRY(ROWS_PUT(&a->rows, state_key_network(), to));
	return act_result(a, (struct bytes){0}, to->version, NULL, 0);
}

void network_set_describe(struct buf *out, const Medlock__Body *body)
{
	const Medlock__Network *n = body->network_set->network;

	buf_printf(out, "Change the network to version %llu: %zu operators, %zu authorities, %u of %zu custodians, %zu peers; "
		   "the validators stay.", (unsigned long long)n->version, n->n_operators, n->n_authorities,
		   n->threshold, n->n_custodians, n->n_peers);
}
