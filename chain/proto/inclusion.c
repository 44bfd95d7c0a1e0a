/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "chain/proto/block.h"

void inclusion_prove(struct buf *out, const struct tx_id *ids, size_t count, size_t index)
{
	struct bytes *items;
	struct merkle_proof proof;

	ASSERT(index < count && count <= UINT32_MAX);
	items = calloc(count, sizeof(*items));
	if (!items) {
		out->err = out->err ? out->err : ERR_MEMORY;
		return;
	}
	for (size_t i = 0; i < count; i++)
		items[i] = BYTES_ID(ids[i]);
	merkle_prove(&proof, items, count, index);
	free(items);
	buf_append_be32(out, (uint32_t)count);
	buf_append_be32(out, (uint32_t)index);
	for (size_t i = 0; i < proof.aunt_count; i++)
		buf_append_bytes(out, BYTES_ID(proof.aunts[i]));
}

enum err inclusion_verify(uint32_t *ret_index, struct bytes proof, const struct hash32 *data_hash,
			  const struct tx_id *id)
{
	struct cursor c = cursor_of(proof);
	struct merkle_proof p = {.total = cursor_be32(&c)};

	p.index = cursor_be32(&c);
	p.aunt_count = c.rest.len / ID_SIZE;
	if (c.err || c.rest.len % ID_SIZE != 0 || p.aunt_count > MERKLE_AUNTS_MAX)
		return ERR_PROOF;
	for (size_t i = 0; i < p.aunt_count; i++)
		ID_COPY(p.aunts[i], cursor_take(&c, ID_SIZE).data);
	p.leaf_hash = merkle_leaf(BYTES_ID(*id));
	TRY(merkle_verify(&p, data_hash, BYTES_ID(*id)));
	*ret_index = (uint32_t)p.index;
	return ERR_OK;
}
