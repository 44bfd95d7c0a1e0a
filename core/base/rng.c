/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/rng.h"

#include <sodium.h>

static void system_fill(void *self, uint8_t *out, size_t len)
{
	(void)self;
	randombytes_buf(out, len);
}

const struct rng *rng_system(void)
{
	static const struct rng system = {system_fill, NULL};

	return &system;
}

/* Each call takes the stream of a fresh nonce, so that the bytes do not depend on how long earlier requests were. */
static void seeded_fill(void *self, uint8_t *out, size_t len)
{
	struct seeded_rng *s = self;
	uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];

	put_be64(nonce, s->counter++);
	crypto_stream_chacha20(out, len, nonce, s->key);
}

void seeded_rng_init(struct seeded_rng *s, uint64_t seed)
{
	*s = (struct seeded_rng){.rng = {seeded_fill, s}};
	put_be64(s->key, seed);
}

uint64_t rng_u64(const struct rng *r)
{
	uint8_t b[8];

	rng_fill(r, b, sizeof(b));
	return get_be64(b);
}

uint64_t rng_below(const struct rng *r, uint64_t limit)
{
	uint64_t biased = UINT64_MAX - UINT64_MAX % limit, v;

	ASSERT(limit > 0);
	do {
		v = rng_u64(r);
	} while (v >= biased);
	return v % limit;
}
