/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/new_keys_file.h"

#include "chain/proto/shape.h"

void new_keys_release(struct new_keys_file *x)
{
	WIRE_FREE(x->request);
	if (x->signed_before)
		tx_release(&x->tx);
}

static bool is_approval(const struct tx *tx)
{
	return tx->action == ACTION_ACCOUNT_KEYS && tx->wire->auth->by_case == MEDLOCK__AUTH__BY_APPROVALS &&
	       tx->body->account_keys->by_helpers != NULL;
}

enum err new_keys_parse(struct new_keys_file *ret, struct bytes file)
{
	struct new_keys_file x = {.request = NULL};

	if (tx_parse(&x.tx, file, NULL) == ERR_OK) {
		x.signed_before = true;
		x.keys = x.tx.body->account_keys;
		if (is_approval(&x.tx)) {
			*ret = x;
			return ERR_OK;
		}
		new_keys_release(&x);
		return ERR_FORMAT;
	}
	TRY(WIRE_DECODE(&x.request, medlock__account_keys, file, TX_DECODED_MAX, NULL));
	x.keys = x.request;
	if (check_account_keys(x.keys, NULL) != ERR_OK || x.keys->keys == NULL || x.keys->by_helpers != NULL) {
		new_keys_release(&x);
		return ERR_FORMAT;
	}
	*ret = x;
	return ERR_OK;
}
