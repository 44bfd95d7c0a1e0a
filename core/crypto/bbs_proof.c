/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs: the two halves of the core, and the challenges of the three interfaces. */
#include "core/crypto/bbs_core.h"
#include "core/crypto/secret.h"

enum err bbs_hidden(struct bbs_hidden *ret, const struct bbs_statement *statement)
{
	const struct bbs_interface *in = statement->interface;
	size_t shown = 0;

	ret->count = 0;
	for (size_t i = 0; i < in->count; i++) {
		if (shown < statement->disclosed_count && statement->disclosed[shown] == i)
			shown++;
		else
			ret->index[ret->count++] = i;
	}
	if (shown != statement->disclosed_count)
		return ERR_RANGE; /* one was not in its turn, or is none of the interface's */
	if (shown > 0 && statement->disclosed[shown - 1] >= in->count - in->nyms)
		return ERR_RANGE;
	return ERR_OK;
}

/* ---- the prover's half ---- */

static void draw(struct bbs_prover *p, const struct rng *rng)
{
	struct scalar *all[] = {&p->r1, &p->r2, &p->e_tilde, &p->r1_tilde, &p->r3_tilde};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		scalar_random(all[i], rng);
	for (size_t i = 0; i < p->hidden.count; i++)
		scalar_random(&p->m_tilde[i], rng);
}

/* p * a + q * b, constant-time. */
static void sum2(struct g1 *ret, const struct g1 *p, const struct scalar *a, const struct g1 *q, const struct scalar *b)
{
	struct g1 first, second;

	g1_mul(&first, p, a);
	g1_mul(&second, q, b);
	g1_add(ret, &first, &second);
	g1_wipe(&first);
	g1_wipe(&second);
}

static void prover_points(struct bbs_prover *p, const struct bbs_interface *in, const struct bbs_signature *signature,
			  const struct g1 *b)
{
	struct scalar product;
	struct g1 term;

	g1_mul(&p->d, b, &p->r2);
	scalar_mul(&product, &p->r1, &p->r2);
	g1_mul(&p->abar, &signature->a, &product);
	scalar_neg(&product, &signature->e);
	sum2(&p->bbar, &p->d, &p->r1, &p->abar, &product);
	sum2(&p->t1, &p->abar, &p->e_tilde, &p->d, &p->r1_tilde);
	g1_mul(&p->t2, &p->d, &p->r3_tilde);
	for (size_t i = 0; i < p->hidden.count; i++) {
		g1_mul(&term, &in->h[p->hidden.index[i]], &p->m_tilde[i]);
		g1_add(&p->t2, &p->t2, &term);
	}
	scalar_wipe(&product);
	g1_wipe(&term);
}

enum err bbs_prover_begin(struct bbs_prover *ret, const struct bbs_statement *statement,
			  const struct bbs_signature *signature, const struct g1 *b, const struct rng *rng)
{
	TRY(bbs_hidden(&ret->hidden, statement));
	draw(ret, rng);
	prover_points(ret, statement->interface, signature, b);
	return ERR_OK;
}

/* tilde + value * c, or tilde - value * c. */
static void answer(struct scalar *ret, const struct scalar *tilde, const struct scalar *value, const struct scalar *c,
		   bool minus)
{
	struct scalar product;

	scalar_mul(&product, value, c);
	if (minus)
		scalar_sub(ret, tilde, &product);
	else
		scalar_add(ret, tilde, &product);
	scalar_wipe(&product);
}

void bbs_prover_finish(struct bbs_shown *ret, struct bbs_prover *p, const struct bbs_signature *signature,
		       const struct scalar *scalars, const struct scalar *challenge)
{
	struct scalar r3;

	ret->abar = p->abar;
	ret->bbar = p->bbar;
	ret->d = p->d;
	ret->challenge = *challenge;
	scalar_inverse(&r3, &p->r2);
	answer(&ret->e_hat, &p->e_tilde, &signature->e, challenge, false);
	answer(&ret->r1_hat, &p->r1_tilde, &p->r1, challenge, true);
	answer(&ret->r3_hat, &p->r3_tilde, &r3, challenge, true);
	for (size_t i = 0; i < p->hidden.count; i++)
		answer(&ret->m_hat[i], &p->m_tilde[i], &scalars[p->hidden.index[i]], challenge, false);
	scalar_wipe(&r3);
	bbs_prover_wipe(p);
}

void bbs_prover_wipe(struct bbs_prover *p)
{
	secret_wipe(p, sizeof(*p));
}

/* ---- the verifier's half ---- */

/* T2 = c * (P1 + Q1 * domain + the disclosed) + D * r3 + the hidden, as one sum. */
static enum err verifier_t2(struct g1 *ret, const struct bbs_statement *statement, const struct bbs_hidden *hidden,
			    const struct scalar *domain, const struct scalar *values, const struct bbs_shown *shown)
{
	const struct bbs_interface *in = statement->interface;
	struct scalar s[BBS_SCALARS_MAX + 3] = {shown->challenge};
	struct g1 p[BBS_SCALARS_MAX + 3] = {in->p1, in->q1, shown->d};
	size_t n = 3;

	scalar_mul(&s[1], domain, &shown->challenge);
	s[2] = shown->r3_hat;
	for (size_t i = 0; i < statement->disclosed_count; i++, n++) {
		p[n] = in->h[statement->disclosed[i]];
		scalar_mul(&s[n], &values[i], &shown->challenge);
	}
	for (size_t i = 0; i < hidden->count; i++, n++) {
		p[n] = in->h[hidden->index[i]];
		s[n] = shown->m_hat[i];
	}
	return g1_sum_public(ret, p, s, n);
}

enum err bbs_verifier_points(struct g1 *ret_t1, struct g1 *ret_t2, const struct bbs_statement *statement,
			     const struct bbs_hidden *hidden, const struct scalar *domain, const struct scalar *values,
			     const struct bbs_shown *shown)
{
	const struct g1 points[3] = {shown->bbar, shown->abar, shown->d};
	const struct scalar scalars[3] = {shown->challenge, shown->e_hat, shown->r1_hat};

	TRY(g1_sum_public(ret_t1, points, scalars, 3));
	return verifier_t2(ret_t2, statement, hidden, domain, values, shown);
}

/* ---- proofs of the drafts ---- */

/* The pseudonym and the commitment to its secrets, which hang on the same challenge. */
struct nym_part { struct g1 nym, u; };

static enum err challenge(struct scalar *ret, const struct bbs_statement *s, const struct scalar *values,
			  const struct g1 points[5], const struct scalar *domain, const struct nym_part *nym)
{
	struct buf in = BUF_INIT;

	buf_append_be64(&in, s->disclosed_count);
	for (size_t i = 0; i < s->disclosed_count; i++) {
		buf_append_be64(&in, s->disclosed[i]);
		bbs_append_scalar(&in, &values[i]);
	}
	for (size_t i = 0; i < 5; i++)
		bbs_append_point(&in, &points[i]);
	if (nym != NULL) {
		bbs_append_point(&in, &nym->nym);
		bbs_append_point(&in, &nym->u);
	}
	bbs_append_scalar(&in, domain);
	buf_append_be64(&in, s->presentation.len);
	buf_append_bytes(&in, s->presentation);
	if (nym != NULL) {
		buf_append_be64(&in, s->context.len);
		buf_append_bytes(&in, s->context);
	}
	return bbs_hash(ret, s->interface, &in, BBS_CHALLENGE_TAG);
}

/* The secrets of pseudonyms are the coefficients of a polynomial; a context's pseudonym has its value at one place. */
static void nym_value(struct scalar *ret, const struct bbs_interface *in, const struct scalar *secrets, struct bytes context)
{
	struct scalar z, value = secrets[in->nyms - 1];
	struct bbs_dst buffer;

	curve_scalar(in->suite, &z, context, bbs_dst(&buffer, in, "VECT_NYM_SECRETS"));
	for (size_t i = in->nyms - 1; i-- > 0;) {
		scalar_mul(&value, &value, &z);
		scalar_add(&value, &value, &secrets[i]);
	}
	*ret = value;
	scalar_wipe(&value);
}

static void context_point(struct g1 *ret, const struct bbs_interface *in, struct bytes context)
{
	struct bbs_dst buffer;

	curve_point(in->suite, ret, context, bbs_dst(&buffer, in, ""));
}

void bbs_pseudonym(struct g1 *ret, const struct bbs_interface *interface, const struct scalar *secrets, struct bytes context)
{
	struct scalar value;

	ASSERT(interface->kind == BBS_PSEUDONYM);
	nym_value(&value, interface, secrets, context);
	context_point(ret, interface, context);
	g1_mul(ret, ret, &value);
	scalar_wipe(&value);
}

static enum err proof_write(struct buf *out, const struct bbs_shown *shown, size_t hidden)
{
	bbs_append_point(out, &shown->abar);
	bbs_append_point(out, &shown->bbar);
	bbs_append_point(out, &shown->d);
	bbs_append_scalar(out, &shown->e_hat);
	bbs_append_scalar(out, &shown->r1_hat);
	bbs_append_scalar(out, &shown->r3_hat);
	for (size_t i = 0; i < hidden; i++)
		bbs_append_scalar(out, &shown->m_hat[i]);
	bbs_append_scalar(out, &shown->challenge);
	return buf_error(out);
}

static enum err proof_parse(struct bbs_shown *ret, struct bytes in, size_t hidden)
{
	struct g1 *points[] = {&ret->abar, &ret->bbar, &ret->d};
	struct scalar *scalars[] = {&ret->e_hat, &ret->r1_hat, &ret->r3_hat};
	const uint8_t *at = in.data;

	if (in.len != BBS_PROOF_SIZE(hidden))
		return ERR_TRUNCATED;
	for (size_t i = 0; i < 3; i++, at += G1_SIZE)
		TRY(g1_parse(points[i], at));
	for (size_t i = 0; i < 3; i++, at += SCALAR_SIZE)
		TRY(scalar_parse_nonzero(scalars[i], at));
	for (size_t i = 0; i < hidden; i++, at += SCALAR_SIZE)
		TRY(scalar_parse_nonzero(&ret->m_hat[i], at));
	return scalar_parse_nonzero(&ret->challenge, at);
}

static enum err prove(struct buf *out, struct g1 *ret_nym, struct bbs_prover *p, const struct bbs_statement *s,
		      const struct scalar *domain, const struct bbs_signature *signature, const struct scalar *scalars)
{
	const struct bbs_interface *in = s->interface;
	const struct g1 points[5] = {p->abar, p->bbar, p->d, p->t1, p->t2};
	struct scalar values[BBS_SCALARS_MAX], c;
	struct bbs_shown shown;
	struct nym_part nym;
	size_t hidden = p->hidden.count;

	for (size_t i = 0; i < s->disclosed_count; i++)
		values[i] = scalars[s->disclosed[i]];
	if (ret_nym != NULL) {
		bbs_pseudonym(&nym.nym, in, &scalars[in->count - in->nyms], s->context);
		bbs_pseudonym(&nym.u, in, &p->m_tilde[hidden - in->nyms], s->context);
		*ret_nym = nym.nym;
	}
	TRY(challenge(&c, s, values, points, domain, ret_nym != NULL ? &nym : NULL));
	bbs_prover_finish(&shown, p, signature, scalars, &c);
	return proof_write(out, &shown, hidden);
}

enum err bbs_prove(struct buf *out, struct g1 *ret_nym, const struct bbs_statement *statement,
		   const struct bbs_signature *signature, const struct scalar *scalars, const struct rng *rng)
{
	const struct bbs_interface *in = statement->interface;
	struct scalar domain;
	struct bbs_prover p;
	struct g1 b;
	enum err e;

	ASSERT((ret_nym != NULL) == (statement->interface->kind == BBS_PSEUDONYM));
	TRY(bbs_domain(&domain, in, statement->key, statement->header));
	bbs_base_point(&b, in, &domain, scalars, in->count);
	e = bbs_prover_begin(&p, statement, signature, &b, rng);
	if (e == ERR_OK)
		e = prove(out, ret_nym, &p, statement, &domain, signature, scalars);
	bbs_prover_wipe(&p);
	g1_wipe(&b);
	return e;
}

/* What the verifier finds for the commitment to the secrets: the responses' point less the challenge's part of the nym. */
static void verifier_nym(struct nym_part *ret, const struct bbs_statement *s, const struct g1 *nym,
			 const struct bbs_shown *shown, size_t hidden)
{
	struct scalar value, minus;
	struct g1 base;

	nym_value(&value, s->interface, &shown->m_hat[hidden - s->interface->nyms], s->context);
	context_point(&base, s->interface, s->context);
	scalar_neg(&minus, &shown->challenge);
	g1_sum2_public(&ret->u, &base, &value, nym, &minus);
	ret->nym = *nym;
}

enum err bbs_proof_verify(const struct bbs_statement *statement, const struct scalar *values, const struct g1 *nym,
			  struct bytes proof)
{
	struct bbs_hidden hidden;
	struct bbs_shown shown;
	struct scalar domain, expected;
	struct g1 points[5], minus_bbar;
	struct nym_part part;
	struct g2 base;

	ASSERT((nym != NULL) == (statement->interface->kind == BBS_PSEUDONYM));
	TRY(bbs_hidden(&hidden, statement));
	TRY(proof_parse(&shown, proof, hidden.count));
	TRY(bbs_domain(&domain, statement->interface, statement->key, statement->header));
	points[0] = shown.abar;
	points[1] = shown.bbar;
	points[2] = shown.d;
	TRY(bbs_verifier_points(&points[3], &points[4], statement, &hidden, &domain, values, &shown));
	if (nym != NULL)
		verifier_nym(&part, statement, nym, &shown, hidden.count);
	TRY(challenge(&expected, statement, values, points, &domain, nym != NULL ? &part : NULL));
	g1_neg(&minus_bbar, &shown.bbar);
	g2_generator(&base);
	if (!scalar_equal(&expected, &shown.challenge) || g2_is_identity(statement->key))
		return ERR_PROOF;
	return pairing_product_is_one(&shown.abar, statement->key, &minus_bbar, &base) ? ERR_OK : ERR_PROOF;
}
