/* SPDX-License-Identifier: Apache-2.0 */
/* The genesis of a network.  network_id = SHA-256 of its canonical bytes, for ever.
 *
 * The accounts in it cannot name the network in what they sign, because its id depends on them: their statements and
 * proofs of possession are made for the network id of 32 zero bytes (GENESIS_NETWORK).  Keys that sign such a statement
 * could be shown in another genesis; so genesis accounts use fresh keys.
 */
#ifndef MEDLOCK_PROTO_GENESIS_H
#define MEDLOCK_PROTO_GENESIS_H

#include "chain/proto/tx.h"
#include "chain/proto/validators.h"
#include "core/base/clock.h"

#define GENESIS_NETWORK ((struct network_id){{0}})
#define GENESIS_SALT_SIZE 32u
#define GENESIS_DECODED_MAX (4u * GENESIS_SIZE_MAX)
#define GENESIS_SOLO_SUFFIX "-solo-1"
#define PARAMETER_MS_MAX (3660ull * 86400 * 1000) /* the longest grant a network can set: ten years */

/* Decode strictly and genesis_check.  Free with WIRE_FREE. */
enum err genesis_parse(Medlock__Genesis **ret, struct network_id *ret_id, struct bytes in,
		       struct err_info *info) MUST_USE;

/* Canonical bytes, appended, of a genesis that passes genesis_check. */
enum err genesis_encode(struct buf *out, struct network_id *ret_id, const Medlock__Genesis *g,
			struct err_info *info) MUST_USE;

/* Every rule: chain id (1 to 50 of a-z 0-9 and '-'; with one validator it ends in "-solo-1"), accounts (key sets with
 * their proofs and signatures, known roles, each once), the network's own shape (network_shape_check), operators,
 * custodians, authorities and peers that are genesis accounts.
 */
enum err genesis_check(const Medlock__Genesis *g, struct err_info *info) MUST_USE;

/* The name of a genesis account. */
enum err genesis_account_id(struct account_id *ret, const Medlock__GenesisAccount *a) MUST_USE;

/* A card: one canonical GenesisAccount, checked: key set, proof, signature, role.  Free with WIRE_FREE. */
enum err genesis_account_parse(Medlock__GenesisAccount **ret, struct bytes in, struct err_info *info) MUST_USE;

/* What needs no state in a Network, also of network_set: ascending unique lists, lengths, limits, keys, powers, URLs,
 * custodians' indices 1..n, thresholds 1 <= t <= n, t >= 2 when n >= 2, t commitments that are curve points (none and
 * t = 0 with no custodians).  ERR_FORMAT, ERR_LIMIT, ERR_POINT.
 */
enum err network_shape_check(const Medlock__Network *n, struct err_info *info) MUST_USE;

#endif
