/* SPDX-License-Identifier: Apache-2.0 */
/* Validator sets: who signs blocks, with what weight, in CometBFT's order (power falling, then address rising). */
#ifndef MEDLOCK_PROTO_VALIDATORS_H
#define MEDLOCK_PROTO_VALIDATORS_H

#include "chain/proto/block.h"
#include "chain/proto/tx.pb-c.h"

#define VALIDATOR_POWER_MAX (INT64_MAX / 8) /* of a whole set, as CometBFT's MaxTotalVotingPower */

struct validator {
	struct validator_address address;
	struct sign_public key;
	int64_t power;
};

struct validator_set {
	uint32_t count;
	int64_t total;
	struct validator rows[VALIDATORS_MAX];
};

/* First 20 bytes of SHA-256 of the key. */
struct validator_address validator_address_of(const struct sign_public *key);

/* Fill in addresses and total, sort.  ERR_FORMAT: none, too many, a power below 1 or too much in all;
 * ERR_DUPLICATE: a key twice.  ret may not overlap rows.
 */
enum err validators_make(struct validator_set *ret, const struct validator *rows, size_t count) MUST_USE;

/* The set of a Network; also ERR_POINT, ERR_FORMAT for bad keys. */
enum err validators_of_network(struct validator_set *ret, const Medlock__Network *network) MUST_USE;

struct hash32 validators_hash(const struct validator_set *s);
const struct validator *validators_find(const struct validator_set *s, const struct validator_address *address);

#endif
