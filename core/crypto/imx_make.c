/* SPDX-License-Identifier: Apache-2.0 */
/* Making a token: what needs no transaction before, the rest when it is there. */
#include "core/crypto/hash.h"
#include "core/crypto/imx_parts.h"
#include "core/crypto/secret.h"

#define ALIGNMENT 64 /* guarded memory ends at its page: a size of whole lines begins at one */
#define SEED_SIZE 32

struct imx_prepared {
	struct secret *memory;
	const struct imx_params *params;
	const struct imx_issuer *issuer;
	const struct imx_auditors *auditors;
	struct imx_header header;
	struct bbs_signature signature;
	struct scalar scalars[IMX_SCALARS], k, k_tilde;
	struct bbs_prover prover;
	struct g1 s_point, s_commitment; /* s and its random part, times G */
	struct g1 e1, e2, t_e1, t_e2;
};

/* ---- random numbers that do not repeat when their source does ---- */

struct hedged { struct hash32 key; uint64_t count; struct rng rng; };

static void hedged_fill(void *self, uint8_t *out, size_t len)
{
	struct hedged *h = self;
	uint8_t info[8];

	put_be64(info, h->count++);
	hkdf_sha256_expand(out, len, &h->key, bytes_of(info, sizeof(info)));
}

static void hedge(struct hedged *ret, const struct imx_credential *c, struct bytes fresh, const struct rng *rng)
{
	uint8_t seed[SEED_SIZE], signature[BBS_SIGNATURE_SIZE], s[SCALAR_SIZE];

	rng_fill(rng, seed, sizeof(seed));
	bbs_signature_write(signature, &c->signature);
	scalar_write(s, &c->s);
	ret->key = hash_tagged("medlock imx1 hedge", bytes_of(seed, sizeof(seed)), bytes_of(s, sizeof(s)),
			       bytes_of(signature, sizeof(signature)), fresh);
	ret->count = 0;
	ret->rng = (struct rng){hedged_fill, ret};
	secret_wipe(seed, sizeof(seed));
	secret_wipe(s, sizeof(s));
	secret_wipe(signature, sizeof(signature));
}

/* ---- before the act ---- */

/* The random part of o or s, under which all its equations stand. */
static const struct scalar *tilde_of(const struct imx_prepared *p, enum imx_scalar which)
{
	return &p->prover.m_tilde[p->prover.hidden.count - (size_t)(IMX_SCALARS - which)];
}

static void encrypt_to_auditors(struct imx_prepared *p, const struct rng *rng)
{
	struct g1 term;

	scalar_random(&p->k, rng);
	scalar_random(&p->k_tilde, rng);
	g1_mul_generator(&p->s_point, &p->scalars[IMX_S]);
	g1_mul_generator(&p->s_commitment, tilde_of(p, IMX_S));
	g1_mul_generator(&p->e1, &p->k);
	g1_mul_generator(&p->t_e1, &p->k_tilde);
	g1_mul(&term, &p->auditors->key, &p->k);
	g1_add(&p->e2, &p->s_point, &term);
	g1_mul(&term, &p->auditors->key, &p->k_tilde);
	g1_add(&p->t_e2, &p->s_commitment, &term);
	g1_wipe(&term);
}

static enum err prepare(struct imx_prepared *p, const struct imx_credential *c, const struct rng *rng)
{
	size_t disclosed[IMX_DISCLOSED_MAX];
	const struct bbs_statement statement = {
		.interface = &p->params->bbs, .disclosed = disclosed, .disclosed_count = imx_disclosed(disclosed, &p->header),
	};

	p->signature = c->signature;
	imx_credential_scalars(p->scalars, p->params, c);
	TRY(bbs_prover_begin(&p->prover, &statement, &p->signature, &c->signed_point, rng));
	encrypt_to_auditors(p, rng);
	return ERR_OK;
}

enum err imx_prepare(struct imx_prepared **ret, const struct imx_params *params, const struct imx_issuer *issuer,
		     const struct imx_auditors *auditors, const struct imx_credential *credential, bool show_jurisdiction,
		     struct bytes fresh, const struct rng *rng)
{
	struct imx_prepared *p;
	struct secret *memory;
	struct hedged hedged;
	enum err e;

	TRY(secret_new(&memory, (sizeof(*p) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT));
	p = (struct imx_prepared *)(void *)memory->data;
	*p = (struct imx_prepared){.memory = memory, .params = params, .issuer = issuer, .auditors = auditors};
	p->header = (struct imx_header){.issuer = issuer->number, .auditors = auditors->number,
					.attributes = credential->attributes, .disclosed = show_jurisdiction ? 0x1f : 0x0f,
					.hidden = show_jurisdiction ? IMX_HIDDEN_MAX - 1 : IMX_HIDDEN_MAX};
	if (!show_jurisdiction)
		p->header.attributes.jurisdiction = IMX_JURISDICTION_HIDDEN;
	hedge(&hedged, credential, fresh, rng);
	e = prepare(p, credential, &hedged.rng);
	secret_wipe(&hedged, sizeof(hedged));
	if (e != ERR_OK)
		p = imx_prepared_wipe(p);
	*ret = p;
	return e;
}

struct imx_prepared *imx_prepared_wipe(struct imx_prepared *p)
{
	if (p != NULL)
		secret_free(p->memory);
	return NULL;
}

/* ---- with the act ---- */

static void pseudonym(struct g1 *ret, struct g1 *ret_t, const struct imx_prepared *p, const struct g1 *scope,
		      enum imx_scalar which)
{
	g1_mul(ret, scope, &p->scalars[which]);
	g1_mul(ret_t, scope, tilde_of(p, which));
}

static void encrypt_to_owner(struct g1 *ret, struct g1 *ret_t, const struct imx_prepared *p, const struct g1 *owner_key)
{
	struct g1 term;

	g1_mul(&term, owner_key, &p->k);
	g1_add(ret, &p->s_point, &term);
	g1_mul(&term, owner_key, &p->k_tilde);
	g1_add(ret_t, &p->s_commitment, &term);
	g1_wipe(&term);
}

/* Every point of the token and its commitment. */
static void all_points(struct g1 point[IMX_POINTS], struct g1 t[IMX_POINTS], const struct imx_prepared *p,
		       const struct imx_act *act, const struct g1 scopes[IMX_POINTS])
{
	static const enum imx_point names[] = {IMX_N, IMX_N_ALL, IMX_N_ORG, IMX_N_ME, IMX_N_DEP};

	point[IMX_E1] = p->e1;
	t[IMX_E1] = p->t_e1;
	point[IMX_E2] = p->e2;
	t[IMX_E2] = p->t_e2;
	point[IMX_ABAR] = p->prover.abar;
	t[IMX_ABAR] = p->prover.t1;
	point[IMX_BBAR] = p->prover.bbar;
	point[IMX_D] = p->prover.d;
	t[IMX_D] = p->prover.t2;
	if (imx_has(&p->header, IMX_F))
		encrypt_to_owner(&point[IMX_F], &t[IMX_F], p, act->owner_key);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (imx_has(&p->header, names[i]))
			pseudonym(&point[names[i]], &t[names[i]], p, &scopes[names[i]],
				  names[i] == IMX_N_ORG ? IMX_O : IMX_S);
}

static void append_answers(struct buf *token, struct imx_prepared *p, const struct scalar *challenge)
{
	size_t hidden = p->header.hidden;
	struct scalar k_hat;
	struct bbs_shown shown;

	scalar_mul(&k_hat, &p->k, challenge);
	scalar_add(&k_hat, &k_hat, &p->k_tilde);
	bbs_prover_finish(&shown, &p->prover, &p->signature, p->scalars, challenge);
	bbs_append_scalar(token, challenge);
	bbs_append_scalar(token, &shown.e_hat);
	bbs_append_scalar(token, &shown.r1_hat);
	bbs_append_scalar(token, &shown.r3_hat);
	bbs_append_scalar(token, &k_hat);
	for (size_t i = 0; i < hidden; i++)
		bbs_append_scalar(token, &shown.m_hat[i]);
}

static enum err finish(struct buf *token, struct imx_prepared *p, const struct imx_act *act)
{
	struct g1 point[IMX_POINTS], t[IMX_POINTS], scopes[IMX_POINTS];
	const struct imx_transcript transcript = {p->params, p->issuer, p->auditors, act, &p->header, token->data, t, scopes};
	struct scalar challenge;

	imx_scopes(scopes, p->params, &p->header, act);
	all_points(point, t, p, act, scopes);
	imx_header_write(token->data, &p->header);
	token->len = IMX_HEADER_SIZE;
	for (enum imx_point i = 0; i < IMX_POINTS; i++)
		if (imx_has(&p->header, i))
			bbs_append_point(token, &point[i]);
	TRY(imx_challenge(&challenge, &transcript));
	append_answers(token, p, &challenge);
	return buf_error(token);
}

enum err imx_finish(struct buf *out, struct imx_prepared *prepared, const struct imx_act *act, unsigned flags, uint16_t i,
		    uint16_t j)
{
	struct buf token = BUF_INIT;
	enum err e = ERR_MEMORY;

	ASSERT(((flags & IMX_HAS_F) != 0) == (act->owner_key != NULL) && (flags & ~(unsigned)IMX_FLAGS) == 0);
	prepared->header.flags = (uint8_t)flags;
	prepared->header.i = i;
	prepared->header.j = (flags & IMX_HAS_N_ALL) != 0 ? j : 0;
	if (buf_reserve(&token, imx_token_size(&prepared->header)) != NULL)
		e = finish(&token, prepared, act);
	if (e == ERR_OK)
		buf_append_bytes(out, buf_bytes(&token));
	buf_release(&token);
	imx_prepared_wipe(prepared);
	return e == ERR_OK ? buf_error(out) : e;
}
