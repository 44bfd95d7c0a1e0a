/* SPDX-License-Identifier: Apache-2.0 */
/* State keys off the wire, and proofs that a transaction is in a block. */
#include "chain/proto/block.h"
#include "chain/proto/state_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct hash32 root = {{0}};
	const struct tx_id id = {{0}};
	struct state_key k;
	uint32_t index;

	if (state_key_parse(&k, bytes_of(data, size)) == ERR_OK)
		ASSERT(bytes_equal(state_key_bytes(&k), bytes_of(data, size)));
	ASSERT(inclusion_verify(&index, bytes_of(data, size), &root, &id) == ERR_PROOF);
	return 0;
}
