/* SPDX-License-Identifier: Apache-2.0 */
/* What all interfaces share: separation tags, hashing, the domain, the signed point, and the two halves of a proof. */
#include "core/crypto/bbs_core.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/crypto/secret.h"

static const char *const suite_ids[CURVE_HASH_COUNT] = {
	[CURVE_SHA256] = "BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_",
	[CURVE_SHAKE256] = "BBS_BLS12381G1_XOF:SHAKE-256_SSWU_RO_",
};
static const char *const kind_ids[] = {
	[BBS_BASE] = "H2G_HM2S_",
	[BBS_BLIND] = "BLIND_H2G_HM2S_",
	[BBS_PSEUDONYM] = "H2G_HM2S_PSEUDONYM_",
};

static struct bytes tag(struct bbs_dst *buffer, const char *before, enum curve_hash suite, enum bbs_kind kind,
			const char *suffix)
{
	int len = snprintf(buffer->text, sizeof(buffer->text), "%s%s%s%s", before, suite_ids[suite], kind_ids[kind], suffix);

	ASSERT(len > 0 && (size_t)len < sizeof(buffer->text));
	return bytes_of(buffer->text, (size_t)len);
}

struct bytes bbs_dst(struct bbs_dst *buffer, const struct bbs_interface *interface, const char *suffix)
{
	return tag(buffer, "", interface->suite, interface->kind, suffix);
}

/* ---- generators ---- */

/* What create_generators has between two points: count starts at 1. */
struct generators {
	enum curve_hash suite;
	struct bbs_dst seed_buffer, point_buffer;
	struct bytes seed_dst, point_dst;
	uint8_t state[SCALAR_WIDE_SIZE + 8]; /* and the number of the next */
	uint64_t number;
};

static void generators_begin(struct generators *g, const char *before, enum curve_hash suite, enum bbs_kind kind,
			     const char *seed)
{
	struct bbs_dst buffer;

	*g = (struct generators){.suite = suite};
	g->seed_dst = tag(&g->seed_buffer, before, suite, kind, "SIG_GENERATOR_SEED_");
	g->point_dst = tag(&g->point_buffer, before, suite, kind, "SIG_GENERATOR_DST_");
	curve_expand(suite, g->state, SCALAR_WIDE_SIZE, tag(&buffer, before, suite, kind, seed), g->seed_dst);
}

static void generators_next(struct generators *g, struct g1 *ret)
{
	put_be64(g->state + SCALAR_WIDE_SIZE, ++g->number);
	curve_expand(g->suite, g->state, SCALAR_WIDE_SIZE, bytes_of(g->state, sizeof(g->state)), g->seed_dst);
	curve_point(g->suite, ret, bytes_of(g->state, SCALAR_WIDE_SIZE), g->point_dst);
}

static bool counts_are_of_kind(const struct bbs_interface *in)
{
	size_t all = in->messages + in->committed + in->nyms + (in->kind != BBS_BASE);

	if (in->messages > BBS_SCALARS_MAX || in->committed > BBS_SCALARS_MAX || in->nyms > BBS_SCALARS_MAX)
		return false;
	if (in->kind == BBS_BASE && in->committed > 0)
		return false;
	return (in->nyms > 0) == (in->kind == BBS_PSEUDONYM) && all > 0 && all <= BBS_SCALARS_MAX;
}

enum err bbs_interface_make(struct bbs_interface *ret, enum curve_hash suite, enum bbs_kind kind, size_t messages,
			    size_t committed, size_t nyms)
{
	struct generators g;

	*ret = (struct bbs_interface){.suite = suite, .kind = kind, .messages = messages, .committed = committed, .nyms = nyms};
	if (!counts_are_of_kind(ret))
		return ERR_RANGE;
	generators_begin(&g, "", suite, BBS_BASE, "BP_MESSAGE_GENERATOR_SEED");
	generators_next(&g, &ret->p1);
	generators_begin(&g, "", suite, kind, "MESSAGE_GENERATOR_SEED");
	generators_next(&g, &ret->q1);
	for (; ret->count < messages; ret->count++)
		generators_next(&g, &ret->h[ret->count]);
	if (kind == BBS_BASE)
		return ERR_OK;
	generators_begin(&g, "BLIND_", suite, kind, "MESSAGE_GENERATOR_SEED");
	for (; ret->count < messages + 1 + committed + nyms; ret->count++)
		generators_next(&g, &ret->h[ret->count]);
	return ERR_OK;
}

/* ---- hashing ---- */

void bbs_append_point(struct buf *out, const struct g1 *p)
{
	uint8_t *room = buf_reserve(out, G1_SIZE);

	if (room == NULL)
		return;
	g1_write(room, p);
	out->len += G1_SIZE;
}

void bbs_append_scalar(struct buf *out, const struct scalar *s)
{
	uint8_t *room = buf_reserve(out, SCALAR_SIZE);

	if (room == NULL)
		return;
	scalar_write(room, s);
	out->len += SCALAR_SIZE;
}

enum err bbs_hash(struct scalar *ret, const struct bbs_interface *interface, struct buf *gathered, const char *suffix)
{
	enum err e = buf_error(gathered);
	struct bbs_dst buffer;

	if (e == ERR_OK)
		curve_scalar(interface->suite, ret, buf_bytes(gathered), bbs_dst(&buffer, interface, suffix));
	if (gathered->len > 0)
		secret_wipe(gathered->data, gathered->len);
	buf_release(gathered);
	return e;
}

void bbs_message(const struct bbs_interface *interface, struct scalar *ret, struct bytes message)
{
	struct bbs_dst buffer;

	curve_scalar(interface->suite, ret, message, bbs_dst(&buffer, interface, "MAP_MSG_TO_SCALAR_AS_HASH_"));
}

enum err bbs_domain(struct scalar *ret, const struct bbs_interface *interface, const struct g2 *key, struct bytes header)
{
	size_t more = interface->kind == BBS_PSEUDONYM ? sizeof(uint64_t) : 0;
	struct buf in = BUF_INIT;
	uint8_t written[G2_SIZE];
	struct bbs_dst buffer;

	g2_write(written, key);
	buf_append(&in, written, sizeof(written));
	buf_append_be64(&in, interface->count);
	bbs_append_point(&in, &interface->q1);
	for (size_t i = 0; i < interface->count; i++)
		bbs_append_point(&in, &interface->h[i]);
	buf_append_bytes(&in, bbs_dst(&buffer, interface, ""));
	buf_append_be64(&in, header.len + more);
	buf_append_bytes(&in, header);
	if (more > 0)
		buf_append_be64(&in, interface->nyms);
	return bbs_hash(ret, interface, &in, BBS_CHALLENGE_TAG);
}

/* ---- signed points ---- */

void bbs_base_point(struct g1 *ret, const struct bbs_interface *interface, const struct scalar *domain,
		    const struct scalar *scalars, size_t count)
{
	struct g1 sum = interface->p1, term;

	g1_mul(&term, &interface->q1, domain);
	g1_add(&sum, &sum, &term);
	for (size_t i = 0; i < count; i++) {
		g1_mul(&term, &interface->h[i], &scalars[i]);
		g1_add(&sum, &sum, &term);
	}
	*ret = sum;
	g1_wipe(&term);
}

enum err bbs_signature_finish(struct bbs_signature *ret, const struct scalar *key, const struct scalar *e, const struct g1 *b)
{
	struct scalar inverse;

	scalar_add(&inverse, key, e);
	if (scalar_is_zero(&inverse) || scalar_is_zero(e) || g1_is_identity(b))
		return ERR_POINT;
	scalar_inverse(&inverse, &inverse);
	g1_mul(&ret->a, b, &inverse);
	ret->e = *e;
	scalar_wipe(&inverse);
	return ERR_OK;
}
