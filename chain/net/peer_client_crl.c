/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/net/peer_client_crl.h"

#include "chain/net/peer_client_parts.h"

enum err peer_crl_put(const struct peer_call *c, struct bytes put, struct err_info *info)
{
	return peer_put(c, API_CRL, put, info);
}

enum err peer_crl_get(const struct peer_call *c, struct buf *ret, struct err_info *info)
{
	return peer_get_bytes(c, ret, API_CRL, API_TYPE_CRL, CRL_PUT_MAX, info);
}
