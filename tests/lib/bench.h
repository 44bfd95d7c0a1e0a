/* SPDX-License-Identifier: Apache-2.0 */
/* Timing and tables for benches.  A figure has one value a pass; a row shows its best and its median, and the best as a
 * ratio to the best of a calibration that was measured in the same passes, so that figures of different machines and hours
 * compare.
 */
#ifndef MEDLOCK_TESTS_BENCH_H
#define MEDLOCK_TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_PASSES 5u

uint64_t bench_now_ns(void); /* steady */
uint64_t bench_cpu_ns(void); /* processor time of this thread: what neighbours on the machine change least */

/* Passes of a bench: BENCH_PASSES, or what the environment's BENCH_PASSES says (1 to 64). */
unsigned bench_passes(void);

/* This process, and what it starts later, on one core: whichever runs it now. */
void bench_one_core(void);

/* ---- single times, for percentiles within one pass ---- */

struct bench_samples {
	uint64_t *ns;
	size_t count, size;
};
void bench_sample(struct bench_samples *s, uint64_t ns);
uint64_t bench_percentile(struct bench_samples *s, unsigned percent); /* sorts; 0 when empty */
void bench_samples_clear(struct bench_samples *s);
void bench_samples_release(struct bench_samples *s);

/* ---- figures ---- */

#define BENCH_VALUES_MAX 128u

enum bench_better { BENCH_LESS, BENCH_MORE };

struct bench_figure {
	const char *name, *unit;
	enum bench_better better;
	size_t count;
	double values[BENCH_VALUES_MAX]; /* one a pass; more are an error of the bench */
};
#define BENCH_FIGURE(what, of_unit, less_or_more) ((struct bench_figure){.name = (what), .unit = (of_unit), .better = (less_or_more)})
void bench_add(struct bench_figure *f, double value);
double bench_best(const struct bench_figure *f);
double bench_median(const struct bench_figure *f);

/* "  what   best   median   unit", and with a reference "ratio of its name". */
void bench_head(void);
void bench_print(const struct bench_figure *f, const struct bench_figure *against);
/* The same for one that is itself the calibration. */
void bench_print_calibration(const struct bench_figure *f);
/* A number that is what it is: a size, a count. */
void bench_fact(const char *name, double value, const char *unit);

/* ---- calibrations: one pass each ---- */

double bench_verify_rate(void); /* Ed25519 verifications a second of this thread's processor time */
double bench_hash_rate(void);   /* SHA-256, MB/s */
/* Milliseconds of an append of 4 KiB made durable, each one: a file of this name is made and removed. */
void bench_synced_append(struct bench_samples *ret, const char *path, size_t count);

#endif
