/* SPDX-License-Identifier: Apache-2.0 */
/* Two different headers of one height, both signed: kept as evidence against those who signed both.
 *
 * Bytes: "medlock-evidence-v1", then four times be32 length and bytes: header and commit of the one, header and commit
 * of the other, the one with the smaller header hash first.
 */
#ifndef MEDLOCK_LIGHT_EVIDENCE_H
#define MEDLOCK_LIGHT_EVIDENCE_H

#include "chain/light/verify.h"

#define EVIDENCE_SIZE_MAX (19u + 16 + 2 * (HEADER_ENCODED_MAX + COMMIT_ENCODED_MAX))

/* True when both are of one chain and height and have different hashes. */
bool evidence_conflict(const struct light_block *x, const struct light_block *y);

/* Canonical bytes, appended; the order of x and y does not matter.  Asserts evidence_conflict. */
void evidence_encode(struct buf *out, const struct light_block *x, const struct light_block *y);

/* Two blocks of 15 KiB each.  ERR_FORMAT, ERR_NOT_CANONICAL. */
enum err evidence_decode(struct light_block *ret_x, struct light_block *ret_y, struct bytes in,
			 struct err_info *info) MUST_USE;

/* Both were signed by more than 2/3 of this set: ERR_OK; ERR_CHAIN when one was not. */
enum err evidence_check(const struct light_block *x, const struct light_block *y,
			const struct validator_set *validators, struct err_info *info) MUST_USE;

#endif
