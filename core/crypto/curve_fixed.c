/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/curve_fixed.h"

#include <stdlib.h>

#include "blst.h"

#define TABLE_BITS 8 /* of a scalar for each look-up */
#define SCALAR_BITS 255
#define SCRATCH_SIZE (G1_TABLE_MAX * 1024)

_Static_assert(sizeof(struct g2_lines) == 68 * sizeof(blst_fp6), "struct g2_lines holds the lines of blst");
_Static_assert(_Alignof(struct g2_lines) >= _Alignof(blst_fp6), "lines are aligned as blst wants them");

struct g1_table {
	size_t count;
	blst_p1_affine multiples[];
};

enum err g1_table_make(struct g1_table **ret, const struct g1 *p, size_t count)
{
	blst_p1_affine points[G1_TABLE_MAX];
	const blst_p1_affine *list[2] = {points, NULL};
	struct g1_table *t;

	ASSERT(count > 0 && count <= G1_TABLE_MAX);
	ASSERT(blst_p1s_mult_wbits_scratch_sizeof(count) <= SCRATCH_SIZE);
	t = malloc(sizeof(*t) + blst_p1s_mult_wbits_precompute_sizeof(TABLE_BITS, count));
	if (t == NULL)
		return ERR_MEMORY;
	t->count = count;
	for (size_t i = 0; i < count; i++) {
		ASSERT(!g1_is_identity(&p[i]));
		blst_p1_to_affine(&points[i], (const blst_p1 *)&p[i]);
	}
	blst_p1s_mult_wbits_precompute(t->multiples, TABLE_BITS, list, count);
	*ret = t;
	return ERR_OK;
}

struct g1_table *g1_table_free(struct g1_table *t)
{
	free(t);
	return NULL;
}

void g1_table_sum_public(struct g1 *ret, const struct g1_table *t, const struct scalar *s)
{
	limb_t scratch[SCRATCH_SIZE / sizeof(limb_t)];
	const byte *list[2] = {s->le, NULL};

	blst_p1s_mult_wbits((blst_p1 *)ret, t->multiples, TABLE_BITS, t->count, list, SCALAR_BITS, scratch);
}

void g2_lines_make(struct g2_lines *ret, const struct g2 *q)
{
	blst_p2_affine a;

	ASSERT(!g2_is_identity(q));
	blst_p2_to_affine(&a, (const blst_p2 *)q);
	blst_precompute_lines((blst_fp6 *)ret->limb, &a);
}

bool pairing_lines_is_one(const struct g1 *p, const struct g2_lines *const *q, size_t count)
{
	blst_fp12 product = *blst_fp12_one(), factor;
	blst_p1_affine a;

	ASSERT(count <= PAIRING_LINES_MAX);
	for (size_t i = 0; i < count; i++) {
		if (g1_is_identity(&p[i]))
			continue;
		blst_p1_to_affine(&a, (const blst_p1 *)&p[i]);
		blst_miller_loop_lines(&factor, (const blst_fp6 *)q[i]->limb, &a);
		blst_fp12_mul(&product, &product, &factor);
	}
	blst_final_exp(&product, &product);
	return blst_fp12_is_one(&product);
}
