/* SPDX-License-Identifier: Apache-2.0 */
/* Key capsules: making, checking, answering, opening; each as a ratio to one multiplication in G1. */
#include <stdlib.h>

#include "bench.h"
#include "core/crypto/threshold.h"

#define ROUNDS 50 /* of one pass */
#define N_MOST 16

static struct threshold_key key;
static struct key_share shares[N_MOST];
static struct decryption_share answers[N_MOST];
static struct bytes contexts[N_MOST];
static struct capsule capsule;
static struct capsule_key kek;
static struct bytes label;

static void must(enum err e)
{
	if (e != ERR_OK)
		exit(1);
}

static void multiply(void)
{
	struct g1 p;

	g1_mul_generator(&p, &shares[0].x);
}

static void make(void)
{
	struct capsule_draft draft;

	capsule_begin(&draft, &kek, &key, rng_system());
	capsule_finish(&capsule, &draft, label, rng_system());
}

static void check(void)
{
	must(capsule_check(&capsule, label));
}

static void answer(void)
{
	must(capsule_answer(&answers[0], &shares[0], &capsule, label, contexts[0], rng_system()));
}

static void check_answer(void)
{
	must(decryption_share_check(&key, &capsule, &answers[0], contexts[0], NULL));
}

static void open_it(void)
{
	uint16_t cheat;

	must(capsule_open(&kek, &cheat, &key, &capsule, answers, contexts, key.t, NULL));
}

/* Microseconds of one in a pass. */
static double once(void (*work)(void))
{
	uint64_t start = bench_now_ns();

	for (int i = 0; i < ROUNDS; i++)
		work();
	return (double)(bench_now_ns() - start) / ROUNDS / 1e3;
}

static void deal(uint16_t t, uint16_t n)
{
	threshold_deal(&key, shares, t, n, rng_system());
	make();
	for (size_t i = 0; i < n; i++)
		must(capsule_answer(&answers[i], &shares[i], &capsule, label, contexts[i], rng_system()));
}

static struct {
	struct bench_figure figure;
	void (*work)(void);
	uint16_t t, n; /* dealt before it */
} rows[] = {
	{{.name = "multiplication in G1", .unit = "us"}, multiply, 3, 4},
	{{.name = "capsule: make", .unit = "us"}, make, 3, 4},
	{{.name = "capsule: check", .unit = "us"}, check, 3, 4},
	{{.name = "capsule: check and answer", .unit = "us"}, answer, 3, 4},
	{{.name = "answer: check, 3 of 4", .unit = "us"}, check_answer, 3, 4},
	{{.name = "capsule: open 3 of 4", .unit = "us"}, open_it, 3, 4},
	{{.name = "answer: check, 11 of 16", .unit = "us"}, check_answer, 11, 16},
	{{.name = "capsule: open 11 of 16", .unit = "us"}, open_it, 11, 16},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

int main(void)
{
	label = bytes_str("a label");
	for (unsigned pass = 0; pass < bench_passes(); pass++)
		for (size_t i = 0; i < ROWS; i++) {
			deal(rows[i].t, rows[i].n);
			bench_add(&rows[i].figure, once(rows[i].work));
		}
	bench_head();
	bench_print_calibration(&rows[0].figure);
	for (size_t i = 1; i < ROWS; i++)
		bench_print(&rows[i].figure, &rows[0].figure);
	return 0;
}
