/* SPDX-License-Identifier: Apache-2.0 */
/* A genesis, and a card (one genesis account), chosen by the first byte. */
#include "chain/light/verify.h"
#include "chain/proto/genesis.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_genesis(struct bytes in)
{
	Medlock__Genesis *g = NULL;
	struct network_id id, again_id;
	struct light_trust trust;
	struct buf again = BUF_INIT;

	if (genesis_parse(&g, &id, in, NULL) != ERR_OK)
		return;
	ASSERT(genesis_encode(&again, &again_id, g, NULL) == ERR_OK);
	ASSERT(bytes_equal(buf_bytes(&again), in) && ID_EQUAL(id, again_id));
	ASSERT(light_trust_genesis(&trust, g) == ERR_OK);
	WIRE_FREE(g);
	buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Medlock__GenesisAccount *card = NULL;

	if (size == 0)
		return 0;
	if (data[0] & 1)
		try_genesis(bytes_of(data + 1, size - 1));
	else if (genesis_account_parse(&card, bytes_of(data + 1, size - 1), NULL) == ERR_OK)
		WIRE_FREE(card);
	return 0;
}
