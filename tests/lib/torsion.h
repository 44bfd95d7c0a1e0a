/* SPDX-License-Identifier: Apache-2.0 */
/* Points of the curve of BLS12-381 that are not in the group of order r, made with OpenSSL's numbers alone. */
#ifndef MEDLOCK_TESTS_TORSION_H
#define MEDLOCK_TESTS_TORSION_H

#include "core/crypto/curve.h"

/* Adds the point (0, 2), which has order 3, to a compressed point: on the curve, canonical, and outside of the group. */
void torsion_add(uint8_t point[G1_SIZE]);

/* s + r, which a careless reader would take for s; false when it has more than 32 bytes. */
bool scalar_add_order(uint8_t scalar[SCALAR_SIZE]);

#endif
