/* SPDX-License-Identifier: Apache-2.0 */
/* What is computed once for points that are used again and again: tables of multiples in G1, and the lines of Miller loops
 * for points of G2.  For verifiers and public data only: the time, and the memory that is touched, depend on the scalars.
 * Both are read-only once made; any number of threads may use them.
 *
 * Source of the precomputed lines: Costello and Stebila, "Fixed argument pairings", 2010.
 */
#ifndef MEDLOCK_CRYPTO_CURVE_FIXED_H
#define MEDLOCK_CRYPTO_CURVE_FIXED_H

#include "core/crypto/curve.h"

#define G1_TABLE_MAX 16 /* points of one table; each takes 12 KiB */

struct g1_table;

/* A table of count points, none the identity, 1 <= count <= G1_TABLE_MAX.  Freed by g1_table_free.  ERR_MEMORY. */
enum err g1_table_make(struct g1_table **ret, const struct g1 *p, size_t count) MUST_USE;
struct g1_table *g1_table_free(struct g1_table *t); /* NULL is fine; returns NULL */

/* The sum of s[i] times the table's point i, over all its points. */
void g1_table_sum_public(struct g1 *ret, const struct g1_table *t, const struct scalar *s);

/* The lines of one point of G2: 19 KiB.  The identity has none: asserts. */
struct g2_lines { uint64_t limb[68 * 36]; };
void g2_lines_make(struct g2_lines *ret, const struct g2 *q);

/* Whether the product of e(p[i], q[i]) is one.  A p that is the identity counts as 1.  count <= PAIRING_LINES_MAX. */
#define PAIRING_LINES_MAX 8
bool pairing_lines_is_one(const struct g1 *p, const struct g2_lines *const *q, size_t count);

#endif
