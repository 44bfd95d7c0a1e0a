/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/engine/verdicts.h"

static struct verdict *row_of(struct verdicts *v, const struct tx_id *tx)
{
	return &v->rows[get_be32(tx->b + 4) & (VERDICTS - 1)];
}

static int lookup(void *self, const struct tx_id *tx, const struct sign_public *key)
{
	const struct verdict *row = row_of(self, tx);

	if (!row->known || !ID_EQUAL(row->tx, *tx) || !ID_EQUAL(row->key, *key))
		return -1;
	return row->valid ? 1 : 0;
}

void verdicts_init(struct verdicts *v)
{
	memset(v, 0, sizeof(*v));
	v->view = (struct contract_verdicts){v, lookup};
}

void verdicts_put(struct verdicts *v, const struct tx_id *tx, const struct sign_public *key, bool valid)
{
	*row_of(v, tx) = (struct verdict){*tx, *key, true, valid};
}
