/* SPDX-License-Identifier: Apache-2.0 */
/* Key capsules: making, checking, answering, opening; each as a ratio to one multiplication in G1. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/crypto/threshold.h"

#define ROUNDS 100
#define N_MOST 16

static struct threshold_key key;
static struct key_share shares[N_MOST];
static struct decryption_share answers[N_MOST];
static struct bytes contexts[N_MOST];
static struct capsule capsule;
static struct capsule_key kek;
static struct bytes label;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

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

static double unit; /* seconds of a multiplication */

static void report(const char *name, void (*work)(void))
{
	double start = now();

	for (int i = 0; i < ROUNDS; i++)
		work();
	double each = (now() - start) / ROUNDS;

	if (unit == 0)
		unit = each;
	printf("%-44s %9.0f us %8.2f of a multiplication\n", name, each * 1e6, each / unit);
}

static void deal(uint16_t t, uint16_t n)
{
	threshold_deal(&key, shares, t, n, rng_system());
	make();
	for (size_t i = 0; i < n; i++)
		must(capsule_answer(&answers[i], &shares[i], &capsule, label, contexts[i], rng_system()));
}

int main(void)
{
	label = bytes_str("a label");
	deal(3, 4);
	report("multiplication in G1", multiply);
	report("capsule: make", make);
	report("capsule: check", check);
	deal(3, 4);
	report("capsule: check and answer", answer);
	report("answer: check, 3 of 4", check_answer);
	report("capsule: open 3 of 4", open_it);
	deal(11, 16);
	report("answer: check, 11 of 16", check_answer);
	report("capsule: open 11 of 16", open_it);
	return 0;
}
