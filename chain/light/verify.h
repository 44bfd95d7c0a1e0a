/* SPDX-License-Identifier: Apache-2.0 */
/* The light client's rules, without any I/O: from a header that is trusted to another one.
 *
 * Forwards, adjacent: the new validators are the ones that the trusted header announces, and more than 2/3 of their
 * power signed.  Forwards, over a gap: more than 1/3 of the trusted validators' power signed, then more than 2/3 of
 * the new ones'.  Backwards: by hash alone.
 *
 * Signatures are checked by libsodium's strict rule; one that fails counts for nothing and stops nothing, since a
 * single odd signature must not stop every client.  At each place the commit must name the validator who stands there.
 *
 * Pure, any thread.  Sources: CometBFT light/verifier.go, types/validation.go; docs/formats/block.md.
 */
#ifndef MEDLOCK_LIGHT_VERIFY_H
#define MEDLOCK_LIGHT_VERIFY_H

#include "chain/proto/block.h"
#include "chain/proto/genesis.h"
#include "chain/proto/validators.h"

#define LIGHT_DRIFT_MS 10000 /* how far ahead of our clock a header may be */
#define LIGHT_TRUSTING_MS (21 * MS_PER_DAY)

struct light_options {
	int64_t trusting_ms; /* how long a header vouches for its successors; 0: for ever */
	int64_t drift_ms;
};
#define LIGHT_OPTIONS_DEFAULT ((struct light_options){LIGHT_TRUSTING_MS, LIGHT_DRIFT_MS})

/* What is trusted.  Height 0 is the genesis: only chain id, time and next_validators_hash of the header are set. */
struct light_trust {
	struct block_header header;
	struct validator_set validators;
};

/* What a peer shows for one height. */
struct light_block {
	struct block_header header;
	struct commit commit;
};

/* The first trust, from the genesis itself. */
enum err light_trust_genesis(struct light_trust *ret, const Medlock__Genesis *genesis) MUST_USE;

/* Decode Header and Commit as the peer API carries them. */
enum err light_block_decode(struct light_block *ret, struct bytes header, struct bytes commit,
			    struct err_info *info) MUST_USE;

/* Verify a later block; trust moves to it on success and is untouched otherwise.  validators: the set of the new
 * header, or NULL for the trusted one.  ERR_CHAIN: invalid (info says why); ERR_TRUST: not enough trusted validators
 * signed across this gap, take a smaller step; ERR_EXPIRED: the trusted header is too old.
 */
enum err light_verify(struct light_trust *trust, const struct light_block *block,
		      const struct validator_set *validators, const struct light_options *options, struct time_ms now,
		      struct err_info *info) MUST_USE;

/* That earlier is the direct predecessor of later: by hash, height, chain and time.  ERR_CHAIN. */
enum err light_verify_back(const struct block_header *later, const struct block_header *earlier,
			   struct err_info *info) MUST_USE;

/* That the commit is one for this header, and more than 2/3 of the set's power signed it.  ERR_CHAIN. */
enum err light_check_commit(const struct light_block *block, const struct validator_set *validators,
			    struct err_info *info) MUST_USE;

/* A row of the state: that after height header->height - 1 the key had *value, or none with value NULL.
 * ERR_PROOF.  proof: core/crypto/trie.h.
 */
enum err light_check_row(const struct block_header *header, struct bytes key, const struct bytes *value,
			 struct bytes proof) MUST_USE;

#endif
