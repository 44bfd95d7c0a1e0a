/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/crypto/hash.h"
#include "core/crypto/sign.h"

#define VERIFY_COUNT 2000
#define HASH_BYTES (16u * 1024 * 1024)
#define PAGE 4096u

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t bench_now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t bench_cpu_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

unsigned bench_passes(void)
{
	const char *text = getenv("BENCH_PASSES");
	unsigned long passes = text != NULL && text[0] != '\0' ? strtoul(text, NULL, 10) : BENCH_PASSES;

	ASSERT(passes >= 1 && passes <= BENCH_VALUES_MAX / 2);
	return (unsigned)passes;
}

void bench_one_core(void)
{
	int core = sched_getcpu();
	cpu_set_t set;

	CPU_ZERO(&set);
	ASSERT(core >= 0);
	CPU_SET((size_t)core, &set);
	ASSERT(sched_setaffinity(0, sizeof(set), &set) == 0);
}

/* ---- single times ---- */

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

void bench_samples_clear(struct bench_samples *s)
{
	s->count = 0;
}

void bench_samples_release(struct bench_samples *s)
{
	free(s->ns);
	*s = (struct bench_samples){0};
}

/* ---- figures ---- */

void bench_add(struct bench_figure *f, double value)
{
	ASSERT(f->count < BENCH_VALUES_MAX);
	f->values[f->count++] = value;
}

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return (a > b) - (a < b);
}

static void ascending(double out[BENCH_VALUES_MAX], const struct bench_figure *f)
{
	ASSERT(f->count > 0);
	memcpy(out, f->values, f->count * sizeof(*out));
	qsort(out, f->count, sizeof(*out), by_value);
}

double bench_best(const struct bench_figure *f)
{
	double v[BENCH_VALUES_MAX];

	ascending(v, f);
	return v[f->better == BENCH_MORE ? f->count - 1 : 0];
}

double bench_median(const struct bench_figure *f)
{
	double v[BENCH_VALUES_MAX];

	ascending(v, f);
	return (v[(f->count - 1) / 2] + v[f->count / 2]) / 2;
}

static int decimals(double x)
{
	return x >= 1000 ? 0 : x >= 10 ? 1 : 3;
}

/* Long tables are read while they grow, through a pipe too. */
static void row(const char *name, const char *best, const char *median, const char *unit, const char *rest)
{
	printf("%-56s %10s %10s %-5s%s\n", name, best, median, unit, rest);
	fflush(stdout);
}

void bench_head(void)
{
	char passes[32];

	snprintf(passes, sizeof(passes), "%u passes; ratio of bests", bench_passes());
	row(passes, "best", "median", "unit", "   ratio");
}

static void print(const struct bench_figure *f, const char *rest)
{
	double b = bench_best(f), m = bench_median(f);
	char best[32], median[32];

	snprintf(best, sizeof(best), "%.*f", decimals(b), b);
	snprintf(median, sizeof(median), "%.*f", decimals(m), m);
	row(f->name, best, median, f->unit, rest);
}

void bench_print(const struct bench_figure *f, const struct bench_figure *against)
{
	char rest[160] = "";

	if (against != NULL)
		snprintf(rest, sizeof(rest), "%8.3f of %s", bench_best(f) / bench_best(against), against->name);
	print(f, rest);
}

void bench_print_calibration(const struct bench_figure *f)
{
	print(f, "       calibration");
}

void bench_fact(const char *name, double value, const char *unit)
{
	char text[32];

	snprintf(text, sizeof(text), "%.*f", decimals(value), value);
	row(name, text, "", unit, "");
}

/* ---- calibrations ---- */

double bench_verify_rate(void)
{
	struct secret *seed = NULL;
	struct sign_public key;
	struct signature s;
	struct bytes message = bytes_str("calibration");
	uint64_t start, took;

	ASSERT(secret_new(&seed, SIGN_SEED_SIZE) == ERR_OK);
	sign_public_of_seed(&key, seed);
	sign_make(&s, seed, message);
	start = bench_cpu_ns();
	for (int i = 0; i < VERIFY_COUNT; i++)
		ASSERT(sign_verify(&s, &key, message) == ERR_OK);
	took = bench_cpu_ns() - start;
	secret_free(seed);
	return VERIFY_COUNT * 1e9 / (double)took;
}

double bench_hash_rate(void)
{
	uint8_t *data = calloc(1, HASH_BYTES);
	uint64_t start = bench_now_ns(), took;
	struct hash32 h;

	ASSERT(data);
	h = hash_sha256(bytes_of(data, HASH_BYTES));
	took = bench_now_ns() - start;
	data[0] = h.b[0];
	free(data);
	return HASH_BYTES * 1e3 / (double)took;
}

void bench_synced_append(struct bench_samples *ret, const char *path, size_t count)
{
	static const uint8_t page[PAGE];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ASSERT(fd >= 0);
	for (size_t i = 0; i < count; i++) {
		uint64_t start = bench_now_ns();

		ASSERT(write(fd, page, sizeof(page)) == (ssize_t)sizeof(page) && fdatasync(fd) == 0);
		bench_sample(ret, bench_now_ns() - start);
	}
	close(fd);
	unlink(path);
}
