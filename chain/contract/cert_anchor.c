/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate authority names an account: role, rights, purposes; at first also its keys. */
#include "chain/contract/act.h"

/* Power over the network comes from the genesis and from network_set alone, never from a certificate. */
enum err cert_anchor_check(const Medlock__Body *body)
{
	uint32_t role = body->cert_anchor->role;

	return role == ROLE_PEER || role == ROLE_OPERATOR || role == ROLE_AUDITOR ? ERR_ROLE : ERR_OK;
}

static void take(Medlock__AccountState *row, const Medlock__CertAnchor *c)
{
	row->role = c->role;
	row->certificate = c->certificate;
	row->not_after = c->not_after;
	row->organisation = c->organisation;
	row->rights = c->rights;
	row->purposes = c->purposes;
	row->n_purposes = c->n_purposes;
}

static enum err first_policy(struct act *a, const struct account_id *owner)
{
	Medlock__PolicyState p = MEDLOCK__POLICY_STATE__INIT;

	p.version = 1;
	p.default_effect = EFFECT_DENY;
	p.next_rule = 1;
	return ROWS_PUT(&a->rows, state_key_policy(owner), &p);
}

static enum err anchor_new(struct act *a, const Medlock__CertAnchor *c, const struct account_id *id)
{
	Medlock__AccountState row = MEDLOCK__ACCOUNT_STATE__INIT, *there = NULL;
	struct account_id named;
	enum err e = ROWS_GET(&a->rows, &there, medlock__account_state, state_key_account(id));

	WIRE_FREE(there);
	if (e != ERR_NOT_FOUND)
		return e ? e : ERR_DUPLICATE;
	TRY(keyset_account(&named, c->keys));
	if (!ID_EQUAL(named, *id))
		return ERR_FORMAT;
	TRY(keyset_check(c->keys, wire_bytes(c->keys_signature), &a->block->network, id));
	row.keys = c->keys;
	row.anchored_height = a->block->height;
	row.minor_until = c->minor_until;
	take(&row, c);
	TRY(ROWS_PUT(&a->rows, state_key_account(id), &row));
	return c->role == ROLE_PATIENT ? first_policy(a, id) : ERR_OK;
}

static bool same_certificate(const Medlock__AccountState *row, const Medlock__CertAnchor *c)
{
	return row->role == c->role && row->not_after == c->not_after && row->rights == c->rights &&
	       bytes_equal(wire_bytes(row->certificate), wire_bytes(c->certificate)) &&
	       bytes_equal(wire_bytes(row->organisation), wire_bytes(c->organisation)) &&
	       row->n_purposes == c->n_purposes &&
	       (c->n_purposes == 0 || memcmp(row->purposes, c->purposes, c->n_purposes * sizeof(*c->purposes)) == 0);
}

/* The certificate that is on hold, unchanged, by as many officers as put it there: the account acts again.  Another one
 * would hide in the list of its owner that there was a hold.
 */
static enum err release(struct act *a, const Medlock__CertAnchor *c, Medlock__AccountState *row)
{
	if (row->revoke_reason != REVOKE_REASON_HOLD || !same_certificate(row, c))
		return ERR_REVOKED;
	TRY(act_four_eyes(a));
	row->revoked = false;
	row->revoke_reason = 0;
	row->revoked_height = 0;
	return ERR_OK;
}

/* A renewed certificate: same keys, same role. */
static enum err renew(struct act *a, bool *ret_released, const Medlock__CertAnchor *c, const struct account_id *id)
{
	Medlock__AccountState *there = NULL, row;
	enum err e;

	TRY(ROWS_GET(&a->rows, &there, medlock__account_state, state_key_account(id)));
	row = *there;
	*ret_released = there->revoked;
	e = there->revoked ? release(a, c, &row) : there->role != c->role ? ERR_CONFLICT : ERR_OK;
	take(&row, c);
	if (e == ERR_OK)
		e = ROWS_PUT(&a->rows, state_key_account(id), &row);
	WIRE_FREE(there);
	return e;
}

enum err cert_anchor_apply(struct act *a)
{
	const Medlock__CertAnchor *c = a->tx->body->cert_anchor;
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	struct account_id id;
	bool released = false;

	if (!act_is_authority(a))
		return ERR_ROLE;
	if (c->role == ROLE_OFFICER)
		TRY(act_four_eyes(a));
	if (c->not_after <= a->block->time.v)
		return ERR_EXPIRED;
	if (c->minor_until && (c->minor_until <= a->block->time.v || c->minor_until - a->block->time.v > MINOR_MS_MAX))
		return ERR_RANGE;
	ID_COPY(id, c->account.data);
	TRY(c->keys ? anchor_new(a, c, &id) : renew(a, &released, c, &id));
	event.hold = released ? HOLD_RELEASED : 0;
	TRY(act_event_add(a, &id, &event));
	return act_result(a, BYTES_ID(id), 0, NULL, 0);
}

void cert_anchor_describe(struct buf *out, const Medlock__Body *body)
{
	const Medlock__CertAnchor *c = body->cert_anchor;
	char until[TIME_TEXT];

	time_format(until, (struct time_ms){c->not_after});
	buf_append_text(out, c->keys ? "Certify the new account " : "Renew, or release from hold, the certificate of account ");
	describe_id(out, c->account);
	buf_printf(out, " as %s until %s", code_text(CODES_ROLE, c->role), until);
	if (c->minor_until) {
		time_format(until, (struct time_ms){c->minor_until});
		buf_printf(out, ", a minor until %s", until);
	}
	if (c->rights & RIGHT_DEPOSIT)
		buf_append_text(out, ", with the right to deposit records");
	if (c->rights & RIGHT_EMERGENCY)
		buf_append_text(out, ", with the emergency badge");
	buf_append_text(out, ".");
}
