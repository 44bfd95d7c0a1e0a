/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a token: by the owner alone, or by auditors together. */
#include "core/crypto/hash.h"
#include "core/crypto/imx_parts.h"
#include "core/crypto/threshold_kem.h"

void imx_owner_open(struct g1 *ret, const struct imx_token *token, const struct scalar *owner_secret)
{
	struct g1 mask;

	ASSERT(imx_has(&token->header, IMX_F));
	g1_mul(&mask, &token->point[IMX_E1], owner_secret);
	g1_sub(ret, &token->point[IMX_F], &mask);
	g1_wipe(&mask);
}

/* What a share is bound to: another token, or another opening of this one, has another. */
static struct hash32 share_context(const struct imx_token *token, struct bytes context)
{
	return hash_tagged("medlock imx1 opening", bytes_of(token->bytes, imx_token_size(&token->header)), context);
}

void imx_auditor_share(struct decryption_share *ret, const struct key_share *share, const struct imx_token *token,
		       struct bytes context, const struct rng *rng)
{
	struct hash32 bound = share_context(token, context);

	point_share_make(ret, share, &token->point[IMX_E1], BYTES_ID(bound), rng);
}

enum err imx_auditor_share_check(const struct threshold_key *key, const struct imx_token *token,
				 const struct decryption_share *share, struct bytes context, struct err_info *info)
{
	struct hash32 bound = share_context(token, context);
	enum err e = point_share_check(key, &token->point[IMX_E1], share, BYTES_ID(bound));

	if (e == ERR_RANGE)
		return err_set(info, e, "there is no auditor %u", share->index);
	return e == ERR_OK ? e : err_set(info, e, "the share of auditor %u is wrong", share->index);
}

enum err imx_auditors_open(struct g1 *ret, const struct threshold_key *key, const struct imx_token *token,
			   const struct decryption_share *shares, size_t count, struct bytes context, struct err_info *info)
{
	struct g1 mask;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < i; j++)
			if (shares[j].index == shares[i].index)
				return err_set(info, ERR_DUPLICATE, "two shares of auditor %u", shares[i].index);
		TRY(imx_auditor_share_check(key, token, &shares[i], context, info));
	}
	if (count < key->t)
		return err_set(info, ERR_RANGE, "%zu auditors, and %u are needed", count, key->t);
	TRY(point_shares_combine(&mask, key, shares, count));
	g1_sub(ret, &token->point[IMX_E2], &mask);
	return ERR_OK;
}
