/* SPDX-License-Identifier: Apache-2.0 */
/* An account stops acting, from this block on. */
#include "chain/contract/act.h"

/* The authority ends what it certified; operators and peers are the operators' own affair (network_set). */
static bool may_revoke(const struct act *a, const struct account_id *id, const Medlock__AccountState *row)
{
	bool certified = row->role != ROLE_PEER && row->role != ROLE_OPERATOR && row->role != ROLE_AUDITOR;

	return ID_EQUAL(*id, a->who) || (act_is_authority(a) && certified);
}

/* What ended stays ended; a hold can still become an end.  Only a certificate can be held: it is what a release names. */
static enum err may_end(const Medlock__AccountState *row, uint32_t reason)
{
	bool hold = reason == REVOKE_REASON_HOLD;

	if (row->revoked && (hold || row->revoke_reason != REVOKE_REASON_HOLD))
		return ERR_REVOKED;
	return hold && row->certificate.len == 0 ? ERR_NOT_CERTIFIED : ERR_OK;
}

enum err cert_revoke_apply(struct act *a)
{
	const Medlock__CertRevoke *c = a->tx->body->cert_revoke;
	Medlock__Event event = MEDLOCK__EVENT__INIT;
	Medlock__AccountState *row = NULL;
	struct account_id id;
	enum err e;

	ID_COPY(id, c->account.data);
	if (!act_is_authority(a) && !ID_EQUAL(id, a->who))
		return ERR_ROLE;
	TRY(ROWS_GET(&a->rows, &row, medlock__account_state, state_key_account(&id)));
	if (!may_revoke(a, &id, row))
		e = ERR_ROLE;
	else if ((e = may_end(row, c->reason)) != ERR_OK)
		; /* e says why */
	else if (!ID_EQUAL(id, a->who) && act_four_eyes(a) != ERR_OK)
		e = ERR_FOUR_EYES;
	else {
		row->revoked = true;
		row->revoke_reason = c->reason;
		row->revoked_height = a->block->height;
		e = ROWS_PUT(&a->rows, state_key_account(&id), row);
	}
	WIRE_FREE(row);
	TRY(e);
	event.hold = c->reason == REVOKE_REASON_HOLD ? HOLD_HELD : 0;
	TRY(act_event_add(a, &id, &event));
	return act_result(a, BYTES_ID(id), 0, NULL, 0);
}

void cert_revoke_describe(struct buf *out, const Medlock__Body *body)
{
	bool hold = body->cert_revoke->reason == REVOKE_REASON_HOLD;

	buf_append_text(out, hold ? "Put account " : "Revoke account ");
	describe_id(out, body->cert_revoke->account);
	if (hold)
		buf_append_text(out, " on hold: it cannot act until the authority releases it.");
	else
		buf_printf(out, " for good (reason %u): it can no longer act.", body->cert_revoke->reason);
}
