/* SPDX-License-Identifier: Apache-2.0 */
/* The whole ledger in one file, and its verification without network or any trust but the genesis
 * (docs/formats/ledger-export.md).
 */
#ifndef MEDLOCK_LEDGER_EXPORT_H
#define MEDLOCK_LEDGER_EXPORT_H

#include "core/ledger/replica.h"

#define LEDGER_EXPORT_MAX (8ull * 1024 * 1024 * 1024)

struct ledger_verified {
	uint64_t blocks, txs;
	bool ok;
	uint64_t
		first_bad; /* height of the first block that does not verify; 0 when ok, or when the file's head is bad */
	struct network_id network;
	struct hash32 app_hash; /* after the last block */
};

/* Full replicas only (ERR_ROLE for a light one).  A new file, whole or not at all; ERR_DUPLICATE when it exists. */
enum err ledger_export(struct replica *r, struct ledger_verified *ret, const char *path, struct task *task,
		       struct err_info *info) MUST_USE;

/* Re-executes an export.  expected NULL: whatever network the file's genesis makes.  On failure ret says where, ok is
 * false, and the error tells what: ERR_CHAIN, ERR_APP_HASH, ERR_FORMAT, ERR_TRUNCATED, ERR_DAMAGED, ERR_NETWORK_ID.
 */
enum err ledger_verify_file(struct ledger_verified *ret, const char *path, const struct network_id *expected,
				struct task *task, struct err_info *info) MUST_USE;

#endif
