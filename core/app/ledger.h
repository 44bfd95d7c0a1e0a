/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger itself: where it stands, exports, offline verification, one transaction. */
#ifndef MEDLOCK_APP_LEDGER_H
#define MEDLOCK_APP_LEDGER_H

#include "core/app/app.h"

struct app_ledger {
	uint64_t height;
	struct hash32 app_hash;
	char chain[64], engine[16];
	uint64_t operators;
	bool solo;
};
enum err app_ledger_status(struct app *a, struct app_ledger *ret, struct err_info *info) MUST_USE;

struct app_verified {
	uint64_t blocks, txs;
	bool ok;
	uint64_t first_bad; /* height, 0 when ok */
};
enum err app_ledger_export(struct app *a, struct app_verified *ret, const char *path, struct err_info *info) MUST_USE;
/* An export, offline; or the replica when path is NULL.  ERR_APP_HASH, ERR_CHAIN, … with first_bad in ret as well. */
enum err app_ledger_verify(struct app *a, struct app_verified *ret, const char *path, struct err_info *info) MUST_USE;

struct app_tx {
	struct tx_id tx;
	uint64_t height;
	uint32_t code, index;
	bool proven; /* its inclusion was checked against a verified header */
	char *words; /* what it does, when this profile may read it */
	const char *refusal; /* why it had no effect; "" when it had.  Only a full replica knows it, others were told */
};
enum err app_ledger_tx(struct app *a, struct app_tx *ret, const char *id, struct err_info *info) MUST_USE;
void app_tx_release(struct app_tx *t);

#endif
