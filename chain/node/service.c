/* SPDX-License-Identifier: Apache-2.0 */
/* The table of calls.  docs/formats/peer-api.md says who may make each. */
#include "chain/node/internal.h"

size_t service_routes(struct http_route *out, struct node *n)
{
	const struct http_route table[] = {
		{API_STATUS, false, HTTP_GET, service_status, n, true},
		{API_GENESIS, false, HTTP_GET, service_genesis, n, false},
		{API_HEALTHZ, false, HTTP_GET | HTTP_HEAD, service_healthz, n, false},
		{API_METRICS, false, HTTP_GET, service_metrics, n, false},
		{API_TX, false, HTTP_POST, service_tx_post, n, false},
		{API_TX "/", true, HTTP_GET, service_tx_get, n, false},
		{API_HEADERS, false, HTTP_GET, service_headers, n, false},
		{API_BLOCKS, false, HTTP_GET, service_blocks, n, false},
		{API_PROOF, false, HTTP_GET, service_proof, n, false},
		{API_EVENTS, false, HTTP_GET, service_events, n, false},
		{API_BLOB "/", true, HTTP_GET | HTTP_HEAD | HTTP_PUT, service_blob, n, false},
		{API_ERASED, false, HTTP_GET, service_erased, n, false},
		{API_RELEASE, false, HTTP_POST, service_release, n, false},
		{API_COUNT, false, HTTP_GET, service_count, n, false},
		{API_MAIL, false, HTTP_GET, service_mail_get, n, false},
		{API_MAIL "/", true, HTTP_POST, service_mail_post, n, false},
		{API_DROP "/", true, HTTP_GET | HTTP_POST, service_drop, n, false},
		{API_CRL, false, HTTP_GET | HTTP_PUT, service_crl, n, false},
		{API_ENROL, false, HTTP_GET | HTTP_POST, service_enrol, n, false},
	};
	size_t count = sizeof(table) / sizeof(table[0]);

	_Static_assert(sizeof(table) / sizeof(table[0]) <= SERVICE_ROUTES, "room for the table");
	memcpy(out, table, sizeof(table));
	return count;
}
