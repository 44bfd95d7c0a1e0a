/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters, credentials and scopes. */
#include "core/crypto/imx.h"

#include <stdlib.h>

#include "core/crypto/imx_parts.h"
#include "core/crypto/secret.h"

#define SCOPE_SIZE (ID_SIZE + 4 + 1 + ID_SIZE + 2)

static enum err make_tables(struct imx_params *p)
{
	struct g1 points[2 + IMX_SCALARS] = {p->bbs.p1, p->bbs.q1}, generator;
	struct g2 base;

	memcpy(&points[2], p->bbs.h, IMX_SCALARS * sizeof(points[0]));
	g1_generator(&generator);
	g2_generator(&base);
	g2_lines_make(&p->generator2, &base);
	TRY(g1_table_make(&p->signed_points, points, 2 + IMX_SCALARS));
	return g1_table_make(&p->generator, &generator, 1);
}

enum err imx_params_make(struct imx_params **ret, const struct network_id *network, uint16_t schema)
{
	struct imx_params *p = calloc(1, sizeof(*p));
	enum err e;

	if (p == NULL)
		return ERR_MEMORY;
	p->network = *network;
	memcpy(p->header, "IMX1", 4);
	memcpy(p->header + 4, network->b, ID_SIZE);
	p->header[4 + ID_SIZE] = (uint8_t)(schema >> 8);
	p->header[5 + ID_SIZE] = (uint8_t)schema;
	e = bbs_interface_make(&p->bbs, CURVE_SHA256, BBS_PSEUDONYM, IMX_ATTRIBUTES, 1, 1);
	ASSERT(e != ERR_OK || p->bbs.count == IMX_SCALARS);
	if (e == ERR_OK)
		e = make_tables(p);
	if (e != ERR_OK)
		p = imx_params_free(p);
	*ret = p;
	return e;
}

struct imx_params *imx_params_free(struct imx_params *p)
{
	if (p == NULL)
		return NULL;
	g1_table_free(p->signed_points);
	g1_table_free(p->generator);
	free(p);
	return NULL;
}

const struct bbs_interface *imx_interface(const struct imx_params *p)
{
	return &p->bbs;
}

struct bytes imx_bbs_header(const struct imx_params *p)
{
	return bytes_of(p->header, sizeof(p->header));
}

enum err imx_issuer_make(struct imx_issuer *ret, const struct imx_params *params, uint16_t number, const struct g2 *key)
{
	ret->number = number;
	ret->key = *key;
	g2_lines_make(&ret->lines, key);
	return bbs_domain(&ret->domain, &params->bbs, key, imx_bbs_header(params));
}

/* ---- credentials ---- */

void imx_attribute(struct scalar *ret, const struct imx_params *params, const struct imx_attributes *attributes, size_t i)
{
	const uint64_t values[IMX_ATTRIBUTES] = {
		[IMX_ROLE] = attributes->role, [IMX_PURPOSE] = attributes->purpose, [IMX_EPOCH] = attributes->epoch,
		[IMX_TIER] = attributes->tier, [IMX_JURISDICTION] = attributes->jurisdiction,
	};
	uint8_t message[2 + 8] = {0, (uint8_t)i};

	ASSERT(i < IMX_ATTRIBUTES);
	put_be64(message + 2, values[i]);
	bbs_message(&params->bbs, ret, bytes_of(message, sizeof(message)));
}

void imx_credential_scalars(struct scalar ret[IMX_SCALARS], const struct imx_params *params,
			    const struct imx_credential *credential)
{
	for (size_t i = 0; i < IMX_ATTRIBUTES; i++)
		imx_attribute(&ret[i], params, &credential->attributes, i);
	ret[IMX_BLIND] = credential->blind;
	ret[IMX_O] = credential->o;
	ret[IMX_S] = credential->s;
}

/* e(A, W) * e(A * e - B, BP2) = 1. */
enum err imx_credential_check(struct imx_credential *credential, const struct imx_params *params,
			      const struct imx_issuer *issuer)
{
	const struct g2_lines *lines[2] = {&issuer->lines, &params->generator2};
	struct g1 points[2] = {credential->signature.a};
	struct scalar scalars[IMX_SCALARS];

	imx_credential_scalars(scalars, params, credential);
	bbs_base_point(&credential->signed_point, &params->bbs, &issuer->domain, scalars, IMX_SCALARS);
	secret_wipe(scalars, sizeof(scalars));
	g1_mul(&points[1], &points[0], &credential->signature.e);
	g1_sub(&points[1], &points[1], &credential->signed_point);
	return pairing_lines_is_one(points, lines, 2) ? ERR_OK : ERR_PROOF;
}

void imx_credential_wipe(struct imx_credential *credential)
{
	secret_wipe(credential, sizeof(*credential));
}

/* ---- scopes ---- */

void imx_scope(struct g1 *ret, const struct imx_params *params, enum imx_class class, const uint8_t subject[ID_SIZE],
	       uint32_t epoch, uint16_t counter)
{
	uint8_t scope[SCOPE_SIZE], *at = scope;
	struct bbs_dst buffer;

	memcpy(at, params->network.b, ID_SIZE);
	at += ID_SIZE;
	put_be32(at, epoch);
	at[4] = (uint8_t)class;
	memcpy(at + 5, subject, ID_SIZE);
	at += 5 + ID_SIZE;
	at[0] = (uint8_t)(counter >> 8);
	at[1] = (uint8_t)counter;
	curve_point(params->bbs.suite, ret, bytes_of(scope, sizeof(scope)), bbs_dst(&buffer, &params->bbs, "IMX1_SCOPE_"));
}

void imx_rule_name(struct g1 *ret, const struct imx_params *params, enum imx_class class, const struct account_id *owner,
		   const struct scalar *secret)
{
	ASSERT(class == IMX_ORGANISATION || class == IMX_PERSON);
	imx_scope(ret, params, class, owner->b, 0, 0);
	g1_mul(ret, ret, secret);
}

void imx_scopes(struct g1 ret[IMX_POINTS], const struct imx_params *params, const struct imx_header *header,
		const struct imx_act *act)
{
	static const uint8_t nobody[ID_SIZE];
	uint32_t epoch = act->continued ? act->continued_epoch : header->attributes.epoch;

	imx_scope(&ret[IMX_N], params, act->class, act->owner.b, epoch, header->i);
	if (imx_has(header, IMX_N_ALL))
		imx_scope(&ret[IMX_N_ALL], params, IMX_ALL, nobody, header->attributes.epoch, header->j);
	if (imx_has(header, IMX_N_ORG))
		imx_scope(&ret[IMX_N_ORG], params, IMX_ORGANISATION, act->owner.b, 0, 0);
	if (imx_has(header, IMX_N_ME))
		imx_scope(&ret[IMX_N_ME], params, IMX_PERSON, act->owner.b, 0, 0);
	if (imx_has(header, IMX_N_DEP))
		imx_scope(&ret[IMX_N_DEP], params, IMX_DEPOSITED, act->deposited.b, 0, 0);
}
