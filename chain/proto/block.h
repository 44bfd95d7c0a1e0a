/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of CometBFT's block protocol 11 as plain structs: header, block id, commit, block; their bytes and hashes.
 *
 * Encoded bytes are those of CometBFT v0.38/v0.39 (chain/proto/comet.proto), so that a hash over them is its hash.
 * Decoding accepts what its decoder accepts (any field order, unknown fields skipped, the last scalar wins) within the
 * limits below.  A signed thing is always hashed as re-encoded from the struct, never as received.
 *
 * Pure functions, any thread.  Encoders append to out; their errors stick there.  Sources: CometBFT spec/core
 * (data_structures.md, encoding.md), types/block.go.  docs/formats/block.md has the tables.
 */
#ifndef MEDLOCK_PROTO_BLOCK_H
#define MEDLOCK_PROTO_BLOCK_H

#include "chain/proto/limits.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/crypto/merkle.h"
#include "core/crypto/sign.h"

#define BLOCK_PROTOCOL 11u
#define BLOCK_PART_SIZE 65536u
#define BLOCK_ENCODED_MAX (BLOCK_SIZE_MAX + 65536u) /* transactions, and header, commit and evidence beside them */
#define BLOCK_DECODED_MAX (4u * BLOCK_ENCODED_MAX)
#define BLOCK_EVIDENCE_MAX 64u
#define HEADER_ENCODED_MAX 2048u
#define COMMIT_ENCODED_MAX 65536u
#define VALIDATOR_ADDRESS_SIZE 20u
#define INCLUSION_MAX 4096u

/* Time as CometBFT writes it. */
struct block_time { int64_t seconds; int32_t nanos; };
#define BLOCK_TIME_ABSENT ((struct block_time){-62135596800, 0}) /* of a signature that is not there */

struct block_time block_time_of(struct time_ms t);
struct time_ms block_time_ms(struct block_time t); /* rounds down */
int block_time_compare(struct block_time x, struct block_time y);

/* A hash field: absent (len 0) or 32 bytes; only app_hash of foreign applications has other lengths up to 32. */
struct digest { uint8_t len; uint8_t b[32]; };

static inline struct digest digest_of(const struct hash32 *h)
{
	struct digest d = {.len = 32};

	memcpy(d.b, h->b, 32);
	return d;
}
static inline struct bytes digest_bytes(const struct digest *d)
{
	return bytes_of(d->b, d->len);
}
static inline bool digest_is(const struct digest *d, const struct hash32 *h)
{
	return d->len == 32 && memcmp(d->b, h->b, 32) == 0;
}
static inline bool digest_equal(const struct digest *x, const struct digest *y)
{
	return bytes_equal(digest_bytes(x), digest_bytes(y));
}

struct validator_address { uint8_t b[VALIDATOR_ADDRESS_SIZE]; };

/* All zero: no block (before the first; a vote for none). */
struct block_id {
	struct digest hash; /* header_hash */
	uint32_t total;     /* parts */
	struct digest parts;
};
bool block_id_equal(const struct block_id *x, const struct block_id *y);

struct block_header {
	uint64_t version_block, version_app;
	char chain_id[CHAIN_ID_MAX + 1];
	int64_t height;
	struct block_time time;
	struct block_id last_block_id;
	struct digest last_commit_hash, data_hash, validators_hash, next_validators_hash, consensus_hash;
	struct digest app_hash, last_results_hash, evidence_hash;
	bool has_proposer;
	struct validator_address proposer;
};

enum commit_flag { COMMIT_ABSENT = 1, COMMIT_FOR_BLOCK = 2, COMMIT_NIL = 3 };

struct commit_sig {
	enum commit_flag flag;
	struct validator_address address; /* zero when absent */
	struct block_time time;           /* BLOCK_TIME_ABSENT when absent */
	struct signature signature;       /* zero when absent */
};

struct commit {
	int64_t height;
	int32_t round;
	struct block_id block_id;
	uint32_t count; /* as many as validators; 0 only in the first block, whose commit is all zero */
	struct commit_sig sigs[VALIDATORS_MAX];
};

/* A decoded block owns what its views point to: block_release.  One that is built owns nothing. */
struct block {
	struct block_header header;
	const struct bytes *txs;
	size_t tx_count;
	const struct bytes *evidence; /* each one marshalled Evidence, kept as it is; ours never have any */
	size_t evidence_count;
	struct commit last_commit;
	void *owned[3];
};

void header_encode(struct buf *out, const struct block_header *h);
void commit_encode(struct buf *out, const struct commit *c);
void block_encode(struct buf *out, const struct block *b);

/* ERR_FORMAT, ERR_TOO_LARGE, ERR_MEMORY; ret untouched then.  Shapes are checked too: lengths of hashes, addresses and
 * signatures, flags, counts, chain id, nanoseconds, heights not negative.
 */
enum err header_decode(struct block_header *ret, struct bytes in, struct err_info *info) MUST_USE;
enum err commit_decode(struct commit *ret, struct bytes in, struct err_info *info) MUST_USE;
enum err block_decode(struct block *ret, struct bytes in, struct err_info *info) MUST_USE;
void block_release(struct block *b);

/* Only the block id of an encoded commit. */
enum err commit_block_id(struct block_id *ret, struct bytes commit) MUST_USE;

/* ---- hashes ---- */

/* Merkle root over the 14 encoded fields; zero when validators_hash is absent, as CometBFT's nil. */
struct hash32 header_hash(const struct block_header *h);
struct block_id block_id_of(const struct hash32 *header_hash, struct bytes encoded_block);
struct hash32 block_data_hash(const struct bytes *txs, size_t count); /* leaves are SHA-256 of each transaction */
struct hash32 commit_hash(const struct commit *c);                    /* last_commit_hash of the next header */
struct hash32 block_consensus_hash(int64_t max_bytes, int64_t max_gas);
struct hash32 block_empty_hash(void); /* SHA-256(""): evidence, and the first block's commit and results */
enum err block_evidence_hash(struct hash32 *ret, const struct bytes *evidence, size_t count) MUST_USE;

/* last_results_hash: what enters it of each result. */
struct block_result {
	uint32_t code;
	struct bytes data;
	int64_t gas_wanted, gas_used;
};
enum err block_results_hash(struct hash32 *ret, const struct block_result *results, size_t count) MUST_USE;

/* That a decoded block's header fits what it carries: data_hash, evidence_hash, last_commit_hash.  ERR_CHAIN. */
enum err block_check(const struct block *b, struct err_info *info) MUST_USE;

/* ---- precommits ---- */

/* What a validator signs (CanonicalVote with its length in front).  id all zero: a vote for no block. */
void vote_sign_bytes(struct buf *out, const char *chain_id, int64_t height, int32_t round, const struct block_id *id,
		     struct block_time time);

/* ---- proofs of transactions ---- */

/* Canonical bytes: be32 total, be32 index, then the aunts from the bottom, 32 bytes each; appended. */
void inclusion_prove(struct buf *out, const struct tx_id *ids, size_t count, size_t index);
/* That the transaction with this id is at *ret_index of the block with this data_hash.  ERR_PROOF. */
enum err inclusion_verify(uint32_t *ret_index, struct bytes proof, const struct hash32 *data_hash,
			  const struct tx_id *id) MUST_USE;

#endif
