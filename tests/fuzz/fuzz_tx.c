/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: what parses is its own canonical encoding, and what was built of its body passes the same checks. */
#include "chain/proto/tx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_body(const struct tx *tx)
{
	struct buf body = BUF_INIT;
	struct hash32 hash;

	ASSERT(tx_body_encode(&body, &hash, tx->body) == ERR_OK);
	ASSERT(bytes_equal(buf_bytes(&body), wire_bytes(tx->wire->body)));
	ASSERT(ID_EQUAL(hash, tx->signing_hash));
	buf_release(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf again = BUF_INIT;
	struct tx tx;

	if (tx_parse(&tx, bytes_of(data, size), NULL) != ERR_OK)
		return 0;
	WIRE_ENCODE(&again, tx.wire);
	ASSERT(bytes_equal(buf_bytes(&again), bytes_of(data, size)));
	check_body(&tx);
	tx_body_sort(tx.body); /* sorted already: changes nothing */
	check_body(&tx);
	tx_release(&tx);
	buf_release(&again);
	return 0;
}
