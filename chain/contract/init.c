/* SPDX-License-Identifier: Apache-2.0 */
/* The state that a genesis gives. */
#include "chain/contract/act.h"
#include "chain/proto/genesis.h"

static enum err put_policy(struct rows *s, const struct account_id *owner)
{
	Medlock__PolicyState p = MEDLOCK__POLICY_STATE__INIT;

	p.version = 1;
	p.default_effect = EFFECT_DENY;
	p.next_rule = 1;
	return ROWS_PUT(s, state_key_policy(owner), &p);
}

static enum err put_account(struct rows *s, const Medlock__GenesisAccount *from)
{
	Medlock__AccountState row = MEDLOCK__ACCOUNT_STATE__INIT;
	struct account_id id;

	TRY(genesis_account_id(&id, from));
	row.keys = from->keys;
	row.role = from->role;
	row.organisation = from->organisation;
	TRY(ROWS_PUT(s, state_key_account(&id), &row));
	return from->role == ROLE_PATIENT ? put_policy(s, &id) : ERR_OK;
}

enum err contract_init(struct contract_kv *kv, const Medlock__Genesis *genesis, const struct network_id *network,
		       struct err_info *info)
{
	struct rows s = {.kv = kv};

	(void)network;
	TRY(genesis_check(genesis, info));
	for (size_t i = 0; i < genesis->n_accounts; i++)
		TRY(put_account(&s, genesis->accounts[i]));
	return ROWS_PUT(&s, state_key_network(), genesis->network);
}
