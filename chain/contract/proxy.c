/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/contract/proxy.h"

#include "chain/proto/codes.h"

static const Medlock__ProxyState *named(const Medlock__ProxiesState *row, const struct account_id *account)
{
	for (size_t i = 0; row && i < row->n_proxies; i++)
		if (bytes_equal(wire_bytes(row->proxies[i]->delegate), BYTES_ID(*account)))
			return row->proxies[i];
	return NULL;
}

enum err proxy_allows(const Medlock__ProxiesState *row, const struct account_id *account, uint32_t scope,
		      struct time_ms now)
{
	const Medlock__ProxyState *p = named(row, account);

	if (!p)
		return ERR_ROLE;
	if (now.v < p->valid_from || (p->valid_to && now.v >= p->valid_to))
		return ERR_PROXY_ENDED;
	return (scope & ~p->scope) ? ERR_PROXY_SCOPE : ERR_OK;
}

enum err acts_for(struct rows *s, const struct account_id *owner, const struct account_id *account, uint32_t scope,
		  struct time_ms now)
{
	Medlock__ProxiesState *row = NULL;
	enum err e;

	if (ID_EQUAL(*owner, *account))
		return ERR_OK;
	e = ROWS_GET(s, &row, medlock__proxies_state, state_key_proxies(owner));
	if (e && e != ERR_NOT_FOUND)
		return e;
	e = proxy_allows(row, account, scope, now);
	WIRE_FREE(row);
	return e;
}
