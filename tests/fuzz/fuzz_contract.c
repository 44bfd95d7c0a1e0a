/* SPDX-License-Identifier: Apache-2.0 */
/* A transaction from anywhere, applied to a small network: the contract refuses or takes it, and never half. */
#include "world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int valid_signature(void *self, const struct tx_id *tx, const struct sign_public *key)
{
	(void)self;
	(void)tx;
	(void)key;
	return 1;
}

/* With signatures taken for good, so that what lies behind them is reached. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world w;
	static bool ready;
	struct contract_verdicts all_valid = {NULL, valid_signature};
	struct contract_result r = {0};
	struct hash32 before, after;
	struct tx tx;

	if (!ready)
		world_init(&w, 1);
	ready = true;
	if (tx_parse(&tx, bytes_of(data, size), NULL) != ERR_OK)
		return 0;
	before = memory_kv_digest(w.memory);
	ASSERT(contract_apply(&r, &w.kv, &w.block, &tx, &all_valid, NULL) == ERR_OK);
	after = memory_kv_digest(w.memory);
	ASSERT(r.code == 0 || ID_EQUAL(before, after));
	contract_result_release(&r);
	tx_release(&tx);
	return 0;
}
