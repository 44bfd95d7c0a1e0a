/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness behind a seam: the system's for everything real, a seeded one for tests and the deterministic demo
 * records.  Keys are only ever made with rng_system().
 */
#ifndef MEDLOCK_BASE_RNG_H
#define MEDLOCK_BASE_RNG_H

#include "core/base/bytes.h"

struct rng {
	void (*fill)(void *self, uint8_t *out, size_t len);
	void *self;
};

const struct rng *rng_system(void); /* never fails: the kernel's generator; aborts when there is none */

struct seeded_rng { uint8_t key[32]; uint64_t counter; struct rng rng; };
void seeded_rng_init(struct seeded_rng *s, uint64_t seed); /* ChaCha20 stream of the seed: NOT for keys */

static inline void rng_fill(const struct rng *r, void *out, size_t len)
{
	r->fill(r->self, out, len);
}

uint64_t rng_u64(const struct rng *r);
uint64_t rng_below(const struct rng *r, uint64_t limit); /* uniform in [0, limit), limit > 0 */

#endif
