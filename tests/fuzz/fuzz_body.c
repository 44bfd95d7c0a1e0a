/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies alone, so that a mutation does not have to keep the lengths of the transaction around it. */
#include "chain/proto/tx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct account_id account = {{1}};
	const struct signature signature = {{2}};
	Medlock__Body *body = NULL;
	struct buf raw = BUF_INIT, whole = BUF_INIT;
	struct hash32 hash;
	struct tx_id id;
	struct tx tx;

	if (WIRE_DECODE(&body, medlock__body, bytes_of(data, size), TX_DECODED_MAX, NULL) != ERR_OK)
		return 0;
	tx_body_sort(body);
	if (tx_body_encode(&raw, &hash, body) == ERR_OK &&
	    tx_assemble(&whole, &id, buf_bytes(&raw), &account, &signature) == ERR_OK) {
		ASSERT(tx_parse(&tx, buf_bytes(&whole), NULL) == ERR_OK);
		ASSERT(ID_EQUAL(id, tx.id) && ID_EQUAL(hash, tx.signing_hash));
		tx_release(&tx);
	}
	WIRE_FREE(body);
	buf_release(&raw);
	buf_release(&whole);
	return 0;
}
