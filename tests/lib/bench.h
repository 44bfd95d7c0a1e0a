/* SPDX-License-Identifier: Apache-2.0 */
/* Timing and tables for benches: best of several runs, percentiles, and a calibration in the same run, so that figures
 * of different machines compare as ratios.
 */
#ifndef MEDLOCK_TESTS_BENCH_H
#define MEDLOCK_TESTS_BENCH_H

#include <stddef.h>
#include <stdint.h>

uint64_t bench_now_ns(void); /* steady */

struct bench_samples {
	uint64_t *ns;
	size_t count, size;
};
void bench_sample(struct bench_samples *s, uint64_t ns);
uint64_t bench_percentile(struct bench_samples *s, unsigned percent); /* sorts; 0 when empty */
void bench_samples_release(struct bench_samples *s);

/* Print "  what                      value unit". */
void bench_row(const char *what, double value, const char *unit);

/* Ed25519 verifications a second and SHA-256 MB/s of this machine now; prints both rows. */
struct bench_calibration {
	double verify_per_s, sha256_mb_s;
};
struct bench_calibration bench_calibrate(void);

#endif
