/* SPDX-License-Identifier: Apache-2.0 */
/* BBS signatures over BLS12-381: sign a list of scalars once, show any part of it many times, each time by a proof that
 * nobody can link to the signature or to another proof.  Three interfaces share one core:
 *
 *   BBS_BASE       the signer sees all messages
 *   BBS_BLIND      some are committed to by the holder, and the signer never sees them
 *   BBS_PSEUDONYM  as blind, with secrets from which pseudonyms are made, one per context; a proof shows that a pseudonym
 *                  belongs to the holder, and two pseudonyms of one holder in two contexts cannot be linked
 *
 * Signed scalars have one order in all of them: the signer's messages, then (blind, pseudonym) the blinding factor of the
 * commitment and the committed messages, then (pseudonym) the secrets, the last one being the sum of the holder's and the
 * signer's part.  An index counts in this order from 0.
 *
 * Timing: making signatures, commitments, pseudonyms and proofs is constant-time in keys, messages and secrets; verifying
 * is not.  Nothing is kept between calls; any thread.  Points and scalars that come in as structs were parsed
 * (core/crypto/curve.h); what comes in as bytes is parsed here, strictly: exact length, canonical, in the subgroup, no
 * identity, no zero.
 *
 * The proofs of this file never stand on the ledger: tokens (core/crypto/imx.h) have a challenge of their own, under
 * another separation tag, so that neither can be taken for the other.
 *
 * Sources: draft-irtf-cfrg-bbs-signatures-10; draft-irtf-cfrg-bbs-blind-signatures-03 with the commitment layout of its
 * fixtures; draft-irtf-cfrg-bbs-per-verifier-linkability-03.  TZ23: Tessaro and Zhu, "Revisiting BBS signatures", 2023.
 */
#ifndef MEDLOCK_CRYPTO_BBS_H
#define MEDLOCK_CRYPTO_BBS_H

#include "core/base/buf.h"
#include "core/crypto/curve_hash.h"

#define BBS_SCALARS_MAX 48 /* signed scalars of one signature */
#define BBS_SIGNATURE_SIZE (G1_SIZE + SCALAR_SIZE)
#define BBS_COMMITMENT_SIZE(committed) (G1_SIZE + ((size_t)(committed) + 2) * SCALAR_SIZE) /* with its proof */
#define BBS_PROOF_SIZE(hidden) (3 * G1_SIZE + ((size_t)(hidden) + 4) * SCALAR_SIZE)
#define BBS_KEY_MATERIAL_MIN 32
#define BBS_KEY_INFO_MAX 65535u

enum bbs_kind { BBS_BASE, BBS_BLIND, BBS_PSEUDONYM };

/* What signer, holder and verifier have in common.  Its generators take about 60 us each: make it once and keep it. */
struct bbs_interface {
	enum curve_hash suite;
	enum bbs_kind kind;
	size_t messages;  /* of the signer */
	size_t committed; /* messages of the holder; 0 in BBS_BASE */
	size_t nyms;	  /* secrets of pseudonyms; 0 but in BBS_PSEUDONYM */
	size_t count;	  /* signed scalars in all */
	struct g1 p1, q1, h[BBS_SCALARS_MAX];
};

/* ERR_RANGE when there would be none or more than BBS_SCALARS_MAX scalars, or the kind has no such scalars. */
enum err bbs_interface_make(struct bbs_interface *ret, enum curve_hash suite, enum bbs_kind kind, size_t messages,
			    size_t committed, size_t nyms) MUST_USE;

/* A secret key from at least BBS_KEY_MATERIAL_MIN bytes; the public key is g2_mul_generator of it.  dst separates keys of
 * different uses.  ERR_RANGE; ERR_POINT in the case, of no probability, that it is zero.
 */
enum err bbs_key_derive(struct scalar *ret, enum curve_hash suite, struct bytes material, struct bytes info,
			struct bytes dst) MUST_USE;

/* The scalar that stands for a message of any length. */
void bbs_message(const struct bbs_interface *interface, struct scalar *ret, struct bytes message);

struct bbs_signature {
	struct g1 a;
	struct scalar e;
};

void bbs_signature_write(uint8_t out[BBS_SIGNATURE_SIZE], const struct bbs_signature *signature);
enum err bbs_signature_parse(struct bbs_signature *ret, struct bytes in) MUST_USE; /* ERR_TRUNCATED, ERR_POINT */

/* By the base interface: messages has interface->messages scalars.  header: bytes that are signed and always shown.
 * ERR_MEMORY; ERR_POINT when key and messages meet in the one value that has no inverse (no probability).
 */
enum err bbs_sign(struct bbs_signature *ret, const struct bbs_interface *interface, const struct scalar *key,
		  struct bytes header, const struct scalar *messages) MUST_USE;

/* By any interface: all interface->count signed scalars.  ERR_PROOF when it does not hold. */
enum err bbs_verify(const struct bbs_interface *interface, const struct g2 *key, struct bytes header,
		    const struct scalar *scalars, const struct bbs_signature *signature) MUST_USE;

/* ---- blind ---- */

/* The holder commits to interface->committed messages and then interface->nyms secrets, and proves that the commitment is
 * well made.  Appends BBS_COMMITMENT_SIZE bytes; ret_blind is a secret that the holder keeps.  ERR_MEMORY.
 */
enum err bbs_commit(struct buf *out, struct scalar *ret_blind, const struct bbs_interface *interface,
		    const struct scalar *committed, const struct rng *rng) MUST_USE;

/* The commitment's point, when its proof holds; ERR_TRUNCATED, ERR_POINT, ERR_PROOF. */
enum err bbs_commitment_check(struct g1 *ret, const struct bbs_interface *interface, struct bytes commitment) MUST_USE;

/* The signer signs its own messages and what the commitment hides.  An empty commitment hides nothing: blind 0, no
 * committed messages.  nym_entropy: the signer's part of the last secret in BBS_PSEUDONYM, else NULL.  Errors of
 * bbs_commitment_check and bbs_sign.
 */
enum err bbs_blind_sign(struct bbs_signature *ret, const struct bbs_interface *interface, const struct scalar *key,
			struct bytes header, const struct scalar *messages, struct bytes commitment,
			const struct scalar *nym_entropy) MUST_USE;

/* ---- proofs ---- */

/* What a proof is about, the same for prover and verifier. */
struct bbs_statement {
	const struct bbs_interface *interface;
	const struct g2 *key;
	struct bytes header;
	struct bytes presentation; /* bytes that the proof is bound to: nonce, purpose, transaction */
	const size_t *disclosed;   /* indexes of the scalars that are shown, rising */
	size_t disclosed_count;
	struct bytes context; /* of the pseudonym; empty but in BBS_PSEUDONYM */
};

/* The pseudonym of secrets (interface->nyms of them) in a context. */
void bbs_pseudonym(struct g1 *ret, const struct bbs_interface *interface, const struct scalar *secrets,
		   struct bytes context);

/* Appends BBS_PROOF_SIZE(hidden) bytes.  scalars: all that are signed.  ret_nym: the pseudonym, which goes with the proof;
 * NULL but in BBS_PSEUDONYM.  ERR_RANGE when the indexes are no rising list of the interface's, or a secret of
 * pseudonyms is disclosed.  Whether the signature holds is not looked at.
 */
enum err bbs_prove(struct buf *out, struct g1 *ret_nym, const struct bbs_statement *statement,
		   const struct bbs_signature *signature, const struct scalar *scalars, const struct rng *rng) MUST_USE;

/* values: the disclosed scalars, in the order of statement->disclosed.  nym: NULL but in BBS_PSEUDONYM.
 * ERR_RANGE, ERR_TRUNCATED and ERR_POINT for what is none; ERR_PROOF for what does not hold.
 */
enum err bbs_proof_verify(const struct bbs_statement *statement, const struct scalar *values, const struct g1 *nym,
			  struct bytes proof) MUST_USE;

#endif
