/* SPDX-License-Identifier: Apache-2.0 */
/* The holder's ask is one proof for three equations:
 *
 *   C = Q_2 * blind + J_o * o + J_s * s_p      upk - s_c * G = s_p * G      O = o * G
 */
#include "core/crypto/imx_issue.h"

#include "core/crypto/imx_parts.h"
#include "core/crypto/secret.h"

#define ASK_TAG "IMX1_ASK_H2S_"

enum { VALUE_BLIND, VALUE_O, VALUE_S_P, VALUES };

/* C, s_p * G and O of three values; constant-time. */
static void three_points(struct g1 ret[3], const struct imx_params *params, const struct scalar values[VALUES])
{
	struct g1 term;

	g1_mul(&ret[0], &params->bbs.h[IMX_BLIND], &values[VALUE_BLIND]);
	g1_mul(&term, &params->bbs.h[IMX_O], &values[VALUE_O]);
	g1_add(&ret[0], &ret[0], &term);
	g1_mul(&term, &params->bbs.h[IMX_S], &values[VALUE_S_P]);
	g1_add(&ret[0], &ret[0], &term);
	g1_mul_generator(&ret[1], &values[VALUE_S_P]);
	g1_mul_generator(&ret[2], &values[VALUE_O]);
	g1_wipe(&term);
}

static enum err challenge(struct scalar *ret, const struct imx_params *params, const struct imx_asked *asked,
			  const struct scalar *authority_share, const struct g1 t[3], struct bytes context)
{
	struct buf in = BUF_INIT;

	buf_append_bytes(&in, imx_bbs_header(params));
	bbs_append_point(&in, &asked->commitment);
	bbs_append_point(&in, &asked->upk);
	bbs_append_point(&in, &asked->organisation);
	bbs_append_scalar(&in, authority_share);
	for (size_t i = 0; i < 3; i++)
		bbs_append_point(&in, &t[i]);
	buf_append_be64(&in, context.len);
	buf_append_bytes(&in, context);
	return bbs_hash(ret, &params->bbs, &in, ASK_TAG);
}

/* ---- holder ---- */

static void write_ask(struct imx_ask *ret, const struct imx_asked *asked, const struct scalar *c,
		      const struct scalar values[VALUES], const struct scalar tilde[VALUES])
{
	uint8_t *at = ret->b + 3 * G1_SIZE;
	struct scalar answer;

	g1_write(ret->b, &asked->commitment);
	g1_write(ret->b + G1_SIZE, &asked->upk);
	g1_write(ret->b + 2 * G1_SIZE, &asked->organisation);
	scalar_write(at, c);
	for (size_t i = 0; i < VALUES; i++) {
		scalar_mul(&answer, &values[i], c);
		scalar_add(&answer, &answer, &tilde[i]);
		scalar_write(at += SCALAR_SIZE, &answer);
	}
}

static enum err ask(struct imx_ask *ret, const struct imx_params *params, const struct scalar *authority_share,
		    const struct scalar values[VALUES], const struct scalar tilde[VALUES], struct bytes context)
{
	struct g1 points[3], t[3], share;
	struct imx_asked asked;
	struct scalar c;

	three_points(points, params, values);
	three_points(t, params, tilde);
	g1_mul_generator(&share, authority_share);
	asked.commitment = points[0];
	g1_add(&asked.upk, &points[1], &share);
	asked.organisation = points[2];
	TRY(challenge(&c, params, &asked, authority_share, t, context));
	write_ask(ret, &asked, &c, values, tilde);
	return ERR_OK;
}

enum err imx_ask_make(struct imx_ask *ret, struct imx_holder *ret_holder, const struct imx_params *params,
		      const struct scalar *authority_share, const struct scalar *organisation, struct bytes context,
		      const struct rng *rng)
{
	struct scalar values[VALUES], tilde[VALUES];
	enum err e;

	scalar_random(&values[VALUE_BLIND], rng);
	values[VALUE_O] = *organisation;
	scalar_random(&values[VALUE_S_P], rng);
	for (size_t i = 0; i < VALUES; i++)
		scalar_random(&tilde[i], rng);
	e = ask(ret, params, authority_share, values, tilde, context);
	ret_holder->blind = values[VALUE_BLIND];
	ret_holder->o = *organisation;
	scalar_add(&ret_holder->s, &values[VALUE_S_P], authority_share);
	secret_wipe(values, sizeof(values));
	secret_wipe(tilde, sizeof(tilde));
	return e;
}

void imx_holder_wipe(struct imx_holder *holder)
{
	secret_wipe(holder, sizeof(*holder));
}

void imx_credential_of(struct imx_credential *ret, const struct imx_holder *holder, const struct imx_attributes *attributes,
		       const struct bbs_signature *signature)
{
	*ret = (struct imx_credential){.attributes = *attributes, .signature = *signature, .blind = holder->blind,
				       .o = holder->o, .s = holder->s};
}

/* ---- authority ---- */

/* What the holder's random points were, from its answers. */
static enum err recompute(struct g1 t[3], const struct imx_params *params, const struct imx_asked *asked, const struct g1 *own,
			  const struct scalar *minus_c, const struct scalar answers[VALUES])
{
	const struct g1 points[4] = {params->bbs.h[IMX_BLIND], params->bbs.h[IMX_O], params->bbs.h[IMX_S], asked->commitment};
	const struct scalar scalars[4] = {answers[VALUE_BLIND], answers[VALUE_O], answers[VALUE_S_P], *minus_c};
	struct g1 generator;

	g1_generator(&generator);
	g1_sum2_public(&t[1], &generator, &answers[VALUE_S_P], own, minus_c);
	g1_sum2_public(&t[2], &generator, &answers[VALUE_O], &asked->organisation, minus_c);
	return g1_sum_public(&t[0], points, scalars, 4);
}

enum err imx_ask_check(struct imx_asked *ret, const struct imx_params *params, const struct scalar *authority_share,
		       const struct imx_ask *ask_bytes, struct bytes context)
{
	const uint8_t *at = ask_bytes->b + 3 * G1_SIZE;
	struct scalar c, minus_c, answers[VALUES], expected;
	struct g1 t[3], share, own;

	TRY(g1_parse(&ret->commitment, ask_bytes->b));
	TRY(g1_parse(&ret->upk, ask_bytes->b + G1_SIZE));
	TRY(g1_parse(&ret->organisation, ask_bytes->b + 2 * G1_SIZE));
	TRY(scalar_parse_nonzero(&c, at));
	for (size_t i = 0; i < VALUES; i++)
		TRY(scalar_parse_nonzero(&answers[i], at += SCALAR_SIZE));
	g1_mul_generator(&share, authority_share);
	g1_sub(&own, &ret->upk, &share);
	if (g1_is_identity(&own))
		return ERR_PROOF; /* its own part would be nothing */
	scalar_neg(&minus_c, &c);
	TRY(recompute(t, params, ret, &own, &minus_c, answers));
	TRY(challenge(&expected, params, ret, authority_share, t, context));
	return scalar_equal(&expected, &c) ? ERR_OK : ERR_PROOF;
}

void imx_credential_base(struct g1 *ret, const struct imx_params *params, const struct imx_issuer *issuer,
			 const struct imx_attributes *attributes, const struct imx_asked *asked,
			 const struct scalar *authority_share)
{
	struct scalar value;
	struct g1 term;

	bbs_base_point(ret, &params->bbs, &issuer->domain, NULL, 0);
	for (size_t i = 0; i < IMX_ATTRIBUTES; i++) {
		if (i == IMX_EPOCH)
			continue;
		imx_attribute(&value, params, attributes, i);
		g1_mul(&term, &params->bbs.h[i], &value);
		g1_add(ret, ret, &term);
	}
	g1_mul(&term, &params->bbs.h[IMX_S], authority_share);
	g1_add(ret, ret, &term);
	g1_add(ret, ret, &asked->commitment);
}

void imx_epoch_point(struct g1 *ret, const struct imx_params *params, uint32_t epoch)
{
	const struct imx_attributes attributes = {.epoch = epoch};
	struct scalar value;

	imx_attribute(&value, params, &attributes, IMX_EPOCH);
	g1_mul(ret, &params->bbs.h[IMX_EPOCH], &value);
}

enum err imx_credential_sign(struct bbs_signature *ret, const struct imx_params *params, const struct scalar *issuer_secret,
			     const struct g1 *base, const struct g1 *epoch_point)
{
	struct scalar e;
	struct g1 b;

	g1_add(&b, base, epoch_point);
	TRY(bbs_blind_e(&e, &params->bbs, issuer_secret, &b));
	return bbs_signature_finish(ret, issuer_secret, &e, &b);
}
