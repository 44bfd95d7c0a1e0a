/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that custodians and peers put to the state between blocks, answered by the contract's own rules. */
#ifndef MEDLOCK_CONTRACT_ACCESS_H
#define MEDLOCK_CONTRACT_ACCESS_H

#include "chain/contract/contract.h"

/* May the share of (request, record, form) be released now?  The grant stands, is not closed or expired (by block time and
 * by the caller's clock: either says no), the requester is not revoked or expired, the record is live, and the owner's
 * CURRENT consent still decides permit for at least this form.  ERR_OK; ERR_WITHDRAWN, ERR_EXPIRED, ERR_REVOKED,
 * ERR_REFUSED (absent and forbidden alike).  ret_capsule: 160 bytes from state; ret_label: what it is bound to.
 */
struct access_release {
	uint8_t capsule[160];
	struct hash32 label;
	uint8_t seal_key[32], sign_key[32];
	uint32_t key_generation;
	struct blob_id blob;
};
enum err access_release_check(struct access_release *ret, struct contract_kv *kv, const struct contract_block *newest,
			      struct time_ms clock, const struct request_id *request, const struct record_id *record,
			      uint32_t form) MUST_USE;

/* May this account read the blob: it owns the record.  May this request's key read it: as access_release_check. */
enum err access_blob_owner(struct contract_kv *kv, const struct account_id *account, const struct record_id *record,
			   const struct blob_id *blob) MUST_USE;

/* An account's row, decoded; ERR_NOT_FOUND.  Free with WIRE_FREE. */
enum err access_account(Medlock__AccountState **ret, struct contract_kv *kv, const struct account_id *account) MUST_USE;
/* Certified, not revoked, not expired at `now`: ERR_OK, ERR_NOT_CERTIFIED, ERR_REVOKED, ERR_EXPIRED. */
enum err access_account_stands(const Medlock__AccountState *a, struct time_ms now) MUST_USE;
/* The keys that are the account's at `now`: those that helpers announced from their time on.  NULL for a row without. */
const Medlock__KeySet *access_keys(const Medlock__AccountState *a, struct time_ms now);
/* The key that the account's signatures are checked with.  Its point was checked when the row was made (keyset_check), which
 * costs as much as a signature, and is not checked again.  ERR_DAMAGED for a row without one.
 */
enum err access_sign_key(struct sign_public *ret, const Medlock__AccountState *a, struct time_ms now) MUST_USE;
enum err access_network(Medlock__Network **ret, struct contract_kv *kv) MUST_USE;

/* How many live records, of how many owners, a researcher would be granted without names (FORM_DEID) by the consent of now, if
 * all of them were asked for: each owner's own rules decide, with the question that access_request would put.  Exact: who tells
 * it to anybody must see to a floor and to rounding.  ERR_ROLE: not a researcher, or the purpose is not attested; ERR_REVOKED,
 * ERR_EXPIRED; ERR_LIMIT: more than ACCESS_COUNT_MAX records stand.
 */
#define ACCESS_COUNT_MAX 20000u
struct access_wish {
	uint32_t purpose, category, label; /* the last two 0: any */
	struct hash32 project;             /* zero: none */
};
struct access_tally { uint64_t records, owners; };
enum err access_count(struct access_tally *ret, struct contract_kv *kv, const struct contract_block *newest,
		      const struct account_id *who, const struct access_wish *wish) MUST_USE;

#endif
