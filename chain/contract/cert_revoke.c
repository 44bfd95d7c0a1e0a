/* SPDX-License-Identifier: Apache-2.0 */
/* An account stops acting, from this block on. */
#include "chain/contract/act.h"

/* The authority ends what it certified; operators and peers are the operators' own affair (network_set). */
static bool may_revoke(const struct act *a, const struct account_id *id, const Medlock__AccountState *row)
{
	bool certified = row->role != ROLE_PEER && row->role != ROLE_OPERATOR && row->role != ROLE_AUDITOR;

	return ID_EQUAL(*id, a->who) || (act_is_authority(a) && certified);
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
	else if (row->revoked)
		e = ERR_REVOKED;
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
	TRY(act_event_add(a, &id, &event));
	return act_result(a, BYTES_ID(id), 0, NULL, 0);
}

void cert_revoke_describe(struct buf *out, const Medlock__Body *body)
{
	buf_append_text(out, "Revoke account ");
	describe_id(out, body->cert_revoke->account);
	buf_printf(out, " for good (reason %u): it can no longer act.", body->cert_revoke->reason);
}
