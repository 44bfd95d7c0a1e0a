/* SPDX-License-Identifier: Apache-2.0 */
/* A small synthetic network for tests: accounts with real keys, a genesis, and signed transactions.
 *
 * Everything is made from a seed, so that a run can be repeated.  Functions ASSERT on failure: they build valid things.
 */
#ifndef MEDLOCK_TESTS_WORLD_H
#define MEDLOCK_TESTS_WORLD_H

#include "chain/contract/contract.h"
#include "chain/proto/genesis.h"
#include "core/base/rng.h"
#include "core/crypto/secret.h"
#include "core/crypto/threshold.h"
#include "memory_kv.h"

#define WORLD_TIME 1795392000000ll /* of the genesis */
#define WORLD_HEIGHT 10

struct world_account {
	struct account_id id;
	struct secret *sign_seed;
	struct sign_public sign;
	uint8_t seal[32];
	uint8_t open[48], open_proof[64];
	uint32_t role;
	struct organisation_id organisation;
};

struct world {
	struct seeded_rng seeded;
	const struct rng *rng;
	struct network_id network;
	struct threshold_key key;
	struct key_share shares[3]; /* 2 of 3 */
	struct world_account op, ca, peer[3];
	struct buf genesis;         /* canonical */
	struct memory_kv *memory;
	struct contract_kv kv;
	struct contract_block block;
};

/* A genesis with one operator, one authority, three custodian peers, and its state in memory. */
void world_init(struct world *w, uint64_t seed);
void world_init_at(struct world *w, uint64_t seed, int64_t time); /* of the genesis, ms */
void world_release(struct world *w);

/* Keys alone, not on the ledger. */
void world_account_new(struct world_account *ret, const struct rng *rng, const struct network_id *network, uint32_t role);
void world_account_release(struct world_account *a);
/* Wire forms with views into a, good while a lives. */
void world_keyset(Medlock__KeySet *ret, const struct world_account *a);
void world_keys_sign(uint8_t ret[64], const struct world_account *a, const struct network_id *network);

/* New keys, anchored by the CA with these attributes. */
void world_enrol(struct world *w, struct world_account *ret, uint32_t role, const struct organisation_id *organisation,
		 uint32_t rights, const uint32_t *purposes, size_t purpose_count);

/* A body of the world with fresh salt and valid_until = height + 100; the caller sets the action. */
Medlock__Body world_body(struct world *w, uint8_t salt[16]);
/* Encode, sign, assemble. */
void world_sign(struct buf *ret_tx, const struct world *w, const Medlock__Body *body, const struct world_account *by);
/* Sign, parse, apply in the world's block; returns the result's code as an enum err (ERR_OK or negative).
 * result may be NULL; sink may be NULL.
 */
enum err world_apply(struct world *w, struct contract_result *result, const Medlock__Body *body,
		     const struct world_account *by, const struct contract_sink *sink);

/* A deposit of `owner` with one capsule per form (bits of FORM), bound to depositor.  Release with world_deposit_free. */
Medlock__RecordDeposit *world_deposit_new(struct world *w, const struct account_id *owner,
					  const struct world_account *depositor, uint32_t category, uint32_t forms);
/* After changes to the deposit: prove the capsules anew for it. */
void world_deposit_seal(struct world *w, Medlock__RecordDeposit *d, const struct account_id *depositor);
void world_deposit_free(Medlock__RecordDeposit *d);
/* Deposit by `by` and give the record's id. */
struct record_id world_record(struct world *w, const struct account_id *owner, const struct world_account *by,
			      uint32_t category, uint32_t forms);

#endif
