/* SPDX-License-Identifier: Apache-2.0 */
/* What verifiers do on public data: sums of many multiples, and products of pairings.  Not constant-time. */
#include <stdlib.h>

#include "blst.h"
#include "core/crypto/curve.h"

#define SCALAR_BITS 255
#define SCRATCH_ON_STACK 8192 /* bytes that blst wants for G1_SUM_ON_STACK points, and room */

/* blst takes lists of pointers; a NULL after the first says that the rest follows in memory. */
static void affine_all(blst_p1_affine *out, const struct g1 *p, size_t count)
{
	const blst_p1 *list[2] = {(const blst_p1 *)p, NULL};

	blst_p1s_to_affine(out, list, count);
}

static void sum_affine(struct g1 *ret, const blst_p1_affine *points, const struct scalar *s, size_t count,
		       limb_t *scratch)
{
	const blst_p1_affine *point_list[2] = {points, NULL};
	const byte *scalar_list[2] = {s->le, NULL};

	blst_p1s_mult_pippenger((blst_p1 *)ret, point_list, count, scalar_list, SCALAR_BITS, scratch);
}

static void sum_small(struct g1 *ret, const struct g1 *p, const struct scalar *s, size_t count)
{
	blst_p1_affine points[G1_SUM_ON_STACK];
	limb_t scratch[SCRATCH_ON_STACK / sizeof(limb_t)];

	ASSERT(blst_p1s_mult_pippenger_scratch_sizeof(count) <= sizeof(scratch));
	affine_all(points, p, count);
	sum_affine(ret, points, s, count, scratch);
}

enum err g1_sum_public(struct g1 *ret, const struct g1 *p, const struct scalar *s, size_t count)
{
	ASSERT(count > 0);
	if (count <= G1_SUM_ON_STACK) {
		sum_small(ret, p, s, count);
		return ERR_OK;
	}
	blst_p1_affine *points = calloc(count, sizeof(*points));
	limb_t *scratch = malloc(blst_p1s_mult_pippenger_scratch_sizeof(count));

	if (points && scratch) {
		affine_all(points, p, count);
		sum_affine(ret, points, s, count, scratch);
	}
	enum err e = points && scratch ? ERR_OK : ERR_MEMORY;

	free(points);
	free(scratch);
	return e;
}

enum err g1_sum_short_public(struct g1 *ret, const struct g1 *p, const struct short_scalar *s, size_t count)
{
	blst_p1_affine *points = calloc(count, sizeof(*points));
	limb_t *scratch = malloc(blst_p1s_mult_pippenger_scratch_sizeof(count));
	const blst_p1_affine *point_list[2] = {points, NULL};
	const byte *scalar_list[2] = {s->le, NULL};
	enum err e = points && scratch ? ERR_OK : ERR_MEMORY;

	ASSERT(count > 0);
	if (e == ERR_OK) {
		affine_all(points, p, count);
		blst_p1s_mult_pippenger((blst_p1 *)ret, point_list, count, scalar_list, 8 * sizeof(s->le), scratch);
	}
	free(points);
	free(scratch);
	return e;
}

void g1_sum2_public(struct g1 *ret, const struct g1 *p, const struct scalar *a, const struct g1 *q,
		    const struct scalar *b)
{
	const struct g1 points[2] = {*p, *q};
	const struct scalar scalars[2] = {*a, *b};

	sum_small(ret, points, scalars, 2);
}

bool pairing_product_is_one(const struct g1 *p1, const struct g2 *q1, const struct g1 *p2,
			    const struct g2 *q2)
{
	blst_p1_affine ps[2];
	blst_p2_affine qs[2];
	blst_fp12 product;
	size_t n = 0;
	const struct g1 *p[2] = {p1, p2};
	const struct g2 *q[2] = {q1, q2};

	for (size_t i = 0; i < 2; i++) {
		if (g1_is_identity(p[i]) || g2_is_identity(q[i]))
			continue;
		blst_p1_to_affine(&ps[n], (const blst_p1 *)p[i]);
		blst_p2_to_affine(&qs[n++], (const blst_p2 *)q[i]);
	}
	if (n == 0)
		return true;
	const blst_p1_affine *p_list[2] = {&ps[0], NULL};
	const blst_p2_affine *q_list[2] = {&qs[0], NULL};

	blst_miller_loop_n(&product, q_list, p_list, n);
	blst_final_exp(&product, &product);
	return blst_fp12_is_one(&product);
}
