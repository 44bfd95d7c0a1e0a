/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/imx_scene.h"

void imx_scene_begin(struct imx_scene *s, const struct rng *rng)
{
	struct network_id network;
	struct g2 key;

	*s = (struct imx_scene){.rng = rng};
	rng_fill(rng, network.b, sizeof(network.b));
	ASSERT(imx_params_make(&s->params, &network, 1) == ERR_OK);
	scalar_random(&s->issuer_secret, rng);
	g2_mul_generator(&key, &s->issuer_secret);
	ASSERT(imx_issuer_make(&s->issuer, s->params, 3, &key) == ERR_OK);
	threshold_deal(&s->auditors_key, s->shares, SCENE_NEEDED, SCENE_AUDITORS, rng);
	s->auditors = (struct imx_auditors){.number = 5, .key = s->auditors_key.commitments[0]};
	scalar_random(&s->owner_secret, rng);
	g1_mul_generator(&s->owner_key, &s->owner_secret);
	s->act = (struct imx_act){.class = IMX_REQUEST, .owner_key = &s->owner_key};
	rng_fill(rng, s->act.owner.b, ID_SIZE);
	rng_fill(rng, s->act.ph.b, ID_SIZE);
}

void imx_scene_end(struct imx_scene *s)
{
	s->params = imx_params_free(s->params);
}

void imx_scene_holder(struct imx_scene *s, struct imx_credential *ret)
{
	const struct imx_attributes attributes = {.role = 2, .purpose = 1, .tier = 1, .jurisdiction = 9, .epoch = SCENE_EPOCH};
	struct scalar share, organisation;
	struct bbs_signature signature;
	struct imx_holder holder;
	struct imx_asked asked;
	struct g1 base, epoch;
	struct imx_ask ask;

	scalar_random(&share, s->rng);
	scalar_random(&organisation, s->rng);
	ASSERT(imx_ask_make(&ask, &holder, s->params, &share, &organisation, bytes_str("scene"), s->rng) == ERR_OK);
	ASSERT(imx_ask_check(&asked, s->params, &share, &ask, bytes_str("scene")) == ERR_OK);
	imx_credential_base(&base, s->params, &s->issuer, &attributes, &asked, &share);
	imx_epoch_point(&epoch, s->params, SCENE_EPOCH);
	ASSERT(imx_credential_sign(&signature, s->params, &s->issuer_secret, &base, &epoch) == ERR_OK);
	imx_credential_of(ret, &holder, &attributes, &signature);
	ASSERT(imx_credential_check(ret, s->params, &s->issuer) == ERR_OK);
}

void imx_scene_upk(struct g1 *ret, const struct imx_credential *holder)
{
	g1_mul_generator(ret, &holder->s);
}

void imx_scene_token(struct imx_scene *s, struct buf *ret, const struct imx_credential *holder, unsigned flags, uint16_t i,
		     uint16_t j)
{
	struct imx_prepared *p;
	uint8_t fresh[8];

	*ret = (struct buf)BUF_INIT;
	put_be64(fresh, ++s->fresh);
	ASSERT(imx_prepare(&p, s->params, &s->issuer, &s->auditors, holder, false, bytes_of(fresh, sizeof(fresh)),
				     s->rng) == ERR_OK);
	ASSERT(imx_finish(ret, p, &s->act, flags, i, j) == ERR_OK);
}

enum err imx_scene_verify(const struct imx_scene *s, struct bytes token)
{
	struct imx_token t;

	TRY(imx_token_parse(&t, token));
	return imx_verify(&t, s->params, &s->issuer, &s->auditors, &s->act);
}
