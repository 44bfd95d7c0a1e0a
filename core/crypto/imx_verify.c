/* SPDX-License-Identifier: Apache-2.0 */
/* Checking tokens, one or many, and opening one as its owner.  On public data: not constant-time, but for the opening. */
#include <stdlib.h>

#include "core/crypto/hash.h"
#include "core/crypto/imx_parts.h"

/* scalar * base - challenge * point, what the maker's commitment was. */
static void commitment(struct g1 *ret, const struct g1 *base, const struct scalar *answer, const struct g1 *point,
		       const struct scalar *minus_c)
{
	g1_sum2_public(ret, base, answer, point, minus_c);
}

/* T2 = c * (P1 + Q1 * domain + the disclosed) + D * r3 + the hidden; all but D is in the table. */
static void verify_t2(struct g1 *ret, const struct imx_token *token, const struct imx_params *params,
		      const struct imx_issuer *issuer)
{
	size_t disclosed = IMX_SCALARS - token->header.hidden;
	struct scalar s[2 + IMX_SCALARS] = {token->challenge};
	struct g1 d;

	scalar_mul(&s[1], &issuer->domain, &token->challenge);
	for (size_t i = 0; i < disclosed; i++) {
		imx_attribute(&s[2 + i], params, &token->header.attributes, i);
		scalar_mul(&s[2 + i], &s[2 + i], &token->challenge);
	}
	for (size_t i = disclosed; i < IMX_SCALARS; i++)
		s[2 + i] = token->m_hat[i - disclosed];
	g1_table_sum_public(ret, params->signed_points, s);
	g1_mul(&d, &token->point[IMX_D], &token->r3_hat);
	g1_add(ret, ret, &d);
}

static enum err verify_t1(struct g1 *ret, const struct imx_token *token)
{
	const struct g1 points[3] = {token->point[IMX_BBAR], token->point[IMX_ABAR], token->point[IMX_D]};
	const struct scalar scalars[3] = {token->challenge, token->e_hat, token->r1_hat};

	return g1_sum_public(ret, points, scalars, 3);
}

/* The commitments to E1, E2 and F: s * G is in two of them. */
static void verify_encryptions(struct g1 t[IMX_POINTS], const struct imx_token *token, const struct imx_params *params,
			       const struct imx_auditors *auditors, const struct imx_act *act, const struct scalar *minus_c)
{
	const struct scalar *s_hat = &token->m_hat[token->header.hidden - 1];
	struct g1 s_point;

	g1_table_sum_public(&s_point, params->generator, s_hat);
	g1_table_sum_public(&t[IMX_E1], params->generator, &token->k_hat);
	g1_mul(&t[IMX_E2], &token->point[IMX_E1], minus_c);
	g1_add(&t[IMX_E1], &t[IMX_E1], &t[IMX_E2]);
	commitment(&t[IMX_E2], &auditors->key, &token->k_hat, &token->point[IMX_E2], minus_c);
	g1_add(&t[IMX_E2], &t[IMX_E2], &s_point);
	if (!imx_has(&token->header, IMX_F))
		return;
	commitment(&t[IMX_F], act->owner_key, &token->k_hat, &token->point[IMX_F], minus_c);
	g1_add(&t[IMX_F], &t[IMX_F], &s_point);
}

static void verify_pseudonyms(struct g1 t[IMX_POINTS], const struct g1 scopes[IMX_POINTS], const struct imx_token *token,
			      const struct scalar *minus_c)
{
	static const enum imx_point names[] = {IMX_N, IMX_N_ALL, IMX_N_ORG, IMX_N_ME, IMX_N_DEP};
	const struct scalar *s_hat = &token->m_hat[token->header.hidden - 1], *o_hat = s_hat - 1;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (imx_has(&token->header, names[i]))
			commitment(&t[names[i]], &scopes[names[i]], names[i] == IMX_N_ORG ? o_hat : s_hat,
				   &token->point[names[i]], minus_c);
}

/* All but the pairing. */
static enum err check(const struct imx_token *token, const struct imx_params *params, const struct imx_issuer *issuer,
		      const struct imx_auditors *auditors, const struct imx_act *act)
{
	struct g1 t[IMX_POINTS], scopes[IMX_POINTS];
	const struct imx_transcript transcript = {params, issuer, auditors, act, &token->header, token->bytes, t, scopes};
	struct scalar minus_c, expected;

	if (token->header.issuer != issuer->number || token->header.auditors != auditors->number)
		return ERR_PROOF;
	if (imx_has(&token->header, IMX_F) != (act->owner_key != NULL))
		return ERR_PROOF;
	scalar_neg(&minus_c, &token->challenge);
	imx_scopes(scopes, params, &token->header, act);
	TRY(verify_t1(&t[IMX_ABAR], token));
	verify_t2(&t[IMX_D], token, params, issuer);
	verify_encryptions(t, token, params, auditors, act, &minus_c);
	verify_pseudonyms(t, scopes, token, &minus_c);
	TRY(imx_challenge(&expected, &transcript));
	return scalar_equal(&expected, &token->challenge) ? ERR_OK : ERR_PROOF;
}

/* e(abar, W) = e(bbar, BP2). */
static bool pairs(const struct g1 *abar, const struct g1 *bbar, const struct imx_params *params,
		  const struct imx_issuer *issuer)
{
	const struct g2_lines *lines[2] = {&issuer->lines, &params->generator2};
	struct g1 points[2] = {*abar};

	g1_neg(&points[1], bbar);
	return pairing_lines_is_one(points, lines, 2);
}

enum err imx_verify(const struct imx_token *token, const struct imx_params *params, const struct imx_issuer *issuer,
		    const struct imx_auditors *auditors, const struct imx_act *act)
{
	TRY(check(token, params, issuer, auditors, act));
	return pairs(&token->point[IMX_ABAR], &token->point[IMX_BBAR], params, issuer) ? ERR_OK : ERR_PROOF;
}

/* ---- many ---- */

/* Those whose challenges are right; only their pairings are left to judge. */
struct batch {
	struct g1 *abar, *bbar;
	struct short_scalar *coefficient;
	size_t *item;
	size_t count;
	enum err *verdict;
	const struct imx_params *params;
	const struct imx_issuer *issuer;
};

/* Nobody knows a coefficient before all tokens stand: each is hashed from all of them. */
static void draw_coefficients(struct batch *b, const struct imx_item *items)
{
	struct hash_sha256_stream stream;
	uint8_t number[8];
	struct hash32 all;

	hash_sha256_stream_init(&stream);
	for (size_t i = 0; i < b->count; i++) {
		const struct imx_item *x = &items[b->item[i]];

		hash_sha256_stream_update(&stream, bytes_of(x->token->bytes, imx_token_size(&x->token->header)));
		hash_sha256_stream_update(&stream, BYTES_ID(x->act->ph));
	}
	all = hash_sha256_stream_final(&stream);
	for (size_t i = 0; i < b->count; i++) {
		put_be64(number, i);
		struct hash32 one = hash_tagged("medlock imx1 batch", BYTES_ID(all), bytes_of(number, sizeof(number)));

		memcpy(b->coefficient[i].le, one.b, sizeof(b->coefficient[i].le));
	}
}

static enum err judge(struct batch *b, size_t from, size_t count)
{
	struct g1 abar, bbar;
	bool holds;

	TRY(g1_sum_short_public(&abar, b->abar + from, b->coefficient + from, count));
	TRY(g1_sum_short_public(&bbar, b->bbar + from, b->coefficient + from, count));
	holds = pairs(&abar, &bbar, b->params, b->issuer);
	if (holds || count == 1) {
		for (size_t i = from; i < from + count; i++)
			b->verdict[b->item[i]] = holds ? ERR_OK : ERR_PROOF;
		return ERR_OK;
	}
	TRY(judge(b, from, count / 2));
	return judge(b, from + count / 2, count - count / 2);
}

static void release(struct batch *b)
{
	free(b->abar);
	free(b->bbar);
	free(b->coefficient);
	free(b->item);
}

enum err imx_batch_verify(enum err *ret, const struct imx_item *items, size_t count, const struct imx_params *params,
			  const struct imx_issuer *issuer, const struct imx_auditors *auditors)
{
	struct batch b = {.verdict = ret, .params = params, .issuer = issuer};
	enum err e = ERR_OK;

	b.abar = calloc(count, sizeof(*b.abar));
	b.bbar = calloc(count, sizeof(*b.bbar));
	b.coefficient = calloc(count, sizeof(*b.coefficient));
	b.item = calloc(count, sizeof(*b.item));
	if (count > 0 && (b.abar == NULL || b.bbar == NULL || b.coefficient == NULL || b.item == NULL))
		e = ERR_MEMORY;
	for (size_t i = 0; e == ERR_OK && i < count; i++) {
		ret[i] = check(items[i].token, params, issuer, auditors, items[i].act);
		if (ret[i] == ERR_MEMORY)
			e = ERR_MEMORY; /* no verdict: another machine may have it */
		if (ret[i] != ERR_OK)
			continue;
		b.abar[b.count] = items[i].token->point[IMX_ABAR];
		b.bbar[b.count] = items[i].token->point[IMX_BBAR];
		b.item[b.count++] = i;
	}
	if (e == ERR_OK && b.count > 0) {
		draw_coefficients(&b, items);
		e = judge(&b, 0, b.count);
	}
	release(&b);
	return e;
}
