/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/helpers_named.h"

#include <stdlib.h>

#include "core/keys/shares.h"

static int by_id(const void *x, const void *y)
{
	return memcmp(((const struct account_id *)x)->b, ((const struct account_id *)y)->b, ID_SIZE);
}

void named_make(struct named_helpers *ret, const struct account_id *accounts, size_t count, uint32_t needed)
{
	ASSERT(count <= APP_HELPERS_MAX);
	ret->wire = (Medlock__Helpers)MEDLOCK__HELPERS__INIT;
	memcpy(ret->accounts, accounts, count * sizeof(*accounts));
	qsort(ret->accounts, count, sizeof(*accounts), by_id);
	for (size_t i = 0; i < count; i++)
		ret->ids[i] = wire_data(BYTES_ID(ret->accounts[i]));
	rng_fill(rng_system(), ret->salt, sizeof(ret->salt));
	ret->wire.salt = wire_data(bytes_of(ret->salt, sizeof(ret->salt)));
	ret->wire.threshold = needed;
	ret->wire.accounts = ret->ids;
	ret->wire.n_accounts = count;
}

enum err named_into_share(struct buf *share, const struct named_helpers *named)
{
	Medlock__RecoveryShare *m = NULL;
	Medlock__Helpers wire = named->wire;

	TRY(share_parse(&m, buf_bytes(share)));
	secret_wipe(share->data, share->len);
	buf_clear(share);
	m->helpers = &wire;
	WIRE_ENCODE(share, m);
	m->helpers = NULL;
	secret_wipe(m->share.data, m->share.len);
	WIRE_FREE(m);
	return buf_error(share);
}

static bool shows_named(struct app *a, const void *commitment)
{
	Medlock__AccountState *row = NULL;
	bool shows;

	if (replica_account(a->replica, &row, &a->me.account, NULL) != ERR_OK)
		return false;
	shows = bytes_equal(wire_bytes(row->helpers), bytes_of(commitment, ID_SIZE));
	WIRE_FREE(row);
	return shows;
}

enum err named_commit(struct app *a, const struct named_helpers *named, struct err_info *info)
{
	struct hash32 commitment = helpers_commitment(&a->me.account, &named->wire);
	Medlock__AccountKeys x = MEDLOCK__ACCOUNT_KEYS__INIT;
	Medlock__Body body = MEDLOCK__BODY__INIT;
	struct submitter s = app_submitter(a);
	struct submitted done = {0};
	enum err e;

	x.account = wire_data(BYTES_ID(a->me.account));
	x.helpers = wire_data(BYTES_ID(commitment));
	body.action_case = MEDLOCK__BODY__ACTION_ACCOUNT_KEYS;
	body.account_keys = &x;
	e = submit_action(&s, &done, &body, info);
	submitted_release(&done);
	return e == ERR_OK ? app_await(a, shows_named, commitment.b, info) : e;
}
