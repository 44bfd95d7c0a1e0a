/* SPDX-License-Identifier: Apache-2.0 */
/* Commits, headers and evidence, chosen by the first byte. */
#include "chain/light/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_commit(struct bytes in)
{
	static struct commit c, again;
	struct buf first = BUF_INIT;
	struct block_id id;

	if (commit_decode(&c, in, NULL) != ERR_OK)
		return;
	commit_encode(&first, &c);
	ASSERT(commit_decode(&again, buf_bytes(&first), NULL) == ERR_OK);
	ASSERT(commit_block_id(&id, buf_bytes(&first)) == ERR_OK && block_id_equal(&id, &c.block_id));
	struct hash32 x = commit_hash(&c), y = commit_hash(&again);

	ASSERT(ID_EQUAL(x, y));
	buf_release(&first);
}

static void try_header(struct bytes in)
{
	struct block_header h, again;
	struct buf first = BUF_INIT;

	if (header_decode(&h, in, NULL) != ERR_OK)
		return;
	header_encode(&first, &h);
	ASSERT(header_decode(&again, buf_bytes(&first), NULL) == ERR_OK);
	struct hash32 x = header_hash(&h), y = header_hash(&again);

	ASSERT(ID_EQUAL(x, y));
	buf_release(&first);
}

static void try_evidence(struct bytes in)
{
	static struct light_block x, y;
	struct buf again = BUF_INIT;

	if (evidence_decode(&x, &y, in, NULL) != ERR_OK)
		return;
	evidence_encode(&again, &x, &y);
	ASSERT(bytes_equal(buf_bytes(&again), in));
	buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 3 == 0)
		try_commit(bytes_of(data + 1, size - 1));
	else if (data[0] % 3 == 1)
		try_header(bytes_of(data + 1, size - 1));
	else
		try_evidence(bytes_of(data + 1, size - 1));
	return 0;
}
