/* SPDX-License-Identifier: Apache-2.0 */
/* Two proofs about discrete logarithms in G1: that one is known, and that two are equal.
 *
 * Both are sigma protocols made non-interactive with a challenge hashed over a purpose, the caller's context, every
 * base, statement and commitment, each with its length (Fiat and Shamir 1986, in the strong form of Bernhard,
 * Pereira and Warinschi 2012: the statement is inside).  On the wire a proof is the challenge e and the answer z, 64
 * bytes, both canonical scalars.  Provers run in constant time; verifiers work on public data.  Any thread.
 *
 * Sources: Schnorr 1991; Chaum and Pedersen 1992.
 */
#ifndef MEDLOCK_CRYPTO_SCHNORR_H
#define MEDLOCK_CRYPTO_SCHNORR_H

#include "core/crypto/curve.h"

#define SCHNORR_PROOF_SIZE 64
#define DLEQ_PROOF_SIZE 64

struct schnorr_proof { uint8_t b[SCHNORR_PROOF_SIZE]; }; /* as on the wire, unchecked */
struct dleq_proof { uint8_t b[DLEQ_PROOF_SIZE]; };

/* Prove that secret is known with public = secret * generator.  This is the proof of possession of an account's
 * `open` key; context says what for and by whom (network, account), so that it cannot be shown elsewhere.
 */
void schnorr_prove(struct schnorr_proof *ret, const struct scalar *secret, struct bytes context,
		   const struct rng *rng);

/* ERR_PROOF when it does not hold; the identity as public key never does. */
enum err schnorr_verify(const struct schnorr_proof *proof, const struct g1 *public, struct bytes context) MUST_USE;

/* What an equality proof is about: x_a = secret * base_a and x_b = secret * base_b. */
struct dleq {
	struct g1 base_a, x_a, base_b, x_b;
};

void dleq_prove(struct dleq_proof *ret, const struct dleq *statement, const struct scalar *secret,
		struct bytes context, const struct rng *rng);

/* ERR_PROOF when it does not hold, or a base is the identity. */
enum err dleq_verify(const struct dleq_proof *proof, const struct dleq *statement, struct bytes context) MUST_USE;

#endif
