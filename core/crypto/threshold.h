/* SPDX-License-Identifier: Apache-2.0 */
/* Threshold encryption of file keys to the custodians: TDH2 of Shoup and Gennaro over G1, as a key encapsulation.
 *
 * One public key Y = x*G belongs to n custodians; each holds a share of x, any t of them open a capsule, fewer learn
 * nothing.  A capsule can be checked by anybody before anybody answers it, and is bound to a label, so that nobody
 * can have a capsule opened that was taken from somebody else's deposit or changed (security against chosen
 * ciphertexts).  An answer is checked against the custodian's public share, so a wrong one is named.
 *
 * Making a capsule has two phases, because its label is the whole deposit, which contains the encrypted file, which
 * needs the key: capsule_begin gives u, u' and the key; the file is encrypted; capsule_finish proves for the label.
 *
 * Custodians are numbered from 1.  No state, any thread; functions with secrets run in constant time.
 * Format and reasons: docs/formats/threshold.md.  Sources: Shoup and Gennaro, "Securing Threshold Cryptosystems
 * against Chosen Ciphertext Attack", J. Cryptology 15 (2002), TDH2; Shamir 1979; Feldman 1987.
 */
#ifndef MEDLOCK_CRYPTO_THRESHOLD_H
#define MEDLOCK_CRYPTO_THRESHOLD_H

#include "core/crypto/curve.h"
#include "core/crypto/schnorr.h"

#define THRESHOLD_N_MAX 128 /* custodians of one key */
#define THRESHOLD_KEY_SIZE(t) (2 + 2 + (size_t)(t) * G1_SIZE)
#define THRESHOLD_KEY_SIZE_MAX THRESHOLD_KEY_SIZE(THRESHOLD_N_MAX)
#define CAPSULE_SIZE 160
#define CAPSULE_FILE_KEY_SIZE 16 /* of an age file */
#define CAPSULE_BODY_SIZE 32     /* a wrapped file key: ciphertext and tag */
#define DECRYPTION_SHARE_SIZE (2 + G1_SIZE + DLEQ_PROOF_SIZE)

/* Keys. */

/* The public side: Feldman commitments to the t coefficients of the polynomial; the first is Y. */
struct threshold_key {
	uint16_t t, n;
	struct g1 commitments[THRESHOLD_N_MAX];
};

/* A custodian's secret: the polynomial at index.  Keep in guarded memory, wipe after use. */
struct key_share {
	uint16_t index;
	struct scalar x;
};

/* Deal a new key with rng: n shares into shares[0..n-1].  Asserts 1 <= t <= n <= THRESHOLD_N_MAX. */
void threshold_deal(struct threshold_key *ret, struct key_share *ret_shares, uint16_t t, uint16_t n,
		    const struct rng *rng);

/* The wire form, t and n big-endian and the commitments; THRESHOLD_KEY_SIZE(t) bytes, which write returns.
 * ERR_FORMAT for sizes and limits, ERR_POINT.
 */
size_t threshold_key_write(uint8_t out[THRESHOLD_KEY_SIZE_MAX], const struct threshold_key *key);
enum err threshold_key_parse(struct threshold_key *ret, struct bytes in) MUST_USE;

/* x_index * G, from the commitments alone; asserts 1 <= index <= n. */
void threshold_public_share(struct g1 *ret, const struct threshold_key *key, uint16_t index);

/* That a dealt share belongs to the commitments: ERR_PROOF otherwise. */
enum err key_share_check(const struct threshold_key *key, const struct key_share *share) MUST_USE;
/* The secret itself from the first t of count shares that were checked: for keys that are split to be put together again.
 * Asserts distinct indices in 1..n.  ERR_RANGE when there are fewer than t.
 */
enum err key_shares_combine(struct scalar *ret, const struct threshold_key *key, const struct key_share *shares,
			    size_t count) MUST_USE;
void key_share_wipe(struct key_share *share);

/* Capsules. */

struct capsule { uint8_t b[CAPSULE_SIZE]; }; /* u, u', e, f as on the wire, unchecked */
struct capsule_key { uint8_t b[32]; };       /* secret: what a file key is wrapped under */

/* The secret between the two phases; wiped by capsule_finish or capsule_cancel. */
struct capsule_draft {
	struct scalar r;
	struct g1 u, u2;
};

/* Pick r; the key is ready for capsule_wrap. */
void capsule_begin(struct capsule_draft *ret, struct capsule_key *ret_key, const struct threshold_key *to,
		   const struct rng *rng);

/* Prove for the label and wipe the draft.  The label must contain or hash everything that the capsule is to be bound
 * to, also the wrapped body or the file that contains it.
 */
void capsule_finish(struct capsule *ret, struct capsule_draft *draft, struct bytes label, const struct rng *rng);
void capsule_cancel(struct capsule_draft *draft);

/* What anybody checks: ERR_POINT for bad points or scalars, ERR_PROOF when it was not made for this label. */
enum err capsule_check(const struct capsule *capsule, struct bytes label) MUST_USE;

/* The 48 bytes that name a capsule: a capsule with a u seen before is refused on the ledger. */
static inline struct bytes capsule_u(const struct capsule *capsule)
{
	return bytes_of(capsule->b, G1_SIZE);
}

/* Encrypt a file key under a capsule's key with ChaCha20-Poly1305; u (48 bytes) is bound.  Each key is used once. */
enum err capsule_wrap(uint8_t ret_body[CAPSULE_BODY_SIZE], const struct capsule_key *key, const uint8_t u[G1_SIZE],
		      const uint8_t file_key[CAPSULE_FILE_KEY_SIZE]) MUST_USE;

/* ERR_DECRYPT when key, u or body do not belong together. */
enum err capsule_unwrap(uint8_t ret_file_key[CAPSULE_FILE_KEY_SIZE], const struct capsule_key *key,
			const uint8_t u[G1_SIZE], const uint8_t body[CAPSULE_BODY_SIZE]) MUST_USE;
void capsule_key_wipe(struct capsule_key *key);
static inline const uint8_t *capsule_draft_u(const struct capsule_draft *draft, uint8_t out[G1_SIZE])
{
	g1_write(out, &draft->u);
	return out;
}

/* Opening. */

/* x_i * u and the proof that it is; as on the wire after parsing. */
struct decryption_share {
	uint16_t index;
	struct g1 point;
	struct dleq_proof proof;
};

void decryption_share_write(uint8_t out[DECRYPTION_SHARE_SIZE], const struct decryption_share *share);

/* ERR_POINT, ERR_FORMAT (an index outside 1..THRESHOLD_N_MAX). */
enum err decryption_share_parse(struct decryption_share *ret, const uint8_t in[DECRYPTION_SHARE_SIZE]) MUST_USE;

/* A custodian answers.  The capsule is checked for the label first, always; context is what this answer is for
 * (grant, requester, custodian, key generation).  Errors of capsule_check.
 */
enum err capsule_answer(struct decryption_share *ret, const struct key_share *share, const struct capsule *capsule,
			struct bytes label, struct bytes context, const struct rng *rng) MUST_USE;

/* Check one answer.  ERR_CUSTODIAN names the custodian in info; ERR_POINT for a bad capsule.  The capsule itself is
 * checked with capsule_check, once.
 */
enum err decryption_share_check(const struct threshold_key *key, const struct capsule *capsule,
				const struct decryption_share *share, struct bytes context,
				struct err_info *info) MUST_USE;

/* Combine the first t of count shares that were checked.  Asserts distinct indices in 1..n.  ERR_RANGE when there are
 * fewer than t.  A share that was not checked gives a wrong key, which opens nothing.
 */
enum err capsule_combine(struct capsule_key *ret, const struct threshold_key *key, const struct capsule *capsule,
			 const struct decryption_share *shares, size_t count) MUST_USE;

/* Check all shares, each with its context, and combine.  ERR_CUSTODIAN sets *ret_cheat to the index of the first
 * wrong one; two of one index are ERR_DUPLICATE.
 */
enum err capsule_open(struct capsule_key *ret, uint16_t *ret_cheat, const struct threshold_key *key,
		      const struct capsule *capsule, const struct decryption_share *shares,
		      const struct bytes *contexts, size_t count, struct err_info *info) MUST_USE;

#endif
