/* SPDX-License-Identifier: Apache-2.0 */
/* Commitments of the holder, and signatures over what they hide. */
#include "core/crypto/bbs_core.h"

#include "core/crypto/secret.h"

/* The generators that a commitment uses: Q_2, then one for each committed scalar. */
static const struct g1 *blind_generators(const struct bbs_interface *interface)
{
	return &interface->h[interface->messages];
}

static size_t committed_count(const struct bbs_interface *interface)
{
	return interface->committed + interface->nyms;
}

static enum err commitment_challenge(struct scalar *ret, const struct bbs_interface *interface, const struct g1 *c,
				     const struct g1 *c_bar)
{
	const struct g1 *generators = blind_generators(interface);
	struct buf in = BUF_INIT;

	buf_append_be64(&in, committed_count(interface));
	for (size_t i = 0; i <= committed_count(interface); i++)
		bbs_append_point(&in, &generators[i]);
	bbs_append_point(&in, c);
	bbs_append_point(&in, c_bar);
	return bbs_hash(ret, interface, &in, BBS_CHALLENGE_TAG);
}

static void multiply(struct g1 *ret, const struct bbs_interface *interface, const struct scalar *scalars)
{
	const struct g1 *generators = blind_generators(interface);
	struct g1 sum, term;

	g1_mul(&sum, &generators[0], &scalars[0]);
	for (size_t i = 1; i <= committed_count(interface); i++) {
		g1_mul(&term, &generators[i], &scalars[i]);
		g1_add(&sum, &sum, &term);
	}
	*ret = sum;
	g1_wipe(&term);
}

/* The blinding factor and the committed scalars, and a random number for each. */
struct opening { struct scalar value[BBS_SCALARS_MAX], tilde[BBS_SCALARS_MAX]; };

static enum err commit(struct buf *out, const struct bbs_interface *interface, struct opening *o)
{
	struct scalar challenge, hat;
	struct g1 c, c_bar;

	multiply(&c, interface, o->value);
	multiply(&c_bar, interface, o->tilde);
	TRY(commitment_challenge(&challenge, interface, &c, &c_bar));
	bbs_append_point(out, &c);
	for (size_t i = 0; i <= committed_count(interface); i++) {
		scalar_mul(&hat, &o->value[i], &challenge);
		scalar_add(&hat, &hat, &o->tilde[i]);
		bbs_append_scalar(out, &hat);
	}
	bbs_append_scalar(out, &challenge);
	return buf_error(out);
}

enum err bbs_commit(struct buf *out, struct scalar *ret_blind, const struct bbs_interface *interface,
		    const struct scalar *committed, const struct rng *rng)
{
	size_t count = committed_count(interface);
	struct opening o;
	enum err e;

	ASSERT(interface->kind != BBS_BASE);
	scalar_random(&o.value[0], rng);
	memcpy(&o.value[1], committed, count * sizeof(*committed));
	for (size_t i = 0; i <= count; i++)
		scalar_random(&o.tilde[i], rng);
	*ret_blind = o.value[0];
	e = commit(out, interface, &o);
	secret_wipe(&o, sizeof(o));
	return e;
}

enum err bbs_commitment_check(struct g1 *ret, const struct bbs_interface *interface, struct bytes commitment)
{
	size_t count = committed_count(interface);
	struct scalar hat[BBS_SCALARS_MAX + 1], challenge, expected;
	struct g1 points[BBS_SCALARS_MAX + 1], c_bar;
	const uint8_t *at = commitment.data + G1_SIZE;

	ASSERT(interface->kind != BBS_BASE);
	if (commitment.len != BBS_COMMITMENT_SIZE(count))
		return ERR_TRUNCATED;
	TRY(g1_parse(ret, commitment.data));
	for (size_t i = 0; i <= count; i++, at += SCALAR_SIZE)
		TRY(scalar_parse_nonzero(&hat[i], at));
	TRY(scalar_parse_nonzero(&challenge, at));
	memcpy(points, blind_generators(interface), (count + 1) * sizeof(points[0]));
	points[count + 1] = *ret;
	scalar_neg(&hat[count + 1], &challenge);
	TRY(g1_sum_public(&c_bar, points, hat, count + 2));
	TRY(commitment_challenge(&expected, interface, ret, &c_bar));
	return scalar_equal(&challenge, &expected) ? ERR_OK : ERR_PROOF;
}

enum err bbs_blind_e(struct scalar *ret, const struct bbs_interface *interface, const struct scalar *key, const struct g1 *b)
{
	struct buf in = BUF_INIT;

	(void)buf_reserve(&in, SCALAR_SIZE + G1_SIZE);
	bbs_append_scalar(&in, key);
	bbs_append_point(&in, b);
	return bbs_hash(ret, interface, &in, BBS_CHALLENGE_TAG);
}

static enum err blind_point(struct g1 *ret, const struct bbs_interface *interface, const struct scalar *key,
			    struct bytes header, const struct scalar *messages)
{
	struct scalar domain;
	struct g2 public;

	g2_mul_generator(&public, key);
	TRY(bbs_domain(&domain, interface, &public, header));
	bbs_base_point(ret, interface, &domain, messages, interface->messages);
	return ERR_OK;
}

enum err bbs_blind_sign(struct bbs_signature *ret, const struct bbs_interface *interface, const struct scalar *key,
			struct bytes header, const struct scalar *messages, struct bytes commitment,
			const struct scalar *nym_entropy)
{
	struct scalar e;
	struct g1 b, part;

	ASSERT((nym_entropy != NULL) == (interface->kind == BBS_PSEUDONYM));
	if (commitment.len == 0 && committed_count(interface) > 0)
		return ERR_TRUNCATED;
	TRY(blind_point(&b, interface, key, header, messages));
	if (commitment.len > 0) {
		TRY(bbs_commitment_check(&part, interface, commitment));
		g1_add(&b, &b, &part);
	}
	if (nym_entropy != NULL) {
		g1_mul(&part, &interface->h[interface->count - 1], nym_entropy);
		g1_add(&b, &b, &part);
	}
	TRY(bbs_blind_e(&e, interface, key, &b));
	return bbs_signature_finish(ret, key, &e, &b);
}
