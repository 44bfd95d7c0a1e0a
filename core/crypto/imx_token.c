/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a token, and what of them goes under the challenge. */
#include "core/crypto/imx_parts.h"

#define DISCLOSED_WITHOUT 0x0f
#define DISCLOSED_WITH 0x1f /* the jurisdiction too */

static const unsigned flag_of[IMX_POINTS] = {
	[IMX_N_ALL] = IMX_HAS_N_ALL, [IMX_F] = IMX_HAS_F, [IMX_N_ORG] = IMX_HAS_N_ORG, [IMX_N_ME] = IMX_HAS_N_ME,
	[IMX_N_DEP] = IMX_HAS_N_DEP,
};

bool imx_has(const struct imx_header *header, enum imx_point point)
{
	return flag_of[point] == 0 || (header->flags & flag_of[point]) != 0;
}

static size_t points_of(const struct imx_header *header)
{
	size_t count = 0;

	for (enum imx_point p = 0; p < IMX_POINTS; p++)
		count += imx_has(header, p);
	return count;
}

size_t imx_token_size(const struct imx_header *header)
{
	return IMX_TOKEN_SIZE(points_of(header) - IMX_POINTS_MIN, header->hidden);
}

size_t imx_disclosed(size_t index[IMX_DISCLOSED_MAX], const struct imx_header *header)
{
	size_t count = IMX_SCALARS - header->hidden;

	for (size_t i = 0; i < count; i++)
		index[i] = i;
	return count;
}

/* ---- header ---- */

static void put_be16(uint8_t out[2], uint16_t v)
{
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
}

void imx_header_write(uint8_t out[IMX_HEADER_SIZE], const struct imx_header *h)
{
	out[0] = IMX_VERSION;
	out[1] = h->flags;
	put_be16(out + 2, h->issuer);
	put_be16(out + 4, h->auditors);
	put_be32(out + 6, h->attributes.epoch);
	put_be16(out + 10, h->i);
	put_be16(out + 12, h->j);
	out[14] = h->disclosed;
	out[15] = h->attributes.role;
	out[16] = h->attributes.purpose;
	out[17] = h->attributes.tier;
	out[18] = h->attributes.jurisdiction;
	out[19] = h->hidden;
}

static uint16_t cursor_be16(struct cursor *c)
{
	uint16_t high = cursor_byte(c);

	return (uint16_t)(high << 8 | cursor_byte(c));
}

static bool is_consistent(const struct imx_header *h)
{
	bool shown = h->disclosed == DISCLOSED_WITH;

	if (!shown && h->disclosed != DISCLOSED_WITHOUT)
		return false;
	if ((h->attributes.jurisdiction == IMX_JURISDICTION_HIDDEN) == shown)
		return false;
	if (h->hidden != (shown ? IMX_HIDDEN_MAX - 1 : IMX_HIDDEN_MAX))
		return false;
	return (h->flags & ~IMX_FLAGS) == 0 && ((h->flags & IMX_HAS_N_ALL) != 0 || h->j == 0);
}

enum err imx_header_parse(struct imx_header *ret, struct bytes token)
{
	struct cursor c = cursor_of(token);
	uint8_t version = cursor_byte(&c);

	ret->flags = cursor_byte(&c);
	ret->issuer = cursor_be16(&c);
	ret->auditors = cursor_be16(&c);
	ret->attributes.epoch = cursor_be32(&c);
	ret->i = cursor_be16(&c);
	ret->j = cursor_be16(&c);
	ret->disclosed = cursor_byte(&c);
	ret->attributes.role = cursor_byte(&c);
	ret->attributes.purpose = cursor_byte(&c);
	ret->attributes.tier = cursor_byte(&c);
	ret->attributes.jurisdiction = cursor_byte(&c);
	ret->hidden = cursor_byte(&c);
	if (c.err != ERR_OK)
		return c.err;
	if (version != IMX_VERSION || !is_consistent(ret))
		return ERR_FORMAT;
	return token.len == imx_token_size(ret) ? ERR_OK : ERR_TRUNCATED;
}

/* ---- whole ---- */

enum err imx_token_parse(struct imx_token *ret, struct bytes token)
{
	struct scalar *scalars[] = {&ret->challenge, &ret->e_hat, &ret->r1_hat, &ret->r3_hat, &ret->k_hat};
	const uint8_t *at;

	TRY(imx_header_parse(&ret->header, token));
	memcpy(ret->bytes, token.data, token.len);
	at = ret->bytes + IMX_HEADER_SIZE;
	for (enum imx_point p = 0; p < IMX_POINTS; p++)
		if (imx_has(&ret->header, p)) {
			TRY(g1_parse(&ret->point[p], at));
			at += G1_SIZE;
		}
	for (size_t i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++, at += SCALAR_SIZE)
		TRY(scalar_parse_nonzero(scalars[i], at));
	for (size_t i = 0; i < ret->header.hidden; i++, at += SCALAR_SIZE)
		TRY(scalar_parse_nonzero(&ret->m_hat[i], at));
	return ERR_OK;
}

struct bytes imx_token_point(const struct imx_token *token, enum imx_point point)
{
	const uint8_t *at = token->bytes + IMX_HEADER_SIZE;

	ASSERT(imx_has(&token->header, point));
	for (enum imx_point p = 0; p < point; p++)
		if (imx_has(&token->header, p))
			at += G1_SIZE;
	return bytes_of(at, G1_SIZE);
}

/* ---- challenge ---- */

static void append_disclosed(struct buf *in, const struct imx_transcript *t)
{
	size_t index[IMX_DISCLOSED_MAX], count = imx_disclosed(index, t->header);
	struct scalar value;

	buf_append_be64(in, count);
	for (size_t i = 0; i < count; i++) {
		imx_attribute(&value, t->params, &t->header->attributes, i);
		buf_append_be64(in, i);
		bbs_append_scalar(in, &value);
	}
}

static void append_commitments(struct buf *in, const struct imx_transcript *t)
{
	static const enum imx_point order[] = {IMX_ABAR, IMX_D, IMX_N, IMX_E1, IMX_E2, IMX_N_ALL, IMX_F, IMX_N_ORG, IMX_N_ME,
					       IMX_N_DEP};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (imx_has(t->header, order[i]))
			bbs_append_point(in, &t->t[order[i]]);
}

static void append_scopes(struct buf *in, const struct imx_transcript *t)
{
	static const enum imx_point order[] = {IMX_N, IMX_N_ALL, IMX_N_ORG, IMX_N_ME, IMX_N_DEP};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (imx_has(t->header, order[i]))
			bbs_append_point(in, &t->scopes[order[i]]);
}

enum err imx_challenge(struct scalar *ret, const struct imx_transcript *t)
{
	struct buf in = BUF_INIT;

	buf_append(&in, t->token, IMX_HEADER_SIZE);
	append_disclosed(&in, t);
	buf_append(&in, t->token + IMX_HEADER_SIZE, points_of(t->header) * G1_SIZE);
	append_commitments(&in, t);
	bbs_append_point(&in, &t->auditors->key);
	if (imx_has(t->header, IMX_F))
		bbs_append_point(&in, t->act->owner_key);
	append_scopes(&in, t);
	bbs_append_scalar(&in, &t->issuer->domain);
	buf_append_be64(&in, sizeof(t->act->ph.b));
	buf_append_bytes(&in, BYTES_ID(t->act->ph));
	return bbs_hash(ret, &t->params->bbs, &in, "IMX1_H2S_");
}
