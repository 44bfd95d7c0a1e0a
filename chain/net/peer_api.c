/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/net/peer_api.h"

#include "chain/proto/api.pb-c.h"
#include "chain/proto/wire.h"

/* Rows in order: the first row of an error gives its status, the first row of a status gives its error. */
static const struct {
	int status;
	enum err err;
} map[] = {
	{400, ERR_FORMAT}, {400, ERR_UTF8}, {400, ERR_NOT_CANONICAL}, {400, ERR_TRUNCATED}, {400, ERR_RANGE},
	{400, ERR_TOO_DEEP}, {400, ERR_NETWORK_ID}, {400, ERR_POINT}, {400, ERR_PROOF}, {400, ERR_SIGNATURE},
	{400, ERR_BLOB}, {400, ERR_CLOCK}, {400, ERR_CERTIFICATE},
	{401, ERR_NOT_CERTIFIED}, {401, ERR_LOCKED},
	{403, ERR_WITHDRAWN}, {403, ERR_EXPIRED}, {403, ERR_REVOKED}, {403, ERR_ROLE}, {403, ERR_PAUSED},
	{404, ERR_NOT_FOUND}, {404, ERR_REFUSED},
	{405, ERR_USAGE},
	{408, ERR_TIMEOUT},
	{409, ERR_CONFLICT}, {409, ERR_DUPLICATE}, {409, ERR_TX_EXPIRED},
	{413, ERR_TOO_LARGE},
	{429, ERR_LIMIT},
	{503, ERR_BUSY_PEER}, {503, ERR_BUSY},
	{507, ERR_DISK_FULL},
	{500, ERR_PEER},
};

int api_status_of(enum err e)
{
	if (e == ERR_OK)
		return 200;
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (map[i].err == e)
			return map[i].status;
	return 500;
}

enum err api_err_of(int status)
{
	if (status >= 200 && status < 300)
		return ERR_OK;
	if (status == 429)
		return ERR_BUSY_PEER;
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (map[i].status == status)
			return map[i].err;
	return ERR_PEER;
}

void api_error_body(struct buf *out, enum err e)
{
	Medlock__ErrorReply reply = MEDLOCK__ERROR_REPLY__INIT;

	reply.code = (uint32_t)-(int)e;
	reply.text = (char *)(uintptr_t)err_text(e);
	WIRE_ENCODE(out, &reply);
}
