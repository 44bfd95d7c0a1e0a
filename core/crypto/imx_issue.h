/* SPDX-License-Identifier: Apache-2.0 */
/* How a holder gets a credential for tokens (core/crypto/imx.h) without the authority learning its secrets.
 *
 *   1. The authority sends its share s_c, once for each holder.
 *   2. The holder picks s_p, has s = s_p + s_c, and asks: a commitment to o and s_p, upk = s * G, O = o * G, and one proof that
 *      all three are made of the same o and s.  Neither side alone chose s.
 *   3. The authority checks the ask, and what else it knows of the holder, and signs, once for each purpose.
 *   4. The holder checks what it got (imx_credential_check): it is a credential for the published schema, or it is none.
 *
 * For a new epoch the authority signs again without the holder: all but the epoch of what is signed is a point that it keeps.
 * The ask's 272 bytes: commitment, upk, O, challenge, and the answers for blind, o and s_p (docs/formats/token.md).
 *
 * Timing: holder's and authority's sides are constant-time in their secrets.  Any thread.
 */
#ifndef MEDLOCK_CRYPTO_IMX_ISSUE_H
#define MEDLOCK_CRYPTO_IMX_ISSUE_H

#include "core/crypto/imx.h"

#define IMX_ASK_SIZE (3 * G1_SIZE + 4 * SCALAR_SIZE)

struct imx_ask { uint8_t b[IMX_ASK_SIZE]; }; /* as on the wire, unchecked */

/* What the holder keeps from the ask on: secrets. */
struct imx_holder { struct scalar blind, o, s; };

/* The holder's step.  authority_share: s_c; organisation: o; context: what the ask is for and by whom (network, account), so
 * that it cannot be shown elsewhere.  ERR_MEMORY.
 */
enum err imx_ask_make(struct imx_ask *ret, struct imx_holder *ret_holder, const struct imx_params *params,
		      const struct scalar *authority_share, const struct scalar *organisation, struct bytes context,
		      const struct rng *rng) MUST_USE;
void imx_holder_wipe(struct imx_holder *holder);

/* What the authority knows of a holder after a good ask; public. */
struct imx_asked { struct g1 commitment, upk, organisation; };

/* ERR_POINT for what is no point or scalar, ERR_PROOF for what does not hold. */
enum err imx_ask_check(struct imx_asked *ret, const struct imx_params *params, const struct scalar *authority_share,
		       const struct imx_ask *ask, struct bytes context) MUST_USE;

/* All of the signed point but the epoch, which the authority keeps for each credential. */
void imx_credential_base(struct g1 *ret, const struct imx_params *params, const struct imx_issuer *issuer,
			 const struct imx_attributes *attributes, const struct imx_asked *asked,
			 const struct scalar *authority_share);

/* The epoch's part: the same for all credentials. */
void imx_epoch_point(struct g1 *ret, const struct imx_params *params, uint32_t epoch);

/* The signature over base and epoch.  ERR_MEMORY; ERR_POINT in a case of no probability. */
enum err imx_credential_sign(struct bbs_signature *ret, const struct imx_params *params, const struct scalar *issuer_secret,
			     const struct g1 *base, const struct g1 *epoch_point) MUST_USE;

/* What the holder makes of a signature; to be checked before it is kept. */
void imx_credential_of(struct imx_credential *ret, const struct imx_holder *holder, const struct imx_attributes *attributes,
		       const struct bbs_signature *signature);

#endif
