/* SPDX-License-Identifier: Apache-2.0 */
/* Other keys for an account, which keeps its name: by itself at once, by its helpers with the authority after a delay. */
#include "chain/contract/act.h"
#include "core/crypto/hash.h"

/* ---- rows ---- */

static enum err put_sign(struct act *a, const struct account_id *id, struct bytes sign, uint32_t generation)
{
	uint8_t value[SIGN_ROW_SIZE];

	memcpy(value, id->b, ID_SIZE);
	put_be32(value + ID_SIZE, generation);
	return rows_put_bytes(&a->rows, state_key_sign(sign), bytes_of(value, sizeof(value)));
}

/* A sign key that was ever changed from or to serves no account again: whoever has it would act in her name. */
static enum err check_unused(struct act *a, const Medlock__AccountState *row, const Medlock__KeySet *keys)
{
	struct state_key key = state_key_sign(wire_bytes(keys->sign));
	struct buf there = BUF_INIT;
	enum err e = bytes_equal(wire_bytes(row->keys->sign), wire_bytes(keys->sign)) ? ERR_OK : a->rows.kv->get(
			     a->rows.kv->self, &there, state_key_bytes(&key));

	buf_release(&there);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	return e ? rows_fatal(&a->rows, e) : ERR_DUPLICATE;
}

/* keys become the row's, one generation on; what helpers announced falls.  The lists of the new row are views. */
static enum err move_up(struct act *a, const struct account_id *id, Medlock__AccountState *row, Medlock__KeySet *keys,
			ProtobufCBinaryData earlier)
{
	Medlock__KeysState state = MEDLOCK__KEYS_STATE__INIT;

	state.earlier = earlier;
	state.height = a->block->height;
	TRY(put_sign(a, id, wire_bytes(row->keys->sign), row->generation));
	TRY(put_sign(a, id, wire_bytes(keys->sign), row->generation + 1));
	row->keys = keys;
	row->pending = NULL;
	row->generation++;
	TRY(ROWS_PUT(&a->rows, state_key_keys(id, row->generation), &state));
	return ROWS_PUT(&a->rows, state_key_account(id), row);
}

enum err account_keys_settle(struct act *a, const struct account_id *id, Medlock__AccountState *row)
{
	Medlock__PendingKeys *due = row->pending;
	Medlock__KeySet *old = row->keys;
	enum err e;

	if (!due || a->block->time.v < due->effective)
		return ERR_OK;
	e = move_up(a, id, row, due->keys, due->earlier);
	if (row->keys == old)
		return e;
	due->keys = old; /* the row owns the new ones now, and what is freed here the old ones */
	WIRE_FREE(due);
	return e;
}

/* ---- by the account itself ---- */

static void set_helpers(Medlock__AccountState *row, ProtobufCBinaryData helpers)
{
	static const struct hash32 none = {{0}};

	if (helpers.len)
		row->helpers = bytes_equal(wire_bytes(helpers), BYTES_ID(none)) ? (ProtobufCBinaryData){0} : helpers;
}

/* row: a view whose pointers the caller gives back. */
static enum err change(struct act *a, const struct account_id *id, Medlock__AccountState *row, uint32_t *ret_kind)
{
	const Medlock__AccountKeys *x = a->tx->body->account_keys;

	if (!ID_EQUAL(*id, a->who) || x->by_helpers)
		return ERR_ROLE;
	if (x->cancel && !row->pending)
		return ERR_NOT_FOUND;
	*ret_kind = x->cancel ? KEYS_CHANGE_CANCELLED : x->keys ? KEYS_CHANGE_CHANGED : KEYS_CHANGE_HELPERS;
	set_helpers(row, x->helpers);
	if (x->keys) {
		TRY(check_unused(a, row, x->keys));
		TRY(keyset_check(x->keys, wire_bytes(x->keys_signature), &a->block->network, id));
		return move_up(a, id, row, x->keys, x->earlier);
	}
	if (x->cancel) {
		row->pending = NULL;
		TRY(rows_del(&a->rows, state_key_keys(id, row->generation + 1)));
	}
	return ROWS_PUT(&a->rows, state_key_account(id), row);
}

/* ---- by helpers ---- */

static enum err check_opening(const struct account_id *id, const Medlock__AccountState *row, const Medlock__Helpers *h)
{
	struct hash32 named = helpers_commitment(id, h);

	return bytes_equal(wire_bytes(row->helpers), BYTES_ID(named)) ? ERR_OK : ERR_ROLE;
}

/* A second announcement takes the first one's place, and its delay begins anew.  Until when the keys of now are good stands
 * in a row of its own: others may read that one, and must not take a letter by dead keys for hers.
 */
static enum err announce(struct act *a, const struct account_id *id, Medlock__AccountState *row, int64_t *ret_effective)
{
	const Medlock__AccountKeys *x = a->tx->body->account_keys;
	Medlock__PendingKeys pending = MEDLOCK__PENDING_KEYS__INIT;
	Medlock__KeysState next = MEDLOCK__KEYS_STATE__INIT;

	TRY(check_opening(id, row, x->by_helpers));
	TRY(check_unused(a, row, x->keys));
	TRY(keyset_check(x->keys, wire_bytes(x->keys_signature), &a->block->network, id));
	pending.keys = x->keys;
	pending.earlier = x->earlier;
	*ret_effective = next.effective = pending.effective = a->block->time.v + ACCOUNT_KEYS_DELAY_MS;
	row->pending = &pending;
	TRY(ROWS_PUT(&a->rows, state_key_keys(id, row->generation + 1), &next));
	return ROWS_PUT(&a->rows, state_key_account(id), row);
}

enum err account_keys_apply(struct act *a)
{
	Medlock__AccountState *there = NULL, row;
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	struct account_id id;
	enum err e;

	ID_COPY(id, a->tx->body->account_keys->account.data);
	TRY(ROWS_GET(&a->rows, &there, medlock__account_state, state_key_account(&id)));
	e = there->revoked ? ERR_REVOKED : account_keys_settle(a, &id, there);
	row = *there;
	if (!e && a->actor) {
		e = change(a, &id, &row, &event.keys_change);
	} else if (!e) {
		event.keys_change = KEYS_CHANGE_ANNOUNCED;
		e = announce(a, &id, &row, &event.effective);
	}
	WIRE_FREE(there);
	TRY(e);
	TRY(act_event_add(a, &id, &event));
	return act_result(a, BYTES_ID(id), 0, NULL, 0);
}

void account_keys_describe(struct buf *out, const Medlock__Body *body)
{
	const Medlock__AccountKeys *x = body->account_keys;

	if (x->cancel)
		buf_append_text(out, "Refuse the new keys that helpers announced for account ");
	else if (x->by_helpers)
		buf_append_text(out, "As helpers, give new keys after 72 hours to account ");
	else
		buf_append_text(out, x->keys ? "Change the keys of account " : "Name the helpers of account ");
	describe_id(out, x->account);
	buf_append_text(out, x->keys && !x->by_helpers ? ": devices with the old keys can no longer act." : ".");
}
