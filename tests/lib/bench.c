/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/crypto/hash.h"
#include "core/crypto/sign.h"

#define RUNS 5
#define VERIFY_COUNT 1000
#define HASH_BYTES (4u * 1024 * 1024)

uint64_t bench_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void bench_sample(struct bench_samples *s, uint64_t ns)
{
	if (s->count == s->size) {
		s->size = s->size ? 2 * s->size : 1024;
		s->ns = realloc(s->ns, s->size * sizeof(*s->ns));
		ASSERT(s->ns);
	}
	s->ns[s->count++] = ns;
}

static int compare(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return (a > b) - (a < b);
}

uint64_t bench_percentile(struct bench_samples *s, unsigned percent)
{
	if (s->count == 0)
		return 0;
	qsort(s->ns, s->count, sizeof(*s->ns), compare);
	return s->ns[(s->count - 1) * percent / 100];
}

void bench_samples_release(struct bench_samples *s)
{
	free(s->ns);
	*s = (struct bench_samples){0};
}

void bench_row(const char *what, double value, const char *unit)
{
	printf("  %-56s %12.2f %s\n", what, value, unit);
}

static double verify_rate(void)
{
	struct secret *seed = NULL;
	struct sign_public key;
	struct signature s;
	struct bytes message = bytes_str("calibration");
	uint64_t best = UINT64_MAX;

	ASSERT(secret_new(&seed, SIGN_SEED_SIZE) == ERR_OK);
	sign_public_of_seed(&key, seed);
	sign_make(&s, seed, message);
	for (int run = 0; run < RUNS; run++) {
		uint64_t start = bench_now_ns(), took;

		for (int i = 0; i < VERIFY_COUNT; i++)
			ASSERT(sign_verify(&s, &key, message) == ERR_OK);
		took = bench_now_ns() - start;
		best = took < best ? took : best;
	}
	secret_free(seed);
	return VERIFY_COUNT * 1e9 / (double)best;
}

static double hash_rate(void)
{
	uint8_t *data = calloc(1, HASH_BYTES);
	uint64_t best = UINT64_MAX;

	ASSERT(data);
	for (int run = 0; run < RUNS; run++) {
		uint64_t start = bench_now_ns(), took;
		struct hash32 h = hash_sha256(bytes_of(data, HASH_BYTES));

		data[0] = h.b[0];
		took = bench_now_ns() - start;
		best = took < best ? took : best;
	}
	free(data);
	return HASH_BYTES * 1e3 / (double)best;
}

struct bench_calibration bench_calibrate(void)
{
	struct bench_calibration c = {verify_rate(), hash_rate()};

	bench_row("calibration: Ed25519 verify", c.verify_per_s, "1/s");
	bench_row("calibration: SHA-256", c.sha256_mb_s, "MB/s");
	return c;
}
