/* SPDX-License-Identifier: Apache-2.0 */
/* CometBFT's block: whatever decodes encodes to bytes that decode to the same again. */
#include "chain/proto/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct block b = {0}, again = {0};
	struct buf first = BUF_INIT, second = BUF_INIT;
	struct hash32 hash;

	if (block_decode(&b, bytes_of(data, size), NULL) != ERR_OK)
		return 0;
	block_encode(&first, &b);
	/* Ours writes what was left out, so it may be longer than the limit of what is read. */
	if (first.len <= BLOCK_ENCODED_MAX) {
		ASSERT(block_decode(&again, buf_bytes(&first), NULL) == ERR_OK);
		block_encode(&second, &again);
		ASSERT(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
		ASSERT(block_check(&b, NULL) == block_check(&again, NULL));
		hash = header_hash(&b.header);
		(void)block_id_of(&hash, buf_bytes(&first));
	}
	block_release(&b);
	block_release(&again);
	buf_release(&first);
	buf_release(&second);
	return 0;
}
