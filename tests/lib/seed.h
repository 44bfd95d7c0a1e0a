/* SPDX-License-Identifier: Apache-2.0 */
/* The seed of a random test: the variable SEED, to repeat a run, or one from the system. */
#ifndef MEDLOCK_TESTS_SEED_H
#define MEDLOCK_TESTS_SEED_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/rng.h"

/* Printed, so that a failure can be repeated. */
static inline uint64_t test_seed(void)
{
	const char *given = getenv("SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : rng_u64(rng_system());

	printf("# seed %" PRIu64 "\n", seed);
	fflush(stdout);
	return seed;
}

#endif
