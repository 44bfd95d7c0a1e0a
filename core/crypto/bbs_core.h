/* SPDX-License-Identifier: Apache-2.0 */
/* The parts from which BBS signatures and proofs are composed: inside core/crypto only.  A proof is made in three steps,
 * begin, challenge, finish; who composes decides what else goes into the challenge.  Names of values are those of
 * draft-irtf-cfrg-bbs-signatures-10 (Abar, Bbar, D, T1, T2; a hat is a response, a tilde its random part).
 */
#ifndef MEDLOCK_CRYPTO_BBS_CORE_H
#define MEDLOCK_CRYPTO_BBS_CORE_H

#include "core/crypto/bbs.h"

#define BBS_DST_MAX 128
#define BBS_CHALLENGE_TAG "H2S_"

/* A separation tag of the interface: its identifier and a suffix. */
struct bbs_dst { char text[BBS_DST_MAX]; };
struct bytes bbs_dst(struct bbs_dst *buffer, const struct bbs_interface *interface, const char *suffix);

void bbs_append_point(struct buf *out, const struct g1 *p);
void bbs_append_scalar(struct buf *out, const struct scalar *s);

/* Hash what was gathered to a scalar, and wipe and release it; ERR_MEMORY when gathering it had no memory. */
enum err bbs_hash(struct scalar *ret, const struct bbs_interface *interface, struct buf *gathered, const char *suffix) MUST_USE;

enum err bbs_domain(struct scalar *ret, const struct bbs_interface *interface, const struct g2 *key,
		    struct bytes header) MUST_USE;

/* P1 + Q1 * domain + the sum of h[i] * scalars[i], i < count; constant-time. */
void bbs_base_point(struct g1 *ret, const struct bbs_interface *interface, const struct scalar *domain,
		    const struct scalar *scalars, size_t count);

/* e of a blind signature: hashed from the signed point alone, for the signer does not know what else is in it. */
enum err bbs_blind_e(struct scalar *ret, const struct bbs_interface *interface, const struct scalar *key,
		     const struct g1 *b) MUST_USE;

/* A = B / (key + e).  ERR_POINT when there is no such number. */
enum err bbs_signature_finish(struct bbs_signature *ret, const struct scalar *key, const struct scalar *e,
			      const struct g1 *b) MUST_USE;

/* Which scalars are hidden, in rising order. */
struct bbs_hidden { size_t index[BBS_SCALARS_MAX], count; };
enum err bbs_hidden(struct bbs_hidden *ret, const struct bbs_statement *statement) MUST_USE; /* ERR_RANGE */

/* What a proof says. */
struct bbs_shown {
	struct g1 abar, bbar, d;
	struct scalar e_hat, r1_hat, r3_hat, m_hat[BBS_SCALARS_MAX], challenge; /* m_hat: of the hidden, in order */
};

/* A proof in the making; wiped by bbs_prover_finish, or by bbs_prover_wipe when it is not finished. */
struct bbs_prover {
	struct bbs_hidden hidden;
	struct scalar r1, r2, e_tilde, r1_tilde, r3_tilde, m_tilde[BBS_SCALARS_MAX];
	struct g1 abar, bbar, d, t1, t2;
};

/* b: the signed point (bbs_base_point of all scalars).  Of the statement, its interface and what it discloses. */
enum err bbs_prover_begin(struct bbs_prover *ret, const struct bbs_statement *statement,
			  const struct bbs_signature *signature, const struct g1 *b, const struct rng *rng) MUST_USE;
void bbs_prover_finish(struct bbs_shown *ret, struct bbs_prover *p, const struct bbs_signature *signature,
		       const struct scalar *scalars, const struct scalar *challenge);
void bbs_prover_wipe(struct bbs_prover *p);

/* T1 and T2 as the verifier finds them; values: the disclosed scalars. */
enum err bbs_verifier_points(struct g1 *ret_t1, struct g1 *ret_t2, const struct bbs_statement *statement,
			     const struct bbs_hidden *hidden, const struct scalar *domain, const struct scalar *values,
			     const struct bbs_shown *shown) MUST_USE;

#endif
